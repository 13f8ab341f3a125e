"""Runs that are wanted next: their files are laid out in sandboxes while something else goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Generic, TypeVar

_Asked = TypeVar("_Asked")
_Came = TypeVar("_Came")


class RunsAhead(Generic[_Asked, _Came]):
    """Those of one bench, by what is asked of them; none goes on when this is left, and outside it none is laid."""

    def __init__(self) -> None:
        self._group: asyncio.TaskGroup | None = None  # None outside the context
        self._laid: list[tuple[_Asked, asyncio.Event, asyncio.Future[_Came]]] = []
        self._runs: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> None:
        self._group = await asyncio.TaskGroup().__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        group, self._group = self._group, None
        await self.drop()
        if group is not None:
            await group.__aexit__(None, None, None)  # what was raised goes on as it is

    def lay(self, asked: _Asked, run: Callable[[asyncio.Event], Awaitable[_Came]]) -> None:
        """Begin a run that goes no further than its files until the event is set."""
        if self._group is None:
            return
        may_go, came = asyncio.Event(), asyncio.get_running_loop().create_future()
        self._laid.append((asked, may_go, came))
        self._runs.append(self._group.create_task(_brought(run(may_go), came)))

    def taken(self, asked: _Asked) -> Awaitable[_Came] | None:
        """Let a run go on for which just this was asked; None where none was laid."""
        for one in self._laid:
            known, may_go, came = one
            if known == asked:
                self._laid.remove(one)
                may_go.set()
                return asyncio.shield(came)  # the run itself ends with the bench
        return None

    async def drop(self) -> None:
        """Put an end to those that nobody asked for."""
        for run in self._runs:
            run.cancel()
        await asyncio.gather(*self._runs, return_exceptions=True)
        self._runs.clear()
        self._laid.clear()


async def _brought(run: Awaitable[_Came], came: asyncio.Future[_Came]) -> None:
    """Whatever comes of it is for whoever asks for it, and for nobody else."""
    try:
        result = await run
    except Exception as error:
        came.set_exception(error)
        came.exception()  # and nobody need ask
    else:
        came.set_result(result)
