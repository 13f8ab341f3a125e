"""Turns readings into tasks: which steps each clause gets, with works, inputs, estimates and the order within it."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from engine.planning import recipes
from engine.planning.dates import Day
from engine.planning.moments import moment_of, zone_of
from engine.planning.reading import Reading
from engine.planning.recipes import RECIPES, Step
from engine.planning.steps import steps_for
from engine.planning.streams import TRAINS_OFTEN
from engine.planning.titles import figure, fill, length_in_words, question_of
from engine.planning.verbs import Kind
from engine.planning.wording import capitalised, crop, lowered, subjects, word_set
from engine.plans import PlannedTask
from engine.tasks import Estimate, Expectation
from engine.values import JsonValue

YES_NO = ("Yes", "No")
_Inputs = dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A task with what the planner needs to weigh and place it."""

    task: PlannedTask
    share: float = 1.0
    carries: bool = False
    """Whether its criterion stands and falls with it."""
    early: bool = False
    """Whether it can go on beside what comes before its clause."""
    shared: bool = False
    """Whether once is enough for all clauses that call for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a clause stands among the others."""

    prefix: str
    """What its keys begin with."""
    criterion: int | None
    """Index of its criterion; None for the goal itself."""
    words: str
    """The criterion in full."""
    zone: str
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """How many clauses speak of each stem, this one among them."""
    unmet: str = ""
    """What it is to come after, where no other clause speaks of it; empty for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kernel:
    """The doing of a clause that no recipe describes."""

    name: str
    title: str
    work: str
    inputs: _Inputs
    hours: tuple[float, float, float]


def drafts_of(reading: Reading, place: Place, *, decided_by: tuple[str, str] | None = None) -> tuple[Draft, ...]:
    """The tasks of one clause, in the order of their doing, each after the one before it."""
    works = list(_works(reading, place))
    doing = next((number for number, draft in enumerate(works) if draft.carries), 0)
    day = (*_pause_in(reading, place), *_day_gate(reading, place, works[doing]))
    chained: list[Draft] = []
    for draft in (*_gates(reading, place, works[0]), *works[:doing], *day, *works[doing:]):
        after = (chained[-1].task.key,) if chained else ()
        if decided_by is not None:
            after = after or (decided_by[0],)
        task = replace(draft.task, after=after, only_if=decided_by, criterion=place.criterion)
        chained.append(replace(draft, task=task))
    return tuple(chained)


def decision_of(reading: Reading, place: Place) -> Draft:
    """The task that asks whether a clause's condition holds."""
    question = question_of(reading.clause.condition)
    inputs: _Inputs = {"question": question, "options": list(YES_NO)}
    kernel = _Kernel(name="if", title=question, work="decide", inputs=inputs, hours=(0.1, 0.2, 24))
    draft = _beside(kernel, place)
    return replace(draft, task=replace(draft.task, criterion=place.criterion))


def _title(text: str, place: Place) -> str:
    """A title that fits and says something: the criterion's words where the clause left nothing to show."""
    return crop(capitalised(text)) or crop(place.words) or "This step"


def _beside(kernel: _Kernel, place: Place, share: float = 0.5) -> Draft:
    low, likely, high = kernel.hours
    task = PlannedTask(
        key=f"{place.prefix}-{kernel.name}",
        title=_title(kernel.title, place),
        work=kernel.work,
        inputs=kernel.inputs,
        estimate=Estimate(low=low, likely=likely, high=high),
    )
    return Draft(task=task, share=share)


def _carrying(kernel: _Kernel, place: Place, expected: Expectation | None = None) -> Draft:
    draft = _beside(kernel, place, share=3.0)
    expected = expected or Expectation(summary=crop(place.words, 200))
    return replace(draft, task=replace(draft.task, expected=expected), carries=True)


def _gates(reading: Reading, place: Place, first: Draft) -> Iterator[Draft]:
    """What has to pass before it may begin: some time, or a person's word where the work goes by itself."""
    if place.unmet and first.task.work != "person":
        title = f"Confirm: {place.unmet}"
        yield _beside(_Kernel(name="gate", title=title, work="person", inputs={}, hours=(0.1, 1, 48)), place)
    if reading.wait_before is not None and reading.target is None:
        yield _pause(reading.wait_before, place)


def _pause(seconds: float, place: Place) -> Draft:
    return _beside(_for_seconds(seconds, f"Wait {length_in_words(seconds)}", "pause"), place)


