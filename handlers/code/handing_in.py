"""A person's code for a task that waits for it: a patch, documents, or a branch of their own; nothing sent is lost."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiogram import Bot, Router
from aiogram.enums import ChatType
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from engine.coding.reports import HandIn
from engine.coding.works.names import HAND_IN
from engine.errors import NotFoundError, RefusedError
from engine.execution.hand_ins import to_try
from engine.files import LARGEST_FILE, MEGABYTE
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Dialogue, Handled, Outgoing
from engine.tasks import Task
from engine.values import JsonObject, JsonValue, TaskNumber
from handlers.callbacks import LaterTap, TaskTap
from handlers.choosing import living_goals
from handlers.code.callbacks import HandInTap, StartTap
from handlers.code.faults import code_fault
from handlers.desk import BEFORE, SET_UPS, Desk, number_in
from handlers.files.fetching import UnfetchableError, fetched
from handlers.files.receiving import Sent, goal_replied_to, sent_file
from handlers.gates import InDialogue, Injected, is_command, own_goal, subject_of
from handlers.reading.carried import LARGEST_ID
from handlers.reading.code import branch_in, is_all_sent, is_patch, patch_in
from handlers.reading.words import Meaning, Said
from handlers.taps import answer_tap, tapped_message
from handlers.views import code as views
from handlers.views.files import not_fetched
from handlers.views.letters import edited, letter
from handlers.views.signs import waits_for_person
from handlers.views.tasks import ask_for_task

COLLECTING, WHAT_FOR = "code_files", "code_documents"
_NUMBERED = re.compile(
    r"\s*(?:for\s+)?(?:goal\s*#?|#)?(?P<goal>\d{1,15})(?:\.(?P<task>\d{1,6}))?[:.,)]?(?:\s+(?P<rest>.*))?", re.S | re.I
)
_PATH = re.compile(r"[«`]?(?P<path>[\w.@+-][\w.@+/ -]*)[»`]?")
_MOST_COLLECTED = 50
"""Documents of one hand-in."""
Awaited = tuple[Goal, Task]
"""A task that waits for code, with its goal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One document of a hand-in, by what Telegram says of it."""

    file: str
    name: str
    size: int
    path: str = ""
    """Where it belongs, as its caption says; empty when it doesn't."""
    album: str = ""


def is_awaited(task: Task) -> bool:
    """Whether a task waits for a person's code."""
    return task.work == HAND_IN and waits_for_person(task)


def takes_code(task: Task) -> bool:
    """Whether code is meant for it: it waits for some, or what came is being tried, and the next is told so."""
    return is_awaited(task) or bool(to_try(task))


async def awaited_here(engine: Engine, desk: Desk) -> list[Awaited]:
    """All tasks of this person in this chat that take code."""
    return [(goal, task) for goal in await living_goals(engine, desk) for task in goal.live_tasks if takes_code(task)]


# In words.


class CodeInWords(Filter):
    """A pasted patch or a branch's name, as a reply to a task that waits for code or while only one does."""

    async def __call__(self, message: Message, engine: Engine, desk: Desk) -> Injected:
        """Hand over the tasks that it may be for as `awaited`, and the `hand_in`."""
        text = message.text or ""
        if not text or is_command(message):
            return False
        subject = subject_of(message)
        patch, branch = patch_in(text), branch_in(text, asked=isinstance(subject, TaskTap | LaterTap))
        if not patch and not branch:
            return False
        hand_in = HandIn(patch=patch.encode("utf-8", "replace")) if patch else HandIn(branch=branch)
        if isinstance(subject, TaskTap | LaterTap):
            goal = await own_goal(engine, desk, subject.goal)
            task = goal.tasks.get(TaskNumber(subject.task))
            found = {"awaited": [(goal, task)], "hand_in": hand_in}
            return found if task is not None and task.work == HAND_IN else False
        if message.reply_to_message is not None or desk.is_asked:
            return False
        awaited = await awaited_here(engine, desk)
        is_all_patch = text.lstrip().startswith(("diff ", "--- ", "From ", "Index: "))
        return {"awaited": awaited, "hand_in": hand_in} if awaited or (patch and is_all_patch) else False


