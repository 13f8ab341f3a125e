"""Answers to a person's task in words: replies, the dialogues behind buttons, and what could mean several things."""

import re

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from engine.errors import RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Dialogue, Handled
from engine.tasks import Task, TaskStatus
from engine.values import JsonObject, JsonValue
from handlers import keyboards
from handlers.callbacks import ChoiceTap, LaterTap, TaskDeed, TaskTap, UnclearDeed, UnclearTap
from handlers.code.handing_in import in_place_of_code, is_awaited
from handlers.desk import TASK_LATER, Desk, number_in
from handlers.gates import About, InDialogue, own_goal
from handlers.person_tasks import ASKING, ask_in_words, ask_until
from handlers.reading.delays import worded
from handlers.reading.several import tells_of_another
from handlers.reading.words import Asked, Meaning, Said, is_moment_alone, is_no, is_plain_answer, task_words
from handlers.taps import answer_tap, tapped_message
from handlers.views.blockers import asked_about
from handlers.views.letters import edited, letter
from handlers.views.signs import waits_for_person
from handlers.views.tasks import ask_for_task, noted_as_blocked, noted_number, task_state, unclear

UNCLEAR = "unclear_words"
_OF_ANY_TASK = frozenset({Meaning.SKIP, Meaning.LATER, Meaning.PROBLEM})
"""What can be said of a task that waits for code, too."""
_OF_THE_WHOLE = _OF_ANY_TASK | {Meaning.DONE, Meaning.NOTE}
"""What is said of a task, and not a count, a number or a choice."""
_NOT_DONE_YET = frozenset({Meaning.LATER, Meaning.PROBLEM})
_NO_PROBLEM = frozenset({Meaning.DONE, Meaning.SKIP, Meaning.LATER})
_NONE = re.compile(
    r"(?:no|nope|none|nothing|no (?:problem|issue|trouble)s?|all (?:is )?(?:good|fine|well))[.! ]*", re.I
)
"""That there is no problem, after all."""
_FAR_MORE = 10
"""So many times the target is a slip of the finger, and a task that is done stays done."""


def asked_of(goal: Goal, task: Task) -> Asked:
    """What a task asks for, for reading an answer; what it counts may be called as in the criterion, too."""
    options = keyboards.options_of(task)
    counted = task.target_count > 1 and not options
    at = task.criterion
    criterion = goal.criteria[at] if at is not None and 0 <= at < len(goal.criteria) else ""
    title = f"{task.title} {criterion}".strip()
    return Asked(options=options, measured=task.work == "measure", counted=counted, title=title)


async def reply(  # noqa: PLR0913, PLR0917 - aiogram hands over each by its name
    message: Message, subject: CallbackData, goal: Goal, words: str, answered: int, engine: Engine, desk: Desk
) -> Handled:
    """A reply to a task's message; where it tells how another one stands («done 2»), it is asked what is meant."""
    task = goal.task(int(getattr(subject, "task", 0)))
    said = task_words(words, asked_of(goal, task))
    if said.meaning in _OF_THE_WHOLE and tells_of_another(words, goal.id, [task.number]):
        said = Said(meaning=Meaning.UNCLEAR, text=words)
    return await carry_out(said, (goal, task, answered), engine, desk)


async def carry_out(said: Said, about: tuple[Goal, Task, int | None], engine: Engine, desk: Desk) -> Handled:
    """Do what was said about a task. The message named (None for none) is edited to what came of it."""
    goal, task, message = about
    if is_awaited(task) and said.meaning not in _OF_ANY_TASK:
        return desk.end(edited(await in_place_of_code(said, (goal, task), engine, desk), message))
    return await _carried_out(said, about, engine, desk)


