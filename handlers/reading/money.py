"""Sums of money and tokens in people's own words. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.errors import InvalidInputError
from engine.money import CENT, MOST_TOKENS, UNBOUNDED, Amount, Cap, dollars, parse_dollars
from engine.planning.criteria.numerals import WORD_PATTERN, value_of
from handlers.reading.naming import named_goal

_TOKENS = re.compile(r"(\d[\d,. ']*)\s*(k|m|thousand|million)?\s*tokens?", re.I)
_TIMES = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000}
_GROUPED = re.compile(r"\d{1,3}(?:([., '])\d{3})(?:\1\d{3}){0,3}")
_DECIMAL = re.compile(r"(\d{1,13})(?:[.,](\d{1,9}))?")
_MORE = re.compile(
    r"(?:please\s+)?(?P<verb>(?:add|allow|give(?: it)?|raise(?: it)?(?: by)?|increase(?: it)?(?: by)?|another|\+)\s*)?"
    r"(?P<sum>\$?\s*\d.*?)(?P<more>\s+more)?(?:,?\s+please)?[.! ]*",
    re.I | re.S,
)
_HAS_UNIT = re.compile(r"\$|usd|dollar|buck|cent|¢|token", re.I)
_CENTS = re.compile(r"(\d{1,9})\s*(?:cents?|ct|¢)", re.I)
_WORDED = re.compile(rf"({WORD_PATTERN})(?=\s)|(?:an?|one)(?=\s+(?:dollar|buck|cent)s?\b)", re.I)
_NONE = re.compile(
    r"none|no|off|unlimited|(?:no|without)(?: an?| any)? (?:limit|cap|budget|bound)s?"
    r"|as much as (?:you|it) (?:like|want|need)s?",
    re.I,
)
_OF_A_DAY = re.compile(
    r"^(?:for\s+)?(?:(?:an?|per|each|every)\s+)?(?:day|daily|today)\b:?\s*"
    r"|[\s,]*(?:/|\b(?:for\s+)?(?:an?|per|each|every)\s+)\s*day$|[\s,]+(?:for\s+)?(?:today|daily)$",
    re.I,
)
_AT_MOST = re.compile(
    r"^(?:set (?:it )?to|(?:raise|lower|change) (?:it )?to|max(?:imum|imal)?\b\.?|at (?:the )?most|up to|under"
    r"|not? more than|limit(?: it)?(?: to)?|cap(?: it)?(?: at)?)[\s:]+"
    r"|[\s,]+(?:max(?:imum)?\.?|at (?:the )?most|in (?:all|total)|please)$",
    re.I,
)
_AND = re.compile(r"\s+(?:and|or|plus)\s+|,\s+(?!\d{3}(?!\d))|\s*[&+;·]\s*", re.I)
_DEFAULT = re.compile(r"default|reset|as usual", re.I)
_SPENT = re.compile(
    r"(?P<sign>[-−+]?)\s*(?P<sum>\$?\s*[-−]?\d[\d.,']*\s*(?:usd\b|dollars?\b|\$)?)(?!\S|\s\d{3}\b)\s*(?P<note>.*)",
    re.I | re.S,
)
_SPENT_LAST = re.compile(
    r"(?P<note>[^\d\s$-].*?)[\s:=]+(?P<sum>\$\s*\d[\d.,']*|\d[\d.,']*\s*(?:usd|dollars?|\$)|\d+[.,]\d\d)", re.I | re.S
)
"""«domain 12.50»: what is behind the words is a sum where it looks like nothing else."""
_PLAIN_SUM = re.compile(r"[-−+]?\s*(?:\$\s*\d|\d[\d,']*[.,]\d\d(?!\d)|\d[\d.,']*\s*(?:usd\b|dollars?\b|\$))", re.I)
_THOUSANDS = re.compile(r"\d{3}(?!\d)")
_CLOSED_SUM = re.compile(r"\d+[.,]\s")
"""«5, domain»: the mark behind it need not make it a goal's number."""
_FOREIGN_WORD = (
    r"(?:eur|euros?|gbp|quid|pounds?(?! of\b)|chf|francs?|jpy|yen|cny|rmb|yuan|inr|rupees?|rub|roubles?|rubles?|pln"
    r"|z[lł]|zloty(?:ch)?|sek|nok|dkk|kr|kronor|czk|huf|uah|lira|brl|reais|mxn|pesos?|krw|cad|aud|nzd|sgd|hkd)"
)
_FOREIGN = re.compile(
    rf"[€£¥₽₹₩₺₴₪]\s*\d|\d\s*[€£¥₽₹₩₺₴₪]|\d\s*{_FOREIGN_WORD}(?!\w)|(?<!\w){_FOREIGN_WORD}\s*\d|(?:[ACH]|NZ|HK)\$\s*\d",
    re.I,
)
_ONLY_DOLLARS = "I count in US dollars only, and that is other money"
_LONGEST = 200
"""Signs of a budget, or of a wish for more: to read them takes the square of their number."""
_BUDGETS = "send a sum, as in /budget 5, /budget #1 5, /budget 200000 tokens, /budget day 10 or /budget none"
_SPENDINGS = "send a sum and what it was for, as in /spent 12.50 domain"


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetWish:
    """What /budget is to do. Nothing of it set: to show the budget."""

    day: bool = False
    """Whether it is about the chat's day and not about a goal."""
    sets: Cap = UNBOUNDED
    """The new bounds; what it does not bound stays as it is."""
    unbounded: bool = False
    default: bool = False

    @property
    def shows(self) -> bool:
        """Whether nothing is to be changed."""
        return self.sets == UNBOUNDED and not self.unbounded and not self.default

    def cap(self, now: Cap) -> Cap | None:
        """The new cap in place of the one that holds now; None for the operator's."""
        if self.default:
            return None
        if self.unbounded:
            return UNBOUNDED
        return Cap(
            micros=now.micros if self.sets.micros is None else self.sets.micros,
            tokens=now.tokens if self.sets.tokens is None else self.sets.tokens,
        )


