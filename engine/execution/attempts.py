"""Runs attempts: one asyncio task each, with a timeout, fenced by its lease, its result never lost on the way."""

import asyncio
import datetime as dt
import inspect
import logging
import math
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from msgspec import structs

from engine.clock import Clock
from engine.coordination.crews import Crews
from engine.decisions import Decision
from engine.errors import (
    ApprovalAwaited,
    EngineError,
    HandedBack,
    NotFoundError,
    PermanentError,
    RefusedError,
    StoreError,
    TemporaryError,
)
from engine.execution.approvals import suspended
from engine.execution.claims import claimed
from engine.execution.failures import Failure, FailureKind, classify
from engine.execution.hand_ins import handed_back
from engine.execution.task_decisions import Judging, attempt_completed, attempt_failed, attempt_lost, counted
from engine.goals import Goal
from engine.ledger import Ledger
from engine.tasks import Lease, Outcome, Task
from engine.values import Cause, GoalId, JsonValue, TaskNumber, well_formed
from engine.work.measuring import judge_measure
from engine.work.registry import Work, WorkContext, WorkFunction, WorkRegistry, WorkResult
from engine.work.waits import option_meant

logger = logging.getLogger(__name__)

Spawn = Callable[..., "asyncio.Task[None]"]
"""Starts a coroutine in the engine's task group."""

Brought: TypeAlias = "Awaitable[WorkResult] | WorkResult"
"""What calling a work function gives."""

SAVE_AGAIN = (0.2, 1.0, 5.0, 15.0)
"""Real seconds between tries to save a result that the database did not take; the last one repeats."""
LEASE_MARGIN = 30.0
"""Real seconds that a lease outlives the timeout of its attempt."""
MOST_SUMMARY = 300
"""Characters of a result that are kept as its summary."""
_MOST_BITS = 8_192
"""Of a whole number; Python writes out those of some 14,000."""


@dataclass(eq=False, slots=True, kw_only=True)
class _Attempt:
    """One try under way."""

    lease: Lease
    resources: tuple[str, ...]
    """What its task needs."""
    runner: "asyncio.Task[None] | None" = None  # None until it is spawned
    reporting: bool = False
    """Its result is being saved: from here on it is not to be cancelled."""


