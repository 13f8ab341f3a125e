"""Changing a plan: adding, dropping, moving and rewording tasks, by buttons and in words."""

import re
from collections.abc import Sequence
from dataclasses import replace

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.types import CallbackQuery, Message

from engine.errors import InvalidInputError, NotFoundError, RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Dialogue, Handled, Outgoing
from engine.tasks import Task
from engine.values import Cause, JsonObject
from handlers import keyboards
from handlers.callbacks import PlanDeed, PlanTap, StepDeed, StepTap
from handlers.changes import follow
from handlers.desk import CHANGING, PLACING, Desk, number_in
from handlers.errors import explain
from handlers.gates import InDialogue, own_goal
from handlers.plans.showing import shown_plan
from handlers.reading.steps import added, steps_in, tasks_named
from handlers.reading.words import Meaning, Said
from handlers.taps import answer_tap, tapped_message
from handlers.views.letters import edited, letter, line
from handlers.views.plans import change_menu, pick_step, place_step

ADDING, REWORDING = "plan_add", "plan_reword"
_PICKS = {PlanDeed.DROP: StepDeed.DROP, PlanDeed.MOVE: StepDeed.PICK, PlanDeed.REWORD: StepDeed.REWORD}
_OLDER = ("outdated_plan", "the plan changed since")
"""Why what is said or pressed of an older plan changes nothing."""


