"""A strict Telegram in one process: what a bot calls, what people do, and what they see.

The core of the local chat, of the tests' double and of the server that kill tests use. It keeps its state in a
`World`, carries out Bot API calls through `bot.local.methods`, and people's deeds through `bot.local.people`.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from bot.local import people
from bot.local.calls import carry_out
from bot.local.events import SimEvent
from bot.local.faults import Faults
from bot.local.limits import FloodLimits
from bot.local.messages import FileKind, Person, SimChat, SimMessage, Upload
from bot.local.people import Look
from bot.local.world import World
from engine.clock import Clock

NO_FILES: Mapping[str, Upload] = {}


class Simulator:
    """One bot's Telegram.

    `journal` is the file that keeps messages, counters, waiting updates and commands through a restart (files lie
    beside it, in a folder of its name plus `.files`); None keeps the journal in memory and the files in a
    temporary folder. Message dates come from `clock`; flood control, the windows of taps and the age of updates run on
    `real`, steady real time unless a test hands in another. With `fresh_ids` a new journal counts updates and messages
    from the present second on: one that was taken away must not make ids come again that a database knows from before.
    """

    def __init__(  # noqa: PLR0913 - each is a fact about the outside world, and most have a default
        self,
        *,
        token: str,
        clock: Clock,
        journal: Path | None,
        flood: FloodLimits = FloodLimits(),  # noqa: B008 - a frozen value
        real: Clock | None = None,  # None: steady real time
        fresh_ids: bool = False,
    ) -> None:
        self._world = World(token=token, clock=clock, journal=journal, flood=flood, real=real)
        if fresh_ids and not self._world.counters:
            self._world.count_from(int(self._world.seconds()))

    @property
    def token(self) -> str:
        """The bot's token."""
        return self._world.token

    @property
    def me(self) -> Person:
        """The bot's own account."""
        return self._world.me

    @property
    def faults(self) -> Faults:
        """The bad days on order."""
        return self._world.faults

    # The bot's side.

    async def call(
        self, method: str, params: Mapping[str, JsonValue], files: Mapping[str, Upload] = NO_FILES
    ) -> JsonValue:
        """Carry out a Bot API method and return its `result`.

        Values of `params` are JSON values, or the strings that a form carries. `files` are the parts that a
        parameter names as `attach://key`. Raises `Refusal` as Telegram would, `ConnectionLost` for a fault.
        """
        return await carry_out(self._world, method, params, files)

    def download(self, file_path: str) -> bytes:
        """The bytes behind a `file_path` that `getFile` gave; raises `Refusal` (404) for another."""
        return self._world.download(file_path)

    # The people's side.

    def say(
        self,
        user: Person,
        text: str,
        *,
        chat_id: int | None = None,
        reply_to: int | None = None,
        topic: int | None = None,
    ) -> int:
        """Write `text` in the private chat (chat_id None) or a group, there in a topic; returns the update's id.

        In a group the bot hears only commands and replies to it (privacy mode); for the rest the id is 0, as it is
        for an update of a kind that the bot did not ask for.

        Raises `ValueError` for an unknown group, topic or reply target, empty text or one over 4096 UTF-16 units.
        Writing to a blocked bot unblocks it first, as /start in the app does.
        """
        return people.say(self._world, user, text, (chat_id or user.id, reply_to, topic))

    def press(self, user: Person, chat_id: int, message_id: int, data: str) -> int:
        """Press a button with this callback data, on the message or made up; returns the update's id."""
        return people.press(self._world, user, (chat_id, message_id), data)

    def send_file(
        self,
        user: Person,
        name: str,
        content: bytes,
        *,
        caption: str = "",
        kind: Literal["document", "photo", "voice", "sticker"] = "document",
    ) -> int:
        """Send a file to the bot in the private chat; returns the update's id."""
        return self.send_upload(user, Upload(name=name, content=content), Look(kind=FileKind(kind), caption=caption))

    def send_upload(self, user: Person, upload: Upload, look: Look) -> int:
        """The same, also as a reply or as a part of an album."""
        return people.send_file(self._world, user, upload, look)

    def edit(self, user: Person, chat_id: int, message_id: int, text: str) -> int:
        """Change the text of a message of one's own; returns the update's id."""
        return people.edit(self._world, user, (chat_id, message_id), text)

    def delete(self, chat_id: int, message_id: int) -> None:
        """Delete a message for both sides. Telegram tells the bot nothing about it."""
        people.delete(self._world, chat_id, message_id)

    def block(self, user: Person) -> int:
        """Block the bot (a `my_chat_member` update); returns the update's id."""
        return people.set_blocked(self._world, user, blocked=True)

    def unblock(self, user: Person) -> int:
        """Let the bot in again; returns the update's id."""
        return people.set_blocked(self._world, user, blocked=False)

    def deactivate(self, user: Person) -> None:
        """The account is gone; no update."""
        people.deactivate(self._world, user)

    def open_group(self, user: Person, title: str, *, supergroup: bool = False) -> int:
        """Make a group with the bot in it; returns its chat id (its update is `my_chat_member`)."""
        return people.open_group(self._world, user, title, supergroup=supergroup)

    def open_topic(self, user: Person, chat_id: int, name: str) -> int:
        """Open a topic in a supergroup, which is a forum from then on; returns the topic's id."""
        return people.open_topic(self._world, user, chat_id, name)

    def delete_topic(self, chat_id: int, topic: int) -> None:
        """Delete a topic: whoever writes there is refused from now on."""
        people.delete_topic(self._world, chat_id, topic)

    def close_topic(self, chat_id: int, topic: int, *, closed: bool = True) -> None:
        """Close a topic, or open it again; the bot is not told."""
        people.close_topic(self._world, chat_id, topic, closed=closed)

    def close_general(self, chat_id: int, *, closed: bool = True) -> None:
        """Close what is outside the topics of a forum, or open it again."""
        people.close_general(self._world, chat_id, closed=closed)

    def join(self, user: Person, chat_id: int) -> None:
        """Add a person to a group, so that they may write and press there."""
        people.join(self._world, user, chat_id)

    def kick(self, user: Person, chat_id: int) -> int:
        """Remove the bot from a group; returns the update's id."""
        return people.kick(self._world, user, chat_id)

    def upgrade_group(self, user: Person, chat_id: int) -> int:
        """Make a group a supergroup; returns the new chat id (two service messages tell the bot)."""
        return people.upgrade_group(self._world, user, chat_id)

    # What a person sees.

    def chats(self) -> Sequence[SimChat]:
        """All chats, the oldest first."""
        return tuple(self._world.chats.values())

    def chat(self, chat_id: int) -> Sequence[SimMessage]:
        """The messages of a chat in order; empty for an unknown chat."""
        return self._world.history(chat_id)

    def commands(self, chat_id: int | None = None, user_id: int | None = None) -> list[tuple[str, str]]:
        """The commands menu of a chat and a person (None: the default's): command without slash, description."""
        return self._world.menu.commands_for(self._world.chats.get(chat_id or 0), user_id)

    def draft(self, chat_id: int) -> str:
        """The answer that is growing in a chat; empty when none is."""
        return self._world.draft(chat_id)

    def listen(self, callback: Callable[[SimEvent], None]) -> Callable[[], None]:
        """Hear of each event, synchronously, after the state changed; returns what ends the listening."""
        return self._world.listen(callback)

    def pending_updates(self) -> int:
        """How many updates wait that the bot has not confirmed by a higher offset."""
        self._world.purge()
        return self._world.updates.pending()

    # How it is run.

    def set_flood_limits(self, limits: FloodLimits) -> None:
        """Other flood limits from now on."""
        self._world.flood.set_limits(limits)

    def close(self) -> None:
        """Write the clock's last moment and let go of the journal; the simulator can't be used after."""
        self._world.close()
