"""From one plan version to the next: the need, the check of a repair, and its taking effect. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from engine import events as e
from engine.decisions import Decision, Moment
from engine.errors import InvalidInputError, RefusedError
from engine.execution.blocking import NO_WAY, PLAN_STRATEGIES, ask_what_is_to_change, give_up, tried
from engine.execution.closed_ways import held
from engine.execution.goal_decisions import DEADLINE_MOVED, number_tasks
from engine.execution.lost_resources import waiting_instead
from engine.goals import Goal, GoalStatus, refuse_ended
from engine.plans import AdaptationNeed, PlannedTask, Repair, Trigger, check_plan, find_circle
from engine.tasks import Task, TaskStatus
from engine.values import BlockageNumber, TaskNumber

FORESEEN = frozenset({Trigger.OVERRUN, Trigger.FORECAST})
"""Triggers of which nothing has failed yet."""
_BY_ITSELF = frozenset({*FORESEEN, Trigger.TASK_FAILED, Trigger.DEVIATION})
"""Triggers that neither a person nor a change in the world stands behind, so that nothing speaks for a third try."""
_UNMOVED = "no way hangs on the date"
_WAITS = "no other way is known than the one that waits for a yes"
MOST_FAILURES = 2
"""So often the same thing may fail for good in the same way."""
ADAPTABLE = frozenset({GoalStatus.PROPOSED, GoalStatus.ACTIVE, GoalStatus.BLOCKED, GoalStatus.PAUSED})


def request(need: AdaptationNeed) -> Decision:
    """A person, a program or the world asks for another plan. A need that is due already is replaced by the newer."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        if goal.status not in ADAPTABLE:
            raise RefusedError("planning", f"«{goal.name}» has no plan yet")
        return [e.AdaptationNeeded(need=need)]

    return decide


def repaired(repair: Repair, need: AdaptationNeed, version: int) -> Decision:
    """Take over a repair made from plan `version`. In a chat, one that makes the goal larger waits for approval, and
    so does one for what is only foreseen: nothing has failed yet. What failed twice is not tried a third time.

    A repair of an older version does nothing: the need is still there and the job starts over.
    """

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        if goal.status not in ADAPTABLE or goal.adapting != need or goal.plan_version != version:
            return []
        check_repair(goal, repair)
        if need.trigger is Trigger.RESOURCE_LOST and not repair.grows:
            return _without(goal, repair, need, moment)
        if repair.is_empty and need.trigger is not Trigger.REQUESTED:
            why = _UNMOVED if need.reason == DEADLINE_MOVED else NO_WAY
            events = no_repair(goal, need, moment, why)
            return [*events, *held(_asked_in(goal, events), repair.holds, (), moment)]
        if repair.is_empty and goal.proposed_version is not None:
            return [e.AdaptationDropped(why=repair.summary if repair.settled else _WAITS)]
        again = brought_back(goal, repair) if need.trigger in _BY_ITSELF else ""
        if again:
            return no_repair(goal, need, moment, again)
        needs_a_yes = repair.grows or need.trigger in FORESEEN
        if needs_a_yes and goal.chat is not None and goal.status is not GoalStatus.PROPOSED:
            return [e.RepairProposed(version=goal.plan_version + 1, need=need, repair=repair)]
        events = adapted(goal, repair, need, moment)
        return [*events, *_asked_anew(_asked_in(goal, events), repair, need, moment)]

    return decide


def accepted(repair: Repair, need: AdaptationNeed, version: int) -> Decision:
    """A person approves the larger plan that was proposed as `version`."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        if goal.proposed_version != version or goal.plan_version != version - 1:
            raise RefusedError("closed_proposal", "that proposal is no longer open")
        check_repair(goal, repair)
        return adapted(goal, repair, need, moment)

    return decide


def rejected(version: int) -> Decision:
    """A person keeps the plan as it is. What failed is theirs to decide then."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        if goal.proposed_version != version:
            raise RefusedError("closed_proposal", "that proposal is no longer open")
        events: list[e.Event] = [e.RepairRejected(version=version)]
        number = goal.last_blockage
        for blockage in goal.blockages.values():
            if blockage.strategy in PLAN_STRATEGIES:
                numbered = replace(goal, last_blockage=number)
                events += give_up(numbered, blockage, moment, "you kept the plan")
                number += 1
        return events

    return decide


