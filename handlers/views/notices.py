"""Notices in words, made when they leave, so that they tell the truth of that moment."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiogram.utils.formatting import Bold, Italic, Text
from msgspec import ValidationError, convert

from engine.coding.options import CODE
from engine.coding.reports import BaseStanding, CodeReport, Flagged, LaidOnBase, WayOut
from engine.execution.consequences import road_closed
from engine.execution.hand_ins import AS_IT_IS
from engine.goals import Goal, GoalStatus
from engine.records import Outgoing
from engine.reporting.notices import Notice, NoticeKind
from engine.tasks import TaskStatus
from engine.values import JsonValue, TaskNumber
from handlers import keyboards
from handlers.callbacks import GoalDeed, GoalTap
from handlers.code.faults import told
from handlers.views import approvals, blockers, code, findings, money, plans, repositories, tasks
from handlers.views.changes import DONE_ALREADY
from handlers.views.code_reports import Shown, flagged_message, laid_words, report_message
from handlers.views.letters import Keyboard, Sheet, few, letter, line, sentence, stacked, words
from handlers.views.signs import bar, odds, percent, waits_for_person
from handlers.views.times import day, moment, plural, span

MEANINGS: dict[int, str] = {
    10: "The groundwork is laid; the real work is under way.",
    25: "A quarter of the way: the first results stand.",
    50: "Half of the way is behind you.",
    75: "Three quarters done: the end is in sight.",
    100: "All that was to be reached is reached.",
}


_BUT_FOR_SOME = "All that was not left out is done."
_NOTHING_TO_CHANGE = "As things stand I know of no better way. What is to change?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A notice with what is needed to word it."""

    notice: Notice
    goal: Goal | None
    """The goal as it is now; None when the notice is about none, or it is gone."""
    zone: str
    now: dt.datetime

    @property
    def name(self) -> str:
        """The goal's name for a line."""
        return line(self.goal.name, 200) if self.goal is not None else "–"

    def text(self, fact: str) -> str:
        """A fact as text; empty when there is none."""
        value = self.notice.facts.get(fact)
        return value if isinstance(value, str) else ""

    def number(self, fact: str) -> float:
        """A fact as a number; 0 when there is none."""
        value = self.notice.facts.get(fact)
        return float(value) if isinstance(value, int | float) else 0.0

    def texts(self, fact: str) -> list[str]:
        """A fact as a list of texts."""
        value = self.notice.facts.get(fact)
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []

    def at(self, fact: str) -> dt.datetime | None:
        """A fact as a moment; None when there is none."""
        try:
            found = dt.datetime.fromisoformat(self.text(fact))
        except ValueError:
            return None
        return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)

    def letter(self, lines: Sequence[Text | str], buttons: Keyboard = ()) -> Outgoing:
        """These lines as a message."""
        return letter(self.notice.chat, stacked(lines), buttons, self.notice.goal)


def render_notice(notice: Notice, goal: Goal | None, zone: str, now: dt.datetime) -> Outgoing:
    """A notice as a message; `goal` is its goal as it is now."""
    occasion = Occasion(notice=notice, goal=goal, zone=zone, now=now)
    wording = _WORDINGS[notice.kind]
    if goal is None and notice.kind not in _ABOUT_NO_GOAL:
        rendered = occasion.letter(["This goal is no longer here."])
    else:
        rendered = wording(occasion)
    payload = {**rendered.payload}
    return Outgoing(chat=notice.chat, payload=payload, goal=notice.goal, silent=notice.silent)


def _goal_created(o: Occasion) -> Outgoing:
    name = line(o.text("name"), 200) if o.text("name") else o.name
    lines: list[Text | str] = [Text("🎯 ", Bold("New goal")), name]
    if o.goal is not None and o.goal.parent is not None:
        lines.append(f"It serves task {o.goal.parent.goal}.{o.goal.parent.task} and starts with it.")
    return o.letter(lines, keyboards.see_goal(o.goal.id) if o.goal is not None else ())


