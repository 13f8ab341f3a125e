"""The libraries of subjects: each way can be gone, each phrase is understood, and each step says what it is for."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from engine.planning.bridge.known import KnownMethods
from engine.planning.htn.outcome import Step
from engine.planning.language.domain import fact
from engine.planning.language.terms import Value
from engine.planning.methods.goal_facts import ASKED, CLAUSE
from engine.planning.methods.nodes import Listing, Scalar
from engine.planning.methods.recognition import Topic
from tests.engine.planning.methods.subjects import SAMPLES, SUBJECTS, Asked, arguments_of, document, library, plans_for


@pytest.mark.sample(2)
@pytest.mark.parametrize("name", SUBJECTS)
def test_it_needs_no_other_library(name: str) -> None:
    loaded = library(name)
    assert [str(fault) for fault in loaded.faults] == []
    assert {one.name for one in loaded.libraries} == {"goal", name}


@pytest.mark.sample(1)
@pytest.mark.parametrize("name", SUBJECTS)
def test_with_nothing_known_everything_can_be_done_at_odds_that_can_be_believed(name: str) -> None:
    domain = library(name).domain
    for compound in domain.compounds:
        for context in ({}, {"whole_goal": True}):
            found = plans_for(domain, Asked(tasks=((compound.name, arguments_of(compound)),), context=context))
            assert found, (compound.name, context)
            assert 0.1 <= found[0].probability <= 0.99, (compound.name, context, found[0].probability)
            assert 0 < found[0].duration.low <= found[0].duration.likely <= found[0].duration.high


def circumstances(name: str) -> Iterator[Asked]:
    """What may be known of a goal: nothing but its money; nothing but its name; all that could be; what came before;
    what other criteria speak of."""
    domain = library(name).domain
    yield Asked(tasks=(), budget=1e6)
    yield Asked(tasks=(), budget=1e6, context={"whole_goal": True})
    yield Asked(tasks=(), budget=1e6, context={key.name: True for key in domain.context if key.name.startswith("has_")})
    yield Asked(tasks=(), facts=tuple(fact(one.name, *(["x"] * len(one.parameters))) for one in domain.relations))
    elsewhere = KnownMethods(library(name)).asked
    yield Asked(tasks=(), budget=1e6, facts=tuple(fact(ASKED, SAMPLES[CLAUSE], listed) for listed in elsewhere))


@pytest.mark.sample(0, in_ci=2)  # a second and a half; the test above plans each task of it, if not in each way
@pytest.mark.parametrize("name", SUBJECTS)
def test_each_way_can_be_gone_by_somebody(name: str) -> None:
    domain = library(name).domain
    tasks = {one.name: one for one in domain.compounds}
    for method in domain.methods:
        others = tuple(one for one in domain.methods if one.task != method.task or one is method)
        given = arguments_of(tasks[method.task])
        asked = [
            replace(known, tasks=((method.task, values),))
            for known in circumstances(name)
            for values in (given, tuple(_each(1, given)), tuple(_each(1000, given)))
        ]
        assert any(plans_for(replace(domain, methods=others), one) for one in asked), method.name


def _each(number: int, given: Iterable[Value]) -> Iterator[Value]:
    """The same with so many of each: «for 1 week»."""
    for value in given:
        yield number if isinstance(value, int) else value


def steps_of(name: str) -> Iterator[Step]:
    for one in library(name).domain.primitives:
        values = dict(zip((each.name for each in one.parameters), arguments_of(one), strict=True))
        yield Step(number=1, primitive=one, values=values, context={}, after=(), serves=None, only_if=None)


@pytest.mark.parametrize("name", SUBJECTS)
def test_each_step_can_be_read_at_a_glance_and_says_what_should_come_out(name: str) -> None:
    for step in steps_of(name):
        told = (step.title, step.description, step.expected.summary, *step.checks, step.checkpoint)
        assert 10 <= len(step.title) <= 100, step.title
        assert step.expected.summary, step.primitive.name
        assert 1 <= len(step.checks) <= 3, step.primitive.name
        assert not any(re.search(r"[{}]|\?\w", text) for text in told), told
        assert not any(text.endswith((".", " ")) for text in (step.title, step.expected.summary, *step.checks)), told
        assert 0 < step.estimate.low <= step.estimate.likely <= step.estimate.high, step.primitive.name
        assert 0.4 < step.probability < 1, step.primitive.name


@pytest.mark.parametrize("name", SUBJECTS)
def test_no_step_leaves_time_or_odds_to_chance(name: str) -> None:
    for written in document(name).steps:
        keys = {key.text for key, _ in written.table.entries}
        assert keys >= {"title", "expected", "checks", "estimate", "odds"}, written.key.text


@pytest.mark.parametrize("name", SUBJECTS)
def test_no_two_steps_are_called_the_same(name: str) -> None:
    found = [step.title for step in steps_of(name)]
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("name", SUBJECTS)
def test_who_may_choose_is_told_how_the_ways_differ(name: str) -> None:
    """What is shown of a way is its summary up to the semicolon; then comes why one would go it, or not."""
    methods = library(name).domain.methods
    for method in methods:
        if sum(other.task == method.task for other in methods) > 1 and len(method.subtasks) > 1:
            how, _, why = method.summary.partition(";")
            assert 8 <= len(how) <= 60, (method.name, method.summary)
            assert why.strip(), (method.name, method.summary)
            assert ": " not in how, method.summary


@pytest.mark.parametrize("name", SUBJECTS)
def test_each_phrase_leads_to_what_it_stands_under(name: str) -> None:
    loaded = library(name)
    for written in document(name).compounds:
        for phrase in _phrases({key.text: node for key, node in written.table.entries}.get("phrases")):
            text = re.sub(r"\{(\w+)\}", lambda found: str(SAMPLES[found[1]]), phrase)
            asked = loaded.asked_for(text, [Topic(name=name, score=1.0)])
            assert asked, text
            assert written.signature is not None
            assert asked[0].task == written.signature.name, (text, asked)


def _phrases(node: object) -> Iterator[str]:
    if isinstance(node, Listing):
        for item in node.items:
            assert isinstance(item, Scalar)
            yield item.text
