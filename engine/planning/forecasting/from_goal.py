"""A goal as a forecast's problem: what is still to be done, what goes on already, what is known of it besides the plan.

What the forecast takes for granted is said in `assumes`. Two things it does not play: adaptations (a task that fails
for good is the end of a case) and what other goals do with the shared slots (hand in fewer).
"""

import datetime as dt
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field

from engine.blockages import Strategy
from engine.execution.consequences import road_closed
from engine.execution.retries import RetryPolicy
from engine.goals import Goal, GoalStatus
from engine.planning.forecasting.durations import Duration, Fixed, LogNormal, mean_of, of_estimate
from engine.planning.forecasting.model import (
    Assumption,
    Calendar,
    Capacities,
    Forecast,
    ForecastProblem,
    ForecastTask,
    Holder,
    Prospect,
)
from engine.planning.slices import listed, run_through
from engine.plans import PlannedTask
from engine.records import ChatSettings
from engine.tasks import ENDED_TASKS, Task, TaskStatus
from engine.values import TaskNumber
from engine.work.waits import WAIT

ANSWER_TIME = LogNormal(median=6.0, sigma=1.4)
"""How long an unknown person takes to answer: six hours at the median, more than a day and a half in one of ten."""
QUESTION_HOURS = 0.25
"""For so long a choice or a number to report holds a person's attention, however long they let it wait."""
A_DAY = 24.0
"""What takes longer, in elapsed hours, leaves a person a hand free from then on."""


_A_SLICE = 64
"""Tasks that are looked at before somebody else has a turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a goal's tasks besides the plan. What is not in here comes from the plan's estimates."""

    run_odds: Mapping[TaskNumber, float] = field(default_factory=dict)
    """The chance that a task is done in the end, all its attempts together, as it is learned from whole runs. Its
    duration then contains failed attempts, and none is added."""
    odds: Mapping[TaskNumber, float] = field(default_factory=dict)
    """The chance that one attempt succeeds, where that is what is known: failed attempts are played and take time."""
    unknown_odds: float = 1.0
    """The same for all other tasks; 1 takes them for sure."""
    durations: Mapping[TaskNumber, Duration] = field(default_factory=dict)
    """Learned durations, from begin to end, in elapsed hours; the time until somebody answers is in them."""
    answer: Duration | None = None
    """How long the goal's person takes to answer; None for an unknown person."""
    choices: Mapping[TaskNumber, Mapping[str, float]] = field(default_factory=dict)
    """The odds of a choice's options, where somebody knows; otherwise all are as likely."""
    children: Mapping[TaskNumber, Forecast] = field(default_factory=dict)
    """Forecasts of sub-goals, by the tasks that wait for them."""
    retry: RetryPolicy = RetryPolicy()


def calendar_of(settings: ChatSettings) -> Calendar:
    """When the person of a chat is awake."""
    return Calendar(zone=settings.zone, quiet_from=settings.quiet_from, quiet_to=settings.quiet_to)


def problem_of(goal: Goal, now: dt.datetime, known: Known, capacities: Capacities) -> ForecastProblem:
    """What is to be forecast of a goal in the state it is in."""
    return run_through(posing(goal, now, known, capacities))


