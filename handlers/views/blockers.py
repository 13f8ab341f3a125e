"""Blockages as people see them: what is needed, from whom, what was tried, and how each kind is met."""

import datetime as dt
import re
from collections.abc import Sequence

from aiogram.utils.formatting import Bold, Italic, Text

from engine.blockages import FITTING_STRATEGIES, Blockage, BlockageKind, Strategy
from engine.execution.blocking import NO_WAY
from engine.goals import Goal
from engine.records import Outgoing
from engine.tasks import Task
from engine.values import ChatId
from handlers import keyboards
from handlers.callbacks import BlockageDeed, BlockageTap
from handlers.keyboards import KIND_LABELS
from handlers.views.letters import Sheet, letter, line, sentence, stacked, words
from handlers.views.money import shortage_message
from handlers.views.tasks import task_place
from handlers.views.times import distance, moments_here

STRATEGY_WORDS: dict[Strategy, str] = {
    Strategy.REORDER: "I do what is missing first",
    Strategy.WAIT: "I wait and try again",
    Strategy.ADAPT: "I change the plan",
    Strategy.ASK: "I ask you",
    Strategy.SKIP: "I skip the task (never a critical one)",
}
KIND_MEANS: dict[BlockageKind, str] = {
    BlockageKind.DEPENDENCY: "a task misses what another one was to bring",
    BlockageKind.RESOURCE: "a budget, a limit or a service is used up or away",
    BlockageKind.ERROR: "a task was tried and did not work",
    BlockageKind.EXTERNAL: "only somebody outside can help",
}


TRIED_WORDS: dict[str, str] = {
    "wait": "Waiting, then looking again",
    "reorder": "Another order",
    "adapt": "Another plan",
    "budget": "A larger budget",
    "you": "Your answer",
}
"""What was tried, by the engine's word for it; attempts count themselves («3 attempts»)."""
_WHEN = re.compile(r"\b(?:when|dates?|days?|what time|how long)\b", re.I)
_WHAT_IS_TO_CHANGE = (
    "What is to change? «Re-plan» takes it in your words; «It is resolved» has it tried once more as it is."
)


def tried_words(what: str, result: str, zone: str, now: dt.datetime, at: dt.datetime | None = None) -> str:
    """One thing that was tried and what came of it, with moments in the chat's zone; `at` None: when is said beside."""
    told = moments_here(line(result, 150), zone, now) if result.strip() else ""
    when = f" ({distance(at, now)})" if at is not None else ""
    return f"{TRIED_WORDS.get(what, line(what, 150))}{when}{': ' + told if told else ''}"


def asked_about(goal: Goal, task: Task) -> list[Blockage]:
    """What holds a task up that «It is resolved» answers, the newest last."""
    return [one for one in goal.blockages_of(task.number) if one.asks_person]


def asks_when(blockage: Blockage) -> bool:
    """Whether a day alone is the answer to what is needed."""
    return _WHEN.search(blockage.needed) is not None


def blockage_message(goal: Goal, blockage: Blockage, zone: str, now: dt.datetime) -> Outgoing:
    """A blockage that a person can help with: what is needed, from whom, how, and the buttons that fit."""
    if blockage.shortage is not None:
        return shortage_message(goal, blockage, zone, now)
    task = goal.tasks.get(blockage.task) if blockage.task is not None else None
    no_way = is_last_way_gone(blockage)
    lines: list[Text | str] = [Text("🚧 ", Bold("I know of no other way" if no_way else "Something is in the way"))]
    lines.append(Text("Goal: ", line(goal.name, 150)) if task is None else task_place(goal, task))
    if task is not None:
        lines.append(Text("Task: ", line(task.title, 200)))
    described = sentence(moments_here(words(blockage.description, 900), zone, now))
    lines += ["", described or KIND_MEANS[blockage.kind].capitalize()]
    whom = "" if blockage.from_whom.strip().lower() == "you" else blockage.from_whom
    for label, told in (("Needed", blockage.needed), ("From", whom), ("How", blockage.how)):
        if told.strip() and (not blockage.description.strip() or blockage.description.strip() not in told):
            lines.append(Text(Bold(f"{label}: "), words(told, 500)))
    if blockage.tried:
        lines += ["", Bold("Tried so far"), *_tried(blockage, zone, now, 6)]
    others = "Everything that doesn't depend on it goes on." if blockage.task is not None else ""
    asks = _WHAT_IS_TO_CHANGE if no_way else "Press a button, or reply with what I need to know."
    lines += ["", f"{others} {asks}".strip()]
    return letter(goal.chat or ChatId(0), stacked(lines), keyboards.blockage_buttons(goal, blockage), goal.id)


