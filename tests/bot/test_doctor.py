"""The doctor: each trouble in words that say what to do, against real files and a real little HTTP server."""

import contextlib
import dataclasses
import datetime as dt
import email.utils
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import doctor
from bot.doctor import Finding, Level, examine
from bot.settings import Settings
from engine.workspace.sandbox.fitness import Fitness
from storage.database import open_database
from storage.process_lock import ProcessLock

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


class NoTrial:
    """A sandbox of which it is known how it stands; trying a real one takes a second."""

    known = Fitness()

    def __init__(self, *, unsandboxed: bool) -> None:
        self._unsandboxed = unsandboxed

    async def fitness(self) -> Fitness:
        return dataclasses.replace(self.known, unsandboxed=self._unsandboxed)


@pytest.fixture(autouse=True)
def sandbox(monkeypatch: pytest.MonkeyPatch) -> type[NoTrial]:
    monkeypatch.setattr(doctor, "Sandbox", NoTrial)
    monkeypatch.setattr(NoTrial, "known", Fitness())
    return NoTrial


class StillClock:
    """A clock that stands."""

    def now(self) -> dt.datetime:
        return NOW

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("the doctor sleeps for nobody")


class Telegram:
    """What a Bot API server would answer."""

    def __init__(self) -> None:
        self.known = TOKEN
        self.webhook = ""
        self.moment = NOW
        self.plain = False
        self.status = 200

    async def answer(self, request: web.Request) -> web.Response:
        headers = {"Date": email.utils.format_datetime(self.moment, usegmt=True)}
        if self.plain:
            return web.Response(text="<html>hello</html>", headers=headers)
        if self.status != 200:
            body: dict[str, object] = {"ok": False, "error_code": self.status, "description": "Bad Gateway"}
            return web.json_response(body, status=self.status, headers=headers)
        if not request.path.startswith(f"/bot{self.known}/"):
            body = {"ok": False, "error_code": 401, "description": "Unauthorized"}
            return web.json_response(body, status=401, headers=headers)
        result = {
            "getMe": {"id": 1, "username": "my_bot", "first_name": "Mine"},
            "getWebhookInfo": {"url": self.webhook},
        }
        return web.json_response({"ok": True, "result": result[request.path.rpartition("/")[2]]}, headers=headers)


@contextlib.asynccontextmanager
async def serving(telegram: Telegram) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", telegram.answer)
    async with TestServer(application) as server:
        yield str(server.make_url("/"))


def settings(tmp_path: Path, address: str = "http://127.0.0.1:1", **more: object) -> Settings:
    values = {"database": tmp_path / "milepost.db", "telegram_api": address} | more
    return Settings.model_validate(values)


def about(findings: list[Finding], subject: str) -> Finding:
    (found,) = [finding for finding in findings if finding.subject == subject]
    return found


async def test_all_is_well_with_a_good_token_and_a_good_database(tmp_path: Path) -> None:
    async with open_database(tmp_path / "milepost.db", clock=StillClock()):
        pass
    async with serving(Telegram()) as address:
        findings = await examine(settings(tmp_path, address, bot_token=TOKEN, owner_ids=(1,)), StillClock())
    assert [finding.level for finding in findings] == [Level.OK] * len(findings)
    assert "@my_bot" in about(findings, "token").text
    assert "0 goals" in about(findings, "database").text


async def test_without_a_token_the_local_chat_is_named(tmp_path: Path) -> None:
    async with serving(Telegram()) as address:
        findings = await examine(settings(tmp_path, address), StillClock())
    assert "local chat" in about(findings, "token").text
    assert "first start makes it" in about(findings, "database").text
    assert {finding.level for finding in findings} == {Level.OK}


async def test_a_token_without_owners_is_a_warning(tmp_path: Path) -> None:
    async with serving(Telegram()) as address:
        findings = await examine(settings(tmp_path, address, bot_token=TOKEN), StillClock())
    assert about(findings, "owners").level is Level.WARN


async def test_a_wrong_token_is_said_so(tmp_path: Path) -> None:
    telegram = Telegram()
    telegram.known = "1:other"
    async with serving(telegram) as address:
        found = about(await examine(settings(tmp_path, address, bot_token=TOKEN), StillClock()), "token")
    assert found.level is Level.FAIL
    assert "does not know this token" in found.text
    assert "@BotFather" in found.remedy
    assert "AAH" not in found.text + found.remedy


@pytest.mark.parametrize(
    ("plain", "status", "words"), [(True, 200, "no Bot API server"), (False, 502, "502: Bad Gateway")]
)
async def test_a_strange_answer_is_told(tmp_path: Path, plain: bool, status: int, words: str) -> None:
    telegram = Telegram()
    telegram.plain, telegram.status = plain, status
    async with serving(telegram) as address:
        found = about(await examine(settings(tmp_path, address, bot_token=TOKEN), StillClock()), "token")
    assert found.level is Level.FAIL
    assert words in found.text


async def test_no_network_fails_with_a_token_and_warns_without(tmp_path: Path) -> None:
    with_token = await examine(settings(tmp_path, bot_token=TOKEN), StillClock())
    without = await examine(settings(tmp_path), StillClock())
    assert about(with_token, "network").level is Level.FAIL
    assert about(without, "network").level is Level.WARN
    assert "AAH" not in about(with_token, "network").text


