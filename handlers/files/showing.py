"""/files: what is kept with a goal, sent back as it is, or taken away."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from engine.errors import NotFoundError
from engine.files import FileId, GoalFile
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Handled, Outgoing
from handlers.callbacks import FileDeed, FileTap, GoalDeed, GoalTap, Listing, PageTap
from handlers.choosing import goal_meant
from handlers.desk import Desk
from handlers.taps import answer_tap, tapped_message
from handlers.views import files as views
from handlers.views.letters import edited


async def show_files(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/files"""
    goal, _ = await goal_meant(command.args, engine, desk, GoalDeed.FILES)
    return desk.keep(await _list(goal, 0, engine, desk))


async def _list(goal: Goal, page: int, engine: Engine, desk: Desk) -> Outgoing:
    return views.file_list(goal, await engine.files.of(goal.id), desk.here, page)


async def press_files(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """All files of a goal."""
    await answer_tap(query)
    return desk.keep(await _list(goal, 0, engine, desk))


async def turn_files(query: CallbackQuery, callback_data: PageTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Another page of them."""
    await answer_tap(query)
    return desk.keep(edited(await _list(goal, callback_data.at, engine, desk), tapped_message(query)))


async def press_file(query: CallbackQuery, callback_data: FileTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """One file: sent, taken away after a question, or left."""
    file = await _file(callback_data, goal, engine)
    match callback_data.deed:
        case FileDeed.SEND:
            await answer_tap(query, "Here it comes.")
            return desk.keep(views.sent_back(goal, file, desk.here))
        case FileDeed.REMOVE:
            await answer_tap(query)
            return desk.keep(views.sure_to_remove(goal, file, desk.here))
        case FileDeed.KEEP:
            await answer_tap(query)
            return desk.keep(edited(views.still_kept(goal, file, desk.here), tapped_message(query)))
        case FileDeed.REMOVE_YES:
            await engine.files.remove(file.id)
            await answer_tap(query, "Gone.")
            return desk.keep(edited(views.removed(goal, file.name, desk.here), tapped_message(query)))


async def _file(tap: FileTap, goal: Goal, engine: Engine) -> GoalFile:
    """The file of the goal. Raises `NotFoundError` when it has gone."""
    file = await engine.files.find(FileId(tap.file))
    if file is None or file.goal != goal.id:
        raise NotFoundError("file", tap.file)
    return file


def routes() -> Router:
    """Lists of files and the buttons under them."""
    router = Router(name="showing_files")
    router.message.register(show_files, Command("files"))
    router.callback_query.register(press_files, GoalTap.filter(F.deed == GoalDeed.FILES))
    router.callback_query.register(turn_files, PageTap.filter(F.listing == Listing.FILES))
    router.callback_query.register(press_file, FileTap.filter())
    return router
