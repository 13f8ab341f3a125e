"""One attempt at a work of a code goal, within the goal's time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from engine.coding.making import benches_of
from engine.coding.on_demand import WorkbenchOnDemand
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
from engine.tasks import Outcome
from engine.work.registry import WorkContext

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
    try:
        async with asyncio.timeout(left) as bounds:
            return await _RUN[name](attempt)
    except TimeoutError:
        if bounds.expired():
            raise out_of_time(benches.edges.limits.goal) from None
        raise
