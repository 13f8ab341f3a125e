"""The questions of setting up a goal."""

import datetime as dt
from collections.abc import Sequence

from aiogram.utils.formatting import Bold, Italic, Text

from engine.goals import Priority
from engine.planning.criteria.goal_text import read_goal
from engine.records import Outgoing
from engine.values import ChatId, GoalId
from handlers import keyboards
from handlers.callbacks import OfferDeed, OfferTap
from handlers.views.letters import Sheet, few, letter, line, stacked, words
from handlers.views.signs import PRIORITY_WORDS
from handlers.views.times import moment, plural

_MOST_POINTS = 10
"""Shown with what is offered as a goal."""


def offer(chat: ChatId, text: str, message: int, before: Sequence[str] = ()) -> Outgoing:
    """«Make this a goal?»; `before` is what was offered just before it, and may be what it belongs to."""
    said = read_goal(text)
    named = said.name if said.criteria else text
    points = [f"• {line(one, 120)}" for one in said.criteria[:_MOST_POINTS]]
    more = len(said.criteria) - len(points)
    lines: list[Text | str] = [Bold("Make this a goal?"), Italic(line(named, 300)), *points]
    lines += [f"• and {more} more"] if more else []
    rows = list(keyboards.offer_buttons(message))
    if before:
        lines += ["", f"Before it you wrote {few([f'«{line(one, 100)}»' for one in before])}."]
        rows.append([keyboards.button("It belongs to that", OfferTap(deed=OfferDeed.JOINED, of=message))])
    return letter(chat, stacked(lines), rows)


def ask_name(chat: ChatId, of: int) -> Outgoing:
    """/goal without a name."""
    return letter(
        chat,
        "What do you want to reach? One line is enough, such as «Publish my travel blog».",
        keyboards.leave_button(of),
    )


def ask_criteria(chat: ChatId, name: str, chosen: Sequence[str], buttons: keyboards.Rows) -> Outgoing:
    """What must hold for the goal to be done."""
    head: list[Text | str] = [
        Text("🎯 ", Bold(line(name, 200))),
        "",
        "How will we know that it is done? Send one point a line; five to ten that can be checked work best, such as"
        " «20 people signed up» or «https://example.org answers 200».",
    ]
    if chosen:
        head += ["", Bold("So far")]
    return letter(chat, Sheet(head=head, items=[f"✅ {line(one, 150)}" for one in chosen]).text(), buttons)


def ask_deadline(chat: ChatId, problem: str, zone: str | None, of: int) -> Outgoing:
    """By when; `problem` says why the last answer didn't do (empty at first), `zone` names an assumed zone."""
    lines: list[Text | str] = [words(problem, 600)] if problem else []
    lines.append("By when? Such as «in 2 weeks», «by Friday», «28 Nov 18:00» or «none».")
    if zone is not None:
        lines.append(Italic(f"I reckon in {zone}; /settings sets your time zone."))
    return letter(chat, stacked(lines), keyboards.when_buttons(of))


def ask_priority(chat: ChatId, of: int) -> Outgoing:
    """How urgent."""
    return letter(chat, "How important is it beside your other goals?", keyboards.priority_buttons(of))


def goal_set(
    chat: ChatId, goal: GoalId, draft: tuple[str, int, Priority], deadline: str, again: Sequence[str] = ()
) -> Outgoing:
    """The goal was set and its plan is on the way; `draft` is name, number of criteria and priority, and `again` what
    was said more than once."""
    name, criteria, priority = draft
    facts = [plural(criteria, "criterion").replace("criterions", "criteria")] if criteria else []
    facts.append(f"📅 {deadline}" if deadline else "no deadline")
    facts.append(f"{PRIORITY_WORDS[priority]} priority")
    lines: list[Text | str] = [
        Text("🎯 ", Bold(f"Goal {goal}: {line(name, 200)}")),
        " · ".join(facts),
        *_kept_once(again),
        "",
        "I'm making the plan. It comes in a moment, and nothing runs before you press Start.",
    ]
    return letter(chat, stacked(lines), (), goal)


def _kept_once(again: Sequence[str]) -> list[Text | str]:
    if not again:
        return []
    named = few([f"«{line(one, 100)}»" for one in again])
    return [f"Said more than once, kept once: {named}."]


def deadline_words(deadline: dt.datetime | None, zone: str, now: dt.datetime) -> str:
    """The deadline as the set-up shows it; empty for none."""
    return moment(deadline, zone, now) if deadline is not None else ""


def answered(chat: ChatId, question: str, answer: str) -> Outgoing:
    """A question whose buttons have served."""
    return letter(chat, stacked([question, Bold(words(answer, 300) or "–")]))
