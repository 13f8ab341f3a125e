"""A branch thrown away, with a way back: its commits stay under a reference of ours until they are purged."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from engine.workspace.git.commands import Call, Git, Located
from engine.workspace.git.errors import BranchRefused
from engine.workspace.git.inspecting import locate
from engine.workspace.git.naming import PREFIX, checked
from engine.workspace.git.worktrees import commit_of, remove

_KEPT = "refs/milepost/discarded/"
_NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded:
    """A branch that can be brought back."""

    branch: str
    commit: str
    at: dt.datetime


async def discard(git: Git, path: Path, branch: str) -> Discarded:
    """Take the worktree and the branch away and keep the commits. May be done twice. Raises `BranchRefused`."""
    checked(branch)
    repository = await locate(git, path)
    await remove(git, path, branch)
    head = await commit_of(git, repository, f"refs/heads/{branch}")
    if head is not None:
        kept = f"{_KEPT}{branch.removeprefix(PREFIX)}/{int(git.clock.now().timestamp())}"
        await git.on_references(repository, Call(words=("update-ref", kept, head)))
        await git.on_references(repository, Call(words=("update-ref", "-d", f"refs/heads/{branch}", head)))
    return await _newest(git, repository, branch)


async def restore(git: Git, path: Path, branch: str) -> str:
    """Bring back the branch as it was when it was discarded last; returns its commit. May be done twice.

    Raises `BranchRefused` when there is nothing to bring back.
    """
    checked(branch)
    repository = await locate(git, path)
    if head := await commit_of(git, repository, f"refs/heads/{branch}"):
        return head
    kept = await _newest(git, repository, branch)
    # the branch must not be there: what somebody made meanwhile under its name stays
    words = ("update-ref", "-m", "milepost: restored", f"refs/heads/{branch}", kept.commit, _NONE)
    await git.on_references(repository, Call(words=words))
    return kept.commit


async def purge(git: Git, path: Path, before: dt.datetime) -> tuple[Discarded, ...]:
    """Forget what was discarded before a moment; returns it. Git removes the commits in its own time."""
    repository = await locate(git, path)
    old = [kept async for kept in _kept(git, repository, "") if kept.at < before]
    for kept in old:
        reference = f"{_KEPT}{kept.branch.removeprefix(PREFIX)}/{int(kept.at.timestamp())}"
        await git.on_references(repository, Call(words=("update-ref", "-d", reference, kept.commit)))
    return tuple(old)


async def _newest(git: Git, repository: Located, branch: str) -> Discarded:
    kept = [one async for one in _kept(git, repository, f"{branch.removeprefix(PREFIX)}/")]
    if not kept:
        raise BranchRefused(branch, "is not there, nor was it discarded")
    return max(kept, key=lambda one: one.at)


async def _kept(git: Git, repository: Located, under: str) -> AsyncIterator[Discarded]:
    words = ("for-each-ref", "--format=%(refname) %(objectname)", f"{_KEPT}{under}")
    for line in (await git.on_references(repository, Call(words=words))).line.splitlines():
        reference, commit = line.split(" ")
        name, _, seconds = reference.removeprefix(_KEPT).rpartition("/")
        if seconds.isdecimal():
            at = dt.datetime.fromtimestamp(int(seconds), dt.UTC)
            yield Discarded(branch=f"{PREFIX}{name}", commit=commit, at=at)
