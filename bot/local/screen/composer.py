"""The lower edge of the chat: the input field, the commands menu above it, replies, and the bot's own keyboard."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from bot.local.messages import SimMessage
from bot.local.wording import first_words

_NEW_LINE = frozenset({"ctrl+j", "shift+enter", "alt+enter"})


class Field(TextArea):
    """Where one writes: Enter sends, Ctrl+J (where the terminal tells it, Shift+Enter) starts a new line.

    Both act at once, not by a message or a binding: keys that come in one go, such as those typed while the chat still
    started, must not overtake them.
    """

    class KeyWanted(Message):
        """A key that means more than editing: `enter`, `tab`, `up`, `down`, `escape`."""

        def __init__(self, key: str, text: str) -> None:
            super().__init__()
            self.key = key
            self.text = text
            """What stood in the field; Enter has taken it out."""

    def __init__(self) -> None:
        super().__init__(placeholder="Write a message…", compact=True, highlight_cursor_line=False)
        self.menu_open = False

    async def _on_key(self, event: events.Key) -> None:
        if event.key in ("enter", "tab", "escape") or (event.key in ("up", "down") and self._leaves(event.key)):
            event.stop()
            event.prevent_default()
            if event.key == "enter":
                self.send()
            else:
                self.post_message(self.KeyWanted(event.key, self.text))
        elif event.key in _NEW_LINE:
            event.stop()
            event.prevent_default()
            self.insert("\n")

    def send(self) -> None:
        """Enter: what stands in the field is taken out of it."""
        self.post_message(self.KeyWanted("enter", self.text))
        self.clear()

    def _leaves(self, key: str) -> bool:
        """Whether an arrow goes out of the field: into the open menu, or up from an empty field."""
        return self.menu_open or (key == "up" and not self.text)


class KeyboardKey(Static, can_focus=True):
    """A key of the keyboard that a bot puts under the input field: it sends its label."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", show=False)]

    class Pressed(Message):
        """Someone pressed it."""

        def __init__(self, label: str) -> None:
            super().__init__()
            self.label = label

    def __init__(self, label: str) -> None:
        super().__init__(label, markup=False)
        self._text = label

    def action_press(self) -> None:
        """Send the label."""
        self.post_message(self.Pressed(self._text))

    def on_click(self) -> None:
        """Send the label."""
        self.action_press()


class Composer(Vertical):
    """Everything below the messages."""

    class Sent(Message):
        """The person sends a text, perhaps as a reply (the message id; None: no reply)."""

        def __init__(self, text: str, reply_to: int | None) -> None:
            super().__init__()
            self.text = text
            self.reply_to = reply_to

    class BeginWanted(Message):
        """Enter was pressed in an empty field."""

    class UpWanted(Message):
        """The person wants to go up into the messages."""

    def __init__(self) -> None:
        super().__init__()
        self.commands: Sequence[tuple[str, str]] = ()
        self._reply_to: SimMessage | None = None
        self._field = Field()
        self._menu = OptionList(markup=False, compact=True)
        self._menu.can_focus = False
        self._strip = Static(markup=False, classes="reply")
        self._keyboard = Vertical(classes="keyboard")

    def compose(self) -> ComposeResult:
        """Menu, reply strip, field, keyboard, from top to bottom."""
        yield self._menu
        yield self._strip
        with Horizontal(classes="field"):
            yield Static("›", classes="prompt")
            yield self._field
        yield self._keyboard

    def on_mount(self) -> None:
        """Begin with an empty, focused field."""
        self._menu.display = self._strip.display = self._keyboard.display = False
        self._field.focus()

    def take_focus(self, character: str = "") -> None:
        """Focus the field and type this character; Enter sends what stands there."""
        self._field.focus()
        if character == "\r":
            self._field.send()
        elif character:
            self._field.insert(character)

    def reply_to(self, message: SimMessage | None) -> None:
        """The next text is a reply to this message; None: to none."""
        self._reply_to = message
        self._strip.display = message is not None
        if message is not None:
            self._strip.update(
                Content.assemble(
                    ("↩ Reply to  ", "bold $link-text"), first_words(message), ("   Esc: no", "$note-text")
                )
            )
            self._field.focus()

    def put_back(self, text: str) -> None:
        """The text could not be sent: give it back."""
        self._field.text = text
        self._field.move_cursor(self._field.document.end)

    async def show_keyboard(self, rows: Sequence[Sequence[str]]) -> None:
        """Show the bot's keyboard under the field; no rows: none."""
        self._keyboard.display = bool(rows)
        await self._keyboard.remove_children()
        await self._keyboard.mount_all(Horizontal(*(KeyboardKey(label) for label in row)) for row in rows)

    # The commands menu.

    @on(TextArea.Changed)
    def _filter_commands(self) -> None:
        text = self._field.text
        wanted = text.startswith("/") and not any(char.isspace() for char in text)
        found = [pair for pair in self.commands if pair[0].startswith(text[1:].lower())] if wanted else []
        found.sort(key=lambda pair: pair[0] != text[1:].lower())  # what is typed in full comes first
        self._menu.clear_options()
        self._menu.add_options(
            Option(Content.assemble((f"/{name}".ljust(14), "bold $link-text"), description), id=name)
            for name, description in found
        )
        self._menu.display = self._field.menu_open = bool(found)
        if found:
            self._menu.highlighted = 0

    @on(OptionList.OptionSelected)
    def _send_command(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._send(f"/{event.option_id}")

    # Keys.

    @on(Field.KeyWanted)
    def _obey_key(self, event: Field.KeyWanted) -> None:
        event.stop()
        match event.key:
            case "enter" if not event.text.strip():
                self.post_message(self.BeginWanted())
            case "enter":
                self._send(f"/{self._chosen()}" if self._chosen() else event.text, keep=True)
            case "tab" if self._chosen():
                self._field.text = f"/{self._chosen()} "
                self._field.move_cursor(self._field.document.end)
            case "down" if self._field.menu_open:
                self._menu.action_cursor_down()
            case "up" if self._field.menu_open:
                self._menu.action_cursor_up()
            case "tab" | "up":
                self.post_message(self.UpWanted())
            case "escape" if self._field.menu_open:
                self._menu.display = self._field.menu_open = False
            case "escape":
                self.reply_to(None)
            case _:
                pass

    def _chosen(self) -> str:
        """The highlighted command of the open menu; empty when the menu is closed."""
        if not self._field.menu_open or self._menu.highlighted is None:
            return ""
        return self._menu.get_option_at_index(self._menu.highlighted).id or ""

    @on(KeyboardKey.Pressed)
    def _send_key(self, event: KeyboardKey.Pressed) -> None:
        event.stop()
        self._send(event.label, keep=True)

    def _send(self, text: str, *, keep: bool = False) -> None:
        """Send a text if there is one; `keep` leaves what stands in the field."""
        if not text.strip():
            return
        if not keep:
            self._field.clear()
        self.post_message(self.Sent(text.strip(), self._reply_to.id if self._reply_to else None))
        self.reply_to(None)
