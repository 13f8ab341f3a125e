"""Which clause comes after which: by what is said («then», «after X»), and by the usual run of things."""

import itertools
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

from engine.planning.criteria import marks
from engine.planning.criteria.bonds import begun, budgets, farewells, occasions, pointed, points_back, used
from engine.planning.criteria.everyday import everyday, farther, goes_on
from engine.planning.criteria.handiwork import tells_results
from engine.planning.criteria.listed import as_listed, bounds, listed_bonds
from engine.planning.criteria.marks import INTERNAL_AUDIT, SAY_ALL, is_engaged
from engine.planning.criteria.nodes import (
    LONG_LIST,
    Node,
    Order,
    are_related,
    clusters_of,
    grows,
    has_rhythm,
    is_bound,
    is_budget,
    is_cap,
    is_occasion,
    is_too_late,
)
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.said_order import asked_late, said, waited_for, waited_late, waited_through
from engine.planning.criteria.streams import STREAMS, Stream
from engine.planning.criteria.titles import has_no_thing, head_of
from engine.planning.criteria.verbs import VERBS, Kind, is_done, kind_of_done, noun_kind
from engine.planning.criteria.wording import stem, word_set, words
from engine.planning.slices import run_through

_A_SLICE = 64
"""Pairs that are put in order before somebody else has a turn."""


def order_of(nodes: tuple[Node, ...], *, numbered: bool = False) -> Order:
    """The order of all clauses. `numbered` says that the criteria themselves are a numbered list."""
    return run_through(ordering(nodes, numbered=numbered))


def ordering(nodes: tuple[Node, ...], *, numbered: bool = False) -> Generator[None, None, Order]:
    """`order_of`, in slices. What comes first among the reasons wins over what contradicts it."""
    order = Order(len(nodes))
    asked = itertools.chain((_within(nodes),), said(nodes))
    told = (_listed(nodes, numbered), _extremes(nodes))
    for reasons in (
        asked,
        told,
        itertools.chain((farewells(nodes), farther(nodes)), _usual(nodes)),
        (pointed(nodes), used(nodes), begun(nodes), everyday(nodes), waited_for(nodes)),
        (asked_late(nodes, order), waited_late(nodes, order), _checked_late(nodes, order)),
        (occasions(nodes), listed_bonds(nodes), bounds(nodes), budgets(nodes)),
        (waited_through(nodes, order),),
        (as_listed(nodes, order),),
    ):
        pairs: list[tuple[int, int]] = []
        for reason in reasons:  # told before one is added: some look at the order as it is
            pairs.extend(reason)
            yield
        for number, (first, then) in enumerate(pairs, 1):
            if nodes[first].reading.clause.excludes(nodes[then].reading.clause):
                continue
            if reasons is asked or reasons is told or not is_too_late(nodes[first].reading, nodes[then].reading):
                is_kept = order.add(first, then)
                if reasons is asked and first != then and not is_kept:
                    order.refused.append((first, then))
            if not number % _A_SLICE:
                yield
    return order


def _extremes(nodes: tuple[Node, ...]) -> Iterator[tuple[int, int]]:
    """«First» and «finally» stand before or behind all other criteria, but for a budget, which is told at the end."""
    for node in nodes:
        place = node.reading.clause.place
        if not place:
            continue
        for other in nodes:
            beside = place > 0 and (is_budget(other.reading) or is_occasion(other.reading))
            if other.criterion != node.criterion and other.reading.clause.place != place and not beside:
                yield (node.index, other.index) if place < 0 else (other.index, node.index)


def _within(nodes: tuple[Node, ...]) -> Iterator[tuple[int, int]]:
    groups: dict[int, dict[int, list[int]]] = {}
    for node in nodes:
        groups.setdefault(node.criterion, {}).setdefault(node.reading.clause.step, []).append(node.index)
    for steps in groups.values():
        ordered = [steps[step] for step in sorted(steps)]
        for earlier, later in itertools.pairwise(ordered):
            yield from ((a, b) for a in earlier for b in later)


def _listed(nodes: tuple[Node, ...], numbered: bool) -> Iterator[tuple[int, int]]:
    if numbered:
        for node in nodes:
            yield from ((other.index, node.index) for other in nodes if other.criterion == node.criterion - 1)


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


