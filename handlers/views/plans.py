"""The plan as a message: tasks in order, what waits for what, who does it, how long it takes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.utils.formatting import Bold, Italic, Text

from engine.goals import Goal, GoalStatus
from engine.planning.forecasting.model import Forecast
from engine.planning.quality import Circumstances, purse_of, quality_of, standing_plan
from engine.records import Outgoing
from engine.tasks import ENDED_TASKS, Task
from engine.values import ChatId
from engine.work.subgoals import steps_under
from handlers import keyboards
from handlers.callbacks import GoalDeed, GoalTap, StepDeed
from handlers.views.figures import by_deadline, on_time, outlook_of, told_apart
from handlers.views.letters import Keyboard, Sheet, few, letter, line, sentence, stacked, words
from handlers.views.plan_quality import Checked, quality_message, short_form
from handlers.views.signs import doer, is_persons, odds
from handlers.views.tasks import hangs_on
from handlers.views.times import hours, moment, plural

STEPS_A_PAGE = 20
STEPS_NAMED = 3
"""Tasks of a sub-goal that are named beside its own in the plan above."""
LONGEST_DIFFERENCE = 480
"""Characters; what sets a way apart is told in fewer, unless its methods come from a wordy library."""
MOST_CHECKED = 120
"""Tasks up to which a plan is checked while its message is drawn, which takes some 5 ms; larger ones on request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is shown with a plan besides what its goal says."""

    page: int = 0
    advice: Sequence[str] = ()
    """What the person should know about the criteria."""
    forecast: Forecast | None = None
    """Of the goal as it is; None where the plan comes with figures of its own, or nothing can be foreseen."""


def plan_message(goal: Goal, zone: str, now: dt.datetime, beside: Beside | None = None) -> Outgoing:
    """The newest plan, a page of it, with the buttons that fit the goal's status."""
    beside = beside or Beside()
    tasks = list(goal.live_tasks)
    pages = max(1, -(-len(tasks) // STEPS_A_PAGE))
    page = min(max(beside.page, 0), pages - 1)
    head: list[Text | str] = [_heading(goal), *_summary(goal, beside.forecast, zone, now), ""]
    checked = _check(goal, beside.forecast, now) if page == 0 else []
    foot = [*_options(goal, now), *checked, *_foot(goal, page, pages, beside.advice if page == 0 else ())]
    sheet = Sheet(head=head, items=[step_line(one) for one in tasks[page * STEPS_A_PAGE :][:STEPS_A_PAGE]], foot=foot)
    return letter(goal.chat or ChatId(0), sheet.text(), keyboards.plan_buttons(goal, page, pages), goal.id)


def check_message(goal: Goal, forecast: Forecast | None, now: dt.datetime) -> Outgoing:
    """All that the check of the plan found."""
    return quality_message(_checked(goal, forecast, now))


def _checked(goal: Goal, forecast: Forecast | None, now: dt.datetime) -> Checked:
    plan = standing_plan(goal)
    given = Circumstances(now=now, outlook=outlook_of(goal, forecast), budget=purse_of(goal))
    return Checked(goal=goal, plan=plan, quality=quality_of(goal, plan, given))


def _check(goal: Goal, forecast: Forecast | None, now: dt.datetime) -> list[Text | str]:
    """What the check says of a plan that waits for its start, in short."""
    if goal.status is not GoalStatus.PROPOSED or not 0 < len(goal.tasks) <= MOST_CHECKED:
        return []
    return ["", *short_form(_checked(goal, forecast, now))]


def _heading(goal: Goal) -> Text:
    again = goal.status is GoalStatus.PROPOSED and goal.plan_version == 1
    return Text("🗺 ", Bold(f"{'The plan' if again else f'Plan {goal.plan_version}'} for «{line(goal.name, 200)}»"))


def _summary(goal: Goal, forecast: Forecast | None, zone: str, now: dt.datetime) -> list[str]:
    tasks = list(goal.live_tasks)
    if not tasks:
        return ["It has no tasks. Add one with Change."]
    yours = sum(1 for task in tasks if is_persons(task))
    below = sum(len(steps_under(task.inputs)) for task in tasks)
    more = f" (+{below} in sub-goals)" if below else ""
    found = [f"{plural(len(tasks), 'task')}{more}, {_shares(yours, len(tasks))}"]
    outlook = outlook_of(goal, forecast)
    if outlook is not None:
        found[0] += f" · {hours(outlook.low, outlook.high)} in all"
    learned = goal.figures.learned if goal.figures is not None else 0
    if learned:
        whose = "the one task" if len(tasks) == 1 else f"{learned} of them"
        found.append(f"In all, {whose} by how long such tasks really took; beside each stands its first estimate.")
    if goal.budget is not None:
        found.append(f"💰 Budget: {goal.budget}")
    if goal.deadline is not None:
        odds_then = on_time(goal, forecast, now)
        holds = f" · deadline holds {odds(odds_then)}" if odds_then is not None else ""
        found.append(f"📅 {moment(goal.deadline, zone, now)}{holds}")
        if outlook is not None and (goal.deadline - now).total_seconds() < outlook.low * 3600:
            found.append("⚠️ Even when all goes well this takes longer than the deadline allows.")
    return found


def _shares(yours: int, tasks: int) -> str:
    """Who does how many of the tasks."""
    if yours == 0:
        return "done by Milepost" if tasks == 1 else "all done by Milepost"
    if yours == tasks:
        return "yours" if tasks == 1 else "all yours"
    return f"{yours} of them yours"


def _options(goal: Goal, now: dt.datetime) -> list[Text | str]:
    """The plans to choose between, side by side: odds, time, cost, and what sets each apart from the one shown."""
    if goal.status is not GoalStatus.PROPOSED or len(goal.options) < 2:
        return []
    ways = sorted(goal.options, key=lambda option: option.letter)
    likely = told_apart([None if option.changed else option.probability for option in ways])
    timely = told_apart([None if option.changed else by_deadline(goal, option.ends, now) for option in ways])
    found: list[Text | str] = ["", Bold("Ways to go about it:")]
    for option, works, holds in zip(ways, likely, timely, strict=True):
        if option.changed:
            found.append(Text(Bold(option.letter), " · this one, with what you changed by hand"))
            continue
        in_time = f" · deadline holds {holds}" if holds else ""
        cost = f" · costs about {option.cost:,.0f}" if option.cost else ""
        figures = f"goes as planned {works}{in_time} · {hours(option.low, option.high)}{cost}"
        apart = "this one" if option is goal.options[0] else line(option.difference, LONGEST_DIFFERENCE)
        found.append(Text(Bold(option.letter), f" · {figures}" + (f" · {apart}" if apart else "")))
    return found


def _foot(goal: Goal, page: int, pages: int, advice: Sequence[str]) -> list[Text | str]:
    found: list[Text | str] = []
    if pages > 1:
        found += ["", f"Page {page + 1} of {pages}"]
    if advice:
        found += ["", Italic("Worth knowing:"), *(f"• {line(one, 260)}" for one in advice[:5])]
    has_below = any(task.work == "subgoal" for task in goal.live_tasks)
    found += ["", f"🙋 you  🤖 Milepost  ⏳ time passes{'  🎯 a goal of its own' if has_below else ''}"]
    if goal.status is GoalStatus.PROPOSED:
        found.append("Nothing runs before you press Start.")
    return found


def step_line(task: Task) -> str:
    """One task of the plan: «3. 🙋 Write the outline · after 1 and 2 · 2–4 hours»."""
    times = f" ({task.target_count}×)" if task.target_count > 1 and task.work != "subgoal" else ""
    until_a_day = task.work == "wait" and "until" in task.inputs  # no matter of so many hours, and the title names it
    took = "" if until_a_day else f" · {hours(task.estimate.low, task.estimate.high)}"
    return f"{task.number}. {doer(task)} {line(task.title, 100)}{times}{hangs_on(task)}{took}{_under(task)}"


def _under(task: Task) -> str:
    """The plan of a goal of its own, in short: « · +7 tasks in the sub-goal: Draft it, Test it and 5 more»."""
    steps = steps_under(task.inputs)
    if not steps:
        return ""
    named = few([line(step, 40) for step in steps], STEPS_NAMED)
    return f" · +{plural(len(steps), 'task')} in the sub-goal: {named}"


def change_menu(goal: Goal) -> Outgoing:
    """What can be changed, by buttons or by words."""
    tips: list[Text | str] = [
        Text("✏️ ", Bold(f"Change the plan for «{line(goal.name, 150)}»")),
        "",
        "Press a button, or reply in words:",
        "• add Ask Maria for photos",
        "• drop 3",
        "• move 5 to 2, or move 5 before 2",
        "• 3: Write a shorter outline",
    ]
    return letter(goal.chat or ChatId(0), stacked(tips), keyboards.change_buttons(goal), goal.id)


def changeable(goal: Goal) -> list[Task]:
    """The tasks that can still be changed, in the order of the plan."""
    return [task for task in goal.live_tasks if task.status not in ENDED_TASKS]


def pick_step(goal: Goal, deed: StepDeed) -> Outgoing:
    """Asks which task is to be dropped, moved or reworded."""
    tasks = changeable(goal)
    asks = {StepDeed.DROP: "Which task shall I drop?", StepDeed.REWORD: "Which task shall I reword?"}
    head: list[Text | str] = [Bold(asks.get(deed, "Which task shall I move?")), ""]
    sheet = Sheet(head=head, items=[f"{task.number}. {line(task.title, 90)}" for task in tasks])
    return letter(goal.chat or ChatId(0), sheet.text(), keyboards.step_choice(goal, tasks, deed), goal.id)


def place_step(goal: Goal, number: int) -> Outgoing:
    """The order around a task that is being moved."""
    task = goal.task(number)
    tasks = changeable(goal)
    at = next((place for place, one in enumerate(tasks) if one.number == task.number), 0)
    near = tasks[max(0, at - 8) : at + 9]
    shown = [
        Bold(f"➤ {one.number}. {line(one.title, 90)}") if one is task else f"{one.number}. {line(one.title, 90)}"
        for one in near
    ]
    sheet = Sheet(head=[f"Where shall «{line(task.title, 100)}» go?", ""], items=shown)
    buttons: Keyboard = keyboards.step_places(goal, task)
    return letter(goal.chat or ChatId(0), sheet.text(), buttons, goal.id)


def repair_message(goal: Goal, version: int, reason: str, summary: str, *, grows: bool = True) -> Outgoing:
    """Another plan that waits for a yes: because it `grows`, or because nothing has failed yet."""
    lines: list[Text | str] = [
        Text("🗺 ", Bold(f"{'A larger' if grows else 'Another'} plan needs your yes")),
        Text("Goal: ", line(goal.name, 200)),
    ]
    if reason.strip():
        lines.append(Text("Why: ", sentence(words(reason, 800))))
    lines += [
        "",
        words(summary, 2000) or "It adds work beyond the present plan.",
        "",
        "The present plan goes on meanwhile.",
    ]
    return letter(goal.chat or ChatId(0), stacked(lines), keyboards.repair_buttons(goal.id, version), goal.id)


def ask_to_start(goal: Goal) -> Outgoing:
    """Whether a yes to nothing in particular was meant for a plan that has waited for long."""
    body = Text("Do you mean the plan for ", Bold(line(goal.name, 150)), "? «start» starts it.")
    tap = keyboards.button("See the plan", GoalTap(deed=GoalDeed.PLAN, goal=goal.id))
    return letter(goal.chat or ChatId(0), body, [[tap]], goal.id)


def started(goal: Goal) -> Outgoing:
    """The plan message once it was started."""
    count = len(list(goal.live_tasks))
    body = stacked(
        [
            Text("▶️ ", Bold(f"Started: {line(goal.name, 200)}")),
            f"{plural(count, 'task')}. I'll tell you of each milestone, and ask when it is your turn.",
        ]
    )
    return letter(goal.chat or ChatId(0), body, (), goal.id)
