"""The files of one working tree: listed, searched, read and changed within globs and bounds, and each access recorded.

What is refused changes nothing, and says why in words that help to do it right. These calls wait for the disk: use a
thread (`asyncio.to_thread`) where others would wait too.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from engine.errors import WorkError
from engine.workspace.access.beneath import Found, Tree, kind_of
from engine.workspace.access.editing import Edit, NumberedEdit, edited
from engine.workspace.access.globs import Globs
from engine.workspace.access.other_repositories import check_own
from engine.workspace.access.patch_applying import PatchedFile, with_patches
from engine.workspace.access.patch_reading import read_patch
from engine.workspace.access.patches import FilePatch
from engine.workspace.access.paths import clean_path
from engine.workspace.access.refusals import AccessRefused, Refusal, shown_path
from engine.workspace.access.results import (
    Access,
    AccessKind,
    Bounds,
    Changed,
    ChangeKind,
    Excerpt,
    Hits,
    Listing,
)
from engine.workspace.access.searching import Sought, search
from engine.workspace.access.staging import FileChange, locked, put_in_place
from engine.workspace.access.text import encoded, file_text, lines_of
from engine.workspace.access.walking import Walk

_RUNS = 0o100
"""The mode bit that says a file is a program, as git keeps it."""


class CodeAccess:
    """Access to the tree at `root`, which must be there. `record` hears of each access, refused ones too.

    Every call raises `AccessRefused` when the access is not made, `ResourceBlocked` when the disk is full, and
    `PermanentError` where the machine can't keep paths inside a tree.
    """

    def __init__(
        self, root: Path, globs: Globs, record: Callable[[Access], None], bounds: Bounds | None = None
    ) -> None:
        self._root = root
        self._globs = globs
        self._record = record
        self._bounds = bounds or Bounds()

    def _tree(self) -> Tree:
        return Tree(self._root, linked=self._bounds.linked)

    def list(self, glob: str = "**") -> Listing:
        """What is in the tree and fits the glob, in the order of paths."""
        with self._recorded(AccessKind.LIST, glob), self._tree() as tree:
            _check_glob(glob)
            walk = Walk(tree, self._globs)
            most = self._bounds.listed
            found = list(islice(walk.entries(glob), most + 1))
            cut = walk.cut or len(found) > most
            listing = Listing(entries=tuple(found[:most]), hidden=walk.hidden, unreadable=walk.unreadable, cut=cut)
        self._record(Access(kind=AccessKind.LIST, path=glob, lines=len(listing.entries)))
        return listing

    def search(self, text: str, glob: str = "**", *, regex: bool = False, any_case: bool = False) -> Hits:
        """The lines in which a text or a pattern begins. It ends in bounded time, whatever the pattern is."""
        with self._recorded(AccessKind.SEARCH, glob), self._tree() as tree:
            _check_glob(glob)
            sought = Sought(text=text, regex=regex, any_case=any_case, glob=glob)
            found = search(tree, Walk(tree, self._globs), sought, self._bounds)
        self._record(Access(kind=AccessKind.SEARCH, path=glob, bytes=found.bytes, lines=len(found.hits)))
        return found

    def read(self, path: str, first: int = 1, last: int | None = None) -> Excerpt:
        """Lines of a file, from 1; None for `last` means as many as one reading shows."""
        with self._recorded(AccessKind.READ, path), self._tree() as tree:
            clean = self._permitted(path)
            with locked(tree, changing=False):
                found = tree.file(clean, self._bounds.read_bytes)
            lines = lines_of(file_text(clean, found.content).seen)
            excerpt = self._excerpt(clean, lines, first, last)
        shown = sum(len(line.encode()) + 1 for line in excerpt.lines)
        self._record(Access(kind=AccessKind.READ, path=clean, bytes=shown, lines=len(excerpt.lines)))
        return excerpt

    def text(self, path: str) -> str:
        """The whole of a file, as it stands."""
        with self._recorded(AccessKind.READ, path), self._tree() as tree:
            clean = self._permitted(path)
            with locked(tree, changing=False):
                content = tree.file(clean, self._bounds.read_bytes).content
            file_text(clean, content)
        self._record(Access(kind=AccessKind.READ, path=clean, bytes=len(content), lines=content.count(b"\n")))
        return content.decode()

    def digest(self, paths: Iterable[str]) -> str:
        """A name for what is in these files now: two equal names are two equal contents. That one is not there counts
        as a content, too."""
        wanted = sorted(set(paths))
        told = hashlib.sha256()
        first = wanted[0] if wanted else ""
        with self._recorded(AccessKind.READ, first), self._tree() as tree, locked(tree, changing=False):
            for path in wanted:
                found = self._found(tree, self._permitted(path))
                told.update(b"gone" if found is None else hashlib.sha256(found.content).digest())
        return told.hexdigest()

    def edit(self, edits: Sequence[Edit]) -> tuple[Changed, ...]:
        """Make all edits or none; several may be of one file, and all mean the files as they are before."""
        first = edits[0].path if edits else ""
        with self._recorded(AccessKind.EDIT, first), self._tree() as tree, locked(tree, changing=True):
            by_path: dict[str, list[NumberedEdit]] = {}
            for number, edit in enumerate(edits, 1):
                numbered = NumberedEdit(number=number, of=len(edits), edit=edit)
                by_path.setdefault(self._permitted(edit.path), []).append(numbered)
            changes = []
            for path, of_file in by_path.items():
                old = file_text(path, tree.file(path, self._bounds.read_bytes).content)
                new = edited(old, of_file)
                encoded(path, new.written)
                changes.append(FileChange(path=path, content=new.content))
            changed = self._put(tree, changes)
        return self._recorded_changes(AccessKind.EDIT, changed)

    def write(self, path: str, text: str) -> tuple[Changed, ...]:
        """Write a whole file, its folders made. One that is there keeps its mode, its line ends and its mark."""
        with self._recorded(AccessKind.WRITE, path), self._tree() as tree, locked(tree, changing=True):
            clean = self._permitted(path)
            content = encoded(clean, text)
            if (old := self._found(tree, clean)) is not None:
                content = file_text(clean, old.content).rewritten(text).content
            changed = self._put(tree, [FileChange(path=clean, content=content)])
        return self._recorded_changes(AccessKind.WRITE, changed)

    def delete(self, path: str) -> tuple[Changed, ...]:
        """Remove a file, whatever is in it, and the folders that are empty then."""
        with self._recorded(AccessKind.DELETE, path), self._tree() as tree, locked(tree, changing=True):
            clean = self._permitted(path)
            changed = self._put(tree, [FileChange(path=clean, content=None)])
        return self._recorded_changes(AccessKind.DELETE, changed)

    def apply(self, patch: str | bytes) -> tuple[Changed, ...]:
        """Apply a unified diff, as a whole or not at all. Old lines must agree; only their numbers may be off."""
        with self._recorded(AccessKind.PATCH, ""), self._tree() as tree, locked(tree, changing=True):
            patches = [self._permitted_patch(one) for one in read_patch(_patch_text(patch))]
            files = with_patches(patches, lambda path: self._patched_file(tree, path))
            changed = self._put(tree, [_change(path, file) for path, file in files.items()])
        return self._recorded_changes(AccessKind.PATCH, changed)

    def _permitted(self, path: str) -> str:
        """The clean form of a path that may be touched."""
        clean = clean_path(path)
        if (reason := self._globs.permits(clean)) is not None:
            raise AccessRefused(Refusal.DENIED, path, f"it is kept out: {reason}")
        return clean

    def _permitted_patch(self, patch: FilePatch) -> FilePatch:
        old, new = (self._permitted(path) if path is not None else None for path in (patch.old, patch.new))
        return replace(patch, old=old, new=new)

    def _found(self, tree: Tree, path: str) -> Found | None:
        """A file that may be replaced: one that could be read. None where there is nothing."""
        status = tree.status(path)
        return None if status is None else tree.file(path, self._bounds.read_bytes)

    def _patched_file(self, tree: Tree, path: str) -> PatchedFile | None:
        """None also for a folder: it may be gone once the files in it are moved."""
        status = tree.status(path)
        if status is None or kind_of(status) == "a folder":
            return None
        found = tree.file(path, self._bounds.read_bytes)
        file_text(path, found.content)
        return PatchedFile(text=found.content.decode(), executable=bool(found.status.st_mode & _RUNS))

    def _put(self, tree: Tree, changes: Sequence[FileChange]) -> tuple[Changed, ...]:
        if not changes:
            raise AccessRefused(Refusal.NOTHING, "", "there is nothing to change in it")
        self._check_sizes(changes)
        check_own(tree, {change.path for change in changes})
        there = [_is_file(tree, change.path) for change in changes]
        put_in_place(tree, changes)
        return tuple(_changed(change, was) for change, was in zip(changes, there, strict=True))

    def _check_sizes(self, changes: Sequence[FileChange]) -> None:
        bounds = self._bounds
        if len(changes) > bounds.changed_files:
            reason = f"{len(changes):,} files are changed at once; at most {bounds.changed_files:,} may be"
            raise AccessRefused(Refusal.TOO_MUCH, "", reason)
        for change in changes:
            if len(change.content or b"") > bounds.read_bytes:
                reason = (
                    f"it would have {len(change.content or b''):,} bytes; at most {bounds.read_bytes:,} are written"
                )
                raise AccessRefused(Refusal.TOO_MUCH, change.path, reason)
        if sum(len(change.content or b"") for change in changes) > bounds.changed_bytes:
            raise AccessRefused(Refusal.TOO_MUCH, "", f"more than {bounds.changed_bytes:,} bytes are changed at once")

    def _excerpt(self, path: str, lines: Sequence[str], first: int, last: int | None) -> Excerpt:
        first = max(first, 1)
        end = len(lines) if last is None else min(last, len(lines))
        if first > max(len(lines), 1) or end < first - 1:
            reason = f"it has {len(lines):,} lines; there are no lines {first:,} to {end if last is None else last:,}"
            raise AccessRefused(Refusal.MISSING, path, reason)
        shown: list[str] = []
        room = self._bounds.shown_characters
        for line in lines[first - 1 : min(end, first - 1 + self._bounds.shown_lines)]:
            part = _cut_line(line, self._bounds.line_characters)
            room -= len(part)
            if shown and room < 0:
                break
            shown.append(part)
        return Excerpt(path=path, first=first, lines=tuple(shown), total=len(lines))

    @contextmanager
    def _recorded(self, kind: AccessKind, path: str) -> Iterator[None]:
        """Record what is refused inside the block."""
        try:
            yield
        except AccessRefused as refused:
            where = shown_path(refused.path or path)
            self._record(Access(kind=kind, path=where, refused=refused.reason))
            raise
        except WorkError as error:
            self._record(Access(kind=kind, path=shown_path(path), refused=str(error)))
            raise

    def _recorded_changes(self, kind: AccessKind, changed: Iterable[Changed]) -> tuple[Changed, ...]:
        for one in changed:
            self._record(Access(kind=kind, path=one.path, bytes=one.bytes, lines=one.lines))
        return tuple(changed)


def _check_glob(glob: str) -> None:
    if glob.strip("/") and clean_path(glob.strip("/")):
        return
    raise AccessRefused(Refusal.BAD_PATH, glob, "a glob is needed, such as «**» or «src/**/*.py»")


def _is_file(tree: Tree, path: str) -> bool:
    status = tree.status(path)
    return status is not None and kind_of(status) == "a file"


def _patch_text(patch: str | bytes) -> str:
    if isinstance(patch, str):
        return patch
    try:
        return patch.decode()
    except UnicodeDecodeError as error:
        line = patch.count(b"\n", 0, error.start) + 1
        raise AccessRefused(Refusal.NO_TEXT, "", f"line {line:,} of the patch is not UTF-8") from error


def _change(path: str, file: PatchedFile | None) -> FileChange:
    if file is None:
        return FileChange(path=path, content=None)
    return FileChange(path=path, content=encoded(path, file.text), executable=file.executable)


def _changed(change: FileChange, was_there: bool) -> Changed:
    content = change.content
    if content is None:
        return Changed(path=change.path, kind=ChangeKind.REMOVED, bytes=0, lines=0)
    kind = ChangeKind.CHANGED if was_there else ChangeKind.ADDED
    lines = content.count(b"\n") + (not content.endswith(b"\n") and bool(content))
    return Changed(path=change.path, kind=kind, bytes=len(content), lines=lines)


def _cut_line(line: str, most: int) -> str:
    return line if len(line) <= most else f"{line[:most]} […{len(line) - most:,} more characters]"