def posing(
    goal: Goal, now: dt.datetime, known: Known, capacities: Capacities
) -> Generator[None, None, ForecastProblem]:
    """`problem_of`, in slices."""
    left = [task for task in goal.live_tasks if task.status not in ENDED_TASKS and not _is_pruned(goal, task)]
    prospect = _prospect(goal, left)
    if prospect is not Prospect.OPEN:
        done_at = goal.ended_at if prospect is Prospect.DONE else None
        return ForecastProblem(now=now, deadline=goal.deadline, prospect=prospect, done_at=done_at)
    numbers = frozenset(task.number for task in left)
    in_hand = _in_hand(left, now, capacities.person("").attention)
    view = _View(goal=goal, now=now, known=known, left=numbers, in_hand=in_hand)
    yield
    tasks = yield from listed((_forecast_task(view, task) for task in left), _A_SLICE)
    return ForecastProblem(
        now=now,
        tasks=tuple(tasks),
        deadline=goal.deadline,
        capacities=capacities,
        assumes=_assumed(goal, left, capacities),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    goal: Goal
    now: dt.datetime
    known: Known
    left: frozenset[TaskNumber]
    """Tasks that are still to be done."""
    in_hand: frozenset[TaskNumber]
    """Waiting tasks that the person has begun, as far as one can tell."""


def _prospect(goal: Goal, left: list[Task]) -> Prospect:
    if goal.status is GoalStatus.COMPLETED:
        return Prospect.DONE
    if goal.has_ended:
        return Prospect.ENDED
    if left:
        return Prospect.OPEN
    return Prospect.DONE if any(task.is_live for task in goal.tasks.values()) else Prospect.UNPLANNED


def _is_pruned(goal: Goal, task: Task) -> bool:
    """Whether the choice before it leaves it out as soon as anybody looks."""
    may_be = task.status in (TaskStatus.PENDING, TaskStatus.BLOCKED, TaskStatus.FAILED)
    return may_be and bool(road_closed(goal, task))


def holder_of(task: Task | PlannedTask) -> Holder:
    """What a task holds while it goes on."""
    match task.work:
        case "person" | "decide":
            return Holder.PERSON
        case "measure":
            return Holder.SLOT if task.inputs.get("url") is not None else Holder.PERSON
        case "wait" | "subgoal":
            return Holder.NOTHING
        case _:
            return Holder.SLOT


def _in_hand(left: Iterable[Task], now: dt.datetime, attention: int) -> frozenset[TaskNumber]:
    """Which waiting tasks the person has begun: the longest asked first, as many as they have attention for.

    What was asked more than a day ago leaves a hand free, and a question takes none.
    """
    asked = [task for task in left if task.waiting is not None and holder_of(task) is Holder.PERSON]
    asked.sort(key=lambda task: (task.waiting.since if task.waiting is not None else now, task.position))
    found: set[TaskNumber] = set()
    for task in asked:
        waiting = task.waiting
        if waiting is None or (waiting.postponed and waiting.until is not None and waiting.until > now):
            continue
        takes_a_hand = task.work == "person" and now - waiting.since < dt.timedelta(hours=A_DAY)
        if attention > 0 or not takes_a_hand:
            found.add(task.number)
            attention -= takes_a_hand
    return frozenset(found)


def _forecast_task(view: _View, task: Task) -> ForecastTask:
    duration, answer = _duration(view, task)
    odds, attempts = _odds(view, task)
    return ForecastTask(
        number=task.number,
        after=tuple(number for number in task.depends_on if number in view.left),
        holds=holder_of(task),
        resources=task.resources,
        duration=duration,
        answer=answer,
        hold=A_DAY if task.work == "person" else QUESTION_HOURS,
        begun_at=_begun_at(view, task),
        done_share=task.fraction,
        not_before=_not_before(view, task),
        ends=_ends(view, task),
        lag=_lag(view, task),
        lag_since=min((blockage.raised_at for blockage in view.goal.blockages_of(task.number)), default=None),
        odds=odds,
        attempts=attempts,
        only_if=task.only_if if task.only_if is not None and task.only_if[0] in view.left else None,
        options=_options(task, view.known.choices.get(task.number, {})),
        position=task.position,
    )


def _duration(view: _View, task: Task) -> tuple[Duration, Duration | None]:
    """How long a task takes, and how long its person takes to answer where that is not in it."""
    learned = view.known.durations.get(task.number)
    if learned is not None:
        return learned, None
    if task.work == "wait":
        waiting = WAIT.opening(task, view.now)
        until = waiting.until if waiting is not None else None
        return Fixed(hours=max(0.0, (until - view.now) / dt.timedelta(hours=1)) if until is not None else 0.0), None
    answer = view.known.answer if holder_of(task) is Holder.PERSON else None
    if task.work == "decide" and answer is not None:
        return answer, None  # choosing takes no time beside getting to it
    return of_estimate(task.estimate), answer


def _odds(view: _View, task: Task) -> tuple[float, int]:
    """The chance that one attempt succeeds, and how many attempts are left."""
    known, number = view.known, task.number
    if number in known.run_odds:
        return known.run_odds[number], 1
    child = known.children.get(number)
    if child is not None and child.success_odds is not None and number not in known.odds:
        return child.success_odds, 1
    if task.work == "wait":
        return (1.0 if task.waiting is not None or WAIT.opening(task, view.now) is not None else 0.0), 1
    odds = known.odds.get(number, known.unknown_odds)
    if holder_of(task) is not Holder.SLOT:
        return odds, 1
    # nothing is tried again after so many tries, or once so much time has passed since the first
    hours = mean_of(_duration(view, task)[0])
    in_time = known.retry.give_up_after / 3600 / hours if hours > 0 else known.retry.most_attempts
    most = min(known.retry.most_attempts, 1 + int(min(in_time, known.retry.most_attempts)))
    spent = 0 if task.status in (TaskStatus.FAILED, TaskStatus.BLOCKED) else task.attempts
    return odds, max(1, most - spent + (task.status is TaskStatus.RUNNING))


def _begun_at(view: _View, task: Task) -> dt.datetime | None:
    """Since when the task, or its newest attempt, goes on; None when it does not."""
    started = min(task.started_at or view.now, view.now)
    if task.status is TaskStatus.RUNNING:
        return view.now - (view.now - started) / max(task.attempts, 1)  # the earlier attempts took about as long
    if task.waiting is None or task.status is not TaskStatus.WAITING:
        return None
    if holder_of(task) is Holder.PERSON and task.number not in view.in_hand:
        return None
    since = min(task.waiting.since, view.now)
    return min(since, started) if task.count else since


def _not_before(view: _View, task: Task) -> dt.datetime | None:
    waiting = task.waiting
    if waiting is not None and waiting.postponed and holder_of(task) is Holder.PERSON:
        return waiting.until
    return task.due_at


def _ends(view: _View, task: Task) -> tuple[dt.datetime, ...]:
    """Quantiles of the end itself, where that is known: of a wait until a moment, or of a sub-goal's forecast."""
    if task.work == "subgoal":
        child = view.known.children.get(task.number)
        return child.ends if child is not None else ()
    if task.work != "wait":
        return ()
    waiting = task.waiting
    if waiting is None and "until" in task.inputs:
        waiting = WAIT.opening(task, view.now)
    return (waiting.until,) if waiting is not None and waiting.until is not None else ()


def _lag(view: _View, task: Task) -> Duration | None:
    """How long a person takes to lift what holds the task up; None when nothing does, or it comes due by itself."""
    if task.status not in (TaskStatus.BLOCKED, TaskStatus.FAILED):
        return None
    blockages = view.goal.blockages_of(task.number)
    if blockages and not any(blockage.strategy is Strategy.ASK for blockage in blockages):
        return None
    return view.known.answer or ANSWER_TIME


def _options(task: Task, likely: Mapping[str, float]) -> Mapping[str, float]:
    """The odds of each option of a choice, adding up to 1; what nobody gave odds for shares what is left."""
    written = task.inputs.get("options")
    if task.work != "decide" or not isinstance(written, list):
        return {}
    names = [option for option in written if isinstance(option, str)]
    given = {name: max(likely[name], 0.0) for name in names if name in likely}
    rest = max(0.0, 1.0 - sum(given.values())) / max(1, len(names) - len(given))
    odds = {name: given.get(name, rest) for name in names}
    whole = sum(odds.values())
    return {name: value / whole if whole > 0 else 1 / len(names) for name, value in odds.items()}


def _assumed(goal: Goal, left: Iterable[Task], capacities: Capacities) -> frozenset[Assumption]:
    found = set()
    if goal.status is GoalStatus.PAUSED:
        found.add(Assumption.RESUMED)
    if goal.status in (GoalStatus.DRAFT, GoalStatus.PLANNING, GoalStatus.PROPOSED):
        found.add(Assumption.APPROVED)
    needed = {name for task in left for name in task.resources}
    away = [name for name, each in capacities.resources.items() if each.is_away and each.back_at is None]
    if needed.intersection(away):
        found.add(Assumption.RESOURCE_BACK)
    return frozenset(found)
