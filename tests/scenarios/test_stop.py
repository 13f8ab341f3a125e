"""SIGTERM at the worst moments: the process ends well within five seconds, and the next start goes on."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.local.faults import Fault, FaultKind
from bot.requests import REPEAT
from tests.scenarios.kill.stage import Stage, stage, until
from tests.scenarios.kill.ward import TOKEN, Life, Ward
from tests.scenarios.loopback_page import loopback_page

RUNNING = "SELECT goal, number FROM goal_tasks WHERE status = 'running' OR lease_attempt IS NOT NULL"
OPEN_ATTEMPTS = "SELECT goal, task FROM attempts WHERE ended_at IS NULL"


async def stopped(life: Life, on: Stage) -> None:
    """SIGTERM, and an end as it should be."""
    began = asyncio.get_running_loop().time()
    assert await life.stop() == 0
    assert asyncio.get_running_loop().time() - began < 5
    assert "Traceback" not in on.home.log()
    assert "ERROR" not in on.home.log()


def is_running(on: Stage) -> Callable[[], bool]:
    return lambda: bool(on.rows(RUNNING))


async def test_idle_with_a_poll_pending(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        life = await on.start()
        on.ann.say("/help")
        await on.ann.sees("What you can say")
        await stopped(life, on)
        on.ann.say("/privacy")
        life = await on.start()
        await on.ann.until(lambda: True if len(on.ann.texts()) == 2 else None)
        await stopped(life, on)


@pytest.mark.long
async def test_a_bot_that_only_just_got_its_owner_by_the_code_that_was_printed(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path, MILEPOST_OWNER_IDS="") as on:
        life = await on.start()
        await until(lambda: "pairing code" in on.home.log())
        (line,) = [line for line in on.home.log().splitlines() if "pairing code" in line]
        on.ann.say(line.split()[-1])
        await on.ann.sees("this bot is yours now")
        await stopped(life, on)
        assert TOKEN not in on.home.log()


async def test_at_once_after_the_start(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        life = await on.start()
        await stopped(life, on)


@pytest.mark.long
async def test_in_the_middle_of_an_attempt_that_may_be_repeated(ward: Ward, tmp_path: Path) -> None:
    with loopback_page(patient=True) as page:
        async with stage(ward, tmp_path, MILEPOST_ALLOW_PRIVATE_ADDRESSES="1") as on:
            life = await on.start()
            await on.begin(f"{page.address} answers 200")
            await asyncio.to_thread(page.asked.wait)
            await until(is_running(on))
            await stopped(life, on)
            assert on.rows(RUNNING) == on.rows(OPEN_ATTEMPTS) == []
            page.answer.set()
            life = await on.start()
            await on.ann.sees("Goal reached")
            await stopped(life, on)
            assert on.rows("SELECT result FROM attempts ORDER BY attempt") == [("attempt_lost",), ("task_completed",)]


async def test_in_the_middle_of_a_command_its_process_ends_too_and_the_person_is_asked(
    ward: Ward, tmp_path: Path
) -> None:
    number = tmp_path / "pid.txt"
    listed = f'{{"slow": ["/bin/sh", "-c", "echo $$ > {number}; exec sleep 600"]}}'
    async with stage(ward, tmp_path, MILEPOST_COMMANDS=listed) as on:
        life = await on.start()
        await on.begin("Run slow")
        await until(lambda: number.exists() and number.read_text().endswith("\n"))
        await until(is_running(on))
        await stopped(life, on)
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(number.read_text()), 0)
            raise AssertionError("the command outlived the bot")
        assert on.rows(RUNNING) == on.rows(OPEN_ATTEMPTS) == []
        life = await on.start()
        await on.ann.sees("nobody knows how far it came", "Run slow")
        await stopped(life, on)


@pytest.mark.long
async def test_in_the_middle_of_a_send_that_hangs(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        on.simulator.faults.add(Fault(kind=FaultKind.HANG, method="sendMessage"))
        life = await on.start()
        on.ann.say("/help")
        await until(lambda: on.simulator.faults.met == 1)
        await stopped(life, on)
        on.simulator.faults.clear()
        assert on.ann.texts() == []
        life = await on.start()
        await on.ann.sees("What you can say", REPEAT)
        await stopped(life, on)
        assert len(on.ann.texts()) == 1


async def test_a_second_signal_ends_it_at_once(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        on.simulator.faults.add(Fault(kind=FaultKind.HANG, method="sendMessage"))
        life = await on.start()
        on.ann.say("/help")
        await until(lambda: on.simulator.faults.met == 1)
        life.send(signal.SIGTERM)
        await until(lambda: "a second signal ends the process" in on.home.log())
        assert await life.stop() == 128 + signal.SIGTERM
