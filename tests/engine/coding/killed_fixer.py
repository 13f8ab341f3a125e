"""Fixes the bug of a shop, as a program that may be killed at any moment and begun again.

`killed_fixer.py FOLDER [URL | kept]`: with the address of a model's server that model writes the code; else it is
handed in, and with the word `kept` it is kept to be tried by and by, as a chat does it.
"""

import asyncio
import sys
from pathlib import Path

from bot.library import open_executor
from engine.agents.names import parse_model
from engine.agents.options import ModelOptions
from engine.agents.prices import Price
from engine.coding.bench import Edges
from engine.coding.benches import Benches
from engine.coding.making import MadeWorkbench
from engine.coding.options import CodeLimits, CodeOptions, ListedRepository
from engine.coding.reports import HandIn
from engine.commands import Origin
from engine.options import Options
from engine.tasks import TaskStatus
from engine.values import Cause
from engine.workspace.git.commands import Git
from engine.workspace.sandbox.fitness import Fitness
from engine.workspace.sandbox.sandbox import Sandbox
from tests.engine.coding.shop import CURE, RED_TEST, Life

MODEL = "openai:scripted"
KEPT = "kept"


def _models(url: str) -> ModelOptions:
    prices = {MODEL: Price(tokens_in=1_000_000, tokens_out=10_000_000)}
    return ModelOptions(main=parse_model(MODEL), url=url, prices=prices)


async def fix(folder: Path, way: str = "") -> None:
    """Go on until the goal has ended, and its worktree is gone."""
    home = folder / "home"
    models = _models(way) if way.startswith("http") else None
    code = CodeOptions(listed=(ListedRepository(name="shop", path=folder / "shop"),), worktrees=home)
    async with open_executor(folder / "goals.db", options=Options(code=code, models=models)) as executor:
        assert executor.workbench is not None
        edges = Edges(
            git=Git(home, executor.clock),
            sandbox=Sandbox(known=Fitness()),
            limits=CodeLimits(),
            logs=home / "logs",
        )
        home.mkdir(exist_ok=True)
        executor.workbench.made = MadeWorkbench(Benches(executor.workbench.sources, edges))
        life = Life(executor)
        life.origin = Origin(cause=Cause("update:1"))
        while not (goal := await life.go_on()).has_ended:
            print("rests", flush=True)
            for blockage in goal.blockages.values():  # a task that was lost three times in a row asks before it goes on
                await executor.resolve_blockage(f"{life.id}:{blockage.number}")
            for task in goal.live_tasks:
                if task.status is TaskStatus.WAITING:
                    brought = HandIn(files=RED_TEST) if task.inputs["part"] == "test" else HandIn(patch=CURE)
                    hand_in = executor.take_in_code if way == KEPT else executor.hand_in_code
                    await hand_in(life.id, task.number, brought, Cause(f"update:{task.number}"))
        await executor.look_after_goals()
        print(goal.status.value, flush=True)


if __name__ == "__main__":
    asyncio.run(fix(Path(sys.argv[1]), *sys.argv[2:]))
