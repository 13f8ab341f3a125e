"""The one live message a goal has in its chat: a wanted revision against a shown one, safe against late saves."""

import datetime as dt
import sqlite3
from collections.abc import Sequence

from engine.records import Card, Speaker, without_buttons
from engine.values import GoalId
from storage import outbox
from storage.connections import Reader
from storage.encoding import object_from_json, to_json
from storage.script import run_many

_SELECT = "SELECT goal, chat, message, wanted, shown, fingerprint, facts FROM cards"

# Whoever shows a card read it some time ago. Meanwhile a commit may have raised `wanted`, which a save never lowers;
# and the card may have been asked for anew, so that a save of the message it was before (`replaced`) says nothing.
_SAVE = """
INSERT INTO cards (goal, chat, message, wanted, shown, fingerprint, facts) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (goal) DO UPDATE SET
    chat = excluded.chat,
    message = excluded.message,
    wanted = CASE WHEN excluded.wanted > cards.wanted THEN excluded.wanted ELSE cards.wanted END,
    shown = excluded.shown,
    fingerprint = excluded.fingerprint,
    facts = excluded.facts
WHERE cards.replaced IS NULL OR excluded.message IS NULL OR excluded.message <> cards.replaced
"""
_ANEW = """
INSERT INTO cards (goal, chat, message, wanted, shown, fingerprint, facts)
SELECT id, COALESCE(?, chat), NULL, revision, 0, '', ? FROM executor_goals
WHERE id = ? AND COALESCE(?, chat) IS NOT NULL
ON CONFLICT (goal) DO UPDATE SET
    chat = excluded.chat,
    replaced = COALESCE(cards.message, cards.replaced),
    message = NULL,
    wanted = excluded.wanted,
    shown = 0,
    fingerprint = '',
    facts = excluded.facts
"""


_DOUBT = """
UPDATE cards SET shown = 0 WHERE message IS NOT NULL
AND goal IN (SELECT id FROM executor_goals WHERE status IN ('active', 'blocked'))
"""


def doubt_cards(connection: sqlite3.Connection) -> None:
    """Mark the cards of goals under way as outdated. Where nothing has changed, they are not edited."""
    connection.execute(_DOUBT)


def want_anew(connection: sqlite3.Connection, goal: GoalId, speaker: Speaker | None, now: dt.datetime) -> None:
    """Ask for the goal's card at the end of where somebody asked (None: of the goal's own place), in the caller's
    transaction.

    The one before it loses its buttons.
    """
    sql = "SELECT chat, message FROM cards WHERE goal = ? AND message IS NOT NULL"
    superseded = [without_buttons(*place) for place in connection.execute(sql, (goal,)).fetchall()]
    outbox.put(connection, superseded, now)
    chat = speaker.chat if speaker is not None else None
    facts = to_json({"thread": speaker.thread} if speaker is not None else {})
    connection.execute(_ANEW, (chat, facts, goal, chat))


def save_card(connection: sqlite3.Connection, card: Card) -> None:
    """Keep what is shown."""
    row = (card.goal, card.chat, card.message, card.wanted, card.shown, card.fingerprint, to_json(card.facts))
    run_many(connection, _SAVE, [row])


async def outdated(reader: Reader) -> Sequence[Card]:
    """Cards that are wanted in another revision than is shown; of one that is still to be sent none is."""
    return [_card(row) for row in await reader.rows(f"{_SELECT} WHERE wanted <> shown ORDER BY goal")]


async def card_of(reader: Reader, goal: GoalId) -> Card | None:
    """The card of a goal; None when it has none."""
    row = await reader.first(f"{_SELECT} WHERE goal = ?", (goal,))
    return None if row is None else _card(row)


def _card(row: sqlite3.Row) -> Card:
    goal, chat, message, wanted, shown, fingerprint, facts = row
    return Card(
        goal=goal,
        chat=chat,
        message=message,
        wanted=wanted,
        shown=shown,
        fingerprint=fingerprint,
        facts=object_from_json(facts),
    )
