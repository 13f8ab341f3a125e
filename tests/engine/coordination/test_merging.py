"""Merging: every source is kept, what contradicts is flagged, and the order of the parts does not matter."""

import random

from hypothesis import given
from hypothesis import strategies as st

from engine.coordination.merging import Brought, Contradiction, Merged, Said, digest_of, merged
from engine.values import JsonValue, TaskId

scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(("red", "blue", "a.b"))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("a", "b", "a.b", "c")), inner),
    max_leaves=8,
)
parts_given = st.lists(values, max_size=6).map(
    lambda given: [brought(number, value) for number, value in enumerate(given, 1)]
)


def brought(number: int, value: JsonValue, *, compared: bool = True) -> Brought:
    return Brought(task=TaskId(f"1.{number}"), title=f"Part {number}", value=value, compared=compared)


def sources(*numbers: int) -> tuple[TaskId, ...]:
    return tuple(TaskId(f"1.{number}") for number in numbers)


def names_in(value: JsonValue, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """All things that a result speaks of."""
    if isinstance(value, dict) and (value or not path):
        return {name for key, item in value.items() for name in names_in(item, (*path, key))}
    return {path}


def test_what_all_agree_on_is_a_fact_with_its_sources_and_what_differs_is_flagged() -> None:
    found = merged(
        [
            brought(1, {"price": 5, "colour": "Red", "site": {"host": "a.org"}}),
            brought(2, {"price": 5.0, "colour": "blue", "site": {"host": "b.org", "port": 80}}),
            brought(3, {"colour": "red "}),
        ]
    )
    assert found.facts == {"price": 5, "site": {"port": 80}}
    assert found.sources == {"price": sources(1, 2), "site.port": sources(2)}
    assert found.contradictions == (
        Contradiction(
            about="colour",
            said=(Said(value="Red", sources=sources(1, 3)), Said(value="blue", sources=sources(2))),
        ),
        Contradiction(
            about="site.host",
            said=(Said(value="a.org", sources=sources(1)), Said(value="b.org", sources=sources(2))),
        ),
    )
    assert not found.is_clear


def test_lists_add_up_without_repeats_and_texts_are_kept_as_they_are() -> None:
    found = merged([brought(1, {"names": ["x", "y"]}), brought(2, {"names": ["y", "z"]}), brought(3, "a report")])
    assert found.facts == {"names": ["x", "y", "z"]}
    assert found.sources == {"names": sources(1, 2)}
    assert found.results[TaskId("1.3")] == "a report"
    assert found.is_clear


def test_a_yes_is_no_one_and_a_thing_that_is_no_mapping_elsewhere_contradicts() -> None:
    assert not merged([brought(1, {"on": True}), brought(2, {"on": 1})]).is_clear
    assert merged([brought(1, {"on": {"x": 1}}), brought(2, {"on": 3})]).contradictions[0].about == "on"


def test_readings_of_their_own_are_kept_and_compared_with_nothing() -> None:
    found = merged([brought(1, {"output": "a"}, compared=False), brought(2, {"output": "b"}, compared=False)])
    assert (found.is_clear, found.facts) == (True, {})
    assert found.results == {TaskId("1.1"): {"output": "a"}, TaskId("1.2"): {"output": "b"}}


def test_who_speaks_of_a_thing_and_of_nothing_in_it_is_a_source_of_it() -> None:
    found = merged([brought(1, {"site": {}}), brought(2, {"site": {"host": "a"}})])
    assert found.facts == {"site": {"host": "a"}}
    assert found.sources == {"site": ("1.1",), "site.host": ("1.2",)}


def test_nothing_comes_to_nothing() -> None:
    assert merged([]) == Merged()
    assert merged([brought(1, {})]).facts == {}


@given(parts_given, st.randoms())
def test_the_order_of_the_parts_does_not_matter(parts: list[Brought], chance: random.Random) -> None:
    mixed = list(parts)
    chance.shuffle(mixed)
    assert merged(mixed) == merged(parts)
    assert digest_of(mixed) == digest_of(parts)


@given(parts_given)
def test_every_source_is_kept_and_nothing_of_what_was_said_is_lost(parts: list[Brought]) -> None:
    found = merged(parts)
    assert found.results == {part.task: part.value for part in parts}
    told = {(name, source) for name, its in found.sources.items() for source in its}
    against = {(one.about, source) for one in found.contradictions for said in one.said for source in said.sources}
    for part in parts:
        for path in names_in(part.value) if isinstance(part.value, dict) else ():
            shown = [".".join(step.replace(".", "\\.") for step in path[:end]) for end in range(1, len(path) + 1)]
            assert any((name, part.task) in told | against for name in shown), path


@given(parts_given)
def test_a_contradiction_names_two_different_values_and_is_never_a_fact(parts: list[Brought]) -> None:
    found = merged(parts)
    for one in found.contradictions:
        assert len(one.said) > 1
        assert all(said.sources for said in one.said)
        assert one.about not in found.sources


@given(values)
def test_saying_the_same_twice_contradicts_nothing(value: JsonValue) -> None:
    assert merged([brought(1, value), brought(2, value)]).is_clear


def test_other_results_have_another_digest() -> None:
    one, other = [brought(1, "a"), brought(2, "b")], [brought(1, "a"), brought(2, "c")]
    assert digest_of(one) == digest_of(one[::-1]) != digest_of(other)
