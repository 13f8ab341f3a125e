"""Presses of inline buttons, as the bot must answer them: once, and soon."""

from dataclasses import dataclass

from bot.local.messages import Person

ANSWER_WINDOW = 15.0  # seconds
_FIRST_ID = 4_000_000_000_000_000_000  # ids are as long as Telegram's


def query_id(number: int) -> str:
    """The id of the so-manieth press."""
    return str(_FIRST_ID + number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A press: who, where, when (steady real seconds), and whether the bot has answered."""

    id: str
    person: Person
    chat_id: int
    message_id: int
    asked: float
    answered: bool = False

    @property
    def number(self) -> int:
        """Which press it is, counted from 1."""
        return int(self.id) - _FIRST_ID

    def may_be_answered(self, now: float) -> bool:
        """Whether Telegram still takes an answer."""
        return not self.answered and not self.is_forgotten(now)

    def is_forgotten(self, now: float) -> bool:
        """Whether the window is over."""
        return now - self.asked > ANSWER_WINDOW
