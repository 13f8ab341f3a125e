"""Chats with their settings, dialogues, cards, digests, and who owns the bot."""

import datetime as dt
import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import replace

from engine.agents.conversation.talk import Ending, Line, TalkHistory, Turn, TurnId
from engine.money import Cap
from engine.records import Card, ChatSettings, Dialogue, Outgoing, Speaker
from engine.reporting.notices import NoticeKind
from engine.values import ChatId, GoalId, TaskNumber, UserId
from storage import cards, outbox, talk
from storage.connections import Reader
from storage.encoding import (
    cap_json,
    object_from_json,
    parse_cap,
    parse_notice,
    parse_time_or_null,
    time_or_null,
    time_text,
    to_json,
)
from storage.moving import close_topic, move_chat
from storage.script import run_many
from storage.writer import Writer

_COLUMNS = (
    "chat, owner, zone, zone_known, digest_hour, digest_days, quiet_from, quiet_to, blocked, last_digest,"
    " last_digest_at, day_budget"
)
# Settings are read, changed in a conversation and saved: a digest made meanwhile must not be forgotten, or it would be
# made twice. So the day served only moves forward here.
_SAVE = f"""
INSERT INTO chats ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (chat) DO UPDATE SET
    owner = excluded.owner, zone = excluded.zone, zone_known = excluded.zone_known,
    digest_hour = excluded.digest_hour, digest_days = excluded.digest_days,
    quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, blocked = excluded.blocked,
    day_budget = excluded.day_budget,
    last_digest_at = CASE
        WHEN excluded.last_digest > chats.last_digest THEN excluded.last_digest_at ELSE chats.last_digest_at END,
    last_digest = CASE
        WHEN excluded.last_digest > chats.last_digest THEN excluded.last_digest ELSE chats.last_digest END
"""  # noqa: S608 - our own names
_REOPEN_TOPIC = "DELETE FROM closed_topics WHERE chat = ? AND thread = ?"
_SERVED = "UPDATE chats SET last_digest = ?, last_digest_at = ? WHERE chat = ? AND last_digest < ?"


def save_settings(connection: sqlite3.Connection, settings: ChatSettings) -> None:
    """Keep a chat's settings, in the caller's transaction."""
    row = (
        settings.chat,
        settings.owner,
        settings.zone,
        int(settings.zone_known),
        settings.digest_hour,
        to_json(settings.digest_days),
        settings.quiet_from,
        settings.quiet_to,
        int(settings.blocked),
        settings.last_digest,
        time_or_null(settings.last_digest_at),
        cap_json(settings.day_budget),
    )
    run_many(connection, _SAVE, [row])