def _usual(nodes: tuple[Node, ...]) -> Iterator[list[tuple[int, int]]]:
    """The usual run of things, stream by stream and clause by clause. A budget, or what must not be, is told only at
    the end, and stands nowhere in it."""
    told_last = (is_budget, is_bound, is_cap)
    standing = [node for node in nodes if not any(is_told(node.reading) for is_told in told_last)]
    clusters, many, in_turn = clusters_of(nodes), len(nodes), tells_results(nodes)

    def is_in_place(node: Node) -> bool:  # what only says how good all is to be may be told anywhere
        return in_turn and (node.reading.target is None or node.reading.clause.told == "result")

    kinds = {node.index: _acts_as(node) for node in standing}
    back = {node.index for node in standing if points_back(node.reading)}
    near: dict[str, list[Node]] = {}
    for node in standing:
        for name in _streams_of(node, kinds[node.index]):
            near.setdefault(name, []).append(node)

    streams = [stream for stream in STREAMS if len(near.get(stream.name, ())) > 1]
    against: set[tuple[int, int]] = set()

    def run(stream: Stream, *, strictly: bool = False) -> Iterator[list[tuple[int, int]]]:
        def related(first: Node, then: Node) -> bool:
            is_kept = are_related(first, then, clusters, many, any_domain=stream.any_domain)
            if not is_kept or (first.criterion > then.criterion and (then.index in back or is_in_place(then))):
                return False
            return not (strictly and _is_doubtful(first, then, stream, kinds))

        return _run(_placed(near[stream.name], stream, kinds), related)

    found = []
    for stream in streams:
        for pairs in run(stream):
            found.append(pairs)
            against.update((a, b) for a, b in pairs if _is_doubtful(nodes[a], nodes[b], stream, kinds))
            yield []
    along = {(a, b) for pairs in found for a, b in pairs if a < b}
    is_in_order = bool(against) and len(along) > _IN_ORDER * len(against)
    yield from itertools.chain.from_iterable(run(one, strictly=True) for one in streams) if is_in_order else found


_IN_ORDER = 2
"""Who lists so many things in their usual order for each that is not, has most likely meant that one, too."""


def _is_doubtful(first: Node, then: Node, stream: Stream, kinds: Mapping[int, Kind]) -> bool:
    """Whether it is by a word only that a clause is to come before one listed ahead of it, and not by their kinds; or
    because it looks into something, as one does behind what was done, too: «Security review»."""
    is_late = then.reading.target is not None or then.reading.url is not None or first.reading.kind is Kind.BUY
    if then.criterion >= first.criterion or is_late:
        return False
    if kinds[first.index] is Kind.RESEARCH and not first.reading.verb:
        return True
    stages = ((node, _place(node, stream, kinds[node.index])) for node in (first, then))
    return any(place is not None and kinds[node.index] not in stream.stages[place].kinds for node, place in stages)


def _run(placed: list[tuple[float, Node]], related: Callable[[Node, Node], bool]) -> Iterator[list[tuple[int, int]]]:
    for early, first in placed:
        later = [(place, node) for place, node in placed if place > early and related(first, node)]
        nearest = min((place for place, _ in later), default=0)
        yield [
            (first.index, node.index) for place, node in later if place == nearest and not _beside(first, node, placed)
        ]
    for late, then in placed:
        sooner = [(place, node) for place, node in placed if place < late and related(node, then)]
        nearest = max((place for place, _ in sooner), default=0)
        yield [
            (node.index, then.index) for place, node in sooner if place == nearest and not _beside(node, then, placed)
        ]


_SHOWN_IN = frozenset({Kind.TRAIN, Kind.COMPETE, Kind.EXAM, Kind.PRESENT, Kind.CHORE, Kind.PRACTISE})
"""Kinds in which comes out what was practised until then."""


def _beside(first: Node, then: Node, placed: list[tuple[float, Node]]) -> bool:
    """Whether something comes while another goes on and on, instead of after it: readers while one posts weekly.

    What goes on until the end of it all can only be followed by that end: the race, and not the half of it in spring.
    """
    if not has_rhythm(first.reading):
        return False
    if grows(then):
        return True
    last = max(place for place, _ in placed)
    return goes_on(first) and (then.reading.kind not in _SHOWN_IN or any(n is then and at < last for at, n in placed))


def _placed(nodes: Sequence[Node], stream: Stream, kinds: Mapping[int, Kind]) -> list[tuple[float, Node]]:
    """Where clauses stand in a stream; what watches over a launch stands after it where the person listed it so."""
    placed = [(float(at), node) for node in nodes if (at := _place(node, stream, kinds[node.index])) is not None]
    placed = [(_before_tests(place, node, placed, kinds), node) for place, node in placed]
    launches = [(node, place) for place, node in placed if kinds[node.index] is Kind.LAUNCH]
    deploys = [(node, place) for place, node in placed if kinds[node.index] is Kind.DEPLOY]
    placed = [(_on_trial(place, node, deploys, kinds), node) for place, node in placed] if deploys else placed
    if not launches:
        return placed
    return [
        (max(after, default=place - 0.5) + 0.5, node)
        for place, node in placed
        for after in ([at for other, at in launches if _watches(node) and _comes_of(node, other)],)
    ]


