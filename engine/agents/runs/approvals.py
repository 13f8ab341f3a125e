"""What runs ask before they do something, and how it is answered: `executor.approvals`. Imports no pydantic-ai.

An answer is kept first, and makes its run ready; then the task behind it gets its turn. What a crash leaves in between
is found by query, as is what has expired and what nobody needs any more.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypedDict

from engine.agents.runs.facts import (
    ANSWERS,
    Approval,
    ApprovalId,
    ApprovalStatus,
    Run,
    RunKind,
)
from engine.clock import Clock
from engine.errors import EngineError, NotFoundError, RefusedError
from engine.execution.approvals import answered, waits_for_approval
from engine.goals import Goal
from engine.intake import checked_text
from engine.ledger import Ledger
from engine.ports import Runs
from engine.tasks import ENDED_TASKS, Task
from engine.values import Cause, ChatId, GoalId, JsonObject, TaskId, TaskNumber, UserId, task_id

logger = logging.getLogger(__name__)

LOOK_AGAIN = 60.0
"""Real seconds after which it is looked even if nothing was said: questions expire by themselves."""


class ApprovalStanding(TypedDict):
    """A question for programs. `kind` is consent or doubt; `task` is an id such as `7.3`, None for a turn of a chat.
    Times are aware, UTC."""

    id: ApprovalId
    kind: str
    goal: GoalId | None
    task: TaskId | None
    tool: str
    arguments: JsonObject
    words: str
    status: str
    asked_at: dt.datetime
    expires_at: dt.datetime
    note: str


class Approvals:
    """All that waits for a yes or no."""

    def __init__(self, runs: Runs, ledger: Ledger, clock: Clock) -> None:
        self.runs = runs
        self._ledger = ledger
        self._clock = clock
        self._rung, self._closed = asyncio.Event(), asyncio.Event()
        self._looking = asyncio.Lock()
        self.on_turn: Callable[[], None] = lambda: None
        """Called when a turn of a chat may have become ready to go on."""

    # -- for programs and the chat ------------------------------------------------------------------------------

    async def get_open(self, goal_id: GoalId | None = None) -> list[ApprovalStanding]:
        """What waits for an answer, oldest first; with `goal_id` only what that goal's tasks ask."""
        found = await self.runs.open_approvals()
        return [_standing(one) for one in found if goal_id is None or one.goal == goal_id]

    async def approve(self, approval_id: ApprovalId, note: str = "") -> ApprovalStanding:
        """Let the call be made; of a doubt: be made again. Raises as `decide`."""
        return _standing(await self.decide(approval_id, ApprovalStatus.APPROVED, note))

    async def deny(self, approval_id: ApprovalId, reason: str = "") -> ApprovalStanding:
        """Don't let it be made; of a doubt: leave it as it is. The run is told the reason. Raises as `decide`."""
        return _standing(await self.decide(approval_id, ApprovalStatus.DENIED, reason))

    async def confirm(self, approval_id: ApprovalId, note: str = "") -> ApprovalStanding:
        """Say of a doubt that the call has taken effect. Raises as `decide`."""
        return _standing(await self.decide(approval_id, ApprovalStatus.DONE, note))

    async def open_for(self, chat: ChatId, user: UserId) -> Sequence[Approval]:
        """What waits for this person's answer in this chat, oldest first."""
        return [one for one in await self.runs.open_approvals() if one.chat == chat and one.user == user]

    async def find(self, approval_id: ApprovalId) -> Approval:
        """A question as it stands. Raises `NotFoundError`."""
        found = await self.runs.approval(approval_id)
        if found is None:
            raise NotFoundError("approval", approval_id)
        return found

    async def decide(self, approval_id: ApprovalId, answer: ApprovalStatus, note: str = "") -> Approval:
        """Answer a question; returns it as it stands then. The same answer again changes nothing.

        Raises `NotFoundError`, and `RefusedError` for what was answered otherwise, has expired or is not needed any
        more, and for an answer that does not fit.
        """
        asked = await self.find(approval_id)
        if answer not in ANSWERS[asked.kind]:
            raise RefusedError("no_answer", f"«{answer}» is no answer to that")
        now = self._clock.now()
        if asked.status is ApprovalStatus.OPEN and not await self._is_needed(asked):
            await self.runs.call_off(asked.run, now)
        elif asked.status is ApprovalStatus.OPEN and asked.expires_at <= now:
            await self.runs.expire(now)
        elif asked.status is ApprovalStatus.OPEN:
            await self.runs.decide(asked, answer, checked_text("note", note), now)
        await self.look()
        asked = await self.find(approval_id)
        if asked.status is not answer:
            raise RefusedError("approval_settled", f"that is {asked.status} already")
        return asked

    # -- carrying on --------------------------------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be looked at."""
        return not self._rung.is_set() and not self._looking.locked()

    def ring(self) -> None:
        """Look soon. Costs nothing now."""
        self._rung.set()

    def close(self) -> None:
        """Let `run` end."""
        self._closed.set()
        self._rung.set()

    async def run(self) -> None:
        """Look whenever it is rung, and now and then, until `close`."""
        while not self._closed.is_set():
            try:
                await self.look()
            except EngineError as error:
                logger.warning("approvals could not be looked after: %s", error)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN):
                    await self._rung.wait()
            self._rung.clear()

    async def look(self) -> None:
        """One pass: what has expired is closed, what nobody needs is withdrawn, what is answered goes on."""
        async with self._looking:
            now = self._clock.now()
            await self.runs.expire(now)
            for asked in await self.runs.open_approvals():
                if not await self._is_needed(asked):
                    await self.runs.call_off(asked.run, now)
            for run in await self.runs.ready(RunKind.TASK):
                await self._wake(run)
        self.on_turn()

    async def _wake(self, run: Run) -> None:
        """Give the task of a run its turn, if it waits for just that."""
        found = await self._task_of(run.goal, run.task)
        if found is None:
            await self.runs.call_off(run.id, self._clock.now())
        elif waits_for_approval(found[1]):
            goal, task = found
            await self._ledger.change(goal.id, answered(task.number), Cause(f"run:{run.id}@{run.revision}"))

    async def _is_needed(self, asked: Approval) -> bool:
        """Whether something would come of an answer: a turn of a chat always, a task while it is to be done."""
        return asked.task is None or await self._task_of(asked.goal, asked.task) is not None

    async def _task_of(self, goal_id: GoalId | None, number: TaskNumber | None) -> tuple[Goal, Task] | None:
        """A task that is still to be done, with its goal; None for any other."""
        if goal_id is None or number is None:
            return None
        try:
            goal = await self._ledger.goal(goal_id)
        except NotFoundError:
            return None
        task = goal.tasks.get(number)
        if goal.has_ended or task is None or task.status in ENDED_TASKS:
            return None
        return goal, task


def _standing(asked: Approval) -> ApprovalStanding:
    return ApprovalStanding(
        id=asked.id,
        kind=asked.kind.value,
        goal=asked.goal,
        task=task_id(asked.goal, asked.task) if asked.goal is not None and asked.task is not None else None,
        tool=asked.tool,
        arguments=asked.arguments,
        words=asked.words,
        status=asked.status.value,
        asked_at=asked.asked_at,
        expires_at=asked.expires_at,
        note=asked.note,
    )
