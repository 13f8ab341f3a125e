"""A clause as tasks of the problem: what it calls for, with the waits, questions and checks that it says itself."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from engine.planning.bridge.figures import towards, usual_hours
from engine.planning.criteria.dates import Day
from engine.planning.criteria.doings import Doing, doing_of
from engine.planning.criteria.marks import is_under_one_roof
from engine.planning.criteria.moments import moment_of, zone_of
from engine.planning.criteria.nodes import is_cap
from engine.planning.criteria.reading import Reading
from engine.planning.criteria.titles import figure, length_in_words, question_of, words_of
from engine.planning.criteria.verbs import Kind, leading_verb
from engine.planning.criteria.wording import capitalised, crop, lowered, the
from engine.planning.language.terms import Value

YES_NO = ("Yes", "No")


class Role(StrEnum):
    """What a part is to its clause."""

    QUESTION = "if"
    """Whether the clause is to be done at all."""
    GATE = "gate"
    """What has to pass before it begins."""
    DOING = "doing"
    """What it calls for, up to methods to decompose."""
    HOLD = "hold"
    """A wait right before the doing itself, beside or after its preparation."""
    FIGURE = "figure"
    """The figure that it is to bring."""
    PROOF = "proof"
    """A check of what was done."""


class Part(Struct, frozen=True, kw_only=True, gc=False):
    """One task of the problem."""

    name: str
    """What its key ends with; empty for the doing, whose steps have names of their own."""
    role: Role
    task: str
    """A compound or primitive."""
    arguments: tuple[Value, ...] = ()
    words: Mapping[str, Value] = field(default_factory=dict)
    """Instead of arguments: values by the names of the task's parameters."""
    plain: bool = False
    """Whether only the doing itself is called for."""
    library: str = ""
    """The library that knew the phrase; empty for the general one."""


class Place(Struct, frozen=True, kw_only=True, gc=False):
    """Where a clause stands among the others."""

    prefix: str
    """What its keys begin with, and what it is called in the problem."""
    criterion: int | None
    """Index of its criterion; None for the goal itself."""
    words: str
    """The criterion in full."""
    zone: str
    this_year: int
    """In that zone."""
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """How many clauses speak of each stem, this one among them."""
    unmet: str = ""
    """What it is to come after, where no other clause speaks of it; empty for nothing."""
    resources: tuple[str, ...] = ()
    """Those that the operator counts and the clause says it is done with."""


def parts_of(reading: Reading, place: Place) -> tuple[Part, ...]:
    """The parts of a clause in the order of their doing, but for the question whether to do it at all."""
    doing = tuple(_doing(reading, place))
    first = next(part for part in doing if part.role is not Role.HOLD)
    return (*_gates(reading, place, first), *doing)


def holds_of(reading: Reading, place: Place) -> tuple[Part, ...]:
    """The waits that only the doing itself waits for: time to let pass before a figure is taken, a day to begin on."""
    found: list[Part] = []
    if reading.wait_before is not None and reading.target is not None:
        found.append(_pause(reading.wait_before, Role.HOLD))
    elif reading.target is not None and reading.seconds is not None and reading.kind is not Kind.SAVE:
        held = reading.seconds if reading.seconds >= _WORTH_A_WAIT else 0.0
        found += [_pause(held, Role.HOLD)] if held else []
    if reading.not_before is not None:
        said = (_start_of(reading.not_before, place), day_in_words(reading.not_before, place.this_year))
        found.append(Part(name="until", role=Role.HOLD, task="any_pause_until", arguments=said))
    return tuple(found)


_WORTH_A_WAIT = 86_400.0
"""Seconds: a figure that is to hold for so long is looked at again when that has passed."""


def question_part(reading: Reading) -> Part:
    """The part that asks whether a clause's condition holds."""
    return Part(name="if", role=Role.QUESTION, task="any_ask_if", arguments=(question_of(reading.clause.condition),))


_WAITS = frozenset({"any_watch_for", "any_watch_until", "any_let_time_pass", "any_let_days_pass"})
"""Doings whose very doing is a wait: no other wait stands before it."""
_OF_ITSELF = frozenset(
    {
        "any_run_command_line",
        "any_run_named_work",
        "any_answer_at",
        "any_hand_on",
        "any_let_time_pass",
        "any_let_days_pass",
    }
)
"""Doings that no person begins: they would go on at once, so what nothing in the plan tells must be confirmed."""


def _gates(reading: Reading, place: Place, first: Part) -> Iterator[Part]:
    """What has to pass before it may begin: some time, or a person's word where the work goes by itself."""
    if place.unmet and (first.role is not Role.DOING or first.task in _OF_ITSELF):
        yield Part(name="gate", role=Role.GATE, task="any_confirm", arguments=(crop(place.unmet),))
    if reading.wait_before is not None and reading.target is None:
        yield _pause(reading.wait_before, Role.GATE)


def _pause(seconds: float, role: Role) -> Part:
    said = (max(1, int(seconds)), length_in_words(seconds))
    return Part(name="pause", role=role, task="any_pause_for", arguments=said)


def day_in_words(day: Day, this_year: int) -> str:
    """«Friday 1 May», with the year where it is another one than this, and the time where one is named."""
    year = f" {day.date.year}" if day.date.year != this_year else ""
    time = f", {day.time:%H:%M}" if day.time is not None else ""
    return f"{day.date:%A} {day.date.day} {day.date:%B}{year}{time}"


def _start_of(day: Day, place: Place) -> str:
    return moment_of(day, zone_of(place.zone), end=False).isoformat()


