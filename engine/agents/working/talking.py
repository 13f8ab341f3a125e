"""The talk of a task with a model: one run a task, begun once, and gone on with until it hands in what it is to.

Approvals, questions to the person, budget and breaker hold in all of them alike. Imports pydantic-ai.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import ValidationError
from pydantic_ai import Agent, DeferredToolRequests, ModelRetry, RunContext, ToolOutput
from pydantic_ai.messages import ModelMessage, ToolCallPart, ToolReturnPart
from pydantic_ai.usage import UsageLimits

from engine.agents.accounts import Accounts
from engine.agents.calls import Purpose
from engine.agents.faults import EndlessAnswerError, UselessAnswerError
from engine.agents.models import Models
from engine.agents.runs.facts import ApprovalStatus, Run, RunFacts, RunStatus
from engine.agents.runs.of_tasks import run_of
from engine.agents.runs.running import Means, Suspended, Talk, Tools, go_on
from engine.agents.working.outcomes import Answer
from engine.agents.working.prompts import ASKED_BEFORE, answered, sent_back
from engine.agents.working.work import ModelUnusable
from engine.blockages import BlockageKind
from engine.errors import ApprovalAwaited, ExternalBlocked, InvalidInputError, RefusedError, TemporaryError
from engine.goals import Goal
from engine.ports import Queries
from engine.tasks import Task

HAND_IN = "hand_in"
"""The tool with which an agent ends its work."""
AGAIN = 2
"""So often a call, or what is handed in, goes back to the model in the wrong form."""
CALLS_A_STEP = 5
"""Calls of tools for each request to the model, at most."""
STUCK = "Reply with what may help, and it begins anew; or do it yourself, leave it out, or re-plan."
REPLY = "Reply with the answer; the work goes on from where it stands."
_DELIVERED = frozenset({"task_waiting", "task_completed", "task_retry_scheduled", "task_failed"})
"""How an attempt ends whose result has arrived."""
_WORDLESS = frozenset({"", "resolved", "resolved by you", "tried again", "executed again"})
"""Resolutions that say nothing but that somebody pressed a button."""

Form = TypeVar("Form", bound=Answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """What a role brings along."""

    instructions: str
    tools: Sequence[Tools] = ()
    small: bool = False
    """Whether the cheap model does."""
    steps: int = 30
    """Requests to the model in one run, however often it is taken up."""
    tokens: int | None = None
    """Of all its requests together; None where only the budget bounds them."""

    def with_words(self, instructions: str) -> "Outfit":
        """The same, told more."""
        return replace(self, instructions=f"{self.instructions}\n\n{instructions}")

    def with_tools(self, tools: Sequence[Tools]) -> "Outfit":
        """The same, with these besides."""
        return replace(self, tools=(*self.tools, *tools))


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkMeans:
    """What a talk takes: models, who pays for them, where runs are kept, and what is known of goals."""

    models: Models
    accounts: Accounts
    means: Means
    queries: Queries


class TaskTalk(Generic[Form]):
    """The runs of tasks that each end with one form, filled in."""

    def __init__(self, form: type[Form], purpose: str, means: TalkMeans) -> None:
        """`purpose` tells the model what the form is for. Nothing is asked yet."""
        self._form, self._purpose = form, purpose
        self._by = means
        self._agents: dict[str, Agent[RunFacts, Form | DeferredToolRequests]] = {}

    async def run_of(self, goal: Goal, task: Task) -> Run:
        """The run to go on with: the task's newest, unless that is over."""
        return await run_of(self._by.means.runs, goal, task, self._by.means.clock.now())

    async def handed_in(self, run: Run, about: tuple[Goal, Task]) -> Form | None:
        """What the run handed in before its attempt was lost; None where it is to go on."""
        if run.status is RunStatus.DONE and not await self._was_delivered(*about):
            return self.kept(run)
        return None

    async def next_words(self, run: Run, about: tuple[Goal, Task], brief: Callable[[], Awaitable[str]]) -> str:
        """What a run begins with, or goes on with: the brief, the person's answer, or why it was sent back."""
        if run.output is None:
            said = await self._answer(*about)
            return f"{await brief()}\n\n{answered(said)}" if said else await brief()
        goal, task = about
        asked = self.kept(run).asks
        if asked:
            return answered(await self._answer(goal, task, asked))
        judgement = task.outcome.judgement if task.outcome is not None else None
        return sent_back(task.last_error or (judgement.reason if judgement is not None else ""))

    async def notes(self, goal: Goal) -> Sequence[str]:
        """What was noted about the goal, newest first."""
        return [row.note for row in reversed(await self._by.queries.progress(goal.id)) if row.note]

    async def _was_delivered(self, goal: Goal, task: Task) -> bool:
        """Whether the result of the last attempt has arrived; it may have been lost after the run was done."""
        rows = [
            row
            for row in await self._by.queries.attempts(goal.id)
            if row.task == task.number and row.attempt < task.attempt_serial
        ]
        return bool(rows) and rows[-1].result in _DELIVERED

    async def _answer(self, goal: Goal, task: Task, asked: str = "") -> str:
        """What was said to the question that the run waits for; empty where no words were. Raises `ExternalBlocked`
        where it is still open."""
        rows = await self._by.queries.blockages(goal.id)
        found = [row for row in rows if row.task == task.number and row.kind == BlockageKind.EXTERNAL]
        if asked and found and found[-1].resolved_at is None:
            raise ExternalBlocked(asked, how=REPLY)
        said = found[-1].resolution if found else ""
        return "" if said in _WORDLESS else said

    async def carry_on(self, run: Run, about: tuple[Goal, Task], outfit: Outfit, prompt: str) -> Form:
        """Go on with the run until it hands in. Raises `ApprovalAwaited` where it asks first."""
        runs = self._by.means.runs
        if any(one.status is ApprovalStatus.OPEN for one in await runs.approvals(run.id)):
            raise ApprovalAwaited
        goal, task = about
        facts = await self._by.accounts.of_call(Purpose.WORK, goal=goal.id, task=task.number)
        limits = UsageLimits(
            request_limit=outfit.steps,
            tool_calls_limit=outfit.steps * CALLS_A_STEP,
            total_tokens_limit=outfit.tokens,
        )
        try:
            talk = Talk(
                agent=self._agent(outfit),
                model=self._by.models.for_calls(facts, small=outfit.small),
                prompt=prompt,
                tools=outfit.tools,
                limits=limits,
                pauses=lambda said: bool(said.asks),
            )
            came = await go_on(run, talk, self._by.means)
        except RefusedError as refusal:  # called off, or taken up by another attempt: that one counts
            raise TemporaryError(f"the work was not gone on with: {refusal}") from refusal
        except EndlessAnswerError:
            raise
        except UselessAnswerError as error:  # no other plan makes the model a better one
            raise ExternalBlocked(str(error), how=STUCK) from error
        except InvalidInputError as error:  # no key, no package, no price: of a tool it would have gone to the model
            raise ModelUnusable(str(error)) from error
        if isinstance(came, Suspended):
            raise ApprovalAwaited
        return came.output

    def kept(self, run: Run) -> Form:
        """What a run that has ended handed in."""
        try:
            return self._form.model_validate_json(run.output or "")
        except ValidationError as error:
            faults = error.error_count()
            raise TemporaryError(f"what the run handed in can't be read any more: {faults} faults") from error

    def _agent(self, outfit: Outfit) -> Agent[RunFacts, Form | DeferredToolRequests]:
        found = self._agents.get(outfit.instructions)
        if found is None:
            output = ToolOutput(self._form, name=HAND_IN, description=self._purpose)
            found = self._agents[outfit.instructions] = Agent(
                output_type=[output, DeferredToolRequests],
                deps_type=RunFacts,
                instructions=outfit.instructions,
                retries={"tools": AGAIN, "output": AGAIN},
            )
            found.output_validator(self._asked_once)
        return found

    async def _asked_once(
        self, ctx: RunContext[RunFacts], said: Form | DeferredToolRequests
    ) -> Form | DeferredToolRequests:
        """What the person has answered goes back once where it is asked again; insisted on, it is asked."""
        asks = said.asks if not isinstance(said, DeferredToolRequests) else ""
        if asks and not ctx.retry and asks in self._asked_before(ctx.messages):
            raise ModelRetry(ASKED_BEFORE)
        return said

    def _asked_before(self, messages: Sequence[ModelMessage]) -> Iterator[str]:
        """The questions of a run that were put to the person, in order."""
        parts = [part for message in messages for part in message.parts]
        taken = {part.tool_call_id for part in parts if isinstance(part, ToolReturnPart)}
        for part in parts:
            if isinstance(part, ToolCallPart) and part.tool_name == HAND_IN and part.tool_call_id in taken:
                with suppress(ValidationError, ValueError):
                    yield self._form.model_validate(part.args_as_dict()).asks
