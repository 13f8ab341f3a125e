"""Answers to a finding: do it, not now, never this kind; by button, in a reply, and in plain words."""

from aiogram import Router
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from engine.errors import NotFoundError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal, GoalStatus
from engine.proactive.findings import LIVE, KeptFinding
from engine.records import Handled, Outgoing
from engine.reporting.notices import NoticeKind
from handlers.callbacks import FindingDeed, FindingTap
from handlers.choosing import living_goals
from handlers.desk import Desk
from handlers.gates import About, Injected, is_command, subject_of
from handlers.reading.findings import finding_words
from handlers.taps import answer_tap, tapped_message
from handlers.views import findings as views
from handlers.views.letters import edited
from handlers.views.signs import waits_for_person


async def press(query: CallbackQuery, callback_data: FindingTap, goal: Goal, engine: Engine, desk: Desk) -> Handled:
    """Do it, Not now, Never this kind."""
    told = await _answered(callback_data.deed, (goal, callback_data.finding, callback_data.revision), engine, desk)
    await answer_tap(query)
    return desk.keep(edited(told, tapped_message(query)))


async def reply(  # noqa: PLR0913, PLR0917 - aiogram hands over each by its name
    message: Message, subject: CallbackData, goal: Goal, words: str, answered: int, engine: Engine, desk: Desk
) -> Handled:
    """The same in a reply."""
    deed = finding_words(words, replied=True)
    if deed is None:
        return desk.keep(views.unclear_message(goal))
    about = (goal, int(getattr(subject, "finding", 0)), int(getattr(subject, "revision", 0)))
    return desk.keep(edited(await _answered(deed, about, engine, desk), answered))


class PlainAnswer(Filter):
    """«do it», «not now», «never this kind», said to nothing while one finding waits for this person's answer."""

    async def __call__(self, message: Message, engine: Engine, desk: Desk) -> Injected:
        """Hand over the `deed`, and what is `asked`: the goal with what was found of it."""
        deed = finding_words(message.text or "", replied=False)
        if deed is None or desk.dialogue is not None or is_command(message) or subject_of(message) is not None:
            return False
        asked = [
            (goal, one) for one in await engine.proactive.told() if _is_for(goal := await engine.goal(one.goal), desk)
        ]
        if len(asked) != 1 or await _may_mean_something_else(deed, engine, desk):
            return False
        return {"deed": deed, "asked": asked[0]}


async def _may_mean_something_else(deed: FindingDeed, engine: Engine, desk: Desk) -> bool:
    """Whether «do it» may be said to a plan that waits, or «not now» to a task; «never» is about findings alone."""
    if deed is FindingDeed.NEVER:
        return False
    goals = await living_goals(engine, desk)
    if any(one.status is GoalStatus.PROPOSED for one in goals):
        return True
    return deed is not FindingDeed.DO and any(waits_for_person(task) for one in goals for task in one.live_tasks)


def _is_for(goal: Goal, desk: Desk) -> bool:
    return goal.chat == desk.here and goal.owner == desk.user


async def say(
    message: Message, deed: FindingDeed, asked: tuple[Goal, KeptFinding], engine: Engine, desk: Desk
) -> Handled:
    """The same in plain words; the message that told of it becomes what came of it."""
    goal, kept = asked
    told = await _answered(deed, (goal, kept.id, kept.revision), engine, desk)
    shown = await desk.conversations.messages_of(goal.id, (NoticeKind.FINDING,))
    return desk.keep(edited(told, max(shown, default=None)))


async def _answered(deed: FindingDeed, about: tuple[Goal, int, int], engine: Engine, desk: Desk) -> Outgoing:
    """Do what was answered; what is to be said to that. A finding that is settled or another by now is told kindly."""
    goal, number, revision = about
    kept = await engine.proactive.find(number)
    if kept.goal != goal.id:
        raise NotFoundError("finding", number)
    if deed is FindingDeed.NEVER:
        return views.muted_message(goal, await engine.proactive.mute(number, desk.here))
    if kept.status not in LIVE:
        return views.settled_message(goal, kept)
    shown = views.of_kept(kept)
    if revision != kept.revision:
        return views.finding_message(goal, shown, desk.zone, desk.now, "Things have moved on; this is how it stands:")
    if deed is FindingDeed.NOT_NOW:
        await engine.proactive.dismiss(number, revision)
        return views.let_be_message(goal, shown, desk.zone, desk.now)
    return views.done_message(await engine.proactive.do(number, revision), shown, desk.zone, desk.now)


def routes() -> Router:
    """Findings and the answers to them."""
    router = Router(name="findings")
    router.message.register(reply, About(FindingTap))
    router.message.register(say, PlainAnswer())
    router.callback_query.register(press, FindingTap.filter())
    return router
