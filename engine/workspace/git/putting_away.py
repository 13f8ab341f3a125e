"""What is not committed when a worktree goes: put away beside the branch, and laid out again in the next worktree.

It is a commit on the branch's newest one, under a reference of ours that no push takes along. The reference is there
as long as its files are laid out nowhere: it is written before a worktree goes, and goes after its files are back. So
a kill at any moment loses nothing, and whatever is done twice comes to the same.
"""

import shutil
from pathlib import Path

from engine.workspace.git.commands import Call, Git, Located
from engine.workspace.git.committing import NewCommit, write_commit
from engine.workspace.git.errors import BranchRefused
from engine.workspace.git.inspecting import locate
from engine.workspace.git.naming import PREFIX, PUT_AWAY, checked
from engine.workspace.git.reading import changes, snapshot
from engine.workspace.git.rebasing import merge, tree_of
from engine.workspace.git.worktrees import (
    Ensured,
    Worktree,
    commit_of,
    ensure,
    head_of,
    read_tree,
    remove,
    sound_worktree,
)

_MESSAGE = "Not proven: what was there, and not committed, when the work stopped\n"


async def put_away(git: Git, path: Path, branch: str) -> None:
    """Take the worktree away; its branch stays, and what is not committed with it. May be done twice."""
    repository = await locate(git, path)
    worktree = await sound_worktree(git, repository, branch)
    if worktree is not None and await _commit_away(git, repository, branch) is None and await changes(git, worktree):
        new = NewCommit(tree=await snapshot(git, worktree), parent=await head_of(git, worktree), message=_MESSAGE)
        made = await write_commit(git, repository, new)
        await git.on_references(repository, Call(words=("update-ref", _reference(branch), made)))
    await remove(git, path, branch)


async def take_up(git: Git, path: Path, branch: str, base: str) -> Ensured:
    """A worktree as `ensure` makes it, with all that was put away laid out in it.

    Raises as `ensure`, and `BranchRefused` where the branch has moved on so that it doesn't fit any more.
    """
    ensured = await ensure(git, path, branch, base)
    worktree = ensured.worktree
    away = await _commit_away(git, worktree.repository, branch)
    if away is None:
        return ensured
    state = await state_put_away(git, worktree)
    if state is None:
        raise BranchRefused(branch, f"has moved on, and does not fit what is kept under {_reference(branch)}")
    index = worktree.admin / "milepost-taking-up"  # the worktree's own stays at the branch's commit
    index.with_name(f"{index.name}.lock").unlink(missing_ok=True)
    shutil.copy2(worktree.index, index)
    await read_tree(git, worktree, state, index)
    index.unlink()
    await _forget(git, worktree.repository, branch, away)
    return ensured


async def kept_away(git: Git, worktree: Worktree) -> str:
    """The reference under which something is put away; empty where nothing is."""
    return _reference(worktree.branch) if await _commit_away(git, worktree.repository, worktree.branch) else ""


async def state_put_away(git: Git, worktree: Worktree) -> str | None:
    """The files as they would be laid out, by the name of their tree; None for none, and where they don't fit."""
    repository = worktree.repository
    away = await _commit_away(git, repository, worktree.branch)
    head = await commit_of(git, repository, f"refs/heads/{worktree.branch}")
    if away is None or head is None:
        return None
    if await commit_of(git, repository, f"{away}^") == head:
        return await tree_of(git, repository, away)
    tree, conflicts = await merge(git, repository, head, away)
    return None if conflicts else tree


async def forget(git: Git, repository: Located, branch: str) -> None:
    """Let go of what was put away. May be done twice."""
    if away := await _commit_away(git, repository, branch):
        await _forget(git, repository, branch, away)


async def _forget(git: Git, repository: Located, branch: str, away: str) -> None:
    await git.on_references(repository, Call(words=("update-ref", "-d", _reference(branch), away)))


async def _commit_away(git: Git, repository: Located, branch: str) -> str | None:
    return await commit_of(git, repository, _reference(branch))


def _reference(branch: str) -> str:
    return f"{PUT_AWAY}{checked(branch).removeprefix(PREFIX)}"
