"""The plan as a message: tasks in order, what waits for what, who does it, how long it takes."""

import datetime as dt
from collections.abc import Mapping, Sequence

from aiogram.utils.formatting import Bold, Italic, Text

from engine.goals import Goal, GoalStatus
from engine.planning.quality import Circumstances, quality_of, standing_plan
from engine.records import Outgoing
from engine.tasks import ENDED_TASKS, Task
from engine.values import ChatId, TaskNumber
from engine.work.subgoals import steps_under
from handlers import keyboards
from handlers.callbacks import StepDeed
from handlers.views.letters import Keyboard, Sheet, letter, line, sentence, stacked, words
from handlers.views.plan_quality import Checked, quality_message, short_form
from handlers.views.signs import doer, is_persons, odds
from handlers.views.tasks import numbers
from handlers.views.times import hours, moment, plural

STEPS_A_PAGE = 20
STEPS_NAMED = 3
"""Tasks of a sub-goal that are named beside its own in the plan above."""
MOST_CHECKED = 120
"""Tasks up to which a plan is checked while its message is drawn, which takes some 5 ms; larger ones on request."""


def plan_message(goal: Goal, zone: str, now: dt.datetime, page: int = 0, advice: Sequence[str] = ()) -> Outgoing:
    """The newest plan, a page of it, with the buttons that fit the goal's status."""
    tasks = list(goal.live_tasks)
    pages = max(1, -(-len(tasks) // STEPS_A_PAGE))
    page = min(max(page, 0), pages - 1)
    head: list[Text | str] = [_heading(goal), *_summary(goal, tasks, zone, now), ""]
    checked = _check(goal, now) if page == 0 else []
    foot = [*_options(goal), *checked, *_foot(goal, page, pages, advice if page == 0 else ())]
    sheet = Sheet(head=head, items=[step_line(one) for one in tasks[page * STEPS_A_PAGE :][:STEPS_A_PAGE]], foot=foot)
    return letter(goal.chat or ChatId(0), sheet.text(), keyboards.plan_buttons(goal, page, pages), goal.id)


def check_message(goal: Goal, now: dt.datetime) -> Outgoing:
    """All that the check of the plan found."""
    return quality_message(_checked(goal, now))


def _checked(goal: Goal, now: dt.datetime) -> Checked:
    plan = standing_plan(goal)
    return Checked(goal=goal, plan=plan, quality=quality_of(goal, plan, Circumstances(now=now)))


def _check(goal: Goal, now: dt.datetime) -> list[Text | str]:
    """What the check says of a plan that waits for its start, in short."""
    if goal.status is not GoalStatus.PROPOSED or not 0 < len(goal.tasks) <= MOST_CHECKED:
        return []
    return ["", *short_form(_checked(goal, now))]


def _heading(goal: Goal) -> Text:
    again = goal.status is GoalStatus.PROPOSED and goal.plan_version == 1
    return Text("🗺 ", Bold(f"{'The plan' if again else f'Plan {goal.plan_version}'} for «{line(goal.name, 200)}»"))


def _summary(goal: Goal, tasks: Sequence[Task], zone: str, now: dt.datetime) -> list[str]:
    if not tasks:
        return ["It has no tasks. Add one with Change."]
    low, high = total_hours(tasks)
    yours = sum(1 for task in tasks if is_persons(task))
    below = sum(len(steps_under(task.inputs)) for task in tasks)
    more = f" (+{below} in sub-goals)" if below else ""
    found = [f"{plural(len(tasks), 'task')}{more}, {_shares(yours, len(tasks))} · {hours(low, high)} in all"]
    if goal.deadline is not None:
        found.append(f"📅 {moment(goal.deadline, zone, now)}")
        if (goal.deadline - now).total_seconds() < low * 3600:
            found.append("⚠️ Even at best this takes longer than the deadline allows.")
    return found


def _shares(yours: int, tasks: int) -> str:
    """Who does how many of the tasks."""
    if yours == 0:
        return "done by Milepost" if tasks == 1 else "all done by Milepost"
    if yours == tasks:
        return "yours" if tasks == 1 else "all yours"
    return f"{yours} of them yours"


def _options(goal: Goal) -> list[Text | str]:
    """The plans to choose between, side by side: odds, time, cost, and what sets each apart."""
    if goal.status is not GoalStatus.PROPOSED or not goal.options:
        return []
    found: list[Text | str] = ["", Bold("Ways to go about it:")]
    for name, option in zip(keyboards.PLAN_LETTERS, goal.options, strict=False):
        cost = f" · costs about {option.cost:,.0f}" if option.cost else ""
        figures = f"goes as planned {odds(option.probability)} · {hours(option.low, option.high)}{cost}"
        apart = "this one" if name == "A" else line(option.difference, 160)
        found.append(Text(Bold(name), f" · {figures}" + (f" · {apart}" if apart else "")))
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
    after = f" · after {numbers(task.depends_on)}" if task.depends_on else ""
    times = f" ({task.target_count}×)" if task.target_count > 1 and task.work != "subgoal" else ""
    condition = f" · only if «{line(task.only_if[1], 40)}»" if task.only_if else ""
    took = hours(task.estimate.low, task.estimate.high)
    return f"{task.number}. {doer(task)} {line(task.title, 100)}{times}{condition}{after} · {took}{_under(task)}"


def _under(task: Task) -> str:
    """The plan of a goal of its own, in short: « · +7 tasks in the sub-goal: Draft it, Test it and 5 more»."""
    steps = steps_under(task.inputs)
    if not steps:
        return ""
    named = ", ".join(line(step, 40) for step in steps[:STEPS_NAMED])
    more = f" and {len(steps) - STEPS_NAMED} more" if len(steps) > STEPS_NAMED else ""
    return f" · +{plural(len(steps), 'task')} in the sub-goal: {named}{more}"


def total_hours(tasks: Sequence[Task]) -> tuple[float, float]:
    """From when to when all could be done: the longest way through what is left, at best and at worst, in hours."""
    open_ones = {task.number: task for task in tasks if task.status not in ENDED_TASKS}
    return (
        _longest(open_ones, {number: task.estimate.low for number, task in open_ones.items()}),
        _longest(open_ones, {number: task.estimate.high for number, task in open_ones.items()}),
    )


def _longest(tasks: Mapping[TaskNumber, Task], cost: Mapping[TaskNumber, float]) -> float:
    """The longest way through the dependencies, in rounds, so that a chain of any length is fine."""
    before = {number: {n for n in task.depends_on if n in tasks} for number, task in tasks.items()}
    after: dict[TaskNumber, list[TaskNumber]] = {number: [] for number in tasks}
    for number, needed in before.items():
        for one in needed:
            after[one].append(number)
    ends = dict(cost)
    free = [number for number, needed in before.items() if not needed]
    while free:
        here = free.pop()
        for one in after[here]:
            ends[one] = max(ends[one], ends[here] + cost[one])
            before[one].discard(here)
            if not before[one]:
                free.append(one)
    return max(ends.values(), default=0.0)


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
