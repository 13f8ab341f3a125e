"""Values in JSON texts, found by path."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.work.json_paths import parse_json, same_json, value_at
from tests.examples import examples

DOCUMENT = parse_json('{"data": {"items": [{"price": 3}, {"price": 4.5}], "0": "zero"}, "none": null}')


@pytest.mark.parametrize(
    ("path", "value"),
    [("data.items.1.price", 4.5), ("data.items.0", {"price": 3}), ("data.0", "zero"), ("none", None)],
)
def test_a_path_leads_through_keys_and_positions(path: str, value: object) -> None:
    assert value_at(DOCUMENT, path) == value


@pytest.mark.parametrize(
    "path",
    ["", "data.", "data.items.2", "data.items.-1", "data.items.x", "data.items.²", "none.x", "data.items.0000000000"],
)
def test_a_path_to_nothing_is_a_lookup_error(path: str) -> None:
    with pytest.raises(LookupError):
        value_at(DOCUMENT, path)


@pytest.mark.parametrize("written", ["", "{", "[" * 100_000, "9" * 10_000])
def test_what_is_no_json_is_a_value_error_however_deep_or_long(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the type is the promise
        parse_json(written)


def test_numbers_are_equal_by_value_and_truth_is_no_number() -> None:
    assert same_json(1, 1.0)
    assert same_json({"a": [1, None]}, {"a": [1.0, None]})
    assert not same_json(1, True)
    assert not same_json([0], [False])
    assert not same_json([1], [1, 2])
    assert not same_json({"a": 1}, {"b": 1})
    assert not same_json(None, False)
    assert not same_json("1", 1)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@examples(10)
@given(json_values)
def test_a_value_is_the_same_after_a_trip_through_text(value: object) -> None:
    assert same_json(parse_json(json.dumps(value)), value)  # type: ignore[arg-type] # hypothesis knows no JsonValue
