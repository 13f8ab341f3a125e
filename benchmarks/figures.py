"""A measured figure, and how it is told: a table for people, one JSON object a line for programs."""

import json
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The bound that a figure, or its ratio to its peer, should keep."""

    bound: float
    at_least: bool = False
    """True when more is better."""
    of_ratio: bool = False
    """True when the ratio is bounded, not the value."""

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.bound:g}{' x' if self.of_ratio else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the outcome."""

    name: str
    unit: str
    value: float
    peer: float | None = None
    """The peer's value in the same unit; None where there is none, or it is not set up."""
    ratio: float | None = None
    """Value by peer, the median of the rounds; None without a peer."""
    against: str = ""
    """Who the peer is."""
    wanted: Wanted | None = None
    """None for a figure that only informs."""

    @property
    def is_kept(self) -> bool | None:
        """Whether what is wanted is there; None when nothing is, or the peer it is compared with is missing."""
        if self.wanted is None:
            return None
        measured = self.ratio if self.wanted.of_ratio else self.value
        if measured is None:
            return None
        return measured >= self.wanted.bound if self.wanted.at_least else measured <= self.wanted.bound


def beside(name: str, unit: str, pairs: Sequence[tuple[float, float]], *, against: str) -> Figure:
    """A figure from rounds of (ours, the peer's): medians, and the median of the ratios within a round."""
    return Figure(
        name=name,
        unit=unit,
        value=statistics.median(ours for ours, _ in pairs),
        peer=statistics.median(theirs for _, theirs in pairs),
        ratio=statistics.median(ours / theirs for ours, theirs in pairs),
        against=against,
    )


def quantile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least this share of all samples does not exceed."""
    ordered = sorted(samples)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def as_json(figure: Figure) -> str:
    """One line: name, unit, value, peer, ratio; then against, wanted and kept."""
    return json.dumps(
        {
            "name": figure.name,
            "unit": figure.unit,
            "value": _rounded(figure.value),
            "peer": _rounded(figure.peer),
            "ratio": _rounded(figure.ratio),
            "against": figure.against or None,
            "wanted": None if figure.wanted is None else str(figure.wanted),
            "kept": figure.is_kept,
        }
    )


def as_table(figures: Iterable[Figure]) -> str:
    """Aligned columns; the last one says whether what is wanted is there."""
    rows = [("figure", "value", "", "peer", "ratio", "against", "wanted", ""), *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    right = {1, 3, 4}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _row(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        _shown(figure.value),
        figure.unit,
        _shown(figure.peer),
        "" if figure.ratio is None else f"{_shown(figure.ratio)} x",
        figure.against,
        "" if figure.wanted is None else str(figure.wanted),
        {True: "yes", False: "NO", None: ""}[figure.is_kept],
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
