"""The filter of system calls that every sandboxed process lives under, as the kernel's little programs (classic BPF).

Namespaces and limits do the fencing. The filter takes away what they leave open: kernel memory that no limit counts,
keyrings and sockets that no namespace parts, and doors to new namespaces with rights in them.
"""

import errno
import struct
from collections.abc import Iterator

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_EQUAL, _AT_LEAST, _ANY_BIT = 0x15, 0x35, 0x45
_ALLOW, _KILL, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24
"""Where the call's number, the machine's kind and the low halves of the arguments lie in what the filter sees."""

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000
"""Numbers from here on are calls of a second kind on x86_64, which would slip past the list."""

_NEW_NAMESPACES = 0x7E020000
"""All CLONE_NEW… flags that clone takes."""
_FAMILIES = (1, 2, 10, 16)
"""Sockets: unix, IPv4, IPv6, netlink. A network namespace does not part vsock from the host of a virtual machine."""
_TERMINAL_INPUT = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX put words into a terminal, as if somebody had typed them."""

_REFUSED = {
    # memory that belongs to no process, so that no limit counts it
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    # keys, which belong to the session that started us
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # mounts and namespaces
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    # parts of the kernel that tests have no need of and that have been the way out of many a sandbox
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "fanotify_init": (300, 262),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
}
"""System calls by their numbers on x86_64 and on aarch64. They fail as if the kernel did not have them."""
_CLONE, _CLONE3, _SOCKET, _IOCTL = (56, 220), (435, 435), (41, 198), (16, 29)


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)


def _fail(number: int) -> bytes:
    return _step(_RETURN, _FAIL | number)


def knows(machine: str) -> bool:
    """Whether there is a filter for this kind of machine, by the kernel's name for it."""
    return machine in _MACHINES


def system_call_filter(machine: str) -> bytes:
    """The program for `bwrap --seccomp`. Raises `KeyError` for a machine that is not known."""
    return b"".join(_steps(machine))


def _steps(machine: str) -> Iterator[bytes]:
    at = list(_MACHINES).index(machine)
    yield _step(_LOAD, _ARCHITECTURE)
    yield _step(_EQUAL, _MACHINES[machine], then=1)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, _NUMBER)
    if machine == "x86_64":
        yield from (_step(_AT_LEAST, _X32, otherwise=1), _fail(errno.ENOSYS))
    # clone3 hides its flags behind a pointer, and everybody falls back to clone
    for numbers in (*_REFUSED.values(), _CLONE3):
        yield from (_step(_EQUAL, numbers[at], otherwise=1), _fail(errno.ENOSYS))
    yield from _if_call(
        _CLONE[at], _step(_LOAD, _FIRST), _step(_ANY_BIT, _NEW_NAMESPACES, otherwise=1), _fail(errno.EPERM)
    )
    known = [_step(_EQUAL, family, then=len(_FAMILIES) - place) for place, family in enumerate(_FAMILIES)]
    yield from _if_call(_SOCKET[at], _step(_LOAD, _FIRST), *known, _fail(errno.EAFNOSUPPORT))
    push, lines = _TERMINAL_INPUT
    asked = (_step(_EQUAL, push, then=1), _step(_EQUAL, lines, otherwise=1))
    yield from _if_call(_IOCTL[at], _step(_LOAD, _SECOND), *asked, _fail(errno.EPERM))
    yield _step(_RETURN, _ALLOW)


def _if_call(number: int, *steps: bytes) -> tuple[bytes, ...]:
    """Steps that are gone through for one system call only; whoever comes through them is allowed."""
    return (_step(_EQUAL, number, otherwise=len(steps) + 1), *steps, _step(_RETURN, _ALLOW))
