"""From one plan version to the next: what is kept, what is refused, who is asked."""

import datetime as dt

import pytest
from msgspec import structs

from engine import events as e
from engine.errors import InvalidInputError, PermanentError, RefusedError
from engine.execution.adaptation import accepted, rejected, repaired, request
from engine.execution.failures import Failure, FailureKind
from engine.execution.goal_decisions import cancel
from engine.execution.task_decisions import attempt_failed, done_by_person
from engine.execution.watching import is_in_question
from engine.goals import GoalStatus
from engine.plans import AdaptationNeed, Hold, PlannedTask, Repair, Trigger
from engine.tasks import Outcome, TaskStatus
from engine.values import TaskNumber
from tests.engine.lives import JUDGING, Life, check_sound, new_goal, planned
from tests.fakes import START

ONE, TWO, THREE = TaskNumber(1), TaskNumber(2), TaskNumber(3)


def asked(life: Life, reason: str = "asked") -> AdaptationNeed:
    need = AdaptationNeed(reason=reason, trigger=Trigger.REQUESTED, since=life.now)
    life.do(request(need))
    return need


def mend(life: Life, repair: Repair) -> None:
    assert life.goal.adapting is not None
    life.do(repaired(repair, life.goal.adapting, life.goal.plan_version))


def test_finished_work_is_kept_and_the_version_goes_up() -> None:
    life = Life.started(planned("a"), planned("b", "a"), planned("c", "b"))
    life.finish(1)
    asked(life)
    mend(life, Repair(supersede=(TWO,), add=(planned("d", "#1"),), rewire={THREE: ("d",)}))
    assert life.goal.plan_version == 2
    assert [task.title for task in life.goal.live_tasks] == ["A", "D", "C"], "the new one stands where it is needed"
    assert life.task(1).status is TaskStatus.COMPLETED
    assert life.task(3).depends_on == (4,)
    assert life.task(4).plan_version == 2
    (event,) = life.told(e.PlanAdapted)
    assert isinstance(event, e.PlanAdapted)
    assert event.kept == (ONE,)


@pytest.mark.parametrize(
    "repair",
    [
        Repair(supersede=(ONE,)),
        Repair(reset=(TaskNumber(9),)),
        Repair(rewire={TWO: (f"#{THREE}",)}),
        Repair(rewire={TWO: ("#9",)}),
        Repair(rewire={TWO: ("d",)}),
        Repair(add=(planned("d", "#3"),), rewire={TWO: ("d",)}),
        Repair(add=(planned("d", "#9"),)),
        Repair(add=(planned("d"), planned("d"))),
        Repair(add=(planned("#2"),)),
    ],
    ids=["done", "unknown", "circle", "stranger", "missing key", "long circle", "unknown after", "twice", "taken"],
)
def test_a_repair_that_does_not_fit_is_refused_and_changes_nothing(repair: Repair) -> None:
    life = Life.started(planned("a"), planned("b"), planned("c", "b"))
    life.finish(1)
    asked(life)
    before = life.goal
    with pytest.raises(InvalidInputError):
        mend(life, repair)
    assert life.goal == before


def test_a_stale_proposal_is_ignored_and_the_need_stays() -> None:
    life = Life.started(planned("a"))
    need = asked(life)
    assert not life.do(repaired(Repair(), need, 7))
    assert not life.do(repaired(Repair(), AdaptationNeed(reason="x", trigger=Trigger.REQUESTED, since=life.now), 1))
    assert life.goal.adapting == need


def test_a_newer_need_replaces_the_older() -> None:
    life = Life.started(planned("a"))
    old = asked(life, "old")
    new = asked(life, "new")
    assert not life.do(repaired(Repair(), old, 1))
    assert life.do(repaired(Repair(), new, 1))


def in_vain(life: Life, times: int) -> int:
    """Let task 1 fail, and each other way that takes its place; returns the number of the last one."""
    for number in range(1, times + 1):
        task = 1 if number == 1 else life.goal.last_task
        life.fail(task, PermanentError(f"rock {number}"))
        other = planned(f"way {number + 1}")
        mend(life, Repair(supersede=(TaskNumber(task),), add=(other,), summary=f"Instead: «{other.title}»"))
        assert life.goal.plan_version == number + 1
    return life.goal.last_task


