"""A push brings one branch to the remote; nothing of the repository's settings runs, and every refusal has its type."""

import os
from pathlib import Path

import pytest

from engine.coding.options import outside_environment
from engine.values import GoalId
from engine.workspace.git.commands import Git
from engine.workspace.git.committing import CommitOrder, commit
from engine.workspace.git.errors import AuthenticationNeeded, NoRemote, PushRejected, RemoteAway
from engine.workspace.git.rebasing import Rebased, rebase
from engine.workspace.git.remotes import push, replaced_by_push
from engine.workspace.git.worktrees import Worktree, ensure
from tests.engine.workspace.git.repositories import BRANCH, commit_all, of_the_person, plant
from tests.engine.workspace.git.repositories import git as person


@pytest.fixture
def remote(repository: Path, tmp_path: Path) -> Path:
    person(tmp_path, "clone", "--quiet", "--bare", str(repository), "remote.git")
    person(repository, "remote", "add", "origin", str(tmp_path / "remote.git"))
    return tmp_path / "remote.git"


@pytest.fixture
async def worktree(git: Git, repository: Path) -> Worktree:
    made = (await ensure(git, repository, BRANCH, "main")).worktree
    await work(git, made, b"def add(a, b):\n    return a + b\n")
    return made


async def work(git: Git, worktree: Worktree, content: bytes) -> str:
    (worktree.path / "src/main.py").write_bytes(content)
    made = await commit(git, worktree, CommitOrder(paths=("src/main.py",), message="Work", goal=GoalId(7), task="7.1"))
    assert made is not None
    return made.commit


async def test_a_push_brings_the_branch_and_nothing_else_and_once(
    git: Git, repository: Path, remote: Path, worktree: Worktree
) -> None:
    before = of_the_person(repository)
    pushed = await push(git, worktree)
    assert (pushed.remote, pushed.made) == ("origin", True)
    assert person(remote, "rev-parse", BRANCH) == pushed.commit
    assert person(remote, "for-each-ref", "--format=%(refname)").split() == ["refs/heads/main", f"refs/heads/{BRANCH}"]
    assert person(repository, "rev-parse", f"origin/{BRANCH}") == pushed.commit
    assert not (await push(git, worktree)).made
    assert of_the_person(repository) == before
    more = await work(git, worktree, b"more\n")
    assert (await push(git, worktree)).commit == more


async def test_nothing_that_the_repository_plants_runs_at_a_push(
    git: Git, repository: Path, remote: Path, worktree: Worktree, tmp_path: Path
) -> None:
    plant(repository, tmp_path / "canary")
    person(repository, "config", "remote.origin.receivepack", str(tmp_path / "planted.sh"))
    person(repository, "config", f"url.ext::{tmp_path}/planted.sh.insteadOf", str(remote))
    assert (await push(git, worktree)).made
    assert not (tmp_path / "canary").exists()


@pytest.mark.sample(1)
@pytest.mark.parametrize("address", ["ext::sh -c 'touch {canary}'", "--upload-pack=touch {canary}", "-x", "fd::17"])
async def test_an_address_that_is_a_program_is_none(
    git: Git, repository: Path, worktree: Worktree, tmp_path: Path, address: str
) -> None:
    canary = tmp_path / "canary"
    person(repository, "config", "remote.origin.url", address.format(canary=canary))
    person(repository, "config", "protocol.ext.allow", "always")
    with pytest.raises(NoRemote):
        await push(git, worktree)
    assert not canary.exists()


@pytest.mark.sample(1)
@pytest.mark.parametrize("address", [".git/evil", ".git/evil.git", "file://{path}/.git/%65vil", "../project/.git/evil"])
async def test_a_remote_that_the_repository_brought_along_runs_no_hooks_of_its_own(
    git: Git, repository: Path, worktree: Worktree, tmp_path: Path, address: str
) -> None:
    person(tmp_path, "clone", "--quiet", "--bare", str(repository), str(repository / ".git" / "evil.git"))
    hook = repository / ".git" / "evil.git" / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\ntouch '{tmp_path}/canary'\n", "utf-8")
    hook.chmod(0o755)
    person(repository, "remote", "add", "origin", address.format(path=repository))
    with pytest.raises(NoRemote, match="inside the repository itself"):
        await push(git, worktree)
    assert not (tmp_path / "canary").exists()


async def test_what_somebody_else_pushed_is_never_overwritten(
    git: Git, repository: Path, remote: Path, worktree: Worktree, tmp_path: Path
) -> None:
    await push(git, worktree)
    person(tmp_path, "clone", "--quiet", "--branch", BRANCH, str(remote), "theirs")
    person(tmp_path / "theirs", "config", "user.name", "Grace")
    person(tmp_path / "theirs", "config", "user.email", "grace@example.org")
    (tmp_path / "theirs" / "README.md").write_bytes(b"by Grace\n")
    theirs = commit_all(tmp_path / "theirs", "By Grace")
    person(tmp_path / "theirs", "push", "--quiet")
    await work(git, worktree, b"more\n")
    with pytest.raises(PushRejected):
        await push(git, worktree)
    person(repository, "fetch", "--quiet", "origin")  # from now on git here takes theirs for what we left
    await rebased_on_more(git, repository, worktree)
    with pytest.raises(PushRejected, match="commits that ours lacks"):
        await push(git, worktree)
    assert person(remote, "rev-parse", BRANCH) == theirs


