"""Decisions about a goal as a whole: planned, adopted, paused, ended, reopened. Pure: a goal and a moment to events."""

import dataclasses
import datetime as dt
import heapq
from collections.abc import Collection, Sequence
from typing import Final

from msgspec.structs import replace

from engine import events as e
from engine.agents.sessions import session_id
from engine.blockages import BlockageKind, Strategy
from engine.decisions import Decision, Moment
from engine.errors import InvalidInputError, RefusedError
from engine.execution.blocking import in_doubt
from engine.execution.consequences import road_closed
from engine.goals import Goal, GoalStatus, refuse_ended
from engine.plans import AdaptationNeed, Plan, PlannedTask, Trigger, check_plan
from engine.tasks import BY_HAND, Task, TaskStatus
from engine.values import TaskNumber

UNDER_WAY: Final = frozenset({GoalStatus.ACTIVE, GoalStatus.BLOCKED, GoalStatus.PAUSED})

DEADLINE_MOVED: Final = "the deadline was moved"
KNOWN_ANEW: Final = "what is known of the goal changed"
"""Why a plan is adapted when no criterion changed, but something that methods ask for."""
SUBGOAL_STEPS: Final = 100
"""A task that waits for a sub-goal counts its child's progress in so many steps."""

_UNTOUCHED = frozenset({TaskStatus.PENDING, TaskStatus.SUPERSEDED})
"""As long as all tasks of a goal that never started are so, nothing refers to their numbers but what shows the plan."""


def number_tasks(planned: Sequence[PlannedTask], *, after: int, position: int, version: int) -> dict[str, Task]:
    """Tasks for planned tasks by their keys, numbered from `after` + 1 in an order that can be executed.

    References to keys become numbers; `#3` stays task 3.
    """
    ordered = executable_order(planned)
    numbers = {task.key: TaskNumber(after + place) for place, task in enumerate(ordered, start=1)}

    def resolve(name: str) -> TaskNumber:
        return TaskNumber(int(name[1:])) if name.startswith("#") and name not in numbers else numbers[name]

    return {
        task.key: Task(
            number=numbers[task.key],
            title=task.title,
            description=task.description,
            work=task.work,
            inputs=task.inputs,
            depends_on=tuple(sorted({resolve(name) for name in task.behind})),
            only_if=(resolve(task.only_if[0]), task.only_if[1]) if task.only_if else None,
            criterion=task.criterion,
            position=position + place,
            weight=task.weight,
            critical=task.critical,
            estimate=task.estimate,
            resources=task.resources,
            expected=task.expected,
            checkpoint=task.checkpoint,
            target_count=SUBGOAL_STEPS if task.work == "subgoal" else task.target_count,
            success=task.success,
            cost=task.cost,
            method=task.method,
            plan_version=version,
        )
        for place, task in enumerate(ordered)
    }


def executable_order(planned: Sequence[PlannedTask]) -> list[PlannedTask]:
    """The planner's own order, moved only where a task would stand before one it depends on."""
    place = {task.key: number for number, task in enumerate(planned)}
    open_ones = [0] * len(planned)
    later: list[list[int]] = [[] for _ in planned]
    for number, task in enumerate(planned):
        for name in set(task.behind) & place.keys():
            open_ones[number] += 1
            later[place[name]].append(number)
    free = [number for number, count in enumerate(open_ones) if not count]  # ascending, so a heap already
    ordered: list[PlannedTask] = []
    while free:  # check_plan has shown that there is no circle
        number = heapq.heappop(free)
        ordered.append(planned[number])
        for other in later[number]:
            open_ones[other] -= 1
            if not open_ones[other]:
                heapq.heappush(free, other)
    return ordered


def plan_made(plan: Plan, planned: Goal | None = None, *, adopted: bool = False) -> Decision:
    """Take over a plan. It waits for approval, unless it is `adopted` by having been asked for, or a parent goal was:
    a sub-goal inherits that.

    `planned` is the goal as the planner saw it; None for a plan that was made along with the plan above.
    """

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        if goal.status is not GoalStatus.PLANNING:
            return []
        if planned is not None and goal.wanted != planned.wanted:
            return []  # it changed while it was being planned: the job starts over
        made = _made(goal, plan)
        return [made, e.PlanAdopted()] if adopted or goal.parent is not None else [made]

    return decide


