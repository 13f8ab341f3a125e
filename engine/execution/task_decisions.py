"""Decisions about one task: started, ended by its attempt, done or put off by a person. Pure."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from msgspec import structs

from engine import events as e
from engine.absences import absences
from engine.blockages import BlockageKind, Strategy
from engine.coding.works.names import HAND_IN
from engine.decisions import Decision, Moment
from engine.errors import InvalidInputError, RefusedError
from engine.execution.blocking import (
    LOOK_FIRST,
    in_doubt,
    on_dependency,
    on_error,
    on_external,
    on_resource,
    open_task,
    put_off,
    raised,
)
from engine.execution.failures import Failure, FailureKind
from engine.execution.patience import looked_again
from engine.execution.retries import RetryPolicy, jitter_for, next_attempt
from engine.execution.watching import strayed
from engine.goals import Goal, GoalStatus
from engine.tasks import Lease, Outcome, Reading, Task, TaskStatus, WaitingFor
from engine.values import BootId, TaskNumber
from engine.work.inputs import finite

PUT_OFF = "you put it off"
"""What is kept of a blockage that was answered with a day alone."""
_NOT_PUT_OFF = (WaitingFor.TIME, WaitingFor.SUBGOAL, WaitingFor.JUDGEMENT, WaitingFor.APPROVAL)
MOST_LOST = 3
"""So many attempts lost to crashes in a row block the task: it may be what kills the process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """How attempts are judged."""

    retry: RetryPolicy
    threshold: float
    """A deviation above it is not «done»."""
    resource_wait: float
    """Seconds until a resource is looked at again when nobody said when."""
    patient: frozenset[str] = frozenset()
    """Works whose tasks a chat's goal looks at again and again until they hold."""
    is_repeatable: Callable[[str], bool] = lambda _work: True
    """Whether a work may run a second time unasked."""


def start(number: TaskNumber, boot: BootId, seconds: float, agent: str = "") -> Decision:
    """Begin an attempt with a lease of so many seconds, if the task can still start; otherwise nothing happens.

    `agent` is who does it; empty for nobody in particular.
    """

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        if goal.status is not GoalStatus.ACTIVE:
            return []
        task = goal.tasks.get(number)
        if task is None or not goal.can_start(task, moment.now):
            return []
        until = moment.now + dt.timedelta(seconds=seconds)
        lease = Lease(attempt=task.attempt_serial + 1, boot=boot, until=until, agent=agent)
        return [e.TaskStarted(task=number, lease=lease)]

    return decide


def held(goal: Goal, number: TaskNumber, lease: Lease) -> Task:
    """The task, if this lease still holds it. Raises `RefusedError` for a late result: it is fenced off."""
    task = goal.task(number)
    current = task.lease
    if current is None or (current.attempt, current.boot) != (lease.attempt, lease.boot):
        raise RefusedError("stale_lease", f"attempt {lease.attempt} of task {goal.id}.{number} no longer holds it")
    return task


def attempt_completed(number: TaskNumber, lease: Lease, outcome: Outcome) -> Decision:
    """The attempt brought what was expected, or near enough."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        held(goal, number, lease)
        return [e.TaskCompleted(task=number, outcome=outcome)]

    return decide


def attempt_failed(number: TaskNumber, lease: Lease, failure: Failure, judging: Judging) -> Decision:
    """The attempt did not do it: try again, wait, reorder, ask or adapt, by the kind of failure."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        return on_failure(goal, held(goal, number, lease), failure, moment, judging)

    return decide


