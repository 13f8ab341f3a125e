"""The buttons under a person's task: done, skipped, later, counted, chosen, measured."""

from aiogram import F, Router
from aiogram.types import CallbackQuery

from engine.coding.works.names import HAND_IN
from engine.errors import RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Dialogue, Handled
from engine.tasks import Task
from engine.values import JsonObject
from handlers import keyboards
from handlers.callbacks import ChoiceTap, LaterTap, TaskDeed, TaskTap
from handlers.code.handing_in import press_there
from handlers.desk import TASK_LATER, Desk
from handlers.reading.delays import delayed
from handlers.taps import answer_tap, tapped_message
from handlers.views.letters import edited, letter, line
from handlers.views.signs import waits_for_person
from handlers.views.tasks import ask_for_task, later_choice, task_state

ASKING: dict[TaskDeed, str] = {
    TaskDeed.NOTE: "task_note",
    TaskDeed.PROBLEM: "task_problem",
    TaskDeed.MEASURE: "task_measure",
    TaskDeed.COUNT: "task_count",
}
"""Buttons that ask for words, with the dialogues that take them."""
_QUESTIONS: dict[TaskDeed, str] = {
    TaskDeed.NOTE: "Well done! What shall I note about «{}»? With your words it counts as done.",
    TaskDeed.PROBLEM: "What is the problem with «{}»?",
    TaskDeed.MEASURE: "What is the number for «{}»?",
    TaskDeed.COUNT: "How many of «{}» are done in all by now? Or «+2» for two more.",
}


def _result(query: CallbackQuery, newest: Goal, task: int, desk: Desk) -> Handled:
    """The message edited to what came of it, without the buttons that served."""
    return desk.keep(edited(task_state(newest, newest.task(task), desk.zone, desk.now), tapped_message(query)))


async def show(query: CallbackQuery, callback_data: TaskTap, goal: Goal, desk: Desk) -> Handled:
    """The task's message anew, from a list or a digest."""
    task = goal.task(callback_data.task)
    await answer_tap(query)
    return desk.keep(ask_for_task(goal, task, desk.zone, desk.now))


