"""Why a plan is as it is, and why a task is in it: from the plans and repairs that are kept with a goal."""

from engine.errors import RefusedError
from engine.execution.goal_decisions import executable_order
from engine.goals import Goal
from engine.planning.why import told, why_plan, why_task
from engine.plans import Plan
from engine.ports import Queries
from engine.proposals import stored_plan, stored_repair
from engine.tasks import Task


async def why_goal(queries: Queries, goal: Goal) -> tuple[str, ...]:
    """Lines about the newest plan: the reason of the choice, its odds, the alternatives, the changes since."""
    lines: list[str] = []
    plan = await _plan_of(queries, goal, goal.plan_version)
    changes = await queries.adaptations(goal.id)
    if plan is None and changes:  # the first plan tells of the choice, the adaptations of the rest
        first = min(change.old_version for change in changes)
        plan = await _plan_of(queries, goal, first)
    if plan is not None:
        lines += why_plan(plan)
    lines += [f"Plan {one.new_version}: {one.reason}. {one.summary}".strip() for one in changes]
    return tuple(lines)


async def why_task_of(queries: Queries, goal: Goal, task: Task) -> tuple[str, ...]:
    """Lines about one task: from its criterion down to the method that calls for it."""
    plan = await _plan_of(queries, goal, task.plan_version)
    if plan is not None:
        known = told(why_task(plan, _key_of(plan, goal, task)))
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


def _key_of(plan: Plan, goal: Goal, task: Task) -> str:
    """The key under which the plan knew a task: tasks are numbered in the order in which they can be executed."""
    numbers = sorted(one.number for one in goal.tasks.values() if one.plan_version == task.plan_version)
    ordered = executable_order(plan.tasks)
    place = numbers.index(task.number)
    return ordered[place].key if place < len(ordered) else ""
