"""Small domains and problems, made by dice: recursion, all kinds of orders, conditions and effects, and plans that look
the same though they come about in different ways."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from engine.planning.language.checking import find_flaws, find_problem_flaws
from engine.planning.language.domain import (
    Compound,
    Domain,
    Fact,
    Method,
    Order,
    Parameter,
    Primitive,
    Problem,
    Quantity,
    Reading,
    Relation,
    Subtask,
    ThreePoints,
)
from engine.planning.language.terms import (
    Absent,
    Add,
    AllOf,
    Amount,
    AnyOf,
    Bind,
    Compare,
    Comparison,
    Condition,
    Effect,
    Holds,
    Increase,
    Remove,
    SetTo,
    Term,
    Variable,
)
from engine.planning.slices import run_through

OBJECTS = ("a", "b", "c")
RELATIONS = {"p": 1, "q": 1, "r": 2, "flag": 0, "on": 0, "off": 0}
SWITCHES = ("flag", "on", "off")
QUANTITIES = {"gold": 0, "stock": 1}
ODDS = (1.0, 1.0, 0.9, 0.8, 0.5)
COSTS = (0.0, 0.0, 1.0, 2.0)
HOURS = (1.0, 1.0, 3.0)


@dataclass(frozen=True)
class Case:
    """A domain with a problem."""

    domain: Domain
    problem: Problem


class Maker:
    """Makes one case from a seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(f"domain {seed}")
        self.parallel = self.dice.random() < 0.7
        self.is_tangled = self.dice.random() < 0.4
        """Whether all is about a few switches, so that tasks side by side need and disturb each other."""
        self.is_matching = self.dice.random() < 0.4
        """Whether most methods match facts."""
        self.arity: dict[str, int] = {}

    def case(self) -> Case:
        """A sound one: unsound ones are made again."""
        while True:
            case = self._attempt()
            if not find_flaws(case.domain) and not run_through(find_problem_flaws(case.domain, case.problem)):
                return case

    def _attempt(self) -> Case:
        dice = self.dice
        primitives = [self._primitive(n) for n in range(dice.randint(2, 4))]
        compounds = [f"task{n}" for n in range(dice.randint(2, 4))]
        self.arity = {one.name: len(one.parameters) for one in primitives}
        self.arity |= {name: dice.choice((0, 0, 1)) for name in compounds}
        methods = [
            self._method(f"{name}-{n}", name, compounds) for name in compounds for n in range(dice.choice((2, 2, 3)))
        ]
        domain = Domain(
            name="random",
            relations=tuple(Relation(name=name, parameters=places(count)) for name, count in RELATIONS.items()),
            quantities=tuple(
                Quantity(name=name, parameters=places(count), default=dice.choice((0.0, 0.0, None)))
                for name, count in QUANTITIES.items()
            ),
            compounds=tuple(Compound(name=name, parameters=places(self.arity[name])) for name in compounds),
            primitives=tuple(primitives),
            methods=tuple(methods),
        )
        return Case(domain=domain, problem=self._problem(compounds))

    def _problem(self, compounds: Sequence[str]) -> Problem:
        dice = self.dice
        facts = {
            (relation, tuple(dice.choice(OBJECTS[: 3 if self.is_matching else 2]) for _ in range(count)))
            for relation, count in RELATIONS.items()
            for _ in range(dice.randint(0, 3 if count else 1))
        }
        tasks = tuple(
            self._subtask(f"t{n}", dice.choice(compounds[:2]), [], allow_each=False) for n in range(dice.randint(1, 2))
        )
        return Problem(
            facts=tuple(Fact(relation=name, arguments=arguments) for name, arguments in sorted(facts)),
            readings=(Reading(quantity="gold", value=float(dice.randint(0, 2))),) if dice.random() < 0.7 else (),
            tasks=tasks,
            order=self._order(),
        )

    def _order(self) -> Order:
        return self.dice.choice((Order.PARALLEL, Order.SEQUENTIAL)) if self.parallel else Order.SEQUENTIAL

    def _primitive(self, number: int) -> Primitive:
        dice = self.dice
        names = ["x"] if dice.random() < 0.6 else []
        conditions = [self._test(names) for _ in range(dice.choice((0, 1, 1) if self.is_tangled else (0, 0, 1)))]
        if names and dice.random() < 0.1:
            conditions.append(AnyOf(conditions=(self._test(names), self._test([*names, "y"]))))
        hours = dice.choice(HOURS)
        return Primitive(
            name=f"step{number}",
            parameters=places(len(names), "x"),
            title=dice.choice(("", "", "do it", "do {x}" if names else "do a")),
            preconditions=tuple(conditions),
            effects=tuple(
                self._effect(names) for _ in range(dice.choice((1, 1, 2) if self.is_tangled else (0, 1, 1, 2)))
            ),
            estimate=ThreePoints(low=hours, likely=hours, high=hours),
            probability=dice.choice(ODDS),
            cost=dice.choice(COSTS),
        )

    def _term(self, names: Sequence[str]) -> Term:
        if names and self.dice.random() < 0.75:
            return Variable(name=self.dice.choice(names))
        return self.dice.choice(OBJECTS[:2])

    def _fact(self, names: Sequence[str]) -> tuple[str, tuple[Term, ...]]:
        relation = self.dice.choice(SWITCHES if self.is_tangled else tuple(RELATIONS))
        return relation, tuple(self._term(names) for _ in range(RELATIONS[relation]))

    def _test(self, names: Sequence[str]) -> Condition:
        """A condition that binds nothing but, perhaps, for itself."""
        dice = self.dice
        kind = dice.random()
        if kind < 0.15:
            right = float(dice.randint(0, 3))
            return Compare(left=Amount(quantity="gold"), comparison=dice.choice(tuple(Comparison)), right=right)
        if kind < 0.2 and names:
            left = Amount(quantity="stock", arguments=(self._term(names),))
            return Compare(left=left, comparison=Comparison.AT_LEAST, right=1.0)
        if kind < 0.4:
            relation, arguments = self._fact([*names, "any"] if dice.random() < 0.3 else names)
            return Absent(relation=relation, arguments=arguments)
        relation, arguments = self._fact(names)
        return Holds(relation=relation, arguments=arguments)

    def _effect(self, names: Sequence[str]) -> Effect:
        dice = self.dice
        kind = dice.random()
        if kind < 0.15:
            return Increase(quantity="gold", by=dice.choice((1.0, -1.0)))
        if kind < 0.2:
            return SetTo(quantity="gold", value=dice.choice((2.0, Amount(quantity="stock", arguments=("a",)))))
        if kind < 0.25:
            return Increase(quantity="stock", arguments=(self._term(names),), by=1.0)
        relation, arguments = self._fact(names)
        if kind < 0.75:
            return Add(relation=relation, arguments=arguments)
        return Remove(relation=relation, arguments=arguments)

    def _method(self, name: str, task: str, compounds: Sequence[str]) -> Method:
        dice = self.dice
        names = ["x"] if self.arity[task] else []
        arguments: tuple[Term, ...] | None = None
        if names and dice.random() < 0.2:
            arguments, names = (dice.choice(OBJECTS),), []
        conditions = [self._test(names) for _ in range(dice.choice((0, 0, 0, 1)))]
        if dice.random() < (0.7 if self.is_matching else 0.2):
            names = [*names, "y"]
            conditions.append(self._binding("y", names))
        if dice.random() < 0.1:
            conditions.append(Bind(variable=Variable(name="n"), value=Amount(quantity="gold")))
            conditions.append(Compare(left=Variable(name="n"), comparison=Comparison.OVER, right=0.0))
        lower = compounds if dice.random() < 0.15 else compounds[compounds.index(task) + 1 :]
        primitives = [one for one in self.arity if one not in compounds]
        subtasks = tuple(
            self._subtask(f"s{n}", dice.choice([*primitives, *lower, *lower]), names)
            for n in range(dice.choice((0, 1, 2, 2, 3) if self.is_tangled else (0, 1, 1, 2, 2, 3)))
        )
        order = dice.choice((Order.PARALLEL, Order.SEQUENTIAL, Order.PAIRS, Order.PAIRS))
        order = order if self.parallel else Order.SEQUENTIAL
        labels = [one.label for one in subtasks]
        early_late = [(a, b) for n, a in enumerate(labels) for b in labels[n + 1 :]]
        pairs = [pair for pair in early_late if dice.random() < 0.4] if order is Order.PAIRS else []
        if pairs and dice.random() < 0.3:
            pairs = [(b, a) for a, b in pairs]
        return Method(
            name=name,
            task=task,
            arguments=arguments,
            preconditions=tuple(conditions),
            subtasks=subtasks,
            order=order,
            pairs=tuple(pairs),
            probability=dice.choice(ODDS),
            cost=dice.choice(COSTS),
        )

    def _binding(self, name: str, names: Sequence[str]) -> Condition:
        """A condition that gives a variable a value."""
        dice = self.dice
        variable = Variable(name=name)
        simple = Holds(relation=dice.choice(("p", "q")), arguments=(variable,))
        match dice.randint(0, 3):
            case 0:
                return Holds(relation="r", arguments=(variable, self._term(names)))
            case 1:
                other = Holds(relation="r", arguments=(self._term(["z"]), variable))
                return AnyOf(conditions=(simple, AllOf(conditions=(other, self._test([name])))))
            case _:
                return simple

    def _subtask(self, label: str, task: str, names: Sequence[str], *, allow_each: bool = True) -> Subtask:
        dice = self.dice
        each: tuple[Condition, ...] = ()
        if allow_each and dice.random() < (0.25 if self.is_tangled else 0.1):
            names = [*names, "e"]
            each = (self._binding("e", ["e"]),) if dice.random() < 0.7 else (self._test(names[:-1]),)
            names = names if self._gives(each) else names[:-1]
        return Subtask(
            label=label,
            task=task,
            arguments=tuple(self._term(names) for _ in range(self.arity[task])),
            each=each,
            each_order=dice.choice((Order.PARALLEL, Order.SEQUENTIAL)),
        )

    def _gives(self, each: tuple[Condition, ...]) -> bool:
        return isinstance(each[0], AnyOf) or (isinstance(each[0], Holds) and Variable(name="e") in each[0].arguments)


def places(count: int, name: str = "x") -> tuple[Parameter, ...]:
    """So many parameters."""
    return tuple(Parameter(name=name if count == 1 else f"{name}{n}") for n in range(count))
