"""What the check of a plan found, in words: one line for the plan message, and all of it with what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from aiogram.utils.formatting import Bold, Italic, Text

from engine.goals import Goal
from engine.planning.forecasting.model import ATTENTION
from engine.planning.quality import Finding, Quality, Reason, Rule, Severity
from engine.plans import Plan
from engine.records import Outgoing
from engine.values import ChatId
from handlers.views.letters import Sheet, letter, line
from handlers.views.signs import number
from handlers.views.times import plural, span

MOST_IN_SHORT = 3
"""Findings that the short form shows."""
MOST_CRITERIA = 30
"""Criteria that the long form lists with their tasks."""

_SIGNS = {Severity.PROBLEM: "❗", Severity.REMARK: "💡", Severity.NOTE: "👀"}
_TITLES = {Severity.PROBLEM: "To mend", Severity.REMARK: "Remarks", Severity.NOTE: "Keep an eye on"}
_WHY = {
    Reason.LOW_ODDS: "{odds} odds",
    Reason.UNREPEATABLE: "it can't simply be run again",
    Reason.OUTSIDE: "it needs others",
    Reason.CRITICAL: "the goal stands or falls with it",
}
_CURES = {
    Reason.LOW_ODDS: "have another way ready.",
    Reason.UNREPEATABLE: "rehearse it, and know the way back.",
    Reason.OUTSIDE: "ask them early.",
    Reason.CRITICAL: "begin it as soon as you can.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A plan and what was found in it, with all that is needed to put it into words."""

    goal: Goal
    plan: Plan
    quality: Quality


def short_form(checked: Checked) -> list[Text | str]:
    """For the plan message: one line of what holds, and the gravest findings, a line each.

    «Checked, 88 of 100: all 6 criteria covered, nothing orphaned. 2 remarks:»
    """
    quality = checked.quality
    asking = quality.at_least(Severity.REMARK)
    lines: list[Text | str] = [Text("🔎 ", Bold(f"Checked, {quality.score} of 100"), f": {_holds(checked)}.")]
    if not asking:
        return lines
    lines[0] = Text(lines[0], f" {_counts(asking)}:")
    lines += [f"{_SIGNS[finding.severity]} {finding_line(checked, finding)}" for finding in asking[:MOST_IN_SHORT]]
    if len(asking) > MOST_IN_SHORT:
        lines.append(f"…and {len(asking) - MOST_IN_SHORT} more")
    return lines


def quality_message(checked: Checked) -> Outgoing:
    """All that the check found, and which tasks serve which criterion."""
    goal, quality = checked.goal, checked.quality
    head: list[Text | str] = [
        Text("🔎 ", Bold(f"How good is the plan for «{line(goal.name, 150)}»?")),
        f"{quality.score} of 100 · {_holds(checked)}.",
    ]
    if checked.plan.tasks:
        head.append(f"Usually done in about {span(quality.hours * 3600)}; {_width(quality.width)}.")
    items: list[Text | str] = []
    for severity, title in _TITLES.items():
        found = [finding for finding in quality.findings if finding.severity is severity]
        if found:
            items += ["", Bold(title), *(f"{_SIGNS[severity]} {finding_line(checked, one)}" for one in found)]
    if goal.criteria:
        items += ["", Bold("What serves what"), *_served(checked)]
    return letter(goal.chat or ChatId(0), Sheet(head=head, items=items).text(), (), goal.id)


def _holds(checked: Checked) -> str:
    """What is in order: coverage and orphans."""
    quality, criteria = checked.quality, len(checked.goal.criteria)
    orphans = sum(len(finding.tasks) for finding in quality.of(Rule.ORPHANED))
    needless = f"{plural(orphans, 'task')} without a use" if orphans else "nothing orphaned"
    if not criteria:
        return "there are no criteria to hold it against"
    undone = {finding.criterion for finding in quality.of(Rule.UNDONE)}
    covered = sum(1 for index, keys in enumerate(quality.coverage) if keys and index not in undone)
    if covered < criteria:
        return f"{covered} of {plural(criteria, 'criterion')} covered, {needless}".replace("criterions", "criteria")
    return f"{'the criterion' if criteria == 1 else f'all {criteria} criteria'} covered, {needless}"


