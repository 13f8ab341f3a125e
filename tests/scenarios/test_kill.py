"""The bot is killed with SIGKILL, wherever it hurts, and started again: nothing is lost, doubled or a lie.

Kills are at borders (every commit and every call, before and after) and at random moments. MILEPOST_TEST_ROUNDS says
how hard the long tests try: at 50 every border is died at.
"""

import asyncio
import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.scenarios.kill.scenario import LONG, SHORT, Fate, Story, play, some
from tests.scenarios.kill.verdict import breaches
from tests.scenarios.kill.ward import Ward

ROUNDS = int(os.environ.get("MILEPOST_TEST_ROUNDS", "2"))
ALL = 50  # rounds from which every border is tried
SIDE_BY_SIDE = 2


async def judged(ward: Ward, folder: Path, fates: Sequence[Fate], undisturbed: Story) -> list[str]:
    """Play the scenario under each fate; every broken promise, with the fate under which it broke."""
    room = asyncio.Semaphore(SIDE_BY_SIDE)
    broken: list[str] = []

    async def one(number: int, fate: Fate) -> None:
        async with room:
            try:
                story = await play(ward, folder / str(number), LONG, fate)
            except (TimeoutError, AssertionError, ExceptionGroup) as error:
                broken.append(f"{fate}: {error!r} {error.__notes__}")
                return
        assert story.kills or fate.seconds, f"{fate} came too late to kill"
        broken.extend(f"{fate}: {breach}" for breach in breaches(story, undisturbed))

    async with asyncio.TaskGroup() as group:
        for number, fate in enumerate(fates):
            group.create_task(one(number, fate))
    return broken


async def test_three_kills_on_the_way_change_nothing(ward: Ward, tmp_path: Path) -> None:
    undisturbed, killed = await asyncio.gather(
        play(ward, tmp_path / "undisturbed", SHORT), play(ward, tmp_path / "killed", SHORT, Fate(borders=(70, 45, 30)))
    )
    assert killed.kills == 3
    assert breaches(killed, undisturbed) == []
    assert killed.end.goals[0][2:4] == ("completed", 1.0)


@pytest.mark.long
async def test_killed_at_any_border_the_goal_ends_as_if_nothing_had_happened(ward: Ward, tmp_path: Path) -> None:
    undisturbed = await play(ward, tmp_path / "undisturbed", LONG)
    assert breaches(undisturbed, undisturbed) == []
    borders = len(undisturbed.borders)
    dice = random.Random(f"borders {ROUNDS}")
    wanted = borders if ROUNDS >= ALL else 5 * ROUNDS
    # A life may cross fewer borders than the undisturbed one did: the last ones are those of its end.
    fates = [Fate(borders=(border,)) for border in some(borders - 20, wanted, dice)]
    assert await judged(ward, tmp_path, fates, undisturbed) == []


@pytest.mark.long
async def test_killed_at_random_moments_the_goal_ends_as_if_nothing_had_happened(ward: Ward, tmp_path: Path) -> None:
    began = asyncio.get_running_loop().time()
    undisturbed = await play(ward, tmp_path / "undisturbed", LONG)
    lasted = asyncio.get_running_loop().time() - began
    dice = random.Random(f"moments {ROUNDS}")
    fates = [Fate(seconds=(dice.uniform(0.05, lasted * 0.9),)) for _ in range(ROUNDS)]
    assert await judged(ward, tmp_path, fates, undisturbed) == []


@pytest.mark.long
async def test_killed_again_while_it_gets_up_the_goal_ends_as_if_nothing_had_happened(
    ward: Ward, tmp_path: Path
) -> None:
    undisturbed = await play(ward, tmp_path / "undisturbed", LONG)
    dice = random.Random(f"again {ROUNDS}")
    borders = len(undisturbed.borders)
    fates = [
        Fate(borders=(dice.randrange(1, borders // 2), *(dice.randrange(1, 25) for _ in range(4))))
        for _ in range(ROUNDS)
    ]
    assert await judged(ward, tmp_path, fates, undisturbed) == []
