"""Whether tasks wait for each other for nothing: one long line through criteria that have nothing in common."""

import itertools
import re
from collections.abc import Iterator

from engine.planning.criteria.nodes import Node, nodes_of
from engine.planning.criteria.ordering import order_of
from engine.planning.criteria.reading import Moment, read_criterion
from engine.planning.criteria.said_order import with_days
from engine.planning.criteria.verbs import Kind
from engine.planning.criteria.wording import clean, subjects
from engine.planning.quality.case import Case
from engine.planning.quality.findings import Finding, Rule

WORTH_IT = 0.1
"""The share of the whole time that has to be won before it is worth a word."""
MOST_CRITERIA = 60
"""More are not compared with each other."""
_NUMBERED = re.compile(r"\s*\(?\d{1,3}[.)]\s+\S")


def serial(case: Case) -> Iterator[Finding]:
    """A plan in which each task waits for the one before it, though two criteria could go on side by side.

    Checks may hang off the line. Criteria go side by side when the usual run of things puts neither before the other
    and neither they nor their tasks speak of the same thing; of what can't be read nothing is claimed.
    """
    line = [place for place in case.graph.order if not case.doings[place].checks]
    served = {criterion for place in line if (criterion := case.serves(place)) is not None}
    if len(line) < 3 or not 2 <= len(served) <= MOST_CRITERIA:
        return
    if not all(case.graph.comes_before(first, then) for first, then in itertools.pairwise(line)):
        return
    apart = criteria_apart(case) & set(itertools.product(served, served))
    won, pair = _won(case, line, apart)
    whole = sum(_hours(case, place) for place in line)
    if pair is not None and whole > 0 and won >= WORTH_IT * whole:
        yield Finding(rule=Rule.SERIAL, criterion=pair[0], beside=pair[1], found=won, bound=whole)


def _hours(case: Case, place: int) -> float:
    return case.times.end[place] - case.times.start[place]


def _won(case: Case, line: list[int], apart: set[tuple[int, int]]) -> tuple[float, tuple[int, int] | None]:
    """(hours won if criteria that are apart did not wait for each other, the pair with most work on both sides)."""
    latest: dict[int | None, float] = {}
    work: dict[int, float] = {}
    for place in line:
        own, took = case.serves(place), _hours(case, place)
        begins = max((end for other, end in latest.items() if (own, other) not in apart), default=0.0)
        latest[own] = max(latest.get(own, 0.0), begins + took)
        if own is not None:
            work[own] = work.get(own, 0.0) + took
    pairs = sorted(pair for pair in apart if pair[0] < pair[1])
    best = max(pairs, key=lambda pair: min(work[pair[0]], work[pair[1]]), default=None)
    whole = sum(_hours(case, place) for place in line)
    return whole - max(latest.values(), default=0.0), best


def criteria_apart(case: Case) -> set[tuple[int, int]]:
    """Pairs of criteria that have nothing to do with each other, both ways round."""
    texts = tuple(clean(text, 1000) for text in case.goal.criteria[:MOST_CRITERIA])
    local = case.given.now.replace(tzinfo=None)
    moment = Moment(local=local)
    nodes = with_days(nodes_of(tuple(read_criterion(text, moment) for text in texts)), moment)
    numbered = len(texts) > 1 and all(_NUMBERED.match(text) for text in texts)
    after = _closed(nodes, numbered)
    about = [_subjects_of(case, nodes, criterion) for criterion in range(len(texts))]
    known = {node.criterion for node in nodes} - {
        node.criterion for node in nodes if node.reading.kind in {Kind.OTHER, Kind.STATE}
    }
    return {
        (one, other)
        for one, other in itertools.permutations(sorted(known), 2)
        if other not in after[one] and one not in after[other] and about[one].isdisjoint(about[other])
    }


def _closed(nodes: tuple[Node, ...], numbered: bool) -> dict[int, set[int]]:
    """For each criterion those that come after it in the usual run of things."""
    after: dict[int, set[int]] = {node.criterion: set() for node in nodes}
    for first, then in order_of(nodes, numbered=numbered).edges():
        after[nodes[first].criterion].add(nodes[then].criterion)
    for via, start in itertools.product(after, after):
        if via in after[start]:
            after[start] |= after[via]
    return after


def _subjects_of(case: Case, nodes: tuple[Node, ...], criterion: int) -> frozenset[str]:
    """What a criterion is about, by its own words and by those of its tasks."""
    own = frozenset[str]().union(*(node.own for node in nodes if node.criterion == criterion))
    tasks = (case.doings[place].objects for place in range(len(case.tasks)) if case.serves(place) == criterion)
    return own.union(*tasks) - subjects("day days week weeks month months hour hours time")
