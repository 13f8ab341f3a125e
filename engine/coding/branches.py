"""What a goal's branch is to the repository around it: its difference, its base that moved on, and the way out."""

from collections.abc import Sequence
from dataclasses import replace

from engine import events as e
from engine.coding.benches import Benches
from engine.coding.refusals import CodeRefused
from engine.coding.remembering import PULL_REQUEST, pull_request_of, remembered
from engine.coding.reports import BaseStanding, Difference, WayOut
from engine.coding.repositories import PushPolicy, Repository
from engine.coding.workspaces import IN_USE, Workspace, WorkspaceStatus
from engine.decisions import Decision, Moment
from engine.errors import NotFoundError
from engine.goals import Goal
from engine.values import Cause, GoalId
from engine.workspace.git.errors import NoRemote, UncommittedChanges
from engine.workspace.git.inspecting import locate
from engine.workspace.git.pull_requests import PullRequest, open_pull_request
from engine.workspace.git.putting_away import state_put_away, take_up
from engine.workspace.git.reading import compare, diff, log, snapshot
from engine.workspace.git.rebasing import rebase, standing
from engine.workspace.git.remotes import find_remote, push, without_password
from engine.workspace.git.worktrees import Worktree, commit_of, ensure, head_of

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
        admin=workspace.path,  # not asked for anything of it while there is no worktree
    )
    if workspace.status in IN_USE:
        place = (await take_up(benches.edges.git, repository.path, workspace.branch, workspace.base_commit)).worktree
    return repository, workspace, place


async def difference(benches: Benches, goal: GoalId) -> Difference:
    """What differs from the base, committed or not."""
    async with benches.locked(goal):
        _, workspace, place = await branch_of(benches, goal)
        return await difference_now(benches, workspace, place)


async def difference_now(benches: Benches, workspace: Workspace, place: Worktree) -> Difference:
    """What differs between the base and the branch as it is now; with what is there besides its commits."""
    git = benches.edges.git
    head = await head_of(git, place)
    now = await snapshot(git, place) if workspace.status in IN_USE else await state_put_away(git, place) or head
    differs = await difference_of(benches, place, now)
    return replace(differs, uncommitted=len(await compare(git, place, head, now)))


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


async def rebased(benches: Benches, goal: GoalId) -> BaseStanding:
    """Lay the branch on its base branch as that is now, all of it or nothing."""
    async with benches.locked(goal):
        repository, workspace, _ = await branch_of(benches, goal)
        git = benches.edges.git
        ensured = await ensure(git, repository.path, workspace.branch, workspace.base_commit)
        try:
            came = await rebase(git, ensured.worktree, workspace.base)
        except UncommittedChanges as error:
            raise CodeRefused("uncommitted", f"{error}; they are committed once they are proven") from error
        if not came.conflicts:
            await benches.keep(replace(workspace, base_commit=came.worktree.base, tip=came.head))
        if workspace.status not in IN_USE:
            await benches.take_away(repository, workspace)
        found = await standing(git, came.worktree, workspace.base)
        return BaseStanding(ahead=found.ahead, behind=found.behind, conflicts=came.conflicts)


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
        return WayOut(remote=remote, address=without_password(address), is_there=is_there)


async def pushed(benches: Benches, goal: GoalId, commit: str, remote: str = "") -> str:
    """Push just this commit, which somebody has said yes to; returns where to."""
    async with benches.locked(goal):
        _, place = await _approved(benches, goal, commit)
        came = await push(benches.edges.git, place, remote)
        return came.address


async def requested(benches: Benches, goal: GoalId, commit: str, told: tuple[str, str] = ("", "")) -> str:
    """Open a pull request for just this commit; `told` are title and text, empty for the goal's. Never a second one."""
    title, body = told
    async with benches.locked(goal):
        known = await benches.sources.ledger.goal(goal)
        if there := pull_request_of(known):
            return there
        workspace, place = await _approved(benches, goal, commit)
        asked = PullRequest(title=title or known.name, body=body or known.description, into=workspace.base)
        await push(benches.edges.git, place)
        opened = await open_pull_request(benches.edges.git, place, asked)
        await benches.sources.ledger.change(goal, _opened(opened.url), Cause(f"pull:{goal}:{opened.url}"), once=True)
        return opened.url


def _opened(address: str) -> Decision:
    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        del moment
        return [remembered(goal, PULL_REQUEST, address), e.NoteAdded(note=f"Pull request: {address}")]

    return decide


async def _approved(benches: Benches, goal: GoalId, commit: str) -> tuple[Workspace, Worktree]:
    """The branch, while it is as it was approved, and may leave at all."""
    repository, workspace, place = await branch_of(benches, goal)
    if repository.terms.push is PushPolicy.NEVER:
        raise CodeRefused("push_never", f"nothing of «{repository.name}» may be pushed; /repo says so")
    if await head_of(benches.edges.git, place) != commit:
        raise CodeRefused("outdated", "the branch has moved on since that was shown")
    return workspace, place
