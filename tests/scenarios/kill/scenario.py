"""The scenario of the kill tests: a goal with work for a person, for a clock and for Milepost itself, from a message to
100 %, told to a bot that may die at any moment and is started again each time."""

import asyncio
import random
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.local.faults import Fault
from bot.local.limits import FloodLimits
from bot.local.server import SimulatorServer
from bot.local.simulator import Simulator
from engine.clock import SystemClock
from tests.scenarios.kill.end_state import LOST, EndState, Remains
from tests.scenarios.kill.fast_time import REAL, FastTime
from tests.scenarios.kill.person import Talker
from tests.scenarios.kill.ward import TOKEN, Home, Life, Ward
from tests.scenarios.loopback_page import loopback_page

GOAL = "Launch the newsletter"
SPEED = 300_000.0  # a week in two seconds
PATIENCE = 120.0  # seconds for a whole scenario, kills included

LONG = (
    "The name is chosen", "Then sign 2 sponsors", "Then wait for 1 week", "Then go weekly if the readers like it",
    "{page} answers 200", "Run ledger", "Subgoal: The archive is sorted: Sort 2 boxes",
)  # fmt: skip
SHORT = ("The name is chosen", "Then sign 2 sponsors", "Then wait for 1 week", "{page} answers 200", "Run ledger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What the bot suffers. After the last of it, it lives on."""

    borders: tuple[str, ...] = ()
    """Where each life ends by itself, one after the other."""
    seconds: tuple[float, ...] = ()
    """When it is killed from outside, each counted from the one before."""
    faults: tuple[tuple[float, Fault | None], ...] = ()
    """What Telegram does to it, in seconds each counted from the one before; None lifts what is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """How a scenario went."""

    end: EndState
    faults: list[str]
    texts: list[str]
    borders: list[str]
    """All that were crossed, in all lives."""
    kills: int
    ledger_lines: int
    """How often the command took effect."""
    command_tries: int
    faults_met: int
    """How many calls Telegram spoilt."""


@dataclass(slots=True, kw_only=True)
class Guardian:
    """Keeps a bot alive through its fate."""

    ward: Ward
    home: Home
    fate: Fate
    kills: int = 0
    life: Life | None = None  # None before the first birth
    is_over: bool = False

    async def watch(self) -> None:
        """Start it, and start it again whenever it was killed. A death of another kind is a failure."""
        borders = iter(self.fate.borders)
        while True:
            self.life = await self.ward.start(self.home, next(borders, ""))
            status = await asyncio.shield(self.life.ended)
            if self.is_over:
                return
            assert status == -signal.SIGKILL, f"the bot ended by itself with {status}"
            self.kills += 1

    async def strike(self) -> None:
        """Kill it from outside at the moments of its fate."""
        for seconds in self.fate.seconds:
            await REAL.sleep(seconds)
            if self.life is not None:
                self.life.send(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM; the exit code. One that its fate kills on the way out is started again and ends in order then."""
        while self.life is None or not self.life.heeds(signal.SIGTERM):  # its fate came in the calm: it gets up first
            await REAL.sleep(0.01)
        self.is_over = True
        status = await self.life.stop()
        if status == -signal.SIGKILL and self.kills < len(self.fate.borders):
            self.kills += 1
            self.life = await self.ward.start(self.home, "")
            await rest(self.home)
            status = await self.life.stop()
        return status


async def play(ward: Ward, folder: Path, criteria: Sequence[str], fate: Fate = Fate()) -> Story:
    """Play the scenario; how it went. Raises when the goal doesn't come to its end in time."""
    folder.mkdir(parents=True, exist_ok=True)
    simulator = Simulator(token=TOKEN, clock=SystemClock(), journal=None, flood=FloodLimits.off())
    talker = Talker(simulator)
    with loopback_page() as page:
        async with SimulatorServer(simulator) as server:
            home = Home(folder=folder, telegram=server.base, time=FastTime(speed=SPEED), settings=settings_for(folder))
            guardian = Guardian(ward=ward, home=home, fate=fate)
            try:
                async with asyncio.timeout(PATIENCE):
                    await perform(guardian, talker, [one.format(page=page.address) for one in criteria])
            except Exception as error:
                error.add_note(f"{fate}\nchat: {talker.texts()[-6:]}\nlog: {home.log()[-3000:]}")
                raise
    return tell(guardian, talker, page.address)


async def perform(guardian: Guardian, talker: Talker, criteria: Sequence[str]) -> None:
    """The person and the bot's fate side by side, then a rest and an end in order."""
    async with asyncio.TaskGroup() as group:
        group.create_task(guardian.watch())
        striking = group.create_task(guardian.strike())
        group.create_task(spoil(talker.simulator, guardian.fate))
        with talker.watching():
            helping = group.create_task(unblock(talker))
            await converse(talker, criteria)
            striking.cancel()
            await rest(guardian.home)
            helping.cancel()
        assert await guardian.stop() == 0


def settings_for(folder: Path) -> dict[str, str]:
    """A listed command that appends a line, so that its effects can be counted."""
    line = f'["/bin/sh", "-c", "echo ran >> {folder}/ledger.txt"]'
    return {"MILEPOST_ALLOW_PRIVATE_ADDRESSES": "1", "MILEPOST_COMMANDS": f'{{"ledger": {line}}}'}


async def spoil(simulator: Simulator, fate: Fate) -> None:
    """Put Telegram's faults in force at their moments."""
    for seconds, fault in fate.faults:
        await REAL.sleep(seconds)
        if fault is None:
            simulator.faults.clear()
        else:
            simulator.faults.add(fault)


async def converse(talker: Talker, criteria: Sequence[str]) -> None:
    """The person's part, each step once."""
    points = "\n".join(f"- {one}" for one in criteria)
    talker.say(f"/goal {GOAL}\n{points}\ndeadline: none\npriority: high")
    await talker.press("The plan for", "Start")
    await talker.press("Collect options for the name, and what speaks for each", "Problem")
    await talker.sees("What is the problem with", "Collect options")
    talker.say("The designer is ill")
    blocked = await talker.press("The designer is ill", "It is resolved")
    await talker.press("Collect options for the name, and what speaks for each", "Done", after=blocked.id)
    talker.say("/note The designer is back")
    await talker.press("Choose the name", "Done")
    await talker.press("Sign 2 sponsors", "+1")
    await talker.press("1 of 2 done", "All done")
    talker.say("/replan A friend offers help")
    await talker.sees("Plan 1 → plan 2", "A friend offers help")
    if any("Subgoal" in one for one in criteria):
        await talker.press("Sort 2 boxes", "All done")
        await talker.sees("Goal reached", "The archive is sorted")
    if any("readers" in one for one in criteria):
        await talker.press("the readers like it", "Yes")
        await talker.press("Go weekly", "All done")
    await talker.sees("Goal reached", GOAL)


async def unblock(talker: Talker) -> None:
    """What was cut off, a command at once and others the third time, asks what to do: it is tried again."""
    answered: set[str] = set()

    def question() -> tuple[int, str] | None:
        found = talker.button(LOST, "It is resolved")
        fresh = found is not None and found[1].data not in answered
        return (found[0].id, found[1].data or "") if found is not None and fresh else None

    while True:
        message, data = await talker.until(question)
        answered.add(data)
        talker.simulator.press(talker.who, talker.who.id, message, data)


async def rest(home: Home) -> None:
    """Wait until the bot has nothing left to do, as far as its database tells: there is nothing else to be told by."""
    calm = 0
    while calm < 3:
        remains = Remains(home.database)
        left = remains.one(
            "SELECT (SELECT COUNT(*) FROM inbox WHERE status = 'waiting') + (SELECT COUNT(*) FROM outbox"
            " WHERE status IN ('queued', 'sending')) + (SELECT COUNT(*) FROM goal_tasks WHERE status = 'running')"
        )
        remains.close()
        calm = 0 if left else calm + 1
        await REAL.sleep(0.05)


def tell(guardian: Guardian, talker: Talker, address: str) -> Story:
    """How it went, from what is left."""
    home = guardian.home
    remains = Remains(home.database)
    ledger = home.folder / "ledger.txt"
    story = Story(
        end=remains.end_state(address),
        faults=remains.faults(),
        texts=talker.texts(),
        borders=home.book.read_text().splitlines(),
        kills=guardian.kills,
        ledger_lines=len(ledger.read_text().splitlines()) if ledger.exists() else 0,
        command_tries=remains.one(
            "SELECT COUNT(*) FROM attempts JOIN goal_tasks ON goal_tasks.goal = attempts.goal AND number = task"
            " WHERE work = 'command'"
        ),
        faults_met=talker.simulator.faults.met,
    )
    remains.close()
    return story


def some(borders: Sequence[str], wanted: int, dice: random.Random) -> Sequence[str]:
    """So many borders, a third each of commits, of messages and of the rest; all of them when there are no more."""
    if wanted >= len(borders):
        return borders
    commits = [border for border in borders if "commit" in border]
    messages = [border for border in borders if "sendMessage" in border]
    rest = [border for border in borders if border not in {*commits, *messages}]
    return [one for kind in (commits, messages, rest) for one in dice.sample(kind, min(len(kind), wanted // 3))]