def on_failure(goal: Goal, task: Task, failure: Failure, moment: Moment, judging: Judging) -> list[e.Event]:
    """What a failure of a task means for its goal."""
    match failure.kind:
        case FailureKind.RESOURCE:
            wait = failure.delay if failure.delay is not None else judging.resource_wait
            return on_resource(goal, task, failure, moment, wait)
        case FailureKind.EXTERNAL:
            return on_external(goal, task, failure, moment)
        case FailureKind.DEPENDENCY:
            return on_dependency(goal, task, failure, moment)
        case FailureKind.PERMANENT:
            return on_error(goal, task, failure, moment)
        case FailureKind.TEMPORARY if goal.chat is not None and task.work in judging.patient:
            return looked_again(goal, task, failure, moment)
        case FailureKind.TEMPORARY:
            since = (moment.now - (task.started_at or moment.now)).total_seconds()
            due = next_attempt(
                judging.retry,
                attempts=task.attempts,
                since_first=since,
                asked_delay=failure.delay,
                now=moment.now,
                chance=jitter_for(goal.id, task.number, task.attempt_serial),
            )
            if due is not None:
                return [e.TaskRetryScheduled(task=task.number, error=failure.message, due_at=due)]
            return on_error(goal, task, failure, moment)


def attempt_lost(number: TaskNumber, lease: Lease, *, repeatable: bool, in_order: bool = False) -> Decision:
    """The attempt's process died. It is tried again, or the person asked where a second try could do harm."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = goal.tasks.get(number)
        if task is None or task.lease != lease:
            return []
        lost = e.AttemptLost(task=number, in_order=in_order and repeatable)
        if repeatable and (in_order or task.lost + 1 < MOST_LOST):
            return [lost]
        if repeatable:
            message = f"{MOST_LOST} attempts in a row were cut off with the program; it may be what stops it"
            how = "Look into the log, then press «It is resolved» to try once more."
        else:
            message = "the program was stopped while this ran, and nobody knows how far it came"
            how = LOOK_FIRST
        blockage = raised(goal, task, BlockageKind.EXTERNAL, moment, description=message, needed=message, how=how)
        if blockage.strategy is Strategy.SKIP:
            return on_external(goal, task, Failure(kind=FailureKind.EXTERNAL, message=message), moment)
        # no plan can answer this, whatever the strategy: only a person can know whether it took effect
        question = structs.replace(blockage, from_whom="you", strategy=Strategy.ASK)
        return [lost, e.TaskBlocked(task=number), e.BlockageRaised(blockage=question)]

    return decide


def counted(number: int, count: int, lease: Lease | None = None) -> Decision:
    """So many steps of a counted task are done; the last one completes it."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = held(goal, TaskNumber(number), lease) if lease else open_task(goal, number)
        if task.work == "subgoal" and lease is None:
            raise RefusedError("waits_for_goal", f"«{task.title}» is done when its own goal is")
        if task.target_count <= 1:
            raise RefusedError("not_counted", f"«{task.title}» has no steps to count")
        if count < 0:
            raise InvalidInputError("count", f"{count} is less than nothing", "give a number from 0 on")
        now_done = min(count, task.target_count)
        events: list[e.Event] = [] if now_done == task.count else [e.TaskCounted(task=task.number, count=now_done)]
        if now_done == task.target_count and lease is None:
            summary = f"{now_done} of {task.target_count}"
            events += _done_by_person(goal, task, Outcome(summary=summary, value=now_done, by_person=True))
        return events

    return decide


