"""Outcomes that only words can check: they count when a sure judge, or a person, has looked at them."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from msgspec import structs

from engine import events as e
from engine.agents.breaker import BreakerOpen
from engine.errors import RefusedError
from engine.execution.budgets import allow_more
from engine.execution.claims import SURE, claimed, first_claim, judged, put_off, refused
from engine.execution.failures import Failure, classify
from engine.execution.goal_decisions import pause, resume
from engine.execution.task_decisions import came_due, done_by_person
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.money import Account, Amount, BudgetReached, Cap
from engine.plans import PlannedTask
from engine.reasons import why_task_of
from engine.reporting.notices import NoticeKind
from engine.tasks import Expectation, Judgement, Outcome, Task, TaskStatus, WaitingFor
from engine.values import TaskId, TaskNumber
from engine.work.registry import Work
from tests.engine.lives import JUDGING, Life, check_sound, planned
from tests.engine.stage import IN_CHAT, Stage, quiet, statuses, until
from tests.fakes import START

ONE = TaskNumber(1)
REPORT = Outcome(summary="a report", value="three sources, two of them newspapers", artefacts=("report.md",))
HOLDS = Judgement(deviation=0.0, confidence=0.9, reason="three sources are named")
SHORT = Judgement(deviation=0.6, confidence=0.9, reason="a source is missing")
DOUBTS = Judgement(deviation=0.0, confidence=SURE - 0.01, reason="I would have to open the links")


def claiming(chat: int | None = 100) -> Life:
    life = Life.started(planned("a"), planned("b", "a"), chat=chat)
    life.do(claimed(ONE, life.begin(1), REPORT))
    return life


def judge(life: Life, judgement: Judgement | None) -> None:
    claim = first_claim(life.goal)
    assert claim is not None
    life.do(judged(claim, judgement, JUDGING))
    check_sound(life.goal)


def test_a_claim_waits_for_its_judge_without_slot_and_lease_and_nothing_behind_it_begins() -> None:
    life = claiming()
    task = life.task(1)
    assert task.status is TaskStatus.WAITING
    assert task.waiting is not None
    assert task.waiting.what is WaitingFor.JUDGEMENT
    assert task.outcome == REPORT
    assert task.lease is None
    assert life.task(2).status is TaskStatus.PENDING
    assert life.goal.progress == 0
    check_sound(life.goal)


def test_a_sure_yes_completes_it_and_stays_with_it() -> None:
    life = claiming()
    judge(life, HOLDS)
    assert life.task(1).status is TaskStatus.COMPLETED
    assert life.task(1).outcome == structs.replace(REPORT, judgement=HOLDS)


def test_a_sure_no_is_a_try_that_fell_short_with_what_came_out_beside_it() -> None:
    life = claiming()
    judge(life, SHORT)
    task = life.task(1)
    assert (task.status, task.attempts) == (TaskStatus.PENDING, 1)
    assert task.last_error == "fell short: a source is missing"
    assert task.due_at is not None


def test_three_times_a_sure_no_adapts_the_plan() -> None:
    life = Life.started(planned("a"))
    for _ in range(JUDGING.retry.most_attempts):
        life.pass_time(hours=1)
        life.do(claimed(ONE, life.begin(1), REPORT))
        judge(life, SHORT)
    assert life.task(1).status is TaskStatus.FAILED
    outcome = life.task(1).outcome
    assert outcome is not None
    assert (outcome.deviation, outcome.judgement) == (0.6, SHORT)
    assert life.goal.adapting is not None


@pytest.mark.parametrize("judgement", [DOUBTS, None], ids=["in doubt", "no judge"])
def test_a_judge_in_doubt_and_none_at_all_ask_the_person_who_is_reminded(judgement: Judgement | None) -> None:
    life = claiming()
    judge(life, judgement)
    waiting = life.task(1).waiting
    assert waiting is not None
    assert (waiting.what, waiting.claim) == (WaitingFor.PERSON, True)
    assert waiting.until is not None
    assert life.task(1).outcome == structs.replace(REPORT, judgement=judgement)
    assert first_claim(life.goal) is None


NO_MONEY = classify(BudgetReached(Account(name="goal:1", cap=Cap(micros=1)), Amount(micros=1), Amount(micros=5)))
AWAY = classify(BreakerOpen("openai:m", 30.0))


def unjudged(failure: Failure) -> Life:
    life = claiming()
    claim = first_claim(life.goal)
    assert claim is not None
    life.do(put_off(claim, failure, JUDGING))
    check_sound(life.goal)
    assert life.task(1).status is TaskStatus.BLOCKED
    assert first_claim(life.goal) is None
    return life


@pytest.mark.parametrize("lifts", ["more money", "the next day", "the model is back"])
def test_a_claim_that_nobody_could_judge_for_now_waits_with_what_came_out_and_is_then_judged(lifts: str) -> None:
    if lifts == "more money":
        life = unjudged(NO_MONEY)
        [asked] = life.goal.blockages.values()
        assert asked.shortage is not None
        life.do(allow_more(asked.shortage, Amount(micros=9), Cap()))
    else:
        life = unjudged(AWAY if "model" in lifts else replace(NO_MONEY, until=START + dt.timedelta(days=1)))
        life.pass_time(days=1)
        life.do(came_due(ONE))
    check_sound(life.goal)
    assert not life.goal.blockages
    claim = first_claim(life.goal)
    assert claim is not None
    assert claim.outcome == REPORT
    judge(life, SHORT)
    assert life.task(1).status is TaskStatus.PENDING, "a sure no is a try that fell short, and judged no more"
    assert first_claim(life.goal) is None


def test_a_person_may_find_right_what_no_model_could_look_at_and_it_is_kept() -> None:
    life = unjudged(NO_MONEY)
    life.do(done_by_person(1, ""))
    outcome = life.task(1).outcome
    assert outcome is not None
    assert (outcome.value, outcome.by_person) == (REPORT.value, True)
    assert not life.goal.blockages


def test_what_the_person_finds_right_keeps_what_the_work_brought() -> None:
    life = claiming()
    judge(life, DOUBTS)
    life.do(done_by_person(1, "looked at it"))
    assert life.task(1).outcome == structs.replace(REPORT, summary="looked at it", judgement=DOUBTS, by_person=True)


def test_what_the_person_finds_wrong_is_tried_again_with_their_words() -> None:
    life = claiming()
    judge(life, DOUBTS)
    life.do(refused(1, "the newspapers are from 1990", JUDGING))
    task = life.task(1)
    assert task.status is TaskStatus.PENDING
    assert task.last_error == "fell short: the newspapers are from 1990"


def test_a_problem_with_a_task_that_claims_nothing_is_a_blockage_as_ever() -> None:
    life = Life.started(planned("a", work="person"))
    life.do(refused(1, "no shovel", JUDGING))
    assert life.task(1).status is TaskStatus.BLOCKED


def test_a_judgement_that_comes_too_late_changes_nothing() -> None:
    life = claiming()
    claim = life.task(1)
    judge(life, SHORT)
    life.pass_time(hours=1)
    life.do(claimed(ONE, life.begin(1), REPORT))
    before = life.goal
    assert not life.do(judged(claim, HOLDS, JUDGING)), "it is of an earlier attempt"
    assert life.goal == before
    judge(life, HOLDS)
    assert not life.do(judged(life.task(1), SHORT, JUDGING)), "it is done"


def test_a_result_of_a_lease_that_was_lost_claims_nothing() -> None:
    life = claiming()
    lease = life.told(e.TaskStarted)[0]
    assert isinstance(lease, e.TaskStarted)
    with pytest.raises(RefusedError):
        life.do(claimed(ONE, lease.lease, REPORT))


def test_while_a_goal_rests_nothing_of_it_is_judged() -> None:
    life = claiming()
    life.do(pause(""))
    assert first_claim(life.goal) is None
    life.do(resume(""))
    assert first_claim(life.goal) is not None


@dataclass
class Judge:
    """Says what the test says, in order; the last one repeats."""

    said: list[Judgement]
    asked: list[str] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    async def judge(self, goal: Goal, task: Task) -> Judgement:
        self.asked.append(task.title)
        if self.errors:
            raise self.errors.pop(0)
        return self.said.pop(0) if len(self.said) > 1 else self.said[0]


@asynccontextmanager
async def judging(stage: Stage, judge: Judge | None) -> AsyncIterator[AutonomousGoalExecutor]:
    async with stage.open(Work(name="claim", summary="Finds out", run=stage.hands.run, claims=True)) as executor:
        if judge is not None:
            executor.reason_with(stage.planner, judge.judge)
        yield executor


def finding(title: str) -> PlannedTask:
    return PlannedTask(key=title, title=title, work="claim", expected=Expectation(summary="three sources"))


async def test_the_executor_has_claims_judged_and_why_tells_what_was_said(stage: Stage) -> None:
    judge = Judge([SHORT, HOLDS])
    async with judging(stage, judge) as executor:
        goal_id = await stage.started(executor, finding("Find sources"))
        goal = await until(executor, goal_id, lambda one: one.has_ended)
        assert goal.status is GoalStatus.COMPLETED
        assert judge.asked == stage.hands.calls == ["Find sources", "Find sources"]
        told = "\n".join(await why_task_of(executor.queries, goal, goal.task(1)))
        assert "as expected, 90 % sure. In its words: «three sources are named»" in told


async def test_without_a_judge_a_person_is_asked_and_what_they_say_counts(stage: Stage) -> None:
    async with judging(stage, None) as executor:
        goal_id = await stage.started(executor, finding("Find sources"))
        await until(executor, goal_id, lambda one: bool(one.task(1).waiting) and first_claim(one) is None)
        await quiet(executor)
        rows = await executor.notifier._outbox.queued(100)
        asked = [row.notice for row in rows if row.notice and row.notice.kind is NoticeKind.TASK_FOR_PERSON]
        assert [one.task for one in asked] == [1]
        await executor.report_problem(goal_id, 1, "that is one source")
        await until(executor, goal_id, lambda one: len(stage.hands.calls) == 2 and bool(one.task(1).waiting))
        await until(executor, goal_id, lambda one: bool(one.task(1).waiting) and first_claim(one) is None)
        await executor.complete_task(goal_id, 1)
        goal = await executor.goal(goal_id)
        assert goal.status is GoalStatus.COMPLETED
        assert goal.task(1).outcome is not None
        assert goal.task(1).outcome.value == "Find sources is done"


async def test_a_judge_that_breaks_down_ends_in_a_question(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.execution.jobs.PAUSE", 0.0)
    judge = Judge([HOLDS], errors=[RuntimeError("it fell over")] * 3)
    async with judging(stage, judge) as executor:
        goal_id = await stage.started(executor, finding("Find sources"))
        goal = await until(executor, goal_id, lambda one: bool(one.task(1).waiting) and first_claim(one) is None)
        assert goal.task(1).waiting is not None
        assert goal.task(1).waiting.what is WaitingFor.PERSON
        assert len(judge.asked) == 3


async def test_a_claim_outlives_the_program_and_is_judged_by_the_next_one(stage: Stage) -> None:
    stage.planner.plans[""] = (finding("Find sources"),)
    async with judging(stage, None) as executor:
        executor._jobs.serves = lambda goal: goal.status is GoalStatus.PLANNING  # it stops before anybody judges
        goal_id = await executor.set_goal("Find out", origin=IN_CHAT)
        await until(executor, goal_id, lambda one: one.status is GoalStatus.PROPOSED)
        await executor.start_goal(goal_id)
        await until(executor, goal_id, lambda one: first_claim(one) is not None)
        assert list(await executor.queries.with_jobs()) == [goal_id]
    judge = Judge([HOLDS])
    async with judging(stage, judge) as executor:
        goal = await until(executor, goal_id, lambda one: one.has_ended)
        assert stage.hands.calls == judge.asked == ["Find sources"], "what was done is not done again"
        assert goal.task(1).outcome is not None
        assert goal.task(1).outcome.value == "Find sources is done"


async def test_a_programs_task_is_executed_until_its_claim_was_judged(stage: Stage) -> None:
    async with judging(stage, Judge([HOLDS])) as executor:
        goal_id = await stage.started(executor, finding("Find sources"), chat=False)
        assert await executor.execute_task(TaskId(f"{goal_id}.1")) == "Find sources is done"
        assert statuses(await executor.goal(goal_id)) == ["completed"]


async def test_a_function_of_the_programs_own_is_believed(stage: Stage) -> None:
    judge = Judge([SHORT])
    async with judging(stage, judge) as executor:
        goal_id = await stage.started(executor, finding("Find sources"), chat=False)
        assert await executor.execute_task(TaskId(f"{goal_id}.1"), lambda: 3) == 3
        assert judge.asked == []


async def test_a_persons_look_at_a_claim_is_no_experience_of_how_long_people_take(stage: Stage) -> None:
    async with judging(stage, Judge([DOUBTS])) as executor:
        goal_id = await stage.started(executor, finding("Find sources"))
        await until(executor, goal_id, lambda one: bool(one.task(1).waiting) and first_claim(one) is None)
        stage.clock.advance(hours=50)
        await executor.complete_task(goal_id, 1)
        history = await executor.queries.history(stage.clock.now() - dt.timedelta(days=30))
        assert (history.answers, history.experiences) == ((), ())