async def menu(query: CallbackQuery, callback_data: PlanTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Change, and the ways back from it."""
    await answer_tap(query)
    if callback_data.deed is PlanDeed.CHANGE:
        return _listen(edited(change_menu(goal), tapped_message(query)), goal, "", desk)
    return desk.keep(edited(await shown_plan(goal, engine, desk), tapped_message(query)))


def _listen(page: Outgoing, goal: Goal, deed: str, desk: Desk) -> Handled:
    """The page, and words about it understood from now on, in a set-up of another goal too; a question stays open."""
    if desk.is_asked and desk.dialogue != desk.set_up:
        return desk.keep(page)
    facts: JsonObject = {"goal": goal.id, "version": goal.plan_version, "status": goal.status, "deed": deed}
    return replace(desk.ask(Dialogue(name=CHANGING, facts=facts), page), asks=False)  # its buttons outlive the question


async def ask_new(query: CallbackQuery, goal: Goal, desk: Desk) -> Handled:
    """Asks for the words of a new task."""
    await answer_tap(query)
    asked = letter(desk.here, "What is the new task? One line.", keyboards.leave_button(desk.update_id), goal.id)
    return desk.ask(Dialogue(name=ADDING, facts={"goal": goal.id}), asked)


async def add(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """The words of a new task, or of several, one a line."""
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    return await change_in_words(added(words.splitlines()), goal, engine, desk)


def _title(words: str) -> str:
    """A task's title. Raises `InvalidInputError` for none."""
    title = " ".join(words.split())
    if not title:
        raise InvalidInputError("task", "it has no words", "say in one line what is to be done")
    return title


async def pick(query: CallbackQuery, callback_data: PlanTap, goal: Goal, desk: Desk) -> Handled:
    """Asks which task is meant."""
    await answer_tap(query)
    deed = _PICKS[callback_data.deed]
    return _listen(edited(pick_step(goal, deed), tapped_message(query)), goal, deed, desk)


async def take_words(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """What is to be changed, or of which task, in words; anything else is a new text."""
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    if goal.status != facts.get("status"):
        raise SkipHandler
    steps = steps_in(words, titles(goal))
    named = tasks_named(words, titles(goal)) if facts.get("deed") else ()
    if is_renumbered(goal, number_in(facts, "version")) and (steps or named):
        return await outdated(goal, engine, desk)
    followed = await follow_named(words, steps, goal, engine, desk) if not facts.get("deed") else None
    if followed is not None:
        return followed
    if steps:
        return await _try(steps, goal, engine, desk)
    if not named:
        raise SkipHandler
    deed = StepDeed(str(facts["deed"]))
    if deed is StepDeed.DROP:
        drops = [Said(meaning=Meaning.DROP, number=float(number)) for number in named]
        return await _try(drops, goal, engine, desk)
    task = goal.task(named[0])
    return (
        _ask_words(task, goal, desk)
        if deed is StepDeed.REWORD
        else _ask_place(place_step(goal, task.number), task, goal, desk)
    )


def _ask_place(page: Outgoing, task: Task, goal: Goal, desk: Desk) -> Handled:
    facts: JsonObject = {
        "goal": goal.id,
        "version": goal.plan_version,
        "status": goal.status,
        "task": task.number,
    }
    return replace(desk.ask(Dialogue(name=PLACING, facts=facts), page), asks=False)


async def take_place(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """Where a task is to go, in words: «first», «2», «after the priming»; anything else is a new text."""
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    number = number_in(facts, "task")
    steps = steps_in(f"move {number} {words}", titles(goal)) or steps_in(words, titles(goal))
    if goal.status != facts.get("status") or not steps:
        raise SkipHandler
    if is_renumbered(goal, number_in(facts, "version")):
        return await outdated(goal, engine, desk)
    return await _try(steps, goal, engine, desk)


async def _try(steps: Sequence[Said], goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Change it; what can't be is said, and other words may follow."""
    try:
        return await change_in_words(steps, goal, engine, desk)
    except (RefusedError, NotFoundError, InvalidInputError) as error:
        return desk.keep(letter(desk.here, explain(error)))


async def drop(query: CallbackQuery, callback_data: StepTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Drop the task that was picked."""
    _refuse_older(goal, callback_data)
    newest = await engine.drop_task(goal.id, callback_data.task, cause=desk.cause())
    await answer_tap(query, f"Dropped task {callback_data.task}.")
    return desk.keep(edited(await shown_plan(newest, engine, desk), tapped_message(query)))


async def ask_words(query: CallbackQuery, callback_data: StepTap, goal: Goal, desk: Desk) -> Handled:
    """Asks for other words for the task that was picked."""
    _refuse_older(goal, callback_data)
    await answer_tap(query)
    return _ask_words(goal.task(callback_data.task), goal, desk)


def _ask_words(task: Task, goal: Goal, desk: Desk) -> Handled:
    text = f"How shall task {task.number} read? Now: «{line(task.title, 200)}»"
    asked = letter(desk.here, text, keyboards.leave_button(desk.update_id), goal.id)
    facts: JsonObject = {"goal": goal.id, "version": goal.plan_version, "task": task.number}
    return desk.ask(Dialogue(name=REWORDING, facts=facts), asked)


async def reword(message: Message, facts: JsonObject, words: str, engine: Engine, desk: Desk) -> Handled:
    """The other words."""
    goal = await own_goal(engine, desk, number_in(facts, "goal"))
    if is_renumbered(goal, number_in(facts, "version")):
        return await outdated(goal, engine, desk)
    newest = await engine.reword_task(goal.id, number_in(facts, "task"), _title(words), cause=desk.cause())
    return desk.end(await shown_plan(newest, engine, desk))


async def move(query: CallbackQuery, callback_data: StepTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Pick a task to move, then move it step by step."""
    _refuse_older(goal, callback_data)
    newest = goal
    if callback_data.deed is not StepDeed.PICK:
        place = _place(goal, goal.task(callback_data.task), callback_data.deed.value)
        newest = await engine.move_task(goal.id, callback_data.task, place, cause=desk.cause())
    await answer_tap(query)
    page = edited(place_step(newest, callback_data.task), tapped_message(query))
    return _ask_place(page, newest.task(callback_data.task), newest, desk)


def is_renumbered(goal: Goal, version: int) -> bool:
    """Whether the numbers of a plan's version may be those of other tasks by now: before the start they begin anew."""
    return goal.started_at is None and version != goal.plan_version


def _refuse_older(goal: Goal, tap: StepTap) -> None:
    if is_renumbered(goal, tap.version):
        raise RefusedError(*_OLDER)


async def outdated(goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """What was said is of an older plan."""
    told = letter(desk.here, explain(RefusedError(*_OLDER)))
    return desk.end(told, await shown_plan(goal, engine, desk))


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


async def follow_named(words: str, steps: Sequence[Said], goal: Goal, engine: Engine, desk: Desk) -> Handled | None:
    """A step by name as a fact about the goal: a criterion that is dropped takes its tasks along, one that comes first
    is planned so. None where it is by number or adds a task, for several steps, and where no criterion is meant."""
    is_one = len(steps) == 1 and steps[0].meaning is not Meaning.ADD
    return await follow(goal, words, engine, desk) if is_one and re.search(r"\d", words) is None else None


def titles(goal: Goal) -> list[tuple[int, str]]:
    """The tasks that a plan shows, as words can name them."""
    return [(task.number, task.title) for task in goal.live_tasks]


async def change_in_words(steps: Sequence[Said], goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """«add …», «drop 3 and 5», «move 5 to 2», «3: …», one after the other; without any it shows what can be said.

    Where one of several can't be, those behind it are left, and that is told.
    """
    if not steps:
        return desk.keep(change_menu(goal))
    newest = goal
    for at, said in enumerate(steps):
        try:
            newest = await _step(said, newest, engine, desk.cause(at))
        except (RefusedError, NotFoundError, InvalidInputError) as error:
            if at == 0:
                raise
            did = "only the first" if at == 1 else f"only the first {at}"
            left = letter(desk.here, f"{explain(error)} So I did {did} of {len(steps)} changes.")
            return desk.end(left, await shown_plan(newest, engine, desk))
    return desk.end(await shown_plan(newest, engine, desk))


async def _step(said: Said, goal: Goal, engine: Engine, cause: Cause) -> Goal:
    number = int(said.number)
    match said.meaning:
        case Meaning.ADD:
            return await engine.add_task(goal.id, _title(said.text), cause=cause)
        case Meaning.DROP:
            return await engine.drop_task(goal.id, number, cause=cause)
        case Meaning.REWORD:
            return await engine.reword_task(goal.id, number, _title(said.text), cause=cause)
        case Meaning.MOVE:
            return await engine.move_task(goal.id, number, _place(goal, goal.task(number), said.place), cause=cause)
        case _:
            return goal


def routes() -> Router:
    """Everything that changes a plan."""
    router = Router(name="plan_editing")
    router.message.register(add, InDialogue(ADDING))
    router.message.register(reword, InDialogue(REWORDING))
    router.message.register(take_words, InDialogue(CHANGING))
    router.message.register(take_place, InDialogue(PLACING))
    router.callback_query.register(menu, PlanTap.filter(F.deed.in_({PlanDeed.CHANGE, PlanDeed.BACK})))
    router.callback_query.register(ask_new, PlanTap.filter(F.deed == PlanDeed.ADD))
    router.callback_query.register(pick, PlanTap.filter(F.deed.in_(set(_PICKS))))
    router.callback_query.register(drop, StepTap.filter(F.deed == StepDeed.DROP))
    router.callback_query.register(ask_words, StepTap.filter(F.deed == StepDeed.REWORD))
    router.callback_query.register(move, StepTap.filter())
    return router
