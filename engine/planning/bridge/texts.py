"""A goal's criteria as they are read: cleaned, cut where there are very many, and put in order, once for all uses."""

import re
from collections.abc import Generator
from dataclasses import dataclass

from msgspec.structs import replace

from engine.coding.options import REPOSITORY
from engine.coding.works.said import split_off
from engine.goals import Goal
from engine.planning.criteria.clauses import MOST_CLAUSES
from engine.planning.criteria.due import days_in
from engine.planning.criteria.moments import zone_of
from engine.planning.criteria.nodes import Node, Order, all_nodes
from engine.planning.criteria.ordering import ordering
from engine.planning.criteria.quantities import OPEN_HORIZON
from engine.planning.criteria.reading import Moment, Reading, reading
from engine.planning.criteria.said_order import with_conditions, with_days
from engine.planning.criteria.wording import clean, crop
from engine.planning.requests import BUILT_IN_WORKS, PlanRequest

_ALL_TEXT = 40_000
"""How many characters of criteria are read in all: long lists are read less deeply, never longer."""
_ALL_CLAUSES = 500
"""How many clauses a plan may have in all; each criterion has at least two."""
_NUMBER = re.compile(r"\s*\(?\d{1,3}[.)]\s+(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clauses:
    """All that the criteria of a goal say."""

    texts: tuple[str, ...]
    """The criteria as they are read."""
    readings: tuple[tuple[Reading, ...], ...]
    """What each of them says."""
    nodes: tuple[Node, ...]
    """Their clauses side by side, with the days that they get from others."""
    order: Order
    numbered: bool
    """Whether the criteria are a numbered list, each after the one before it."""


def read_texts(goal: Goal) -> tuple[str, ...]:
    """The criteria as they are read: cleaned, and shortened where there are very many."""
    share = max(200, min(4096, _ALL_TEXT // max(1, len(goal.criteria))))
    return tuple(clean(text, share) or crop(clean(goal.name), 60) or "This criterion" for text in goal.criteria)


def reading_moment(request: PlanRequest) -> Moment:
    """The person's own time, and how many days lie ahead."""
    local = request.now.astimezone(zone_of(request.zone)).replace(tzinfo=None)
    deadline = request.goal.deadline
    days = (deadline - request.now).total_seconds() / 86_400 if deadline is not None else OPEN_HORIZON
    day, by = days_in(crop(clean(request.goal.name)), local)
    named = day if by is None and day is not None and day.date > local.date() else None
    return Moment(local=local, horizon_days=max(7.0, days), named=named)


def read_clauses(request: PlanRequest) -> Generator[None, None, Clauses]:
    """What the criteria of a goal say, in slices."""
    texts, moment = read_texts(request.goal), reading_moment(request)
    most = max(2, min(MOST_CLAUSES, _ALL_CLAUSES // len(texts)))
    own = request.works - BUILT_IN_WORKS
    found: list[tuple[Reading, ...]] = []
    for text in texts:
        found.append((yield from _read(without_number(text), request, moment, (most, own))))
        yield
    readings = with_conditions(found)
    yield
    nodes = yield from all_nodes(readings)
    yield
    nodes = with_days(nodes, moment)
    numbered = len(texts) > 1 and all(_NUMBER.match(text) for text in texts)
    order = yield from ordering(nodes, numbered=numbered)
    return Clauses(texts=texts, readings=readings, nodes=nodes, order=order, numbered=numbered)


def without_number(text: str) -> str:
    """A criterion without the number in front, unless it is itself a numbered list."""
    match = _NUMBER.match(text)
    rest = text[match.end() :] if match else text
    return text if match and re.search(r"(?:^|\s)\(?2[.)]\s", rest) else rest


def _read(
    text: str, request: PlanRequest, moment: Moment, bounds: tuple[int, frozenset[str]]
) -> Generator[None, None, tuple[Reading, ...]]:
    """What a criterion says, clause by clause; in a repository what is to become of a change is told apart from it."""
    if REPOSITORY not in request.goal.metadata:
        return (yield from reading(text, moment, request.commands, *bounds))
    found: list[Reading] = []
    for part in split_off(text):
        last = max((one.clause.step for one in found), default=-1)
        read = yield from reading(part, moment, request.commands, *bounds)
        found += [replace(one, clause=replace(one.clause, step=one.clause.step + last + 1)) for one in read]
    return tuple(found)
