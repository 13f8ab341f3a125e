"""What the tests of works share: contexts, and a real web server on this machine."""

import datetime as dt
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from engine.tasks import Expectation, Task
from engine.values import GoalId, JsonValue, TaskNumber
from engine.work import WorkContext

NOW = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)
MakeContext = Callable[..., WorkContext]


async def _report(count: int) -> None:
    return None


@pytest.fixture
def make_context() -> MakeContext:
    def make(expected: Expectation | None = None, **inputs: JsonValue) -> WorkContext:
        task = Task(number=TaskNumber(1), title="a task", inputs=inputs, expected=expected or Expectation(summary=""))
        return WorkContext(
            goal_id=GoalId(1),
            goal_name="a goal",
            task=task,
            inputs=inputs,
            attempt=1,
            now=lambda: NOW,
            report=_report,
        )

    return make


class Site:
    """A web server on loopback; `routes` maps paths to handlers and may be filled while it runs."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[[web.Request], web.StreamResponse | Awaitable[web.StreamResponse]]] = {}
        self.seen: list[web.Request] = []
        self.port = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        answer = self.routes[request.path](request)
        return await answer if inspect.isawaitable(answer) else answer

    def answer(self, path: str, **response: object) -> str:
        """Answer that path with such a response from now on. Returns the address."""
        self.routes[path] = lambda request: web.Response(**response)  # type: ignore[arg-type] # aiohttp checks them
        return self.url(path)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        assert server.port is not None
        site.port = server.port
        yield site
