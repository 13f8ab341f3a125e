"""What follows within a goal from what just happened: choices prune, waits open, progress moves, goals end.

Each call returns the next layer of events; the ledger calls until nothing follows, all in one commit.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from engine import events as e
from engine.blockages import Strategy
from engine.decisions import Moment
from engine.execution.blocking import unanswered
from engine.execution.lost_resources import held_up
from engine.execution.progress import EXACT, milestones_due, progress_of
from engine.goals import Goal, GoalStatus
from engine.tasks import ENDED_TASKS, Task, TaskStatus, Waiting, WaitingFor
from engine.values import JsonValue, TaskNumber

Opening = Callable[[Goal, Task, dt.datetime], Waiting | None]
"""What a ready task waits for, if its work only waits; None for works that run."""

FIRST_REMINDER = dt.timedelta(hours=24)
_GOING_ON = frozenset({TaskStatus.RUNNING, TaskStatus.WAITING})
_MOVING = frozenset({GoalStatus.ACTIVE, GoalStatus.BLOCKED})
_UNDER_WAY = frozenset({GoalStatus.ACTIVE, GoalStatus.BLOCKED, GoalStatus.PAUSED})


def next_events(goal: Goal, moment: Moment, opening: Opening) -> Sequence[e.Event]:
    """The next layer of what follows; empty when the goal has settled."""
    if goal.has_ended:
        return list(_wind_down(goal))
    if goal.status not in _UNDER_WAY:
        return []
    ready = goal.startable(moment.now)
    return (
        _pruned(goal)
        or _lifted(goal)
        or _kept_in_order(goal, ready)
        or held_up(goal, moment)
        or _opened(goal, ready, moment, opening)
        or _measured(goal) + (_ended(goal, ready) or unanswered(goal, moment) or _unblocked_or_blocked(goal, ready))
    )


def _pruned(goal: Goal) -> list[e.Event]:
    """Tasks on a road that was not chosen are left out."""
    return [
        e.TaskSkipped(task=task.number, why=why)
        for task in goal.tasks.values()
        if task.only_if is not None
        and task.status in (TaskStatus.PENDING, TaskStatus.BLOCKED, TaskStatus.FAILED)
        and (why := road_closed(goal, task))
    ]


def road_closed(goal: Goal, task: Task) -> str:
    """Why the choice that a task hangs on leaves it out; empty when it does not, or is still to be made."""
    if task.only_if is None:
        return ""
    number, option = task.only_if
    decider = goal.tasks[number]
    if decider.status in (TaskStatus.SKIPPED, TaskStatus.SUPERSEDED):
        return "the choice before it was left out"
    if decider.status is not TaskStatus.COMPLETED:
        return ""
    picked = decider.outcome.value if decider.outcome is not None else None
    # a program's function may stand in for the choice and say nothing of the options: no road is closed then
    return f"you chose «{picked}»" if picked != option and picked in _options(decider) else ""


def _lifted(goal: Goal) -> list[e.Event]:
    """What held up a task that has ended holds up nothing any more."""
    if not goal.blockages:
        return []
    return [
        e.BlockageResolved(number=blockage.number, resolution=f"the task is {goal.tasks[blockage.task].status}")
        for blockage in goal.blockages.values()
        if blockage.task is not None and goal.tasks[blockage.task].status in ENDED_TASKS
    ]


def _kept_in_order(goal: Goal, ready: Sequence[Task]) -> list[e.Event]:
    """What ended before its turn (left out, done ahead) hands on what it still waited for to those behind it."""
    found: list[e.Event] = []
    for task in ready:
        open_before = _open_before(goal.tasks, task) if task.depends_on else ()
        if open_before:
            depends_on = tuple(sorted({*task.depends_on, *open_before}))
            found.append(e.TaskRewired(task=task.number, depends_on=depends_on))
    return found


def _open_before(tasks: Mapping[TaskNumber, Task], task: Task) -> list[TaskNumber]:
    """What is open of all that was to come before what the task waited for; of a road that was left out, before each
    step of it. Plain loops: this is asked of all that is ready, at every event."""
    found: list[TaskNumber] = []
    passed = list(task.depends_on)
    for number in passed:
        for before in tasks[number].depends_on:
            status = tasks[before].status
            if status is TaskStatus.SKIPPED:
                if before not in passed:
                    passed.append(before)
            elif status not in ENDED_TASKS:
                found.append(before)
    return found


def _options(decider: Task) -> list[JsonValue]:
    options = decider.inputs.get("options")
    return options if isinstance(options, list) else []


def _opened(goal: Goal, ready: Sequence[Task], moment: Moment, opening: Opening) -> list[e.Event]:
    """Ready tasks whose work only waits, or whose outcome is still to be judged, begin to wait: no attempt, no slot."""
    if goal.status not in _MOVING:
        return []
    found: list[e.Event] = []
    for task in ready:
        if task.outcome is not None and task.awaits_judge:
            claim = Waiting(what=WaitingFor.JUDGEMENT, since=moment.now, claim=True)
            outcome = replace(task.outcome, judgement=None)
            found.append(e.TaskWaiting(task=task.number, waiting=claim, outcome=outcome))
            continue
        waiting = opening(goal, task, moment.now)
        if waiting is not None:
            found.append(began_to_wait(goal, task, waiting, moment))
    return found


def began_to_wait(goal: Goal, task: Task, waiting: Waiting, moment: Moment) -> e.TaskWaiting:
    """The task waits; whoever is asked in a chat is reminded in time."""
    asks = waiting.what in (WaitingFor.PERSON, WaitingFor.DECISION, WaitingFor.MEASURE)
    if asks and waiting.until is None and goal.chat is not None:
        waiting = replace(waiting, until=moment.now + FIRST_REMINDER)
    return e.TaskWaiting(task=task.number, waiting=waiting)


def _measured(goal: Goal) -> list[e.Event]:
    progress = progress_of(goal)
    moved: list[e.Event] = [e.ProgressMade(progress=progress)] if abs(progress - goal.progress) > EXACT else []
    return moved + [e.MilestoneReached(milestone=mark) for mark in milestones_due(goal, progress)]


def _ended(goal: Goal, ready: Sequence[Task]) -> list[e.Event]:
    if ready:
        return []
    some_done, completed = False, TaskStatus.COMPLETED  # a member of an enum is slow to look up
    for task in goal.tasks.values():
        if task.status is completed:
            some_done = True
        elif task.is_live:
            return []
    if some_done:
        return [e.GoalCompleted()]
    return [e.GoalFailed(reason="every task was left out")] if goal.tasks else []


def _unblocked_or_blocked(goal: Goal, ready: Sequence[Task]) -> list[e.Event]:
    moves = bool(ready) or can_move(goal)
    if goal.status is GoalStatus.BLOCKED and moves:
        return [e.GoalUnblocked()]
    if goal.status is not GoalStatus.ACTIVE or moves or not goal.tasks:
        return []
    if can_be_helped(goal):
        return [e.GoalBlocked()]
    failed = [task.title for task in goal.live_tasks if task.status is TaskStatus.FAILED]
    named = f": «{failed[0]}» failed" if failed else ""
    return [e.GoalFailed(reason=f"nothing is left to try{named}")]


def can_move(goal: Goal) -> bool:
    """Whether anything goes on, or will by itself, or waits for an answer that is asked for in the plan."""
    if goal.adapting is not None or goal.proposed_version is not None:
        return True
    pending = TaskStatus.PENDING  # a member of an enum is slow to look up
    for task in goal.tasks.values():
        status = task.status
        if status in _GOING_ON or (status is pending and goal.has_ended_all(task.depends_on)):
            return True
    return False


def can_be_helped(goal: Goal) -> bool:
    """Whether an open blockage can still be lifted: by a person, or by a resource that comes back."""
    return any(
        blockage.strategy is Strategy.ASK
        or (blockage.task is not None and goal.tasks[blockage.task].status is TaskStatus.BLOCKED)
        for blockage in goal.blockages.values()
    )


def _wind_down(goal: Goal) -> Iterator[e.Event]:
    """An ended goal holds no lease, waits for nobody and is blocked by nothing; timed waits keep their end."""
    for blockage in goal.blockages.values():
        yield e.BlockageResolved(number=blockage.number, resolution=f"the goal was {goal.status}")
    for task in goal.tasks.values():
        timed = task.waiting is not None and task.waiting.what is WaitingFor.TIME
        if task.status in (TaskStatus.RUNNING, TaskStatus.BLOCKED) or (task.status is TaskStatus.WAITING and not timed):
            yield e.TaskReset(task=task.number, why=f"the goal was {goal.status}")
