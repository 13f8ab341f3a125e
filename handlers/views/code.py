"""Messages about code goals before they run: what is asked, what is missing, and what a person may hand in."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from aiogram.utils.formatting import Bold, Code, Italic, Text

from engine.coding.options import ACCEPTANCE
from engine.coding.reports import Footing
from engine.coding.repositories import Repository
from engine.coding.summing_up import summed_up
from engine.coding.works.names import HAND_IN, Part
from engine.execution.hand_ins import (
    AS_IT_IS,
    Start,
    chosen_start,
    handed_by,
    left_by_model,
    to_try,
    why_handed_back,
)
from engine.goals import Goal, GoalStatus, Priority
from engine.records import Outgoing
from engine.tasks import Task
from engine.values import ChatId, GoalId
from handlers import keyboards
from handlers.callbacks import TaskDeed
from handlers.code.callbacks import CodeDeed, CodePlaceTap, CodeTap, HandInTap, StartTap, WhatForTap
from handlers.code.drafts import CodeDraft
from handlers.reading.code import CodeKind
from handlers.views.letters import few, letter, line, stacked, words
from handlers.views.signs import PRIORITY_WORDS
from handlers.views.times import moment, plural

_QUESTIONS = {
    CodeKind.FIX: "Which bug? Say in a line what goes wrong, such as «the total of an empty basket is 1». More lines"
    " may tell how to see it.",
    CodeKind.FEATURE: "Which feature? Name it in a line, such as «a search over titles». Each further line may be an"
    " example of what it does: «searching tea finds Green tea».",
    CodeKind.REFACTORING: "What shall be refactored? Name a file, a module or a function, such as «shop/basket.py».",
    CodeKind.TESTS: "What shall be tested? Name a file, a module or a function, such as «shop/basket.py».",
}
_MOST_EXAMPLES = 10


def ask_what(chat: ChatId, kind: CodeKind, of: int, problem: str = "") -> Outgoing:
    """/fix and the others without a description."""
    return letter(chat, stacked([*_problem(problem), _QUESTIONS[kind]]), keyboards.leave_button(of))


def ask_when(chat: ChatId, of: int, problem: str) -> Outgoing:
    """A deadline that could not be read."""
    asked = "By when, then? Such as «by Friday», «in 2 weeks» or «none»."
    return letter(chat, stacked([*_problem(problem), asked]), keyboards.leave_button(of))


def ask_where(chat: ChatId, found: Sequence[Repository], of: int, problem: str = "") -> Outgoing:
    """Which repository, by button or in words."""
    taps = [keyboards.button(f"📦 {one.name}", CodePlaceTap(repository=one.id, of=of)) for one in found]
    rows = [*keyboards.in_rows(taps[:90], 2), *keyboards.leave_button(of)]
    return letter(chat, stacked([*_problem(problem), "In which repository?"]), rows)


def ask_how_tested(chat: ChatId, name: str, of: int, problem: str = "") -> Outgoing:
    """A repository whose tests nobody knows how to run."""
    asked = Text(
        "How are the tests of ", Bold(line(name, 60)), " run? The last word on a code goal is theirs. Write the"
        " command, such as ", Code("pytest -q"), " or ", Code("npm test"), "; I keep it for the next time.",
    )  # fmt: skip
    return letter(chat, stacked([*_problem(problem), asked]), keyboards.leave_button(of))


def _problem(problem: str) -> list[Text | str]:
    return [words(problem, 900), ""] if problem else []


def no_repository(chat: ChatId, faults: Mapping[str, str], roots: Sequence[Path]) -> Outgoing:
    """Nothing to work in; `faults` are the reasons why those that are listed can't be used, by name."""
    if not roots:
        how: Text | str = (
            "Whoever runs this bot lists repositories in MILEPOST_REPOSITORIES, or names the folders whose repositories"
            " may be added here in MILEPOST_REPOSITORY_ROOTS."
        )
    else:
        told = line(", ".join(str(root) for root in roots), 300)
        how = Text("Add one from ", told, " first: ", Code("/repo add PATH"), ". Then send this again.")
    head = "None of my repositories can be used" if faults else "I know no repository to work in yet"
    away = [f"⚠️ {line(name, 60)} can't be used: {line(problem, 200)}." for name, problem in faults.items()]
    return letter(chat, stacked([Text("📦 ", Bold(head)), *away, how]))


