"""`milepost doctor`: looks at everything a bot needs and says, line by line, what is well and what to do."""

import asyncio
import datetime as dt
import email.utils
import json
import os
import shutil
import sys
import tempfile
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import aiohttp

from bot import log
from bot.settings import Settings
from engine.agents.checking import called, faults_of
from engine.agents.tools.checking import checked_roles, checked_servers
from engine.clock import Clock, SystemClock
from engine.errors import InvalidInputError, StoreError
from engine.planning.methods.sources import load_libraries
from engine.workspace.sandbox.sandbox import Sandbox
from engine.workspace.surveying import survey
from storage.database import open_database
from storage.reading import look_at

TELEGRAM = "https://api.telegram.org"
_PATIENCE = 10.0  # seconds for an answer of Telegram
_LOCAL_CHAT = "MILEPOST_BOT_TOKEN is not set: `milepost` opens the local chat"
_CLOCK_DRIFT = 30.0  # seconds; TLS, digests and deadlines bear no more
_LITTLE_DISK, _NO_DISK = 500_000_000, 20_000_000  # bytes


class Level(StrEnum):
    """How grave a finding is; `fail` makes the exit code 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was looked at, what was found, and what to do about it (empty: nothing)."""

    level: Level
    subject: str
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What a Bot API server answered: the HTTP status, the decoded body (None: no JSON), its clock (None: not told)."""

    status: int
    body: dict[str, object] | None
    date: dt.datetime | None


def main(settings: Settings) -> int:
    """Print all findings; the exit code is 1 when one of them is a failure."""
    log.set_up("WARNING", secret=settings.secrets)
    findings = asyncio.run(examine(settings, SystemClock()))
    for finding in findings:
        remedy = f" -> {finding.remedy}" if finding.remedy else ""
        line = log.redact(f"{finding.level:<5} {finding.subject:<10} {finding.text}{remedy}\n", settings.secrets)
        sys.stdout.write(line.encode(sys.stdout.encoding, "backslashreplace").decode(sys.stdout.encoding))
    return 1 if any(finding.level is Level.FAIL for finding in findings) else 0


async def examine(settings: Settings, clock: Clock) -> list[Finding]:
    """All findings, in the order in which one would mend them."""
    return [
        *_settings(settings),
        _zones(settings),
        *_methods(settings),
        _disk(settings.database),
        _folder(settings.database),
        _database(settings.database),
        *await _telegram(settings, clock),
        *await _models(settings, clock),
        *await _tools(settings),
        *await _repositories(settings),
        await _sandbox(settings),
    ]


def _ok(subject: str, text: str) -> Finding:
    return Finding(level=Level.OK, subject=subject, text=text)


def _warn(subject: str, text: str, remedy: str) -> Finding:
    return Finding(level=Level.WARN, subject=subject, text=text, remedy=remedy)


def _fail(subject: str, text: str, remedy: str) -> Finding:
    return Finding(level=Level.FAIL, subject=subject, text=text, remedy=remedy)


def _settings(settings: Settings) -> Iterator[Finding]:
    chosen = sorted(f"MILEPOST_{name.upper()}" for name in settings.model_fields_set)
    yield _ok("settings", f"read; set: {', '.join(chosen)}" if chosen else "read; all are at their defaults")
    if settings.token is not None and not settings.owner_ids:
        yield _warn(
            "owners",
            "MILEPOST_OWNER_IDS is empty",
            "send the bot the code that the first start prints, or set your Telegram user id",
        )


def _zones(settings: Settings) -> Finding:
    try:
        zoneinfo.ZoneInfo("Europe/Berlin")
    except (OSError, zoneinfo.ZoneInfoNotFoundError):
        return _fail("zones", "there is no time zone data", "run make again, or install the package tzdata")
    return _ok("zones", f"time zone data is there; new chats start with {settings.timezone}")


def _methods(settings: Settings) -> Iterator[Finding]:
    loaded = load_libraries(settings.method_folders)
    for fault in loaded.faults:
        yield _warn("methods", f"left out: {fault}", f"milepost methods check {fault.file}")
    if not loaded.faults:
        known = len(loaded.domain.methods)
        yield _ok("methods", f"{known} methods in {len(loaded.libraries)} libraries")


async def _repositories(settings: Settings) -> list[Finding]:
    """Those that the operator lists, each as it is found."""
    checked, first = [], dict[Path, str]()
    for listed in settings.repositories:
        try:
            found = await survey(listed.path, lambda _: ())
        except InvalidInputError as error:
            checked.append(
                _fail("code", f"{listed.name}: {error.problem}", f"mend MILEPOST_REPOSITORIES: {error.accepts}")
            )
        else:
            known = first.setdefault(found.path, listed.name)
            if known == listed.name:
                checked.append(_ok("code", f"{listed.name} is a repository at {found.path}"))
            else:
                told = f"{listed.name} is the same repository as {known}, under which it is used"
                checked.append(_fail("code", told, "list it once in MILEPOST_REPOSITORIES"))
    return checked


async def _models(settings: Settings, clock: Clock) -> list[Finding]:
    options = settings.models
    if options is None:
        return []
    faults = faults_of(options)
    checked = [one for each in faults.values() for one in each]
    if not faults[options.main]:
        # a database of its own: the bot's may be in use, and a look must not change it
        with tempfile.TemporaryDirectory(prefix="milepost-doctor-") as folder:
            async with open_database(Path(folder) / "check.db", clock=clock) as database:
                checked.append(await called(options, database.spending, clock))
    return [_fail("model", one.text, one.remedy) if one.remedy else _ok("model", one.text) for one in checked]


async def _tools(settings: Settings) -> list[Finding]:
    found = [("roles", one) for one in checked_roles(settings.tools)]
    found += [("mcp", one) for one in await checked_servers(settings.tools)]
    return [_fail(name, one.text, one.remedy) if one.remedy else _ok(name, one.text) for name, one in found]


async def _sandbox(settings: Settings) -> Finding:
    fitness = await Sandbox(unsandboxed=settings.unsandboxed).fitness()
    if fitness.holds:
        return _ok("sandbox", fitness.text)
    needed = "" if fitness.can_run else "; goals that run code wait for one, all others need none"
    return _warn("sandbox", f"{fitness.text}{needed}", fitness.remedy)


def _existing(path: Path) -> Path:
    """The path itself, or the nearest folder above it that is there."""
    return next(place for place in (path, *path.absolute().parents) if place.exists())


def _disk(database: Path) -> Finding:
    place = _existing(database.parent)
    free = shutil.disk_usage(place).free
    told = f"{free / 1e9:.1f} GB free at {place}"
    if free < _NO_DISK:
        return _fail("disk", told, "make room; Milepost can't keep anything")
    if free < _LITTLE_DISK:
        return _warn("disk", told, "make room soon")
    return _ok("disk", told)


def _folder(database: Path) -> Finding:
    place = _existing(database.parent)
    if not place.is_dir():
        return _fail("folder", f"{place} is no folder", "set MILEPOST_DATABASE to a file in a folder")
    if not os.access(place, os.W_OK | os.X_OK):
        return _fail("folder", f"{place} can't be written", "give this user the right, or set MILEPOST_DATABASE")
    made = (
        "" if place.absolute() == database.parent.absolute() else f"; {database.parent} will be made at the first start"
    )
    return _ok("folder", f"{place} can be written{made}")


def _database(path: Path) -> Finding:
    if not path.exists():
        return _ok("database", f"{path} is not there yet; the first start makes it")
    try:
        state = look_at(path)
    except StoreError as error:
        return _fail("database", str(error), _REMEDIES.get(error.code, "see the reason above"))
    goals = "1 goal" if state.goals == 1 else f"{state.goals} goals"
    told = f"{path} is sound: {goals}, {state.size / 1e6:.1f} MB, schema {state.schema}"
    if not os.access(path, os.W_OK):
        return _fail("database", f"{path} can't be written", "give this user the right to write it")
    if state.used_by is not None:
        return _warn("database", f"{told}; {state.used_by}", "stop that one before you start another here")
    if state.schema < state.newest:
        return _ok("database", f"{told}; the next start upgrades it to {state.newest}, after a back-up copy")
    return _ok("database", told)


_REMEDIES = {
    "corrupt": "put it aside and restore a back-up, or rescue it with: sqlite3 FILE .recover",
    "newer": "install the newer Milepost again",
    "readonly": "give this user the right to read and write it",
    "locked": "stop the other program",
    "missing": "set MILEPOST_DATABASE to a file",
}


async def _telegram(settings: Settings, clock: Clock) -> list[Finding]:
    base = str(settings.telegram_api or TELEGRAM).rstrip("/")
    timeout = aiohttp.ClientTimeout(total=_PATIENCE)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            if settings.token is None:
                answer = await _ask(session, base)
                return [
                    _ok("token", _LOCAL_CHAT),
                    _ok("network", f"{base} answers"),
                    _clock(answer, clock),
                ]
            answer = await _ask(session, f"{base}/bot{settings.token}/getMe")
            findings = [_token(answer, base), _clock(answer, clock)]
            if findings[0].level is Level.OK:
                findings.append(_webhook(await _ask(session, f"{base}/bot{settings.token}/getWebhookInfo")))
            return findings
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return list(_unreachable(settings, base, error))


async def _ask(session: aiohttp.ClientSession, url: str) -> _Answer:
    async with session.get(url, allow_redirects=False) as response:
        content = await response.content.read(100_000)
        date = response.headers.get("Date")
        try:
            body = json.loads(content)
        except ValueError:
            body = None
        moment = _parsed(date)
        return _Answer(status=response.status, body=body if isinstance(body, dict) else None, date=moment)


def _parsed(date: str | None) -> dt.datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(date) if date else None
    except ValueError:
        return None
    return moment.replace(tzinfo=dt.UTC) if moment is not None and moment.tzinfo is None else moment


def _token(answer: _Answer, base: str) -> Finding:
    result = answer.body.get("result") if answer.body else None
    if answer.status == 200 and isinstance(result, dict):
        return _ok("token", f"it is the one of @{result.get('username')} («{result.get('first_name')}»)")
    if answer.status in (401, 404):
        return _fail("token", "Telegram does not know this token", "copy it again from @BotFather: /mybots, API Token")
    if answer.body is None:
        return _fail("token", f"{base} answers {answer.status}, but is no Bot API server", "see MILEPOST_TELEGRAM_API")
    told = answer.body.get("description", "no description")
    return _fail("token", f"Telegram answers {answer.status}: {told}", "try again in some minutes")


def _webhook(answer: _Answer) -> Finding:
    result = answer.body.get("result") if answer.body else None
    if isinstance(result, dict) and result.get("url"):
        return _fail(
            "webhook",
            f"the bot's updates go to {result['url']}",
            "stop the program there; Milepost asks for updates itself and needs the webhook deleted",
        )
    return _ok("webhook", "none is set; updates wait for Milepost")


def _clock(answer: _Answer, clock: Clock) -> Finding:
    if answer.date is None:
        return _warn("clock", "nobody told the time to compare with", "make sure that the system's clock is right")
    drift = (clock.now() - answer.date).total_seconds()
    if abs(drift) > _CLOCK_DRIFT:
        direction = "ahead" if drift > 0 else "behind"
        return _fail("clock", f"it is {abs(drift):.0f} s {direction}", "set it, best by NTP: timedatectl set-ntp true")
    return _ok("clock", "it is right")


def _unreachable(settings: Settings, base: str, error: Exception) -> Iterator[Finding]:
    reason = "no answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
    text, remedy = f"{base} can't be reached ({reason})", "check the connection, the firewall and the name service"
    if settings.token is None:
        yield _ok("token", _LOCAL_CHAT)
        yield _warn("network", text, remedy)
    else:
        yield _warn("token", "it could not be checked", "run this again when the network is back")
        yield _fail("network", text, remedy)
    yield _warn("clock", "nobody told the time to compare with", "make sure that the system's clock is right")
