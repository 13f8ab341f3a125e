"""Tasks as people see them: the message that asks for one, its result, and the list of a goal's tasks."""

import datetime as dt
from collections.abc import Sequence

from aiogram.utils.formatting import Bold, Code, Italic, Text
from msgspec.structs import replace

from engine.coding.works.names import HAND_IN
from engine.coding.works.outcomes import is_turned_down
from engine.execution.approvals import waits_for_approval
from engine.execution.hand_ins import to_try
from engine.execution.watching import way_to_target
from engine.goals import Goal
from engine.records import Outgoing
from engine.tasks import ENDED_TASKS, Task, TaskStatus, WaitingFor
from engine.values import ChatId, JsonValue
from engine.work.subgoals import whose
from handlers import keyboards
from handlers.callbacks import GoalDeed, GoalTap, Listing, PageTap, TaskDeed
from handlers.views.code import examples, hand_in_help, leftovers, start_rows, trial_words
from handlers.views.letters import Keyboard, Sheet, letter, line, stacked, words
from handlers.views.signs import (
    STATUS_SIGNS,
    bar,
    counted,
    number,
    percent,
    put_off,
    task_sign,
    waits_for_person,
)
from handlers.views.times import clock, hours, moment, plural

TASKS_A_PAGE = 15


def task_place(goal: Goal, task: Task) -> Text:
    """Whose task it is; its id is what a reply to an old message is understood by."""
    return Text("🎯 ", line(goal.name, 100), " · ", Code(f"{goal.id}.{task.number}"))


def ask_for_task(goal: Goal, task: Task, zone: str, now: dt.datetime) -> Outgoing:
    """A task that waits for the person, with the buttons that fit; its present state when it no longer does."""
    chat = goal.chat or ChatId(0)
    if goal.has_ended and task.status is not TaskStatus.COMPLETED:
        note = f"This goal is {goal.status.value}; nothing to do here."
        sign = task_sign(task) if task.status in ENDED_TASKS else STATUS_SIGNS[goal.status]
        return letter(chat, stacked([_title(sign, task), task_place(goal, task), note]), (), goal.id)
    if not waits_for_person(task):
        return task_state(goal, task, zone, now)
    lines: list[Text | str] = [_title("🙋", task), task_place(goal, task)]
    if task.waiting is not None and task.waiting.reminders:
        whom = for_whom(goal) or "you"
        lines[0] = Text(f"🔔 Still waiting for {whom}: ", Bold(line(task.title, 300)))
    lines += _passed_on(goal)
    if task.description.strip():
        lines += ["", words(task.description, 1500)]
    for block in (examples(goal, task), leftovers(task), _asked(task)):
        lines += ["", *block] if block else []
    rows = [*start_rows(goal, task), *keyboards.task_buttons(goal, task)]
    return letter(chat, stacked(lines), rows, goal.id)


def ask_for_many(goal: Goal, shown: Sequence[JsonValue]) -> Outgoing:
    """One message for the tasks that wait beside those that were `shown`, each with a button that brings it."""
    mine = [task for task in goal.live_tasks if waits_for_person(task) and task.number not in shown]
    of_whom = f"for {for_whom(goal)}" if for_whom(goal) else "of yours"
    waits = f"{plural(len(mine), 'more task')} {of_whom}, in any order" if mine else "Nothing more waits"
    head: list[Text | str] = [Text("🙋 ", Bold(waits)), Text("🎯 ", line(goal.name, 150))]
    buttons: list[list[keyboards.Button]] = [
        [keyboards.task_tap(f"🙋 {one.number}. {one.title}", TaskDeed.OPEN, goal, one)] for one in mine[:8]
    ]
    buttons.append([keyboards.button("All tasks", GoalTap(deed=GoalDeed.TASKS, goal=goal.id))])
    return letter(goal.chat or ChatId(0), stacked(head), buttons, goal.id)


def for_whom(goal: Goal) -> str:
    """Who is to bring a goal about, where it is somebody else's; empty for whoever asked for it."""
    name = whose(goal.metadata)
    return line(name, 40) if name else ""


