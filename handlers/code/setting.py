"""/fix, /feature, /refactor and /tests: goals that change a repository, asked only for what is missing."""

import re
from collections.abc import Sequence
from dataclasses import replace

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import sizeof

from engine.coding.options import ACCEPTANCE, CODE, REPOSITORY
from engine.coding.repositories import Repository
from engine.commands import Origin
from engine.errors import InvalidInputError, NotFoundError, RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Priority
from engine.planning.criteria.moments import parse_deadline
from engine.records import Handled
from engine.values import JsonObject, JsonValue
from handlers.code.bench import fitness_of
from handlers.code.callbacks import CodePlaceTap
from handlers.code.drafts import CodeDraft, Missing, draft_of
from handlers.desk import SETTING_UP_CODE, Desk
from handlers.errors import explain
from handlers.gates import InDialogue
from handlers.reading.code import COMMANDS, CodeKind, first_criterion, goal_name, read_code_goal
from handlers.reading.naming import picked
from handlers.reading.repositories import RepositoryDeed, Said, altered
from handlers.reading.words import is_enough
from handlers.small_talk import SmallTalk, small_talk
from handlers.taps import answer_tap, tapped_message
from handlers.views import code as views
from handlers.views.letters import cut, edited, letter

_NO_ANSWERS = frozenset({SmallTalk.HELP, SmallTalk.HELLO, SmallTalk.THANKS, SmallTalk.COMMAND})
_LONGEST_NAME = 180
"""UTF-16 units; a longer first line is kept whole as the description."""
_TESTS_LABEL = re.compile(r"\s*(?:the )?tests?\s*[:=]\s*", re.I)


async def set_code_goal(message: Message, command: CommandObject, engine: Engine, desk: Desk) -> Handled:
    """/fix, /feature, /refactor, /tests, with a description behind them or as a reply to one."""
    kind = COMMANDS[command.command.lower()]
    replied = message.reply_to_message
    described = replied.text or replied.caption if replied is not None else None
    text = "\n".join(one for one in (command.args, described) if one)
    return await begin(kind, text, engine, desk)


async def begin(kind: CodeKind, text: str, engine: Engine, desk: Desk) -> Handled:
    """Set up the goal that a text describes; where it can't be done at all, say what is missing for it."""
    found = await engine.repositories.of(desk.user)
    if not found:
        known = engine.repositories
        return desk.keep(views.no_repository(desk.here, known.faults, known.roots))
    fitness = await fitness_of(engine)
    if fitness is None or not fitness.can_run:
        return desk.keep(views.no_sandbox(desk.here, fitness))
    draft, problem = _told(CodeDraft(of=desk.update_id, kind=kind), text, desk)
    return await go_on(draft, engine, desk, problem=problem)


def _told(draft: CodeDraft, text: str, desk: Desk) -> tuple[CodeDraft, str]:
    """The draft with what a text says of the goal, and what is wrong with its deadline (empty for nothing)."""
    said = read_code_goal(text, draft.kind)
    about, description = said.about, said.description
    if sizeof(about) > _LONGEST_NAME:
        about, description = cut(about, _LONGEST_NAME), f"{about}\n{description}".strip()
    draft = replace(
        draft,
        about=about,
        description=description,
        acceptance=said.acceptance,
        priority=Priority(said.priority) if said.priority is not None else draft.priority,
    )
    return _dated(draft, said.deadline, desk) if said.deadline is not None else (draft, "")


def _dated(draft: CodeDraft, words: str, desk: Desk) -> tuple[CodeDraft, str]:
    try:
        deadline = parse_deadline("none" if is_enough(words) else words, now=desk.now, zone=desk.zone)
    except InvalidInputError as error:
        return replace(draft, is_dated=False), explain(error)
    return replace(draft, deadline=deadline, is_dated=True), ""


async def go_on(draft: CodeDraft, engine: Engine, desk: Desk, message: int | None = None, problem: str = "") -> Handled:
    """Ask what is missing next, in place of `message` where there is one; with nothing missing, set the goal."""
    found = await engine.repositories.of(desk.user)
    if not draft.repository and len(found) == 1:
        draft = replace(draft, repository=found[0].id)
    draft, place = _with_place(draft, found)
    match draft.missing:
        case Missing.ABOUT:
            asked = views.ask_what(desk.here, draft.kind, draft.of, problem)
        case Missing.DEADLINE:
            asked = views.ask_when(desk.here, draft.of, problem)
        case Missing.REPOSITORY:
            asked = views.ask_where(desk.here, found, draft.of, problem)
        case Missing.TESTS:
            asked = views.ask_how_tested(desk.here, place.name if place else "", draft.of, problem)
        case Missing.NOTHING:
            assert place is not None
            return await _set(draft, place, engine, desk, message)
    return desk.ask(draft.dialogue(), edited(asked, message))


