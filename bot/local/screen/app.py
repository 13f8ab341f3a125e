"""The local chat as a Textual app: it draws what the simulator tells and does what the person does."""

from collections.abc import Callable, Iterable
from typing import ClassVar, assert_never

from textual import on
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from bot.local.conversation import Conversation
from bot.local.events import (
    BotBlocked,
    ButtonPressed,
    CallbackAnswered,
    ChatAction,
    CommandsChanged,
    DraftShown,
    MessageDeleted,
    MessageEdited,
    MessagePinned,
    MessageSent,
    PersonEdited,
    PersonSaid,
    SimEvent,
)
from bot.local.messages import FileKind, Person, SimMessage
from bot.local.screen.boxes import AlertBox, ChosenFile, FileBox, PersonBox
from bot.local.screen.bubble import InlineButton
from bot.local.screen.composer import Composer
from bot.local.screen.history import History, Welcome
from bot.local.screen.looks import DAY, NIGHT, STYLE_SHEET

_KEYS = "Enter send · ^J new line · / commands · Tab buttons · r reply · ^O file · ^P more · ^C quit"
_ACTION_LIFE = 5.0  # seconds that «typing» is shown, as in Telegram
_PATIENCE = 3.0  # seconds that the bot may leave an update alone before the head says so
_KINDS = {".png": FileKind.PHOTO, ".jpg": FileKind.PHOTO, ".jpeg": FileKind.PHOTO, ".ogg": FileKind.VOICE}


class Heard(Message):
    """The simulator told of an event."""

    def __init__(self, event: SimEvent) -> None:
        super().__init__()
        self.event = event


