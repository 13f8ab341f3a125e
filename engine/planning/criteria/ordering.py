"""Which clause comes after which: by what is said («then», «after X»), and by the usual run of things."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.planning.criteria.reading import Reading
from engine.planning.criteria.streams import STREAMS, SWITCHED_OFF, TRAINS_OFTEN, Stream, domains
from engine.planning.criteria.titles import head_of
from engine.planning.criteria.verbs import Kind, is_done
from engine.planning.criteria.wording import stem, subjects, word_set, words

LONG_LIST = 60
"""Above so many clauses only shared words tie one to another: 200 things are seldom one undertaking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A clause among all clauses of a goal."""

    index: int
    criterion: int
    reading: Reading
    stems: frozenset[str]
    own: frozenset[str]
    """The stems without those of the verb: what it is about."""
    domains: frozenset[str]
    """The domains of the thing itself, else of all that is said."""


def nodes_of(criteria: tuple[tuple[Reading, ...], ...]) -> tuple[Node, ...]:
    """All clauses in the order they were given."""
    found: list[Node] = []
    for criterion, readings in enumerate(criteria):
        for reading in readings:
            stems = subjects(reading.text) | _marks(reading)
            verbs = frozenset(stem(word) for word in words(reading.verb))
            own = stems - verbs
            about = domains(subjects(head_of(reading))) or domains(own)
            node = Node(index=len(found), criterion=criterion, reading=reading, stems=stems, own=own, domains=about)
            found.append(node)
    return tuple(found)


_TRAININGS = frozenset({"run", "train", "jog", "swim", "cycle", "go running"})
_SWITCHING_OFF = frozenset({"switch off", "turn off"})
_NO_TRAINING = frozenset({"sleep", "meditate", "journal", "watch"})


def _marks(reading: Reading) -> frozenset[str]:
    """Marks for what no single word tells.

    Training again and again: races come after it, without a plan of their own. Taking something out of use.
    """
    is_training = reading.count is not None and reading.count.days is not None and reading.verb in _TRAININGS
    found = {TRAINS_OFTEN} if is_training else set()
    return frozenset(found | ({stem(SWITCHED_OFF)} if reading.verb in _SWITCHING_OFF else set()))


class Order:
    """Edges among clauses without circles, kept with all that lies before each."""

    def __init__(self, size: int) -> None:
        self._before = [0] * size
        self._direct: list[set[int]] = [set() for _ in range(size)]

    def add(self, first: int, then: int) -> bool:
        """Let `then` come after `first`; False, and no change, where that would close a circle."""
        if first == then or self._before[first] >> then & 1:
            return False
        if self._before[then] >> first & 1:
            self._direct[then].add(first)
            return True
        self._direct[then].add(first)
        gained = self._before[first] | 1 << first
        self._before[then] |= gained
        for other, known in enumerate(self._before):
            if known >> then & 1:
                self._before[other] = known | gained
        return True

    def before(self, then: int) -> tuple[int, ...]:
        """What comes right before: edges that follow from others are left out."""
        direct = self._direct[then]
        implied = 0
        for other in direct:
            implied |= self._before[other]
        return tuple(sorted(other for other in direct if not implied >> other & 1))

    def edges(self) -> Iterator[tuple[int, int]]:
        """All edges that don't follow from others, as (first, then)."""
        for then in range(len(self._direct)):
            for first in self.before(then):
                yield first, then


def order_of(nodes: tuple[Node, ...], *, numbered: bool = False) -> Order:
    """The order of all clauses. `numbered` says that the criteria themselves are a numbered list."""
    order = Order(len(nodes))
    for first, then in (*_within(nodes), *_said(nodes), *_listed(nodes, numbered)):
        order.add(first, then)
    for first, then in (*_farther(nodes), *_usual(nodes)):
        order.add(first, then)
    for first, then in _meant(nodes):
        order.add(first, then)
    for first, then in (*_asked_late(nodes, order), *_checked_late(nodes, order)):
        order.add(first, then)
    for first, then in _extremes(nodes):
        order.add(first, then)
    return order


