"""What a forecast is made from and what it says: plain values, times in hours or as aware UTC moments."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.errors import InvalidInputError
from engine.planning.forecasting.durations import Duration
from engine.values import TaskNumber

ATTENTION = 2
"""Tasks that a person has in hand at a time."""
WORKERS = 4
"""Slots for what runs by itself."""


class Holder(StrEnum):
    """What a task holds while it goes on."""

    SLOT = "slot"
    """A worker slot: it runs by itself, day and night."""
    PERSON = "person"
    """A person's attention: it goes on in waking hours only."""
    NOTHING = "nothing"
    """It only waits: for a moment, or for another goal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When a person is awake: all day but the quiet hours, local to `zone`. Equal or absent hours mean no quiet."""

    zone: str = "UTC"
    """An IANA name; one that does not exist counts as UTC."""
    quiet_from: int | None = None
    """First quiet hour, 0 to 23; None for no quiet hours."""
    quiet_to: int | None = None
    """First hour that is loud again; None for no quiet hours."""

    def __post_init__(self) -> None:
        for hour in (self.quiet_from, self.quiet_to):
            if hour is not None and not 0 <= hour <= 23:
                raise InvalidInputError("quiet hours", f"{hour} is no hour of a day", "0 to 23")

    @property
    def waking_hours(self) -> float:
        """Hours of a plain day that are not quiet, above 0."""
        if self.quiet_from is None or self.quiet_to is None:
            return 24.0
        return 24.0 - (self.quiet_to - self.quiet_from) % 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who does tasks."""

    calendar: Calendar = Calendar()
    attention: int = ATTENTION
    """How many tasks they have in hand at a time, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Something of the operator's that a task needs while it goes on, such as a GPU."""

    capacity: int = 1
    """How many tasks may hold it at a time; 0 when there is none at all."""
    missing: bool = False
    """Whether it is away now."""
    back_at: dt.datetime | None = None
    """When it is expected back; None when it is there, or nobody knows."""

    @property
    def is_away(self) -> bool:
        """Whether there is nothing of it now."""
        return self.missing or self.capacity < 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacities:
    """What there is to do tasks with. Resources that are not named here are no bound."""

    slots: int = WORKERS
    """Worker slots that this goal may count on, from 1."""
    resources: Mapping[str, Resource] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=lambda: {"": Person()})
    """By the name that tasks have for them; the empty name is the goal's owner, and stands in for whoever is absent."""

    def person(self, name: str) -> Person:
        """The person of that name, else the owner."""
        return self.people.get(name) or self.people.get("") or Person()

    def __post_init__(self) -> None:
        if self.slots < 1 or any(person.attention < 1 for person in self.people.values()):
            raise InvalidInputError("capacities", "nothing could ever be done", "1 slot and 1 task at a time at least")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastTask:
    """A task that is not done yet."""

    number: TaskNumber
    after: tuple[TaskNumber, ...] = ()
    """Tasks of the same problem that must have ended before."""
    holds: Holder = Holder.SLOT
    person: str = ""
    """Whose it is, where a person does it, and who lifts what blocks it."""
    resources: tuple[str, ...] = ()
    duration: Duration
    """All of it from begin to end, in hours of elapsed time. A person's hours are stretched over their nights: see
    `waking.py`."""
    answer: Duration | None = None
    """It takes at least as long as this person takes to answer; None when `duration` says all."""
    hold: float = 24.0
    """Elapsed hours at most for which it holds the person's attention: what lasts longer leaves a hand free."""
    begun_at: dt.datetime | None = None
    """Since when it goes on; None before it has begun. What has begun goes on at once and waits for no place."""
    done_share: float = 0.0
    """How much of a counted task is done, 0 to 1."""
    not_before: dt.datetime | None = None
    """It can't begin sooner; None for any time."""
    ends: tuple[dt.datetime, ...] = ()
    """Where the end itself is known rather than the duration: its quantiles at even shares from 0 to 1 (one moment: it
    is certain); empty where it is not."""
    lag: Duration | None = None
    """A person has to lift something before it can begin, and takes so long; None when nothing is to be lifted."""
    lag_since: dt.datetime | None = None
    """Since when they have been asked; None for as soon as the task could begin."""
    odds: float = 1.0
    """The chance that one attempt succeeds, 0 to 1."""
    attempts: int = 1
    """Attempts that are left, from 1; a failed one takes its time."""
    only_if: tuple[TaskNumber, str] | None = None
    """The choice that it hangs on: (the deciding task, its option); None for tasks that always run."""
    options: Mapping[str, float] = field(default_factory=dict)
    """The odds of each option of a choice, adding up to 1; empty for all other tasks."""
    position: int = 0
    """Of tasks with the same slack, the lower goes first."""


