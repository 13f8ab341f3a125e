"""A group of processes that the kernel counts as a whole (cgroup v2): who is in it can't leave, nor compute uncounted.

What `/proc` tells of living processes, and what their parents were told of the dead, has a gap: a parent that ignores
its children's ends is told nothing, and a child that lives for less than a look is never seen. A group has no such gap.
It needs no controller, only a place where Milepost may make one: as root, or where its service has `Delegate=yes`.
"""

import os
from contextlib import suppress

_NAME = "milepost-run-"


class Group:
    """One group. Each process that begins in it, and all that come of it, are counted."""

    def __init__(self, folder: str) -> None:
        """Raises `OSError` where no group can be made."""
        self._folder = folder
        os.mkdir(folder)
        try:
            self.door = os.open(f"{folder}/cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
            self._count = os.open(f"{folder}/cpu.stat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            os.rmdir(folder)
            raise

    def seconds(self) -> float:
        """What all of it has computed by now; 0 where nothing came in."""
        with suppress(OSError, ValueError, IndexError):
            first = os.pread(self._count, 4_096, 0).split(b"\n")[0]  # usage_usec 1234
            return int(first.split()[1]) / 1e6
        return 0.0

    def close(self) -> None:
        """Take it away. What still hangs in it keeps it, and the next run takes it away."""
        os.close(self.door)
        os.close(self._count)
        with suppress(OSError):
            os.rmdir(self._folder)


def made_group() -> Group | None:
    """A group for a run; None where none can be had."""
    with suppress(OSError, ValueError):
        if (place := _own_place()) is not None:
            _sweep(place)
            return Group(f"{place}/{_NAME}{os.getpid()}")
    return None


def _own_place() -> str | None:
    """The folder of our own group; None where there is no such file system, or it shows another part of it."""
    with open("/proc/self/cgroup", encoding="utf-8") as file:
        own = next((line[3:].rstrip("\n") for line in file if line.startswith("0::")), "/..")
    with open("/proc/self/mountinfo", encoding="utf-8") as file:
        mounts = (line.split(" ") for line in file if " - cgroup2 " in line)
        top = next((fields[4] for fields in mounts if fields[3] == "/"), None)
    return None if top is None or own.startswith("/..") else f"{top}{own}".rstrip("/")


def _sweep(place: str) -> None:
    """Take away the empty groups of wardens that were killed."""
    for name in os.listdir(place):
        if name.startswith(_NAME) and not os.path.exists(f"/proc/{name.removeprefix(_NAME)}"):
            with suppress(OSError):
                os.rmdir(f"{place}/{name}")
