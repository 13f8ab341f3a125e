"""How each event changes a goal: `fold(goal, event, at)`. Only bookkeeping, no rules; statuses are checked."""

import datetime as dt
from collections.abc import Mapping

from msgspec.structs import replace

from engine import events as e
from engine.absences import with_absence
from engine.blockages import ResolutionAttempt
from engine.errors import EngineError
from engine.goals import Goal, GoalStatus, check_goal_move
from engine.plans import Trigger, changed_by_hand
from engine.task_folding import TASK_FOLDS, FoldTable, checkpoint_of, registering
from engine.tasks import BY_HAND, GONE, Task, TaskStatus
from engine.values import TaskNumber

MOST_IN_VAIN = 5
"""Fruitless changes of the plan that a goal remembers: enough for a person to see what was tried."""

_FOLDS: FoldTable = dict(TASK_FOLDS)
_on = registering(_FOLDS)


def fold(goal: Goal, event: e.Event, at: dt.datetime) -> Goal:
    """The goal after the event. Raises `IllegalMoveError` when a status may not follow the present one."""
    return _FOLDS[type(event)](goal, event, at)


def create(event: e.GoalCreated) -> Goal:
    """The goal that a creation begins with."""
    return event.goal


def _move(goal: Goal, status: GoalStatus, at: dt.datetime) -> Goal:
    check_goal_move(goal.status, status)
    return replace(goal, status=status, updated_at=at)


@_on(e.GoalCreated)
def _created(_goal: Goal, _event: e.GoalCreated, _at: dt.datetime) -> Goal:
    raise EngineError("a goal is created once")


@_on(e.GoalEdited)
def _edited(goal: Goal, event: e.GoalEdited, at: dt.datetime) -> Goal:
    moved = event.deadline != goal.deadline
    return replace(
        goal,
        name=event.name,
        description=event.description,
        criteria=event.criteria,
        priority=event.priority,
        deadline=event.deadline,
        metadata=goal.metadata if event.metadata is None else event.metadata,
        deadline_grace=None if moved else goal.deadline_grace,
        deadline_warned=False if moved else goal.deadline_warned,
        doubted=0 if moved else goal.doubted,
        tasks=_with_criteria(goal, event.criteria),
        updated_at=at,
    )


def _with_criteria(goal: Goal, criteria: tuple[str, ...]) -> Mapping[TaskNumber, Task]:
    """The tasks, each serving the criterion of the same words as before; one that is gone where those words are, so
    that the next change of the plan finds what was only for it."""
    if criteria == goal.criteria:
        return goal.tasks
    places = {text: place for place, text in enumerate(criteria)}
    return {
        number: replace(task, criterion=places.get(goal.criteria[task.criterion], GONE + task.criterion))
        if task.criterion is not None and task.criterion < len(goal.criteria)
        else task
        for number, task in goal.tasks.items()
    }


@_on(e.PlanningStarted)
def _planning(goal: Goal, _event: e.PlanningStarted, at: dt.datetime) -> Goal:
    return _move(goal, GoalStatus.PLANNING, at)


@_on(e.PlanMade)
def _plan_made(goal: Goal, event: e.PlanMade, at: dt.datetime) -> Goal:
    anew = any(task.number in goal.tasks for task in event.tasks)  # nothing had begun: numbered from 1 once more
    kept = {} if anew else {number: task for number, task in goal.tasks.items() if task.status is TaskStatus.COMPLETED}
    gone = {
        number: replace(task, status=TaskStatus.SUPERSEDED, ended_at=at, revision=task.revision + 1)
        for number, task in goal.tasks.items()
        if number not in kept and not anew
    }
    checkpoints = tuple(checkpoint_of(task) for task in event.tasks if task.checkpoint)
    options = event.plan.options
    reached = tuple(m for m in goal.milestones if m.percent or m.reached_at)
    return replace(
        _move(goal, GoalStatus.PROPOSED, at),
        plan_version=event.version,
        plan_source=event.plan.source,
        reasoning_session=event.session,
        options=changed_by_hand(options) if any(task.method == BY_HAND for task in event.tasks) else options,
        tasks={**kept, **gone, **{task.number: task for task in event.tasks}},
        last_task=max([0 if anew else goal.last_task, *(task.number for task in event.tasks)]),
        milestones=(*reached, *checkpoints),
        adapting=None,
    )


