"""Whether each task is small enough to tell half way how it goes."""

from collections.abc import Iterator

from engine.planning.criteria.due import held_for
from engine.planning.criteria.verbs import Kind
from engine.planning.quality.case import CENTURY, Case
from engine.planning.quality.doings import PASSING_WORKS, Doing
from engine.planning.quality.findings import Finding, Rule
from engine.plans import PlannedTask

HANDS = 336.0
"""Elapsed hours for what is made by hand or head: two weeks."""
STUDY = 672.0
"""Elapsed hours for a course, a book, a language: four weeks."""
HABIT = 1008.0
"""Elapsed hours for what only shows after a while, such as a habit or savings: six weeks."""
OTHERS = 2016.0
"""Elapsed hours for what others answer when they like, or for time away: twelve weeks."""
SAID = 806.4
"""Elapsed hours that a title may ask for in so many words («for four weeks»), with a fifth to spare."""

_STUDY = frozenset({Kind.LEARN, Kind.COURSE, Kind.READ, Kind.EXAM, Kind.COMPETE})
_OTHERS = frozenset(
    {
        Kind.HIRE, Kind.FIND, Kind.SELL, Kind.BUY, Kind.APPLY, Kind.RECRUIT, Kind.INTERVIEW, Kind.MOVE, Kind.TRAVEL,
        Kind.WAIT, Kind.MONITOR, Kind.CHORE, Kind.PROMOTE,
    }
)  # fmt: skip
_HABITS = frozenset({Kind.PRACTISE, Kind.TRAIN, Kind.QUIT, Kind.SAVE, Kind.SETTLE, Kind.CHANGE, Kind.REACH, Kind.STATE})


def bound_of(doing: Doing) -> float:
    """How many hours a task of that kind may usually take in one piece."""
    if doing.needs_others or doing.kind in _OTHERS:
        return OTHERS
    if doing.kind in _HABITS:
        return HABIT
    return STUDY if doing.kind in _STUDY else HANDS


def too_large(case: Case) -> Iterator[Finding]:
    """Tasks that usually take longer in one piece than one of their kind should. Counted ones are judged by the step;
    waits, figures, answers and goals of their own not at all."""
    for task, doing in zip(case.tasks, case.doings, strict=True):
        if task.work in PASSING_WORKS:
            continue
        each, bound = min(task.estimate.likely, CENTURY) / task.target_count, bound_of(doing)
        if each > bound and each > _said(task):
            yield Finding(rule=Rule.TOO_LARGE, tasks=(task.key,), criterion=task.criterion, found=each, bound=bound)


def _said(task: PlannedTask) -> float:
    """The hours that the title itself asks for, with a fifth to spare; 0 where it names no length of time."""
    return min(SAID, (held_for(task.title[:200]) or 0.0) / 3600 * 1.2)
