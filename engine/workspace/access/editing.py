"""Edits of a text: each names a stretch that is there exactly once and what takes its place.

All edits of a file mean the file as it is now, not as another edit leaves it, so their order makes no difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.workspace.access.nearest import nearest_lines
from engine.workspace.access.refusals import AccessRefused, Refusal
from engine.workspace.access.text import FileText, Replacement, line_at

_MOST_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change of one file."""

    path: str
    old_text: str
    """Exactly as it is in the file, blanks included, and there only once; «\\n» stands for any line end."""
    new_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedEdit:
    """An edit and its place in the list it came in, from 1, for messages."""

    number: int
    of: int
    edit: Edit

    @property
    def name(self) -> str:
        """What to call it; empty when it is the only one."""
        return f"edit {self.number} of {self.of}: " if self.of > 1 else ""


def edited(text: FileText, edits: Sequence[NumberedEdit]) -> FileText:
    """The text with all edits made. Raises `AccessRefused` (bad_edit), which says where to look."""
    seen = text.seen
    found = sorted(((one, _replacement(seen, one)) for one in edits), key=lambda pair: pair[1].start)
    for (first, before), (second, after) in pairwise(found):
        if after.start < before.end:
            line = line_at(seen, after.start)
            told = f"edits {first.number} and {second.number} overlap at line {line}; make them one edit"
            raise AccessRefused(Refusal.BAD_EDIT, second.edit.path, told)
    return text.replaced([replacement for _, replacement in found])


def _replacement(seen: str, one: NumberedEdit) -> Replacement:
    old, new = _plain(one.edit.old_text), _plain(one.edit.new_text)
    if not old:
        raise _refused(one, "old_text is empty; name the text that is to be replaced, or write the whole file")
    if old == new:
        raise _refused(one, "old_text and new_text are the same, so it would change nothing")
    places = _places(seen, old)
    if not places:
        raise _refused(one, f"old_text is not in the file. {nearest_lines(seen, old)}")
    if len(places) > 1:
        lines = ", ".join(str(line_at(seen, place)) for place in places[:_MOST_SHOWN])
        more = " and more" if len(places) > _MOST_SHOWN else ""
        raise _refused(one, f"old_text is there more than once, at lines {lines}{more}; add lines around it")
    return Replacement(start=places[0], end=places[0] + len(old), text=new)


def _places(seen: str, old: str) -> list[int]:
    """Where it is, overlapping places too; as many as are shown and one."""
    places: list[int] = []
    at = seen.find(old)
    while at >= 0 and len(places) <= _MOST_SHOWN:
        places.append(at)
        at = seen.find(old, at + 1)
    return places


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _refused(one: NumberedEdit, reason: str) -> AccessRefused:
    return AccessRefused(Refusal.BAD_EDIT, one.edit.path, f"{one.name}{reason}")