def _pause_in(reading: Reading, place: Place) -> tuple[Draft, ...]:
    """The time to let pass before a figure is taken; what leads to the figure goes on meanwhile."""
    if reading.wait_before is None or reading.target is None:
        return ()
    return (_pause(reading.wait_before, place),)


def _day_gate(reading: Reading, place: Place, doing: Draft) -> tuple[Draft, ...]:
    """The wait for the day that the doing is not to start before; preparation need not wait for it."""
    if reading.not_before is None or doing.task.work == "wait":
        return ()
    return (_beside(_until(reading.not_before, place, f"Wait until {_day_in_words(reading.not_before)}"), place),)


def _day_in_words(day: Day) -> str:
    time = f", {day.time:%H:%M}" if day.time is not None else ""
    return f"{day.date:%A} {day.date.day} {day.date:%B}{time}"


def _until(day: Day, place: Place, title: str) -> _Kernel:
    until = moment_of(day, zone_of(place.zone), end=False)
    return _Kernel(name="until", title=title, work="wait", inputs={"until": until.isoformat()}, hours=(0.1, 48, 500))


def _for_seconds(seconds: float, title: str, name: str = "wait") -> _Kernel:
    hours = seconds / 3600
    inputs: _Inputs = {"seconds": max(1, int(seconds))}
    return _Kernel(name=name, title=title, work="wait", inputs=inputs, hours=(hours, hours, hours))


def _works(reading: Reading, place: Place) -> Iterator[Draft]:
    day = reading.not_before or reading.by
    if reading.subgoal is not None:
        yield _subgoal(reading, place)
    elif reading.command:
        inputs: _Inputs = {"command": reading.command}
        yield _carrying(
            _Kernel(name="run", title=_whole(reading), work="command", inputs=inputs, hours=(0.01, 0.1, 1)), place
        )
    elif reading.own_work is not None:
        name, given = reading.own_work
        yield _carrying(
            _Kernel(name="own", title=_whole(reading), work=name, inputs=dict(given), hours=(0.01, 0.1, 1)), place
        )
    elif reading.url is not None and reading.url.alone:
        yield _url_check(reading, place)
    elif reading.options:
        yield from _choice(reading, place)
    elif reading.target is not None:
        yield from _measured(reading, place)
    elif reading.kind in {Kind.MONITOR, Kind.WAIT} and reading.count is None and (reading.seconds or day):
        yield from _watched(reading, place)
    else:
        yield from _steps(reading, place)
        if reading.url is not None:
            yield _url_check(reading, place)


def _subgoal(reading: Reading, place: Place) -> Draft:
    name = reading.subgoal.name if reading.subgoal is not None else reading.text
    criteria = reading.subgoal.criteria if reading.subgoal is not None else ()
    inputs: _Inputs = {"name": crop(name), "description": crop(place.words, 500), "criteria": list(criteria)}
    return _carrying(_Kernel(name="goal", title=name, work="subgoal", inputs=inputs, hours=(8, 80, 400)), place)


def _choice(reading: Reading, place: Place) -> Iterator[Draft]:
    options = [crop(option, 60) for option in reading.options]
    if reading.options == YES_NO:
        what = re.sub(r"^(?:whether|if)\s+(?:or not\s+)?(?:to\s+)?", "", reading.thing.strip(" .?"), flags=re.I)
        question = crop(f"{capitalised(what)}?")
    else:
        weigh = _from_step(RECIPES[Kind.DECIDE][0], reading, place)
        told = (
            " and for ".join(map(lowered, options))
            if len(options) == 2
            else "each: " + ", ".join(map(lowered, options))
        )
        yield replace(weigh, task=replace(weigh.task, title=crop(f"Collect what speaks for {told}")))
        question = crop(" or ".join([options[0], *map(lowered, options[1:])]) + "?")
    inputs: _Inputs = {"question": question, "options": list(options)}
    yield _carrying(_Kernel(name="choose", title=reading.text, work="decide", inputs=inputs, hours=(0.2, 1, 24)), place)


