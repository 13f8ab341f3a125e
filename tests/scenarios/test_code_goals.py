"""A bug fixed by hand through the whole app, over two restarts, among two repositories and with somebody else about."""

import asyncio
from pathlib import Path

import pytest

from bot.local.messages import FileKind, SimMessage, Upload
from bot.local.people import Look
from bot.settings import Settings
from tests.engine.coding.shop import git
from tests.handlers.code.conftest import CURE, SHOWN, shop
from tests.scenarios.talking import ANN, BEN, Chat, a_telegram, app_of

BRANCH = "milepost/1-fix-totals-are-wrong"


def with_button(chat: Chat, label: str) -> tuple[SimMessage, str]:
    """The newest message with this button, and what it carries."""
    for message in reversed(chat.messages()):
        for row in message.buttons:
            for button in row:
                if label in button.text:
                    return message, button.data or ""
    raise AssertionError(f"no button «{label}»")


async def send(chat: Chat, name: str, content: str) -> str:
    before = len(chat.messages())
    made = Look(kind=FileKind.DOCUMENT)
    chat.simulator.send_upload(ANN, Upload(name=name, content=content.encode()), made)
    await chat.settle()
    return "\n".join(one.text for one in chat.messages()[before:])


@pytest.mark.long
@pytest.mark.longest  # half a minute; code/test_fixing.py has the same without chat, coding/test_killed.py the kills
async def test_a_fix_by_hand_survives_restarts_from_the_command_to_the_branch_that_came_back(tmp_path: Path) -> None:
    place = shop(tmp_path / "code" / "shop")
    shop(tmp_path / "code" / "web")
    main = git(place, "rev-parse", "main")
    told = {"database": tmp_path / "m.db", "repository_roots": (tmp_path / "code",), "unsandboxed": True}
    settings, simulator = Settings.model_validate(told), a_telegram()
    async with asyncio.timeout(150):
        async with app_of(simulator, settings) as chat:
            for name in ("shop", "web"):
                await chat.say(f"/repo add {name}")
                await chat.say(f"/repo {name} test: python3 -m unittest")
            assert "In which repository?" in await chat.say("/fix totals are wrong")
            question, data = with_button(chat, "📦 shop")
            chat.simulator.say(BEN, "/start")
            await chat.settle()
            chat.simulator.press(BEN, BEN.id, chat.messages(BEN.id)[-1].id, data)
            await chat.settle()
            assert next(one for one in chat.messages() if one.id == question.id).text == "In which repository?"
            await chat.press("📦 shop")
            await chat.press("Start")
            await send(chat, "test_sums.py", SHOWN)
        async with app_of(simulator, settings) as chat:
            await chat.press("That's all of them")
            assert "Hand in the cure: totals are wrong" in "\n".join(chat.texts())
            assert "doesn't fit" in await send(chat, "wrong.patch", CURE.replace("[1:]", "[2:]"))
            assert "✅ Done, proven and committed" in await send(chat, "cure.patch", CURE)
            _, discard = with_button(chat, "Discard")
            chat.simulator.press(BEN, BEN.id, chat.messages(BEN.id)[-1].id, discard.replace("gone", "gone1"))
            await chat.settle()
            assert git(place, "branch", "--list", BRANCH).strip() == BRANCH
            assert "+    for price in prices:" in await chat.say("show the diff")
            await chat.press("Discard")
        async with app_of(simulator, settings) as chat:
            await chat.press("Discard it")
            assert git(place, "branch", "--list", BRANCH) == ""
            await chat.press("Undo")
            assert "The branch is back." in "\n".join(chat.texts())
    simulator.close()
    assert git(place, "branch", "--list", BRANCH).strip() == BRANCH
    assert (git(place, "rev-parse", "main"), git(place, "status", "--porcelain")) == (main, "")