def goal_named(args: str | None, reads: Callable[[str], object]) -> tuple[int | None, str]:
    """The goal that «#7 5», «7: 5» or «7 5» names (None: none), and the rest. A bare number is a sum, unless only what
    follows it is one; `reads` reads the words, and raises `InvalidInputError` where they say nothing of money."""
    text = (args or "").strip()
    found = named_goal(text)
    if found is None:
        return None, text
    number, is_sure, rest = found
    is_sure = is_sure and (_CLOSED_SUM.match(text) is None or _can(reads, rest))
    if is_sure or (rest and not _THOUSANDS.match(rest) and _can(reads, rest) and not _can(reads, text)):
        return number, rest
    return None, text


def _can(reads: Callable[[str], object], text: str) -> bool:
    try:
        reads(text)
    except InvalidInputError:
        return False
    return True


def budget_wish(text: str) -> BudgetWish:
    """What the words behind /budget mean. Raises `InvalidInputError`."""
    if len(text) > _LONGEST:
        raise InvalidInputError("budget", "it is too long for a sum", _BUDGETS)
    said = _AT_MOST.sub("", " ".join(text.split()))
    bare = _OF_A_DAY.sub("", said)
    if bare != said:
        return replace(budget_wish(bare), day=True)
    if not said:
        return BudgetWish()
    if _NONE.fullmatch(said):
        return BudgetWish(unbounded=True)
    if _DEFAULT.fullmatch(said):
        return BudgetWish(default=True)
    try:
        return BudgetWish(sets=_bounds(said))
    except InvalidInputError as error:
        raise InvalidInputError("budget", error.problem, _BUDGETS) from None


def _bounds(text: str) -> Cap:
    """A sum of money, one of tokens, or one of each, as in «$1 and 5000 tokens»; what is not named is not bounded."""
    parts = _AND.split(text)
    read = [sum_of(_AT_MOST.sub("", part)) for part in (parts if all(parts) else [text])]
    money, tokens = [one.micros for one in read if not one.tokens], [one.tokens for one in read if one.tokens]
    if max(len(money), len(tokens)) > 1:
        raise InvalidInputError(
            "amount", f"«{text[:40]}» is not one sum", "send one of dollars, one of tokens, or both"
        )
    return Cap(micros=money[0] if money else None, tokens=tokens[0] if tokens else None)