async def done(query: CallbackQuery, callback_data: TaskTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Done; of a task that waits for code: it's there already."""
    if goal.task(callback_data.task).work == HAND_IN:
        return await press_there(query, callback_data, goal, engine, desk)
    newest = await engine.complete_task(goal.id, callback_data.task, cause=desk.cause())
    await answer_tap(query, "Done ✅")
    return _result(query, newest, callback_data.task, desk)


async def skip(query: CallbackQuery, callback_data: TaskTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Skip, with Undo."""
    newest = await engine.skip_task(goal.id, callback_data.task, "you skipped it", cause=desk.cause())
    await answer_tap(query, "Skipped. Undo takes it back.")
    return _result(query, newest, callback_data.task, desk)


async def undo(query: CallbackQuery, callback_data: TaskTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Undo of a skip."""
    newest = await engine.restore_task(goal.id, callback_data.task, cause=desk.cause())
    await answer_tap(query, "Back in the plan.")
    return _result(query, newest, callback_data.task, desk)


async def retry(query: CallbackQuery, callback_data: TaskTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Try a failed task again."""
    newest = await engine.retry_task(goal.id, callback_data.task, cause=desk.cause())
    await answer_tap(query, "Once more, then.")
    return _result(query, newest, callback_data.task, desk)


async def one_more(query: CallbackQuery, callback_data: TaskTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """+1. Pressed twice on the same message it counts once: the button carries what it saw."""
    task = goal.task(callback_data.task)
    if task.revision != callback_data.revision:
        raise RefusedError("outdated", "the count has moved on")
    newest = await engine.count_task(goal.id, task.number, task.count + 1, cause=desk.cause())
    counted = newest.task(task.number)
    await answer_tap(query, f"{counted.count} of {counted.target_count}")
    shown = ask_for_task if waits_for_person(counted) else task_state
    return desk.keep(edited(shown(newest, counted, desk.zone, desk.now), tapped_message(query)))


async def choose(query: CallbackQuery, callback_data: ChoiceTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """An option."""
    options = keyboards.options_of(goal.task(callback_data.task))
    if callback_data.option >= len(options):
        raise RefusedError("outdated", "the options have changed")
    chosen = options[callback_data.option]
    newest = await engine.choose(goal.id, callback_data.task, chosen, cause=desk.cause())
    await answer_tap(query, f"Chosen: {line(chosen, 100)}")
    return _result(query, newest, callback_data.task, desk)


async def ask_when(query: CallbackQuery, callback_data: TaskTap, goal: Goal, desk: Desk) -> Handled:
    """Later: asks how much; «Back» shows the task again."""
    task = goal.task(callback_data.task)
    await answer_tap(query)
    now = ask_for_task(goal, task, desk.zone, desk.now)
    if callback_data.deed is not TaskDeed.LATER or "reply_markup" not in now.payload:
        return desk.keep(edited(now, tapped_message(query)))
    return ask_until((goal, task, tapped_message(query)), desk, tapped_message(query))


def ask_until(about: tuple[Goal, Task, int | None], desk: Desk, place: int | None = None) -> Handled:
    """How much later, in place of a message (None: in a new one); a moment that is said next is the answer."""
    goal, task, message = about
    facts: JsonObject = {"goal": goal.id, "task": task.number, "message": message or 0}
    return desk.ask(Dialogue(name=TASK_LATER, facts=facts), edited(later_choice(goal, task), place))


async def later(query: CallbackQuery, callback_data: LaterTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """So much later."""
    until = delayed(callback_data.delay, desk.now, desk.zone)
    newest = await engine.postpone_task(goal.id, callback_data.task, until, cause=desk.cause())
    await answer_tap(query, "Later, then.")
    return _result(query, newest, callback_data.task, desk)


async def ask_words(query: CallbackQuery, callback_data: TaskTap, goal: Goal, desk: Desk) -> Handled:
    """A note, a problem, a number or a count: asks for it in words."""
    task = goal.task(callback_data.task)
    if goal.has_ended or not task.is_live or task.status.value == "completed":
        raise RefusedError("task_ended", f"«{task.title}» is {task.status}")
    await answer_tap(query)
    return ask_in_words(callback_data.deed, (goal, task, tapped_message(query)), desk)


def ask_in_words(deed: TaskDeed, about: tuple[Goal, Task, int | None], desk: Desk) -> Handled:
    """Asks for a note, a problem, a number or a count; the task's message (None: none) becomes what comes of it."""
    goal, task, message = about
    text = _QUESTIONS[deed].format(line(task.title, 200))
    asked = letter(desk.here, text, keyboards.leave_button(desk.update_id), goal.id)
    facts = {"goal": goal.id, "task": task.number, "message": message or 0}
    return desk.ask(Dialogue(name=ASKING[deed], facts=facts), asked)


def routes() -> Router:
    """Each button under a person's task."""
    router = Router(name="person_tasks")
    for deed, handler in (
        (TaskDeed.OPEN, show),
        (TaskDeed.DONE, done),
        (TaskDeed.SKIP, skip),
        (TaskDeed.UNDO, undo),
        (TaskDeed.RETRY, retry),
        (TaskDeed.PLUS, one_more),
    ):
        router.callback_query.register(handler, TaskTap.filter(F.deed == deed))
    router.callback_query.register(ask_when, TaskTap.filter(F.deed.in_({TaskDeed.LATER, TaskDeed.BACK})))
    router.callback_query.register(ask_words, TaskTap.filter(F.deed.in_(set(ASKING))))
    router.callback_query.register(later, LaterTap.filter())
    router.callback_query.register(choose, ChoiceTap.filter())
    return router
