"""Ties the pure rules together and shares the worker slots: what the ledger asks after each decision."""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from engine import events as e
from engine.clock import Clock
from engine.decisions import FollowUp, Moment
from engine.errors import NotFoundError
from engine.execution.attempts import AttemptRunner
from engine.execution.consequences import began_to_wait, next_events
from engine.execution.families import family_follow_ups
from engine.execution.jobs import JobRunner
from engine.execution.lost_resources import short_of
from engine.execution.ranking import Ready, ReadyQueue
from engine.execution.resources import Stock
from engine.execution.task_decisions import Judging, start
from engine.execution.timing import moved_wakeups
from engine.goals import Goal, GoalStatus
from engine.records import Change
from engine.reporting.notices import Notice
from engine.reporting.telling import notices_of
from engine.tasks import Task, Waiting, WaitingFor
from engine.values import BootId, GoalId, TaskNumber

logger = logging.getLogger(__name__)

_TRIES = frozenset({e.TaskCompleted, e.TaskRetryScheduled, e.TaskFailed})
"""Ends of an attempt that tell how well whoever made it does."""


@dataclass(slots=True, kw_only=True)
class Dispatcher:
    """The ledger's rules (`engine.ledger.Rules`)."""

    clock: Clock
    boot: BootId
    workers: int
    judging: Judging
    attempts: AttemptRunner
    jobs: JobRunner
    stock: Stock = field(default_factory=Stock)
    queue: ReadyQueue = field(default_factory=ReadyQueue)
    driven: set[GoalId] = field(default_factory=set)
    """Goals without a chat run only while a program drives them."""
    only_driven: bool = False
    """Whether the goals of chats, too, run only while a program drives them."""
    driven_tasks: set[Ready] = field(default_factory=set)
    held_by_people: dict[GoalId, tuple[str, ...]] = field(default_factory=dict)
    """The counted resources that people were asked to do something with, by goal; without goals that hold none."""
    on_due: Callable[[], None] = lambda: None
    """Called when a wake-up appeared or moved."""
    on_suspended: Callable[[], None] = lambda: None
    """Called when a task began to wait for an approval, which may have been given meanwhile."""
    _stopped: bool = False

    def stop_claiming(self) -> None:
        """Start nothing more."""
        self._stopped = True

    @property
    def has_startable(self) -> bool:
        """Whether a ready task and a free slot wait for each other."""
        has_slot = len(self.attempts.active) < self.workers and not self._stopped
        return has_slot and self.queue.has_fitting(self._held({}))

    @property
    def is_stopped(self) -> bool:
        """Whether nothing more is started."""
        return self._stopped

    def note_people(self, goal: Goal) -> None:
        """Take note of what people hold in a goal by now."""
        if not self.stock.capacities:
            return
        needs = self._held_by_people_of(goal)
        if needs:
            self.held_by_people[goal.id] = needs
        else:
            self.held_by_people.pop(goal.id, None)

    def look_at(self, goal: Goal) -> None:
        """Take up what is ready in a goal that no commit brought along: at the start and at the monitor's rounds."""
        self._look_at(goal, self.clock.now())

    def _look_at(self, goal: Goal, now: dt.datetime) -> None:
        self.note_people(goal)
        covered = self.attempts.crews.covered(goal)
        if self._runs_whole(goal):
            self.queue.look_at(goal, now)
        else:
            only = {ready.task for ready in self.driven_tasks if ready.goal == goal.id}
            self.queue.look_at(goal, now, only.union(covered))

    def _is_wanted(self, goal: Goal, task: TaskNumber) -> bool:
        """Whether a task may run at all: a chat's goal was started there, a program's runs while it is driven."""
        if self._runs_whole(goal) or Ready(goal.id, task) in self.driven_tasks:
            return True
        return self.attempts.crews.covers(goal, task)

    def _runs_whole(self, goal: Goal) -> bool:
        if goal.chat is not None and not self.only_driven:
            return True
        return goal.id in self.driven and not self.attempts.crews.is_limited(goal)

    def serves_jobs(self, goal: Goal) -> bool:
        """Whether the goal's planning is this process's to do."""
        return not self.only_driven or goal.id in self.driven

    def consequences(self, goal: Goal, moment: Moment) -> Sequence[e.Event]:
        """The next events that follow within the goal."""
        return next_events(goal, moment, self._opening)

    def follow_ups(self, before: Goal | None, after: Goal, events: Sequence[e.Event]) -> Sequence[FollowUp]:
        """What follows for other goals."""
        return family_follow_ups(before, after, events, self.judging)

    def notices(self, before: Goal | None, after: Goal, events: Sequence[e.Event]) -> Sequence[Notice]:
        """What people are told."""
        return notices_of(before, after, events)

    def wakeups(
        self, before: Goal | None, after: Goal, tasks: Collection[TaskNumber]
    ) -> Mapping[str, dt.datetime | None]:
        """Wake-ups that appear, move or go. No other tasks than these have changed."""
        return moved_wakeups(before, after, tasks)

    def grants(
        self, working: Mapping[GoalId, Goal], stirred: Collection[GoalId], now: dt.datetime
    ) -> Sequence[FollowUp]:
        """Starts for the slots that are free once this batch is committed."""
        if self._stopped:
            return []
        for goal_id, goal in working.items():
            if goal_id in stirred:
                self._look_at(goal, now)
        if not len(self.queue):
            return []
        free = self.workers - self._busy(working)
        crews = self.attempts.crews
        held, load = self._held(working), self._load(working) if crews else Counter[str]()
        found: list[FollowUp] = []
        while free > 0:
            ready = self.queue.take(held, lambda one: crews.lets_start(one.goal, one.task, load))
            if ready is None:
                break
            agent = crews.agent_for(ready.goal, ready.task, load)
            if agent is not None:
                load[agent.name] += 1
            found.append(self._start(ready, agent.name if agent is not None else ""))
            free -= 1
        return found

    def given_up(self) -> None:
        """Grants of a batch that failed become ready again."""
        self.queue.settle(started=False)

    def committed(self, changes: Sequence[Change]) -> None:
        """Begin and cancel attempts, take up jobs, look at what became ready."""
        self.queue.settle(started=True)
        for change in changes:
            goal = change.after
            self.note_people(goal)
            if change.before is None and goal.parent is not None and goal.parent.goal in self.driven:
                self.driven.add(goal.id)
                self.look_at(goal)  # all others were looked at by the last `grants` of the batch
            for recorded in change.recorded:
                if recorded.closed is not None:
                    number = e.event_task(recorded.event)
                    if number is not None:
                        self.attempts.cancel(goal.id, number, recorded.closed)
                        self._note_try(goal.id, number, recorded)
                if type(recorded.event) is e.TaskStarted:
                    self._begin(goal, recorded.event)
                elif type(recorded.event) is e.TaskWaiting:
                    self._suspend(recorded.event)
            self.jobs.take_up(goal)
        if any(change.wakeups for change in changes):
            self.on_due()

    def _suspend(self, event: e.TaskWaiting) -> None:
        if event.waiting.what is WaitingFor.APPROVAL:
            self.on_suspended()

    def _begin(self, goal: Goal, event: e.TaskStarted) -> None:
        task = goal.tasks[event.task]
        if event.lease.boot == self.boot and task.lease == event.lease:
            self.attempts.begin(goal, task, event.lease)

    def _note_try(self, goal: GoalId, number: TaskNumber, recorded: e.Recorded) -> None:
        """What an agent's try came to, for whoever gives it the next one."""
        if recorded.closed is not None and recorded.closed.agent and type(recorded.event) in _TRIES:
            worked = type(recorded.event) is e.TaskCompleted
            self.attempts.crews.ended(goal, number, recorded.closed.agent, worked=worked)

    def _start(self, ready: Ready, agent: str) -> FollowUp:
        def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
            task = goal.tasks.get(ready.task)
            if task is None or not self._is_wanted(goal, ready.task):
                return []
            missing = self.stock.missing(task.resources)
            if missing is not None and goal.status is GoalStatus.ACTIVE and goal.can_start(task, moment.now):
                return short_of((self.stock, missing), goal, task, moment, self.judging.resource_wait)
            if self.stock.counted(task.resources) and goal.status is GoalStatus.ACTIVE:
                waiting = self._only_waits(goal, task, moment.now) if goal.can_start(task, moment.now) else None
                if waiting is not None:
                    return [began_to_wait(goal, task, waiting, moment)]
            return start(ready.task, self.boot, self.attempts.lease_seconds(task), agent)(goal, moment)

        return FollowUp(cause=f"slot:{ready.goal}.{ready.task}", goal=ready.goal, decision=decide)

    def _busy(self, working: Mapping[GoalId, Goal]) -> int:
        """Slots that are held once this batch is committed, by attempts that go on and those that begin with it."""
        active = self.attempts.active
        busy = 0
        for goal, number in {*active, *self.queue.taken}:
            task = working[goal].tasks.get(number) if goal in working else None
            if task is None:
                busy += goal not in working and (goal, number) in active
            else:
                busy += task.lease is not None and task.lease.boot == self.boot
        return busy

    def _load(self, working: Mapping[GoalId, Goal]) -> Counter[str]:
        """Slots of agents that are taken once this batch is committed."""
        load = Counter(
            attempt.lease.agent for (goal, _), attempt in self.attempts.active.items() if goal not in working
        )
        load.update(
            task.lease.agent
            for goal in working.values()
            for task in goal.tasks.values()
            if task.lease is not None and task.lease.boot == self.boot
        )
        return load

    def _held(self, working: Mapping[GoalId, Goal]) -> Counter[str]:
        """Counted resources that are in use once this batch is committed."""
        held: Counter[str] = Counter()
        if not self.stock.capacities:
            return held
        for goal_id, needs in self.held_by_people.items():
            if goal_id not in working:
                held.update(needs)
        for (goal_id, _), attempt in self.attempts.active.items():
            if goal_id not in working:
                held.update(self.stock.counted(attempt.resources))
        for goal in working.values():
            held.update(self._held_by_people_of(goal))
            for task in goal.tasks.values():
                if task.lease is not None and task.lease.boot == self.boot:
                    held.update(self.stock.counted(task.resources))
        return held

    def _held_by_people_of(self, goal: Goal) -> tuple[str, ...]:
        """What people were asked to use by now, unless they put it off."""
        if goal.status is not GoalStatus.ACTIVE:
            return ()
        return tuple(
            name
            for task in goal.tasks.values()
            if (waiting := task.waiting) is not None and waiting.what is WaitingFor.PERSON and not waiting.postponed
            for name in self.stock.counted(task.resources)
        )

    def _opening(self, goal: Goal, task: Task, now: dt.datetime) -> Waiting | None:
        """What a task waits for from now on; nobody is asked to use a counted resource before it is granted."""
        waiting = self._only_waits(goal, task, now)
        if waiting is None or waiting.what is not WaitingFor.PERSON or goal.chat is None:
            return waiting
        return None if self.stock.counted(task.resources) else waiting

    def _only_waits(self, goal: Goal, task: Task, now: dt.datetime) -> Waiting | None:
        if self.attempts.function_for(goal, task.number) is not None:
            return None
        try:
            return self.attempts.registry.get(task.work).opening(task, now)
        except Exception as error:  # a stranger's code: it must not fail the batch; the attempt says what is wrong
            if not isinstance(error, NotFoundError):
                logger.warning("«%s» could not open a wait: %s", task.work, error, extra={"goal": goal.id})
            return None
