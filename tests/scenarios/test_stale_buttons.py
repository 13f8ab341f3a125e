"""Buttons pressed twice, after a restart, too late, by someone else, or made up: answered, and nothing is doubled."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.local.messages import Person, SimMessage
from tests.scenarios.kill.person import Talker
from tests.scenarios.kill.stage import Stage, stage
from tests.scenarios.kill.ward import Ward

BEN = Person(id=8, first_name="Ben")
EVE = Person(id=9, first_name="Eve")
COUNTS = "SELECT number, status, count FROM goal_tasks ORDER BY number"
EVENTS = "SELECT event, COUNT(*) FROM goal_execution_log GROUP BY 1 ORDER BY 1"


async def answered(talker: Talker, presses: int) -> list[str]:
    """The answers to so many presses, which all have words."""
    await talker.until(lambda: True if len(talker.toasts) >= presses else None)
    return talker.toasts


def data_of(talker: Talker, words: str, label: str) -> tuple[SimMessage, str]:
    found = talker.button(words, label)
    assert found is not None, f"no [{label}] under «{words}»"
    return found[0], found[1].data or ""


def twice(talker: Talker, words: str, label: str) -> None:
    """Two taps in one batch."""
    message, data = data_of(talker, words, label)
    talker.tap(message, data)
    talker.tap(message, data)


def events_of(on: Stage) -> dict[str, int]:
    """How often each kind of event has happened."""
    return dict(on.rows(EVENTS))


async def quiet(on: Stage) -> None:
    """What was said before this has been handled."""
    on.ann.say("/privacy")
    count = len(on.ann.texts())
    await on.ann.until(lambda: True if len(on.ann.texts()) > count else None)


@pytest.mark.long  # handlers/test_served_buttons.py has such presses
async def test_start_and_plus_one_pressed_twice_at_once_count_once(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        await on.start()
        await on.plan("Sign 3 sponsors")
        twice(on.ann, "The plan for", "Start")
        assert await answered(on.ann, 2) == ["Started.", "It was started already; /status shows where it stands."]
        await on.ann.until(lambda: on.ann.button("Sign 3 sponsors", "+1"))
        twice(on.ann, "Sign 3 sponsors", "+1")
        assert (await answered(on.ann, 4))[2:] == [
            "1 of 3",
            "Things have moved on since this message; here is how they stand.",
        ]
        await on.ann.sees("1 of 3 done")
        twice(on.ann, "1 of 3 done", "All done")
        assert (await answered(on.ann, 6))[4:] == [
            "Done ✅",
            "This goal has ended. Where it can be taken up again, its card has Reopen.",
        ]
        await on.ann.sees("Goal reached")
        await quiet(on)
        assert on.rows(COUNTS) == [(1, "completed", 3)]
        events = events_of(on)
        assert (events["plan_adopted"], events["task_counted"], events["task_completed"]) == (1, 1, 1)
        assert len([text for text in on.ann.texts() if "Goal reached" in text]) == 1


async def test_a_button_works_after_a_kill_and_its_second_press_is_explained(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        life = await on.start()
        await on.begin("Sign 3 sponsors")
        await on.ann.until(lambda: on.ann.button("Sign 3 sponsors", "All done"))
        life.send(signal.SIGKILL)
        await life.ended
        twice(on.ann, "Sign 3 sponsors", "All done")
        await on.start()
        assert (await answered(on.ann, 3))[1:] == [
            "Done ✅",
            "This goal has ended. Where it can be taken up again, its card has Reopen.",
        ]
        await on.ann.sees("Goal reached")
        await quiet(on)
        assert events_of(on)["task_completed"] == 1


@pytest.mark.long  # half a second; a second press and one after the end are explained above
async def test_an_outdated_card_says_how_things_stand(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        await on.start()
        await on.begin("Sign 3 sponsors")
        await on.ann.until(lambda: on.ann.button("Under way", "Pause"))
        card, pause = data_of(on.ann, "Under way", "Pause")
        _, cancel = data_of(on.ann, "Under way", "Cancel")
        on.ann.tap(card, pause)
        await on.ann.until(lambda: on.ann.button("Launch the newsletter", "Resume"))
        on.ann.tap(card, pause)
        assert (await answered(on.ann, 3))[2] == "It is paused already. Resume lets it go on."
        on.ann.tap(card, cancel)
        yes = await on.ann.until(lambda: next(_confirmations(on.ann), None))
        on.ann.tap(*yes)
        await on.ann.until(lambda: on.ann.find("ancelled"))
        on.ann.tap(card, pause)
        on.ann.tap(*yes)
        late = (await answered(on.ann, 7))[5:]
        assert late == ["This goal has ended. Where it can be taken up again, its card has Reopen."] * 2
        await quiet(on)
        assert events_of(on)["goal_cancelled"] == events_of(on)["goal_paused"] == 1


def _confirmations(talker: Talker) -> Iterator[tuple[SimMessage, str]]:
    for message in reversed(talker.messages()):
        for button in (one for row in message.buttons for one in row):
            if (button.data or "").startswith("g:cancel1:"):
                yield message, button.data or ""


@pytest.mark.long  # half a second; handlers/test_goal_talk.py has somebody else press
async def test_someone_elses_press_changes_nothing(ward: Ward, tmp_path: Path) -> None:
    async with stage(ward, tmp_path) as on:
        on.home.owners = "7,8"
        ben, eve = Talker(on.simulator, BEN), Talker(on.simulator, EVE)
        await on.start()
        await on.begin("Sign 3 sponsors")
        await on.ann.until(lambda: on.ann.button("Sign 3 sponsors", "+1"))
        _, plus = data_of(on.ann, "Sign 3 sponsors", "+1")
        with ben.watching(), eve.watching():
            ben.say("/help")
            eve.say("hello")
            ben.tap(await ben.until(lambda: ben.find("")), plus)
            assert await answered(ben, 1) == ["This is not yours: only the person who set the goal can do that."]
            eve.tap(await eve.until(lambda: eve.find("")), plus)
            (refusal,) = await answered(eve, 1)
            assert refusal
            assert len(eve.texts()) == 1
        await quiet(on)
        assert on.rows(COUNTS) == [(1, "waiting", 0)]


@pytest.mark.long  # handlers/test_odd_input.py has the same
async def test_made_up_data_is_answered_and_changes_nothing(ward: Ward, tmp_path: Path) -> None:
    made_up = [
        "x", ":", "g", "g:", "g:pause", "g:pause:0", "g:pause:-1", "g:pause:999", "g:explode:1", "g:pause:1:1",
        "t:done:1:99:1", "t:plus:1:1:4000", "t:done:1:1", "v:start:1:77", "c:1:1:1:9", "b:done:1:5", "b:skip:1:5",
        "l:never:1:1:1", "p:log:1:-1", "s:1:error:ask:1", "z:zone:Mars/Base", "n:idea:9:9", "u:done:9", "q:999999",
        "g:pause:99999999999999999999", "é" * 32, "t:done:1:1:1'; DROP TABLE executor_goals;--",
    ]  # fmt: skip
    async with stage(ward, tmp_path) as on:
        await on.start()
        await on.begin("Sign 3 sponsors")
        message = await on.ann.until(lambda: (on.ann.button("Sign 3 sponsors", "+1") or (None,))[0])
        await quiet(on)
        before, known = on.rows(EVENTS), len(on.ann.toasts)
        for data in made_up:
            on.ann.tap(message, data)
        assert len(await answered(on.ann, known + len(made_up))) == known + len(made_up)
        await quiet(on)
        assert on.rows(EVENTS) == before
        assert on.rows(COUNTS) == [(1, "waiting", 0)]
        assert on.rows("SELECT * FROM inbox WHERE status <> 'done' OR failures > 0") == []
        assert "ERROR" not in on.home.log()