def _within(nodes: tuple[Node, ...]) -> Iterator[tuple[int, int]]:
    groups: dict[int, dict[int, list[int]]] = {}
    for node in nodes:
        groups.setdefault(node.criterion, {}).setdefault(node.reading.clause.step, []).append(node.index)
    for steps in groups.values():
        ordered = [steps[step] for step in sorted(steps)]
        for earlier, later in itertools.pairwise(ordered):
            yield from ((a, b) for a in earlier for b in later)


def _said(nodes: tuple[Node, ...]) -> Iterator[tuple[int, int]]:
    for node in nodes:
        clause = node.reading.clause
        for phrase, is_after in ((clause.after, True), (clause.before, False)):
            for other in matching(phrase, nodes, node):
                yield (other, node.index) if is_after else (node.index, other)
        if clause.condition:
            yield from ((other, node.index) for other in matching(clause.condition, nodes, node))
        if node.reading.url is not None and node.reading.url.alone:
            yield from ((other.index, node.index) for other in nodes[: node.index] if other.own & _hosts(node))
        if clause.follows and node.criterion:
            yield from ((other.index, node.index) for other in nodes if other.criterion == node.criterion - 1)


def _hosts(node: Node) -> frozenset[str]:
    """The telling words of an address: «https://kitehub.org/x» → «kitehub»."""
    host = re.sub(r"^\w+://", "", node.reading.url.url if node.reading.url is not None else "").split("/")[0]
    return frozenset(stem(word) for word in re.split(r"[.:]", host.lower()) if len(word) > 3)


def matching(phrase: str, nodes: tuple[Node, ...], besides: Node) -> tuple[int, ...]:
    """The clauses that a phrase such as «the user tests» speaks of: those that share most of its words."""
    wanted = frozenset(_SAME.get(word, word) for word in subjects(phrase))
    if not wanted:
        return ()
    scored = [
        (len(wanted & node.stems), node)
        for node in nodes
        if node.index != besides.index
        and (node.criterion != besides.criterion or node.reading.clause.step < besides.reading.clause.step)
    ]
    best = max((score for score, _ in scored), default=0)
    if best == 0 or best * 2 < len(wanted):
        return ()
    return tuple(node.index for score, node in scored if score == best)[:3]


def _listed(nodes: tuple[Node, ...], numbered: bool) -> Iterator[tuple[int, int]]:
    if numbered:
        for node in nodes:
            yield from ((other.index, node.index) for other in nodes if other.criterion == node.criterion - 1)


def _asked_late(nodes: tuple[Node, ...], order: Order) -> Iterator[tuple[int, int]]:
    """What hangs on a condition that no other clause speaks of is asked when what stands before it is done."""
    asked: set[tuple[int, str]] = set()
    for node in nodes:
        name = (node.criterion, node.reading.clause.condition.lower())
        is_first = name not in asked
        asked.add(name)
        if name[1] and is_first and node.criterion and not order.before(node.index):
            since = node.criterion - 1 if len(nodes) > LONG_LIST else 0
            for other in nodes[: node.index]:
                if since <= other.criterion < node.criterion:
                    yield other.index, node.index


_PUT_UP = frozenset(
    {
        Kind.DESIGN, Kind.DEVELOP, Kind.SETUP, Kind.MIGRATE, Kind.DEPLOY, Kind.FIX, Kind.OPTIMISE, Kind.WRITE,
        Kind.PUBLISH, Kind.MAKE, Kind.BUY, Kind.MOVE, Kind.FINISH, Kind.STATE, Kind.OTHER,
    }
)  # fmt: skip
_ADDRESSES = frozenset(stem(word) for word in word_set("domain hosting dns certificate"))


def _checked_late(nodes: tuple[Node, ...], order: Order) -> Iterator[tuple[int, int]]:
    """An address with nothing before it is checked after what other criteria bring about there: sooner says little."""
    if len(nodes) > LONG_LIST:
        return
    for node in nodes:
        if node.reading.url is not None and node.reading.url.alone and not order.before(node.index):
            builds = (other for other in nodes if other.criterion != node.criterion and _puts_up(other, node))
            yield from ((other.index, node.index) for other in builds)


