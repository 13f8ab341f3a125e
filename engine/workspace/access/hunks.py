"""Applies the hunks of a patch to a text: old lines must be there as the patch says, only their numbers may be off."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from engine.workspace.access.nearest import nearest_lines
from engine.workspace.access.patches import Hunk
from engine.workspace.access.refusals import AccessRefused, Refusal

_MOST_SHOWN = 5
_LINE_END = re.compile(r"\n")


def with_hunks(path: str, text: str, hunks: Sequence[Hunk]) -> str:
    """The text as the patch leaves it. Raises `AccessRefused` (patch_misfit).

    Lines must agree to the byte. Only when they don't, and one of file and patch has «\\r\\n» and the other has not,
    line ends are passed over, and new lines get those of the file.
    """
    try:
        return _Application(path, text, hunks).result()
    except AccessRefused:
        crlf = "\r\n" in text
        in_patch = any("\r\n" in line for hunk in hunks for line in (*hunk.old, *hunk.new))
        if crlf == in_patch or (crlf and "\n" in text.replace("\r\n", "")):
            raise
        alike = [_with_ends(hunk, crlf=crlf) for hunk in hunks]
        return _Application(path, text, alike).result()


class _Application:
    def __init__(self, path: str, text: str, hunks: Sequence[Hunk]) -> None:
        self._path = path
        self._text = f"\n{text}"
        """With a line end in front, so that each line follows one."""
        self._starts = [1, *(match.end() + 1 for match in _LINE_END.finditer(text))]
        self._hunks = hunks
        self._at = 1
        """Where what is not used up yet begins."""
        self._shift = 0
        """How many lines the last hunk was from where the patch said."""

    def result(self) -> str:
        """The text afterwards."""
        out: list[str] = []
        for hunk in self._hunks:
            place = self._place(hunk)
            new = "".join(hunk.new)
            out += (self._text[self._at : place], new)
            self._at = place + sum(map(len, hunk.old))
            if new and not new.endswith("\n") and self._at < len(self._text):
                raise self._misfit(hunk, "it leaves a line without an end, and the file goes on after it")
        return "".join(out) + self._text[self._at :]

    def _place(self, hunk: Hunk) -> int:
        """Where the hunk's first old line begins."""
        if not hunk.old:
            if len(self._text) > 1:
                raise self._misfit(hunk, "it has no old line that would tell where its new ones belong")
            return 1
        old = "".join(hunk.old)
        expected = self._start_of(hunk.start + self._shift)
        if expected is not None and self._is_at(old, expected):
            return expected
        places = self._places(old)
        if len(places) != 1:
            raise self._not_there(hunk, places)
        self._shift = self._line(places[0]) - hunk.start
        return places[0]

    def _start_of(self, line: int) -> int | None:
        """Where a line begins; None for one that is not there."""
        return self._starts[line - 1] if 1 <= line <= len(self._starts) else None

    def _line(self, place: int) -> int:
        return bisect_right(self._starts, place)

    def _is_at(self, old: str, place: int) -> bool:
        """Whether the old lines are there, the last one to its end."""
        ended = old.endswith("\n") or place + len(old) == len(self._text)
        return ended and place >= self._at and self._text.startswith(old, place)

    def _places(self, old: str) -> list[int]:
        """All places where the old lines are, as many as are shown and one."""
        places: list[int] = []
        at = self._text.find(f"\n{old}", self._at - 1)
        while at >= 0 and len(places) <= _MOST_SHOWN:
            if self._is_at(old, at + 1):
                places.append(at + 1)
            at = self._text.find(f"\n{old}", at + 1) if old.endswith("\n") else self._last(old, at)
        return places

    def _last(self, old: str, before: int) -> int:
        """Where lines of which the last has no end can be: at the end of the file, or nowhere."""
        at = len(self._text) - len(old) - 1
        return at if at > before and self._text.endswith(f"\n{old}") else -1

    def _not_there(self, hunk: Hunk, places: Sequence[int]) -> AccessRefused:
        if places:
            lines = ", ".join(str(self._line(place)) for place in places[:_MOST_SHOWN])
            return self._misfit(
                hunk, f"its old lines are there more than once (lines {lines}), and not at the one it names"
            )
        text, sought = self._text[1:].replace("\r\n", "\n"), "".join(hunk.old).replace("\r\n", "\n")
        why = "Only line ends differ." if f"\n{sought}" in f"\n{text}" else nearest_lines(text, sought)
        return self._misfit(hunk, f"its old lines are not in the file. {why}")

    def _misfit(self, hunk: Hunk, reason: str) -> AccessRefused:
        return AccessRefused(Refusal.PATCH_MISFIT, self._path, f"the hunk of line {hunk.line:,} doesn't fit: {reason}")


def _with_ends(hunk: Hunk, *, crlf: bool) -> Hunk:
    old, new = (tuple(_with_end(line, crlf=crlf) for line in lines) for lines in (hunk.old, hunk.new))
    return Hunk(line=hunk.line, start=hunk.start, old=old, new=new)


def _with_end(line: str, *, crlf: bool) -> str:
    plain = line.replace("\r\n", "\n")
    return plain.replace("\n", "\r\n") if crlf else plain
