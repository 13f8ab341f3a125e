"""The clauses of a goal as units of a problem: what each calls for, and what each comes after."""

import re
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from engine.coding.works.said import SENDING, asked_beside, split_off
from engine.planning.bridge.known import GENERAL, KnownMethods
from engine.planning.bridge.parts import Part, Place, Role, holds_of, parts_of, question_part
from engine.planning.bridge.texts import Clauses, reading_moment, without_number
from engine.planning.criteria.moments import without_day
from engine.planning.criteria.nodes import is_bound
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.said_order import matching
from engine.planning.criteria.titles import said_by
from engine.planning.criteria.verbs import Kind, is_done, leading_verb
from engine.planning.criteria.wording import lowered, the
from engine.planning.language.terms import Value
from engine.planning.methods.recognition import Asked, Topic
from engine.planning.requests import PlanRequest

_WITH_ARTICLE = "the_"
"""How the names of parameters begin that are said with an article: `the_thing`."""
_FIRST = "c1.1"
"""What the first clause of the first criterion is called."""
SOFTWARE = "software"
"""The library of what is done in a repository."""
_FEATURE = "implement_feature"
_BUILT = frozenset({"fix_bug", _FEATURE})
"""What changes what code does, so that more may be asked of it; what else is done to code leaves that as it is."""
_OF_TESTS = re.compile(r"\b(?:tests?|suite|coverage|ci|builds?|lint\w*)\b", re.I)
_LEAD = re.compile(
    r"(?:please\s+)?(?:(?:implement|refactor|clean up|build|develop|create|add)\s+(?:tests?\s+(?:for|to)\s+)?"
    r"|(?:write|add)\s+tests?\s+(?:for|to)\s+"
    r"|fix\s+(?:the\s+(?:bug|issue|problem)\s+)?(?:(?:that|where|when|in which)\s+)?)",
    re.I,
)
"""How people begin to say what a change of code is to do."""
_REPEATED = "activity"
"""What is done again and again; criteria begin with it, and so with a capital letter."""


class Unit(Struct, frozen=True, kw_only=True, gc=False):
    """A clause among all clauses of a goal."""

    reading: Reading
    place: Place
    parts: tuple[Part, ...]
    question: str = ""
    """Label of the question that it hangs on; empty for none."""
    option: str = ""
    """The answer with which it is done; empty where it hangs on none."""
    asks: bool = False
    """Whether that question stands in front of it, and of no other clause."""
    before: tuple[int, ...] = ()
    """The units right before it, by their numbers."""

    def label(self, part: Part) -> str:
        """What a part is called in the problem."""
        return self.place.prefix if part.role is Role.DOING else f"{self.place.prefix}.{part.name}"

    @property
    def labels(self) -> tuple[str, ...]:
        """What all its parts are called, in order."""
        return tuple(map(self.label, self.parts))

    @property
    def is_general(self) -> bool:
        """Whether only the general library serves it: nothing in it depends on what other clauses do."""
        return not any(part.library for part in self.parts)


