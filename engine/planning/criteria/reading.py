"""What a criterion says: each of its clauses with its verb, thing, numbers, dates, address and condition."""

import datetime as dt
import functools
import re
from collections.abc import Generator
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from engine.planning.criteria.clauses import MOST_CLAUSES, Clause, split
from engine.planning.criteria.dates import DAY, Day
from engine.planning.criteria.due import (
    day_in,
    days_in,
    eve_of,
    first_day,
    held_for,
    lasting,
    lasts_days,
    length_ahead,
    length_behind,
    length_later,
    passed_day,
)
from engine.planning.criteria.handing import SubGoal, UrlCheck, named_work, own_goal, url_check
from engine.planning.criteria.kinds import (
    WITHOUT,
    is_celebration,
    is_done_to,
    is_for_an_event,
    kind_of_doing,
    kind_of_none,
)
from engine.planning.criteria.moments import DURATION_PATTERN, parse_duration
from engine.planning.criteria.qualifiers import forbids, starts_with_limit
from engine.planning.criteria.quantities import OPEN_HORIZON, Count, Target, quantity, rhythm
from engine.planning.criteria.verbs import NOUN_LIKE, Kind, base_form, is_result, is_state, leading_verb, noun_kind
from engine.planning.criteria.wording import capitalised
from engine.planning.slices import run_through
from engine.values import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Where in time a clause is read: the naive local time, and how many days lie ahead."""

    local: dt.datetime
    horizon_days: float = OPEN_HORIZON
    named: Day | None = None
    """The day that the goal's name tells, «Conference on 12 March»; None for none."""


class Reading(Struct, frozen=True, kw_only=True, gc=False):
    """One clause, understood."""

    clause: Clause
    text: str
    """The clause as an imperative, in the person's words."""
    verb: str
    kind: Kind
    thing: str
    """What the verb acts on, with what follows; the whole text where there is no verb."""
    count: Count | None = None
    target: Target | None = None
    seconds: float | None = None
    """How long it is to go on; None where nothing is said."""
    url: UrlCheck | None = None
    command: str = ""
    own_work: tuple[str, tuple[tuple[str, JsonValue], ...]] | None = None
    """A work that another package brought, and its inputs by name; None where none is named."""
    options: tuple[str, ...] = ()
    """What there is to choose from, when a choice is asked for."""
    not_before: Day | None = None
    begins: bool = False
    """Whether that day is when it begins («from», «start … on»), and not the day on which it happens."""
    by: Day | None = None
    passed: Day | None = None
    """The day that is named instead of those, where it has passed; None for none."""
    days_left: int | None = None
    """From when it is read to the day that it names; None where it names none."""
    wait_before: float | None = None
    """Seconds to let pass before («after 2 weeks»); None for none."""
    lead: float | None = None
    """Seconds by which it comes before something («8 weeks before the fair»); None where nothing is said."""
    subgoal: SubGoal | None = None


_COMMAND = re.compile(
    r"(?:run|execute|start|call)\s+(?:the\s+)?(?:command\s+)?[`«“\"]?(?P<name>[\w.:-]{1,60})[`»”\"]?(?:\s+(?:command|script))?[.!]?",
    re.I,
)
_CHOICE = re.compile(
    r"(?:between\s+|:\s*|on\s+|whether\s+to\s+|to\s+)?(?P<a>[^,;:]{2,60}?)\s+(?:or|and|vs\.?|versus)\s+(?P<b>[^,;:?]{2,60})\??",
    re.I,
)
_LEAD_DAY = re.compile(r"(?P<when>(?:in|by|on|before|until|within|from)\s[^,]{2,40}),\s*(?P<rest>.{3,})", re.I | re.S)
_WHETHER = re.compile(r"(?:whether|if)\s+(?:or not\s+)?(?P<what>.{3,100})", re.I)


def read_criterion(
    text: str,
    moment: Moment,
    commands: tuple[str, ...] = (),
    most: int = MOST_CLAUSES,
    works: frozenset[str] = frozenset(),
) -> tuple[Reading, ...]:
    """What a criterion says, clause by clause: from one to `most`. `works` are those that other packages brought."""
    return run_through(reading(text, moment, commands, most, works))


def reading(
    text: str, moment: Moment, commands: tuple[str, ...], most: int, works: frozenset[str]
) -> Generator[None, None, tuple[Reading, ...]]:
    """`read_criterion`, in slices."""
    if works and named_work(text, works) is not None:
        most = 1
    own = own_goal(text)
    if own is not None:
        found = [_handed_over(own, moment, commands)]
    else:
        found = []
        clauses = _split(text, most) if most > 1 else (Clause(text=text),)
        for clause in clauses:
            yield
            found.append(read_clause(clause, moment, commands))
    return tuple(_with_named_work(one, works) if works else one for one in found)