def plan_picked(plan: Plan, version: int) -> Decision:
    """Take over an alternative in place of the plan of `version`, which waits for approval."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        if goal.status in UNDER_WAY:
            raise RefusedError("already_started", f"«{goal.name}» was started already")
        if goal.status is not GoalStatus.PROPOSED or version != goal.plan_version:
            raise RefusedError("outdated_plan", "the plan changed since; look at the newest one")
        if not goal.options:
            raise RefusedError("outdated_plan", "the plan changed since; look at the newest one")
        return [e.PlanningStarted(), _made(goal, plan, goal.reasoning_session)]

    return decide


def _made(goal: Goal, plan: Plan, session: str | None = None) -> e.PlanMade:
    """`session` is that of a plan which was offered before; one that brings its own is kept under a new id."""
    if not plan.tasks:
        raise InvalidInputError("plan", "it has no tasks", "one task at least")
    made = [task for task in plan.tasks if task.method != BY_HAND]  # one that stood beside others may hold them already
    plan = dataclasses.replace(plan, tasks=(*made, *_added_by_hand(goal)))
    check_plan(plan.tasks)
    version = goal.plan_version + 1
    anew = goal.started_at is None and all(task.status in _UNTOUCHED for task in goal.tasks.values())
    tasks = tuple(number_tasks(plan.tasks, after=0 if anew else goal.last_task, position=0, version=version).values())
    if anew:  # the same numbers, for other tasks: a button that shows an old revision must not mean a new one
        newer = 1 + max((task.revision for task in goal.tasks.values()), default=-1)
        tasks = tuple(replace(task, revision=newer) for task in tasks)
    if plan.session is not None:
        session = session_id(goal.id, version)
    return e.PlanMade(version=version, plan=plan, tasks=tasks, session=session)


def _added_by_hand(goal: Goal) -> list[PlannedTask]:
    """What a person added and has not done yet, for the plan that takes the place of the one they added it to."""
    left = [task for task in goal.live_tasks if task.method == BY_HAND and task.status is not TaskStatus.COMPLETED]
    return [PlannedTask(key=f"{BY_HAND} {t.number}", title=t.title, weight=t.weight, method=BY_HAND) for t in left]


def adopt(version: int | None) -> Decision:
    """A person says go. `version` is that of the plan they saw; None takes the newest."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        if goal.status in UNDER_WAY:
            raise RefusedError("already_started", f"«{goal.name}» was started already")
        if goal.status is not GoalStatus.PROPOSED:
            raise RefusedError("planning", f"«{goal.name}» has no plan yet")
        if version is not None and version != goal.plan_version:
            raise RefusedError("outdated_plan", "the plan changed since; look at the newest one")
        if not any(task.is_live for task in goal.tasks.values()):
            raise RefusedError("no_plan", "the plan has no tasks left; add one first")
        return [e.PlanAdopted()]

    return decide


def edit(goal: Goal, change: e.GoalEdited, moment: Moment) -> list[e.Event]:
    """Take over edited wording, criteria, priority, deadline or metadata; the plan follows where it rests on
    what changed."""
    refuse_ended(goal)
    events: list[e.Event] = [change]
    if change.deadline != goal.deadline:
        events += [
            e.BlockageResolved(number=b.number, resolution="another date was set")
            for b in goal.blockages.values()
            if b.task is None
        ]
    is_known_anew = change.metadata is not None and change.metadata != goal.metadata
    is_reworded = (change.name, change.description) != (goal.name, goal.description)
    if change.criteria == goal.criteria and not is_known_anew and not (is_reworded and goal.status in UNDER_WAY):
        return [*events, *deadline_moved(goal, change.deadline, moment)]
    if goal.status in UNDER_WAY:
        known = KNOWN_ANEW if is_known_anew else "the goal was edited"
        reason = "the success criteria were changed" if change.criteria != goal.criteria else known
        need = AdaptationNeed(reason=reason, trigger=Trigger.WORLD_CHANGED, deviation=0.0, since=moment.now)
        return [*events, e.AdaptationNeeded(need=need)]
    return [*events, *replanned(goal)]


def deadline_moved(goal: Goal, deadline: dt.datetime | None, moment: Moment) -> list[e.Event]:
    """With another date other ways may be open. Whether it holds is the forecast's to judge.

    What is being changed anyhow is begun again, by the new date.
    """
    has_plan = goal.status in UNDER_WAY or goal.status is GoalStatus.PROPOSED
    if deadline == goal.deadline or not has_plan:
        return []
    if goal.adapting is not None:
        return [e.AdaptationNeeded(need=dataclasses.replace(goal.adapting, since=moment.now))]
    need = AdaptationNeed(reason=DEADLINE_MOVED, trigger=Trigger.WORLD_CHANGED, since=moment.now)
    return [e.AdaptationNeeded(need=need)]


def replanned(goal: Goal) -> list[e.Event]:
    """A goal that has not started is planned again."""
    if goal.status in (GoalStatus.DRAFT, GoalStatus.PROPOSED):
        return [e.PlanningStarted()]
    return []


def start_planning(goal: Goal, moment: Moment) -> Sequence[e.Event]:
    """A program asks for the plan."""
    refuse_ended(goal)
    return replanned(goal)


def pause(reason: str) -> Decision:
    """Start nothing more; what runs is finished."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        if goal.status is GoalStatus.PAUSED:
            raise RefusedError("already_paused", f"«{goal.name}» is paused already")
        if goal.status not in UNDER_WAY:
            raise RefusedError("goal_not_started", f"«{goal.name}» was not started yet")
        return [e.GoalPaused(reason=reason)]

    return decide


def resume(reason: str) -> Decision:
    """Go on."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        if goal.status is not GoalStatus.PAUSED:
            raise RefusedError("not_paused", f"«{goal.name}» is not paused")
        return [e.GoalResumed(reason=reason)]

    return decide


