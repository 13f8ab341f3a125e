"""Finds the lines of a file that are nearest to what somebody took for them, and says where they part."""

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from engine.workspace.access.text import lines_of

_MOST_LINES = 12
"""Lines of the sought text that are compared and shown."""
_LONGEST = 160
"""Characters of a line that are compared and shown."""
_COMPARED = 200
"""Lines that are compared letter by letter."""
_PLACES = 8
_COMMON = 40
"""How often a line may be there and still tell a place."""
_ALIKE = 0.5


def nearest_lines(seen: str, sought: str) -> str:
    """A sentence and, where something is near, the numbered lines, for whoever wrote the sought text."""
    lines, wanted = lines_of(seen), lines_of(sought)[:_MOST_LINES]
    if not lines:
        return "The file is empty."
    place = _nearest(lines, wanted)
    if place is None:
        return f"Nothing in its {len(lines):,} lines is like it; read the file again."
    there = lines[place : place + len(wanted)]
    shown = "\n".join(f"{number}\t{line[:_LONGEST]}" for number, line in enumerate(there, place + 1))
    return f"Nearest is line {place + 1}{_parting(there, wanted, place)}:\n{shown}"


def _nearest(lines: Sequence[str], wanted: Sequence[str]) -> int | None:
    """The index of the line where the likest stretch begins; None when nothing is like it."""
    places = _with_same_lines(lines, wanted) or _with_a_like_line(lines, wanted)
    rated = [(_alike(lines[place : place + len(wanted)], wanted), -place) for place in places]
    best, place = max(rated, default=(0.0, 0))
    return -place if best >= _ALIKE else None


def _with_same_lines(lines: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Starts of the stretches that have most lines in common with it, blanks and frequent lines aside."""
    sought = {line.strip() for line in wanted if line.strip()}
    places: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        plain = line.strip()
        if plain in sought and len(places.setdefault(plain, [])) <= _COMMON:
            places[plain].append(at)
    counts: Counter[int] = Counter()
    for index, line in enumerate(wanted):
        found = places.get(line.strip(), ())
        if len(found) <= _COMMON:
            counts.update(max(at - index, 0) for at in found)
    return [place for place, _ in counts.most_common(_PLACES)]


def _with_a_like_line(lines: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Starts of stretches in which some line is written much like the longest one sought."""
    index, longest = max(enumerate(wanted), key=lambda pair: len(pair[1].strip()), default=(0, ""))
    words = set(longest.split())
    shared = [(len(words & set(line[:_LONGEST].split())), -at) for at, line in enumerate(lines)]
    near = sorted(shared, reverse=True)[:_COMPARED]
    matcher = SequenceMatcher(a="", b=longest.strip()[:_LONGEST], autojunk=False)
    rated: list[tuple[float, int]] = []
    for _, at in near:
        matcher.set_seq1(lines[-at].strip()[:_LONGEST])
        if matcher.quick_ratio() >= _ALIKE:
            rated.append((matcher.ratio(), at))
    return [max(-at - index, 0) for _, at in sorted(rated, reverse=True)[:_PLACES]]


def _alike(there: Sequence[str], wanted: Sequence[str]) -> float:
    """From 0 to 1, line by line, blanks aside."""
    pairs = zip(there, wanted, strict=False)
    alike = [
        SequenceMatcher(None, one.strip()[:_LONGEST], other.strip()[:_LONGEST], autojunk=False).ratio()
        for one, other in pairs
    ]
    return sum(alike) / max(len(wanted), 1)


def _parting(there: Sequence[str], wanted: Sequence[str], place: int) -> str:
    """In what the first line that differs does so; empty when none does (the end of the text differs then)."""
    for number, (line, sought) in enumerate(zip(there, wanted, strict=False), place + 1):
        if line != sought:
            blanks = line.split() == sought.split()
            which = "only in its blanks" if blanks else f"from «{sought[:_LONGEST]}»"
            return f"; line {number} differs {which}"
    return "; the lines after it differ"
