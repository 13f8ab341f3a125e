"""A branch laid on its base as that is now. What was proven was proven elsewhere, so the system proves it anew.

That takes as long as the tests do. So a chat's wish is written down, and carried out beside the chat: the announcer
begins it, and begins it again where a process ended before it was told.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from engine import events as e
from engine.coding.bench import Bench
from engine.coding.benches import Benches
from engine.coding.journal import Journal
from engine.coding.refusals import CodeRefused
from engine.coding.remembering import rebase_wanted, remembered, wanted_rebase
from engine.coding.reports import LaidOnBase
from engine.coding.works.names import PROVE
from engine.coding.works.outcomes import LAID_ON, PROVEN_AGAIN, newest, proof_on
from engine.coding.works.proving import proof_of
from engine.coding.workspaces import WorkspaceStatus
from engine.decisions import Decision, Moment
from engine.errors import NotFoundError, PermanentError, WorkError
from engine.goals import Goal
from engine.tasks import TaskStatus
from engine.values import Cause, GoalId, JsonObject
from engine.workspace.git.errors import UncommittedChanges
from engine.workspace.git.rebasing import Rebased, rebase
from engine.workspace.git.worktrees import ensure


async def wished(benches: Benches, goal_id: GoalId, cause: Cause) -> None:
    """Have it done by and by. Raises `NotFoundError`, `RefusedError` (code_under_way) and `ResourceBlocked`."""
    workspace = await benches.known(goal_id)
    if workspace.status is WorkspaceStatus.DISCARDED:
        raise NotFoundError("branch of goal", goal_id)
    await benches.repository_there(workspace)
    goal = (await benches.sources.ledger.change(goal_id, rebase_wanted(cause), cause, once=True)).goal
    if wanted_rebase(goal) is not None:
        await benches.in_use(workspace)


async def rebased(benches: Benches, goal_id: GoalId) -> LaidOnBase:
    """Lay the branch on its base branch as that is now, all of it or nothing.

    What was proven is proven again there, also where nothing moved and only the proof is missing. The worktree of a
    goal that has ended goes after it; where that was wished for, it goes once somebody was told.
    """
    goal, journal = await benches.sources.ledger.goal(goal_id), Journal(None)
    try:
        async with benches.locked(goal_id):
            bench, came = await _laid(benches, goal, journal)
            if came.conflicts:
                return LaidOnBase(conflicts=came.conflicts)
            try:
                state = await bench.state()
            except PermanentError as error:  # the branch has moved all the same
                return LaidOnBase(unproven=str(error))
            decision = _standing({"state": state, "base": bench.worktree.base})
            await benches.sources.ledger.change(goal_id, decision, Cause(f"code:{goal_id}:laid"))
            proof, why = await _proof_there(bench, goal, state)
            if proof:
                await benches.sources.ledger.change(goal_id, _kept(proof, journal), Cause(f"code:{goal_id}:rebased"))
            return LaidOnBase(unproven=why)
    finally:
        if goal.has_ended and wanted_rebase(goal) is None:
            await benches.close(goal_id)


async def _laid(benches: Benches, goal: Goal, journal: Journal) -> tuple[Bench, Rebased]:
    """The branch on its base, in a worktree; all but its commits is put away where the goal has ended."""
    workspace = await benches.known(goal.id)
    if workspace.status is WorkspaceStatus.DISCARDED:
        raise NotFoundError("branch of goal", goal.id)
    git, repository = benches.edges.git, await benches.repository_there(workspace)
    if goal.has_ended:
        await benches.take_away(repository, workspace)
    workspace = await benches.in_use(workspace)
    ensured = await ensure(git, repository.path, workspace.branch, workspace.base_commit)
    try:
        came = await rebase(git, ensured.worktree, workspace.base)
    except UncommittedChanges as error:
        raise CodeRefused("uncommitted", f"{error}; they are committed once they are proven") from error
    if not came.conflicts:
        workspace = await benches.keep(replace(workspace, base_commit=came.worktree.base, tip=came.head))
    return Bench(benches.edges, (repository, workspace, came.worktree), journal), came


async def _proof_there(bench: Bench, goal: Goal, state: str) -> tuple[JsonObject, str]:
    """A proof of what is committed there, or why there is none; neither where none is called for."""
    before = newest(goal, PROVE, lambda task: task.status is TaskStatus.COMPLETED)
    if before is None or proof_on(goal, state, bench.worktree.base):
        return {}, ""
    try:
        async with asyncio.timeout(bench.edges.limits.goal):
            value = (await proof_of(bench, goal, before.inputs)).value
    except WorkError as error:  # no sandbox just now, or none that comes up
        return {}, str(error)
    except TimeoutError:
        return {}, "the tests did not come to an end in the time that a code goal has"
    return (value if isinstance(value, dict) else {}), ""


def _standing(laid: JsonObject) -> Decision:
    """Keeps with the goal which files its branch holds now, and on which base: lists look into no repository."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        known = goal.metadata.get(LAID_ON)
        if isinstance(known, dict) and {**known, **laid} == known:
            return []
        return [remembered(goal, {LAID_ON: {**laid, "at": moment.now.isoformat()}})]

    return decide


def _kept(proof: JsonObject, journal: Journal) -> Decision:
    """The goal has ended, so no task of it can hold the proof: it is kept with what is known of the goal."""
    write_down = journal.written_down()

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        return [remembered(goal, {PROVEN_AGAIN: dict(proof)}), *write_down(goal, moment)]

    return decide
