"""What a planner hands over: planned tasks, plans, repairs, and the check that they can be carried out."""

import bisect
import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from engine.agents.sessions import ReasoningSession
from engine.errors import InvalidInputError
from engine.tasks import UNKNOWN_ODDS, Estimate, Expectation
from engine.values import JsonObject, JsonValue, TaskNumber

LETTERS = "ABCDEFGHI"
"""What plans to choose between are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTask:
    """A task as a planner proposes it. `key` names it within its plan; `#3` in `after` names the existing task 3."""

    key: str
    title: str
    description: str = ""
    work: str = "person"
    inputs: JsonObject = field(default_factory=dict)
    after: tuple[str, ...] = ()
    """Keys (or `#number`) of the tasks that must have ended before."""
    only_if: tuple[str, str] | None = None
    """(key of a `decide` task, option): skipped when another option is chosen; None for tasks that always run."""
    criterion: int | None = None
    """Index of the success criterion it serves; None where it serves the goal as a whole."""
    weight: float = 1.0
    critical: bool = False
    estimate: Estimate = Estimate(low=0.5, likely=1.0, high=2.0)
    resources: tuple[str, ...] = ()
    expected: Expectation = Expectation(summary="")
    target_count: int = 1
    checkpoint: str = ""
    success: float = UNKNOWN_ODDS
    """The odds that it succeeds, over 0 and up to 1, as the method library says; what came out is compared with it."""
    cost: float = 0.0
    """What it costs, in the money of the goal's budget."""
    method: str = ""
    """The method of a library that called for it; empty for none."""

    @property
    def until(self) -> dt.datetime | None:
        """The moment that a wait is for, aware; None for one of some duration, and for all other works."""
        return self.moment("until") if self.work == "wait" else None

    def moment(self, name: str) -> dt.datetime | None:
        """The moment that its inputs name, aware; None where they name none that can be read."""
        text = self.inputs.get(name)
        try:
            found = dt.datetime.fromisoformat(text) if isinstance(text, str) else None
        except ValueError:
            return None
        if found is None:
            return None
        return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)

    @property
    def behind(self) -> tuple[str, ...]:
        """All that must have ended before: what it is after, and the choice that it hangs on."""
        return (*self.after, self.only_if[0]) if self.only_if is not None else self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What a plan promises before it begins."""

    probability: float
    """The odds that all of it works out, from 0 to 1: the product along its decomposition."""
    cost: float
    """In the money of the goal's budget."""
    hours: Estimate
    """Hours from start to end that 10, 50 and 90 % of the cases stay under, with the hands and hours that there are."""
    ends: tuple[float, ...] = ()
    """The quantiles of those hours at even shares from 0 to 1; empty where they are not known."""
    learned: int = 0
    """How many of its tasks are timed by what was lived through, and not by their own estimates."""


