"""A goal's life without a database or a loop: decisions, and all that follows from them, as the ledger takes them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from msgspec import structs

from engine import events as e
from engine.decisions import Decision, Moment
from engine.execution.consequences import next_events
from engine.execution.failures import Failure, FailureKind, classify
from engine.execution.goal_decisions import adopt, edit, plan_made
from engine.execution.retries import RetryPolicy
from engine.execution.task_decisions import Judging, attempt_completed, attempt_failed, start
from engine.folding import fold
from engine.goals import Goal, GoalStatus, Milestone
from engine.plans import Plan, PlannedTask
from engine.tasks import Lease, Outcome, Task, TaskStatus, Waiting
from engine.values import BootId, Cause, ChatId, GoalId, TaskNumber, UserId
from engine.work.builtin import WorkOptions, builtin_registry
from tests.fakes import START

BOOT = BootId("boot")
JUDGING = Judging(retry=RetryPolicy(), threshold=0.3, resource_wait=300.0)
BUILT_IN = builtin_registry(WorkOptions())


def planned(key: str, *after: str, work: str = "run", **facts: object) -> PlannedTask:
    """A planned task; by default one that runs."""
    return replace(PlannedTask(key=key, title=key.capitalize(), work=work, after=after), **facts)  # type: ignore[arg-type]  # the facts are fields


def opening(_goal: Goal, task: Task, now: dt.datetime) -> Waiting | None:
    """What a built-in work waits for; all others run."""
    return BUILT_IN.get(task.work).opening(task, now) if task.work in BUILT_IN.names() else None


def new_goal(*, chat: int | None = 100, **facts: object) -> Goal:
    """A goal that is being planned; in a chat unless told otherwise."""
    goal = Goal(
        id=GoalId(1),
        name="Grow the garden",
        status=GoalStatus.PLANNING,
        chat=ChatId(chat) if chat is not None else None,
        owner=UserId(7) if chat is not None else None,
        created_at=START,
        updated_at=START,
    )
    return structs.replace(goal, **facts)  # type: ignore[arg-type]  # the facts are fields


def edited(**facts: object) -> Decision:
    """What a person may change of a goal is changed: the facts are, and all else stays."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        as_it_was = e.GoalEdited(
            name=goal.name,
            description=goal.description,
            criteria=goal.criteria,
            priority=goal.priority,
            deadline=goal.deadline,
        )
        return edit(goal, structs.replace(as_it_was, **facts), moment)  # type: ignore[arg-type]  # the facts are fields

    return decide


@dataclass
class Life:
    """One goal, the moment it lives in, and all that ever happened to it."""

    goal: Goal
    now: dt.datetime = START
    events: list[e.Event] = field(default_factory=list)

    @classmethod
    def started(cls, *tasks: PlannedTask, chat: int | None = 100, **facts: object) -> "Life":
        """A goal whose plan has these tasks and was adopted."""
        life = cls(new_goal(chat=chat, **facts))
        life.do(plan_made(Plan(tasks=tasks, source="test")))
        life.do(adopt(None))
        return life

    def do(self, decision: Decision) -> Sequence[e.Event]:
        """Take a decision; returns its events and those that followed."""
        moment = Moment(now=self.now, cause=Cause("test"))
        told: list[e.Event] = []
        events = list(decision(self.goal, moment))
        goal = self.goal
        for _ in range(100):
            if not events:
                break
            for event in events:
                before, goal = goal, fold(goal, event, self.now)
                check_only_its_tasks(event, before, goal)
            told += events
            events = list(next_events(goal, moment, opening))
        else:
            raise AssertionError("it never settles")
        self.goal = structs.replace(goal, revision=goal.revision + 1) if told else goal
        self.events += told
        return told

    def pass_time(self, **delta: float) -> None:
        """Move on by a timedelta's arguments."""
        self.now += dt.timedelta(**delta)

    def task(self, number: int) -> Task:
        """The task of that number."""
        return self.goal.task(number)

    def begin(self, number: int) -> Lease:
        """Start an attempt; returns its lease."""
        self.do(start(TaskNumber(number), BOOT, 60.0))
        lease = self.task(number).lease
        assert lease is not None, f"task {number} is {self.task(number).status} and did not start"
        return lease

    def finish(self, number: int, *, value: str | None = None) -> Sequence[e.Event]:
        """Run a task to its end."""
        lease = self.begin(number)
        return self.do(attempt_completed(TaskNumber(number), lease, Outcome(summary="done", value=value)))

    def fail(self, number: int, error: Exception, judging: Judging = JUDGING) -> Sequence[e.Event]:
        """Run a task into an error."""
        return self.do(attempt_failed(TaskNumber(number), self.begin(number), classify(error), judging))

    def fall_short(self, number: int, deviation: float) -> Sequence[e.Event]:
        """Run a task to a result that is far from what was expected, for good."""
        outcome = Outcome(summary="too little", value=1, deviation=deviation)
        failure = Failure(kind=FailureKind.PERMANENT, message="fell short", outcome=outcome)
        return self.do(attempt_failed(TaskNumber(number), self.begin(number), failure, JUDGING))

    def marks(self) -> list[int]:
        """The percents of the milestones that were reached, in the order of events."""
        return [mark.percent for mark in self.reached() if mark.percent]

    def reached(self) -> list[Milestone]:
        """The milestones in the order of events."""
        return [event.milestone for event in self.events if isinstance(event, e.MilestoneReached)]

    def told(self, kind: type[e.Event]) -> list[e.Event]:
        """All events of a kind, oldest first."""
        return [event for event in self.events if type(event) is kind]


