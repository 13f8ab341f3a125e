"""How plans under way change: what is finished stays, and only what is affected is planned anew."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from engine.execution.goal_decisions import SUBGOAL_STEPS
from engine.goals import Goal
from engine.planning.requests import PlanRequest
from engine.plans import AdaptationNeed, Repair, Trigger, check_plan, find_circle
from engine.tasks import Outcome, Task, TaskStatus
from engine.values import ChatId, GoalId, TaskNumber
from tests.engine.planning.planners import general_planner
from tests.examples import examples

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
CRITERIA = ("Design UI mockups", "Develop MVP", "Launch on Product Hunt", "Achieve 500 signups")


def adopted(*criteria: str, chat: int | None = 7) -> Goal:
    """A goal whose plan was just adopted."""
    where = ChatId(chat) if chat else None
    goal = Goal(id=GoalId(1), name="Launch", criteria=criteria, chat=where, created_at=NOW, updated_at=NOW)
    plan = general_planner().plan(PlanRequest(goal=goal, now=NOW))
    numbers = {planned.key: TaskNumber(number) for number, planned in enumerate(plan.tasks, 1)}
    tasks = {
        numbers[planned.key]: Task(
            number=numbers[planned.key],
            title=planned.title,
            description=planned.description,
            work=planned.work,
            inputs=planned.inputs,
            depends_on=tuple(numbers[key] for key in planned.after),
            only_if=(numbers[planned.only_if[0]], planned.only_if[1]) if planned.only_if else None,
            criterion=planned.criterion,
            position=numbers[planned.key],
            weight=planned.weight,
            critical=planned.critical,
            expected=planned.expected,
            resources=planned.resources,
            target_count=planned.target_count,
        )
        for planned in plan.tasks
    }
    return structs.replace(goal, tasks=tasks, plan_version=1, last_task=len(tasks))


def number_of(goal: Goal, title: str) -> TaskNumber:
    return next(task.number for task in goal.tasks.values() if task.title == title)


def changed(goal: Goal, number: TaskNumber, **facts: object) -> Goal:
    task = structs.replace(goal.tasks[number], **facts)
    return structs.replace(goal, tasks={**goal.tasks, number: task})


def repair(goal: Goal, trigger: Trigger, task: TaskNumber | None = None, reason: str = "") -> Repair:
    need = AdaptationNeed(reason=reason, trigger=trigger, task=task, since=NOW)
    found = general_planner().repair(PlanRequest(goal=goal, now=NOW), need)
    check_repair(goal, found)
    return found


def check_repair(goal: Goal, found: Repair) -> None:
    """What must hold for every repair: finished work untouched, all references known, no circle."""
    for number in (*found.reset, *found.supersede, *found.rewire):
        assert goal.tasks[number].status is not TaskStatus.COMPLETED
    check_plan(found.add, known_numbers=goal.tasks)
    graph = {
        f"#{task.number}": found.rewire.get(task.number, tuple(f"#{n}" for n in task.depends_on))
        for task in goal.tasks.values()
    }
    graph.update({task.key: task.after for task in found.add})
    assert all(name in graph for after in graph.values() for name in after)
    assert not find_circle(graph)


def failed_launch(*, revivals: int, chat: int | None = 7, work: str = "http_check") -> tuple[Goal, TaskNumber]:
    goal = adopted(*CRITERIA, chat=chat)
    number = number_of(goal, "Launch on Product Hunt")
    return changed(goal, number, status=TaskStatus.FAILED, revivals=revivals, work=work, last_error="HTTP 503"), number


def test_a_task_that_failed_for_the_first_time_gets_fresh_attempts_with_those_blocked_behind_it() -> None:
    goal, number = failed_launch(revivals=0)
    behind = number_of(goal, "Achieve 500 signups")
    goal = changed(goal, behind, status=TaskStatus.BLOCKED)
    found = repair(goal, Trigger.TASK_FAILED, number)
    assert found.reset == (number, behind)
    assert (found.supersede, found.add, found.grows) == ((), (), False)
    assert found.summary == "«Launch on Product Hunt» gets fresh attempts, and so does the one behind it."


def test_a_task_that_failed_again_is_done_by_hand_and_what_waited_for_it_waits_for_that() -> None:
    goal, number = failed_launch(revivals=1)
    found = repair(goal, Trigger.TASK_FAILED, number)
    (by_hand,) = found.add
    after = number_of(goal, "Answer the first questions and fix what breaks")
    assert found.supersede == (number,)
    assert (by_hand.title, by_hand.work) == ("By hand: Launch on Product Hunt", "person")
    assert by_hand.after == tuple(f"#{n}" for n in goal.tasks[number].depends_on)
    assert by_hand.weight == goal.tasks[number].weight
    assert by_hand.critical
    assert found.rewire == {after: (by_hand.key,)}
    assert not found.grows
    assert "HTTP 503" in by_hand.description


def test_what_stands_for_a_sub_goal_is_one_thing_to_do_and_not_its_percent() -> None:
    goal, number = failed_launch(revivals=1)
    below = structs.replace(goal.tasks[number], work="subgoal", target_count=SUBGOAL_STEPS, count=40)
    (by_hand,) = repair(structs.replace(goal, tasks={**goal.tasks, number: below}), Trigger.TASK_FAILED, number).add
    assert (by_hand.work, by_hand.target_count) == ("person", 1)


def test_a_measure_by_address_becomes_one_that_a_person_reports() -> None:
    goal = adopted(*CRITERIA)
    number = number_of(goal, "Achieve 500 signups")
    inputs = {**goal.tasks[number].inputs, "url": "https://x.org/count", "json": "signups"}
    goal = changed(goal, number, status=TaskStatus.FAILED, revivals=1, inputs=inputs)
    (by_hand,) = repair(goal, Trigger.TASK_FAILED, number).add
    assert by_hand.work == "measure"
    assert by_hand.inputs == {"target": 500.0, "unit": "signups", "at_most": False}


def test_a_programs_work_that_failed_again_has_no_other_way() -> None:
    goal, number = failed_launch(revivals=1, chat=None, work="my_work")
    assert repair(goal, Trigger.TASK_FAILED, number) == Repair(source="methods")


def test_by_hand_is_the_last_way() -> None:
    goal, number = failed_launch(revivals=1, work="person")
    (other,) = repair(goal, Trigger.TASK_FAILED, number).add
    assert other.title == "Another way: Launch on Product Hunt"
    goal = changed(goal, number, title=other.title)
    assert repair(goal, Trigger.TASK_FAILED, number) == Repair(source="methods")


def test_a_target_that_was_missed_brings_a_step_to_close_the_gap_and_a_second_measure() -> None:
    goal = adopted(*CRITERIA, "Reach $1,000 MRR")
    number = number_of(goal, "Achieve 500 signups")
    later = number_of(goal, "Reach $1,000 MRR")
    goal = changed(goal, later, depends_on=(number,))
    outcome = Outcome(summary="380", value=380, deviation=0.24)
    goal = changed(goal, number, status=TaskStatus.COMPLETED, outcome=outcome)
    found = repair(goal, Trigger.DEVIATION, number)
    gap, again = found.add
    assert gap.title == "Close the gap: 380 of 500 signups"
    assert gap.after == (f"#{number}",)
    assert (again.title, again.work, again.after) == ("Again: Achieve 500 signups", "measure", (gap.key,))
    assert again.inputs == goal.tasks[number].inputs
    assert found.rewire == {later: (again.key,)}
    assert found.grows


def test_a_figure_that_is_too_high_is_told_the_other_way_round() -> None:
    goal = adopted("API latency under 200 ms")
    number = number_of(goal, "Measure: API latency under 200 ms")
    goal = changed(goal, number, status=TaskStatus.COMPLETED, outcome=Outcome(summary="", value=320.5, deviation=0.6))
    gap, again = repair(goal, Trigger.DEVIATION, number).add
    assert gap.title == "Close the gap: 320.5 ms, wanted at most 200"
    assert again.title == "Again: Measure: API latency under 200 ms"


def test_a_second_miss_does_not_pile_up_words() -> None:
    goal = adopted(*CRITERIA)
    number = number_of(goal, "Achieve 500 signups")
    goal = changed(goal, number, title="Again: Achieve 500 signups", status=TaskStatus.COMPLETED)
    assert [task.title for task in repair(goal, Trigger.DEVIATION, number).add] == [
        "Close the gap: Achieve 500 signups",
        "Again: Achieve 500 signups",
    ]


def test_what_fell_short_and_is_not_finished_gets_its_step_before_it() -> None:
    goal = adopted(*CRITERIA)
    number = number_of(goal, "Achieve 500 signups")
    goal = changed(goal, number, status=TaskStatus.FAILED, outcome=Outcome(summary="", value=100, deviation=0.8))
    found = repair(goal, Trigger.DEVIATION, number)
    (gap,) = found.add
    assert found.reset == (number,)
    assert found.rewire[number][-1] == gap.key


def test_a_criterion_that_is_new_is_planned_where_it_belongs() -> None:
    goal = adopted(*CRITERIA)
    goal = structs.replace(goal, criteria=(*CRITERIA, "User testing with 5 beta users"))
    found = repair(goal, Trigger.WORLD_CHANGED, reason="criterion added")
    assert [task.title for task in found.add] == [
        "Find 5 beta users",
        "Write the tasks and questions for the beta users",
        "User testing with 5 beta users",
        "Sum up what the beta users showed",
    ]
    built = number_of(goal, "Test the MVP against that list")
    assert f"#{built}" in found.add[1].after
    launch = number_of(goal, "Launch on Product Hunt")
    assert found.add[-1].key in found.rewire[launch]
    assert found.grows
    assert not found.supersede
    assert "4 new" in found.summary


def test_a_criterion_that_is_gone_takes_its_unfinished_tasks_with_it() -> None:
    goal = adopted(*CRITERIA)
    done = number_of(goal, "Collect needs and examples for the UI mockups")
    goal = changed(goal, done, status=TaskStatus.COMPLETED)
    goal = structs.replace(goal, criteria=CRITERIA[1:])
    found = repair(goal, Trigger.WORLD_CHANGED, reason="criterion removed")
    assert {goal.tasks[number].title for number in found.supersede} == {
        "Design UI mockups",
        "Have someone review the UI mockups and settle changes",
    }
    assert not found.add
    assert not found.grows


def test_a_criterion_that_was_edited_is_planned_anew_and_no_more() -> None:
    goal = adopted(*CRITERIA)
    goal = structs.replace(goal, criteria=(*CRITERIA[:3], "Achieve 800 signups"))
    found = repair(goal, Trigger.WORLD_CHANGED, reason="criterion edited")
    choose = number_of(goal, "Choose where to find signups and win the first ones")
    achieve = number_of(goal, "Achieve 500 signups")
    assert found.supersede == (achieve,)
    (new,) = found.add
    assert new.title == "Achieve 800 signups"
    assert new.after == (f"#{choose}",), "where to find them is asked once"
    assert not found.grows


def test_tasks_that_a_person_reworded_still_serve_their_criterion() -> None:
    goal = adopted(*CRITERIA)
    goal = changed(goal, number_of(goal, "Develop MVP"), title="Write the code")
    found = repair(goal, Trigger.WORLD_CHANGED, reason="a check flipped")
    assert found == Repair(source="methods", summary="The tasks stay as they are.")


def test_tasks_whose_criterion_nobody_noted_are_kept_where_they_seem_to_serve_it() -> None:
    goal = adopted("Develop MVP")
    for number in goal.tasks:
        goal = changed(goal, number, expected=dataclasses.replace(goal.tasks[number].expected, summary=""))
    assert repair(goal, Trigger.WORLD_CHANGED) == Repair(source="methods", summary="The tasks stay as they are.")


def test_another_deadline_is_mentioned() -> None:
    goal = structs.replace(adopted(*CRITERIA), deadline=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    found = repair(goal, Trigger.WORLD_CHANGED, reason="The deadline was changed")
    assert found.summary == "The tasks stay as they are. The deadline is now 01 March 2026."
    without = repair(structs.replace(goal, deadline=None), Trigger.WORLD_CHANGED, reason="deadline removed")
    assert without.summary.endswith("There is no deadline any more.")


def test_what_a_program_asks_for_gives_all_that_is_stuck_fresh_attempts_and_drops_nothing() -> None:
    goal = adopted(*CRITERIA, chat=None)
    first, second, skipped = TaskNumber(2), TaskNumber(5), TaskNumber(8)
    goal = changed(goal, first, status=TaskStatus.FAILED)
    goal = changed(goal, second, status=TaskStatus.BLOCKED)
    goal = changed(goal, skipped, status=TaskStatus.SKIPPED)
    found = repair(goal, Trigger.REQUESTED, reason="customers want X first")
    assert found.reset == (first, second)
    assert not found.supersede
    assert found.summary == "2 tasks get fresh attempts."


def test_a_step_that_its_person_can_t_do_stays_where_no_other_way_is_known_and_what_failed_once_runs_again() -> None:
    goal = adopted(*CRITERIA)
    first, second = TaskNumber(2), TaskNumber(5)
    goal = changed(goal, first, status=TaskStatus.FAILED, work="http_check")
    goal = changed(goal, second, status=TaskStatus.BLOCKED, work="person")
    found = repair(goal, Trigger.REQUESTED, reason="customers want X first")
    assert (found.reset, found.add, found.supersede) == ((first,), (), ())
    title = goal.tasks[second].title
    assert found.summary == f"No other way is known for «{title}». 1 task gets fresh attempts."


def test_what_had_fresh_attempts_is_done_by_hand_when_another_plan_is_asked_for() -> None:
    goal, number = failed_launch(revivals=1)
    found = repair(goal, Trigger.REQUESTED)
    assert found.supersede == (number,)
    assert [task.title for task in found.add] == [f"By hand: {goal.tasks[number].title}"]


def test_a_failed_task_that_has_ended_meanwhile_changes_nothing() -> None:
    goal, number = failed_launch(revivals=0)
    goal = changed(goal, number, status=TaskStatus.COMPLETED)
    found = repair(goal, Trigger.TASK_FAILED, number)
    assert (found.reset, found.add, found.supersede) == ((), (), ())


POOL = (*CRITERIA, "Monitor for 1 week", "Deploy to live if profitable", "Read 12 books", "Interview 5 customers")


@examples(15)
@given(
    old=st.lists(st.sampled_from(POOL), min_size=1, max_size=6, unique=True),
    new=st.lists(st.sampled_from(POOL), min_size=0, max_size=6, unique=True),
    statuses=st.lists(st.sampled_from(list(TaskStatus)), max_size=30),
    trigger=st.sampled_from(Trigger),
    which=st.integers(1, 10),
)
def test_any_repair_keeps_finished_work_and_leaves_a_plan_without_circles(
    old: list[str], new: list[str], statuses: list[TaskStatus], trigger: Trigger, which: int
) -> None:
    goal = adopted(*old)
    for number, status in zip(goal.tasks, statuses, strict=False):
        goal = changed(goal, number, status=status, revivals=which % 2)
    goal = structs.replace(goal, criteria=tuple(new))
    found = repair(goal, trigger, TaskNumber(min(which, len(goal.tasks))))
    if trigger is Trigger.WORLD_CHANGED and new:
        kept = {t.criterion for t in goal.live_tasks if t.number not in found.supersede}
        assert kept or found.add


@pytest.mark.sample(2)
@pytest.mark.parametrize("trigger", list(Trigger))
def test_a_repair_tells_who_made_it(trigger: Trigger) -> None:
    goal, number = failed_launch(revivals=0)
    assert repair(goal, trigger, number).source == "methods"


def test_a_reworded_criterion_keeps_what_was_done_for_it() -> None:
    goal = adopted("Develop MVP", "Achieve 500 signups")
    lead = number_of(goal, "Choose where to find signups and win the first ones")
    goal = changed(goal, lead, status=TaskStatus.COMPLETED)
    goal = structs.replace(goal, criteria=("Develop MVP", "Achieve 800 signups"))
    found = repair(goal, Trigger.WORLD_CHANGED, reason="criteria edited")
    assert [(task.title, task.after) for task in found.add] == [("Achieve 800 signups", (f"#{lead}",))]
    assert found.supersede == (number_of(goal, "Achieve 500 signups"),)


@pytest.mark.parametrize(("attempts", "chat", "by_hand"), [(1, 7, True), (3, 7, False), (1, None, False)])
def test_work_that_said_at_once_that_it_is_hopeless_is_not_tried_afresh_where_a_person_can_help(
    attempts: int, chat: int | None, by_hand: bool
) -> None:
    goal, number = failed_launch(revivals=0, chat=chat)
    found = repair(changed(goal, number, attempts=attempts), Trigger.TASK_FAILED, number)
    assert (found.supersede == (number,)) is by_hand
    assert (number in found.reset) is not by_hand


def test_what_a_person_left_out_is_not_brought_back_by_another_look_at_the_plan() -> None:
    goal = adopted(*CRITERIA)
    for number in [task.number for task in goal.tasks.values() if task.criterion == 1]:
        goal = changed(goal, number, status=TaskStatus.SKIPPED)
    found = repair(goal, Trigger.REQUESTED)
    assert (found.add, found.reset, found.supersede) == ((), (), ())
