"""A branch laid on its base as that is now. What was proven was proven elsewhere, so the system proves it anew."""

from collections.abc import Sequence
from dataclasses import replace

from engine import events as e
from engine.coding.bench import Bench
from engine.coding.benches import Benches
from engine.coding.branches import branch_of
from engine.coding.journal import Journal
from engine.coding.refusals import CodeRefused
from engine.coding.remembering import remembered
from engine.coding.reports import BaseStanding
from engine.coding.works.names import PROVE
from engine.coding.works.outcomes import PROVEN_AGAIN, newest, proof_on
from engine.coding.works.proving import proof_of
from engine.coding.workspaces import IN_USE
from engine.decisions import Decision, Moment
from engine.errors import WorkError
from engine.goals import Goal
from engine.tasks import TaskStatus
from engine.values import Cause, GoalId, JsonValue
from engine.workspace.git.errors import UncommittedChanges
from engine.workspace.git.rebasing import rebase, standing
from engine.workspace.git.worktrees import ensure


async def rebased(benches: Benches, goal_id: GoalId) -> BaseStanding:
    """Lay the branch on its base branch as that is now, all of it or nothing.

    What was proven is proven again there, also where nothing moved and only the proof is missing.
    """
    goal, journal, proof = await benches.sources.ledger.goal(goal_id), Journal(None), None
    async with benches.locked(goal_id):
        repository, workspace, _ = await branch_of(benches, goal_id)
        git = benches.edges.git
        ensured = await ensure(git, repository.path, workspace.branch, workspace.base_commit)
        try:
            came = await rebase(git, ensured.worktree, workspace.base)
        except UncommittedChanges as error:
            raise CodeRefused("uncommitted", f"{error}; they are committed once they are proven") from error
        if not came.conflicts:
            workspace = await benches.keep(replace(workspace, base_commit=came.worktree.base, tip=came.head))
            proof = await _proof_there(Bench(benches.edges, (repository, workspace, came.worktree), journal), goal)
        if workspace.status not in IN_USE:
            await benches.take_away(repository, workspace)
        found = await standing(git, came.worktree, workspace.base)
    if proof is not None:
        await benches.sources.ledger.change(goal_id, _kept(proof, journal), Cause(f"code:{goal_id}:rebased"))
    return BaseStanding(ahead=found.ahead, behind=found.behind, conflicts=came.conflicts)


async def _proof_there(bench: Bench, goal: Goal) -> dict[str, JsonValue] | None:
    """A proof of what is there now; None where none is called for, or nothing could be run."""
    before = newest(goal, PROVE, lambda task: task.status is TaskStatus.COMPLETED)
    if before is None or proof_on(goal, await bench.state(), bench.worktree.base):
        return None
    try:
        value = (await proof_of(bench, goal, before.inputs)).value
    except WorkError:  # no sandbox just now, or none that comes up; the report says that it is not proven
        return None
    return value if isinstance(value, dict) else None


def _kept(proof: dict[str, JsonValue], journal: Journal) -> Decision:
    """The goal has ended, so no task of it can hold the proof: it is kept with what is known of the goal."""
    write_down = journal.written_down()

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        return [remembered(goal, PROVEN_AGAIN, proof), *write_down(goal, moment)]

    return decide
