"""Planning problems of any size: as the planner takes them, and as plain JSON for the peer.

The same domains are written for the peer in `gtpyhop_peer.py`, task by task and method by method in the same order, so
that both find the same plans. What a step needs is a condition of the step; methods say when they fit.
"""

import random
from dataclasses import dataclass

from engine.planning.language.domain import (
    Compound,
    Domain,
    Method,
    Order,
    Primitive,
    Problem,
    Relation,
    Subtask,
    fact,
    parameters,
)
from engine.planning.language.terms import (
    Arithmetic,
    Bind,
    Operator,
    Value,
    Variable,
    absent,
    add,
    compare,
    holds,
    remove,
    terms,
)
from engine.values import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A problem of one domain for both planners."""

    domain: Domain
    problem: Problem
    peer: JsonObject


def subtasks(*calls: tuple[str, ...]) -> tuple[Subtask, ...]:
    """Subtasks from their tasks and arguments."""
    return tuple(Subtask(label=str(n), task=name, arguments=terms(*own)) for n, (name, *own) in enumerate(calls))


def to_do(tasks: list[tuple[Value, ...]]) -> tuple[Subtask, ...]:
    """The tasks of a problem."""
    return tuple(Subtask(label=str(n), task=str(name), arguments=tuple(own)) for n, (name, *own) in enumerate(tasks))


def relations(*heads: str) -> tuple[Relation, ...]:
    """From heads such as `on(x y)`."""
    parts = [head.rstrip(")").partition("(") for head in heads]
    return tuple(Relation(name=name, parameters=parameters(*places.split())) for name, _, places in parts)


def primitive(head: str, needs: tuple[str, ...], gains: tuple[str, ...], losses: tuple[str, ...] = ()) -> Primitive:
    """From `name ?x ?y` for the head, and facts in the same form."""
    name, *own = head.split()
    return Primitive(
        name=name,
        parameters=parameters(*(one[1:] for one in own)),
        preconditions=tuple(holds(*one.split()) for one in needs),
        effects=(*(add(*one.split()) for one in gains), *(remove(*one.split()) for one in losses)),
    )


def chain(steps: int) -> Sample:
    """Steps one after the other, each of which needs what the one before has made."""
    number, last = Variable(name="n"), Variable(name="last")
    domain = Domain(
        name="chain",
        relations=(Relation(name="made", parameters=parameters("n: number")),),
        compounds=(Compound(name="go_on", parameters=parameters("n: number", "last: number")),),
        primitives=(
            Primitive(
                name="make",
                parameters=parameters("n: number", "before: number"),
                preconditions=(holds("made", "?before"),),
                effects=(add("made", "?n"),),
            ),
        ),
        methods=(
            Method(name="arrive", task="go_on", preconditions=(compare(number, ">", last),)),
            Method(
                name="make_next",
                task="go_on",
                preconditions=(
                    compare(number, "<=", last),
                    Bind(variable=Variable(name="before"), value=_sum(number, -1)),
                    Bind(variable=Variable(name="next"), value=_sum(number, 1)),
                ),
                subtasks=subtasks(("make", "?n", "?before"), ("go_on", "?next", "?last")),
            ),
        ),
    )
    problem = Problem(facts=(fact("made", 0),), tasks=to_do([("go_on", 1, steps)]))
    return Sample(domain=domain, problem=problem, peer={"steps": steps})


def _sum(one: Variable, other: int) -> Arithmetic:
    return Arithmetic(operator=Operator.PLUS, operands=(one, other))


BLOCKS = Domain(
    name="blocks",
    relations=relations("on(x y)", "on_table(x)", "clear(x)", "holding(x)", "hand_empty"),
    compounds=(
        Compound(name="place", parameters=parameters("x", "y")),
        Compound(name="settle", parameters=parameters("x")),
        Compound(name="uncover", parameters=parameters("x")),
        Compound(name="take", parameters=parameters("x")),
    ),
    primitives=(
        primitive(
            "pickup ?x",
            ("on_table ?x", "clear ?x", "hand_empty"),
            ("holding ?x",),
            ("on_table ?x", "clear ?x", "hand_empty"),
        ),
        primitive(
            "unstack ?x ?y",
            ("on ?x ?y", "clear ?x", "hand_empty"),
            ("holding ?x", "clear ?y"),
            ("on ?x ?y", "clear ?x", "hand_empty"),
        ),
        primitive("putdown ?x", ("holding ?x",), ("on_table ?x", "clear ?x", "hand_empty"), ("holding ?x",)),
        primitive(
            "stack ?x ?y",
            ("holding ?x", "clear ?y"),
            ("on ?x ?y", "clear ?x", "hand_empty"),
            ("holding ?x", "clear ?y"),
        ),
    ),
    methods=(
        Method(name="is_there", task="place", preconditions=(holds("on", "?x", "?y"),)),
        Method(
            name="move",
            task="place",
            preconditions=(absent("on", "?x", "?y"),),
            subtasks=subtasks(("uncover", "?x"), ("uncover", "?y"), ("take", "?x"), ("stack", "?x", "?y")),
        ),
        Method(name="is_settled", task="settle", preconditions=(holds("on_table", "?x"),)),
        Method(
            name="put_down",
            task="settle",
            preconditions=(absent("on_table", "?x"),),
            subtasks=subtasks(("uncover", "?x"), ("take", "?x"), ("putdown", "?x")),
        ),
        Method(name="is_clear", task="uncover", preconditions=(holds("clear", "?x"),)),
        Method(
            name="dig",
            task="uncover",
            preconditions=(holds("on", "?z", "?x"),),
            subtasks=subtasks(("uncover", "?z"), ("take", "?z"), ("putdown", "?z")),
        ),
        Method(
            name="take_from_table",
            task="take",
            preconditions=(holds("on_table", "?x"),),
            subtasks=subtasks(("pickup", "?x")),
        ),
        Method(
            name="take_from_block",
            task="take",
            preconditions=(holds("on", "?x", "?y"),),
            subtasks=subtasks(("unstack", "?x", "?y")),
        ),
    ),
)


def blocks(steps: int) -> Sample:
    """Blocks in towers are to stand in other towers; about 3.4 steps a block."""
    dice = random.Random(steps)
    names = [f"b{n}" for n in range(max(round(steps / 3.4), 2))]
    position = _towers(names, dice)
    goals = list(_towers(names, dice).items())
    covered = set(position.values())
    facts = [fact("on_table", x) if y == "table" else fact("on", x, y) for x, y in position.items()]
    facts += [fact("clear", x) for x in names if x not in covered]
    tasks: list[tuple[Value, ...]] = [("settle", x) if y == "table" else ("place", x, y) for x, y in goals]
    return Sample(
        domain=BLOCKS,
        problem=Problem(facts=(*facts, fact("hand_empty")), tasks=to_do(tasks), order=Order.SEQUENTIAL),
        peer={"position": dict(position), "goals": [[x, y] for x, y in goals]},
    )


def _towers(names: list[str], dice: random.Random) -> dict[str, str]:
    """Where each block stands, the lowest of each tower first."""
    shuffled = dice.sample(names, len(names))
    below: dict[str, str] = {}
    for place, name in enumerate(shuffled):
        below[name] = "table" if place % 10 == 0 else shuffled[place - 1]
    return below


def _vehicle(kind: str, moves: str) -> tuple[Primitive, ...]:
    """Moving a truck or plane, loading and unloading it."""
    at = f"{kind}_at"
    return (
        primitive(
            f"{moves} ?{kind} ?from ?to", (f"{at} ?{kind} ?from",), (f"{at} ?{kind} ?to",), (f"{at} ?{kind} ?from",)
        ),
        primitive(
            f"load_{kind} ?x ?{kind} ?place",
            ("at ?x ?place", f"{at} ?{kind} ?place"),
            (f"at ?x ?{kind}",),
            ("at ?x ?place",),
        ),
        primitive(
            f"unload_{kind} ?x ?{kind} ?place",
            (f"at ?x ?{kind}", f"{at} ?{kind} ?place"),
            ("at ?x ?place",),
            (f"at ?x ?{kind}",),
        ),
    )


def _getting(kind: str, moves: str) -> tuple[Method, ...]:
    """Ways to have a truck or plane at a place."""
    at, task = f"{kind}_at", f"bring_{kind}"
    return (
        Method(name=f"{kind}_is_here", task=task, preconditions=(holds(at, f"?{kind}", "?place"),)),
        Method(
            name=f"{moves}_there",
            task=task,
            preconditions=(holds(at, f"?{kind}", "?from"), compare("?from", "!=", "?place")),
            subtasks=subtasks((moves, f"?{kind}", "?from", "?place")),
        ),
    )


def _carrying(kind: str, start: str, end: str) -> tuple[Subtask, ...]:
    return subtasks(
        (f"bring_{kind}", f"?{kind}", start),
        (f"load_{kind}", "?x", f"?{kind}", start),
        (f"bring_{kind}", f"?{kind}", end),
        (f"unload_{kind}", "?x", f"?{kind}", end),
    )


LOGISTICS = Domain(
    name="logistics",
    relations=relations(
        "at(x place)",
        "truck_at(truck place)",
        "plane_at(plane place)",
        "in_city(place city)",
        "airport_of(city place)",
        "truck_of(city truck)",
    ),
    compounds=(
        Compound(name="deliver", parameters=parameters("x", "place")),
        Compound(name="fly", parameters=parameters("x", "start", "end")),
        Compound(name="bring_truck", parameters=parameters("truck", "place")),
        Compound(name="bring_plane", parameters=parameters("plane", "place")),
    ),
    primitives=(*_vehicle("truck", "drive_truck"), *_vehicle("plane", "fly_plane")),
    methods=(
        Method(name="is_delivered", task="deliver", preconditions=(holds("at", "?x", "?place"),)),
        Method(
            name="within_city",
            task="deliver",
            preconditions=(
                holds("at", "?x", "?from"),
                compare("?from", "!=", "?place"),
                holds("in_city", "?from", "?city"),
                holds("in_city", "?place", "?city"),
                holds("truck_of", "?city", "?truck"),
            ),
            subtasks=_carrying("truck", "?from", "?place"),
        ),
        Method(
            name="by_air",
            task="deliver",
            preconditions=(
                holds("at", "?x", "?from"),
                holds("in_city", "?from", "?city"),
                holds("in_city", "?place", "?other"),
                compare("?city", "!=", "?other"),
                holds("airport_of", "?city", "?start"),
                holds("airport_of", "?other", "?end"),
            ),
            subtasks=subtasks(
                ("deliver", "?x", "?start"), ("fly", "?x", "?start", "?end"), ("deliver", "?x", "?place")
            ),
        ),
        Method(
            name="take_plane",
            task="fly",
            preconditions=(holds("plane_at", "?plane", "?here"),),
            subtasks=_carrying("plane", "?start", "?end"),
        ),
        *_getting("truck", "drive_truck"),
        *_getting("plane", "fly_plane"),
    ),
)


def logistics(steps: int) -> Sample:
    """Parcels go from address to address, one in fifty by air to another city; about 4.1 steps a parcel."""
    dice = random.Random(steps)
    count = max(round(steps / 4.14), 1)
    cities = [f"city{n}" for n in range(max(count // 25, 2))]
    city_of = {f"airport{n}": city for n, city in enumerate(cities)}
    trucks = {f"truck{n}": f"airport{n}" for n in range(len(cities))}
    position: dict[str, str] = {}
    goals: dict[str, str] = {}
    for n in range(count):
        start, end = dice.sample(cities, 2)
        end = end if dice.random() < 0.02 else start
        city_of |= {f"from{n}": start, f"to{n}": end}
        position[f"parcel{n}"], goals[f"parcel{n}"] = f"from{n}", f"to{n}"
    facts = [fact("at", x, place) for x, place in position.items()]
    facts += [fact("truck_at", truck, place) for truck, place in trucks.items()]
    facts += [fact("in_city", place, city) for place, city in city_of.items()]
    facts += [fact("airport_of", city, f"airport{n}") for n, city in enumerate(cities)]
    facts += [fact("truck_of", city, f"truck{n}") for n, city in enumerate(cities)]
    tasks: list[tuple[Value, ...]] = [("deliver", x, place) for x, place in goals.items()]
    return Sample(
        domain=LOGISTICS,
        problem=Problem(
            facts=(*facts, fact("plane_at", "plane", "airport0")), tasks=to_do(tasks), order=Order.SEQUENTIAL
        ),
        peer={"position": dict(position), "trucks": dict(trucks), "city_of": dict(city_of), "goals": dict(goals)},
    )
