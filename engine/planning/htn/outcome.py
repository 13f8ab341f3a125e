"""What the planner hands over: plans with their trees and graphs, and how sure it is that there is no better one."""

from array import array
from collections.abc import Generator, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from engine.planning.htn.figures import Figures
from engine.planning.htn.identity import title_template
from engine.planning.htn.state import Row
from engine.planning.htn.timing import SLICE, TaskGraph, timed
from engine.planning.language.domain import Need, Primitive
from engine.planning.language.templates import fill, render
from engine.planning.language.terms import Value
from engine.planning.slices import run_through
from engine.tasks import Estimate, Expectation
from engine.values import JsonObject


class Node(Struct, frozen=True, kw_only=True, gc=False):
    """A task of the plan's tree. The root is number 0; it stands for all that was asked for."""

    number: int
    parent: int | None
    """None for the root."""
    label: str
    """Of the subtask that it is, in its parent's method; empty for the root."""
    task: str
    arguments: Row
    method: str = ""
    """How it was decomposed; empty for a step."""
    values: Mapping[str, Value]
    """Of its parameters, and of all that its method bound."""
    children: tuple[int, ...] = ()


class Tree(Mapping[int, Node]):
    """The nodes of a plan by their numbers, parents before their children. In lists: a dict of very many nodes would be
    copied as a whole each time it grows."""

    __slots__ = ("_places", "nodes")

    def __init__(self, nodes: Sequence[Node], places: Sequence[int] | None = None) -> None:
        """`places` tells where among the nodes each number stands, -1 for nowhere; None where each is at its own."""
        self.nodes = nodes
        self._places = range(len(nodes)) if places is None else places

    def __getitem__(self, number: int) -> Node:
        place = self._places[number] if 0 <= number < len(self._places) else -1
        if place < 0:
            raise KeyError(number)
        return self.nodes[place]

    def __iter__(self) -> Iterator[int]:
        return (node.number for node in self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)


def placed(nodes: Sequence[Node]) -> Generator[None, None, Tree]:
    """The tree of nodes with any numbers, in slices."""
    places = array("i")
    for number, node in enumerate(nodes):
        if not number % SLICE:
            yield
        if node.number >= len(places):
            places.extend(array("i", [-1]) * (node.number + 1 - len(places)))
        places[node.number] = number
    return Tree(nodes, places)


class Step(Struct, frozen=True, kw_only=True, gc=False):
    """A primitive task of a plan. Texts and figures are worked out when they are asked for."""

    number: int
    """Of its node in the tree."""
    primitive: Primitive
    values: Mapping[str, Value]
    """Of its parameters."""
    context: Mapping[str, Value]
    after: tuple[int, ...]
    """The steps directly before it."""
    serves: int | None
    """Index of the success criterion it serves; None where it serves the goal as a whole."""
    only_if: tuple[int, str] | None
    """(deciding step, option) that it hangs on; None for a step that is always done."""

    @property
    def title(self) -> str:
        """What it is called."""
        return self._said(title_template(self.primitive))

    @property
    def description(self) -> str:
        """More about it; may be empty."""
        return self._said(self.primitive.description)

    @property
    def inputs(self) -> JsonObject:
        """What the work gets."""
        filled = fill(dict(self.primitive.inputs), {**self.context, **self.values})
        assert isinstance(filled, dict)
        return filled

    @property
    def expected(self) -> Expectation:
        """What should come out."""
        own = self.primitive.expected
        target = None if own.target is None else Figures(self.context).number(own.target, self.values)
        return Expectation(summary=self._said(own.summary), target=target, unit=own.unit, at_most=own.at_most)

    @property
    def checks(self) -> tuple[str, ...]:
        """What to look at to tell whether it came out."""
        return tuple(map(self._said, self.primitive.expected.checks))

    @property
    def needs(self) -> tuple[Need, ...]:
        """The resources that it holds while it runs."""
        return tuple(Need(resource=self._said(need.resource), amount=need.amount) for need in self.primitive.needs)

    @property
    def estimate(self) -> Estimate:
        """How long it takes, in hours."""
        return Figures(self.context).estimate(self.primitive.estimate, self.values)

    @property
    def probability(self) -> float:
        """The odds that it succeeds."""
        return Figures(self.context).odds(self.primitive.probability, self.values)

    @property
    def cost(self) -> float:
        """What it costs."""
        return Figures(self.context).amount(self.primitive.cost, self.values)

    @property
    def weight(self) -> float:
        """How much it counts for progress."""
        return Figures(self.context).amount(self.primitive.weight, self.values)

    @property
    def target_count(self) -> int:
        """How many steps a counted task has; 1 for all others."""
        return max(round(Figures(self.context).number(self.primitive.target_count, self.values) or 1), 1)

    @property
    def checkpoint(self) -> str:
        """The milestone that its completion reaches; empty for none."""
        return self._said(self.primitive.checkpoint)

    def _said(self, text: str) -> str:
        return render(text, {**self.context, **self.values}) if "{" in text or "}" in text else text


