"""What a change of one goal does to others: a child done → its parent's task, a cancel → the children. Pure.

Down flow the start, a plan that was made along with the plan above, the priority, the deadline, pauses and the end; up
flow progress, the end, and what a sub-goal can't go on without.
"""

import datetime as dt
from collections.abc import Sequence

from msgspec.structs import replace

from engine import events as e
from engine.absences import AWAY
from engine.blockages import Strategy
from engine.decisions import Creation, Decision, FollowUp, Moment
from engine.execution.blocking import in_doubt
from engine.execution.failures import Failure, FailureKind
from engine.execution.goal_decisions import SUBGOAL_STEPS, UNDER_WAY, deadline_moved, number_tasks, plan_made
from engine.execution.ranking import ways_to_the_end
from engine.execution.task_decisions import Judging, on_failure
from engine.goals import MAX_DEPTH, Goal, GoalStatus, ParentTask, Priority
from engine.plans import PlannedTask
from engine.tasks import Outcome, Task, TaskStatus, WaitingFor
from engine.values import GoalId, JsonValue, TaskNumber
from engine.work.subgoals import WHOSE, plan_under, whose

_PAUSABLE = UNDER_WAY - {GoalStatus.PAUSED}
_HEARD = frozenset({e.TaskWaiting, e.GoalCompleted, e.GoalFailed, e.GoalCancelled, e.ProgressMade, e.PlanAdopted})
"""Events that lead to something in another goal; most goals have no others, and most events are not these."""
_HEARD_BELOW = frozenset({e.TaskWaiting})
"""Those of them that mean something where a goal serves no other one."""
_PASSED_ON = (e.GoalPaused, e.GoalResumed)
"""Events that happen to the sub-goals as well."""
_UNHEARD_BELOW = frozenset({e.TaskStarted, e.ProgressMade, e.MilestoneReached})
"""Events that mean nothing to sub-goals, though they come with every task."""
_BEGIN_ANEW = "«It is resolved» begins it anew; else leave the task out, re-plan, or stop the goal."
"""How to go on with a goal one of whose sub-goals was ended by hand."""


def family_follow_ups(before: Goal | None, goal: Goal, events: Sequence[e.Event], judging: Judging) -> list[FollowUp]:
    """What `events` in `goal` lead to in its parent and children."""
    if goal.parent is None and _UNHEARD_BELOW.issuperset(map(type, events)):
        return []
    found: list[FollowUp] = []
    heard = _HEARD_BELOW if goal.parent is None else _HEARD
    for event in events:
        if type(event) not in heard:
            continue
        match event:
            case e.TaskWaiting(task=number, waiting=waiting) if (
                waiting.what is WaitingFor.SUBGOAL and waiting.child is None and goal.tasks[number].waiting == waiting
            ):
                found.append(_give_birth(goal, goal.tasks[number], judging))
            case e.GoalCompleted() | e.GoalFailed() | e.GoalCancelled() | e.ProgressMade():
                found += _tell_parent(goal, event, judging)
            case e.PlanAdopted():
                found += _pause_with_parent(goal)
            case _:
                continue
    if goal.parent is not None and not goal.has_ended:
        found += _tell_those_above(before, goal)
    if before is not None:
        found += _tell_children(before, goal, events)
        found += _orphaned(before, goal, events)
    return found


def _give_birth(goal: Goal, task: Task, judging: Judging) -> FollowUp:
    cause = f"task:{goal.id}.{task.number}@{task.revision}"
    if goal.depth >= MAX_DEPTH:
        failure = Failure(kind=FailureKind.PERMANENT, message=f"goals nest at most {MAX_DEPTH} deep")

        def too_deep(parent: Goal, moment: Moment) -> Sequence[e.Event]:
            waiting = parent.tasks[task.number]
            return on_failure(parent, waiting, failure, moment, judging) if waiting.waiting else []

        return FollowUp(cause=cause, goal=goal.id, decision=too_deep)

    def linked(child: GoalId) -> FollowUp:
        def take_over(_parent: GoalId) -> FollowUp:
            return FollowUp(cause=cause, goal=child, decision=_as_planned_above(task))

        return FollowUp(cause=cause, goal=goal.id, decision=_link(task.number, child, count=0), linked=take_over)

    born = FollowUp(cause=cause, creation=child_creation(goal, task), linked=linked)
    return born if task.history.called_off is None else _take_up(goal, task, born, judging)


