"""The digest in words: finished, running, waiting for you with buttons, at risk, next."""

import datetime as dt
import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from aiogram.utils.formatting import Bold, Text

from engine.goals import Goal
from engine.records import Outgoing
from engine.reporting.digests import AtRisk, Digest, DigestTask
from handlers import keyboards
from handlers.callbacks import BlockageDeed, BlockageTap, GoalDeed, GoalTap, TaskDeed
from handlers.views.code import in_short, wanted_code
from handlers.views.findings import in_a_line
from handlers.views.forecasts import ON_CARDS, likely_done, obstacles, odds_in_time
from handlers.views.letters import letter, line, silent, stacked
from handlers.views.signs import STATUS_SIGNS, bar, counted, lagging, odds
from handlers.views.times import clock, day, moment, moments_here

MOST = 6
"""Entries of a section."""
MOST_FOUND = 3
"""Findings: the digest is about what goes on."""
BUTTONS = 8
_Entry = TypeVar("_Entry")


def render_digest(digest: Digest, zone: str) -> list[Outgoing]:
    """The digest as one silent message; the list form leaves room for more."""
    lines: list[Text | str] = [Text("☀️ ", Bold(f"Your goals, {day(digest.now, zone, digest.now)}"))]
    if digest.is_empty:
        lines += ["", "Nothing is under way. Send /goal and what you want to reach."]
        return [silent(letter(digest.chat, stacked(lines)))]
    lines += _at_risk(digest, zone)
    lines += _finished(digest)
    lines += _for_you(digest)
    lines += _section("🤖 Running", digest.running, _until(zone, digest.now), digest)
    lines += _section("🚧 Blocked", digest.blocked, _held(zone, digest.now), digest)
    lines += _section("▫️ Next", digest.next, lambda _: "", digest)
    lines += _worth_a_look(digest, zone)
    if digest.goals:
        lines += ["", Bold("All goals"), *_most(_goal(digest, zone), digest.goals)]
    return [silent(letter(digest.chat, stacked(lines), _buttons(digest)))]


def _at_risk(digest: Digest, zone: str) -> list[Text | str]:
    """What may not make it, with what is likely to get in the way."""
    if not digest.at_risk:
        return []
    return ["", Bold("⚠️ At risk"), *_most(_risk(digest.now, zone), digest.at_risk)]


def _risk(now: dt.datetime, zone: str) -> Callable[[AtRisk], str]:
    def shown(one: AtRisk) -> str:
        reasons = [one.why] if one.why else []
        on_time = odds_in_time(one.goal, one.forecast, now) if one.forecast is not None else None
        if one.forecast is not None and on_time is not None:
            reasons.append(f"its deadline holds {odds(on_time)}")
            ahead = [found for found in one.forecast.predicted if found.kind in ON_CARDS]
            reasons += list(obstacles(one.goal, ahead, zone, now))[:1]
        return f"• {line(one.goal.name, 80)}: {line('; '.join(reasons), 240)}"

    return shown


def _worth_a_look(digest: Digest, zone: str) -> list[Text | str]:
    """What nobody asked about, the gravest first."""
    goals = {goal.id: goal for goal in digest.alive}
    found = [(goals[one.goal], one) for one in digest.findings if one.goal in goals][:MOST_FOUND]
    if not found:
        return []
    return ["", Bold("💡 Worth a look"), *(f"• {in_a_line(goal, one, zone, digest.now)}" for goal, one in found)]


def _finished(digest: Digest) -> list[Text | str]:
    def shown(one: Goal | DigestTask) -> str:
        if isinstance(one, Goal):
            return f"{STATUS_SIGNS[one.status]} {line(one.name, 90)} ({one.status.value}){in_short(one)}"
        return f"✅ {_named(one, digest)}"

    found: list[Goal | DigestTask] = [*digest.finished_goals, *digest.finished_tasks]
    if not found:
        return ["", "Nothing was finished since the last digest."]
    return ["", Bold("Finished since the last digest"), *_most(shown, found)]