async def rebased_on_more(git: Git, repository: Path, worktree: Worktree) -> Rebased:
    (repository / "more.txt").write_bytes(b"more\n")
    commit_all(repository, "The base moves")
    return await rebase(git, worktree, "main")


@pytest.mark.long
async def test_a_rebased_branch_takes_the_place_of_what_we_pushed(
    git: Git, repository: Path, remote: Path, worktree: Worktree
) -> None:
    await work(git, worktree, b"ours\n")
    before = await push(git, worktree)
    assert await replaced_by_push(git, worktree) == ""
    rebased = await rebased_on_more(git, repository, worktree)
    assert await replaced_by_push(git, rebased.worktree) == before.commit
    assert (await push(git, rebased.worktree)).made
    assert person(remote, "rev-parse", BRANCH) == rebased.head
    assert await replaced_by_push(git, rebased.worktree) == ""


@pytest.mark.long
async def test_what_came_on_top_of_our_push_is_not_overwritten_by_a_rebased_branch(
    git: Git, repository: Path, remote: Path, worktree: Worktree, tmp_path: Path
) -> None:
    await work(git, worktree, b"ours\n")
    await push(git, worktree)
    person(tmp_path, "clone", "--quiet", "--branch", BRANCH, str(remote), "theirs")
    for key, value in (("user.name", "Grace"), ("user.email", "grace@example.org")):
        person(tmp_path / "theirs", "config", key, value)
    (tmp_path / "theirs" / "README.md").write_bytes(b"by Grace\n")
    theirs = commit_all(tmp_path / "theirs", "By Grace")
    person(tmp_path / "theirs", "push", "--quiet")
    rebased = await rebased_on_more(git, repository, worktree)
    with pytest.raises(PushRejected, match="commits that ours lacks"):
        await push(git, rebased.worktree)
    assert person(remote, "rev-parse", BRANCH) == theirs


@pytest.mark.long
async def test_the_remotes_own_rules_hold(git: Git, remote: Path, worktree: Worktree) -> None:
    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho no branches on Sundays\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    with pytest.raises(PushRejected, match=r"pre-receive hook declined.*It says: no branches on Sundays"):
        await push(git, worktree)


async def test_without_a_remote_there_is_nowhere_to_push(git: Git, worktree: Worktree) -> None:
    with pytest.raises(NoRemote, match="no remote «origin»"):
        await push(git, worktree)


@pytest.mark.long
async def test_a_remote_that_is_gone_is_told_apart_from_one_that_is_away(
    git: Git, repository: Path, worktree: Worktree, tmp_path: Path
) -> None:
    person(repository, "remote", "add", "origin", str(tmp_path / "nowhere.git"))
    with pytest.raises(NoRemote, match="no repository at the remote's address"):
        await push(git, worktree)
    person(repository, "remote", "set-url", "origin", "git://127.0.0.1:1/project.git")
    with pytest.raises(RemoteAway):
        await push(git, worktree)


def fake_ssh(folder: Path, script: str) -> dict[str, str]:
    """An operator whose ssh is a script."""
    folder.mkdir()
    (folder / "ssh").write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    (folder / "ssh").chmod(0o755)
    return {"HOME": str(folder), "PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.mark.long
async def test_a_remote_that_does_not_know_us_asks_the_operator(
    git: Git, repository: Path, worktree: Worktree, tmp_path: Path, clock
) -> None:
    person(repository, "remote", "add", "origin", "git@example.org:ada/project.git")
    denied = fake_ssh(tmp_path / "operator", "echo 'git@example.org: Permission denied (publickey).' >&2; exit 255")
    with pytest.raises(AuthenticationNeeded) as needed:
        await push(Git(git.home, clock, outside=denied), worktree)
    assert needed.value.from_whom == "the operator"


@pytest.mark.long
async def test_the_operators_own_settings_hold_for_a_push_and_nothing_else_of_the_environment_is_seen(
    git: Git, remote: Path, worktree: Worktree, tmp_path: Path
) -> None:
    person(worktree.repository.path, "remote", "set-url", "origin", "git@example.org:ada/project.git")
    operator = fake_ssh(tmp_path / "operator", f"env > {tmp_path}/seen\neval \"git-receive-pack '{remote}'\"")
    (tmp_path / "operator" / ".gitconfig").write_text("[receive]\n\tautogc = false\n", "utf-8")
    outside = outside_environment({**operator, "BOT_TOKEN": "secret", "GH_TOKEN": "t", "OTHER": "x"}, ["GH_TOKEN"])
    assert set(outside) == {"HOME", "PATH", "GH_TOKEN"}
    assert (await push(Git(git.home, git.clock, outside=outside), worktree)).made
    seen = (tmp_path / "seen").read_text("utf-8")
    assert "secret" not in seen
    assert f"GIT_CONFIG_GLOBAL={tmp_path}/operator/.gitconfig" in seen


async def test_a_password_in_an_address_is_never_told(git: Git, repository: Path, worktree: Worktree) -> None:
    person(repository, "remote", "add", "origin", "http://ada:hunter2@127.0.0.1:1/project.git")
    with pytest.raises(RemoteAway) as away:
        await push(git, worktree)
    assert "hunter2" not in str(away.value)
    assert "127.0.0.1" in str(away.value)
