"""The card: the one live message that shows a goal."""

import datetime as dt
from collections.abc import Callable, Sequence

from aiogram.utils.formatting import Bold, Italic, Text

from engine.coding.remembering import pull_request_of
from engine.execution.approvals import waits_for_approval
from engine.execution.families import is_held_up
from engine.goals import Goal, GoalStatus, Priority
from engine.planning.forecasting.model import Forecast
from engine.records import Outgoing
from engine.tasks import Task, TaskStatus
from engine.values import ChatId
from handlers import keyboards
from handlers.views.code_reports import code_rows
from handlers.views.forecasts import card_lines
from handlers.views.letters import letter, line, sentence, stacked
from handlers.views.signs import (
    PRIORITY_WORDS,
    STATUS_SIGNS,
    STATUS_WORDS,
    bar,
    counted,
    lagging,
    put_off,
    waits_for_person,
)
from handlers.views.tasks import for_whom
from handlers.views.times import clock, day, moment, moments_here, plural, span

MOST = 4
"""Tasks a section of the card shows."""


def render_card(
    goal: Goal, zone: str, now: dt.datetime, below: Sequence[Goal] = (), forecast: Forecast | None = None
) -> Outgoing:
    """The goal as it stands, with the buttons that fit; `below` are the goals that serve it, `forecast` is its own
    where one is known."""
    lines: list[Text | str] = [
        Text(STATUS_SIGNS[goal.status], " ", Bold(line(goal.name, 200))),
        bar(goal.progress),
        _status(goal),
    ]
    if goal.deadline is not None:
        lines.append(_deadline(goal, zone, now))
    if goal.budget is not None:
        lines.append(f"💰 Budget: {goal.budget}")
    lines += card_lines(goal, forecast, zone, now)
    if goal.reason.strip() and goal.status is not GoalStatus.COMPLETED:
        lines.append(Italic(sentence(line(goal.reason, 300))))
    if goal.has_ended:
        lines += _ending(goal, zone, now)
    else:
        lines += [*_sections(goal, zone, now), *_held_below(below)]
    if address := pull_request_of(goal):
        lines.append(f"🔀 Pull request: {line(address, 300)}")
    lines += ["", _milestones(goal), f"Goal {goal.id} · plan {goal.plan_version}"]
    return letter(goal.chat or ChatId(0), stacked(lines), [*keyboards.card_buttons(goal), *code_rows(goal)], goal.id)


def _status(goal: Goal) -> str:
    priority = f" · {PRIORITY_WORDS[goal.priority]} priority" if goal.priority is not Priority.NORMAL else ""
    adapting = " · changing the plan" if goal.adapting is not None and not goal.has_ended else ""
    return STATUS_WORDS[goal.status].capitalize() + priority + adapting


def _deadline(goal: Goal, zone: str, now: dt.datetime) -> str:
    if goal.deadline is None or goal.has_ended:
        return f"📅 {day(goal.deadline, zone, now)}" if goal.deadline is not None else ""
    if goal.parent is not None:  # the date is what the goal above can spare, and no deadline that anybody gave
        sign = "⚠️" if goal.deadline <= now else "📅"
        return f"{sign} Needed for goal {goal.parent.goal} by {moment(goal.deadline, zone, now)}"
    if goal.deadline <= now:
        return f"⚠️ The deadline passed: {moment(goal.deadline, zone, now)}"
    return f"📅 {moment(goal.deadline, zone, now)}"


def _ending(goal: Goal, zone: str, now: dt.datetime) -> list[Text | str]:
    if goal.ended_at is None:
        return []
    took = f", after {span((goal.ended_at - goal.started_at).total_seconds())}" if goal.started_at else ""
    return [f"Ended {day(goal.ended_at, zone, now)}{took}"]


