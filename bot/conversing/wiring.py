"""Lets the engine answer turns with the configured models. Nothing of them is imported before the first turn."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial

from aiogram import Bot

from bot.conversing.drafts import Drafts
from bot.conversing.fetching import fetch
from bot.models.on_demand import UNUSABLE, MadeOnce, ModelsOnDemand
from engine.agents.conversation.reply import Reply, Trouble
from engine.agents.conversation.talk import Turn
from engine.agents.conversation.turns import After, Answer
from engine.errors import StoreError
from engine.goal_execution import GoalExecution
from engine.records import Outgoing
from handlers.views.answers import answer_messages

logger = logging.getLogger(__name__)

_LOADED_LATE = (
    "bot.models.making",
    "engine.agents.conversation.remembering",
    "engine.agents.conversation.talker",
    "telegramify_markdown",
)
"""What takes seconds to import."""


def converse(engine: GoalExecution, models: ModelsOnDemand, bot: Bot, drafts: Drafts, told: Callable[[], None]) -> None:
    """From now on turns are answered; `told` is called when answers were queued."""
    talk = _TalkOnDemand(engine, models, bot, drafts)
    turns = engine.turns
    turns.answer, turns.word, turns.after, turns.on_told = talk.answer, talk.word, talk.after, told


class _TalkOnDemand:
    """Who answers turns (`engine/agents/conversation/`), made at the first need."""

    def __init__(self, engine: GoalExecution, models: ModelsOnDemand, bot: Bot, drafts: Drafts) -> None:
        self._engine = engine
        self._models = models
        self._bot = bot
        self._drafts = drafts
        self._talk = MadeOnce(_LOADED_LATE, self._make)

    async def answer(self, turn: Turn) -> Reply:
        """What comes of a turn; where there can be no model, that is told."""
        self._drafts.begin(turn)
        try:
            return await self._answered(turn)
        except BaseException:  # whatever it is, nothing more grows
            self._drafts.drop(turn)
            raise

    async def _answered(self, turn: Turn) -> Reply:
        try:
            answer, _ = await self._talk.get()
        except StoreError:
            raise
        except UNUSABLE as error:
            logger.warning("no model can answer: %s", error)
            return Reply(trouble=Trouble.UNUSABLE)
        return await answer(turn)

    async def word(self, turn: Turn, reply: Reply) -> Sequence[Outgoing]:
        """What came of it as messages; what has shown the answer as it grew becomes the answer."""
        turn = await self._drafts.end(turn)
        if reply.waits:  # the question is a message of its own
            return ()
        return await asyncio.to_thread(answer_messages, turn, reply)

    async def after(self, turn: Turn) -> None:
        """Keep what was said bounded."""
        if self._talk.made is not None:
            _, tidy = self._talk.made
            await tidy(turn)

    async def _make(self) -> tuple[Answer, After]:
        from bot.models.making import models_of  # noqa: PLC0415 - no start is to wait for it
        from engine.agents.conversation.remembering import Memory  # noqa: PLC0415 - the same
        from engine.agents.conversation.talker import Outside, Talker  # noqa: PLC0415 - the same

        models = await models_of(self._models)
        outside = Outside(fetch=partial(fetch, self._bot), show=self._drafts.show)
        talker = await asyncio.to_thread(Talker, models, self._engine, outside)  # schemas are built
        memory = Memory(models, self._engine.accounts, self._engine.clock)
        return talker.answer, memory.tidy
