"""A program that executes three parts and is killed in the second; run again it goes on. Run by test_cut_off.py."""

import asyncio
import sys
import threading
from pathlib import Path

from bot.library import open_executor
from engine.plans import PlannedTask
from engine.values import GoalId
from engine.work.registry import WorkContext
from tests.engine.stage import PlanOf

PARTS = (
    PlannedTask(key="first", title="first"),
    PlannedTask(key="second", title="second", after=("first",)),
    PlannedTask(key="third", title="third", after=("second",)),
)


def do(context: WorkContext) -> None:
    print("done" if again or context.task.title == "first" else "begun", context.task.title, flush=True)
    if not again and context.task.title == "second":
        threading.Event().wait()


async def main(path: Path) -> None:
    async with open_executor(path, planner=PlanOf({"": PARTS})) as executor:
        if again:
            for team in await executor.coordinator.hierarchies():
                print("team", team.name, len(team.workers))
            goal = GoalId(1)
        else:
            await executor.coordinator.create_hierarchy("Team", 2)
            goal = await executor.set_goal("Go on")
        result = await executor.coordinator.execute_parallel(goal, do)
        print(result.status.value, *(part.status.value for part in result.parts))


if __name__ == "__main__":
    again = "again" in sys.argv
    asyncio.run(main(Path(sys.argv[1])))
