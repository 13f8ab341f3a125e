"""A branch thrown away, with a way back: its commits stay under a reference of ours until they are purged."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from engine.workspace.git.commands import Call, Git, Located
from engine.workspace.git.errors import BranchRefused
from engine.workspace.git.inspecting import locate
from engine.workspace.git.naming import checked, claim_of, discards_of
from engine.workspace.git.putting_away import forget, put_away
from engine.workspace.git.worktrees import commit_of

_NONE = ""
_SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded:
    """A branch that can be brought back."""

    branch: str
    commit: str
    at: dt.datetime
    """When, by the clock; after what was discarded before it, also when the clock was put back meanwhile."""


async def discard(git: Git, path: Path, branch: str) -> Discarded:
    """Take the worktree and the branch away and keep the commits. May be done twice. Raises `BranchRefused`."""
    checked(branch)
    repository = await locate(git, path)
    await put_away(git, path, branch)
    head = await commit_of(git, repository, f"refs/heads/{branch}")
    before = await _newest(git, repository, branch)
    if head is None:
        if before is None:
            raise _nothing(branch)
        return before
    now = git.clock.now().replace(microsecond=0)
    kept = Discarded(branch=branch, commit=head, at=now if before is None else max(now, before.at + _SECOND))
    await git.on_references(repository, Call(words=("update-ref", _reference(kept), head)))
    await git.on_references(repository, Call(words=("update-ref", "-d", f"refs/heads/{branch}", head)))
    return kept


async def restore(git: Git, path: Path, branch: str) -> str:
    """Bring back the branch as it was when it was discarded last; returns its commit. May be done twice.

    Raises `BranchRefused` when there is nothing to bring back.
    """
    checked(branch)
    repository = await locate(git, path)
    if head := await commit_of(git, repository, f"refs/heads/{branch}"):
        return head
    kept = await _newest(git, repository, branch)
    if kept is None:
        raise _nothing(branch)
    # the branch must not be there: what somebody made meanwhile under its name stays
    words = ("update-ref", "-m", "milepost: restored", f"refs/heads/{branch}", kept.commit, _NONE)
    await git.on_references(repository, Call(words=words))
    await git.on_references(repository, Call(words=("update-ref", "-d", _reference(kept), kept.commit)))
    return kept.commit


async def purge(git: Git, path: Path, branch: str) -> tuple[Discarded, ...]:
    """Forget what was discarded of this branch, with what was put away of it, and let others have its name; returns it.

    Git removes the commits in its own time.
    """
    repository = await locate(git, path)
    kept = await _kept(git, repository, branch)
    if kept:  # while it is there nobody else can have claimed the name
        await git.on_references(repository, Call(words=("update-ref", "-d", claim_of(branch))))
        if await commit_of(git, repository, f"refs/heads/{branch}") is None:
            await forget(git, repository, branch)
    for one in kept:
        await git.on_references(repository, Call(words=("update-ref", "-d", _reference(one), one.commit)))
    return kept


def _nothing(branch: str) -> BranchRefused:
    return BranchRefused(branch, "is not there, nor was it discarded")


def _reference(kept: Discarded) -> str:
    return f"{discards_of(kept.branch)}{int(kept.at.timestamp())}"


async def _newest(git: Git, repository: Located, branch: str) -> Discarded | None:
    return max(await _kept(git, repository, branch), key=lambda one: one.at, default=None)


async def _kept(git: Git, repository: Located, branch: str) -> tuple[Discarded, ...]:
    """All that was discarded of a branch."""
    under = discards_of(branch)
    words = ("for-each-ref", "--format=%(refname) %(objectname)", under)
    found = []
    for line in (await git.on_references(repository, Call(words=words))).line.splitlines():
        reference, commit = line.split(" ")
        seconds = reference.removeprefix(under)
        if seconds.isdecimal():
            at = dt.datetime.fromtimestamp(int(seconds), dt.UTC)
            found.append(Discarded(branch=branch, commit=commit, at=at))
    return tuple(found)
