"""`milepost execute`: carries out one goal from the terminal, without Telegram.

The goal belongs to the local chat (or to a person at Telegram), so that what waits for a person is answered there, and
what is left goes on there. The goals of other chats are not touched.
"""

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot import log
from bot.assembly import make_executor
from bot.library import running
from bot.local.journal import JournalDamagedError, last_moment
from bot.local.script.signs import spell
from bot.models.reasoning import with_models
from bot.settings import Settings
from bot.signals import heeding_signals
from engine.clock import Clock, SystemClock
from engine.commands import Origin
from engine.errands import checked_timeout, read_errand
from engine.errors import EngineError, InvalidInputError
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.reporting.result_text import result_json, result_text
from engine.reporting.results import GoalResult, ResultStatus
from engine.tasks import TaskStatus
from engine.values import ChatId, GoalId, JsonObject, TaskNumber, UserId
from storage.database import open_database

WRONG_USE = 2
_SAID = {
    TaskStatus.RUNNING: "…",
    TaskStatus.COMPLETED: "✓",
    TaskStatus.FAILED: "✗",
    TaskStatus.WAITING: "waits:",
    TaskStatus.BLOCKED: "blocked:",
    TaskStatus.SKIPPED: "left out:",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the command line asks for; `context` is JSON."""

    goal: str
    context: str | None = None  # None: nothing is said
    timeout_ms: float = 60_000
    user_id: int = 1
    as_json: bool = False

    @property
    def origin(self) -> Origin:
        """The private chat with the person: it has the person's id."""
        return Origin(chat=ChatId(self.user_id), owner=UserId(self.user_id))


def main(settings: Settings, order: Order, clock: Clock | None = None) -> int:
    """Carry out the goal and print the result; the exit code."""
    level = settings.log_level if "log_level" in settings.model_fields_set else "WARNING"
    log.set_up(level, json_lines=settings.log_format == "json", secret=settings.secrets)
    try:
        clock = clock or _clock(settings.database)
        context = _context(order.context)
        checked_timeout(order.timeout_ms)  # before there is a database: wrong use leaves nothing behind
        read_errand(order.goal, context, clock.now(), settings.timezone)
        result = asyncio.run(_execute(settings, order, context, clock))
    except InvalidInputError as error:
        return _refused(error, WRONG_USE)
    except (EngineError, JournalDamagedError) as error:
        return _refused(error, 1)
    except ExceptionGroup as errors:
        first = _first_of(errors)
        if not isinstance(first, EngineError | OSError):
            raise
        return _refused(first, 1)
    _print(result, order)
    return 0 if result.is_success else 1


def _first_of(errors: ExceptionGroup[Exception]) -> Exception:
    """The first error within groups of groups: the others came of it."""
    error: Exception = errors
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _refused(error: Exception, code: int) -> int:
    sys.stderr.write(spell(f"milepost: {error}\n", sys.stderr.encoding))
    return code


def _context(text: str | None) -> JsonObject | None:
    """The object that the JSON holds; None when there is none. Raises `InvalidInputError`."""
    if text is None or not text.strip():
        return None
    accepts = 'a JSON object such as {"has_codebase": true}'
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("--context", f"it is no JSON ({error})", accepts) from None
    if not isinstance(found, dict):
        raise InvalidInputError("--context", "it is no object", accepts)
    return found


def _clock(database: Path) -> Clock:
    """Wall time, unless the local chat's ran ahead of it: the goals must not see time run backwards."""
    wall = SystemClock().now()
    last = last_moment(database.with_name(f"{database.name}-chat"))
    return SystemClock() if last is None or last <= wall else SystemClock(epoch=last)


def _print(result: GoalResult, order: Order) -> None:
    if order.as_json:
        text = json.dumps(result_json(result), indent=2)
    else:
        text = spell(result_text(result, _way_on(result, order)), sys.stdout.encoding)
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:  # nobody reads on, such as after `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _way_on(result: GoalResult, order: Order) -> str:
    """How to go on with what is left."""
    chat = "`milepost chat`" if order.user_id == 1 else f"`milepost chat --user-id {order.user_id}`"
    if result.status is ResultStatus.WAITING:
        return f"NEXT: answer in {chat} (/goals shows it). It goes on there, or with the same command until it ends."
    return f"NEXT: nothing is lost. The same command goes on with it, as does {chat}."


@dataclass(slots=True, kw_only=True)
class _Progress:
    """Tells on stderr what becomes of each task of the goal; of what was so before, nothing."""

    goal: GoalId
    told: dict[TaskNumber, TaskStatus] = field(default_factory=dict)
    planned: bool = False

    def begin(self, goal: Goal) -> None:
        """What is known of it already."""
        self.told = {task.number: task.status for task in goal.tasks.values()}
        self.planned = goal.plan_version > 0
        self._say(f"{'Going on with' if self.planned else 'Planning'} «{goal.name}» (#{goal.id})")

    def look(self, goal: Goal) -> None:
        """A commit changed a goal."""
        if goal.id != self.goal:
            return
        if goal.plan_version and not self.planned and goal.status is not GoalStatus.PLANNING:
            self.planned = True
            count = sum(1 for _ in goal.live_tasks)
            self._say(f"{count} {'task' if count == 1 else 'tasks'}")
        for task in goal.live_tasks:
            if self.told.get(task.number) is not task.status:
                self.told[task.number] = task.status
                if task.status in _SAID:
                    self._say(f"{_SAID[task.status]} {task.title}")

    def _say(self, text: str) -> None:
        clean = "".join(char if char.isprintable() else " " for char in text)
        with suppress(OSError):  # whoever read along has gone
            sys.stderr.write(spell(f"{clean}\n", sys.stderr.encoding))
            sys.stderr.flush()


async def _execute(settings: Settings, order: Order, context: JsonObject | None, clock: Clock) -> GoalResult:
    async with open_database(settings.database, clock=clock) as database:
        executor = make_executor(database, settings, clock, settings.timezone, only_driven=True)
        async with with_models(executor, settings.commands), running(executor, clock):
            with heeding_signals() as stopped:
                return await _carried_out(executor, order, context, stopped)


async def _carried_out(
    executor: AutonomousGoalExecutor, order: Order, context: JsonObject | None, stopped: asyncio.Event
) -> GoalResult:
    clock = executor.clock
    began = clock.now()
    goal_id = await executor.take_up_goal(order.goal, context, origin=order.origin)
    progress = _Progress(goal=goal_id)
    progress.begin(await executor.goal(goal_id))
    executor.watch(progress.look)
    was_stopped = await _carry(executor, goal_id, checked_timeout(order.timeout_ms), stopped)
    took = (clock.now() - began).total_seconds()
    await executor.stop()  # what ends within its grace has ended, and the result knows of it
    cut = ResultStatus.INTERRUPTED if was_stopped else ResultStatus.TIMEOUT
    return await executor.goal_result(goal_id, took, cut)


async def _carry(executor: AutonomousGoalExecutor, goal_id: GoalId, seconds: float, stopped: asyncio.Event) -> bool:
    """Let the goal go on; whether it was stopped by a signal."""
    async with asyncio.TaskGroup() as group:
        carrying = group.create_task(executor.carry_goal(goal_id, seconds), name="goal")
        signalled = group.create_task(stopped.wait(), name="signals")
        await asyncio.wait((carrying, signalled), return_when=asyncio.FIRST_COMPLETED)
        carrying.cancel()
        signalled.cancel()
    return stopped.is_set()
