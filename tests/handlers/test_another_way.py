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


@pytest.mark.long
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


@pytest.mark.long
async def test_a_second_trouble_is_met_on_the_new_plan_and_no_way_comes_back(talk: Talk) -> None:
    await talk.started(MOCKUPS, BUILD, name="Launch the dashboard")
    await up_to(talk, "Build the core of the MVP")
    await in_trouble(talk, "Build the core of the MVP", "nobody here can code")
    for _ in range(3):
        await in_trouble(talk, "Build the MVP from ready services", "the services can't do it")
        await talk.press("It is resolved")
    goal = await talk.goal()
    titles = [task.title for task in goal.live_tasks if task.status is not TaskStatus.COMPLETED]
    assert not any(title.startswith("Build the core of the MVP") for title in titles)
    assert any("Build the MVP from ready services" in title for title in titles), "a person is left to see to it"


async def in_a_corner(talk: Talk) -> str:
    """All ways to the MVP are tried in vain; returns what is asked then."""
    await talk.started(MOCKUPS, BUILD, name="Launch the dashboard")
    await up_to(talk, "Build the core of the MVP")
    await in_trouble(talk, "Build the core of the MVP", "nobody here can code")
    return await in_trouble(talk, "Build the MVP from ready services", "the services can't do it")


async def test_where_no_other_way_is_left_a_person_is_asked_what_is_to_change_with_all_that_was_tried(
    talk: Talk,
) -> None:
    told = await in_a_corner(talk)
    goal = await talk.goal()
    stuck = next(task for task in goal.live_tasks if task.title.startswith("Build the MVP from ready"))
    assert (goal.plan_version, stuck.status) == (3, TaskStatus.BLOCKED), "a new version, and nothing tried in silence"
    assert "I know of no other way" in told
    assert "The services can't do it" in told
    assert "nobody here can code → «Build the core of the MVP" in told, "the way before is in the history"
    assert "Another plan (now): no other way is known" in told
    assert "I went over the plan again" not in told, "one message says it all"
    assert talk.labels(talk.with_text("I know of no other way")) == [
        "It is resolved", "Give information", "Skip the task", "Re-plan", "Stop the goal",
    ]  # fmt: skip
    assert len(goal.blockages) == 1
    assert goal.fruitless == 1, "a look that changed nothing does not count against what fails by itself"


@pytest.mark.long
async def test_re_planning_in_a_corner_asks_for_words_and_follows_them(talk: Talk) -> None:
    await in_a_corner(talk)
    assert "What has changed about «Launch the dashboard»?" in await talk.press("Re-plan")
    told = await talk.say("my cousin might know somebody")
    assert "I know of no other way" in told
    assert "Another plan (now): «my cousin might know somebody»: no other way is known" in told
    assert "Another plan (now): no other way is known" in told
    await talk.press("Re-plan")
    assert "No longer wanted: «Develop MVP»" in await talk.say("we no longer need the MVP")
    goal = await talk.goal()
    assert not goal.blockages
    assert all(task.criterion == 0 for task in goal.live_tasks if task.status is not TaskStatus.COMPLETED)


@pytest.mark.long
async def test_the_same_wish_once_more_is_kept_in_the_history_once(talk: Talk) -> None:
    await in_a_corner(talk)
    for _ in range(2):
        await talk.say("/replan")
        told = await talk.say("skip")
    assert told.count("no other way is known") == 1
    (blockage,) = (await talk.goal()).blockages.values()
    assert len(blockage.tried) == 2


@pytest.mark.long
async def test_re_planning_in_words_under_a_blockage_follows_the_words(talk: Talk) -> None:
    await talk.started(MOCKUPS, BUILD, name="Launch the dashboard")
    goal = await talk.goal()
    await talk.engine.report_problem(goal.id, 1, "nobody can draw")
    await talk.settle()
    asked = talk.with_text("Something is in the way")
    told = await talk.say("replan: we no longer need the UI mockups", reply_to=asked.id)
    assert "No longer wanted: «Design UI mockups»" in told


async def test_who_wants_another_plan_where_nothing_is_stuck_is_asked_what_is_to_change(talk: Talk) -> None:
    await talk.started(MOCKUPS, BUILD, name="Launch the dashboard")
    await talk.say("/replan")
    told = await talk.say("skip")
    assert "As things stand I know of no better way. What is to change?" in told
    assert (await talk.goal()).plan_version == 2
    assert "What has changed about" in await talk.press("Say what changed")
    assert "I'm changing the order" in await talk.say("the MVP first")


async def test_who_asks_for_an_order_that_holds_already_is_told_so_and_no_more(talk: Talk) -> None:
    await talk.started(MOCKUPS, BUILD, name="Launch the dashboard")
    await talk.say("/replan the mockups first")
    told = talk.with_text("Plan 1 → plan 2").text
    assert "«Design UI mockups» goes first already" in told
    assert "What is to change?" not in told


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


@pytest.mark.long
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


async def test_why_names_other_ways_of_the_same_criterion_after_another_one_was_dropped(talk: Talk) -> None:
    await talk.started(MOCKUPS, BUILD, name="Launch the dashboard")
    await talk.say("/replan we no longer need the UI mockups")
    told = await talk.say(f"/why {await number_of(talk, 'Build the core of the MVP')}")
    assert "«Develop MVP»" in told
    assert "Another way would be from ready parts, without code." in told
    assert "kit" not in told, "that is how the mockups could have been made"


async def test_who_wants_another_plan_while_one_waits_for_their_yes_is_shown_that_one(talk: Talk) -> None:
    await talk.started(MOCKUPS, BUILD, name="Launch the dashboard")
    await talk.say("/replan we also need a French version")
    assert (await talk.goal()).proposed_version == 2
    told = await talk.say("/replan the mockups first")
    assert "A larger plan needs your yes" in told
    assert "Why: «Design UI mockups» goes first already" in told
    goal = await talk.goal()
    assert (goal.plan_version, goal.proposed_version, goal.adapting) == (1, 2, None)
    await talk.press("Use the new plan")
    assert (await talk.goal()).plan_version == 2
