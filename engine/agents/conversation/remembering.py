"""Keeps what was said bounded: what is long ago is summed up by the small model, or left out. Imports pydantic-ai."""

import asyncio
import logging
from dataclasses import replace

from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import UsageLimits

from engine.agents.accounts import Accounts
from engine.agents.calls import Purpose
from engine.agents.conversation import prompts
from engine.agents.conversation.talk import Line, TalkHistory, Turn
from engine.agents.faults import model_faults
from engine.agents.models import Models
from engine.clock import Clock
from engine.errors import EngineError
from engine.planning.criteria.wording import bounded, crop

logger = logging.getLogger(__name__)

MOST_LINES, MOST_SIGNS = 40, 24_000
"""Of what was said: beyond either, the older half is summed up."""
KEPT_LINES = 16
LONGEST = 60.0
"""Real seconds of summing up."""
_MOST_SUMMARY = 3_000
_MOST_TOKENS = 1_000
_MOST_LINE = 4_000


def as_messages(history: TalkHistory) -> list[ModelMessage]:
    """What was said before and fits, as a model is told it: words alone, since how things stand is looked up anew."""
    messages: list[ModelMessage] = []
    memory = prompts.remembered(history)
    if memory:
        messages.append(ModelRequest(parts=[UserPromptPart(content=memory)]))
    for line in history.lines:
        text = bounded(line.text, _MOST_LINE) or "…"
        if line.by_bot:
            messages.append(ModelResponse(parts=[TextPart(content=text)]))
        else:
            said = prompts.passed_on(text) if line.of_others else text
            messages.append(ModelRequest(parts=[UserPromptPart(content=said, timestamp=line.at)]))
    return messages


def newest(history: TalkHistory) -> TalkHistory:
    """The lines that fit, whatever became of summing up the others."""
    kept: list[Line] = []
    signs = 0
    for line in reversed(history.lines):
        signs += min(len(line.text), _MOST_LINE)
        if len(kept) >= MOST_LINES or signs > MOST_SIGNS:
            break
        kept.append(line)
    return replace(history, lines=tuple(reversed(kept)))


class Memory:
    """Sums up conversations with the small model, charged to the chat's day."""

    def __init__(self, models: Models, accounts: Accounts, clock: Clock) -> None:
        self._models = models
        self._accounts = accounts
        self._clock = clock
        self._agent: Agent[None, str] = Agent(output_type=str, instructions=prompts.SUMMARY, retries=0)

    async def tidy(self, turn: Turn) -> None:
        """After a turn: where too much is kept, its older part becomes a few lines, or is left out where that fails."""
        conversations = self._accounts.conversations
        history = await conversations.talk(turn)
        signs = sum(len(line.text) for line in history.lines)
        if len(history.lines) <= MOST_LINES and signs <= MOST_SIGNS:
            return
        old = replace(history, lines=history.lines[:-KEPT_LINES])
        if not old.lines:
            return
        summary = await self._summed_up(turn, old)
        await conversations.sum_up(turn, old.lines[-1].id, summary, self._clock.now())

    async def _summed_up(self, turn: Turn, old: TalkHistory) -> str | None:
        """None where it can't be done: then the old summary stays, and these lines are gone."""
        try:
            with model_faults():
                facts = await self._accounts.of_call(Purpose.SUMMARISE, chat=turn.chat)
                async with asyncio.timeout(LONGEST):
                    ended = await self._agent.run(
                        prompts.transcript(old),
                        model=self._models.for_calls(facts, small=True),
                        model_settings=ModelSettings(max_tokens=_MOST_TOKENS),
                        usage_limits=UsageLimits(request_limit=1),
                    )
        except (EngineError, TimeoutError) as error:
            logger.info("a conversation is cut instead of summed up: %s", error, extra={"chat": turn.chat})
            return None
        return crop(ended.output, _MOST_SUMMARY) or None
