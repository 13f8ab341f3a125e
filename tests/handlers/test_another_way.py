"""A task that can't be done gets another way: what is finished stays, and the chat says what was re-opened and why."""

import datetime as dt
from collections.abc import Sequence

import pytest

from engine.commands import GoalEdit
from engine.decisions import Moment
from engine.events import Event
from engine.execution.adaptation import request
from engine.execution.blocking import on_error
from engine.execution.failures import Failure, FailureKind
from engine.goals import Goal
from engine.plans import AdaptationNeed, Trigger
from engine.tasks import TaskStatus
from engine.values import Cause, TaskNumber
from tests.handlers.conftest import Talk

MOCKUPS, BUILD = "Design UI mockups", "Develop MVP"


async def number_of(talk: Talk, title: str) -> TaskNumber:
    goal = await talk.goal()
    return next(task.number for task in goal.live_tasks if task.title.startswith(title))


async def in_trouble(talk: Talk, title: str, text: str) -> str:
    """Report a problem with a task and ask for another plan."""
    goal = await talk.goal()
    await talk.engine.report_problem(goal.id, await number_of(talk, title), text)
    await talk.settle()
    return await talk.press("Re-plan")


async def up_to(talk: Talk, title: str) -> None:
    """Do all tasks that come before one."""
    goal = await talk.goal()
    for task in goal.live_tasks:
        if task.title.startswith(title):
            return
        await talk.engine.complete_task(goal.id, task.number)


async def test_a_task_that_can_t_be_done_so_is_gone_about_in_another_way_when_another_plan_is_asked_for(
    talk: Talk,
) -> None:
    await talk.started(MOCKUPS, BUILD, "Launch on Product Hunt", name="Launch the dashboard")
    await up_to(talk, "Build the core of the MVP")
    before = await talk.goal()
    told = await in_trouble(talk, "Build the core of the MVP", "nobody here can code")
    assert "«Build the core of the MVP: the main path from end to end, plain but real» did not work" in told
    assert "another way for «build the MVP»: from ready parts, without code" in told

    goal = await talk.goal()
    assert (before.plan_version, goal.plan_version) == (1, 2)
    for number, task in before.tasks.items():
        if task.status is TaskStatus.COMPLETED:
            assert goal.tasks[number].outcome == task.outcome
            assert goal.tasks[number].status is TaskStatus.COMPLETED
        elif task.criterion != 1:
            assert goal.tasks[number].status is not TaskStatus.SUPERSEDED, "only what is below it is planned anew"
    (new,) = [task for task in goal.tasks.values() if task.plan_version == 2]
    assert (new.title, new.status) == ("Build the MVP from ready services, without code", TaskStatus.WAITING)
    test = next(task for task in goal.live_tasks if task.title == "Test the MVP point by point against the list")
    assert (test.status, test.depends_on) == (TaskStatus.PENDING, (new.number,)), "both ways end with it, so it stays"
    launch = next(t for t in goal.live_tasks if t.criterion == 2 and t.status is TaskStatus.PENDING)
    assert test.number in launch.depends_on or goal.tasks[launch.depends_on[0]].criterion == 2
    old = {task.number for task in before.tasks.values() if task.criterion == 1}
    weight = sum(task.weight for task in goal.live_tasks if task.criterion == 1)
    assert weight == pytest.approx(sum(before.tasks[number].weight for number in old)), "it counts as much as before"


async def test_why_tells_what_was_gone_about_before_and_why_no_longer(talk: Talk) -> None:
    await talk.started(MOCKUPS, BUILD, name="Launch the dashboard")
    await up_to(talk, "Build the core of the MVP")
    await in_trouble(talk, "Build the core of the MVP", "nobody here can code")
    number = await number_of(talk, "Build the MVP from ready services")
    told = await talk.say(f"/why {number}")
    assert "«Develop MVP»" in told
    assert "from ready parts, without code" in told
    assert "Instead of «with the core first, then the rest»" in told
    assert "«Build the core of the MVP: the main path from end to end, plain but real» did not work" in told
    assert "Another way would be with the core first" not in told
    kept = await number_of(talk, "Review the UI mockups")
    assert "«Design UI mockups»" in await talk.say(f"/why {kept}")
    gone = min(t.number for t in (await talk.goal()).tasks.values() if t.status is TaskStatus.SUPERSEDED)
    assert "«Develop MVP»" in await talk.say(f"/why {gone}")