@dataclass(slots=True, kw_only=True)
class AttemptRunner:
    """All attempts of this process."""

    ledger: Ledger
    registry: WorkRegistry
    clock: Clock
    judging: Judging
    task_timeout: float
    """Real seconds an attempt may take unless its work says otherwise."""
    spawn: Spawn
    active: dict[tuple[GoalId, TaskNumber], _Attempt] = field(default_factory=dict)
    own_work: dict[tuple[GoalId, TaskNumber], WorkFunction] = field(default_factory=dict)
    """Functions a program passed for single tasks; they replace the task's own work."""
    crews: Crews = field(default_factory=Crews)
    """Who is at work on which goals; theirs may be functions of a program's, too."""
    raised: dict[tuple[GoalId, TaskNumber], Exception | None] = field(default_factory=dict)
    """What the last attempt of each task that a program waits for raised; None while it raised nothing."""

    def function_for(self, goal: Goal, number: TaskNumber) -> WorkFunction | None:
        """The function of a program's that replaces a task's own work; None where none does."""
        return self.own_work.get((goal.id, number)) or self.crews.function_for(goal, number)

    def lease_seconds(self, task: Task) -> float:
        """How long a lease for the task lasts, in the clock's seconds."""
        return (self._timeout(task) + LEASE_MARGIN) * self.clock.speed

    def begin(self, goal: Goal, task: Task, lease: Lease) -> None:
        """Start the attempt that the ledger has just committed."""
        attempt = _Attempt(lease=lease, resources=task.resources)
        self.active[goal.id, task.number] = attempt
        attempt.runner = self.spawn(self._run(goal, task, attempt), name=f"attempt {goal.id}.{task.number}")

    def cancel(self, goal: GoalId, task: TaskNumber, lease: Lease) -> None:
        """The lease was taken away: stop the attempt unless it is just reporting."""
        attempt = self.active.get((goal, task))
        if attempt is None or attempt.lease != lease or attempt.reporting or attempt.runner is None:
            return
        attempt.runner.cancel()
        del self.active[goal, task]

    async def stop(self, grace: float) -> None:
        """Let attempts finish for so many real seconds, then cancel them and give their leases back."""
        runners = [a.runner for a in self.active.values() if a.runner is not None]
        if runners:
            await asyncio.wait(runners, timeout=grace)
        left = [(key, a) for key, a in self.active.items() if a.runner is not None and not a.runner.done()]
        for _, attempt in left:
            if attempt.runner is not None and not attempt.reporting:
                attempt.runner.cancel()
        cancelled = [a.runner for _, a in left if a.runner is not None]
        if cancelled:
            await asyncio.wait(cancelled, timeout=1.0)
        for (goal, number), attempt in left:
            await self._give_back(goal, number, attempt)

    async def _give_back(self, goal: GoalId, number: TaskNumber, attempt: _Attempt) -> None:
        try:
            task = (await self.ledger.goal(goal)).task(number)
            decision = attempt_lost(number, attempt.lease, repeatable=self.is_repeatable(task), in_order=True)
            await self.ledger.change(goal, decision, Cause(f"stop:{goal}.{number}"))
        except EngineError as error:
            logger.warning("a lease could not be given back: %s", error, extra={"goal": goal, "task": number})

    def is_repeatable(self, task: Task) -> bool:
        """Whether a task may run again after an attempt was lost."""
        work = self._work_of(task)
        return work is None or work.repeatable

    def _timeout(self, task: Task) -> float:
        work = self._work_of(task)
        return (work.timeout if work is not None else None) or self.task_timeout

    async def _run(self, goal: Goal, task: Task, attempt: _Attempt) -> None:
        key = (goal.id, task.number)
        try:
            decision = await self._try(goal, task, attempt)
            attempt.reporting = True
            await self._report(goal.id, task.number, attempt.lease, decision)
        except asyncio.CancelledError:
            logger.info("attempt %d was cancelled", attempt.lease.attempt, extra=_facts(*key))
            raise
        except Exception:  # the border of one attempt: the monitor finds its lease and gives the task another one
            logger.exception("the result of attempt %d could not be kept", attempt.lease.attempt, extra=_facts(*key))
        finally:
            if self.active.get(key) is attempt:
                del self.active[key]
                self.ledger.nudge()

    async def _try(self, goal: Goal, task: Task, attempt: _Attempt) -> Decision:
        """Run the work and judge what came of it; whatever it raises becomes a decision too."""
        number, lease = task.number, attempt.lease
        self._keep_raised((goal.id, number), None)
        try:
            async with asyncio.timeout(self._timeout(task)):
                result = await self._call(goal, task, attempt)
            return self._judged(goal, task, lease, measured(task, result) or chosen(task, outcome_of(result)))
        except ApprovalAwaited:
            return suspended(number, lease)
        except HandedBack as error:
            return handed_back(number, lease, str(error))
        except SystemExit as error:  # it is the work that wants to end, not the program
            failure = classify(PermanentError(f"it called sys.exit({error.code!r})"))
            return attempt_failed(number, lease, failure, self.judging)
        except asyncio.CancelledError:
            runner = asyncio.current_task()
            if runner is None or runner.cancelling():
                raise
            # nobody cancelled the attempt: the work gave up something of its own and let that out
            return attempt_failed(number, lease, classify(TemporaryError("it cancelled itself")), self.judging)
        except Exception as error:  # the border of one attempt: it must end in the ledger, whatever happened
            self._keep_raised((goal.id, number), error)
            failure = classify(error)
            told = (lease.attempt, failure.kind, failure.message)
            logger.info("attempt %d: %s: %s", *told, extra=_facts(goal.id, number))
            return attempt_failed(number, lease, failure, self.judging)

    def _keep_raised(self, key: tuple[GoalId, TaskNumber], error: Exception | None) -> None:
        if key in self.raised:
            self.raised[key] = error

    def _judged(self, goal: Goal, task: Task, lease: Lease, outcome: Outcome) -> Decision:
        work = self._work_of(task)
        if outcome.deviation > (0.0 if work is not None and work.exact else self.judging.threshold):
            message = f"fell short: {outcome.summary}"
            kind = FailureKind.PERMANENT if work is not None and work.settles else FailureKind.TEMPORARY
            failure = Failure(kind=kind, message=message, outcome=outcome)
            return attempt_failed(task.number, lease, failure, self.judging)
        if work is not None and work.claims and self.function_for(goal, task.number) is None:
            return claimed(task.number, lease, outcome)
        return attempt_completed(task.number, lease, outcome)

    def _work_of(self, task: Task) -> Work | None:
        try:
            return self.registry.get(task.work)
        except NotFoundError:
            return None

    async def _call(self, goal: Goal, task: Task, attempt: _Attempt) -> WorkResult:
        function = self.function_for(goal, task.number)
        if function is None:
            work: Work = self.registry.get(task.work)
            if work.run is None:
                raise PermanentError(f"«{task.work}» only waits; it can't be run")
            function = work.run

        async def report(count: int) -> None:
            cause = Cause(f"attempt:{goal.id}.{task.number}#{attempt.lease.attempt}")
            await self.ledger.change(goal.id, counted(task.number, count, attempt.lease), cause)

        context = WorkContext(
            goal_id=goal.id,
            goal_name=goal.name,
            task=task,
            inputs=task.inputs,
            attempt=task.attempts,
            agent=attempt.lease.agent,
            now=self.clock.now,
            report=report,
            results={n: _value(goal.tasks[n]) for n in task.depends_on if n in goal.tasks},
        )
        result = function(context) if is_async(function) else await _in_thread(lambda: function(context))
        # a lambda around a coroutine function looks plain until it was called
        brought = await _awaited(result) if inspect.isawaitable(result) else result
        if inspect.isgenerator(brought) or inspect.isasyncgen(brought):
            raise PermanentError("it returned a generator, of which nothing has run; return what comes out of it")
        return brought

    async def _report(self, goal: GoalId, number: TaskNumber, lease: Lease, decision: Decision) -> None:
        try:
            await self._save(goal, number, lease, decision)
        except Exception as error:  # the border of one attempt: a result that can't be kept is a failure that can
            logger.exception("a result could not be kept", extra=_facts(goal, number))
            failure = classify(PermanentError(f"its result could not be kept: {error}"))
            await self._save(goal, number, lease, attempt_failed(number, lease, failure, self.judging))

    async def _save(self, goal: GoalId, number: TaskNumber, lease: Lease, decision: Decision) -> None:
        """Commit the result. A database that can't be written now is tried again: what was done is not forgotten."""
        cause = Cause(f"attempt:{goal}.{number}#{lease.attempt}/{lease.boot}")
        tries = 0
        while True:
            try:
                await self.ledger.report(goal, decision, cause)
                return
            except RefusedError as refusal:
                logger.info("a late result was fenced off: %s", refusal, extra={"goal": goal})
                return
            except StoreError as error:
                pause = SAVE_AGAIN[min(tries, len(SAVE_AGAIN) - 1)]
                logger.error("a result is not saved yet, next try in %s s: %s", pause, error, extra={"goal": goal})
                await asyncio.sleep(pause)
                tries += 1


