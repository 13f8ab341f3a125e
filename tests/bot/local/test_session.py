"""aiogram on the simulator in one process: its own bot, types and exceptions."""

import asyncio
import io

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.default import DefaultBotProperties
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.filters import CommandStart
from aiogram.methods import SendMessage
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BufferedInputFile,
    CallbackQuery,
    FSInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
)
from aiohttp import ClientResponseError

from bot.local.events import CallbackAnswered
from bot.local.faults import Fault, FaultKind
from bot.local.session import SimulatorSession

GO = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Go", callback_data="go")]])


@pytest.fixture
def bot(simulator):
    return Bot("42:TEST", session=SimulatorSession(simulator))


async def test_a_message_goes_there_and_comes_back_as_aiograms_own(bot, simulator, chat):
    me = await bot.get_me()
    assert (me.id, me.is_bot) == (42, True)
    sent = await bot.send_message(
        chat,
        "hi 🎯",
        entities=[MessageEntity(type="bold", offset=3, length=2)],
        reply_markup=GO,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_parameters=ReplyParameters(message_id=1),
        disable_notification=True,
    )
    assert isinstance(sent, Message)
    assert sent.reply_markup.model_dump() == GO.model_dump()
    assert sent.html_text == "hi <b>🎯</b>"
    assert sent.reply_to_message.text == "/start"
    assert simulator.chat(chat)[-1].silent
    edited = await sent.edit_text("<i>ho</i>", parse_mode="HTML")
    assert (edited.text, edited.reply_markup) == ("ho", None)
    assert await edited.delete()


async def test_the_default_parse_mode_of_the_bot_counts(simulator, chat):
    bot = Bot("42:TEST", session=SimulatorSession(simulator), default=DefaultBotProperties(parse_mode="HTML"))
    assert (await bot.send_message(chat, "<b>a</b>")).text == "a"


async def test_refusals_become_aiograms_exceptions(bot, simulator, chat, ann):
    with pytest.raises(TelegramBadRequest, match="message text is empty"):
        await bot.send_message(chat, " ")
    with pytest.raises(TelegramUnauthorizedError, match="Unauthorized"):
        await Bot("43:OTHER", session=bot.session).get_me()
    group = simulator.open_group(ann, "Team")
    new = simulator.upgrade_group(ann, group)
    with pytest.raises(TelegramMigrateToChat) as moved:
        await bot.send_message(group, "a")
    assert moved.value.migrate_to_chat_id == new
    simulator.block(ann)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(chat, "a")


async def test_a_method_that_is_not_there_is_not_found(bot):
    class SendPigeon(SendMessage):
        __api_method__ = "sendPigeon"

    with pytest.raises(TelegramNotFound, match="method not found"):
        await bot(SendPigeon(chat_id=1, text="a"))


async def test_faults_become_what_the_http_session_raises(bot, simulator, chat):
    faults = simulator.faults
    faults.add(Fault(kind=FaultKind.TOO_MANY_REQUESTS, retry_after=9))
    with pytest.raises(TelegramRetryAfter) as flood:
        await bot.send_message(chat, "a")
    assert flood.value.retry_after == 9
    faults.add(Fault(kind=FaultKind.BAD_GATEWAY))
    with pytest.raises(TelegramServerError, match="Bad Gateway"):
        await bot.send_message(chat, "a")
    faults.add(Fault(kind=FaultKind.LOST_ANSWER))
    with pytest.raises(TelegramNetworkError, match="ServerDisconnectedError"):
        await bot.send_message(chat, "delivered")
    assert simulator.chat(chat)[-1].text == "delivered"
    faults.add(Fault(kind=FaultKind.HANG))
    with pytest.raises(TelegramNetworkError, match="Request timeout error"):
        await bot(SendMessage(chat_id=chat, text="a"), request_timeout=0.01)


async def test_files_go_both_ways(bot, simulator, chat, ann, tmp_path):
    (tmp_path / "log.txt").write_bytes(b"one")
    sent = await bot.send_document(chat, FSInputFile(tmp_path / "log.txt"), caption="the log")
    assert (sent.document.file_name, sent.document.file_size, sent.caption) == ("log.txt", 3, "the log")
    assert simulator.chat(chat)[-1].file.path.read_bytes() == b"one"
    again = await bot.send_document(chat, sent.document.file_id)
    assert again.document == sent.document
    simulator.send_file(ann, "plan.md", b"x" * 100_000, caption="my plan")
    update = (await bot.get_updates(offset=-1))[0]
    into = io.BytesIO()
    await bot.download(update.message.document, into)
    assert into.getvalue() == b"x" * 100_000
    with pytest.raises(ClientResponseError) as missing:
        await bot.download_file("documents/none", into)
    assert missing.value.status == 404


async def test_a_picture_is_a_photo(bot, chat):
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")
    sent = await bot.send_photo(chat, BufferedInputFile(png, "chart.png"))
    assert [(size.width, size.height) for size in sent.photo] == [(640, 480)]


async def test_menus_and_words_are_kept(bot, simulator, chat):
    await bot.set_my_commands([BotCommand(command="goal", description="New goal")])
    await bot.set_my_commands(
        [BotCommand(command="/Cancel", description="Leave")], scope=BotCommandScopeAllPrivateChats()
    )
    assert simulator.commands() == [("goal", "New goal")]
    assert simulator.commands(chat) == [("cancel", "Leave")]
    await bot.set_my_description("Carries goals to done")
    assert (await bot.get_my_description()).description == "Carries goals to done"
    assert (await bot.get_chat(chat)).first_name == "Ann"
    assert (await bot.get_chat_member(chat, 7)).status == "member"


async def test_a_whole_bot_runs_on_it(bot, simulator, ann):
    dispatcher = Dispatcher()
    toasts = []
    done = asyncio.Event()

    @dispatcher.message(CommandStart(deep_link=True))
    async def welcome(message):
        await message.answer("Welcome", reply_markup=GO)

    @dispatcher.callback_query(F.data == "go")
    async def go(query: CallbackQuery):
        await query.message.edit_text("Gone")
        await query.answer("There it goes")

    def hear(event):
        if type(event).__name__ == "MessageSent":
            simulator.press(ann, ann.id, event.message.id, "go")
        if isinstance(event, CallbackAnswered):
            toasts.append(event.text)
            done.set()

    simulator.listen(hear)
    simulator.say(ann, "/start goal_7")
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(dispatcher.start_polling(bot, handle_signals=False, polling_timeout=5))
        await done.wait()
        await dispatcher.stop_polling()
    assert toasts == ["There it goes"]
    assert simulator.chat(ann.id)[-1].text == "Gone"
