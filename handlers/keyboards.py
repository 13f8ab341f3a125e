"""The buttons under messages, made from values. Pure: what a button does is told by `callbacks.py` alone."""

import datetime as dt
from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData

from engine.blockages import FITTING_STRATEGIES, Blockage, BlockageKind, Strategy
from engine.coding.works.names import HAND_IN
from engine.goals import Goal, GoalStatus
from engine.records import GoalRow
from engine.tasks import Task, TaskStatus, WaitingFor
from engine.values import GoalId, JsonValue
from handlers.callbacks import (
    BlockageDeed,
    BlockageTap,
    ChoiceTap,
    Delay,
    GoalDeed,
    GoalTap,
    LaterTap,
    LeaveTap,
    Listing,
    OfferDeed,
    OfferTap,
    OptionTap,
    PageTap,
    PlanDeed,
    PlanTap,
    SetupDeed,
    SetupTap,
    StepDeed,
    StepTap,
    StillDeed,
    StillTap,
    StrategyTap,
    TaskDeed,
    TaskTap,
    UnclearDeed,
    UnclearTap,
)
from handlers.views.letters import line
from handlers.views.signs import PRIORITY_WORDS
from handlers.views.times import moments_here

Button = dict[str, JsonValue]
Rows = Sequence[Sequence[Button]]

STRATEGY_LABELS: dict[Strategy, str] = {
    Strategy.REORDER: "Do what is missing first",
    Strategy.WAIT: "Wait and try again",
    Strategy.ADAPT: "Change the plan",
    Strategy.ASK: "Ask me",
    Strategy.SKIP: "Skip the task",
}
KIND_LABELS: dict[BlockageKind, str] = {
    BlockageKind.DEPENDENCY: "Missing groundwork",
    BlockageKind.RESOURCE: "Something used up, or away",
    BlockageKind.ERROR: "Something failed",
    BlockageKind.EXTERNAL: "Help from outside",
}
STEPS_A_PAGE = 24


def button(label: str, tap: CallbackData) -> Button:
    """One button. Labels are one line and short; longer ones are cut."""
    return {"text": line(label, 60), "callback_data": tap.pack()}


def in_rows(buttons: Sequence[Button], across: int) -> list[list[Button]]:
    """Buttons side by side, so many in a row."""
    return [list(buttons[at : at + across]) for at in range(0, len(buttons), across)]


def card_buttons(goal: Goal) -> Rows:
    """Under the card: what can be done with a goal as it stands."""

    def tap(label: str, deed: GoalDeed) -> Button:
        return button(label, GoalTap(deed=deed, goal=goal.id))

    if goal.has_ended:
        again = [tap("Reopen", GoalDeed.REOPEN)] if may_reopen(goal) else []
        return [[*again, tap("Tasks", GoalDeed.TASKS), tap("Log", GoalDeed.LOG)]]
    rows: list[list[Button]] = []
    if goal.deadline_grace is not None:
        rows.append([tap("New date", GoalDeed.NEW_DATE)])
    if goal.status in (GoalStatus.DRAFT, GoalStatus.PLANNING):
        return [*rows, [tap("Log", GoalDeed.LOG), tap("Cancel", GoalDeed.CANCEL)]]
    if goal.status is GoalStatus.PROPOSED or goal.proposed_version is not None:
        rows.append([tap("See the plan", GoalDeed.PLAN)])
    if goal.status is GoalStatus.PROPOSED:
        return [*rows, [tap("Log", GoalDeed.LOG), tap("Cancel", GoalDeed.CANCEL)]]
    paused = goal.status is GoalStatus.PAUSED
    first = tap("Resume", GoalDeed.RESUME) if paused else tap("Pause", GoalDeed.PAUSE)
    rows.append([first, tap("Tasks", GoalDeed.TASKS), tap("Blockers", GoalDeed.BLOCKERS)])
    rows.append([tap("Log", GoalDeed.LOG), tap("Re-plan", GoalDeed.REPLAN), tap("Cancel", GoalDeed.CANCEL)])
    return rows


def may_reopen(goal: Goal) -> bool:
    """Whether something is left to do, and it is not for a goal above to say whether it is needed."""
    skipped = any(task.status is TaskStatus.SKIPPED for task in goal.tasks.values())
    return goal.parent is None and (skipped or goal.status is not GoalStatus.COMPLETED)


def goal_choice(rows: Sequence[GoalRow], deed: GoalDeed) -> Rows:
    """One button a goal, for commands that need to know which is meant."""
    return [[button(f"{row.id}. {row.name}", GoalTap(deed=deed, goal=row.id))] for row in rows]


