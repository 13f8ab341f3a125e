"""Outcomes that only words can check: what a work brings is a claim, until a judge or a person has looked at it. Pure.

A judge that is sure decides; one that is not, and there being none, asks the person.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from engine import events as e
from engine.decisions import Decision, Moment
from engine.execution.blocking import open_task, problem
from engine.execution.consequences import FIRST_REMINDER
from engine.execution.failures import Failure, FailureKind
from engine.execution.task_decisions import Judging, held, on_failure
from engine.goals import Goal, GoalStatus
from engine.tasks import Judgement, Lease, Outcome, Task, TaskStatus, Waiting, WaitingFor
from engine.values import TaskNumber

Judge: TypeAlias = Callable[[Goal, Task], Awaitable[Judgement]]
"""Says whether what came out of a task is what was expected. A model's faults are no errors: it is not sure then.
Raises `ResourceBlocked` where nobody can judge for now."""
SURE = 0.7
"""A judge that is less sure than this asks the person."""
_MOVING = frozenset({GoalStatus.ACTIVE, GoalStatus.BLOCKED})


def first_claim(goal: Goal) -> Task | None:
    """The first task whose outcome is to be judged now; None where there is none."""
    if goal.status not in _MOVING:
        return None
    for task in goal.tasks.values():  # asked at every change, so in as few steps as can be
        waiting = task.waiting
        if waiting is not None and waiting.what is WaitingFor.JUDGEMENT:
            return task
    return None


def _is_claimed(task: Task) -> bool:
    return task.waiting is not None and task.waiting.what is WaitingFor.JUDGEMENT


def claimed(number: TaskNumber, lease: Lease, outcome: Outcome) -> Decision:
    """The attempt brought something that is to be judged before it counts."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        held(goal, number, lease)
        waiting = Waiting(what=WaitingFor.JUDGEMENT, since=moment.now, claim=True)
        return [e.TaskWaiting(task=number, waiting=waiting, outcome=outcome)]

    return decide


def judged(claim: Task, judgement: Judgement | None, judging: Judging) -> Decision:
    """What a judge said of a claim: it holds, it falls short, or a person is to say. None where there is no judge.

    A claim that is another one by now is left alone.
    """

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = goal.tasks.get(claim.number)
        if task is None or not _is_claimed(task) or task.attempt_serial != claim.attempt_serial or not task.outcome:
            return []
        if judgement is None or judgement.confidence < SURE:
            until = moment.now + FIRST_REMINDER if goal.chat is not None else None
            waiting = Waiting(what=WaitingFor.PERSON, since=moment.now, until=until, claim=True)
            outcome = replace(task.outcome, judgement=judgement)
            return [e.TaskWaiting(task=task.number, waiting=waiting, outcome=outcome)]
        outcome = replace(task.outcome, judgement=judgement, deviation=judgement.deviation)
        if judgement.deviation > judging.threshold:
            return on_failure(goal, task, _short(outcome, judgement.reason), moment, judging)
        return [e.TaskCompleted(task=task.number, outcome=outcome)]

    return decide


def put_off(claim: Task, failure: Failure, judging: Judging) -> Decision:
    """Nobody could judge a claim for want of money, or of a model that answers: its task waits for just that, with what
    its work brought, and is judged then."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = goal.tasks.get(claim.number)
        if task is None or task.waiting is None or not _is_claimed(task) or not task.outcome:
            return []
        judgement = Judgement(deviation=1.0, confidence=0.0, reason=failure.message, awaited=True)
        outcome = replace(task.outcome, judgement=judgement)
        kept = e.TaskWaiting(task=task.number, waiting=task.waiting, outcome=outcome)
        return [kept, *on_failure(goal, task, failure, moment, judging)]

    return decide


def refused(number: int, why: str, judging: Judging) -> Decision:
    """A person says that a task can't go on, or, asked about a claim, that it is not what was expected."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = open_task(goal, number)
        if task.status is not TaskStatus.WAITING or task.waiting is None or not task.waiting.claim or not task.outcome:
            return problem(number, why)(goal, moment)
        outcome = replace(task.outcome, deviation=1.0, by_person=True)
        return on_failure(goal, task, _short(outcome, why), moment, judging)

    return decide


def _short(outcome: Outcome, why: str) -> Failure:
    return Failure(kind=FailureKind.TEMPORARY, message=f"fell short: {why}", outcome=outcome)
