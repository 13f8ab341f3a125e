"""All four kinds of blockage: told apart by type, met by their strategy, logged, lifted."""

import datetime as dt

import pytest

from engine import events as e
from engine.blockages import Blockage, BlockageKind, Strategy
from engine.errors import (
    DependencyBlocked,
    EngineError,
    ExternalBlocked,
    InvalidInputError,
    PermanentError,
    RefusedError,
    ResourceBlocked,
    TemporaryError,
)
from engine.execution.approvals import suspended
from engine.execution.blocking import LOOKS_A_DAY, LOOKS_ALONE, problem, put_off, resolve
from engine.execution.failures import FailureKind, classify
from engine.execution.goal_decisions import set_strategy
from engine.execution.task_decisions import attempt_lost, came_due, done_by_person, retried, skipped
from engine.goals import GoalStatus
from engine.plans import Trigger
from engine.tasks import TaskStatus
from engine.values import TaskNumber
from tests.engine.lives import Life, check_sound, planned
from tests.engine.stage import Stage
from tests.fakes import START


def only(life: Life) -> Blockage:
    (blockage,) = life.goal.blockages.values()
    return blockage


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ResourceBlocked("disk", "permanent error, external"), FailureKind.RESOURCE),
        (DependencyBlocked((), "rate limit"), FailureKind.DEPENDENCY),
        (ExternalBlocked("a dependency"), FailureKind.EXTERNAL),
        (TemporaryError("permanently blocked by an external dependency"), FailureKind.TEMPORARY),
        (PermanentError("timeout, try again"), FailureKind.PERMANENT),
        (TimeoutError(), FailureKind.TEMPORARY),
        (EngineError("x"), FailureKind.PERMANENT),
        (ValueError("resource not available"), FailureKind.TEMPORARY),
        (ConnectionError(), FailureKind.TEMPORARY),
    ],
)
def test_a_failure_is_classified_by_its_type_and_never_by_its_words(error: Exception, kind: FailureKind) -> None:
    assert classify(error).kind is kind
    assert classify(error).message


def test_the_words_of_strangers_are_bounded_and_fit_to_be_kept() -> None:
    assert len(classify(ValueError("x" * 10**6)).message) < 1100
    classify(ExternalBlocked("half \ud800")).needed.encode("utf-8")
    assert classify(ResourceBlocked("r", "x", retry_after=float("inf"))).delay is None
    assert classify(ResourceBlocked("r", "x", retry_after=1e300)).delay == 30 * 86_400


def test_a_resource_pauses_the_task_and_is_looked_for_again() -> None:
    life = Life.started(planned("a"), planned("b"))
    life.fail(1, ResourceBlocked("disk", "it is full", retry_after=60))
    assert only(life).kind is BlockageKind.RESOURCE
    assert [attempt.what for attempt in only(life).tried] == ["wait"]
    assert life.goal.status is GoalStatus.ACTIVE, "the other task can go on"
    life.finish(2)
    assert life.goal.status is GoalStatus.BLOCKED
    life.pass_time(seconds=59)
    assert not life.do(came_due(TaskNumber(1)))
    life.pass_time(seconds=1)
    life.do(came_due(TaskNumber(1)))
    assert life.goal.status is GoalStatus.ACTIVE
    assert not life.goal.blockages
    life.finish(1)
    assert life.goal.status is GoalStatus.COMPLETED


def test_what_stays_away_is_looked_for_ever_less_often_and_another_thing_from_the_start() -> None:
    life = Life.started(planned("a"))
    pauses = []
    for missing in (*["disk"] * 8, "printer", "printer"):
        life.fail(1, ResourceBlocked(missing, "it is away", retry_after=60))
        due = life.task(1).due_at
        assert due is not None
        pauses.append(int((due - life.now).total_seconds()))
        life.pass_time(seconds=pauses[-1])
        life.do(came_due(TaskNumber(1)))
    assert pauses == [60, 120, 240, 480, 960, 1800, 1800, 1800, 60, 120]


def test_after_a_day_of_looks_a_person_is_told_what_helps_and_then_once_a_day_while_it_looks_on() -> None:
    away = ResourceBlocked("disk", "it is full", retry_after=60)
    life, told = Life.started(planned("a")), []
    for _ in range(LOOKS_ALONE + LOOKS_A_DAY + 2):
        life.fail(1, away)
        if only(life).how:
            assert "I have looked" in only(life).how
            told.append(life.now - START)
        life.now = life.task(1).due_at or life.now
        life.do(came_due(TaskNumber(1)))
    first, second = told
    assert dt.timedelta(hours=23) < first < dt.timedelta(hours=26)
    assert second - first == dt.timedelta(days=1)