def goals_list(shown: tuple[Sequence[GoalRow], bool], page: int, pages: int, others: int) -> Rows:
    """Under a page of goals (`shown`: which, and whether they ended): one button each, and the way to the `others`."""
    rows, ended = shown
    opened = [button(f"{row.id}. {row.name}", GoalTap(deed=GoalDeed.OPEN, goal=row.id)) for row in rows]
    listing = Listing.ENDED if ended else Listing.ALIVE
    other = PageTap(listing=Listing.ALIVE if ended else Listing.ENDED)
    return [
        *in_rows(opened, 1),
        page_buttons(PageTap(listing=listing, at=page), pages),
        [button("Goals under way" if ended else "Ended goals", other)] if others or ended else [],
    ]


def page_buttons(here: PageTap, pages: int) -> list[Button]:
    """«‹» and «›», where there is somewhere to go."""
    found: list[Button] = []
    if here.at > 0:
        found.append(button(f"‹ Page {here.at}", here.model_copy(update={"at": here.at - 1})))
    if here.at + 1 < pages:
        found.append(button(f"Page {here.at + 2} ›", here.model_copy(update={"at": here.at + 1})))
    return found


def plan_buttons(goal: Goal, page: int, pages: int) -> Rows:
    """Under a plan: Start, Change, Cancel before it runs; Change alone once it does."""
    turn = page_buttons(PageTap(listing=Listing.PLAN, goal=goal.id, at=page), pages)
    change = button("Change", PlanTap(deed=PlanDeed.CHANGE, goal=goal.id, version=goal.plan_version))
    if goal.has_ended:
        return [turn]
    if goal.status is not GoalStatus.PROPOSED:
        return [turn, [change]]
    start = button("Start", PlanTap(deed=PlanDeed.START, goal=goal.id, version=goal.plan_version))
    others = [
        button(f"Use plan {option.letter}", OptionTap(goal=goal.id, version=goal.plan_version, place=place))
        for place, option in enumerate(goal.options)
        if place
    ]
    check = button("How good is it?", PlanTap(deed=PlanDeed.CHECK, goal=goal.id, version=goal.plan_version))
    why = button("Why this plan?", GoalTap(deed=GoalDeed.WHY, goal=goal.id))
    return [turn, others, [check, why], [start, change, button("Cancel", GoalTap(deed=GoalDeed.CANCEL, goal=goal.id))]]


def change_buttons(goal: Goal) -> Rows:
    """What can be changed about a plan."""

    def tap(label: str, deed: PlanDeed) -> Button:
        return button(label, PlanTap(deed=deed, goal=goal.id, version=goal.plan_version))

    return [
        [tap("Add a task", PlanDeed.ADD), tap("Drop a task", PlanDeed.DROP)],
        [tap("Move a task", PlanDeed.MOVE), tap("Reword a task", PlanDeed.REWORD)],
        [tap("‹ Back to the plan", PlanDeed.BACK)],
    ]


def step_choice(goal: Goal, tasks: Sequence[Task], deed: StepDeed) -> Rows:
    """One button a task that can still be changed, by its number. Beyond 72, the number is written as a reply."""
    taps = [
        button(str(task.number), StepTap(deed=deed, goal=goal.id, version=goal.plan_version, task=task.number))
        for task in tasks[: 3 * STEPS_A_PAGE]
    ]
    back = PlanTap(deed=PlanDeed.CHANGE, goal=goal.id, version=goal.plan_version)
    return [*in_rows(taps, 6), [button("‹ Back", back)]]


def step_places(goal: Goal, task: Task) -> Rows:
    """Where a task may be moved."""

    def tap(label: str, deed: StepDeed) -> Button:
        return button(label, StepTap(deed=deed, goal=goal.id, version=goal.plan_version, task=task.number))

    return [
        [tap("↑ Up", StepDeed.UP), tap("↓ Down", StepDeed.DOWN)],
        [tap("⤒ First", StepDeed.FIRST), tap("⤓ Last", StepDeed.LAST)],
        [button("That's it", PlanTap(deed=PlanDeed.BACK, goal=goal.id, version=goal.plan_version))],
    ]


def repair_buttons(goal: GoalId, version: int) -> Rows:
    """Under a larger plan that needs a yes."""
    return [
        [
            button("Use the new plan", PlanTap(deed=PlanDeed.ACCEPT, goal=goal, version=version)),
            button("Keep the old one", PlanTap(deed=PlanDeed.REJECT, goal=goal, version=version)),
        ]
    ]


