"""One attempt at a work of a code goal: within the goal's time, a breaker before what fails again and again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from engine.agents.breaker import Breaker, BreakerOpen
from engine.coding.making import benches_of
from engine.coding.on_demand import WorkbenchOnDemand
from engine.coding.options import REPOSITORY
from engine.coding.timing import out_of_time, time_left
from engine.coding.works import names
from engine.coding.works.attempt import Attempt
from engine.coding.works.commands import build, lint, run_tests
from engine.coding.works.committing import commit
from engine.coding.works.files import create, modify
from engine.coding.works.opening import open_workspace
from engine.coding.works.proving import proven
from engine.coding.works.sending import push, request
from engine.coding.works.validating import validate
from engine.errors import ResourceBlocked, TemporaryError
from engine.tasks import Outcome
from engine.work.registry import WorkContext
from engine.workspace.git.errors import GitBusy, GitFailed, RepositoryRefused
from engine.workspace.sandbox.running import SandboxLost

_FAULTS = (GitBusy, GitFailed, RepositoryRefused, SandboxLost, OSError)
"""What tells of a repository, a sandbox or a tool that is not fit, and nothing of the code."""
_RUN: Mapping[str, Callable[[Attempt], Awaitable[Outcome]]] = {
    names.OPEN: open_workspace,
    names.CREATE: create,
    names.MODIFY: modify,
    names.RUN_TESTS: run_tests,
    names.RUN_LINTER: lint,
    names.BUILD: build,
    names.VALIDATE: validate,
    names.PROVE: proven,
    names.COMMIT: commit,
    names.PUSH: push,
    names.PULL_REQUEST: request,
}


async def run_work(name: str, workbench: WorkbenchOnDemand, context: WorkContext) -> Outcome:
    """One attempt. Raises the `WorkError` that says what is to happen next."""
    benches = benches_of(await workbench.get())
    goal = await benches.sources.ledger.goal(context.goal_id)
    left = time_left(goal, benches.edges.limits.goal)
    attempt = Attempt(benches=benches, goal=goal, task=context.task, inputs=context.inputs, context=context)
    breaker = benches.breaker_for(str(goal.metadata.get(REPOSITORY)))
    try:
        async with asyncio.timeout(left) as bounds:
            return await _watched(breaker, _RUN[name], attempt)
    except TimeoutError:
        if bounds.expired():
            raise out_of_time(benches.edges.limits.goal) from None
        raise


async def _watched(breaker: Breaker, run: Callable[[Attempt], Awaitable[Outcome]], attempt: Attempt) -> Outcome:
    try:
        is_probe = breaker.admit()
    except BreakerOpen as error:
        named = f"the repository «{attempt.goal.metadata.get(REPOSITORY)}»"
        told = f"{named} can't be worked on just now: it failed several times in a row"
        raise ResourceBlocked(named, told, retry_after=error.retry_after) from error
    try:
        outcome = await run(attempt)
    except _FAULTS as error:
        breaker.failed(is_probe=is_probe)
        raise TemporaryError(str(error)) if isinstance(error, OSError) else error from error
    except BaseException:
        breaker.undecided(is_probe=is_probe)
        raise
    breaker.succeeded()
    return outcome