def _measured(reading: Reading, place: Place) -> Iterator[Draft]:
    target = reading.target
    if target is None:
        return
    done = tuple(_towards(reading, place))
    yield from done
    same = any(draft.task.title == crop(capitalised(_whole(reading))) for draft in done)
    title = f"Measure: {figure(reading)}" if same else _whole(reading)
    if not reading.verb and not same:
        title = f"Measure: {lowered(title)}"
    inputs: _Inputs = {"target": target.value, "unit": target.unit, "at_most": target.at_most}
    words = crop(place.words, 200)
    expected = Expectation(summary=words, target=target.value, unit=target.unit, at_most=target.at_most)
    likely = _hours_to(reading)
    kernel = _Kernel(name="measure", title=title, work="measure", inputs=inputs, hours=(0.1, likely, likely * 2))
    yield _carrying(kernel, place, expected)


def _hours_to(reading: Reading) -> float:
    """How long a figure usually takes to be reached: a kilogram two weeks, a purse months, a speed days."""
    target = reading.target
    if target is None or (reading.by is None and reading.seconds is not None):
        return 72.0
    if re.match(r"kg|kilo", target.unit, re.I):
        return 336.0 * min(target.value, 26.0)
    if reading.kind is Kind.SAVE:
        return 1440.0
    return 336.0 if target.value >= 100 and reading.kind is Kind.REACH else 72.0


_MARKED = re.compile(r"^(?:score|get|achieve|reach)\b(?!.*exam).*(?:%|percent|points|grade|mark)")
"""A mark that the exam of another criterion brings: the way to it is planned there."""


def _towards(reading: Reading, place: Place) -> Iterator[Draft]:
    """What is done so that a figure is reached."""
    unit = reading.target.unit.lower().removesuffix(" per day") if reading.target is not None else ""
    said = reading.text.lower()
    if reading.verb in {"test", "check", "measure"} or (_MARKED.search(said) and place.elsewhere.get("exam")):
        return
    lead = next((row for row in recipes.LEADS if re.search(row[0], said)), None)
    if reading.kind is Kind.SAVE or (reading.kind is Kind.TRAIN and TRAINS_OFTEN not in place.elsewhere):
        first = (step for step in steps_for(reading)[:2] if not _is_asked(step, reading, place))
        yield from (_from_step(step, reading, place) for step in first)
    elif lead is not None:
        named = unit if re.fullmatch(r"[a-z][a-z -]*", unit) else "them"
        hours = (lead[2] / 2, lead[2], lead[2] * 4)
        title, is_early = lead[1].replace("{unit}", named), lead[0].startswith("^")
        yield _from_step(Step(name="lead", title=title, hours=hours, early=is_early, shared=True), reading, place)
    elif reading.kind in RECIPES and reading.kind not in {Kind.DECIDE, Kind.MONITOR, Kind.EXAM}:
        for step in RECIPES[reading.kind]:
            if step.carries:
                yield replace(_from_step(step, reading, place), carries=False, share=1.5)
    elif reading.kind not in {Kind.TRAIN, Kind.CHORE, Kind.OTHER}:
        title = "Find what moves it most, and change that first: {low}"
        yield _from_step(Step(name="levers", title=title, hours=(2, 12, 60)), reading, place)


def _watched(reading: Reading, place: Place) -> Iterator[Draft]:
    day = reading.not_before or reading.by
    if reading.seconds is not None:
        kernel = _for_seconds(reading.seconds, _whole(reading))
        told = f"what {length_in_words(reading.seconds)} of monitoring showed"
    elif day is not None:
        kernel = _until(day, place, _whole(reading))
        told = "what the monitoring showed"
    else:
        return
    if reading.kind is Kind.WAIT:
        yield _carrying(kernel, place)
        return
    first, _, last = RECIPES[Kind.MONITOR]
    yield _from_step(first, reading, place)
    yield _carrying(kernel, place)
    judge = _from_step(last, reading, place)
    yield replace(judge, task=replace(judge.task, title=crop(f"Judge {told}")))


def _whole(reading: Reading) -> str:
    return capitalised(reading.clause.whole) if reading.clause.whole else reading.text


def _steps(reading: Reading, place: Place) -> Iterator[Draft]:
    for step in steps_for(reading):
        if step.carries or not (reading.clause.lean or _is_asked(step, reading, place)):
            yield _from_step(step, reading, place)


def _is_asked(step: Step, reading: Reading, place: Place) -> bool:
    """Whether another clause asks for the same as this step."""
    own = subjects(reading.text)
    return any(place.elsewhere.get(word, 0) > (word in own) for word in step.covers)


