"""A process that commits until it is killed, and says so after each commit. Run by test_kill.py."""

import asyncio
import sys
from pathlib import Path

from msgspec.structs import replace

from engine.clock import SystemClock
from engine.events import NoteAdded
from engine.reporting.notices import Notice, NoticeKind
from engine.values import GoalId
from storage.database import open_database
from tests.storage.made_goals import CHAT, batch, change, plain_goal

COUNTER = GoalId(1)
TASKS = 5


async def main(path: Path) -> None:
    async with open_database(path, clock=SystemClock()) as database:
        found = await database.ledger.load([COUNTER], [])
        counter = found.goals.get(COUNTER)
        if counter is None:
            counter = plain_goal(COUNTER)
            await database.ledger.commit(batch(change(None, counter)))
        while True:
            step = counter.revision + 1
            following = replace(counter, name=f"step {step}", revision=step)
            note, told = NoteAdded(note=str(step)), Notice(kind=NoticeKind.MESSAGE, chat=CHAT)
            new = change(None, plain_goal(step, tasks=TASKS))
            both = (change(counter, following, note, notices=[told]), new)
            await database.ledger.commit(batch(*both, causes={f"step:{step}": step}))
            print(step, flush=True)
            counter = following


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
