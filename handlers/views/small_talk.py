"""Short answers to words that are no goal."""

from engine.records import Outgoing
from engine.values import ChatId
from handlers.small_talk import COMMANDS, SmallTalk, command_meant
from handlers.views.letters import letter
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
            told = "Nothing is waiting for that answer just now. /tasks shows what is; a reply to a message is surest."
    return letter(chat, told)