def done_by_person(number: int, note: str) -> Decision:
    """A person did it, whatever it was waiting for."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = open_task(goal, number)
        if task.work == "decide":
            raise RefusedError("not_a_choice", f"«{task.title}» is a choice; pick one of its options")
        if task.work == "subgoal" and task.waiting is not None and task.waiting.child is not None:
            raise RefusedError("waits_for_goal", f"«{task.title}» is done when its own goal is")
        if task.work == "measure":
            raise RefusedError("not_a_number", f"«{task.title}» is done when its number is reached; send the number")
        if task.work == HAND_IN:
            raise RefusedError("wants_code", f"«{task.title}» is done when the code is handed in")
        events = _done_by_person(goal, task, _brought(task, note))
        return [*events, e.NoteAdded(note=note)] if note else events

    return decide


def _brought(task: Task, note: str) -> Outcome:
    """What came of a task that a person says is done; what a work brought stays, where they were to look at that."""
    is_claim = task.awaits_judge or (task.waiting is not None and task.waiting.claim)
    if not is_claim or task.outcome is None:
        return Outcome(summary=note, value=note or None, by_person=True)
    return structs.replace(task.outcome, summary=note or task.outcome.summary, deviation=0.0, by_person=True)


def _done_by_person(goal: Goal, task: Task, outcome: Outcome) -> list[e.Event]:
    resolved = [
        e.BlockageResolved(number=b.number, resolution="you did the task") for b in goal.blockages_of(task.number)
    ]
    return [*resolved, e.TaskCompleted(task=task.number, outcome=outcome)]


def measured(number: int, outcome: Outcome, threshold: float) -> Decision:
    """A number was reported: reached, on its way, close enough to go on waiting, or so far off that the plan should
    change. While the deadline is ahead, it is held against the way there; without one, against the target."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = open_task(goal, number)
        if task.work != "measure":
            raise RefusedError("not_a_number", f"«{task.title}» asks for no number")
        by_person = structs.replace(outcome, by_person=True)
        if outcome.deviation <= 0:
            return _done_by_person(goal, task, by_person)
        reading = Reading(at=moment.now, value=finite(outcome.value) or 0.0)
        noted: list[e.Event] = [
            e.NoteAdded(note=f"{task.title}: {outcome.summary}"),
            e.MeasureReported(task=task.number, value=reading.value),
        ]
        if task.status is not TaskStatus.WAITING:
            return noted  # its turn has not come, or it is known to be stuck: the number is kept, nothing is changed
        if goal.deadline is not None and goal.deadline > moment.now:
            return [*noted, *strayed(goal, task, reading, moment, threshold)]
        if outcome.deviation <= threshold:
            return noted
        message = f"fell short: {outcome.summary}"
        failure = Failure(kind=FailureKind.PERMANENT, message=message, outcome=by_person)
        return [*noted, *on_error(goal, task, failure, moment)]

    return decide


def chosen(number: int, option: str) -> Decision:
    """A person chose; other roads are pruned as a consequence."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = open_task(goal, number)
        options = task.inputs.get("options")
        if task.work != "decide" or not isinstance(options, list) or option not in options:
            raise RefusedError("not_a_choice", f"«{option}» is not among the options of «{task.title}»")
        if task.status is not TaskStatus.WAITING:
            raise RefusedError("not_waiting", f"«{task.title}» does not wait for a choice now")
        return _done_by_person(goal, task, Outcome(summary=option, value=option, by_person=True))

    return decide


def skipped(number: int, why: str) -> Decision:
    """A person leaves it out."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = open_task(goal, number)
        resolved = [
            e.BlockageResolved(number=b.number, resolution="the task was left out")
            for b in goal.blockages_of(task.number)
        ]
        return [*resolved, e.TaskSkipped(task=task.number, why=why or "you left it out")]

    return decide


def in_one_go(decisions: Iterable[Decision]) -> Decision:
    """All of them, each about a task of its own; none where one is refused."""
    each = tuple(decisions)
    return lambda goal, moment: [event for one in each for event in one(goal, moment)]


_IN_TURN = frozenset({WaitingFor.PERSON, WaitingFor.DECISION, WaitingFor.MEASURE, WaitingFor.TIME})
"""Waits that begin with a task's turn, and have brought nothing yet."""


