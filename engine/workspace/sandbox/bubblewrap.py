"""The command line of `bwrap`: what a sandboxed command sees of the machine, and nothing else."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from engine.workspace.processes import CLEAN_ENVIRONMENT
from engine.workspace.sandbox.commands import SandboxCommand
from engine.workspace.sandbox.inner import TREE, WORK, mounted_at

FILTER, PASSWD, GROUP, NAMES, ARGUMENTS = 4, 5, 6, 7, 8
"""The descriptors that bwrap is given; 3 is the script's."""

_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = (
    *("/etc/alternatives", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime"),
    *("/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ca-certificates", "/etc/pki/tls/certs", "/etc/pki/ca-trust"),
    *("/etc/mime.types", "/etc/protocols", "/etc/services", "/etc/terminfo", "/etc/crypto-policies"),
)
"""What compilers, interpreters and TLS need of /etc; nothing in there is secret."""
_OF_THE_NETWORK = ("/etc/resolv.conf", "/etc/hosts", "/etc/gai.conf")
_CAPABILITIES = ("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_SETGID", "CAP_SETUID")
"""What the script keeps of root's rights: to become another user and give away its folders, and after the command to
read what that one closed, and to end its processes."""


OWN_ENVIRONMENT = {**CLEAN_ENVIRONMENT, "USER": "sandbox", "LOGNAME": "sandbox", "SHELL": "/bin/sh"}


def arguments(command: SandboxCommand, user: int | None, outside: str) -> list[str]:
    """The arguments of bwrap up to the script. `user` is the one to become, None when we are no root; `outside` is the
    name of our own namespace of processes."""
    told = {"SANDBOX_WORK": str(WORK), "SANDBOX_OUTSIDE": outside}
    environment = {**OWN_ENVIRONMENT, "TMPDIR": "/tmp", **told}  # noqa: S108 - its own
    return [
        *_fences(command, user),
        *_system(),
        *_writable(command),
        *_etc(command),
        *_mounts(command.mounts),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        "--clearenv",
        *_variables(environment),
        *("--seccomp", str(FILTER)),
        *("--chdir", str(WORK)),
    ]


def _fences(command: SandboxCommand, user: int | None) -> Iterator[str]:
    yield from ("--die-with-parent", "--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try")
    yield from ("--hostname", "sandbox")
    if not command.network:
        yield "--unshare-net"
    if user is None:
        yield "--unshare-user"
    else:  # a user namespace of root's would keep root's number, for which no limit of processes counts
        yield from ("--cap-drop", "ALL")
        for capability in _CAPABILITIES:
            yield from ("--cap-add", capability)


def _system() -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev")
    for folder in map(Path, _SYSTEM):
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), str(folder))
        elif folder.is_dir():
            yield from ("--ro-bind", str(folder), str(folder))


def _writable(command: SandboxCommand) -> Iterator[str]:
    yield from ("--perms", "1777", "--size", str(command.limits.shared), "--tmpfs", "/dev/shm")  # noqa: S108 - its own
    yield from ("--perms", "0755", "--size", str(command.limits.disk), "--tmpfs", str(WORK))
    for name, mode in (("tree", "0755"), ("home", "0755"), ("tmp", "1777")):
        yield from ("--perms", mode, "--dir", str(WORK / name))
    yield from ("--perms", "0755", "--dir", "/var")
    for place in ("/tmp", "/var/tmp"):  # noqa: S108 - the sandbox's own, on its one disk
        yield from ("--symlink", str(WORK / "tmp"), place)


def _etc(command: SandboxCommand) -> Iterator[str]:
    yield from ("--perms", "0755", "--dir", "/etc")
    for descriptor, name in ((PASSWD, "passwd"), (GROUP, "group"), (NAMES, "nsswitch.conf")):
        yield from ("--perms", "0444", "--file", str(descriptor), f"/etc/{name}")
    for path in (*_SETTINGS, *(_OF_THE_NETWORK if command.network else ())):
        yield from _parents(PurePosixPath(path))
        yield from ("--ro-bind-try", path, path)


def _mounts(mounts: Mapping[str, Path]) -> Iterator[str]:
    for place, source in mounts.items():
        inside = mounted_at(place)
        yield from _parents(inside)
        yield from ("--ro-bind", str(source.absolute()), str(inside))


def _parents(path: PurePosixPath) -> Iterator[str]:
    """Folders that bwrap would make itself are closed to all but root."""
    for folder in [*reversed(path.parents)][1:]:
        if not Path(folder).is_symlink() or folder.is_relative_to(TREE):
            yield from ("--perms", "0755", "--dir", str(folder))


def _variables(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        yield from ("--setenv", name, value)


def data(command: SandboxCommand, user: int | None, call_filter: bytes) -> dict[int, bytes]:
    """What is in the descriptors of bwrap, but for its arguments."""
    number = os.getuid() if user is None else user
    group = os.getgid() if user is None else user
    names = "files dns" if command.network else "files"
    return {
        FILTER: call_filter,
        PASSWD: f"root:x:0:0::/:/bin/sh\nsandbox:x:{number}:{group}::{WORK}/home:/bin/sh\n".encode(),
        GROUP: f"root:x:0:\nsandbox:x:{group}:\n".encode(),
        NAMES: f"passwd: files\ngroup: files\nhosts: {names}\n".encode(),
    }
