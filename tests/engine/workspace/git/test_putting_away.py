"""What is not committed is put away when a worktree goes, and is there again in the next one."""

import shutil
from pathlib import Path

import pytest

from engine.values import GoalId
from engine.workspace.git.commands import Git
from engine.workspace.git.committing import CommitOrder, commit
from engine.workspace.git.discarding import discard, purge, restore
from engine.workspace.git.errors import BranchRefused
from engine.workspace.git.putting_away import put_away, state_put_away, take_up
from engine.workspace.git.reading import changes, compare
from engine.workspace.git.worktrees import How, Worktree, ensure, head_of
from tests.engine.workspace.git.commits import file_at
from tests.engine.workspace.git.repositories import BRANCH, commit_all, of_the_person
from tests.engine.workspace.git.repositories import git as person

CHANGED = {"README.md": "deleted", "bin.dat": "added", "src/main.py": "modified"}


def work_in(worktree: Worktree) -> None:
    """A file changed, one new, one gone, and one that git is told to ignore."""
    (worktree.path / "src" / "main.py").write_bytes(b"def add(a, b):\n    return a + b\n")
    (worktree.path / "bin.dat").write_bytes(b"\0\xff")
    (worktree.path / "README.md").unlink()
    (worktree.path / "debug.log").write_bytes(b"ignored\n")


async def changed(git: Git, worktree: Worktree) -> dict[str, str]:
    return {one.path: one.kind.value for one in await changes(git, worktree)}


def away(repository: Path) -> str:
    """The references under which something is put away."""
    return person(repository, "for-each-ref", "--format=%(refname)", "refs/milepost/unproven")


async def test_what_is_not_committed_is_there_again_in_the_next_worktree(git: Git, repository: Path) -> None:
    before = of_the_person(repository)
    first = (await take_up(git, repository, BRANCH, "main")).worktree
    work_in(first)
    for _ in range(2):
        await put_away(git, repository, BRANCH)
    assert not first.path.exists()
    assert away(repository) == "refs/milepost/unproven/7-fix-the-sum"
    assert person(repository, "rev-parse", BRANCH) == person(repository, "rev-parse", "main")
    person(repository, "prune", "--expire=now")
    made = await take_up(git, repository, BRANCH, "main")
    assert made.how is How.REMADE
    assert await changed(git, made.worktree) == CHANGED
    assert (made.worktree.path / "bin.dat").read_bytes() == b"\0\xff"
    assert away(repository) == ""
    again = await take_up(git, repository, BRANCH, "main")
    assert (again.how, await changed(git, again.worktree)) == (How.RESUMED, CHANGED)
    assert of_the_person(repository) == before


@pytest.mark.long
async def test_where_all_is_committed_nothing_is_put_away(git: Git, repository: Path) -> None:
    worktree = (await take_up(git, repository, BRANCH, "main")).worktree
    (worktree.path / "new.txt").write_bytes(b"new\n")
    await commit(git, worktree, CommitOrder(paths=("new.txt",), message="New", goal=GoalId(7), task="7.1"))
    await put_away(git, repository, BRANCH)
    assert away(repository) == ""
    assert await state_put_away(git, worktree) is None


async def test_a_kill_between_any_two_steps_loses_nothing(git: Git, repository: Path) -> None:
    first = (await take_up(git, repository, BRANCH, "main")).worktree
    work_in(first)
    kept = shutil.copytree(first.path, first.path.with_name("kept"), symlinks=True)
    await put_away(git, repository, BRANCH)
    # killed in putting away, after the reference was written: the files are there still
    await ensure(git, repository, BRANCH, "main")
    shutil.copytree(kept, first.path, dirs_exist_ok=True)
    await put_away(git, repository, BRANCH)
    # killed while they were laid out: half of them are there, and the worktree goes again
    half = (await ensure(git, repository, BRANCH, "main")).worktree
    (half.path / "bin.dat").write_bytes(b"\0\xff")
    await put_away(git, repository, BRANCH)
    half = (await ensure(git, repository, BRANCH, "main")).worktree
    (half.path / "bin.dat").write_bytes(b"\0")
    (half.admin / "milepost-taking-up.lock").touch()
    assert await changed(git, (await take_up(git, repository, BRANCH, "main")).worktree) == CHANGED
    assert (half.path / "bin.dat").read_bytes() == b"\0\xff"


@pytest.mark.long
async def test_a_worktree_that_can_not_be_gone_on_with_costs_nothing_that_was_put_away(
    git: Git, repository: Path
) -> None:
    work_in((await take_up(git, repository, BRANCH, "main")).worktree)
    await put_away(git, repository, BRANCH)
    broken = (await ensure(git, repository, BRANCH, "main")).worktree
    (broken.path / ".git").unlink()
    await put_away(git, repository, BRANCH)
    assert await changed(git, (await take_up(git, repository, BRANCH, "main")).worktree) == CHANGED


@pytest.mark.long
async def test_it_is_laid_on_a_branch_that_moved_on_unless_they_conflict(git: Git, repository: Path) -> None:
    work_in((await take_up(git, repository, BRANCH, "main")).worktree)
    await put_away(git, repository, BRANCH)
    person(repository, "stash", "--quiet", "--include-untracked")
    person(repository, "checkout", "--quiet", BRANCH)
    (repository / "more.txt").write_bytes(b"more\n")
    commit_all(repository, "More")
    person(repository, "checkout", "--quiet", "main")
    made = await take_up(git, repository, BRANCH, "main")
    assert await changed(git, made.worktree) == CHANGED
    assert (made.worktree.path / "more.txt").read_bytes() == b"more\n"
    await put_away(git, repository, BRANCH)
    person(repository, "checkout", "--quiet", BRANCH)
    (repository / "src" / "main.py").write_bytes(b"def add(a, b):\n    return a * b\n")
    commit_all(repository, "Other")
    person(repository, "checkout", "--quiet", "main")
    assert await state_put_away(git, made.worktree) is None
    with pytest.raises(BranchRefused, match=r"refs/milepost/unproven/7-fix-the-sum"):
        await take_up(git, repository, BRANCH, "main")
    assert away(repository) != ""


@pytest.mark.long
async def test_what_was_put_away_can_be_looked_at_without_a_worktree(git: Git, repository: Path) -> None:
    worktree = (await take_up(git, repository, BRANCH, "main")).worktree
    work_in(worktree)
    await put_away(git, repository, BRANCH)
    state = await state_put_away(git, worktree)
    assert state is not None
    listed = await compare(git, worktree, await head_of(git, worktree), state)
    assert {one.path: one.kind.value for one in listed} == CHANGED
    assert await file_at(git, worktree, state, "bin.dat") == b"\0\xff"
    assert person(repository, "cat-file", "-t", state).strip() == "tree", "as states are named"


@pytest.mark.long
async def test_it_goes_with_a_discarded_branch_comes_back_with_it_and_is_forgotten_with_it(
    git: Git, repository: Path, clock
) -> None:
    work_in((await take_up(git, repository, BRANCH, "main")).worktree)
    await discard(git, repository, BRANCH)
    clock.advance(hours=20)
    await restore(git, repository, BRANCH)
    assert await changed(git, (await take_up(git, repository, BRANCH, "main")).worktree) == CHANGED
    await put_away(git, repository, BRANCH)
    assert await purge(git, repository, BRANCH) == ()
    assert away(repository) != "", "its branch is there again"
    await discard(git, repository, BRANCH)
    await purge(git, repository, BRANCH)
    assert person(repository, "for-each-ref", "refs/milepost") == ""
