"""How times and targets are written: `2-4-10h`, `1-2-5d`, `30min`, `at least 500 signups`, `at most ?n ms`."""

import re
from dataclasses import dataclass

from engine.planning.language.domain import ThreePoints
from engine.planning.language.numbers import LONGEST_HOURS
from engine.planning.language.terms import Expression
from engine.planning.methods.arithmetic import take_expression
from engine.planning.methods.grammar import Cursor, Unclear, Words

_HOURS = {"min": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}
_POINT = r"(\d{1,7}(?:\.\d{1,4})?)\s*([a-z]*)"
_POINTS = re.compile(rf"{_POINT}\s*[-–]\s*{_POINT}\s*[-–]\s*{_POINT}")
_DURATION = re.compile(_POINT)
_UNITS = "min, h, d (24 hours) or w"
_BOUND = re.compile(r"at\s+(least|most)\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A number to reach, or not to pass."""

    value: Expression
    unit: str
    at_most: bool


def read_estimate(text: str) -> ThreePoints:
    """`8-24-80h`; each point may have a unit of its own, else it has the one behind it. Raises `Unclear`."""
    wanted = "low-likely-high with a unit, such as 2-4-10h, 30-60-120min, 1-2-5d or 1-2-4w"
    found = _POINTS.fullmatch(text.strip())
    if found is None:
        raise Unclear(f"«{text}» is no estimate", wanted)
    numbers, units = found.groups()[::2], list(found.groups()[1::2])
    for place in (1, 0):
        units[place] = units[place] or units[place + 1]
    if not any(units):
        raise Unclear(f"«{text}» has no unit of time", _UNITS)
    low, likely, high = (_hours(number, unit) for number, unit in zip(numbers, units, strict=True))
    return ThreePoints(low=low, likely=likely, high=high)


def read_duration(text: str) -> float | None:
    """The hours of `2d` or `30min`; None when the text is no duration. Raises `Unclear` for a unit that there isn't."""
    found = _DURATION.fullmatch(text.strip())
    return _hours(found[1], found[2]) if found is not None and found[2] else None


def _hours(number: str, unit: str) -> float:
    if unit not in _HOURS:
        raise Unclear(f"«{number}{unit}» has no unit of time" if not unit else f"«{unit}» is no unit of time", _UNITS)
    hours = float(number) * _HOURS[unit]
    if hours > LONGEST_HOURS:
        raise Unclear(f"«{number}{unit}» is longer than anything here takes", f"{LONGEST_HOURS} hours at the most")
    return int(hours) if hours == int(hours) else hours


def read_target(text: str, words: Words) -> Target:
    """`at least 500 signups`: the number may be worked out, the unit is all that follows it. Raises `Unclear`."""
    bound = _BOUND.match(text)
    if bound is None:
        raise Unclear(f"«{text}» is no target", "«at least 500 signups» or «at most 200 ms»")
    cursor = Cursor(text[bound.end() :])
    value = take_expression(cursor, words)
    return Target(value=value, unit=cursor.rest(), at_most=bound[1].lower() == "most")
