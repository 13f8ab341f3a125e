"""What stands before the handlers: only one's own goals, dialogues, and what a reply is about.

A filter of messages is a `Filter` or an async function: aiogram asks a plain one, and `F`, in a thread each time.
"""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiogram import BaseMiddleware
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import Message, TelegramObject

from engine.errors import RefusedError
from engine.goal_engine import GoalEngine as Engine
from engine.goals import Goal
from engine.records import Dialogue, Handled
from engine.values import GoalId, parse_task_id
from handlers.callbacks import (
    ApprovalTap,
    BlockageDeed,
    BlockageTap,
    ChoiceTap,
    FindingTap,
    GoalDeed,
    GoalTap,
    LaterTap,
    PlanTap,
    StepTap,
    TaskDeed,
    TaskTap,
    read_tap,
)
from handlers.code.callbacks import CodeTap
from handlers.desk import SINCE, Desk, number_in
from handlers.small_talk import command_said

Handling: TypeAlias = Callable[[TelegramObject, dict[str, object]], Awaitable[object]]
Injected: TypeAlias = "bool | dict[str, object]"
LISTS = frozenset({TaskDeed.OPEN, BlockageDeed.OPEN, BlockageDeed.SAID})
"""Deeds of buttons that stand under lists: a reply to a list is about none of its entries by itself."""

_SUBJECTS = (CodeTap, TaskTap, LaterTap, ChoiceTap, BlockageTap, PlanTap, StepTap, FindingTap, ApprovalTap)


async def own_goal(engine: Engine, desk: Desk, goal_id: int) -> Goal:
    """The goal, if it is this person's. Raises `NotFoundError`, or `RefusedError` for somebody else's."""
    goal = await engine.goal(GoalId(goal_id))
    if goal.owner != desk.user:
        raise RefusedError("not_yours", "the goal belongs to someone else")
    return goal


class OwnGoals(BaseMiddleware):
    """Before each tap about a goal: reads the goal anew, hands it over as `goal`, refuses somebody else's."""

    async def __call__(self, handler: Handling, event: TelegramObject, data: dict[str, object]) -> object:
        """Go on with the goal at hand."""
        named = getattr(data.get("callback_data"), "goal", None)
        engine, desk = data["engine"], data["desk"]
        if isinstance(named, int) and named > 0 and isinstance(engine, Engine) and isinstance(desk, Desk):
            data["goal"] = await own_goal(engine, desk, named)
            handled = await handler(event, data)
            return desk.turned_away(handled) if isinstance(handled, Handled) else handled
        return await handler(event, data)


def subject_of(message: Message) -> CallbackData | None:
    """What the message that is replied to was about: a task, blockage, plan, finding, deadline or end; None for others.

    Its buttons say it; a message whose buttons have served says it by the task's id.
    """
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or not replied.from_user.is_bot:
        return None
    rows = replied.reply_markup.inline_keyboard if replied.reply_markup is not None else []
    taps = [read_tap(button.callback_data or "") for row in rows for button in row]
    told_of = {(tap.goal, tap.task) for tap in taps if isinstance(tap, TaskTap)}
    told_of |= {(tap.goal, 0) for tap in taps if isinstance(tap, GoalTap) and tap.deed is GoalDeed.REOPEN}
    if len(told_of) > 1:
        return None  # a list of several tasks, or of goals that have ended
    for tap in taps:
        if isinstance(tap, TaskTap | BlockageTap) and tap.deed in LISTS:
            continue
        if isinstance(tap, GoalTap) and tap.deed in (GoalDeed.DAY_MORE, GoalDeed.REOPEN) and len(rows[0]) < 3:
            return tap  # a passed deadline, or an end; on a card, Reopen has two neighbours
        if isinstance(tap, GoalTap) and tap.deed is GoalDeed.NEW_DATE and len(rows) == 1:
            return tap  # a deadline in doubt; on a card, the other buttons stand below
        if isinstance(tap, _SUBJECTS):
            return tap
    return _by_id(replied)


def _by_id(replied: Message) -> TaskTap | None:
    for entity in replied.entities or []:
        if entity.type == "code":
            try:
                goal, task = parse_task_id(entity.extract_from(replied.text or ""))
                return TaskTap(deed=TaskDeed.DONE, goal=goal, task=task, revision=0)
            except ValueError:
                continue
    return None


def _is_for_card(message: Message) -> bool:
    """Whether it says to a goal's card what a command does: «pause», «re-plan: the office has moved»."""
    replied = message.reply_to_message
    if replied is None or replied.reply_markup is None or not command_said(message.text or "")[0]:
        return False
    taps = [read_tap(button.callback_data or "") for row in replied.reply_markup.inline_keyboard for button in row]
    return any(isinstance(tap, GoalTap) and tap.deed is GoalDeed.LOG for tap in taps)


def is_of_before(message: Message, dialogue: Dialogue) -> bool:
    """Whether it replies to something of ours that is older than the dialogue."""
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or not replied.from_user.is_bot:
        return False
    return replied.message_id < number_in(dialogue.facts, SINCE)


def is_command(message: Message) -> bool:
    """Whether it begins like a command."""
    return (message.text or "").startswith("/")


class InDialogue(Filter):
    """Words said while this dialogue is open, by the person it is with; a reply to something else is not for it."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, message: Message, desk: Desk) -> Injected:
        """Hand over the dialogue's `facts` and the `words`."""
        dialogue = desk.dialogue_of(self.name)
        if dialogue is None or not message.text or is_command(message) or subject_of(message) is not None:
            return False
        if _is_for_card(message) or is_of_before(message, dialogue):
            return False
        return {"facts": dialogue.facts, "words": message.text}


class About(Filter):
    """A reply, in words, to a message about a task, a blockage or a plan."""

    def __init__(self, *kinds: type[CallbackData]) -> None:
        self.kinds = kinds

    async def __call__(self, message: Message, engine: Engine, desk: Desk) -> Injected:
        """Hand over the `subject`, its `goal`, the `words` and the message `answered`."""
        subject = subject_of(message) if message.text and not is_command(message) else None
        if not isinstance(subject, self.kinds) or message.reply_to_message is None:
            return False
        goal = await own_goal(engine, desk, int(getattr(subject, "goal", 0)))
        answered = message.reply_to_message.message_id
        return {"subject": subject, "goal": goal, "words": message.text, "answered": answered}