def _counts(findings: Sequence[Finding]) -> str:
    """«1 problem and 2 remarks»."""
    problems = sum(1 for finding in findings if finding.severity is Severity.PROBLEM)
    parts = [plural(problems, "problem")] if problems else []
    if len(findings) > problems:
        parts.append(plural(len(findings) - problems, "remark"))
    return " and ".join(parts)


def _width(most: int) -> str:
    if most <= 1:
        return "one task after the other"
    hands = f", and {ATTENTION} of yours in hand at a time" if most > ATTENTION else ""
    return f"up to {most} tasks could go on side by side{hands}"


def _served(checked: Checked) -> list[Text | str]:
    rows: list[Text | str] = []
    for index, keys in enumerate(checked.quality.coverage[:MOST_CRITERIA]):
        places = ", ".join(_place(checked.plan, key) for key in keys[:12]) + (" …" if len(keys) > 12 else "")
        text = f"{index + 1}. {line(checked.goal.criteria[index], 80)}: "
        rows.append(Text(text, places if keys else Italic("nothing")))
    left = len(checked.quality.coverage) - MOST_CRITERIA
    return [*rows, f"…and {left} more"] if left > 0 else rows


def finding_line(checked: Checked, finding: Finding) -> str:
    """One finding in one line: what is wrong, and what to do about it."""
    match finding.rule:
        case Rule.EMPTY | Rule.UNCOVERED | Rule.UNDONE | Rule.UNREACHABLE | Rule.ORPHANED:
            return _about_use(checked, finding)
        case Rule.UNVERIFIED | Rule.EARLY | Rule.LATE | Rule.UNLINKED | Rule.TOO_LARGE | Rule.ASKED_TWICE:
            return _about_tasks(checked, finding)
        case Rule.DEADLINE | Rule.PACE | Rule.WORKLOAD | Rule.BUDGET | Rule.SERIAL:
            return _about_means(checked, finding)
        case Rule.RISK:
            return _risk(checked, finding)
        case _:
            assert_never(finding.rule)


def _about_use(checked: Checked, finding: Finding) -> str:
    criterion = _criterion(checked.goal, finding.criterion)
    if finding.rule is Rule.EMPTY:
        return "There are no tasks yet: add some, or say more about the goal."
    if finding.rule is Rule.UNREACHABLE:
        return f"{_named(checked, 0, finding)} can never run: {_named(checked, 1, finding)} never gets the answer " + (
            f"«{line(finding.option, 40)}». Offer it, or drop the task."
        )
    if finding.rule is Rule.UNCOVERED and finding.option:
        road = f"only if {_named(checked, 0, finding)} gets «{line(finding.option, 40)}»"
        return f"{criterion} is served {road}: add what serves it otherwise, or say so in the criterion."
    if finding.rule is Rule.UNDONE:
        return f"{criterion} is only prepared or checked, by {_named(checked, 0, finding)}: add the task that does it."
    if finding.rule is Rule.UNCOVERED:
        return f"No task serves {criterion}: add one, or drop the criterion."
    more = len(finding.tasks) - 1
    what = _named(checked, 0, finding) + (f" and {plural(more, 'task')} before it" if more else "")
    serve = "serve" if more else "serves"
    if finding.criterion is not None:
        return f"{what} {serve} criterion {finding.criterion + 1}, which is not there: drop, or let serve another."
    return f"{what} {serve} no criterion, and nothing needs the result: drop, or say what for."


def _about_tasks(checked: Checked, finding: Finding) -> str:
    first = _named(checked, 0, finding)
    if finding.rule is Rule.UNVERIFIED:
        return f"Nothing checks {first}: add a test or a review after it."
    if finding.rule is Rule.LATE:
        return (
            f"{first} gets ready for a day, but {_named(checked, 1, finding)} stands before it: move it to the front."
        )
    if finding.rule in {Rule.EARLY, Rule.UNLINKED}:
        others = f" and {plural(len(finding.tasks) - 2, 'other')}" if len(finding.tasks) > 2 else ""
        return f"{first} doesn't wait for {_named(checked, 1, finding)}{others}: move it behind."
    if finding.rule is Rule.TOO_LARGE:
        return f"{first} takes about {span((finding.found or 0) * 3600)} in one piece: split it, or count it in steps."
    named = " and ".join(_named(checked, place, finding) for place in range(min(2, len(finding.tasks))))
    more = len(finding.tasks) - 2
    if more > 0:
        named = f"{named} and {plural(more, 'other')}"
    return f"{named} ask for the same: keep one, or say in the titles how they differ."