def is_last_way_gone(blockage: Blockage) -> bool:
    """Whether it is asked about because no other way is left: the same once more would change nothing."""
    return bool(blockage.tried) and blockage.tried[-1].result.endswith(NO_WAY)


def _tried(blockage: Blockage, zone: str, now: dt.datetime, most: int) -> list[str]:
    """What was tried; a result that only repeats what is in the way is left out."""
    found: list[str] = []
    for one in blockage.tried[-most:]:
        result = "" if one.result.strip() == blockage.description.strip() else one.result
        found.append(f"• {tried_words(one.what, result, zone, now, one.at)}")
    return found


def blockage_gone(goal: Goal, words_for_it: str) -> Outgoing:
    """What a blockage's message becomes when its buttons have served."""
    body = stacked([words_for_it, Text("🎯 ", line(goal.name, 150))])
    return letter(goal.chat or ChatId(0), body, (), goal.id)


def put_off(goal: Goal, task: Task, said: str, until: str) -> Outgoing:
    """What a blockage's message becomes when somebody said until when it is in the way."""
    told = f"⏳ Kept: {words(said, 500)}"
    waits = f"«{line(task.title, 150)}» waits until {until}, and goes on then."
    body = stacked([told, Text("🎯 ", line(goal.name, 150)), "", waits])
    deeds = (("It is resolved", BlockageDeed.RESOLVED), ("Skip the task", BlockageDeed.SKIP))
    buttons = [
        [keyboards.button(label, BlockageTap(deed=deed, goal=goal.id, blockage=one.number)) for label, deed in deeds]
        for one in goal.blockages_of(task.number)[:1]
    ]
    return letter(goal.chat or ChatId(0), body, buttons, goal.id)


def blocker_list(family: Sequence[Goal], zone: str, now: dt.datetime) -> Outgoing:
    """The open blockages of a goal (the first of its family) and of its sub-goals, each with what was tried."""
    goal = family[0]
    chat = goal.chat or ChatId(0)
    head: list[Text | str] = [Text(Bold("Blockers"), f" · {line(goal.name, 150)}")]
    found = [(one, blockage) for one in family for blockage in one.blockages.values()]
    if not found:
        head += ["", "Nothing is in the way."]
    entries = [_entry(one, blockage, zone, now, below=one is not goal) for one, blockage in found]
    return letter(chat, Sheet(head=head, items=entries).text(), keyboards.blockers_buttons(family, zone, now), goal.id)


def _entry(goal: Goal, blockage: Blockage, zone: str, now: dt.datetime, *, below: bool) -> Text:
    task = goal.tasks.get(blockage.task) if blockage.task is not None else None
    body: list[Text | str] = [
        Text("\n🚧 ", Bold(f"{blockage.number}. {sentence(moments_here(line(blockage.description, 200), zone, now))}")),
        f"{KIND_LABELS[blockage.kind]} · {distance(blockage.raised_at, now)} · {STRATEGY_WORDS[blockage.strategy]}",
    ]
    if below:
        body.append(Text("🎯 ", line(goal.name, 120)))
    if task is not None:
        body.append(f"Holds up {task.number}. {line(task.title, 120)}")
    tried = _tried(blockage, zone, now, 4)
    body += [Italic("Tried:"), *tried] if tried else [Italic("Nothing was tried yet.")]
    return stacked(body)


def strategy_list(goal: Goal) -> Outgoing:
    """How each kind of blockage is met in this goal."""
    lines: list[Text | str] = [Text(Bold("How blockers are met"), f" · {line(goal.name, 120)}"), ""]
    for kind, label in KIND_LABELS.items():
        lines += [Text(Bold(label), f" ({KIND_MEANS[kind]})"), f"→ {STRATEGY_WORDS[goal.strategy(kind)]}"]
    lines += ["", "Press a kind to change what I do."]
    return letter(goal.chat or ChatId(0), stacked(lines), keyboards.kind_buttons(goal), goal.id)


def strategy_choice(goal: Goal, kind: BlockageKind) -> Outgoing:
    """The ways to meet one kind of blockage."""
    ways = [f"{'•' if goal.strategy(kind) is way else '–'} {STRATEGY_WORDS[way]}" for way in FITTING_STRATEGIES[kind]]
    lines: list[Text | str] = [
        Text(Bold(KIND_LABELS[kind]), f": {KIND_MEANS[kind]}."),
        "",
        "What shall I do then?",
        *ways,
    ]
    return letter(goal.chat or ChatId(0), stacked(lines), keyboards.strategy_buttons(goal, kind), goal.id)