class Subjects(Struct, frozen=True, kw_only=True):
    """What a goal is about, as far as the libraries know."""

    known: KnownMethods
    context: Mapping[str, Value]
    """What is known of it."""
    topics: tuple[Topic, ...] = ()
    """Libraries that are of no subject in particular are asked whatever it is about."""
    asked: bool = True
    """Whether any library but the general one is asked at all."""
    called: str = ""
    """The compound that the goal names outright for what it asks for; empty where the words have to tell."""
    in_one_place: bool = False
    """Whether all that a subject's library knows how to do is done in one place: one thing at a time."""
    closed: frozenset[str] = frozenset()
    """Compounds that can't be done in any way: something more general has to do."""

    def named(self, text: str) -> Part | None:
        """That compound, for a text that it is about; None where none is named."""
        if not self.called:
            return None
        text = split_off(text)[0]
        if self.called == _FEATURE and (outright := beside_part(text)) is not None:
            return outright
        for asked in self.known.libraries.asked_for(text, self.topics):
            if asked.task == self.called:
                return Part(
                    name="", role=Role.DOING, task=self.called, arguments=self._said(asked), library=asked.library
                )
        about = _LEAD.sub("", text.strip(" ."))
        about = about[:1].lower() + about[1:] if about[1:2].islower() else about
        return Part(name="", role=Role.DOING, task=self.called, arguments=(about,), library=SOFTWARE)

    def to_hold(self, text: str) -> Part | None:
        """For a further criterion that says what is to hold: what has it shown by tests, and built where it is missing.

        None for one that says what is to be done, or is about tests themselves: each proof looks at those.
        """
        if not self.in_one_place or self.called not in _BUILT or leading_verb(text) or _OF_TESTS.search(text):
            return None
        asked = self.known.libraries.asked_for(text, self.topics)
        if any(one.library == SOFTWARE and self.known.ways(one.task) for one in asked):
            return None
        return replace(self, called=_FEATURE).named(without_number(text))

    def from_now_on(self, unit: Unit) -> "Subjects":
        """What further criteria are about, where the first has told by its words what is done in the one place."""
        if not self.in_one_place or self.called or unit.place.prefix != _FIRST:
            return self
        known = next((part.task for part in unit.parts if part.library == SOFTWARE), "")
        return replace(self, called=known)

    def part(self, texts: Iterable[str], reading: Reading) -> Part | None:
        """The compound of a subject's library that one of the texts asks for; None where none knows better.

        One that would take a number for a word does not know better: «learn {subject}» is not for «learn 5 songs».
        """
        own = reading.url is not None and reading.url.alone
        judged = reading.kind is Kind.OTHER and reading.verb == "pass"  # an audit, which is no exam to study for
        judged = judged or is_bound(reading)  # what is not to be is no habit
        judged = judged or (not reading.verb and (is_done(reading.text) or reading.kind is Kind.MONITOR))
        judged = judged or (reading.kind is Kind.COURSE and reading.seconds is not None)  # its length is known
        if not self.asked or own or judged or reading.command or reading.own_work or reading.subgoal or reading.options:
            return None
        dated = (reading.not_before is not None or reading.by is not None) and reading.kind is not Kind.TRAIN
        doings = [
            text for text in dict.fromkeys(texts) if not is_done(text)
        ]  # a result was read as what brings it about
        said = [one for text in doings for one in ((without_day(text), text) if dated else (text,))]
        for text in {one.rstrip(" .!").lower(): one for one in said}.values():
            for asked in self.known.libraries.asked_for(text, self.topics):
                fits = _takes_number(asked, reading) and not any(map(_is_no_thing, asked.arguments))
                if asked.library != GENERAL and self.is_open(asked.task) and fits:
                    return Part(
                        name="", role=Role.DOING, task=asked.task, arguments=self._said(asked), library=asked.library
                    )
        return None

    def is_open(self, task: str) -> bool:
        """Whether there is a way to do it."""
        return bool(self.known.ways(task)) and task not in self.closed

    def _said(self, asked: Asked) -> tuple[Value, ...]:
        """The arguments as they read inside the titles of steps: «the core of the MVP», not «the core of MVP»."""
        return tuple(
            _said(one.name, value) if isinstance(value, str) else value
            for one, value in zip(self.known.told(asked.task), asked.arguments, strict=True)
        )


def _said(name: str, value: str) -> str:
    if name.startswith(_WITH_ARTICLE):
        return the(value)
    return lowered(value) if name == _REPEATED else value


def _is_no_thing(argument: Value) -> bool:
    """Whether a phrase took for a thing what says where, for what, how long, how well: «40 hours», «exam with a B»."""
    if not isinstance(argument, str):
        return False
    return _NO_THING.match(argument) is not None or _CUT_OFF.search(argument) is not None or _is_doing(argument)


