"""Our side of a throughput figure: run in a process of its own, as the peer is, it prints one JSON object.

    python -m benchmarks.goals_run DATABASE GOALS TASKS WORKERS TIMES

In the process of the benchmarks, the collector would again and again look through all that the other parts have loaded.
Goals are run to the end so many times, each time in a database of its own: one run is over in a fraction of the
seconds that the peer takes, and should not stand or fall with what the machine does in that moment.
"""

import asyncio
import json
import sys
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.workload import open_chains
from engine.goals import GoalStatus


async def run_goals(database: Path, *, goals: int, tasks: int, workers: int) -> tuple[float, float]:
    """Run goals of no-op tasks to the end; seconds, and seconds of CPU. Setting and planning them is not counted."""
    async with open_chains(database, tasks=tasks, workers=workers) as executor:
        ids = [await executor.set_goal(f"Goal {number}") for number in range(goals)]
        await asyncio.gather(*(executor.decompose_goal(goal) for goal in ids))
        begin, used = perf_counter(), process_time()
        ends = await asyncio.gather(*(executor.run_goal(goal) for goal in ids))
        seconds, cpu = perf_counter() - begin, process_time() - used
    if not all(end["status"] == GoalStatus.COMPLETED for end in ends):
        raise RuntimeError("not every goal was completed; the figures would mean nothing")
    return seconds, cpu


def main(database: Path, goals: int, tasks: int, workers: int, times: int) -> None:
    """Print `rate` (tasks a second) and `cpu` (milliseconds a task, all threads) over all times together."""
    seconds = cpu = 0.0
    for number in range(times):
        one = database.with_name(f"{database.stem}-{number}.db")
        taken, used = asyncio.run(run_goals(one, goals=goals, tasks=tasks, workers=workers))
        seconds, cpu = seconds + taken, cpu + used
    done = goals * tasks * times
    print(json.dumps({"rate": done / seconds, "cpu": cpu * 1000 / done}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(number) for number in sys.argv[2:6]))