def _passed_on(goal: Goal) -> list[Text | str]:
    """Who a task is for, where the goal is somebody else's: they are told nothing here."""
    theirs = for_whom(goal)
    return [f"👤 For {theirs}. I can't write to them: please pass it on, and answer for them."] if theirs else []


def _title(sign: str, task: Task) -> Text:
    return Text(sign, " ", Bold(line(task.title, 300)))


def _asked(task: Task) -> list[Text | str]:
    if task.waiting is not None and task.waiting.claim:
        return _asked_about(task)
    if keyboards.options_of(task):
        question = task.inputs.get("question")
        asked = [Text(Italic(words(question, 500)))] if isinstance(question, str) and question.strip() else []
        return [*asked, "Which one? Press a button, or reply with its name."]
    if task.work == HAND_IN:
        return hand_in_help()
    if task.work == "measure":
        return [_target(task), "What is the number? Reply with it."]
    if task.target_count > 1:
        how = f"{task.count} of {task.target_count} done. Reply with how many are done in all, or «+2» for two more."
        return [bar(task.fraction), how]
    expected = _expected(task)
    hint = "Press a button when you are through, or just reply, such as «done» or «problem: …»."
    told = bool(expected) and expected.casefold() != task.title.strip().casefold()
    return [Text("Done when: ", line(expected, 400)), hint] if told else [hint]


def _expected(task: Task) -> str:
    """What is to come of it; a criterion's «then» is left out here, where nothing stands before it."""
    from engine.planning.criteria.clauses import standing_alone  # noqa: PLC0415 - no start is to wait for it

    return standing_alone(task.expected.summary.strip())


def _asked_about(task: Task) -> list[Text | str]:
    """What a work brought, what was expected, and why a person is to say whether it is that."""
    outcome, expected = task.outcome, _expected(task)
    brought = outcome.value if outcome is not None and isinstance(outcome.value, str) else ""
    said = brought.strip() or (outcome.summary.strip() if outcome is not None else "")
    judgement = outcome.judgement if outcome is not None else None
    doubt = line(judgement.reason, 400) if judgement is not None else "only a look at it can tell."
    return [
        Text("It is done, and this came out: ", Italic(words(said, 1500))),
        *([Text("Expected was: ", line(expected, 400))] if expected else []),
        Text("I am not sure that it is what you want: ", doubt),
        "Press «Done» if it is. If not, reply «problem: …» with what is missing, and it is tried again.",
    ]


def _target(task: Task) -> str:
    expected = task.expected
    if expected.target is None:
        return "No target is set: any number helps."
    unit = f" {line(expected.unit, 40)}" if expected.unit.strip() else ""
    return f"Target: {'at most ' if expected.at_most else ''}{number(expected.target)}{unit}"


def task_state(goal: Goal, task: Task, zone: str, now: dt.datetime) -> Outgoing:
    """A task as it stands, for a message whose buttons have served; only a skip keeps one, to undo it."""
    chat = goal.chat or ChatId(0)
    buttons: Keyboard = ()
    if task.status is TaskStatus.SKIPPED and not goal.has_ended:
        buttons = keyboards.undo_button(goal, task)
    if task.status is TaskStatus.FAILED and not goal.has_ended:
        buttons = keyboards.retry_buttons(goal, task)
    state = trial_words(goal, task) if _is_tried(task) and not goal.has_ended else _state(task, zone, now)
    lines: list[Text | str] = [_title(task_sign(task), task), task_place(goal, task), state]
    said = task.outcome.summary.strip() if task.outcome is not None else ""
    if task.status is TaskStatus.COMPLETED and task.outcome is not None and said not in ("", "done"):
        lines.append(Italic(words(task.outcome.summary, 1500)))
    if task.status is TaskStatus.COMPLETED:
        lines.append(f"{bar(goal.progress)} of the goal")
    return letter(chat, stacked(lines), buttons, goal.id)