def _plan_ready(o: Occasion) -> Outgoing:
    if o.goal is None or o.goal.has_ended:
        return _over(o)
    advice = () if o.goal.metadata.get(CODE) else o.texts("advice")  # a code goal has one criterion, and that will do
    return plans.plan_message(o.goal, o.zone, o.now, plans.Beside(advice=advice))


def _over(o: Occasion) -> Outgoing:
    status = o.goal.status.value if o.goal is not None else "gone"
    return o.letter([Bold(o.name), f"The goal is {status}."])


def _milestones(o: Occasion) -> Outgoing:
    marks = _marks(o.notice.facts.get("marks"))
    title = "Milestone achieved" if len(marks) < 2 else f"{len(marks)} milestones achieved"
    lines: list[Text | str] = [Text("🎯 ", Bold(title)), *(Bold(line(name, 200)) for name, _ in marks[:20])]
    lines += [f"Goal: {o.name}", f"Progress: {percent(o.number('progress'))}"]
    reached = max((mark for _, mark in marks), default=0)
    meaning = MEANINGS.get(reached, "A checkpoint of your plan is behind you.")
    lines += ["", _BUT_FOR_SOME if reached == 100 and _is_left_out(o.goal) else meaning]
    return o.letter(lines)


def _is_left_out(goal: Goal | None) -> bool:
    """Whether something that a criterion hangs on was skipped, neither by a choice nor because it was so already."""
    return goal is not None and any(
        task.critical and not road_closed(goal, task) and task.last_error != DONE_ALREADY
        for task in goal.tasks.values()
        if task.status is TaskStatus.SKIPPED
    )


def _marks(value: JsonValue) -> list[tuple[str, int]]:
    if not isinstance(value, list):
        return []
    found: list[tuple[str, int]] = []
    for one in value:
        if isinstance(one, dict):
            mark = one.get("percent")
            found.append((str(one.get("name") or "Checkpoint"), int(mark) if isinstance(mark, int | float) else 0))
    return found


def _plan_adapted(o: Occasion) -> Outgoing:
    changed = any(o.number(fact) for fact in ("added", "superseded", "reset", "rewired", "reordered"))
    lines: list[Text | str] = [
        Text("🗺 ", Bold("The plan has changed" if changed else "I went over the plan again")),
        f"Goal: {o.name}",
        f"Plan {o.number('old_version'):.0f} → plan {o.number('new_version'):.0f}",
    ]
    if o.text("reason").strip():
        lines.append(Text("Why: ", sentence(words(o.text("reason"), 700))))
    if o.text("summary").strip():
        lines += ["", words(o.text("summary"), 1500)]
    counts = (("kept", "done and kept"), ("added", "new"), ("superseded", "dropped"), ("reset", "tried afresh"))
    told = [f"{o.number(fact):.0f} {name}" for fact, name in counts if o.number(fact)]
    if told and changed:
        lines += ["", f"Tasks: {', '.join(told)}"]
    buttons = keyboards.see_goal(o.goal.id) if o.goal is not None else ()
    if o.goal is not None and o.goal.status is GoalStatus.PROPOSED:  # the message with its Start is of the plan before
        buttons = [[keyboards.button("See the plan", GoalTap(deed=GoalDeed.PLAN, goal=o.goal.id))]]
    if o.notice.facts.get("to_ask") is True and o.goal is not None:
        if before := o.texts("before"):
            lines += ["", Bold("Changed since the last step that was done"), *(f"• {line(one, 200)}" for one in before)]
        lines += ["", _NOTHING_TO_CHANGE]
        buttons = [[keyboards.button("Say what changed", GoalTap(deed=GoalDeed.REPLAN, goal=o.goal.id)), *buttons[0]]]
    return o.letter(lines, buttons)


