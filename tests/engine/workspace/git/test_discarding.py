"""What is discarded can be brought back for as long as it is not purged."""

from pathlib import Path

import pytest

from engine.values import GoalId
from engine.workspace.git.commands import Git
from engine.workspace.git.committing import CommitOrder, commit
from engine.workspace.git.discarding import discard, purge, restore
from engine.workspace.git.errors import BranchRefused
from engine.workspace.git.worktrees import How, ensure
from tests.engine.workspace.git.repositories import BRANCH, of_the_person
from tests.engine.workspace.git.repositories import git as person
from tests.fakes import FakeClock


async def committed(git: Git, repository: Path) -> str:
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    (worktree.path / "new.txt").write_bytes(b"new\n")
    made = await commit(git, worktree, CommitOrder(paths=("new.txt",), message="New", goal=GoalId(7), task="7.1"))
    assert made is not None
    return made.commit


async def test_a_discarded_branch_is_gone_and_comes_back_as_it_was(git: Git, repository: Path, clock) -> None:
    before = of_the_person(repository)
    head = await committed(git, repository)
    gone = await discard(git, repository, BRANCH)
    assert (gone.branch, gone.commit, gone.at) == (BRANCH, head, clock.now().replace(microsecond=0))
    assert person(repository, "branch", "--list", "milepost/*") == ""
    assert not list((git.home / "trees").rglob("new.txt"))
    assert await discard(git, repository, BRANCH) == gone
    assert of_the_person(repository) == before
    person(repository, "gc", "--quiet", "--prune=now")
    assert await restore(git, repository, BRANCH) == head
    assert await restore(git, repository, BRANCH) == head
    assert person(repository, "for-each-ref", "refs/milepost") == "", "the branch has it now"
    made = await ensure(git, repository, BRANCH, "main")
    assert (made.how, made.head) == (How.REMADE, head)
    assert (made.worktree.path / "new.txt").read_bytes() == b"new\n"


@pytest.mark.long
async def test_what_is_forgotten_is_this_branch_and_no_other(git: Git, repository: Path) -> None:
    await committed(git, repository)
    other = f"{BRANCH}-2"
    await ensure(git, repository, other, "main")
    theirs, gone = await discard(git, repository, other), await discard(git, repository, BRANCH)
    assert await purge(git, repository, BRANCH) == (gone,)
    assert await purge(git, repository, BRANCH) == ()
    assert await restore(git, repository, other) == theirs.commit
    with pytest.raises(BranchRefused, match="nor was it discarded"):
        await restore(git, repository, BRANCH)


@pytest.mark.long
async def test_a_branch_discarded_twice_comes_back_as_it_was_last(git: Git, repository: Path, clock) -> None:
    await committed(git, repository)
    await discard(git, repository, BRANCH)
    clock.advance(hours=1)
    await ensure(git, repository, BRANCH, "main")
    await discard(git, repository, BRANCH)
    assert await restore(git, repository, BRANCH) == person(repository, "rev-parse", "main")


async def test_the_last_discard_is_the_last_also_when_the_clock_was_put_back(
    git: Git, repository: Path, clock: FakeClock
) -> None:
    await committed(git, repository)
    first = await discard(git, repository, BRANCH)
    clock.advance(days=-400)
    await ensure(git, repository, BRANCH, "main")
    second = await discard(git, repository, BRANCH)
    assert second.at > first.at
    assert await restore(git, repository, BRANCH) == person(repository, "rev-parse", "main")


@pytest.mark.parametrize("branch", ["main", "milepost/8-never-there"])
async def test_what_is_not_there_or_not_ours_is_not_discarded(git: Git, repository: Path, branch: str) -> None:
    before = of_the_person(repository)
    with pytest.raises(BranchRefused):
        await discard(git, repository, branch)
    assert of_the_person(repository) == before