def before_it(step: Step, done: Set[int]) -> tuple[int, ...]:
    """What is still to be done directly before a step."""
    return step.after if done.isdisjoint(step.after) else tuple(one for one in step.after if one not in done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A milestone of a method's own, and the steps that must all be done for it."""

    name: str
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlan:
    """A plan. Plans are the same when their steps are, as many of each, whatever their order and the way to them."""

    rank: int
    """The smaller the better: odds first, then cost, then hours of work, then how few parts it has."""
    probability: float
    """The product of the odds of all methods and steps in the tree."""
    cost: float
    """The sum of the costs of all methods and steps in the tree."""
    hours: float
    """The mean hours of work, all steps summed up."""
    steps: tuple[Step, ...]
    """In an order in which they can be carried out; any order that keeps to `after` will do."""
    tree: Tree
    checkpoints: tuple[Reached, ...]
    done: Set[int] = frozenset()
    """The steps that were carried out, those among them that have no place in the plan any more."""

    @property
    def after(self) -> dict[int, tuple[int, ...]]:
        """For each step that is left to do those directly before it that are left too; in the order of the steps."""
        return {one.number: before_it(one, self.done) for one in self.steps if one.number not in self.done}

    @property
    def graph(self) -> TaskGraph:
        """The steps that are left to do with what follows from their estimates; worked out whenever it is asked for."""
        estimates = {step.number: step.estimate for step in self.steps if step.number not in self.done}
        return run_through(timed(self.after, estimates))

    @property
    def duration(self) -> Estimate:
        """How long it takes with all that may go on side by side, in hours of elapsed time."""
        return self.graph.duration


class Ending(StrEnum):
    """Why a search came to its end."""

    COMPLETE = "complete"
    """Nothing is left that could be better."""
    ENOUGH = "enough"
    """As many plans as wanted were found, and it has looked for better ones for as long as it was to."""
    NODES = "nodes"
    TIME = "time"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a search has found, best first, and how sure it is."""

    plans: tuple[FoundPlan, ...]
    """Those of them that were worth assembling."""
    found: int
    """How many there are with the others."""
    ending: Ending
    proven: int
    """How many of all plans found, from the first on, are proven to be the best ones in this order."""
    at_most: float
    """No plan that was not found has better odds than this; 0 when there is none at all."""
    nodes: int
    """Steps of the search."""

    @property
    def is_proven(self) -> bool:
        """Whether these are the best plans, and where they are fewer than wanted, all there are."""
        return self.ending is Ending.COMPLETE

    @property
    def gap(self) -> float:
        """How much better the odds of the best plan could be at the most."""
        found = self.plans[0].probability if self.plans else 0.0
        return 0.0 if self.proven else max(self.at_most - found, 0.0)
