"""A repair never replaces an unfinished task by its equal: that one stays, with its number, attempts and messages.

Otherwise a person would be asked a second time for what they were asked already, and what runs would begin afresh.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.execution.blocking import PLAN_STRATEGIES
from engine.goals import Goal
from engine.planning.bridge.tree_changes import rekeyed
from engine.plans import PlannedTask, Repair
from engine.tasks import ENDED_TASKS, GONE, Task, TaskStatus
from engine.values import TaskNumber

_BEGUN = frozenset({TaskStatus.RUNNING, TaskStatus.WAITING})


def with_equals_kept(goal: Goal, repair: Repair) -> Repair:
    """The repair without the tasks that would only take the place of their equals.

    Equal are tasks with the same work, inputs, person and words for the same criterion that hang on the same choice.
    What has begun stays only where it may have: behind nothing that is still to be done.
    """
    names = _equals(goal, repair)
    if not names:
        return repair
    kept = {TaskNumber(int(name[1:])): planned for planned, name in _pairs(repair, names)}
    gone = tuple(number for number in repair.supersede if number not in kept)
    return replace(
        repair,
        supersede=gone,
        add=_new(goal, repair, names),
        rewire={
            **{number: _named(after, names) for number, after in repair.rewire.items()},
            **dict(_rewired(goal, repair, names)),
        },
        serves={
            **repair.serves,
            **{
                number: planned.criterion
                for number, planned in kept.items()
                if planned.criterion is not None and planned.criterion != goal.tasks[number].criterion
            },
        },
        tree=rekeyed(repair.tree, lambda key: names.get(key, key)),
    )


def _equals(goal: Goal, repair: Repair) -> dict[str, str]:
    """What stays, as `#number`, by the keys of the new tasks that are equal to it."""
    staying: dict[str, list[Task]] = {}
    for task in sorted((goal.tasks[number] for number in repair.supersede), key=lambda one: one.status not in _BEGUN):
        if _may_stay(goal, task):
            hung = f"#{task.only_if[0]}" if task.only_if is not None else ""
            staying.setdefault(_said(task, hung), []).append(task)
    names: dict[str, str] = {}
    for planned in _choices_first(repair.add) if staying else ():
        hung = names.get(planned.only_if[0], planned.only_if[0]) if planned.only_if is not None else ""
        for task in staying.get(_said(planned, hung), ()):
            may_wait = task.status not in _BEGUN or all(_is_over(goal, name) for name in planned.behind)
            if may_wait and _serve_alike(task, planned):
                names[planned.key] = f"#{task.number}"
                staying[_said(planned, hung)].remove(task)
                break
    return names


def _choices_first(add: tuple[PlannedTask, ...]) -> list[PlannedTask]:
    return sorted(add, key=lambda one: one.only_if is not None)


def _may_stay(goal: Goal, task: Task) -> bool:
    """Whether it is unfinished, and is not itself what the plan is changed for."""
    if task.status is TaskStatus.BLOCKED:
        return not any(one.strategy in PLAN_STRATEGIES for one in goal.blockages_of(task.number))
    return task.status is TaskStatus.PENDING or task.status in _BEGUN


def _said(task: Task | PlannedTask, hung: str) -> str:
    """What makes a task the same as another, as one text; `hung` names the task of the choice that it hangs on."""
    words = " ".join(task.title.casefold().split())
    counted = task.target_count if task.work != "subgoal" else 1
    option = task.only_if[1] if task.only_if is not None else ""
    what = (task.work, words, task.description, repr(task.expected), task.checkpoint, task.critical, counted)
    return json.dumps([*what, sorted(task.resources), hung, option, task.inputs], sort_keys=True, default=str)


def _serve_alike(task: Task, planned: PlannedTask) -> bool:
    """Whether they are for the same criterion, or the one that the task was for was dropped or reworded."""
    was, now = task.criterion, planned.criterion
    return was == now or (was is not None and now is not None and was >= GONE)


def _is_over(goal: Goal, name: str) -> bool:
    return name.startswith("#") and goal.tasks[TaskNumber(int(name[1:]))].status in ENDED_TASKS


def _named(after: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names.get(one, one) for one in after))


def _renamed(task: PlannedTask, names: Mapping[str, str]) -> PlannedTask:
    hangs = task.only_if
    return replace(
        task,
        after=_named(task.after, names),
        only_if=(names.get(hangs[0], hangs[0]), hangs[1]) if hangs is not None else None,
    )


def _pairs(repair: Repair, names: Mapping[str, str]) -> Iterator[tuple[PlannedTask, str]]:
    return ((planned, names[planned.key]) for planned in repair.add if planned.key in names)


def _rewired(goal: Goal, repair: Repair, names: Mapping[str, str]) -> Iterator[tuple[TaskNumber, tuple[str, ...]]]:
    """What stays waits for what its equal would have waited for."""
    for planned, name in _pairs(repair, names):
        task = goal.tasks[TaskNumber(int(name[1:]))]
        behind = _named(planned.behind, names)
        if set(behind) != {f"#{number}" for number in task.depends_on}:
            yield task.number, behind


def _new(goal: Goal, repair: Repair, names: Mapping[str, str]) -> tuple[PlannedTask, ...]:
    """The tasks that are new all the same. What stays keeps its weight, and they share what is left of all of it."""
    add = tuple(_renamed(one, names) for one in repair.add if one.key not in names)
    staying = sum(goal.tasks[TaskNumber(int(name[1:]))].weight for name in names.values())
    left, own = sum(one.weight for one in repair.add) - staying, sum(one.weight for one in add)
    share = left / own if left > 0 and own > 0 else 1.0
    return tuple(replace(one, weight=one.weight * share) for one in add)
