"""What a model adds to what the rules found: words and weights for it, and suggestions that code has checked. Pure.

Rules find, the model only speaks of it: it takes nothing away, and whatever it suggests waits for a person's yes.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from engine.execution.watching import may_change
from engine.goals import Goal
from engine.proactive.findings import LIVE, Deed, Finding, FindingId, FindingKind, KeptFinding, Remedy
from engine.tasks import ENDED_TASKS, Task, TaskStatus
from engine.values import JsonObject, TaskNumber

WORDS, WORTH = "words", "worth"
"""Facts that a model adds to a finding: a sentence, and how much it matters, from 0 to 1."""
MOST_SUGGESTED = 2
"""Suggestions that are kept of one answer: a person reads no more."""
MOST_NAMED = 8
"""Tasks that a suggestion names at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What a model says of a finding."""

    finding: FindingId
    worth: float
    """How much it matters, from 0 to 1."""
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a model would do besides."""

    deed: Deed
    """`SKIP` one task, or `REPLAN`; anything else is no suggestion."""
    tasks: tuple[int, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A model's answer. Nothing of it acts by itself."""

    weights: tuple[Weight, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


Adviser: TypeAlias = Callable[[Goal, Sequence[KeptFinding]], Awaitable[Advice | None]]
"""Asks a model about what was found; None where it was of no help. Never raises what a model does wrong."""


def advised(advice: Advice, goal: Goal, kept: Collection[KeptFinding]) -> tuple[Finding, ...]:
    """What was found of a goal, with the model's words to it, and those of its suggestions that hold."""
    said = {one.finding: one for one in advice.weights}
    found = [
        _worded(one.finding, said[one.id]) if one.id in said else one.finding for one in kept if one.status in LIVE
    ]
    known = {one.key for one in found}
    new = [one for one in _suggested(advice.suggestions, goal) if one.key not in known]
    return (*found, *new[:MOST_SUGGESTED])


def carried(found: Sequence[Finding], goal: Goal, kept: Collection[KeptFinding]) -> tuple[Finding, ...]:
    """What the rules find now, with what a model said of the same before, and its suggestions as long as they hold."""
    before = {one.finding.key: one.finding for one in kept if one.status in LIVE}
    again = [_as_said(one, before.get(one.key)) for one in found]
    return (*again, *(one for one in before.values() if one.kind is FindingKind.ADVISED and holds(one, goal)))


def _worded(finding: Finding, said: Weight) -> Finding:
    return replace(finding, facts={**finding.facts, WORDS: said.words, WORTH: said.worth})


def _as_said(finding: Finding, before: Finding | None) -> Finding:
    """With the model's words, where they were about the very same."""
    if before is None or WORDS not in before.facts or (before.remedy, before.tasks) != (finding.remedy, finding.tasks):
        return finding
    return replace(finding, facts={**finding.facts, WORDS: before.facts[WORDS], WORTH: before.facts[WORTH]})


def _suggested(suggestions: Sequence[Suggestion], goal: Goal) -> Iterator[Finding]:
    for one in suggestions:
        tasks = tuple(TaskNumber(number) for number in dict.fromkeys(one.tasks))
        if not one.words or not 0 < len(tasks) <= MOST_NAMED or one.deed not in _CHECKS:
            continue
        remedy = Remedy(deed=one.deed, task=tasks[0] if one.deed is Deed.SKIP else None, text=one.words)
        facts: JsonObject = {WORDS: one.words, "version": goal.plan_version}
        about = f"{one.deed.value} {', '.join(str(number) for number in sorted(tasks))}"
        finding = Finding(kind=FindingKind.ADVISED, about=about, tasks=tasks, facts=facts, remedy=remedy)
        if holds(finding, goal):
            yield finding


def holds(finding: Finding, goal: Goal) -> bool:
    """Whether a suggestion can still be carried out without harm: it is of this plan, which nothing else changes now,
    and fits the tasks as they are."""
    deed = finding.remedy.deed if finding.remedy is not None else None
    if deed not in _CHECKS or finding.facts.get("version") != goal.plan_version or not may_change(goal):
        return False
    tasks = [goal.tasks.get(number) for number in finding.tasks]
    there = [task for task in tasks if task is not None]
    return len(there) == len(tasks) and _CHECKS[deed](goal, there)


def _may_be_skipped(goal: Goal, tasks: Sequence[Task]) -> bool:
    """One task that has not begun, that is not critical, that nothing waits for, and beside which another one serves
    the same criterion."""
    if len(tasks) != 1:
        return False
    task = tasks[0]
    others = [one for one in goal.live_tasks if one.number != task.number]
    is_needed = any(task.number in one.depends_on for one in others)
    served = task.criterion is None or any(
        one.criterion == task.criterion and one.status is not TaskStatus.FAILED for one in others
    )
    return task.status is TaskStatus.PENDING and not task.critical and not is_needed and served and bool(others)


def _may_be_replanned(goal: Goal, tasks: Sequence[Task]) -> bool:
    """Tasks that are still to be done."""
    return all(task.status not in ENDED_TASKS for task in tasks)


_CHECKS: Mapping[Deed | None, Callable[[Goal, Sequence[Task]], bool]] = {
    Deed.SKIP: _may_be_skipped,
    Deed.REPLAN: _may_be_replanned,
}
