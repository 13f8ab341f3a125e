"""What people are told of, what rings, and what stays quiet."""

import pytest

from engine.blockages import BlockageKind, Strategy
from engine.decisions import Decision
from engine.errors import DependencyBlocked, ExternalBlocked, PermanentError, ResourceBlocked
from engine.execution.adaptation import repaired, request
from engine.execution.blocking import LOOKS_A_DAY, LOOKS_ALONE
from engine.execution.goal_decisions import adopt, cancel, fail, pause, plan_made, set_strategy
from engine.execution.task_decisions import came_due, done_by_person, postponed
from engine.plans import AdaptationNeed, Plan, Repair, Trigger
from engine.reporting.notices import Notice, NoticeKind
from engine.reporting.telling import notices_of
from engine.values import TaskNumber
from tests.engine.lives import Life, new_goal, planned


def told(life: Life, decision: Decision) -> list[Notice]:
    before = life.goal
    events = life.do(decision)
    return notices_of(before, life.goal, events)


def told_of_failure(life: Life, error: Exception, number: int = 1) -> list[Notice]:
    before = life.goal
    events = life.fail(number, error)
    return notices_of(before, life.goal, events)


def kinds(notices: list[Notice]) -> list[str]:
    return [notice.kind.value for notice in notices]


def ringing(notices: list[Notice]) -> list[str]:
    return [notice.kind.value for notice in notices if not notice.silent]


def test_a_plan_and_a_task_for_a_person_ring() -> None:
    life = Life(new_goal())
    plan = Plan(tasks=(planned("a", work="person"),), source="test", advice=("be brief",))
    (ready,) = told(life, plan_made(plan))
    assert (ready.kind, ready.silent, ready.facts["advice"]) == (NoticeKind.PLAN_READY, False, ["be brief"])
    assert ringing(told(life, adopt(1))) == ["task_for_person"]


def test_several_milestones_at_once_are_one_message_before_the_end_they_led_to() -> None:
    life = Life.started(planned("a", work="person"))
    marks, end = told(life, done_by_person(1, ""))
    assert [mark["percent"] for mark in marks.facts["marks"]] == [10, 25, 50, 75, 100]  # type: ignore[index, union-attr]  # a list of mappings
    assert (end.kind, end.facts["done"]) == (NoticeKind.GOAL_COMPLETED, ["A"])
    assert not marks.silent
    assert not end.silent


@pytest.mark.parametrize(
    ("error", "rings"),
    [
        (ResourceBlocked("disk", "full"), False),
        (ExternalBlocked("a key"), True),
    ],
)
def test_only_a_blockage_that_a_person_must_lift_rings(error: Exception, rings: bool) -> None:
    (notice,) = told_of_failure(Life.started(planned("a"), planned("b")), error)
    assert (notice.kind, notice.silent) == (NoticeKind.BLOCKAGE, not rings)
    assert notice.task == 1
    assert notice.blockage == 1


def test_a_resource_that_is_waited_for_is_told_once_however_many_tasks_and_tries_it_holds_up() -> None:
    away = ResourceBlocked("model x", "it does not answer", retry_after=30)
    life = Life.started(planned("a"), planned("b"), planned("c"))
    assert kinds(told_of_failure(life, away)) == ["blockage"]
    assert told_of_failure(life, away, 2) == []
    for _ in range(3):
        for number in (1, 2):
            life.pass_time(minutes=10)
            life.do(came_due(TaskNumber(number)))
            assert not any(one.task == number for one in life.goal.blockages.values())
            assert told_of_failure(life, away, number) == []
    (another,) = told_of_failure(life, ResourceBlocked("disk", "full"), 3)
    assert another.facts["needed"] == "disk"


def test_a_resource_that_stays_away_for_a_day_is_told_aloud_once_a_day_for_all_that_it_holds_up() -> None:
    away = ResourceBlocked("model x", "it does not answer", retry_after=1_800)
    life = Life.started(planned("a"), planned("b"))
    rung = [0]
    for _ in range(LOOKS_ALONE + LOOKS_A_DAY + 1):
        notices = [*told_of_failure(life, away, 1), *told_of_failure(life, away, 2)]
        rung.append(rung[-1] + len([one for one in notices if not one.silent]))
        life.now = life.task(1).due_at or life.now
        for number in (1, 2):
            life.do(came_due(TaskNumber(number)))
    assert [rung[LOOKS_ALONE], rung[LOOKS_ALONE + 1], rung[-2], rung[-1]] == [0, 1, 1, 2]


def test_a_failure_that_the_plan_answers_is_told_by_what_comes_of_it() -> None:
    life = Life.started(planned("a"), planned("b"))
    assert told_of_failure(life, PermanentError("rock")) == []
    assert life.goal.adapting is not None
    (question,) = told(life, repaired(Repair(), life.goal.adapting, 1))
    assert (question.kind, question.silent) == (NoticeKind.BLOCKAGE, False)


