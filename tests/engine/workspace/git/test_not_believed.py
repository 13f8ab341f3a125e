"""What a repository holds is not believed: a commit that says it is ours, repositories among its files."""

from pathlib import Path

import pytest

from engine.workspace.git.commands import Call, Git
from engine.workspace.git.committing import Committed, drop_changes
from engine.workspace.git.errors import GitFailed
from engine.workspace.git.reading import changes, log, snapshot
from engine.workspace.git.worktrees import Worktree, ensure, head_of, set_branch
from tests.engine.workspace.git.commits import commit_now, write
from tests.engine.workspace.git.repositories import BRANCH, commit_all, plant
from tests.engine.workspace.git.repositories import git as person


async def test_a_persons_commit_that_says_it_is_ours_is_not_believed(git: Git, worktree: Worktree) -> None:
    forged = "Mine\n\nMilepost-Goal: 7\nMilepost-Task: 7.1\n"
    tree = person(worktree.path, "rev-parse", "HEAD^{tree}")
    made = person(worktree.path, "commit-tree", tree, "-p", "HEAD", "-m", forged)
    await set_branch(git, worktree, await head_of(git, worktree), made)
    assert [entry.task for entry in await log(git, worktree)] == ["7.1"]
    assert await commit_now(git, worktree, "README.md", task="7.1") is None
    write(worktree, "one.txt", b"1\n")
    first = await commit_now(git, worktree, "one.txt", task="7.1")
    assert first is not None
    assert await commit_now(git, worktree, "one.txt", task="7.1") == Committed(
        commit=first.commit, made=False, paths=("one.txt",)
    )


@pytest.mark.long
async def test_what_was_committed_in_a_bare_repository_is_found_again(git: Git, repository: Path) -> None:
    person(repository, "clone", "--quiet", "--bare", ".", str(repository.parent / "bare.git"))
    worktree = (await ensure(git, repository.parent / "bare.git", BRANCH, "main")).worktree
    write(worktree, "one.txt", b"1\n")
    first = await commit_now(git, worktree, "one.txt")
    again = await commit_now(git, worktree, "one.txt")
    assert (first is not None, again is not None) == (True, True)
    assert (again.commit, again.made) == (first.commit, False)  # type: ignore[union-attr]  # both are there


async def test_a_repository_planted_inside_the_worktree_runs_nothing_and_is_left_out(
    git: Git, worktree: Worktree, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    inner = worktree.path / "src" / "inner"
    inner.mkdir()
    person(inner, "init", "--quiet")
    person(inner, "-c", "user.name=x", "-c", "user.email=x", "commit", "--quiet", "--allow-empty", "--message", "x")
    write(worktree, "README.md", b"changed\n")
    plant(inner, canary)
    assert [change.path for change in await changes(git, worktree)] == ["README.md"]
    assert await commit_now(git, worktree, "README.md") is not None
    assert not canary.exists()


@pytest.mark.long
async def test_a_bare_repository_among_the_files_is_never_found_and_runs_nothing(
    git: Git, repository: Path, tmp_path: Path
) -> None:
    canary, inner = tmp_path / "canary", repository / "src" / "inner"
    person(repository, "init", "--quiet", "--bare", str(inner))
    (inner / "refs" / "kept").write_bytes(b"")  # git keeps no empty folders
    (inner / "objects" / "kept").write_bytes(b"")
    planted = tmp_path / "planted.sh"
    planted.write_text(f"#!/bin/sh\necho ran >> '{canary}'\n", "utf-8")
    planted.chmod(0o755)
    person(inner, "config", "core.bare", "false")
    person(inner, "config", "core.worktree", str(inner / "refs"))
    person(inner, "config", "core.fsmonitor", str(planted))
    commit_all(repository, "A repository among the files")
    canary.unlink(missing_ok=True)
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    found = worktree.path / "src" / "inner"
    assert (found / "config").is_file()
    write(worktree, "README.md", b"changed\n")
    assert await commit_now(git, worktree, "README.md") is not None
    await drop_changes(git, worktree)
    await snapshot(git, worktree)
    for folder in (found, found / "refs"):
        with pytest.raises(GitFailed, match=r"bare|not a git repository"):
            await git.discover(folder, Call(words=("status",)))
    assert not canary.exists()
