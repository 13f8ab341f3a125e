"""What the tests of the sandbox share: small bounds, Python programs to run in it, and a look for what is left."""

import dataclasses
import os
import textwrap
from pathlib import Path

from engine.workspace.sandbox.commands import MIB, Limits, SandboxCommand
from engine.workspace.sandbox.fitness import interpreter

ROOT = Path(__file__).parents[4]
SMALL = Limits(
    wall=20.0,
    cpu=20.0,
    memory=256 * MIB,
    processes=32,
    disk=16 * MIB,
    shared=4 * MIB,
    output=MIB,
    collected=MIB,
)

MARK = f"mark-{os.getpid()}"
"""In the command line of what must not be left; of this process of tests alone, for others may run beside it."""

SYSTEM_CALLS = """
import ctypes, errno, os, sys
libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = {"x86_64": 0, "aarch64": 1}[os.uname().machine]
def call(numbers, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(numbers[NUMBERS], *arguments)
    return "done" if result >= 0 else errno.errorcode[ctypes.get_errno()]
"""
"""For programs inside: `call` makes a system call by its numbers and tells «done» or the name of the error."""


def small(**bounds: float) -> Limits:
    return dataclasses.replace(SMALL, **bounds)  # type: ignore[arg-type] # the dataclass's own fields


def python(tree: Path, program: str, *arguments: str, **options: object) -> SandboxCommand:
    """A command that runs a Python program in a copy of a tree."""
    path, mounts = interpreter()
    words = (path, "-I", "-S", "-c", textwrap.dedent(program), *arguments)
    given = {"limits": SMALL, **options, "mounts": {**mounts, **options.get("mounts", {})}}  # type: ignore[dict-item] # mounts are a mapping
    return SandboxCommand(arguments=words, tree=tree, **given)  # type: ignore[arg-type] # the dataclass's own options


def shell(tree: Path, script: str, **options: object) -> SandboxCommand:
    """A command that runs a shell script in a copy of a tree."""
    return SandboxCommand(arguments=("/bin/sh", "-c", script), tree=tree, **{"limits": SMALL, **options})  # type: ignore[arg-type] # as above


def living(mark: str) -> list[int]:
    """The processes of this machine whose command line holds a mark; zombies have none."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdecimal() and int(name) != os.getpid():
            try:
                words = Path("/proc", name, "cmdline").read_bytes()
            except OSError:
                continue
            if mark.encode() in words:
                found.append(int(name))
    return found