@_on(e.PlanAdopted)
def _adopted(goal: Goal, _event: e.PlanAdopted, at: dt.datetime) -> Goal:
    return replace(_move(goal, GoalStatus.ACTIVE, at), started_at=goal.started_at or at, options=())


@_on(e.TasksReordered)
def _reordered(goal: Goal, event: e.TasksReordered, at: dt.datetime) -> Goal:
    places = {number: place for place, number in enumerate(event.order)}
    tasks = {n: replace(t, position=places.get(n, t.position)) for n, t in goal.tasks.items()}
    return replace(goal, tasks=tasks, options=changed_by_hand(goal.options), updated_at=at)


@_on(e.BlockageRaised)
def _raised(goal: Goal, event: e.BlockageRaised, at: dt.datetime) -> Goal:
    blockage, number = event.blockage, event.blockage.number
    if blockage.task is not None and blockage.lifts_itself:
        task = goal.tasks[blockage.task]
        waits = task.history.waits + 1 if task.history.waited_for == blockage.needed else 1
        history = replace(task.history, waited_for=blockage.needed, waits=waits)
        goal = replace(goal, tasks={**goal.tasks, task.number: replace(task, history=history)})
    return replace(
        goal,
        blockages={**goal.blockages, number: blockage},
        last_blockage=max(goal.last_blockage, number),
        updated_at=at,
    )


@_on(e.ResolutionTried)
def _tried(goal: Goal, event: e.ResolutionTried, at: dt.datetime) -> Goal:
    blockage = goal.blockage(event.number)
    changed = replace(blockage, tried=(*blockage.tried, event.attempt))
    return replace(goal, blockages={**goal.blockages, event.number: changed}, updated_at=at)


@_on(e.BlockageResolved)
def _resolved(goal: Goal, event: e.BlockageResolved, at: dt.datetime) -> Goal:
    rest = {number: blockage for number, blockage in goal.blockages.items() if number != event.number}
    return replace(goal, blockages=rest, updated_at=at)


@_on(e.ResourceMissed)
def _missed(goal: Goal, event: e.ResourceMissed, at: dt.datetime) -> Goal:
    return replace(goal, metadata=with_absence(goal.metadata, event.name, event.absence), updated_at=at)


@_on(e.ResourceRegained)
def _regained(goal: Goal, event: e.ResourceRegained, at: dt.datetime) -> Goal:
    return replace(goal, metadata=with_absence(goal.metadata, event.name, None), updated_at=at)


@_on(e.ProgressMade)
def _progress(goal: Goal, event: e.ProgressMade, at: dt.datetime) -> Goal:
    return replace(goal, progress=event.progress, updated_at=at)


@_on(e.NoteAdded)
def _note(goal: Goal, _event: e.NoteAdded, at: dt.datetime) -> Goal:
    return replace(goal, updated_at=at)


@_on(e.CodeWorked)
def _code(goal: Goal, _event: e.CodeWorked, at: dt.datetime) -> Goal:
    return replace(goal, updated_at=at)


@_on(e.MilestoneReached)
def _milestone(goal: Goal, event: e.MilestoneReached, at: dt.datetime) -> Goal:
    reached, marks = event.milestone, list(goal.milestones)
    for place, mark in enumerate(marks):
        if mark.percent == reached.percent and mark.task == reached.task:
            if mark.reached_at is not None:
                break
            marks[place] = replace(mark, reached_at=at)
            return replace(goal, milestones=tuple(marks), updated_at=at)
    raise EngineError(f"milestone «{reached.name}» of goal {goal.id} can't be reached twice")


@_on(e.AdaptationNeeded)
def _needed(goal: Goal, event: e.AdaptationNeeded, at: dt.datetime) -> Goal:
    return replace(goal, adapting=event.need, updated_at=at)


@_on(e.AdaptationDropped)
def _dropped(goal: Goal, _event: e.AdaptationDropped, at: dt.datetime) -> Goal:
    return replace(goal, adapting=None, updated_at=at)


@_on(e.RepairProposed)
def _repair_proposed(goal: Goal, event: e.RepairProposed, at: dt.datetime) -> Goal:
    doubted = event.version if event.need.trigger is Trigger.FORECAST else _doubted(goal, event.version)
    return replace(goal, proposed_version=event.version, adapting=None, doubted=doubted, updated_at=at)


def _doubted(goal: Goal, proposal: int) -> int:
    """The plan version of which the doubt was told, when this proposal is no longer open."""
    return goal.plan_version if goal.doubted == proposal else goal.doubted


