"""Tests that a change touched, in the chat and over the real workbench: shown, answered, and never a dead end."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.local.messages import FileKind, Person, Upload
from bot.local.people import Look
from bot.settings import Settings
from tests.engine.coding.shop import git
from tests.handlers.code.conftest import SHOP, SHOWN, TESTS, shop
from tests.scenarios.talking import ANN, BEN, Chat, a_telegram, app_of

WEAKER = TESTS.replace("self.assertEqual(total([]), 0)", "total([])")
CURED = SHOP.replace("[1:]", "")
BRANCH = "milepost/1-fix-totals-are-wrong"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return shop(tmp_path / "code" / "shop")


@pytest.fixture
async def chat(tmp_path: Path, place: Path) -> AsyncIterator[Chat]:
    """Ann, asked about a test that her cure has weakened."""
    told = {"database": tmp_path / "m.db", "repositories": f"shop={place}", "unsandboxed": True}
    simulator = a_telegram()
    async with asyncio.timeout(120), app_of(simulator, Settings.model_validate(told)) as chat:
        await chat.say("/repo shop test: python3 -m unittest")
        await chat.say("/fix totals are wrong")
        await chat.press("Start")
        await hand_in(chat, ("test_sums.py", SHOWN))
        await hand_in(chat, ("test_shop.py", WEAKER), ("shop.py", CURED))
        yield chat
    simulator.close()


async def hand_in(chat: Chat, *files: tuple[str, str]) -> str:
    before = len(chat.messages())
    for name, content in files:
        chat.simulator.send_upload(ANN, Upload(name=name, content=content.encode()), Look(kind=FileKind.DOCUMENT))
    await chat.settle()
    await chat.press("That's all of them")
    return "\n".join(one.text for one in chat.messages()[before:])


def asked(chat: Chat) -> str:
    return next(one.text for one in reversed(chat.messages()) if "What decides about the tests was changed" in one.text)


def data_of(chat: Chat, label: str) -> str:
    """What the newest button with this label carries."""
    for message in reversed(chat.messages()):
        for row in message.buttons:
            for button in row:
                if button.text == label:
                    return button.data or ""
    raise AssertionError(label)


async def press_data(chat: Chat, data: str, person: Person = ANN) -> str:
    before = len(chat.messages(person.id))
    chat.simulator.press(person, person.id, chat.messages(person.id)[-1].id, data)
    await chat.settle()
    return "\n".join(one.text for one in chat.messages(person.id)[before:])


@pytest.mark.long
async def test_what_is_approved_is_proven_and_committed_without_another_word(chat: Chat, place: Path) -> None:
    assert "test_shop.py: " in asked(chat)
    assert "-        self.assertEqual(total([]), 0)" in asked(chat)
    assert git(place, "log", "--format=%s", f"main..{BRANCH}") == ""
    stale = data_of(chat, "Don't")
    assert "✅ Done, proven and committed" in await chat.press("Approve")
    assert git(place, "show", f"{BRANCH}:test_shop.py") == WEAKER
    await press_data(chat, stale)
    assert "Nothing was put back" in chat.texts()[-1]
    assert git(place, "show", f"{BRANCH}:test_shop.py") == WEAKER


@pytest.mark.long  # a whole life in the chat; handlers/code/test_branches.py presses the buttons
async def test_what_is_turned_down_is_put_back_and_the_rest_is_proven_without_it(chat: Chat, place: Path) -> None:
    no, yes = data_of(chat, "Don't"), data_of(chat, "Approve")
    chat.simulator.say(BEN, "/start")
    await chat.settle()
    await press_data(chat, no, BEN)
    await chat.press("Don't")
    assert "✖️ Not approved: test_shop.py. I put that back as it was" in "\n".join(chat.texts())
    for data in (no, yes):
        await press_data(chat, data)
        assert "No changed test waits for your yes any more." in chat.texts()[-1]
    await chat.press("It's there already")
    assert "✅ Done, proven and committed" in "\n".join(chat.texts())
    assert git(place, "diff", "--name-only", "main", BRANCH).split() == ["shop.py", "test_sums.py"]


@pytest.mark.long
@pytest.mark.longest
async def test_the_same_change_of_tests_is_not_taken_again_but_another_hand_in_is(chat: Chat, place: Path) -> None:
    await chat.press("Don't")
    told = await hand_in(chat, ("test_shop.py", WEAKER))
    assert "✋ I couldn't take that" in told
    assert "turned down: test_shop.py" in told
    await hand_in(chat, ("shop.py", CURED.replace("result = 0", "result = 0 + 0")))
    assert "✅ Done, proven and committed" in "\n".join(chat.texts())
    assert git(place, "diff", "--name-only", "main", BRANCH).split() == ["shop.py", "test_sums.py"]
