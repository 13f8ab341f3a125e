"""How the plan under way came about, from the plans and repairs that are stored with a goal."""

from collections.abc import Mapping

from engine.errors import RefusedError
from engine.execution.carrying_over import Drafted
from engine.execution.goal_decisions import executable_order
from engine.goals import Goal
from engine.planning.bridge.tree_changes import rekeyed
from engine.plans import KeptPlan, Plan, PlannedTask, Repair
from engine.ports import Queries
from engine.proposals import stored_plan, stored_repair
from engine.tasks import BY_HAND, TaskStatus
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


async def drafted(queries: Queries, goal: Goal) -> Drafted:
    """What the planner made of a plan which was not started, and which tasks a person put in another order since."""
    titles: dict[TaskNumber, str] = {}
    taken_out: set[TaskNumber] = set()
    after: dict[TaskNumber, frozenset[TaskNumber]] = {}
    for version in range(goal.plan_version if goal.started_at is None else 0, 0, -1):
        stored = await queries.plan(goal.id, version)
        is_plan = isinstance(stored, dict) and "tasks" in stored
        try:
            repair = Repair(add=stored_plan(stored).tasks) if is_plan else stored_repair(stored)[0]
        except RefusedError:
            return Drafted()
        taken_out.update(repair.supersede)
        made = _by_number(repair.add, goal, version)
        titles.update({number: task.title for number, task in made.items()})
        keys = {task.key: number for number, task in made.items()}
        behind = {number: task.behind for number, task in made.items()}
        for number, names in (behind if repair.is_mere_order else {**repair.rewire, **behind}).items():
            after.setdefault(number, frozenset(keys.get(name) or TaskNumber(int(name[1:])) for name in names))
        if is_plan:
            break
    left = {number: title for number, title in sorted(titles.items()) if number not in taken_out}
    added = (task.number for task in goal.live_tasks if task.method == BY_HAND)
    ordered = frozenset(number for number in (*left, *added) if _is_put_in_order(goal, number, after))
    return Drafted(titles=left, ordered=ordered)


def _is_put_in_order(goal: Goal, number: TaskNumber, after: Mapping[TaskNumber, frozenset[TaskNumber]]) -> bool:
    """Whether a task waits for others than its planner said. Of those left out, it waits for what they waited for."""
    expected: set[TaskNumber] = set()
    seen: set[TaskNumber] = set()
    waiting = list(after.get(number, ()))
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        if goal.tasks[one].status is TaskStatus.SUPERSEDED:
            waiting += after.get(one, ())
        else:
            expected.add(one)
    return expected != set(goal.tasks[number].depends_on)


async def choice_of(queries: Queries, goal: Goal, version: int) -> JsonValue:
    """The stored plan that the one of that version began with, beside which its alternatives stand; None for none."""
    for number in range(min(version, goal.plan_version), 0, -1):
        stored = await queries.plan(goal.id, number)
        if isinstance(stored, dict) and "tasks" in stored:
            return stored
    return None


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
