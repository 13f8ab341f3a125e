"""Rules that find opportunities: work that can start earlier, that is not needed any more, or that was done before."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from engine.goals import Goal
from engine.planning.quality import Quality, Rule
from engine.proactive.circumstances import Circumstances
from engine.proactive.findings import Deed, Finding, FindingKind, Remedy
from engine.proactive.people import answers_late, asks_person, has_hands_free
from engine.proactive.ties import LooseTie, loose_ties
from engine.tasks import Task, TaskStatus
from engine.values import JsonObject, TaskNumber

RECENT = dt.timedelta(days=60)
"""What was done for another goal longer ago may not hold any more."""
_NOT_BEGUN = (TaskStatus.PENDING, TaskStatus.WAITING)


def earlier(goal: Goal, given: Circumstances) -> Iterator[Finding]:
    """Tasks that wait only for the plan's order, while there are hands for them.

    Those of a person who answers late are worth asking for early, however much that person has in hand.
    """
    if given.ordered_by_person:
        return
    late = answers_late(goal)
    for tie in loose_ties(goal, given.now, given.quality):
        task = goal.tasks[tie.task]
        if asks_person(task):
            if late is not None:
                yield _startable(FindingKind.ASK_EARLIER, task, tie, {"late": late.late, "answered": late.answered})
            elif has_hands_free(goal, given.others):
                yield _startable(FindingKind.EARLIER, task, tie, {})
        elif given.free_hands > 0:
            yield _startable(FindingKind.EARLIER, task, tie, {})


def _startable(kind: FindingKind, task: Task, tie: LooseTie, facts: JsonObject) -> Finding:
    remedy = Remedy(deed=Deed.LOOSEN, task=task.number, depends_on=tie.depends_on, was=task.depends_on)
    return Finding(kind=kind, about=str(task.number), tasks=(task.number, *tie.held_by), facts=facts, remedy=remedy)


def unneeded(goal: Goal, given: Circumstances) -> Iterator[Finding]:
    """Tasks that have not begun and that results have made unnecessary: a twin is done, or the figure is reached."""
    told: set[TaskNumber] = set()
    for task, by, is_twin in (*_twins(goal, given.quality), *_overtaken(goal)):
        if task.number in told or _is_needed(goal, task):
            continue
        told.add(task.number)
        why = f"«{by.title}» is done" if is_twin else f"«{by.title}» has reached what was wanted"
        yield Finding(
            kind=FindingKind.UNNEEDED,
            about=str(task.number),
            tasks=(task.number, by.number),
            facts={"by": by.number, "is_twin": is_twin},
            remedy=Remedy(deed=Deed.SKIP, task=task.number, text=why),
        )


def _twins(goal: Goal, quality: Quality | None) -> Iterator[tuple[Task, Task, bool]]:
    """Open tasks that ask for the same as one that is done."""
    for finding in quality.of(Rule.ASKED_TWICE) if quality is not None else ():
        tasks = [goal.task(int(key.removeprefix("#"))) for key in finding.tasks]
        done = next((task for task in tasks if task.status is TaskStatus.COMPLETED), None)
        if done is not None:
            yield from ((task, done, True) for task in tasks if task.status in _NOT_BEGUN)


def _overtaken(goal: Goal) -> Iterator[tuple[Task, Task, bool]]:
    """Tasks that were to lead to a figure that is reached already."""
    for reached in goal.live_tasks:
        outcome = reached.outcome
        if reached.work != "measure" or reached.status is not TaskStatus.COMPLETED or reached.criterion is None:
            continue
        if reached.expected.target is None or outcome is None or outcome.deviation > 0:
            continue
        for task in goal.live_tasks:
            if task.criterion == reached.criterion and task.status is TaskStatus.PENDING and task.work != "measure":
                yield task, reached, False


def _is_needed(goal: Goal, task: Task) -> bool:
    """Whether the goal stands or falls with it, or another criterion is built on it."""
    return task.critical or any(
        task.number in other.depends_on and other.is_live and other.criterion != task.criterion
        for other in goal.tasks.values()
    )


def shared(goal: Goal, given: Circumstances) -> Iterator[Finding]:
    """What a person is asked for and what was done lately for another goal of the same chat that is about the same."""
    asked = [task for task in goal.live_tasks if task.status in _NOT_BEGUN and _can_be_answered(goal, task)]
    if not asked or not given.others:
        return
    known = _done_elsewhere(given.others, given.now)
    from engine.planning.criteria.wording import subjects  # noqa: PLC0415 - no start is to wait for it

    about = subjects(_speaks_of(goal))
    for task in asked:
        for other, done in known.get(_said(task), ()):
            if about & subjects(_speaks_of(other)):
                yield _done_for_another(task, other, done)
                break


def _done_for_another(task: Task, other: Goal, done: Task) -> Finding:
    result = done.outcome.summary if done.outcome is not None else ""
    return Finding(
        kind=FindingKind.SHARED,
        about=f"{task.number}:{other.id}.{done.number}",
        tasks=(task.number,),
        facts={"other": other.id, "task": done.number, "name": other.name, "result": result},
        remedy=Remedy(deed=Deed.COMPLETE, task=task.number, text=_note(other, done, result)),
    )


def _note(other: Goal, done: Task, result: str) -> str:
    told = f": {result}" if result else ""
    return f"Done for «{other.name}» (task {other.id}.{done.number}){told}"[:1000]


def _can_be_answered(goal: Goal, task: Task) -> bool:
    return task.work == "person" and task.target_count == 1 and goal.has_ended_all(task.depends_on)


def _done_elsewhere(others: Iterable[Goal], now: dt.datetime) -> Mapping[str, list[tuple[Goal, Task]]]:
    """What people did in other goals, by what was asked for, the newest first."""
    found: dict[str, list[tuple[Goal, Task]]] = {}
    for other in others:
        for task in other.tasks.values():
            done = task.status is TaskStatus.COMPLETED and task.work == "person" and task.ended_at is not None
            if done and task.ended_at is not None and now - task.ended_at <= RECENT:
                found.setdefault(_said(task), []).append((other, task))
    for same in found.values():
        same.sort(key=lambda one: (one[1].ended_at or now, one[0].id), reverse=True)
    return found


def _said(task: Task) -> str:
    return " ".join(task.title.casefold().split())


def _speaks_of(goal: Goal) -> str:
    return " ".join((goal.name, *goal.criteria))
