"""The clauses of a goal side by side, and an order among them that never closes a circle."""

import re
from collections.abc import Generator, Iterator

from msgspec import Struct

from engine.planning.criteria.domains import domains
from engine.planning.criteria.due import lasts_days
from engine.planning.criteria.kinds import is_celebration, is_not_yet
from engine.planning.criteria.marks import marks_of
from engine.planning.criteria.qualifiers import forbids, forbids_a_doing, starts_with_limit
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.titles import head_of
from engine.planning.criteria.verbs import EVENTS, Kind, is_done, noun_kind
from engine.planning.criteria.wording import stem, subjects, word_set, words
from engine.planning.slices import run_through

LONG_LIST = 60
"""Above so many clauses only shared words tie one to another: 200 things are seldom one undertaking."""

_A_SLICE = 64
"""Clauses that are looked at before somebody else has a turn."""


class Node(Struct, frozen=True, kw_only=True, gc=False):
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
    return run_through(all_nodes(criteria))


def all_nodes(criteria: tuple[tuple[Reading, ...], ...]) -> Generator[None, None, tuple[Node, ...]]:
    """`nodes_of`, in slices."""
    found: list[Node] = []
    for criterion, readings in enumerate(criteria):
        for reading in readings:
            may_be = " by " in reading.text or "indows " in reading.text or "lying " in reading.text
            text = _BESIDE_THE_POINT.sub(" ", reading.text) if may_be else reading.text
            stems = subjects(text) | marks_of(reading)
            if " " in reading.verb:
                stems |= {stem(reading.verb.replace(" ", ""))}  # «cut over» is spoken of as «the cutover»
            verbs = frozenset(stem(word) for word in words(reading.verb))
            own = stems - verbs
            about = domains(subjects(head_of(reading))) or domains(own) or _of_weight(reading)
            node = Node(index=len(found), criterion=criterion, reading=reading, stems=stems, own=own, domains=about)
            found.append(node)
            if not len(found) % _A_SLICE:
                yield
    return tuple(found)


_BESIDE_THE_POINT = re.compile(
    r"\b(\w+) by \1\b|\bflying (?=hours?\b|lessons?\b)"
    r"|\bwindows (?=licen|laptops?\b|pcs?\b|servers?\b|updates?\b|users?\b|\d)",
    re.I,
)
"""What names no thing that is worked on: «floor by floor», «Windows licences»."""
_WEIGHING = frozenset({"", "lose", "gain", "weigh", "reach", "get", "get to", "drop", "shed", "lift", "bench", "squat"})
_WEIGHTS = word_set("kg kilo kilos kilogram kilograms lb lbs pounds")


def _of_weight(reading: Reading) -> frozenset[str]:
    """The body for a weight that somebody has or lifts; «harvest 5 kg» is about none."""
    is_weight = reading.target is not None and reading.target.unit.lower() in _WEIGHTS
    return frozenset({"body"}) if is_weight and reading.verb in _WEIGHING else frozenset()


class Order:
    """Edges among clauses without circles, kept with all that lies before each."""

    def __init__(self, size: int) -> None:
        self._before = [0] * size
        self._direct: list[set[int]] = [set() for _ in range(size)]
        self.refused: list[tuple[int, int]] = []
        """What was said and can't be kept beside what was said before it, as (first, then)."""

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


def has_rhythm(reading: Reading) -> bool:
    """Whether a clause is done again and again."""
    return reading.count is not None and reading.count.days is not None


def has_a_day(reading: Reading) -> bool:
    """Whether a clause happens on a day, or in a month: one sets out then, though nobody knows on which day yet."""
    return reading.not_before is not None and (not reading.begins or (reading.kind is Kind.TRAVEL and bool(reading.by)))