def _without(goal: Goal, repair: Repair, need: AdaptationNeed, moment: Moment) -> list[e.Event]:
    """A resource is lost: what can does without it from now on, the rest waits for it."""
    dropped: list[e.Event] = [e.AdaptationDropped(why=NO_WAY)]
    changed = dropped if repair.is_empty else adapted(goal, repair, need, moment)
    return [*changed, *waiting_instead(goal, repair.supersede, moment)]


def _asked_anew(goal: Goal, repair: Repair, need: AdaptationNeed, moment: Moment) -> Iterator[e.Event]:
    """Who asked for another plan where no other way is left is asked in turn what is to change."""
    if need.trigger is Trigger.REQUESTED and goal.chat is not None and repair.is_empty and not repair.settled:
        yield from ask_what_is_to_change(goal, need.reason, moment)


def _asked_in(goal: Goal, events: Sequence[e.Event]) -> Goal:
    """The goal, with the next blockage numbered behind those that the events raise."""
    raised = sum(isinstance(one, e.BlockageRaised) for one in events)
    return replace(goal, last_blockage=BlockageNumber(goal.last_blockage + raised))


def check_repair(goal: Goal, repair: Repair) -> None:
    """Raise `InvalidInputError` unless the repair fits the goal: known tasks, none finished, no circle afterwards."""
    for number in (*repair.reset, *repair.supersede, *repair.rewire, *repair.serves, *repair.order):
        if number not in goal.tasks:
            raise InvalidInputError("repair", f"there is no task {goal.id}.{number}", "name tasks of the goal")
    for number in repair.supersede:
        if goal.tasks[number].status is TaskStatus.COMPLETED:
            raise InvalidInputError("repair", f"task {goal.id}.{number} is done", "finished work is kept")
    check_plan(repair.add, known_numbers=goal.tasks)
    known = {f"#{number}" for number in goal.tasks} | {task.key for task in repair.add}
    for number, after in repair.rewire.items():
        unknown = [name for name in after if name not in known]
        if unknown:
            raise InvalidInputError("repair", f"task {goal.id}.{number} waits for «{unknown[0]}»", "name a task")
    graph = {f"#{t.number}": tuple(f"#{n}" for n in t.depends_on) for t in goal.tasks.values()}
    graph.update({f"#{number}": after for number, after in repair.rewire.items()})
    graph.update({task.key: task.behind for task in repair.add})
    circle = find_circle(graph)
    if circle:
        raise InvalidInputError("repair", f"tasks would wait for each other: {' → '.join(circle)}", "break the circle")


def brought_back(goal: Goal, repair: Repair) -> str:
    """What a repair would try a third time though it failed twice in the same way, in words; empty for nothing.

    It is the same when its method (or, without one, its work) and its title are.
    """
    failures: Counter[tuple[str, str]] = Counter()
    for task in goal.tasks.values():
        failures[_kind(task)] += task.history.failures
    resets = [goal.tasks[number] for number in repair.reset if goal.tasks[number].status is TaskStatus.FAILED]
    wanted: list[Task | PlannedTask] = [*repair.add, *resets]
    for one in wanted:
        times = failures[_kind(one)]
        if times >= MOST_FAILURES:
            return f"«{one.title}» has failed {times} times in the same way; it is not tried once more by itself"
    return ""


def _kind(task: Task | PlannedTask) -> tuple[str, str]:
    return task.method or task.work, " ".join(task.title.casefold().split())


