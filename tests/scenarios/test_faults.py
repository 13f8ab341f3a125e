"""Telegram's bad days, over a whole goal: every milestone arrives, in order, and nothing is doubled in silence."""

import os
from pathlib import Path

import pytest

from bot.local.faults import Fault, FaultKind
from tests.scenarios.kill.scenario import SHORT, Fate, play
from tests.scenarios.kill.verdict import breaches
from tests.scenarios.kill.ward import Ward

Day = tuple[tuple[float, Fault | None], ...]


def floods() -> Day:
    """Bursts of 429 on messages and edits."""
    one = Fault(kind=FaultKind.TOO_MANY_REQUESTS, method="sendMessage", times=3, retry_after=1)
    other = Fault(kind=FaultKind.TOO_MANY_REQUESTS, method="editMessageText", skip=2, times=2, retry_after=1)
    return ((0.2, one), (0.0, other), (3.0, one))


def bad_gateways() -> Day:
    """502 on every kind of call."""
    return ((0.1, Fault(kind=FaultKind.BAD_GATEWAY, times=3)), (1.0, Fault(kind=FaultKind.BAD_GATEWAY, times=3)))


def lost_answers() -> Day:
    """Messages that arrive while their answer does not."""
    lost = Fault(kind=FaultKind.LOST_ANSWER, method="sendMessage", skip=2, times=1)
    return ((0.1, lost), (0.5, lost), (0.5, lost), (1.0, lost))


def an_outage() -> Day:
    """No connection at all for a while, in the middle."""
    return ((0.5, Fault(kind=FaultKind.DOWN, times=None)), (2.0, None))


def hanging_calls() -> Day:
    """Calls without an answer, done or not, until the connection breaks."""
    return (
        (0.3, Fault(kind=FaultKind.HANG, method="sendMessage")),
        (0.0, Fault(kind=FaultKind.HANG_AFTER, method="sendMessage", skip=1)),
        (1.5, None),
        (0.5, Fault(kind=FaultKind.HANG_AFTER, method="sendMessage")),
        (1.5, None),
    )


DAYS = {day.__name__: day for day in (floods, bad_gateways, lost_answers, an_outage, hanging_calls)}


async def spoilt(ward: Ward, folder: Path, day: Day) -> None:
    undisturbed = await play(ward, folder / "undisturbed", SHORT)
    story = await play(ward, folder / "spoilt", SHORT, Fate(faults=day))
    assert story.faults_met >= 2, "the day was too good"
    assert breaches(story, undisturbed) == []
    assert story.end.goals[0][2:4] == ("completed", 1.0)


@pytest.mark.long
async def test_lost_answers_lead_to_repeats_that_say_so(ward: Ward, tmp_path: Path) -> None:
    await spoilt(ward, tmp_path, lost_answers())


@pytest.mark.sample(0, in_ci=1)
@pytest.mark.parametrize("name", [name for name in DAYS if name != "lost_answers"])
async def test_every_milestone_arrives_once_and_in_order(name: str, ward: Ward, tmp_path: Path) -> None:
    await spoilt(ward, tmp_path, DAYS[name]())


@pytest.mark.long
async def test_kills_and_bad_days_together(ward: Ward, tmp_path: Path) -> None:
    undisturbed = await play(ward, tmp_path / "undisturbed", SHORT)
    rounds = int(os.environ.get("MILEPOST_TEST_ROUNDS", "2"))
    for number, name in enumerate((list(DAYS) * rounds)[: max(2, rounds // 2)]):
        fate = Fate(borders=(f"after a commit {20 + 3 * number}", "before a commit 15"), faults=DAYS[name]())
        story = await play(ward, tmp_path / str(number), SHORT, fate)
        assert story.kills == 2
        assert breaches(story, undisturbed) == [], fate