def _puts_up(node: Node, check: Node) -> bool:
    """Whether a clause may bring about what an address answers with; a launch does where it is listed before."""
    reading = node.reading
    if reading.target is not None or (reading.url is not None and reading.url.alone):
        return False
    if "software" not in node.domains and not node.own & _ADDRESSES:
        return False
    if reading.kind in {Kind.STATE, Kind.OTHER} and reading.count is not None:
        return False
    return reading.kind in _PUT_UP or (reading.kind is Kind.LAUNCH and node.index < check.index)


def is_budget(reading: Reading) -> bool:
    """Whether a clause limits what all the rest may cost, so that it can be told only at the end."""
    return (
        reading.target is not None
        and reading.target.at_most
        and reading.verb in {"", "spend", "stay"}
        and bool({"budget", "total", "costs", "cost", "spend", "stay"} & set(words(reading.text)))
        and re.match(r"[$€£]|eur|usd|gbp|dollar", reading.target.unit, re.I) is not None
    )


def _is_the_event(reading: Reading) -> bool:
    """Whether a clause is the event itself that all the rest prepares: «Hold the wedding»."""
    return reading.verb == "hold" and reading.kind is Kind.ORGANISE


def _extremes(nodes: tuple[Node, ...]) -> Iterator[tuple[int, int]]:
    for node in nodes:
        place = 1 if is_budget(node.reading) or _is_the_event(node.reading) else node.reading.clause.place
        if place and any(other.criterion != node.criterion for other in nodes):
            for other in nodes:
                if (
                    other.criterion != node.criterion
                    and other.reading.clause.place != place
                    and not (place > 0 and (is_budget(other.reading) or _is_the_event(other.reading)))
                ):
                    yield (node.index, other.index) if place < 0 else (other.index, node.index)


def _usual(nodes: tuple[Node, ...]) -> Iterator[tuple[int, int]]:
    clusters = _clusters(nodes)
    for stream in STREAMS:
        placed = _placed(nodes, stream)
        for early, first in placed:
            later = [
                (place, node) for place, node in placed if place > early and _related(first, node, clusters, len(nodes))
            ]
            nearest = min((place for place, _ in later), default=0)
            yield from ((first.index, node.index) for place, node in later if place == nearest)
        for late, then in placed:
            sooner = [
                (place, node) for place, node in placed if place < late and _related(node, then, clusters, len(nodes))
            ]
            nearest = max((place for place, _ in sooner), default=0)
            yield from ((node.index, then.index) for place, node in sooner if place == nearest)


_DISTANCE = re.compile(
    r"\b(?P<n>\d{1,4}(?:\.\d)?)\s?(?P<unit>k|km|kilomet(?:er|re)s|miles?)\b|\b(?P<name>half[ -]marathon|marathon)\b",
    re.I,
)
_NAMED = {"marathon": 42.2}


def _distance(reading: Reading) -> float | None:
    """How far a race goes, in kilometres; None for what is no race, and for training again and again."""
    match = _DISTANCE.search(reading.text) if reading.kind is Kind.TRAIN and reading.count is None else None
    if match is None:
        return None
    if match["name"]:
        return _NAMED.get(match["name"].lower(), 21.1)
    return float(match["n"]) * (1.609 if match["unit"].lower().startswith("m") else 1.0)


def _farther(nodes: tuple[Node, ...]) -> Iterator[tuple[int, int]]:
    """The longer race comes after the shorter one."""
    races = sorted((far, node.index) for node in nodes if (far := _distance(node.reading)) is not None)
    yield from ((first, then) for (near, first), (far, then) in itertools.pairwise(races) if near < far)


def _placed(nodes: tuple[Node, ...], stream: Stream) -> list[tuple[float, Node]]:
    """Where the clauses stand in a stream; what watches over a launch stands after it where the person listed it so.

    A budget is told only at the end, and stands nowhere.
    """
    asked = (node for node in nodes if not is_budget(node.reading))
    placed = [(float(place), node) for node in asked if (place := _place(node, stream)) is not None]
    launches = [(node.index, place) for place, node in placed if node.reading.kind is Kind.LAUNCH]
    if not launches:
        return placed
    return [
        (max(after, default=place - 0.5) + 0.5, node)
        for place, node in placed
        for after in ([at for index, at in launches if _watches(node) and index < node.index],)
    ]


