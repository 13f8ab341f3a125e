"""Commands in words that name the goal they are about."""

import pytest

from tests.handlers.conftest import Talk


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("cancel the shed goal", "Paint the shed"),
        ("Pause the shed, please", "Paused"),
        ("tasks of the shed", "Tasks · Paint the shed"),
        ("reopen the shed", "Make this a goal?"),
        ("cancel the bike", "Make this a goal?"),
    ],
)
async def test_a_command_in_words_knows_a_goal_by_its_name(talk: Talk, words: str, told: str) -> None:
    await talk.started("Sand the walls", name="Paint the shed")
    await talk.started("Win 3 games", name="Learn chess")
    assert told in await talk.say(words)


async def test_a_command_in_words_that_fits_several_goals_asks_which(talk: Talk) -> None:
    await talk.started("Sand the walls", name="Paint the shed")
    await talk.started("Buy tiles", name="Roof the shed")
    await talk.say("pause the shed")
    assert sum("the shed" in label for label in talk.labels()) == 2
