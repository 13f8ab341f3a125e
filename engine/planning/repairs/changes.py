"""What is done when the criteria or the facts of a goal change: only what they touch is planned anew."""

from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from engine.execution.goal_decisions import DEADLINE_MOVED, KNOWN_ANEW
from engine.goals import Goal
from engine.planning.bridge.mending import Menders
from engine.planning.bridge.tree_changes import regrown
from engine.planning.criteria.wording import clean, crop, subjects
from engine.planning.reopening import gone_about_otherwise
from engine.planning.reordering import ordered_by_words
from engine.planning.repairs.closed_ways import closed, waited_for, with_holds
from engine.planning.repairs.failures import another_way, way_of
from engine.planning.repairs.in_turn import in_turn
from engine.planning.unchanged import with_equals_kept
from engine.plans import AdaptationNeed, Hold, Plan, PlannedTask, Repair, Trigger, find_circle
from engine.tasks import ENDED_TASKS, Task, TaskStatus
from engine.values import TaskNumber

_STUCK = (TaskStatus.FAILED, TaskStatus.BLOCKED)
_MOST_STUCK = 8
"""For so many tasks that are stuck another way is looked for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """The plan's criteria beside the goal's: which have tasks, which are new, and whose tasks have lost theirs."""

    kept: Mapping[int, int]
    """Index of a criterion now → index that its tasks carry."""
    added: tuple[int, ...]
    dropped: tuple[int, ...]


Fresh: TypeAlias = Callable[[], Generator[None, None, Plan]]
"""Plans the goal as it would be planned today from nothing, in slices."""
_FROM_FRESH = frozenset({Trigger.WORLD_CHANGED, Trigger.REQUESTED})


def after_change(menders: Menders, need: AdaptationNeed, fresh: Fresh) -> Generator[None, None, Repair]:
    """The repair after the criteria were edited, something in the world changed, or a person asked for another plan.

    What is stuck gets fresh attempts; what had those before, or a person says can't be done so, gets another way. Where
    none is known it stays as it is in a chat, and the person is asked; a program gets the attempts that it asked for.
    """
    if need.reason == DEADLINE_MOVED:
        return (yield from _by_new_date(menders, need, fresh))
    by_words = ordered_by_words(menders.goal, need.reason) if need.trigger is Trigger.REQUESTED else None
    if by_words is not None:
        return by_words
    waited = waited_for(menders.goal, (yield from closed(menders)))
    repair = yield from _changed(menders, need, fresh, waited)
    if not repair.is_empty and need.reason != KNOWN_ANEW:
        return with_holds(menders.goal, repair, waited)
    first = None if repair.is_empty else repair
    righted, after = yield from in_turn(menders, need, partial(_righted, left=[one.task for one in waited]), first)
    left = [one for one in (yield from closed(after)) if one.task in menders.goal.tasks]
    return with_holds(menders.goal, repair if righted.is_empty else righted, left)


def _changed(
    menders: Menders, need: AdaptationNeed, fresh: Fresh, waited: Collection[Hold]
) -> Generator[None, None, Repair]:
    """The repair by what was edited, and for what is stuck. What is `waited` for is left as it is."""
    goal = menders.goal
    plan = (yield from fresh()) if need.trigger in _FROM_FRESH else None
    anew = _otherwise(goal, plan) if need.reason == KNOWN_ANEW and plan is not None else frozenset[int]()
    held = {goal.tasks[one.task].criterion for one in waited}
    repair = _compared(menders, need, plan, frozenset(one for one in anew if _compare(goal).kept[one] not in held))
    if repair.add or repair.supersede:
        told = _left_to_them(menders, repair) if anew else ""
        return replace(repair, summary=f"{told}{repair.summary}")  # what else is wrong is found in the new plan
    numbers = {one.task for one in waited}
    stuck = [number for number in repair.reset if number not in numbers]
    tried = [number for number in stuck if _is_tried(goal, goal.tasks[number], need)]
    fresh_ones = tuple(number for number in stuck if number not in tried)
    for number in tried[:_MOST_STUCK]:
        other = yield from another_way(menders, goal.tasks[number])
        if other is not None:
            return replace(other, reset=tuple(one for one in fresh_ones if one not in other.supersede))
    if tried and need.trigger is Trigger.REQUESTED and goal.chat is not None:
        counts = (len(fresh_ones), 0)
        return replace(repair, reset=fresh_ones, summary=f"{_no_way(goal, tried)} {_told(goal, need, counts, ())}")
    return replace(repair, reset=tuple(stuck))


def _left_to_them(menders: Menders, repair: Repair) -> str:
    """The criteria for which a library knew a way, and now none does: how they are met is the person's to find."""
    goal, known = menders.goal, menders.known
    new = {task.criterion for task in repair.add}
    by_subject = {task.criterion for task in repair.add if not known.is_general(task.method)}
    gone = [task for number, task in goal.tasks.items() if number in repair.supersede]
    closed_now = {task.criterion for task in gone if not known.is_general(task.method)} & new - by_subject
    named = [f"«{crop(text, 80)}»" for index, text in enumerate(goal.criteria) if index in closed_now]
    if not named:
        return ""
    return f"The only way that I knew for {', '.join(named)} is closed now, so how it is done is yours to find. "


def _no_way(goal: Goal, stuck: list[TaskNumber]) -> str:
    named = f"«{crop(goal.tasks[stuck[0]].title, 80)}»"
    more = f" and {len(stuck) - 1} more" if len(stuck) > 1 else ""
    return f"No other way is known for {named}{more}."


