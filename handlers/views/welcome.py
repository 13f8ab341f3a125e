"""The words of /start, /help, /privacy and other fixed messages."""

from collections.abc import Sequence

from aiogram.utils.formatting import Bold, Text

from engine.records import Outgoing
from engine.values import ChatId
from handlers import keyboards
from handlers.views.letters import letter, line, stacked

EXAMPLE_NAME = "Run a neighbourhood book swap"
EXAMPLE_CRITERIA = (
    "Choose a date and a place",
    "Then invite 10 neighbours",
    "Collect 20 books",
    "Hold the swap after the invitations and the books",
    "Then wait for 2 days",
    "Then set the next date if people liked it",
)


def welcome(chat: ChatId, zone: str, zone_known: bool) -> Outgoing:
    """The first message."""
    lines: list[Text | str] = [
        Bold("Welcome to Milepost."),
        "",
        "Tell me what you want to reach. I make a plan, do by myself what I can, ask you with buttons for what only you"
        " can give, and report at each milestone until it is done.",
        "",
        "Send a goal in your own words, such as:",
        Text("  ", Bold("/goal Publish my travel blog")),
        "",
        "or try an example with one tap. Nothing runs before you press Start.",
    ]
    if not zone_known:
        lines += ["", f"I reckon in {zone_words(zone)} so far. /settings sets your time zone."]
    return letter(chat, stacked(lines), keyboards.example_button())


def zone_words(zone: str) -> str:
    """«UTC+2» for the fixed offsets, the plain name for places: «Europe/Berlin» as «Berlin»."""
    if zone.startswith("Etc/GMT") and zone not in ("Etc/GMT", "Etc/GMT0"):
        rest = zone.removeprefix("Etc/GMT")
        return f"UTC{'-' if rest.startswith('+') else '+'}{rest[1:]}"
    return zone.rpartition("/")[2].replace("_", " ") if "/" in zone else zone


def help_message(chat: ChatId, commands: Sequence[tuple[str, str]]) -> Outgoing:
    """What can be said to the bot."""
    lines: list[Text | str] = [Bold("What you can say"), ""]
    lines += [f"/{name} – {description}" for name, description in commands]
    lines += [
        "",
        "A goal can come in one message: its name on the first line, then lines that start with «-» for what must hold"
        " when it is done, «deadline: in 2 weeks», «priority: high».",
        "",
        "Wherever there are buttons, a reply in your own words works too: «done», «done: it went well»,"
        " «problem: no answer yet», «skip», «later», «tomorrow», or a number.",
        "",
        "With several goals, put the number of one behind a command: /tasks 7",
    ]
    return letter(chat, stacked(lines))


def privacy(chat: ChatId, model: str = "") -> Outgoing:
    """What is kept, and who sees it; `model` is the language model that is asked, empty for none."""
    asked = (
        f" The language model {line(model, 100)} is told a goal, its plan and what came of its tasks when it is asked"
        " about them or does one of them, and what you say to me in free text; that is kept for thirty days, and a"
        " summary of what you said for longer."
        if model
        else ""
    )
    lines: list[Text | str] = [
        Bold("What I keep"),
        "",
        "Your goals, their tasks and log, your settings, the files you send for a goal, the repositories you add"
        " and on what terms, and the messages needed to answer you, on the computer of whoever runs this bot. Web"
        " addresses named in your goals may be asked for"
        f" checks.{asked} Nothing else leaves that computer except through Telegram.",
        "",
        "/export sends you all of this chat's goals as a file. To have them deleted, ask whoever runs this bot.",
    ]
    return letter(chat, stacked(lines))


def example_exists(chat: ChatId) -> Outgoing:
    """The example goal was set."""
    lines: list[Text | str] = [
        Text("🎯 ", Bold(EXAMPLE_NAME)),
        "An example to play with. I'm making its plan; it comes in a moment.",
    ]
    return letter(chat, stacked(lines))
