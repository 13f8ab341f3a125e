"""Names that become links while they are used: the kernel follows none, however close the race."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.workspace.access.refusals import AccessRefused
from tests.engine.workspace.access.places import SECRET, Place

MARK = "written by the attacker\n"
SWAPPING = """
import ctypes, os, sys
exchange = ctypes.CDLL(None, use_errno=True).renameat2
one, other = map(os.fsencode, sys.argv[1:])
working_folder, in_one_step, rounds = -100, 2, 0
while exchange(working_folder, one, working_folder, other, in_one_step) == 0:
    rounds += 1
    if rounds == 100:
        print("under way", flush=True)
"""


@contextlib.contextmanager
def swapping(one: Path, other: Path) -> Iterator[None]:
    """Have a process exchange two names over and over, each time in one step of the kernel."""
    words = [sys.executable, "-I", "-S", "-c", SWAPPING, one, other]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"under way\n"
            yield
            assert process.poll() is None, "it stopped too early"
        finally:
            process.kill()


def _race(place: Place, attempt: Callable[[int], object], rounds: int) -> tuple[list[object], int]:
    """What got through, and how often it was refused, while `gate` is now a folder of ours and now a link outside."""
    place.put("gate/secret.txt", "harmless\n")
    (place.root / "link").symlink_to(place.outside)
    through: list[object] = []
    refused = 0
    with swapping(place.root / "gate", place.root / "link"):
        for number in range(rounds):
            try:
                through.append(attempt(number))
            except AccessRefused:
                refused += 1
    return through, refused


@pytest.mark.long
def test_a_folder_that_is_swapped_for_a_link_while_it_is_read_leaks_nothing(place: Place) -> None:
    access = place.access()
    through, refused = _race(place, lambda _: access.read("gate/secret.txt").lines, 1_500)
    assert set(through) == {("harmless",)}
    assert refused


def test_a_folder_that_is_swapped_for_a_link_while_it_is_written_to_lets_nothing_out(place: Place) -> None:
    before = sorted(os.listdir(place.outside))
    access = place.access()
    _, refused = _race(place, lambda number: access.write(f"gate/new-{number % 3}.txt", MARK), 600)
    assert sorted(os.listdir(place.outside)) == before
    assert refused


@pytest.mark.long  # the same while it is read and written to
def test_a_folder_that_is_swapped_for_a_link_while_it_is_searched_leaks_nothing(place: Place) -> None:
    for number in range(40):
        place.put(f"gate/{number}.txt", "harmless\n")
        (place.outside / f"{number}.txt").write_text(SECRET)
    access = place.access()
    through, _ = _race(place, lambda _: access.search("secret that", "gate/**").hits, 15)
    assert set(through) == {()}


def test_a_file_that_is_swapped_for_a_link_while_it_is_read_leaks_nothing(place: Place) -> None:
    place.put("file.txt", "harmless\n")
    (place.root / "link").symlink_to(place.outside / "secret.txt")
    access = place.access()
    seen: set[object] = set()
    with swapping(place.root / "file.txt", place.root / "link"):
        for _ in range(1_500):
            with contextlib.suppress(AccessRefused):
                seen.add(access.read("file.txt").lines)
    assert seen <= {("harmless",)}
