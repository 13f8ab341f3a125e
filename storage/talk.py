"""Conversations with a model: what was said and waits for its turn, the turns, and what is kept of them."""

import datetime as dt
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, replace

from engine.agents.conversation.talk import (
    Ending,
    FileKind,
    Line,
    Said,
    SentFile,
    TalkHistory,
    Turn,
    TurnId,
    TurnStatus,
)
from engine.records import Outgoing
from engine.values import Cause, ChatId, GoalId, JsonValue, UserId, well_formed
from storage import outbox
from storage.connections import Reader, SqlRow
from storage.encoding import object_from_json, parse_time, time_text, to_json
from storage.script import run_many

MOST_AT_ONCE = 20
"""Messages that one turn answers; more wait for the next."""
_IN_COLUMNS = frozenset({"chat", "thread", "user", "text", "source"})

_OF_OTHERS = "is_forwarded"
"""What is kept of a line in whose words others may speak: what a person forwards, and what a model retells."""

_HEAR = (
    "INSERT INTO talk_lines (chat, thread, user, text, facts, source, turn, at) VALUES (?, ?, ?, ?, ?, ?, NULL, ?)"
    " ON CONFLICT (source) DO NOTHING"
)
_WAITING = """
SELECT line.id, line.chat, line.thread, line.user FROM talk_lines AS line WHERE turn IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM talk_turns AS turn
        WHERE turn.ended_at IS NULL AND turn.chat = line.chat AND turn.thread = line.thread AND turn.status = 'open')
ORDER BY line.id LIMIT 1000
"""
# A turn that waited for a yes goes on once its run may.
_ANSWERED = """
SELECT turn.id FROM talk_turns AS turn JOIN agent_runs AS run ON run.key = 'turn:' || turn.id
WHERE turn.ended_at IS NULL AND turn.status = 'waiting' AND run.status <> 'suspended'
"""
_BEGIN = "INSERT INTO talk_turns (chat, thread, user, status, tries, at) VALUES (?, ?, ?, 'open', 0, ?)"
_OPEN = """
SELECT turn.id, turn.status, turn.shown, line.chat, line.thread, line.user, line.text, line.facts, line.source
FROM talk_turns AS turn JOIN talk_lines AS line ON line.turn = turn.id AND line.user IS NOT NULL
WHERE turn.ended_at IS NULL AND turn.status = 'open' ORDER BY +turn.id, line.id
"""
_ANSWER = "INSERT INTO talk_lines (chat, thread, text, facts, turn, at) VALUES (?, ?, ?, ?, ?, ?)"
_END = "UPDATE talk_turns SET status = ?, ended_at = ?, tries = 0 WHERE id = ? AND ended_at IS NULL"
# Of a turn that waits for a yes, what was said is known to those after it; what is still open is their own.
_BEFORE = """
SELECT line.id, line.user, line.text, line.at, json_extract(line.facts, '$.is_forwarded')
FROM talk_lines AS line JOIN talk_turns AS turn ON turn.id = line.turn
WHERE line.chat = ? AND line.thread = ? AND turn.id <> ? AND turn.status <> 'open' ORDER BY line.id
"""
_LAST = """
SELECT id, user, text, at, json_extract(facts, '$.is_forwarded') FROM talk_lines
WHERE chat = ? AND thread = ? ORDER BY id DESC LIMIT 1
"""
_FORGET = """
DELETE FROM talk_lines WHERE chat = ? AND thread = ? AND id <= ?
    AND turn IN (SELECT id FROM talk_turns WHERE status IN ('answered', 'failed'))
"""
_SUM_UP = (
    "INSERT INTO talk_summaries (chat, thread, text, at) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (chat, thread) DO UPDATE SET text = excluded.text, at = excluded.at"
)


def hear(connection: sqlite3.Connection, said: Said, now: dt.datetime) -> None:
    """Keep what a model is to answer, in the caller's transaction."""
    facts = {name: value for name, value in asdict(said).items() if name not in _IN_COLUMNS}
    text = well_formed(said.text)
    row = (said.chat, said.thread, said.user, text, to_json(facts), said.source, time_text(now))
    run_many(connection, _HEAR, [row])


async def is_due(reader: Reader) -> bool:
    """Whether something waits for a turn to begin or to go on: asked before the writer is."""
    return await reader.first(_WAITING, ()) is not None or await reader.first(_ANSWERED, ()) is not None