async def _carried_out(said: Said, about: tuple[Goal, Task, int | None], engine: Engine, desk: Desk) -> Handled:
    goal, task, message = about
    cause = desk.cause()
    match said.meaning:
        case Meaning.DONE:
            newest = await engine.complete_task(goal.id, task.number, said.text, cause=cause)
        case Meaning.SKIP:
            newest = await engine.skip_task(goal.id, task.number, said.text or "you skipped it", cause=cause)
        case Meaning.CHOICE:
            newest = await engine.choose(goal.id, task.number, said.text, cause=cause)
        case Meaning.NUMBER:
            return await _measure(said, about, engine, desk)
        case Meaning.COUNT | Meaning.MORE:
            return await _count(said, about, engine, desk)
        case Meaning.LATER:
            return await _later(said, about, engine, desk)
        case Meaning.PROBLEM if said.text:
            return await _problem(said.text, about, engine, desk)
        case Meaning.PROBLEM:
            return ask_in_words(TaskDeed.PROBLEM, about, desk)
        case Meaning.NOTE:
            return ask_in_words(TaskDeed.NOTE, about, desk)
        case _:
            return _ask_meaning(said, about, desk)
    return _result(newest, task, message, desk)


def _ask_meaning(said: Said, about: tuple[Goal, Task, int | None], desk: Desk) -> Handled:
    goal, task, message = about
    facts: dict[str, JsonValue] = {
        "goal": goal.id,
        "task": task.number,
        "text": said.text,
        "message": message or 0,
    }
    return desk.ask(Dialogue(name=UNCLEAR, facts=facts), unclear(goal, task, said.text, desk.update_id))


def _result(newest: Goal, task: Task, message: int | None, desk: Desk) -> Handled:
    """Edits the task's message, and ends the dialogue that led here."""
    return desk.end(edited(task_state(newest, newest.task(task.number), desk.zone, desk.now), message))


async def _measure(said: Said, about: tuple[Goal, Task, int | None], engine: Engine, desk: Desk) -> Handled:
    goal, task, message = about
    newest = await engine.report_measure(goal.id, task.number, said.number, cause=desk.cause())
    told = noted_number(newest, newest.task(task.number), said.text, desk.zone, desk.now)
    return desk.end(edited(told, message))


async def _count(said: Said, about: tuple[Goal, Task, int | None], engine: Engine, desk: Desk) -> Handled:
    goal, task, message = about
    count = int(said.number) + (task.count if said.meaning is Meaning.MORE else 0)
    if count > _FAR_MORE * task.target_count:
        text = f"{count:,} is far more than the {task.target_count:,} that count here. If all are done, reply «done»."
        return desk.keep(letter(desk.here, text, (), goal.id))
    newest = await engine.count_task(goal.id, task.number, count, cause=desk.cause())
    counted = newest.task(task.number)
    shown = ask_for_task if waits_for_person(counted) else task_state
    return desk.end(edited(shown(newest, counted, desk.zone, desk.now), message))


async def _later(said: Said, about: tuple[Goal, Task, int | None], engine: Engine, desk: Desk) -> Handled:
    goal, task, message = about
    until = worded(said.text, desk.now, desk.zone) if said.text else None
    if until is None:
        return ask_until(about, desk)
    newest = await engine.postpone_task(goal.id, task.number, until, cause=desk.cause())
    return _result(newest, task, message, desk)


async def _problem(text: str, about: tuple[Goal, Task, int | None], engine: Engine, desk: Desk) -> Handled:
    goal, task, message = about
    if task.status is TaskStatus.BLOCKED and await engine.ledger.led_to(desk.cause()) != goal.id:
        await engine.add_note(goal.id, f"{task.title}: {text}", cause=desk.cause())
        return desk.end(letter(desk.here, noted_as_blocked(task), (), goal.id))
    newest = await engine.report_problem(goal.id, task.number, text, cause=desk.cause())
    is_at_home = (goal.chat, goal.thread) == (desk.here, desk.thread)
    if message is None and is_at_home and asked_about(newest, newest.task(task.number)):
        return desk.end()  # the question that this raises is the answer
    return _result(newest, task, message, desk)


async def _about(facts: JsonObject, engine: Engine, desk: Desk) -> tuple[Goal, Task, int | None]:
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    return goal, goal.task(number_in(facts, "task")), number_in(facts, "message") or None


async def _asked_about(facts: JsonObject, words: str, engine: Engine, desk: Desk) -> tuple[Goal, Task, int | None]:
    """What a question for any words is about; it gets none that tell how another task stands."""
    if tells_of_another(words, number_in(facts, "goal"), [number_in(facts, "task")]):
        raise SkipHandler
    return await _about(facts, engine, desk)


