"""Files that git laid out are looked at cheaply after a while, and no change of theirs is missed for it."""

import os
from dataclasses import replace

import pytest

from engine.workspace.git.commands import Git
from engine.workspace.git.laying_out import export
from engine.workspace.git.reading import changes, snapshot
from engine.workspace.git.worktrees import Worktree
from tests.engine.workspace.git.repositories import FILES
from tests.engine.workspace.git.repositories import git as person
from tests.fakes import FakeClock


async def test_git_takes_note_once_that_files_are_as_it_laid_them_out(
    git: Git, worktree: Worktree, clock: FakeClock
) -> None:
    at = clock.now().timestamp()
    for place in (*(worktree.path / name for name in FILES), worktree.index, worktree.mark):
        os.utime(place, (at, at))
    said = person(worktree.path, "ls-files", "--stage")
    assert await changes(git, worktree) == ()
    assert worktree.index.stat().st_mtime == at  # too early: in this very second a file might still change
    clock.advance(seconds=1)
    assert await changes(git, worktree) == ()
    noted = worktree.index.stat().st_mtime_ns
    assert noted > at * 1e9
    assert await changes(git, worktree) == ()
    assert worktree.index.stat().st_mtime_ns == noted
    assert person(worktree.path, "ls-files", "--stage") == said


@pytest.mark.sample(1)
@pytest.mark.parametrize("settled", [False, True])
async def test_a_change_right_after_the_files_were_laid_out_is_seen_though_size_and_time_are_the_same(
    git: Git, worktree: Worktree, clock: FakeClock, settled: bool
) -> None:
    place, before = worktree.path / "README.md", (worktree.path / "README.md").stat()
    place.write_bytes(b"x" * before.st_size)
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    if settled:
        clock.advance(seconds=worktree.index.stat().st_mtime + 2 - clock.now().timestamp())
    for _ in range(2):
        assert [change.path for change in await changes(git, worktree)] == ["README.md"]


async def test_a_lock_on_the_index_does_not_keep_anybody_from_looking(
    git: Git, worktree: Worktree, clock: FakeClock
) -> None:
    at = clock.now().timestamp() - 9
    for place in (worktree.index, worktree.mark):
        os.utime(place, (at, at))
    (worktree.admin / "index.lock").write_bytes(b"")
    (worktree.path / "README.md").write_bytes(b"changed\n")
    assert [change.path for change in await changes(git, worktree)] == ["README.md"]


async def test_what_git_notes_of_the_files_is_never_of_a_copy_of_them(
    git: Git, worktree: Worktree, clock: FakeClock
) -> None:
    at = clock.now().timestamp() - 9
    for place in (worktree.index, worktree.mark):
        os.utime(place, (at, at))
    copy = await export(git, worktree, worktree.base)
    (copy / "README.md").write_bytes(b"changed\n")
    assert await snapshot(git, replace(worktree, path=copy)) != await snapshot(git, worktree)
    assert worktree.index.stat().st_mtime > at
    os.utime(worktree.index, (at, at))
    await snapshot(git, replace(worktree, path=copy))
    assert worktree.index.stat().st_mtime == at