def no_sandbox(chat: ChatId, fitness: Footing | None) -> Outgoing:
    """Nowhere to run code; None where code work isn't set up at all."""
    head = Text("🚧 ", Bold("Code can't run here yet"))
    if fitness is None:
        return letter(
            chat, stacked([head, "Code work isn't set up in this Milepost. Whoever runs it can change that."])
        )
    lines: list[Text | str] = [
        head,
        "I run code only in a sandbox, so that it can do no harm, and there is none that holds.",
        *([f"Why: {line('; '.join(fitness.faults), 600)}."] if fitness.faults else []),
        *([Text("What helps: ", line(fitness.remedy, 600), ".")] if fitness.remedy else []),
        "Once that is done, send this again; nothing was set.",
    ]
    return letter(chat, stacked(lines))


def code_goal_set(
    chat: ChatId,
    goal: tuple[GoalId, str, CodeDraft],
    place: Repository,
    fitness: Footing | None,
    seen: tuple[str, dt.datetime],
) -> Outgoing:
    """The goal was set and its plan is on the way. `goal` is its id, name and draft; `seen` the zone and now."""
    number, name, draft = goal
    tests = place.terms.test
    facts = [moment(draft.deadline, *seen)] if draft.deadline is not None else []
    facts += [f"{PRIORITY_WORDS[draft.priority]} priority"] if draft.priority is not Priority.NORMAL else []
    facts += [plural(len(draft.acceptance), "example")] if draft.acceptance else []
    lines: list[Text | str] = [
        Text("🛠 ", Bold(f"Goal {number}: {line(name, 200)}")),
        Text("📦 ", Bold(line(place.name, 60)), f", from {line(place.terms.base, 80) or 'its base branch'}"),
        *([Text("Tests: ", Code(line(tests.line, 300)))] if tests is not None else []),
        *([" · ".join(facts)] if facts else []),
        *([unsandboxed()] if fitness is not None and not fitness.holds else []),
        "",
        "It gets a branch of its own; your checkout stays as it is. I'm making the plan. It comes in a moment, and"
        " nothing runs before you press Start.",
    ]
    return letter(chat, stacked(lines), (), number)


def unsandboxed() -> str:
    """Said wherever code runs without one."""
    return "⚠️ Code runs WITHOUT a sandbox here: whoever runs this bot allows that."


def in_short(goal: Goal) -> str:
    """Branch, proof and pull request of a code goal, at the end of its line in a list; empty for other goals, and
    before it has a branch."""
    found = summed_up(goal)
    if found is None or not found.branch:
        return ""
    proof = "proven" if found.is_proven else "not proven" if goal.has_ended else "not proven yet"
    facts = ["", f"🌿 {line(found.branch, 60)}", proof, *(["committed"] if found.is_committed else [])]
    return " · ".join([*facts, *([f"🔀 {line(found.pull_request, 100)}"] if found.pull_request else [])])


def wanted_code(task: Task) -> str:
    """What is beside a task that waits for a person's code, in a list; empty for other tasks."""
    if task.work != HAND_IN:
        return ""
    if to_try(task):
        return f" · trying {line(handed_by(task), 60)}"
    return " · wants code; the last wasn't taken" if why_handed_back(task) else " · wants code"


def waiting_for_code(goal: Goal) -> list[Text | str]:
    """A line for each task of a living goal that waits for code, or whose code is being tried."""
    found = summed_up(goal) if not goal.has_ended else None
    if found is None:
        return []
    asked = [Text("🙋 Waits for your code: ", line(task.title, 200)) for task in found.waiting]
    return [*asked, *(Text("⏳ Being tried: ", line(task.title, 200)) for task in found.trying)]


# Handing in.


