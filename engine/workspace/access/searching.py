"""Looks for a text or a pattern in the files of a tree, in bounded time whatever the pattern is.

The files are opened here, beneath the tree's root; the matching is done by `matcher.py`, a process of its own that can
be ended in the middle of a match. Python's `re` can't be, and would hold up all else meanwhile.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from types import TracebackType

from engine.errors import TemporaryError
from engine.workspace.access.beneath import Tree
from engine.workspace.access.refusals import AccessRefused, Refusal
from engine.workspace.access.results import Bounds, Hit, Hits, SearchEnd
from engine.workspace.access.staging import locked
from engine.workspace.access.text import file_text
from engine.workspace.access.walking import EntryKind, Walk
from engine.workspace.processes import CLEAN_ENVIRONMENT

_MATCHER = Path(__file__).with_name("matcher.py")
_BATCH = 1024 * 1024
"""Characters that are searched at once."""
_MEMORY = 1024**3
"""Bytes that the matcher may have."""
_LONGEST_PATTERN = 2_000
_LONGEST_LINE = 300
"""Characters of a found line that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What to look for, and where."""

    text: str
    """It must be in a line as it stands here."""
    regex: bool = False
    """Whether it is a pattern as Python reads them; «^» and «$» fit each line."""
    any_case: bool = False
    glob: str = "**"
    """In which files."""


def search(tree: Tree, walk: Walk, sought: Sought, bounds: Bounds) -> Hits:
    """Search the files that the walk finds. Raises `AccessRefused` (bad_pattern), `TemporaryError`."""
    if not sought.text or len(sought.text) > _LONGEST_PATTERN:
        reason = f"what is sought has at least one character and at most {_LONGEST_PATTERN:,}"
        raise AccessRefused(Refusal.BAD_PATTERN, "", reason)
    gathering = _Gathering(tree, walk, bounds)
    hits: list[Hit] = []
    end = SearchEnd.WHOLE
    with _Matcher(sought, bounds) as matcher:
        for paths, texts in gathering.batches(sought.glob):
            found = matcher.found(texts)
            if found is None:
                end = SearchEnd.SECONDS
                break
            hits += [Hit(path=paths[index], line=line, text=text) for index, line, text in found]
            if len(hits) > bounds.found:
                end = SearchEnd.FOUND
                break
    if end is SearchEnd.WHOLE:
        end = gathering.end
    shown = tuple(hits[: bounds.found])
    return Hits(hits=shown, files=gathering.files, bytes=gathering.bytes, skipped=gathering.skipped, end=end)


class _Gathering:
    """The files of a walk, read and counted."""

    def __init__(self, tree: Tree, walk: Walk, bounds: Bounds) -> None:
        self._tree = tree
        self._walk = walk
        self._bounds = bounds
        self.files = 0
        self.bytes = 0
        self.skipped = 0
        self.end = SearchEnd.WHOLE

    def batches(self, glob: str) -> Iterator[tuple[list[str], list[str]]]:
        """Paths and texts, a handful at a time."""
        paths: list[str] = []
        texts: list[str] = []
        size = 0
        for path, text in self._texts(glob):
            paths.append(path)
            texts.append(text)
            size += len(text)
            if size >= _BATCH:
                yield paths, texts
                paths, texts, size = [], [], 0
        if texts:
            yield paths, texts

    def _texts(self, glob: str) -> Iterator[tuple[str, str]]:
        for entry in self._walk.entries(glob):
            if entry.kind is EntryKind.FOLDER:
                continue
            text = self._text(entry.path)
            if text is None:
                self.skipped += 1
            elif self.bytes > self._bounds.searched_bytes:
                self.end = SearchEnd.BYTES
                return
            else:
                self.files += 1
                yield entry.path, text
        if self._walk.cut:
            self.end = SearchEnd.NAMES

    def _text(self, path: str) -> str | None:
        """None for what can't be searched."""
        try:
            with locked(self._tree, changing=False):
                found = self._tree.file(path, self._bounds.read_bytes)
            self.bytes += len(found.content)
            return file_text(path, found.content).seen
        except AccessRefused:
            return None


class _Matcher:
    """The process that matches, from its start to its end."""

    def __init__(self, sought: Sought, bounds: Bounds) -> None:
        self._start = {
            "pattern": sought.text if sought.regex else re.escape(sought.text.replace("\r\n", "\n")),
            "any_case": sought.any_case,
            "seconds": int(bounds.search_seconds) + 1,
            "memory": _MEMORY,
            "longest": _LONGEST_LINE,
            "most": bounds.found + 1,
        }
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program; the pattern is no argument of it
                [sys.executable, "-I", "-S", str(_MATCHER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=dict(CLEAN_ENVIRONMENT),
                cwd="/",
            )
        except OSError as error:
            raise TemporaryError(f"the search can't be started: {error.strerror}") from error
        self._timer = Timer(bounds.search_seconds, self._process.kill)

    def __enter__(self) -> "_Matcher":
        self._timer.start()
        try:
            answer = self._asked(self._start)
            if isinstance(answer, dict):
                raise AccessRefused(Refusal.BAD_PATTERN, "", f"the pattern can't be used: {answer['error']}")
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def found(self, texts: Sequence[str]) -> list[tuple[int, int, str]] | None:
        """The index of each text, the line and its number; None when that took too long."""
        answer = self._asked(texts)
        if isinstance(answer, dict):
            raise AccessRefused(Refusal.BAD_PATTERN, "", f"the pattern can't be used: {answer['error']}")
        return [(index, line, text) for index, line, text in answer] if answer is not None else None

    def _asked(self, message: object) -> list[tuple[int, int, str]] | dict[str, str] | None:
        """Its answer; None when it was ended. It reads all before it writes, so neither waits for the other."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            return None
        if not line.endswith(b"\n"):
            return None
        answer: list[tuple[int, int, str]] | dict[str, str] = json.loads(line)
        return answer

    def _close(self) -> None:
        self._timer.cancel()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # what it was to read is of no use any more
                    pipe.close()