def _is_doing(argument: str) -> bool:
    """Whether a phrase took a verb with it: «Throw her a surprise» of «Throw her a surprise party»."""
    return leading_verb(argument) is not None and _ITS_OBJECT.search(argument) is not None


_WHOSE = r"(?:an?|the|my|our|your|his|her|their)"
_ITS_OBJECT = re.compile(rf"^\S+ (?:{_WHOSE}|him|them|us)\b|\sfor {_WHOSE}\s", re.I)
_CUT_OFF = re.compile(rf"\s(?:for|at|of|to|in|from|before|after)(?: {_WHOSE})?$", re.I)
"""The rest of a doing whose end was taken for the thing: «buy cake for the» of «Buy cake for the party»."""


_NO_THING = re.compile(
    r"(?:for|in|at|to|from|onto|with|without|by|via|or|together|based on|according to|under|below|over|above|less)\b"
    r"|.*\s(?:can|could|must|should)\s(?:\w+\s)?be\s"
    r"|(?:an?|\d+) (?:minute|hour|day|week|month)s?$"
    r"|.*\s(?:in|of|for|with|within|to|from)$"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|\d{1,2}(?:st|nd|rd|th)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|(?:it|them|this|that|these|those)\b|.*\bby heart$"
    r"|.+\swith (?:an? [a-f][+-]?|at least .+|\d.*)$",
    re.I,
)


def _takes_number(asked: Asked, reading: Reading) -> bool:
    if reading.count is None and reading.target is None:
        return True
    return any(isinstance(value, int | float) for value in asked.arguments)


def units_of(request: PlanRequest, clauses: Clauses, subjects: Subjects) -> Generator[None, None, tuple[Unit, ...]]:
    """A unit for each clause, in slices."""
    nodes = clauses.nodes
    said = Counter(word for node in nodes for word in node.stems)
    of_one = Counter(node.criterion for node in nodes)
    numbers: Counter[int] = Counter()
    this_year = reading_moment(request).local.year
    found: list[Unit] = []
    for node in nodes:
        numbers[node.criterion] += 1
        after = node.reading.clause.after
        place = Place(
            prefix=f"c{node.criterion + 1}.{numbers[node.criterion]}",
            criterion=node.criterion,
            words=clauses.texts[node.criterion],
            zone=request.zone,
            this_year=this_year,
            elsewhere=said,
            resources=tuple(one for one in request.capacities.resources if is_done_with(one, node.reading.text)),
            unmet=after if after and node.reading.not_before is None and not matching(after, nodes, node) else "",
        )
        parts = parts_of(node.reading, place)
        unit = Unit(reading=node.reading, place=place, parts=parts, before=clauses.order.before(node.index))
        yield
        better = _known_better(unit, subjects, is_whole=of_one[node.criterion] == 1)
        subjects = subjects.from_now_on(better)
        found.append(better)
    return _one_at_a_time(found) if subjects.in_one_place else tuple(found)