def is_bound(reading: Reading) -> bool:
    """Whether a clause says what must not happen while all else is done: «No injuries», «Nobody pays over 15 €»."""
    unbound = reading.seconds is None and reading.count is None
    if reading.verb or reading.clause.condition or not unbound or not forbids(reading.text):
        return False
    dated = reading.by is not None or reading.not_before is not None
    return not dated or is_not_yet(reading.text) or forbids_a_doing(reading.text)


def is_cap(reading: Reading) -> bool:
    """Whether a clause is a figure that all the rest is not to pass, so that it can be told only at the end."""
    at_most = reading.target is not None and reading.target.at_most
    return at_most and not reading.verb and starts_with_limit(reading.text)


def is_budget(reading: Reading) -> bool:
    """Whether a clause limits what all the rest may cost, so that it can be told only at the end."""
    return (
        reading.target is not None
        and reading.target.at_most
        and reading.verb in {"", "spend", "stay"}
        and (is_cap(reading) or bool({"budget", "total", "costs", "cost", "spend", "stay"} & set(words(reading.text))))
        and "saved" not in words(reading.text)  # that is a sum to be there
        and (is_money(reading.target.unit) or not reading.target.unit)
    )


def is_money(unit: str) -> bool:
    """Whether a unit is one of money: «€», «EUR», «US dollars»."""
    return re.match(r"[$€£]|eur|usd|us dollar|gbp|chf|dollar", unit, re.I) is not None


_GROWING = frozenset(
    stem(word)
    for word in word_set(
        """readers listeners churn retention conversion rating nps bounce reviews
    signups users customers subscribers followers downloads mrr arr revenue sales views visitors members orders
    stars installs listens plays clients leads registrations registered backers sellers buyers"""
    )
)
_NO_GROWTH = frozenset({Kind.SAVE, Kind.RESEARCH, Kind.INTERVIEW})


def grows(node: Node) -> bool:
    """Whether a clause asks for a figure of growth: signups, revenue."""
    target = node.reading.target
    if target is None or node.reading.kind in _NO_GROWTH or node.reading.verb == "raise":
        return False
    return node.reading.kind is Kind.SELL or speaks_of_a_crowd(node) or is_money(target.unit)


def speaks_of_a_crowd(node: Node) -> bool:
    """Whether a clause is about those who come, buy or like: customers, downloads, reviews."""
    return not node.stems.isdisjoint(_GROWING)


def is_too_late(first: Reading, then: Reading) -> bool:
    """Whether one could not be done by its day if it came after the other, so that nobody can have meant that."""
    day = then.by or then.not_before
    if day is None or then.days_left is None:
        return False
    if first.not_before is not None and first.not_before.date > day.date:
        return True
    lasts = first.seconds / 86_400 if first.seconds is not None else 0.0
    lasts = max(lasts, first.count.days or 0.0 if first.count is not None and first.seconds is not None else 0.0)
    return lasts > then.days_left


_DISTANCE = re.compile(
    r"\b(?P<n>\d{1,4}(?:\.\d)?)\s?(?P<unit>k|km|kilomet(?:er|re)s|miles?|m|met(?:er|re)s)\b"
    r"|\b(?P<name>half[ -]marathon|marathon)\b",
    re.I,
)
_RACES = {"marathon": 42.2}
_IN_KILOMETRES = {"m": 0.001, "met": 0.001, "mil": 1.609}


def distance(reading: Reading) -> float | None:
    """How far a race goes, in kilometres; None for what is no race, and for training again and again."""
    match = _DISTANCE.search(reading.text) if reading.kind is Kind.TRAIN and reading.count is None else None
    if match is None:
        return None
    if match["name"]:
        return _RACES.get(match["name"].lower(), 21.1)
    return float(match["n"]) * _IN_KILOMETRES.get(match["unit"].lower()[:3].rstrip("."), 1.0)


_ENGLISH = word_set("and of the with for or let my our your his their it by before after every each at from until")
_FOREIGN = word_set(
    """der die das den dem des ein eine einen beim und mit nach für zum zur im vom auf von nicht le la les des une du
    pour avec dans et el los las una para con y il lo gli della di het een van voor naar og och att med"""
)