def _repair_proposed(o: Occasion) -> Outgoing:
    version = int(o.number("version"))
    withdrawn = o.text("withdrawn")
    if withdrawn:
        lines: list[Text | str] = [Text("🗺 ", Bold("The other plan I proposed is off the table")), f"Goal: {o.name}"]
        return o.letter([*lines, Text("Why: ", sentence(words(withdrawn, 700)))])
    if o.goal is None or o.goal.proposed_version != version:
        return o.letter([Text("🗺 ", Bold("Another plan was proposed")), f"Goal: {o.name}", "That is settled by now."])
    grows = o.notice.facts.get("grows") is not False
    return plans.repair_message(o.goal, version, o.text("reason"), o.text("summary"), grows=grows)


def _blockage(o: Occasion) -> Outgoing:
    goal = o.goal
    if goal is None or o.notice.blockage is None or goal.has_ended:
        return _over(o)
    found = goal.blockages.get(o.notice.blockage)
    if found is None:
        lines: list[Text | str] = [Text("✅ ", Bold("Something was in the way, and no longer is")), f"Goal: {o.name}"]
        return o.letter([*lines, words(o.text("description"), 900)] if o.text("description").strip() else lines)
    return blockers.blockage_message(goal, found, o.zone, o.now)


def _task(o: Occasion) -> Outgoing:
    if o.goal is not None and o.notice.task is None and not o.goal.has_ended:
        shown = o.notice.facts.get("shown")
        return tasks.ask_for_many(o.goal, shown if isinstance(shown, list) else ())
    if o.goal is None or o.notice.task is None or o.notice.task not in o.goal.tasks:
        return _over(o)
    if o.notice.facts.get("left"):
        return code.what_was_left(o.goal, o.goal.tasks[o.notice.task])
    return tasks.ask_for_task(o.goal, o.goal.tasks[o.notice.task], o.zone, o.now)


def _deadline_near(o: Occasion) -> Outgoing:
    deadline = o.at("deadline") or (o.goal.deadline if o.goal is not None else None)
    when = moment(deadline, o.zone, o.now) if deadline is not None else "soon"
    return o.letter(
        [Text("📅 ", Bold("The deadline is near")), f"Goal: {o.name}", f"Due: {when}", bar(o.number("progress"))],
        keyboards.see_goal(o.goal.id) if o.goal is not None else (),
    )


def _deadline_doubtful(o: Occasion) -> Outgoing:
    goal, likely = o.goal, o.at("likely")
    lines: list[Text | str] = [Text("📈 ", Bold("The deadline is in doubt")), f"Goal: {o.name}"]
    if goal is None or goal.has_ended or goal.deadline != o.at("deadline"):
        return o.letter([*lines, "That is settled by now."])
    lines.append(f"By the plan as it stands, the deadline holds {odds(o.number('odds'))}.")
    if likely is not None and goal.deadline is not None:
        lines.append(f"Likely done {day(likely, o.zone, o.now)}; due {moment(goal.deadline, o.zone, o.now)}.")
    lines += ["", "You could name another date, have me look for another plan, or drop what isn't needed."]
    taps = (("New date", GoalDeed.NEW_DATE), ("Re-plan", GoalDeed.REPLAN), ("See the plan", GoalDeed.PLAN))
    return o.letter(lines, [[keyboards.button(label, GoalTap(deed=deed, goal=goal.id)) for label, deed in taps]])


def _check_flipped(o: Occasion) -> Outgoing:
    goal = o.goal
    if goal is None or goal.has_ended or o.notice.task is None or o.notice.task not in goal.tasks:
        return _over(o)
    seen_to = goal.adapting is not None or goal.proposed_version is not None
    then = ", and work out what the plan can do about it" if seen_to else ". If it matters to the goal, let me re-plan"
    lines: list[Text | str] = [
        Text("⚠️ ", Bold("Something that held no longer does")),
        f"Goal: {o.name}",
        f"Task: {line(goal.tasks[o.notice.task].title, 200)}",
        "",
        sentence(words(o.text("summary"), 900)),
        f"I looked twice{then}.",
    ]
    taps = (*(() if seen_to else (("Re-plan", GoalDeed.REPLAN),)), ("Show the goal", GoalDeed.OPEN))
    return o.letter(lines, [[keyboards.button(label, GoalTap(deed=deed, goal=goal.id)) for label, deed in taps]])


