"""The same work in LangGraph: run by the peer's own Python, it prints one JSON object. Imports nothing of ours.

One graph node a task, each a no-op; every step is saved before the next begins (`durability="sync"`), in SQLite with
the saver's own WAL and `synchronous = FULL`. The state is a single number, the least that LangGraph can carry. All
goals run at the same time on one connection, as the saver is made for.

    python langgraph_peer.py DATABASE GOALS TASKS
"""

import asyncio
import json
import sys
import time
from typing import TypedDict

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver  # type: ignore[import-not-found]  # of the peer's environment
from langgraph.graph import END, START, StateGraph  # type: ignore[import-not-found]  # of the peer's environment

FULL = 2


class State(TypedDict):
    """What goes from node to node."""

    done: int


async def noop(state: State) -> State:
    """A task that does nothing but count itself."""
    return {"done": state["done"] + 1}


def build(tasks: int) -> StateGraph:
    """A chain of so many tasks."""
    graph = StateGraph(State)
    names = [f"task-{number}" for number in range(tasks)]
    for name in names:
        graph.add_node(name, noop)
    for before, after in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(before, after)
    return graph


async def main(database: str, goals: int, tasks: int) -> None:
    """Run the goals and print `rate` (tasks a second) and `cpu` (milliseconds a task, all threads)."""
    async with AsyncSqliteSaver.from_conn_string(database) as saver:
        await saver.setup()
        await saver.conn.execute("PRAGMA synchronous = FULL")
        async with saver.conn.execute("PRAGMA synchronous") as cursor:
            assert await cursor.fetchone() == (FULL,)
        graph = build(tasks).compile(checkpointer=saver)

        async def run(goal: int) -> State:
            config = {"configurable": {"thread_id": str(goal)}, "recursion_limit": tasks + 10}
            end: State = await graph.ainvoke({"done": 0}, config, durability="sync")
            return end

        begin, used = time.perf_counter(), time.process_time()
        ends = await asyncio.gather(*(run(goal) for goal in range(goals)))
        seconds, cpu = time.perf_counter() - begin, time.process_time() - used
    assert all(end["done"] == tasks for end in ends)
    count = goals * tasks
    print(json.dumps({"rate": count / seconds, "cpu": cpu * 1000 / count}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
