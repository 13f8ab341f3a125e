"""What a unified diff says, as values, and the faults that reading one can find."""

from dataclasses import dataclass

from engine.workspace.access.refusals import AccessRefused, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """One stretch of a file and what takes its place. Lines keep their ends, so a last one may be without."""

    line: int
    """Where in the patch it begins, from 1, for messages."""
    start: int
    """The number of its first old line, from 1; with no old lines, of the line it comes after."""
    old: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePatch:
    """What a patch does with one file."""

    line: int
    """Where in the patch it begins, from 1, for messages."""
    section: int
    """Which of several patches in one text it belongs to: what one leaves is what the next starts from."""
    old: str | None
    """The path it starts from; None for a new file."""
    new: str | None
    """The path it ends at; None for a file that is removed."""
    copied: bool
    """Whether the old file stays, although the paths differ."""
    executable: bool | None
    """What it says of the mode; None when it leaves it."""
    hunks: tuple[Hunk, ...]

    @property
    def path(self) -> str:
        """What to call it by."""
        return self.new or self.old or ""


def bad_patch(line: int, reason: str, path: str = "") -> AccessRefused:
    """The fault of a patch, with its line."""
    return AccessRefused(Refusal.BAD_PATCH, path, f"line {line:,} of the patch: {reason}")