def _one_at_a_time(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """The units with those of the one place each behind the one before, unless the order says otherwise."""
    found = list(units)
    last: int | None = None  # none yet
    there = [number for number, unit in enumerate(units) if any(part.library == SOFTWARE for part in unit.parts)]
    for number in sorted(there, key=lambda one: any(part.task in SENDING for part in units[one].parts)):
        unit = units[number]
        if last is not None and number not in _all_behind(found, last):
            found[number] = replace(unit, before=tuple(dict.fromkeys((*unit.before, last))))
        last = number
    return tuple(found)


def _all_behind(units: Sequence[Unit], number: int) -> set[int]:
    """The numbers of all units that one comes after."""
    seen: set[int] = set()
    left = [number]
    while left:
        new = [one for one in units[left.pop()].before if one not in seen]
        seen.update(new)
        left += new
    return seen


def _known_better(unit: Unit, subjects: Subjects, *, is_whole: bool) -> Unit:
    """The unit with a subject's compound for its doing where a library has one.

    One that knows the whole criterion asks its own question, if there is one.
    """
    reading = unit.reading
    named = subjects.named(unit.place.words) if unit.place.prefix == _FIRST else None
    if named is not None:
        return _specific(unit, named)
    if subjects.in_one_place and (beside := _beside(unit)) is not None:
        return _specific(unit, beside)
    if _says_all(reading):
        return unit
    if is_whole and (held := subjects.to_hold(unit.place.words)) is not None:
        return _specific(unit, held)
    condition = reading.clause.condition
    if is_whole and condition:
        whole = subjects.part((without_number(unit.place.words),), reading)
        if whole is not None and condition.lower() in [str(one).lower() for one in whole.arguments]:
            clause = replace(reading.clause, condition="")
            return _specific(replace(unit, reading=replace(reading, clause=clause)), whole)
    texts = [reading.text, said_by(reading)]
    if is_whole and not condition:
        texts.append(without_number(unit.place.words))
    part = subjects.part(texts, reading)
    return unit if part is None else _specific(unit, part)


def _beside(unit: Unit) -> Part | None:
    """What the clause asks for outright beside a change, in the person's own spelling: paths and contents have it."""
    text, words = unit.reading.text, unit.place.words
    at = words.lower().find(text.lower())
    return beside_part(words[at : at + len(text)] if at >= 0 else text)


def beside_part(text: str) -> Part | None:
    """What words ask for outright beside a change, or in its place; None where they ask for none of it."""
    found = asked_beside(text)
    if found is None:
        return None
    return Part(name="", role=Role.DOING, task=found.task, arguments=found.arguments, library=SOFTWARE)


def _says_all(reading: Reading) -> bool:
    """Whether the clause itself says what is to be done by whom, so that no library knows it better."""
    named = reading.subgoal is not None or reading.own_work is not None or bool(reading.command or reading.options)
    return named or reading.kind is Kind.WAIT or (reading.url is not None and reading.url.alone)


def _specific(unit: Unit, part: Part) -> Unit:
    gates = tuple(one for one in unit.parts if one.role is Role.GATE)
    proofs = tuple(one for one in unit.parts if one.role is Role.PROOF)
    holds = holds_of(replace(unit.reading, wait_before=None), unit.place)
    return replace(unit, parts=(*gates, *holds, part, *proofs))


def is_done_with(resource: str, text: str) -> bool:
    """Whether words say that something is done with a resource: «Train the model on the gpu»."""
    said = r"[\s_-]+".join(re.escape(part) for part in re.split(r"[\s_-]+", resource) if part)
    return re.search(rf"\b{_WITH}\s+{_WHOSE}{said}\b", text, re.I) is not None


_WITH = r"(?:on|with|using|uses?|needs?|at|in|via|through|by)"
_WHOSE = r"(?:(?:the|an?|our|my|one)\s+)?"


def with_questions(units: tuple[Unit, ...], *, shared: bool) -> tuple[Unit, ...]:
    """The units with the questions they hang on; clauses of one criterion with the same condition share it, and so does
    what refers back to it."""
    asked: dict[tuple[int | None, str], str] = {}
    found = []
    for unit in units:
        clause = unit.reading.clause
        if not clause.condition:
            found.append(unit)
            continue
        name = (unit.place.criterion, clause.condition.lower())
        option = "No" if clause.negated else "Yes"
        before = (label for (_, said), label in reversed(asked.items()) if said == name[1] and clause.refers_back)
        known = asked.get(name) or next(before, "") if shared else ""
        if known:
            found.append(replace(unit, question=known, option=option))
            continue
        part = question_part(unit.reading)
        asked[name] = label = unit.label(part)
        found.append(replace(unit, parts=(part, *unit.parts), question=label, option=option, asks=True))
    return tuple(found)
