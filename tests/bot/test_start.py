"""What a start loads: nothing that only later work needs, and nothing that the garbage collector looks through."""

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot import loading

START = """
import asyncio, gc, json, sys
from pathlib import Path

from bot import loading

with loading.for_good():
    from bot.app import Wiring, open_app
from aiogram.types import Message, Poll
from bot.local.session import SimulatorSession
from bot.local.simulator import Simulator
from bot.settings import Settings


async def start():
    folder = Path(sys.argv[1])
    wiring = Wiring(token="1:START", owner_ids=(1,))
    simulator = Simulator(token=wiring.token, clock=wiring.clock, journal=folder / "telegram")
    wiring = Wiring(token=wiring.token, owner_ids=(1,), session=SimulatorSession(simulator))
    settings = Settings(database=folder / "milepost.db", model=sys.argv[2] or None)
    async with open_app(settings, wiring) as app, asyncio.TaskGroup() as group:
        group.create_task(app.run())
        while not await app.is_quiet():
            await asyncio.sleep(0.01)
        print(json.dumps({
            "modules": sorted(sys.modules),
            "built": [one.__name__ for one in (Message, Poll) if one.__pydantic_complete__],
            "collects": gc.isenabled(),
            "frozen": gc.get_freeze_count(),
        }))
        await app.stop()


asyncio.run(start())
"""
ONLY_LATER = (
    "textual",  # the screen of the local chat
    "numpy",  # the first forecast
    "dateparser",  # a date in a rare form
    "yaml",  # the method libraries, with the first plan
    "engine.planning.planner",
    "engine.planning.htn",
    "engine.coding.detecting",  # the first repository
    "engine.coding.making",  # the first goal in one
    "engine.coding.works.running",
    "engine.workspace.sandbox",
    "engine.planning.methods",
    "engine.planning.criteria.reading",  # the first criterion
    "engine.planning.criteria.suggestions",
    "engine.planning.quality.check",  # the first plan that is shown
    "pydantic_ai",  # the first call of a model
    "engine.agents.conversation.talker",  # the first turn
    "engine.agents.conversation.acting",
    "engine.agents.conversation.prompts",
    "engine.agents.runs.running",
    "bot.models.making",
    "telegramify_markdown",  # the first answer
)


def subclasses(kind: type[BaseModel]) -> set[type[BaseModel]]:
    """All models made from this one."""
    return {made for one in kind.__subclasses__() for made in (one, *subclasses(one))}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("openai:never-asked", id="with a model"),
        pytest.param("", id="without a model", marks=pytest.mark.longest),  # it wires less
    ],
)
def started(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a fresh process tells of itself once its bot is ready and quiet."""
    folder = tmp_path_factory.mktemp("start")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MILEPOST_")}
    done = subprocess.run(
        [sys.executable, "-c", START, str(folder), request.param],
        cwd=folder,
        env=clean | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.long  # a process that loads all; test_cli.py looks at what is loaded
def test_a_bot_that_is_ready_has_loaded_nothing_that_only_later_work_needs(started: dict[str, object]) -> None:
    modules = started["modules"]
    assert isinstance(modules, list)
    assert "aiogram" in modules
    assert [name for name in ONLY_LATER if name in modules] == []


@pytest.mark.long  # a process that loads all
def test_of_what_telegram_can_say_only_messages_are_built_before_they_come(started: dict[str, object]) -> None:
    assert started["built"] == ["Message"]


@pytest.mark.long
def test_all_that_telegram_can_say_and_be_told_can_be_built_later() -> None:
    models = [one for one in subclasses(BaseModel) if one.__module__.startswith("aiogram.")]
    assert len(models) > 500
    for model in models:
        model.model_rebuild()
        assert model.__pydantic_complete__, model


@pytest.mark.long  # a process that loads all; the next one looks at what is made in such a block
def test_the_libraries_of_a_bot_are_not_searched_for_garbage_but_what_comes_later_is(
    started: dict[str, object],
) -> None:
    frozen = started["frozen"]
    assert isinstance(frozen, int)
    assert frozen > 100_000
    assert started["collects"] is True


def test_what_is_loaded_for_good_is_not_searched_for_garbage_and_what_comes_later_is() -> None:
    with loading.for_good():
        loaded = [[number] for number in range(1000)]
    assert not {id(one) for one in gc.get_objects()} & {id(one) for one in loaded}
    later = [len(loaded)]
    assert any(one is later for one in gc.get_objects())


def test_a_failed_import_leaves_the_collector_on() -> None:
    collects: list[bool] = []

    def load() -> None:
        with loading.for_good():
            collects.append(gc.isenabled())
            raise ImportError

    with pytest.raises(ImportError):
        load()
    assert [*collects, gc.isenabled()] == [False, True]
