"""How a plan under way changes when the world disagrees: only the affected part, and never finished work."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from engine.execution.goal_decisions import KNOWN_ANEW
from engine.goals import Goal
from engine.planning.criteria.numerals import shown
from engine.planning.criteria.wording import clean, crop, subjects
from engine.planning.reopening import gone_about_otherwise
from engine.planning.reordering import ordered_by_words
from engine.plans import AdaptationNeed, PlannedTask, Repair, Trigger, find_circle
from engine.tasks import ENDED_TASKS, Estimate, Expectation, Task, TaskStatus
from engine.values import JsonValue, TaskNumber

_STUCK = (TaskStatus.FAILED, TaskStatus.BLOCKED)
_BY_HAND, _OTHER_WAY, _GAP, _AGAIN = "By hand: ", "Another way: ", "Close the gap: ", "Again: "


def repaired(goal: Goal, need: AdaptationNeed, fresh: tuple[PlannedTask, ...], source: str) -> Repair:
    """The repair for what happened. `fresh` is what would be planned today from nothing."""
    task = goal.tasks.get(need.task) if need.task is not None else None
    if need.trigger is Trigger.TASK_FAILED and task is not None:
        found = _after_failure(goal, task)
    elif need.trigger is Trigger.DEVIATION and task is not None:
        found = _after_deviation(goal, task)
    elif need.trigger is Trigger.WORLD_CHANGED and task is not None and task.status is TaskStatus.COMPLETED:
        found = _after_deviation(goal, task)  # a check that held and no longer does
    elif need.trigger in (Trigger.OVERRUN, Trigger.FORECAST):
        found = Repair()  # nothing has failed, and what goes on slowly is not made faster by starting it afresh
    else:
        found = _after_change(goal, need, fresh)
    return replace(found, source=source)


def _after_failure(goal: Goal, task: Task) -> Repair:
    if task.status in ENDED_TASKS:
        return Repair(summary=f"«{crop(task.title, 80)}» has ended meanwhile; nothing has to change.")
    behind = tuple(t.number for t in _behind(goal, task) if t.status is TaskStatus.BLOCKED)
    keeps_trying = task.work == "decide" or (task.work == "person" and goal.chat is None)
    # one attempt and no retry: its work said that trying again would not help, and in a chat there is somebody else
    is_hopeless = task.attempts == 1 and goal.chat is not None and task.work not in ("person", "decide")
    if (task.revivals == 0 and not is_hopeless) or keeps_trying:
        also = (
            f", and so do {len(behind)} behind it"
            if len(behind) > 1
            else ", and so does the one behind it"
            if behind
            else ""
        )
        return Repair(reset=(task.number, *behind), summary=f"«{crop(task.title, 80)}» gets fresh attempts{also}.")
    if goal.chat is None or task.title.startswith((_BY_HAND, _OTHER_WAY)):
        return Repair()
    other = _by_hand(task)
    return Repair(
        reset=behind,
        supersede=(task.number,),
        add=(other,),
        rewire=_instead(goal, task.number, other.key),
        summary=f"«{crop(task.title, 80)}» did not work. Instead: «{other.title}».",
    )


def _by_hand(task: Task) -> PlannedTask:
    """The same end by other means: a person's, with the number still asked for where there was one."""
    lead = _OTHER_WAY if task.work == "person" else _BY_HAND
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
        target_count=task.target_count,
        checkpoint=task.checkpoint,
    )


def _after_deviation(goal: Goal, task: Task) -> Repair:
    if task.status in (TaskStatus.SKIPPED, TaskStatus.SUPERSEDED):
        return Repair(summary=f"«{crop(task.title, 80)}» no longer counts; nothing has to change.")
    gap = PlannedTask(
        key=f"gap-{task.number}",
        title=crop(_GAP + _shortfall(task)),
        after=(f"#{task.number}",),
        criterion=task.criterion,
        weight=task.weight / 2,
        estimate=Estimate(low=2, likely=16, high=80),
        expected=Expectation(summary=f"Enough for «{crop(_bare(task.title), 80)}»"),
    )
    if task.status is not TaskStatus.COMPLETED:
        first = replace(gap, after=tuple(f"#{number}" for number in task.depends_on))
        wired = {task.number: (*first.after, first.key)}
        stuck = (task.number,) if task.status in _STUCK else ()
        return Repair(
            add=(first,),
            rewire=wired,
            reset=stuck,
            grows=True,
            summary=f"Before «{crop(task.title, 70)}»: «{first.title}».",
        )
    again = _repeated(task, gap.key)
    return Repair(
        add=(gap, again),
        rewire=_instead(goal, task.number, again.key),
        summary=f"It fell short, so two steps are new: «{gap.title}», then «{again.title}».",
        grows=True,
    )


