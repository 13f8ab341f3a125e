"""The dispatcher with every router, in the order in which they are asked."""

from aiogram import Dispatcher

from handlers import (
    blockage_answers,
    changes,
    digest,
    errors,
    fallback,
    forecast,
    goal_card,
    goal_details,
    goal_list,
    goal_setup,
    money,
    notes,
    person_tasks,
    plain_text,
    settings,
    start,
    stats,
    task_answers,
    which_goal,
    why,
)
from handlers.approvals import answers as approval_answers
from handlers.code import branches, handing_in, what_for
from handlers.code import setting as code_goals
from handlers.conversation import hearing
from handlers.files import receiving, showing
from handlers.findings import answers as finding_answers
from handlers.gates import OwnGoals
from handlers.plans import editing, review
from handlers.questions import forwarded, leaving, listed_blockages, set_ups, still_open, undoing, unseen
from handlers.repositories import changing as repository_changes
from handlers.repositories import registering
from handlers.small_talk import COMMANDS

__all__ = ["COMMANDS", "build_dispatcher"]

_ORDER = (
    errors, unseen, forwarded, still_open, leaving, start, listed_blockages, registering, repository_changes,
    code_goals, branches, handing_in, what_for, goal_list, goal_card, goal_details, forecast, why, notes, showing,
    receiving, which_goal, settings, digest, stats, goal_setup, review, editing, person_tasks, task_answers, money,
    blockage_answers, approval_answers, finding_answers, undoing, changes, plain_text, hearing, fallback,
)  # fmt: skip
"""What is unseen or forwarded before all; commands and dialogues, then replies, then plain text, then what is left."""


def build_dispatcher() -> Dispatcher:
    """A dispatcher to feed with updates and, for each, `engine` and `desk`; what it returns is a `Handled`."""
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.message.outer_middleware(set_ups.SetUpsGoOn())
    dispatcher.callback_query.outer_middleware(set_ups.SetUpsGoOn())
    dispatcher.message.outer_middleware(still_open.OldQuestions())
    dispatcher.callback_query.middleware(OwnGoals())
    for module in _ORDER:
        dispatcher.include_router(module.routes())
    return dispatcher
