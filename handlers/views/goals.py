"""The list of a chat's goals, and the question which one is meant."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.utils.formatting import Bold, Text

from engine.goals import Priority
from engine.records import GoalRow, Outgoing
from engine.values import ChatId
from handlers import keyboards
from handlers.callbacks import GoalDeed
from handlers.views.letters import Sheet, letter, line
from handlers.views.signs import PRIORITY_WORDS, STATUS_SIGNS, STATUS_WORDS, bar
from handlers.views.times import day

GOALS_A_PAGE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalPage:
    """A page of a chat's goals; `page` counts from 0, `total` is how many there are on all pages, `others` how many
    there are in the other list (ended, or under way)."""

    rows: Sequence[GoalRow]
    ended: bool
    page: int
    total: int
    others: int


def goal_list(chat: ChatId, shown: GoalPage, zone: str, now: dt.datetime) -> Outgoing:
    """A page of goals with their bars."""
    pages = max(1, -(-shown.total // GOALS_A_PAGE))
    title = "Ended goals" if shown.ended else "Your goals"
    head: list[Text | str] = [Text("🎯 ", Bold(title), f" · {shown.total}" if shown.total else ""), ""]
    if not shown.rows:
        nothing = "None has ended yet." if shown.ended else "None is under way. Send /goal and what you want to reach."
        head.append(nothing)
    foot = ["", f"Page {shown.page + 1} of {pages}"] if pages > 1 else []
    sheet = Sheet(head=head, items=[_goal(row, zone, now) for row in shown.rows], foot=foot)
    return letter(chat, sheet.text(), keyboards.goals_list((shown.rows, shown.ended), shown.page, pages, shown.others))


def _goal(row: GoalRow, zone: str, now: dt.datetime) -> Text:
    facts = [STATUS_WORDS[row.status]]
    if row.open_blockages:
        facts.append(f"🚧 {row.open_blockages}")
    if row.priority is not Priority.NORMAL:
        facts.append(f"{PRIORITY_WORDS[row.priority]} priority")
    if row.deadline is not None:
        facts.append(f"📅 {day(row.deadline, zone, now)}")
    name = Bold(f"{row.id}. {line(row.name, 100)}")
    return Text(STATUS_SIGNS[row.status], " ", name, f"\n{bar(row.progress)} · {' · '.join(facts)}\n")


QUESTIONS: dict[GoalDeed, str] = {
    GoalDeed.OPEN: "Which goal shall I show?",
    GoalDeed.TASKS: "The tasks of which goal?",
    GoalDeed.BLOCKERS: "The blockers of which goal?",
    GoalDeed.LOG: "The log of which goal?",
    GoalDeed.FORECAST: "The forecast of which goal?",
    GoalDeed.NOTE: "Which goal is the note about?",
    GoalDeed.REPLAN: "Which goal shall I re-plan?",
    GoalDeed.FAIL: "Which goal has failed?",
    GoalDeed.CANCEL: "Which goal shall I cancel?",
    GoalDeed.BUDGET: "The budget of which goal?",
    GoalDeed.COST: "The cost of which goal?",
    GoalDeed.SPENT: "For which goal was it spent?",
}


def which_goal(chat: ChatId, rows: Sequence[GoalRow], deed: GoalDeed) -> Outgoing:
    """Asks which goal a command is about; with no goal at all, says how to get one."""
    if not rows and deed is GoalDeed.REOPEN:
        return letter(chat, "No goal has ended, so there is none to take up again. /goals shows what is under way.")
    if not rows:
        return letter(chat, "There is no goal under way. Send /goal and what you want to reach, or look at /goals.")
    return letter(chat, QUESTIONS.get(deed, "Which goal?"), keyboards.goal_choice(rows, deed))
