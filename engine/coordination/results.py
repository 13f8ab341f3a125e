"""What came of parts that were done side by side, as values: only what the ledger holds. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.coordination.agents import skill_of
from engine.coordination.crews import Crew
from engine.coordination.merging import Merged
from engine.goals import Goal
from engine.records import AttemptRow
from engine.reporting.results import ResultStatus
from engine.tasks import ENDED_TASKS, LEFT_OUT_TASKS, Task, TaskStatus
from engine.values import GoalId, JsonValue, TaskId, TaskNumber, task_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """One part: who did it, and what came of it."""

    task: TaskId
    title: str
    status: TaskStatus
    agent: str = ""
    """Who made the newest try; empty where nobody has tried yet, or nobody in particular did."""
    attempts: int = 0
    """All tries ever, those lost to crashes included."""
    result: JsonValue = None
    summary: str = ""
    artefacts: tuple[str, ...] = ()
    reason: str = ""
    """Why it failed, or what it waits for; empty for what is done."""

    @property
    def has_failed(self) -> bool:
        """Whether it failed for good: it stands as failed, or was left out after it had failed."""
        return self.status is TaskStatus.FAILED or (self.status is TaskStatus.SKIPPED and bool(self.reason))

    @property
    def was_replaced(self) -> bool:
        """Whether it failed, and a newer plan does something else in its place."""
        return self.status is TaskStatus.SUPERSEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelResult:
    """What came of the parts of a goal or a task."""

    goal: GoalId
    task: TaskId | None
    """The task whose parts they are; None where they are those of the goal."""
    status: ResultStatus
    """`success`: every part is completed; `failed`: one failed for good, or the goal did; `waiting`: what is left
    waits; `interrupted`: the executor was stopped."""
    parts: tuple[PartResult, ...]
    """In the order of the plan; those that failed and were replaced among them."""
    merged: Merged | None
    """What the completed ones brought together; None where that was not asked for, or none is completed."""
    reason: str = ""
    """Why the goal failed or was called off; empty otherwise."""

    @property
    def is_success(self) -> bool:
        """Whether every part is completed."""
        return self.status is ResultStatus.SUCCESS

    @property
    def completed(self) -> tuple[PartResult, ...]:
        """Parts that are done."""
        return tuple(part for part in self.parts if part.status is TaskStatus.COMPLETED)

    @property
    def failed(self) -> tuple[PartResult, ...]:
        """Parts that failed for good."""
        return tuple(part for part in self.parts if part.has_failed)

    @property
    def replaced(self) -> tuple[PartResult, ...]:
        """Parts that failed, and in whose place a newer plan does something else."""
        return tuple(part for part in self.parts if part.was_replaced)

    @property
    def unfinished(self) -> tuple[PartResult, ...]:
        """Parts that wait, are stuck, or were not begun."""
        over = {TaskStatus.COMPLETED, *LEFT_OUT_TASKS, TaskStatus.FAILED}
        return tuple(part for part in self.parts if part.status not in over)


def status_of(goal: Goal, parts: Sequence[PartResult], *, stopped: bool) -> ResultStatus:
    """How it went. `stopped` tells that the executor was."""
    left = [part for part in parts if part.status not in ENDED_TASKS]
    if any(part.has_failed for part in parts):
        return ResultStatus.FAILED
    if not left and any(part.status is TaskStatus.COMPLETED for part in parts):
        return ResultStatus.SUCCESS
    if goal.has_ended:
        return ResultStatus.FAILED
    return ResultStatus.INTERRUPTED if stopped else ResultStatus.WAITING


def parts_of(goal: Goal, crew: Crew, tries: Sequence[AttemptRow]) -> tuple[PartResult, ...]:
    """The crew's share of a goal, in the order of the plan: all that counts, and what failed before it was left out."""
    share: Collection[TaskNumber] = crew.share(goal)
    tasks = [goal.tasks[number] for number in share]
    shown = [task for task in tasks if task.is_live or (task.last_error and task.attempt_serial)]
    return tuple(_part(goal, task, crew, tries) for task in sorted(shown, key=lambda one: (one.position, one.number)))


def _part(goal: Goal, task: Task, crew: Crew, tries: Sequence[AttemptRow]) -> PartResult:
    own = [one for one in tries if one.task == task.number]
    outcome = task.outcome if task.status is TaskStatus.COMPLETED else None
    return PartResult(
        task=task_id(goal.id, task.number),
        title=task.title,
        status=task.status,
        agent=own[-1].agent if own else "",
        attempts=len(own),
        result=outcome.value if outcome is not None else None,
        summary=outcome.summary if outcome is not None else "",
        artefacts=outcome.artefacts if outcome is not None else (),
        reason=_reason(goal, task, crew),
    )


def _reason(goal: Goal, task: Task, crew: Crew) -> str:
    """Why a part is not done."""
    if task.status is TaskStatus.COMPLETED:
        return ""
    stuck = "; ".join(one.needed or one.description for one in goal.blockages_of(task.number))
    if stuck or task.last_error:
        return stuck or task.last_error
    if task.status is TaskStatus.WAITING and task.waiting is not None:
        return f"it waits for {_WAITS.get(task.waiting.what.value, 'an answer')}"
    missing = [goal.tasks[n].title for n in task.depends_on if goal.tasks[n].status not in ENDED_TASKS]
    if missing:
        return f"it waits for «{'», «'.join(missing)}»"
    if task.status is TaskStatus.PENDING and not crew.can_do(task):
        return f"nobody here can do «{skill_of(task)}»"
    return goal.reason


_WAITS = {
    "person": "a person",
    "time": "its moment",
    "subgoal": "the goal that serves it",
    "decision": "a choice",
    "measure": "a number",
    "judgement": "a look at what came out",
}