async def test_a_webhook_that_is_set_is_found(tmp_path: Path) -> None:
    telegram = Telegram()
    telegram.webhook = "https://example.org/hook"
    async with serving(telegram) as address:
        found = about(await examine(settings(tmp_path, address, bot_token=TOKEN), StillClock()), "webhook")
    assert found.level is Level.FAIL
    assert "example.org" in found.text


@pytest.mark.parametrize(("seconds", "words"), [(-3600, "3600 s ahead"), (120, "120 s behind")])
async def test_a_wrong_clock_is_found(tmp_path: Path, seconds: int, words: str) -> None:
    telegram = Telegram()
    telegram.moment = NOW + dt.timedelta(seconds=seconds)
    async with serving(telegram) as address:
        found = about(await examine(settings(tmp_path, address), StillClock()), "clock")
    assert found.level is Level.FAIL
    assert words in found.text


async def test_a_database_in_use_is_a_warning_that_names_the_process(tmp_path: Path) -> None:
    async with open_database(tmp_path / "milepost.db", clock=StillClock()):
        found = about(await examine(settings(tmp_path), StillClock()), "database")
    assert found.level is Level.WARN
    assert "another Milepost (process" in found.text


async def test_the_look_leaves_the_lock_free(tmp_path: Path) -> None:
    async with open_database(tmp_path / "milepost.db", clock=StillClock()):
        pass
    await examine(settings(tmp_path), StillClock())
    lock = ProcessLock(tmp_path / "milepost.db.lock")
    lock.take()
    lock.release()


async def test_a_damaged_database_is_found(tmp_path: Path) -> None:
    (tmp_path / "milepost.db").write_bytes(b"this is no database at all" * 100)
    found = about(await examine(settings(tmp_path), StillClock()), "database")
    assert found.level is Level.FAIL
    assert "restore a back-up" in found.remedy


async def test_a_newer_database_is_found(tmp_path: Path) -> None:
    path = tmp_path / "milepost.db"
    async with open_database(path, clock=StillClock()):
        pass
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '999' WHERE name = 'schema_version'")
    found = about(await examine(settings(tmp_path), StillClock()), "database")
    assert found.level is Level.FAIL
    assert "newer Milepost" in found.text


async def test_a_folder_that_is_a_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    chosen = settings(tmp_path, database=tmp_path / "data" / "milepost.db")
    assert about(await examine(chosen, StillClock()), "folder").level is Level.FAIL


async def test_a_folder_to_come_is_named(tmp_path: Path) -> None:
    chosen = settings(tmp_path, database=tmp_path / "a" / "b" / "milepost.db")
    found = about(await examine(chosen, StillClock()), "folder")
    assert found.level is Level.OK
    assert "will be made" in found.text


@pytest.mark.parametrize(("free", "level"), [(10**6, Level.FAIL), (10**8, Level.WARN), (10**10, Level.OK)])
async def test_little_room_on_the_disk_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert about(await examine(settings(tmp_path), StillClock()), "disk").level is level


async def test_a_repository_that_is_listed_twice_is_told(tmp_path: Path) -> None:
    for part in ("api/.git/objects", "api/.git/refs"):
        (tmp_path / part).mkdir(parents=True)
    (tmp_path / "api" / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "link").symlink_to("api")
    listed = f"api={tmp_path / 'api'},backend={tmp_path / 'link'}"
    found = await examine(settings(tmp_path, repositories=listed), StillClock())
    told = [(one.level, one.text) for one in found if one.subject == "code"]
    assert told == [
        (Level.OK, f"api is a repository at {tmp_path / 'api'}"),
        (Level.FAIL, "backend is the same repository as api, under which it is used"),
    ]


def test_the_report_has_a_line_each_and_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(settings(tmp_path)) == 0
    assert doctor.main(settings(tmp_path, bot_token=TOKEN)) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert all(line[:5].strip() in ("ok", "warn", "fail") for line in out.splitlines())
    assert "-> check the connection" in out
    assert "AAH" not in out


async def test_a_folder_that_is_there_is_not_called_missing_because_its_path_is_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = await examine(settings(Path()), StillClock())
    assert "will be made" not in about(found, "folder").text


@pytest.mark.parametrize("more", [{}, {"bot_token": TOKEN}])
async def test_without_a_network_token_and_clock_still_have_their_lines(
    tmp_path: Path, more: dict[str, object]
) -> None:
    found = await examine(settings(tmp_path, **more), StillClock())
    assert about(found, "clock").remedy
    assert about(found, "token").text


@pytest.mark.parametrize(("unsandboxed", "told"), [(False, "goals that run code wait"), (True, "WITHOUT a sandbox")])
async def test_a_missing_sandbox_is_a_warning_with_what_to_install(
    tmp_path: Path, sandbox: type[NoTrial], unsandboxed: bool, told: str
) -> None:
    sandbox.known = Fitness(faults=("bwrap is not installed",), remedy="install it: apt install bubblewrap")
    async with serving(Telegram()) as address:
        findings = await examine(settings(tmp_path, address, unsandboxed=unsandboxed), StillClock())
    found = about(findings, "sandbox")
    assert (found.level, found.remedy) == (Level.WARN, "install it: apt install bubblewrap")
    assert "bwrap is not installed" in found.text
    assert told in found.text