def test_after_three_adaptations_without_progress_a_person_is_asked_with_the_history() -> None:
    life = Life.started(planned("a"))
    last = in_vain(life, 3)
    life.fail(last, PermanentError("rock 4"))
    assert life.goal.adapting is None
    (blockage,) = life.goal.blockages.values()
    assert blockage.kind.value == "external"
    assert "3 changes of the plan" in blockage.tried[-1].result
    assert [attempt.result for attempt in blockage.tried[:3]] == [
        "«A»: rock 1 → Instead: «Way 2»",
        "«Way 2»: rock 2 → Instead: «Way 3»",
        "«Way 3»: rock 3 → Instead: «Way 4»",
    ]
    assert life.goal.status is GoalStatus.BLOCKED


def test_progress_makes_the_count_of_fruitless_adaptations_start_over() -> None:
    life = Life.started(planned("a"), planned("b"))
    last = in_vain(life, 3)
    assert len(life.goal.in_vain) == 3
    life.finish(2)
    assert not life.goal.in_vain
    life.fail(last, PermanentError("rock"))
    assert life.goal.adapting is not None


def failed_twice() -> Life:
    life = Life.started(planned("a"), planned("b", work="person"))
    life.fail(1, PermanentError("rock"))
    mend(life, Repair(reset=(ONE,), summary="fresh attempts"))
    life.fail(1, PermanentError("rock"))
    return life


@pytest.mark.parametrize(
    "repair",
    [
        Repair(reset=(ONE,)),
        Repair(supersede=(ONE,), add=(planned("x", title="  a "),)),
    ],
    ids=["reset", "added anew"],
)
def test_what_failed_twice_in_the_same_way_is_not_tried_a_third_time_but_asked_about(repair: Repair) -> None:
    life = failed_twice()
    mend(life, repair)
    assert life.goal.plan_version == 2, "the repair was not taken over"
    assert life.goal.adapting is None
    (blockage,) = life.goal.blockages.values()
    assert (blockage.strategy.value, blockage.task) == ("ask", 1)
    told = [attempt.result for attempt in blockage.tried]
    assert told[0] == "«A»: rock → fresh attempts"
    assert "has failed 2 times in the same way" in told[-1]
    check_sound(life.goal)


@pytest.mark.parametrize(
    "other",
    [planned("x", title="Another way: A"), planned("x", title="A", work="person"), planned("x", title="A", method="m")],
    ids=["title", "work", "method"],
)
def test_another_way_to_the_same_end_is_not_the_same(other: PlannedTask) -> None:
    life = failed_twice()
    mend(life, Repair(supersede=(ONE,), add=(other,)))
    assert life.goal.plan_version == 3


def test_a_person_who_asks_for_it_gets_a_third_try() -> None:
    life = failed_twice()
    asked(life, "I mended it")
    mend(life, Repair(reset=(ONE,)))
    assert life.task(1).status is TaskStatus.PENDING


def test_a_result_that_fell_short_otherwise_than_before_is_no_failure_in_the_same_way() -> None:
    life = Life.started(planned("a"), planned("b"))
    for value in (1, 2, 3):
        outcome = Outcome(summary=f"{value} of 9", value=value, deviation=0.9)
        short = Failure(kind=FailureKind.PERMANENT, message=f"fell short: {value} of 9", outcome=outcome)
        life.do(attempt_failed(ONE, life.begin(1), short, JUDGING))
        mend(life, Repair(reset=(ONE,)))
    assert life.task(1).history.failures == 0
    assert life.goal.plan_version == 4


@pytest.mark.parametrize("trigger", [Trigger.OVERRUN, Trigger.FORECAST])
def test_another_plan_for_what_is_only_foreseen_waits_for_a_yes_in_a_chat(trigger: Trigger) -> None:
    life = Life.started(planned("a", work="person"))
    need = AdaptationNeed(reason="slow", trigger=trigger, since=life.now)
    life.do(request(need))
    repair = Repair(supersede=(ONE,), add=(planned("b", work="person"),))
    mend(life, repair)
    assert (life.goal.plan_version, life.goal.proposed_version) == (1, 2)
    life.do(accepted(repair, need, 2))
    assert life.goal.plan_version == 2


