"""The boxes that open over the chat: an alert of the bot, a file to send, another person to be."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Button, Input, Label

_ESCAPE: list[BindingType] = [Binding("escape", "dismiss(None)", "Close", show=False)]


class AlertBox(ModalScreen[None]):
    """An answer to a press that must be closed."""

    BINDINGS: ClassVar[list[BindingType]] = [*_ESCAPE, Binding("enter", "dismiss(None)", show=False)]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """The text and a button."""
        with Vertical(classes="box"):
            yield Label(self._text, markup=False)
            yield Button("OK", variant="primary", compact=True)

    @on(Button.Pressed)
    def _close(self) -> None:
        self.dismiss(None)


class PathSuggester(Suggester):
    """Completes paths of this machine."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The first entry of the folder that begins so; None: there is none."""
        return _completed(value)


def _completed(value: str) -> str | None:
    folder, _, start = value.rpartition("/")
    try:
        base = Path(f"{folder}/" if "/" in value else ".").expanduser()
        entries = sorted(base.iterdir(), key=lambda path: path.name)
    except (OSError, RuntimeError):  # RuntimeError: no such user's home
        return None
    for entry in entries:
        if start and entry.name.startswith(start):
            return value + entry.name[len(start) :] + ("/" if entry.is_dir() else "")
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenFile:
    """A file to be sent."""

    path: Path
    caption: str


class FileBox(ModalScreen[ChosenFile | None]):
    """Asks for a file and its caption; None: nothing is sent."""

    BINDINGS: ClassVar[list[BindingType]] = _ESCAPE

    def compose(self) -> ComposeResult:
        """Two fields."""
        with Vertical(classes="box"):
            yield Label("Send a file")
            yield Input(placeholder="Path (→ completes it)", suggester=PathSuggester(), id="path")
            yield Input(placeholder="Caption, if you like", id="caption")
            yield Label("", classes="problem", markup=False)
            yield Label("Enter sends, Esc closes", classes="hint")

    @on(Input.Submitted)
    def _send(self) -> None:
        path = Path(self.query_one("#path", Input).value.strip()).expanduser()
        if path.is_file():
            self.dismiss(ChosenFile(path=path, caption=self.query_one("#caption", Input).value.strip()))
        else:
            self.query_one(".problem", Label).update(f"There is no file «{path}».")


class PersonBox(ModalScreen[int | None]):
    """Asks for a user id; None: stay who you are."""

    BINDINGS: ClassVar[list[BindingType]] = _ESCAPE

    def compose(self) -> ComposeResult:
        """One field."""
        with Vertical(classes="box"):
            yield Label("Be another person, to see what the bot says to a stranger")
            yield Input(placeholder="User id, such as 2", type="integer", max_length=15)
            yield Label("Enter changes, Esc closes", classes="hint")

    @on(Input.Submitted)
    def _change(self, event: Input.Submitted) -> None:
        if event.value.isdigit() and int(event.value) > 0:
            self.dismiss(int(event.value))
