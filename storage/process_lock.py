"""One process writes a database: a lock file beside it that the system takes back when the process dies."""

import errno
import fcntl
import os
from pathlib import Path

from engine.errors import StoreError

_REFUSALS = {
    errno.ENOSPC: ("full", "the disk is full"),
    errno.EDQUOT: ("full", "the disk quota is used up"),
    errno.EROFS: ("readonly", "the disk is read-only"),
    errno.EACCES: ("readonly", "there is no permission to write there"),
    errno.EPERM: ("readonly", "there is no permission to write there"),
    errno.ENOENT: ("missing", "there is no such folder"),
    errno.ENOTDIR: ("missing", "a part of the path is a file, not a folder"),
    errno.EEXIST: ("missing", "the folder's name is taken by a file"),
    errno.EISDIR: ("missing", "this is a folder, not a file"),
}


def refusal(error: OSError, path: Path) -> StoreError:
    """What the system's refusal to touch `path` means for whoever wants a database there."""
    code, reason = _REFUSALS.get(error.errno or 0, ("io", error.strerror or str(error)))
    return StoreError(code, str(path), reason)


class ProcessLock:
    """Held as long as the database is open. The file stays: removing a lock file would race with the next taker."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None  # None while not held

    def take(self) -> None:
        """Raise `StoreError` (locked, readonly, missing, full) when it can't be had."""
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise refusal(error, self._path) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(file, 32, 0).decode(errors="replace").strip()
            os.close(file)
            name = f"process {holder}" if holder.isdecimal() else "another process"
            reason = f"another Milepost ({name}) uses this database"
            raise StoreError("locked", str(self._path).removesuffix(".lock"), reason) from error
        except OSError as error:  # some network disks have no locks
            os.close(file)
            raise refusal(error, self._path) from error
        self._file = file
        try:
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            self.release()
            raise refusal(error, self._path) from error

    def release(self) -> None:
        """Let the next process have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
