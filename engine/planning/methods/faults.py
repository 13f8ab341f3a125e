"""What is wrong with a method file, where, and what would do instead; with a guess at what was meant."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_FAULTS = 100
"""How many faults of one file are told; what is wrong a thousand times is understood after a hundred."""
MOST_HINTS = 30
"""For how many faults of one file it is looked what was meant; with a thousand names that takes its time."""
_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a file. Lines count from 1."""

    file: str
    line: int
    problem: str
    accepts: str
    """What would do instead."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {_cropped(self.problem)}; {_cropped(self.accepts)}"


class FaultList:
    """The faults of one file as they are found: each once, `MOST_FAULTS` of them at the most."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: dict[tuple[int, str], Fault] = {}
        self.untold = 0
        self._hints = 0

    def add(self, line: int, problem: str, accepts: str) -> None:
        """Note one fault."""
        if (line, problem) in self._found:
            return
        if self.full:
            self.untold += 1
            return
        self._found[line, problem] = Fault(file=self.file, line=line, problem=problem, accepts=accepts)

    def add_unknown(self, line: int, problem: str, word: str, known: Iterable[str]) -> None:
        """Note a name that is not known, with what was meant or what there is."""
        if self.full or (line, problem) in self._found:
            self.add(line, problem, "")
            return
        self._hints += 1
        names = sorted(set(known))
        self.add(line, problem, did_you_mean(word, names) if self._hints <= MOST_HINTS else listed(names))

    @property
    def full(self) -> bool:
        """Whether no more faults are kept."""
        return len(self._found) >= MOST_FAULTS

    def __len__(self) -> int:
        return len(self._found)

    def told(self) -> tuple[Fault, ...]:
        """The faults that are kept, by line."""
        return tuple(sorted(self._found.values(), key=lambda fault: fault.line))

    def told_with_rest(self) -> tuple[Fault, ...]:
        """The same; the last one says how many more there are."""
        told = self.told()
        if not self.untold:
            return told
        more = f"{self.untold} more faults are not listed"
        return (*told, Fault(file=self.file, line=told[-1].line, problem=more, accepts="mend these first"))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """«did you mean …?» where a known name is close, else what is known."""
    names = sorted(set(known))
    close = nearest(word, names)
    return f"did you mean {close}?" if close else listed(names)


def listed(names: Sequence[str]) -> str:
    """What there is, or the beginning of it."""
    if not names:
        return "none is declared"
    return f"known are {', '.join(names[:12])}{', …' if len(names) > 12 else ''}"


def nearest(word: str, names: Iterable[str]) -> str:
    """The name that differs by a slip or two; empty when there is none."""
    bound = 1 if len(word) < 5 else 2 if len(word) < 12 else 3
    best, found = bound + 1, ""
    for name in names:
        if abs(len(name) - len(word)) < best and len(name) <= 80:
            slips = _slips(*_differing(word.lower(), name.lower()), best)
            if slips < best:
                best, found = slips, name
    return found


def _differing(one: str, other: str) -> tuple[str, str]:
    """Both without what they begin and end with in common."""
    shorter = min(len(one), len(other))
    start = next((place for place in range(shorter) if one[place] != other[place]), shorter)
    left = shorter - start
    end = next((place for place in range(left) if one[-1 - place] != other[-1 - place]), left)
    return one[start : len(one) - end], other[start : len(other) - end]


def _slips(one: str, other: str, bound: int) -> int:
    """How many letters were missed, added, mistaken or swapped with their neighbour; `bound` stands for more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        older, before, row = before, row, [place]
        for column, wanted in enumerate(other, start=1):
            least = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != wanted))
            if place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == wanted:
                least = min(least, older[column - 2] + 1)
            row.append(least)
        if min(row) >= bound:
            return bound
    return row[-1]


def _cropped(text: str) -> str:
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
