"""Findings in words: what was found, what speaks for it, and what «Do it» does."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiogram.utils.formatting import Bold, Italic, Text

from engine.goals import Goal
from engine.money import dollars
from engine.proactive.findings import Deed, FindingKind, FindingStatus, KeptFinding
from engine.records import Outgoing
from engine.reporting.notices import Notice
from engine.tasks import Task
from engine.values import ChatId, JsonObject, TaskNumber
from handlers import keyboards
from handlers.callbacks import FindingDeed, FindingTap
from handlers.views.letters import few, letter, line, stacked
from handlers.views.times import HOUR, day, span

DO, NOT_NOW, NEVER = "Do it", "Not now", "Never this kind"
KINDS: Mapping[FindingKind, str] = {
    FindingKind.BUDGET: "budgets that may not reach",
    FindingKind.REPEATED: "tasks that fail twice in the same way",
    FindingKind.UNCOVERED: "criteria that nothing serves",
    FindingKind.CONTRADICTED: "results that contradict each other",
    FindingKind.SLIPPING: "goals that slip behind their plan",
    FindingKind.STALLED: "goals that stand still",
    FindingKind.UNNEEDED: "tasks that may not be needed any more",
    FindingKind.SHARED: "tasks that were done for another goal",
    FindingKind.EARLIER: "tasks that could start earlier",
    FindingKind.ASK_EARLIER: "things to be asked earlier",
    FindingKind.RE_ESTIMATE: "parts that take longer or shorter than planned",
    FindingKind.ADVISED: "what a model suggests",
}
_DEEDS: Mapping[Deed, str] = {
    Deed.LOOSEN: "starts it now; the rest stays as it is.",
    Deed.SKIP: "skips the task.",
    Deed.RESTORE: "takes up again what was skipped.",
    Deed.COMPLETE: "counts the task as done, with what came out there.",
    Deed.START: "starts the plan.",
    Deed.PAUSE: "pauses the goal; Resume on its card lets it go on.",
    Deed.ASK: "stops trying and asks you what to do about it.",
    Deed.REPLAN: "plans what is missing; a larger plan waits for your yes.",
    Deed.FASTER: "looks for a faster way for what has not begun; a new plan waits for your yes.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A finding with what is needed to word it."""

    id: int
    revision: int
    kind: FindingKind
    tasks: tuple[TaskNumber, ...]
    facts: JsonObject
    deed: Deed | None
    """None where only the person knows what to do."""
    micros: int = 0
    """What the budget becomes, where it is raised."""

    def number(self, fact: str) -> float:
        """A fact as a number; 0 when there is none."""
        value = self.facts.get(fact)
        return float(value) if isinstance(value, int | float) else 0.0

    def text(self, fact: str) -> str:
        """A fact as text; empty when there is none."""
        value = self.facts.get(fact)
        return value if isinstance(value, str) else ""

    def at(self, fact: str, zone: str, now: dt.datetime) -> str:
        """A moment as a day; «some time» when there is none."""
        try:
            found = dt.datetime.fromisoformat(self.text(fact))
        except ValueError:
            return "some time"
        return day(found, zone, now) if found.tzinfo is not None else "some time"


def of_notice(notice: Notice) -> Shown | None:
    """The finding that a notice tells of; None for one of a kind that this Milepost doesn't know."""
    facts = notice.facts
    tasks, deed, micros = facts.get("tasks"), facts.get("deed"), facts.get("micros")
    if facts.get("kind") not in set(FindingKind) or not _whole(facts, "finding"):
        return None
    return Shown(
        id=_whole(facts, "finding"),
        revision=_whole(facts, "revision"),
        kind=FindingKind(str(facts.get("kind"))),
        tasks=tuple(TaskNumber(one) for one in tasks if isinstance(one, int)) if isinstance(tasks, list) else (),
        facts=facts,
        deed=Deed(deed) if deed in set(Deed) else None,
        micros=micros if isinstance(micros, int) else 0,
    )


def of_kept(kept: KeptFinding) -> Shown:
    """A finding as it is kept."""
    finding, remedy = kept.finding, kept.finding.remedy
    return Shown(
        id=kept.id,
        revision=kept.revision,
        kind=finding.kind,
        tasks=finding.tasks,
        facts=finding.facts,
        deed=remedy.deed if remedy is not None else None,
        micros=(remedy.micros or 0) if remedy is not None else 0,
    )


def _whole(facts: JsonObject, name: str) -> int:
    value = facts.get(name)
    return value if isinstance(value, int) else 0


