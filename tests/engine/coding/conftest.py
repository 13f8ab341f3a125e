"""A small shop of code with a fault in it, its repository copied from one that is made once, and an engine over it."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.library import open_executor
from engine.coding.bench import Edges
from engine.coding.benches import Benches
from engine.coding.making import MadeWorkbench
from engine.coding.options import CodeLimits, CodeOptions, ListedRepository
from engine.executor import AutonomousGoalExecutor
from engine.options import Options
from engine.workspace.git.commands import Git
from engine.workspace.sandbox.fitness import Fitness
from engine.workspace.sandbox.sandbox import Sandbox
from tests.engine.coding.shop import Life, make_shop
from tests.fresh_database import fresh_database

Opening = Callable[..., AbstractAsyncContextManager[AutonomousGoalExecutor]]


@pytest.fixture(scope="session")
def shop_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("shop") / "shop")


@pytest.fixture
def shop(shop_template: Path, tmp_path: Path) -> Path:
    """A checkout of a person's."""
    folder = tmp_path / "shop"
    shutil.copytree(shop_template, folder, symlinks=True)
    return folder


@pytest.fixture
def opening(tmp_path: Path, shop: Path) -> Opening:
    """Opens the engine over the same database and worktrees, as often as a test likes."""
    home, database = tmp_path / "home", fresh_database(tmp_path / "goals.db")

    @asynccontextmanager
    async def opened(command: float = 20.0, goal: float = 600.0) -> AsyncIterator[AutonomousGoalExecutor]:
        limits = CodeLimits(command=command, goal=goal)
        code = CodeOptions(listed=(ListedRepository(name="shop", path=shop),), worktrees=home, limits=limits)
        async with open_executor(database, options=Options(code=code)) as executor:
            assert executor.workbench is not None
            edges = Edges(
                git=Git(home, executor.clock),
                sandbox=Sandbox(known=Fitness()),  # that it holds is tried elsewhere
                limits=limits,
                logs=home / "logs",
                tell=executor.workbench.tell,
            )
            home.mkdir(exist_ok=True)
            executor.workbench.made = MadeWorkbench(Benches(executor.workbench.sources, edges))
            yield executor

    return opened


@pytest.fixture
async def executor(opening: Opening) -> AsyncIterator[AutonomousGoalExecutor]:
    async with opening() as opened:
        yield opened


@pytest.fixture
async def life(executor: AutonomousGoalExecutor) -> Life:
    """A goal in the shop, carried to where its person is needed."""
    begun = Life(executor)
    await begun.go_on()
    return begun
