"""What is done about code that could not be written or proven: written another way, or handed in by a person."""

from collections.abc import Generator
from dataclasses import replace

from engine.coding.works.names import HAND_IN, Part, Proof
from engine.goals import Goal
from engine.planning.bridge.mending import Menders
from engine.planning.criteria.wording import crop
from engine.planning.repairs.failures import after_failure, otherwise, way_of
from engine.plans import PlannedTask, Repair
from engine.tasks import ENDED_TASKS, Estimate, Expectation, Task, TaskStatus


def after_proof(menders: Menders, task: Task) -> Generator[None, None, Repair]:
    """The repair after a proof that failed: the task right above it gets another way; then a person is the author."""
    if task.status in ENDED_TASKS:
        return Repair(summary=f"«{crop(task.title, 80)}» has ended meanwhile; nothing has to change.")
    mending = yield from menders.beside(task, crop(task.last_error or "it could not be proven", 200))
    if mending is not None:
        return replace(mending.repair, grows=False, summary=f"It is not proven yet, so {way_of(mending)}")
    again = _again(menders.goal, task, is_known=HAND_IN in menders.request.works)
    return Repair(
        add=(again,),
        rewire={task.number: (*again.after, again.key)},
        reset=(task.number,) if task.status in (TaskStatus.FAILED, TaskStatus.BLOCKED) else (),
        summary=f"It is not proven yet. Next: «{again.title}».",
    )


def after_writing(menders: Menders, task: Task) -> Generator[None, None, Repair]:
    """The repair after a model has had its tries at code and the system found them wanting: another way is nothing
    that makes the goal larger."""
    if task.status in ENDED_TASKS:
        return (yield from after_failure(menders, task))
    other = yield from otherwise(menders, task)
    return replace(other, grows=False) if other is not None else (yield from after_failure(menders, task))


def _seen(task: Task) -> str:
    """What the proof saw, in its own words."""
    return task.outcome.summary if task.outcome is not None else task.last_error


def _again(goal: Goal, task: Task, *, is_known: bool) -> PlannedTask:
    """The change, handed in by a person, with what was wrong; never two tasks of one name."""
    part = Part.TESTS if task.inputs.get("proof") == Proof.TESTS else Part.CHANGE
    before = sum(one.work == HAND_IN and one.status in ENDED_TASKS for one in goal.tasks.values())
    return PlannedTask(
        key=f"hand-in-{task.number}-{before + 1}",
        title=crop(f"Hand in what is missing for «{crop(task.title, 90)}»"),
        description=crop(_seen(task), 600),
        work=HAND_IN if is_known else "person",
        inputs={"part": part.value} if is_known else {},
        after=tuple(f"#{number}" for number in task.depends_on),
        criterion=task.criterion,
        weight=0.0,  # what is handed in counts with the proof of it: a wrong cure is no progress
        critical=task.critical,
        estimate=Estimate(low=0.2, likely=2, high=72),
        expected=Expectation(summary="Changed files within what the repository allows"),
    )
