"""aiogram's way to the simulator in the same process: what its HTTP session does, without the network."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import InputFile
from aiohttp import ClientResponseError, RequestInfo
from multidict import CIMultiDict, CIMultiDictProxy
from pydantic import JsonValue
from yarl import URL

from bot.local.faults import ConnectionLost
from bot.local.messages import JsonObject, Upload
from bot.local.refusals import Refusal, file_not_found, unauthorized
from bot.local.simulator import Simulator


class SimulatorSession(BaseSession):
    """Carries each method of a bot to a `Simulator`; closing the session leaves the simulator open."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__()
        self._simulator = simulator

    async def close(self) -> None:
        """There is nothing to close."""

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's own signature; seconds, None: the session's
    ) -> TelegramType:
        """Call the simulator; raises aiogram's exceptions for refusals, lost connections and late answers."""
        limit = self.timeout if timeout is None else timeout
        try:
            async with asyncio.timeout(limit or None):
                await asyncio.sleep(0)  # as on a network, others get a turn before the call arrives
                status, content = await self._answer(bot, method)
        except TimeoutError as error:
            raise TelegramNetworkError(method=method, message="Request timeout error") from error
        except ConnectionLost as error:
            message = f"ServerDisconnectedError: {error}"
            raise TelegramNetworkError(method=method, message=message) from error
        response = self.check_response(bot=bot, method=method, status_code=status, content=content)
        return cast(TelegramType, response.result)  # check_response raised if there is none

    async def _answer(self, bot: Bot, method: TelegramMethod[TelegramType]) -> tuple[int, str]:
        """The HTTP status and body that Telegram would send."""
        try:
            if bot.token != self._simulator.token:
                raise unauthorized()
            params, files = await self._form(bot, method)
            result = await self._simulator.call(method.__api_method__, params, files)
        except Refusal as refusal:
            return refusal.error_code, json.dumps(refusal.body())
        answer: JsonObject = {"ok": True, "result": result}
        return 200, json.dumps(answer)

    async def _form(
        self, bot: Bot, method: TelegramMethod[TelegramType]
    ) -> tuple[dict[str, JsonValue], dict[str, Upload]]:
        """The fields that aiogram's HTTP session would put into the form: strings, and files by key."""
        attached: dict[str, InputFile] = {}
        params: dict[str, JsonValue] = {}
        for name, value in method.model_dump(warnings=False).items():
            prepared = self.prepare_value(value, bot=bot, files=attached)
            if prepared:
                params[name] = prepared
        files: dict[str, Upload] = {}
        for key, file in attached.items():
            content = b"".join([chunk async for chunk in file.read(bot)])
            files[key] = Upload(name=file.filename or key, content=content)
        return params, files

    async def stream_content(
        self,
        url: str,
        headers: dict[str, str] | None = None,  # None: none; not needed here
        timeout: int = 30,  # noqa: ASYNC109 - aiogram's own signature; seconds
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        """The bytes of a file that `getFile` told the path of, in pieces."""
        del headers, timeout
        prefix = self.api.file_url(self._simulator.token, "")
        try:
            if not url.startswith(prefix):
                raise file_not_found()
            content = self._simulator.download(url.removeprefix(prefix))
        except Refusal as refusal:
            if not raise_for_status:
                yield json.dumps(refusal.body()).encode()
                return
            request = RequestInfo(URL(url), "GET", CIMultiDictProxy(CIMultiDict()), URL(url))
            raise ClientResponseError(request, (), status=refusal.error_code, message="Not Found") from refusal
        for begin in range(0, len(content), chunk_size):
            yield content[begin : begin + chunk_size]