def _on_trial(place: float, node: Node, deploys: list[tuple[Node, float]], kinds: Mapping[int, Kind]) -> float:
    """What is watched for some time and listed before all that is deployed is a trial that comes before it."""
    is_trial = kinds[node.index] is Kind.MONITOR and node.reading.seconds is not None
    first = min(deploys, key=lambda deploy: deploy[0].index)
    return first[1] - 0.5 if is_trial and node.criterion < first[0].criterion else place


_FOUND = frozenset(stem(word) for word in word_set("findings found find feedback problems issues results testers"))
"""What is to be mended is not known before somebody has looked."""


def _before_tests(place: float, node: Node, placed: list[tuple[float, Node]], kinds: Mapping[int, Kind]) -> float:
    """What is known to be broken and listed before all tests is mended before them: they would only find it again."""
    if kinds[node.index] is not Kind.FIX or _FOUND & node.stems:
        return place
    tests = [(at, other) for at, other in placed if kinds[other.index] is Kind.TEST and at < place]
    if not tests or any(other.index < node.index for _, other in tests):
        return place
    return min(at for at, _ in tests) - 1  # beside what is developed


def _comes_of(watch: Node, launch: Node) -> bool:
    """Whether what is watched is there only with a launch: one listed before, or whatever puts up what answers there.

    A deployment on a condition that the watching itself may tell stands behind it.
    """
    if watch.reading.url is not None and watch.reading.url.alone and not launch.reading.clause.condition:
        return launch.index < watch.index or launch.reading.kind is Kind.DEPLOY
    return launch.index < watch.index


def _watches(node: Node) -> bool:
    """Whether a clause tells of what was launched how it does: what a figure falls to is seen behind it."""
    if node.reading.kind is Kind.CHANGE and node.reading.target is not None:
        return True
    return node.reading.kind is Kind.MONITOR or (node.reading.url is not None and node.reading.url.alone)


_FIGURES = frozenset({Kind.REACH, Kind.CHANGE, Kind.STATE, Kind.OTHER, Kind.CHECK, Kind.TEST})
_OUT = frozenset(stem(word) for word in word_set("live store public online published launched available released"))
_WHEN_DONE = frozenset(
    {Kind.DEPLOY, Kind.WRITE, Kind.MIGRATE, Kind.TEST, Kind.DEVELOP, Kind.DESIGN, Kind.SETUP, Kind.RESEARCH}
) | {Kind.PROMOTE, Kind.READ}
"""Kinds of which a result stands where their doing does: «Ingestion job deployed»."""
_GONE_THROUGH = frozenset({Kind.EXAM, Kind.COURSE, Kind.FINISH})
"""What is passed, taken or finished stands where the thing does: «Licence exam passed», «Beginner course done»."""
_LIVE = frozenset({stem("live"), stem("production"), stem("public")})
_OWN_AUDIT = frozenset({stem(INTERNAL_AUDIT)})
"""What looks into what was put in place, and is no research that comes before it."""
_AS_IT_IS = word_set("current existing baseline characterization characterisation")
"""What is tested before anything is changed."""
_MEASURED = frozenset(map(stem, ("data", "responses", "results", "answers", "measurements", marks.COMPARES_DATA)))
_OTHER_AS_NOUNS = frozenset({"train", "read"})
"""Verbs whose stems are those of other things: trains, and readers who tell what they think."""
_HELD, _READINGS = frozenset({"hold", "give", "host", "attend"}), frozenset({stem("reading")})
"""«Hold a reading»: an evening, and no readers who tell what they think."""
_NO_TRAINING = frozenset({"sleep", "meditate", "journal", "watch"})


def _acts_as(node: Node) -> Kind:
    """The kind that tells where a clause stands: what goes live is launched, however it is said."""
    kind, reading = node.reading.kind, node.reading
    if kind is Kind.HIRE and is_engaged(head_of(reading)):
        return Kind.OTHER
    if kind is Kind.RESEARCH:
        is_trial = bool(reading.verb) and has_no_thing(reading)  # «Evaluate on a hold-out set»
        aside = _OWN_AUDIT & node.stems or reading.clause.after or _tells_of_data(node)
        return Kind.OTHER if aside else Kind.TEST if is_trial else kind
    if kind in {Kind.CHORE, Kind.OTHER} and VERBS.get(reading.verb) in {Kind.FIX, Kind.MIGRATE}:
        return VERBS[reading.verb]
    if reading.target is not None and not reading.verb and reading.target.unit in {"words", "pages"}:
        return Kind.WRITE
    if kind is Kind.CHORE and reading.verb == "watch":
        return Kind.RESEARCH
    if kind is Kind.TEST and _AS_IT_IS & set(words(reading.text)):
        return Kind.RESEARCH
    if kind is Kind.DEPLOY and (reading.verb == "go live" or node.own & _LIVE or reading.clause.condition):
        return Kind.LAUNCH
    if kind is Kind.PRACTISE and reading.verb in _NO_TRAINING:
        return Kind.OTHER
    if kind is Kind.OTHER and not reading.verb and "software" in node.domains and _is_bare(reading):
        return Kind.DEVELOP  # «Strategy logic»
    return _state_as(node) if kind is Kind.STATE or (kind is Kind.OTHER and reading.clause.told == "result") else kind


