"""Parts of a plan that are goals of their own, planned together with the goal above them.

Two kinds: what a criterion says is a goal of its own or somebody else's (`criteria/handing.py`), and what is large: a
criterion with more than `LARGE_PART` tasks in a plan of more than `LARGE_PLAN`, of a goal with `MANY_CRITERIA` or more,
if nothing gets later by it. The plan of each stands in the inputs of its task, which has its odds and its hours.
"""

import math
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace

import msgspec

from engine.execution.families import child_goal
from engine.goals import MAX_DEPTH, Goal
from engine.planning.bridge.prospects import foreseen
from engine.planning.bridge.tree_changes import listed
from engine.planning.criteria.wording import clean, crop
from engine.planning.orders import in_order
from engine.planning.requests import PlanRequest
from engine.plans import Plan, PlannedTask, find_circle
from engine.tasks import Estimate, Expectation
from engine.values import JsonValue
from engine.work.subgoals import PLAN, kept_plan

LARGE_PART, LARGE_PLAN, MANY_CRITERIA = 12, 30, 4
_SHORTEST, _LEAST = 0.001, 0.0001
"""Hours, and odds, that a task has at least."""
_NO_LATER = 1.02
"""So much longer a plan may become by a part that is one task: what is behind some of it then waits for all of it."""
_SUBGOAL = "subgoal"

Planning = Callable[[PlanRequest], Generator[None, None, Plan]]


class PlanningUnder:
    """Plans the sub-goals that a plan calls for. What several plans share is planned once."""

    def __init__(self, request: PlanRequest, planning: Planning) -> None:
        self.request = request
        self._planning = planning
        self._made: dict[bytes, Plan] = {}

    def of(self, goal: Goal) -> "PlanningUnder":
        """The same for another goal."""
        return PlanningUnder(replace(self.request, goal=goal), self._planning)

    def planned(self, tasks: tuple[PlannedTask, ...]) -> Generator[None, None, tuple[PlannedTask, ...]]:
        """The tasks, those that are goals of their own with their plans; too deep down they stay as they are."""
        if self.request.goal.depth >= MAX_DEPTH:
            return tasks
        found: list[PlannedTask] = []
        for task in tasks:
            is_open = task.work == _SUBGOAL and PLAN not in task.inputs
            found.append(with_plan(task, (yield from self._under(task))) if is_open else task)
        return tuple(found)

    def _under(self, task: PlannedTask) -> Generator[None, None, Plan]:
        name = msgspec.json.encode((task.title, task.description, task.inputs))
        if name not in self._made:
            goal = self.request.goal
            child = child_goal(goal, task, goal.id, self.request.now)
            self._made[name] = yield from self._planning(replace(self.request, goal=child))
        return self._made[name]


def with_plan(task: PlannedTask, plan: Plan) -> PlannedTask:
    """The task of a sub-goal with its plan, whose odds and hours are then its own."""
    inputs: dict[str, JsonValue] = {**task.inputs, PLAN: kept_plan(plan)}
    promised = plan.prospect
    if promised is None:
        return replace(task, inputs=inputs)
    hours = promised.hours
    return replace(
        task,
        inputs=inputs,
        estimate=Estimate(
            low=max(hours.low, _SHORTEST), likely=max(hours.likely, _SHORTEST), high=max(hours.high, _SHORTEST)
        ),
        success=min(1.0, max(promised.probability, _LEAST)),
        cost=promised.cost,
    )


def odds_under(before: Sequence[PlannedTask], after: Sequence[PlannedTask]) -> float:
    """By how much the odds of a plan change when those of its sub-goals are known."""
    return math.prod(new.success / old.success for old, new in zip(before, after, strict=True))


def with_large_parts(request: PlanRequest, plan: Plan) -> Generator[None, None, Plan]:
    """The plan with each large part as a goal of its own; the plan itself where there is none."""
    goal = request.goal
    many = len(goal.criteria) >= MANY_CRITERIA and len(plan.tasks) > LARGE_PLAN
    if not many or goal.depth >= MAX_DEPTH or _SUBGOAL not in request.works:
        return plan
    sizes = Counter(task.criterion for task in plan.tasks)
    for index in range(len(goal.criteria)):
        if sizes[index] > LARGE_PART:
            plan = yield from _parted(request, plan, index)
    return plan


