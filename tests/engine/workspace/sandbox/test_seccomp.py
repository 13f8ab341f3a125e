"""The filter of system calls, gone through step by step as the kernel does, for each kind of machine."""

import errno
import struct

import pytest

from engine.workspace.sandbox.seccomp import knows, system_call_filter

KINDS = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL, FAIL = 0x7FFF0000, 0x80000000, 0x00050000


def verdict(machine: str, number: int, first: int = 0, second: int = 0, kind: int | None = None) -> int:
    """What the filter says to a system call."""
    seen = struct.pack("=IIQQQ", number, kind or KINDS[machine], 0, first, second)
    program = system_call_filter(machine)
    steps = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    at = held = 0
    while True:
        code, then, otherwise, value = steps[at]
        at += 1
        match code:
            case 0x20:
                held = struct.unpack_from("=I", seen, value)[0]
            case 0x15 | 0x35 | 0x45:
                holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[code]
                at += then if holds else otherwise
            case 0x06:
                return value
            case _:
                raise AssertionError(f"an unknown step {code:#x}")


CALLS = {"x86_64": {"clone": 56, "clone3": 435, "socket": 41, "ioctl": 16}, "aarch64": {}}
CALLS["aarch64"] = {"clone": 220, "clone3": 435, "socket": 198, "ioctl": 29}


@pytest.mark.parametrize("machine", KINDS)
def test_ordinary_calls_go_through(machine: str) -> None:
    calls = CALLS[machine]
    ordinary = {"x86_64": (0, 1, 2, 9, 39, 57, 59, 60, 101, 231, 257), "aarch64": (56, 57, 63, 64, 93, 172, 221, 222)}
    assert {verdict(machine, number) for number in ordinary[machine]} == {ALLOW}
    assert verdict(machine, calls["clone"], 0x3D0F00) == ALLOW  # a thread
    assert verdict(machine, calls["clone"], 17) == ALLOW  # a process
    assert {verdict(machine, calls["socket"], family) for family in (1, 2, 10, 16)} == {ALLOW}
    assert verdict(machine, calls["ioctl"], 0, 0x5413) == ALLOW  # the size of a terminal


@pytest.mark.parametrize("machine", KINDS)
def test_new_namespaces_odd_sockets_and_typing_for_others_fail(machine: str) -> None:
    calls = CALLS[machine]
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert verdict(machine, calls["clone"], flag | 17) == FAIL | errno.EPERM
    assert verdict(machine, calls["clone3"]) == FAIL | errno.ENOSYS
    for family in (0, 3, 17, 38, 40, 44):
        assert verdict(machine, calls["socket"], family) == FAIL | errno.EAFNOSUPPORT
    for request in (0x5412, 0x541C, 0x5412 | 1 << 40):
        assert verdict(machine, calls["ioctl"], 0, request) == FAIL | errno.EPERM


@pytest.mark.parametrize(("machine", "number"), [("x86_64", 250), ("aarch64", 219)])
def test_keyrings_are_as_if_the_kernel_had_none(machine: str, number: int) -> None:
    assert verdict(machine, number) == FAIL | errno.ENOSYS


def test_calls_of_another_kind_of_machine_are_the_end() -> None:
    assert verdict("x86_64", 1, kind=0x40000003) == KILL
    assert verdict("aarch64", 1, kind=0x40000028) == KILL
    assert verdict("x86_64", 0x40000000 + 1) == FAIL | errno.ENOSYS


def test_only_these_machines_are_known() -> None:
    assert [machine for machine in ("x86_64", "aarch64", "riscv64", "i686") if knows(machine)] == list(KINDS)
