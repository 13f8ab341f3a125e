"""Runs inside a sandbox and tries to get out of it. Its last line tells, as a JSON list, what went wrong.

It is handed to a bare Python as text, so it stands on its own. Its argument tells where the canaries are.
"""

import json
import mmap
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_VSOCK = 40
_WRITABLE = ("/", "/usr", "/etc", "/dev", "/proc", "/var", "/home")


def reading(told: dict[str, object]) -> Iterator[str]:
    """Files of the machine, and git's in the tree."""
    with suppress(OSError):
        if str(told["secret"]) in Path(f"{told['folder']}/secret").read_text("utf-8"):
            yield "a file of this machine can be read"
    if os.path.lexists(".git"):
        yield "git's own file is there"


def environments(told: dict[str, object]) -> Iterator[str]:
    """What we were started with."""
    for name in os.listdir("/proc"):
        with suppress(OSError):
            if name.isdecimal() and str(told["secret"]).encode() in Path(f"/proc/{name}/environ").read_bytes():
                yield "the environment that it was started from can be read"
                return


def reaching(told: dict[str, object]) -> Iterator[str]:
    """Listeners of the machine; those of our own must work."""
    for family, address in ((socket.AF_INET, ("127.0.0.1", told["port"])), (socket.AF_UNIX, f"\0{told['abstract']}")):
        with suppress(OSError), socket.socket(family) as there:
            there.connect(address)
            yield "a listener of this machine can be reached"
    with suppress(OSError), socket.socket(_VSOCK):
        yield "the host of this virtual machine can be reached"
    with socket.create_server(("127.0.0.1", 0)) as own, socket.create_connection(own.getsockname(), 5):
        pass


def writing(told: dict[str, object]) -> Iterator[str]:
    """Anywhere but to its own disk, and more than fits there."""
    for folder in (*_WRITABLE, str(told["folder"])):
        with suppress(OSError):
            Path(folder, "milepost-canary").write_bytes(b"x")
            yield f"{folder} can be written"
    try:
        with open("filling", "wb") as file:
            for _ in range(int(str(told["disk"])) // 65_536 + 16):
                file.write(bytes(65_536))
        yield "more can be written than the disk holds"
    except OSError:
        pass
    finally:
        os.unlink("filling")


def being(told: dict[str, object]) -> Iterator[str]:
    """Who and where we are."""
    if os.getuid() == 0:
        yield "code runs as root"
    namespaces = told["namespaces"]
    assert isinstance(namespaces, dict)
    for name, outside in namespaces.items():
        if os.readlink(f"/proc/self/ns/{name}") == outside:
            yield f"it has no {name} namespace of its own"


def growing(told: dict[str, object]) -> Iterator[str]:
    """More memory, and more processes."""
    with suppress(OSError), mmap.mmap(-1, int(str(told["memory"])) + 2**20, flags=mmap.MAP_PRIVATE):
        yield "a process can take more memory than it may"
    children: list[int] = []
    try:
        for _ in range(int(str(told["processes"])) + 4):
            child = os.fork()
            if child == 0:
                signal.pause()
            children.append(child)
        yield "it can start more processes than it may"
    except OSError:
        if not children:
            yield "it can start no process at all"
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)


def main() -> None:
    """Try it all."""
    told = json.loads(sys.argv[1])
    tries = (reading, environments, reaching, writing, being, growing)
    found = [fault for one in tries for fault in one(told)]
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