def test_nothing_better_for_what_is_only_foreseen_changes_nothing_and_asks_nobody() -> None:
    life = Life.started(planned("a", work="person"))
    life.do(request(AdaptationNeed(reason="slow", trigger=Trigger.FORECAST, since=life.now)))
    mend(life, Repair())
    assert (life.goal.plan_version, life.goal.adapting, dict(life.goal.blockages)) == (1, None, {})


def test_a_failed_task_gets_fresh_attempts_and_its_blockage_a_story() -> None:
    life = Life.started(planned("a"))
    life.fail(1, PermanentError("rock"))
    mend(life, Repair(reset=(ONE,)))
    assert (life.task(1).status, life.task(1).attempts, life.task(1).revivals) == (TaskStatus.PENDING, 0, 1)
    assert not life.goal.blockages
    tried = [event.attempt.what for event in life.told(e.ResolutionTried)]  # type: ignore[union-attr]  # of that kind
    assert tried == ["1 attempt", "adapt"]


def test_a_repair_that_grows_waits_for_approval_when_a_resource_is_lost_too() -> None:
    life = Life.started(planned("a", work="person"))
    life.do(request(AdaptationNeed(reason="the gpu is gone", trigger=Trigger.RESOURCE_LOST, since=life.now)))
    mend(life, Repair(add=(planned("b"),), grows=True))
    assert (life.goal.proposed_version, life.goal.plan_version, len(life.goal.tasks)) == (2, 1, 1)


def test_a_repair_that_grows_waits_for_approval_in_a_chat_and_not_in_a_program() -> None:
    grown = Repair(add=(planned("b"),), grows=True)
    life = Life.started(planned("a", work="person"))
    need = asked(life)
    mend(life, grown)
    assert (life.goal.proposed_version, life.goal.plan_version, len(life.goal.tasks)) == (2, 1, 1)
    with pytest.raises(RefusedError):
        life.do(accepted(grown, need, 3))
    life.do(accepted(grown, need, 2))
    assert (life.goal.proposed_version, life.goal.plan_version, len(life.goal.tasks)) == (None, 2, 2)
    with pytest.raises(RefusedError):
        life.do(accepted(grown, need, 2))
    program = Life.started(planned("a", work="person"), chat=None)
    asked(program)
    mend(program, grown)
    assert program.goal.plan_version == 2


def test_a_person_who_keeps_the_plan_is_asked_about_what_failed() -> None:
    life = Life.started(planned("a"))
    life.fail(1, PermanentError("rock"))
    mend(life, Repair(add=(planned("b"),), supersede=(ONE,), grows=True))
    life.do(rejected(2))
    assert life.goal.plan_version == 1
    (blockage,) = life.goal.blockages.values()
    assert blockage.kind.value == "external"
    check_sound(life.goal)


def test_work_that_finished_while_a_proposal_waited_is_kept() -> None:
    life = Life.started(planned("a", work="person"), planned("b", work="person"))
    need = asked(life)
    grown = Repair(add=(planned("c"),), supersede=(TWO,), grows=True)
    mend(life, grown)
    life.do(done_by_person(2, ""))
    with pytest.raises(InvalidInputError):
        life.do(accepted(grown, need, 2))
    assert life.task(2).status is TaskStatus.COMPLETED


def test_a_planner_without_an_idea_hands_the_task_to_a_person() -> None:
    life = Life.started(planned("a"))
    life.fail(1, PermanentError("rock"))
    mend(life, Repair())
    assert life.goal.plan_version == 1
    assert [blockage.kind.value for blockage in life.goal.blockages.values()] == ["external"]


def test_a_new_checkpoint_of_a_repair_is_reached_and_one_that_fell_away_is_forgotten() -> None:
    life = Life.started(planned("a", work="person", checkpoint="Dug"), planned("b", work="person"))
    asked(life)
    mend(life, Repair(supersede=(ONE,), add=(planned("c", work="person", checkpoint="Dug by others"),)))
    assert [mark.name for mark in life.goal.milestones if not mark.percent] == ["Dug by others"]
    life.do(done_by_person(3, ""))
    assert [mark.name for mark in life.reached() if not mark.percent] == ["Dug by others"]


