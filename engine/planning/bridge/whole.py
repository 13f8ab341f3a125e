"""What a goal without criteria asks for: its name says all there is, and its description tells the kind at best."""

from msgspec.structs import replace

from engine.coding.works.said import SENDING, split_off
from engine.planning.bridge.parts import Part, Role
from engine.planning.bridge.texts import reading_moment
from engine.planning.bridge.units import Subjects, beside_part
from engine.planning.criteria.doings import doing_of
from engine.planning.criteria.reading import Reading, read_criterion
from engine.planning.criteria.suggestions import read_name
from engine.planning.criteria.titles import words_of
from engine.planning.criteria.verbs import Kind
from engine.planning.criteria.wording import clean, crop
from engine.planning.requests import BUILT_IN_WORKS, PlanRequest

_WHOLE = {
    Kind.LAUNCH: "any_launch_whole",
    Kind.DEVELOP: "any_develop_whole",
    Kind.LEARN: "any_learn_whole",
    Kind.WRITE: "any_write_whole",
    Kind.RESEARCH: "any_research_whole",
}
"""Compounds for whole goals by their verb; other kinds are done as one of their criteria would be."""
_AS_SAID = frozenset({Kind.CHORE, Kind.BUY, Kind.TIDY})
_ENOUGH_STEPS = 3
"""What has fewer steps as a criterion needs to be said more clearly as a goal."""


def whole_part(request: PlanRequest, subject: Subjects) -> tuple[Reading, Part | None]:
    """A goal's name as it was read, and what it asks for; None where the reading itself tells all there is to do."""
    goal = request.goal
    if subject.in_one_place:
        goal = replace(goal, name=split_off(goal.name)[0])
    named = _named_outright(request)
    if named is not None:
        return named, None
    reading = read_name(goal.name, goal.description, reading_moment(request))
    outright = beside_part(goal.name) if subject.in_one_place and not subject.called else None
    part = outright or subject.named(goal.name) or subject.part((clean(goal.name, 400), reading.text), reading)
    if part is not None:
        return reading, part
    if reading.target is not None or reading.url is not None or reading.seconds is not None or reading.options:
        return reading, None
    if reading.verb and (reading.kind in _AS_SAID or reading.count is not None):
        return reading, None
    task = _WHOLE.get(reading.kind) if reading.verb else None
    if task is None and reading.verb:
        first = subject.known.ways(doing_of(reading).task)[0]
        if len(first.subtasks) >= _ENOUGH_STEPS:
            return reading, None
    words = {**words_of(reading), "text": crop(reading.text)}
    return reading, Part(name="", role=Role.DOING, task=task or "any_reach_whole", words=words)


def said_behind(request: PlanRequest, subject: Subjects) -> tuple[Part, ...]:
    """What the name says is to become of the change, and what has to hold: tasks behind all that makes it."""
    tails = split_off(request.goal.name)[1:] if subject.in_one_place else ()
    found = [part for tail in tails if (part := beside_part(tail)) is not None]
    last = sorted(found, key=lambda part: part.task in SENDING)
    return tuple(replace(part, name=f"then{number}", role=Role.PROOF) for number, part in enumerate(last, 1))


def _named_outright(request: PlanRequest) -> Reading | None:
    """The reading of a name that is a listed command, or a work of another package, and nothing more; else None."""
    own = request.works - BUILT_IN_WORKS
    readings = read_criterion(clean(request.goal.name, 400), reading_moment(request), request.commands, works=own)
    alone = readings[0] if len(readings) == 1 else None
    return alone if alone is not None and (alone.command or alone.own_work) else None
