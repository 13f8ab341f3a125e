"""The simulator over HTTP, on loopback only, for a bot in another process: `python -m bot.local.server`.

`/bot<token>/<method>` and `/file/bot<token>/<path>` are the Bot API; `/control/...` is for whoever runs the
experiment (see `bot.local.control`). The bound port goes to stdout as one line of JSON; SIGTERM ends it.
"""

import argparse
import asyncio
import json
import logging
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from aiohttp import web
from pydantic import JsonValue

from bot.local.control import add_control
from bot.local.faults import ConnectionLost
from bot.local.files import MAX_UPLOAD, MEGABYTE
from bot.local.journal import last_moment
from bot.local.limits import FloodLimits
from bot.local.messages import Upload
from bot.local.refusals import Refusal, WrongCall, bad_request, unauthorized
from bot.local.simulator import Simulator
from engine.clock import SystemClock

logger = logging.getLogger(__name__)
SIMULATOR: web.AppKey[Simulator] = web.AppKey("simulator", Simulator)


def make_app(simulator: Simulator) -> web.Application:
    """The web application around a simulator."""
    app = web.Application(client_max_size=MAX_UPLOAD + 10 * MEGABYTE)
    app[SIMULATOR] = simulator
    app.router.add_route("*", "/bot{token:[^/]+}/{method}", _call)
    app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", _download)
    add_control(app, simulator)
    return app


async def _call(request: web.Request) -> web.StreamResponse:
    """A Bot API method."""
    simulator = request.app[SIMULATOR]
    try:
        if request.match_info["token"] != simulator.token:
            raise unauthorized()
        params, files = await _read(request)
        result = await simulator.call(request.match_info["method"], params, files)
    except Refusal as refusal:
        return web.json_response(refusal.body(), status=refusal.error_code)
    except WrongCall as mistake:
        logger.warning("a wrong call: %s", mistake)
        return web.json_response(bad_request(f"the simulator says: {mistake}").body(), status=400)
    except ConnectionLost:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=502)  # reaches nobody
    return web.json_response({"ok": True, "result": result})


async def _read(request: web.Request) -> tuple[dict[str, JsonValue], dict[str, Upload]]:
    """Parameters from the query, and from JSON, an urlencoded form or a multipart form with files."""
    params: dict[str, JsonValue] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError as error:
            raise bad_request("can't parse request: the body is no JSON") from error
        if not isinstance(body, dict):
            raise bad_request("can't parse request: an Object is expected")
        return params | cast(dict[str, JsonValue], body), files
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            with value.file as file:
                files[name] = Upload(name=value.filename, content=file.read())
        else:
            params[name] = value if isinstance(value, str) else bytes(value).decode()
    return params, files


async def _download(request: web.Request) -> web.StreamResponse:
    """A file that `getFile` told the path of."""
    simulator = request.app[SIMULATOR]
    try:
        if request.match_info["token"] != simulator.token:
            raise unauthorized()
        return web.Response(body=simulator.download(request.match_info["path"]))
    except Refusal as refusal:
        return web.json_response(refusal.body(), status=refusal.error_code)


class SimulatorServer:
    """A running server around a simulator; an async context manager. `base` is its address."""

    def __init__(self, simulator: Simulator, *, port: int = 0) -> None:
        self._runner = web.AppRunner(make_app(simulator), shutdown_timeout=1.0, access_log=None)
        self._simulator = simulator
        self.port = port  # 0: any that is free; the bound one once it runs

    @property
    def base(self) -> str:
        """What `TelegramAPIServer.from_base` takes."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> "SimulatorServer":
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(self, *error: object) -> None:
        self._simulator.close()
        await self._runner.cleanup()


async def serve(arguments: argparse.Namespace) -> None:
    """Run until SIGTERM or SIGINT."""
    journal: Path = arguments.journal
    epoch = last_moment(journal) if arguments.speed != 1 else None  # None: the present
    simulator = Simulator(
        token=arguments.token,
        clock=SystemClock(speed=arguments.speed, epoch=epoch),
        journal=journal,
        flood=FloodLimits() if arguments.flood else FloodLimits.off(),
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with SimulatorServer(simulator, port=arguments.port) as server:
        sys.stdout.write(json.dumps({"port": server.port}) + "\n")
        sys.stdout.flush()
        await stop.wait()


def main(words: Sequence[str] | None = None) -> None:
    """Parse the command line (`words` None: the process's own) and serve."""
    parser = argparse.ArgumentParser(prog="python -m bot.local.server", description="A strict Telegram on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any that is free")
    parser.add_argument("--token", required=True, help="the bot's token, such as 42:TEST")
    parser.add_argument("--journal", type=Path, required=True, help="the file that keeps the chats")
    parser.add_argument("--speed", type=float, default=1.0, help="how many times faster message dates run")
    parser.add_argument("--no-flood", dest="flood", action="store_false", help="no flood control")
    asyncio.run(serve(parser.parse_args(words)))


if __name__ == "__main__":
    main()
