"""What is asked of all goals at the start, before anything begins: who holds which of the counted resources, and what
waits for one that is there by now."""

import logging
from collections.abc import AsyncIterator, Sequence

from engine.errors import EngineError
from engine.execution.dispatching import Dispatcher
from engine.execution.watching import resources_changed
from engine.ledger import Ledger
from engine.ports import Queries
from engine.values import Cause, GoalId

logger = logging.getLogger(__name__)
_PAGE = 200


async def living(queries: Queries) -> AsyncIterator[Sequence[GoalId]]:
    """All living goals, page by page: memory may not hold them all."""
    after = GoalId(0)
    while page := await queries.alive(after, _PAGE):
        yield page
        after = page[-1]


async def take_stock(dispatcher: Dispatcher, ledger: Ledger, queries: Queries) -> None:
    """People hold what they were asked to use before; and the operator may have other resources than at the last
    start."""
    if dispatcher.stock.capacities:
        async for page in living(queries):
            for goal_id in page:
                dispatcher.note_people(await ledger.goal(goal_id))
    for goal_id in await queries.short_of_resources():
        if dispatcher.is_stopped:
            return  # the next start looks again
        try:
            decision = resources_changed(dispatcher.stock, dispatcher.judging.resource_wait)
            await ledger.change(goal_id, decision, Cause(f"resources:{goal_id}"))
        except EngineError as error:
            logger.error("what waits for a resource stays as it is: %s", error, extra={"goal": goal_id})
