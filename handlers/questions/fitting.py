"""The tasks that a text may be an answer to, and what it says of them. Pure."""

import re
from collections.abc import Sequence
from typing import TypeAlias

from engine.blockages import Blockage
from engine.goals import Goal
from engine.tasks import Task, TaskStatus
from handlers.callbacks import TaskDeed
from handlers.reading.counts import names_what_counts
from handlers.reading.naming import Named, named_task, said_of
from handlers.reading.several import deed_in
from handlers.reading.words import (
    Asked,
    Meaning,
    Said,
    blockage_words,
    is_moment_alone,
    is_no,
    is_plain_answer,
    task_words,
)
from handlers.task_answers import asked_of
from handlers.views.blockers import asked_about, asks_when
from handlers.views.signs import waits_for_person

Waits: TypeAlias = tuple[Said, Goal, Task]
"""What was said, and a task of somebody's that it may be an answer to."""
DEEDS = {
    Meaning.DONE: TaskDeed.DONE,
    Meaning.SKIP: TaskDeed.SKIP,
    Meaning.LATER: TaskDeed.LATER,
    Meaning.PROBLEM: TaskDeed.PROBLEM,
}
_NUMBERS = frozenset({Meaning.NUMBER, Meaning.COUNT, Meaning.MORE})
MERE_YES = re.compile(r"(?:yes|yep|yeah|x|(?:👍|💪)[🏻-🏿]?|🎉+)[\s.,:;!…–—-]*", re.I)
"""In reply to a task it says that it is done; out of the blue it may answer anything, and done is done for good."""


def fitting_tasks(text: str, goals: Sequence[Goal]) -> list[Waits]:
    """The tasks that wait for such an answer, or are held up by what only a person can help with; of one that a
    number names («skip 3»), those with that number."""
    waiting = [(goal, task) for goal in goals for task in goal.live_tasks if waits_for_person(task)]
    stuck = [(goal, task) for goal in goals for task in goal.live_tasks if asked_about(goal, task)]
    if titled := [(deed, *one) for one in (*waiting, *stuck) if (deed := _deed_of(text, *one)) is not None]:
        return titled
    fitting = [(said, *one) for one in waiting if _answers(said := task_words(text, asked_of(*one)), text)]
    freed = freed_by(text)
    if freed is not None and (freed.meaning is Meaning.SKIP or not fitting):
        fitting += [(freed_by(text, asked_about(*one)) or freed, *one) for one in stuck]
    named = named_task(text)
    if named is None:
        return fitting or _ahead(text, None, goals)
    numbered = [
        (deed, goal, task)
        for goal, task in (*waiting, *stuck)
        if task.number == named.task and (deed := meant(named.words, goal, task)) is not None
    ]
    if any(said.meaning in _NUMBERS for said, _, _ in fitting):
        return fitting + [one for one in numbered if all(one[2] is not other[2] for other in fitting)]
    return numbered or fitting or _ahead(text, named, goals)


def _ahead(text: str, named: Named | None, goals: Sequence[Goal]) -> list[Waits]:
    """Tasks whose turn has not come, or that wait for something else, though a text says by number or title that one
    is done already, not wanted, or in trouble, or how many of what it counts are done."""
    found = []
    begun = [(goal, task) for goal in goals if goal.started_at is not None for task in goal.live_tasks]
    for goal, task in begun:
        if (counted := _counted_ahead(text, goal, task)) is not None:
            found.append((counted, goal, task))
            continue
        words = named.words if named is not None and named.task == task.number else said_of(text, task.title)
        deed = deed_in(words, Asked()) if words and task.status in (TaskStatus.PENDING, TaskStatus.BLOCKED) else None
        is_late = deed is not None and deed.meaning is Meaning.LATER and task.status is TaskStatus.PENDING
        if deed is not None and _is_of_held_up(deed) and not is_late:
            found.append((deed, goal, task))
    return found


def _counted_ahead(text: str, goal: Goal, task: Task) -> Said | None:
    """How many are done of what a task counts that was not asked for yet, and that the text names («3 lessons»)."""
    asked = asked_of(goal, task)
    if task.status not in (TaskStatus.PENDING, TaskStatus.BLOCKED) or not asked.counted or task.work == "subgoal":
        return None
    said = task_words(text, asked)
    is_count = said.meaning in (Meaning.COUNT, Meaning.MORE) and names_what_counts(text, asked.title)
    return said if is_count and _answers(said, text) else None


def _is_of_held_up(deed: Said) -> bool:
    """Whether it can be said of a task that is not a person's turn: more of what is in the way, too."""
    plain = (Meaning.DONE, Meaning.SKIP, Meaning.LATER)
    return deed.meaning in plain or (deed.meaning is Meaning.PROBLEM and bool(deed.text))


def _deed_of(text: str, goal: Goal, task: Task) -> Said | None:
    """What is to become of a task that is named by its title; None where it is not, or nothing is surely said of it."""
    words = said_of(text, task.title)
    return meant(words, goal, task) if words else None


def meant(words: str, goal: Goal, task: Task) -> Said | None:
    """What is to become of a task by words about it; one that is held up may be done, left out or free again."""
    deed = deed_in(words, asked_of(goal, task))
    if not asked_about(goal, task):
        return deed
    if deed is not None and _is_of_held_up(deed) and not is_moment_alone(words):
        return deed
    return freed_by(words, asked_about(goal, task))


def _answers(said: Said, text: str) -> bool:
    is_none = said.meaning is Meaning.SKIP and is_no(text)  # «forget it» may be about anything
    return is_plain_answer(said, text) and not is_none and not _is_mere_yes(said, text)


def _is_mere_yes(said: Said, text: str) -> bool:
    """«yes», with whatever is said behind it: «yes, sounds good»."""
    head = " ".join(text.split()).removesuffix(said.text)
    return said.meaning in (Meaning.DONE, Meaning.RESOLVED) and MERE_YES.fullmatch(head) is not None


def freed_by(words: str, asked: Sequence[Blockage] = ()) -> Said | None:
    """That what was in the way is gone, or its task left out or put off; None when they don't surely say it. A day
    alone is the answer where the newest of what was `asked` is when."""
    said = blockage_words(words)
    if said.meaning is Meaning.INFORM and is_moment_alone(words):
        return Said(meaning=Meaning.RESOLVED if any(map(asks_when, asked[-1:])) else Meaning.LATER, text=words)
    return said if said.meaning in (Meaning.RESOLVED, Meaning.SKIP, Meaning.LATER) and _answers(said, words) else None