def hand_in_help() -> list[Text | str]:
    """What a task that waits for code accepts."""
    return [
        Bold("Reply to this message with one of these:"),
        "• a patch, as a document or pasted",
        "• the changed files as documents; a caption such as «src/shop.py» says where one belongs",
        "• «branch fix-totals», a branch of your own with your commits",
    ]


def examples(goal: Goal, task: Task) -> list[Text | str]:
    """What the code has to do, as the goal was set with examples; nothing where it has none, or the task is of a test
    for what is there."""
    told = goal.metadata.get(ACCEPTANCE)
    if not isinstance(told, list) or not told or task.inputs.get("part") not in (Part.ACCEPTANCE, Part.CHANGE):
        return []
    shown = [f"• {line(str(one), 200)}" for one in told[:_MOST_EXAMPLES]]
    more = len(told) - _MOST_EXAMPLES
    return [Bold("These have to hold:"), *shown, *([f"…and {more} more"] if more > 0 else [])]


def files_arrive(chat: ChatId, task: tuple[Goal, Task], of: int) -> Outgoing:
    """Several documents come in; one hand-in of them all."""
    goal, number = task
    body = stacked(
        [
            Text("📎 ", Bold("I'm collecting your files")),
            Text("For: ", Italic(line(number.title, 200))),
            "Press the button, or write «that's all», when all of them have arrived.",
        ]
    )
    done = keyboards.button("That's all of them", HandInTap(of=of))
    return letter(chat, body, [[done], *keyboards.leave_button(of)], goal.id)


def still_collecting(chat: ChatId, names: Sequence[str]) -> Outgoing:
    """Documents for one task came while those for another are collected."""
    told = f"I'm still collecting files for another task, and did nothing with {line(', '.join(names), 200)}."
    return letter(chat, f"✋ {told} Press «That's all of them» there, or write «that's all»; then send it again.")


def being_tried(chat: ChatId, goal: Goal, task: Task) -> Outgoing:
    """A hand-in is kept, and will be tried; or is being tried, where another one was sent."""
    lines: list[Text | str] = [*_of_task("⏳", goal, task), trial_words(goal, task)]
    return letter(chat, stacked(lines), (), goal.id)


def one_at_a_time(chat: ChatId, goal: Goal, task: Task) -> Outgoing:
    """Something that came while another is tried."""
    body = stacked([
        Text("✋ ", Bold("One at a time, please")),
        *_of_task("⏳", goal, task),
        f"What you sent before ({line(handed_by(task), 120)}) is being tried, and I did nothing with this one. I'll"
        " tell you here what came of it; if it isn't taken, send this again.",
    ])  # fmt: skip
    return letter(chat, body, (), goal.id)


def trial_words(goal: Goal, task: Task) -> str:
    """How it stands with what was handed in and is still to be tried."""
    by = handed_by(task)
    had = "I look at what is there" if by == AS_IT_IS else f"I have your {line(by, 120)}"
    if goal.status is GoalStatus.PAUSED:
        return f"{had}. The goal is paused: I try it once it goes on."
    trying = "" if by == AS_IT_IS else ", and I'm trying that now"
    return f"{had}{trying}: I run what it has to pass, and tell you here what came of it."


def handed_in(chat: ChatId, goal: Goal, task: Task) -> Outgoing:
    """What came of a hand-in, in the words of the task's outcome."""
    told = task.outcome.summary if task.outcome is not None else ""
    lines: list[Text | str] = [*_of_task("✅", goal, task), *([words(told, 1_500)] if told.strip() else [])]
    return letter(chat, stacked(lines), (), goal.id)


def _of_task(sign: str, goal: Goal, task: Task) -> list[Text | str]:
    """A task's title and place; its id is what a reply to the message is understood by."""
    place = Text("🎯 ", line(goal.name, 100), " · ", Code(f"{goal.id}.{task.number}"))
    return [Text(sign, " ", Bold(line(task.title, 300))), place]