class Prospect(StrEnum):
    """Whether there is anything to forecast."""

    OPEN = "open"
    DONE = "done"
    """Completed, or nothing is left to be done."""
    ENDED = "ended"
    """Failed or cancelled."""
    UNPLANNED = "unplanned"
    """There is no plan yet."""


class Assumption(StrEnum):
    """What a forecast takes for granted; it has to be said beside it."""

    RESUMED = "resumed"
    """The goal is paused: the forecast holds if it goes on now."""
    APPROVED = "approved"
    """The plan waits for approval: the forecast holds if it is started now."""
    RESOURCE_BACK = "resource_back"
    """A resource is away and nobody knows for how long: the forecast holds if it is back now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastProblem:
    """All that a forecast depends on."""

    now: dt.datetime
    tasks: tuple[ForecastTask, ...] = ()
    """Only those that are not done; what depends on done ones no longer says so."""
    deadline: dt.datetime | None = None
    """None without one."""
    capacities: Capacities = Capacities()
    prospect: Prospect = Prospect.OPEN
    done_at: dt.datetime | None = None
    """When all was done; None while it is not."""
    assumes: frozenset[Assumption] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Moments that an end comes before in 10, 50 and 90 % of the cases."""

    p10: dt.datetime
    p50: dt.datetime
    p90: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskForecast:
    """What is expected of one task, in the cases in which it runs at all."""

    task: TaskNumber
    start: dt.datetime | None
    """The median of its begin; None when it never runs. Before now for what has begun."""
    end: Range | None
    """When it ends; None when it never runs."""
    criticality: float
    """In which share of all cases the goal's end hangs on it, 0 to 1."""
    live: float
    """In which share of all cases it runs: below 1 behind a choice."""
    odds: float
    """The chance that it succeeds once it runs, all attempts together."""


class PredictedKind(StrEnum):
    """Why a task is likely to stall or fail."""

    PERSON = "person"
    """The person takes longer than there is time for."""
    WORK = "work"
    """What runs by itself takes longer than there is time for."""
    WAIT = "wait"
    """What it waits for (a moment, another goal) comes later than there is time for."""
    OVERDUE = "overdue"
    """It has gone on for longer than nearly all of its kind do."""
    FAILURE = "failure"
    """It is likely to fail for good."""
    QUEUE = "queue"
    """It will stand in line for a worker slot or a resource."""
    BUSY = "busy"
    """The person will have other tasks in hand when its turn comes."""
    RESOURCE = "resource"
    """A resource that it needs is away when its turn comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedBlockage:
    """A task that is likely to stall or fail, with the reason as numbers; views put it in words."""

    kind: PredictedKind
    task: TaskNumber
    odds: float
    """How likely it is, 0 to 1."""
    criticality: float
    """In which share of the cases the goal's end hangs on the task, 0 to 1."""
    takes: float | None = None
    """Hours: how long it takes at the median (overdue: its kind; queue and busy: standing in line); None for failures
    and resources."""
    left: float | None = None
    """Hours there are for it until the deadline, what comes behind it deducted; None where no deadline presses."""
    has_taken: float | None = None
    """Hours it has gone on; None unless it is overdue."""
    attempts: int | None = None
    """Attempts that are left; None unless it is likely to fail."""
    name: str = ""
    """The resource that it stands in line for (empty: a worker slot) or lacks, or the person's name."""
    back_at: dt.datetime | None = None
    """When the resource is expected back; None where nobody knows, and for all other kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When a goal will be done. The end is that of the cases in which nothing fails for good; the odds of that are
    `success_odds`."""

    made_at: dt.datetime
    prospect: Prospect
    end: Range | None
    """None for a goal that has no plan or was given up."""
    ends: tuple[dt.datetime, ...] = ()
    """The end's quantiles at even shares from 0 to 1, for the forecast of a parent; empty where `end` is None."""
    success_odds: float | None
    """The chance that no task fails for good, 0 to 1; None for a goal that has no plan."""
    deadline_odds: float | None
    """The chance that all is done by the deadline, failing counted as missing it; None without one or a plan."""
    on_time_odds: float | None
    """The same of the cases in which nothing fails for good; None without a deadline, or where there is no end."""
    tasks: Mapping[TaskNumber, TaskForecast] = field(default_factory=dict)
    predicted: tuple[PredictedBlockage, ...] = ()
    """What is likely to get in the way, the gravest first."""
    assumes: frozenset[Assumption] = frozenset()
    samples: int = 0
    """How many cases were played through; 0 where there was nothing to play."""

    @property
    def matters(self) -> tuple[TaskForecast, ...]:
        """The tasks that the end hangs on in some case, most often first."""
        some = [task for task in self.tasks.values() if task.criticality > 0]
        return tuple(sorted(some, key=lambda task: (-task.criticality, task.task)))