def _doing(reading: Reading, place: Place) -> Iterator[Part]:
    if reading.target is not None and not _goes_alone(reading):
        leads = towards(reading, place.elsewhere)
        if leads is not None:
            yield _called_for(leads, reading)
        yield from holds_of(reading, place)
        yield _figure(reading, leads)
        return
    part = _alone(reading, place) or _chosen(reading) or _watched(reading, place)
    if part is None:
        part = _called_for(doing_of(reading), reading)
        if reading.kind is Kind.MOVE and is_under_one_roof(reading, place.elsewhere):
            part = replace(part, plain=True)
    if part.task not in _WAITS:
        yield from holds_of(reading, place)
    yield part
    if reading.url is not None and not reading.url.alone:
        check = reading.url
        yield Part(
            name="url",
            role=Role.PROOF,
            task="any_prove_at_address",
            arguments=(check.url, check.status, check.contains),
        )


def _goes_alone(reading: Reading) -> bool:
    has_address = reading.url is not None and reading.url.alone
    return bool(reading.subgoal or reading.command or reading.own_work or has_address or reading.options)


def _part(task: str, reading: Reading, **words: Value) -> Part:
    """A doing with the clause's words, and more of its own."""
    return Part(name="", role=Role.DOING, task=task, words={**words_of(reading), **words})


def _called_for(doing: Doing, reading: Reading) -> Part:
    unit = reading.target.unit.lower().removesuffix(" per day") if reading.target is not None else ""
    named = unit if re.fullmatch(r"[a-z][a-z -]*", unit) else "them"
    words = {**words_of(reading), "unit": named}
    if reading.target is not None:
        words["low"] = _MEASURE.sub("", str(words["low"])) or words["low"]
    if doing.task.startswith("any_get_official") and not reading.verb:
        words["low"] = f"have {the(str(words['low']))}"
    return Part(name="", role=Role.DOING, task=doing.task, words=words, plain=doing.plain or reading.clause.lean)


def _alone(reading: Reading, place: Place) -> Part | None:
    """What one work does by itself; None for all else."""
    if reading.subgoal is not None:
        own = reading.subgoal
        return _part(
            "any_hand_on", reading, said=own.name, about=crop(place.words, 500), criteria="\n".join(own.criteria)
        )
    if reading.command:
        return _part("any_run_command_line", reading, command=reading.command)
    if reading.own_work is not None:
        return _part("any_run_named_work", reading, work=reading.own_work[0])
    if reading.url is not None and reading.url.alone:
        check = reading.url
        words = words_of(reading)
        in_own_words = " " in reading.text and len(reading.text) <= 120
        said = words["said"] if in_own_words else f"Check that {check.url} answers {check.status}"
        return _part("any_answer_at", reading, said=said, url=check.url, status=check.status, contains=check.contains)
    return None


def _chosen(reading: Reading) -> Part | None:
    """A choice between what is named; None for all else."""
    if not reading.options:
        return None
    options = [crop(option, 60) for option in reading.options]
    listed = "\n".join(options)
    if reading.options == YES_NO:
        what = re.sub(r"^(?:whether|if)\s+(?:or not\s+)?(?:to\s+)?", "", reading.thing.strip(" .?"), flags=re.I)
        words = {"question": crop(f"{capitalised(what)}?"), "options": listed, "weighing": ""}
        return Part(
            name="", role=Role.DOING, task="any_choose_between", words={**words_of(reading), **words}, plain=True
        )
    is_pair = len(options) == 2 and not any(map(leading_verb, options))
    inside = [option if option in reading.thing else lowered(option) for option in options]  # names stay names
    told = " and for ".join(inside) if is_pair else "each: " + ", ".join(inside)
    question = crop(" or ".join([options[0], *inside[1:]]) + "?")
    return _part("any_choose_between", reading, question=question, options=listed, weighing=told)


def _watched(reading: Reading, place: Place) -> Part | None:
    """Watching or waiting for a time that is named; None for all else."""
    day = reading.not_before or reading.by
    if reading.kind not in {Kind.MONITOR, Kind.WAIT} or reading.count is not None:
        return None
    if reading.seconds is not None:
        seconds = max(1, int(reading.seconds))
        if reading.kind is Kind.WAIT:
            return _part("any_let_time_pass", reading, seconds=seconds)
        judged = f"Judge what {length_in_words(reading.seconds)} of monitoring showed"
        return _part("any_watch_for", reading, seconds=seconds, judged=judged)
    if day is None and reading.kind is Kind.WAIT:
        day = reading.passed
    if day is None:
        return None
    until = _start_of(day, place)
    if reading.kind is Kind.WAIT:
        return _part("any_let_days_pass", reading, until=until)
    return _part("any_watch_until", reading, until=until, judged="Judge what the monitoring showed")


_MEASURE = re.compile(r"measure(?:\s*:\s*|\s+)(?=\S)", re.I)
"""How a clause begins that says itself that a figure is to be taken."""


def _figure(reading: Reading, leads: Doing | None) -> Part:
    """The measure of a clause's figure."""
    target = reading.target
    assert target is not None
    said = str(words_of(reading)["said"])
    same = leads is not None and leads.plain
    title = f"Measure: {figure(reading)}" if same else said
    is_done_itself = leads is None and target.unit and not is_cap(reading) and not target.at_most
    if not reading.verb and not same and not is_done_itself:
        title = capitalised(said) if _MEASURE.match(said) else f"Measure: {lowered(said)}"
    told = (crop(title), target.value, target.unit, target.at_most, usual_hours(reading))
    return Part(name="measure", role=Role.FIGURE, task="any_measure_figure", arguments=told)
