"""Somebody's dialogue, and the question it stands at: once that is answered, the buttons under it go."""

import datetime as dt
import sqlite3
from collections.abc import Iterable

from engine.records import Handled, Outgoing, Speaker, without_buttons
from engine.values import ChatId, JsonValue
from storage import outbox
from storage.encoding import object_from_json, to_json
from storage.script import run_many

_ASKED = "asked"
"""The fact of a dialogue that names its question: a row of the outbox."""
_SAVE = (
    "INSERT INTO dialogues (chat, user, thread, name, facts) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (chat, user, thread) DO UPDATE SET name = excluded.name, facts = excluded.facts"
)
_OF = "FROM dialogues WHERE chat = ? AND user = ? AND thread = ?"


def keep_dialogue(connection: sqlite3.Connection, speaker: Speaker, handled: Handled, now: dt.datetime) -> None:
    """Keep where somebody is in a dialogue from now on, in the caller's transaction, right after its replies."""
    place = (speaker.chat, speaker.user, speaker.thread)
    before = connection.execute(f"SELECT facts {_OF}", place).fetchone()
    asked = object_from_json(before[0]).get(_ASKED) if before is not None else None
    dialogue = handled.dialogue
    if dialogue is None:
        connection.execute(f"DELETE {_OF}", place)
    else:
        question = _newest_question(connection, handled) if handled.asks else asked
        facts = {name: fact for name, fact in dialogue.facts.items() if name != _ASKED}
        facts |= {_ASKED: question} if question is not None else {}
        run_many(connection, _SAVE, [(*place, dialogue.name, to_json(facts))])
    if isinstance(asked, int) and (dialogue is None or handled.asks):
        _close(connection, speaker.chat, asked, handled.replies, now)


def _newest_question(connection: sqlite3.Connection, handled: Handled) -> JsonValue:
    """The row of the last reply, which was queued just now; None where it has no buttons."""
    if not handled.replies or "reply_markup" not in handled.replies[-1].payload:
        return None
    newest: int = connection.execute("SELECT MAX(id) FROM outbox").fetchone()[0]
    return newest


def _close(
    connection: sqlite3.Connection, chat: ChatId, row: int, replies: Iterable[Outgoing], now: dt.datetime
) -> None:
    """Take the buttons away under a question, unless the answer has changed that very message."""
    place = outbox.message_at(connection, row)
    if place is None or place[0] != chat or any(reply.payload.get("edit") == place[1] for reply in replies):
        return
    outbox.put(connection, [without_buttons(*place)], now)
