"""What events leave behind: the log, progress, adaptations, attempts, plans and resolved blockages."""

import dataclasses

from msgspec.structs import replace

from engine import events as e
from engine.agents.sessions import ReasoningSession, session_id
from engine.events import Event, Recorded, event_name, event_task
from engine.goals import Goal, GoalStatus
from engine.plans import Repair
from engine.records import Change
from engine.tasks import Task
from engine.values import GoalId, JsonValue
from storage.encoding import time_text, to_json
from storage.goal_rows import SAVE_BLOCKAGE, blockage_row
from storage.script import Script

INSERT_LOG = "INSERT INTO goal_execution_log (goal, task, event, at, cause, details) VALUES (?, ?, ?, ?, ?, ?)"
INSERT_PROGRESS = "INSERT INTO goal_progress (goal, at, progress, status, note) VALUES (?, ?, ?, ?, ?)"
INSERT_ADAPTATION = (
    "INSERT INTO goal_adaptations (goal, number, at, reason, triggered_by, deviation, old_version, new_version,"
    " old_plan, new_plan, summary, kept) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_ATTEMPT = (
    "INSERT INTO attempts (goal, task, attempt, boot, agent, started_at, result, error)"
    " VALUES (?, ?, ?, ?, ?, ?, 'running', '')"
)
END_ATTEMPT = (
    "UPDATE attempts SET ended_at = ?, result = ?, error = ?"
    " WHERE goal = ? AND task = ? AND attempt = ? AND boot = ? AND ended_at IS NULL"
)
SAVE_PLAN = (
    "INSERT INTO plans (goal, version, at, source, status, plan) VALUES (?, ?, ?, ?, 'proposed', ?)"
    " ON CONFLICT (goal, version) DO UPDATE SET at = excluded.at, source = excluded.source, status = excluded.status,"
    " plan = excluded.plan"
)
SAVE_SESSION = (
    "INSERT INTO reasoning_sessions (id, goal, version, at, purpose, weighed, choice, faults, failure,"
    " models, calls, micros, tokens, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET at = excluded.at, purpose = excluded.purpose, weighed = excluded.weighed,"
    " choice = excluded.choice, faults = excluded.faults, failure = excluded.failure, models = excluded.models,"
    " calls = excluded.calls, micros = excluded.micros, tokens = excluded.tokens, seconds = excluded.seconds"
)
RETIRE_PLANS = (
    "UPDATE plans SET status = 'superseded' WHERE goal = ? AND version < ? AND status IN ('proposed', 'adopted')"
)
SET_PLAN = "UPDATE plans SET status = ? WHERE goal = ? AND version = ?"

ORDER = (
    INSERT_LOG, INSERT_PROGRESS, INSERT_ADAPTATION, INSERT_ATTEMPT, END_ATTEMPT, SAVE_PLAN, SET_PLAN,
    RETIRE_PLANS, SAVE_SESSION,
)  # fmt: skip
"""Plans are retired last, so that one adopted and replaced in the same batch ends as superseded."""

_OF_PLANS = {e.PlanMade, e.PlanAdopted, e.RepairProposed, e.RepairRejected, e.PlanAdapted}
_STATUS_AFTER: dict[type[Event], GoalStatus] = {
    e.PlanningStarted: GoalStatus.PLANNING,
    e.PlanMade: GoalStatus.PROPOSED,
    e.PlanAdopted: GoalStatus.ACTIVE,
    e.GoalBlocked: GoalStatus.BLOCKED,
    e.GoalUnblocked: GoalStatus.ACTIVE,
    e.GoalPaused: GoalStatus.PAUSED,
    e.GoalResumed: GoalStatus.ACTIVE,
    e.GoalCompleted: GoalStatus.COMPLETED,
    e.GoalFailed: GoalStatus.FAILED,
    e.GoalCancelled: GoalStatus.CANCELLED,
    e.GoalReopened: GoalStatus.ACTIVE,
}


_PROGRESS = {e.GoalCreated, e.ProgressMade, e.NoteAdded, *_STATUS_AFTER}
"""Events that leave a row in the progress history."""
_IN_SHORT = {e.GoalCreated, e.PlanMade, e.PlanAdapted, e.RepairProposed}
"""Events that the log does not hold whole."""


def write_history(change: Change, script: Script) -> None:
    """Add the rows that a change's events leave behind, apart from the state that follows from them."""
    goal, log = change.after.id, script[INSERT_LOG]
    for recorded in change.recorded:
        event = recorded.event
        kind = type(event)  # compared as it is: `isinstance` is slow where the answer is no, and mostly it is
        name = event_name(kind)
        task = event_task(event)
        at = time_text(recorded.at)
        details = to_json(_in_short(event) if kind in _IN_SHORT else event)
        log.append((goal, task, name, at, recorded.cause, details))
        if type(event) is e.TaskStarted:
            lease = event.lease
            script[INSERT_ATTEMPT].append((goal, event.task, lease.attempt, lease.boot, lease.agent, at))
        if recorded.closed is not None:
            lease, error = recorded.closed, getattr(event, "error", "")
            script[END_ATTEMPT].append((at, name, error, goal, task, lease.attempt, lease.boot))
    _write_progress(change, script)
    kinds = {type(recorded.event) for recorded in change.recorded}
    if not kinds.isdisjoint(_OF_PLANS):
        _write_plans(change, script)
    if e.BlockageResolved in kinds:
        _write_resolutions(change, script)


