"""A group that has become a supergroup has another id: all that is kept of the chat goes along, in one transaction."""

import datetime as dt
import sqlite3

from engine.records import Outgoing
from engine.reporting.notices import NoticeKind
from engine.values import ChatId, GoalId
from storage import outbox
from storage.encoding import parse_outgoing, to_json
from storage.outbox import RENDERED
from storage.script import run_many

# Message ids begin anew in the new chat: what names one would reach another message there.
_OF_THE_OLD_CHAT = ("edit", "reply_parameters", "message_thread_id")

# The revision grows, so that a change decided on the goal as it was is a conflict and is decided again.
_GOALS = "UPDATE executor_goals SET chat = ?, thread = NULL, revision = revision + 1 WHERE chat = ?"
_CLOSE = "INSERT INTO closed_topics (chat, thread) VALUES (?, ?) ON CONFLICT (chat, thread) DO NOTHING"
_LIVE_IN = "SELECT 1 FROM executor_goals WHERE chat = ? AND thread = ? LIMIT 1"
_CARDS = """
UPDATE cards SET chat = ?, replaced = COALESCE(message, replaced), message = NULL, shown = 0, fingerprint = '',
    facts = json_remove(facts, '$.thread')
WHERE chat = ?
"""
_APPROVALS = (
    "UPDATE outbox SET message = NULL, content = json_remove(content, '$.facts.message') WHERE chat = ? AND kind = ?"
)
_UNSETTLED = "SELECT id, kind, content FROM outbox WHERE chat = ? AND status IN ('queued', 'sending', 'aside')"
_REWRITE = "UPDATE outbox SET chat = ?, content = ? WHERE id = ?"
# Telegram tells the new chat of the move, so it may have settings by now: fresh ones, unless somebody has set them.
_HAS_SETTINGS = """
SELECT 1 FROM chats AS young JOIN chats AS old ON old.chat = ?
WHERE young.chat = ? AND young.zone_known > old.zone_known
"""


# A dialogue may keep another one, which may keep a set-up behind it.
_DIALOGUES = """
UPDATE OR IGNORE dialogues
SET chat = ?, facts = json_remove(
    facts, '$.since', '$.before.facts.since', '$.facts.since', '$.facts.before.facts.since'
)
WHERE chat = ?
"""
_MUTED = "UPDATE OR REPLACE muted_findings SET chat = ? WHERE chat = ?"
_SPEND = "UPDATE spend SET chat = ? WHERE chat = ?"
_REPOSITORIES = "UPDATE repositories SET chat = ? WHERE chat = ?"
_TRIALS = "UPDATE trials SET chat = ? WHERE chat = ?"
_RUNS = "UPDATE agent_runs SET chat = ?, thread = NULL WHERE chat = ?"
_TALK = (
    "UPDATE talk_lines SET chat = ?, thread = 0 WHERE chat = ?",
    "UPDATE talk_turns SET chat = ?, thread = 0, shown = NULL WHERE chat = ?",
    "UPDATE OR IGNORE talk_summaries SET chat = ? WHERE chat = ?",
)
_DAYS = (
    "UPDATE OR IGNORE {table} SET account = SUBSTR(account, 1, INSTR(account, '/')) || ?"
    " WHERE account LIKE 'day:%' AND SUBSTR(account, INSTR(account, '/') + 1) = ?"
)


def move_chat(connection: sqlite3.Connection, old: ChatId, new: ChatId) -> list[GoalId]:
    """Goals, cards, what waits in the outbox, settings and dialogue; returns the goals. A repeat finds nothing."""
    goals = [GoalId(goal) for (goal,) in connection.execute("SELECT id FROM executor_goals WHERE chat = ?", (old,))]
    connection.execute(_GOALS, (new, old))
    connection.execute(_CARDS, (new, old))
    connection.execute(_SPEND, (new, old))
    connection.execute(_RUNS, (new, old))
    connection.execute(_REPOSITORIES, (new, old))
    connection.execute(_TRIALS, (new, old))
    connection.execute(_MUTED, (new, old))
    for sql in _TALK:
        connection.execute(sql, (new, old))
    for table in ("spend_accounts", "spend_grants", "spend_told"):
        connection.execute(_DAYS.format(table=table), (str(new), str(old)))
    _move_messages(connection, old, new)
    _move_settings(connection, old, new)
    connection.execute("DELETE FROM closed_topics WHERE chat = ?", (old,))
    connection.execute(_DIALOGUES, (new, old))
    connection.execute("DELETE FROM dialogues WHERE chat = ?", (old,))  # whoever has one in the new chat keeps that
    return goals


def close_topic(connection: sqlite3.Connection, place: tuple[ChatId, int], told: Outgoing, now: dt.datetime) -> bool:
    """A topic that is closed or gone; whether `told` was queued. A repeat tells nothing."""
    is_new = connection.execute(_CLOSE, place).rowcount == 1
    tells = is_new and connection.execute(_LIVE_IN, place).fetchone() is not None
    outbox.put(connection, [told] if tells else [], now)
    return tells


def _move_messages(connection: sqlite3.Connection, old: ChatId, new: ChatId) -> None:
    connection.execute(_APPROVALS, (old, NoticeKind.APPROVAL.value))
    rows = []
    for number, kind, content in connection.execute(_UNSETTLED, (old,)).fetchall():
        moved = to_json(_moved(parse_outgoing(content), new)) if kind == RENDERED else content
        rows.append((new, moved, number))
    run_many(connection, _REWRITE, rows)


def _moved(message: Outgoing, new: ChatId) -> Outgoing:
    payload = {key: value for key, value in message.payload.items() if key not in _OF_THE_OLD_CHAT}
    return Outgoing(chat=new, payload=payload, goal=message.goal, silent=message.silent)


def _move_settings(connection: sqlite3.Connection, old: ChatId, new: ChatId) -> None:
    if not connection.execute("SELECT 1 FROM chats WHERE chat = ?", (old,)).fetchone():
        return
    keep_new = connection.execute(_HAS_SETTINGS, (old, new)).fetchone() is not None
    connection.execute("DELETE FROM chats WHERE chat = ?", (old if keep_new else new,))
    connection.execute("UPDATE chats SET chat = ? WHERE chat = ?", (new, old))
