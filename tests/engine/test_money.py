"""Money is exact: whole micro-dollars, caps that hold to the last one, sums in words read as they are meant."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInputError
from engine.money import (
    MICROS,
    NEARLY,
    NOTHING,
    UNBOUNDED,
    Account,
    Amount,
    BudgetReached,
    Cap,
    Shortage,
    crossed,
    day_account,
    dollars,
    goal_account,
    micros_of,
    parse_dollars,
    total,
)
from engine.money_commands import checked_micros, checked_tokens
from engine.values import ChatId, GoalId

sums = st.integers(0, 10**12)
amounts = st.builds(Amount, micros=sums, tokens=sums)
bounds = st.none() | sums
caps = st.builds(Cap, micros=bounds, tokens=bounds)


@given(st.lists(amounts))
def test_a_total_is_exact_in_any_order(each: list[Amount]) -> None:
    assert total(each) == total(reversed(each))
    assert total(each).micros == sum(one.micros for one in each)
    assert total([*each, NOTHING]) == total(each)


@given(sums)
def test_a_sum_in_full_reads_back_as_itself_to_the_last_micro(micros: int) -> None:
    written = f"{micros // MICROS}.{micros % MICROS:06}"
    assert parse_dollars(written) == micros
    assert parse_dollars(written.replace(".", ",")) == micros
    assert checked_micros(written) == micros
    assert checked_micros(Decimal(written)) == micros


@given(st.integers(0, 10**8))
def test_whole_cents_are_shown_as_they_are_and_read_back(cents: int) -> None:
    micros = cents * MICROS // 100
    assert parse_dollars(dollars(micros)) == micros
    assert parse_dollars(f"{cents / 100:.2f}") == micros
    assert checked_micros(cents / 100) == micros, "a float of a program is what it is written as"


@given(sums)
def test_what_is_shown_is_off_by_half_a_cent_at_most(micros: int) -> None:
    shown = dollars(micros)
    assert shown == "under $0.0001" or abs(parse_dollars(shown) - micros) <= MICROS // 200


@given(sums, sums)
def test_a_larger_sum_never_looks_smaller(one: int, other: int) -> None:
    less, more = sorted((max(one, 50), max(other, 50)))
    assert parse_dollars(dollars(less)) <= parse_dollars(dollars(more))


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("12.50", 12_500_000), ("$12.50", 12_500_000), ("12,50 USD", 12_500_000), ("1,000", 1_000_000_000),
        ("1,000.5", 1_000_500_000), ("3 dollars", 3_000_000), ("5$", 5_000_000), (".5", 500_000), ("0", 0),
        ("0.0000005", 0), ("0.0000015", 2),
    ],
)  # fmt: skip
def test_sums_are_read_as_people_write_them(text: str, micros: int) -> None:
    assert parse_dollars(text) == micros


@pytest.mark.parametrize("text", ["", "$", "-1", "nan", "inf", "1e3", "1_000", "1000001", "twelve", "1.2.3", "٣" * 400])
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        parse_dollars(text)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), "many", True, 10**7])
def test_a_program_can_not_set_what_is_no_sum(value: float) -> None:
    with pytest.raises(InvalidInputError):
        checked_micros(value)


@pytest.mark.parametrize("value", [-1, 1.5, True, 10**13])
def test_a_program_can_not_set_what_is_no_number_of_tokens(value: int) -> None:
    with pytest.raises(InvalidInputError):
        checked_tokens(value)


@given(caps, amounts)
def test_a_cap_allows_what_is_within_it_and_not_a_micro_more(cap: Cap, spent: Amount) -> None:
    inside = (cap.micros is None or spent.micros <= cap.micros) and (cap.tokens is None or spent.tokens <= cap.tokens)
    assert cap.allows(spent) is inside
    assert (cap.share(spent) <= 1) is inside or cap.share(spent) == 1
    if cap.micros is not None:
        assert cap.allows(Amount(micros=cap.micros))
        assert not cap.allows(Amount(micros=cap.micros + 1))


@given(caps, amounts, amounts)
def test_raising_a_cap_makes_room_for_just_so_much_more(cap: Cap, by: Amount, spent: Amount) -> None:
    raised = cap.raised(by, spent)
    assert (raised.micros is None) is (cap.micros is None)
    for bound, before, more, gone in (
        (raised.micros, cap.micros, by.micros, spent.micros),
        (raised.tokens, cap.tokens, by.tokens, spent.tokens),
    ):
        if bound is not None and before is not None:
            assert bound == (max(before, gone) + more if more else before)
    assert UNBOUNDED.raised(by, spent) == UNBOUNDED


@given(st.integers(1, 10**9), st.lists(st.integers(0, 10**8), max_size=30))
def test_most_of_a_cap_is_crossed_once_however_it_is_spent(fifth: int, steps: list[int]) -> None:
    cap, spent, times = Cap(micros=5 * fifth), NOTHING, 0
    for step in [*steps, 5 * fifth]:
        after = spent + Amount(micros=step)
        times += crossed(cap, spent, after)
        spent = after
    assert times == 1
    assert crossed(cap, NOTHING, Amount(micros=4 * fifth)), f"{NEARLY:.0%} to the micro"
    assert not crossed(cap, NOTHING, Amount(micros=4 * fifth - 1))


@given(st.dates(), st.none() | st.integers(-(2**53), 2**53).map(ChatId), st.integers(1, 2**53).map(GoalId))
def test_an_accounts_name_says_whose_it_is(day: object, chat: ChatId | None, goal: GoalId) -> None:
    assert day_account(day, chat).day == (day, chat)  # type: ignore[arg-type]  # hypothesis makes dates
    assert day_account(day, chat).goal is None  # type: ignore[arg-type]  # the same
    assert goal_account(goal).goal == goal
    assert goal_account(goal).day is None


@given(caps.filter(lambda cap: cap != UNBOUNDED), amounts, amounts)
def test_a_shortage_is_met_by_a_cap_that_would_have_allowed_the_call(cap: Cap, spent: Amount, wanted: Amount) -> None:
    error = BudgetReached(Account(name="goal:1", cap=cap), spent, wanted)
    assert error.shortage.is_met_by(cap) is cap.allows(spent + wanted)
    if not cap.allows(spent + wanted):
        assert error.shortage.of_tokens is (cap.micros is None or spent.micros + wanted.micros <= cap.micros)
    assert error.shortage == Shortage(account="goal:1", spent=spent, wanted=wanted, of_tokens=error.shortage.of_tokens)


def test_sums_are_named_shortly() -> None:
    assert str(Amount(micros=MICROS)) == "$1"
    assert str(Amount(micros=2_500_000)) == "$2.50"
    assert str(Amount(tokens=100_000)) == "100,000 tokens"
    assert str(Cap(micros=5 * MICROS, tokens=200_000)) == "$5.00 and 200,000 tokens"
    assert str(UNBOUNDED) == "no bound"
    assert dollars(-1_500_000) == "-$1.50"
    assert dollars(2_300) == "$0.0023"
    assert dollars(0) == "$0.00"
    assert micros_of(Decimal("0.1")) == 100_000