def _deadline_passed(o: Occasion) -> Outgoing:
    goal = o.goal
    lines: list[Text | str] = [Text("⚠️ ", Bold("The deadline has passed")), f"Goal: {o.name}"]
    if goal is None or goal.has_ended or goal.deadline_grace is None:
        return o.letter([*lines, "That is settled by now."])
    lines += [bar(goal.progress), "", f"Name another date by {moment(goal.deadline_grace, o.zone, o.now)};"]
    return o.letter([*lines, "after that the goal counts as failed."], keyboards.deadline_buttons(goal.id))


def _completed(o: Occasion) -> Outgoing:
    title = "Goal closed, with something left out" if _is_left_out(o.goal) else "Goal reached"
    head: list[Text | str] = [Text("✅ ", Bold(title)), Bold(o.name)]
    begun, ended = o.at("started_at"), o.at("ended_at")
    if begun is not None and ended is not None:
        head.append(f"It took {span((ended - begun).total_seconds())}.")
    done, skipped, adapted = o.texts("done"), o.texts("skipped"), int(o.number("adaptations"))
    head += ["", Bold(f"Done: {plural(len(done), 'task')}")]
    foot: list[Text | str] = []
    if skipped:
        foot += ["", Text(Bold("Skipped: "), few([line(one, 80) for one in skipped]))]
    foot += ["", f"The plan changed {_times(adapted)} on the way." if adapted else "The first plan held to the end."]
    sheet = Sheet(head=head, items=[f"• {line(one, 110)}" for one in done[:25]], foot=foot)
    left = len(done) - 25
    if left > 0:
        sheet = Sheet(head=head, items=[*sheet.items, f"…and {left} more"], foot=foot)
    return letter(o.notice.chat, sheet.text(), (), o.notice.goal)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _failed(o: Occasion) -> Outgoing:
    lines: list[Text | str] = [
        Text("⚠️ ", Bold("Goal failed")),
        Bold(o.name),
        f"Reached: {percent(o.number('progress'))}",
    ]
    if o.text("reason").strip():
        lines += ["", sentence(words(o.text("reason"), 1500))]
    if o.goal is not None and o.goal.status is not GoalStatus.FAILED:
        return o.letter([*lines, "", "It has been taken up again since."])
    if o.goal is None or not keyboards.may_reopen(o.goal):
        return o.letter([*lines, "", "What is done stays done."])
    return o.letter(
        [*lines, "", "What is done stays done. Reopen takes it up again from here."],
        keyboards.reopen_button(o.goal.id),
    )


def _cancelled(o: Occasion) -> Outgoing:
    reached = f"Reached: {percent(o.number('progress'))}"
    lines: list[Text | str] = [Text("✖️ ", Bold("Goal cancelled")), Bold(o.name), reached]
    if o.text("reason").strip():
        lines += ["", Italic(sentence(words(o.text("reason"), 1000)))]
    again = o.goal is not None and o.goal.status is GoalStatus.CANCELLED and keyboards.may_reopen(o.goal)
    return o.letter(lines, keyboards.reopen_button(o.goal.id) if o.goal is not None and again else ())


def _budget_nearly(o: Occasion) -> Outgoing:
    return o.letter(money.nearly_spent(o.notice.facts, o.name if o.goal is not None else None))


def _message(o: Occasion) -> Outgoing:
    sign = "⚠️ " if o.text("priority") in ("high", "urgent") else ""
    text = words(o.text("text"), 3800) or "–"
    return o.letter([f"{sign}{text}"] if o.goal is None else [f"{sign}{text}", Italic(f"Goal: {o.name}")])


def _finding(o: Occasion) -> Outgoing:
    if o.goal is None or o.goal.has_ended:
        return _over(o)
    shown = findings.of_notice(o.notice)
    if shown is None:
        return o.letter([Text("💡 ", Bold("Worth a look")), o.name])
    return findings.finding_message(o.goal, shown, o.zone, o.now)