def test_a_blockage_that_was_put_in_order_in_the_same_breath_is_not_told() -> None:
    life = Life.started(planned("a"), planned("b"))
    assert told_of_failure(life, DependencyBlocked((TaskNumber(2),), "b first")) == []
    skipping = Life.started(planned("a"), planned("b"))
    skipping.do(set_strategy(BlockageKind.ERROR, Strategy.SKIP))
    assert "blockage" not in kinds(told_of_failure(skipping, PermanentError("rock")))


def test_an_adaptation_tells_the_difference() -> None:
    life = Life.started(planned("a"), planned("b"))
    life.fail(1, PermanentError("rock"))
    assert life.goal.adapting is not None
    repair = Repair(supersede=(TaskNumber(1),), add=(planned("c"),), summary="c instead of a")
    (notice,) = [n for n in told(life, repaired(repair, life.goal.adapting, 1)) if n.kind is NoticeKind.PLAN_ADAPTED]
    wanted = {"old_version": 1, "new_version": 2, "summary": "c instead of a", "added": 1, "superseded": 1, "reset": 0}
    assert {name: notice.facts[name] for name in wanted} == wanted


def test_fresh_attempts_alone_make_no_sound_unless_they_were_asked_for() -> None:
    life = Life.started(planned("a"), planned("b"))
    life.fail(1, PermanentError("rock"))
    assert life.goal.adapting is not None
    told_of = told(life, repaired(Repair(reset=(TaskNumber(1),)), life.goal.adapting, 1))
    assert [notice.silent for notice in told_of if notice.kind is NoticeKind.PLAN_ADAPTED] == [True]
    asked = AdaptationNeed(reason="I changed my mind", trigger=Trigger.REQUESTED, deviation=1.0, since=life.now)
    life.do(request(asked))
    assert life.goal.adapting is not None
    told_of = told(life, repaired(Repair(), life.goal.adapting, 2))
    assert [notice.silent for notice in told_of if notice.kind is NoticeKind.PLAN_ADAPTED] == [False]


def test_of_very_many_tasks_at_once_the_first_few_come_and_one_message_for_the_rest() -> None:
    life = Life(new_goal())
    life.do(plan_made(Plan(tasks=tuple(planned(f"t{n}", work="person") for n in range(40)), source="test")))
    asked = told(life, adopt(1))
    assert [notice.task for notice in asked] == [1, 2, 3, 4, 5, None]
    assert asked[-1].facts["shown"] == [1, 2, 3, 4, 5]
    reminded = [life.goal.tasks[TaskNumber(n)].waiting for n in (1, 2)]
    assert all(waiting is not None and waiting.until is not None for waiting in reminded)
    life.pass_time(hours=48)
    told_of = [told(life, came_due(TaskNumber(n))) for n in (2, 1, 3)]
    assert [kinds(notices) for notices in told_of] == [[], ["reminder"], []]


def test_six_tasks_at_once_come_one_by_one() -> None:
    life = Life(new_goal())
    life.do(plan_made(Plan(tasks=tuple(planned(f"t{n}", work="person") for n in range(6)), source="test")))
    assert [notice.task for notice in told(life, adopt(1))] == [1, 2, 3, 4, 5, 6]


def test_failure_and_cancelling_ring_and_a_sub_goals_cancelling_does_not() -> None:
    assert ringing(told(Life.started(planned("a")), fail("no"))) == ["goal_failed"]
    assert ringing(told(Life.started(planned("a")), cancel("no"))) == ["goal_cancelled"]


def test_a_paused_goal_reminds_of_nothing_but_what_was_put_off_until_then() -> None:
    life = Life.started(planned("a", work="person"), planned("b", work="person"))
    life.pass_time(hours=1)
    told(life, postponed(2, life.now.replace(hour=20)))
    told(life, pause(""))
    life.pass_time(hours=30)
    assert told(life, came_due(TaskNumber(1))) == []
    assert [(one.kind, one.task) for one in told(life, came_due(TaskNumber(2)))] == [(NoticeKind.REMINDER, 2)]


def test_a_reminder_rings_and_later_is_not_answered_with_the_task_again() -> None:
    life = Life.started(planned("a", work="person"))
    life.pass_time(hours=1)
    assert told(life, postponed(1, life.now.replace(hour=20))) == []
    life.now = life.now.replace(hour=20)
    (reminder,) = told(life, came_due(TaskNumber(1)))
    assert (reminder.kind, reminder.task, reminder.silent) == (NoticeKind.REMINDER, 1, False)


def test_a_programs_goal_has_nobody_to_tell() -> None:
    life = Life.started(planned("a", work="person"), chat=None)
    assert told(life, done_by_person(1, "")) == []