def not_taken(chat: ChatId, goal: Goal, task: Task, why: str) -> Outgoing:
    """A hand-in that can't be used; nothing was changed, and there may be another."""
    lines: list[Text | str] = [
        Text("✋ ", Bold("I couldn't take that")),
        *_of_task("🙋", goal, task),
        "",
        words(why, 2_500),
        "",
        "Nothing was changed. Mend it and send it again, as a reply to this message.",
    ]
    return letter(chat, stacked(lines), keyboards.task_buttons(goal, task), goal.id)


NOTHING_WAITS = (
    "That is a patch, but no task of yours waits for code just now. Nothing was done with it. "
    "/goals shows what is under way; /fix and /feature begin something."
)


def what_to_send(goal: Goal, task: Task, why: str = "") -> Outgoing:
    """Words that hand nothing in; `why` says what is missing, where somebody has looked."""
    lines: list[Text | str] = [
        *_of_task("🙋", goal, task),
        words(why, 1_500) if why else "I need the code itself for that.",
        "",
        *hand_in_help(),
    ]
    return letter(goal.chat or ChatId(0), stacked(lines), keyboards.task_buttons(goal, task), goal.id)


def what_was_left(goal: Goal, task: Task) -> Outgoing:
    """What a model left behind of a task that a person was asked for already."""
    return letter(
        goal.chat or ChatId(0),
        stacked([*_of_task("🙋", goal, task), *leftovers(task)]),
        start_rows(goal, task),
        goal.id,
    )


def leftovers(task: Task) -> list[Text | str]:
    """What a model left behind, and what the person's own work begins from; nothing where nothing is left."""
    left = left_by_model(task)
    if not left:
        return []
    named = few([line(one, 100) for one in left])
    said = {
        Start.KEPT: "You go on with these: what you hand in is laid on top of them.",
        Start.CLEAN: "You start clean: they go when what you hand in is taken.",
        None: "Unless you say otherwise you start clean: they go when what you hand in is taken.",
    }
    return [Text("🧩 ", Bold("The model left changes that nothing has proven: "), named),
            said[chosen_start(task)]]  # fmt: skip


def start_rows(goal: Goal, task: Task) -> keyboards.Rows:
    """The choice between both, and what it is about; nothing where nothing is left."""
    if not left_by_model(task):
        return ()
    chosen = chosen_start(task)
    ways = (("Start clean", Start.CLEAN), ("Go on with these", Start.KEPT))
    taps = [
        keyboards.button(label, StartTap(start=start, goal=goal.id, task=task.number))
        for label, start in ways
        if start is not chosen
    ]
    return [taps, [keyboards.button("Show diff", CodeTap(deed=CodeDeed.DIFF, goal=goal.id))]]


def which_task(chat: ChatId, awaited: Sequence[tuple[Goal, Task]]) -> Outgoing:
    """Code that could be for several tasks."""
    taps = [
        [keyboards.task_tap(f"🙋 {goal.id}.{task.number} {task.title}", TaskDeed.OPEN, goal, task)]
        for goal, task in awaited[:8]
    ]
    text = "Several tasks wait for code. Open the one you mean, and reply to its message with it."
    return letter(chat, text, taps)


def what_for(chat: ChatId, names: Sequence[str], awaited: Sequence[tuple[Goal, Task]], of: int) -> Outgoing:
    """Documents that may be code for a task, or something else."""
    named = [(f"🙋 {goal.id}.{task.number} {task.title}", goal.id, task.number) for goal, task in awaited[:8]]
    taps = [keyboards.button(label, WhatForTap(of=of, goal=goal, task=task)) for label, goal, task in named]
    rows = [
        *([tap] for tap in taps),
        [keyboards.button("Something else", WhatForTap(of=of))],
        *keyboards.leave_button(of),
    ]
    return letter(
        chat,
        Text(f"📎 What {'is' if len(names) == 1 else 'are'} ", Bold(few([line(name, 100) for name in names])), " for?"),
        rows,
    )


def too_much(chat: ChatId, name: str, megabytes: int) -> Outgoing:
    """A document that is larger than bots may fetch."""
    text = f"{line(name, 100)} is too big: I can take documents of up to {megabytes} MB. Nothing was changed."
    return letter(chat, text)
