"""Whether somebody looks at what is built before it goes out."""

from collections.abc import Iterator

from engine.planning.quality.case import Case
from engine.planning.quality.findings import Finding, Rule

SMALL = 1.0
"""Hours: what usually takes less is seen at a glance, and needs no check of its own."""


def unverified(case: Case) -> Iterator[Finding]:
    """What is built and never tested, checked, reviewed or measured afterwards."""
    checks = [place for place, doing in enumerate(case.doings) if doing.checks and place not in case.shut]
    for place, doing in enumerate(case.doings):
        task = case.tasks[place]
        if not doing.builds or doing.checks_itself or task.estimate.likely / task.target_count < SMALL:
            continue
        if not _checked_next(case, place) and not any(_concerns(case, check, place) for check in checks):
            yield Finding(rule=Rule.UNVERIFIED, tasks=(task.key,), criterion=case.serves(place))


def _checked_next(case: Case, built: int) -> bool:
    """Whether a check comes behind it before anything else is built or goes out."""
    seen, rest = {built}, list(case.graph.after[built])
    while rest:
        here = rest.pop()
        if here in seen:
            continue
        seen.add(here)
        doing = case.doings[here]
        if doing.checks and here not in case.shut:
            return True
        if not doing.builds and not doing.goes_public:
            rest.extend(case.graph.after[here])
    return False


def _concerns(case: Case, check: int, built: int) -> bool:
    """Whether a check further behind speaks of what was built, or of its criterion."""
    if not case.graph.comes_before(built, check):
        return False
    criterion = case.serves(built)
    same = criterion is not None and criterion == case.serves(check)
    return same or not case.doings[built].objects.isdisjoint(case.doings[check].objects)
