"""Turns of conversations as jobs: found by query, also after a crash; one at a time in a chat and thread.

Nobody waits for one: a tap or a command is handled while the model thinks. Imports no pydantic-ai.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from engine.agents.conversation.reply import Reply, Trouble
from engine.agents.conversation.talk import Ending, Turn, TurnStatus
from engine.clock import Clock
from engine.errors import EngineError
from engine.execution.attempts import Spawn
from engine.ports import Conversations
from engine.records import Outgoing
from engine.values import ChatId

logger = logging.getLogger(__name__)

SIDE_BY_SIDE = 8
MOST_TRIES = 3
"""Runs of the program that may end in the middle of a turn."""
PAUSE = 2.0
"""Real seconds before what could not be read or written is tried again."""

Answer = Callable[[Turn], Awaitable[Reply]]
Word = Callable[[Turn, Reply], Awaitable[Sequence[Outgoing]]]
After = Callable[[Turn], Awaitable[None]]
Growing = Callable[[], Awaitable[str]]
"""What may be shown so far of an answer that is coming in."""
Place = tuple[ChatId, int]


async def _no_words(turn: Turn, reply: Reply) -> Sequence[Outgoing]:
    return ()


async def _nothing(turn: Turn) -> None:
    return None


class TurnRunner:
    """The turns of this process. `answer` is None where there is no model: then nothing is looked for."""

    def __init__(self, conversations: Conversations, clock: Clock, spawn: Spawn) -> None:
        self._conversations = conversations
        self._clock = clock
        self._spawn = spawn
        self._slots = asyncio.Semaphore(SIDE_BY_SIDE)
        self._active: dict[Place, asyncio.Task[None]] = {}
        self._looking: asyncio.Task[None] | None = None  # None while nobody looks
        self._rung = False
        self._has_looked = False
        self._stopped = False
        self.answer: Answer | None = None
        self.word: Word = _no_words
        """Puts what came of a turn into messages; none where it waits for a yes."""
        self.after: After = _nothing
        """What is to be done once a turn is answered."""
        self.on_told: Callable[[], None] = lambda: None
        """Called when messages were queued."""

    @property
    def is_idle(self) -> bool:
        """Whether no turn is under way or looked for, and whatever an earlier run left was found."""
        return not self._active and self._looking is None and (self._has_looked or self.answer is None)

    def ring(self) -> None:
        """Something may wait for a turn: look for it."""
        if self.answer is None or self._stopped:
            return
        self._rung = True
        if self._looking is None:
            try:
                self._looking = self._spawn(self._look(), name="turns")
            except EngineError:  # the engine does not run yet: it looks when it begins
                self._rung = False

    async def stop(self) -> None:
        """Begin none and cancel those under way: the next start finds them by query."""
        self._stopped = True
        tasks = [*self._active.values(), *([self._looking] if self._looking is not None else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)

    async def _look(self) -> None:
        try:
            while self._rung and not self._stopped:
                self._rung = False
                try:
                    turns = await self._conversations.turns(self._clock.now())
                except EngineError as error:
                    logger.warning("turns can't be looked up: %s", error)
                    self._rung = True
                    await asyncio.sleep(PAUSE)
                    continue
                self._has_looked = True
                for turn in turns:
                    place = (turn.chat, turn.thread)
                    if place not in self._active:
                        self._active[place] = self._spawn(self._run(turn), name=f"turn {turn.id}")
        finally:
            self._looking = None

    async def _run(self, turn: Turn) -> None:
        try:
            async with self._slots:
                await self._take(turn)
        except Exception as error:  # the border of one pass: the turn stays open, and is looked at again
            logger.exception("a turn failed: %s", error, extra={"chat": turn.chat})
            await asyncio.sleep(PAUSE)
        finally:
            del self._active[turn.chat, turn.thread]
            self.ring()

    async def _take(self, turn: Turn) -> None:
        assert self.answer is not None
        tries = await self._conversations.try_turn(turn.id)
        reply = await self.answer(turn) if tries <= MOST_TRIES else Reply(trouble=Trouble.BROKEN_OFF)
        messages = await self.word(turn, reply)
        others = turn.has_others or reply.of_others
        ending = Ending(status=_status(reply), words=reply.text, of_others=others)
        if await self._conversations.end_turn(turn, ending, messages, self._clock.now()):
            self.on_told()
        if not reply.waits:
            await self.after(turn)


def _status(reply: Reply) -> TurnStatus:
    if reply.waits:
        return TurnStatus.WAITING
    return TurnStatus.FAILED if reply.trouble is not None else TurnStatus.ANSWERED
