"""Opens what lies beneath one folder, by `openat2`: the kernel itself lets no path out, whatever is swapped meanwhile.

No `..`, no symbolic link, no magic link of /proc, no other mount is followed, not even for a moment. Looking first and
opening afterwards can't promise that. Where the kernel has no such call there is no access.
"""

import ctypes
import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from engine.errors import PermanentError
from engine.workspace.access.refusals import AccessRefused, Refusal, error_for

_OPENAT2 = 437
_MACHINES = frozenset(
    {"x86_64", "i686", "i586", "aarch64", "armv7l", "armv6l", "armv8l", "riscv64", "ppc64le", "s390x", "loongarch64"}
)
"""Where the call has that number."""
_NO_XDEV, _NO_MAGICLINKS, _NO_SYMLINKS, _BENEATH = 0x01, 0x02, 0x04, 0x08
_TRIES = 20
_FOLDER = os.O_DIRECTORY | os.O_CLOEXEC
_LOOK = os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_PATH if sys.platform == "linux" else 0)
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW | os.O_CLOEXEC
_PIECE = 1024 * 1024


class _OpenHow(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A plain file with all that is in it."""

    content: bytes
    status: os.stat_result


class Tree:
    """One folder, open while the `with` block lasts. All paths are clean ones, relative to it; "" is the folder itself.

    Raises `AccessRefused`, `TemporaryError`, `ResourceBlocked` or `PermanentError`, and no `OSError`.
    """

    def __init__(self, root: Path, *, linked: bool = False) -> None:
        """With `linked` its files may have other names: it is a copy of ours that shares them with another."""
        self._path = root
        self._linked = linked
        self._root = -1

    def __enter__(self) -> "Tree":
        try:
            self._root = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | _FOLDER)
        except OSError as error:
            raise PermanentError(f"the working tree {self._path} can't be opened: {error.strerror}") from error
        try:
            _prove(self._root)
        except BaseException:
            os.close(self._root)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._root)

    @property
    def root(self) -> int:
        """The descriptor of the folder itself."""
        return self._root

    def status(self, path: str) -> os.stat_result | None:
        """What is at a path, the last name not followed; None when there is nothing."""
        try:
            with self._opened(path, _LOOK) as found:
                return os.fstat(found)
        except AccessRefused as refused:
            if refused.refusal is Refusal.MISSING:
                return None
            raise

    @contextmanager
    def folder(self, path: str) -> Iterator[int]:
        """The descriptor of a folder, closed behind the block."""
        with self._opened(path or ".", os.O_RDONLY | _FOLDER | os.O_NOFOLLOW) as found:
            yield found

    def file(self, path: str, most: int) -> Found:
        """A plain file of at most `most` bytes, and with no other name that might be outside."""
        with self._opened(path, _LOOK) as found:  # so that no pipe or device is opened for reading, not even to look
            self._check_plain(path, os.fstat(found))
        with self._opened(path, _READ) as found:
            status = os.fstat(found)
            self._check_plain(path, status)
            _check_size(path, status.st_size, most)
            try:
                content = _all_of(found, most)
            except OSError as error:
                raise error_for(error, path) from error
        _check_size(path, len(content), most)
        return Found(content=content, status=status)

    def _check_plain(self, path: str, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise AccessRefused(Refusal.NO_FILE, path, f"it is {kind_of(status)}, no plain file")
        if status.st_nlink > 1 and not self._linked:
            raise AccessRefused(
                Refusal.NO_FILE, path, "it has a second name (a hard link), so it may be a file from outside the tree"
            )

    @contextmanager
    def _opened(self, path: str, flags: int) -> Iterator[int]:
        try:
            found = _open_beneath(self._root, path, flags)
        except OSError as error:
            raise error_for(error, path) from error
        try:
            yield found
        finally:
            os.close(found)


def _open_beneath(folder: int, path: str, flags: int) -> int:
    name = os.fsencode(path)
    if b"\0" in name:  # C would read the path up to here and open something else
        raise OSError(errno.EINVAL, "a NUL in a path")
    how = _OpenHow(flags=flags, mode=0, resolve=_BENEATH | _NO_SYMLINKS | _NO_MAGICLINKS | _NO_XDEV)
    number = 0
    for _ in range(_TRIES):
        found = _LIBC.syscall(
            ctypes.c_long(_OPENAT2), ctypes.c_int(folder), name, ctypes.byref(how), ctypes.c_size_t(ctypes.sizeof(how))
        )
        if found >= 0:
            return int(found)
        number = ctypes.get_errno()
        if number not in (errno.EINTR, errno.EAGAIN):  # the latter when something was renamed at that very moment
            break
    raise OSError(number, os.strerror(number))


def _c_library() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


_LIBC = _c_library()


def _prove(folder: int) -> None:
    """See that the kernel has the call and that it holds: a way up must be refused, and for that reason."""
    if sys.platform != "linux" or os.uname().machine not in _MACHINES:
        raise PermanentError(
            "code can be worked on only on Linux, where the kernel keeps paths inside a tree (openat2)"
        )
    number = 0
    try:
        os.close(_open_beneath(folder, "..", _LOOK))
    except OSError as error:
        number = error.errno or 0
    if number != errno.EXDEV:
        raise PermanentError("code can't be worked on here: this kernel doesn't keep paths inside a tree (openat2)")


def kind_of(status: os.stat_result) -> str:
    """What something is, with its article."""
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFLNK: "a symbolic link",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
    }
    kinds[stat.S_IFREG] = "a file"
    return kinds.get(stat.S_IFMT(status.st_mode), "a device")


def _check_size(path: str, size: int, most: int) -> None:
    if size > most:
        raise AccessRefused(Refusal.TOO_MUCH, path, f"it has {size:,} bytes; at most {most:,} are read or changed")


def _all_of(descriptor: int, most: int) -> bytes:
    """What is in it, and a byte more than `most` when it grew meanwhile."""
    pieces = bytearray()
    while len(pieces) <= most and (piece := os.read(descriptor, min(_PIECE, most + 1 - len(pieces)))):
        pieces += piece
    return bytes(pieces)