def adapted(goal: Goal, repair: Repair, need: AdaptationNeed, moment: Moment) -> list[e.Event]:
    """The next plan version, and what it does to each task. Finished work is kept."""
    version = goal.plan_version + 1
    kept = tuple(sorted(n for n, task in goal.tasks.items() if task.status is TaskStatus.COMPLETED))
    position = max((task.position for task in goal.tasks.values()), default=-1) + 1
    added = number_tasks(repair.add, after=goal.last_task, position=position, version=version)
    step = e.PlanAdapted(
        number=goal.adaptations + 1,
        old_version=goal.plan_version,
        new_version=version,
        need=need,
        repair=repair,
        kept=kept,
    )
    return [
        step,
        *(e.TaskAdded(task=task) for task in added.values()),
        *_reset(goal, repair),
        *(e.TaskSuperseded(task=n) for n in repair.supersede if _may_go(goal.tasks[n])),
        *_rewired(goal, repair, added),
        *_answered(goal, repair, moment, version),
        *_in_place(goal, repair, added),
        *held(goal, repair.holds, repair.supersede, moment),
    ]


def _reset(goal: Goal, repair: Repair) -> Iterator[e.Event]:
    for number in repair.reset:
        task = goal.tasks[number]
        if task.status in (TaskStatus.FAILED, TaskStatus.BLOCKED, TaskStatus.SKIPPED) and not _is_asked_about(task):
            yield e.TaskReset(task=number, why="the plan was adapted", revived=True)


def _is_asked_about(task: Task) -> bool:
    """Whether its last attempt was cut off and the person was asked how far it came: no plan can answer that."""
    return task.status is TaskStatus.BLOCKED and task.lost > 0


def _may_go(task: Task) -> bool:
    return task.status not in (TaskStatus.COMPLETED, TaskStatus.SUPERSEDED)


def _rewired(goal: Goal, repair: Repair, added: Mapping[str, Task]) -> Iterator[e.Event]:
    """What stays waits for other tasks now; what has ended since the repair was made waits for nothing any more."""
    for number in dict.fromkeys((*repair.serves, *repair.rewire)):
        task, after = goal.tasks[number], repair.rewire.get(number)
        resolved = set(task.depends_on)
        if after is not None and task.status is not TaskStatus.COMPLETED:
            resolved = {added[name].number if name in added else TaskNumber(int(name[1:])) for name in after}
        yield e.TaskRewired(task=number, depends_on=tuple(sorted(resolved)), criterion=repair.serves.get(number))


def _answered(goal: Goal, repair: Repair, moment: Moment, version: int) -> Iterator[e.Event]:
    changed = {*(n for n in repair.reset if not _is_asked_about(goal.tasks[n])), *repair.supersede}
    for blockage in goal.blockages.values():
        if blockage.task in changed:
            yield tried(blockage, moment, "adapt", f"plan version {version}")
            yield e.BlockageResolved(number=blockage.number, resolution=f"the plan was adapted to version {version}")


def _in_place(goal: Goal, repair: Repair, added: Mapping[str, Task]) -> Iterator[e.Event]:
    """New tasks are shown before the first task that waits for them, others at the end."""
    if repair.order:
        yield e.TasksReordered(order=repair.order)
    if not added:
        return
    new = sorted(task.number for task in added.values())
    order = [t.number for t in goal.live_tasks if t.number not in repair.supersede]
    waiting = [n for n, after in repair.rewire.items() if any(name in added for name in after) and n in order]
    place = min((order.index(n) for n in waiting), default=len(order))
    yield e.TasksReordered(order=(*order[:place], *new, *order[place:]))


def no_repair(goal: Goal, need: AdaptationNeed, moment: Moment, why: str) -> list[e.Event]:
    """There is no way, or none that can be made: whoever can help is asked."""
    events: list[e.Event] = [e.AdaptationDropped(why=why)]
    for blockage in goal.blockages.values():
        if need.task is not None and blockage.task == need.task and blockage.strategy in PLAN_STRATEGIES:
            events += give_up(goal, blockage, moment, why)
            break
    return events