def _for_you(digest: Digest) -> list[Text | str]:
    """What only the person can give: a yes to a plan, or a task."""
    beside = _since(digest.now)

    def shown(one: Goal | DigestTask) -> str:
        if isinstance(one, Goal):
            return f"• {'A larger' if one.proposed_version else 'The'} plan for «{line(one.name, 80)}»: your yes"
        return f"• {_named(one, digest)}{wanted_code(one.task)}{beside(one)}"

    found: list[Goal | DigestTask] = [*digest.plans_for_you, *digest.waiting_for_you]
    return ["", Bold("🙋 Waiting for you"), *_most(shown, found)] if found else []


def _named(one: DigestTask, digest: Digest) -> str:
    """A task; with its goal where there are several."""
    several = len(digest.goals) + len(digest.finished_goals) > 1 or one.goal.parent is not None
    goal = f" · {line(one.goal.name, 40)}" if several else ""
    return f"{line(one.task.title, 80)}{counted(one.task)}{goal}"


def _section(
    title: str, found: Sequence[DigestTask], beside: Callable[[DigestTask], str], digest: Digest
) -> list[Text | str]:
    if not found:
        return []
    return ["", Bold(title), *_most(lambda one: f"• {_named(one, digest)}{beside(one)}", found)]


def _most(shown: Callable[[_Entry], str], found: Sequence[_Entry]) -> list[Text | str]:
    """A line each for the first of them; only what is shown is put into words."""
    more = [f"…and {len(found) - MOST} more"] if len(found) > MOST else []
    return [*map(shown, found[:MOST]), *more]


def _since(now: dt.datetime) -> Callable[[DigestTask], str]:
    def beside(one: DigestTask) -> str:
        days = (now - one.task.waiting.since).days if one.task.waiting is not None else 0
        return (f" · for {days} days" if days > 1 else "") + lagging(one.goal, one.task)

    return beside


def _until(zone: str, now: dt.datetime) -> Callable[[DigestTask], str]:
    def beside(one: DigestTask) -> str:
        until = one.task.waiting.until if one.task.waiting is not None else None
        ends = f" · until {clock(until, zone, now)}" if until is not None else ""
        return f"{wanted_code(one.task)}{ends}"

    return beside


def _held(zone: str, now: dt.datetime) -> Callable[[DigestTask], str]:
    def beside(one: DigestTask) -> str:
        found = one.goal.blockages_of(one.task.number)
        return f" · {moments_here(line(found[0].description, 90), zone, now)}" if found else ""

    return beside


def _goal(digest: Digest, zone: str) -> Callable[[Goal], str]:
    def shown(goal: Goal) -> str:
        due = f" · 📅 {moment(goal.deadline, zone, digest.now)}" if goal.deadline is not None else ""
        found = digest.forecasts.get(goal.id)
        done = likely_done(found, zone, digest.now) if found is not None and goal.started_at is not None else ""
        likely = f" · 📈 {done}" if done else ""
        return f"{STATUS_SIGNS[goal.status]} {line(goal.name, 60)} {bar(goal.progress)}{due}{likely}{in_short(goal)}"

    return shown


def _buttons(digest: Digest) -> keyboards.Rows:
    plans = (
        [keyboards.button(f"🗺 {one.name}", GoalTap(deed=GoalDeed.PLAN, goal=one.id))] for one in digest.plans_for_you
    )
    tasks = (
        [keyboards.task_tap(f"🙋 {one.task.title}", TaskDeed.OPEN, one.goal, one.task)]
        for one in digest.waiting_for_you
    )
    held = (
        [
            keyboards.button(
                f"🚧 {one.task.title}", BlockageTap(deed=BlockageDeed.OPEN, goal=one.goal.id, blockage=number)
            )
        ]
        for one in digest.blocked
        for number in [blockage.number for blockage in one.goal.blockages_of(one.task.number)][:1]
    )
    mine = list(itertools.islice(itertools.chain(plans, tasks, held), BUTTONS))
    shown = [
        [keyboards.button(f"🎯 {goal.name}", GoalTap(deed=GoalDeed.OPEN, goal=goal.id))]
        for goal in digest.goals[: BUTTONS - min(len(mine), BUTTONS - 2)]
    ]
    return [*mine, *shown]


def on_request(rendered: Outgoing) -> Outgoing:
    """The same for somebody who asked for it: it may make a sound."""
    return replace(rendered, silent=False)
