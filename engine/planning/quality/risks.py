"""What can hold up the end: the tasks without slack that may fail, or wait for somebody."""

from collections.abc import Iterator

from engine.planning.quality.case import Case
from engine.planning.quality.findings import Finding, Reason, Rule, Severity
from engine.plans import PlannedTask

LOW_ODDS = 0.7
"""Below it a task is named as a risk."""
POOR_ODDS = 0.4
"""Below it the plan leans on luck, and that costs points."""
MOST = 3
"""So many are named: a list of everything names nothing."""
_GRAVITY = {Reason.LOW_ODDS: 4, Reason.UNREPEATABLE: 3, Reason.OUTSIDE: 2, Reason.CRITICAL: 1}


def risks(case: Case) -> Iterator[Finding]:
    """The gravest risks on the longest way, and of tasks that are only critical just the longest one."""
    named = [(place, _reasons(case, place)) for place in case.times.holding_up() if _can_fail(case.tasks[place])]
    ranked = sorted(
        ((place, reasons) for place, reasons in named if reasons),
        key=lambda one: (-_gravity(one[1]), case.odds(one[0]), -case.tasks[one[0]].estimate.mean, one[0]),
    )
    grave = [one for one in ranked if one[1] != (Reason.CRITICAL,)]
    only_critical = [one for one in ranked if one[1] == (Reason.CRITICAL,)]
    for place, reasons in (grave + only_critical[:1])[:MOST]:
        odds = case.odds(place)
        yield Finding(
            rule=Rule.RISK,
            severity=Severity.REMARK if odds < POOR_ODDS else Severity.NOTE,
            tasks=case.keys(place),
            criterion=case.serves(place),
            reasons=reasons,
            odds=odds,
        )


def _gravity(reasons: tuple[Reason, ...]) -> int:
    return sum(_GRAVITY[reason] for reason in reasons)


def _can_fail(task: PlannedTask) -> bool:
    """Time passes by itself, and what is done is done."""
    return task.work != "wait" and task.estimate.high > 0


def _reasons(case: Case, place: int) -> tuple[Reason, ...]:
    """Why a task is a risk, the gravest reason first."""
    task = case.tasks[place]
    holds = {
        Reason.LOW_ODDS: case.odds(place) < LOW_ODDS,
        Reason.UNREPEATABLE: task.work in case.given.unrepeatable,
        Reason.OUTSIDE: case.doings[place].needs_others,
        Reason.CRITICAL: task.critical,
    }
    return tuple(reason for reason in Reason if holds[reason])