def task_tap(label: str, deed: TaskDeed, goal: Goal, task: Task) -> Button:
    """A button about a task as it is now."""
    return button(label, TaskTap(deed=deed, goal=goal.id, task=task.number, revision=task.revision))


def options_of(task: Task) -> tuple[str, ...]:
    """What a task that decides has to choose from; empty for other tasks."""
    if task.work != "decide" and (task.waiting is None or task.waiting.what is not WaitingFor.DECISION):
        return ()
    options = task.inputs.get("options")
    if not isinstance(options, list) or len(options) < 2:
        return ()
    return tuple(option if isinstance(option, str) else str(option) for option in options)


def task_buttons(goal: Goal, task: Task) -> Rows:
    """Under a task that waits for a person."""
    last = [
        task_tap("Problem", TaskDeed.PROBLEM, goal, task),
        task_tap("Skip", TaskDeed.SKIP, goal, task),
        task_tap("Later", TaskDeed.LATER, goal, task),
    ]
    if options := options_of(task):
        return [*_option_rows(goal, task, options), last]
    if task.work == HAND_IN:
        return [[task_tap("It's there already", TaskDeed.DONE, goal, task)], last]
    if task.work == "measure":
        return [[task_tap("Report the number", TaskDeed.MEASURE, goal, task)], last]
    if task.target_count > 1:
        counts = [task_tap("+1", TaskDeed.PLUS, goal, task), task_tap("Set the count", TaskDeed.COUNT, goal, task)]
        return [counts, [task_tap("All done", TaskDeed.DONE, goal, task)], last]
    done = [task_tap("Done", TaskDeed.DONE, goal, task), task_tap("Done with a note", TaskDeed.NOTE, goal, task)]
    return [done, last]


def _option_rows(goal: Goal, task: Task, options: Sequence[str]) -> list[list[Button]]:
    taps = [
        button(option, ChoiceTap(goal=goal.id, task=task.number, revision=task.revision, option=at))
        for at, option in enumerate(options)
    ]
    return in_rows(taps, 2 if all(len(option) <= 16 for option in options) else 1)


def later_buttons(goal: Goal, task: Task) -> Rows:
    """How much later."""

    def tap(label: str, delay: Delay) -> Button:
        return button(label, LaterTap(delay=delay, goal=goal.id, task=task.number, revision=task.revision))

    return [
        [tap("In 1 hour", Delay.HOUR), tap("This evening", Delay.EVENING)],
        [tap("Tomorrow", Delay.TOMORROW), tap("Next week", Delay.WEEK)],
        [task_tap("‹ Back", TaskDeed.BACK, goal, task)],
    ]


def undo_button(goal: Goal, task: Task) -> Rows:
    """Takes back a skip."""
    return [[task_tap("Undo", TaskDeed.UNDO, goal, task)]]


def retry_buttons(goal: Goal, task: Task) -> Rows:
    """Under a task that failed."""
    again = task_tap("Try again", TaskDeed.RETRY, goal, task)
    done = task_tap("Done", TaskDeed.DONE, goal, task)
    return [[again, done, task_tap("Skip", TaskDeed.SKIP, goal, task)]]


def blockage_buttons(goal: Goal, blockage: Blockage) -> Rows:
    """Under a blockage that a person can help with."""

    def tap(label: str, deed: BlockageDeed) -> Button:
        return button(label, BlockageTap(deed=deed, goal=goal.id, blockage=blockage.number))

    rows = [[tap("It is resolved", BlockageDeed.RESOLVED), tap("Give information", BlockageDeed.INFORM)]]
    if blockage.task is not None:
        rows.append([tap("Skip the task", BlockageDeed.SKIP), tap("Re-plan", BlockageDeed.REPLAN)])
    else:
        rows.append([tap("Re-plan", BlockageDeed.REPLAN)])
    return [*rows, [tap("Stop the goal", BlockageDeed.STOP)]]


def blockers_buttons(family: Sequence[Goal], zone: str, now: dt.datetime) -> Rows:
    """Under the list of blockages of a goal and its sub-goals: each by its number, and how each kind is met."""
    goal = family[0]
    opened = [
        button(
            f"🚧 {one.number}. {moments_here(one.description, zone, now)}",
            BlockageTap(deed=BlockageDeed.OPEN, goal=holder.id, blockage=one.number),
        )
        for holder, one in [(each, one) for each in family for one in each.blockages.values()][:8]
    ]
    how = [] if goal.has_ended else [[button("How blockers are met", GoalTap(deed=GoalDeed.STRATEGIES, goal=goal.id))]]
    return [*in_rows(opened, 1), *how]


