"""Small domains written in a few words."""

from collections.abc import Iterable, Sequence

from engine.planning.htn.outcome import FoundPlan, Outcome
from engine.planning.htn.search import Search, Wanted
from engine.planning.language.domain import (
    Compound,
    Domain,
    Method,
    Order,
    Parameter,
    Primitive,
    Problem,
    Quantity,
    Relation,
    Subtask,
    ThreePoints,
    fact,
    parameters,
)
from engine.planning.language.terms import Absent, Add, Condition, Effect, Holds, Remove, terms


def condition(text: str) -> Condition:
    """`at ?x b`, or `not at ?x b`."""
    words = text.split()
    if words[0] == "not":
        return Absent(relation=words[1], arguments=terms(*words[2:]))
    return Holds(relation=words[0], arguments=terms(*words[1:]))


def effect(text: str) -> Effect:
    """`at ?x b`, or `not at ?x b`."""
    words = text.split()
    if words[0] == "not":
        return Remove(relation=words[1], arguments=terms(*words[2:]))
    return Add(relation=words[0], arguments=terms(*words[1:]))


def step(
    head: str,
    needs: Iterable[str] = (),
    does: Iterable[str] = (),
    *,
    odds: float = 1.0,
    hours: float = 1.0,
) -> Primitive:
    """A primitive, from `name ?x ?y`."""
    name, *names = head.split()
    return Primitive(
        name=name,
        parameters=parameters(*(one[1:] for one in names)),
        preconditions=tuple(map(condition, needs)),
        effects=tuple(map(effect, does)),
        probability=odds,
        estimate=ThreePoints(low=hours / 2, likely=hours, high=hours * 2),
    )


def subtasks(*calls: str) -> tuple[Subtask, ...]:
    """From `task ?x`; labelled a, b, c, …"""
    own = [call.split() for call in calls]
    return tuple(Subtask(label="abcdefgh"[n], task=name, arguments=terms(*rest)) for n, (name, *rest) in enumerate(own))


def way(
    name: str,
    task: str,
    *calls: str,
    needs: Iterable[str] = (),
    order: Order = Order.SEQUENTIAL,
    odds: float = 1.0,
) -> Method:
    """A method."""
    return Method(
        name=name,
        task=task,
        preconditions=tuple(map(condition, needs)),
        subtasks=subtasks(*calls),
        order=order,
        probability=odds,
    )


def domain(
    primitives: Sequence[Primitive],
    methods: Sequence[Method] = (),
    compounds: Sequence[str] = (),
    quantities: Sequence[str] = (),
) -> Domain:
    """The compounds are written as `task ?x`; relations are taken from where they are used."""
    arity: dict[str, int] = {}
    for primitive in primitives:
        for one in (*primitive.preconditions, *primitive.effects):
            if isinstance(one, Holds | Absent | Add | Remove):
                arity[one.relation] = len(one.arguments)
    for method in methods:
        for condition_ in (*method.preconditions, *(inner for sub in method.subtasks for inner in sub.each)):
            if isinstance(condition_, Holds | Absent):
                arity[condition_.relation] = len(condition_.arguments)
    heads = [compound.split() for compound in compounds]
    return Domain(
        name="small",
        relations=tuple(
            Relation(name=name, parameters=tuple(Parameter(name=f"p{n}") for n in range(count)))
            for name, count in arity.items()
        ),
        quantities=tuple(Quantity(name=name) for name in quantities),
        compounds=tuple(
            Compound(name=name, parameters=parameters(*(one[1:] for one in names))) for name, *names in heads
        ),
        primitives=tuple(primitives),
        methods=tuple(methods),
    )


def problem(*calls: str, facts: Iterable[str] = (), order: Order = Order.PARALLEL) -> Problem:
    """Tasks and facts written as `name a b`."""
    known = [one.split() for one in facts]
    return Problem(
        facts=tuple(fact(relation, *arguments) for relation, *arguments in known),
        tasks=subtasks(*calls),
        order=order,
    )


def found(own: Domain, asked: Problem, wanted: Wanted | None = None) -> Outcome:
    """What a search comes to."""
    search = Search(own, asked, wanted or Wanted())
    while not search.run():
        pass
    return search.outcome


def titles(plan: FoundPlan) -> list[str]:
    """What the steps are called, in the order of the plan."""
    return [one.title for one in plan.steps]


def edges(plan: FoundPlan) -> set[tuple[str, str]]:
    """What comes directly before what."""
    named = {one.number: one.title for one in plan.steps}
    return {(named[before], one.title) for one in plan.steps for before in one.after}
