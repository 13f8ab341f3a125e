"""/repo: the list of repositories, adding one, its page, and taking it off the list."""

import shlex

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from engine.coding.registry import Asker
from engine.coding.repositories import Repository
from engine.errors import InvalidInputError, NotFoundError
from engine.goal_engine import GoalEngine as Engine
from engine.records import Handled, Outgoing
from handlers.callbacks import RepositoryTap
from handlers.desk import Desk
from handlers.reading.repositories import RepositoryDeed, read_said
from handlers.repositories.changing import change_as_said
from handlers.taps import answer_tap, tapped_message
from handlers.views import repositories as views
from handlers.views.letters import edited


async def repo(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/repo, /repo add PATH, /repo add PATH NAME, /repo NAME, /repo NAME test: pytest -q, /repo remove NAME"""
    words = (command.args or "").strip()
    first, _, rest = words.partition(" ")
    match first.lower():
        case "":
            return desk.keep(await _list(engine, desk))
        case "add":
            return await _add(rest.strip(), engine, desk)
        case "remove":
            return desk.keep(views.sure_to_remove(desk.here, await _named(rest.strip(), engine, desk)))
        case _:
            repository = await _named(first, engine, desk)
            if not rest.strip():
                return desk.keep(views.repository_page(desk.here, repository))
            return await change_as_said(repository, read_said(rest), engine, desk)


async def _list(engine: Engine, desk: Desk) -> Outgoing:
    found = await engine.repositories.of(desk.user)
    faults, roots = engine.repositories.faults, engine.repositories.roots
    return views.repository_list(desk.here, found, faults, roots)


async def _named(name: str, engine: Engine, desk: Desk) -> Repository:
    """The repository of that name. Raises `NotFoundError`."""
    for one in await engine.repositories.of(desk.user):
        if one.name.casefold() == name.casefold():
            return one
    raise NotFoundError("repository", f"«{name}»" if name else "without a name")


async def _add(words: str, engine: Engine, desk: Desk) -> Handled:
    path, name = _place_and_name(words)
    if not path:
        return desk.keep(views.how_to_add(desk.here, engine.repositories.roots))
    asker = Asker(user=desk.user, chat=desk.here, cause=desk.cause())
    made = await engine.repositories.add(path, name, asker)
    tried = views.being_tried(await engine.try_commands(made, None, desk.here))
    return desk.keep(views.repository_page(desk.here, made, f"Added.{tried} This is what it tells of itself:"))


def _place_and_name(words: str) -> tuple[str, str]:
    """A path, and a name if one is said: `/srv/shop shop`, `"/srv/my shop" shop`. Raises `InvalidInputError`."""
    accepts = 'write «/repo add PATH NAME», a path with blanks in quotation marks: «/repo add "/srv/my shop" shop»'
    try:
        path, name, *more = [*shlex.split(words), "", ""]
    except ValueError as error:
        raise InvalidInputError("path", "a quotation mark is not closed", accepts) from error
    if any(more):
        raise InvalidInputError("path", "that is more than a path and a name", accepts)
    return path, name


async def press_list(query: CallbackQuery, engine: Engine, desk: Desk) -> Handled:
    """All repositories, in place."""
    await answer_tap(query)
    return desk.keep(edited(await _list(engine, desk), tapped_message(query)))


async def press_open(query: CallbackQuery, callback_data: RepositoryTap, engine: Engine, desk: Desk) -> Handled:
    """A repository's page, in place."""
    repository = await engine.repositories.find(desk.user, callback_data.repository)
    await answer_tap(query)
    return desk.keep(edited(views.repository_page(desk.here, repository), tapped_message(query)))


async def press_remove(query: CallbackQuery, callback_data: RepositoryTap, engine: Engine, desk: Desk) -> Handled:
    """Asks first."""
    repository = await engine.repositories.find(desk.user, callback_data.repository)
    await answer_tap(query)
    return desk.keep(edited(views.sure_to_remove(desk.here, repository), tapped_message(query)))


async def press_remove_yes(query: CallbackQuery, callback_data: RepositoryTap, engine: Engine, desk: Desk) -> Handled:
    """Off the list."""
    gone = await engine.repositories.remove(desk.user, callback_data.repository, desk.cause())
    await answer_tap(query, "Removed.")
    return desk.keep(edited(views.removed(desk.here, gone), tapped_message(query)))


def routes() -> Router:
    """The command, and the buttons that change nothing of a repository's terms."""
    router = Router(name="repositories")
    router.message.register(repo, Command("repo", "repos"))
    router.callback_query.register(press_list, RepositoryTap.filter(F.deed == RepositoryDeed.LIST))
    router.callback_query.register(press_open, RepositoryTap.filter(F.deed == RepositoryDeed.OPEN))
    router.callback_query.register(press_remove, RepositoryTap.filter(F.deed == RepositoryDeed.REMOVE))
    router.callback_query.register(press_remove_yes, RepositoryTap.filter(F.deed == RepositoryDeed.REMOVE_YES))
    return router
