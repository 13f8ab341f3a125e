"""A planning problem like those of real projects: tasks after tasks, and teams of people with skills and hours."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from benchmarks.htn_domains import Sample, primitive, relations, subtasks, to_do
from engine.planning.language.domain import (
    Compound,
    Domain,
    Fact,
    Method,
    Order,
    Primitive,
    Problem,
    Quantity,
    Reading,
    Subtask,
    fact,
    parameters,
)
from engine.planning.language.terms import Amount, Arithmetic, Increase, Operator, absent, amount, compare, holds, terms
from engine.values import JsonObject, JsonValue


def _with_hours(one: Primitive) -> Primitive:
    """The step takes the person's hours, who must have them."""
    effort = Amount(quantity="effort", arguments=terms("?task"))
    left = Amount(quantity="hours", arguments=terms("?who"))
    spent = Arithmetic(operator=Operator.MINUS, operands=(0, effort))
    return replace(
        one,
        preconditions=(*one.preconditions, compare(left, ">=", effort)),
        effects=(*one.effects, Increase(quantity="hours", arguments=terms("?who"), by=spent)),
    )


_TEAM_MATES = (
    holds("needs", "?task", "?skill"),
    holds("team_of", "?task", "?team"),
    holds("member", "?team", "?who"),
    holds("has", "?who", "?skill"),
)
PROJECT = Domain(
    name="project",
    relations=relations(
        "after(task before)",
        "needs(task skill)",
        "team_of(task team)",
        "member(team who)",
        "has(who skill)",
        "owns(who task)",
        "made(task)",
        "done(task)",
    ),
    quantities=(
        Quantity(name="effort", parameters=parameters("task")),
        Quantity(name="hours", parameters=parameters("who")),
    ),
    compounds=(
        Compound(name="finish", parameters=parameters("task")),
        Compound(name="staff", parameters=parameters("task")),
        Compound(name="review", parameters=parameters("task")),
    ),
    primitives=(
        _with_hours(primitive("assign ?task ?who", (), ("owns ?who ?task",))),
        primitive("hire ?task", (), ("owns freelancer ?task",)),
        primitive("work ?task", (), ("made ?task",)),
        primitive("approve ?task ?who", ("made ?task",), ("done ?task",)),
    ),
    methods=(
        Method(name="is_done", task="finish", preconditions=(holds("done", "?task"),)),
        Method(
            name="do",
            task="finish",
            preconditions=(absent("done", "?task"),),
            subtasks=(
                Subtask(
                    label="before",
                    task="finish",
                    arguments=terms("?before"),
                    each=(holds("after", "?task", "?before"),),
                    each_order=Order.SEQUENTIAL,
                ),
                *subtasks(("staff", "?task"), ("work", "?task"), ("review", "?task")),
            ),
        ),
        Method(
            name="same_person",
            task="staff",
            preconditions=(
                holds("after", "?task", "?before"),
                holds("owns", "?who", "?before"),
                holds("needs", "?task", "?skill"),
                holds("has", "?who", "?skill"),
            ),
            subtasks=subtasks(("assign", "?task", "?who")),
        ),
        Method(
            name="team",
            task="staff",
            preconditions=(
                *_TEAM_MATES,
                compare(amount("hours", "?who"), ">=", amount("effort", "?task")),
            ),
            subtasks=subtasks(("assign", "?task", "?who")),
        ),
        Method(name="freelancer", task="staff", subtasks=subtasks(("hire", "?task"))),
        Method(
            name="colleague",
            task="review",
            preconditions=(*_TEAM_MATES, absent("owns", "?who", "?task")),
            subtasks=subtasks(("approve", "?task", "?who")),
        ),
        Method(
            name="owner",
            task="review",
            preconditions=(holds("owns", "?who", "?task"),),
            subtasks=subtasks(("approve", "?task", "?who")),
        ),
    ),
)
SKILLS = ("design", "build", "test", "write", "sell", "plan")


TASKS_A_TEAM, TEAM = 30, 4


def project(steps: int) -> Sample:
    """Tasks with a skill, an effort and others before them; teams of people with skills and hours; three steps a
    task."""
    dice = random.Random(steps)
    tasks = [f"task{n}" for n in range(max(round(steps / 3), 1))]
    after = {
        one: sorted(set(dice.choices(tasks[max(n - 20, 0) : n], k=3)), key=tasks.index) if n else []
        for n, one in enumerate(tasks)
    }
    needs = {one: dice.choice(SKILLS) for one in tasks}
    effort = {one: dice.randint(2, 20) for one in tasks}
    team_of = {one: f"team{n // TASKS_A_TEAM}" for n, one in enumerate(tasks)}
    members = {
        team: [f"person{n}" for n in range(number * TEAM, (number + 1) * TEAM)]
        for number, team in enumerate(dict.fromkeys(team_of.values()))
    }
    has = {one: dice.sample(SKILLS, 3) for own in members.values() for one in own}
    hours = dict.fromkeys(has, 80)
    goals = dice.sample(tasks, len(tasks))
    facts = [
        *_pairs("after", after),
        *(fact("needs", one, skill) for one, skill in needs.items()),
        *(fact("team_of", one, team) for one, team in team_of.items()),
        *_pairs("member", members),
        *_pairs("has", has),
    ]
    readings = [*_readings("effort", effort), *_readings("hours", hours)]
    peer: JsonObject = {
        "after": _lists(after),
        "needs": dict(needs),
        "team_of": dict(team_of),
        "members": _lists(members),
        "effort": dict(effort),
        "has": _lists(has),
        "hours": dict(hours),
        "goals": list(goals),
    }
    todos = to_do([("finish", one) for one in goals])
    problem = Problem(facts=tuple(facts), readings=tuple(readings), tasks=todos, order=Order.SEQUENTIAL)
    return Sample(domain=PROJECT, problem=problem, peer=peer)


def _pairs(relation: str, known: Mapping[str, Sequence[str]]) -> list[Fact]:
    return [fact(relation, one, other) for one, own in known.items() for other in own]


def _lists(known: Mapping[str, Sequence[str]]) -> dict[str, JsonValue]:
    return {one: list(own) for one, own in known.items()}


def _readings(quantity: str, known: Mapping[str, int]) -> list[Reading]:
    return [Reading(quantity=quantity, arguments=(one,), value=float(own)) for one, own in known.items()]