def _repeated(task: Task, behind: str) -> PlannedTask:
    """The same check once more, with its number still asked for."""
    checks = task.work in {"measure", "http_check", "command"}
    return PlannedTask(
        key=f"again-{task.number}",
        title=crop(_AGAIN + _bare(task.title)),
        work=task.work if checks else "person",
        inputs=task.inputs if checks else {},
        after=(behind,),
        criterion=task.criterion,
        weight=task.weight / 2,
        critical=task.critical,
        estimate=task.estimate,
        expected=task.expected,
    )


def _bare(title: str) -> str:
    for lead in (_AGAIN, _GAP, _BY_HAND, _OTHER_WAY):
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
    if task.target_count > 1:
        return f"{task.count} of {task.target_count}, {_bare(task.title)}"
    return _bare(task.title)


def _instead(goal: Goal, old: TaskNumber, key: str) -> dict[TaskNumber, tuple[str, ...]]:
    """New dependencies of what waits for `old`: everything as before, with `key` in its place."""
    return {
        task.number: tuple(key if number == old else f"#{number}" for number in task.depends_on)
        for task in goal.tasks.values()
        if old in task.depends_on and task.status not in ENDED_TASKS
    }


def _behind(goal: Goal, task: Task) -> tuple[Task, ...]:
    """All that waits for a task, near and far, in the order of numbers."""
    reached = {task.number}
    grew = True
    while grew:
        more = {t.number for t in goal.tasks.values() if t.number not in reached and reached.intersection(t.depends_on)}
        reached |= more
        grew = bool(more)
    return tuple(goal.tasks[number] for number in sorted(reached - {task.number}))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """The plan's criteria beside the goal's: which have tasks, which are new, and whose tasks have lost theirs."""

    kept: Mapping[int, int]
    """Index of a criterion now → index that its tasks carry."""
    added: tuple[int, ...]
    dropped: tuple[int, ...]


def _after_change(goal: Goal, need: AdaptationNeed, fresh: tuple[PlannedTask, ...]) -> Repair:
    by_words = ordered_by_words(goal, need.reason) if need.trigger is Trigger.REQUESTED else None
    if by_words is not None:
        return by_words
    stuck = tuple(task.number for task in goal.live_tasks if task.status in _STUCK)
    compared = _reopened(goal, need, _compare(goal), fresh)
    gone = tuple(
        task.number
        for task in goal.live_tasks
        if task.criterion in compared.dropped and task.status is not TaskStatus.COMPLETED
    )
    add = _new_tasks(goal, compared, fresh)
    reset = tuple(number for number in stuck if number not in gone)
    wired = _wired(goal, compared, fresh, (add, gone))
    return Repair(
        reset=reset,
        supersede=gone,
        add=add,
        rewire=wired,
        summary=_told(goal, need, (len(reset), len(gone)), add),
        grows=len(compared.added) > len(compared.dropped),
    )


def _reopened(goal: Goal, need: AdaptationNeed, compared: _Comparison, fresh: tuple[PlannedTask, ...]) -> _Comparison:
    """What is known of the goal changed: criteria that would be gone about otherwise now count as dropped and new."""
    if need.reason != KNOWN_ANEW:
        return compared
    anew = gone_about_otherwise(goal, compared.kept, fresh)
    return _Comparison(
        kept={index: group for index, group in compared.kept.items() if index not in anew},
        added=(*compared.added, *sorted(anew)),
        dropped=(*compared.dropped, *(compared.kept[index] for index in sorted(anew))),
    )


def _words_of(text: str) -> str:
    return crop(clean(text), 200)


def _says(expected: str, words: str) -> bool:
    """Whether what is expected is that criterion, alone or with what to look at behind it."""
    return expected == words or expected.startswith(f"{words} – ")


def _compare(goal: Goal) -> _Comparison:
    """Matches criteria with the tasks planned for them: by the words kept with what is expected, else by sense."""
    groups: dict[int, list[Task]] = {}
    for task in goal.live_tasks:
        if task.criterion is not None:
            groups.setdefault(task.criterion, []).append(task)
    told = {index: {task.expected.summary for task in tasks} for index, tasks in groups.items()}
    kept: dict[int, int] = {}
    for index, text in enumerate(goal.criteria):
        wanted = _words_of(text)
        exact = [g for g, sums in told.items() if any(_says(one, wanted) for one in sums) and g not in kept.values()]
        if exact:
            kept[index] = index if index in exact else exact[0]
    for index, text in enumerate(goal.criteria):
        tasks = groups.get(index)
        if index not in kept and tasks and index not in kept.values() and _same_sense(text, tasks):
            kept[index] = index
    added = tuple(index for index in range(len(goal.criteria)) if index not in kept)
    return _Comparison(kept=kept, added=added, dropped=tuple(index for index in groups if index not in kept.values()))


def _same_sense(text: str, tasks: Iterable[Task]) -> bool:
    """Whether tasks of which nobody noted the criterion (an agent's, a person's) seem to serve it.

    Tasks that note another criterion as what is expected don't: that criterion was edited.
    """
    tasks = tuple(tasks)
    wanted = subjects(text)
    if any(subjects(task.title) <= subjects(task.expected.summary) and task.expected.summary for task in tasks):
        return False
    said = frozenset[str]().union(*(subjects(f"{task.title} {task.description}") for task in tasks))
    return bool(wanted) and len(wanted & said) * 2 >= len(wanted)


