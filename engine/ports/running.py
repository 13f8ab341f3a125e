"""What the engine asks of the store of runs: `storage/` implements it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.agents.runs.facts import (
    Approval,
    ApprovalId,
    ApprovalStatus,
    Call,
    NewlySaid,
    NewRun,
    Question,
    Run,
    RunId,
    RunKind,
)
from engine.values import BootId, GoalId, TaskNumber


class Runs(Protocol):
    """Runs, the calls of tools they made, and what people are asked about these."""

    async def begin(self, new: NewRun, now: dt.datetime) -> Run:
        """Keep a run; of a known key, the run that there is."""
        ...

    async def find(self, run: RunId) -> Run | None:
        """A run; None when there is none of that id."""
        ...

    async def of_key(self, key: str) -> Run | None:
        """The run of a key; None when there is none."""
        ...

    async def of_task(self, goal: GoalId, task: TaskNumber) -> Run | None:
        """The newest run of a task; None when there is none."""
        ...

    async def ready(self, kind: RunKind) -> Sequence[Run]:
        """Runs of a kind that are to be taken up, or were under way in a run of the program, by id."""
        ...

    async def take(self, run: Run, boot: BootId, now: dt.datetime) -> Run | None:
        """Claim a run as it was read, before anything is done with it; None where it has changed since."""
        ...

    async def save(self, run: Run, now: dt.datetime, said: NewlySaid | None = None) -> None:
        """Keep usage, output, error and status of a claimed run, and what was said meanwhile (None: nothing); any
        status but running gives the claim back.

        Raises `RunTakenError` where the claim holds no longer.
        """
        ...

    async def messages(self, run: RunId) -> Sequence[str]:
        """All that was said in a run up to the newest answer of the model, in order: pydantic-ai's messages as JSON."""
        ...

    async def suspend(self, run: Run, asked: Sequence[Question], now: dt.datetime) -> Sequence[Approval]:
        """Give a claimed run back until these questions are answered, and put them to its chat, in one transaction.

        What was asked before is not asked again. Returns the open ones. Raises `RunTakenError`.
        """
        ...

    async def calls(self, run: RunId) -> Mapping[str, Call]:
        """The calls that a run made, by their ids."""
        ...

    async def keep_call(self, run: Run, call: Call, now: dt.datetime) -> None:
        """Keep a call of a claimed run as it is now. Raises `RunTakenError`."""
        ...

    async def approvals(self, run: RunId) -> Sequence[Approval]:
        """All that was asked for a run, by id."""
        ...

    async def approval(self, approval: ApprovalId) -> Approval | None:
        """One question; None when there is none of that id."""
        ...

    async def open_approvals(self) -> Sequence[Approval]:
        """All that wait for an answer, by id."""
        ...

    async def decide(self, approval: Approval, status: ApprovalStatus, note: str, now: dt.datetime) -> bool:
        """Keep an answer; the last one of its run makes that ready. False where it is not open any more."""
        ...

    async def expire(self, now: dt.datetime) -> int:
        """Close the questions whose time has passed, as if they were answered; how many."""
        ...

    async def call_off(self, run: RunId, now: dt.datetime) -> None:
        """End a run that has not ended, and withdraw what it asks."""
        ...