def sum_of(text: str) -> Amount:
    """«3 dollars», «$2.50», «two bucks», «50 cents», «200k tokens»; a bare number is of dollars. Raises
    `InvalidInputError`."""
    if _FOREIGN.search(text):
        raise InvalidInputError("amount", _ONLY_DOLLARS, "send what it is in dollars")
    text = _WORDED.sub(lambda word: str(int(value_of(word[1]))) if word[1] else "1", text.strip(), count=1)
    found = _TOKENS.fullmatch(text)
    if cents := _CENTS.fullmatch(text):
        return Amount(micros=int(cents[1]) * CENT)
    if found is None:
        return Amount(micros=parse_dollars(text))
    tokens = _counted(found[1].strip(), (found[2] or "").lower())
    if tokens is None:
        raise InvalidInputError("tokens", f"«{text[:40]}» is no number of tokens", "send a number, as in 200000 tokens")
    if not tokens:
        raise InvalidInputError("tokens", "no tokens at all would stop every call", "send some, or /budget 0 for money")
    if tokens > MOST_TOKENS:
        raise InvalidInputError("tokens", "that is more than anybody needs", f"send {MOST_TOKENS:,} at most")
    return Amount(tokens=tokens)


def _counted(digits: str, unit: str) -> int | None:
    """How many tokens that is; None where it is no number, or half a token. Points and commas part groups of three
    digits; before a unit one may stand before decimals: `1.5 million`."""
    grouped = _GROUPED.fullmatch(digits)
    if not unit:
        return int(re.sub(r"\D", "", digits)) if digits.isdecimal() or grouped else None
    if grouped and grouped[1] != ".":  # «1.500 million» are one and a half
        return int(re.sub(r"\D", "", digits)) * _TIMES[unit]
    parts = _DECIMAL.fullmatch(digits)
    if parts is None:
        return None
    decimals = parts[2] or ""
    scale: int = 10 ** len(decimals)
    return int(parts[1] + decimals) * _TIMES[unit] // scale


def more_wanted(text: str, *, asked: bool) -> Amount | None:
    """So much more, as in «add 3 dollars»; None where the words mean something else.

    `asked`: they answer the question, so that «3» is enough; otherwise a verb and a unit must say it.
    """
    found = _MORE.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None or not (asked or (found["verb"] and _HAS_UNIT.search(found["sum"]))):
        return None
    try:
        bounds = _bounds(found["sum"])
    except InvalidInputError:
        return None
    amount = Amount(micros=bounds.micros or 0, tokens=bounds.tokens or 0)
    return amount if amount.micros or amount.tokens else None


def money_spent(text: str) -> tuple[int, str]:
    """Micro-dollars (less than nothing for what is taken back) and what for. Raises `InvalidInputError`."""
    found = _SPENT.fullmatch(text.strip()) or _SPENT_LAST.fullmatch(text.strip())
    foreign = _FOREIGN.search(text)
    if foreign is not None and (found is None or foreign.start() <= found.end("sum") <= foreign.end()):
        raise InvalidInputError("amount", _ONLY_DOLLARS, _SPENDINGS)
    if found is None:
        raise InvalidInputError("amount", "there is no sum in it" if text.strip() else "no sum was named", _SPENDINGS)
    signs = found["sum"] + (found.groupdict().get("sign") or "")
    is_back = "-" in signs or "−" in signs
    try:
        micros = parse_dollars(re.sub("[-−']", "", found["sum"]).rstrip(","))
    except InvalidInputError as error:
        raise InvalidInputError("amount", error.problem, _SPENDINGS) from None
    if not micros:
        raise InvalidInputError("amount", f"{dollars(0)} is nothing", _SPENDINGS)
    note = found["note"].strip()
    if _PLAIN_SUM.match(note):
        raise InvalidInputError("amount", "there are two sums in it", _SPENDINGS)
    return (-micros if is_back else micros), re.sub(r"^(?:for|on)\s+", "", note, flags=re.I)
