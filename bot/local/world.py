"""All that the simulator knows, and the only ways to change it: each change is journaled, then told to listeners."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import JsonValue

from bot.local.events import MessageDeleted, MessageEdited, SimEvent
from bot.local.faults import Faults
from bot.local.files import FileStore
from bot.local.journal import Entry, Journal, read_journal
from bot.local.limits import FloodControl, FloodLimits
from bot.local.memory import State, dump_chat, dump_file, dump_message, dump_query, restore, snapshot
from bot.local.menus import Commands
from bot.local.messages import (
    ChatKind,
    FileKind,
    JsonObject,
    Person,
    SimChat,
    SimFile,
    SimMessage,
    Upload,
)
from bot.local.queries import Query
from bot.local.refusals import bad_gateway
from bot.local.updates import Waiting
from engine.clock import Clock, SystemClock

DRAFT_LIFE = 30.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer that is growing, and when it was last shown in real seconds."""

    text: str
    shown: float


class World(State):
    """The state of one bot's Telegram."""

    def __init__(
        self,
        *,
        token: str,
        clock: Clock,
        journal: Path | None,
        flood: FloodLimits,
        real: Clock | None,  # None: steady real time
    ) -> None:
        super().__init__(files=FileStore(None if journal is None else journal.with_name(journal.name + ".files")))
        self.token = token
        self.clock = clock
        self.real = real or SystemClock(epoch=SystemClock().now())
        self.me = Person(id=_bot_id(token), first_name="Milepost", username="milepost_local_bot", language_code=None)
        self.drafts: dict[int, Draft] = {}
        self.faults = Faults()
        self.flood = FloodControl(flood)
        self._listeners: list[Callable[[SimEvent], None]] = []
        self.is_closed = False
        self._journal = Journal(journal)
        if journal is not None:
            for entry in read_journal(journal):
                restore(self, entry)
            allowed = self.settings.get("allowed_updates")
            self.updates.allowed = tuple(map(str, allowed)) if isinstance(allowed, list) else ()
            self.purge()
            self._journal.open(snapshot(self, self.entry))

    # Time and counting.

    def now(self) -> dt.datetime:
        """The moment that messages are dated with: whole seconds, as in Telegram."""
        return self.clock.now().replace(microsecond=0)

    def seconds(self) -> float:
        """Steady real time."""
        return self.real.now().timestamp()

    def count(self, name: str) -> int:
        """The next number of a counter."""
        self.counters[name] = self.counters.get(name, 0) + 1
        return self.counters[name]

    def count_from(self, number: int) -> None:
        """Number updates and messages from here on."""
        self.counters.update(updates=number, messages=number)
        self.note("counters", dict(self.counters))

    def entry(self, kind: str, body: JsonObject) -> Entry:
        """A journal entry of this moment."""
        return Entry(kind=kind, at=self.clock.now(), real=self.seconds(), body=body)

    def note(self, kind: str, body: JsonObject) -> None:
        """Write an entry to the journal, after the change it tells: the journal may be begun anew from the state."""
        self._journal.write(self.entry(kind, body))
        if self._journal.is_bloated:
            self._journal.open(snapshot(self, self.entry))

    def close(self) -> None:
        """Write the clock's last moment and let go of the journal; calls that wait get no good answer."""
        self.is_closed = True
        self.updates.end_poll(bad_gateway())
        self.faults.clear()
        self.note("moment", {})
        self._journal.close()

    # Listening.

    def listen(self, callback: Callable[[SimEvent], None]) -> Callable[[], None]:
        """Call `callback` with each event; returns what ends it."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def tell(self, event: SimEvent) -> None:
        """Tell all listeners."""
        for callback in tuple(self._listeners):
            callback(event)

    # Chats and messages.

    def put_chat(self, chat: SimChat) -> SimChat:
        """Add or change a chat."""
        if self.chats.get(chat.id) != chat:
            self.chats[chat.id] = chat
            self.note("chat", dump_chat(chat))
        return chat

    def person(self, user_id: int) -> Person | None:
        """A known person; None for a stranger."""
        chat = self.chats.get(user_id)
        return chat.person if chat is not None else None

    def history(self, chat_id: int) -> Sequence[SimMessage]:
        """The messages of a chat in order."""
        return tuple(self.messages.get(chat_id, {}).values())

    def message(self, chat_id: int, message_id: int | None) -> SimMessage | None:
        """A message that is still there; None otherwise."""
        return self.messages.get(chat_id, {}).get(message_id or 0)

    def next_message_id(self, chat_id: int) -> int:
        """Supergroups count on their own, all other chats of a bot together, as in Telegram."""
        chat = self.chats[chat_id]
        return self.count(f"messages:{chat_id}" if chat.kind is ChatKind.SUPERGROUP else "messages")

    def put_message(self, message: SimMessage) -> SimMessage:
        """Add or change a message; who does it tells the listeners."""
        self.messages.setdefault(message.chat_id, {})[message.id] = message
        self.note("message", dump_message(message))
        return message

    def change_message(self, before: SimMessage, message: SimMessage) -> SimMessage:
        """The bot's edit."""
        self.put_message(message)
        self.tell(MessageEdited(before=before, message=message))
        return message

    def delete_message(self, message: SimMessage) -> None:
        """Take a message away for all."""
        del self.messages[message.chat_id][message.id]
        self.note("deleted", {"chat_id": message.chat_id, "id": message.id})
        chat = self.chats[message.chat_id]
        if message.id in chat.pinned:
            self.put_chat(replace(chat, pinned=tuple(one for one in chat.pinned if one != message.id)))
        self.tell(MessageDeleted(message=message))

    def keep_file(self, upload: Upload, kind: FileKind) -> SimFile:
        """Save a file."""
        file = self.files.keep(upload, kind)
        self.note("file", dump_file(file))
        return file

    # Updates and presses.

    def put_update(self, kind: str, body: JsonObject) -> int:
        """Queue an update for the bot; its id, or 0 when the bot doesn't want this kind."""
        if not self.updates.wants(kind):
            return 0
        update_id = self.count("updates")
        whole: JsonObject = {"update_id": update_id, kind: body}
        waiting = Waiting(update_id=update_id, kind=kind, body=whole, arrived=self.seconds())
        self.updates.add(waiting)
        self.note("update", {"kind": kind, "update": whole})
        return update_id

    def confirm(self, offset: int) -> None:
        """The bot has got what lies before `offset`."""
        first_kept = self.updates.confirm(offset)
        if first_kept is not None:
            self.note("confirmed", {"before": first_kept})

    def purge(self) -> None:
        """Drop updates and presses that Telegram has dropped by now."""
        now = self.seconds()
        self.updates.drop_dead(now)
        self.queries = {key: query for key, query in self.queries.items() if not query.is_forgotten(now)}

    def put_query(self, query: Query) -> None:
        """Add or change a press."""
        self.queries[query.id] = query
        self.note("query", dump_query(query))

    # What the bot says of itself.

    def put_commands(self, scope: str, language: str, commands: Commands) -> None:
        """Set a commands menu."""
        self.menu.put(scope, language, commands)
        pairs: list[JsonValue] = [list(pair) for pair in commands]
        self.note("commands", {"scope": scope, "language": language, "commands": pairs})

    def put_setting(self, name: str, value: JsonValue) -> None:
        """Set a description, a menu button, the webhook, …"""
        self.settings[name] = value
        self.note("setting", {"name": name, "value": value})

    def draft(self, chat_id: int) -> str:
        """The growing answer in a chat; empty when none is, or it has faded."""
        draft = self.drafts.get(chat_id)
        return draft.text if draft is not None and self.seconds() - draft.shown < DRAFT_LIFE else ""

    def download(self, file_path: str) -> bytes:
        """The bytes of a file; raises `Refusal`."""
        return self.files.download(file_path)


def _bot_id(token: str) -> int:
    head = token.partition(":")[0]
    if not head.isdecimal():
        raise ValueError("a bot's token begins with its number and a colon, such as 42:TEST")
    return int(head)
