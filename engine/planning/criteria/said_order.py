"""What is said with words of order: «after the tests», «before we leave», «then», «based on the feedback»."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from engine.planning.criteria.clauses import POINTERS, Clause
from engine.planning.criteria.dates import WEEKDAY, Day
from engine.planning.criteria.due import days_in
from engine.planning.criteria.moments import DURATION_PATTERN, parse_duration
from engine.planning.criteria.nodes import (
    LONG_LIST,
    Node,
    Order,
    is_bound,
    is_left_for_after,
    is_occasion,
    is_told_then,
)
from engine.planning.criteria.quantities import rhythm
from engine.planning.criteria.reading import Moment, Reading
from engine.planning.criteria.verbs import NOUNS, Kind
from engine.planning.criteria.wording import stem, subjects, words

_SAME = {
    stem("trip"): stem("travel"),
    stem("journey"): stem("travel"),
    stem("vacation"): stem("travel"),
    stem("arrival"): stem("arrive"),
}
"""Words that mean one thing when a person says «before the trip»."""


def said(nodes: tuple[Node, ...]) -> Iterator[Iterator[tuple[int, int]]]:
    """What is said with order words, as (first, then), clause by clause: «after the tests», «then», a condition that a
    clause brings."""
    return (_said_by(node, nodes) for node in nodes)


def _said_by(node: Node, nodes: tuple[Node, ...]) -> Iterator[tuple[int, int]]:
    clause = node.reading.clause
    for phrase, is_after in ((clause.after, True), (clause.before, False)):
        for other in _spoken_of(phrase, node, nodes):
            yield (other, node.index) if is_after else (node.index, other)
    since = _WITHIN_OF.search(node.reading.text)
    if since is not None:
        yield from ((other, node.index) for other in matching(since["what"], nodes, node))
    based = _BASED.search(node.reading.text)
    if based is not None:
        yield from ((other, node.index) for other in matching(based["what"], nodes, node))
    held_up = _HOLDS_UP.match(node.reading.text) if clause.condition else None
    if held_up is not None:
        yield from ((node.index, other) for other in matching(held_up["what"], nodes, node))
    if clause.condition:
        yield from ((other, node.index) for other in matching(clause.condition, nodes, node))
    if node.reading.url is not None and node.reading.url.alone:
        yield from ((other.index, node.index) for other in nodes[: node.index] if other.own & _hosts(node))
    if clause.follows and node.criterion:
        yield from ((other, node.index) for other in _before_it(node, nodes))


_HOLDS_UP = re.compile(r"(?:postpone|delay|put off|hold off|hold back|abort|call off|skip)\s+(?P<what>.{3,80})", re.I)
"""«If the lag is too long, postpone the cutover»: that is asked before the cutover."""
_BASED = re.compile(
    r"\b(?:(?:based on|according to|in line with)\s+"
    r"|what\s+(?=(?:the|our|my)\b[^,;.]{3,80}?\s(?:shows?|finds?|reveals?)\b))"
    r"(?P<what>[^,;.]{3,80})",
    re.I,
)


def with_conditions(readings: Sequence[tuple[Reading, ...]]) -> tuple[tuple[Reading, ...], ...]:
    """What criteria say, with the conditions that those before them tell: «Otherwise …» is for when what was last asked
    for does not hold, and «If yes, …» for when what was to be found out («whether it is allowed») does."""
    last: Clause | None = None  # None before anything hangs on a condition
    asked = ""
    found: list[tuple[Reading, ...]] = []
    for criterion in readings:
        own: list[Reading] = []
        for one in criterion:
            clause, condition = one.clause, one.clause.condition
            answer = _ANSWER.fullmatch(condition) if asked else None
            if clause.refers_back and not condition and last is not None:
                clause = replace(clause, condition=last.condition, negated=not last.negated)
            elif answer is not None or (clause.refers_back and not condition and asked):
                is_no = answer is None or answer["no"] is not None
                step = max([clause.step, *(before.clause.step + 1 for before in own if _ASKED.search(before.text))])
                clause = replace(
                    clause, condition=asked, negated=clause.negated is not is_no, step=step, refers_back=True
                )
            last = clause if clause.condition else last
            told = _ASKED.search(clause.text)
            asked = _IS.sub(r"\1 is", told["what"]) if told is not None else asked
            own.append(one if clause is one.clause else replace(one, clause=clause))
        found.append(tuple(own))
    return tuple(found)


_ANSWER = re.compile(
    r"yes|ok(?:ay)?|so|(?P<no>no|not)"
    r"|(?:it|that|he|she|they|we|you|i)(?:['’]s| (?:is|are|am|does|do|may|can|must|will|has|have))(?: so)?",
    re.I,
)
_ASKED = re.compile(
    r"\b(?:if|whether)\s(?P<what>(?:it|he|she|they|we|i|the|this|that|there|my|our|a)\b[^,;.?!]{2,80})[.?!\s]*$", re.I
)
_IS = re.compile(r"^(it|he|she|that|there)['’]s\b", re.I)


def with_days(nodes: tuple[Node, ...], moment: Moment) -> tuple[Node, ...]:
    """The clauses with the days that they get from others: «8 weeks before the fair», «until the premiere», «within a
    week» of what takes place."""
    dated = tuple(node for node in nodes if node.reading.not_before is not None and not node.reading.begins)
    if len(nodes) > LONG_LIST:
        return nodes
    named = moment.named if not dated else None
    left = max((node.reading.days_left or 0 for node in nodes), default=0)
    left = max(left, (named.date - moment.local.date()).days) if named is not None else left
    if left > moment.horizon_days:
        nodes = tuple(_gone_on(node, left) for node in nodes)
    if named is not None:
        nodes = tuple(_after_the_day(node, named, moment) for node in nodes)
    return tuple(_with_day(node, dated, moment) for node in nodes) if dated or named is not None else nodes


def _after_the_day(node: Node, day: Day, moment: Moment) -> Node:
    """What is left for after the day that the goal is all about waits for it: «Thank-you letters», «Results sent»."""
    reading = node.reading
    within = _WITHIN.search(reading.text)
    length = parse_duration(within["length"]) if within is not None else None
    is_told = reading.verb in {"share", "upload", "return"} and is_told_then(reading)
    if day.date > (reading.by or day).date and is_left_for_after(reading) and _WEEKDAY.search(reading.text) is not None:
        behind = _on_its_weekday(node, day, moment)
        return replace(behind, reading=replace(behind.reading, not_before=day))
    is_left = is_told or (reading.kind not in {Kind.RESEARCH, Kind.TIDY} and is_left_for_after(reading))
    if not is_left or (reading.by is not None and length is None):
        return node
    by = Day(date=day.date + length) if length is not None else None
    return replace(node, reading=replace(reading, not_before=day, by=by))


def _gone_on(node: Node, left: int) -> Node:
    """What goes on and on with no end of its own does so until the last day that the goal names."""
    count = node.reading.count
    has_end = node.reading.seconds is not None or node.reading.by is not None
    if count is None or count.days is None or has_end:
        return node
    longer = rhythm(node.reading.text, float(left), node.reading.kind)
    return replace(node, reading=replace(node.reading, count=longer or count))


_WITHIN_OF = re.compile(rf"\bwithin\s(?:{DURATION_PATTERN})\s(?:of|after)\s(?P<what>[^,;.]{{3,60}})", re.I)
"""«Register within 30 days of arrival»: it comes after that."""
_UNTIL = re.compile(r"\b(?:until|till|up to)\s+(?P<what>[^,;.]{3,60})", re.I)
_WITHIN = re.compile(rf"\bwithin\s+(?P<length>{DURATION_PATTERN})(?!\s+(?:of|after|from)\b)", re.I)


def _with_day(node: Node, dated: tuple[Node, ...], moment: Moment) -> Node:
    reading = node.reading
    if reading.lead is not None and reading.by is None and reading.not_before is None:
        day = _day_of(reading.clause.before, node, dated, moment)
        by = day - dt.timedelta(seconds=reading.lead) if day is not None else None
        return _due(node, by, moment) if by is not None and by >= moment.local.date() else node
    if reading.count is not None and reading.count.days is not None and reading.by is None and reading.seconds is None:
        until = _UNTIL.search(reading.text)
        day = _day_of(until["what"], node, dated, moment) if until is not None else None
        return _recounted(_due(node, day, moment), moment) if day is not None else node
    within = _WITHIN.search(reading.text) if reading.by is not None else None
    length = parse_duration(within["length"]) if within is not None else None
    told = reading.by or reading.not_before
    if told is None or (length is None and _WEEKDAY.search(reading.text) is None):
        return node
    for event in reversed(dated):
        on = event.reading.not_before
        if on is not None and on.date > told.date and event.criterion < node.criterion and is_occasion(event.reading):
            clause = replace(reading.clause, after=event.reading.text, whole=reading.clause.whole or reading.text)
            behind = replace(node, reading=replace(reading, clause=clause))
            if length is not None:
                return _due(behind, on.date + length, moment)
            # listed first, it is followed by what prepares it
            is_behind = 0 < node.criterion <= 2 * event.criterion and not _PREPARES_IT.match(reading.text)
            return _on_its_weekday(behind, on, moment) if is_behind else node
    return node


_WEEKDAY = re.compile(
    rf"\b(?:by|on|until|till|before) (?:{WEEKDAY})\b(?!,? (?:the )?\d{{1,2}}(?:st|nd|rd|th|\.| [a-z]))", re.I
)


_PREPARES_IT = re.compile(
    r"(?:print|buy|order|book|hire|rent|invite|advertise|rehearse|design|bake)\b"
    r"|(?!.*\b(?:down|back|away|removed|collected|returned|thanked)\b)(?!thank|take|collect|return|remove)"
    r".*\b(?:posters?|flyers?|invitations?|invited|adverts?|banners?"
    r"|(?:printed|bought|ordered|booked|hired|rented)(?= by\b))",
    re.I,
)
"""What only leads up to a day, wherever it is told: «Posters up by Friday», but «Posters taken down by Sunday»."""


def _on_its_weekday(node: Node, event: Day, moment: Moment) -> Node:
    """«By Sunday noon», behind the fair on 19 June: the first such day after it, and not the next one from now."""
    not_before, by = days_in(node.reading.text, dt.datetime.combine(event.date, dt.time()))
    left = ((by or not_before or event).date - moment.local.date()).days
    return replace(node, reading=replace(node.reading, not_before=not_before, by=by, days_left=left))


def _day_of(phrase: str, node: Node, dated: tuple[Node, ...], moment: Moment) -> dt.date | None:
    """The day of what a phrase speaks of; where it speaks of nothing by name, that of the only thing with a day."""
    if not dated:
        speaks_of_it = (
            not phrase or _THE_DAY.fullmatch(phrase.strip(" .!")) or not NOUNS.keys().isdisjoint(words(phrase))
        )
        return moment.named.date if moment.named is not None and speaks_of_it else None
    if not phrase:
        return dated[0].reading.not_before.date if len(dated) == 1 and dated[0].reading.not_before else None
    meant = matching(phrase, dated, node)
    found = next((one.reading.not_before for one in dated if one.index in meant), None)
    if found is None and len(dated) == 1 and _THE_DAY.fullmatch(phrase.strip(" .!")):
        found = dated[0].reading.not_before
    return found.date if found is not None else None


_THE_DAY = re.compile(
    r"(?:(?:the|our|we) )?(?:big day|day|event|date|start|launch|switch(?:-?over)?|change|release|go[- ]live|opening)",
    re.I,
)
"""What there is to speak of where one thing alone has a day."""


def _due(node: Node, day: dt.date, moment: Moment) -> Node:
    left = (day - moment.local.date()).days
    return replace(node, reading=replace(node.reading, by=Day(date=day), days_left=left))


def _recounted(node: Node, moment: Moment) -> Node:
    reading = node.reading
    count = rhythm(reading.text, float(max(1, reading.days_left or 1)), reading.kind)
    return replace(node, reading=replace(reading, count=count or reading.count))


def _spoken_of(phrase: str, node: Node, nodes: tuple[Node, ...]) -> tuple[int, ...]:
    if phrase.lower() in POINTERS:
        return _before_it(node, nodes)
    if _ALL_OF_IT.match(phrase):
        return tuple(other.index for other in nodes if other.criterion < node.criterion)
    return matching(phrase, nodes, node)


_ALL_OF_IT = re.compile(r"(?:everything|all (?:of )?(?:it|this|that|the (?:above|rest)))\b", re.I)


def _before_it(node: Node, nodes: tuple[Node, ...]) -> tuple[int, ...]:
    """The clauses of the criterion before, or of the step before where there is one."""
    step = node.reading.clause.step
    own = tuple(one.index for one in nodes if one.criterion == node.criterion and one.reading.clause.step == step - 1)
    return own or tuple(one.index for one in nodes if one.criterion == node.criterion - 1)


def _hosts(node: Node) -> frozenset[str]:
    """The telling words of an address: «https://kitehub.org/x» → «kitehub»."""
    host = re.sub(r"^\w+://", "", node.reading.url.url if node.reading.url is not None else "").split("/")[0]
    return frozenset(stem(word) for word in re.split(r"[.:]", host.lower()) if len(word) > 3)