def _approval(o: Occasion) -> Outgoing:
    asked = approvals.of_notice(o.notice)
    if asked is None:
        return o.letter([Text("🔐 ", Bold("Something waits for your yes")), "/approvals shows it."])
    return approvals.of_settled(o.notice) or approvals.question_message(asked, o.goal, o.zone, o.now)


def _code_report(o: Occasion) -> Outgoing:
    facts = o.notice.facts
    try:
        shown = Shown(
            report=convert(facts.get("report"), CodeReport),
            standing=convert(facts.get("standing"), BaseStanding | None),
            way=convert(facts.get("way"), WayOut | None),
        )
        laid = convert(facts.get("laid"), LaidOnBase | None)
    except ValidationError:  # written by another Milepost
        return _over(o)
    if o.goal is None:
        return _over(o)
    return report_message(o.notice.chat, o.goal, shown, laid_words(shown, laid) if laid is not None else "")


def _hand_in_tried(o: Occasion) -> Outgoing:
    if o.goal is None or (task := o.goal.tasks.get(o.notice.task or TaskNumber(0))) is None:
        return _over(o)
    if not (fault := o.text("why")):
        return code.handed_in(o.notice.chat, o.goal, task)
    if o.goal.has_ended or not waits_for_person(task):
        return tasks.task_state(o.goal, task, o.zone, o.now)
    if o.text("by") == AS_IT_IS:
        return code.what_to_send(o.goal, task, told(fault))
    return code.not_taken(o.notice.chat, o.goal, task, told(fault))


def _code_flagged(o: Occasion) -> Outgoing:
    try:
        flagged = convert(o.notice.facts.get("flagged"), Flagged)
    except ValidationError:  # written by another Milepost
        return _over(o)
    return flagged_message(o.notice.chat, o.goal, flagged) if o.goal is not None and not o.goal.has_ended else _over(o)


def _command_tried(o: Occasion) -> Outgoing:
    return repositories.command_tried(o.notice.chat, o.notice.facts)


_K = NoticeKind
_ABOUT_NO_GOAL = frozenset({_K.MESSAGE, _K.GOAL_CREATED, _K.BUDGET_NEARLY, _K.APPROVAL, _K.COMMAND_TRIED})
"""Kinds that can do without one."""
_WORDINGS: dict[NoticeKind, Callable[[Occasion], Outgoing]] = {
    NoticeKind.GOAL_CREATED: _goal_created,
    NoticeKind.PLAN_READY: _plan_ready,
    NoticeKind.MILESTONES: _milestones,
    NoticeKind.PLAN_ADAPTED: _plan_adapted,
    NoticeKind.REPAIR_PROPOSED: _repair_proposed,
    NoticeKind.BLOCKAGE: _blockage,
    NoticeKind.TASK_FOR_PERSON: _task,
    NoticeKind.REMINDER: _task,
    NoticeKind.DEADLINE_NEAR: _deadline_near,
    NoticeKind.DEADLINE_DOUBTFUL: _deadline_doubtful,
    NoticeKind.CHECK_FLIPPED: _check_flipped,
    NoticeKind.CODE_REPORT: _code_report,
    NoticeKind.CODE_FLAGGED: _code_flagged,
    NoticeKind.HAND_IN_TRIED: _hand_in_tried,
    NoticeKind.DEADLINE_PASSED: _deadline_passed,
    NoticeKind.GOAL_COMPLETED: _completed,
    NoticeKind.GOAL_FAILED: _failed,
    NoticeKind.GOAL_CANCELLED: _cancelled,
    NoticeKind.BUDGET_NEARLY: _budget_nearly,
    NoticeKind.FINDING: _finding,
    NoticeKind.APPROVAL: _approval,
    NoticeKind.COMMAND_TRIED: _command_tried,
    NoticeKind.MESSAGE: _message,
}
