"""The face for programs: `AutonomousGoalExecutor` sets, decomposes, executes and follows goals with plain awaits."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from engine.clock import Clock
from engine.coordination.coordinator import Coordinator
from engine.errors import InvalidInputError, NotFoundError, RefusedError, TaskUnfinishedError
from engine.execution.adaptation import ADAPTABLE
from engine.execution.attempts import Brought, is_async
from engine.execution.by_hand import execute
from engine.execution.goal_decisions import start_planning
from engine.execution.ranking import Ready
from engine.goal_execution import GoalExecution
from engine.goals import Goal, GoalStatus, refuse_ended
from engine.options import Options, Stores
from engine.plans import AdaptationNeed
from engine.ports import Planner
from engine.reporting.notices import Notice, NoticeKind
from engine.reporting.status import ForecastStanding, GoalStanding, foreseen, standing
from engine.reporting.status import milestone_id as milestone_id_of
from engine.tasks import Task, TaskStatus, WaitingFor
from engine.values import GoalId, JsonValue, TaskId, TaskNumber, parse_task_id
from engine.values import task_id as task_id_of
from engine.work.registry import WorkContext, WorkFunction, WorkRegistry, WorkResult

__all__ = ["AutonomousGoalExecutor", "Options", "Stores"]

Function = Callable[..., object]
LONGEST_INTERVAL = 366 * 86_400.0
"""Seconds between two rounds of the monitor, at most."""


class AutonomousGoalExecutor(GoalExecution):
    """Carries goals to done. Made by `bot.library.open_executor` for programs, by `bot/app.py` for the bot."""

    def __init__(
        self, stores: Stores, clock: Clock, registry: WorkRegistry, planner: Planner, options: Options | None = None
    ) -> None:
        super().__init__(stores, clock, registry, planner, options)
        self.coordinator = Coordinator(self, stores.ledger)

    @property
    def max_retries(self) -> int:
        """Attempts of a task in all, the first included."""
        return self._judging.retry.most_attempts

    @max_retries.setter
    def max_retries(self, attempts: int) -> None:
        if not isinstance(attempts, int) or isinstance(attempts, bool) or attempts < 1:
            raise InvalidInputError("max_retries", f"{attempts!r} is no number of attempts", "use 1 or more")
        self._judge(replace(self._judging, retry=replace(self._judging.retry, most_attempts=attempts)))

    @property
    def adaptation_threshold(self) -> float:
        """The deviation from which a plan is adapted, 0 to 1."""
        return self._judging.threshold

    @adaptation_threshold.setter
    def adaptation_threshold(self, threshold: float) -> None:
        if not _is_number(threshold) or not 0 <= threshold <= 1:
            raise InvalidInputError("adaptation_threshold", f"{threshold!r} is out of range", "use 0 to 1")
        self._judge(replace(self._judging, threshold=threshold))

    @property
    def monitoring_interval(self) -> float:
        """Seconds of the clock between two rounds of the monitor."""
        return self.options.monitoring_interval

    @monitoring_interval.setter
    def monitoring_interval(self, seconds: float) -> None:
        if not _is_number(seconds) or not 0 < seconds <= LONGEST_INTERVAL:  # NaN and one without an end fail it too
            raise InvalidInputError(
                "monitoring_interval", f"{seconds!r} is out of range", "more than 0 seconds, a year at most"
            )
        self.options = replace(self.options, monitoring_interval=seconds)
        self._judge(replace(self._judging, resource_wait=seconds))
        self.tick()

    async def decompose_goal(self, goal_id: GoalId, use_reasoning: bool = True) -> list[TaskId]:
        """Plan a goal; returns the ids of its live tasks in an order that can be executed.

        With `use_reasoning` a configured model is asked for plans besides, and the best of all is taken; without one,
        or when it is of no help, the plan is that of the methods. Raises `RefusedError` when the goal has ended or no
        plan could be made.
        """
        with self._watching(goal_id) as newest, self._planned_with(goal_id, use_reasoning):
            goal = await self._change(goal_id, start_planning, None)
            while goal.status in (GoalStatus.DRAFT, GoalStatus.PLANNING):
                goal = await newest()
        if goal.status is GoalStatus.FAILED:
            raise RefusedError("no_plan", goal.reason)
        refuse_ended(goal)  # somebody else has cancelled it meanwhile
        return [task_id_of(goal.id, task.number) for task in goal.live_tasks]

    @contextmanager
    def _planned_with(self, goal_id: GoalId, reasoning: bool) -> Iterator[None]:
        if reasoning:
            yield
            return
        self._jobs.unreasoned.add(goal_id)
        try:
            yield
        finally:
            self._jobs.unreasoned.discard(goal_id)

    async def execute_task(
        self, task_id: TaskId, work_function: Function | None = None, *args: object, **kwargs: object
    ) -> object:
        """Execute one task now, with retries; returns what its work returned.

        `work_function(*args, **kwargs)`, sync (run in a thread) or async, replaces the task's own work, even a wait
        or a choice; a number that it returns for a `measure` is held against the target, and an option (or True and
        False for yes and no) chooses in a `decide`. Without one, a task for a person or a time returns a mapping of
        what it waits for. Adopts the plan if that was not done. Raises
        `RefusedError` when the task has ended, runs, or waits for other tasks, and `TaskUnfinishedError` when it failed
        for good or got blocked, caused by what the last try raised if it did.
        """
        goal_id, number = _parsed(task_id)
        goal = await self.goal(goal_id)
        key = Ready(goal_id, number)
        if key in self._dispatcher.driven_tasks:
            raise RefusedError("task_running", f"«{goal.task(number).title}» is being executed already")
        box: list[object] = []
        if work_function is not None:
            self._attempts.own_work[key] = _bound(work_function, args, kwargs, box)
        self._dispatcher.driven_tasks.add(key)
        self._attempts.raised[key] = None
        try:
            with self._watching(goal_id) as newest:
                goal = await self._change(goal_id, execute(number, own_work=work_function is not None), None)
                while not _settled(goal, number):
                    goal = await newest()
        finally:
            self._dispatcher.driven_tasks.discard(key)
            self._attempts.own_work.pop(key, None)
            raised = self._attempts.raised.pop(key)
        return _result(goal, number, box, raised)

    async def run_goal(self, goal_id: GoalId) -> GoalStanding:
        """Run all that can run, side by side, until the goal has ended or what is left waits for a person or a time.

        Adopts the plan if that was not done, and plans first if there is none.
        """
        goal = await self.goal(goal_id)
        if goal.status in (GoalStatus.DRAFT, GoalStatus.PLANNING):
            await self.decompose_goal(goal_id)
            goal = await self.goal(goal_id)
        if goal.status is GoalStatus.PROPOSED:
            await self.start_goal(goal_id)
        await self._run_to_rest(goal_id)
        return await self.get_goal_status(goal_id)

    async def track_progress(self, goal_id: GoalId, notes: str | None = None) -> float:
        """The progress of a goal, 0 to 1; `notes` are kept with it."""
        goal = await self.add_note(goal_id, notes) if notes else await self.goal(goal_id)
        return goal.progress

    async def report_milestone(self, milestone_id: str) -> None:
        """Tell the goal's chat once more of a milestone that was reached. Ids are in `get_goal_status`.

        Raises `NotFoundError`, or `RefusedError` when it was not reached yet. A goal without a chat tells the log.
        """
        name, _, _ = str(milestone_id).partition(":")
        if not name.isdecimal():
            raise NotFoundError("milestone", milestone_id)
        goal = await self.goal(GoalId(int(name)))
        mark = next((m for m in goal.milestones if milestone_id_of(goal.id, m) == milestone_id), None)
        if mark is None:
            raise NotFoundError("milestone", milestone_id)
        if mark.reached_at is None:
            raise RefusedError("not_reached", f"«{mark.name}» of «{goal.name}» was not reached yet")
        await self.add_note(goal.id, f"Milestone reported: {mark.name}")
        if goal.chat is not None:
            marks: list[JsonValue] = [{"name": mark.name, "percent": mark.percent, "kind": mark.kind}]
            notice = Notice(
                kind=NoticeKind.MILESTONES,
                chat=goal.chat,
                goal=goal.id,
                facts={"name": goal.name, "marks": marks, "progress": goal.progress},
            )
            await self.notifier.send([notice])

    async def adapt_plan(self, goal_id: GoalId, reason: str, outcome_deviation: float = 0.0) -> int:
        """Adapt the plan now: finished work is kept, failed tasks get fresh attempts. Returns the plan version.

        `outcome_deviation` from 0 to 1. A plan that grows waits for approval in a chat; then the version stays.
        """
        if not _is_number(outcome_deviation) or not 0 <= outcome_deviation <= 1:
            raise InvalidInputError("outcome_deviation", f"{outcome_deviation!r} is out of range", "use 0 to 1")
        with self._watching(goal_id) as newest:
            goal = await self.request_adaptation(goal_id, reason, outcome_deviation)
            asked: AdaptationNeed | None = goal.adapting
            while goal.adapting is not None and goal.adapting == asked and goal.status in ADAPTABLE:
                goal = await newest()
        return goal.plan_version

    async def get_goal_status(self, goal_id: GoalId) -> GoalStanding:
        """Status, progress, plan version, task counts, milestones, open blockages and dates of a goal.

        With its forecast, if somebody has looked ahead since the plan was made: `forecast_goal` does.
        """
        goal = await self.goal(goal_id)
        return standing(goal, self.forecaster.at_hand(goal))

    async def forecast_goal(self, goal_id: GoalId) -> ForecastStanding | None:
        """When the goal will be done, how likely its deadline holds, and what may get in the way.

        None where nothing is to come: it has ended, or has no plan. Takes milliseconds, the first one longer.
        """
        goal = await self.goal(goal_id)
        found = await self.forecaster.forecast(goal, newest=True)
        return foreseen(goal.id, found) if found is not None else None

    @contextmanager
    def _watching(self, goal_id: GoalId) -> Iterator[Callable[[], Awaitable[Goal]]]:
        """Within it, each call waits for the next committed value of the goal."""
        with self.ledger.listening([goal_id]) as changed:

            async def newest() -> Goal:
                await changed.wait()
                changed.clear()
                return await self.goal(goal_id)

            yield newest


def _parsed(wanted: str) -> tuple[GoalId, TaskNumber]:
    try:
        return parse_task_id(str(wanted))
    except ValueError as error:
        raise InvalidInputError("task_id", str(error), "use an id that decompose_goal returned") from None


def _bound(function: Function, args: tuple[object, ...], kwargs: dict[str, object], box: list[object]) -> WorkFunction:
    """A work function that calls the program's own, and keeps what it returned as it is."""
    if not callable(function):
        raise InvalidInputError("work_function", f"{function!r} can't be called", "pass a function")
    call = functools.partial(function, *args, **kwargs)

    async def run_async(context: WorkContext) -> WorkResult:
        result = call()
        box[:] = [await result if inspect.isawaitable(result) else result]
        return _kept(box[0])

    async def finished(result: Awaitable[object]) -> WorkResult:
        box[:] = [await result]
        return _kept(box[0])

    def run_sync(context: WorkContext) -> Brought:
        result = call()
        if inspect.isawaitable(result):
            return finished(result)
        box[:] = [result]
        return _kept(result)

    return run_async if is_async(function) else run_sync


