"""The short texts of method files, cut into tokens: names, arguments and calls such as `build(?thing, "a shed", 3)`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.planning.language.terms import Term, Value, Variable

LONGEST_TEXT = 600
"""How many signs a condition, effect, call or figure may have."""
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
NAME_ACCEPTS = "a name of small letters, digits and _, beginning with a letter"
_MOST_DIGITS = 15
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<number>\d+(?:\.\d+)?)|(?P<variable>\?[^\W\d]\w*)
    |(?P<word>[^\W\d]\w*(?:-[^\W\d]\w*)*)  # «trains-often» is one word; a minus has blanks around it
    |(?P<sign><=|>=|!=|==|\+=|-=|[-+*/(),=<>])|(?P<other>\S))""",
    re.VERBOSE,
)


class Unclear(ValueError):
    """A text that can't be understood: what is wrong with it, and what would do."""

    def __init__(self, problem: str, accepts: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.accepts = accepts


class UnknownWord(Unclear):
    """A name that there is not: what was meant is looked for only where it is told."""

    def __init__(self, problem: str, word: str, known: frozenset[str]) -> None:
        super().__init__(problem, "a name that is declared")
        self.word = word
        self.known = known


class Kind(StrEnum):
    """What a token is."""

    TEXT = "text"
    NUMBER = "number"
    VARIABLE = "variable"
    WORD = "word"
    SIGN = "sign"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One word, number, sign or quoted text."""

    kind: Kind
    text: str
    start: int
    """Where it begins in the whole text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The names that texts may use without saying what they are; no name is in two of the sets."""

    context: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    """Names that are meant to be declared and are not, which is told already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A name with its arguments."""

    name: str
    arguments: tuple[Term, ...] = ()
    bare: bool = False
    """Whether it was written without parentheses."""


class Cursor:
    """Goes through the tokens of one text."""

    def __init__(self, text: str, tokens: Sequence[Token] | None = None) -> None:
        self.text = text
        self.tokens = _tokens_of(text) if tokens is None else tokens
        self.place = 0

    def part(self, start: int, end: int) -> "Cursor":
        """A cursor of its own for some of the tokens."""
        return Cursor(self.text, self.tokens[start:end])

    @property
    def next(self) -> Token | None:
        """The token to come; None at the end."""
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self, wanted: str) -> Token:
        """The next token; `wanted` says what belongs there, for the error at the end of the text."""
        found = self.next
        if found is None:
            raise Unclear(f"«{self.text}» ends too early", wanted)
        self.place += 1
        return found

    def sees(self, *texts: str) -> bool:
        """Whether the next token is one of these signs or words."""
        found = self.next
        return found is not None and found.kind in {Kind.SIGN, Kind.WORD} and found.text in texts

    def skip(self, text: str) -> bool:
        """Go past this sign or word if it is next."""
        if not self.sees(text):
            return False
        self.place += 1
        return True

    def need(self, text: str) -> None:
        """Go past this sign, which must be next."""
        if not self.skip(text):
            found = self.next
            there = "ends too early" if found is None else f"has «{found.text}» in the wrong place"
            raise Unclear(f"«{self.text}» {there}", f"«{text}» there")

    def need_end(self, wanted: str) -> None:
        """Nothing may follow."""
        found = self.next
        if found is not None:
            raise Unclear(f"«{found.text}» can't stand there in «{self.text}»", wanted)

    def rest(self) -> str:
        """What has not been read, as it was written."""
        found = self.next
        return self.text[found.start :].strip() if found is not None else ""


def _tokens_of(text: str) -> list[Token]:
    if len(text) > LONGEST_TEXT:
        raise Unclear(f"the text has {len(text)} signs", f"{LONGEST_TEXT} at the most")
    return [
        Token(kind=Kind(found.lastgroup or Kind.OTHER), text=found[0].strip(), start=found.start(found.lastgroup or 0))
        for found in _TOKEN.finditer(text)
    ]


def number_of(token: Token) -> int | float:
    """The number that a token is."""
    if len(token.text) > _MOST_DIGITS:
        raise Unclear(f"«{token.text[:30]}» has too many digits", f"{_MOST_DIGITS} at the most")
    return float(token.text) if "." in token.text else int(token.text)


def word_value(word: str) -> Value:
    """The constant that a bare word is."""
    return word == "true" if word in {"true", "false"} else word


def take_term(cursor: Cursor) -> Term:
    """One argument: a variable, a number, a quoted text or a word."""
    wanted = 'an argument: ?variable, number, word or "text"'
    minus = cursor.skip("-")
    token = cursor.take(wanted)
    match token.kind:
        case Kind.NUMBER:
            number = number_of(token)
            return -number if minus else number
        case Kind.VARIABLE if not minus:
            return Variable(name=token.text[1:])
        case Kind.TEXT if not minus:
            return token.text[1:-1]
        case Kind.WORD if not minus:
            return word_value(token.text)
        case _:
            raise Unclear(f"«{token.text}» can't stand there in «{cursor.text}»", wanted)


def take_arguments(cursor: Cursor) -> tuple[Term, ...]:
    """What stands between parentheses, which may be missing."""
    found: list[Term] = []
    if not cursor.skip("(") or cursor.skip(")"):
        return ()
    while True:
        found.append(take_term(cursor))
        if cursor.skip(")"):
            return tuple(found)
        cursor.need(",")


def read_call(text: str) -> Call:
    """`task(?arg, word)`, or `task` alone. Raises `Unclear`."""
    wanted = "a task with its arguments, such as build(?thing)"
    cursor = Cursor(text)
    name = cursor.take(wanted)
    if name.kind is not Kind.WORD:
        raise Unclear(f"«{text}» is no task", wanted)
    bare = not cursor.sees("(")
    arguments = take_arguments(cursor)
    cursor.need_end(wanted)
    return Call(name=name.text, arguments=arguments, bare=bare)
