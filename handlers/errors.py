"""Words for all that can go wrong: what happened and what to do. The only place that words errors for people."""

from aiogram import Router
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import CallbackQuery, ErrorEvent, Message

from engine.errors import (
    ConflictError,
    EngineError,
    IllegalMoveError,
    InvalidInputError,
    NotFoundError,
    RefusedError,
    StoreError,
)
from engine.goal_engine import GoalEngine as Engine
from engine.records import Dialogue, Handled, Outgoing
from engine.values import ChatId
from handlers.callbacks import OptionTap, PlanTap, StepTap, read_tap
from handlers.choosing import GoalUnclearError
from handlers.desk import WHICH_GOAL, Desk
from handlers.gates import own_goal
from handlers.plans.showing import foreseen
from handlers.present import present
from handlers.taps import answer_tap, tapped_message
from handlers.views.goals import which_goal
from handlers.views.letters import edited, letter, line

REFUSALS: dict[str, str] = {
    "already_executing": "Milepost is working on this already; /status shows where it stands.",
    "already_paused": "It is paused already. Resume lets it go on.",
    "already_resolved": "That was resolved already; nothing more to do.",
    "already_started": "It was started already; /status shows where it stands.",
    "approval_settled": "That is settled already; nothing was changed.",
    "blocked_already": "I know of a problem with this task; /blockers shows it.",
    "branch_gone": "The day in which it could be had back is over: the branch is gone.",
    "closed_proposal": "That proposal is no longer open; the plan has changed since, or you have answered it.",
    "code_under_way": "The goal still works on this branch. Cancel the goal first, or wait until it has ended.",
    "deadline_moved": "The deadline is no longer in question; here is how things stand.",
    "empty_note": "There is nothing to note yet. Write it behind the command: /note The venue is booked.",
    "file_empty": "There is nothing in this file.",
    "file_too_big": "That is too big: I can keep files of up to 20 MB.",
    "goal_full": "This goal has no room for another file. /files shows what could go.",
    "finding_settled": "That is settled; nothing more to do.",
    "goal_ended": "This goal has ended. Where it can be taken up again, its card has Reopen.",
    "goal_not_started": "This goal hasn't been started. Press Start under its plan first.",
    "last_criterion": "It is all that is left of this goal. /cancel calls the goal off; or say what is wanted instead.",
    "needs_date": "Its deadline has passed. Send another date, or give it a day or a week with the buttons.",
    "no_answer": "That is no answer to this question. Press one of its buttons.",
    "no_code_work": "Code work isn't set up in this Milepost. Whoever runs it can change that.",
    "no_plan": "There are no tasks in its plan. Add one with Change, or set the goal anew.",
    "not_a_choice": "That is none of the options. Press one of the buttons, or reply with an option's name.",
    "wants_code": "This step wants code: send a patch, files, or the name of a branch of yours.",
    "nothing_flagged": "No changed test waits for your yes any more.",
    "nothing_to_push": "Nothing was committed, so there is nothing to push.",
    "push_never": "Nothing of this repository leaves from here: its push is set to «never». /repo shows it, and «push:"
    " ask» there lets each one go after your yes.",
    "no_remote": "This repository has no remote to push to. Once it has one («git remote add origin …»), press again.",
    "not_a_number": "This task is about a number. Reply with the number you measured, such as 512.",
    "being_tried": "What you sent for this task is being tried; I'll tell you what came of it.",
    "not_handed_in": "This task asks for no code; /tasks shows what it waits for.",
    "nothing_left": "Nothing of a model's is left there, so there is nothing to choose.",
    "not_blocked": "There is nothing to try again: the task isn't blocked.",
    "no_task_to_skip": "This holds up the whole goal, so there is no task to skip. Re-plan or Stop may help.",
    "not_counted": "This task has no steps to count. Reply «done» when it is done.",
    "not_about_money": "That doesn't wait for money; /blockers shows what it needs.",
    "not_ended": "This goal hasn't ended; it is still under way.",
    "not_paused": "It isn't paused; it goes on already.",
    "not_reached": "That milestone hasn't been reached yet; /status shows how far the goal is.",
    "not_so_much_spent": "That is more than was reported as spent for this goal; /cost shows the sum.",
    "held_up": "This task is held up, and another day alone doesn't help it; /blockers says what does.",
    "not_waiting": "This task isn't waiting for you now; /tasks shows where it stands.",
    "not_yours": "This is not yours: only the person who set the goal can do that.",
    "not_asked_of_you": "That is not yours to answer: it was asked of somebody else.",
    "nothing_offered": "There is nothing that I could do about it myself.",
    "nothing_to_reopen": "All of it is done, so there is nothing to take up again. Set a new goal to go further.",
    "nothing_to_restore": "There is nothing to take back: the task isn't skipped.",
    "out_of_order": "It can't go there, because a task would come before one that it needs. Choose another place.",
    "outdated": "Things have moved on since this message; here is how they stand.",
    "outdated_plan": "The plan has changed since this message; here is the newest one.",
    "no_roots": "Whoever runs this bot has to allow that first: MILEPOST_REPOSITORY_ROOTS names the folders whose"
    " repositories may be added, and MILEPOST_REPOSITORIES lists some for everybody.",
    "operators_repository": "Whoever runs this bot lists this repository, so its name stays, and so does it.",
    "planning": "The plan is still being made. It arrives here as soon as it is ready.",
    "repository_in_use": "A goal works in it just now. Once that has ended, or is cancelled, it can be removed.",
    "repository_known": "This repository is here already; /repo lists it.",
    "repository_named": "There is a repository of that name already. Choose another, as in /repo add PATH NAME.",
    "repository_removed": "This repository was removed; /repo lists those that are left.",
    "run_taken": "That goes on elsewhere already; nothing was changed.",
    "serves_another": "It was part of a larger goal. Reopen or re-plan that one; it starts this anew when it needs it.",
    "stale_lease": "That work was taken over by a newer try; nothing was changed.",
    "task_ended": "This task is settled already; nothing was changed.",
    "task_running": "Milepost is working on this task right now; /tasks shows when it is done.",
    "too_many_repositories": "That is one repository too many. Remove one that you don't need; /repo lists them.",
    "too_deep": "Goals can be nested five deep at most. Make this one a goal of its own.",
    "waits_for_others": "This task has to wait until those before it are done; /tasks shows them.",
    "waits_for_goal": "This task is done when its own goal is; /goals shows it.",
}
"""What each refusal means and what to do, by its code."""

