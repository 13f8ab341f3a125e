"""One replacement in a text, with words for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEdit:
    """`text[start:end]` becomes `new`; places are counted in signs from 0, `line` from 1."""

    start: int
    end: int
    new: str
    line: int
    words: str


def applied(text: str, edit: SourceEdit) -> str:
    return text[: edit.start] + edit.new + text[edit.end :]


def became(line: int, old: str, new: str) -> str:
    """Such as «line 12: «<» became «<=»»."""
    return f"line {line}: «{_short(old)}» became «{_short(new)}»"


def removed(line: int, old: str) -> str:
    return f"line {line}: «{_short(old)}» removed"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
