"""Why a plan is as it is, and why a task is in it: from the plans and repairs that are kept with a goal."""

import datetime as dt
from dataclasses import replace

from engine.agents.calls import Purpose
from engine.agents.reasoning.telling import why_judged, why_repair, why_session
from engine.agents.sessions import session_id
from engine.errors import RefusedError
from engine.goals import Goal, GoalStatus
from engine.kept_plan import kept_plan, numbered
from engine.planning.why import told, why_in_tree, why_plan
from engine.plans import Plan
from engine.ports import Queries
from engine.proposals import stored_plan, stored_repair
from engine.tasks import Task

_SINCE = "You have changed it by hand since; these figures are of the plan as it was made."


async def why_goal(queries: Queries, goal: Goal, now: dt.datetime) -> tuple[str, ...]:
    """Lines about the newest plan: the reason of the choice, its odds, the alternatives, the changes since."""
    lines: list[str] = []
    version = goal.plan_version
    plan = await _plan_of(queries, goal, version)
    changes = await queries.adaptations(goal.id)
    if plan is None and changes:  # the first plan tells of the choice, the adaptations of the rest
        version = min(change.old_version for change in changes)
        plan = await _plan_of(queries, goal, version)
    if plan is not None:
        left = (goal.deadline - now) / dt.timedelta(hours=1) if goal.deadline is not None else None
        can_be_picked = goal.options or goal.status is not GoalStatus.PROPOSED
        lines += why_plan(plan if can_be_picked else replace(plan, alternatives=()), left)
        if goal.options and goal.figures is None:
            lines.append(_SINCE)
        if version != goal.plan_version and lines:
            lines[0] = f"When plan {version} was made: {lines[0]}"
    sessions = dict(await queries.reasoning(goal.id))
    if goal.reasoning_session in sessions:
        lines += why_session(sessions[goal.reasoning_session])
    mended = {name: one for name, one in sessions.items() if one.purpose is Purpose.ADAPT}
    for one in changes:
        lines.append(f"Plan {one.new_version}: {one.reason}. {one.summary}".strip())
        session = mended.get(session_id(goal.id, one.new_version))
        lines += why_repair(session) if session is not None else ()
    return tuple(lines)


async def why_task_of(queries: Queries, goal: Goal, task: Task) -> tuple[str, ...]:
    """Lines about one task: from its criterion down to the method that calls for it, and what a judge said of it."""
    return (*await _called_for(queries, goal, task), *why_judged(task.outcome))


async def _called_for(queries: Queries, goal: Goal, task: Task) -> tuple[str, ...]:
    kept = await kept_plan(queries, goal)
    known = told(why_in_tree(kept.tree, f"#{task.number}", tuple(one.tree for one in kept.alternatives)))
    if known:
        return known
    plan = await _plan_of(queries, goal, task.plan_version)
    if plan is not None:  # it has been replaced since: by the plan that it came with
        known = told(why_in_tree(numbered(plan.tree, plan.tasks, goal, task.plan_version), f"#{task.number}"))
        if known:
            return known
    lines = []
    if task.criterion is not None and task.criterion < len(goal.criteria):
        lines.append(f"«{goal.criteria[task.criterion]}»")
    stored = await queries.plan(goal.id, task.plan_version)
    if isinstance(stored, dict) and "repair" in stored:
        repair, need = stored_repair(stored)
        lines.append(f"It came with plan {task.plan_version}: {need.reason}. {repair.summary}".strip())
    return tuple(lines) or ("It was added by hand.",)


async def _plan_of(queries: Queries, goal: Goal, version: int) -> Plan | None:
    """The plan that was made as that version; None for one that came of an adaptation, or can't be read."""
    stored = await queries.plan(goal.id, version)
    if not isinstance(stored, dict) or "tasks" not in stored:
        return None
    try:
        return stored_plan(stored)
    except RefusedError:
        return None