async def test_a_second_trouble_is_met_on_the_new_plan_and_no_way_comes_back(talk: Talk) -> None:
    await talk.started(MOCKUPS, BUILD, name="Launch the dashboard")
    await up_to(talk, "Build the core of the MVP")
    await in_trouble(talk, "Build the core of the MVP", "nobody here can code")
    for _ in range(3):
        await in_trouble(talk, "Build the MVP from ready services", "the services can't do it")
    goal = await talk.goal()
    titles = [task.title for task in goal.live_tasks if task.status is not TaskStatus.COMPLETED]
    assert not any(title.startswith("Build the core of the MVP") for title in titles)
    assert any("Build the MVP from ready services" in title for title in titles), "a person is left to see to it"


async def test_dropping_a_criterion_drops_its_tasks_and_keeps_the_reasons_of_the_others(talk: Talk) -> None:
    goal = await talk.started(MOCKUPS, BUILD, "Launch on Product Hunt", name="Launch the dashboard")
    await talk.engine.edit_goal(goal.id, GoalEdit(criteria=(MOCKUPS, "Launch on Product Hunt")))
    await talk.settle()
    changed = await talk.goal()
    gone = [task for task in goal.tasks.values() if task.criterion == 1]
    assert gone
    assert all(changed.tasks[task.number].status is TaskStatus.SUPERSEDED for task in gone)
    number = await number_of(talk, "Launch on Product Hunt")
    assert "«Launch on Product Hunt»" in await talk.say(f"/why {number}")


async def test_a_new_description_that_touches_nothing_changes_no_plan(talk: Talk) -> None:
    goal = await talk.started(MOCKUPS, BUILD, name="Launch the dashboard")
    await talk.engine.edit_goal(goal.id, GoalEdit(description="For the sales team"))
    await talk.settle()
    changed = await talk.goal()
    assert (changed.plan_version, changed.adapting) == (goal.plan_version, None)


async def test_a_new_description_that_makes_a_way_impossible_re_opens_it(talk: Talk) -> None:
    await talk.say(
        "/goal Launch the dashboard\nIt goes on with our existing app\n"
        f"- {MOCKUPS}\n- {BUILD}\ndeadline: none\npriority: normal"
    )
    await talk.press("Start")
    goal = await talk.goal()
    assert any(task.method == "extend_what_exists" for task in goal.live_tasks), goal.description
    await talk.engine.edit_goal(goal.id, GoalEdit(description="It is something new"))
    await talk.settle()
    changed = await talk.goal()
    assert changed.plan_version == 2
    new = [task for task in changed.live_tasks if task.plan_version == 2]
    assert new
    assert not any(task.method == "extend_what_exists" for task in new)
    assert {task.title for task in goal.live_tasks} - {task.title for task in changed.live_tasks}
    assert "What it was to begin with no longer holds" in talk.with_text("Plan 1 → plan 2").text


async def test_a_proposal_for_the_deadline_gives_way_to_what_has_failed_and_its_buttons_say_so(talk: Talk) -> None:
    goal = await talk.started(MOCKUPS, BUILD, "Launch on Product Hunt", name="Launch the dashboard")
    await talk.engine.edit_goal(goal.id, GoalEdit(deadline=talk.clock.now() + dt.timedelta(days=12)))
    need = AdaptationNeed(
        reason="the deadline holds in 10 % of the cases", trigger=Trigger.FORECAST, since=talk.clock.now()
    )
    await talk.engine.ledger.change(goal.id, request(need), Cause("test:forecast"))
    await talk.settle()
    proposed = talk.with_text("Another plan needs your yes")
    assert "It takes about" in proposed.text
    assert (await talk.goal()).plan_version == 1, "what is only foreseen waits for a yes"

    def fails(one: Goal, moment: Moment) -> Sequence[Event]:
        task = next(task for task in one.live_tasks if task.status is TaskStatus.WAITING)
        failure = Failure(kind=FailureKind.PERMANENT, message="the table broke")
        return on_error(one, task, failure, moment)

    await talk.engine.ledger.change(goal.id, fails, Cause("test:failure"))
    await talk.settle()
    changed = await talk.goal()
    assert (changed.plan_version, changed.proposed_version) == (2, None)
    assert "off the table" in talk.with_text("The other plan I proposed").text
    assert "That proposal for «Launch the dashboard» is settled." in await talk.press(
        "Use the new plan", message=proposed
    )
    assert (await talk.goal()).plan_version == 2
    assert not any(task.plan_version == 2 for task in (await talk.goal()).tasks.values()), (
        "nothing of it was taken over"
    )
