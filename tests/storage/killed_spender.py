"""A process that reserves and never settles until it is killed, and says so each time. Run by test_spending.py."""

import asyncio
import sys
from pathlib import Path

from engine.agents.calls import CallFacts, Purpose, Reservation
from engine.clock import SystemClock
from engine.money import Amount, goal_account
from engine.values import BootId, GoalId
from storage.database import open_database


async def main(path: Path) -> None:
    clock = SystemClock()
    async with open_database(path, clock=clock) as database:
        facts = CallFacts(purpose=Purpose.WORK, accounts=(goal_account(GoalId(1)),), goal=GoalId(1))
        while True:
            wanted = Reservation(
                facts=facts, model="a:b", estimate=Amount(micros=10), boot=BootId("killed"), at=clock.now()
            )
            print(await database.spending.reserve(wanted), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
