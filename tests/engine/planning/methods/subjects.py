"""What tests of the libraries of subjects share: each library alone, sample words, and the best plans for a task."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from engine.planning.htn.outcome import FoundPlan
from engine.planning.htn.search import Search, Wanted
from engine.planning.language.derivations import reachable
from engine.planning.language.domain import Compound, Domain, Fact, Order, Primitive, Problem, Reading, Subtask
from engine.planning.language.terms import Value
from engine.planning.methods.documents import Document, read_document
from engine.planning.methods.libraries import Libraries, assemble
from engine.planning.methods.sources import builtin_sources

SUBJECTS = ("launch", "research", "learning", "trading", "events", "habits", "migration")
SOURCES = {source.file.removesuffix(".yaml"): source for source in builtin_sources()}
SAMPLES: dict[str, Value] = {
    "clause": "c1.1",
    "activity": "Practise the piano",
    "book": "Goodfellow's book",
    "cloud": "Google Cloud",
    "condition": "profitable after costs",
    "contests": "Kaggle competitions",
    "count": 12,
    "d": 30,
    "days": 10,
    "distance": "10 km",
    "doing": "play chess",
    "event": "the summer festival",
    "exam": "AWS Solutions Architect exam",
    "figure": "the Sharpe ratio",
    "hours": 48,
    "kind": "master",
    "language": "Portuguese",
    "long": 30,
    "m": 3,
    "minutes": 50,
    "n": 20,
    "name": "Python",
    "number": 6,
    "occasion": "birthday",
    "paper": "Attention is all you need",
    "people": "beta users",
    "place": "Product Hunt",
    "race": "the half marathon",
    "rhythm": "3 times a week",
    "seconds": 172_800,
    "strategy": "Momentum",
    "subject": "deep learning",
    "target": "PostgreSQL 17",
    "task": "tell who will leave",
    "text": "the methods chapter",
    "the_course": "Andrew Ng's",
    "the_event": "the summer festival",
    "the_text": "the methods chapter",
    "the_thing": "analytics dashboard",
    "the_vendor": "the photographer",
    "the_what": "the parameters",
    "thing": "analytics dashboard",
    "topic": "heat in cities",
    "training": 13,
    "unit": "days",
    "vendor": "a photographer",
    "w": 8,
    "weeks": 12,
    "what": "on 2 years of data",
}
"""What a parameter may stand for, as people would write it."""


@functools.cache
def library(name: str) -> Libraries:
    """One library with the shared words alone: it needs no other."""
    return assemble([SOURCES["goal"], SOURCES[name]])


@functools.cache
def document(name: str) -> Document:
    return read_document(SOURCES[name].file, SOURCES[name].data)


def arguments_of(task: Compound | Primitive) -> tuple[Value, ...]:
    return tuple(SAMPLES[one.name] for one in task.parameters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Tasks to be done one after the other, and what is known."""

    tasks: tuple[tuple[str, tuple[Value, ...]], ...]
    context: Mapping[str, Value] = field(default_factory=dict)
    budget: float | None = None
    facts: tuple[Fact, ...] = ()


def with_what_is_needed(domain: Domain, names: Iterable[str]) -> Domain:
    """The part of a domain that some tasks lead to: a small one is checked quickly."""
    leads: dict[str, list[str]] = {}
    for method in domain.methods:
        leads.setdefault(method.task, []).extend(one.task for one in method.subtasks)
    needed = reachable(names, leads)
    return replace(
        domain,
        compounds=tuple(one for one in domain.compounds if one.name in needed),
        primitives=tuple(one for one in domain.primitives if one.name in needed),
        methods=tuple(one for one in domain.methods if one.task in needed),
    )


def plans_for(domain: Domain, asked: Asked, most: int = 1) -> tuple[FoundPlan, ...]:
    problem = Problem(
        tasks=tuple(Subtask(label=f"t{n}", task=task, arguments=given) for n, (task, given) in enumerate(asked.tasks)),
        order=Order.SEQUENTIAL,
        context=asked.context,
        facts=asked.facts,
        readings=() if asked.budget is None else (Reading(quantity="budget", value=asked.budget),),
    )
    small = with_what_is_needed(domain, [task for task, _ in asked.tasks])
    search = Search(small, problem, Wanted(plans=most, nodes=20_000))
    while not search.run(100):
        pass
    return search.outcome.plans


def plan_for(name: str, task: str, *given: Value, **context: Value) -> FoundPlan:
    found = plans_for(library(name).domain, Asked(tasks=((task, given),), context=context))
    assert found, (task, given)
    return found[0]


def titles(plan: FoundPlan) -> list[str]:
    return [step.title for step in plan.steps]