def _is_tried(task: Task) -> bool:
    """Whether what was handed in for it is being tried, or will be."""
    return task.status in (TaskStatus.PENDING, TaskStatus.RUNNING) and bool(to_try(task))


def _state(task: Task, zone: str, now: dt.datetime) -> str:
    so_far = f"{task.count} of {task.target_count} so far. " if 0 < task.count < task.target_count else ""
    match task.status:
        case TaskStatus.COMPLETED:
            return "Done."
        case TaskStatus.SKIPPED:
            return "Skipped. Nothing waits for it any more."
        case TaskStatus.SUPERSEDED:
            return "The plan has changed and does without it."
        case TaskStatus.RUNNING:
            return "Milepost is working on it."
        case TaskStatus.FAILED:
            return f"It did not work: {line(task.last_error, 600)}" if task.last_error.strip() else "It did not work."
        case TaskStatus.BLOCKED:
            until = f", and waits until {clock(task.due_at, zone, now)}" if task.due_at and task.due_at > now else ""
            return f"{so_far}It is held up{until}; /blockers says by what."
        case TaskStatus.WAITING:
            return _waits(task, zone, now)
        case TaskStatus.PENDING:
            if task.due_at is not None and task.due_at > now:
                return f"Put off: it comes back {moment(task.due_at, zone, now)}."
            return (
                f"{so_far}Its turn is still to come."
                if so_far
                else "It is back in the plan and starts when its turn comes."
            )


def _waits(task: Task, zone: str, now: dt.datetime) -> str:
    until = task.waiting.until if task.waiting is not None else None
    if task.waiting is not None and task.waiting.what is WaitingFor.JUDGEMENT:
        return "It is done; what came out is being looked at."
    if waits_for_approval(task):
        return "It waits for your yes or no; /approvals shows what it asks."
    if waits_for_person(task):
        later = task.waiting is not None and task.waiting.postponed and until is not None
        return (
            f"Later, then: I'll ask again {moment(until, zone, now)}." if later and until else "It waits for you again."
        )
    return f"Waits until {clock(until, zone, now)}." if until is not None else "It waits."


def noted_as_blocked(task: Task) -> str:
    """More about a task that is held up already."""
    return f"📝 Noted. «{line(task.title, 150)}» is held up already; /blockers shows by what."


def noted_number(goal: Goal, task: Task, told: str, zone: str, now: dt.datetime) -> Outgoing:
    """A reported number: kept, and what it means for the task."""
    if not waits_for_person(task) or goal.has_ended:
        return task_state(goal, task, zone, now)
    body = stacked(
        [
            _title("🙋", task),
            task_place(goal, task),
            "",
            Text("Noted: ", Bold(line(told, 60)), ". ", _target(task), "."),
            *_on_the_way(goal, task),
            "It isn't there yet, so I keep waiting. Reply with a new number when there is one.",
        ]
    )
    return letter(goal.chat or ChatId(0), body, keyboards.task_buttons(goal, task), goal.id)


def _on_the_way(goal: Goal, task: Task) -> list[str]:
    """Where the number reported last should be by now; nothing where there is no way that it could be on."""
    *earlier, newest = task.history.readings or (None,)
    if newest is None:
        return []
    before = replace(task, history=replace(task.history, readings=tuple(earlier)))
    way = way_to_target(goal, before, newest)
    if way is None:
        return []
    expected, off = way
    if off == 0:
        return ["That is in time for the deadline."]
    return [f"To be in time for the deadline it should be about {number(float(f'{expected:.3g}'))} by now."]


def unclear(goal: Goal, task: Task, said: str, of: int) -> Outgoing:
    """Asks what somebody's words about a task were meant to be."""
    body = stacked(
        [
            Text("What shall I do with this about ", Bold(line(task.title, 120)), "?"),
            Italic(words(said, 600)),
        ]
    )
    can_be_done = not keyboards.options_of(task) and task.work != "measure"
    return letter(goal.chat or ChatId(0), body, keyboards.unclear_buttons(of, done=can_be_done), goal.id)