def all_before(goal: Goal, task: Task) -> list[TaskNumber]:
    """What a task waits for, and what that waited for; of a road that was left out, all along it."""
    road = list(task.depends_on)
    for number in road:
        skipped = [one for one in goal.tasks[number].depends_on if goal.tasks[one].status is TaskStatus.SKIPPED]
        road += [one for one in skipped if one not in road]
    return [*road, *(before for number in road for before in goal.tasks[number].depends_on)]


def check_only_its_tasks(event: e.Event, before: Goal, after: Goal) -> None:
    """No event changes a task that it does not tell of: the store writes no others."""
    told = e.tasks_of([event], before, after)
    others = {number for number, task in after.tasks.items() if before.tasks.get(number) is not task}
    assert others <= set(told), event
    assert before.tasks.keys() - after.tasks.keys() <= set(told), event


def check_sound(goal: Goal) -> None:
    """What must hold of every goal after every decision."""
    for task in goal.tasks.values():
        assert (task.status is TaskStatus.RUNNING) == (task.lease is not None), task
        assert (task.status is TaskStatus.WAITING) == (task.waiting is not None), task
        assert task.due_at is None or task.status in (TaskStatus.PENDING, TaskStatus.BLOCKED), task
        assert (task.ended_at is not None) >= (task.status in (TaskStatus.COMPLETED, TaskStatus.SKIPPED)), task
        assert set(task.depends_on) <= set(goal.tasks)
        if not goal.has_ended and goal.can_start(task, task.due_at or goal.updated_at):
            assert goal.has_ended_all(all_before(goal, task)), "a task overtakes what one before it waited for"
    for blockage in goal.blockages.values():
        assert blockage.is_open
        if blockage.task is not None:
            held_up = goal.tasks[blockage.task].status
            assert held_up in (TaskStatus.BLOCKED, TaskStatus.FAILED), (blockage, held_up)
    live = list(goal.live_tasks)
    assert 0.0 <= goal.progress <= 1.0
    under_way = goal.status in (GoalStatus.ACTIVE, GoalStatus.BLOCKED, GoalStatus.PAUSED, GoalStatus.COMPLETED)
    if under_way:
        done = bool(live) and all(task.status is TaskStatus.COMPLETED for task in live)
        assert (goal.progress == 1.0) == done, (goal.progress, goal.status)
        assert (goal.status is GoalStatus.COMPLETED) == done, goal.status
    if goal.status is GoalStatus.ACTIVE:
        moving = {TaskStatus.RUNNING, TaskStatus.WAITING}
        assert (
            goal.adapting is not None
            or goal.proposed_version is not None
            or any(t.status in moving for t in live)
            or any(t.status is TaskStatus.PENDING and goal.has_ended_all(t.depends_on) for t in live)
        ), "nothing moves in an active goal"
    if goal.status is GoalStatus.BLOCKED:
        assert goal.blockages, "a blocked goal names nothing that could be helped"
    if goal.has_ended:
        assert not goal.blockages
        assert goal.adapting is None
        assert goal.proposed_version is None
        assert all(task.lease is None for task in goal.tasks.values())
    times = [mark.reached_at for mark in goal.milestones if mark.percent]
    assert times == [at for at in times if at is not None] + [None] * times.count(None), "milestones out of order"