def _link(number: TaskNumber, child: GoalId, count: int) -> Decision:
    """The task waits for that sub-goal, so much of which is done."""

    def decide(parent: Goal, moment: Moment) -> Sequence[e.Event]:
        task = parent.tasks[number]
        if task.waiting is None:
            return []
        counted = [e.TaskCounted(task=number, count=count)] if task.count != count else []
        return [e.SubgoalLinked(task=number, child=child), *counted]

    return decide


def _take_up(parent: Goal, task: Task, born: FollowUp, judging: Judging) -> FollowUp:
    """The sub-goal that was called off goes on from where it was, and nothing in it is done twice; where there is
    nothing to go on from, another one is `born`."""
    taken: list[GoalId] = []

    def decide(child: Goal, moment: Moment) -> Sequence[e.Event]:
        if child.status is not GoalStatus.CANCELLED or child.plan_version == 0:
            return []
        taken.append(child.id)
        tasks = child.tasks.values()
        again = [t.number for t in tasks if t.status is TaskStatus.FAILED]
        cut_off = [t.number for t in tasks if _may_have_acted(t) and not judging.is_repeatable(t.work)]
        return [
            e.GoalReopened(reason=f"«{parent.name}» goes on"),
            *_edited(child, child.priority, latest_end(parent, task.number), moment),
            *(e.TaskReset(task=number, why="the goal was reopened") for number in again),
            *in_doubt(child, cut_off, moment),
        ]

    def linked(child: GoalId) -> FollowUp:
        if not taken:
            return born
        return FollowUp(cause=born.cause, goal=parent.id, decision=_link(task.number, child, count=task.count))

    return FollowUp(cause=born.cause, goal=task.history.called_off, decision=decide, linked=linked)


def _may_have_acted(task: Task) -> bool:
    """Whether an attempt was begun that said nothing, or that it failed."""
    return task.status is TaskStatus.PENDING and task.attempt_serial > 0


def _as_planned_above(task: Task) -> Decision:
    """The sub-goal takes over the plan that was made along with its parent's; without one it plans for itself."""
    plan = plan_under(task.inputs)
    return plan_made(plan) if plan is not None else lambda goal, moment: []


def child_creation(parent: Goal, task: Task) -> Creation:
    """The sub-goal that a task asks for in its inputs: name, description, criteria, priority."""

    def create(goal_id: GoalId, moment: Moment) -> e.GoalCreated:
        child = child_goal(parent, task, goal_id, moment.now)
        deadline = latest_end(parent, task.number)
        return e.GoalCreated(
            goal=replace(child, deadline=deadline, parent=ParentTask(goal=parent.id, task=task.number))
        )

    return create


def child_goal(parent: Goal, task: Task | PlannedTask, goal_id: GoalId, now: dt.datetime) -> Goal:
    """The sub-goal of a task as it begins, without what ties it to the task."""
    inputs = task.inputs
    theirs = whose(inputs) or whose(parent.metadata)
    known: dict[str, JsonValue] = {WHOSE: theirs} if theirs else {}
    if AWAY in parent.metadata:
        known[AWAY] = parent.metadata[AWAY]
    return Goal(
        id=goal_id,
        name=_text(inputs.get("name")) or task.title,
        description=_text(inputs.get("description")) or task.description,
        criteria=_texts(inputs.get("criteria")),
        priority=_priority(inputs.get("priority"), parent.priority),
        deadline=parent.deadline,
        metadata=known,
        chat=parent.chat,
        thread=parent.thread,
        owner=parent.owner,
        depth=parent.depth + 1,
        status=GoalStatus.PLANNING,
        created_at=now,
        updated_at=now,
    )


def unborn(parent: Goal, task: Task, now: dt.datetime) -> Goal | None:
    """The sub-goal as it will begin, with the plan that it will take over; None where it is to plan for itself."""
    plan = plan_under(task.inputs)
    if plan is None:
        return None
    tasks = number_tasks(plan.tasks, after=0, position=0, version=1)
    child = child_goal(parent, task, GoalId(0), now)
    return replace(
        child,
        deadline=None,
        status=GoalStatus.ACTIVE,
        plan_version=1,
        tasks={one.number: one for one in tasks.values()},
    )


