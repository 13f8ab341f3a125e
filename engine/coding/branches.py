"""What a goal's branch is to the repository around it: its difference, its base that moved on, and the way out."""

from dataclasses import replace

from engine.coding.benches import Benches
from engine.coding.refusals import CodeRefused
from engine.coding.reports import BaseStanding, Difference, WayOut
from engine.coding.repositories import PushPolicy, Repository
from engine.coding.workspaces import IN_USE, Workspace, WorkspaceStatus
from engine.errors import NotFoundError
from engine.values import GoalId
from engine.workspace.git.commands import Git, Located
from engine.workspace.git.errors import NoRemote, ToolMissing
from engine.workspace.git.inspecting import locate
from engine.workspace.git.pull_requests import way_to_request
from engine.workspace.git.putting_away import kept_away, state_put_away
from engine.workspace.git.reading import compare, diff, log, snapshot
from engine.workspace.git.rebasing import standing, tree_of
from engine.workspace.git.remotes import find_remote, push, replaced_by_push, without_password
from engine.workspace.git.worktrees import Worktree, commit_of, head_of, sound_worktree

MOST_SHOWN = 2 * 1024 * 1024
"""Bytes of a difference that is shown."""


async def branch_of(benches: Benches, goal: GoalId) -> tuple[Repository, Workspace, Worktree]:
    """A goal's branch, whether or not it has a worktree just now. Raises `NotFoundError`."""
    workspace = await benches.known(goal)
    if workspace.status is WorkspaceStatus.DISCARDED:
        raise NotFoundError("branch of goal", goal)
    repository = await benches.repository_there(workspace)
    located = await locate(benches.edges.git, repository.path)
    place = Worktree(
        repository=located,
        branch=workspace.branch,
        base=workspace.base_commit,
        path=workspace.path,
        admin=workspace.path,  # not asked for anything of it: whether there is a worktree just now is left open
    )
    return repository, workspace, place


async def difference(benches: Benches, goal: GoalId) -> Difference:
    """What differs from the base, committed or not."""
    async with benches.locked(goal):
        _, workspace, place = await branch_of(benches, goal)
        return await difference_now(benches, workspace, place)


async def difference_now(benches: Benches, workspace: Workspace, place: Worktree) -> Difference:
    """What differs between the base and the branch as it is now; with what is there besides its commits."""
    git = benches.edges.git
    now, misfit = await _state_now(benches, workspace, place)
    beside = await compare(git, place, await head_of(git, place), now)
    return replace(await difference_of(benches, place, now), uncommitted=len(beside), misfit=misfit)


async def _state_now(benches: Benches, workspace: Workspace, place: Worktree) -> tuple[str, str]:
    """The name of the files as they are now: of what was put away, of a worktree, or of the branch.

    Also the reference of what was put away, where it is left out because it does not fit the branch any more.
    """
    git, misfit = benches.edges.git, ""
    if kept := await kept_away(git, place):
        if (state := await state_put_away(git, place)) is not None:
            return state, ""
        misfit = kept
    elif workspace.status in IN_USE and (there := await sound_worktree(git, place.repository, place.branch)):
        return await snapshot(git, there), ""
    return await tree_of(git, place.repository, await head_of(git, place)), misfit


async def difference_of(benches: Benches, place: Worktree, now: str) -> Difference:
    """What differs between the base and another state."""
    git = benches.edges.git
    changes = await compare(git, place, place.base, now)
    patch = await diff(git, place, place.base, now, most=MOST_SHOWN)
    return Difference(
        text=patch.text,
        cut=patch.cut,
        files=len(changes),
        added=sum(change.added or 0 for change in changes),
        removed=sum(change.removed or 0 for change in changes),
    )


async def commits_of(benches: Benches, place: Worktree) -> tuple[tuple[str, str, str], ...]:
    """Name, subject and task of each commit of the branch, the newest first."""
    return tuple((one.commit, one.subject, one.task) for one in await log(benches.edges.git, place))


async def base_standing(benches: Benches, goal: GoalId) -> BaseStanding:
    """How the branch stands to its base branch as that is now."""
    async with benches.locked(goal):
        _, workspace, place = await branch_of(benches, goal)
        found = await standing(benches.edges.git, place, workspace.base)
        return BaseStanding(ahead=found.ahead, behind=found.behind, conflicts=found.conflicts)


async def way_out(benches: Benches, goal: GoalId) -> WayOut | None:
    """Where the branch would be pushed to; None where it may not be, or there is no remote."""
    async with benches.locked(goal):
        repository, _, place = await branch_of(benches, goal)
        if repository.terms.push is PushPolicy.NEVER:
            return None
        git = benches.edges.git
        try:
            remote, address = await find_remote(git, place.repository, "")
        except NoRemote:
            return None
        known = await commit_of(git, place.repository, f"refs/remotes/{remote}/{place.branch}")
        is_there = known is not None and known == await head_of(git, place)
        return WayOut(
            remote=remote,
            address=without_password(address),
            is_there=is_there,
            replaces=await replaced_by_push(git, place),
            no_request=await _no_request(git, place.repository),
        )


async def _no_request(git: Git, repository: Located) -> str:
    try:
        await way_to_request(git, repository)
    except ToolMissing as error:
        return f"{error.needed}; {error.how}"
    except NoRemote as error:
        return str(error)
    return ""


async def pushed(benches: Benches, goal: GoalId, commit: str, remote: str = "") -> str:
    """Push just this commit, which somebody has said yes to; returns where to."""
    async with benches.locked(goal):
        _, place = await as_approved(benches, goal, commit)
        came = await push(benches.edges.git, place, remote)
        return came.address


async def as_approved(benches: Benches, goal: GoalId, commit: str) -> tuple[Workspace, Worktree]:
    """The branch, while it is as it was approved, and may leave at all."""
    repository, workspace, place = await branch_of(benches, goal)
    if repository.terms.push is PushPolicy.NEVER:
        raise CodeRefused("push_never", f"nothing of «{repository.name}» may be pushed; /repo says so")
    if await head_of(benches.edges.git, place) != commit:
        raise CodeRefused("outdated", "the branch has moved on since that was shown")
    return workspace, place