def _kept(result: object) -> WorkResult:
    return result  # type: ignore[return-value]  # whatever it is, the attempt makes JSON of it


def _is_number(value: object) -> bool:
    """Whether a program handed in a number at all."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _settled(goal: Goal, number: TaskNumber) -> bool:
    task = goal.task(number)
    if goal.has_ended or goal.status is GoalStatus.PAUSED:
        return task.status is not TaskStatus.RUNNING
    if task.waiting is not None and task.waiting.what is WaitingFor.JUDGEMENT:
        return False
    return task.status not in (TaskStatus.PENDING, TaskStatus.RUNNING)


def _result(goal: Goal, number: TaskNumber, box: list[object], raised: Exception | None) -> object:
    task = goal.task(number)
    match task.status:
        case TaskStatus.COMPLETED:
            if task.outcome is None or (box and not task.outcome.by_person):
                return box[0] if box else None
            return task.outcome.value  # somebody else did it, whatever the function brought too late
        case TaskStatus.WAITING:
            return _waiting_for(goal, task)
        case _:
            name = task_id_of(goal.id, number)
            blocked = "; ".join(b.needed or b.description for b in goal.blockages_of(number))
            reason = task.last_error or blocked or goal.reason or f"the goal is {goal.status}"
            raise TaskUnfinishedError(name, task.status, reason) from raised


def _waiting_for(goal: Goal, task: Task) -> dict[str, JsonValue]:
    """What a task waits for, as a mapping: status, task, title, waiting_for, until (ISO or None)."""
    waiting = task.waiting
    return {
        "status": task.status.value,
        "task": task_id_of(goal.id, task.number),
        "title": task.title,
        "waiting_for": waiting.what.value if waiting is not None else None,
        "until": waiting.until.isoformat() if waiting is not None and waiting.until is not None else None,
    }
