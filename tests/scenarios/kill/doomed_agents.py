"""Lives of an executor whose agents act, each ended by SIGKILL at a border: before or after something is written, sent
or answered. `python -m tests.scenarios.kill.doomed_agents` forks a life for each order, a line of JSON, on stdin.
"""

import asyncio
import contextlib
import functools
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import engine.agents.reasoning.judging
import engine.agents.reasoning.planner  # noqa: F401 - loaded once, for all lives
from engine.agents.runs.facts import ApprovalId
from engine.errors import RefusedError
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.plans import PlannedTask
from engine.tasks import Expectation
from engine.values import ChatId, GoalId
from storage.ledger import SqlLedger
from storage.runs import SqlRuns
from storage.spending import SqlSpending
from tests.engine.agents.working.office import Desk, again, office, started

LETTERS = ("A", "B", "C")
CHAT = ChatId(100)
TASKS = tuple(
    PlannedTask(
        key=letter,
        title=f"Write letter {letter}",
        work="agent",
        inputs={"role": "writer"},
        criterion=0,
        expected=Expectation(summary="two letters"),
    )
    for letter in LETTERS
)
BORDERS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (SqlRuns, ("begin", "take", "save", "suspend", "keep_call", "decide")),
    (SqlSpending, ("reserve", "settle")),
    (SqlLedger, ("commit",)),
)


@dataclass
class Fate:
    """Counts borders, and ends the process at the one it is meant for; 0 is none."""

    border: int
    passed: int = 0

    def pass_by(self) -> None:
        self.passed += 1
        if self.passed == self.border:
            os.kill(os.getpid(), signal.SIGKILL)

    def guard(self, method: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        @functools.wraps(method)
        async def guarded(*args: object, **named: object) -> object:
            self.pass_by()
            done = await method(*args, **named)
            self.pass_by()
            return done

        return guarded


class World:
    """What agents do outside; a line a deed, which no kill takes back."""

    def __init__(self, path: Path, fate: Fate) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._path = path
        self._fate = fate

    def append(self, words: str) -> None:
        self._fate.pass_by()
        os.write(self._file, f"{words}\n".encode())
        self._fate.pass_by()

    def has(self, words: str) -> bool:
        return words in self._path.read_text().splitlines()


async def live(order: dict[str, str]) -> None:
    """Until the goal has ended, or fate has come."""
    fate = Fate(int(order["border"]))
    for kind, names in BORDERS:
        for name in names:
            setattr(kind, name, fate.guard(getattr(kind, name)))
    folder = Path(order["folder"])
    world = World(folder / "world.txt", fate)
    desk = Desk(sent=world)  # type: ignore[arg-type]  # it is only appended to
    async with office(folder, order["url"], desk, TASKS, timeout=20.0) as executor, asyncio.TaskGroup() as group:
        person = group.create_task(answer(executor, world))
        goal = await (again if await _is_there(executor) else started)(executor, lambda one: one.has_ended)
        person.cancel()
        assert goal.status is GoalStatus.COMPLETED, goal.reason
    print(json.dumps({"borders": fate.passed}), file=sys.stderr)


async def _is_there(executor: AutonomousGoalExecutor) -> bool:
    """Whether an earlier life has set the goal and come as far as starting it; one that is only set is started."""
    if not await executor.queries.count_goals(CHAT, ended=False):
        return bool(await executor.queries.count_goals(CHAT, ended=True))
    goal: Goal = await executor.goal(GoalId(1))
    while goal.status is GoalStatus.PLANNING:
        await asyncio.sleep(0)
        goal = await executor.goal(GoalId(1))
    if goal.status is GoalStatus.PROPOSED:
        await executor.start_goal(GoalId(1))
    return True


async def answer(executor: AutonomousGoalExecutor, world: World) -> None:
    """The person: says yes to everything, and looks before they say that something is to be done again."""
    changed = asyncio.Event()
    executor.watch(lambda goal: changed.set())
    while True:
        for asked in await executor.approvals.get_open():
            number, words = ApprovalId(asked["id"]), str(asked["arguments"].get("words"))
            with contextlib.suppress(RefusedError):
                if asked["kind"] == "doubt" and world.has(words):
                    await executor.approvals.confirm(number)
                else:
                    await executor.approvals.approve(number)
        if await executor.queries.count_goals(CHAT, ended=False):
            for blockage in (await executor.goal(GoalId(1))).blockages.values():  # three kills in a row: go on
                with contextlib.suppress(RefusedError):
                    await executor.resolve_blockage(f"1:{blockage.number}")
        await changed.wait()
        changed.clear()


def main() -> None:
    """One life after the other, until stdin ends."""
    print("ready", flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                asyncio.run(live(json.loads(line)))
                status = 0
            except BaseException:
                import traceback  # noqa: PLC0415 - only then

                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        _, ended = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(ended), flush=True)


if __name__ == "__main__":
    main()
