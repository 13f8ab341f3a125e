"""Whether there is a sandbox that holds: it is not believed, it is tried, with canaries that must not get out."""

import asyncio
import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import ResourceBlocked, WorkError
from engine.workspace.processes import CLEAN_ENVIRONMENT
from engine.workspace.sandbox.commands import MIB, Ending, Limits, SandboxCommand
from engine.workspace.sandbox.running import RESOURCE, Seat, run_once
from engine.workspace.sandbox.seccomp import knows

_PROBE = Path(__file__).with_name("probe.py")
_PROGRAMS = {"bwrap": "bubblewrap", "tar": "tar", "setpriv": "util-linux", "prlimit": "util-linux", "stat": "coreutils"}
"""What runs need, by the package that has it."""
_LIMITS = Limits(
    wall=20.0, cpu=10.0, memory=192 * MIB, processes=12, disk=8 * MIB, shared=2 * MIB, output=MIB, collected=MIB
)
_NAMESPACES = (
    "let users make namespaces: sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000, and since "
    "Ubuntu 24.04 sysctl kernel.apparmor_restrict_unprivileged_userns=0; a container needs the right to make them"
)


_NOT_COUNTED = (
    "what brief processes compute that nobody waits for is counted in part only, since no cgroup can be made here "
    "(a service with Delegate=yes has one)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitness:
    """What is known of the sandbox of this machine."""

    faults: tuple[str, ...] = ()
    """What failed; empty when it holds."""
    remedy: str = ""
    """What whoever runs Milepost can do about it; empty when there is nothing to do."""
    unsandboxed: bool = False
    """Whether the operator allows to run without one."""
    counts_all: bool = True
    """Whether all computing is counted, whoever does it and however briefly."""

    @property
    def holds(self) -> bool:
        """Whether there is a sandbox, and all attempts to get out of it failed."""
        return not self.faults

    @property
    def can_run(self) -> bool:
        """Whether code may run at all, in a sandbox or, with the operator's leave, without."""
        return self.holds or self.unsandboxed

    @property
    def text(self) -> str:
        """In one line, for the operator and for reports."""
        if self.holds:
            held = "a sandbox holds all that code under test may try"
            return held if self.counts_all else f"{held}; {_NOT_COUNTED}"
        why = "; ".join(self.faults)
        return f"code runs WITHOUT a sandbox ({why})" if self.unsandboxed else f"no sandbox: {why}"


class NoSandbox(ResourceBlocked):
    """There is nowhere to run code; looked at again after a while."""

    def __init__(self, fitness: Fitness, seconds: float) -> None:
        super().__init__(RESOURCE, f"{fitness.text}; {fitness.remedy}", retry_after=seconds)
        self.fitness = fitness


def interpreter() -> tuple[str, Mapping[str, Path]]:
    """The Python that Milepost runs on, without its packages, and the mounts that a sandbox needs to have it."""
    prefix = Path(sys.base_prefix).resolve()
    mounts = {} if prefix.is_relative_to("/usr") else {str(prefix): prefix}
    return str(Path(sys.executable).resolve()), mounts


async def prove_sandbox(seat: Seat) -> Fitness:
    """Try to get out of a sandbox, in a second or so. Nothing is changed on the machine, whatever comes of it."""
    if sys.platform != "linux":
        return Fitness(faults=("it needs Linux",), remedy="run Milepost on Linux for goals that run code")
    if not knows(seat.machine):
        return Fitness(faults=(f"it does not know {seat.machine}",), remedy="it knows x86_64 and aarch64")
    if missing := [name for name in _PROGRAMS if shutil.which(name, path=CLEAN_ENVIRONMENT["PATH"]) is None]:
        packages = " ".join(sorted({_PROGRAMS[name] for name in missing}))
        told = "is not installed" if len(missing) == 1 else "are not installed"
        return Fitness(faults=(f"{', '.join(missing)} {told}",), remedy=f"install it: apt install {packages}")
    try:
        async with _canaries() as canaries:
            return await _probed(seat, canaries)
    except ResourceBlocked as lost:
        return Fitness(faults=(str(lost),), remedy=_NAMESPACES)
    except (WorkError, OSError) as error:
        return Fitness(faults=(f"it could not be tried: {error}",), remedy="see the reason, then try again")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Canaries:
    """What must not be found, reached or changed from inside."""

    folder: Path
    secret: str
    port: int
    abstract: str


@asynccontextmanager
async def _canaries() -> AsyncIterator[_Canaries]:
    with tempfile.TemporaryDirectory(prefix="milepost-canary-") as name, socket.create_server(("127.0.0.1", 0)) as tcp:
        folder, secret = Path(name), secrets.token_hex(16)
        _plant(folder, secret)
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(f"\0milepost-{secret}")
            unix.listen()
            yield _Canaries(folder=folder, secret=secret, port=tcp.getsockname()[1], abstract=f"milepost-{secret}")


def _plant(folder: Path, secret: str) -> None:
    folder.chmod(0o755)
    (folder / "secret").write_text(secret, "utf-8")
    (folder / "tree").mkdir()
    (folder / "tree" / ".git").write_text(secret, "utf-8")


async def _probed(seat: Seat, canaries: _Canaries) -> Fitness:
    program, mounts = interpreter()
    told = {
        "folder": str(canaries.folder),
        "secret": canaries.secret,
        "port": canaries.port,
        "abstract": canaries.abstract,
        "processes": _LIMITS.processes,
        "memory": _LIMITS.memory,
        "disk": _LIMITS.disk,
        "namespaces": {name: os.readlink(f"/proc/self/ns/{name}") for name in ("pid", "net", "ipc", "mnt", "uts")},
    }
    probe = await asyncio.to_thread(_PROBE.read_text, "utf-8")
    command = SandboxCommand(
        arguments=(program, "-I", "-S", "-c", probe, json.dumps(told)),
        tree=canaries.folder / "tree",
        mounts=mounts,
        limits=_LIMITS,
    )
    planted = {**CLEAN_ENVIRONMENT, "CANARY": canaries.secret}
    result = await run_once(command, replace(seat, environment=planted))
    if result.ending is not Ending.EXITED or result.exit_code != 0:
        last = "; ".join(result.output.strip().splitlines()[-2:])
        fault = f"a trial in it did not come to its end: {result.ending} ({last})"
        return Fitness(faults=(fault,), remedy="see the reason, then try again")
    faults = tuple(_faults(result.output))
    remedy = "install a newer bubblewrap and a newer kernel" if faults else ""
    return Fitness(faults=faults, remedy=remedy, counts_all=result.is_counted)


def _faults(output: str) -> Iterator[str]:
    """The faults that the probe found, as its last line tells them."""
    try:
        found = json.loads(output.strip().splitlines()[-1])
    except (ValueError, IndexError):
        yield "a trial in it told nothing"
        return
    yield from map(str, found)