def matching(phrase: str, nodes: tuple[Node, ...], besides: Node) -> tuple[int, ...]:
    """The clauses that a phrase such as «the user tests» speaks of: those that share most of its words."""
    wanted = subjects(phrase)
    if not wanted:
        return ()
    scored = [
        (sum(1 for word in wanted if _is_among(word, node.stems)), node)
        for node in nodes
        if node.index != besides.index
        and (node.criterion != besides.criterion or node.reading.clause.step < besides.reading.clause.step)
    ]
    best = max((score for score, _ in scored), default=0)
    alike = [node for score, node in scored if score == best]
    is_one = len(wanted) > 3 and len({node.criterion for node in alike}) == 1  # a sentence tells more than its thing
    if best == 0 or (best * 2 < len(wanted) and not is_one):
        return _by_kind(phrase, nodes, besides)
    sure = [node for node in alike if not node.reading.clause.condition] or alike
    return tuple(node.index for node in sure)[:3]


_SAME_ROOT = 6
"""So many letters in common at the beginning, and one word is the other with an ending: «depart», «departure»."""


def _is_among(word: str, stems: frozenset[str]) -> bool:
    if word in stems or _SAME.get(word) in stems:
        return True
    near = (one for one in stems if len(one) >= _SAME_ROOT) if len(word) >= _SAME_ROOT else ()
    return any(one.startswith(word) or word.startswith(one) for one in near)


