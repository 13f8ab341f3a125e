"""Work of hands goes on from step to step: «Strip the walls», «Plaster», «Hull faired»."""

import itertools
import re
from collections.abc import Iterator

from engine.planning.criteria.bonds import Pair
from engine.planning.criteria.implied import ALSO_VERBS
from engine.planning.criteria.nodes import Node, Order, has_a_day, has_rhythm
from engine.planning.criteria.phrasing import base_of
from engine.planning.criteria.titles import head_of
from engine.planning.criteria.verbs import VERBS, Kind, is_done
from engine.planning.criteria.wording import stem, word_set, words

_BY_HAND = frozenset(
    stem(word)
    for word in word_set(
        """tear torn rip strip knock demolish gut dig dug pour lay laid level fill sand scrape prime undercoat paint
        varnish oil seal stain wax plaster skim tile grout waterproof insulate wire rewire plumb install fit mount
        assemble reassemble rebuild rebuilt weld glue saw drill screw bolt render turf replace repair mend remove
        refit rehang weatherproof touch"""
    )
)
_ON_THE_SPOT = re.compile(
    r"(?:check|inspect) .+ for (?:rot|damp|rust|leaks?|cracks?|(?:wood)?worm|mould|mold)\b"
    r"|(?:move|take|carry|clear) (?:the |all )?\w+ (?:out|aside|away)\b",
    re.I,
)
_PUT_THERE = re.compile(
    r"(?!invit|letter|flyer|poster|mail|advert)(?:[\w-]+ ){1,4}(?<!sent )(?<!paid )(?<!signed )(?<!filled )(?<!handed )"
    r"(?:in|out|off|up|down|on|back)"
    r"(?: (?:by|before|in|on) .+)?$"
    r"|.+ out of the (?:attic|cellar|basement|garage|shed|room|kitchen|bathroom|house)$"
    r"|(?:\w+ )?(?:vapour barrier|insulation|(?:plaster|floor)?boards|battens|underlay|screed|skirting|cladding)"
    r"(?: \w+){0,3}$"
    r"|(?:\w+ )?(?:primer|undercoat|top ?coat|coats? of \w+|scaffolding)\b"
    r"|(?:\w+(?:,| and) )?(?:painting|tiling|plastering|flooring|plumbing|electrics|wiring|grouting|sanding)\b",
    re.I,
)
_PLACES = frozenset(
    stem(word)
    for word in word_set(
        """bathroom kitchen bedroom hall hallway living nursery garage shed roof fence garden attic cellar basement
        balcony terrace deck greenhouse windows facade stairs"""
    )
)
_MOVABLE = frozenset(map(stem, word_set("bike bicycle car phone laptop watch shoes boots coat jacket toy radio tyre")))
"""What is mended somewhere for itself."""
_NO_WORK = frozenset({Kind.DECIDE, Kind.BUY, Kind.HIRE})
HOMES_OF_MACHINES = frozenset({"software", "language", "body"})


def step_by_step(nodes: tuple[Node, ...]) -> Iterator[Pair]:
    """Work of hands goes on from step to step, unless it is done in another place."""
    works = [node for node in nodes if _is_by_hand(node)]
    for first, then in itertools.pairwise(works):
        places = (first.stems & _PLACES, then.stems & _PLACES)
        if first.criterion != then.criterion and not (all(places) and places[0].isdisjoint(places[1])):
            yield first.index, then.index


def _is_by_hand(node: Node) -> bool:
    reading = node.reading
    if reading.kind is Kind.REPAIR and node.stems & _MOVABLE:
        return False
    if node.domains & HOMES_OF_MACHINES or reading.target or reading.kind in _NO_WORK or has_rhythm(reading):
        return False
    told = words(reading.text)
    said = told if is_result(node) else told[:1]
    is_so = _PUT_THERE.match(reading.text) if not reading.verb else _ON_THE_SPOT.match(reading.text)
    return is_so is not None or any(stem(one) in _BY_HAND for word in said for one in (word, word.removeprefix("re")))