def latest_end(parent: Goal, number: TaskNumber) -> dt.datetime | None:
    """By when a task has to end so that all behind it still fits before the deadline, at the usual pace; at most the
    deadline itself, and None without one.

    It ranks the tasks of a sub-goal and no more: what happens when a deadline passes is decided by the goal above.
    """
    task = parent.tasks[number]
    way = ways_to_the_end(parent).get(number)
    if parent.deadline is None or way is None:
        return parent.deadline
    return parent.deadline - dt.timedelta(hours=min(max(way - task.estimate.mean, 0.0), 1_000_000.0))


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str) and text.strip()) if isinstance(value, list) else ()


def _priority(value: JsonValue, inherited: Priority) -> Priority:
    return Priority(value) if isinstance(value, int) and value in set(Priority) else inherited


def _tell_parent(child: Goal, event: e.Event, judging: Judging) -> list[FollowUp]:
    if child.parent is None:
        return []
    number = child.parent.task
    by_hand = isinstance(event, e.GoalCancelled) or (isinstance(event, e.GoalFailed) and event.by_hand)

    def tell(parent: Goal, moment: Moment) -> Sequence[e.Event]:
        task = parent.tasks.get(number)
        if task is None or task.status is not TaskStatus.WAITING or task.waiting is None:
            return []
        if task.waiting.child != child.id:
            return []
        match child.status:
            case GoalStatus.COMPLETED:
                return [e.TaskCompleted(task=number, outcome=Outcome(summary=f"goal {child.id} is done"))]
            case GoalStatus.FAILED if _is_left_out(child):
                return [e.TaskSkipped(task=number, why=f"every task of «{child.name}» was left out")]
            case GoalStatus.FAILED | GoalStatus.CANCELLED:
                failure = _failure_of(child, asks=by_hand and parent.chat is not None)
                return on_failure(parent, task, failure, moment, judging)
            case _:
                count = min(int(child.progress * SUBGOAL_STEPS), SUBGOAL_STEPS - 1)
                return [e.TaskCounted(task=number, count=count)] if count != task.count else []

    return [FollowUp(cause=f"goal:{child.id}@{child.revision + 1}", goal=child.parent.goal, decision=tell)]


def _is_left_out(goal: Goal) -> bool:
    """Whether nothing of a goal failed: all of it was left out."""
    gone = (TaskStatus.SKIPPED, TaskStatus.SUPERSEDED)
    return bool(goal.tasks) and all(task.status in gone for task in goal.tasks.values())


def _failure_of(child: Goal, *, asks: bool) -> Failure:
    """What the end of a sub-goal means to its task. Who ended one by hand is asked: no plan is to bring it back."""
    ended = "failed" if child.status is GoalStatus.FAILED else "was cancelled"
    message = f"its goal «{child.name}» {ended}: {child.reason}".rstrip(": ")
    if not asks:
        return Failure(kind=FailureKind.PERMANENT, message=message)
    return Failure(kind=FailureKind.EXTERNAL, message=message, from_whom="you", how=_BEGIN_ANEW)


def is_held_up(goal: Goal) -> bool:
    """Whether somebody has to help before all of a goal can go on."""
    if goal.status is GoalStatus.BLOCKED:
        return True
    return not goal.has_ended and any(one.strategy is Strategy.ASK for one in goal.blockages.values())


def _tell_those_above(before: Goal | None, child: Goal) -> list[FollowUp]:
    """The goals above a sub-goal note that it needs help, or no longer does: so their cards tell it, too."""
    held = is_held_up(child)
    if child.parent is None or held is (before is not None and is_held_up(before)):
        return []
    asked = next((one.description for one in child.blockages.values() if one.strategy is Strategy.ASK), "")
    why = f": {asked}" if asked else ""
    note = f"«{child.name}» (goal {child.id}) {f'is held up{why}' if held else 'goes on'}"
    return [_noted_upwards(f"goal:{child.id}@{child.revision}", child.parent.goal, note)]


