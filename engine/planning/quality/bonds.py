"""Whether a plan keeps to what ties its criteria: an order in so many words, «it», a farewell, a day that is set."""

import itertools
import re
from collections.abc import Iterator

from engine.planning.criteria.bonds import farewells, occasions, pointed
from engine.planning.criteria.nodes import Node, is_too_late, nodes_of
from engine.planning.criteria.reading import Moment, Reading, read_criterion
from engine.planning.criteria.said_order import said, with_days
from engine.planning.criteria.verbs import Kind, leading_verb
from engine.planning.criteria.wording import clean, word_set
from engine.planning.quality.case import Case
from engine.planning.quality.findings import Finding, Rule, Severity

MOST_CRITERIA = 60
"""More are not compared with each other."""
_DONE_BY_HAND = frozenset(
    {
        Kind.DEVELOP, Kind.MAKE, Kind.SETUP, Kind.MIGRATE, Kind.DEPLOY, Kind.LAUNCH, Kind.FIX, Kind.REPAIR, Kind.BUY,
        Kind.SELL, Kind.HIRE, Kind.PUBLISH, Kind.MOVE, Kind.TIDY, Kind.OPTIMISE,
    }
)  # fmt: skip
"""Kinds that ask for more than words on paper."""
_ON_PAPER = re.compile(
    r"(?:write down|list|collect(?! and)|note|gather|sort|outline|prepare|plan|settle on|decide what|find out|agree|"
    r"compare|sum up|sketch|draw up|(?:make|take|do) (?:an?|the) (?:inventory|list|plan))\b",
    re.I,
)
_READYING = word_set("prepare study learn practise practice rehearse revise train pack invite") | {"prepare for"}
_TRIAL = re.compile(r"(?:take|have) (?:a|an|one|the) (?:\w+ )?(?:trial|mock|rehearsal)\b|settle (?:the )?date\b", re.I)


def undone(case: Case) -> Iterator[Finding]:
    """Criteria that ask for something to be done, while all their tasks only prepare or check it."""
    for criterion, readings in enumerate(_read(case)):
        if len(readings) != 1 or readings[0].kind not in _DONE_BY_HAND or _ON_PAPER.match(readings[0].text):
            continue
        own = [place for place in range(len(case.tasks)) if case.serves(place) == criterion and place not in case.shut]
        if own and all(_is_beside(case, place) for place in own):
            yield Finding(rule=Rule.UNDONE, severity=Severity.PROBLEM, tasks=case.keys(*own), criterion=criterion)


def _is_beside(case: Case, place: int) -> bool:
    """Whether a task only prepares or checks what another one does."""
    task, doing = case.tasks[place], case.doings[place]
    return task.work == "person" and (doing.checks or _ON_PAPER.match(task.title) is not None)


def late(case: Case) -> Iterator[Finding]:
    """What gets one ready for a day, but is to begin only when that day has come."""
    readings = _read(case)
    waits = [place for place, task in enumerate(case.tasks) if task.until is not None]
    for wait in waits:
        criterion = case.serves(wait)
        if criterion is None or criterion >= len(readings) or any(one.begins for one in readings[criterion]):
            continue
        on_the_day = {one.verb for one in readings[criterion] if one.not_before is not None}
        behind = [
            place
            for place in range(len(case.tasks))
            if case.graph.comes_before(wait, place)
            and case.serves(place) == criterion
            and _gets_ready(case.tasks[place].title, on_the_day)
        ]
        if behind:
            yield Finding(
                rule=Rule.LATE, severity=Severity.PROBLEM, tasks=case.keys(behind[0], wait), criterion=criterion
            )


def _gets_ready(title: str, on_the_day: set[str]) -> bool:
    found = leading_verb(title)
    return _TRIAL.match(title) is not None or (
        found is not None and found[0] in _READYING and found[0] not in on_the_day
    )


def unlinked(case: Case) -> Iterator[Finding]:
    """Criteria that belong behind others, while none of their tasks waits for any of those. Each is told once."""
    nodes = with_days(nodes_of(_read(case)), Moment(local=case.given.now.replace(tzinfo=None)))
    pairs = {(nodes[first].criterion, nodes[then].criterion) for first, then in _tied(nodes)}
    told: set[int] = set()
    for first, then in sorted(pairs):
        if first == then or (then, first) in pairs or then in told:
            continue
        sooner, later = _doing(case, first), _doing(case, then)
        if sooner and later and not any(case.graph.comes_before(a, b) for a in sooner for b in later):
            told.add(then)
            yield Finding(rule=Rule.UNLINKED, tasks=case.keys(later[-1], sooner[-1]), criterion=then, beside=first)


def _tied(nodes: tuple[Node, ...]) -> Iterator[tuple[int, int]]:
    yield from itertools.chain.from_iterable(said(nodes))
    for first, then in itertools.chain(farewells(nodes), pointed(nodes), occasions(nodes)):
        if not is_too_late(nodes[first].reading, nodes[then].reading):
            yield first, then


def _doing(case: Case, criterion: int) -> list[int]:
    """The tasks that serve a criterion and can run, checks of it only where there is nothing else."""
    own = [place for place in range(len(case.tasks)) if case.serves(place) == criterion and place not in case.shut]
    return [place for place in own if not case.doings[place].checks] or own


def _read(case: Case) -> tuple[tuple[Reading, ...], ...]:
    local = case.given.now.replace(tzinfo=None)
    texts = (clean(text, 1000) for text in case.goal.criteria[:MOST_CRITERIA])
    return tuple(read_criterion(text, Moment(local=local)) for text in texts)