def cancel(reason: str) -> Decision:
    """Call it off."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        return [e.GoalCancelled(reason=reason)]

    return decide


def fail(reason: str) -> Decision:
    """Give it up by hand."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        return [e.GoalFailed(reason=reason, by_hand=True)]

    return decide


def reopen(reason: str, cut_off: Collection[TaskNumber] = ()) -> Decision:
    """Take an ended goal up again: failed tasks get fresh attempts, a passed deadline is taken away.

    Tasks that were `cut_off` by its end and must not run twice are asked about before they run again.
    """

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        if not goal.has_ended:
            raise RefusedError("not_ended", f"«{goal.name}» has not ended")
        if goal.parent is not None:  # nothing waits for it any more; the goal above makes a new one when it needs it
            raise RefusedError("serves_another", f"«{goal.name}» serves goal {goal.parent.goal}; reopen or adapt that")
        if goal.plan_version == 0:
            raise RefusedError("no_plan", f"«{goal.name}» never had a plan; set it anew")
        left_out = [
            t.number for t in goal.tasks.values() if t.status is TaskStatus.SKIPPED and not road_closed(goal, t)
        ]
        if goal.status is GoalStatus.COMPLETED and not left_out:
            raise RefusedError("nothing_to_reopen", f"all of «{goal.name}» is done; set a new goal to go further")
        events: list[e.Event] = [e.GoalReopened(reason=reason)]
        if goal.deadline is not None and goal.deadline <= moment.now:
            events.append(replace(e.unedited(goal), deadline=None))
        again = [t.number for t in goal.tasks.values() if t.status is TaskStatus.FAILED]
        if not any(t.is_live and t.status is not TaskStatus.COMPLETED for t in goal.tasks.values()):
            again += left_out  # otherwise it would end again in the same breath
        open_again = {*again, *(t.number for t in goal.tasks.values() if t.status is TaskStatus.PENDING)}
        return [
            *events,
            *(e.TaskReset(task=number, why="the goal was reopened") for number in again),
            *in_doubt(goal, sorted(open_again.intersection(cut_off)), moment),
        ]

    return decide


def note(text: str) -> Decision:
    """Keep an observation with the progress."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        return [e.NoteAdded(note=text)]

    return decide


def set_strategy(kind: BlockageKind, strategy: Strategy) -> Decision:
    """From now on meet blockages of a kind in this way."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        return [e.StrategySet(kind=kind, strategy=strategy)]

    return decide


def add_task(title: str) -> Decision:
    """One more task for a person, at the end of the plan, for the goal as a whole."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        _refuse_unplanned(goal)
        live = list(goal.live_tasks)
        weight = sum(t.weight for t in live) / len(live) if live else 1.0
        planned = PlannedTask(key="new", title=title, weight=weight, method=BY_HAND)
        position = max((t.position for t in live), default=-1) + 1
        tasks = number_tasks([planned], after=goal.last_task, position=position, version=goal.plan_version)
        return [e.TaskAdded(task=task) for task in tasks.values()]

    return decide


def drop_task(number: int) -> Decision:
    """Leave a task out of a plan that is still being looked at; those behind it inherit what it waited for."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        _refuse_unplanned(goal)
        task = goal.task(number)
        if not task.is_live or task.status is TaskStatus.COMPLETED:
            raise RefusedError("task_ended", f"«{task.title}» is {task.status} already")
        events: list[e.Event] = []
        for other in goal.tasks.values():
            if other.is_live and task.number in other.depends_on:
                inherited = {n for n in other.depends_on if n != task.number} | set(task.depends_on)
                events.append(e.TaskRewired(task=other.number, depends_on=tuple(sorted(inherited))))
        return [*events, e.TaskSuperseded(task=task.number)]

    return decide


def reword_task(number: int, title: str) -> Decision:
    """Say it in other words."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        task = goal.task(number)
        if not task.is_live or task.status is TaskStatus.COMPLETED:
            raise RefusedError("task_ended", f"«{task.title}» is {task.status} already")
        return [e.TaskReworded(task=task.number, title=title, description=task.description)]

    return decide


def move_task(number: int, place: int) -> Decision:
    """Show and prefer a task at another place (from 1), never before one it depends on."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        task = goal.task(number)
        order = [t.number for t in goal.live_tasks]
        if task.number not in order:
            raise RefusedError("task_ended", f"«{task.title}» is {task.status} already")
        order.remove(task.number)
        order.insert(min(max(place, 1), len(order) + 1) - 1, task.number)
        places = {n: at for at, n in enumerate(order)}
        for n in order:
            for needed in goal.tasks[n].depends_on:
                if places.get(needed, -1) > places[n]:
                    first, second = goal.tasks[needed].title, goal.tasks[n].title
                    raise RefusedError("out_of_order", f"«{second}» needs «{first}» first")
        return [e.TasksReordered(order=tuple(order))]

    return decide


def _refuse_unplanned(goal: Goal) -> None:
    if goal.plan_version == 0 or goal.status is GoalStatus.PLANNING:
        raise RefusedError("planning", f"«{goal.name}» has no plan yet")