STORES: dict[str, str] = {
    "missing": "My database is missing. Whoever runs this bot finds help with «milepost doctor».",
    "locked": "Another Milepost is using my database just now. I'll try again in a moment.",
    "readonly": "I can't write to my database. Whoever runs this bot has to allow it; I'll keep trying.",
    "corrupt": "My database is damaged. Whoever runs this bot should put back the last backup.",
    "newer": "My database was written by a newer Milepost. Whoever runs this bot should update it.",
    "full": "The disk is full, so I can't keep anything new. Once there is room, I go on.",
    "io": "I couldn't reach my database. I'll try again in a moment.",
}
"""What each fault of the database means, by its code."""

_LISTINGS = {
    "goal": "/goals lists what there is.",
    "branch of goal": "/goals lists your goals.",
    "repository": "/repo lists what there is.",
}
"""Where that of which there is no such one is listed."""
_KEEPING = frozenset({"not_a_choice", "not_a_number", "out_of_order", "not_yours", "not_asked_of_you"})
"""Refusals after which the question stays open."""
_NOT_THEIRS = frozenset({"not_yours", "not_asked_of_you"})
"""Refusals that a tap shows in a window of its own: nothing else tells this person why nothing happens."""


def explain(error: EngineError) -> str:
    """What happened and what to do, in one or two sentences."""
    match error:
        case RefusedError():
            words = REFUSALS.get(error.code)
            return words if words is not None else f"That doesn't fit now: {line(error.reason, 300)}."
        case NotFoundError():
            listing = _LISTINGS.get(error.kind, "/tasks shows what there is.")
            return f"There is no {error.kind} {line(str(error.name), 40)} (any more). {listing}"
        case InvalidInputError():
            return f"I can't use that: {line(error.problem, 300)}. You could {_accepted(error.accepts)}"
        case ConflictError():
            return "Somebody else changed that at the same moment. Please try once more."
        case StoreError():
            return STORES.get(error.code, STORES["io"])
        case IllegalMoveError():
            return "That step isn't possible as things stand. /status shows where the goal is."
        case _:
            return "That didn't work just now. Please try once more; what you have so far is kept."