def finding_message(goal: Goal, shown: Shown, zone: str, now: dt.datetime, beside: str = "") -> Outgoing:
    """The message that tells of a finding, with its buttons; `beside` is said first."""
    title, evidence = _WORDINGS[shown.kind](goal, shown, zone, now)
    lines: list[Text | str] = [beside, ""] if beside else []
    words = [f"In a model's words: «{line(shown.text('words'), 300)}»"] if shown.text("words").strip() else []
    told = [*([evidence] if evidence else []), *words]
    lines += [Text("💡 ", Bold(title)), *told, Italic(f"Goal: {line(goal.name, 200)}")]
    offer = _offer(shown)
    if offer:
        lines += ["", f"«{DO}» {offer}"]
    return letter(_chat(goal), stacked(lines), _buttons(goal, shown), goal.id)


def _chat(goal: Goal) -> ChatId:
    assert goal.chat is not None, "a program's goal has nobody to tell"
    return goal.chat


def _offer(shown: Shown) -> str:
    if shown.deed is Deed.RAISE:
        return f"makes the budget {dollars(shown.micros)}."
    return _DEEDS[shown.deed] if shown.deed is not None else ""


def _buttons(goal: Goal, shown: Shown) -> keyboards.Rows:
    def tap(label: str, deed: FindingDeed) -> keyboards.Button:
        return keyboards.button(label, FindingTap(deed=deed, goal=goal.id, finding=shown.id, revision=shown.revision))

    first = [tap(DO, FindingDeed.DO)] if shown.deed is not None else []
    return [[*first, tap(NOT_NOW, FindingDeed.NOT_NOW)], [tap(NEVER, FindingDeed.NEVER)]]


def in_a_line(goal: Goal, kept: KeptFinding, zone: str, now: dt.datetime) -> str:
    """A finding in the digest."""
    title, _ = _WORDINGS[kept.finding.kind](goal, of_kept(kept), zone, now)
    return f"{line(title, 200)} · {line(goal.name, 40)}"