async def _set(draft: CodeDraft, place: Repository, engine: Engine, desk: Desk, message: int | None) -> Handled:
    examples: list[JsonValue] = list(draft.acceptance)
    metadata: JsonObject = {REPOSITORY: place.id, CODE: draft.kind.value, ACCEPTANCE: examples}
    name = goal_name(draft.kind, draft.about)
    goal = await engine.set_goal(
        name,
        draft.description,
        [first_criterion(draft.kind, draft.about)],
        int(draft.priority),
        draft.deadline,
        metadata,
        origin=Origin(chat=desk.here, thread=desk.thread, owner=desk.user, cause=desk.cause()),
    )
    fitness = await fitness_of(engine)
    told = views.code_goal_set(desk.here, (goal, name, draft), place, fitness, (desk.zone, desk.now))
    return desk.close_set_up(draft.of, edited(told, message))


async def answer(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """An answer in words to whatever was asked."""
    draft = draft_of(facts)
    if small_talk(words) in _NO_ANSWERS:
        return await go_on(draft, engine, desk, problem="/cancel leaves this, and nothing is set then.")
    found = await engine.repositories.of(desk.user)
    draft, _ = _with_place(draft, found)
    match draft.missing:
        case Missing.ABOUT:
            draft, problem = _told(draft, words, desk)
        case Missing.DEADLINE:
            draft, problem = _dated(draft, words, desk)
        case Missing.REPOSITORY:
            draft, problem = _placed(draft, words, found)
        case Missing.TESTS:
            problem = await _tested(draft, words, engine, desk)
        case Missing.NOTHING:
            problem = ""
    return await go_on(draft, engine, desk, problem=problem)


def _with_place(draft: CodeDraft, found: Sequence[Repository]) -> tuple[CodeDraft, Repository | None]:
    """The draft with its repository as it is now; None where it is not known, or has gone meanwhile."""
    place = next((one for one in found if one.id == draft.repository), None)
    known = replace(draft, repository=place.id if place else 0, is_tested=bool(place and place.terms.test))
    return known, place


def _placed(draft: CodeDraft, words: str, found: Sequence[Repository]) -> tuple[CodeDraft, str]:
    """The draft in the repository that words name, by its name or its place in the list."""
    places = picked(words, [(str(at), one.name) for at, one in enumerate(found, start=1)])
    if len(places) != 1:
        return draft, "I don't know which one that is."
    return replace(draft, repository=found[places[0]].id), ""


async def _tested(draft: CodeDraft, words: str, engine: Engine, desk: Desk) -> str:
    """Keep how the tests of the repository are run, as words say; what is wrong with them, or nothing."""
    seen = await engine.repositories.find(desk.user, draft.repository)
    said = Said(deed=RepositoryDeed.TEST, words=_TESTS_LABEL.sub("", words, count=1))
    try:
        await engine.repositories.change(seen, altered(seen.terms, said), desk.cause())
    except InvalidInputError as error:
        return explain(error)
    return ""


async def press_place(query: CallbackQuery, callback_data: CodePlaceTap, engine: Engine, desk: Desk) -> Handled:
    """The repository by button; one of an older set-up is explained."""
    dialogue = desk.set_up
    draft = draft_of(dialogue.facts) if dialogue is not None and dialogue.name == SETTING_UP_CODE else None
    if draft is None or draft.of != callback_data.of or draft.repository:
        await answer_tap(query, "This question has been answered already.")
        closed = letter(desk.here, "This question is closed. /fix, /feature, /refactor or /tests begins anew.")
        return desk.keep(edited(closed, tapped_message(query)))
    try:
        place = await engine.repositories.find(desk.user, callback_data.repository)
    except (NotFoundError, RefusedError) as error:
        await answer_tap(query, explain(error))
        return await go_on(draft, engine, desk, tapped_message(query))
    await answer_tap(query, place.name)
    return await go_on(replace(draft, repository=place.id), engine, desk, tapped_message(query))


def routes() -> Router:
    """The four commands, and the answers to what they ask."""
    router = Router(name="code_goals")
    router.message.register(set_code_goal, Command(*COMMANDS))
    router.message.register(answer, InDialogue(SETTING_UP_CODE))
    router.callback_query.register(press_place, CodePlaceTap.filter())
    return router
