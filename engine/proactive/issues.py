"""Rules that find issues: a goal that stands still or slips, a budget that won't reach, what fails twice alike."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from engine.coordination.merge_step import MERGE
from engine.execution.consequences import road_closed
from engine.execution.watching import may_change
from engine.goals import Goal, GoalStatus
from engine.money import CENT, MICROS, NEARLY
from engine.planning.quality import Rule, Severity
from engine.proactive.circumstances import Circumstances
from engine.proactive.findings import Deed, Finding, FindingKind, Remedy
from engine.proactive.people import waits_for_person
from engine.records import AttemptRow
from engine.tasks import ENDED_TASKS, TaskStatus
from engine.values import JsonObject, TaskNumber

STILL = dt.timedelta(days=3)
"""A goal in which nothing has come further for less than this does not stand still."""
SLIP = 0.2
"""The end slips when it is later than was promised by more than this share of the whole way …"""
LEAST_SLIP = dt.timedelta(days=1)
"""… and by this at least."""
SOON = dt.timedelta(hours=1)
"""What comes of a try so near is told by itself."""
SPARE = 0.1
"""So much more than what is expected is offered for a budget: an expectation is no bound."""
_HOUR = dt.timedelta(hours=1)


def over_budget(goal: Goal, given: Circumstances) -> Iterator[Finding]:
    """What is spent and what the rest is expected to cost pass the budget. The notice at 80 % speaks for itself."""
    purse = given.purse
    cap, needed = purse.cap.micros, purse.charged.micros + purse.expected
    if cap is None or needed <= cap or purse.expected <= 0:
        return
    wanted = -(-int(needed * (1 + SPARE)) // MICROS) * MICROS if needed >= MICROS else -(-needed // CENT) * CENT
    yield Finding(
        kind=FindingKind.BUDGET,
        about="",
        facts={"spent_micros": purse.charged.micros, "expected_micros": purse.expected, "cap_micros": cap},
        remedy=Remedy(deed=Deed.RAISE, micros=max(wanted, needed)),
        is_heard=purse.cap.share(purse.charged) >= NEARLY or _is_short_of_money(goal),
    )


def _is_short_of_money(goal: Goal) -> bool:
    return any(one.shortage is not None for one in goal.blockages.values())


def repeated(goal: Goal, given: Circumstances) -> Iterator[Finding]:
    """Unfinished tasks whose last two tries failed in the same words.

    A blockage of such a task is told by itself, and where the next try is near, what comes of that will be.
    """
    for number, (last, before) in _last_two(given.attempts).items():
        task = goal.tasks.get(number)
        if task is None or not task.is_live or task.status in ENDED_TASKS or task.waiting is not None:
            continue
        if task.work in given.patient:
            continue
        is_tried_soon = task.due_at is None or task.due_at - given.now < SOON
        if last.error and last.error == before.error:
            yield Finding(
                kind=FindingKind.REPEATED,
                about=str(number),
                tasks=(number,),
                facts={"error": last.error[:500], "attempts": task.attempt_serial},
                remedy=Remedy(deed=Deed.ASK, task=number, text=f"it failed twice in the same way: {last.error[:300]}"),
                is_heard=bool(goal.blockages_of(number)) or not may_change(goal) or is_tried_soon,
            )


def _last_two(attempts: Sequence[AttemptRow]) -> Mapping[TaskNumber, tuple[AttemptRow, AttemptRow]]:
    """The newest two tries that have ended, the newest first, of each task that has so many."""
    newest: dict[TaskNumber, AttemptRow] = {}
    pairs: dict[TaskNumber, tuple[AttemptRow, AttemptRow]] = {}
    for row in attempts:
        if row.ended_at is not None:
            if row.task in newest:
                pairs[row.task] = (row, newest[row.task])
            newest[row.task] = row
    return pairs


def uncovered(goal: Goal, given: Circumstances) -> Iterator[Finding]:
    """Criteria that no task serves, unless a choice left them out. While the plan waits for a yes, its check tells."""
    if given.quality is None:
        return
    for found in given.quality.of(Rule.UNCOVERED):
        if found.severity is not Severity.PROBLEM or found.criterion is None:
            continue
        text = goal.criteria[found.criterion]
        left_out = [t for t in goal.tasks.values() if t.criterion == found.criterion and t.status is TaskStatus.SKIPPED]
        if any(road_closed(goal, task) for task in left_out):
            continue
        again = tuple(sorted(task.number for task in left_out))
        yield Finding(
            kind=FindingKind.UNCOVERED,
            about=text,
            tasks=again,
            facts={"criterion": found.criterion},
            remedy=Remedy(deed=Deed.RESTORE, tasks=again)
            if again
            else _replan(f"nothing in the plan serves «{text[:300]}»"),
            is_heard=goal.status is GoalStatus.PROPOSED or not may_change(goal),
        )


def contradicted(goal: Goal, given: Circumstances) -> Iterator[Finding]:
    """Results that a merge has found to contradict each other: nobody has settled that."""
    for task in goal.live_tasks:
        value = task.outcome.value if task.work == MERGE and task.outcome is not None else None
        named = value.get("contradictions") if isinstance(value, dict) else None
        about = [one.get("about") for one in named if isinstance(one, dict)] if isinstance(named, list) else []
        if about:
            facts: JsonObject = {"about": about}
            yield Finding(kind=FindingKind.CONTRADICTED, about=str(task.number), tasks=(task.number,), facts=facts)


def slipping(goal: Goal, given: Circumstances) -> Iterator[Finding]:
    """The end is likely to come later than nine of ten cases were to, when the plan was made."""
    end, promised, started = given.forecast.end if given.forecast is not None else None, given.promised, goal.started_at
    if end is None or promised is None or started is None or goal.status is not GoalStatus.ACTIVE:
        return
    late = end.p50 - promised
    if late < max(LEAST_SLIP, SLIP * (promised - started)):
        return
    is_behind = any(task.history.behind == goal.plan_version for task in goal.live_tasks)
    yield Finding(
        kind=FindingKind.SLIPPING,
        about=f"plan {goal.plan_version}",
        facts={"likely": end.p50.isoformat(), "promised": promised.isoformat()},
        remedy=Remedy(deed=Deed.FASTER, text="the end is later than the plan said"),
        is_heard=is_behind or goal.doubted > 0 or bool(goal.blockages) or not may_change(goal),
    )


def stalled(goal: Goal, given: Circumstances) -> Iterator[Finding]:
    """A plan that waits for a yes for days, or a goal in which nothing comes further though nothing is put off."""
    if goal.status is GoalStatus.PROPOSED:
        if given.now - goal.updated_at >= STILL and goal.parent is None:
            facts: JsonObject = {"since": goal.updated_at.isoformat(), "version": goal.plan_version}
            start = Remedy(deed=Deed.START, version=goal.plan_version)
            yield Finding(kind=FindingKind.STALLED, about="start", facts=facts, remedy=start)
        return
    since = _still_since(goal, given)
    if since is None:
        return
    waiting = [task for task in goal.live_tasks if waits_for_person(task)]
    still = f"nothing has come further since {since:%Y-%m-%d}"
    usual = max((task.estimate.high for task in waiting), default=0.0) * 2 * _HOUR
    if given.now - since >= max(STILL, usual):
        yield Finding(
            kind=FindingKind.STALLED,
            about="tasks",
            tasks=tuple(task.number for task in waiting),
            facts={"since": since.isoformat()},
            remedy=Remedy(deed=Deed.PAUSE, text=still) if waiting else _replan(still),
            is_heard=bool(goal.blockages) or any(t.history.behind == goal.plan_version for t in waiting),
        )


def _still_since(goal: Goal, given: Circumstances) -> dt.datetime | None:
    """Since when a goal under way stands still; None where something goes on, is put off, or another plan is due."""
    if goal.status not in (GoalStatus.ACTIVE, GoalStatus.BLOCKED) or goal.started_at is None:
        return None
    if not may_change(goal) or goal.deadline_grace is not None:
        return None
    for task in goal.live_tasks:
        put_off = task.due_at is not None and task.due_at > given.now and task.status is TaskStatus.PENDING
        by_itself = task.waiting is not None and (task.waiting.postponed or not waits_for_person(task))
        if task.status is TaskStatus.RUNNING or put_off or by_itself:
            return None
    moments = [goal.started_at, goal.resumed_at, given.progress_at, *(task.ended_at for task in goal.tasks.values())]
    return max(one for one in moments if one is not None)


def _replan(reason: str) -> Remedy:
    return Remedy(deed=Deed.REPLAN, text=reason)