def test_only_a_goal_with_a_plan_that_goes_on_can_be_adapted() -> None:
    need = AdaptationNeed(reason="x", trigger=Trigger.REQUESTED, since=new_goal().created_at)
    with pytest.raises(RefusedError):
        Life(new_goal()).do(request(need))
    life = Life.started(planned("a"))
    life.do(cancel(""))
    with pytest.raises(RefusedError):
        life.do(request(need))


FORESEEN = AdaptationNeed(reason="the deadline holds in 20 %", trigger=Trigger.FORECAST, since=START)


def with_a_proposal_for_the_forecast() -> Life:
    """Two tasks that run, and a faster way for a third that waits for a yes."""
    life = Life.started(planned("a"), planned("b"), planned("c", "a", "b"))
    life.do(request(FORESEEN))
    mend(life, Repair(add=(planned("d", "#1"),), supersede=(THREE,), summary="a faster way"))
    assert (life.goal.proposed_version, life.goal.plan_version) == (2, 1)
    return life


def test_what_fails_while_a_proposal_for_the_forecast_waits_withdraws_it_and_gets_its_own_repair() -> None:
    life = with_a_proposal_for_the_forecast()
    life.fail(1, PermanentError("rock"))
    assert life.goal.proposed_version is None
    (withdrawn,) = life.told(e.RepairRejected)
    assert withdrawn == e.RepairRejected(version=2, withdrawn="«A» needs another plan first")
    assert life.goal.adapting is not None
    assert life.goal.adapting.task == ONE
    with pytest.raises(RefusedError) as refused:
        life.do(accepted(Repair(), FORESEEN, 2))
    assert refused.value.code == "closed_proposal"
    with pytest.raises(RefusedError) as refused:
        life.do(rejected(2))
    assert refused.value.code == "closed_proposal"
    mend(life, Repair(reset=(ONE,)))
    assert (life.goal.plan_version, life.task(3).status) == (2, TaskStatus.PENDING)
    check_sound(life.goal)


def test_a_larger_plan_for_what_failed_is_not_withdrawn_by_that_failure_nor_by_another() -> None:
    life = Life.started(planned("a"), planned("b"))
    life.fail(1, PermanentError("rock"))
    mend(life, Repair(add=(planned("c"),), supersede=(ONE,), grows=True))
    assert life.goal.proposed_version == 2
    life.fail(2, PermanentError("rock"))
    assert life.goal.proposed_version == 2
    assert not life.told(e.RepairRejected)


@pytest.mark.parametrize("answer", ["yes", "no", "withdrawn"])
def test_a_proposal_for_the_forecast_is_told_of_once_a_plan_version_however_it_ends(answer: str) -> None:
    life = with_a_proposal_for_the_forecast()
    dated = structs.replace(life.goal, deadline=life.now + dt.timedelta(days=9))
    assert not is_in_question(dated, life.now), "it waits for an answer"
    if answer == "yes":
        (proposal,) = life.told(e.RepairProposed)
        assert isinstance(proposal, e.RepairProposed)
        life.do(accepted(proposal.repair, proposal.need, 2))
    elif answer == "no":
        life.do(rejected(2))
    else:
        life.fail(1, PermanentError("rock"))
    dated = structs.replace(life.goal, deadline=life.now + dt.timedelta(days=9))
    assert is_in_question(dated, life.now) is (answer == "yes"), "another plan is another question"


def test_a_wish_that_comes_to_nothing_does_not_take_back_a_plan_that_waits_for_a_yes() -> None:
    life = Life.started(planned("a"), planned("b", "a"))
    asked(life)
    mend(life, Repair(add=(planned("c"),), grows=True))
    assert life.goal.proposed_version == 2
    asked(life)
    mend(life, Repair())
    assert (life.goal.plan_version, life.goal.proposed_version, life.goal.adapting) == (1, 2, None)


def test_what_is_asked_anew_and_what_a_fact_holds_up_are_two_questions() -> None:
    life = Life.started(planned("a"), planned("b", work="person"))
    life.fail(1, PermanentError("rock"))
    mend(life, Repair())
    asked(life)
    mend(life, Repair(holds=(Hold(task=TWO, fact="has_kiln", called="there is no kiln"),)))
    assert {blockage.task for blockage in life.goal.blockages.values()} == {ONE, TWO}
