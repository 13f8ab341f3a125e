"""How messages are put together so that Telegram takes them: lengths, entities, cutting, one payload."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiogram.types import MessageEntity
from aiogram.utils.formatting import Text, sizeof

from engine.records import Outgoing
from engine.values import ChatId, GoalId, JsonValue

LIMIT = 4096
"""UTF-16 units that a message may have."""
ENTITIES = 100
"""Entities that Telegram keeps; it drops the rest without a word."""
ROOM = 3900
"""What views fill at most, so that a last line always fits."""

Keyboard = Sequence[Sequence[dict[str, JsonValue]]]

# Marks that turn the writing direction or hide; left in, one name could garble the lines after it.
_INVISIBLE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def cut(text: str, units: int) -> str:
    """The text, ended by «…» where it has more than `units` UTF-16 units; no sign is cut in two."""
    if sizeof(text) <= units:
        return text
    kept = text.encode("utf-16-le")[: 2 * (units - 1)]  # half of a sign at the end is ignored
    return kept.decode("utf-16-le", "ignore").rstrip() + "…"


def words(text: str, units: int = ROOM) -> str:
    """Somebody's words, safe to show: no invisible marks, at most `units` long, line breaks kept."""
    clean = _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text)).strip()
    return _set_apart(re.sub(r"\n\s*\n\s*\n+", "\n\n", clean), units)


def shows_whole(text: str) -> bool:
    """Whether all of it can be seen where it is shown as it stands: no mark in it hides or turns round."""
    return not any(pattern.search(text) for pattern in (_INVISIBLE, _SURROGATE, _RIGHT_TO_LEFT))


def _set_apart(clean: str, units: int) -> str:
    clean = cut(clean, units - 2)
    return f"\u2068{clean}\u2069" if _RIGHT_TO_LEFT.search(clean) else clean


def line(text: str, units: int = 120) -> str:
    """Somebody's words on one line, such as a name or a title; «–» when nothing readable is left."""
    clean = " ".join(_SURROGATE.sub("\ufffd", _INVISIBLE.sub(" ", text)).split())
    return _set_apart(clean, units) or "–"


def sentence(text: str) -> str:
    """The text with a capital at its begin, unless it begins with an address, a path, a name of code or a sign."""
    return text if re.match(r"[a-z]+://|www\.|\S*\w(?:[./]\w|[_=(])", text) else text[:1].upper() + text[1:]


def few(named: Sequence[str], most: int = 5) -> str:
    """The first of them, and how many more there are: «a, b and 3 more»."""
    more = f" and {len(named) - most} more" if len(named) > most else ""
    return ", ".join(named[:most]) + more


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A message of a head, a list and a foot. What of the list doesn't fit becomes «…and 12 more»."""

    head: Sequence[Text | str] = ()
    items: Sequence[Text | str] = ()
    foot: Sequence[Text | str] = ()

    def text(self) -> Text:
        """All of it that fits, a line each."""
        fixed = [*self.head, *self.foot]
        units = sum(_units(one) + 1 for one in fixed) + len("…and 99999 more") + 1
        marks = sum(_marks(one) for one in fixed)
        shown: list[Text | str] = []
        for item in self.items:
            units += _units(item) + 1
            marks += _marks(item)
            if units > ROOM or marks > ENTITIES:
                break
            shown.append(item)
        left = len(self.items) - len(shown)
        more: list[Text | str] = [f"…and {left} more"] if left else []
        return stacked([*self.head, *shown, *more, *self.foot])


def stacked(lines: Sequence[Text | str]) -> Text:
    """These lines, one under the other."""
    body: list[Text | str] = []
    for one in lines:
        if body:
            body.append("\n")
        body.append(one)
    return Text(*body)


def _units(one: Text | str) -> int:
    return sizeof(one) if isinstance(one, str) else sizeof(one.render()[0])


def _marks(one: Text | str) -> int:
    return 0 if isinstance(one, str) else len(one.render()[1])


def letter(chat: ChatId, body: Text | str, buttons: Keyboard = (), goal: GoalId | None = None) -> Outgoing:
    """A message for a chat; `goal` is the goal it is about, None for none. Always within Telegram's limits."""
    text, entities = (body if isinstance(body, Text) else Text(body)).render()
    if sizeof(text) > LIMIT:
        text = cut(text, LIMIT)
    units = sizeof(text)
    payload: dict[str, JsonValue] = {"text": text if text.strip() else "…"}
    kept = [_json(one, units) for one in entities if one.offset < units and one.length > 0]
    if kept and text.strip():
        payload["entities"] = list(kept[:ENTITIES])
    rows: list[JsonValue] = [list(row) for row in buttons if row]
    if rows:
        payload["reply_markup"] = {"inline_keyboard": rows}
    return Outgoing(chat=chat, payload=payload, goal=goal)


def _json(entity: MessageEntity, units: int) -> JsonValue:
    raw: dict[str, JsonValue] = entity.model_dump(exclude_none=True, mode="json")
    raw["length"] = min(entity.length, units - entity.offset)
    return raw


def edited(outgoing: Outgoing, message: int | None) -> Outgoing:
    """The same as an edit of a message; as a new message when there is none to edit."""
    if message is None:
        return outgoing
    return replace(outgoing, payload={"edit": message, **outgoing.payload})


def silent(outgoing: Outgoing) -> Outgoing:
    """The same without a sound."""
    return replace(outgoing, silent=True)


def under(outgoing: Outgoing, message: int) -> Outgoing:
    """The same as a reply to a message, if that is still there."""
    parameters: JsonValue = {"message_id": message, "allow_sending_without_reply": True}
    return replace(outgoing, payload={**outgoing.payload, "reply_parameters": parameters})