def _facts(goal: GoalId, task: TaskNumber) -> dict[str, object]:
    """What a log line names."""
    return {"goal": goal, "task": f"{goal}.{task}"}


def outcome_of(result: WorkResult) -> Outcome:
    """What a work function returned, as an outcome."""
    if isinstance(result, Outcome):
        return structs.replace(result, summary=well_formed(result.summary), value=_kept(result.value))
    summary = "done" if result is None else _text(result)
    if len(summary) > MOST_SUMMARY:
        summary = f"{summary[: MOST_SUMMARY - 1]}…"
    return Outcome(summary=well_formed(summary), value=_kept(result))


def measured(task: Task, result: WorkResult) -> Outcome | None:
    """What a plain number says where a number was asked for, whoever brought it; None for all else.

    Raises `InvalidInputError` for one that is not finite.
    """
    if task.work != "measure" or isinstance(result, bool) or not isinstance(result, int | float):
        return None
    return judge_measure(task, result)


def chosen(task: Task, outcome: Outcome) -> Outcome:
    """What a program brought for a choice, as the option that it stands for; as it is where it stands for none."""
    option = option_meant(task.inputs, outcome.value) if task.work == "decide" else None
    return outcome if option is None else structs.replace(outcome, summary=option, value=option)


def _kept(value: object) -> JsonValue:
    """A result as JSON can keep it; one that holds itself, or nests without end, as its text."""
    try:
        return _jsonable(value)
    except RecursionError:
        return well_formed(_text(value))