def kind_buttons(goal: Goal) -> Rows:
    """The four kinds of blockage."""
    return in_rows([button(label, StrategyTap(goal=goal.id, kind=kind)) for kind, label in KIND_LABELS.items()], 2)


def strategy_buttons(goal: Goal, kind: BlockageKind) -> Rows:
    """The ways to meet one kind of blockage; the present one is marked."""
    return [
        [
            button(
                ("• " if goal.strategy(kind) is strategy else "") + STRATEGY_LABELS[strategy],
                StrategyTap(goal=goal.id, kind=kind, strategy=strategy),
            )
        ]
        for strategy in FITTING_STRATEGIES[kind]
    ]


def confirm_buttons(goal: GoalId, yes: str, deed: GoalDeed) -> Rows:
    """A yes that can't be pressed by mistake, and the way back."""
    return [[button(yes, GoalTap(deed=deed, goal=goal)), button("Keep going", GoalTap(deed=GoalDeed.KEEP, goal=goal))]]


def reopen_button(goal: GoalId) -> Rows:
    """Takes an ended goal up again."""
    return [[button("Reopen", GoalTap(deed=GoalDeed.REOPEN, goal=goal))]]


def deadline_buttons(goal: GoalId) -> Rows:
    """Under a passed deadline."""

    def tap(label: str, deed: GoalDeed) -> Button:
        return button(label, GoalTap(deed=deed, goal=goal))

    return [
        [tap("+1 day", GoalDeed.DAY_MORE), tap("+1 week", GoalDeed.WEEK_MORE)],
        [tap("Another date", GoalDeed.NEW_DATE), tap("Let it fail", GoalDeed.LET_FAIL)],
    ]


def see_goal(goal: GoalId) -> Rows:
    """The way to the card."""
    return [[button("Show the goal", GoalTap(deed=GoalDeed.OPEN, goal=goal))]]


def leave_button(of: int) -> Rows:
    """The way out of a question."""
    return [[button("Never mind", LeaveTap(of=of))]]


def offer_buttons(message: int) -> Rows:
    """Under «Make this a goal?»."""
    yes, no = OfferTap(deed=OfferDeed.YES, of=message), OfferTap(deed=OfferDeed.NO, of=message)
    return [[button("Yes, make it a goal", yes), button("No", no)]]


def still_buttons(of: int) -> Rows:
    """Whether words are the answer to a question of long ago."""
    yes, no = StillTap(deed=StillDeed.YES, of=of), StillTap(deed=StillDeed.NO, of=of)
    return [[button("Yes, it is", yes), button("No, something new", no)]]


def example_button() -> Rows:
    """One tap to try."""
    return [[button("Try an example goal", OfferTap(deed=OfferDeed.EXAMPLE))]]


def criteria_buttons(suggestions: Sequence[str], chosen: int, of: int) -> Rows:
    """Suggested criteria, each a button, and the way on."""
    ideas = [
        [button(f"+ {text}", SetupTap(deed=SetupDeed.SUGGESTION, value=at, of=of))]
        for at, text in enumerate(suggestions)
        if text
    ]
    on = SetupTap(deed=SetupDeed.GO_ON if chosen else SetupDeed.SKIP, value=0, of=of)
    return [*ideas, [button("That's all" if chosen else "Skip", on), button("Never mind", LeaveTap(of=of))]]


def when_buttons(of: int) -> Rows:
    """Common deadlines."""

    def tap(label: str, weeks: int) -> Button:
        return button(label, SetupTap(deed=SetupDeed.WEEKS, value=weeks, of=of))

    return [
        [tap("In 1 week", 1), tap("In 2 weeks", 2)],
        [tap("In 4 weeks", 4), tap("In 3 months", 13)],
        [tap("No deadline", 0), button("Never mind", LeaveTap(of=of))],
    ]


def priority_buttons(of: int) -> Rows:
    """The four priorities."""
    taps = [
        button(word.capitalize(), SetupTap(deed=SetupDeed.PRIORITY, value=int(priority), of=of))
        for priority, word in PRIORITY_WORDS.items()
    ]
    return [taps[:2], taps[2:], [button("Never mind", LeaveTap(of=of))]]


def unclear_buttons(of: int, *, done: bool) -> Rows:
    """What somebody's words may have meant."""
    first = [button("It's done, keep this as a note", UnclearTap(deed=UnclearDeed.DONE, of=of))] if done else []
    problem = button("It's a problem", UnclearTap(deed=UnclearDeed.PROBLEM, of=of))
    note = button("Just keep it as a note", UnclearTap(deed=UnclearDeed.NOTE, of=of))
    return [first, [problem], [note, *leave_button(of)[0]]]
