"""How the plan under way came about, from the plans and repairs that are stored with a goal."""

from collections.abc import Mapping

from engine.errors import RefusedError
from engine.execution.goal_decisions import executable_order
from engine.goals import Goal
from engine.planning.bridge.tree_changes import rekeyed
from engine.plans import KeptPlan, Plan, PlannedTask
from engine.ports import Queries
from engine.proposals import stored_plan, stored_repair
from engine.values import JsonValue, TaskNumber


async def kept_plan(queries: Queries, goal: Goal) -> KeptPlan:
    """The newest decomposition with the numbers of its tasks, and the alternatives of the plan it began with."""
    tree: JsonValue = None
    for version in range(goal.plan_version, 0, -1):
        stored = await queries.plan(goal.id, version)
        if isinstance(stored, dict) and "tasks" in stored:
            plan = _plan_of(stored)
            if plan is None:
                return KeptPlan(tree=tree)
            alternatives = tuple(plan.alternatives)
            return KeptPlan(tree=tree or numbered(plan.tree, plan.tasks, goal, version), alternatives=alternatives)
        if tree is None and isinstance(stored, dict) and "repair" in stored:
            tree = _tree_of(stored, goal, version)
    return KeptPlan(tree=tree)


def numbered(tree: JsonValue, tasks: tuple[PlannedTask, ...], goal: Goal, version: int) -> JsonValue:
    """A tree with the numbers of the tasks for the keys they came with as that version. Tasks are numbered in the order
    in which they can be executed."""
    names = {task.key: f"#{number}" for number, task in _by_number(tasks, goal, version).items()}
    return rekeyed(tree, lambda key: names.get(key, key))


def _by_number(tasks: tuple[PlannedTask, ...], goal: Goal, version: int) -> dict[TaskNumber, PlannedTask]:
    numbers = sorted(one.number for one in goal.tasks.values() if one.plan_version == version)
    return dict(zip(numbers, executable_order(tasks), strict=False))


async def drafted(queries: Queries, goal: Goal) -> Mapping[TaskNumber, str]:
    """The titles that the planner gave the tasks of a plan which was not started, those dropped by hand among them."""
    titles: dict[TaskNumber, str] = {}
    taken_out: set[TaskNumber] = set()
    for version in range(goal.plan_version if goal.started_at is None else 0, 0, -1):
        stored = await queries.plan(goal.id, version)
        is_plan = isinstance(stored, dict) and "tasks" in stored
        try:
            if is_plan:
                made = stored_plan(stored).tasks
            else:
                repair, _need = stored_repair(stored)
                made = repair.add
                taken_out.update(repair.supersede)
        except RefusedError:
            return {}
        titles.update({number: task.title for number, task in _by_number(made, goal, version).items()})
        if is_plan:
            break
    return {number: title for number, title in sorted(titles.items()) if number not in taken_out}


def _plan_of(stored: JsonValue) -> Plan | None:
    try:
        return stored_plan(stored)
    except RefusedError:
        return None


def _tree_of(stored: JsonValue, goal: Goal, version: int) -> JsonValue:
    try:
        repair, _ = stored_repair(stored)
    except RefusedError:
        return None
    return numbered(repair.tree, repair.add, goal, version)
