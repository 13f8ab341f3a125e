"""Short answers to words that are no goal."""

import datetime as dt

from aiogram.utils.formatting import Bold, Italic, Text

from engine.records import Outgoing
from engine.values import ChatId
from handlers import keyboards
from handlers.small_talk import COMMANDS, SmallTalk, command_meant
from handlers.views.letters import letter, line, stacked
from handlers.views.times import span
from handlers.views.welcome import help_message


def talk_small(chat: ChatId, kind: SmallTalk, text: str) -> Outgoing:
    """The answer to a greeting, to thanks, to a command without its slash, or to an answer that nothing asked for."""
    match kind:
        case SmallTalk.HELP:
            return help_message(chat, COMMANDS)
        case SmallTalk.HELLO:
            told = "Hello! Tell me what you want to reach, and I'll plan it. /goals shows what is under way."
        case SmallTalk.THANKS:
            told = "You're welcome. /goals shows where things stand."
        case SmallTalk.COMMAND:
            told = f"You find that under /{command_meant(text)}."
        case SmallTalk.NOTHING_ASKED:
            told = "I can't tell what that answers. /tasks shows what waits for you; a reply to a message is surest."
    return letter(chat, told)


def still_about(chat: ChatId, said: str, asked: tuple[str, str], since: dt.timedelta, of: int) -> Outgoing:
    """Whether words are about what was asked long ago; `asked` is the goal that was set up (or empty), the question."""
    name, question = asked
    ago = span(since.total_seconds())
    was = Text("we began to set up ", Bold(line(name, 150))) if name else Text("I asked: ", Italic(line(question, 200)))
    body = stacked(
        [Text("🕰 ", ago, " ago ", was), "", Text("Are your words the answer to that? ", Italic(line(said, 200)))]
    )
    return letter(chat, body, keyboards.still_buttons(of))


def still_asked(chat: ChatId, question: str) -> Outgoing:
    """A question that stays open, once more."""
    return letter(chat, Text("Still open: ", Italic(line(question, 200))))


def left_open(chat: ChatId, asked: tuple[str, str]) -> Outgoing:
    """What was asked long ago is closed."""
    name, question = asked
    told = f"«{line(name, 100)}» is left aside; nothing was set." if name else f"Closed: «{line(question, 150)}»"
    return letter(chat, told)
