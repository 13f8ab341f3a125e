"""Whether the plan fits into the time and the money that there are."""

from collections.abc import Iterator, Sequence

from engine.planning.criteria.verbs import Kind
from engine.planning.quality.case import CENTURY, Case
from engine.planning.quality.findings import Finding, Rule, Severity

DAY = 8.0
"""Hours that one person can work in a day."""
_HANDIWORK = frozenset(
    {
        Kind.DEVELOP, Kind.DESIGN, Kind.WRITE, Kind.FIX, Kind.REPAIR, Kind.RESEARCH, Kind.OPTIMISE, Kind.TEST,
        Kind.BACKTEST, Kind.MIGRATE, Kind.MAKE, Kind.FEEDBACK, Kind.TIDY, Kind.SETUP,
    }
)  # fmt: skip
"""What is done by hand and head; in the rest, time passes by itself."""


JUST = 1.05
"""Estimates are no nearer to the truth than this: what is over by less only just fits, or only just does not."""


def deadline(case: Case) -> Iterator[Finding]:
    """What it takes against the goal's deadline, in calendar time; and each task against the day it is due."""
    left = case.left()
    if left is not None and case.tasks:
        least, usual = _lengths(case)
        if least > left:
            yield Finding(rule=Rule.DEADLINE, severity=Severity.PROBLEM, found=least, bound=left)
        elif usual > left:
            severity = Severity.REMARK if usual > left * JUST else Severity.NOTE
            yield Finding(rule=Rule.DEADLINE, severity=severity, found=usual, bound=left)
    yield from _due(case)


def pace(case: Case) -> Iterator[Finding]:
    """What is done so many times by a day, against the least that so many take. Where its turn comes too late, that has
    been said."""
    begins = case.at_best().start
    for place, task in enumerate(case.tasks):
        by = task.moment("by")
        if by is None or task.work != "person" or task.target_count < 2:
            continue
        left = (by - case.given.now).total_seconds() / 3600 - begins[place]
        if 0 < left * JUST < task.estimate.low:
            yield Finding(
                rule=Rule.PACE, tasks=(task.key,), criterion=task.criterion, found=task.estimate.low, bound=left
            )


def _lengths(case: Case) -> tuple[float, float]:
    """Hours that the plan takes when all goes well, and usually: by its forecast, else along the longest way."""
    outlook = case.given.outlook
    return (outlook.low, outlook.likely) if outlook is not None else (case.at_best().length, case.times.length)


def _due(case: Case) -> Iterator[Finding]:
    for place, task in enumerate(case.tasks):
        by = task.moment("by")
        if by is None or task.estimate.high == 0:
            continue
        due, turn = (by - case.given.now).total_seconds() / 3600, case.times.start[place]
        if turn > due:
            yield Finding(rule=Rule.DEADLINE, tasks=(task.key,), criterion=task.criterion, found=turn, bound=due)


def workload(case: Case) -> Iterator[Finding]:
    """What one person's hands have to do at best, against the working days until the deadline.

    Only work of hand and head counts, and of longer tasks the working hours of their days. Of what hangs on a choice
    the shortest road counts. Where even the longest way is too long, that has been said; a forecast knows of hands.
    """
    left = case.left()
    if left is None or case.given.outlook is not None or case.at_best().length > left:
        return
    amounts = [
        _effort(task.estimate.low) if task.work == "person" and doing.kind in _HANDIWORK else 0.0
        for task, doing in zip(case.tasks, case.doings, strict=True)
    ]
    least, _ = _sums(case, amounts)
    hours = left / 24 * DAY
    if least > hours:
        yield Finding(rule=Rule.WORKLOAD, found=least, bound=hours)


def _effort(elapsed: float) -> float:
    """The working hours in an elapsed time: all of a working day, then those of each day more."""
    return min(elapsed, DAY) + max(0.0, min(elapsed, CENTURY) - DAY) / 24 * DAY


def budget(case: Case) -> Iterator[Finding]:
    """What the tasks cost against what there is: on the cheapest road, and on the dearest."""
    bound = case.given.budget
    if bound is None:
        return
    least, most = _sums(case, case.costs())
    if least > bound:
        yield Finding(rule=Rule.BUDGET, severity=Severity.PROBLEM, found=least, bound=bound)
    elif most > bound:
        yield Finding(rule=Rule.BUDGET, found=most, bound=bound)


def _sums(case: Case, amounts: Sequence[float]) -> tuple[float, float]:
    """(least, most) of a sum over the tasks: of the roads behind one choice only one is taken."""
    always, roads = 0.0, dict[str, dict[str, float]]()
    for task, amount in zip(case.tasks, amounts, strict=True):
        if task.only_if is None:
            always += amount
        else:
            decider, option = task.only_if
            taken = roads.setdefault(decider, {})
            taken[option] = taken.get(option, 0.0) + amount
    options = {task.key: task.inputs.get("options") for task in case.tasks}
    least = most = always
    for decider, taken in roads.items():
        offered = options.get(decider)
        untaken = isinstance(offered, list) and any(option not in taken for option in offered)
        least += 0.0 if untaken else min(taken.values())
        most += max(taken.values())
    return least, most