_SPOKEN_OF = {
    "leave": Kind.TRAVEL,
    "race": Kind.TRAIN,
    "move": Kind.MOVE,
    "launch": Kind.LAUNCH,
    "release": Kind.LAUNCH,
    "exam": Kind.EXAM,
}
"""What a plain noun speaks of when no clause says the word: «before the race» of «Finish the marathon»."""


def _by_kind(phrase: str, nodes: tuple[Node, ...], besides: Node) -> tuple[int, ...]:
    """The clauses whose kind a short phrase names: «the race», «the launch», «the talk»."""
    said = words(phrase)
    if not 1 <= len(said) <= 3:
        return ()
    kind = _SPOKEN_OF.get(said[-1]) or NOUNS.get(said[-1])
    alike = (node for node in nodes if node.criterion != besides.criterion and _is_of(node.reading, kind))
    return tuple(node.index for node in alike if node.reading.count is None)[:3]


def _is_of(reading: Reading, kind: Kind | None) -> bool:
    """Whether a clause is what a noun speaks of; a launch may be a deployment."""
    return reading.kind is kind or (kind is Kind.LAUNCH and reading.kind is Kind.DEPLOY)


def asked_late(nodes: tuple[Node, ...], order: Order) -> Iterator[tuple[int, int]]:
    """What hangs on a condition that no other clause speaks of is asked when what stands before it is done."""
    asked: set[tuple[int, str]] = set()
    for node in nodes:
        name = (node.criterion, node.reading.clause.condition.lower())
        is_first = name not in asked
        asked.add(name)
        if name[1] and is_first and node.criterion and _OF_THOSE.match(name[1]):
            yield from ((other.index, node.index) for other in nodes if other.criterion == node.criterion - 1)
        if name[1] and is_first and node.criterion and not order.before(node.index):
            since = node.criterion - 1 if len(nodes) > LONG_LIST else 0
            for other in nodes[: node.index]:
                if since <= other.criterion < node.criterion and not is_bound(other.reading):
                    yield other.index, node.index


