"""Puts new contents in place, all or none.

All contents are first written and synced in a folder of ours in the tree's root (a full disk shows here, before
anything is changed); old files get a second name there; then each new file is renamed over the old one. When a rename
fails, those before it are taken back. A process that is killed between two renames leaves some files new and some old,
each of them whole, and our folder, which the next change sweeps away. That does no harm: the tree is a git worktree, so
what was committed is the undo, and nothing counts as done before it was committed.

One change at a time: a lock on the root keeps others out, also those of other processes, and is gone with its holder.
Whoever reads through it sees a change as a whole.
"""

import fcntl
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import PurePosixPath

from engine.errors import EngineError
from engine.workspace.access.beneath import Tree, kind_of
from engine.workspace.access.paths import OWN_PREFIX
from engine.workspace.access.refusals import AccessRefused, Refusal, error_for

_PERMISSIONS = 0o777
"""The mode bits that are kept; «run as the owner» is not among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """What is to become of one path."""

    path: str
    content: bytes | None
    """None when it is to be removed."""
    executable: bool | None = None
    """None keeps the mode bits of the old file; a new one gets the usual."""


@contextmanager
def locked(tree: Tree, *, changing: bool) -> Iterator[None]:
    """Keep changes of the tree out until the block ends, and those who read it too while it is changing."""
    try:
        fcntl.flock(tree.root, fcntl.LOCK_EX if changing else fcntl.LOCK_SH)
    except OSError as error:
        raise AccessRefused(Refusal.NOT_ALLOWED, "", "this file system can't keep two changes apart (flock)") from error
    try:
        if changing:
            _sweep(tree)
        yield
    finally:
        fcntl.flock(tree.root, fcntl.LOCK_UN)


def put_in_place(tree: Tree, changes: Sequence[FileChange]) -> None:
    """Make all changes or none; each path at most once. Call it inside `locked` (changing).

    Raises `AccessRefused`, `ResourceBlocked` on a full disk, `TemporaryError` or `PermanentError`.
    """
    with _staged(tree) as stage:
        batch = _Batch(tree, stage)
        ordered = sorted(changes, key=lambda change: (change.content is not None, change.path))  # room first
        for number, change in enumerate(ordered):
            batch.prepare(number, change)
        try:
            for number, change in enumerate(ordered):
                batch.carry_out(number, change)
            batch.sync()
        except BaseException:
            batch.take_back()
            raise


@contextmanager
def _staged(tree: Tree) -> Iterator[int]:
    """The descriptor of our folder, which is empty at first and gone afterwards."""
    name = f"{OWN_PREFIX}{os.getpid()}"
    try:
        os.mkdir(name, 0o700, dir_fd=tree.root)
        try:
            with tree.folder(name) as stage:
                yield stage
        finally:
            _sweep(tree)
    except OSError as error:
        raise error_for(error, name) from error


def _sweep(tree: Tree) -> None:
    """Remove what a change that was killed has left. Only whoever holds the lock may."""
    for name in os.listdir(tree.root):
        if name.startswith(OWN_PREFIX):
            with suppress(OSError, EngineError):  # what is no folder of ours is in nobody's way
                with tree.folder(name) as stage:
                    for left in os.listdir(stage):
                        os.unlink(left, dir_fd=stage)
                os.rmdir(name, dir_fd=tree.root)


class _Batch:
    """Changes under way, with what it takes to undo them."""

    def __init__(self, tree: Tree, stage: int) -> None:
        self._tree = tree
        self._stage = stage
        self._done: list[tuple[int, FileChange]] = []
        self._made: list[str] = []
        self._touched: dict[str, None] = {}
        self._old: set[int] = set()

    def prepare(self, number: int, change: FileChange) -> None:
        """Write the new content, and give the old file a second name; nothing that counts is changed by that."""
        status = self._tree.status(change.path)
        folder, name = _split(change.path)
        try:
            if status is not None and stat.S_ISREG(status.st_mode):
                with self._tree.folder(folder) as parent:
                    os.link(name, f"old-{number}", src_dir_fd=parent, dst_dir_fd=self._stage, follow_symlinks=False)
                self._old.add(number)
            elif status is not None and (change.content is None or not stat.S_ISDIR(status.st_mode)):
                raise AccessRefused(Refusal.NO_FILE, change.path, f"it is {kind_of(status)}, no plain file")
            elif change.content is None:
                raise AccessRefused(Refusal.MISSING, change.path, "there is no such file")
            if change.content is not None:
                self._write(number, change, status)
        except OSError as error:
            raise error_for(error, change.path) from error

    def _write(self, number: int, change: FileChange, old: os.stat_result | None) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(f"new-{number}", flags, 0o666, dir_fd=self._stage)
        with open(descriptor, "wb", buffering=0) as file:
            view = memoryview(change.content or b"")
            while view:
                view = view[file.write(view) :]
            usual = stat.S_IMODE(os.fstat(descriptor).st_mode)
            keeps = old is not None and stat.S_ISREG(old.st_mode)
            if old is not None and keeps and (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
                with suppress(PermissionError):  # only root can give a file back to its owner
                    os.fchown(descriptor, old.st_uid, old.st_gid)
            mode = old.st_mode & _PERMISSIONS if old is not None and keeps else usual
            os.fchmod(descriptor, _executable(mode, change.executable))
            os.fsync(descriptor)

    def carry_out(self, number: int, change: FileChange) -> None:
        """Make one change, at once as far as anybody can see."""
        folder, name = _split(change.path)
        try:
            if change.content is None:
                with self._tree.folder(folder) as parent:
                    os.unlink(name, dir_fd=parent)
            else:
                self._make_folders(folder)
                with self._tree.folder(folder) as parent:
                    os.rename(f"new-{number}", name, src_dir_fd=self._stage, dst_dir_fd=parent)
            self._done.append((number, change))
            self._touched[folder] = None
            if change.content is None:
                self._remove_emptied(folder)
        except OSError as error:
            raise error_for(error, change.path) from error

    def sync(self) -> None:
        """Have the disk know the new names."""
        for folder in self._touched:
            try:
                with self._tree.folder(folder) as parent:
                    os.fsync(parent)
            except AccessRefused as refused:
                if refused.refusal is not Refusal.MISSING:  # emptied and removed, or a file now
                    raise
            except OSError as error:
                raise error_for(error, folder) from error

    def take_back(self) -> None:
        """Undo what was carried out, the last first."""
        self._remove_made()
        for number, change in reversed(self._done):
            folder, name = _split(change.path)
            with suppress(OSError, EngineError):  # the rest is taken back all the same
                self._make_folders(folder)
                with self._tree.folder(folder) as parent:
                    if number in self._old:
                        os.rename(f"old-{number}", name, src_dir_fd=self._stage, dst_dir_fd=parent)
                    else:
                        os.unlink(name, dir_fd=parent)
                        self._remove_made()

    def _make_folders(self, folder: str) -> None:
        for path in _lineage(folder):
            if self._tree.status(path) is None:
                above, name = _split(path)
                with self._tree.folder(above) as parent:
                    os.mkdir(name, dir_fd=parent)
                self._made.append(path)
                self._touched[above] = None

    def _remove_made(self) -> None:
        for path in reversed(self._made):
            above, name = _split(path)
            with suppress(OSError, EngineError), self._tree.folder(above) as parent:
                os.rmdir(name, dir_fd=parent)

    def _remove_emptied(self, folder: str) -> None:
        """Remove the folders that a removal left empty, as git does; one with something in it stays."""
        for path in reversed(_lineage(folder)):
            above, name = _split(path)
            try:
                with self._tree.folder(above) as parent:
                    os.rmdir(name, dir_fd=parent)
            except OSError:
                return
            self._touched[above] = None


def _executable(mode: int, wanted: bool | None) -> int:
    """Mode bits that say «a program» or «none» for their owner; None, or what they say already, leaves them."""
    if wanted is None or wanted == bool(mode & stat.S_IXUSR):
        return mode
    return mode | (mode & 0o444) >> 2 if wanted else mode & ~0o111


def _split(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _lineage(folder: str) -> list[str]:
    """A folder and those above it, the outermost first; none for the root."""
    if not folder:
        return []
    path = PurePosixPath(folder)
    return [str(one) for one in (*reversed(path.parents[:-1]), path)]