def goes_with(first: Node, then: Node) -> bool:
    """Whether a result is one more step of the work before it, and no other matter that is listed beside it."""
    day = then.reading.not_before
    if day is not None and day == first.reading.not_before:
        return False
    if then.reading.verb or first.own & then.own:
        return True
    if not is_done(then.reading.text):  # «Internal audit», «Stage 1 in June»
        return then.reading.not_before is None or not first.reading.verb or first.reading.not_before is not None
    told = set(words(then.reading.text))
    if told & (_FOUND | _ANSWERED):
        return told.isdisjoint(_OFFICIAL)
    if told & _TAKEN_ON:
        return True
    places = first.stems & _PLACES, then.stems & _PLACES
    is_ready = first.reading.kind is Kind.DECIDE or not _STANDS.isdisjoint(
        (first.reading.verb, *words(first.reading.text))
    )
    if all(places) and places[0].isdisjoint(places[1]):
        return False
    return _is_work(then) and (is_ready or _is_work(first) or _names_things(first))


def tells_results(nodes: tuple[Node, ...]) -> bool:
    """Whether a list tells what will have been: some results, and few doings. Nobody tells that backwards."""
    many = nodes[-1].criterion + 1 if nodes else 0
    told = {node.criterion: node.reading.clause.told for node in nodes}
    results, doings = (sum(1 for one in told.values() if one == form) for form in ("result", "doing"))
    return many >= _A_ROW and results * 3 >= many and doings * 3 <= many


def is_told_in_turn(nodes: tuple[Node, ...], order: Order) -> bool:
    """Whether such a list is one of steps, half of which are known to follow each other or have their day, and most of
    those as they are told. One pair among errands says nothing of the others."""
    pairs = [(nodes[first].criterion, nodes[then].criterion) for first, then in order.edges()]
    known = {one for pair in pairs if pair[0] != pair[1] for one in pair}
    known |= {node.criterion for node in nodes if has_a_day(node.reading)}
    if not tells_results(nodes) or 2 * len(known) < nodes[-1].criterion + 1:
        return False
    along = sum(first < then for first, then in pairs) + any(has_a_day(node.reading) for node in nodes)
    return along > 2 * sum(then < first for first, then in pairs)


_A_ROW = 4  # fewer may be listed as they come to mind
_MAKER = re.compile(r"\b([a-z]{5,}?)(?:ers?|ors?|ists?)\b", re.I)


def finds_its_maker(other: Node, told: list[str]) -> bool:
    """Whether a clause finds somebody for what another tells: an illustrator, and then the illustrations."""
    if other.reading.kind not in {Kind.FIND, Kind.HIRE, Kind.DECIDE, Kind.CHORE}:
        return False
    roots = [found[1].lower() for found in _MAKER.finditer(head_of(other.reading))]
    return any(word.startswith(root) and not _MAKER.fullmatch(word) for root in roots for word in told)


def is_result(node: Node) -> bool:
    """Whether a clause is a result: «Driving test passed»."""
    return not node.reading.verb and is_done(node.reading.text)


def is_step(node: Node) -> bool:
    """Whether a result is a step of work with the hands: «Layers basted and quilted»."""
    return is_result(node) and _is_work(node)


def _is_work(node: Node) -> bool:
    """Whether hands bring something about: by a doing that is known for it, or by one that no table knows."""
    told = words(node.reading.text)
    known = (word in _SEEN_TO or _is_known(base_of(word)) for word in told if word.endswith("ed"))
    return _is_by_hand(node) or not all(known) or (not node.reading.verb and not _WROUGHT.isdisjoint(told))


_SEEN_TO = word_set("serviced resoled vaccinated neutered digitised dewormed chipped")
"""What somebody does to one thing alone."""
_WROUGHT = word_set("cut sewn sawn bound laid woven spun ground forged turned carved pieced washed ironed")


def _is_known(verb: str) -> bool:
    roots = verb, verb.removesuffix("d"), verb.removesuffix("ed"), verb.removesuffix("ed")[:-1]
    return any(one in VERBS or one in ALSO_VERBS for root in roots for one in (root, root.removeprefix("re")))


def _names_things(node: Node) -> bool:
    return not node.reading.verb and node.reading.kind is Kind.OTHER and not is_done(node.reading.text)


_ANSWERED = word_set("accepted approved confirmed signed agreed")
"""What others said yes to: it follows what they were asked for."""
_STANDS = _ANSWERED | word_set("move moved deliver delivered build built erect erected")
_FOUND = word_set("feedback comments findings suggestions corrections remarks known understood identified")
_TAKEN_ON = word_set("copied loaded imported ingested migrated transcribed annotated labelled deduplicated archived")
"""What is done to what was brought about before: «Schema converted», «Data copied»."""
_OFFICIAL = word_set("visa permit passport licence license certificate registration name date dates price")
"""What may be granted or agreed whatever else is done."""