_OF_THOSE = re.compile(r"(?:they|he|she)\b", re.I)
"""Whom the criterion before speaks of: «If they refuse, …»."""


def waited_late(nodes: tuple[Node, ...], order: Order) -> Iterator[tuple[int, int]]:
    """«after 1 week» with nothing before it: the time runs from when what is listed before is done."""
    for node in nodes:
        if node.reading.wait_before is not None and not order.before(node.index) and len(nodes) <= LONG_LIST:
            yield from ((other.index, node.index) for other in nodes if other.criterion < node.criterion)


def waited_for(nodes: tuple[Node, ...]) -> Iterator[tuple[int, int]]:
    """A wait of some length that is a criterion of its own runs from when the one before it is done."""
    for wait in nodes if len(nodes) <= LONG_LIST else ():
        reading = wait.reading
        told = reading.clause.after or reading.clause.before or reading.clause.step
        if reading.kind is Kind.WAIT and reading.seconds is not None and not told:
            yield from ((one.index, wait.index) for one in nodes if one.criterion == wait.criterion - 1)


def waited_through(nodes: tuple[Node, ...], order: Order) -> Iterator[tuple[int, int]]:
    """What follows a thing that is then let alone («pour the slab, then let it dry») comes after that, too."""
    for wait in nodes if len(nodes) <= LONG_LIST else ():
        reading = wait.reading
        if reading.kind is not Kind.WAIT or reading.clause.step == 0 or reading.seconds is None:
            continue
        let_alone = {one.index for one in nodes if one.criterion == wait.criterion} - {wait.index}
        for other in nodes:
            if other.criterion != wait.criterion and let_alone & set(order.before(other.index)):
                yield wait.index, other.index