def test_what_was_there_meanwhile_is_looked_for_from_the_start() -> None:
    away = ResourceBlocked("disk", "it is full", retry_after=60)
    life = Life.started(planned("a"))
    for again in (1, 2, 3):
        life.fail(1, away)
        life.now = life.task(1).due_at or life.now
        life.do(came_due(TaskNumber(1)))
        assert life.task(1).history.waits == again
    life.do(suspended(TaskNumber(1), life.begin(1)))
    assert life.task(1).history.waits == 0


def test_a_program_s_goal_looks_on_as_before() -> None:
    life = Life.started(planned("a"), chat=None)
    for _ in range(60):
        life.fail(1, ResourceBlocked("disk", "it is full", retry_after=60))
        life.now = life.task(1).due_at or life.now
        assert not only(life).how
        life.do(came_due(TaskNumber(1)))


def test_what_is_known_to_come_back_later_is_not_looked_for_before() -> None:
    life = Life.started(planned("a"))
    for _ in range(2):
        life.fail(1, ResourceBlocked("disk", "it is away", retry_after=86_400))
        life.pass_time(seconds=86_399)
        assert not life.do(came_due(TaskNumber(1)))
        life.pass_time(seconds=1)
        assert life.do(came_due(TaskNumber(1)))


def test_a_missing_dependency_is_run_first() -> None:
    life = Life.started(planned("a"), planned("b"), planned("c"))
    life.fail(1, DependencyBlocked((TaskNumber(3),), "there is no soil"))
    assert life.task(1).status is TaskStatus.PENDING
    assert life.task(1).depends_on == (3,)
    assert not life.goal.blockages
    assert [
        type(event).__name__
        for event in life.events
        if "Blockage" in type(event).__name__ or "Tried" in type(event).__name__
    ] == [
        "BlockageRaised",
        "ResolutionTried",
        "BlockageResolved",
    ]


def test_a_prerequisite_that_was_left_out_is_taken_back_in_once_and_not_for_ever() -> None:
    life = Life.started(planned("a"), planned("b", work="person"))
    life.do(skipped(2, ""))
    missing = DependencyBlocked((TaskNumber(2),), "there is no soil")
    life.fail(1, missing)
    assert life.task(2).status is TaskStatus.WAITING
    life.do(skipped(2, ""))
    life.fail(1, missing)
    assert life.task(2).status is TaskStatus.SKIPPED
    assert life.task(1).status is TaskStatus.FAILED
    assert life.goal.adapting is not None


@pytest.mark.parametrize("end", ["circle", "done"])
def test_a_dependency_that_can_not_be_put_in_order_becomes_an_adaptation(end: str) -> None:
    if end == "circle":
        life = Life.started(planned("a"), planned("b", "a"))
        life.fail(1, DependencyBlocked((TaskNumber(2),), "b first"))
        failed = 1
    else:
        life = Life.started(planned("a"), planned("b", "a"))
        life.finish(1)
        life.fail(2, DependencyBlocked((TaskNumber(1),), "a was not enough"))
        failed = 2
    assert life.goal.adapting is not None
    assert life.goal.adapting.task == failed
    assert [attempt.what for attempt in only(life).tried] == ["reorder"]


def test_an_error_without_tries_left_calls_for_another_plan() -> None:
    life = Life.started(planned("a"))
    life.fail(1, PermanentError("the ground is rock"))
    assert life.task(1).status is TaskStatus.FAILED
    assert only(life).kind is BlockageKind.ERROR
    assert life.goal.adapting is not None
    assert life.goal.adapting.trigger is Trigger.TASK_FAILED


def test_a_result_that_fell_short_calls_for_another_plan_with_its_deviation() -> None:
    life = Life.started(planned("a"))
    life.fall_short(1, 0.6)
    assert life.goal.adapting is not None
    assert life.goal.adapting.trigger is Trigger.DEVIATION
    assert life.goal.adapting.deviation == 0.6


