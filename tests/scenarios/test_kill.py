"""The bot is killed with SIGKILL, wherever it hurts, and started again: nothing is lost, doubled or a lie.

Kills are at borders (every commit and every call, before and after) and at random moments. MILEPOST_TEST_ROUNDS says
how hard the long tests try: at 50 every border is died at.
"""

import asyncio
import os
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.scenarios.kill.scenario import LONG, SHORT, Fate, Story, play, some
from tests.scenarios.kill.verdict import breaches
from tests.scenarios.kill.ward import Ward

ROUNDS = int(os.environ.get("MILEPOST_TEST_ROUNDS", "2"))
FATEFUL = ("after a commit 25", "before sendMessage 3", "after sendMessage 2")
ALL = 50  # rounds from which every border is tried
SIDE_BY_SIDE = 2


async def judged(ward: Ward, folder: Path, fates: Sequence[Fate], undisturbed: Story) -> list[str]:
    """Play the scenario under each fate; every broken promise, with the fate under which it broke."""
    room = asyncio.Semaphore(SIDE_BY_SIDE)
    broken: list[str] = []
    kills: list[int] = []

    async def one(number: int, fate: Fate) -> None:
        async with room:
            try:
                story = await in_time(ward, folder / str(number), fate)
            except (TimeoutError, AssertionError, ExceptionGroup) as error:
                broken.append(f"{fate}: {error!r} {error.__notes__}")
                return
        kills.append(story.kills)
        broken.extend(f"{fate}: {breach}" for breach in breaches(story, undisturbed))

    async with asyncio.TaskGroup() as group:
        for number, fate in enumerate(fates):
            group.create_task(one(number, fate))
    # Polls and digests are not as many in every life, so that a border now and then is never reached.
    assert kills.count(0) <= len(kills) // 5, "most of the fates came too late to kill"
    return broken


async def in_time(ward: Ward, folder: Path, fate: Fate) -> Story:
    """The scenario under a fate; what comes too late, since this life is quicker than the one before, comes sooner."""
    story = await play(ward, folder, LONG, fate)
    if story.kills or not fate.seconds:
        return story
    return await in_time(ward, folder / "sooner", replace(fate, seconds=tuple(one / 2 for one in fate.seconds)))


async def test_three_kills_on_the_way_change_nothing(ward: Ward, tmp_path: Path) -> None:
    undisturbed, killed = await asyncio.gather(
        play(ward, tmp_path / "undisturbed", SHORT), play(ward, tmp_path / "killed", SHORT, Fate(borders=FATEFUL))
    )
    assert killed.kills == 3
    assert breaches(killed, undisturbed) == []
    assert killed.end.goals[0][2:4] == ("completed", 1.0)


@pytest.mark.long
async def test_killed_at_any_border_the_goal_ends_as_if_nothing_had_happened(ward: Ward, tmp_path: Path) -> None:
    undisturbed = await play(ward, tmp_path / "undisturbed", LONG)
    assert breaches(undisturbed, undisturbed) == []
    dice = random.Random(f"borders {ROUNDS}")
    wanted = len(undisturbed.borders) if ROUNDS >= ALL else 6 * ROUNDS
    fates = [Fate(borders=(border,)) for border in some(undisturbed.borders, wanted, dice)]
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
    early = [border for border in undisturbed.borders if int(border.split()[-1]) <= 6 and "set" not in border]
    fates = [
        Fate(borders=(dice.choice(undisturbed.borders), *(dice.choice(early) for _ in range(4)))) for _ in range(ROUNDS)
    ]
    assert await judged(ward, tmp_path, fates, undisturbed) == []