async def take_note(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """Done, with these words; a day alone may be what is to be kept, and what sounds like trouble is asked about."""
    about = await _asked_about(facts, words, engine, desk)
    sounds = Meaning.DONE if is_moment_alone(words) else task_words(words, Asked()).meaning
    meaning = Meaning.UNCLEAR if sounds in _NOT_DONE_YET or is_no(words) else Meaning.DONE
    said = _instead(words, _NOT_DONE_YET) if meaning is Meaning.UNCLEAR else None
    return await carry_out(said or Said(meaning=meaning, text=words.strip()), about, engine, desk)


async def take_problem(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """The problem, in words."""
    about = await _asked_about(facts, words, engine, desk)
    said = _instead(words, _NO_PROBLEM)
    if said is None and _NONE.fullmatch(words.strip()):
        return desk.end(letter(desk.here, "All right. Nothing was changed."))
    return await carry_out(said or Said(meaning=Meaning.PROBLEM, text=words.strip()), about, engine, desk)


def _instead(words: str, meanings: frozenset[Meaning]) -> Said | None:
    """What somebody says instead of what was asked for («later», «problem: …» in place of a note); None where it is
    that."""
    said = task_words(words, Asked())
    return said if said.meaning in meanings and is_plain_answer(said, words) else None


async def take_number(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """The measured number, or that there is none to be had."""
    said = task_words(words, Asked(measured=True))
    if said.meaning not in (Meaning.NUMBER, Meaning.LATER, Meaning.PROBLEM, Meaning.SKIP):
        raise RefusedError("not_a_number", "there is not exactly one number in it")
    return await carry_out(said, await _about(facts, engine, desk), engine, desk)


async def take_count(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """How many are done."""
    about = await _about(facts, engine, desk)
    goal, task, _ = about
    said = task_words(words, Asked(counted=True, title=asked_of(goal, task).title))
    if said.meaning not in (Meaning.COUNT, Meaning.MORE):
        return desk.keep(letter(desk.here, "Send how many are done in all, such as «3», or «+2» for two more."))
    return await _count(said, about, engine, desk)


async def take_delay(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """How much later; words that are no time may be about something else."""
    said = task_words(words, Asked())
    when = said.text if said.meaning is Meaning.LATER else words
    if worded(when, desk.now, desk.zone) is None:
        raise SkipHandler
    return await _later(Said(meaning=Meaning.LATER, text=when), await _about(facts, engine, desk), engine, desk)


async def settle(query: CallbackQuery, callback_data: UnclearTap, engine: Engine, desk: Desk) -> Handled:
    """What the words were meant to be."""
    kept = desk.dialogue_of(UNCLEAR)
    if kept is None or kept.facts.get("of") != callback_data.of:
        await answer_tap(query, "That is settled, or too long ago. Just write it again.")
        return desk.keep(edited(letter(desk.here, "This question is closed."), tapped_message(query)))
    about, text = await _about(kept.facts, engine, desk), str(kept.facts.get("text") or "")
    await answer_tap(query, "All right.")
    if callback_data.deed is UnclearDeed.NOTE:
        await engine.add_note(about[0].id, f"{about[1].title}: {text}", cause=desk.cause())
        return desk.end(edited(letter(desk.here, "📝 Kept as a note.", (), about[0].id), tapped_message(query)))
    gone = edited(letter(desk.here, "✅ Understood.", (), about[0].id), tapped_message(query))
    meaning = Meaning.DONE if callback_data.deed is UnclearDeed.DONE else Meaning.PROBLEM
    handled = await carry_out(Said(meaning=meaning, text=text), about, engine, desk)
    return desk.end(gone, *handled.replies)


def routes() -> Router:
    """Words about tasks."""
    router = Router(name="task_answers")
    router.message.register(reply, About(TaskTap, LaterTap, ChoiceTap))
    router.message.register(take_note, InDialogue(ASKING[TaskDeed.NOTE]))
    router.message.register(take_problem, InDialogue(ASKING[TaskDeed.PROBLEM]))
    router.message.register(take_number, InDialogue(ASKING[TaskDeed.MEASURE]))
    router.message.register(take_count, InDialogue(ASKING[TaskDeed.COUNT]))
    router.message.register(take_delay, InDialogue(TASK_LATER))
    router.callback_query.register(settle, UnclearTap.filter())
    return router
