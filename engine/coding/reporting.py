"""The report of a code goal: what its branch holds, and what the system itself has seen of it."""

from collections.abc import Mapping

from engine.agents.calls import SpendRow
from engine.coding.benches import Benches
from engine.coding.branches import branch_of, commits_of, difference_of
from engine.coding.reports import CodeCheck, CodeCommit, CodeReport, Difference
from engine.coding.timing import spent_seconds
from engine.coding.works.names import CODE_WORKS, OPEN, PROVE, PULL_REQUEST, PUSH
from engine.coding.workspaces import IN_USE, Workspace, WorkspaceStatus
from engine.errors import EngineError, NotFoundError
from engine.goals import Goal
from engine.money import total
from engine.tasks import Task
from engine.values import GoalId, JsonValue
from engine.workspace.git.reading import snapshot
from engine.workspace.git.worktrees import head_of


async def report_of(benches: Benches, goal_id: GoalId) -> CodeReport | None:
    """What came of it so far; None where it never had a branch."""
    try:
        workspace = await benches.known(goal_id)
    except NotFoundError:
        return None
    goal = await benches.sources.ledger.goal(goal_id)
    repository = await benches.repository_in(workspace)
    commits, differs = await _of_branch(benches, workspace)
    proof = _told(_newest(goal, PROVE))
    account = await benches.sources.accounts.of_goal(goal)
    rows: list[SpendRow] = list(await benches.sources.accounts.spending.breakdown(account.name))
    checks = tuple(_checks(proof))
    return CodeReport(
        repository=repository.name,
        branch=workspace.branch,
        base=workspace.base,
        status=workspace.status.value,
        commits=commits,
        difference=differs,
        tests_before=str(proof.get("before") or _told(_newest(goal, OPEN)).get("tests") or ""),
        tests_after=str(proof.get("after") or ""),
        checks=checks,
        proven=bool(checks) and all(check.held is not False for check in checks),
        cost=total(row.spent for row in rows).micros,
        seconds=spent_seconds(goal),
        sandboxed=not any(_told(task).get("sandboxed") is False for task in goal.tasks.values()),
        pushed=str(_told(_newest(goal, PUSH)).get("where") or ""),
        pull_request=str(_told(_newest(goal, PULL_REQUEST)).get("where") or ""),
    )


async def _of_branch(benches: Benches, workspace: Workspace) -> tuple[tuple[CodeCommit, ...], Difference | None]:
    """Its commits, and what differs from the base; nothing where the branch is gone."""
    if workspace.status in (WorkspaceStatus.DISCARDED, WorkspaceStatus.GONE):
        return (), None
    async with benches.locked(workspace.goal):
        try:
            _, workspace, place = await branch_of(benches, workspace.goal)
            git = benches.edges.git
            now = await snapshot(git, place) if workspace.status in IN_USE else await head_of(git, place)
            listed = await commits_of(benches, place)
            commits = tuple(CodeCommit(commit=name, subject=subject, task=task) for name, subject, task in listed)
            return commits, await difference_of(benches, place, now)
        except EngineError:  # the repository was moved, or somebody took the branch away
            return (), None


def _newest(goal: Goal, work: str) -> Task | None:
    """The task of that work that brought something last."""
    found = [task for task in goal.tasks.values() if task.work == work and task.outcome is not None]
    return max(found, key=lambda task: (task.ended_at is not None, task.ended_at, task.number), default=None)


def _told(task: Task | None) -> Mapping[str, JsonValue]:
    value = task.outcome.value if task is not None and task.outcome is not None and task.work in CODE_WORKS else None
    return value if isinstance(value, dict) else {}


def _checks(proof: Mapping[str, JsonValue]) -> list[CodeCheck]:
    listed = proof.get("checks")
    found = []
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict):
            held = one.get("held")
            told = held if isinstance(held, bool) else None
            found.append(CodeCheck(name=str(one.get("name")), held=told, words=str(one.get("words"))))
    return found
