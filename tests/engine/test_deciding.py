"""A batch is decided at one moment, and offers of slots that come to nothing end it."""

import asyncio
import datetime as dt

from engine.errors import TemporaryError
from engine.executor import Options
from engine.goals import GoalStatus
from tests.engine.lives import planned
from tests.engine.stage import AT_ONCE, Stage, until
from tests.fakes import FakeClock


class RestlessClock(FakeClock):
    """Time that moves with every look at it, as a clock at high speed does in the middle of a batch."""

    def now(self) -> dt.datetime:
        return self.advance(milliseconds=40)


async def test_a_retry_that_comes_due_in_the_middle_of_a_batch_does_not_hold_the_writer_for_ever(stage: Stage) -> None:
    """The queue and the decision must agree on what time it is; else the same task is offered and refused for ever."""
    restless = Stage(stage.path, clock=RestlessClock(), options=Options(retry=AT_ONCE, max_retries=20))
    restless.hands.errors = {"A": [TemporaryError("not yet", delay=0.03) for _ in range(15)]}
    async with restless.open() as executor, asyncio.timeout(10):
        goal = await restless.started(executor, planned("a"))
        while not (await executor.goal(goal)).has_ended:
            executor.tick()
            await executor.add_note(goal, "still here")
            await asyncio.sleep(0)
        assert (await until(executor, goal, lambda one: one.has_ended)).status is GoalStatus.COMPLETED
