"""Changing a plan: adding, dropping, moving and rewording tasks, by buttons and in words."""

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from engine.errors import InvalidInputError, NotFoundError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Dialogue, Handled
from engine.tasks import Task
from engine.values import JsonObject
from handlers import keyboards
from handlers.callbacks import PlanDeed, PlanTap, StepDeed, StepTap
from handlers.desk import Desk, number_in
from handlers.gates import InDialogue, own_goal
from handlers.plans.showing import shown_plan
from handlers.reading.words import Meaning, Said
from handlers.taps import answer_tap, tapped_message
from handlers.views.letters import edited, letter, line
from handlers.views.plans import change_menu, pick_step, place_step

ADDING, REWORDING = "plan_add", "plan_reword"
_PICKS = {PlanDeed.DROP: StepDeed.DROP, PlanDeed.MOVE: StepDeed.PICK, PlanDeed.REWORD: StepDeed.REWORD}


async def menu(query: CallbackQuery, callback_data: PlanTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Change, and the ways back from it."""
    await answer_tap(query)
    shown = change_menu(goal) if callback_data.deed is PlanDeed.CHANGE else await shown_plan(goal, engine, desk)
    return desk.keep(edited(shown, tapped_message(query)))


async def ask_new(query: CallbackQuery, goal: Goal, desk: Desk) -> Handled:
    """Asks for the words of a new task."""
    await answer_tap(query)
    asked = letter(desk.here, "What is the new task? One line.", keyboards.leave_button(desk.update_id), goal.id)
    return desk.ask(Dialogue(name=ADDING, facts={"goal": goal.id}), asked)


async def add(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """The words of a new task."""
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    newest = await engine.add_task(goal.id, _title(words), cause=desk.cause())
    return desk.end(await shown_plan(newest, engine, desk))


def _title(words: str) -> str:
    """A task's title. Raises `InvalidInputError` for none."""
    title = " ".join(words.split())
    if not title:
        raise InvalidInputError("task", "it has no words", "say in one line what is to be done")
    return title


async def pick(query: CallbackQuery, callback_data: PlanTap, goal: Goal, desk: Desk) -> Handled:
    """Asks which task is meant."""
    await answer_tap(query)
    return desk.keep(edited(pick_step(goal, _PICKS[callback_data.deed]), tapped_message(query)))


async def drop(query: CallbackQuery, callback_data: StepTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Drop the task that was picked."""
    newest = await engine.drop_task(goal.id, callback_data.task, cause=desk.cause())
    await answer_tap(query, f"Dropped task {callback_data.task}.")
    return desk.keep(edited(await shown_plan(newest, engine, desk), tapped_message(query)))


async def ask_words(query: CallbackQuery, callback_data: StepTap, goal: Goal, desk: Desk) -> Handled:
    """Asks for other words for the task that was picked."""
    task = goal.task(callback_data.task)
    await answer_tap(query)
    text = f"How shall task {task.number} read? Now: «{line(task.title, 200)}»"
    asked = letter(desk.here, text, keyboards.leave_button(desk.update_id), goal.id)
    return desk.ask(Dialogue(name=REWORDING, facts={"goal": goal.id, "task": task.number}), asked)


async def reword(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """The other words."""
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    newest = await engine.reword_task(goal.id, number_in(facts, "task"), _title(words), cause=desk.cause())
    return desk.end(await shown_plan(newest, engine, desk))


async def move(query: CallbackQuery, callback_data: StepTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Pick a task to move, then move it step by step."""
    newest = goal
    if callback_data.deed is not StepDeed.PICK:
        place = _place(goal, goal.task(callback_data.task), callback_data.deed.value)
        newest = await engine.move_task(goal.id, callback_data.task, place, cause=desk.cause())
    await answer_tap(query)
    return desk.keep(edited(place_step(newest, callback_data.task), tapped_message(query)))


def _place(goal: Goal, task: Task, where: str) -> int:
    """The place (from 1) that «up», «last», «to 2» or «before 3» mean. Raises `NotFoundError` for an unknown task."""
    order = [one.number for one in goal.live_tasks]
    here = order.index(task.number) + 1 if task.number in order else 1
    how, _, named = where.partition(" ")
    match how:
        case "up":
            return max(1, here - 1)
        case "down":
            return here + 1
        case "first":
            return 1
        case "last":
            return len(order)
        case "to":
            return int(named)
    other = goal.task(int(named)).number
    if other not in order:
        raise NotFoundError("task", f"{goal.id}.{named}")
    there = order.index(other) + 1
    before = there - 1 if here < there else there  # taking it out moves what is behind it up
    return before if how == "before" else before + 1


async def change_in_words(said: Said, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """«add …», «drop 3», «move 5 to 2», «3: …»; whatever else is said shows what can be."""
    number, cause = int(said.number), desk.cause()
    match said.meaning:
        case Meaning.ADD:
            newest = await engine.add_task(goal.id, _title(said.text), cause=cause)
        case Meaning.DROP:
            newest = await engine.drop_task(goal.id, number, cause=cause)
        case Meaning.REWORD:
            newest = await engine.reword_task(goal.id, number, _title(said.text), cause=cause)
        case Meaning.MOVE:
            newest = await engine.move_task(goal.id, number, _place(goal, goal.task(number), said.place), cause=cause)
        case _:
            return desk.keep(change_menu(goal))
    return desk.keep(await shown_plan(newest, engine, desk))


def routes() -> Router:
    """Everything that changes a plan."""
    router = Router(name="plan_editing")
    router.message.register(add, InDialogue(ADDING))
    router.message.register(reword, InDialogue(REWORDING))
    router.callback_query.register(menu, PlanTap.filter(F.deed.in_({PlanDeed.CHANGE, PlanDeed.BACK})))
    router.callback_query.register(ask_new, PlanTap.filter(F.deed == PlanDeed.ADD))
    router.callback_query.register(pick, PlanTap.filter(F.deed.in_(set(_PICKS))))
    router.callback_query.register(drop, StepTap.filter(F.deed == StepDeed.DROP))
    router.callback_query.register(ask_words, StepTap.filter(F.deed == StepDeed.REWORD))
    router.callback_query.register(move, StepTap.filter())
    return router
