"""What is done about a number or check that fell short: a step to close the gap, then another look."""

from dataclasses import replace

from engine.goals import Goal
from engine.planning.criteria.wording import crop
from engine.planning.repairs.by_hand import gap_of, instead, repeated
from engine.plans import Repair
from engine.tasks import Task, TaskStatus

_STUCK = (TaskStatus.FAILED, TaskStatus.BLOCKED)


def after_deviation(goal: Goal, task: Task) -> Repair:
    """The repair after a task whose outcome is not what was expected."""
    if task.status in (TaskStatus.SKIPPED, TaskStatus.SUPERSEDED):
        return Repair(summary=f"«{crop(task.title, 80)}» no longer counts; nothing has to change.")
    gap = gap_of(task)
    if task.status is not TaskStatus.COMPLETED:
        first = replace(gap, after=tuple(f"#{number}" for number in task.depends_on))
        wired = {task.number: (*first.after, first.key)}
        stuck = (task.number,) if task.status in _STUCK else ()
        return Repair(
            add=(first,),
            rewire=wired,
            reset=stuck,
            grows=True,
            summary=f"Before «{crop(task.title, 70)}»: «{first.title}».",
        )
    again = repeated(task, gap.key)
    return Repair(
        add=(gap, again),
        rewire=instead(goal, task.number, again.key),
        summary=f"It fell short, so two steps are new: «{gap.title}», then «{again.title}».",
        grows=True,
    )