def _sections(goal: Goal, zone: str, now: dt.datetime) -> list[Text | str]:
    tasks = list(goal.live_tasks)
    if goal.status is GoalStatus.PROPOSED:
        return ["", f"{plural(len(tasks), 'task')} planned. Look at the plan and press Start."]
    running = [task for task in tasks if task.status is TaskStatus.RUNNING]
    yours = [task for task in tasks if waits_for_person(task)]
    waiting = [task for task in tasks if task.status is TaskStatus.WAITING and not waits_for_person(task)]
    pending = [task for task in tasks if task.status is TaskStatus.PENDING]
    again = [task for task in pending if task.last_error and task.due_at is not None and task.due_at > now]
    ready = [task for task in pending if goal.can_start(task, now)]
    shown = {task.number for task in (*again, *ready)}
    later = [task for task in pending if task.number not in shown]
    held = [task for task in tasks if task.status is TaskStatus.BLOCKED]
    failed = [task for task in tasks if task.status is TaskStatus.FAILED]

    def until(task: Task) -> str:
        if waits_for_approval(task):
            return ": your yes, /approvals"
        end = task.waiting.until if task.waiting is not None else None
        return f", until {clock(end, zone, now)}" if end is not None else counted(task)

    def next_try(task: Task) -> str:
        at = f", again at {clock(task.due_at, zone, now)}" if task.due_at is not None else ""
        return f"{at}: {line(task.last_error, 120)}"

    def held_by(task: Task) -> str:
        found = goal.blockages_of(task.number)
        return f": {moments_here(line(found[0].description, 120), zone, now)}" if found else ""

    return [
        *_section(_turn(goal), yours, lambda task: counted(task) + put_off(task, zone, now) + lagging(goal, task)),
        *_section("🤖 Running", running, lambda task: counted(task) + lagging(goal, task)),
        *_section("⏳ Waiting", waiting, until),
        *_section("🔁 Trying again", again, next_try),
        *_section("🚧 Blocked", held, held_by),
        *_section("⚠️ Did not work", failed, lambda task: f": {line(task.last_error, 120)}" if task.last_error else ""),
        *_section("▫️ Next", (ready + later)[: max(2, MOST - len(running) - len(yours))], counted),
        *_whole(goal),
    ]


def _turn(goal: Goal) -> str:
    """Whose turn it is when people are to do something."""
    theirs = for_whom(goal)
    return f"👤 For {theirs}" if theirs else "🙋 Your turn"


def _section(title: str, tasks: Sequence[Task], beside: Callable[[Task], str]) -> list[Text | str]:
    if not tasks:
        return []
    more = [f"   …and {len(tasks) - MOST} more"] if len(tasks) > MOST else []
    return ["", Bold(title), *(f"{task.number}. {line(task.title, 90)}{beside(task)}" for task in tasks[:MOST]), *more]


def _whole(goal: Goal) -> list[Text | str]:
    """What holds up the goal as a whole."""
    found = [one for one in goal.blockages.values() if one.task is None]
    return ["", Bold("🚧 Held up"), *(line(one.description, 200) for one in found[:MOST])] if found else []


def _held_below(below: Sequence[Goal]) -> list[Text | str]:
    """Sub-goals that need help; «Blockers» under the card has their questions."""
    held = [one for one in below if is_held_up(one)]
    if not held:
        return []
    more = [f"   …and {len(held) - MOST} more"] if len(held) > MOST else []
    return ["", Bold("🚧 Sub-goals held up"), *(_named_with_reason(one) for one in held[:MOST]), *more]


def _named_with_reason(goal: Goal) -> str:
    asked = [one.description for one in goal.blockages.values() if one.description.strip()]
    return f"{goal.id}. {line(goal.name, 90)}{f': {line(asked[0], 120)}' if asked else ''}"


def _milestones(goal: Goal) -> str:
    main = " ".join(f"{'✅' if one.reached_at else '▫️'}{one.percent}%" for one in goal.milestones if one.percent)
    own = [f"{'✅' if one.reached_at else '▫️'} {line(one.name, 60)}" for one in goal.milestones if not one.percent]
    more = [f"…and {len(own) - 6} more checkpoints"] if len(own) > 6 else []
    return "\n".join([main, *own[:6], *more])