_BIDS = ("add", "break", "call", "choose", "give", "keep", "leave", "make", "name", "pass", "say", "send", "set", "use",
         "write")  # fmt: skip


def _accepted(accepts: str) -> str:
    told = line(accepts, 300)
    begins = told.split(" ", 1)[0].lower() in _BIDS
    return f"{told if begins else f'send {told}'}{'' if told.endswith(('.', '!', '?')) else '.'}"


def apology(chat: ChatId, error: Exception, update: int) -> Outgoing:
    """For an update that could not be handled after several tries; its number lets the operator find it in the log."""
    why = explain(error) if isinstance(error, EngineError) else "Something went wrong on my side, and I'm sorry."
    return letter(chat, f"⚠️ {why} I set your message aside (number {update}); your goals are as they were.")


async def refused(event: ErrorEvent, engine: Engine, desk: Desk) -> Handled:
    """Explain a refusal: a toast and the message as it should be now for a tap, an answer for words."""
    error = event.exception
    if isinstance(error, GoalUnclearError):
        return _ask_which(error, desk)
    assert isinstance(error, EngineError)
    query = event.update.callback_query
    if query is not None:
        return await _refused_tap(query, error, engine, desk)
    reply = letter(desk.here, explain(error))
    open_still = isinstance(error, InvalidInputError) or getattr(error, "code", "") in _KEEPING
    return desk.keep(reply) if open_still or _spoken_to_nothing(event.update.message) else desk.end(reply)


def _spoken_to_nothing(message: Message | None) -> bool:
    """Whether it was a command, a reply or a file, so that an open dialogue has nothing to do with it."""
    return message is None or not message.text or message.text.startswith("/") or message.reply_to_message is not None


async def _refused_tap(query: CallbackQuery, error: EngineError, engine: Engine, desk: Desk) -> Handled:
    await answer_tap(query, explain(error), alert=isinstance(error, RefusedError) and error.code in _NOT_THEIRS)
    tap = read_tap(query.data or "")
    named = getattr(tap, "goal", 0)
    if tap is None or not named or isinstance(error, InvalidInputError) or getattr(error, "code", "") in _KEEPING:
        return desk.keep()
    try:
        goal = await own_goal(engine, desk, named)
        below = (await engine.family(goal.id))[1:]
        of_plan = isinstance(tap, PlanTap | StepTap | OptionTap)
        forecast = await foreseen(goal, engine) if of_plan else engine.forecaster.at_hand(goal)
        now = present(tap, goal, desk, below, forecast)
    except EngineError:
        now = letter(desk.here, "This is no longer here. /goals lists what there is.")
    return desk.keep(edited(now, tapped_message(query))) if now is not None else desk.keep()


def _ask_which(error: GoalUnclearError, desk: Desk) -> Handled:
    question = which_goal(desk.here, error.rows, error.deed)
    if not error.rows or (desk.is_asked and not error.text):
        return desk.keep(question)  # a look at something leaves a question that is open alone
    return desk.ask(Dialogue(name=WHICH_GOAL, facts={"deed": error.deed.value, "text": error.text}), question)


def routes() -> Router:
    """Refusals, unusable input and missing things are answered here; all else is the inbox's to try again."""
    router = Router(name="errors")
    router.error.register(
        refused, ExceptionTypeFilter(RefusedError, NotFoundError, InvalidInputError, GoalUnclearError)
    )
    return router
