"""One message on the screen: a bubble on its side of the chat, with the buttons below it."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from bot.local.messages import FileKind, SimButton, SimFile, SimMessage
from bot.local.screen.formatting import content_of, lines_within, time_told, with_note
from bot.local.wording import size_told

_SHARE = 0.78  # of the chat's width at most
_WIDEST = 84  # cells
_PADDING = 2  # cells left and right of the text, together
_MARKS = {FileKind.DOCUMENT: "📎", FileKind.PHOTO: "🖼", FileKind.VOICE: "🎤", FileKind.STICKER: "🎨"}


class InlineButton(Static, can_focus=True):
    """A button below a message."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", "Press", show=False)]

    class Pressed(Message):
        """Someone pressed it."""

        def __init__(self, message: SimMessage, button: SimButton) -> None:
            super().__init__()
            self.message = message
            self.button = button

    def __init__(self, message: SimMessage, button: SimButton) -> None:
        super().__init__(_label(button), markup=False, classes=f"-{button.style}" if button.style else "")
        self.message = message
        self.sim_button = button

    def action_press(self) -> None:
        """Press it by key."""
        if self.sim_button.data is not None:
            self.add_class("-waiting")
        self.post_message(self.Pressed(self.message, self.sim_button))

    def on_click(self, event: events.Click) -> None:
        """Press it by mouse."""
        event.stop()
        self.action_press()


def _label(button: SimButton) -> str:
    text = " ".join(button.text.split())
    return f"{text} ↗" if button.action in ("url", "web_app", "login_url") else text


class Bubble(Static, can_focus=True):
    """The text of a message on its coloured ground."""


class MessageView(Vertical):
    """A message: its bubble and its rows of buttons, as wide as each other."""

    def __init__(self, message: SimMessage, quoted: Content | None) -> None:
        side = "-service" if message.service else "-bot" if message.from_bot else "-own"
        super().__init__(classes=side)
        self.message = message
        self._quoted = quoted  # the line of the message it replies to; None: no reply
        self._room = 80
        self._inner = 1
        self._bubble = Bubble(markup=False)
        self._rows: list[Horizontal] = []

    def compose(self) -> ComposeResult:
        """The bubble; rows follow when the width is known."""
        yield self._bubble

    async def on_mount(self) -> None:
        """Draw for the first time."""
        if self.parent is not None and isinstance(self.parent, Widget) and self.parent.size.width:
            self._room = self.parent.scrollable_content_region.width
        await self._draw_buttons()
        self._draw_text()

    async def show(self, message: SimMessage) -> None:
        """Show the message's new state in place; the focus stays where it was."""
        before, self.message = self.message, message
        if before.buttons != message.buttons:
            await self._draw_buttons()
        self._draw_text()
        self.released()

    def fit(self, room: int) -> None:
        """Draw for another width of the chat."""
        if room != self._room and room > 0:
            self._room = room
            self._draw_text()

    def released(self) -> None:
        """The press was answered: no button waits any more."""
        for button in self.query(InlineButton):
            button.remove_class("-waiting")

    def grid(self) -> list[list[Widget]]:
        """What can have the focus here, row by row."""
        rows: list[list[Widget]] = [[*row.query(InlineButton)] for row in self._rows]
        return [[self._bubble], *rows]

    def first_button(self) -> Widget | None:
        """The first button; None when there is none."""
        return self._rows[0].query(InlineButton).first() if self._rows else None

    async def _draw_buttons(self) -> None:
        focused = self.screen.focused
        place = next(((y, x) for y, row in enumerate(self.grid()) for x, it in enumerate(row) if it is focused), None)
        rows = [
            Horizontal(*(InlineButton(self.message, button) for button in row), classes="buttons")
            for row in self.message.buttons
        ]
        old, self._rows = self._rows, rows
        with self.app.batch_update():
            for row in old:
                await row.remove()
            await self.mount_all(rows)
        if place is not None and place[0] > 0:
            self._focus_near(place)

    def _focus_near(self, place: tuple[int, int]) -> None:
        """Focus what now stands at this row and column, or what is nearest to it."""
        grid = self.grid()
        row = grid[min(place[0], len(grid) - 1)]
        row[min(place[1], len(row) - 1)].focus(scroll_visible=False)

    def _draw_text(self) -> None:
        widest = max(8, min(_WIDEST, int(self._room * _SHARE)) - _PADDING)
        note = _note(self.message)
        lines = [*self._above(widest), *lines_within(content_of(self.message.text, self.message.entities), widest)]
        natural = max((line.cell_length for line in lines), default=0)
        last = lines[-1].cell_length if lines else 0
        wanted = max(natural, note.cell_length, _keyboard_width(self.message) - _PADDING)
        if last + 2 + note.cell_length <= widest:
            wanted = max(wanted, last + 2 + note.cell_length)
        self._inner = min(widest, wanted)
        self._bubble.update(Content("\n").join(with_note(lines, note, self._inner)))
        self._bubble.styles.width = self._inner + _PADDING
        for row in self._rows:
            row.styles.width = self._inner + _PADDING

    def _above(self, widest: int) -> list[Content]:
        """What stands above the text: the quoted message and the file."""
        lines = [] if self._quoted is None else [self._quoted.truncate(widest, ellipsis=True)]
        if self.message.file is not None:
            lines += [line for part in _file_lines(self.message.file) for line in lines_within(part, widest)]
        return lines


def _note(message: SimMessage) -> Content:
    """What stands in the corner: when, whether edited, and that one's own message was sent."""
    edited = "edited " if message.edited is not None else ""
    ticks = "" if message.from_bot or message.service else " ✓✓"
    return Content.styled(f"{edited}{time_told(message.date)}{ticks}", "$note-text")


def _file_lines(file: SimFile) -> Sequence[Content]:
    size = f"{file.width}×{file.height}, " if file.width else ""
    head = Content.assemble(
        (f"{_MARKS[file.kind]} {file.name}", "bold"), (f"  {size}{size_told(file.size)}", "$note-text")
    )
    return [head, Content.styled(str(file.path), "$note-text")]


def _keyboard_width(message: SimMessage) -> int:
    """The cells that the widest row of buttons wants, with all labels in full."""
    return max((_row_width([_label(button) for button in row]) for row in message.buttons), default=0)


def _row_width(labels: Sequence[str]) -> int:
    widest = max((Content(label).cell_length for label in labels), default=0)
    return len(labels) * (widest + 4) - 1
