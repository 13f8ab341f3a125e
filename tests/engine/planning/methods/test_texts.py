"""The short texts of method files mean what they say."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.language.domain import ThreePoints
from engine.planning.language.terms import (
    AllOf,
    Amount,
    AnyOf,
    Arithmetic,
    Bind,
    Compare,
    Comparison,
    Condition,
    Effect,
    Expression,
    Given,
    Increase,
    Operator,
    SetTo,
    Variable,
    absent,
    add,
    amount,
    compare,
    holds,
    remove,
)
from engine.planning.methods.amounts import read_duration, read_estimate, read_target
from engine.planning.methods.arithmetic import read_expression
from engine.planning.methods.conditions import read_conditions, read_effect
from engine.planning.methods.grammar import Unclear, Words, read_call

WORDS = Words(
    context=frozenset({"has_tests", "days", "language", "change"}),
    numbers=frozenset({"budget", "stock"}),
    facts=frozenset({"built", "ready"}),
)
N, M = Variable(name="n"), Variable(name="m")
DAYS = Given(key="days")


def plus(*operands: Expression) -> Arithmetic:
    return Arithmetic(operator=Operator.PLUS, operands=operands)


def minus(left: Expression, right: Expression) -> Arithmetic:
    return Arithmetic(operator=Operator.MINUS, operands=(left, right))


def times(*operands: Expression) -> Arithmetic:
    return Arithmetic(operator=Operator.TIMES, operands=operands)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("built ?thing", (holds("built", "?thing"),)),
        ("built(?thing)", (holds("built", "?thing"),)),
        ("at ?x home", (holds("at", "?x", "home"),)),
        ('at(?x, "the shed", -3, 2.5, true)', (holds("at", "?x", "the shed", -3, 2.5, True),)),
        ("asked(?c, trains-often)", (holds("asked", "?c", "trains-often"),)),
        ("ready", (holds("ready"),)),
        ("ready()", (holds("ready"),)),
        ("not built ?thing", (absent("built", "?thing"),)),
        ("not ready", (absent("ready"),)),
        ("has_tests", (compare(Given(key="has_tests"), "=", True),)),
        ("not has_tests", (compare(Given(key="has_tests"), "=", False),)),
        ("days >= 30", (compare(DAYS, ">=", 30),)),
        ("30 < days", (compare(30, "<", DAYS),)),
        ("budget > 500 * ?n", (compare(amount("budget"), ">", times(500, N)),)),
        ("stock(home) != 0", (compare(amount("stock", "home"), "!=", 0),)),
        ("language = python", (compare(Given(key="language"), "=", "python"),)),
        ("language == 'C++'", (compare(Given(key="language"), "=", "C++"),)),
        ("has_tests = false", (compare(Given(key="has_tests"), "=", False),)),
        ("?n != ?m", (compare(N, "!=", M),)),
        ("?n = budget", (compare(N, "=", amount("budget")),)),
        ("let ?n = min(days, 30)", (Bind(variable=N, value=Arithmetic(operator=Operator.LEAST, operands=(DAYS, 30))),)),
        ("ready and has_tests", (holds("ready"), compare(Given(key="has_tests"), "=", True))),
        ("ready or built ?n", (AnyOf(conditions=(holds("ready"), holds("built", "?n"))),)),
        (
            "ready and not built x or days < 3",
            (AnyOf(conditions=(AllOf(conditions=(holds("ready"), absent("built", "x"))), compare(DAYS, "<", 3))),),
        ),
        ("built('salt and pepper')", (holds("built", "salt and pepper"),)),
    ],
)
def test_a_condition_means(text: str, means: tuple[Condition, ...]) -> None:
    assert read_conditions(text, WORDS) == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("built ?thing", add("built", "?thing")),
        ("not at(?x, home)", remove("at", "?x", "home")),
        ("budget -= 500", Increase(quantity="budget", by=-500)),
        ("budget += ?n", Increase(quantity="budget", by=N)),
        ("budget -= ?n", Increase(quantity="budget", by=minus(0, N))),
        (
            "stock(home) = budget / 2",
            SetTo(quantity="stock", arguments=("home",), value=read_expression("budget / 2", WORDS)),
        ),
    ],
)
def test_an_effect_means(text: str, means: Effect) -> None:
    assert read_effect(text, WORDS) == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("1 + 2 * 3", plus(1, times(2, 3))),
        ("(1 + 2) * 3", times(plus(1, 2), 3)),
        ("1 - 2 - 3", minus(minus(1, 2), 3)),
        ("1 + 2 + 3 + 4", plus(1, 2, 3, 4)),
        ("1 + (2 + 3)", plus(1, plus(2, 3))),
        ("-?n", minus(0, N)),
        ("-3", -3),
        ("max(?n, 1, days)", Arithmetic(operator=Operator.MOST, operands=(N, 1, DAYS))),
        ("stock(?n) - budget", minus(Amount(quantity="stock", arguments=(N,)), Amount(quantity="budget"))),
    ],
)
def test_an_expression_means(text: str, means: Expression) -> None:
    assert read_expression(text, WORDS) == means


def test_a_long_sum_is_no_deep_one() -> None:
    found = read_expression(" + ".join(["?n"] * 100), WORDS)
    assert found == plus(*[N] * 100)


@pytest.mark.parametrize("text", ["(" * 40 + "1" + ")" * 40, "-" * 60 + "1", "min(" * 30 + "1" + ")" * 30])
def test_a_deep_expression_is_unclear(text: str) -> None:
    with pytest.raises(Unclear, match="nested too deeply"):
        read_expression(text, WORDS)


@pytest.mark.parametrize(
    ("text", "low", "likely", "high"),
    [
        ("8-24-80h", 8, 24, 80),
        ("30-60-120min", 0.5, 1, 2),
        ("1-2-5d", 24, 48, 120),
        ("1 - 2 - 4 w", 168, 336, 672),
        ("30min-2h-1d", 0.5, 2, 24),
        ("0.5–1–2.5h", 0.5, 1, 2.5),
        ("30min-1-2h", 0.5, 1, 2),
    ],
)
def test_an_estimate_means(text: str, low: float, likely: float, high: float) -> None:
    assert read_estimate(text) == ThreePoints(low=low, likely=likely, high=high)


def test_a_duration_has_a_unit() -> None:
    assert read_duration("2d") == 48
    assert read_duration("90min") == 1.5
    assert read_duration("?n * 3") is None
    assert read_duration("24") is None


@pytest.mark.parametrize(
    ("text", "value", "unit", "at_most"),
    [
        ("at least 500 signups", 500, "signups", False),
        ("at most 200 ms", 200, "ms", True),
        ("At least ?n %", N, "%", False),
        ("at least 2 * ?n km/h", times(2, N), "km/h", False),
        ("at most 3.5", 3.5, "", True),
    ],
)
def test_a_target_means(text: str, value: Expression, unit: str, at_most: bool) -> None:
    found = read_target(text, WORDS)
    assert (found.value, found.unit, found.at_most) == (value, unit, at_most)


def test_a_call_tells_whether_it_has_parentheses() -> None:
    assert read_call("retro").bare
    assert not read_call("retro()").bare
    assert read_call('write(?what, "a plan", 3)').arguments == (Variable(name="what"), "a plan", 3)


TEXTS = st.text(alphabet="?nab_ ()+-*/<>=!,.'\"0123456789 andorletminmaxnotdysbugek-€ß", max_size=60)


@given(TEXTS)
def test_any_text_is_understood_or_unclear(text: str) -> None:
    readings = (
        lambda: read_conditions(text, WORDS),
        lambda: read_effect(text, WORDS),
        lambda: read_expression(text, WORDS),
        lambda: read_estimate(text),
        lambda: read_duration(text),
        lambda: read_target(text, WORDS),
        lambda: read_call(text),
    )
    for reading in readings:
        with contextlib.suppress(Unclear):
            reading()


NUMBERS = st.integers(min_value=0, max_value=99)
EXPRESSIONS = st.recursive(
    st.one_of(NUMBERS, st.just(N), st.just(DAYS), st.just(Amount(quantity="stock", arguments=(N, "home")))),
    lambda inner: st.tuples(st.sampled_from(["-", "/", "min", "max"]), inner, inner).map(
        lambda three: Arithmetic(operator=Operator(three[0]), operands=three[1:])
    ),
    max_leaves=8,
)


def written(value: Expression) -> str:
    """An expression as a person would write it."""
    match value:
        case Variable():
            return f"?{value.name}"
        case Given():
            return value.key
        case Amount():
            return f"{value.quantity}({', '.join(written(one) for one in value.arguments)})"
        case Arithmetic() if value.operator in {Operator.LEAST, Operator.MOST}:
            return f"{value.operator}({', '.join(map(written, value.operands))})"
        case Arithmetic():
            return f"({f' {value.operator} '.join(map(written, value.operands))})"
        case _:
            return str(value)


@given(EXPRESSIONS, st.sampled_from(list(Comparison)), EXPRESSIONS)
def test_what_is_written_out_reads_back_the_same(left: Expression, comparison: Comparison, right: Expression) -> None:
    if len(written(left)) + len(written(right)) < 500:
        text = f"{written(left)} {comparison} {written(right)}"
        assert read_conditions(text, WORDS) == (Compare(left=left, comparison=comparison, right=right),)