def begin_turns(connection: sqlite3.Connection, now: dt.datetime) -> None:
    """A turn for each chat and thread where something waits and none is open: of one person, in order."""
    answered = connection.execute(_ANSWERED).fetchall()
    run_many(connection, "UPDATE talk_turns SET status = 'open' WHERE id = ?", answered)
    taken: dict[tuple[int, int], tuple[int, list[int]]] = {}
    closed: set[tuple[int, int]] = set()
    for line, chat, thread, user in connection.execute(_WAITING).fetchall():
        place = (chat, thread)
        whose, lines = taken.setdefault(place, (user, []))
        if user != whose or len(lines) >= MOST_AT_ONCE:
            closed.add(place)
        if place not in closed:
            lines.append(line)
    for (chat, thread), (user, lines) in taken.items():
        turn = connection.execute(_BEGIN, (chat, thread, user, time_text(now))).lastrowid
        run_many(connection, "UPDATE talk_lines SET turn = ? WHERE id = ?", [(turn, line) for line in lines])


async def open_turns(reader: Reader) -> list[Turn]:
    """The turns that are to be answered, oldest first."""
    found: dict[int, Turn] = {}
    for row in await reader.rows(_OPEN, ()):
        (number, status, shown, *_), said = row, _said(row)
        turn = found.get(number) or Turn(
            id=TurnId(number),
            chat=said.chat,
            thread=said.thread,
            user=said.user,
            status=TurnStatus(status),
            said=(),
            shown=shown,
        )
        found[number] = replace(turn, said=(*turn.said, said))
    return list(found.values())


def end_turn(
    connection: sqlite3.Connection,
    turn: Turn,
    ending: Ending,
    messages: Sequence[Outgoing],
    now: dt.datetime,
) -> bool:
    """Queue what came of a turn, and keep how it ended. False where it has ended already."""
    at = time_text(now)
    ended_at = None if ending.status is TurnStatus.WAITING else at
    if not connection.execute(_END, (ending.status.value, ended_at, turn.id)).rowcount:
        return False
    outbox.put(connection, messages, now)
    if ending.words:
        facts = to_json({_OF_OTHERS: ending.of_others})
        run_many(connection, _ANSWER, [(turn.chat, turn.thread, well_formed(ending.words), facts, turn.id, at)])
    return True


async def history(reader: Reader, turn: Turn) -> TalkHistory:
    """What was said before a turn where it is."""
    summary = await reader.first(
        "SELECT text FROM talk_summaries WHERE chat = ? AND thread = ?", (turn.chat, turn.thread)
    )
    rows = await reader.rows(_BEFORE, (turn.chat, turn.thread, turn.id))
    return TalkHistory(summary=summary[0] if summary is not None else "", lines=tuple(_line(row) for row in rows))


async def last_line(reader: Reader, chat: ChatId, thread: int) -> Line | None:
    """The last thing that was said in a conversation; None where there was none."""
    row = await reader.first(_LAST, (chat, thread))
    return None if row is None else _line(row)


def sum_up(connection: sqlite3.Connection, turn: Turn, upto: int, summary: str | None, now: dt.datetime) -> None:
    """Forget lines up to an id, of turns that have ended; `summary` stands for them from now on."""
    connection.execute(_FORGET, (turn.chat, turn.thread, upto))
    if summary is not None:
        run_many(connection, _SUM_UP, [(turn.chat, turn.thread, well_formed(summary), time_text(now))])


def _line(row: sqlite3.Row | SqlRow) -> Line:
    number, user, text, at, of_others = row
    return Line(
        id=int(str(number)),
        by_bot=user is None,
        text=str(text),
        at=parse_time(str(at)),
        of_others=bool(of_others),
    )


def _said(row: sqlite3.Row) -> Said:
    _, _, _, chat, thread, user, text, facts, source = row
    kept = object_from_json(facts)
    files = kept.get("files")
    return Said(
        chat=ChatId(chat),
        thread=thread,
        user=UserId(user),
        source=Cause(source),
        message=_number(kept.get("message")),
        text=text,
        files=tuple(_file(one) for one in files) if isinstance(files, list) else (),
        quoted=str(kept.get("quoted") or ""),
        quotes_others=kept.get("quotes_others") is True,
        quotes_bot=kept.get("quotes_bot") is True,
        is_forwarded=kept.get(_OF_OTHERS) is True,
    )


def _file(kept: JsonValue) -> SentFile:
    facts = kept if isinstance(kept, dict) else {}
    goal = facts.get("goal")
    return SentFile(
        kind=FileKind(str(facts.get("kind"))),
        file=str(facts.get("file")),
        media_type=str(facts.get("media_type")),
        size=_number(facts.get("size")),
        goal=GoalId(goal) if isinstance(goal, int) else None,
        name=str(facts.get("name") or ""),
    )


def _number(value: JsonValue) -> int:
    return value if isinstance(value, int) else 0
