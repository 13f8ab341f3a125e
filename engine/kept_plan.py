"""How the plan under way came about, from the plans and repairs that are stored with a goal."""

from engine.errors import RefusedError
from engine.execution.goal_decisions import executable_order
from engine.goals import Goal
from engine.planning.bridge.tree_changes import rekeyed
from engine.plans import KeptPlan, Plan, PlannedTask
from engine.ports import Queries
from engine.proposals import stored_plan, stored_repair
from engine.values import JsonValue


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
    numbers = sorted(one.number for one in goal.tasks.values() if one.plan_version == version)
    keys = (task.key for task in executable_order(tasks))
    names = {key: f"#{number}" for key, number in zip(keys, numbers, strict=False)}
    return rekeyed(tree, lambda key: names.get(key, key))


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