def odds_within(ends: Sequence[float], hours: float) -> float:
    """The share of the cases that end within so many hours; `ends` are their quantiles at even shares from 0 to 1."""
    if not ends or hours >= ends[-1]:
        return 1.0
    above = bisect.bisect_right(ends, hours)
    if above == 0:
        return 0.0
    low, high = ends[above - 1], ends[above]
    return (above - 1 + (hours - low) / (high - low)) / (len(ends) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOption:
    """A plan in short, as a person is offered it."""

    probability: float
    cost: float
    low: float
    """Hours from start to end that one case of ten stays under."""
    high: float
    """The same of nine cases of ten."""
    tasks: int
    difference: str
    """What it does otherwise than the plan that is shown; empty for that one."""
    letter: str = ""
    """What it is called, whichever is shown; empty for plans of an older Milepost."""
    likely: float = 0.0
    """Hours that half of the cases stay under."""
    ends: tuple[float, ...] = ()
    """As in `Prospect`."""
    learned: int = 0
    """As in `Prospect`."""
    changed: bool = False
    """Whether it was changed by hand since: its figures are of what it was."""


def changed_by_hand(options: tuple[PlanOption, ...]) -> tuple[PlanOption, ...]:
    """The choice, once the plan that is shown, the first, is not what its figures are of any more."""
    return (replace(options[0], changed=True), *options[1:]) if options else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole plan for a goal. `source` names who made it, `advice` what the person should know about the criteria."""

    tasks: tuple[PlannedTask, ...]
    source: str
    reason: str = ""
    advice: tuple[str, ...] = ()
    tree: JsonValue = None
    """The decomposition that led to it, for explanations; None where there is none."""
    prospect: Prospect | None = None
    """None where the planner has no odds."""
    difference: str = ""
    """What sets it apart from the best plan, in one line; empty for the best one itself."""
    letter: str = ""
    """What it is called among its alternatives, whichever of them is shown; empty for its place among them."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """By the letter of another plan: what this one does otherwise than that one."""
    alternatives: tuple["Plan", ...] = ()
    """Other plans that would also do, best first; they have none of their own."""
    session: ReasoningSession | None = None
    """How it came about with a model's help; None where none was asked. Kept apart from the plan."""

    @property
    def lettered(self) -> "Plan":
        """The same with a letter for each: those that they have, else A for this one, B, C … for its alternatives."""
        plans = (self, *self.alternatives)
        if all(plan.letter for plan in plans):
            return self
        named = [replace(plan, letter=letter) for plan, letter in zip(plans, LETTERS, strict=False)]
        return replace(named[0], alternatives=tuple(named[1:]))

    def apart_from(self, other: "Plan") -> str:
        """What it does otherwise than another one of the same choice."""
        return self.beside.get(other.letter, self.difference)

    @property
    def options(self) -> tuple[PlanOption, ...]:
        """This plan and its alternatives in short, this one first; empty where nothing is known to choose by."""
        shown = self.lettered
        plans = (shown, *shown.alternatives)
        found = tuple(
            PlanOption(
                probability=plan.prospect.probability,
                cost=plan.prospect.cost,
                low=plan.prospect.hours.low,
                high=plan.prospect.hours.high,
                tasks=len(plan.tasks),
                difference="" if plan is shown else plan.apart_from(shown),
                letter=plan.letter,
                likely=plan.prospect.hours.likely,
                ends=plan.prospect.ends,
                learned=plan.prospect.learned,
            )
            for plan in plans
            if plan.prospect is not None
        )
        return found if len(found) == len(plans) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A task of the plan that can't be done so by what is known of the goal now, and that has no other way."""

    task: TaskNumber
    fact: str
    """The fact that closes its way, by the name that method libraries have for it."""
    called: str
    """What people call it, with how it stands: «the oven works» does not hold."""
    until: dt.datetime | None = None
    """When that is over, aware; None where nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """How a plan under way is to change. What has completed stays; tasks not named here stay as they are."""

    reset: tuple[TaskNumber, ...] = ()
    """Failed, blocked or skipped tasks that get fresh attempts."""
    supersede: tuple[TaskNumber, ...] = ()
    add: tuple[PlannedTask, ...] = ()
    rewire: Mapping[TaskNumber, tuple[str, ...]] = field(default_factory=dict)
    """New dependencies (keys of `add` or `#number`) of tasks that stay."""
    serves: Mapping[TaskNumber, int] = field(default_factory=dict)
    """The criterion that tasks which stay serve from now on, where that is another one."""
    order: tuple[TaskNumber, ...] = ()
    """All live tasks in the order in which they are to be shown; empty where that stays as it is."""
    holds: tuple[Hold, ...] = ()
    """Tasks that are held up by what is known now. They change nothing of the plan."""
    source: str = ""
    summary: str = ""
    """The difference in one or two lines, for the person."""
    grows: bool = False
    """Whether scope, risk or budget grows, so that a person has to approve it."""
    tree: JsonValue = None
    """The decomposition that the plan has afterwards, its leaves naming tasks by keys of `add` or as `#number`; None
    where it stays as it is, or there is none."""
    settled: bool = False
    """Whether it does what was asked for as it is, though it changes nothing: that is so already, or can't be."""
    session: ReasoningSession | None = None
    """How it came about with a model's help; None where none was asked. Kept apart from the repair."""

    @property
    def is_mere_order(self) -> bool:
        """Whether the tasks stay as they are, whatever they wait for and wherever they stand."""
        return not (self.reset or self.supersede or self.add or self.serves)

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing."""
        return self.is_mere_order and not (self.rewire or self.order)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPlan:
    """How the plan under way came about."""

    tree: JsonValue = None
    """Its decomposition, the leaves naming tasks as `#number`; None where none is kept."""
    alternatives: tuple[Plan, ...] = ()
    """What could have been chosen instead when it was made."""


NOTHING_KEPT = KeptPlan()


class Trigger(StrEnum):
    """Why a plan is adapted."""

    DEVIATION = "deviation"
    TASK_FAILED = "task_failed"
    OVERRUN = "overrun"
    """A task goes on for longer than nearly all of its kind; nothing has failed yet."""
    FORECAST = "forecast"
    """The deadline is likely to be missed; nothing has failed yet."""
    WORLD_CHANGED = "world_changed"
    RESOURCE_LOST = "resource_lost"
    """A resource is gone, or comes back too late for what needs it."""
    REQUESTED = "requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptationNeed:
    """An adaptation that is due: what happened, and how far it is from what was expected."""

    reason: str
    trigger: Trigger
    deviation: float = 0.0
    task: TaskNumber | None = None
    """The task that brought it about; None when it was a person or the world."""
    since: dt.datetime


def check_plan(tasks: Iterable[PlannedTask], *, known_numbers: Iterable[int] = ()) -> None:
    """Raise `InvalidInputError` unless keys are unique, references exist, numbers are usable and nothing depends on
    itself in a circle."""
    tasks = tuple(tasks)
    numbered = {f"#{number}" for number in known_numbers}
    keys = {task.key for task in tasks}
    if len(keys) != len(tasks) or keys & numbered:
        raise InvalidInputError("plan", "two tasks have the same key", "each task needs a key of its own")
    for task in tasks:
        _check_numbers(task)
        for name in task.behind:
            if name not in keys and name not in numbered:
                raise InvalidInputError(
                    "plan", f"«{task.title}» depends on «{name}», which is not there", "name a task"
                )
    circle = find_circle({task.key: task.behind for task in tasks})
    if circle:
        raise InvalidInputError("plan", f"tasks wait for each other: {' → '.join(circle)}", "break the circle")


def _check_numbers(task: PlannedTask) -> None:
    """Weights and hours are summed up for progress and rank: one that is no number would spoil both for ever."""
    hours = (task.estimate.low, task.estimate.likely, task.estimate.high)
    if not all(math.isfinite(value) and value >= 0 for value in (task.weight, *hours)):
        raise InvalidInputError("plan", f"«{task.title}» has no usable weight or estimate", "numbers from 0 on")
    if task.target_count < 1:
        raise InvalidInputError("plan", f"«{task.title}» has {task.target_count} steps", "use 1 or more")
    if not 0 < task.success <= 1 or not (math.isfinite(task.cost) and task.cost >= 0):
        raise InvalidInputError(
            "plan", f"«{task.title}» has no usable odds or cost", "odds over 0, up to 1; cost from 0"
        )


def find_circle(after: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The names along one circle of dependencies, or an empty tuple. Unknown names count as having no dependencies."""
    state: dict[str, int] = {}  # 1 on the current path, 2 finished
    for root in after:
        if root in state:
            continue
        path = [root]
        state[root] = 1
        stack = [iter(after[root])]
        while stack:
            for name in stack[-1]:
                if state.get(name) == 1:
                    return (*path[path.index(name) :], name)
                if name not in state and name in after:
                    state[name] = 1
                    path.append(name)
                    stack.append(iter(after[name]))
                    break
            else:
                state[path.pop()] = 2
                stack.pop()
    return ()
