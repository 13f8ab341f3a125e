"""Answers to what a run asks before it does something: by button, in a reply, and in plain words; /approvals."""

from aiogram import Router
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery, Message

from engine.agents.runs.facts import Approval, ApprovalId, ApprovalStatus
from engine.errors import NotFoundError, RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Handled, Outgoing
from handlers.callbacks import ApprovalDeed, ApprovalTap
from handlers.desk import Desk
from handlers.gates import Injected, is_command, subject_of
from handlers.reading.approvals import approval_words
from handlers.taps import answer_tap, tapped_message
from handlers.views import approvals as views
from handlers.views.letters import edited

MOST_SHOWN = 5
"""Questions that /approvals puts again, the oldest first."""
_ANSWERS = {
    ApprovalDeed.APPROVE: ApprovalStatus.APPROVED,
    ApprovalDeed.DENY: ApprovalStatus.DENIED,
    ApprovalDeed.DONE: ApprovalStatus.DONE,
}


async def press(query: CallbackQuery, callback_data: ApprovalTap, engine: Engine, desk: Desk) -> Handled:
    """Approve, Deny; It is done, Do it again, Leave it."""
    asked = await _asked(callback_data, engine, desk)
    told = await _answered(asked, callback_data.deed, "", engine)
    await answer_tap(query)
    return desk.keep(edited(told, tapped_message(query)))


class Reply(Filter):
    """A reply, in words, to a question."""

    async def __call__(self, message: Message, engine: Engine, desk: Desk) -> Injected:
        """Hand over what was `asked`, the `words` and the message `answered`."""
        subject = subject_of(message) if message.text and not is_command(message) else None
        if not isinstance(subject, ApprovalTap) or message.reply_to_message is None:
            return False
        asked = await _asked(subject, engine, desk)
        return {"asked": asked, "words": message.text, "answered": message.reply_to_message.message_id}


async def reply(  # noqa: PLR0913, PLR0917 - aiogram hands over each by its name
    message: Message, asked: Approval, words: str, answered: int, engine: Engine, desk: Desk
) -> Handled:
    """The same in a reply; a no may come with a reason."""
    said = approval_words(words, replied=True)
    if said is None:
        return desk.keep(views.unclear_message(asked))
    return desk.keep(edited(await _answered(asked, said[0], said[1], engine), answered))


class PlainAnswer(Filter):
    """«approve», or «deny» with a reason, said to nothing while one question waits for this person here."""

    async def __call__(self, message: Message, engine: Engine, desk: Desk) -> Injected:
        """Hand over what was `asked` and what was `said`."""
        said = approval_words(message.text or "", replied=False)
        if said is None or desk.dialogue is not None or is_command(message) or subject_of(message) is not None:
            return False
        asked = await engine.approvals.open_for(desk.here, desk.user)
        return {"asked": asked[0], "said": said} if len(asked) == 1 else False


async def say(message: Message, asked: Approval, said: tuple[ApprovalDeed, str], engine: Engine, desk: Desk) -> Handled:
    """The same in plain words."""
    return desk.keep(await _answered(asked, said[0], said[1], engine))


async def show(message: Message, engine: Engine, desk: Desk) -> Handled:
    """/approvals: what waits for this person, each with its buttons again"""
    asked = await engine.approvals.open_for(desk.here, desk.user)
    head = [] if len(asked) == 1 else [views.list_message(desk.here, asked)]
    shown = [
        views.question_message(views.of_approval(one), await _goal(one, engine), desk.zone, desk.now)
        for one in asked[:MOST_SHOWN]
    ]
    return desk.keep(*head, *shown)


async def _asked(tap: ApprovalTap, engine: Engine, desk: Desk) -> Approval:
    """What a button is about. Raises `RefusedError` for somebody else, and for other arguments than were shown."""
    asked = await engine.approvals.find(ApprovalId(tap.approval))
    if asked.user != desk.user or asked.chat != desk.here:
        raise RefusedError("not_asked_of_you", "it was asked of somebody else")
    if asked.digest[: len(tap.digest)] != tap.digest or not tap.digest:
        raise NotFoundError("approval", tap.approval)
    return asked


async def _answered(asked: Approval, deed: ApprovalDeed, note: str, engine: Engine) -> Outgoing:
    """Keep the answer; what is to be said to that. What is settled by now is told kindly."""
    try:
        settled = await engine.approvals.decide(asked.id, _ANSWERS[deed], note)
    except RefusedError as refusal:
        if refusal.code != "approval_settled":
            raise
        settled = await engine.approvals.find(asked.id)
        return views.settled_message(settled, "That was settled before your answer came; it changed nothing.")
    return views.settled_message(settled)


async def _goal(asked: Approval, engine: Engine) -> Goal | None:
    if asked.goal is None:
        return None
    try:
        return await engine.goal(asked.goal)
    except NotFoundError:
        return None


def routes() -> Router:
    """What is asked before something is done, and the answers to it."""
    router = Router(name="approvals")
    router.message.register(show, Command("approvals"))
    router.message.register(reply, Reply())
    router.message.register(say, PlainAnswer())
    router.callback_query.register(press, ApprovalTap.filter())
    return router