def _in_short(event: Event) -> object:
    match event:
        case e.GoalCreated(goal=goal):  # the goal itself is in its tables
            return {"name": goal.name, "criteria": goal.criteria, "parent": goal.parent}
        case e.PlanMade(version=version, plan=plan, tasks=tasks):  # the plan is in `plans`
            return {"version": version, "source": plan.source, "tasks": [task.number for task in tasks]}
        case (e.PlanAdapted() | e.RepairProposed()) as changed:  # tree and session are kept apart
            return replace(changed, repair=dataclasses.replace(changed.repair, tree=None, session=None))
        case _:
            return event


def _write_progress(change: Change, script: Script) -> None:
    before = change.before
    progress, status = (0.0, GoalStatus.DRAFT) if before is None else (before.progress, before.status)
    for recorded in change.recorded:
        event, note = recorded.event, ""
        if type(event) not in _PROGRESS:
            continue
        after = _STATUS_AFTER.get(type(event))
        if after is not None:
            if after is status:
                continue
            status, note = after, getattr(event, "reason", "")
        elif type(event) is e.ProgressMade:
            progress = event.progress
        elif type(event) is e.GoalCreated:
            progress, status = event.goal.progress, event.goal.status
        elif type(event) is e.NoteAdded:
            note = event.note
        script[INSERT_PROGRESS].append((change.after.id, time_text(recorded.at), progress, status.value, note))


def _write_plans(change: Change, script: Script) -> None:
    goal = change.after.id
    version = 0 if change.before is None else change.before.plan_version
    for recorded in change.recorded:
        at = time_text(recorded.at)
        match recorded.event:
            case e.PlanMade(version=version, plan=plan):
                script[RETIRE_PLANS].append((goal, version))
                script[SAVE_PLAN].append(
                    (goal, version, at, plan.source, to_json(dataclasses.replace(plan, session=None)))
                )
                _write_session((goal, version, at), plan.session, script)
            case e.PlanAdopted():
                script[SET_PLAN].append(("adopted", goal, version))
            case e.RepairProposed(version=proposed, need=need, repair=repair):
                stored = to_json({"repair": _bare(repair), "need": need})
                _write_session((goal, proposed, at), repair.session, script)
                script[SAVE_PLAN].append((goal, proposed, at, repair.source, stored))
            case e.RepairRejected(version=rejected):
                script[SET_PLAN].append(("rejected", goal, rejected))
            case e.PlanAdapted() as adapted:
                version = adapted.new_version
                stored = to_json({"repair": _bare(adapted.repair), "need": adapted.need})
                _write_session((goal, version, at), adapted.repair.session, script)
                script[SAVE_PLAN].append((goal, version, at, adapted.repair.source, stored))
                script[RETIRE_PLANS].append((goal, version))
                script[SET_PLAN].append(("adopted", goal, version))
                _write_adaptation(change, recorded, adapted, script)
            case _:
                pass


def _bare(repair: Repair) -> Repair:
    """Without what is kept apart from it."""
    return repair if repair.session is None else dataclasses.replace(repair, session=None)


def _write_session(plan: tuple[GoalId, int, str], session: ReasoningSession | None, script: Script) -> None:
    """`plan` says of which goal, which version, and when."""
    if session is None:
        return
    goal, version, at = plan
    row = (
        session_id(goal, version), goal, version, at,
        session.purpose.value, to_json(session.weighed), session.choice, to_json(session.faults), session.failure,
        to_json(session.models), session.calls, session.spent.micros, session.spent.tokens, session.seconds,
    )  # fmt: skip
    script[SAVE_SESSION].append(row)


def _write_adaptation(change: Change, recorded: Recorded, adapted: e.PlanAdapted, script: Script) -> None:
    need = adapted.need
    row = (
        change.after.id,
        adapted.number,
        time_text(recorded.at),
        need.reason,
        need.trigger.value,
        need.deviation,
        adapted.old_version,
        adapted.new_version,
        _plan_json(change.before),
        _plan_json(change.after),
        adapted.repair.summary,
        to_json(adapted.kept),
    )
    script[INSERT_ADAPTATION].append(row)


def _plan_json(goal: Goal | None) -> str:
    return to_json([] if goal is None else [_as_planned(task) for task in goal.live_tasks])


def _as_planned(task: Task) -> JsonValue:
    return {
        "number": task.number,
        "title": task.title,
        "work": task.work,
        "depends_on": list(task.depends_on),
        "criterion": task.criterion,
        "weight": task.weight,
        "critical": task.critical,
        "status": task.status.value,
        "plan_version": task.plan_version,
    }


def _write_resolutions(change: Change, script: Script) -> None:
    """Resolved blockages are no part of the goal any more: the value before and the events tell what they were."""
    known = {} if change.before is None else dict(change.before.blockages)
    for recorded in change.recorded:
        match recorded.event:
            case e.GoalCreated(goal=goal):
                known = dict(goal.blockages)
            case e.BlockageRaised(blockage=raised):
                known[raised.number] = raised
            case e.ResolutionTried(number=number, attempt=attempt) if number in known:
                known[number] = replace(known[number], tried=(*known[number].tried, attempt))
            case e.BlockageResolved(number=number, resolution=resolution) if number in known:
                ended = replace(known.pop(number), resolution=resolution, resolved_at=recorded.at)
                script[SAVE_BLOCKAGE].append(blockage_row(change.after.id, ended))
            case _:
                pass