def test_an_external_blockage_says_what_is_needed_from_whom_and_waits_for_a_person() -> None:
    life = Life.started(planned("a"), planned("b", "a"), planned("c"))
    life.fail(1, ExternalBlocked("the key", from_whom="the neighbour", how="ring twice"))
    blockage = only(life)
    assert (blockage.kind, blockage.needed, blockage.from_whom, blockage.how) == (
        BlockageKind.EXTERNAL,
        "the key",
        "the neighbour",
        "ring twice",
    )
    assert life.goal.status is GoalStatus.ACTIVE, "c does not depend on it"
    life.finish(3)
    assert life.goal.status is GoalStatus.BLOCKED
    life.do(resolve(blockage.number, "here it is"))
    assert life.goal.status is GoalStatus.ACTIVE
    with pytest.raises(RefusedError) as raised:
        life.do(resolve(blockage.number, "again"))
    assert raised.value.code == "already_resolved"
    tried = [event.attempt for event in life.told(e.ResolutionTried)]  # type: ignore[union-attr]  # of that kind
    assert [(attempt.what, attempt.result) for attempt in tried] == [("you", "here it is")]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (BlockageKind.RESOURCE, ResourceBlocked("disk", "full")),
        (BlockageKind.DEPENDENCY, DependencyBlocked((TaskNumber(2),), "b first")),
        (BlockageKind.ERROR, PermanentError("no")),
        (BlockageKind.EXTERNAL, ExternalBlocked("a key")),
    ],
)
@pytest.mark.parametrize("strategy", [Strategy.ASK, Strategy.ADAPT, Strategy.SKIP])
@pytest.mark.parametrize("critical", [True, False])
def test_every_kind_can_be_asked_about_adapted_to_or_skipped(
    kind: BlockageKind, error: Exception, strategy: Strategy, critical: bool
) -> None:
    life = Life.started(planned("a", critical=critical), planned("b"))
    life.do(set_strategy(kind, strategy))
    life.fail(1, error)
    check_sound(life.goal)
    if strategy is Strategy.SKIP and not critical:
        assert life.task(1).status is TaskStatus.SKIPPED
        assert not life.goal.blockages
    elif strategy is Strategy.ADAPT:
        assert life.goal.adapting is not None
    else:
        assert only(life).strategy is Strategy.ASK, "a critical task is never skipped without a word"
        life.do(resolve(only(life).number, ""))
        assert life.task(1).status is TaskStatus.PENDING


@pytest.mark.parametrize("strategy", [Strategy.ASK, Strategy.ADAPT, Strategy.SKIP])
@pytest.mark.parametrize("repeatable", [True, False])
def test_a_lost_attempt_that_needs_a_person_is_left_out_or_asked_about_but_never_planned_away(
    strategy: Strategy, repeatable: bool
) -> None:
    life = Life.started(planned("a"), planned("b"))
    life.do(set_strategy(BlockageKind.EXTERNAL, strategy))
    for _ in range(3 if repeatable else 1):
        life.do(attempt_lost(TaskNumber(1), life.begin(1), repeatable=repeatable))
    check_sound(life.goal)
    assert life.task(1).status is (TaskStatus.SKIPPED if strategy is Strategy.SKIP else TaskStatus.BLOCKED)


def test_a_person_who_reports_a_problem_blocks_the_task_and_can_lift_it() -> None:
    life = Life.started(planned("a", work="person"))
    life.do(problem(1, "it rains"))
    assert life.task(1).status is TaskStatus.BLOCKED
    assert life.goal.status is GoalStatus.BLOCKED
    with pytest.raises(RefusedError):
        life.do(problem(1, "still"))
    life.do(resolve(1, ""))
    assert life.task(1).status is TaskStatus.WAITING


@pytest.mark.parametrize("ending", ["done", "skip", "retry"])
def test_what_holds_up_a_task_is_gone_when_the_task_is(ending: str) -> None:
    life = Life.started(planned("a"), planned("b"))
    life.fail(1, ExternalBlocked("a key"))
    life.do({"done": done_by_person(1, ""), "skip": skipped(1, ""), "retry": retried(1)}[ending])
    assert not life.goal.blockages
    check_sound(life.goal)


async def test_a_strategy_that_does_not_fit_its_kind_is_refused(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work="person"))
        with pytest.raises(InvalidInputError):
            await executor.set_strategy(goal, BlockageKind.ERROR, Strategy.WAIT)
        assert (await executor.set_strategy(goal, BlockageKind.ERROR, Strategy.ASK)).strategies


def test_what_is_in_the_way_until_a_day_waits_for_it_and_goes_on_then() -> None:
    life = Life.started(planned("a", work="person"), planned("b", "a"))
    life.do(problem(1, "the painter has gone"))
    until = life.now + dt.timedelta(days=2)
    life.do(put_off(1, "he is back the day after tomorrow", until))
    assert (life.task(1).status, life.task(1).due_at) == (TaskStatus.BLOCKED, until)
    assert only(life).strategy is Strategy.WAIT
    assert only(life).tried[-1].result == "he is back the day after tomorrow"
    life.now = until
    life.do(came_due(TaskNumber(1)))
    assert not life.goal.blockages
    assert life.task(1).status in (TaskStatus.PENDING, TaskStatus.WAITING)


def test_no_day_answers_how_far_something_came_that_was_cut_off_and_must_not_run_twice() -> None:
    life = Life.started(planned("a"))
    life.do(attempt_lost(TaskNumber(1), life.begin(1), repeatable=False))
    asked = only(life)
    life.do(put_off(asked.number, "I look on Monday", life.now + dt.timedelta(days=2)))
    assert only(life) == asked
    assert (life.task(1).status, life.task(1).due_at) == (TaskStatus.BLOCKED, None)
