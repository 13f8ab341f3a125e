"""The simulator's memory: an append-only file of JSON lines that a killed process leaves whole but for its last line.

Each entry carries the clock's moment (so that a sped-up clock goes on where it was) and steady real time.
Entries go to the operating system at once; there is no fsync, for this is a toy Telegram, not the ledger.
"""

import datetime as dt
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pydantic import JsonValue

from bot.local.messages import JsonObject

BLOATED_FROM = 16 * 1024 * 1024  # bytes


class JournalDamagedError(Exception):
    """The file can't be read, or a line before its last one; the message names file and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened: what kind, when (simulated and in real seconds), and its details."""

    kind: str
    at: dt.datetime
    real: float
    body: JsonObject


def read_journal(path: Path) -> list[Entry]:
    """The entries of a journal, none when there is no file; a torn last line is left out.

    Raises `JournalDamagedError`.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise JournalDamagedError(f"{path} can't be read ({(error.strerror or str(error)).lower()})") from error
    entries: list[Entry] = []
    for number, line in enumerate(lines, start=1):
        try:
            if line:
                entries.append(_parse(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if number == len(lines):
                break  # torn: a whole line ends in a newline, so that an empty one follows it
            raise JournalDamagedError(f"{path}, line {number}: not an entry of the local chat") from error
    return entries


def last_moment(path: Path) -> dt.datetime | None:
    """The clock's last moment in a journal; None when there is no journal yet."""
    entries = read_journal(path)
    return max(entry.at for entry in entries) if entries else None


def _parse(line: bytes) -> Entry:
    raw = json.loads(line)
    body = raw["body"]
    if not isinstance(body, dict):
        raise TypeError("the body of an entry is an object")
    return Entry(
        kind=str(raw["kind"]),
        at=dt.datetime.fromisoformat(raw["at"]),
        real=float(raw["real"]),
        body=cast(dict[str, JsonValue], body),
    )


def _line(entry: Entry) -> bytes:
    raw = {"kind": entry.kind, "at": entry.at.isoformat(), "real": entry.real, "body": entry.body}
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass") + b"\n"


class Journal:
    """An open journal; with `path` None nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: int | None = None  # None: closed, or nothing is kept
        self._size = 0  # bytes
        self._size_when_opened = 0

    def open(self, kept: Iterable[Entry]) -> None:
        """Begin the file anew with what is still needed, in one step that a crash can't halve."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(self._path.name + ".new")
        self._size = self._size_when_opened = fresh.write_bytes(b"".join(_line(entry) for entry in kept))
        fresh.replace(self._path)
        self.close()
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND)

    def write(self, entry: Entry) -> None:
        """Append one entry."""
        if self._file is None:
            return
        rest = memoryview(_line(entry))
        self._size += len(rest)
        while rest:
            rest = rest[os.write(self._file, rest) :]

    @property
    def is_bloated(self) -> bool:
        """Whether it has grown so much that it is worth beginning anew."""
        return self._size > max(BLOATED_FROM, 4 * self._size_when_opened)

    def close(self) -> None:
        """Let go of the file; later entries are lost."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
