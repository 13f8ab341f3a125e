"""What comes of an access, as values: what was read, listed, found or changed, and what is kept of it in the record."""

from dataclasses import dataclass
from enum import StrEnum

from engine.workspace.access.walking import Entry


class AccessKind(StrEnum):
    """What was done or was to be done."""

    LIST = "list"
    SEARCH = "search"
    READ = "read"
    EDIT = "edit"
    WRITE = "write"
    DELETE = "delete"
    PATCH = "patch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One access, for the record. Listing and searching are one each, changes are one for each file."""

    kind: AccessKind
    path: str
    """The path as it was given; the glob of a listing or a search."""
    bytes: int = 0
    """Of what was read, searched or written."""
    lines: int = 0
    """Shown, found, or in the file after its change."""
    refused: str = ""
    """Why it was not made; empty for one that was. Then no file was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much one access may take."""

    read_bytes: int = 2 * 1024 * 1024
    """Of a file that is read, searched or changed, and of one that is written."""
    shown_lines: int = 1_000
    shown_characters: int = 60_000
    """Of what one reading shows."""
    line_characters: int = 2_000
    """Of one line that is shown."""
    listed: int = 2_000
    found: int = 200
    searched_bytes: int = 100 * 1024 * 1024
    search_seconds: float = 10.0
    changed_files: int = 500
    changed_bytes: int = 50 * 1024 * 1024
    """Of all files of one change."""
    linked: bool = False
    """Whether files may have other names: in a copy of ours, which shares what nobody has changed with another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Lines of a file."""

    path: str
    first: int
    """The number of the first one, from 1."""
    lines: tuple[str, ...]
    """Without their ends, long ones cut."""
    total: int
    """Lines of the whole file."""

    @property
    def last(self) -> int:
        """The number of the last line here; one less than `first` when there is none."""
        return self.first + len(self.lines) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is in the tree."""

    entries: tuple[Entry, ...]
    hidden: int
    """Entries that the globs deny; a denied folder is one."""
    unreadable: int
    """Entries with hostile names, and folders that can't be opened."""
    cut: bool
    """Whether there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A line in which a match begins."""

    path: str
    line: int
    """Its number, from 1."""
    text: str


class SearchEnd(StrEnum):
    """Why a search ended."""

    WHOLE = "whole"
    """All there is was searched."""
    FOUND = "found"
    """There may be more lines than it shows."""
    SECONDS = "seconds"
    """The pattern took too long."""
    BYTES = "bytes"
    """There was more to search than it may."""
    NAMES = "names"
    """There were more files than it looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """What a search found."""

    hits: tuple[Hit, ...]
    files: int
    """Files that were searched."""
    bytes: int
    """In them."""
    skipped: int
    """Files that are no UTF-8 text, too large, or no plain files."""
    end: SearchEnd


class ChangeKind(StrEnum):
    """What became of a file."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A file that was changed."""

    path: str
    kind: ChangeKind
    bytes: int
    """Afterwards; 0 for one that was removed."""
    lines: int
    """Afterwards."""
