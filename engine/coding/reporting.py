"""The report of a code goal: what its branch holds, and what the system itself has seen of it."""

from engine.agents.calls import SpendRow
from engine.coding.benches import Benches
from engine.coding.branches import branch_of, commits_of, difference_now
from engine.coding.remembering import pull_request_of
from engine.coding.reports import CodeCommit, CodeReport, Difference
from engine.coding.timing import spent_seconds
from engine.coding.works.names import CODE_WORKS, OPEN, PROVE, PULL_REQUEST, PUSH
from engine.coding.works.outcomes import brought, checks_in, newest
from engine.coding.workspaces import BRANCHLESS, Workspace
from engine.errors import EngineError, NotFoundError
from engine.goals import Goal
from engine.money import total
from engine.values import GoalId, JsonObject


async def report_of(benches: Benches, goal_id: GoalId) -> CodeReport | None:
    """What came of it so far; None where it never had a branch."""
    try:
        workspace = await benches.known(goal_id)
    except NotFoundError:
        return None
    goal = await benches.sources.ledger.goal(goal_id)
    repository = await benches.repository_in(workspace)
    commits, differs = await _of_branch(benches, workspace)
    proof, opened, pushed, requested = (_brought(goal, work) for work in (PROVE, OPEN, PUSH, PULL_REQUEST))
    account = await benches.sources.accounts.of_goal(goal)
    rows: list[SpendRow] = list(await benches.sources.accounts.spending.breakdown(account.name))
    checks = checks_in(proof)
    return CodeReport(
        repository=repository.name,
        branch=workspace.branch,
        base=workspace.base,
        status=workspace.status.value,
        commits=commits,
        difference=differs,
        tests_before=str(proof.get("before") or opened.get("tests") or ""),
        tests_after=str(proof.get("after") or ""),
        checks=checks,
        proven=bool(checks) and all(check.held is not False for check in checks),
        cost=total(row.spent for row in rows).micros,
        seconds=spent_seconds(goal),
        sandboxed=not any(
            brought(task).get("sandboxed") is False for task in goal.tasks.values() if task.work in CODE_WORKS
        ),
        pushed=str(pushed.get("where") or ""),
        pull_request=pull_request_of(goal) or str(requested.get("where") or ""),
    )


async def _of_branch(benches: Benches, workspace: Workspace) -> tuple[tuple[CodeCommit, ...], Difference | None]:
    """Its commits, and what differs from the base; nothing where the branch is gone."""
    if workspace.status in BRANCHLESS:
        return (), None
    async with benches.locked(workspace.goal):
        try:
            _, workspace, place = await branch_of(benches, workspace.goal)
            listed = await commits_of(benches, place)
            commits = tuple(CodeCommit(commit=name, subject=subject, task=task) for name, subject, task in listed)
            return commits, await difference_now(benches, workspace, place)
        except EngineError:  # the repository was moved, or somebody took the branch away
            return (), None


def _brought(goal: Goal, work: str) -> JsonObject:
    """What the task of that work brought that brought something last."""
    return brought(newest(goal, work, lambda task: task.outcome is not None))