_split = functools.lru_cache(maxsize=512)(split)


def _handed_over(own: SubGoal, moment: Moment, commands: tuple[str, ...]) -> Reading:
    bare = _verbless(Clause(text=own.name), own.name, Kind.OTHER)
    if own.whose:  # its place among the others is that of what they do
        does = read_clause(Clause(text=own.criteria[0]), moment, commands)
        bare = replace(bare, verb=does.verb, kind=does.kind, thing=does.thing)
    return replace(bare, subgoal=own)


def _with_named_work(reading: Reading, works: frozenset[str]) -> Reading:
    named = named_work(reading.text, works) if reading.subgoal is None else None
    return reading if named is None else replace(reading, own_work=named)


@functools.lru_cache(maxsize=1024)  # a plan, its check and its advice ask for the same
def read_clause(clause: Clause, moment: Moment, commands: tuple[str, ...] = ()) -> Reading:
    """What one clause says."""
    clause, lead = _without_lead(clause)
    clause, held_back = _times_among_order(clause, moment)
    text = clause.text
    reading = _verb_and_thing(clause)
    command = _COMMAND.fullmatch(text)
    if command is not None and command["name"] in commands:
        return replace(reading, command=command["name"], wait_before=held_back)
    not_before, by = days_in(clause.whole or reading.text, moment.local)
    eve = day_in(clause.before, moment.local) if clause.before else None
    before = eve_of(eve, moment.local) if eve is not None else None
    after = day_in(clause.after, moment.local) if clause.after else None
    begins = _BEGINS.search(clause.whole or text) is not None or reading.verb in {"start", "begin"}
    begins = begins and not (
        (reading.kind in _HAVE_A_DAY or not reading.verb) and lasts_days(text)
    )  # «Camp from 5 to 9 April» is then
    is_for_it = _PREPARES.match(text) is not None or is_for_an_event(text, reading.kind)
    if not_before is not None and by is None and reading.verb[:6] in {"comple", "finish", "finali"}:
        not_before, by = None, not_before
    if not_before is not None and by is None and not begins and is_for_it:
        by = eve_of(not_before, moment.local)
        not_before = None
    named = by or before or not_before or after
    reading = replace(
        reading,
        lead=lead,
        days_left=(named.date - moment.local.date()).days if named is not None else None,
        url=url_check(text, reading.kind),
        not_before=not_before or after,
        begins=begins
        or (not_before is not None and by is not None and reading.kind not in _HAVE_A_DAY)
        or (not_before is None and after is not None),
        by=by or before,
        passed=None if any((not_before, after, by, before)) else passed_day(clause.whole or text, moment.local),
        wait_before=held_back,
        options=_options(reading),
    )
    return reading if reading.url is not None and reading.url.alone else _with_numbers(reading, moment)


_BEGINS = re.compile(r"\b(?:from|starting|beginning|since|(?<!the day )after)\b", re.I)
_PREPARES = re.compile(
    r"(?:prepare|get ready|study|learn|revise|practi[sc]e|rehearse|pack|train|cram|read up|dress up|shop)\b.*?\bfor\s"
    r"(?!\d|an? (?:minute|hour|day|week|month|year)).+",
    re.I | re.S,
)
"""What is done for something that has its day, so that it must be done by then."""


def _without_lead(clause: Clause) -> tuple[Clause, float | None]:
    """«Permit 8 weeks» (before the fair) as the permit, and by how many seconds it comes before that."""
    found = length_behind(clause.text) if clause.before else length_ahead(clause.text)
    if found is None:
        return clause, None
    return replace(clause, text=found[0], whole=clause.whole or clause.text), found[1]


_GONE_WELL = re.compile(r"\s(?:without|with no|of no)\s.*", re.I | re.S)
"""«after two weeks without incidents»."""


def _times_among_order(clause: Clause, moment: Moment) -> tuple[Clause, float | None]:
    """«after 2 weeks» is a time to let pass, no order among criteria."""
    length = parse_duration(_GONE_WELL.sub("", clause.after)) if clause.after else None
    if length is not None:
        return replace(clause, after=""), length.total_seconds()
    behind = length_behind(clause.text) if clause.after else length_later(clause.text)
    if behind is not None:
        return replace(clause, text=behind[0]), behind[1]
    lead = _LEAD_DAY.fullmatch(clause.text)
    if lead is not None and any(days_in(lead["when"], moment.local)):
        return replace(clause, text=capitalised(lead["rest"]), whole=clause.text), None
    return clause, None