def _noted_upwards(cause: str, above: GoalId, note: str) -> FollowUp:
    higher: list[GoalId] = []

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        higher.extend([goal.parent.goal] if goal.parent is not None else [])
        return [] if goal.has_ended else [e.NoteAdded(note=note)]

    def go_on(told: GoalId) -> FollowUp:
        if higher:
            return _noted_upwards(cause, higher[0], note)
        return FollowUp(cause=cause, goal=told, decision=lambda goal, moment: [])

    return FollowUp(cause=cause, goal=above, decision=decide, linked=go_on)


def _pause_with_parent(child: Goal) -> list[FollowUp]:
    """A sub-goal whose plan is taken over while the goal above is paused waits with it."""
    if child.parent is None:
        return []
    paused: list[e.Event] = []

    def look(parent: Goal, moment: Moment) -> Sequence[e.Event]:
        if parent.status is GoalStatus.PAUSED:
            paused.append(e.GoalPaused(reason=f"«{parent.name}» was paused"))
        return []

    def pause(_parent: GoalId) -> FollowUp:
        def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
            return paused if goal.status in _PAUSABLE else []

        return FollowUp(cause=cause, goal=child.id, decision=decide)

    cause = f"goal:{child.id}@{child.revision}"
    return [FollowUp(cause=cause, goal=child.parent.goal, decision=look, linked=pause)]


def _tell_children(before: Goal, goal: Goal, events: Sequence[e.Event]) -> list[FollowUp]:
    """What happens to a goal happens to the sub-goals that its tasks wait for."""
    told = [event for event in events if isinstance(event, _PASSED_ON)]
    edited = goal.deadline != before.deadline or goal.priority != before.priority
    if not told and not edited:
        return []
    waiting = {
        t.waiting.child: t.number for t in goal.tasks.values() if t.waiting is not None and t.waiting.child is not None
    }
    found = [_pass_on(goal, child, event) for event in told for child in waiting]
    if edited:
        found += [_edited_alike(before, goal, child, number) for child, number in waiting.items()]
    return found


def _edited_alike(before: Goal, parent: Goal, child: GoalId, number: TaskNumber) -> FollowUp:
    """A new deadline holds below too; a new priority does unless the sub-goal has one of its own."""
    moved = parent.deadline != before.deadline

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        deadline = latest_end(parent, number) if moved else goal.deadline
        priority = parent.priority if goal.priority == before.priority else goal.priority
        return [] if goal.has_ended else _edited(goal, priority, deadline, moment)

    return FollowUp(cause=f"goal:{parent.id}@{parent.revision}", goal=child, decision=decide)


def _edited(goal: Goal, priority: Priority, deadline: dt.datetime | None, moment: Moment) -> list[e.Event]:
    if goal.deadline == deadline and goal.priority == priority:
        return []
    edited = replace(e.unedited(goal), priority=priority, deadline=deadline)
    return [edited, *deadline_moved(goal, deadline, moment)]


def _orphaned(before: Goal, after: Goal, events: Sequence[e.Event]) -> list[FollowUp]:
    """Sub-goals whose task no longer waits for them, though they have not ended: they are called off."""
    found: list[FollowUp] = []
    for number in e.tasks_of(events, before, after):
        task = before.tasks.get(number)
        if task is None or task.waiting is None or task.waiting.child is None:
            continue
        now = after.tasks.get(number)
        if now is not None and now.waiting is not None and now.waiting.child == task.waiting.child:
            continue
        found.append(_call_off(after, task.waiting.child))
    return found


def _call_off(parent: Goal, child: GoalId) -> FollowUp:
    reason = f"«{parent.name}» no longer needs it"

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        return [] if goal.has_ended else [e.GoalCancelled(reason=reason)]

    return FollowUp(cause=f"goal:{parent.id}@{parent.revision}", goal=child, decision=decide)


def _pass_on(parent: Goal, child: GoalId, event: e.Event) -> FollowUp:
    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        if isinstance(event, e.GoalPaused) and goal.status in _PAUSABLE:
            return [e.GoalPaused(reason=f"«{parent.name}» was paused")]
        if isinstance(event, e.GoalResumed) and goal.status is GoalStatus.PAUSED:
            return [e.GoalResumed(reason=f"«{parent.name}» goes on")]
        return []

    return FollowUp(cause=f"goal:{parent.id}@{parent.revision}", goal=child, decision=decide)
