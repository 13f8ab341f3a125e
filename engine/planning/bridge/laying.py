"""A goal laid out as a problem for the planner: its units in their order, and what is known about them."""

import itertools
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from engine.coding.options import CODE, REPOSITORY
from engine.planning.bridge.circumstances import context_of, readings_of
from engine.planning.bridge.doing_without import closed_for, gone_for
from engine.planning.bridge.known import KnownMethods
from engine.planning.bridge.parts import Part, Place, Role, holds_of, parts_of
from engine.planning.bridge.rows import row_of
from engine.planning.bridge.texts import Clauses, reading_moment
from engine.planning.bridge.ties import untied
from engine.planning.bridge.units import SOFTWARE, Subjects, Unit, units_of, with_questions
from engine.planning.bridge.whole import said_behind
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.wording import subjects
from engine.planning.language.domain import Fact, OnlyIf, Order, Problem, Subtask
from engine.planning.language.terms import Value
from engine.planning.methods.goal_facts import ASKED, CLAUSE, PLAIN, TOPIC
from engine.planning.methods.recognition import Topic
from engine.planning.requests import PlanRequest
from engine.planning.slices import run_through
from engine.plans import find_circle

_A_SLICE = 10
"""Units that are laid out before somebody else has a turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A goal as a problem, with what the plan is put together by."""

    problem: Problem
    units: tuple[Unit, ...]
    numbered: bool = False
    """Whether the criteria are a numbered list, each after the one before it."""
    untied: frozenset[int] = frozenset()
    """Numbers of the units that have nothing to do with any other one."""
    gone: frozenset[str] = frozenset()
    """Resources that the plan is to do without."""


class Knowing(Enum):
    """What libraries of a subject are asked for."""

    POSSIBLE = "possible"
    """What they know, but for tasks that can't be done in any of their ways, by what is known of the goal."""
    ALL = "all"
    """All that they know: a plan may stem from when more was possible."""
    NOTHING = "nothing"
    """Nothing: the goal counts as being about nothing that a library knows."""


def subjects_of(request: PlanRequest, known: KnownMethods, knowing: Knowing) -> Subjects:
    """What a goal is about."""
    goal, context = request.goal, context_of(request, known)
    said = "\n".join((goal.name, goal.description, *goal.criteria))
    asked = knowing is not Knowing.NOTHING
    topics = known.libraries.topics(said) if asked else ()
    if REPOSITORY not in goal.metadata:
        closed = closed_for(context, known) if knowing is Knowing.POSSIBLE else frozenset[str]()
        return Subjects(known=known, context=context, topics=topics, asked=asked, closed=closed)
    if not any(topic.name == SOFTWARE for topic in topics):  # «Implement dark mode» does not say so by itself
        topics = (Topic(name=SOFTWARE, score=1.0), *topics)
    called = goal.metadata.get(CODE)
    named = called if isinstance(called, str) and known.ways(called) else ""
    return Subjects(known=known, context=context, topics=topics, called=named, in_one_place=True)


def lay_out(request: PlanRequest, clauses: Clauses, subject: Subjects) -> Generator[None, None, Layout]:
    """The problem of a goal with criteria, in slices."""
    units = yield from units_of(request, clauses, subject)
    together = with_questions(units, shared=True)
    if find_circle(_behind(together)):
        # a question that two clauses share can close a circle that the clauses alone don't: then each asks its own
        together = with_questions(units, shared=False)
    yield
    free = untied(together, subject.known)
    yield
    problem = yield from _problem(request, together, subject, free)
    return Layout(problem=problem, units=together, numbered=clauses.numbered, untied=free, gone=gone_for(request))


def lay_out_whole(request: PlanRequest, reading: Reading, part: Part | None, subject: Subjects) -> Layout:
    """The problem of a goal without criteria. `part` is what its name asks for; None where the reading tells all."""
    year = reading_moment(request).local.year
    place = Place(prefix="g", criterion=None, words=request.goal.name, zone=request.zone, this_year=year)
    parts = parts_of(reading, place) if part is None else (*holds_of(reading, place), part)
    parts += said_behind(request, subject)
    unit = Unit(reading=reading, place=place, parts=parts)
    problem = run_through(_problem(request, (unit,), subject, frozenset()))
    return Layout(problem=problem, units=(unit,), gone=gone_for(request))


def _behind(units: tuple[Unit, ...]) -> Mapping[str, tuple[str, ...]]:
    after: dict[str, tuple[str, ...]] = {}
    for before, then in _pairs(units):
        after[then] = (*after.get(then, ()), before)
    return after


def _pairs(units: tuple[Unit, ...]) -> Iterator[tuple[str, str]]:
    for unit in units:
        labels = unit.labels
        yield from itertools.pairwise(labels)
        if unit.question and not unit.asks:
            yield unit.question, labels[0]
        yield from ((units[other].labels[-1], labels[0]) for other in unit.before)


def _problem(
    request: PlanRequest, units: tuple[Unit, ...], subject: Subjects, free: frozenset[int]
) -> Generator[None, None, Problem]:
    facts = [Fact(relation=TOPIC, arguments=(topic.name,)) for topic in subject.topics]
    tasks = []
    row = row_of(units, free)
    for number, unit in enumerate(row.units, 1):
        if not number % _A_SLICE:
            yield
        only_if = OnlyIf(label=unit.question, option=unit.option) if unit.question else None
        for part in unit.parts:
            label = unit.label(part)
            if part.role is Role.DOING:
                facts.extend(_facts_of(unit, part, label, subject.known))
            tasks.append(
                Subtask(
                    label=label,
                    task=part.task,
                    arguments=_arguments(part, label, subject.known),
                    serves=unit.place.criterion,
                    only_if=only_if if part.role is not Role.QUESTION else None,
                )
            )
    return Problem(
        facts=tuple(facts),
        readings=readings_of(request, subject.known),
        context=subject.context,
        tasks=tuple(tasks),
        order=Order.SEQUENTIAL if row.pairs is None else Order.PAIRS,
        pairs=row.pairs or (),
    )


def _arguments(part: Part, label: str, known: KnownMethods) -> tuple[Value, ...]:
    """The arguments of a part; what it gives by name stands in the order of the task's parameters."""
    given = iter(part.arguments)
    return tuple(
        label if one.name == CLAUSE else part.words[one.name] if part.words else next(given)
        for one in known.parameters(part.task)
    )


def _facts_of(unit: Unit, part: Part, label: str, known: KnownMethods) -> Iterator[Fact]:
    if all(one.name != CLAUSE for one in known.parameters(part.task)):
        return
    if part.plain:
        yield Fact(relation=PLAIN, arguments=(label,))
        return
    own = subjects(unit.reading.text)
    elsewhere = unit.place.elsewhere
    spoken = {word for word, count in elsewhere.items() if count > (word in own)}
    for listed, stems in known.asked.items():
        if not stems.isdisjoint(spoken):
            yield Fact(relation=ASKED, arguments=(label, listed))
