"""Finding the button that a person means by its label."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.local.messages import SimButton, SimMessage

_DECORATION = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundButton:
    """A button and the message it is on."""

    message: SimMessage
    button: SimButton


def find_button(messages: Sequence[SimMessage], label: str) -> FoundButton | None:
    """The newest button with this label; None when there is none.

    Within a message an exact label wins over one that differs in case, emoji and signs only («done» for «✅ Done»).
    """
    for message in reversed(messages):
        buttons = [button for row in message.buttons for button in row]
        found = _exact(buttons, label) or _alike(buttons, label)
        if found is not None:
            return FoundButton(message=message, button=found)
    return None


def find_reply_key(messages: Sequence[SimMessage], label: str) -> str | None:
    """The key of the newest keyboard under the input field that has this label; None when there is none."""
    for message in reversed(messages):
        for row in message.reply_keyboard:
            for key in row:
                if key == label or _bare(key) == _bare(label) != "":
                    return key
    return None


def _exact(buttons: Iterable[SimButton], label: str) -> SimButton | None:
    return next((button for button in buttons if button.text.strip() == label), None)


def _alike(buttons: Iterable[SimButton], label: str) -> SimButton | None:
    bare = _bare(label)
    return next((button for button in buttons if bare and _bare(button.text) == bare), None)


def _bare(label: str) -> str:
    return _DECORATION.sub(" ", label).strip().casefold()
