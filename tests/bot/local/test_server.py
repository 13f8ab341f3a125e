"""The simulator over HTTP: aiogram's own session against it, forms of all kinds, and the experimenter's side."""

import asyncio
import base64
import io
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramUnauthorizedError
from aiogram.types import BufferedInputFile
from aiohttp import ClientSession, FormData, ServerDisconnectedError

from bot.local.faults import ConnectionLost, Fault, FaultKind
from bot.local.server import SimulatorServer

ANN = {"id": 7, "first_name": "Ann"}


@pytest.fixture
async def server(simulator):
    async with SimulatorServer(simulator) as running:
        yield running


@pytest.fixture
async def http(server):
    async with ClientSession(server.base) as session:
        yield session


@pytest.fixture
async def bot(server):
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.base))
    yield Bot("42:TEST", session=session)
    await (await session.create_session()).close()


@pytest.fixture
def control(http):
    async def post(deed, **body):
        async with http.post(f"/control/{deed}", json=body) as answer:
            return answer.status, await answer.json()

    return post


@pytest.fixture
def look(http):
    async def get(what, **query):
        async with http.get(f"/control/{what}", params=query) as answer:
            return await answer.json()

    return get


async def test_aiograms_own_session_works_against_it(bot, control, look):
    assert await control("say", user=ANN, text="/start") == (200, {"result": 1})
    updates = await bot.get_updates(timeout=1)
    assert updates[0].message.text == "/start"
    await bot.send_message(7, "<b>hi</b>", parse_mode="HTML")
    sent = await bot.send_document(7, BufferedInputFile(b"abc", "ä.txt"), caption="file")
    into = io.BytesIO()
    await bot.download(sent.document, into)
    assert into.getvalue() == b"abc"
    history = await look("history", chat_id=7)
    assert [(one["from_bot"], one["text"]) for one in history] == [(False, "/start"), (True, "hi"), (True, "file")]
    assert Path(history[2]["file"]["path"]).read_bytes() == b"abc"


async def test_faults_reach_the_other_process_as_they_would_from_telegram(bot, control, look):
    await control("say", user=ANN, text="/start")
    await control("fault", kind="too_many_requests", retry_after=7)
    with pytest.raises(TelegramRetryAfter) as flood:
        await bot.send_message(7, "a")
    assert flood.value.retry_after == 7
    await control("fault", kind="lost_answer", method="sendMessage")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(7, "delivered")
    assert (await look("history", chat_id=7))[-1]["text"] == "delivered"
    await control("fault", kind="down", times=None)
    with pytest.raises(TelegramNetworkError):
        await bot.get_me()
    await control("clear")
    assert (await bot.get_me()).id == 42
    assert (await look("state"))["faults_met"] == 3


async def test_a_wrong_token_is_unauthorized(bot, http):
    other = Bot("43:OTHER", session=bot.session)
    with pytest.raises(TelegramUnauthorizedError):
        await other.get_me()
    async with http.get("/file/bot43:OTHER/documents/x") as answer:
        assert answer.status == 401


async def test_parameters_come_as_json_form_multipart_or_query(http, control):
    await control("say", user=ANN, text="/start")
    multipart = FormData(default_to_multipart=True)
    for name, value in (("chat_id", "7"), ("text", "hi")):
        multipart.add_field(name, value)
    for body in ({"json": {"chat_id": 7, "text": "hi"}}, {"data": {"chat_id": "7", "text": "hi"}}, {"data": multipart}):
        async with http.post("/bot42:TEST/sendmessage", **body) as answer:
            assert (await answer.json())["result"]["text"] == "hi"
    async with http.get("/bot42:TEST/sendMessage", params={"chat_id": 7, "text": "hi"}) as answer:
        assert (await answer.json())["ok"] is True