class LocalChat(App[int]):
    """The chat of one person with the bot. Its result is the exit code; None counts as 0."""

    TITLE = "Milepost"
    CSS = STYLE_SHEET
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "quit", "Quit", show=False, system=True),
        Binding("ctrl+o", "send_file", "Send a file", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("ctrl+end", "newest", show=False, priority=True),
    ]

    def __init__(self, conversation: Conversation) -> None:
        super().__init__()
        for theme in (NIGHT, DAY):
            self.register_theme(theme)
        self.theme = NIGHT.name
        self._talk = conversation
        self._person = conversation.person
        self._sim = conversation.simulator
        self._end_listening: Callable[[], None] = lambda: None
        self._action_until = 0.0
        self._waits_since: float | None = None  # real seconds; None: no update waits
        self._unseen = 0
        self._history = History(self._sim.me.first_name)
        self._composer = Composer()
        self._state = Static("online", classes="state", markup=False)
        self._clock = Static(classes="clock", markup=False)
        self._below = Static(id="below", markup=False)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, for themes that don't name them."""
        return NIGHT.variables

    def compose(self) -> ComposeResult:
        """Head, messages, field, keys."""
        with Horizontal(id="head"):
            yield Static(f"● {self._sim.me.first_name}", classes="name", markup=False)
            yield self._state
            yield self._clock
        yield self._history
        yield self._below
        yield self._composer
        yield Static(_KEYS, id="foot", markup=False)

    async def on_mount(self) -> None:
        """Show what there is and listen to what comes."""
        self._below.display = False
        self._end_listening = self._sim.listen(self._hear)
        await self._open_chat()
        self._tick()
        self.set_interval(0.5, self._tick)

    def on_unmount(self) -> None:
        """Hear no more."""
        self._end_listening()

    async def _open_chat(self) -> None:
        messages = self._sim.chat(self._person.id)
        await self._history.show(messages)
        await self._show_keyboard(messages[-1] if messages else None)
        self._composer.commands = self._sim.commands(self._person.id, self._person.id)
        self._composer.take_focus()
        await self._describe()

    async def _describe(self) -> None:
        """In an empty chat, what the bot says of itself."""
        told = await self._sim.call("getMyDescription", {})
        self._history.welcome.describe(str(told.get("description", "")) if isinstance(told, dict) else "")

    # What the bot does.

    def _hear(self, event: SimEvent) -> None:
        self.post_message(Heard(event))

    @on(Heard)
    async def _show_event(self, heard: Heard) -> None:
        event = heard.event
        match event:
            case MessageSent() | PersonSaid() | MessageEdited() | PersonEdited() | MessageDeleted():
                if event.message.chat_id == self._person.id:
                    await self._show_change(event)
            case CallbackAnswered():
                self._show_answer(event)
            case ChatAction() | DraftShown():
                if event.chat_id == self._person.id:
                    self._show_busy(event)
            case CommandsChanged():
                self._composer.commands = self._sim.commands(self._person.id, self._person.id)
            case MessagePinned() | ButtonPressed() | BotBlocked():
                pass
            case _:
                assert_never(event)

    async def _show_change(
        self, event: MessageSent | PersonSaid | MessageEdited | PersonEdited | MessageDeleted
    ) -> None:
        match event:
            case MessageSent() | PersonSaid():
                await self._show_message(event.message)
            case MessageEdited() | PersonEdited():
                await self._history.put(event.message)
            case MessageDeleted():
                await self._history.drop(event.message.id)
            case _:
                assert_never(event)

    def _show_busy(self, event: ChatAction | DraftShown) -> None:
        match event:
            case ChatAction():
                self._action_until = self._seconds() + _ACTION_LIFE
                self._tick()
            case DraftShown(text=text):
                self._history.grow(text)
            case _:
                assert_never(event)

    async def _show_message(self, message: SimMessage) -> None:
        if message.from_bot:
            self._action_until = 0.0
            self._history.grow("")
            if self._history.max_scroll_y - self._history.scroll_y > 2:
                self._unseen += 1
            if not message.silent:
                self.bell()
        await self._history.put(message)
        await self._show_keyboard(message)
        self._tick()

    async def _show_keyboard(self, message: SimMessage | None) -> None:
        if message is not None and message.from_bot and message.reply_keyboard:
            await self._composer.show_keyboard(message.reply_keyboard)

    def _show_answer(self, answer: CallbackAnswered) -> None:
        if answer.person.id != self._person.id:
            return
        self._history.release(answer.message_id)
        if answer.url:
            self.open_url(answer.url)
        if answer.text and answer.alert:
            self.push_screen(AlertBox(answer.text))
        elif answer.text:
            self.notify(answer.text, markup=False, timeout=4)

    # What the person does.

    @on(Composer.Sent)
    def _send(self, event: Composer.Sent) -> None:
        try:
            self._sim.say(self._person, event.text, reply_to=event.reply_to)
        except ValueError as error:
            self._composer.put_back(event.text)
            self._refuse(str(error))

    @on(Composer.BeginWanted)
    @on(Welcome.Begun)
    def _begin(self) -> None:
        if not self._sim.chat(self._person.id):  # what is on the screen comes a moment later
            self._sim.say(self._person, "/start")
        self._composer.take_focus()

    @on(InlineButton.Pressed)
    def _press(self, event: InlineButton.Pressed) -> None:
        button = event.button
        if button.data is not None:
            self._sim.press(self._person, event.message.chat_id, event.message.id, button.data)
        elif button.url is not None:
            self.action_open_address(button.url)
        elif button.copy_text is not None:
            self.copy_to_clipboard(button.copy_text)
            self.notify("Copied.", timeout=2)
        else:
            self._refuse("This button does nothing in the local chat.")

    @on(History.ReplyWanted)
    def _begin_reply(self, event: History.ReplyWanted) -> None:
        self._composer.reply_to(event.message)

    @on(History.Left)
    def _back_to_field(self, event: History.Left) -> None:
        self._composer.take_focus(event.character)

    @on(Composer.UpWanted)
    def _up_to_messages(self) -> None:
        self._history.focus_newest()

    def action_open_address(self, url: str) -> None:
        """Open a link in the browser of this machine."""
        self.open_url(url)
        self.notify(f"Opening {url}", markup=False, timeout=3)

    def action_send_text(self, text: str) -> None:
        """Send a text, as a click on a command does."""
        self._sim.say(self._person, text)

    def action_page(self, pages: int) -> None:
        """Scroll the messages by pages; below zero is up."""
        if pages < 0:
            self._history.scroll_page_up(animate=False)
        else:
            self._history.scroll_page_down(animate=False)

    def action_newest(self) -> None:
        """Go to the end of the chat."""
        self._history.anchor()

    def action_send_file(self) -> None:
        """Ask for a file and send it."""
        if len(self.screen_stack) == 1:
            self.push_screen(FileBox(), self._file_chosen)

    def _file_chosen(self, chosen: ChosenFile | None) -> None:
        if chosen is None:
            return
        kind = _KINDS.get(chosen.path.suffix.lower(), FileKind.DOCUMENT)
        try:
            content = chosen.path.read_bytes()
            self._sim.send_file(self._person, chosen.path.name, content, caption=chosen.caption, kind=kind.value)
        except OSError as error:
            self._refuse(f"«{chosen.path}» can't be read: {(error.strerror or 'no reason given').lower()}")
        except ValueError as error:
            self._refuse(str(error))

    def action_be_another(self) -> None:
        """Ask who to be."""
        self.push_screen(PersonBox(), self._person_chosen)

    async def _person_chosen(self, user_id: int | None) -> None:
        if user_id is not None:
            me = self._talk.person
            self._person = me if user_id == me.id else Person(id=user_id, first_name=f"Person {user_id}")
            await self._open_chat()
            self._tick()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What Ctrl+P offers beside Textual's own."""
        yield from super().get_system_commands(screen)
        yield SystemCommand("Send a file", "Pick a file of this machine (Ctrl+O)", self.action_send_file)
        yield SystemCommand("Be another person", "See the bot as someone else", self.action_be_another)
        yield SystemCommand("Go to the newest message", "Scroll to the end (Ctrl+End)", self.action_newest)

    def _refuse(self, reason: str) -> None:
        self.notify(reason, severity="error", markup=False)

    # The head.

    def _seconds(self) -> float:
        return self._talk.real.now().timestamp()

    def _tick(self) -> None:
        now = self._seconds()
        waits = self._sim.pending_updates() > 0
        self._waits_since = (self._waits_since or now) if waits else None
        typing = now < self._action_until
        slow = self._waits_since is not None and now - self._waits_since > _PATIENCE
        self._state.update("typing…" if typing else "waiting for the bot…" if slow else "online")
        self._state.set_class(typing, "-busy")
        self._history.set_class(self._history.is_empty, "-empty")
        if self._history.is_empty:
            self.call_later(self._describe)
        self._clock.update(self._clock_told())
        if self._history.max_scroll_y - self._history.scroll_y <= 2:
            self._unseen = 0
        self._below.display = self._unseen > 0
        self._below.update(f"↓ {self._unseen} new · Ctrl+End")

    def _clock_told(self) -> str:
        who = "" if self._person is self._talk.person else f"as {self._person.first_name}   "
        if self._talk.speed == 1:
            return who
        moment = self._talk.clock.now().astimezone()
        return f"{who}{moment.strftime('%a')} {moment.day} {moment.strftime('%b %Y %H:%M:%S')}  ×{self._talk.speed:g}"
