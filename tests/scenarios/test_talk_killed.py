"""The bot is killed with SIGKILL in the middle of a conversation in which a model acts: nothing is done twice, nothing
without the yes it needs, the answer arrives, and all that was spent is on the books."""

import asyncio
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot.local.limits import FloodLimits
from bot.local.server import SimulatorServer
from bot.local.simulator import Simulator
from bot.requests import REPEAT
from engine.clock import SystemClock
from tests.examples import ROUNDS
from tests.scenarios.kill.end_state import Remains
from tests.scenarios.kill.fast_time import FastTime
from tests.scenarios.kill.person import Talker
from tests.scenarios.kill.scenario import Fate, Guardian, rest
from tests.scenarios.kill.ward import TOKEN, Home, Nursery, Ward
from tests.scenarios.talking import is_talk, returned_to, said_to
from tests.scripted_models import Json, ScriptedServer, Turn, scripted_openai

FIRST = "Please note that the paper is here, and set up the frames as well"
SECOND = "Oh no, I changed my mind: call everything about the cards off now"
FRAMES = {"name": "Sell frames", "criteria": ["3 frames are sold"]}
SET_UP, OFF = "Noted, and the frames are set up.", "The cards are off."
LOADED = (
    "bot.models.making",
    "engine.agents.conversation.remembering",
    "engine.agents.conversation.talker",
    "engine.agents.openai_client",
    "engine.agents.reasoning.planner",
    "engine.agents.working.agent",
    "genai_prices",
    "pydantic_ai.models.openai",
    "telegramify_markdown",
)
PATIENCE = 60.0


def says(asked: Json) -> Turn:
    """Acts, looks at what came of it, and answers; where it stands is in the messages alone."""
    if not is_talk(asked):
        return Turn(status=400)
    done = len(returned_to(asked))
    if SECOND in said_to(asked)[-1]:
        return Turn(text=OFF) if done else Turn(calls={"cancel_goal": {"goal": 1}})
    acts = {"add_note": {"goal": 1, "note": "the paper is here"}, "create_goal": FRAMES}
    return {0: Turn(calls=acts), 2: Turn(calls={"list_goals": {}})}.get(done, Turn(text=SET_UP))


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery(*LOADED)
    yield nursery
    nursery.close()


async def converse(ann: Talker, home: Home) -> int:
    """Ann's part, each step once; returns how many borders were crossed before she began to talk."""
    ann.say("/goal Sell cards\n- 10 cards are sold\ndeadline: none\npriority: normal")
    await ann.press("The plan for", "Start")
    await ann.sees("Sell 10 cards")
    await rest(home)
    before = len(home.book.read_text().splitlines())
    ann.say(FIRST)
    await ann.sees(SET_UP)
    ann.say(SECOND)
    await ann.press("Cancel #1 «Sell cards»", "Approve")
    await ann.sees(OFF)
    return before


async def play(ward: Ward, folder: Path, server: ScriptedServer, fate: Fate) -> tuple[Guardian, Talker, int]:
    folder.mkdir()
    simulator = Simulator(token=TOKEN, clock=SystemClock(), journal=None, flood=FloodLimits.off())
    async with SimulatorServer(simulator) as telegram, asyncio.timeout(PATIENCE):
        model = {
            "MILEPOST_MODEL": "openai:scripted",
            "MILEPOST_MODEL_URL": server.url,
            "MILEPOST_MODEL_PRICES": "openai:scripted=1/10",
        }
        home = Home(folder=folder, telegram=telegram.base, time=FastTime(speed=1.0), settings=model)
        guardian, ann = Guardian(ward=ward, home=home, fate=fate), Talker(simulator)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(guardian.watch())
                striking = group.create_task(guardian.strike())
                with ann.watching():
                    before = await converse(ann, home)
                    striking.cancel()
                    await rest(home)
                assert await guardian.stop() == 0
        except BaseException as error:
            error.add_note(f"{fate}\nchat: {ann.texts()[-5:]}\nlog: {home.log()[-2000:]}")
            raise
    return guardian, ann, before