_ACCENTED = re.compile(
    r"(?<!\w)(?![A-ZÀ-Þ]|(?:café|crèche|résumé|fiancée?|décor|purée|soirée|cliché|piñata|naïve)s?\b)\w*[^\W\d_a-zA-Zµ]"
)
"""A word with letters that English has not; names may have them, and so have some words that it borrowed."""


def is_unread(reading: Reading) -> bool:
    """Whether a clause is in a language that is not read here, so that nothing is known of it but its words."""
    if reading.verb or reading.kind is not Kind.OTHER or reading.target is not None or reading.url is not None:
        return False
    said = words(reading.text)
    accented = _ACCENTED.search(reading.text) is not None
    is_foreign = accented or bool(_FOREIGN & set(said) - ({"pour"} & {*said[:1]}))
    if _ENGLISH & set(said) or is_done(reading.text):
        return False
    return is_foreign or (len(said) > 1 and said[-1] not in _ENDS_ALIKE and _INFINITIVE.search(said[-1]) is not None)


_INFINITIVE = re.compile(r"[a-z]{4,}(?:(?<!e)en|ern|eln)$")
_ENDS_ALIKE = word_set(
    """garden kitchen children linen token golden wooden women oxygen citizen specimen pattern modern western eastern
    northern southern lantern tavern concern intern kitten chicken burden warden heaven eleven often listen"""
)
"""English words that end as German doings do."""


_HELD, _GIVEN, _ARRANGED = map(word_set, ("hold have celebrate", "host throw", "organise organize arrange"))
_COMES_OFF = re.compile(
    r"(?P<what>.{2,80}?)\s(?:(?:is|are|was|were|has been|have been)\s(?:held|celebrated|thrown)"
    r"|(?:takes?|took|has taken|have taken)\splace|happens|(?:has\s)?happened)\b",
    re.I,
)
"""An event as a state: «The festival is held»."""
_CULMINATES = re.compile(
    r"(?:[\w'’-]+ ){0,3}(?:finals?|kick-?off|hearing|defen[cs]e|viva|regatta|recital|championships?|race|summit|"
    r"congress|expo|wedding|confirmation|christening|baptism|communion|graduation|gala(?: dinner)?|"
    r"performances?|premiere|screening|delivery|handover|quiz night)"
    r"(?: (?:to|in|at|for|of) (?:[\w'’-]+ ){0,3}[\w'’-]+)??(?=,?\s(?:on\b|\(|\d|(?:mon|tue|wed|thu|fri|sat|sun)))",
    re.I,
)
"""What much is prepared for, and has its day."""
_DAY_OF_MANY = re.compile(
    r"^it(?: (?:on|at|in)\b|\W*$)|"  # «Hold it on 12 June»
    r"\b(?!(?:first|last|rest|every|one|the|each|next|other|same|all|per|any|a|due)\b)[a-z][\w-]+\s(?:day|night|weekend)\b",
    re.I,
)


def is_occasion(reading: Reading) -> bool:
    """Whether a clause is the event itself that others prepare: «Hold the wedding», «Organise the fair»."""
    if re.match(r"(?:get|be|are) married\b", reading.text, re.I):
        return True
    is_dated = reading.not_before is not None and not reading.begins
    if not reading.verb and reading.not_before is not None and reading.kind is Kind.TRAVEL:
        return True  # «5 nights in May»: what is booked is booked before
    if not reading.verb and (is_celebration(reading.text) or (is_dated and lasts_days(reading.text))):
        return True
    if not reading.verb and is_dated and _CULMINATES.match(reading.text):
        return True
    state = _COMES_OFF.match(reading.text) if not reading.verb else None
    is_held = reading.verb in _HELD | _ARRANGED or (state is not None and reading.count is None)
    if not is_held and not (is_dated and (reading.verb in _GIVEN or not reading.verb)):
        return False
    is_planned = reading.kind is Kind.ORGANISE and reading.verb not in _ARRANGED
    return is_planned or _is_event(state["what"] if state is not None else reading.thing)