def restored(numbers: Collection[int], cut_off: Collection[TaskNumber] = ()) -> Decision:
    """A person takes skips back, all that are still so at once. What had its turn only because of them, and was not
    begun, waits for its turn again.

    What was `cut_off` and must not run twice is asked about before it runs again.
    """

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        if goal.has_ended:
            raise RefusedError("goal_ended", f"«{goal.name}» is {goal.status} already")
        tasks = [goal.task(number) for number in dict.fromkeys(numbers)]
        back = [task.number for task in tasks if task.status is TaskStatus.SKIPPED]
        if not back:
            told = "; ".join(f"«{task.title}» is {task.status}" for task in tasks)
            raise RefusedError("nothing_to_restore", f"{told}, not left out")
        doubtful = [number for number in back if number in cut_off]
        behind = [
            task.number
            for task in goal.live_tasks
            if task.waiting is not None and task.waiting.what in _IN_TURN and not task.count
            if task.status is TaskStatus.WAITING and not set(back).isdisjoint(task.depends_on)
        ]
        return [
            *(e.TaskReset(task=one, why="you took it back in") for one in back),
            *(e.TaskReset(task=one, why="what comes before it is back") for one in behind),
            *in_doubt(goal, doubtful, moment),
        ]

    return decide


def retried(number: int) -> Decision:
    """A person wants a failed or blocked task tried again."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = open_task(goal, number)
        if task.status not in (TaskStatus.FAILED, TaskStatus.BLOCKED):
            raise RefusedError("not_blocked", f"«{task.title}» is {task.status}; there is nothing to try again")
        resolved = [
            e.BlockageResolved(number=b.number, resolution="tried again") for b in goal.blockages_of(task.number)
        ]
        there = [e.ResourceRegained(name=name) for name in task.resources if name in absences(goal, moment.now)]
        return [*resolved, *there, e.TaskReset(task=task.number, why="tried again")]

    return decide


def postponed(number: int, until: dt.datetime) -> Decision:
    """Later: the person is reminded then. What holds up a task of theirs is waited for until then, too."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = open_task(goal, number)
        if task.status is TaskStatus.BLOCKED:
            asked = [one.number for one in goal.blockages_of(task.number) if one.asks_person]
            if not asked or task.lost:  # a day does not tell how far it came before it was cut off
                raise RefusedError("held_up", f"«{task.title}» is held up, whatever the day")
            return put_off(asked[-1], PUT_OFF, until)(goal, moment)
        if task.status is not TaskStatus.WAITING or task.waiting is None:
            raise RefusedError("not_waiting", f"«{task.title}» does not wait for you now")
        if task.waiting.what in _NOT_PUT_OFF:
            raise RefusedError("not_waiting", f"«{task.title}» does not wait for you")
        if until <= moment.now:
            raise InvalidInputError("time", "that moment has passed", "name one that is still to come")
        return [e.TaskWaiting(task=task.number, waiting=structs.replace(task.waiting, until=until, postponed=True))]

    return decide


def came_due(number: TaskNumber) -> Decision:
    """A task's wake-up: a wait is over, a retry or resource is due, or the person is reminded."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        task = goal.tasks.get(number)
        if task is None or goal.has_ended:
            return []
        if task.due_at is not None and task.due_at <= moment.now:
            if task.status is TaskStatus.BLOCKED:
                return _resource_back(goal, task)
            return [e.TaskCameDue(task=number)]
        if task.waiting is None or task.waiting.until is None or task.waiting.until > moment.now:
            return []
        if task.waiting.what is WaitingFor.TIME:
            summary = f"waited until {task.waiting.until:%Y-%m-%d %H:%M} UTC"
            return [e.TaskCompleted(task=number, outcome=Outcome(summary=summary))]
        pause = dt.timedelta(days=(1, 3, 7)[min(task.waiting.reminders, 2)])
        return [e.TaskReminded(task=number, until=moment.now + pause)]

    return decide


def _resource_back(goal: Goal, task: Task) -> list[e.Event]:
    resolved: list[e.Event] = [
        e.BlockageResolved(number=b.number, resolution="looking again")
        for b in goal.blockages_of(task.number)
        if b.strategy is Strategy.WAIT or b.shortage is not None
    ]
    if len(resolved) < len(goal.blockages_of(task.number)):
        return [*resolved, e.TaskCameDue(task=task.number)]
    return [*resolved, e.TaskReset(task=task.number, why="its moment has come")]