def _is_tried(goal: Goal, task: Task, need: AdaptationNeed) -> bool:
    """Whether the same once more is no answer. Who wants another plan of their own step has a button to try again."""
    told = task.work == "person" and goal.chat is not None and need.trigger is Trigger.REQUESTED
    return task.work != "decide" and (told or task.revivals > 0)


def _by_new_date(menders: Menders, need: AdaptationNeed, fresh: Fresh) -> Generator[None, None, Repair]:
    """The deadline was moved: ways that are open no longer are left, and where nothing has begun yet, what hangs on the
    days that are left is done as it would be planned today."""
    hanging = yield from menders.criteria_by_deadline()
    if not hanging:
        return Repair()
    righted, _ = yield from in_turn(menders, need, partial(_righted, is_begun_left=True))
    if not righted.is_empty:
        return righted
    plan = yield from fresh()
    kept = _compare(menders.goal).kept
    anew = frozenset(index for index in _otherwise(menders.goal, plan) if kept[index] in hanging)
    return _compared(menders, need, plan, anew) if anew else Repair()


def _otherwise(goal: Goal, fresh: Plan) -> frozenset[int]:
    """The criteria of which nothing has begun, and that would be gone about otherwise today."""
    return gone_about_otherwise(goal, _compare(goal).kept, fresh.tasks)


def _righted(
    menders: Menders, left: Collection[TaskNumber] = (), *, is_begun_left: bool = False
) -> Generator[None, None, Repair | None]:
    """The first part whose way could not be chosen any more, done in another way."""
    mending = yield from menders.no_longer_right(left, is_begun_left=is_begun_left)
    if mending is None:
        return None
    return replace(mending.repair, summary=f"What it was to begin with no longer holds, so {way_of(mending)}")


def _compared(menders: Menders, need: AdaptationNeed, plan: Plan | None, anew: frozenset[int]) -> Repair:
    """The tasks of criteria that are gone go, those of new ones come, and what is stuck gets fresh attempts.

    Criteria that are to be gone about `anew` count as gone and new.
    """
    goal = menders.goal
    fresh = plan.tasks if plan is not None else ()
    compared = _reopened(_compare(goal), anew)
    stuck = tuple(task.number for task in goal.live_tasks if task.status in _STUCK)
    if need.trigger is Trigger.WORLD_CHANGED and not (compared.added or compared.dropped):
        stuck = ()  # nothing says that they would fare better now
    gone = tuple(
        task.number
        for task in goal.live_tasks
        if task.criterion in compared.dropped and task.status is not TaskStatus.COMPLETED
    )
    add = _new_tasks(goal, compared, fresh)
    reset = tuple(number for number in stuck if number not in gone)
    wired = {**_inherited(goal, gone), **_wired(goal, compared, fresh, (add, gone))}
    tree = None
    if (add or gone) and plan is not None:
        news = {task.key: f"new-{goal.plan_version}-{task.key}" for task in fresh}
        added = {task.key for task in add}
        stands = {**_standing(goal, compared, fresh), **_done_before(goal, compared, fresh)}
        names = {
            key: new if new in added else f"#{stands[key]}"
            for key, new in news.items()
            if new in added or key in stands
        }
        tree = regrown(menders.kept.tree, goal, plan.tree, (compared.kept, names))
    grows = len(compared.added) > len(compared.dropped)
    repair = with_equals_kept(goal, Repair(reset=reset, supersede=gone, add=add, rewire=wired, grows=grows, tree=tree))
    return replace(repair, summary=_told(goal, need, (len(reset), len(repair.supersede)), repair.add))


def _reopened(compared: _Comparison, anew: frozenset[int]) -> _Comparison:
    return _Comparison(
        kept={index: group for index, group in compared.kept.items() if index not in anew},
        added=(*compared.added, *sorted(anew)),
        dropped=(*compared.dropped, *(compared.kept[index] for index in sorted(anew))),
    )


def _inherited(goal: Goal, gone: tuple[TaskNumber, ...]) -> dict[TaskNumber, tuple[str, ...]]:
    """What waited for tasks that fall away waits for what those waited for."""
    away = frozenset(gone)
    wired: dict[TaskNumber, tuple[str, ...]] = {}
    for task in goal.tasks.values():
        if task.number in away or task.status in ENDED_TASKS or away.isdisjoint(task.depends_on):
            continue
        waiting, seen, found = list(task.depends_on), set(task.depends_on), list[TaskNumber]()
        while waiting:
            number = waiting.pop(0)
            if number not in away:
                found.append(number)
                continue
            further = [one for one in goal.tasks[number].depends_on if one not in seen]
            seen.update(further)
            waiting.extend(further)
        wired[task.number] = tuple(f"#{number}" for number in sorted(found))
    return wired


def _words_of(text: str) -> str:
    return crop(clean(text), 200)


def _says(expected: str, words: str) -> bool:
    """Whether what is expected is that criterion, alone or with what to look at behind it."""
    return expected == words or expected.startswith(f"{words} – ")


def _in_plan(goal: Goal) -> list[Task]:
    """The tasks of the plan in its order, those that were left out too: a person did so, and it stays so."""
    tasks = (task for task in goal.tasks.values() if task.status is not TaskStatus.SUPERSEDED)
    return sorted(tasks, key=lambda task: (task.position, task.number))


def _compare(goal: Goal) -> _Comparison:
    """Matches criteria with the tasks planned for them: by the words kept with what is expected, else by sense."""
    groups: dict[int, list[Task]] = {}
    for task in _in_plan(goal):
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
    for task in _in_plan(goal):
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
