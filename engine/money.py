"""Money and tokens as whole numbers, caps on them, and the accounts that a call is charged to. Pure.

Money is counted in micro-dollars, a millionth of a US dollar: sums of whole numbers are exact.
"""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import InvalidInputError, ResourceBlocked
from engine.values import ChatId, GoalId

MICROS = 1_000_000
"""Micro-dollars in a dollar."""
CHARACTERS_A_TOKEN = 3
"""Fewer than a token has in any language that is written with letters: an estimate should be too high."""
NEARLY = 0.8
"""The share of a cap at which its owner is told, once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Some money and some tokens."""

    micros: int = 0
    tokens: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(micros=self.micros + other.micros, tokens=self.tokens + other.tokens)


NOTHING = Amount()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The most that may be spent; None where nothing bounds it."""

    micros: int | None = None
    tokens: int | None = None

    def allows(self, amount: Amount) -> bool:
        """Whether so much in all is within it."""
        return (self.micros is None or amount.micros <= self.micros) and (
            self.tokens is None or amount.tokens <= self.tokens
        )

    def share(self, amount: Amount) -> float:
        """How much of it so much in all is: 1 is all of it. 0 where nothing bounds it."""
        parts = [
            used / cap if cap else math.inf
            for used, cap in ((amount.micros, self.micros), (amount.tokens, self.tokens))
            if cap is not None and (cap or used)
        ]
        return max(parts, default=0.0)


UNBOUNDED = Cap()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a call is charged to, and how much may be charged in all."""

    name: str
    """`goal:12`, or `day:2026-11-22/5` for a day of chat 5."""
    cap: Cap = UNBOUNDED


def goal_account(goal: GoalId, cap: Cap = UNBOUNDED) -> Account:
    """The account of a goal."""
    return Account(name=f"goal:{goal}", cap=cap)


def day_account(day: dt.date, chat: ChatId | None, cap: Cap = UNBOUNDED) -> Account:
    """The account of a chat's day, in the chat's own zone; None is the day of programs."""
    return Account(name=f"day:{day.isoformat()}/{chat if chat is not None else '-'}", cap=cap)


class BudgetReached(ResourceBlocked):
    """A call would pass a cap, and was not made."""

    def __init__(self, account: Account, spent: Amount, wanted: Amount) -> None:
        what = "today" if account.name.startswith("day:") else "this goal"
        left = account.cap
        if left.micros is not None and spent.micros + wanted.micros > left.micros:
            told = f"{dollars(spent.micros)} of {dollars(left.micros)} for {what} are spent"
        else:
            told = f"{spent.tokens:,} of {left.tokens or 0:,} tokens for {what} are spent"
        super().__init__("budget", f"{told}; the next step may take {dollars(wanted.micros)}")
        self.account = account
        self.spent = spent
        self.wanted = wanted


def crossed(cap: Cap, before: Amount, after: Amount, share: float = NEARLY) -> bool:
    """Whether that share of the cap was reached between the two sums."""
    return cap.share(before) < share <= cap.share(after)


def tokens_of(characters: int) -> int:
    """How many tokens so many characters are at most, by rule of thumb."""
    return -(-characters // CHARACTERS_A_TOKEN)


def dollars(micros: int) -> str:
    """`$1.50`, and `$0.0023` for what is less than a cent."""
    if micros < 0:
        return f"-{dollars(-micros)}"
    if 0 < micros < MICROS // 100:
        return f"${micros / MICROS:.4f}" if micros >= 50 else "under $0.0001"
    return f"${micros / MICROS:,.2f}"


def parse_dollars(text: str) -> int:
    """`12.50`, `$12.50`, `12,50 USD` in micro-dollars. Raises `InvalidInputError`."""
    bare = text.strip().lower().removesuffix("usd").removesuffix("dollars").removesuffix("dollar").strip()
    bare = bare.removeprefix("$").removesuffix("$").strip().replace(" ", "")
    if "," in bare and "." not in bare and len(bare.rpartition(",")[2]) != 3:
        bare = bare.replace(",", ".")
    try:
        value = float(bare.replace(",", ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not 0 <= value <= 1_000_000:
        raise InvalidInputError(
            "amount", f"«{text[:40]}» is no sum of money", "dollars from 0 to 1,000,000, as in 12.50"
        )
    return round(value * MICROS)


def total(amounts: Iterable[Amount]) -> Amount:
    """All of them together."""
    return sum(amounts, NOTHING)