@_on(e.RepairRejected)
def _repair_rejected(goal: Goal, event: e.RepairRejected, at: dt.datetime) -> Goal:
    return replace(goal, proposed_version=None, doubted=_doubted(goal, event.version), updated_at=at)


@_on(e.PlanAdapted)
def _adapted(goal: Goal, event: e.PlanAdapted, at: dt.datetime) -> Goal:
    told = f"{event.need.reason} → {event.repair.summary or 'the plan was changed'}"
    if not event.repair.is_empty:  # a look that changed nothing has not been in vain
        tried = ResolutionAttempt(at=at, what="adapt", result=told)
        goal = replace(goal, fruitless=goal.fruitless + 1, in_vain=(*goal.in_vain, tried)[-MOST_IN_VAIN:])
    return replace(
        goal,
        plan_version=event.new_version,
        plan_source=event.repair.source or goal.plan_source,
        options=goal.options if event.repair.is_mere_order else (),
        adaptations=goal.adaptations + 1,
        adapting=None,
        proposed_version=None,
        doubted=_doubted(goal, event.new_version),
        updated_at=at,
    )


@_on(e.GoalBlocked)
def _goal_blocked(goal: Goal, _event: e.GoalBlocked, at: dt.datetime) -> Goal:
    return _move(goal, GoalStatus.BLOCKED, at)


@_on(e.GoalUnblocked)
def _goal_unblocked(goal: Goal, _event: e.GoalUnblocked, at: dt.datetime) -> Goal:
    return _move(goal, GoalStatus.ACTIVE, at)


@_on(e.GoalPaused)
def _paused(goal: Goal, event: e.GoalPaused, at: dt.datetime) -> Goal:
    return replace(_move(goal, GoalStatus.PAUSED, at), reason=event.reason)


@_on(e.GoalResumed)
def _resumed(goal: Goal, _event: e.GoalResumed, at: dt.datetime) -> Goal:
    return replace(_move(goal, GoalStatus.ACTIVE, at), reason="", resumed_at=at)


@_on(e.GoalCompleted)
def _goal_completed(goal: Goal, _event: e.GoalCompleted, at: dt.datetime) -> Goal:
    return _ended(goal, GoalStatus.COMPLETED, "", at)


@_on(e.GoalFailed)
def _goal_failed(goal: Goal, event: e.GoalFailed, at: dt.datetime) -> Goal:
    return _ended(goal, GoalStatus.FAILED, event.reason, at)


@_on(e.GoalCancelled)
def _cancelled(goal: Goal, event: e.GoalCancelled, at: dt.datetime) -> Goal:
    return _ended(goal, GoalStatus.CANCELLED, event.reason, at)


def _ended(goal: Goal, status: GoalStatus, reason: str, at: dt.datetime) -> Goal:
    ended = _move(goal, status, at)
    return replace(ended, reason=reason, ended_at=at, adapting=None, proposed_version=None, deadline_grace=None)


@_on(e.GoalReopened)
def _reopened(goal: Goal, _event: e.GoalReopened, at: dt.datetime) -> Goal:
    active = _move(goal, GoalStatus.ACTIVE, at)  # taking up one that never started is its start
    begun = goal.started_at or at
    return replace(active, reason="", ended_at=None, fruitless=0, in_vain=(), started_at=begun, resumed_at=at)


@_on(e.DeadlineNear)
def _near(goal: Goal, _event: e.DeadlineNear, at: dt.datetime) -> Goal:
    return replace(goal, deadline_warned=True, updated_at=at)


@_on(e.DeadlineDoubtful)
def _doubtful(goal: Goal, event: e.DeadlineDoubtful, at: dt.datetime) -> Goal:
    return replace(goal, doubted=event.version, updated_at=at)


@_on(e.DeadlinePassed)
def _passed(goal: Goal, event: e.DeadlinePassed, at: dt.datetime) -> Goal:
    return replace(goal, deadline_grace=event.grace_until, updated_at=at)


@_on(e.StrategySet)
def _strategy(goal: Goal, event: e.StrategySet, at: dt.datetime) -> Goal:
    return replace(goal, strategies={**goal.strategies, event.kind: event.strategy}, updated_at=at)


@_on(e.BudgetSet)
def _budget(goal: Goal, event: e.BudgetSet, at: dt.datetime) -> Goal:
    return replace(goal, budget=event.budget, updated_at=at)
