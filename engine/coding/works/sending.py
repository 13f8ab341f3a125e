"""The works `git_push` and `open_pull_request`: never without a person's yes to just this branch and commit.

The question is put like that of an agent's tool (`engine/agents/runs/`): kept with the task, shown in the chat,
answered once, and bound to a hash of what it was asked about. With the answer the task gets a fresh attempt.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from engine.agents.runs.facts import (
    Approval,
    ApprovalKind,
    ApprovalStatus,
    Question,
    Run,
    RunStatus,
    digest_of,
)
from engine.agents.runs.of_tasks import run_of
from engine.coding.branches import branch_of, pushed
from engine.coding.reporting import report_of, requested
from engine.coding.repositories import PushPolicy
from engine.coding.works.attempt import Attempt
from engine.coding.works.names import PULL_REQUEST, PUSH
from engine.errors import ApprovalAwaited, PermanentError, RefusedError, TemporaryError
from engine.tasks import Outcome
from engine.values import JsonObject
from engine.work.inputs import text
from engine.workspace.git.remotes import replaced_by_push
from engine.workspace.git.worktrees import head_of


async def push(attempt: Attempt) -> Outcome:
    """Push the branch as it is, once somebody has said yes to it."""
    remote = text(attempt.inputs, "remote") or ""

    async def send(commit: str) -> str:
        return await pushed(attempt.benches, attempt.goal.id, commit, remote)

    return await _sent(attempt, PUSH, "Push", send)


async def request(attempt: Attempt) -> Outcome:
    """Push the branch and open a pull request, once somebody has said yes to it."""
    told = (text(attempt.inputs, "title") or "", text(attempt.inputs, "body") or "")

    async def send(commit: str) -> str:
        return await requested(attempt.benches, attempt.goal.id, commit, told)

    return await _sent(attempt, PULL_REQUEST, "Push, and open a pull request for", send)


async def _sent(attempt: Attempt, tool: str, asks: str, send: Callable[[str], Awaitable[str]]) -> Outcome:
    benches = attempt.benches
    repository, workspace, place = await branch_of(benches, attempt.goal.id)
    if repository.terms.push is PushPolicy.NEVER:
        raise PermanentError(f"nothing of «{repository.name}» may be pushed; /repo says so")
    commit = await head_of(benches.edges.git, place)
    told: JsonObject = {"repository": repository.name, "branch": workspace.branch, "commit": commit}
    report = await report_of(benches, attempt.goal.id)
    warned = "" if report is not None and report.proven else " It is not proven as it stands."
    replaced = await replaced_by_push(benches.edges.git, place, text(attempt.inputs, "remote") or "")
    instead = f" It takes the place of {replaced[:10]} there, which was pushed before." if replaced else ""
    words = f"{asks} {workspace.branch} at {commit[:10]} of «{repository.name}»?{instead}{warned}"
    run = await _approved_run(
        attempt, Question(call_id=f"{tool}:{commit}", kind=ApprovalKind.CONSENT, tool=tool, arguments=told, words=words)
    )
    try:
        where = await send(commit)
    except RefusedError as error:
        raise TemporaryError(str(error)) from error
    await benches.sources.runs.save(replace(run, status=RunStatus.DONE, output='"sent"'), benches.sources.clock.now())
    return Outcome(summary=f"{commit[:10]}: {where}", value={**told, "where": where})


async def _approved_run(attempt: Attempt, question: Question) -> Run:
    """The run that has the yes, claimed. Raises `ApprovalAwaited` until there is one, `PermanentError` after a no."""
    sources = attempt.benches.sources
    runs, now = sources.runs, sources.clock.now()
    run = await run_of(runs, attempt.goal, attempt.task, now)
    asked = [one for one in await runs.approvals(run.id) if _is_about(one, question)]
    newest = asked[-1] if asked else None
    if newest is not None and newest.status is ApprovalStatus.OPEN:
        raise ApprovalAwaited
    if newest is not None and newest.status is ApprovalStatus.DENIED:
        raise PermanentError(f"you said no to that{f': {newest.note}' if newest.note else ''}")
    taken = await runs.take(run, sources.boot, now)
    if taken is None:
        raise TemporaryError("somebody else is asking just that")
    if newest is not None and newest.status is ApprovalStatus.APPROVED:
        return taken
    again = question if newest is None else replace(question, call_id=f"{question.call_id}:{len(asked)}")
    await runs.suspend(taken, [again], now)
    raise ApprovalAwaited


def _is_about(asked: Approval, question: Question) -> bool:
    """Whether it was asked about just this branch and commit, whatever number the asking had."""
    return asked.digest == digest_of(question.tool, question.arguments)
