"""An alternative that was stored with the plan, for the one criterion whose tasks don't work."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.goals import Goal
from engine.planning.bridge.kept_trees import is_open
from engine.planning.bridge.mending import has_circle, titles_of
from engine.planning.bridge.tree_changes import GIVEN_UP, Told, listed, rekeyed, text_of, with_memory
from engine.planning.criteria.wording import crop
from engine.plans import KeptPlan, Plan, PlannedTask, Repair
from engine.tasks import Task, TaskStatus
from engine.values import JsonValue, TaskNumber


def by_alternative(goal: Goal, kept: KeptPlan, failed: Task) -> Repair | None:
    """The failed task's criterion done as the first alternative does it that does not call for what has failed; None
    where there is none."""
    in_vain = {_said(failed.title), *_failed_titles(goal, kept)}
    for number, plan in enumerate(kept.alternatives, 1):
        own = _own(goal, plan, failed)
        titles = {_said(task.title) for task in own}
        if own and not titles & in_vain and not _loses(goal, failed, titles):
            found = _taken(goal, kept, plan, (failed, own, number))
            if found is not None:
                return found
    return None


def _own(goal: Goal, plan: Plan, failed: Task) -> list[PlannedTask]:
    """The tasks of an alternative for the criterion; none where it was made for other words."""
    index = failed.criterion
    told = [one for one in listed(plan.tree, "criteria") if one.get("index") == index]
    if index is None or index >= len(goal.criteria) or not told:
        return []
    return [task for task in plan.tasks if task.criterion == index] if _same(told[0], goal.criteria[index]) else []


def _same(told: Told, criterion: str) -> bool:
    return told.get("text") == crop(criterion, 300)


def _failed_titles(goal: Goal, kept: KeptPlan) -> set[str]:
    """What has failed for good, in this plan or in those before it."""
    tasks = goal.tasks.values()
    own = {_said(task.title) for task in tasks if task.status is TaskStatus.FAILED or task.history.failures}
    return own | {_said(text_of(one, "step")) for one in listed(kept.tree, GIVEN_UP)}


def _loses(goal: Goal, failed: Task, titles: set[str]) -> bool:
    """Whether something critical is done for the criterion that the alternative has no place for."""
    return any(
        task.critical and task.status is TaskStatus.COMPLETED and _said(task.title) not in titles
        for task in goal.tasks.values()
        if task.criterion == failed.criterion
    )


def _said(title: str) -> str:
    return " ".join(title.casefold().split())


def _taken(goal: Goal, kept: KeptPlan, plan: Plan, way: tuple[Task, list[PlannedTask], int]) -> Repair | None:
    failed, own, number = way
    mine = [task for task in goal.tasks.values() if task.criterion == failed.criterion]
    done = {_said(task.title): task.number for task in mine if task.status is TaskStatus.COMPLETED}
    gone = tuple(sorted(task.number for task in mine if is_open(task)))
    names = _names(goal, plan, own, done)
    hung = {
        task.only_if[0] for task in goal.tasks.values() if task.only_if and is_open(task) and task.number not in gone
    }
    add = tuple(_as_new(task, names, _outside(goal, gone)) for task in own if not names[task.key].startswith("#"))
    if not add or hung.intersection(gone) or any(task.only_if and task.only_if[0] not in names for task in own):
        return None
    ends = _ends(add)
    rewire = {
        task.number: tuple(dict.fromkeys((*(f"#{one}" for one in task.depends_on if one not in gone), *ends)))
        for task in goal.tasks.values()
        if is_open(task) and task.number not in gone and not set(gone).isdisjoint(task.depends_on)
    }
    repair = Repair(
        supersede=gone,
        add=add,
        rewire=rewire,
        summary=f"«{crop(failed.title, 80)}» did not work, so its criterion is done as in alternative {number}. "
        f"New: {titles_of(add)}.",
        tree=_tree(kept.tree, plan.tree, failed.criterion, names),
    )
    return None if has_circle(goal, repair) else repair


def _names(goal: Goal, plan: Plan, own: list[PlannedTask], done: Mapping[str, TaskNumber]) -> dict[str, str]:
    """What the tasks of an alternative are called in the repair: what is done, or stands for another criterion, by its
    number."""
    standing = {(_said(task.title), task.criterion): task.number for task in goal.live_tasks}
    mark = f"v{goal.plan_version + 1}"
    keys = {task.key for task in own}
    names: dict[str, str] = {}
    for task in plan.tasks:
        if task.key in keys:
            number = done.get(_said(task.title))
            names[task.key] = f"{mark}-{task.key}" if number is None else f"#{number}"
        elif (number := standing.get((_said(task.title), task.criterion))) is not None:
            names[task.key] = f"#{number}"
    return names


def _as_new(task: PlannedTask, names: Mapping[str, str], outside: tuple[str, ...]) -> PlannedTask:
    after = [names[key] for key in task.after if key in names]
    if all(name.startswith("#") for name in after):
        after += outside
    only_if = (
        (names[task.only_if[0]], task.only_if[1]) if task.only_if is not None and task.only_if[0] in names else None
    )
    return replace(task, key=names[task.key], after=tuple(dict.fromkeys(after)), only_if=only_if)


def _outside(goal: Goal, gone: tuple[TaskNumber, ...]) -> tuple[str, ...]:
    own = {one for number in gone for one in goal.tasks[number].depends_on if one not in gone}
    return tuple(f"#{one}" for one in sorted(own))


def _ends(add: tuple[PlannedTask, ...]) -> Iterator[str]:
    followed = {name for task in add for name in task.behind}
    return (task.key for task in add if task.key not in followed)


def _tree(old: JsonValue, other: JsonValue, criterion: int | None, names: Mapping[str, str]) -> JsonValue:
    """The tree with the alternative's way for one criterion."""
    if not isinstance(old, dict):
        return None
    new = next(
        one for one in listed(rekeyed(other, lambda key: names.get(key, key)), "criteria") if one["index"] == criterion
    )
    criteria: list[JsonValue] = [new if one.get("index") == criterion else one for one in listed(old, "criteria")]
    return with_memory({**old, "criteria": criteria}, old, (), ())