def _parted(request: PlanRequest, plan: Plan, index: int) -> Generator[None, None, Plan]:
    inner = tuple(task for task in plan.tasks if task.criterion == index)
    keys = {task.key for task in inner}
    if plan.prospect is None or not _stands_alone(plan.tasks, keys):
        return plan
    part = yield from _part(request, plan, index, inner)
    tasks = _put_in(plan.tasks, part, keys)
    if tasks is None:
        return plan
    prospect = yield from foreseen(request, tasks, plan.prospect.probability, plan.prospect.cost)
    if prospect.hours.likely > plan.prospect.hours.likely * _NO_LATER:
        return plan
    return replace(plan, tasks=tasks, prospect=prospect, tree=_tree_above(plan.tree, keys, part.key))


def _stands_alone(tasks: Iterable[PlannedTask], keys: set[str]) -> bool:
    """Whether no choice inside decides about tasks outside, nor the other way round."""
    return all(task.only_if is None or (task.key in keys) == (task.only_if[0] in keys) for task in tasks)


def _part(
    request: PlanRequest, plan: Plan, index: int, inner: tuple[PlannedTask, ...]
) -> Generator[None, None, PlannedTask]:
    """The task that a part becomes, behind all that any of it is behind."""
    keys = {task.key for task in inner}
    words = clean(request.goal.criteria[index])
    below = tuple(replace(task, criterion=0, after=tuple(key for key in task.after if key in keys)) for task in inner)
    odds, cost = math.prod(task.success for task in inner), sum(task.cost for task in inner)
    own = Plan(
        tasks=below,
        source=plan.source,
        reason=f"It is a large part of «{crop(request.goal.name, 80)}», and was planned with it.",
        tree=_tree_below(plan.tree, index, crop(words)),
        prospect=(yield from foreseen(request, below, odds, cost)),
    )
    bare = PlannedTask(
        key=f"c{index + 1}-goal",
        title=crop(words),
        work=_SUBGOAL,
        inputs={"name": crop(words), "description": "", "criteria": [request.goal.criteria[index]]},
        after=tuple(dict.fromkeys(key for task in inner for key in task.after if key not in keys)),
        criterion=index,
        weight=sum(task.weight for task in inner),
        critical=any(task.critical for task in inner),
        expected=Expectation(summary=crop(words, 200)),
    )
    return with_plan(bare, own)


def _put_in(tasks: Sequence[PlannedTask], part: PlannedTask, keys: set[str]) -> tuple[PlannedTask, ...] | None:
    """The tasks with one in place of a part, in an order that can be carried out; None where that closed a circle."""
    first = next(place for place, task in enumerate(tasks) if task.key in keys)
    outer = [_behind_part(task, part.key, keys) for task in tasks if task.key not in keys]
    before = sum(task.key not in keys for task in tasks[:first])
    found = [*outer[:before], part, *outer[before:]]
    if find_circle({task.key: task.behind for task in found}):
        return None
    place = {task.key: number for number, task in enumerate(found)}
    return tuple(found[number] for number in in_order([[place[key] for key in task.behind] for task in found]))


def _behind_part(task: PlannedTask, key: str, keys: set[str]) -> PlannedTask:
    if keys.isdisjoint(task.after):
        return task
    return replace(task, after=tuple(dict.fromkeys(key if one in keys else one for one in task.after)))


def _tree_below(tree: JsonValue, index: int, name: str) -> JsonValue:
    """The decomposition of one criterion, as that of a goal with no other."""
    found: list[JsonValue] = [{**one, "index": 0} for one in listed(tree, "criteria") if one.get("index") == index]
    return {"goal": name, "criteria": found} if found else None


def _tree_above(tree: JsonValue, keys: set[str], key: str) -> JsonValue:
    """The decomposition with the part's own task wherever one of its tasks is named."""
    copy: JsonValue = msgspec.json.decode(msgspec.json.encode(tree))
    waiting: list[JsonValue] = [copy]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            _rename(one, keys, key)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return copy


def _rename(node: dict[str, JsonValue], keys: set[str], key: str) -> None:
    listed = node.get("tasks")
    if isinstance(listed, list):
        node["tasks"] = list(dict.fromkeys(key if one in keys else one for one in listed if isinstance(one, str)))
    if node.get("key") in keys:
        node["key"] = key