def _new_tasks(goal: Goal, compared: _Comparison, fresh: tuple[PlannedTask, ...]) -> tuple[PlannedTask, ...]:
    """The tasks of new criteria, behind what they would be behind in a plan from nothing.

    What was done already for a criterion that was reworded need not be done again.
    """
    standing = {**_standing(goal, compared, fresh), **_done_before(goal, compared, fresh)}
    mine = {task.key for task in fresh if task.criterion in compared.added and task.key not in standing}
    if not goal.criteria:
        return ()
    return tuple(
        replace(
            task,
            key=f"new-{goal.plan_version}-{task.key}",
            after=tuple(
                dict.fromkeys(
                    f"new-{goal.plan_version}-{key}" if key in mine else f"#{standing[key]}"
                    for key in task.after
                    if key in mine or key in standing
                )
            ),
            only_if=(f"new-{goal.plan_version}-{task.only_if[0]}", task.only_if[1]) if task.only_if else None,
        )
        for task in fresh
        if task.key in mine
    )


def _done_before(goal: Goal, compared: _Comparison, fresh: tuple[PlannedTask, ...]) -> dict[str, TaskNumber]:
    """For each new task the completed one of a dropped criterion that is the very same; what proves it is done anew."""
    done = {
        (task.title, task.target_count): task.number
        for task in goal.live_tasks
        if task.criterion in compared.dropped and task.status is TaskStatus.COMPLETED and task.work == "person"
    }
    found: dict[str, TaskNumber] = {}
    for planned in fresh:
        number = done.get((planned.title, planned.target_count))
        if planned.criterion in compared.added and number is not None and planned.only_if is None:
            found[planned.key] = number
    return found


def _standing(goal: Goal, compared: _Comparison, fresh: tuple[PlannedTask, ...]) -> dict[str, TaskNumber]:
    """For each freshly planned task of a kept criterion the one that stands for it: of its title, else the last."""
    groups: dict[int | None, list[Task]] = {}
    for task in goal.live_tasks:
        groups.setdefault(task.criterion, []).append(task)
    found: dict[str, TaskNumber] = {}
    for planned in fresh:
        if planned.criterion is None or planned.criterion not in compared.kept:
            continue
        tasks = groups[compared.kept[planned.criterion]]
        same = next((task for task in tasks if task.title == planned.title), tasks[-1])
        found[planned.key] = same.number
    return found


def _wired(
    goal: Goal,
    compared: _Comparison,
    fresh: tuple[PlannedTask, ...],
    change: tuple[tuple[PlannedTask, ...], tuple[TaskNumber, ...]],
) -> dict[TaskNumber, tuple[str, ...]]:
    """Pending tasks put behind new ones where a plan from nothing would; nothing at all if that closed a circle."""
    add, gone = change
    standing = _standing(goal, compared, fresh)
    keys = {task.key for task in add}
    wired: dict[TaskNumber, tuple[str, ...]] = {}
    for planned in fresh:
        task = goal.tasks.get(standing.get(planned.key, TaskNumber(0)))
        news = [f"new-{goal.plan_version}-{key}" for key in planned.after if f"new-{goal.plan_version}-{key}" in keys]
        if task is None or not news or task.status is not TaskStatus.PENDING or task.title != planned.title:
            continue
        before = wired.get(task.number) or tuple(f"#{number}" for number in task.depends_on if number not in gone)
        wired[task.number] = tuple(dict.fromkeys((*before, *news)))
    graph = {
        f"#{task.number}": wired.get(task.number, tuple(f"#{n}" for n in task.depends_on))
        for task in goal.tasks.values()
    }
    graph.update({task.key: task.after for task in add})
    return {} if find_circle(graph) else wired


def _told(goal: Goal, need: AdaptationNeed, counts: tuple[int, int], add: tuple[PlannedTask, ...]) -> str:
    reset, gone = counts
    parts = []
    if reset:
        parts.append(f"{reset} {'task gets' if reset == 1 else 'tasks get'} fresh attempts")
    if gone:
        parts.append(f"{gone} {'task falls' if gone == 1 else 'tasks fall'} away")
    if add:
        new = next((task for task in add if task.critical), add[0])
        parts.append(
            f"{len(add)} new, among them «{crop(new.title, 60)}»" if len(add) > 1 else f"new: «{crop(new.title, 60)}»"
        )
    told = "; ".join(parts) if parts else "the tasks stay as they are"
    deadline = ""
    if "deadline" in need.reason.lower():
        deadline = (
            f" The deadline is now {goal.deadline:%d %B %Y}." if goal.deadline else " There is no deadline any more."
        )
    return f"{told[0].upper()}{told[1:]}.{deadline}"