def _watches(node: Node) -> bool:
    return node.reading.kind is Kind.MONITOR or (node.reading.url is not None and node.reading.url.alone)


def _meant(nodes: tuple[Node, ...]) -> Iterator[tuple[int, int]]:
    """A criterion that speaks of «them» or «those 3» comes after the one before it, unless the usual run says else."""
    for node in nodes:
        if node.criterion and node.reading.clause.step == 0 and _POINTING.search(node.reading.thing[:40]):
            yield from ((other.index, node.index) for other in nodes if other.criterion == node.criterion - 1)


_POINTING = re.compile(r"^(?:it|them|these|those)\b|\b(?:them|those)\b", re.I)


_FAST = frozenset(
    stem(word)
    for word in word_set(
        """readers listeners churn retention conversion rating nps bounce
    signups users customers subscribers followers downloads mrr arr revenue sales views visitors members orders
    stars installs listens plays clients leads registrations backers"""
    )
)
_FIGURES = frozenset({Kind.REACH, Kind.CHANGE, Kind.STATE, Kind.OTHER, Kind.CHECK, Kind.TEST})
_SAME = {stem("trip"): stem("travel"), stem("journey"): stem("travel"), stem("vacation"): stem("travel")}
"""Words that mean one thing when a person says «before the trip»."""
_OUT = frozenset(stem(word) for word in word_set("live store public online published launched available released"))
_LIVE = frozenset({stem("live"), stem("production"), stem("public")})


def _place(node: Node, stream: Stream) -> int | None:
    """The stage a clause stands at, the last that fits; None when it has none in this stream."""
    kind, reading = node.reading.kind, node.reading
    grows = (
        reading.target is not None
        and kind is not Kind.SAVE
        and bool(node.stems & _FAST or {"$", "€", "£"} & set(reading.target.unit[:1]))
    )
    if kind is Kind.DEPLOY and (node.own & _LIVE or reading.clause.condition):
        kind = Kind.LAUNCH
    if kind is Kind.PRACTISE and reading.verb in _NO_TRAINING:
        kind = Kind.OTHER
    if kind is Kind.STATE and node.own & _OUT and not is_done(reading.text):
        kind = Kind.LAUNCH
    said = node.own if kind is Kind.INTERVIEW and reading.verb else node.stems
    found: int | None = None
    for position, stage in enumerate(stream.stages):
        if stream.choices_first and kind in {Kind.DECIDE, Kind.BUY} and stage.stems & said:
            return min(position, 1)
        if stage.stems & said and not (reading.target and grows):
            found = position
        elif reading.url is not None and reading.url.alone:
            found = position if stage.checks else found
        elif grows or (reading.target is not None and kind in _FIGURES):
            found = position if (stage.results if grows else stage.quality) else found
        elif kind in stage.kinds and found is None:
            found = position
    return found


_ANY_SUBJECT = frozenset(stem(word) for word in word_set("data paper report results"))
"""Words that two clauses may share without being about one thing of their own."""


def _clusters(nodes: tuple[Node, ...]) -> list[frozenset[int]]:
    """For each clause those of other criteria that speak of the same thing."""
    by_stem: dict[str, list[int]] = {}
    for node in nodes:
        for word in node.own - _ANY_SUBJECT:
            by_stem.setdefault(word, []).append(node.index)
    found: list[set[int]] = [set() for _ in nodes]
    for sharing in by_stem.values():
        if 1 < len(sharing) <= max(2, len(nodes) // 3):
            for index in sharing:
                found[index].update(sharing)
    return [frozenset(near - {index}) for index, near in enumerate(found)]


def _related(first: Node, then: Node, clusters: list[frozenset[int]], size: int) -> bool:
    """Whether two clauses are about one undertaking, as far as words can tell."""
    if first.criterion == then.criterion and first.reading.clause.lean and then.reading.clause.lean:
        return True
    if first.domains and then.domains and not first.domains & then.domains:
        return False
    if then.index in clusters[first.index]:
        return True
    if size > LONG_LIST:
        return False
    return not (clusters[first.index] and clusters[then.index]) or bool(clusters[first.index] & clusters[then.index])
