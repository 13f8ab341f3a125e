"""The messages of a chat on the screen: the newest at the bottom, older ones when one scrolls up."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from bot.local.messages import SimMessage
from bot.local.screen.bubble import Bubble, InlineButton, MessageView
from bot.local.screen.formatting import day_told
from bot.local.wording import first_words

_PAGE = 60  # messages that are drawn at once


class Day(Static):
    """The line between two days."""


class Growing(Static):
    """An answer of the bot that is still being written."""


class Welcome(Static):
    """What stands in an empty chat: what the bot says of itself, and how to begin. A click begins."""

    class Begun(Message):
        """The person wants to begin."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.describe("")

    def describe(self, description: str) -> None:
        """Show what the bot says of itself; empty: it says nothing."""
        about = Content.assemble((description, ""), "\n\n") if description else Content("")
        self.update(about + Content.assemble(("  START  ", "bold reverse"), "  or press Enter"))

    def on_click(self) -> None:
        """Begin."""
        self.post_message(self.Begun())


class History(VerticalScroll, can_focus=False):
    """The scrolling part of the chat."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1, 0)", show=False),
        Binding("down", "move(1, 0)", show=False),
        Binding("left", "move(0, -1)", show=False),
        Binding("right", "move(0, 1)", show=False),
        Binding("enter", "enter", show=False),
        Binding("r", "reply", "Reply", show=False),
        Binding("c", "copy", "Copy", show=False),
        Binding("escape", "leave", show=False),
    ]

    class Left(Message):
        """The focus should go back to the input field, with this character typed there."""

        def __init__(self, character: str = "") -> None:
            super().__init__()
            self.character = character

    class ReplyWanted(Message):
        """The person wants to reply to this message."""

        def __init__(self, message: SimMessage) -> None:
            super().__init__()
            self.message = message

    def __init__(self, bot_name: str) -> None:
        super().__init__()
        self._bot_name = bot_name
        self._messages: dict[int, SimMessage] = {}
        self._views: dict[int, MessageView] = {}
        self._growing = Growing(markup=False)
        self._growing.display = False
        self._loading = False
        self._is_typed = False  # somebody writes; the focus may still have to follow
        self.welcome = Welcome()

    async def show(self, messages: Sequence[SimMessage]) -> None:
        """Show this chat from its end."""
        self._messages = {message.id: message for message in messages}
        self._views = {}
        await self.remove_children()
        await self.mount(self.welcome, self._growing)
        self.welcome.display = not messages
        await self._mount_page(messages[-_PAGE:], before=self._growing)
        self.anchor()

    @property
    def is_empty(self) -> bool:
        """Whether there is no message."""
        return not self._messages

    async def put(self, message: SimMessage) -> None:
        """Show a new message, or the new state of a known one in its place."""
        self.welcome.display = False
        new = message.id not in self._messages
        last = next(reversed(self._messages.values()), None)
        self._messages[message.id] = message
        if message.id in self._views:
            await self._views[message.id].show(message)
        elif new:
            await self._mount_page([message], before=self._growing, after_day=last)
            if not message.from_bot:
                self.anchor()

    async def drop(self, message_id: int) -> None:
        """A message is gone."""
        self._messages.pop(message_id, None)
        view = self._views.pop(message_id, None)
        if view is not None:
            await view.remove()

    def grow(self, text: str) -> None:
        """Show the answer that is being written; empty: none is."""
        self._growing.update(f"{text} ▌")
        self._growing.display = bool(text)

    def release(self, message_id: int) -> None:
        """A press on this message was answered."""
        if message_id in self._views:
            self._views[message_id].released()

    def focus_newest(self) -> None:
        """Go to the newest message: to its first button, else to its bubble."""
        if self._views:
            view = next(reversed(self._views.values()))
            (view.first_button() or view.grid()[0][0]).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Draw all messages for the new width."""
        for view in self._views.values():
            view.fit(self.scrollable_content_region.width)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """At the top, draw the page before."""
        super().watch_scroll_y(old_value, new_value)
        if new_value <= 0 < old_value and not self._loading:
            self.call_later(self._load_earlier)

    async def _load_earlier(self) -> None:
        ids = list(self._messages)
        first = ids.index(next(iter(self._views))) if self._views else 0
        if first == 0:
            return
        self._loading = True
        page = [self._messages[key] for key in ids[max(0, first - _PAGE) : first]]
        known, height = self._views, self.virtual_size.height
        self._views = {}
        await self._mount_page(page, before=0)
        self._views |= known
        self.call_after_refresh(self._stay_at, height)

    def _stay_at(self, height: int) -> None:
        """What was on the screen before older messages came in above it stays there."""
        self.scroll_to(y=self.virtual_size.height - height, animate=False)
        self._loading = False

    async def _mount_page(
        self, messages: Sequence[SimMessage], *, before: Widget | int, after_day: SimMessage | None = None
    ) -> None:
        widgets: list[Widget] = []
        day = day_told(after_day.date) if after_day is not None else ""
        for message in messages:
            if day_told(message.date) != day:
                day = day_told(message.date)
                widgets.append(Day(day))
            view = MessageView(message, self._quote(message))
            self._views[message.id] = view
            widgets.append(view)
        if widgets:
            await self.mount_all(widgets, before=before)

    def _quote(self, message: SimMessage) -> Content | None:
        target = self._messages.get(message.reply_to) if message.reply_to is not None else None
        if target is None:
            return None
        name = self._bot_name if target.from_bot else (target.sender.first_name if target.sender else "")
        return Content.assemble(("▎" + name + "  ", "bold $link-text"), (first_words(target), "$note-text"))

    # Moving about.

    def _rows(self) -> list[list[Widget]]:
        return [row for view in self._views.values() for row in view.grid()]

    def action_move(self, down: int, right: int) -> None:
        """Move the focus one row or column; below the last row is the input field."""
        rows = self._rows()
        focused = self.screen.focused
        place = next(((y, x) for y, row in enumerate(rows) for x, it in enumerate(row) if it is focused), None)
        if place is None:
            return
        y, x = place[0] + down, place[1] + right
        if y >= len(rows):
            self.post_message(self.Left())
        elif y >= 0:
            rows[y][max(0, min(x, len(rows[y]) - 1))].focus()

    def _focused_view(self) -> MessageView | None:
        focused = self.screen.focused
        return next((view for view in self._views.values() if focused in view.walk_children()), None)

    def action_enter(self) -> None:
        """From a bubble to its first button."""
        view = self._focused_view()
        button = view.first_button() if view else None
        if button is not None:
            button.focus()

    def action_reply(self) -> None:
        """Reply to the message in focus."""
        view = self._focused_view()
        if view is not None:
            self.post_message(self.ReplyWanted(view.message))

    def action_copy(self) -> None:
        """Copy the text of the message in focus."""
        view = self._focused_view()
        if view is not None:
            self.app.copy_to_clipboard(view.message.text)
            self.app.notify("Copied.", timeout=2)

    def action_leave(self) -> None:
        """Back to the input field."""
        self.post_message(self.Left())

    def on_key(self, event: events.Key) -> None:
        """Whoever begins to type wants to write, the keys too that come before the focus has moved, and Enter sends."""
        typed = event.character if event.is_printable else "\r" if event.key == "enter" and self._is_typed else None
        begins = typed not in ("r", "c", " ", "\r") and isinstance(self.screen.focused, Bubble | InlineButton)
        if typed and (begins or self._is_typed):
            event.stop()
            self._is_typed = True
            self.post_message(self.Left(typed))

    def on_descendant_focus(self) -> None:
        """Somebody came back to the messages."""
        self._is_typed = False
