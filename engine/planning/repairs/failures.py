"""What is done about a task that failed for good: fresh attempts, another way, another alternative, by hand.

Fresh attempts come once. Then the nearest task above it in the decomposition that has another method gets one, one
level up after the other; then an alternative that was stored with the plan, for its criterion; then a person does by
hand what the task was to do. After that only a person can tell what is to be done.
"""

from collections.abc import Generator
from dataclasses import replace

from engine.coding.works.names import CODE_WORKS
from engine.goals import Goal
from engine.planning.bridge.mending import Menders, Mending, titles_of
from engine.planning.bridge.tree_changes import rekeyed
from engine.planning.criteria.wording import crop, lowered
from engine.planning.repairs.alternatives import by_alternative
from engine.planning.repairs.by_hand import BY_HAND, OTHER_WAY, by_hand, instead
from engine.plans import Repair
from engine.tasks import ENDED_TASKS, Task, TaskStatus


def after_failure(menders: Menders, task: Task) -> Generator[None, None, Repair]:
    """The repair after a task that failed; an empty one when nothing is left."""
    goal = menders.goal
    if task.status in ENDED_TASKS:
        return Repair(summary=f"«{crop(task.title, 80)}» has ended meanwhile; nothing has to change.")
    behind = tuple(t.number for t in _behind(goal, task) if t.status is TaskStatus.BLOCKED)
    # one attempt and no retry: its work said that trying again would not help, and in a chat there is somebody else
    is_hopeless = task.attempts == 1 and goal.chat is not None and task.work not in ("person", "decide")
    if (task.revivals == 0 and not is_hopeless) or task.work == "decide":
        also = (
            f", and so do {len(behind)} behind it"
            if len(behind) > 1
            else ", and so does the one behind it"
            if behind
            else ""
        )
        return Repair(reset=(task.number, *behind), summary=f"«{crop(task.title, 80)}» gets fresh attempts{also}.")
    other = yield from another_way(menders, task)
    if other is None and task.work == "person" and _can_be_by_hand(goal, task):
        other = _by_a_person(menders, task)
    if other is None:
        return Repair()
    return replace(other, reset=tuple(number for number in behind if number not in other.supersede))


def another_way(menders: Menders, task: Task) -> Generator[None, None, Repair | None]:
    """What can be done in place of a task that did not work: what methods know, an alternative that was stored, a
    person's own hands where it was not theirs before; None where nothing is left."""
    other = (yield from otherwise(menders, task)) or by_alternative(menders.goal, menders.kept, task)
    if other is None and task.work != "person" and _can_be_by_hand(menders.goal, task):
        return _by_a_person(menders, task)
    return other


def _can_be_by_hand(goal: Goal, task: Task) -> bool:
    """Whether a person could do it: a goal's branch is worked on, proven and committed to by the system alone."""
    is_done_before = task.title.startswith((BY_HAND, OTHER_WAY))
    return goal.chat is not None and not is_done_before and task.work not in CODE_WORKS


def _by_a_person(menders: Menders, task: Task) -> Repair:
    goal, own = menders.goal, by_hand(task)
    tree = rekeyed(menders.kept.tree, lambda key: own.key if key == f"#{task.number}" else key)
    return Repair(
        supersede=(task.number,),
        add=(own,),
        rewire=instead(goal, task.number, own.key),
        summary=f"«{crop(task.title, 80)}» did not work. Instead: «{own.title}».",
        tree=tree,
    )


def otherwise(menders: Menders, task: Task) -> Generator[None, None, Repair | None]:
    """Another way for what the task was to bring about, by the decomposition; None where there is none."""
    why = task.last_error or "it did not work"
    mending = yield from menders.instead_of(task, crop(why, 200))
    if mending is None:
        return None
    return replace(mending.repair, summary=f"«{crop(task.title, 80)}» did not work, so {way_of(mending)}")


def way_of(mending: Mending) -> str:
    """What is re-opened and how it is gone about now, in a line: «another way: from ready parts. New: «A», «B»»."""
    how = mending.how.split(";", maxsplit=1)[0].strip(" .")
    about = lowered(mending.about.split(";", maxsplit=1)[0].strip(" ."))
    what = f"another way for «{crop(about, 80)}»" if about else "another way"
    said = f": {crop(how, 120)}" if how else ""
    add = mending.repair.add
    return f"{what}{said}. {f'New: {titles_of(add)}.' if add else 'Nothing new has to be done for it.'}"


def _behind(goal: Goal, task: Task) -> tuple[Task, ...]:
    """All that waits for a task, near and far, in the order of numbers."""
    reached = {task.number}
    grew = True
    while grew:
        more = {t.number for t in goal.tasks.values() if t.number not in reached and reached.intersection(t.depends_on)}
        reached |= more
        grew = bool(more)
    return tuple(goal.tasks[number] for number in sorted(reached - {task.number}))