def later_choice(goal: Goal, task: Task) -> Outgoing:
    """How much later."""
    body = stacked(
        [_title("🙋", task), task_place(goal, task), "", "When shall I ask again? Or reply, such as «in 3 days»."]
    )
    return letter(goal.chat or ChatId(0), body, keyboards.later_buttons(goal, task), goal.id)


def task_list(goal: Goal, zone: str, now: dt.datetime, page: int = 0) -> Outgoing:
    """The tasks of a goal in the order of the plan, a page of them."""
    tasks = sorted(
        (t for t in goal.tasks.values() if t.status is not TaskStatus.SUPERSEDED), key=lambda t: (t.position, t.number)
    )
    pages = max(1, -(-len(tasks) // TASKS_A_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = tasks[page * TASKS_A_PAGE : (page + 1) * TASKS_A_PAGE]
    done = sum(1 for task in tasks if task.status is TaskStatus.COMPLETED and not is_turned_down(goal, task))
    head: list[Text | str] = [
        Text(Bold("Tasks"), f" · {line(goal.name, 100)}"),
        f"{done} of {len(tasks)} done · {percent(goal.progress)}" if tasks else "There is no plan yet.",
        "",
    ]
    foot = ["", f"Page {page + 1} of {pages}"] if pages > 1 else []
    sheet = Sheet(head=head, items=[task_line(goal, task, zone, now) for task in shown], foot=foot)
    turn = keyboards.page_buttons(PageTap(listing=Listing.TASKS, goal=goal.id, at=page), pages)
    mine = [] if goal.has_ended else _page_buttons(goal, shown)
    return letter(goal.chat or ChatId(0), sheet.text(), [*mine, turn], goal.id)


def _page_buttons(goal: Goal, shown: Sequence[Task], most: int = 8) -> list[list[keyboards.Button]]:
    """One button for each task of a page that waits for the person, or that did not work and can be tried again."""
    mine = [(f"🙋 {one.number}. {one.title}", one) for one in shown if waits_for_person(one)]
    failed = [(f"⚠️ {one.number}. {one.title}", one) for one in shown if one.status is TaskStatus.FAILED]
    return [[keyboards.task_tap(label, TaskDeed.OPEN, goal, one)] for label, one in [*mine, *failed][:most]]


def task_line(goal: Goal, task: Task, zone: str, now: dt.datetime) -> str:
    """One task in a list."""
    sign, beside = task_sign(task), _beside(task, zone, now)
    if is_turned_down(goal, task):
        sign, beside = "↩️", " · written; no proof of it holds"
    return f"{sign} {task.number}. {line(task.title, 110)}{counted(task)}{beside}"


def _beside(task: Task, zone: str, now: dt.datetime) -> str:
    match task.status:
        case TaskStatus.WAITING if waits_for_person(task):
            return put_off(task, zone, now) or " · waits for you"
        case TaskStatus.WAITING if waits_for_approval(task):
            return " · waits for your yes, /approvals"
        case TaskStatus.WAITING if task.waiting is not None and task.waiting.until is not None:
            return f" · until {clock(task.waiting.until, zone, now)}"
        case TaskStatus.PENDING if task.due_at is not None and task.due_at > now:
            return f" · not before {clock(task.due_at, zone, now)}"
        case TaskStatus.PENDING:
            return f"{hangs_on(task)} · {hours(task.estimate.low, task.estimate.high)}"
        case _:
            return ""


def hangs_on(task: Task) -> str:
    """The choice that keeps a task, and what it comes after: « · only if «Yes» · after 1 and 2»."""
    condition = f" · only if «{line(task.only_if[1], 40)}»" if task.only_if else ""
    return condition + (f" · after {_numbers(task.depends_on)}" if task.depends_on else "")


def _numbers(tasks: tuple[int, ...]) -> str:
    """«1, 2 and 5»; long lists are shortened."""
    shown = [str(one) for one in tasks[:6]]
    if len(tasks) > len(shown):
        return f"{', '.join(shown)} and {len(tasks) - len(shown)} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
