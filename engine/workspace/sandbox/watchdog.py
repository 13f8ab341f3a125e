"""Looks at all processes of a run together: the kernel limits each of them alone."""

import os
from contextlib import suppress

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MOST_PROCESSES = 20_000
_LEAST_AVAILABLE = 0.03
"""The share of the machine's memory below which a run is ended: what it holds in the kernel no process shows."""
_USUAL_INODES, _BYTES_AN_INODE = 65_536, 4_096
"""Files are memory, too, even empty ones; a disk may have this many, or one for so many bytes when that is more."""


class Usage:
    """What the descendants of this process use, looked at again and again."""

    def __init__(self, *, has_lists_of_children: bool = os.path.exists("/proc/thread-self/children")) -> None:
        """Without `has_lists_of_children`, as some kernels are built, all processes of the machine are gone through."""
        self.memory = 0
        """Bytes at the last look."""
        self.most_memory = 0
        """Bytes at the worst look."""
        self.cpu = 0.0
        """Seconds of all at least: of those that live, and of the ended ones that were waited for or were seen here."""
        self.threads = 0
        self._has_lists_of_children = has_lists_of_children
        self._cpu_before = sum(os.times()[2:4])
        self._own: dict[tuple[int, bytes], int] = {}  # what each has computed itself, by its number and its beginning
        self._ended = 0

    def look(self, most_memory: int) -> list[int]:
        """Take the measures anew; beyond `most_memory` bytes shared pages are counted once. Returns the processes."""
        found = self._family()
        ticks = pages = threads = 0
        own: dict[tuple[int, bytes], int] = {}
        for pid in found:
            fields = _stat(pid)
            if fields:
                ticks += sum(map(int, fields[11:15]))
                own[pid, fields[19]] = sum(map(int, fields[11:13]))
                threads += int(fields[17])
                pages += int(fields[21])
        gone = sum(os.times()[2:4]) - self._cpu_before
        self._ended += sum(last for process, last in self._own.items() if process not in own)
        self._own = own
        # each of the two lacks something: what nobody waited for, and what came and went between two looks
        self.cpu = max(self.cpu, ticks / _TICKS + gone, (sum(own.values()) + self._ended) / _TICKS)
        self.threads = threads
        self.memory = pages * _PAGE
        if self.memory > most_memory:
            self.memory = sum(map(_proportional, found))
        self.most_memory = max(self.most_memory, self.memory)
        return found

    def _family(self) -> list[int]:
        """All descendants of this process."""
        if not self._has_lists_of_children:
            return _descendants_by_search()
        found: list[int] = []
        ahead = [os.getpid()]
        while ahead and len(found) < _MOST_PROCESSES:
            children = _children(ahead.pop())
            found += children
            ahead += children
        return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):  # it has just ended
        for thread in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError), open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                found += map(int, file.read().split())
    return found


def _descendants_by_search() -> list[int]:
    """The same where the kernel was built without lists of children."""
    parents = {
        int(name): int(fields[1]) for name in os.listdir("/proc") if name.isdecimal() and (fields := _stat(name))
    }
    found, ahead = [], [os.getpid()]
    while ahead:
        parent = ahead.pop()
        children = [pid for pid, its in parents.items() if its == parent]
        found += children
        ahead += children
    return found


def _stat(pid: int | str) -> list[bytes]:
    """What /proc tells of a process, from its state on; empty when it has ended."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()  # the name before it may hold blanks and brackets
    except OSError:
        return []


def _proportional(pid: int) -> int:
    """Bytes of a process, of a shared page only its part."""
    with suppress(OSError, ValueError), open(f"/proc/{pid}/smaps_rollup", "rb") as file:
        return sum(int(line.split()[1]) * 1024 for line in file if line.startswith(b"Pss:"))
    fields = _stat(pid)
    return int(fields[21]) * _PAGE if fields else 0


def machine_is_short_of_memory() -> bool:
    """Whether the whole machine has next to none left."""
    total, available = _memory()
    return available < total * _LEAST_AVAILABLE


def available_memory() -> int:
    """Bytes that the whole machine could still give; 0 where it does not tell."""
    return _memory()[1]


def _memory() -> tuple[int, int]:
    """The machine's memory, and how much of it could still be given: bytes."""
    figures: dict[bytes, int] = {}
    with suppress(OSError, ValueError), open("/proc/meminfo", "rb") as file:
        for line in file.readlines()[:3]:
            name, value, *_ = line.split()
            figures[name] = int(value) * 1024
    return figures.get(b"MemTotal:", 0), figures.get(b"MemAvailable:", 0)


def killed_for_memory() -> int:
    """How many processes of this machine the kernel has killed so far because there was no memory left."""
    with suppress(OSError, ValueError), open("/proc/vmstat", "rb") as file:
        return next((int(line.split()[1]) for line in file if line.startswith(b"oom_kill ")), 0)
    return 0


def has_too_many_files(folder: str) -> bool:
    """Whether a file system has got more files than its size would let one expect. A missing one has not."""
    try:
        told = os.statvfs(folder)
    except OSError:
        return False
    used = told.f_files - told.f_ffree
    return used > max(_USUAL_INODES, told.f_blocks * told.f_frsize // _BYTES_AN_INODE)