async def hand_in_words(
    message: Message, awaited: list[Awaited], hand_in: HandIn, engine: Engine, desk: Desk
) -> Handled:
    """A pasted patch or a branch."""
    if not awaited:
        return desk.keep(letter(desk.here, views.NOTHING_WAITS))
    if len(awaited) > 1:
        return desk.keep(views.which_task(desk.here, awaited))
    return desk.end(await _taken(awaited[0], hand_in, engine, desk))


async def in_place_of_code(said: Said, about: Awaited, engine: Engine, desk: Desk) -> Outgoing:
    """Words that are no code: «done» says that it is there already, all else is told what to send."""
    if said.meaning is Meaning.DONE and not said.text:
        return await _taken(about, HandIn(), engine, desk)
    return views.what_to_send(*about)


async def press_there(query: CallbackQuery, callback_data: TaskTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """It's there already."""
    await answer_tap(query, "I look at it.")
    told = await _taken((goal, goal.task(callback_data.task)), HandIn(), engine, desk)
    return desk.keep(edited(told, tapped_message(query)))


# As documents.


class CodeDocument(Filter):
    """A document for a task that waits for code."""

    async def __call__(self, message: Message, engine: Engine, desk: Desk) -> Injected:
        """Hand over the `sent` document, the task it is for as `about`, and the `path` that its caption names."""
        sent = sent_file(message) if message.document is not None else None
        if sent is None:
            return False
        found = await _meant(message, sent, engine, desk)
        return {"sent": sent, "about": found[0], "path": found[1]} if found is not None else False


async def _meant(message: Message, sent: Sent, engine: Engine, desk: Desk) -> tuple[Awaited, str] | None:
    """The task a document is for, and the path that its caption names; None for a file like any other."""
    numbered = _NUMBERED.fullmatch(sent.caption)
    subject = subject_of(message)
    if isinstance(subject, TaskTap | LaterTap):
        return _of_goal(await own_goal(engine, desk, subject.goal), sent.caption, subject.task)
    if replied := goal_replied_to(message):
        return _of_goal(await own_goal(engine, desk, replied), sent.caption)
    if numbered is not None and 0 < int(numbered["goal"]) <= LARGEST_ID:
        try:
            goal = await own_goal(engine, desk, int(numbered["goal"]))
        except (NotFoundError, RefusedError):
            return None
        return _of_goal(goal, numbered["rest"] or "", int(numbered["task"] or 0))
    awaited = await awaited_here(engine, desk)
    collecting = desk.dialogue_of(COLLECTING)
    if collecting is not None:
        of = (number_in(collecting.facts, "goal"), number_in(collecting.facts, "task"))
        return next(((one, path_in(sent.caption)) for one in awaited if (one[0].id, one[1].number) == of), None)
    alone = len(awaited) == 1 and message.chat.type == ChatType.PRIVATE
    if alone and (is_patch(sent.name, b"") or len(await living_goals(engine, desk)) == 1):
        return awaited[0], path_in(sent.caption)
    return None


def _of_goal(goal: Goal, caption: str, number: int = 0) -> tuple[Awaited, str] | None:
    """The task of a goal that takes code. One that is named by its number may take none: it is told how that stands."""
    known = [task for task in goal.tasks.values() if task.work == HAND_IN]
    meant = [task for task in known if task.number == number or (not number and takes_code(task))]
    return ((goal, meant[0]), path_in(caption)) if len(meant) == 1 else None


def path_in(caption: str) -> str:
    """The path that a caption is; empty for other words."""
    found = _PATH.fullmatch(caption.strip())
    path = found["path"].strip() if found is not None else ""
    return path if re.search(r"[/.]", path) and not re.search(r"\s", path) else ""


async def receive(  # noqa: PLR0913, PLR0917 - aiogram hands over each by its name
    message: Message, sent: Sent, about: Awaited, path: str, bot: Bot, engine: Engine, desk: Desk
) -> Handled:
    """A patch alone is handed in at once; files, and whatever comes as an album, are collected first."""
    if sent.size > LARGEST_FILE:
        return desk.keep(views.too_much(desk.here, sent.name, LARGEST_FILE // MEGABYTE))
    piece = Piece(file=sent.file, name=sent.name, size=sent.size, path=path, album=sent.album)
    return await taken_up([piece], about, bot, engine, desk)


async def taken_up(pieces: Sequence[Piece], about: Awaited, bot: Bot, engine: Engine, desk: Desk) -> Handled:
    """Hand in a patch that came alone; collect all else."""
    one = pieces[0]
    if len(pieces) == 1 and is_patch(one.name, b"") and not one.album and desk.dialogue_of(COLLECTING) is None:
        return desk.keep(await _fetched_and_taken(about, pieces, bot, engine, desk))
    return _collect(pieces, about, desk)


def _collect(pieces: Sequence[Piece], about: Awaited, desk: Desk) -> Handled:
    """One question for all that comes for a task. Another one that was open is gone on with afterwards."""
    goal, task = about
    waiting = desk.dialogue_of(COLLECTING)
    facts = waiting.facts if waiting is not None else {}
    before = _pieces(facts)
    if before and (number_in(facts, "goal"), number_in(facts, "task")) != (goal.id, task.number):
        return desk.keep(views.still_collecting(desk.here, [one.name for one in pieces]))
    if len(before) + len(pieces) > _MOST_COLLECTED:
        return desk.keep(
            letter(desk.here, f"{_MOST_COLLECTED} documents are the most; send a patch instead.", (), goal.id)
        )
    kept: list[JsonValue] = [
        {"file": one.file, "name": one.name, "size": one.size, "path": one.path} for one in (*before, *pieces)
    ]
    collected: JsonObject = {"goal": goal.id, "task": task.number, "files": kept, **open_before(desk)}
    if waiting is not None:
        return desk.ask(Dialogue(name=COLLECTING, facts={**collected, "of": number_in(facts, "of")}))
    return desk.ask(Dialogue(name=COLLECTING, facts=collected), views.files_arrive(desk.here, about, desk.update_id))


def open_before(desk: Desk) -> JsonObject:
    """What a question about documents keeps of the one that was open when they came."""
    dialogue = desk.dialogue
    if dialogue is None or not desk.is_asked or dialogue.name in (COLLECTING, WHAT_FOR):
        before = dialogue.facts.get(BEFORE) if dialogue is not None else None
        return {BEFORE: before} if before else {}
    return {BEFORE: {"name": dialogue.name, "facts": dict(dialogue.facts)}}


def settled(facts: JsonObject, desk: Desk, *replies: Outgoing) -> Handled:
    """The answer to a question about documents; the one that was open before it is open again."""
    before = facts.get(BEFORE)
    is_set_up = isinstance(before, dict) and before.get("name") in SET_UPS
    if not isinstance(before, dict) or not isinstance(before.get("facts"), dict) or is_set_up:
        return desk.end(*replies)
    dialogue = Dialogue(name=str(before["name"]), facts=before["facts"])  # type: ignore[arg-type]  # looked at above
    question = str(dialogue.facts.get("question") or "")
    again = [letter(desk.here, f"And what I asked before still stands: {question}")] if question else []
    return replace(desk.keep(*replies, *again), dialogue=dialogue)


def _pieces(facts: JsonObject) -> list[Piece]:
    found = facts.get("files")
    return [
        Piece(file=str(one["file"]), name=str(one["name"]), size=int(str(one["size"])), path=str(one["path"]))
        for one in (found if isinstance(found, list) else [])
        if isinstance(one, dict)
    ]


async def press_all(query: CallbackQuery, callback_data: HandInTap, bot: Bot, engine: Engine, desk: Desk) -> Handled:
    """«That's all of them»."""
    collecting = desk.dialogue_of(COLLECTING)
    if collecting is None or collecting.facts.get("of") != callback_data.of:
        await answer_tap(query, "That is settled already.")
        return desk.keep(edited(letter(desk.here, "This question is closed."), tapped_message(query)))
    await answer_tap(query, "I take them.")
    told = await _all_taken(collecting.facts, bot, engine, desk)
    return settled(collecting.facts, desk, edited(told, tapped_message(query)))


class AllSent(InDialogue):
    """«That's all», while documents are collected."""

    def __init__(self) -> None:
        super().__init__(COLLECTING)

    async def __call__(self, message: Message, desk: Desk) -> Injected:
        """Other words may be about something else."""
        return await super().__call__(message, desk) if is_all_sent(message.text or "") else False


async def say_all(message: Message, facts: JsonObject, bot: Bot, engine: Engine, desk: Desk) -> Handled:
    """The same in words."""
    return settled(facts, desk, await _all_taken(facts, bot, engine, desk))


async def _all_taken(facts: JsonObject, bot: Bot, engine: Engine, desk: Desk) -> Outgoing:
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    about = (goal, goal.task(number_in(facts, "task")))
    return await _fetched_and_taken(about, _pieces(facts), bot, engine, desk)


async def _fetched_and_taken(about: Awaited, pieces: Sequence[Piece], bot: Bot, engine: Engine, desk: Desk) -> Outgoing:
    """Fetch all of it, and hand it in as one."""
    patches: list[bytes] = []
    files: dict[str, bytes] = {}
    room = LARGEST_FILE
    for piece in pieces:
        try:
            content = await fetched(bot, piece.file, room)
        except UnfetchableError:
            return not_fetched(desk.here, piece.name)
        room -= len(content)
        if not piece.path and is_patch(piece.name, content):
            patches.append(content if content.endswith(b"\n") else content + b"\n")
        else:
            files[piece.path or piece.name] = content
    if patches and files:
        return views.not_taken(desk.here, *about, "It is either patches or whole files; I can't take both at once.")
    return await _taken(about, HandIn(patch=b"".join(patches), files=files), engine, desk)


# Taking it.


async def _taken(about: Awaited, hand_in: HandIn, engine: Engine, desk: Desk) -> Outgoing:
    """Hand it to the engine, which tries it by and by; or say how the task stands where it waits for none."""
    goal, task = about
    try:
        newest = await engine.take_in_code(goal.id, task.number, hand_in, desk.cause())
    except RefusedError as error:
        if error.code in ("no_code_work", "not_kept"):
            return views.not_taken(desk.here, goal, task, code_fault(error))
        newest = await engine.goal(goal.id)
        return _another(newest, newest.task(task.number), desk)
    taken = newest.task(task.number)
    if not to_try(taken):  # it comes again after a crash, and was tried meanwhile
        return ask_for_task(newest, taken, desk.zone, desk.now)
    return views.being_tried(desk.here, newest, taken)


def _another(goal: Goal, task: Task, desk: Desk) -> Outgoing:
    """What came while another one is tried, or when the task waits no longer; nothing is done with it."""
    if to_try(task) and not goal.has_ended:
        return views.one_at_a_time(desk.here, goal, task)
    return ask_for_task(goal, task, desk.zone, desk.now)


async def press_start(query: CallbackQuery, callback_data: StartTap, engine: Engine, desk: Desk) -> Handled:
    """«Start clean» and «Go on with these», where a model has left changes."""
    goal = await own_goal(engine, desk, callback_data.goal)
    try:
        goal = await engine.choose_start(goal.id, callback_data.task, callback_data.start, desk.cause())
        await answer_tap(query, "All right.")
    except RefusedError:
        await answer_tap(query, "That is settled already.")
    shown = ask_for_task(goal, goal.task(callback_data.task), desk.zone, desk.now)
    return desk.keep(edited(shown, tapped_message(query)))


def routes() -> Router:
    """Documents, patches and branches for tasks that wait for them."""
    router = Router(name="handing_in_code")
    router.message.register(receive, CodeDocument())
    router.message.register(say_all, AllSent())
    router.message.register(hand_in_words, CodeInWords())
    router.callback_query.register(press_all, HandInTap.filter())
    router.callback_query.register(press_start, StartTap.filter())
    return router
