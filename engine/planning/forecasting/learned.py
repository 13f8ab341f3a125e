"""What was learned, as a forecast takes it: the odds and durations of a goal's unfinished tasks."""

from collections.abc import Iterator
from dataclasses import replace

from engine.goals import Goal
from engine.planning.forecasting.durations import LogNormal
from engine.planning.forecasting.from_goal import Known
from engine.planning.learning.beliefs import Beliefs
from engine.planning.learning.experience import doing_of_task
from engine.planning.learning.findings import Basis, Hours
from engine.planning.learning.school import is_learned
from engine.tasks import ENDED_TASKS
from engine.values import TaskNumber


def known_of(goal: Goal, beliefs: Beliefs, given: Known | None = None) -> Known:
    """What was learned, laid over a goal's unfinished tasks. Where nothing was learned, the plan's figures stay.

    `given` is what is known besides, of sub-goals above all; None for nothing.

    Odds are those of a task being done in the end: a failed attempt is in them, and in the hours that it takes.
    """
    given = given or Known()
    odds, durations = dict(given.run_odds), dict(given.durations)
    for number, hours in expected_hours(goal, beliefs):
        task = goal.tasks[number]
        odds[number] = beliefs.odds(doing_of_task(task, goal.owner), task.success).chance
        if hours.basis is not Basis.PLAN:
            durations[number] = _log_normal(hours)
    answer = beliefs.answer_time(goal.owner)
    told = _log_normal(answer) if answer.basis is not Basis.PLAN else None
    return replace(given, run_odds=odds, durations=durations, answer=told)


def expected_hours(goal: Goal, beliefs: Beliefs) -> Iterator[tuple[TaskNumber, Hours]]:
    """How long each unfinished task of a goal takes, of those whose works are learned from."""
    for task in goal.live_tasks:
        if task.status not in ENDED_TASKS and is_learned(task.work):
            yield task.number, beliefs.duration(doing_of_task(task, goal.owner), task.estimate)


def _log_normal(hours: Hours) -> LogNormal:
    return LogNormal(median=hours.p50, sigma=hours.width, freedom=max(hours.freedom, 2.0))
