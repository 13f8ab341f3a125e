"""One worker a chat: the work of one chat goes in order, different chats go side by side."""

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType

from engine.values import ChatId


class Crew:
    """Holds at most one running task for each chat. `when_done` is called whenever one of them has ended.

    An async context manager: leaving it waits for all, an error or a cancellation takes them all down.
    """

    def __init__(self, when_done: Callable[[], None]) -> None:
        self._when_done = when_done
        self._group: asyncio.TaskGroup | None = None  # None outside the context
        self._busy: set[ChatId | None] = set()

    async def __aenter__(self) -> "Crew":
        self._group = await asyncio.TaskGroup().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        group, self._group = self._group, None
        if group is not None:
            await group.__aexit__(kind, error, trace)

    @property
    def is_idle(self) -> bool:
        """Whether nobody works."""
        return not self._busy

    def is_busy(self, chat: ChatId | None) -> bool:
        """Whether this chat is being worked for; None is the lane of what belongs to no chat."""
        return chat in self._busy

    @property
    def busy(self) -> frozenset[ChatId | None]:
        """Chats that are being worked for.

        Whoever looks for work asks before the query: what is found then for a chat that was busy may be done by now.
        """
        return frozenset(self._busy)

    def start(self, chat: ChatId | None, work: Callable[[], Coroutine[object, object, None]]) -> None:
        """Begin a chat's work, unless it is being worked for or the crew has gone home."""
        if self._group is None or chat in self._busy:
            return
        self._busy.add(chat)
        task = self._group.create_task(work(), name=f"chat {chat}")
        task.add_done_callback(lambda _: self._done(chat))

    def _done(self, chat: ChatId | None) -> None:
        self._busy.discard(chat)
        self._when_done()