def _state_as(node: Node) -> Kind:
    reading = node.reading
    text = reading.text if is_done(reading.text) else f"it {reading.text}"  # «Built in Rust»
    done = kind_of_done(text) if not reading.verb else None
    if done in _WHEN_DONE:
        return done or reading.kind
    if done in _GONE_THROUGH and (told := noun_kind(reading.text)) in _GONE_THROUGH:
        return told or reading.kind
    return Kind.LAUNCH if node.own & _OUT and not is_done(reading.text) else reading.kind


def _is_bare(reading: Reading) -> bool:
    """Whether a clause only names what is to be there, without a word on how much, when or that it is done."""
    is_short = len(words(reading.text)) <= 2 and not is_done(reading.text)
    return is_short and not (reading.target or reading.count or reading.not_before)


def _tells_of_data(node: Node) -> bool:
    """Whether a clause looks into what was gathered before, and is no research that comes first."""
    return node.reading.verb in {"analyse", "analyze", "evaluate", "compare"} and bool(_MEASURED & node.stems)


_STEMS = {stream.name: frozenset[str]().union(*(stage.stems for stage in stream.stages)) for stream in STREAMS}
"""The words and marks that stand at any stage of a stream."""
_BY_STEM = {word: [name for name in _STEMS if word in _STEMS[name]] for word in frozenset().union(*_STEMS.values())}
_BY_KIND = {kind: [one.name for one in STREAMS if any(kind in stage.kinds for stage in one.stages)] for kind in Kind}
_WEIGHED = [one.name for one in STREAMS if any(stage.quality or stage.results or stage.checks for stage in one.stages)]
"""Streams at some stage of which figures or checks of an address stand."""


def _streams_of(node: Node, kind: Kind) -> set[str]:
    """The names of the streams in which a clause may stand anywhere, without looking at each of their stages."""
    weighed = _WEIGHED if node.reading.target is not None or node.reading.url is not None else ()
    return {*(name for word in node.stems for name in _BY_STEM.get(word, ())), *_BY_KIND[kind], *weighed}


def _place(node: Node, stream: Stream, kind: Kind) -> int | None:
    """The stage at which a clause that acts as such a kind stands, the last that fits; None when it has none."""
    reading, is_growth = node.reading, grows(node)
    if stream.beside_habits and has_rhythm(reading):
        return None
    stems = node.stems if _MOCK.isdisjoint(node.stems) else node.stems - _SCORES
    said = stems & SAY_ALL & _STEMS[stream.name] or (
        node.own if reading.verb in _OTHER_AS_NOUNS or (kind is Kind.INTERVIEW and reading.verb) else stems
    )
    if reading.verb in _HELD or kind is Kind.ORGANISE:
        said = said - _READINGS
    found: int | None = None
    is_growth = is_growth and not (kind is Kind.SELL and node.stems & _ADMISSION)
    for position, stage in enumerate(stream.stages):
        if stream.choices_first and kind in {Kind.DECIDE, Kind.BUY} and stage.stems & said:
            return min(position, 1)
        if stage.stems & said and not (reading.target and is_growth) and (not stage.got or _is_got(reading)):
            found = position
            if kind is Kind.BUY:
                break  # «a camera and editing software» are both there before anything is filmed
        elif reading.url is not None and reading.url.alone:
            found = position if stage.checks else found
        elif is_growth or (reading.target is not None and kind in _FIGURES and reading.verb not in _GATHERED):
            found = position if (stage.results if is_growth else stage.quality) else found
        elif kind in stage.kinds and found is None:
            found = position
    return found


def _is_got(reading: Reading) -> bool:
    return reading.kind in _GOT or reading.verb in {"get", "book", "order", "borrow", "collect"} or not reading.verb


_GOT = frozenset({Kind.BUY, Kind.FIND, Kind.HIRE, Kind.DECIDE, Kind.RESEARCH, Kind.REPAIR})
_GATHERED = frozenset({"raise", "collect", "gather"})
"""What is brought together, and says nothing of how good something is."""
_MOCK, _SCORES = frozenset({stem("mock")}), frozenset({stem("score")})
"""«70 % in the last mock»: told before the exam, and not by it."""
_ADMISSION = frozenset(stem(word) for word in word_set("ticket tickets seat seats"))
"""Sold before the day, and no result that comes of it."""
