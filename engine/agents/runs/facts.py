"""What is kept of a run: where it stands, the calls of tools it made, and what a person is asked to approve.

A run is one conversation with a model about one thing: a task, or one turn of a chat. Whoever carries it on has claimed
it, and each later write is compared with that claim. Imports no pydantic-ai.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from engine.errors import RefusedError
from engine.values import BootId, Cause, ChatId, GoalId, JsonObject, TaskNumber, UserId

RunId = NewType("RunId", int)
ApprovalId = NewType("ApprovalId", int)


class RunKind(StrEnum):
    """What a run is about."""

    TASK = "task"
    TURN = "turn"
    """One turn of a chat."""


class RunStatus(StrEnum):
    """Where a run stands. `DONE`, `FAILED` and `CANCELLED` are ends; a done one may be taken up with more to say."""

    READY = "ready"
    """To be taken up."""
    RUNNING = "running"
    SUSPENDED = "suspended"
    """Waits for approvals or answers."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER = frozenset({RunStatus.FAILED, RunStatus.CANCELLED})
"""Nothing more comes of such a run."""
LASTS = {RunKind.TASK: dt.timedelta(days=7), RunKind.TURN: dt.timedelta(days=1)}
"""How long a person has to answer what a run asks."""


class RunTakenError(RefusedError):
    """Somebody else carries the run on by now, or it was called off: nothing more may be written in its name."""

    def __init__(self, run: RunId) -> None:
        super().__init__("run_taken", f"run {run} is carried on elsewhere, or was called off")
        self.run = run


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run that is to begin. `key` is unique: the same one is the same run."""

    key: str
    kind: RunKind
    goal: GoalId | None = None
    """None for one that is about no goal."""
    task: TaskNumber | None = None
    chat: ChatId | None = None
    """Where a person is asked; None where there is no chat."""
    thread: int | None = None
    """The topic of the chat; None for none."""
    user: UserId | None = None
    """Whose run it is, and who alone may approve; None where there is no chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """For whom and for what tools are called: handed to them as pydantic-ai's `deps`."""

    run: RunId
    now: Callable[[], dt.datetime]
    """The engine's clock: aware, UTC."""
    goal: GoalId | None = None
    task: TaskNumber | None = None
    chat: ChatId | None = None
    thread: int | None = None
    user: UserId | None = None

    def cause(self, tool_call_id: str | None) -> Cause:
        """What a command that a call of a tool gives comes from: a repeat of the call with it does nothing."""
        return Cause(f"run:{self.run}:{tool_call_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as it is kept."""

    id: RunId
    key: str
    kind: RunKind
    goal: GoalId | None
    task: TaskNumber | None
    chat: ChatId | None
    thread: int | None
    user: UserId | None
    status: RunStatus
    revision: int
    """Goes up whenever it is claimed, called off or answered."""
    boot: BootId | None
    """The process that carries it on; None while nobody does."""
    usage: str
    """pydantic-ai's usage as JSON, of all that was asked; empty before the first answer."""
    output: str | None
    """What came out, as JSON; None until it came to an end, and again once it goes on."""
    error: str
    created_at: dt.datetime
    changed_at: dt.datetime

    def facts(self, now: Callable[[], dt.datetime]) -> RunFacts:
        """What its tools are told."""
        return RunFacts(
            run=self.id, now=now, goal=self.goal, task=self.task, chat=self.chat, thread=self.thread, user=self.user
        )

    def may_be_taken(self, boot: BootId) -> bool:
        """Whether nobody is known to carry it on. A task's run belongs to whoever holds the task's lease."""
        if self.status in OVER:
            return False
        return self.kind is RunKind.TASK or self.status is not RunStatus.RUNNING or self.boot != boot


@dataclass(frozen=True, slots=True, kw_only=True)
class NewlySaid:
    """What has been said in a run since it was saved last."""

    since: int = 0
    """So many of the messages that are kept still hold; those behind them are replaced."""
    messages: tuple[str, ...] = ()
    """pydantic-ai's messages, each as JSON."""


async def never_asks(facts: RunFacts, arguments: JsonObject) -> None:
    """The way of tools that need no approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a tool may be used."""

    asks: Callable[[RunFacts, JsonObject], Awaitable[str | None]] = never_asks
    """From the validated arguments to the words of what a person is asked to approve; None where no yes is needed."""
    repeatable: bool = False
    """Whether a second call with the same id does no harm: it only reads, or gives engine commands with their cause.
    Of any other a person is asked when it was under way as the program died."""
    waits: bool = False
    """Whether the run waits where what the tool needs is away for now, instead of going on without it."""


class CallStatus(StrEnum):
    """Where a call of a tool stands."""

    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a tool by a run."""

    id: str
    """The model's id of it, unique within its run."""
    tool: str
    arguments: JsonObject
    status: CallStatus = CallStatus.BEGUN
    tries: int = 0
    """How often it was begun; a call that is kept only once it is done counts none."""
    result: str | None = None
    """What came of it, as `guarding.py` keeps it; None until it is done."""


class ApprovalKind(StrEnum):
    """What a person is asked about a call."""

    CONSENT = "consent"
    """May it be made?"""
    DOUBT = "doubt"
    """It was under way when the program stopped: is it done, again, or leave it?"""


class ApprovalStatus(StrEnum):
    """What became of the question. Only an open one can change."""

    OPEN = "open"
    APPROVED = "approved"
    """Make the call; of a doubt: make it again."""
    DENIED = "denied"
    """Don't; of a doubt: leave it as it is."""
    DONE = "done"
    """Of a doubt: it has taken effect."""
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """Nobody needs it any more."""


ANSWERS = {
    ApprovalKind.CONSENT: (ApprovalStatus.APPROVED, ApprovalStatus.DENIED),
    ApprovalKind.DOUBT: (ApprovalStatus.APPROVED, ApprovalStatus.DONE, ApprovalStatus.DENIED),
}
"""What a person can say to each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a person is to be asked about a call."""

    call_id: str
    kind: ApprovalKind
    tool: str
    arguments: JsonObject
    words: str
    tries: int = 0
    """Of a doubt: which try it is about. An answer about one says nothing of the next."""

    @property
    def digest(self) -> str:
        """What an answer is bound to."""
        return digest_of(self.tool, self.arguments, self.tries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A question about a call, and its answer. Bound to the call's arguments by `digest`, and to a person."""

    id: ApprovalId
    run: RunId
    call_id: str
    kind: ApprovalKind
    tool: str
    arguments: JsonObject
    digest: str
    words: str
    goal: GoalId | None
    task: TaskNumber | None
    chat: ChatId | None
    thread: int | None
    user: UserId | None
    """Who alone may answer; None where only a program can."""
    status: ApprovalStatus
    asked_at: dt.datetime
    expires_at: dt.datetime
    decided_at: dt.datetime | None
    """None while it is open."""
    note: str
    """What the person said to it."""


def digest_of(tool: str, arguments: JsonObject, tries: int = 0) -> str:
    """A hash of a call: the same tool with the same arguments, of a doubt also the same try."""
    told = json.dumps([tool, arguments, tries], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()[:16]