def _from_step(step: Step, reading: Reading, place: Place) -> Draft:
    title = _whole(reading) if step.title == "{text}" else fill(step.title, reading)
    low, likely, high = step.hours
    task = PlannedTask(
        key=f"{place.prefix}-{step.name}",
        title=_title(title, place),
        estimate=Estimate(low=low, likely=likely, high=high),
        resources=step.needs,
        expected=Expectation(summary=crop(place.words, 200) if step.carries else step.expected),
    )
    if step.carries:
        task = _timed(_dated(task, reading, place), reading)
    elif step.name == "find" and reading.count is not None:
        task = _counted(task, reading.count.number)
    return Draft(task=task, share=step.share, carries=step.carries, early=step.early, shared=step.shared)


def _dated(task: PlannedTask, reading: Reading, place: Place) -> PlannedTask:
    if reading.by is None:
        return task
    by = moment_of(reading.by, zone_of(place.zone), end=True)
    return replace(
        task,
        description=f"To be done by {_day_in_words(reading.by)} {reading.by.date.year}.",
        inputs={"by": by.astimezone(dt.UTC).isoformat()},
    )


def _counted(task: PlannedTask, number: int) -> PlannedTask:
    each = task.estimate
    scaled = Estimate(low=each.low * number, likely=each.likely * number, high=each.high * number)
    return replace(task, target_count=number, estimate=scaled)


_PER_UNIT = {"pages": 2.0, "page": 2.0, "lines": 0.2, "papers": 2.0, "policies": 6.0, "posts": 4.0}
"""Hours for one of what is written or read by the piece."""
_SPANS = frozenset({Kind.TRAVEL, Kind.DEPLOY, Kind.LAUNCH, Kind.MOVE, Kind.BUY, Kind.CHORE})
"""Kinds that are done once, however long they last."""


_LONG = frozenset({Kind.LEARN, Kind.COURSE, Kind.RESEARCH})
_LONG_UNITS = word_set("courses languages subjects programmes programs degrees bootcamps")
"""Units that each take as long as one of their kind does; others of these kinds («songs», «lessons») are small."""


def _timed(task: PlannedTask, reading: Reading) -> PlannedTask:
    """The task with its count, and with the time it takes where that is said; long stretches count by week or day."""
    number = reading.count.number if reading.count is not None else 1
    if number > 1:
        if reading.kind in _LONG and (
            reading.count is None or reading.count.noun.split(" ")[-1].lower() not in _LONG_UNITS
        ):
            task = replace(task, estimate=Estimate(low=0.5, likely=2, high=8))
        each = _PER_UNIT.get(reading.count.noun.split(" ")[-1].lower()) if reading.count is not None else None
        if each is not None:
            task = replace(task, estimate=Estimate(low=each / 3, likely=each, high=each * 3))
        task = _counted(task, number)
    if reading.seconds is None:
        return _in_rhythm(task, reading)
    hours, days = reading.seconds / 3600, reading.seconds / 86_400
    task = replace(task, estimate=Estimate(low=hours, likely=hours, high=hours * 1.5))
    if number > 1 or days < 2 or reading.kind in _SPANS:
        return task
    if days <= 31:
        return replace(task, target_count=round(days), description=f"{task.description} Counted by the day.".strip())
    counted = f"{task.description} Counted by the week.".strip()
    return replace(task, target_count=min(520, round(days / 7)), description=counted)


def _in_rhythm(task: PlannedTask, reading: Reading) -> PlannedTask:
    """What has a rhythm lasts as long as that goes on; without an end of its own, almost till the deadline."""
    if reading.count is None or reading.count.days is None:
        return task
    hours = reading.count.days * 24 * 0.9
    return replace(task, estimate=Estimate(low=hours, likely=hours, high=hours))


def _url_check(reading: Reading, place: Place) -> Draft:
    """The check of an address: all of a clause, or the proof of what was done before."""
    if reading.url is None:
        return _beside(_Kernel(name="url", title=reading.text, work="person", inputs={}, hours=(0.1, 0.2, 1)), place)
    check = reading.url
    inputs: _Inputs = {"url": check.url, "status": check.status}
    if check.contains:
        inputs["contains"] = check.contains
    in_own_words = check.alone and " " in reading.text and len(reading.text) <= 120
    title = _whole(reading) if in_own_words else f"Check that {check.url} answers {check.status}"
    kernel = _Kernel(name="url", title=title, work="http_check", inputs=inputs, hours=(0.01, 0.02, 1))
    return _carrying(kernel, place) if check.alone else _beside(kernel, place, share=1.0)
