"""Goes through the files of a tree in order, without following a link, within bounds of number and depth."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from engine.workspace.access.beneath import Tree
from engine.workspace.access.globs import Globs, fits, literal_start
from engine.workspace.access.paths import clean_path
from engine.workspace.access.refusals import AccessRefused, Refusal

MOST_NAMES = 10_000
"""Names of one folder that are looked at, whichever the disk gives first."""
MOST_SEEN = 100_000
"""Names of a whole walk."""


class EntryKind(StrEnum):
    """What an entry of a folder is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    """A symbolic link; it is shown and never followed."""
    OTHER = "other"
    """A pipe, a socket or a device; it is shown and never opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something in the tree."""

    path: str
    kind: EntryKind
    size: int
    """Bytes; of use for files alone."""


class Walk:
    """One walk, and what it left out."""

    def __init__(self, tree: Tree, globs: Globs) -> None:
        self._tree = tree
        self._globs = globs
        self._seen = 0
        self.hidden = 0
        """Entries that the globs deny, a denied folder being one."""
        self.unreadable = 0
        """Entries whose names or folders can't be read."""
        self.cut = False
        """Whether there were more names than a walk looks at."""

    def entries(self, glob: str) -> Iterator[Entry]:
        """What is in the tree and fits the glob, in the order of paths; folders before what is in them."""
        start = literal_start(glob)
        if start and self._globs.hides(clean_path(start)):
            self.hidden += 1
            return
        for entry in self._below(clean_path(start) if start else ""):
            if not fits(glob, entry.path):
                continue
            if self._globs.permits(entry.path) is not None:
                self.hidden += entry.kind is not EntryKind.FOLDER
                continue
            yield entry

    def _below(self, folder: str) -> Iterator[Entry]:
        for entry in self._in(folder):
            if entry.kind is not EntryKind.FOLDER:
                yield entry
            elif self._globs.hides(entry.path):
                self.hidden += 1
            else:
                yield entry
                yield from self._below(entry.path)

    def _in(self, folder: str) -> list[Entry]:
        """What is right in a folder; nothing where it can't be opened, or is a folder no more."""
        left = min(MOST_NAMES, MOST_SEEN - self._seen)
        try:
            with self._tree.folder(folder) as descriptor, os.scandir(descriptor) as found:
                names = [one.name for one in islice(found, left + 1)]
                self.cut |= len(names) > left
                entries = [self._entry(descriptor, folder, name) for name in sorted(names[:left])]
        except (AccessRefused, OSError) as error:
            self.unreadable += not (isinstance(error, AccessRefused) and error.refusal is Refusal.MISSING)
            return []
        self._seen += len(entries)
        return [entry for entry in entries if entry is not None]

    def _entry(self, descriptor: int, folder: str, name: str) -> Entry | None:
        """None for one whose name is no path here, or that is gone."""
        path = f"{folder}/{name}" if folder else name
        try:
            if clean_path(path) != path:
                raise ValueError(path)
            status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
        except (AccessRefused, OSError, ValueError):
            self.unreadable += 1
            return None
        return Entry(path=path, kind=_kind(status.st_mode), size=status.st_size)


def _kind(mode: int) -> EntryKind:
    kinds = {stat.S_IFREG: EntryKind.FILE, stat.S_IFDIR: EntryKind.FOLDER, stat.S_IFLNK: EntryKind.LINK}
    return kinds.get(stat.S_IFMT(mode), EntryKind.OTHER)
