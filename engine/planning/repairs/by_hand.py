"""Steps that a person takes in place of what did not work, or besides it, and what they are called."""

from engine.goals import Goal
from engine.planning.criteria.numerals import shown
from engine.planning.criteria.wording import crop
from engine.plans import PlannedTask, Repair
from engine.tasks import ENDED_TASKS, Estimate, Expectation, Task
from engine.values import JsonValue, TaskNumber

BY_HAND, OTHER_WAY, GAP, AGAIN = "By hand: ", "Another way: ", "Close the gap: ", "Again: "


def hands_over(repair: Repair) -> bool:
    """Whether all that a repair knows is to hand it to a person."""
    return bool(repair.add) and all(task.title.startswith((BY_HAND, OTHER_WAY, GAP, AGAIN)) for task in repair.add)


def by_hand(task: Task) -> PlannedTask:
    """The same end by other means: a person's, with the number still asked for where there was one."""
    lead = OTHER_WAY if task.work == "person" else BY_HAND
    measured = task.work == "measure"
    kept: dict[str, JsonValue] = {
        name: task.inputs[name] for name in ("target", "unit", "at_most") if name in task.inputs
    }
    return PlannedTask(
        key=f"hand-{task.number}",
        title=crop(f"{lead}{task.title}"),
        description=crop(f"It could not be done as planned: {task.last_error}", 300) if task.last_error else "",
        work="measure" if measured else "person",
        inputs=kept if measured else {},
        after=tuple(f"#{number}" for number in task.depends_on),
        only_if=(f"#{task.only_if[0]}", task.only_if[1]) if task.only_if else None,
        criterion=task.criterion,
        weight=task.weight,
        critical=task.critical,
        estimate=Estimate(low=0.5, likely=max(1.0, task.estimate.likely), high=max(4.0, task.estimate.high)),
        resources=task.resources,
        expected=task.expected,
        target_count=_counted(task),
        checkpoint=task.checkpoint,
    )


def repeated(task: Task, behind: str) -> PlannedTask:
    """The same check once more, with its number still asked for."""
    checks = task.work in {"measure", "http_check", "command"}
    return PlannedTask(
        key=f"again-{task.number}",
        title=crop(AGAIN + _bare(task.title)),
        work=task.work if checks else "person",
        inputs=task.inputs if checks else {},
        after=(behind,),
        criterion=task.criterion,
        weight=task.weight / 2,
        critical=task.critical,
        estimate=task.estimate,
        expected=task.expected,
    )


def gap_of(task: Task) -> PlannedTask:
    """A step that is to bring what is missing."""
    return PlannedTask(
        key=f"gap-{task.number}",
        title=crop(GAP + _shortfall(task)),
        after=(f"#{task.number}",),
        criterion=task.criterion,
        weight=task.weight / 2,
        estimate=Estimate(low=2, likely=16, high=80),
        expected=Expectation(summary=f"Enough for «{crop(_bare(task.title), 80)}»"),
    )


def _bare(title: str) -> str:
    for lead in (AGAIN, GAP, BY_HAND, OTHER_WAY):
        title = title.removeprefix(lead)
    return title


def _shortfall(task: Task) -> str:
    """How far it is from what was wanted: «380 of 500 signups»."""
    value = task.outcome.value if task.outcome is not None else None
    if isinstance(value, dict):
        value = value.get("value")
    target, unit = task.expected.target, task.expected.unit
    if target is not None and isinstance(value, int | float) and not isinstance(value, bool):
        if task.expected.at_most:
            return f"{shown(value)} {unit}, wanted at most {shown(target)}".replace(" ,", ",")
        return f"{shown(value)} of {shown(target)} {unit}".strip()
    if _counted(task) > 1:
        return f"{task.count} of {task.target_count}, {_bare(task.title)}"
    return _bare(task.title)


def _counted(task: Task) -> int:
    """How many steps somebody counts; those of a sub-goal are no more than its progress."""
    return task.target_count if task.work != "subgoal" else 1


def instead(goal: Goal, old: TaskNumber, key: str) -> dict[TaskNumber, tuple[str, ...]]:
    """New dependencies of what waits for `old`: everything as before, with `key` in its place."""
    return {
        task.number: tuple(key if number == old else f"#{number}" for number in task.depends_on)
        for task in goal.tasks.values()
        if old in task.depends_on and task.status not in ENDED_TASKS
    }