def _text(value: object) -> str:
    """The text of a value. Its work is done: what can't be written out must not have it done again."""
    try:
        return str(value)
    except Exception:  # the border of one attempt: a stranger's value may fail to say what it is
        return f"a value of type {type(value).__name__}, which can't be written out"


def _jsonable(value: object) -> JsonValue:
    """What JSON has no form for becomes its text."""
    match value:
        case None | bool():
            return value
        case int():
            return value if value.bit_length() <= _MOST_BITS else _text(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case str():
            return well_formed(value)
        case dict():
            return {well_formed(_text(key)): _jsonable(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_jsonable(item) for item in value]
        case dt.datetime() | dt.date():
            return value.isoformat()
        case _:
            return well_formed(_text(value))


def is_async(function: object) -> bool:
    """Whether calling it gives something to await; partials and callable objects are looked through."""
    code = getattr(function, "__code__", None)
    if code is not None and code.co_flags & inspect.CO_COROUTINE:
        return True  # what most are, without the long way
    inner = inspect.unwrap(getattr(function, "func", function))  # type: ignore[arg-type]  # any callable will do
    return inspect.iscoroutinefunction(inner) or inspect.iscoroutinefunction(getattr(inner, "__call__", None))  # noqa: B004 - its kind is asked, not whether it is callable


def _value(task: Task) -> JsonValue:
    return task.outcome.value if task.outcome is not None else None


async def _awaited(result: Awaitable[WorkResult]) -> WorkResult:
    try:
        return await result
    except (Exception, asyncio.CancelledError, SystemExit, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # such as pytest's own: a task group would end the program with it
        raise RuntimeError(f"{type(error).__name__}: {error}") from error


async def _in_thread(function: Callable[[], Brought]) -> Brought:
    """Run it in a daemon thread of its own: a thread can't be stopped, but must never hold up the exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Brought] = loop.create_future()

    def settle(result: Brought, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    def run() -> None:
        result: Brought = None
        failed: BaseException | None = None
        try:
            result = function()
        except StopIteration as error:  # a future can't carry it
            failed = RuntimeError(f"StopIteration: {error}")
        except SystemExit as error:  # it is the work that wants to end, not the program
            failed = PermanentError(f"it called sys.exit({error.code!r})")
        except Exception as error:
            failed = error
        except BaseException as error:  # in a thread of its own nothing can stop the program, nor should it
            failed = RuntimeError(f"{type(error).__name__}: {error}")
        with suppress(RuntimeError):  # the loop is closed: the program ends, and nobody waits for this any more
            loop.call_soon_threadsafe(settle, result, failed)

    threading.Thread(target=run, daemon=True, name="work").start()
    return await future
