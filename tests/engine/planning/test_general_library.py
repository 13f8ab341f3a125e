"""The general library and the reading of criteria fit together: what one names, the other has."""

import datetime as dt
import inspect
import re
from types import ModuleType

import pytest

from engine.planning.bridge import figures, parts, whole
from engine.planning.bridge.known import KnownMethods
from engine.planning.criteria import doings, marks
from engine.planning.criteria.clauses import Clause
from engine.planning.criteria.reading import Moment, read_clause
from engine.planning.criteria.titles import words_of
from engine.planning.htn.outcome import FoundPlan
from engine.planning.htn.search import Search, Wanted
from engine.planning.language.domain import Compound, Fact, Problem, Subtask
from engine.planning.language.terms import Value
from tests.engine.planning.planners import general_planner

DOMAIN = general_planner().libraries.domain
KNOWN = KnownMethods(general_planner().libraries)
COMPOUNDS = {one.name: one for one in DOMAIN.compounds}
TASKS = COMPOUNDS | {one.name: one for one in DOMAIN.primitives}
READING = read_clause(Clause(text="Test the app with 20 beta users"), Moment(local=dt.datetime(2026, 1, 14)))  # noqa: DTZ001 - naive local time is what readings take
WORDS: dict[str, Value] = {
    **words_of(READING),
    "clause": "c1.1",
    "unit": "signups",
    "seconds": 3600,
    "status": 200,
    "until": "2026-05-01T00:00:00+00:00",
    "url": "https://example.com",
    **dict.fromkeys(
        ("judged", "question", "options", "weighing", "about", "criteria", "command", "work", "contains"), "x"
    ),
}


def named_in(module: ModuleType) -> set[str]:
    return set(re.findall(r'"(any_\w+)"', inspect.getsource(module)))


def best(task: Compound, *facts: Fact) -> FoundPlan:
    arguments = tuple(WORDS[one.name] for one in task.parameters)
    problem = Problem(tasks=(Subtask(label="c1.1", task=task.name, arguments=arguments),), facts=facts)
    search = Search(KNOWN.reachable([task.name]), problem, Wanted(plans=1, nodes=2000))
    while not search.run(100):
        pass
    assert search.outcome.plans, task.name
    return search.outcome.plans[0]


@pytest.mark.parametrize("module", [doings, figures, marks, parts, whole], ids=lambda module: module.__name__)
def test_what_the_reading_names_is_in_the_library(module: ModuleType) -> None:
    names = named_in(module)
    assert names
    assert names <= TASKS.keys()


def test_every_compound_and_step_is_of_use() -> None:
    named = set().union(*map(named_in, (doings, figures, marks, parts, whole)))
    called = {subtask.task for method in DOMAIN.methods for subtask in method.subtasks}
    assert set(COMPOUNDS) <= named
    assert set(TASKS) <= named | called


def test_a_compound_takes_only_words_that_the_reading_has() -> None:
    for one in COMPOUNDS.values():
        assert {parameter.name for parameter in one.parameters} <= WORDS.keys(), one.name


@pytest.mark.long
def test_every_compound_can_be_done_whatever_is_known_with_and_without_preparation() -> None:
    for one in COMPOUNDS.values():
        full = best(one)
        plain = best(one, Fact(relation="plain", arguments=("c1.1",)))
        assert len(plain.steps) <= len(full.steps)
        assert [node.label for node in full.tree.values()][1] == "c1.1"


def test_the_likeliest_way_without_money_is_the_one_listed_first() -> None:
    first: dict[str, str] = {}
    for method in DOMAIN.methods:
        first.setdefault(method.task, method.name)
    for one in COMPOUNDS.values():
        chosen = best(one).tree[1].method
        assert chosen == first[one.name], f"{one.name} goes by {chosen}"


def test_each_way_says_how_in_a_few_words_before_it_says_why() -> None:
    for method in DOMAIN.methods:
        how, *why = method.summary.split("; ")
        assert 3 <= len(how) <= 70, method.name
        assert len(why) <= 1, method.name
        assert method.summary[0].islower(), method.name


def test_most_kinds_of_doing_have_more_than_one_way() -> None:
    ways = dict.fromkeys(doings.BY_KIND.values(), 0)
    for method in DOMAIN.methods:
        if method.task in ways and not method.name.endswith("_in_one_go"):
            ways[method.task] += 1
    several = [name for name, count in ways.items() if count > 1]
    assert len(several) >= 0.75 * len(ways)