def done_message(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> Outgoing:
    """What «Do it» came to."""
    title, _ = _WORDINGS[shown.kind](goal, shown, zone, now)
    told = {
        Deed.LOOSEN: "It no longer waits for the others.",
        Deed.SKIP: "The task is skipped; /tasks takes that back.",
        Deed.RESTORE: "What was skipped is taken up again.",
        Deed.COMPLETE: "The task counts as done.",
        Deed.START: "The plan has started.",
        Deed.PAUSE: "The goal is paused. Resume on its card lets it go on.",
        Deed.ASK: "I have stopped trying.",
        Deed.REPLAN: "🗺 I'm looking at the plan again; a new one arrives in a moment.",
        Deed.FASTER: "🗺 I'm looking for a faster way. If there is one, it comes for your yes; else the plan stays.",
        Deed.RAISE: f"The budget is {goal.budget} now." if goal.budget is not None else "The budget was raised.",
    }
    said = told[shown.deed] if shown.deed is not None else ""
    return letter(_chat(goal), stacked([Text("✅ ", Bold("Done")), line(title, 300), said]), (), goal.id)


def let_be_message(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> Outgoing:
    """«Not now»."""
    title, _ = _WORDINGS[shown.kind](goal, shown, zone, now)
    lines = [line(title, 300), "All right, I'll leave it. If it is still so in a week, I'll say so again."]
    return letter(_chat(goal), stacked(lines), (), goal.id)


def muted_message(goal: Goal, kind: FindingKind) -> Outgoing:
    """«Never this kind»."""
    return letter(_chat(goal), f"🔕 All right. I won't tell you of {KINDS[kind]} in this chat again.", (), goal.id)


def settled_message(goal: Goal, kept: KeptFinding) -> Outgoing:
    """What a stale button meets."""
    told = {
        FindingStatus.DONE: "✅ That is done already.",
        FindingStatus.DISMISSED: "You have answered this; I left it as it is.",
    }.get(kept.status, "This is no longer so; nothing is to be done about it.")
    return letter(_chat(goal), told, (), goal.id)


def unclear_message(goal: Goal) -> Outgoing:
    """Words that answer nothing."""
    return letter(_chat(goal), f"Reply «{DO.lower()}», «{NOT_NOW.lower()}» or «{NEVER.lower()}», please.", (), goal.id)


# -- the wording of each kind: a title that says it all, and what speaks for it -------------------------------------


def _named(goal: Goal, number: TaskNumber | None) -> str:
    task: Task | None = goal.tasks.get(number) if number is not None else None
    return f"«{line(task.title, 120)}»" if task is not None else "A task"


def _first(goal: Goal, shown: Shown) -> str:
    return _named(goal, shown.tasks[0] if shown.tasks else None)


def _others(goal: Goal, shown: Shown) -> str:
    named = [_named(goal, number) for number in shown.tasks[1:3]]
    more = len(shown.tasks) - 1 - len(named)
    return " and ".join(named) + (f" and {more} more" if more > 0 else "")


def _criterion(goal: Goal, shown: Shown) -> str:
    index = _whole(shown.facts, "criterion")
    return f"«{line(goal.criteria[index], 160)}»" if 0 <= index < len(goal.criteria) else "a criterion"


def _budget(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> tuple[str, str]:
    spent, rest, cap = (dollars(_whole(shown.facts, f"{name}_micros")) for name in ("spent", "expected", "cap"))
    return "The budget may not reach", f"{spent} of {cap} are spent, and the rest is expected to cost {rest}."


def _repeated(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> tuple[str, str]:
    return f"{_first(goal, shown)} failed twice in the same way", line(shown.text("error"), 300)


def _uncovered(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> tuple[str, str]:
    skipped = f"{_first(goal, shown)} was skipped." if shown.tasks else ""
    return f"Nothing in the plan serves {_criterion(goal, shown)}", skipped


def _contradicted(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> tuple[str, str]:
    about = shown.facts.get("about")
    named = few([f"«{line(str(one), 60)}»" for one in about] if isinstance(about, list) else [], 3)
    return (
        "Results contradict each other",
        f"About {named}: {_first(goal, shown)} has who says what.",
    )


def _slipping(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> tuple[str, str]:
    likely, promised = shown.at("likely", zone, now), shown.at("promised", zone, now)
    return f"It will likely be done {likely}", f"The plan said {promised} at the latest."


def _stalled(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> tuple[str, str]:
    since = shown.at("since", zone, now)
    if "version" in shown.facts:
        return f"The plan has waited for your yes since {since}", ""
    waiting = f"It waits for {_first(goal, shown)}." if shown.tasks else ""
    return f"Nothing has come further since {since}", waiting


def _unneeded(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> tuple[str, str]:
    by = _named(goal, TaskNumber(_whole(shown.facts, "by")))
    why = f"{by} asked for the same and is done." if shown.facts.get("is_twin") else f"{by} has reached its figure."
    return f"{_first(goal, shown)} may not be needed any more", why


def _shared(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> tuple[str, str]:
    other, task = _whole(shown.facts, "other"), _whole(shown.facts, "task")
    result = line(shown.text("result"), 200) if shown.text("result").strip() else ""
    came = f": {result}" if result else "."
    return (
        f"{_first(goal, shown)} was done already",
        f"For «{line(shown.text('name'), 80)}» (task {other}.{task}){came}",
    )


def _earlier(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> tuple[str, str]:
    why = f"It waits for {_others(goal, shown)} only because the plan has them in that order."
    return f"{_first(goal, shown)} could start now", why


def _ask_earlier(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> tuple[str, str]:
    late, answered = _whole(shown.facts, "late"), _whole(shown.facts, "answered")
    why = f"{late} of {answered} answers here took longer than was thought, and it need not wait for "
    return f"{_first(goal, shown)} had better be asked now", f"{why}{_others(goal, shown)}."


def _re_estimate(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> tuple[str, str]:
    planned, learned = shown.number("planned") * HOUR, shown.number("learned") * HOUR
    what = "longer" if learned > planned else "less long"
    told = f"By what was learned, {span(learned)}; it was planned with {span(planned)}."
    return f"{_criterion(goal, shown)} takes {what} than planned", told


def _advised(goal: Goal, shown: Shown, zone: str, now: dt.datetime) -> tuple[str, str]:
    if shown.deed is Deed.SKIP:
        return f"A model would do without {_first(goal, shown)}", ""
    return f"A model would do {_first(goal, shown)}{' and others' if len(shown.tasks) > 1 else ''} otherwise", ""


_WORDINGS: Mapping[FindingKind, Callable[[Goal, Shown, str, dt.datetime], tuple[str, str]]] = {
    FindingKind.BUDGET: _budget,
    FindingKind.REPEATED: _repeated,
    FindingKind.UNCOVERED: _uncovered,
    FindingKind.CONTRADICTED: _contradicted,
    FindingKind.SLIPPING: _slipping,
    FindingKind.STALLED: _stalled,
    FindingKind.UNNEEDED: _unneeded,
    FindingKind.SHARED: _shared,
    FindingKind.EARLIER: _earlier,
    FindingKind.ASK_EARLIER: _ask_earlier,
    FindingKind.RE_ESTIMATE: _re_estimate,
    FindingKind.ADVISED: _advised,
}
