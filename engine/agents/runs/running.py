"""Carries a run on: claims it, saves it after every answer of the model, and stops where a person is to be asked.

What is kept ends with an answer of the model. Taken up again, its calls of tools are gone through once more: those that
are done give the result that was kept (`guarding.py`), so nothing happens twice and nothing that was paid for is lost.
Imports pydantic-ai.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import TypeAdapter
from pydantic_ai import Agent, AgentRun, DeferredToolRequests
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ToolCallPart,
    UserContent,
)
from pydantic_ai.models import Model
from pydantic_ai.toolsets import AbstractToolset
from pydantic_ai.usage import RunUsage, UsageLimits
from pydantic_core import to_json
from pydantic_graph import End

from engine.agents.faults import model_faults
from engine.agents.runs.facts import Approval, Manner, NewlySaid, Run, RunFacts, RunStatus, RunTakenError
from engine.agents.runs.guarding import Guarded, Logbook
from engine.clock import Clock
from engine.errors import EngineError, PermanentError
from engine.ports import Runs
from engine.values import BootId, well_formed

logger = logging.getLogger(__name__)

Out = TypeVar("Out")
Tools = tuple[AbstractToolset[RunFacts], Mapping[str, Manner]]
"""A toolset with the manners of its tools."""
_USAGE = TypeAdapter(RunUsage)
_MESSAGE: TypeAdapter[ModelMessage] = TypeAdapter(ModelMessage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk(Generic[Out]):
    """What a run is carried on with."""

    agent: Agent[RunFacts, Out | DeferredToolRequests]
    """Its output types must hold `DeferredToolRequests`."""
    model: Model
    prompt: str | Sequence[UserContent]
    """What begins it, or goes on after it had come to an end. Not said again to a run that is in the middle."""
    history: Sequence[ModelMessage] = ()
    """What was said before a run that begins."""
    tools: Sequence[Tools] = ()
    limits: UsageLimits
    """Of the whole run, however often it is taken up."""
    pauses: Callable[[Out], bool] = lambda output: False
    """Whether what came out asks a person for something: the run waits then, instead of being done."""
    heard: Callable[[str], None] | None = None
    """Told the text of the answer that is coming in, again and again as it grows, and empty as long as there is none;
    None where nobody listens: then the answer comes as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Where runs are kept, and in whose name they are carried on."""

    runs: Runs
    clock: Clock
    boot: BootId


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Generic[Out]):
    """The run came to an end."""

    run: Run
    output: Out


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended:
    """The run waits until a person has answered."""

    run: Run
    approvals: tuple[Approval, ...]


async def go_on(run: Run, talk: Talk[Out], means: Means) -> Finished[Out] | Suspended:
    """Carry a run on until it ends or a person is to be asked.

    Raises `RunTakenError` where somebody else carries it on or it is over, and what `model_faults` and `Meter` raise.
    What can't be mended by another try ends the run as failed; after anything else it is ready to be taken up again.
    """
    taken = await means.runs.take(run, means.boot, means.clock.now()) if run.may_be_taken(means.boot) else None
    if taken is None:
        raise RunTakenError(run.id)
    journal = _Journal(taken, means)
    try:
        with model_faults():
            return await journal.converse(talk)
    except RunTakenError:
        raise
    except PermanentError as error:
        await journal.let_go(RunStatus.FAILED, str(error))
        raise
    except BaseException as error:  # whatever stops it, the next one takes it up where it stands
        await journal.let_go(RunStatus.READY, str(error) or type(error).__name__)
        raise


class _Journal:
    """A claimed run while it is carried on."""

    def __init__(self, run: Run, means: Means) -> None:
        self.run = run
        self._runs = means.runs
        self._clock = means.clock
        self._logbook = Logbook(run, means.runs, means.clock)
        self._kept: list[ModelMessage] = []
        """The messages that are kept, as they were then."""

    async def converse(self, talk: Talk[Out]) -> Finished[Out] | Suspended:
        """Ask the model and call its tools until it has said its last word, or a person is to be asked."""
        await self._logbook.open()
        kept = await self._runs.messages(self.run.id)
        said = self._kept = ModelMessagesTypeAdapter.validate_json(f"[{','.join(kept)}]")
        usage = _USAGE.validate_json(self.run.usage) if self.run.usage else RunUsage()
        in_the_middle = bool(said) and self.run.output is None
        async with talk.agent.iter(
            None if in_the_middle else talk.prompt,
            message_history=said or list(talk.history),
            model=talk.model,
            deps=self.run.facts(self._clock.now),
            usage=usage,
            usage_limits=talk.limits,
            toolsets=[Guarded(tools, manners, self._logbook) for tools, manners in talk.tools],
        ) as steps:
            await self._step(steps, talk)
        assert steps.result is not None
        output = steps.result.output
        if isinstance(output, DeferredToolRequests):
            return await self._suspend()
        status = RunStatus.SUSPENDED if talk.pauses(output) else RunStatus.DONE
        await self._save(steps, status=status, output=well_formed(to_json(output).decode()))
        return Finished(run=self.run, output=output)

    async def _step(self, steps: AgentRun[RunFacts, Out | DeferredToolRequests], talk: Talk[Out]) -> None:
        """One node after the other, saved after each answer of the model."""
        node = steps.next_node
        while not isinstance(node, End):
            if talk.heard is not None and Agent.is_model_request_node(node):
                text = ""
                async with node.stream(steps.ctx) as events:
                    async for event in events:
                        text += _text_of(event)
                        talk.heard(text)
            node = await steps.next(node)
            if Agent.is_call_tools_node(node):
                _tell_apart(node.model_response, steps.all_messages())
                await self._save(steps, status=RunStatus.RUNNING, output=None)

    async def _save(
        self, steps: AgentRun[RunFacts, Out | DeferredToolRequests], *, status: RunStatus, output: str | None
    ) -> None:
        messages = list(steps.all_messages())
        since = _still_held(self._kept, messages)
        said = NewlySaid(since=since, messages=tuple(_MESSAGE.dump_json(one).decode() for one in messages[since:]))
        usage = _USAGE.dump_json(steps.usage).decode()
        changed = replace(self.run, usage=usage, output=output, status=status, error="")
        await self._runs.save(changed, self._clock.now(), said)
        self.run, self._kept = changed, messages

    async def _suspend(self) -> Suspended:
        if not self._logbook.questions:
            raise PermanentError("a tool put its call off, and nobody can be asked about it")
        asked = await self._runs.suspend(self.run, self._logbook.questions, self._clock.now())
        return Suspended(run=replace(self.run, status=RunStatus.SUSPENDED, boot=None), approvals=tuple(asked))

    async def let_go(self, status: RunStatus, why: str) -> None:
        """Give the claim back. Where that fails, the next one finds a run that nobody carries on."""
        try:
            await self._runs.save(replace(self.run, status=status, error=why), self._clock.now())
        except EngineError as error:
            logger.warning("run %d could not be given back: %s", self.run.id, error, extra={"goal": self.run.goal})


def _text_of(event: object) -> str:
    """What an event of a stream adds to the text of the answer."""
    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""


def _still_held(kept: Sequence[ModelMessage], messages: Sequence[ModelMessage]) -> int:
    """How many messages are those that were kept: one that is kept is never changed, only replaced."""
    both = zip(kept, messages, strict=False)
    return next((place for place, (old, new) in enumerate(both) if old is not new), min(len(kept), len(messages)))


def _tell_apart(answer: ModelResponse, messages: Sequence[ModelMessage]) -> None:
    """Give calls whose ids were used before in this run others of their own: all that is kept goes by them."""
    used = {
        part.tool_call_id
        for message in messages
        if isinstance(message, ModelResponse) and message is not answer
        for part in message.parts
        if isinstance(part, ToolCallPart)
    }
    for part in answer.parts:
        if not isinstance(part, ToolCallPart):
            continue
        name, count = part.tool_call_id, 1
        while part.tool_call_id in used:
            count += 1
            part.tool_call_id = f"{name}.{count}"
        used.add(part.tool_call_id)
