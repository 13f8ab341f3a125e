"""A process that tells one finding after the other until it is killed, and says so. Run by test_findings.py."""

import asyncio
import datetime as dt
import sys
from pathlib import Path

from engine.clock import SystemClock
from engine.proactive.agent import notice_of
from storage.database import open_database
from tests.storage.made_goals import CHAT, NOW

DAY = dt.timedelta(days=1)


async def main(path: Path) -> None:
    async with open_database(path, clock=SystemClock()) as database:
        for days, one in enumerate(await database.findings.live()):
            now = NOW + 2 * days * DAY
            if await database.findings.tell(one, notice_of(one, CHAT), now - DAY, now):
                print(one.id, flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