def _is_event(thing: str) -> bool:
    return noun_kind(thing) is Kind.ORGANISE or bool(EVENTS & set(words(thing)) or _DAY_OF_MANY.search(thing))


def is_left_for_after(reading: Reading) -> bool:
    """Whether a clause follows an occasion: «Send the thank-you cards», but not «Order the thank-you cards»."""
    if reading.target is not None and (_ON_THE_DAY.search(reading.text) or reading.wait_before is not None):
        return True
    brings = reading.target is not None and not reading.verb and _BROUGHT_BY_IT.search(reading.text) is not None
    return brings or (_AFTERWARDS.search(reading.text) is not None and "order" not in words(reading.text)[:1])


def is_told_then(reading: Reading) -> bool:
    """Whether a clause that is listed behind an occasion speaks of it: «Send parents a report», «Return the tents»."""
    return _TOLD_THEN.match(reading.text) is not None


_TOLD_THEN = re.compile(
    r"(?:(?:send|share|write|publish|upload)\b.*\b(?:report|recap|photos|pictures|recordings?|video)"
    r"|(?:return|give back|take down|dvds?|photos|recordings?))\b",
    re.I,
)
_ON_THE_DAY = re.compile(
    r"\b(?:on|at|during|in|over) (?:the|our|its) (?:(?:opening|big) )?(?:first )?"
    r"(?:day|night|evening|event|market|fair|sale|(?<=first )(?:week|weekend|month|quarter|season|year))\b",
    re.I,
)
_BROUGHT_BY_IT = re.compile(
    r"\b(?:nps|satisf\w+|ratings?)\b|\d\s?(?:tonnes?|tons?|kg|lit(?:er|re)s)\b.*\b(?:removed|collected|picked|sold|eaten)\b",
    re.I,
)
"""Figures that only the occasion itself brings: how people liked it, what they carried away."""
_AFTERWARDS = re.compile(
    r"(?i)\b(?:thank|thanks|thank-you|proceeds|honeymoon|clean(?:ing)? up|clear(?:ing)? up|tidy(?:ing)? up|"
    r"(?:photo|wedding|picture) ?album|"
    r"afterwards|follow[- ]?up|debrief|retrospective|evaluat\w*|lessons learn\w+|"
    r"(?:same|next) (?:evening|day|night|morning)|"
    r"(?<!the )results (?:on the|online|sent|published|posted))\b"
)


_ANY_SUBJECT = frozenset(stem(word) for word in word_set("data paper report results"))


def clusters_of(nodes: tuple[Node, ...]) -> list[frozenset[int]]:
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


def are_related(first: Node, then: Node, clusters: list[frozenset[int]], size: int, *, any_domain: bool) -> bool:
    """Whether two clauses are about one undertaking, as far as words can tell."""
    if first.criterion == then.criterion and first.reading.clause.lean and then.reading.clause.lean:
        return True
    if _is_for_oneself(first) != _is_for_oneself(then) and (first.reading.target or then.reading.target):
        return then.index in clusters[first.index]
    if not any_domain and first.domains and then.domains and not first.domains & then.domains:
        return False
    if then.index in clusters[first.index]:
        return True
    if size > LONG_LIST:
        return False
    return not (clusters[first.index] and clusters[then.index]) or bool(clusters[first.index] & clusters[then.index])


FOR_ONESELF = frozenset({Kind.READ, Kind.LEARN, Kind.COURSE, Kind.PRACTISE, Kind.TRAIN, Kind.QUIT, Kind.TIDY})
"""Kinds of what one does for oneself: no product and no crowd comes of it."""


def _is_for_oneself(node: Node) -> bool:
    """Whether a clause is about the person: no figure of a product or a shop hangs on it, nor it on one."""
    return node.reading.kind in FOR_ONESELF or bool(node.domains & {"body", "language"})