def _about_means(checked: Checked, finding: Finding) -> str:
    found, bound = finding.found or 0.0, finding.bound or 0.0
    if finding.rule is Rule.DEADLINE:
        return _late(checked, finding)
    if finding.rule is Rule.PACE:
        takes, to_go = _times(found, bound)
        named = _named(checked, 0, finding)
        return f"{named} takes {takes} even at best, with {to_go} to go: ask for fewer, or a later day."
    if finding.rule is Rule.WORKLOAD:
        days, left = plural(max(1, round(found / 8)), "working day"), round(bound / 8)
        return f"Even at best one person needs {days} for all of it, and there are {left}: share it out, or cut tasks."
    if finding.rule is Rule.BUDGET:
        costs = "costs" if finding.severity is Severity.PROBLEM else "may cost"
        return f"It {costs} about {number(found)}, the budget is {number(bound)}: find cheaper ways, or raise it."
    one, other = _criterion(checked.goal, finding.criterion), _criterion(checked.goal, finding.beside)
    won = span(found * 3600)
    return f"{one} and {other} wait for each other without need: side by side they save about {won}."


def _late(checked: Checked, finding: Finding) -> str:
    takes, left = _times(finding.found or 0.0, finding.bound or 0.0)
    if finding.tasks and (finding.bound or 0.0) <= 0:
        return f"{_named(checked, 0, finding)} is overdue: name another day, or drop it."
    if finding.tasks:
        return f"{_named(checked, 0, finding)} is due in {left}, but its turn comes in {takes}: move what is before it."
    if (finding.bound or 0.0) <= 0:
        return "The deadline has passed: name another one."
    cure = "move the deadline, or shorten what holds it up."
    match finding.severity:
        case Severity.PROBLEM:
            return f"Even when all goes well this takes {takes}, and the deadline is in {left}: {cure}"
        case Severity.REMARK:
            return f"At a usual pace this takes {takes}, and the deadline is in {left}: {cure}"
        case Severity.NOTE:
            return f"At a usual pace this just about fills the {left} until the deadline: begin soon."
        case _:
            assert_never(finding.severity)


def _times(one: float, other: float) -> tuple[str, str]:
    """Two lengths in hours, the longer one first, in the same unit and apart, so that they can be compared."""
    if other < 1:
        return span(one * 3600), span(other * 3600)
    size, unit = (24, "day") if other >= 72 else (1, "hour")
    found, bound = max(1, round(one / size)), max(0, round(other / size))
    return plural(max(found, bound + (one > 1.05 * other)), unit), plural(bound, unit)


def _risk(checked: Checked, finding: Finding) -> str:
    odds = f"{round((finding.odds or 0.0) * 100)} %"
    why = ", ".join(_WHY[reason].format(odds=odds) for reason in finding.reasons)
    cure = _CURES[finding.reasons[0]] if finding.reasons else _CURES[Reason.CRITICAL]
    if finding.reasons == (Reason.CRITICAL,) and _work_of(checked, finding) == "measure":
        cure = "look at the number early and often."
    return f"{_named(checked, 0, finding)} holds up the end if it slips ({why}): {cure}"


def _work_of(checked: Checked, finding: Finding) -> str:
    return next((task.work for task in checked.plan.tasks if task.key in finding.tasks), "")


def _criterion(goal: Goal, index: int | None) -> str:
    """The words of a criterion in quotes."""
    if index is None or not 0 <= index < len(goal.criteria):
        return "the goal"
    return f"«{line(goal.criteria[index], 60)}»"


def _place(plan: Plan, key: str) -> str:
    """The number under which the person knows a task: its own, or its place in a plan that has none yet."""
    if key.startswith("#"):
        return key[1:]
    return next((str(place) for place, task in enumerate(plan.tasks, 1) if task.key == key), "?")


def _named(checked: Checked, place: int, finding: Finding) -> str:
    """«3 «Develop MVP»» for one of the tasks of a finding."""
    key = finding.tasks[place]
    title = next((task.title for task in checked.plan.tasks if task.key == key), "")
    if not title and key.startswith("#") and key[1:].isdecimal():
        own = next((task for task in checked.goal.tasks.values() if str(task.number) == key[1:]), None)
        title = own.title if own is not None else ""
    return f"{_place(checked.plan, key)} «{line(title, 60)}»"