def breaches(ann: Talker, home: Home, kills: int) -> Iterator[str]:
    """What did not hold."""
    remains = Remains(home.database)
    events = dict(remains.rows("SELECT event || ' ' || goal, COUNT(*) FROM goal_execution_log GROUP BY event, goal"))
    for event in ("note_added 1", "goal_created 2", "goal_cancelled 1"):
        if events.get(event) != 1:
            yield f"{event}: {events.get(event)} times"
    if remains.rows("SELECT name, status FROM executor_goals ORDER BY id")[:1] != [("Sell cards", "cancelled")]:
        yield "the cards are not cancelled"
    if (goals := remains.one("SELECT COUNT(*) FROM executor_goals")) != 2:
        yield f"{goals} goals"
    if waiting := remains.one("SELECT COUNT(*) FROM talk_turns WHERE ended_at IS NULL"):
        yield f"{waiting} turns are not answered"
    if calls := remains.one("SELECT COUNT(*) FROM spend WHERE status = 'reserved'"):
        yield f"{calls} calls are not settled"
    if (asked := remains.one("SELECT COUNT(*) FROM approvals")) != 1:
        yield f"asked {asked} times"
    remains.close()
    for words in (SET_UP, OFF, "Cancel #1"):
        told = [text for text in ann.texts() if words in text]
        plain = [text for text in ann.came if words in text and REPEAT not in text]  # what came of it may end the mark
        if len(plain) > 1 or len(told) > 1 + kills:
            yield f"told {len(told)} times: {words}"


def fates_of(borders: Sequence[str], kills: int) -> list[Fate]:
    """Each life ends at a border that is crossed while Ann talks; of every second story, the next life too."""
    dice = random.Random(f"talk {kills}")
    wanted = [one for one in borders if not re.search("getUpdates|Command|Description", one)]
    early = [one for one in wanted if int(one.split()[-1]) <= 12]
    picked = [dice.choice(wanted) for _ in range(kills)]
    return [Fate(borders=(one, dice.choice(early)) if number % 2 else (one,)) for number, one in enumerate(picked)]


@pytest.mark.long
async def test_killed_at_any_border_of_talk_all_ends_as_if_nothing_had_happened(ward: Ward, tmp_path: Path) -> None:
    async with scripted_openai(says) as server:
        guardian, ann, before = await play(ward, tmp_path / "undisturbed", server, Fate())
        assert list(breaches(ann, guardian.home, 0)) == []
        borders = guardian.home.book.read_text().splitlines()[before:]
        room, broken, killed = asyncio.Semaphore(2), [], []

        async def one(number: int, fate: Fate) -> None:
            async with room:
                guardian, ann, _ = await play(ward, tmp_path / str(number), server, fate)
                killed.append(guardian.kills)
                broken.extend(f"{fate}: {breach}" for breach in breaches(ann, guardian.home, guardian.kills))

        async with asyncio.TaskGroup() as group:
            for number, fate in enumerate(fates_of(borders, ROUNDS or 4)):
                group.create_task(one(number, fate))
        assert broken == []
        assert killed.count(0) <= len(killed) // 3, "most of the fates came too late to kill"


@pytest.mark.long
async def test_killed_at_random_moments_of_talk_all_ends_as_if_nothing_had_happened(ward: Ward, tmp_path: Path) -> None:
    dice = random.Random(f"moments of talk {ROUNDS}")
    async with scripted_openai(says) as server:
        began = asyncio.get_running_loop().time()
        await play(ward, tmp_path / "undisturbed", server, Fate())
        lasted = asyncio.get_running_loop().time() - began
        for number in range(ROUNDS or 2):
            fate = Fate(seconds=(dice.uniform(0.3, lasted), dice.uniform(0.1, lasted / 2)))
            guardian, ann, _ = await play(ward, tmp_path / str(number), server, fate)
            assert list(breaches(ann, guardian.home, guardian.kills)) == [], fate
