"""Changing on what terms code work goes on in a repository: by button and reply, or in words alone."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace

from aiogram import F, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from engine.coding.repositories import Repository
from engine.errors import RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.records import Dialogue, Handled
from engine.values import JsonObject
from handlers.callbacks import RepositoryTap, SetUpTap, read_tap
from handlers.desk import Desk, number_in
from handlers.gates import InDialogue, is_command
from handlers.reading.repositories import (
    IN_WORDS,
    SWITCHES,
    RepositoryDeed,
    Said,
    altered,
    read_said,
    switched,
)
from handlers.taps import answer_tap, tapped_message
from handlers.views import repositories as views
from handlers.views.letters import edited

PART = "repository_part"
_OUTDATED = "Things have moved on since this message; here is how they stand."


async def press_part(query: CallbackQuery, callback_data: RepositoryTap, engine: Engine, desk: Desk) -> Handled:
    """Asks for one thing in words."""
    repository = await engine.repositories.find(desk.user, callback_data.repository)
    await answer_tap(query)
    facts: JsonObject = {"repository": repository.id, "part": callback_data.deed.value}
    asked = views.ask_part(desk.here, repository, callback_data.deed, desk.update_id)
    return desk.ask(Dialogue(name=PART, facts=facts), asked)


async def take_part(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """The answer in words; one that names what it is about may be about more."""
    repository = await engine.repositories.find(desk.user, number_in(facts, "repository"))
    said = read_said(words) or [Said(deed=RepositoryDeed(str(facts["part"])), words=words)]
    return await change_as_said(repository, said, engine, desk)


async def reply_to_page(message: Message, repository: int, engine: Engine, desk: Desk) -> Handled:
    """A reply to a repository's page: «test: pytest -q», one or several lines."""
    found = await engine.repositories.find(desk.user, repository)
    return await change_as_said(found, read_said(message.text or ""), engine, desk)


async def change_as_said(repository: Repository, said: Sequence[Said], engine: Engine, desk: Desk) -> Handled:
    """The terms, and the name, as somebody wants them; all of it or nothing."""
    if not said:
        return desk.keep(views.not_understood(desk.here, repository))
    terms, name = repository.terms, ""
    for one in said:
        terms = altered(terms, one)
        name = one.words.strip() if one.deed is RepositoryDeed.NAME else name
    changed = await engine.repositories.change(repository, terms, desk.cause(), name)
    tried = views.being_tried(await engine.try_commands(changed, repository, desk.here))
    page = views.repository_page(desk.here, changed, f"Kept.{tried}")
    return desk.end(page) if desk.dialogue_of(PART) is not None else desk.keep(page)


async def press_switch(query: CallbackQuery, callback_data: RepositoryTap, engine: Engine, desk: Desk) -> Handled:
    """Something that a press changes at once."""
    of_network = callback_data.deed not in (RepositoryDeed.PUSH_ASK, RepositoryDeed.PUSH_NEVER)
    found = await engine.repositories.find(desk.user, callback_data.repository)
    seen, terms = replace(found, revision=callback_data.revision), switched(found.terms, callback_data.deed)
    changed, told = await _carried_out(found, engine.repositories.change(seen, terms, desk.cause()))
    tried = views.being_tried(await engine.try_commands(changed, found, desk.here))
    await answer_tap(query, told or f"Kept.{tried}")
    show = views.network_page if of_network and not told else views.repository_page
    return desk.keep(edited(show(desk.here, changed), tapped_message(query)))


async def press_network(query: CallbackQuery, callback_data: RepositoryTap, engine: Engine, desk: Desk) -> Handled:
    """Which commands may reach the network."""
    repository = await engine.repositories.find(desk.user, callback_data.repository)
    await answer_tap(query)
    return desk.keep(edited(views.network_page(desk.here, repository), tapped_message(query)))


async def press_detect(query: CallbackQuery, callback_data: RepositoryTap, engine: Engine, desk: Desk) -> Handled:
    """The commands as the repository tells them now."""
    found = await engine.repositories.find(desk.user, callback_data.repository)
    seen = replace(found, revision=callback_data.revision)
    changed, told = await _carried_out(found, engine.repositories.detect(seen, desk.cause()))
    tried = views.being_tried(await engine.try_commands(changed, found, desk.here))
    await answer_tap(query, told or f"Looked again.{tried}")
    return desk.keep(edited(views.repository_page(desk.here, changed), tapped_message(query)))


async def press_try(query: CallbackQuery, callback_data: RepositoryTap, engine: Engine, desk: Desk) -> Handled:
    """The tests as they are, run once more."""
    repository = await engine.repositories.find(desk.user, callback_data.repository)
    tried = views.being_tried(await engine.try_commands(repository, None, desk.here))
    await answer_tap(query, tried.strip() or "There is nothing to try yet: say how the tests are run.")
    return desk.keep()


async def press_approve(query: CallbackQuery, callback_data: SetUpTap, engine: Engine, desk: Desk) -> Handled:
    """A yes to the set-up that was shown, and to no other."""
    found = await engine.repositories.find(desk.user, callback_data.repository)
    approving = engine.repositories.approve_set_up(found, callback_data.digest, desk.cause())
    changed, told = await _carried_out(found, approving)
    tried = views.being_tried(await engine.try_commands(changed, found, desk.here))
    await answer_tap(query, told or f"Approved.{tried}")
    return desk.keep(edited(views.repository_page(desk.here, changed), tapped_message(query)))


async def _carried_out(found: Repository, change: Awaitable[Repository]) -> tuple[Repository, str]:
    """The repository after a press, and no words; where it has changed since, as it was found, and words for that."""
    try:
        return await change, ""
    except RefusedError as error:
        if error.code != "outdated":
            raise
        return found, _OUTDATED


class AboutRepository(Filter):
    """A reply, in words, to the page of one repository."""

    async def __call__(self, message: Message) -> bool | dict[str, object]:
        """Hand over the `repository` by its number."""
        replied = message.reply_to_message
        if replied is None or replied.reply_markup is None or not message.text or is_command(message):
            return False
        if replied.from_user is None or not replied.from_user.is_bot:
            return False
        taps = [read_tap(one.callback_data or "") for row in replied.reply_markup.inline_keyboard for one in row]
        named = {tap.repository for tap in taps if isinstance(tap, RepositoryTap) and tap.repository}
        return {"repository": named.pop()} if len(named) == 1 else False


def routes() -> Router:
    """The buttons and words that change a repository's terms."""
    router = Router(name="repository_terms")
    router.message.register(reply_to_page, AboutRepository())
    router.message.register(take_part, InDialogue(PART))
    asking = RepositoryTap.filter(F.deed.in_(set(IN_WORDS) - SWITCHES))
    router.callback_query.register(press_part, asking)
    router.callback_query.register(press_switch, RepositoryTap.filter(F.deed.in_(SWITCHES)))
    router.callback_query.register(press_network, RepositoryTap.filter(F.deed == RepositoryDeed.NETWORK))
    router.callback_query.register(press_detect, RepositoryTap.filter(F.deed == RepositoryDeed.DETECT))
    router.callback_query.register(press_try, RepositoryTap.filter(F.deed == RepositoryDeed.TRY))
    router.callback_query.register(press_approve, SetUpTap.filter())
    return router
