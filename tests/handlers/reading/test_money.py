"""Sums in people's own words: read as they are meant, and never taken for money where they may mean something else."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInputError
from engine.money import MICROS, UNBOUNDED, Amount, Cap
from handlers.reading.money import BudgetWish, budget_wish, goal_named, money_spent, more_wanted, sum_of


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("add 3 dollars", Amount(micros=3 * MICROS)), ("Add $1", Amount(micros=MICROS)),
        ("+5", Amount(micros=5 * MICROS)), ("3", Amount(micros=3 * MICROS)), ("2.50", Amount(micros=2_500_000)),
        ("give it 2 more dollars", None), ("raise it by $4, please", Amount(micros=4 * MICROS)),
        ("3 more", Amount(micros=3 * MICROS)), ("please add 1 dollar.", Amount(micros=MICROS)),
        ("add 300k tokens", Amount(tokens=300_000)), ("50,000 tokens", Amount(tokens=50_000)),
        ("add 1.5 million tokens", Amount(tokens=1_500_000)),
        ("add $1 and 100,000 tokens", Amount(micros=MICROS, tokens=100_000)),
        ("add nothing", None), ("0", None), ("stop", None),
        ("add 3 eggs", None), ("call 555 1234", None), ("", None), ("add 3 dollars" + "!" * 300, None),
    ],
)  # fmt: skip
def test_an_answer_to_the_question_for_more_is_read_in_many_ways(text: str, amount: Amount | None) -> None:
    assert more_wanted(text, asked=True) == amount


@pytest.mark.parametrize("text", ["3", "$5", "add 3", "add 3 chairs to the hall", "5 dollars", "Add a task"])
def test_words_that_nobody_asked_for_need_a_verb_and_a_unit_to_be_about_money(text: str) -> None:
    assert more_wanted(text, asked=False) is None


def test_words_with_a_verb_and_a_unit_are_about_money_wherever_they_are_said() -> None:
    assert more_wanted("add 3 dollars", asked=False) == Amount(micros=3 * MICROS)
    assert more_wanted("allow $2 more", asked=False) == Amount(micros=2 * MICROS)


@given(st.text(max_size=60))
def test_any_words_are_read_or_refused_but_never_crash(text: str) -> None:
    more_wanted(text, asked=True)
    goal_named(text, budget_wish)
    goal_named(text, money_spent)
    for read in (budget_wish, money_spent, sum_of):
        with suppress(InvalidInputError):
            read(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("7", (None, "7")),
        ("7.", (None, "7.")),
        ("#7 5", (7, "5")),
        ("#7: 5", (7, "5")),
        ("7: 5", (7, "5")),
        ("7. 5", (7, "5")),
        ("goal 7 5", (7, "5")),
        ("#7", (7, "")),
        ("#2.50", (None, "#2.50")),
        (None, (None, "")),
        ("1 0.6", (1, "0.6")),
        ("1 none", (1, "none")),
        ("1 $5 a day", (1, "$5 a day")),
        ("1 200000 tokens", (1, "200000 tokens")),
        ("1 000", (None, "1 000")),
        ("1 million tokens", (None, "1 million tokens")),
        ("1 a lot", (None, "1 a lot")),
    ],
)
def test_a_number_names_a_goal_where_it_can_be_no_sum(text: str | None, named: tuple[int | None, str]) -> None:
    assert goal_named(text, budget_wish) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("7: 12.50 domain", (7, "12.50 domain")),
        ("1 12.50 domain", (1, "12.50 domain")),
        ("1 5 dollars for the domain", (1, "5 dollars for the domain")),
        ("1 -$5 domain", (1, "-$5 domain")),
        ("7, 12.50 domain", (7, "12.50 domain")),
        ("5, domain", (None, "5, domain")),
        ("3. 20 ads", (3, "20 ads")),
        ("3, 20", (3, "20")),
        ("5. domain", (None, "5. domain")),
        ("12 3 pizzas", (None, "12 3 pizzas")),
        ("1 500 rent", (None, "1 500 rent")),
    ],
)
def test_what_was_spent_names_a_goal_where_two_sums_would_stand_in_it(text: str, named: tuple[int | None, str]) -> None:
    assert goal_named(text, money_spent) == named


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", BudgetWish()), ("5", BudgetWish(sets=Cap(micros=5 * MICROS))),
        ("$12.50", BudgetWish(sets=Cap(micros=12_500_000))),
        ("200000 tokens", BudgetWish(sets=Cap(tokens=200_000))), ("none", BudgetWish(unbounded=True)),
        ("default", BudgetWish(default=True)), ("day", BudgetWish(day=True)),
        ("day 10", BudgetWish(day=True, sets=Cap(micros=10 * MICROS))),
        ("day none", BudgetWish(day=True, unbounded=True)), ("0", BudgetWish(sets=Cap(micros=0))),
        ("max 2 dollars", BudgetWish(sets=Cap(micros=2 * MICROS))),
        ("at most $3, please", BudgetWish(sets=Cap(micros=3 * MICROS))),
        ("2 bucks max", BudgetWish(sets=Cap(micros=2 * MICROS))),
        ("Set it to two dollars", BudgetWish(sets=Cap(micros=2 * MICROS))),
        ("a dollar", BudgetWish(sets=Cap(micros=MICROS))), ("50 cents", BudgetWish(sets=Cap(micros=MICROS // 2))),
        ("5 usd a day", BudgetWish(day=True, sets=Cap(micros=5 * MICROS))),
        ("max. $5 per day", BudgetWish(day=True, sets=Cap(micros=5 * MICROS))),
        ("5/day", BudgetWish(day=True, sets=Cap(micros=5 * MICROS))),
        ("up to 100k tokens every day", BudgetWish(day=True, sets=Cap(tokens=100_000))),
        ("for today 5", BudgetWish(day=True, sets=Cap(micros=5 * MICROS))),
        ("no limit a day", BudgetWish(day=True, unbounded=True)), ("without any limit", BudgetWish(unbounded=True)),
        ("daily", BudgetWish(day=True)), ("$1 and 5000 tokens", BudgetWish(sets=Cap(micros=MICROS, tokens=5_000))),
        ("200k tokens, 5 dollars", BudgetWish(sets=Cap(micros=5 * MICROS, tokens=200_000))),
        ("at most $2 and no more than 9k tokens a day",
         BudgetWish(day=True, sets=Cap(micros=2 * MICROS, tokens=9_000))),
        ("5 + 1 million tokens", BudgetWish(sets=Cap(micros=5 * MICROS, tokens=1_000_000))),
        ("$0 and 5 tokens", BudgetWish(sets=Cap(micros=0, tokens=5))),
        ("under $5", BudgetWish(sets=Cap(micros=5 * MICROS))),
    ],
)  # fmt: skip
def test_a_budget_is_set_as_it_is_written(text: str, wish: BudgetWish) -> None:
    assert budget_wish(text) == wish


@given(
    st.builds(
        Cap,
        micros=st.none() | st.integers(0, 10_000 * MICROS) | st.integers(0, 10_000),
        tokens=st.none() | st.integers(1, 10**9),
    )
)
def test_a_budget_is_taken_as_the_bot_writes_it(cap: Cap) -> None:
    for day, text in ((False, f"{cap}"), (True, f"{cap} a day")):
        wish = budget_wish(text)
        assert (wish.day, str(wish.cap(UNBOUNDED))) == (day, str(cap).removeprefix("under "))


@pytest.mark.parametrize("text", ["$1 and $2", "5 tokens and 6 tokens", "$1 and 5 tokens and $2", "$1 and a pony"])
def test_a_budget_is_one_sum_of_money_and_one_of_tokens_at_most(text: str) -> None:
    with pytest.raises(InvalidInputError):
        budget_wish(text)


@pytest.mark.parametrize(
    ("text", "told"), [("+5", "«+5» is no sum"), ("5;", "«5;» is no sum"), (", " * 2_000, "too long")]
)
def test_what_is_no_budget_is_refused_with_what_was_said(text: str, told: str) -> None:
    with pytest.raises(InvalidInputError, match=re.escape(told)):
        budget_wish(text)


def test_a_budget_of_money_leaves_that_of_tokens_and_the_other_way_round() -> None:
    both = Cap(micros=1, tokens=2)
    assert budget_wish("5").cap(both) == Cap(micros=5 * MICROS, tokens=2)
    assert budget_wish("9 tokens").cap(both) == Cap(micros=1, tokens=9)
    assert budget_wish("none").cap(both) == UNBOUNDED
    assert budget_wish("default").cap(both) is None
    assert budget_wish("0").cap(both) == Cap(micros=0, tokens=2)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12.50 domain", (12_500_000, "domain")), ("$12.50 for the domain", (12_500_000, "the domain")),
        ("-12.50 domain", (-12_500_000, "domain")), ("−3 $ tape", (-3_000_000, "tape")),
        ("1,000 rent", (1_000_000_000, "rent")), ("7", (7_000_000, "")), ("3 dollars tape", (3_000_000, "tape")),
        ("12,50 paper", (12_500_000, "paper")),
        ("domain 12.50", (12_500_000, "domain")), ("for the domain: $12", (12_000_000, "the domain")),
        ("3 pounds of flour", (3_000_000, "pounds of flour")), ("9 real estate ad", (9_000_000, "real estate ad")),
        ("4 for a €5 voucher", (4_000_000, "a €5 voucher")),
    ],
)  # fmt: skip
def test_what_was_spent_is_read_with_what_for(text: str, found: tuple[int, str]) -> None:
    assert money_spent(text) == found


@pytest.mark.parametrize(
    "text", ["€5", "5€ tea", "5 eur tea", "£3.50 tape", "12.50 Euros for a lamp", "CHF 20", "A$5 x", "tea €5"]
)
def test_other_money_than_dollars_is_refused_and_never_taken_for_dollars(text: str) -> None:
    with pytest.raises(InvalidInputError, match="US dollars only"):
        money_spent(text)


@pytest.mark.parametrize("text", ["€5", "5 euros", "5 eur a day", "max 3 pounds"])
def test_a_budget_in_other_money_is_refused_as_such(text: str) -> None:
    with pytest.raises(InvalidInputError, match="US dollars only"):
        budget_wish(text)


@pytest.mark.parametrize(
    "text",
    ["", "domain", "0 domain", "9999999 yacht", "1.2.3 x", "10k on ads", "12.50€ domain", "1 500 server", "5% tip"],
)
def test_spending_without_a_sum_that_can_be_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        money_spent(text)
    assert "/spent 12.50 domain" in caught.value.accepts


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("1.000 tokens", 1_000), ("1,000 tokens", 1_000), ("1 000 000 tokens", 1_000_000), ("1'500 tokens", 1_500),
        ("1.5k tokens", 1_500), ("1,5k tokens", 1_500), ("1,500k tokens", 1_500_000),
        ("1.500 million tokens", 1_500_000),
        ("0.5 thousand tokens", 500), ("12 k tokens", 12_000),
    ],
)  # fmt: skip
def test_points_and_commas_part_groups_of_three_digits_or_stand_before_decimals_of_a_unit(
    text: str, tokens: int
) -> None:
    assert sum_of(text) == Amount(tokens=tokens)


@pytest.mark.parametrize(
    "text", ["1.5 tokens", "1,5 tokens", "1 5 tokens", "1.50 tokens", "1.2.3k tokens", "1,.5k tokens"]
)
def test_half_a_token_and_odd_groups_are_asked_about_and_never_read_as_more(text: str) -> None:
    with pytest.raises(InvalidInputError):
        sum_of(text)