async def test_bad_bodies_and_wrong_calls_are_refused(http):
    async with http.post("/bot42:TEST/getMe", data="{", headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 400
    async with http.post("/bot42:TEST/getMe", json={"pigeon": 1}) as answer:
        assert (await answer.json())["description"] == (
            "Bad Request: the simulator says: getMe has no parameter «pigeon», or the simulator doesn't know it"
        )
    async with http.post("/bot42:TEST/nothing") as answer:
        assert await answer.json() == {
            "ok": False,
            "error_code": 404,
            "description": "Not Found: method not found",
        }


async def test_the_experimenter_does_what_a_person_does(bot, control, look):
    await control("say", user=ANN, text="/start")
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    await bot.send_message(7, "a", reply_markup=keyboard)
    assert (await control("press", user=ANN, chat_id=7, label="Go"))[0] == 200
    assert (await control("press", user=ANN, chat_id=7, message_id=99, data="made up"))[0] == 200
    content = base64.b64encode(b"abc").decode()
    assert (await control("file", user=ANN, name="a.txt", content=content))[0] == 200
    assert (await control("edit", user=ANN, chat_id=7, message_id=1, text="/help"))[0] == 200
    assert (await control("delete", chat_id=7, message_id=1))[0] == 200
    assert (await control("block", user=ANN))[0] == 200
    assert (await control("unblock", user=ANN))[0] == 200
    assert (await control("flood", enabled=False))[0] == 200
    kinds = [sorted(update.model_dump(exclude_none=True))[0] for update in await bot.get_updates()]
    assert kinds == [
        "message",
        "callback_query",
        "callback_query",
        "message",
        "edited_message",
        "my_chat_member",
        "my_chat_member",
    ]
    events = await look("events", after=2)
    assert [event["event"] for event in events] == [
        "ButtonPressed",
        "ButtonPressed",
        "PersonSaid",
        "PersonEdited",
        "MessageDeleted",
        "BotBlocked",
        "BotBlocked",
    ]
    assert events[0]["number"] == 3
    assert (await look("state"))["pending_updates"] == 7


async def test_a_deed_that_can_not_be_is_told_why(control):
    assert await control("press", user=ANN, chat_id=7, label="No") == (
        400,
        {"error": "there is no button «No» in chat 7"},
    )
    assert (await control("say", user=ANN))[1] == {"error": "«text» is a string"}
    assert (await control("fault", kind="earthquake"))[0] == 400
    assert (await control("file", user=ANN, name="a", content="?"))[1] == {"error": "«content» is base64"}
    assert (await control("dance"))[0] == 404


async def test_stopping_ends_a_long_poll_and_a_hanging_call(simulator, chat):
    async with asyncio.timeout(5), ClientSession() as session:
        async with SimulatorServer(simulator) as running, asyncio.TaskGroup() as group:
            await (await session.get(f"{running.base}/bot42:TEST/getUpdates", params={"offset": 2})).read()
            simulator.faults.add(Fault(kind=FaultKind.HANG, method="sendMessage"))
            poll = group.create_task(session.get(f"{running.base}/bot42:TEST/getUpdates", params={"timeout": 50}))
            hang = group.create_task(fails(session.get(f"{running.base}/bot42:TEST/sendMessage")))
            while simulator.faults.met == 0:
                await asyncio.sleep(0)
            simulator.close()
        assert poll.result().status == 502
        assert hang.result()
    with pytest.raises(ConnectionLost):
        await simulator.call("sendMessage", {"chat_id": chat, "text": "a"})


async def fails(request):
    with pytest.raises(ServerDisconnectedError):
        await request
    return True


@pytest.mark.long  # a process of its own; the others serve from the test's
def test_the_command_line_prints_its_port_serves_and_goes_on_after_a_kill(tmp_path):
    journal = tmp_path / "chat.jsonl"
    command = [sys.executable, "-m", "bot.local.server", "--token", "42:TEST", "--journal", str(journal)]
    root = Path(__file__).parents[3]

    def run(how):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
            try:
                yield json.loads(process.stdout.readline())["port"]
            finally:
                os.kill(process.pid, how)
                process.wait(10)
        codes.append(process.returncode)

    def post(port, path, body):
        request = Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)["result"]

    codes = []
    running = contextmanager(run)
    with running(signal.SIGKILL) as port:
        assert post(port, "/control/say", {"user": ANN, "text": "/start"}) == 1
    with running(signal.SIGTERM) as port:
        assert post(port, "/control/say", {"user": ANN, "text": "again"}) == 2
        assert [update["update_id"] for update in post(port, "/bot42:TEST/getUpdates", {})] == [1, 2]
    assert codes == [-signal.SIGKILL, 0]