class SqlConversations:
    """The `Conversations` over SQLite."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def settings(self, chat: ChatId) -> ChatSettings | None:
        """A chat's settings; None when it never wrote."""
        row = await self._reader.first(f"SELECT {_COLUMNS} FROM chats WHERE chat = ?", (chat,))  # noqa: S608 - our own names
        return None if row is None else _settings(row)

    async def save_settings(self, settings: ChatSettings) -> None:
        """Keep them; the day of the last digest never moves back."""
        await self._writer.run(lambda connection: save_settings(connection, settings))

    async def save_budget(self, chat: ChatId, cap: Cap | None) -> None:
        """Keep what a chat's day may cost, and nothing else."""
        sql = "UPDATE chats SET day_budget = ? WHERE chat = ?"
        await self._writer.run(lambda connection: run_many(connection, sql, [(cap_json(cap), chat)]))

    async def set_blocked(self, chat: ChatId, blocked: bool) -> None:
        """Keep whether a chat can't be written to, and nothing else; of a chat without settings nothing is kept."""
        sql = "UPDATE chats SET blocked = ? WHERE chat = ?"
        await self._writer.run(lambda connection: run_many(connection, sql, [(int(blocked), chat)]))

    async def move_chat(self, old: ChatId, new: ChatId) -> Collection[GoalId]:
        """A group has another id now: goals, cards, messages, settings and dialogue go along. Returns the goals."""
        return await self._writer.run(lambda connection: move_chat(connection, old, new))

    async def close_topic(self, chat: ChatId, thread: int, told: Outgoing, now: dt.datetime) -> bool:
        """A topic is closed or gone. Queues `told` where goals of it live, and only if that was not known yet; says
        whether it was queued."""
        return await self._writer.run(lambda connection: close_topic(connection, (chat, thread), told, now))

    async def reopen_topic(self, chat: ChatId, thread: int) -> None:
        """A topic can be written to, whatever was known of it."""
        await self._writer.run(lambda connection: run_many(connection, _REOPEN_TOPIC, [(chat, thread)]))

    async def chats(self) -> Sequence[ChatSettings]:
        """All chats."""
        return [_settings(row) for row in await self._reader.rows(f"SELECT {_COLUMNS} FROM chats ORDER BY chat")]  # noqa: S608 - our own names

    async def dialogue(self, speaker: Speaker) -> Dialogue | None:
        """Where somebody is in a dialogue; None in none."""
        sql = "SELECT name, facts FROM dialogues WHERE chat = ? AND user = ? AND thread = ?"
        row = await self._reader.first(sql, (speaker.chat, speaker.user, speaker.thread))
        return None if row is None else Dialogue(name=row[0], facts=object_from_json(row[1]))

    async def owners(self) -> Collection[UserId]:
        """People who paired with a code."""
        return {UserId(user) for (user,) in await self._reader.rows("SELECT user_id FROM owners")}

    async def messages_of(
        self, goal: GoalId, kinds: Collection[NoticeKind], task: TaskNumber | None = None
    ) -> Sequence[int]:
        """Telegram's ids of the messages that told notices of these kinds about a goal, or about one task of it."""
        sql = (
            "SELECT message, content FROM outbox WHERE goal = ? AND status = 'sent' AND message IS NOT NULL"  # noqa: S608 - placeholders only
            f" AND kind IN ({','.join('?' * len(kinds))}) ORDER BY id"
        )
        rows = await self._reader.rows(sql, (goal, *(kind.value for kind in kinds)))
        return [message for message, content in rows if task is None or parse_notice(content).task == task]

    async def goal_owners(self, chat: ChatId) -> Collection[UserId]:
        """People who have set goals in a chat."""
        sql = "SELECT DISTINCT owner FROM executor_goals WHERE chat = ? AND parent_goal IS NULL AND owner IS NOT NULL"
        return {UserId(user) for (user,) in await self._reader.rows(sql, (chat,))}

    async def add_owner(self, user: UserId, now: dt.datetime) -> None:
        """Keep a person as an owner."""
        sql = "INSERT INTO owners (user_id, added_at) VALUES (?, ?) ON CONFLICT (user_id) DO NOTHING"
        await self._writer.run(lambda connection: run_many(connection, sql, [(user, time_text(now))]))

    async def pairing(self) -> str | None:
        """The pairing code that is still to be used; None when there is none."""
        row = await self._reader.first("SELECT value FROM meta WHERE name = 'pairing'")
        return None if row is None else str(row[0])

    async def set_pairing(self, code: str | None) -> None:
        """Keep a pairing code, or take it away."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM meta WHERE name = 'pairing'")
            if code is not None:
                run_many(connection, "INSERT INTO meta (name, value) VALUES ('pairing', ?)", [(code,)])

        await self._writer.run(work)

    async def cards(self) -> Sequence[Card]:
        """Cards that are wanted in another revision than is shown; of one that is still to be sent none is."""
        return await cards.outdated(self._reader)

    async def card(self, goal: GoalId) -> Card | None:
        """The card of a goal; None when it has none."""
        return await cards.card_of(self._reader, goal)

    async def save_card(self, card: Card) -> None:
        """Keep what is shown. What was wanted meanwhile stays wanted."""
        await self._writer.run(lambda connection: cards.save_card(connection, card))

    async def doubt_cards(self) -> None:
        """Cards of goals under way are looked at once more: time alone may have changed what they say."""
        await self._writer.run(cards.doubt_cards)

    async def digest_made(self, settings: ChatSettings, digest: Sequence[Outgoing], now: dt.datetime) -> bool:
        """Queue a digest and keep `settings.last_digest` as served, in one transaction; False when it was already."""

        def work(connection: sqlite3.Connection) -> bool:
            if not connection.execute("SELECT 1 FROM chats WHERE chat = ?", (settings.chat,)).fetchone():
                save_settings(connection, replace(settings, last_digest="", last_digest_at=None))
            served = (settings.last_digest, time_or_null(settings.last_digest_at or now))
            changed = connection.execute(_SERVED, (*served, settings.chat, settings.last_digest)).rowcount
            if changed:
                outbox.put(connection, digest, now)
            return changed > 0

        return await self._writer.run(work)

    async def turns(self, now: dt.datetime) -> Sequence[Turn]:
        """Turns of conversations that are to be answered, oldest first; where something waits, one begins."""
        if await talk.is_due(self._reader):
            await self._writer.run(lambda connection: talk.begin_turns(connection, now))
        return await talk.open_turns(self._reader)

    async def try_turn(self, turn: TurnId) -> int:
        """Count a try of a turn; returns how many there are now."""
        sql = "UPDATE talk_turns SET tries = tries + 1 WHERE id = ? RETURNING tries"
        row = await self._writer.run(lambda connection: connection.execute(sql, (turn,)).fetchone())
        return int(row[0]) if row is not None else 0

    async def show_turn(self, turn: TurnId, message: int) -> None:
        """Keep which message shows the answer of a turn as it grows."""
        sql = "UPDATE talk_turns SET shown = ? WHERE id = ?"
        await self._writer.run(lambda connection: run_many(connection, sql, [(message, turn)]))

    async def end_turn(self, turn: Turn, ending: Ending, messages: Sequence[Outgoing], now: dt.datetime) -> bool:
        """Queue what came of a turn, and keep how it ended; False where it has ended already."""
        return await self._writer.run(lambda connection: talk.end_turn(connection, turn, ending, messages, now))

    async def talk(self, turn: Turn) -> TalkHistory:
        """What was said before a turn where it is."""
        return await talk.history(self._reader, turn)

    async def last_line(self, chat: ChatId, thread: int) -> Line | None:
        """The last thing that was said in a conversation; None where there was none."""
        return await talk.last_line(self._reader, chat, thread)

    async def sum_up(self, turn: Turn, upto: int, summary: str | None, now: dt.datetime) -> None:
        """Forget lines up to an id; `summary` stands for them (None: the old one stays)."""
        await self._writer.run(lambda connection: talk.sum_up(connection, turn, upto, summary, now))


def _settings(row: sqlite3.Row) -> ChatSettings:
    (
        chat, owner, zone, zone_known, digest_hour, digest_days, quiet_from, quiet_to, blocked, last_digest, served_at,
        day_budget,
    ) = row  # fmt: skip
    return ChatSettings(
        chat=chat,
        owner=owner,
        zone=zone,
        zone_known=bool(zone_known),
        digest_hour=digest_hour,
        digest_days=tuple(json.loads(digest_days)),
        quiet_from=quiet_from,
        quiet_to=quiet_to,
        blocked=bool(blocked),
        last_digest=last_digest,
        last_digest_at=parse_time_or_null(served_at),
        day_budget=parse_cap(day_budget),
    )
