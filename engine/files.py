"""Files of goals: documents that people send, and what agents write. They are kept beside the database."""

import datetime as dt
import mimetypes
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import NewType

from engine.values import GoalId, TaskNumber, well_formed

FileId = NewType("FileId", int)

MEGABYTE = 1024 * 1024
LARGEST_FILE = 20 * MEGABYTE
"""Bytes; Telegram lets bots fetch no larger ones."""
LARGEST_GOAL = 200 * MEGABYTE
"""Bytes of all files of a goal."""
MOST_FILES = 200
"""Files of a goal."""
MOST_READ = 4_000_000
"""Characters of texts that were read out of contents and are at hand."""
LONGEST_NAME = 80
"""Characters, its ending included."""
_LONGEST_ENDING = 12
_SEPARATORS = re.compile(r"[/\\]+")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\x00-\x1f\x7f]+')
_BLANKS = re.compile(r"\s+")
_NAMELESS = "file"


class FileSource(StrEnum):
    """Who brought a file."""

    PERSON = "person"
    AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file that is to be kept with a goal."""

    goal: GoalId
    name: str
    """As it came; what is kept is `file_name` of it, with a number where the name is taken."""
    content: bytes
    source: FileSource
    task: TaskNumber | None = None
    """The task that wrote it; None for one that a person sent or that came up in talk."""
    note: str = ""
    """What was said with it."""
    album: str = ""
    """What a person sent at once has one name for it; empty for a file that came alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalFile:
    """A file that is kept with a goal. Its name is the only one of that name there."""

    id: FileId
    goal: GoalId
    name: str
    size: int
    """Bytes."""
    digest: str
    """SHA-256 of the content, in hex."""
    source: FileSource
    task: TaskNumber | None
    """The task that wrote it; None for one that a person sent or that came up in talk."""
    note: str
    album: str
    kept_at: dt.datetime

    @property
    def kind(self) -> str:
        """Its media type, by its name: `text/plain`."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


class ReadTexts:
    """Texts that take long to read out of contents, by digest. They are read in parts, so the newest few are kept."""

    def __init__(self, most: int = MOST_READ) -> None:
        """`most` characters of all together are kept, and the newest in any case."""
        self._most = most
        self._texts: OrderedDict[str, str] = OrderedDict()

    async def of(self, digest: str, read: Callable[[], Awaitable[str]]) -> str:
        """The text; `read` reads it where it is not kept. Raises what that raises."""
        text = self._texts.get(digest)
        if text is None:
            text = self._texts[digest] = await read()
        self._texts.move_to_end(digest)
        while len(self._texts) > 1 and sum(map(len, self._texts.values())) > self._most:
            self._texts.popitem(last=False)
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalFiles:
    """What can be done with the files of goals; the store's doing (`storage/files.py`)."""

    keep: Callable[[NewFile, dt.datetime], Awaitable[GoalFile]]
    """Keep a file, or find it kept already. One that the same task wrote under that name is replaced; no other is.

    Raises `RefusedError` (file_empty, file_too_big, goal_full), `NotFoundError` without the goal, `StoreError`.
    """
    of: Callable[[GoalId], Awaitable[Sequence[GoalFile]]]
    """A goal's files, oldest first."""
    find: Callable[[FileId], Awaitable[GoalFile | None]]
    """One file; None when there is none of that id."""
    read: Callable[[GoalFile], Awaitable[bytes]]
    """Its content. Raises `StoreError` when it is damaged or gone."""
    remove: Callable[[FileId], Awaitable[bool]]
    """Take a file away; False when it was gone already."""
    texts: ReadTexts = field(default_factory=ReadTexts)
    """What was read out of contents that are no plain text."""


def file_name(written: str) -> str:
    """A name that is safe on every disk and in every chat, as near to what was written as that can be."""
    text = unicodedata.normalize("NFC", well_formed(written))
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Co", "Cn"))  # turns text around
    last = _SEPARATORS.split(text.rstrip("/\\ "))[-1]
    clean = _BLANKS.sub(" ", _NOT_IN_NAMES.sub("_", last)).strip(" .")
    path = PurePosixPath(clean or _NAMELESS)
    ending = path.suffix if len(path.suffix) <= _LONGEST_ENDING else ""
    stem = clean.removesuffix(ending) if ending else clean
    return f"{stem[: LONGEST_NAME - len(ending)].rstrip(' .') or _NAMELESS}{ending}"


def names_like(name: str) -> Iterator[str]:
    """The name, then «name (2)», «name (3)» …: one of them is free."""
    yield name
    path = PurePosixPath(name)
    for number in range(2, MOST_FILES + 2):
        mark = f" ({number})"
        stem = path.stem[: LONGEST_NAME - len(path.suffix) - len(mark)]
        yield f"{stem}{mark}{path.suffix}"