def _verbless(clause: Clause, text: str, kind: Kind) -> Reading:
    return Reading(clause=clause, text=capitalised(text), verb="", kind=kind, thing=text)


_RIPENED = re.compile(
    r"\b(?:dried|cured|fermented|hardened|soaked|matured|aged|rested|cooled|settled|seasoned|marinated) (?:for )?"
    rf"(?:(?:at least|about) )?(?:{DURATION_PATTERN})",
    re.I,
)
"""«Boards dried for 4 weeks»: nobody does that."""


def _verb_and_thing(clause: Clause) -> Reading:
    text = clause.text
    found = leading_verb(text)
    if is_celebration(text):
        return _verbless(clause, text, Kind.ORGANISE)
    fixed = _fixture(text)
    if fixed is not None:
        return _fixed_reading(clause, fixed)
    is_so = is_result(text)
    if (is_so or found is None) and _RIPENED.search(text) is not None:
        return _verbless(clause, text, Kind.WAIT)
    if is_so:
        return _verbless(clause, text, Kind.STATE)
    if found is None or (is_state(text) and (found[0] in NOUN_LIKE or found[1] is Kind.STATE)):
        kind = (
            kind_of_none(text)
            or (Kind.OTHER if _GIVEN.search(text) else None)
            or (noun_kind(text) if not is_state(text) else Kind.STATE)
        )
        if kind is not None and is_done_to(text, kind):
            kind = Kind.OTHER
        without = WITHOUT.fullmatch(text) if kind is Kind.QUIT else None
        thing = without["what"] if without is not None else text
        return Reading(clause=clause, text=capitalised(text), verb="", kind=kind or Kind.OTHER, thing=thing)
    verb, kind = found
    size = len(verb.split())
    parts = text.split(" ")
    thing = " ".join(parts[size:])
    if verb in NOUN_LIKE and _NO_OBJECT.match(thing):  # «Survey of all members»
        return _verbless(clause, text, kind)
    if parts[0].lower().endswith("ing") and base_form(parts[0]) == verb and size == 1:
        if verb in NOUN_LIKE or thing[:3] in {"of ", "for", "by "}:
            return _verbless(clause, text, kind)
        text = capitalised(f"{verb} {thing}".strip())
    return Reading(clause=clause, text=capitalised(text), verb=verb, kind=kind_of_doing(verb, kind, thing), thing=thing)


_NO_OBJECT = re.compile(r"of |(?:afterwards|beforehand)[.! ]*$", re.I)
_GIVEN = re.compile(r"\w\s(?:give|gives|gave|provide|provides) (?:us |me |their |some )?feedback\b", re.I)
"""Others give it: it is waited for, and not yet put to use."""
_FIXTURE = re.compile(
    r"(?:the |my |our )?(?P<what>\w[\w' -]{1,60}?) (?:(?:is|are) (?=on\b)|takes? place |happens |is held )"
    r"(?:on )?(?P<when>.+)",
    re.I,
)


def _fixture(text: str) -> str | None:
    """«The exam is on 12 June» as «Exam on 12 June»."""
    match = _FIXTURE.fullmatch(text)
    if (
        match is None
        or noun_kind(match["what"]) not in _HAVE_A_DAY | {None}
        or _DUE.search(match["what"]) is not None
        or _DAY_FIRST.match(first_day(match["when"])) is None
    ):
        return None
    return capitalised(f"{match['what']} on {match['when']}")


_DUE = re.compile(r"\b(?:deadline|due|cut-?off|payment|rent|invoice)\b", re.I)
_DAY_FIRST = re.compile(rf"(?:on\s)?(?:{DAY.pattern})", re.I | re.X)
_HAVE_A_DAY = frozenset({Kind.EXAM, Kind.ORGANISE, Kind.TRAIN, Kind.PRESENT, Kind.COMPETE})


def _fixed_reading(clause: Clause, text: str) -> Reading:
    """The reading of something that has its day."""
    told = noun_kind(text)
    kind = Kind.ORGANISE if told in {None, Kind.COMPETE} else told  # who says when it is does not choose which to enter
    return Reading(clause=clause, text=text, verb="", kind=kind, thing=text)


