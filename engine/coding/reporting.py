"""The report of a code goal: what its branch holds, and what the system itself has seen of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine import events as e
from engine.agents.calls import SpendRow
from engine.coding.benches import Benches
from engine.coding.branches import as_approved, branch_of, commits_of, difference_now
from engine.coding.remembering import PULL_REQUEST as OPENED
from engine.coding.remembering import pull_request_of, remembered
from engine.coding.reports import CodeCommit, CodeReport, Difference
from engine.coding.timing import spent_seconds
from engine.coding.works.names import CODE_WORKS, OPEN, PULL_REQUEST, PUSH
from engine.coding.works.outcomes import (
    approved_in,
    brought,
    checks_in,
    holds,
    is_proven,
    left_standing,
    newest_brought,
    proof_on,
    proofs_in,
)
from engine.coding.workspaces import BRANCHLESS, Workspace
from engine.decisions import Decision, Moment
from engine.errors import EngineError, NotFoundError, TemporaryError
from engine.goals import Goal
from engine.money import total
from engine.values import Cause, GoalId
from engine.workspace.git.pull_requests import PullRequest, open_pull_request, way_to_request
from engine.workspace.git.rebasing import tree_of
from engine.workspace.git.remotes import push
from engine.workspace.git.worktrees import head_of

NOT_PROVEN = "Not proven: the last tests that hold were run on other files or against another base."
"""Stands in a pull request for what no proof was made of."""


async def report_of(benches: Benches, goal_id: GoalId) -> CodeReport | None:
    """What came of it so far; None where it never had a branch."""
    try:
        workspace = await benches.known(goal_id)
    except NotFoundError:
        return None
    goal = await benches.sources.ledger.goal(goal_id)
    repository = await benches.repository_in(workspace)
    branch = await _branch_now(benches, workspace)
    opened, pushed, requested_at = (newest_brought(goal, work) for work in (OPEN, PUSH, PULL_REQUEST))
    stands = left_standing(goal) if workspace.status in BRANCHLESS else (branch.committed, workspace.base_commit)
    proof = proof_on(goal, *stands) or next(iter(proofs_in(goal)), {})
    account = await benches.sources.accounts.of_goal(goal)
    rows: list[SpendRow] = list(await benches.sources.accounts.spending.breakdown(account.name))
    return CodeReport(
        repository=repository.name,
        branch=workspace.branch,
        base=workspace.base,
        status=workspace.status.value,
        commits=branch.commits,
        difference=branch.difference,
        tests_before=str(proof.get("before") or opened.get("tests") or ""),
        tests_after=str(proof.get("after") or ""),
        checks=checks_in(proof),
        approved=approved_in(proof),
        proven=is_proven(goal, *stands),
        proven_elsewhere=not is_proven(goal, *stands) and any(map(holds, proofs_in(goal))),
        cost=total(row.spent for row in rows).micros,
        seconds=spent_seconds(goal),
        sandboxed=not any(
            brought(task).get("sandboxed") is False for task in goal.tasks.values() if task.work in CODE_WORKS
        ),
        pushed=str(pushed.get("where") or ""),
        pull_request=pull_request_of(goal) or str(requested_at.get("where") or ""),
        unseen=branch.unseen,
    )


async def requested(benches: Benches, goal: GoalId, commit: str, told: tuple[str, str] = ("", "")) -> str:
    """Open a pull request for just this commit; `told` are title and text, empty for the goal's. Never a second one.

    Its text says where what it asks to merge is not proven.
    """
    report = await report_of(benches, goal)
    async with benches.locked(goal):
        known = await benches.sources.ledger.goal(goal)
        if there := pull_request_of(known):
            return there
        title, body = told[0] or known.name, told[1] or known.description
        workspace, place = await as_approved(benches, goal, commit)
        if report is None or not report.proven:
            body = f"{body}\n\n{NOT_PROVEN}".lstrip()
        asked = PullRequest(title=title, body=body, into=workspace.base)
        await way_to_request(benches.edges.git, place.repository)  # nothing leaves where it could not be opened
        await push(benches.edges.git, place)
        opened = await open_pull_request(benches.edges.git, place, asked)
        await benches.sources.ledger.change(goal, _opened(opened.url), Cause(f"pull:{goal}:{opened.url}"), once=True)
        return opened.url


def _opened(address: str) -> Decision:
    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        del moment
        return [remembered(goal, {OPENED: address}), e.NoteAdded(note=f"Pull request: {address}")]

    return decide


@dataclass(frozen=True, slots=True, kw_only=True)
class _Branch:
    """What a branch holds now; nothing where it is gone."""

    committed: str = ""
    """The name of the files that its newest commit has: what would leave the machine."""
    commits: tuple[CodeCommit, ...] = ()
    difference: Difference | None = None  # None: the branch is gone, or could not be looked at
    unseen: str = ""
    """Why it could not be looked at."""


async def _branch_now(benches: Benches, workspace: Workspace) -> _Branch:
    if workspace.status in BRANCHLESS:
        return _Branch()
    async with benches.locked(workspace.goal):
        try:
            _, workspace, place = await branch_of(benches, workspace.goal)
            git = benches.edges.git
            listed = await commits_of(benches, place)
            return _Branch(
                committed=await tree_of(git, place.repository, await head_of(git, place)),
                commits=tuple(CodeCommit(commit=name, subject=subject, task=task) for name, subject, task in listed),
                difference=await difference_now(benches, workspace, place),
            )
        except TemporaryError:
            raise  # it can be looked at in a moment
        except EngineError as error:  # the repository was moved, or somebody took the branch away
            return _Branch(unseen=str(error) if workspace.tip else "")  # without a tip it was never made
