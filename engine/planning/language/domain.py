"""The method language: what can be done, what it takes, and how large things fall into smaller ones.

A domain holds *compound* tasks, *methods* that decompose them, and *primitive* tasks that a work carries out. Nothing
here is code: a data file maps onto these values one by one. `checking.find_flaws` tells what is wrong with a domain,
each flaw with the path to its place, so that a loader can name the line.

Templates (titles, summaries, inputs and the like) mention variables and context keys as `{name}`; `{{` and `}}` are
braces. An input that is nothing but one mention gets the value itself, a number say, and not its text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct

from engine.planning.language.terms import Condition, Effect, Figure, Term, Value
from engine.values import JsonObject

TEXT, NUMBER, FLAG = "text", "number", "flag"
BUILT_IN_TYPES = frozenset({TEXT, NUMBER, FLAG})


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """A kind of thing that facts are about. With `members` it is closed: only these are of it; else any text is."""

    name: str
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A named place that takes values of one type: `text`, `number`, `flag`, or an object type."""

    name: str
    type: str = TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A kind of fact, such as `at(thing, place)`."""

    name: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A kind of number in the state, such as `stock(place)`."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    default: float | None = 0.0
    """What it stands at where nobody has said; None: comparing it fails until something sets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextKey:
    """Something known about the goal before planning, such as `has_codebase` or `deadline_days`."""

    name: str
    type: str = FLAG
    default: Value | None = None
    """Its value where a problem gives none; None: a condition on it fails then."""
    summary: str = field(default="", compare=False)
    """What it means, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreePoints:
    """How long a step takes, in hours of elapsed time."""

    low: Figure = 0.5
    likely: Figure = 1.0
    high: Figure = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedOutcome:
    """What should come out of a step: words (templates), and a target where a number can tell."""

    summary: str = ""
    checks: tuple[str, ...] = ()
    """What to look at to tell whether it came out, one sentence each."""
    target: Figure | None = None
    """The number to reach; None where only words can check."""
    unit: str = ""
    at_most: bool = False
    """True when the number must stay at or under the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A resource that a step holds while it runs; `resource` is a template, so that it may name a person."""

    resource: str
    amount: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Primitive:
    """A step that a work carries out. All variables in it are its parameters, but those that `Absent` leaves open."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    title: str = ""
    """A template; empty: name and arguments."""
    description: str = ""
    work: str = "person"
    inputs: JsonObject = field(default_factory=dict)
    """What the work gets; texts in it, at any depth, are templates."""
    preconditions: tuple[Condition, ...] = ()
    effects: tuple[Effect, ...] = ()
    expected: ExpectedOutcome = ExpectedOutcome()
    needs: tuple[Need, ...] = ()
    estimate: ThreePoints = ThreePoints()
    probability: Figure = 1.0
    """The odds that it succeeds, over 0 and up to 1."""
    cost: Figure = 0.0
    weight: Figure = 1.0
    critical: bool = False
    target_count: Figure = 1
    """How many steps a counted task has."""
    checkpoint: str = ""
    """A template; the milestone that its completion reaches. Empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """A task that methods decompose."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    summary: str = ""
    """A template that says what it is about; empty: name and arguments."""


class Order(StrEnum):
    """How subtasks are ordered among themselves."""

    SEQUENTIAL = "sequential"
    PARALLEL = "parallel"
    PAIRS = "pairs"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyIf:
    """Hangs a subtask, with all below it, on a choice: it is skipped when another option is chosen.

    `label` names a subtask of the same method that is a primitive with the work `decide` and comes before. The plan
    counts on the option being chosen: effects, odds and cost are those of going on.
    """

    label: str
    option: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtask:
    """A place in a method: which task with which arguments. `label` is unique in its method."""

    label: str
    task: str
    arguments: tuple[Term, ...] = ()
    each: tuple[Condition, ...] = ()
    """When given, the subtask stands once for each way in which these hold at the moment of decomposition (none at
    all, perhaps). Their variables are its own. Conditions that bind nothing make it a subtask with an «if»."""
    each_order: Order = Order.PARALLEL
    """Whether those stand in a sequence or side by side."""
    only_if: OnlyIf | None = None
    """None for what is always done."""
    serves: Term | None = None
    """Index of the success criterion that all below serves; None: as the task above does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A milestone reached when all below the subtask `after` is done; `name` is a template."""

    name: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One way to do a compound task. Its name is unique in the domain; without subtasks it does nothing at all."""

    name: str
    task: str
    arguments: tuple[Term, ...] | None = None
    """What the task's arguments must match: variables are bound, constants must be equal. None: the compound's own
    parameters, by their names."""
    summary: str = ""
    """A template that says how it goes about it, for explanations."""
    preconditions: tuple[Condition, ...] = ()
    """Checked at the moment of decomposition; each way in which they hold is an instance of the method."""
    subtasks: tuple[Subtask, ...] = ()
    order: Order = Order.SEQUENTIAL
    pairs: tuple[tuple[str, str], ...] = ()
    """With `Order.PAIRS`: (label, label that comes after it)."""
    checkpoints: tuple[Checkpoint, ...] = ()
    probability: Figure = 1.0
    """The odds that this way works out, its subtasks' own odds aside; over 0 and up to 1."""
    cost: Figure = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A whole method library."""

    name: str
    types: tuple[ObjectType, ...] = ()
    relations: tuple[Relation, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    context: tuple[ContextKey, ...] = ()
    compounds: tuple[Compound, ...] = ()
    primitives: tuple[Primitive, ...] = ()
    methods: tuple[Method, ...] = ()


class Fact(Struct, frozen=True, kw_only=True, gc=False):
    """Something that holds: a relation with its arguments."""

    relation: str
    arguments: tuple[Value, ...] = ()


class Reading(Struct, frozen=True, kw_only=True, gc=False):
    """What a quantity stands at."""

    quantity: str
    arguments: tuple[Value, ...] = ()
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is to be planned: where things stand, what is known, and the tasks to do. No variables in `tasks`."""

    facts: tuple[Fact, ...] = ()
    readings: tuple[Reading, ...] = ()
    context: Mapping[str, Value] = field(default_factory=dict)
    tasks: tuple[Subtask, ...] = ()
    order: Order = Order.PARALLEL
    pairs: tuple[tuple[str, str], ...] = ()
    """With `Order.PAIRS`: (label, label that comes after it)."""


def fact(relation: str, *arguments: Value) -> Fact:
    """`Fact`, in short."""
    return Fact(relation=relation, arguments=arguments)


def parameters(*names: str) -> tuple[Parameter, ...]:
    """Parameters from `name` or `name: type`."""
    parts = [name.partition(":") for name in names]
    return tuple(Parameter(name=name.strip(), type=kind.strip() or TEXT) for name, _, kind in parts)
