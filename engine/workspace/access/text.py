"""The text of a file and how it is written: as UTF-8 with or without a mark in front, with line ends of either kind.

Whoever reads or edits sees «\\n» alone; what is not changed keeps its bytes.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from engine.workspace.access.refusals import AccessRefused, Refusal

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A stretch of a text (as seen, with «\\n» alone) and what takes its place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """A file's text in two forms: as it is written, and as it is seen."""

    written: str
    """With its line ends, without the byte order mark."""
    marked: bool
    """Whether that mark is in front."""

    @property
    def seen(self) -> str:
        """With «\\n» for every «\\r\\n»."""
        return self.written.replace("\r\n", "\n")

    @property
    def crlf(self) -> bool:
        """Whether most of its lines end in «\\r\\n»."""
        both = self.written.count("\r\n")
        return both > self.written.count("\n") - both

    @property
    def content(self) -> bytes:
        """The file's bytes."""
        return ((_MARK if self.marked else "") + self.written).encode()

    def replaced(self, replacements: Sequence[Replacement]) -> "FileText":
        """The text with stretches replaced, which don't overlap. All else keeps its bytes."""
        seen, written = self.seen, self.written
        breaks = _breaks(written)
        for one in sorted(replacements, key=lambda one: one.start, reverse=True):
            start, end, text = _narrowed(seen, one)
            middle = _with_line_ends(text, crlf=self.crlf)
            written = written[: start + bisect_left(breaks, start)] + middle + written[end + bisect_left(breaks, end) :]
        return FileText(written=written, marked=self.marked)

    def rewritten(self, text: str) -> "FileText":
        """Another text in this one's manner, unless it has «\\r\\n» of its own."""
        marked = self.marked or text.startswith(_MARK)
        text = text.removeprefix(_MARK)
        return FileText(written=text if "\r\n" in text else _with_line_ends(text, crlf=self.crlf), marked=marked)


def file_text(path: str, content: bytes) -> FileText:
    """What the bytes of a file say. Raises `AccessRefused` (no_utf8_text)."""
    if (at := content.find(b"\0")) >= 0:
        raise AccessRefused(Refusal.NO_TEXT, path, f"it is no text: there is a NUL at byte {at:,}")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise AccessRefused(
            Refusal.NO_TEXT, path, f"it is not UTF-8 (byte {error.start:,}, line {line:,}), so it is left as it is"
        ) from error
    return FileText(written=text.removeprefix(_MARK), marked=text.startswith(_MARK))


def encoded(path: str, text: str) -> bytes:
    """The bytes of a text that is to be written. Raises `AccessRefused` (no_utf8_text)."""
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        raise AccessRefused(Refusal.NO_TEXT, path, f"character {error.start:,} is half a character") from error
    if "\0" in text:
        raise AccessRefused(Refusal.NO_TEXT, path, "there is a NUL in the new text")
    return content


def lines_of(seen: str) -> list[str]:
    """The lines of a text without their ends. Only «\\n» ends a line, as in git; an empty text has none."""
    lines = seen.split("\n")
    return lines[:-1] if not lines[-1] else lines


def line_at(seen: str, place: int) -> int:
    """The number of the line that a place is in, from 1."""
    return seen.count("\n", 0, place) + 1


def _breaks(written: str) -> list[int]:
    """Where «\\r\\n» was, as places in the text as it is seen."""
    pieces = written.split("\r\n")[:-1]
    ends = accumulate(len(piece) + 1 for piece in pieces)
    return [end - 1 for end in ends]


def _with_line_ends(text: str, *, crlf: bool) -> str:
    return text.replace("\n", "\r\n") if crlf else text


def _narrowed(seen: str, one: Replacement) -> tuple[int, int, str]:
    """A replacement without what stays the same at its ends, so that bytes of lines nobody changed are kept."""
    old, new = seen[one.start : one.end], one.text
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    return one.start + head, one.end - tail, new[head : len(new) - tail]


def _shared(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