def _with_numbers(reading: Reading, moment: Moment) -> Reading:
    text = reading.text
    seconds = held_for(text)
    if seconds is not None and seconds < 3600 and reading.kind is Kind.OTHER and not reading.verb:
        return reading  # «juggle 3 balls for 1 minute» says nothing of how long it takes
    if reading.kind is Kind.WAIT and seconds is None:
        length = re.search(DURATION_PATTERN, text, re.I)
        found = parse_duration(length[0]) if length else None
        seconds = found.total_seconds() if found else None
    since = reading.not_before.date if reading.not_before is not None and reading.begins else moment.local.date()
    ahead = (reading.by.date - since).days if reading.by is not None else 0
    count = rhythm(text, float(ahead) if ahead > 1 else moment.horizon_days, reading.kind)
    runs = reading.kind is Kind.MONITOR or (reading.kind is Kind.STATE and seconds is None)
    is_so = runs and not reading.verb  # it runs every night by itself
    if count is not None and not is_so and not forbids(text):
        return replace(reading, count=count, seconds=seconds)
    amount = quantity(text, reading.verb, reading.kind) if not _stand_for(reading, seconds) else None
    match amount:
        case Count() if reading.by is not None and not reading.verb and _JOINING.search(amount.noun):
            crowd = Target(value=float(amount.number), unit=amount.noun)
            return replace(reading, target=crowd, seconds=seconds, kind=Kind.REACH)
        case Count():
            return replace(reading, count=amount, seconds=seconds)
        case Target() if _is_limit(reading, amount) or _OF_ALL.match(text):
            return replace(reading, seconds=seconds)
        case Target() if reading.by is not None and amount.at_most and _UNTIL.search(text) and not reading.verb:
            over = replace(reading, not_before=reading.by, by=None)  # told when the time that is named is over
            return replace(over, target=amount, seconds=seconds, kind=Kind.REACH)
        case Target():
            vague = reading.kind is Kind.BUY or not (reading.verb or reading.kind is Kind.SAVE)
            return replace(reading, target=amount, seconds=seconds, kind=Kind.REACH if vague else reading.kind)
        case None:
            return replace(reading, seconds=seconds or lasting(reading.verb, reading.thing))


def _stand_for(reading: Reading, seconds: float | None) -> bool:
    """«60 cameras out for 8 weeks»: they are out at once, and nobody ticks them off."""
    return reading.kind is Kind.MONITOR and not reading.verb and seconds is not None and reading.text[:1].isdigit()


_OF_ALL = re.compile(r"(?!(?:in|for|on|over|at)\b)[a-z]+ (?:all|both|each of the) \d", re.I)
"""«Inventory all 140 procedures»: the number says only how many there are."""
_JOINING = re.compile(r"\b(?:members|subscribers|followers|customers|clients|users|listeners|readers)$", re.I)
"""Who comes by a day is counted then, and ticked off by nobody."""
_UNTIL = re.compile(r"\b(?:until|till)\s", re.I)
_SHOWN_IN_FULL = re.compile(r"\b(?:trailer|video|clip|pitch|talk|speech|episode|film|song|play|presentation)s?\b", re.I)
_FOR_SO_MANY = re.compile(
    r"\bfor (?:at least |about |up to )?\d[\d,.]* (?:people|guests|persons|visitors|kids|children)\b", re.I
)
_SPENT = re.compile(
    r"\b(?:budget|costs?|bills?|spen[dt]\w*|rent|price|expenses|total|debts?|amounts?|balance|overdraft|arrears|"
    r"outgoings|receivables|invoices|premiums?)\b",
    re.I,
)


def _is_limit(reading: Reading, target: Target) -> bool:
    """Whether a price only says which one to take: «find a flat under 1,200 €», «venue, max 5,000 EUR»."""
    if reading.kind is Kind.FIND and _FOR_SO_MANY.search(reading.text):
        return True
    is_time = parse_duration(f"2 {target.unit}") is not None
    if is_time and not reading.verb and _SHOWN_IN_FULL.search(reading.text):
        return True  # «Trailer under 60 seconds» says how long it is to be
    is_money = re.match(r"[$€£]|eur|usd|gbp|dollar", target.unit, re.I) is not None
    is_plain = (
        not starts_with_limit(reading.text)
        and not reading.verb
        and reading.kind is not Kind.STATE
        and _SPENT.search(reading.text) is None
    )
    return target.at_most and is_money and (reading.kind is Kind.FIND or is_plain)


def _options(reading: Reading) -> tuple[str, ...]:
    if reading.kind is not Kind.DECIDE:
        return ()
    thing = reading.thing.strip(" .?")
    if _WHETHER.match(thing) and " or " not in thing.removeprefix("whether or not"):
        return ("Yes", "No")
    match = _CHOICE.fullmatch(thing)
    if match is None or (" and " in thing and " or " not in thing and "between" not in thing):
        return ()
    listed = [part for part in re.split(r"\s*,\s+(?:or\s+)?|\s+or\s+", match["a"]) if part.strip()] + [match["b"]]
    return tuple(capitalised(part.strip()) for part in listed)
