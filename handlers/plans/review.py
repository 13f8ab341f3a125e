"""A plan that waits for a yes: Start, Change, Cancel, the larger plans of adaptations, and the same in words."""

import asyncio
from collections.abc import Sequence

from aiogram import F, Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Bold, Text

from engine.errors import RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.plans import LETTERS
from engine.records import Handled, Outgoing
from engine.reporting.notices import NoticeKind
from handlers import keyboards
from handlers.callbacks import GoalDeed, GoalTap, Listing, OptionTap, PageTap, PlanDeed, PlanTap, StepTap
from handlers.changes import follow
from handlers.desk import Desk
from handlers.gates import About
from handlers.goal_card import ask_cancel_of
from handlers.plans.editing import change_in_words, is_renumbered, outdated, titles
from handlers.plans.showing import foreseen, shown_plan
from handlers.reading.steps import numbers_a_task, steps_in
from handlers.reading.words import STEPS, Meaning, Said, plan_words
from handlers.taps import answer_tap, tapped_message
from handlers.views.letters import edited, letter, line
from handlers.views.plans import check_message, repair_message, started

_MOST_PLANS = 10
"""To choose from by button."""


async def show_plan(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """The plan from the card; a larger one that waits for a yes comes with its own buttons."""
    await answer_tap(query)
    if goal.proposed_version is not None:
        return desk.keep(repair_message(goal, goal.proposed_version, "", ""))
    return desk.keep(await shown_plan(goal, engine, desk))


async def turn_plan(query: CallbackQuery, callback_data: PageTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Another page of the plan."""
    await answer_tap(query)
    return desk.keep(edited(await shown_plan(goal, engine, desk, callback_data.at), tapped_message(query)))


async def start(query: CallbackQuery, callback_data: PlanTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """The yes that sets everything going."""
    newest = await engine.start_goal(goal.id, callback_data.version, cause=desk.cause())
    await answer_tap(query, "Started.")
    return desk.keep(edited(started(newest), tapped_message(query)), card=goal.id)


async def pick(query: CallbackQuery, callback_data: OptionTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Another plan instead of the one shown; it comes as a message of its own."""
    newest = await engine.pick_alternative(goal.id, callback_data.version, callback_data.place, cause=desk.cause())
    await answer_tap(query, "This is the plan now.")
    return desk.keep(edited(_replaced(newest, desk), tapped_message(query)))


def _replaced(goal: Goal, desk: Desk) -> Outgoing:
    text = Text("🗺 ", Bold(f"You took another way: plan {goal.plan_version}"), f"\nGoal: {line(goal.name, 200)}")
    return letter(desk.here, text, keyboards.see_goal(goal.id), goal.id)


async def check(query: CallbackQuery, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """What is good and bad about the plan. In a thread: of hundreds of tasks it takes longer than a tap may wait."""
    await answer_tap(query)
    return desk.keep(await asyncio.to_thread(check_message, goal, await foreseen(goal, engine), desk.now))


async def accept(query: CallbackQuery, callback_data: PlanTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Use the larger plan."""
    await _refuse_older(query, goal, desk)
    await engine.accept_repair(goal.id, callback_data.version, cause=desk.cause())
    await answer_tap(query, "The new plan is in use.")
    text = Text("🗺 ", Bold("The new plan is in use"), f"\nGoal: {line(goal.name, 200)}")
    return desk.keep(edited(letter(desk.here, text, keyboards.see_goal(goal.id), goal.id), tapped_message(query)))


async def reject(query: CallbackQuery, callback_data: PlanTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Keep the present plan."""
    await _refuse_older(query, goal, desk)
    await engine.reject_repair(goal.id, callback_data.version, cause=desk.cause())
    await answer_tap(query, "The plan stays as it is.")
    text = Text("🗺 ", Bold("The plan stays as it is"), f"\nGoal: {line(goal.name, 200)}")
    return desk.keep(edited(letter(desk.here, text, keyboards.see_goal(goal.id), goal.id), tapped_message(query)))


async def _refuse_older(query: CallbackQuery, goal: Goal, desk: Desk) -> None:
    """A proposal that was withdrawn may be followed by another one of the same version, told in a newer message."""
    told = await desk.conversations.messages_of(goal.id, (NoticeKind.REPAIR_PROPOSED,))
    message = tapped_message(query)
    if told and message is not None and message < max(told):
        raise RefusedError("closed_proposal", "a newer proposal was made since")


async def reply(  # noqa: PLR0913, PLR0917 - aiogram hands over each by its name
    message: Message, subject: CallbackData, goal: Goal, words: str, answered: int, engine: Engine, desk: Desk
) -> Handled:
    """The same in one's own words."""
    said = plan_words(words)
    version = int(getattr(subject, "version", 0))
    steps = steps_in(words, titles(goal))
    if is_renumbered(goal, version) and (said.meaning is Meaning.START or numbers_a_task(steps, words)):
        return await outdated(goal, engine, desk)
    if said.meaning in STEPS:  # by number; by name, what is said of the goal itself comes first
        return await change_in_words(steps, goal, engine, desk)
    repair = isinstance(subject, PlanTap) and subject.deed in (PlanDeed.ACCEPT, PlanDeed.REJECT)
    if repair and said.meaning in (Meaning.START, Meaning.CANCEL):
        decide = engine.accept_repair if said.meaning is Meaning.START else engine.reject_repair
        await decide(goal.id, version, cause=desk.cause())
        told = "The new plan is in use." if said.meaning is Meaning.START else "The plan stays as it is."
        return desk.keep(edited(letter(desk.here, f"🗺 {told}", keyboards.see_goal(goal.id), goal.id), answered))
    if said.meaning is Meaning.PICK:
        return await pick_in_words(said, goal, engine, desk, answered)
    if said.meaning is Meaning.START:
        return await start_in_words(goal, engine, desk, answered)
    if said.meaning is Meaning.CANCEL:
        return ask_cancel_of(goal, desk)
    is_fact = said.meaning is Meaning.UNCLEAR and len(steps) < 2  # of several, a fact would be one and lose the others
    followed = await follow(goal, words, engine, desk) if is_fact else None
    return followed if followed is not None else await change_in_words(steps, goal, engine, desk)


def which_plan(text: str, proposed: Sequence[Goal], desk: Desk) -> Handled | None:
    """Asks which of several plans a step by number («drop 3») is for; None where it is no such step of theirs."""
    steps = [one for one in steps_in(text, ()) if one.meaning is not Meaning.ADD]
    having = [goal for goal in proposed if steps and all(int(one.number) in goal.tasks for one in steps)]
    if not having:
        return None
    taps = [
        [keyboards.button(f"🗺 {goal.name}", GoalTap(deed=GoalDeed.PLAN, goal=goal.id))] for goal in having[:_MOST_PLANS]
    ]
    return desk.keep(letter(desk.here, "Which plan do you mean? Say it as a reply to the plan.", taps))


async def pick_in_words(said: Said, goal: Goal, engine: Engine, desk: Desk, answered: int | None) -> Handled:
    """Take the plan that was named, of those beside the newest; `answered` is the message, None when not at hand."""
    place = place_of(said, goal)
    if not place:
        none = f"There is no plan {LETTERS[int(said.number) - 1]} here." if place is None else ""
        return desk.keep(*([letter(desk.here, none)] if none else []), await shown_plan(goal, engine, desk))
    newest = await engine.pick_alternative(goal.id, goal.plan_version, place, cause=desk.cause())
    return desk.keep(edited(_replaced(newest, desk), answered))


def place_of(said: Said, goal: Goal) -> int | None:
    """The place among the goal's ways of the one that was named; 0 for the one that is shown, None for one that there
    isn't.

    Whoever leaves the choice to the bot gets its own, the first one, also after having taken another.
    """
    letters = [option.letter for option in goal.options]
    if not said.number:
        return letters.index(LETTERS[0]) if LETTERS[0] in letters else 0
    letter = LETTERS[int(said.number) - 1]
    if not letters and letter == LETTERS[0]:
        return 0
    return letters.index(letter) if letter in letters else None


async def start_in_words(goal: Goal, engine: Engine, desk: Desk, answered: int | None) -> Handled:
    """Start the plan; `answered` is its message, None when it is not at hand."""
    newest = await engine.start_goal(goal.id, goal.plan_version, cause=desk.cause())
    return desk.keep(edited(started(newest), answered), card=goal.id)


def routes() -> Router:
    """Plans and the answers to them."""
    router = Router(name="plan_review")
    router.message.register(reply, About(PlanTap, StepTap))
    router.callback_query.register(show_plan, GoalTap.filter(F.deed == GoalDeed.PLAN))
    router.callback_query.register(turn_plan, PageTap.filter(F.listing == Listing.PLAN))
    router.callback_query.register(start, PlanTap.filter(F.deed == PlanDeed.START))
    router.callback_query.register(pick, OptionTap.filter())
    router.callback_query.register(check, PlanTap.filter(F.deed == PlanDeed.CHECK))
    router.callback_query.register(accept, PlanTap.filter(F.deed == PlanDeed.ACCEPT))
    router.callback_query.register(reject, PlanTap.filter(F.deed == PlanDeed.REJECT))
    return router
