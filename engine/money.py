"""Money and tokens as whole numbers, caps on them, and the accounts that a call is charged to. Pure.

Money is counted in micro-dollars, a millionth of a US dollar: sums of whole numbers are exact.
"""

import datetime as dt
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from engine.errors import InvalidInputError, ResourceBlocked
from engine.values import ChatId, GoalId

MICROS = 1_000_000
"""Micro-dollars in a dollar."""
CENT = MICROS // 100
MOST_DOLLARS = 1_000_000
"""A sum above it is a slip of the pen."""
MOST_TOKENS = 10**12
CHARACTERS_A_TOKEN = 3
"""Fewer than a token has in any language that is written with letters: an estimate should be too high."""
NEARLY = 0.8
"""The share of a cap at which its owner is told, once."""
_UNITS = re.compile(r"\s*(?:usd|dollars?|bucks?|\$)$", re.I)
_GROUPED = re.compile(r"\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?")
_SUM = re.compile(r"(?:[0-9]{1,12}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """Some money and some tokens."""

    micros: int = 0
    tokens: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(micros=self.micros + other.micros, tokens=self.tokens + other.tokens)

    def __str__(self) -> str:
        """`$1`, `$2.50`, `100,000 tokens`, or both."""
        money = dollars(self.micros).removesuffix(".00")
        if not self.tokens:
            return money
        return f"{money} and {self.tokens:,} tokens" if self.micros else f"{self.tokens:,} tokens"


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

    def raised(self, by: Amount, spent: Amount = NOTHING) -> "Cap":
        """So much more: above what is spent already, where that is beyond it. What is not bounded stays so."""
        return Cap(
            micros=None if self.micros is None else max(self.micros, spent.micros if by.micros else 0) + by.micros,
            tokens=None if self.tokens is None else max(self.tokens, spent.tokens if by.tokens else 0) + by.tokens,
        )

    def __str__(self) -> str:
        """`$5.00`, `200,000 tokens`, both, or `no bound`."""
        parts = [] if self.micros is None else [dollars(self.micros)]
        parts += [] if self.tokens is None else [f"{self.tokens:,} tokens"]
        return " and ".join(parts) or "no bound"


UNBOUNDED = Cap()


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """What may be spent where nobody says otherwise."""

    a_goal: Cap = UNBOUNDED
    """By each goal that serves no other one, with all that serve it."""
    a_day: Cap = UNBOUNDED
    """In a day of a chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a call is charged to, and how much may be charged in all."""

    name: str
    """`goal:12`, or `day:2026-11-22/5` for a day of chat 5."""
    cap: Cap = UNBOUNDED
    until: dt.datetime | None = None
    """When nothing is charged to it any more, for a day; None for a goal."""

    @property
    def goal(self) -> GoalId | None:
        """Whose budget it is; None for a day."""
        kind, _, number = self.name.partition(":")
        return GoalId(int(number)) if kind == "goal" and number.isdecimal() else None

    @property
    def day(self) -> tuple[dt.date, ChatId | None] | None:
        """Which day of which chat (None: of programs) it is; None for a goal."""
        kind, _, named = self.name.partition(":")
        date, _, chat = named.partition("/")
        return (dt.date.fromisoformat(date), None if chat == "-" else ChatId(int(chat))) if kind == "day" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """What a call lacked that would have passed a cap."""

    account: str
    """The account whose cap it was."""
    spent: Amount
    """Charged to it then, with what was reserved."""
    wanted: Amount
    """What the call may have taken."""
    of_tokens: bool = False
    """Whether it was the tokens that did not reach, and not the money."""

    def is_met_by(self, cap: Cap) -> bool:
        """Whether under this cap the call would have been made."""
        return cap.allows(self.spent + self.wanted)


def goal_account(goal: GoalId, cap: Cap = UNBOUNDED) -> Account:
    """The account of a goal."""
    return Account(name=f"goal:{goal}", cap=cap)


def day_account(day: dt.date, chat: ChatId | None, cap: Cap = UNBOUNDED, until: dt.datetime | None = None) -> Account:
    """The account of a chat's day, in the chat's own zone; None is the day of programs. `until` is its end."""
    return Account(name=f"day:{day.isoformat()}/{chat if chat is not None else '-'}", cap=cap, until=until)


class BudgetReached(ResourceBlocked):
    """A call would pass a cap, and was not made. `is_held` says that only what calls under way have reserved stands in
    its way: they may take less."""

    def __init__(self, account: Account, spent: Amount, wanted: Amount, *, is_held: bool = False) -> None:
        what = "today" if account.name.startswith("day:") else "this goal"
        left = account.cap
        lacks_money = left.micros is not None and spent.micros + wanted.micros > left.micros
        if lacks_money:
            told = f"{dollars(spent.micros)} of {dollars(left.micros or 0)} for {what} are spent or reserved"
            step = dollars(wanted.micros)
        else:
            told = f"{spent.tokens:,} of {left.tokens or 0:,} tokens for {what} are spent or reserved"
            step = f"{wanted.tokens:,} tokens"
        super().__init__("budget", f"{told}; the next step may take {step}")
        self.account = account
        self.spent = spent
        self.wanted = wanted
        self.is_held = is_held
        self.shortage = Shortage(account=account.name, spent=spent, wanted=wanted, of_tokens=not lacks_money)


def crossed(cap: Cap, before: Amount, after: Amount, share: float = NEARLY) -> bool:
    """Whether that share of the cap was reached between the two sums."""
    return cap.share(before) < share <= cap.share(after)


def tokens_of(characters: int) -> int:
    """How many tokens so many characters are at most, by rule of thumb."""
    return -(-characters // CHARACTERS_A_TOKEN)


def dollars(micros: int) -> str:
    """`$1.50`, and `$0.0023` for what is less than a cent. Rounded half up."""
    if micros < 0:
        return f"-{dollars(-micros)}"
    if 0 < micros < 50:
        return "under $0.0001"
    if 0 < micros < CENT:
        return f"$0.{min((micros + 50) // 100, 99):04}"
    cents = (micros + CENT // 2) // CENT
    return f"${cents // 100:,}.{cents % 100:02}"


def parse_dollars(text: str) -> int:
    """`12.50`, `$12.50`, `12,50 USD` in micro-dollars. Raises `InvalidInputError`."""
    bare = _UNITS.sub("", text.strip()).removeprefix("$").strip()
    if "," in bare and "." not in bare and len(bare.rpartition(",")[2]) != 3:
        bare = bare.replace(",", ".")  # a decimal comma
    if _GROUPED.fullmatch(bare):
        bare = re.sub("[, ]", "", bare)
    value = Decimal(bare) if _SUM.fullmatch(bare) else Decimal(-1)
    if not 0 <= value <= MOST_DOLLARS:
        raise InvalidInputError(
            "amount", f"«{text[:40]}» is no sum of money", "dollars from 0 to 1,000,000, as in 12.50"
        )
    return micros_of(value)


def micros_of(value: Decimal) -> int:
    """Dollars in micro-dollars, rounded half to even."""
    return int((value * MICROS).to_integral_value())


def total(amounts: Iterable[Amount]) -> Amount:
    """All of them together."""
    return sum(amounts, NOTHING)
