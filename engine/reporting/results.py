"""What came of a goal that was carried out in one call, as values: only what the ledger holds. Pure."""

import datetime as dt
import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath

from engine.blockages import BlockageKind
from engine.coding.options import REPOSITORY
from engine.coding.works.outcomes import is_turned_down
from engine.execution.motion import next_move
from engine.files import FileId, FileSource, GoalFile
from engine.goals import Goal, GoalStatus
from engine.tasks import Task, TaskStatus, WaitingFor
from engine.values import GoalId, JsonValue, TaskId, TaskNumber, task_id

NO_REPOSITORY = "a repository: what is done to code is left to a person, since the goal names none to work in"
SHORT = 300
"""Characters up to which a text is told in a line; a longer one is a document."""


class ResultStatus(StrEnum):
    """How it went."""

    SUCCESS = "success"
    """The goal is completed, and so is every task of it that counts."""
    PARTIAL = "partial"
    """The goal is completed without all of its tasks."""
    FAILED = "failed"
    """The goal has failed, or was called off."""
    WAITING = "waiting"
    """Nothing goes on before a person has answered, or a moment has come."""
    TIMEOUT = "timeout"
    """The time was up while something could still go on; nothing is lost."""
    INTERRUPTED = "interrupted"
    """It was stopped from outside while something could still go on; nothing is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """Something that a task made: a file or an address by its `place`, a document by its `text`, or a `file` that is
    kept with the goal."""

    name: str
    task: TaskId
    media_type: str
    place: str | None = None
    """A path or an address; None for a document that is only in the ledger."""
    text: str | None = None
    """The document itself; None where it is at its place."""
    file: FileId | None = None
    """The goal's file that it is; None where it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """A task that is over: what came out of it, or why it failed."""

    task: TaskId
    title: str
    summary: str
    artefacts: tuple[Artefact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTask:
    """What something waits for, from whom, and until when at the longest."""

    task: TaskId | None
    """None where the goal as a whole waits."""
    title: str
    waits_for: str
    from_whom: str = ""
    """Empty where nobody can help: a moment, or a resource."""
    how: str = ""
    until: dt.datetime | None = None
    """When it is looked at again by itself; None for when it is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalResult:
    """What came of a goal. Tasks that were left out or replaced don't count.

    `total` = `completed` + `failed` + the tasks that still wait or were not begun.
    """

    goal: GoalId
    name: str
    status: ResultStatus
    goal_status: GoalStatus
    progress: float
    execution_time: float
    """Seconds that this call took."""
    total: int
    completed: int
    failed: int
    completed_tasks: tuple[TaskResult, ...] = ()
    failed_tasks: tuple[TaskResult, ...] = ()
    waiting: tuple[WaitingTask, ...] = ()
    """Of the goal and of those that serve it."""
    unfinished: tuple[str, ...] = ()
    """Titles of tasks that run, are still to come, or never came to run; and of code that a proof has turned down."""
    left_out: tuple[str, ...] = ()
    """Titles of tasks that were skipped."""
    artefacts: tuple[Artefact, ...] = ()
    """All of them, also those of goals that serve this one."""
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """What is not there: resources, and what this installation does without where a person has to help."""

    @property
    def is_success(self) -> bool:
        """Whether the goal is completed with all its tasks."""
        return self.status is ResultStatus.SUCCESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a result has to know beside the goal."""

    now: dt.datetime
    seconds: float = 0.0
    """How long the call took."""
    cut: ResultStatus = ResultStatus.TIMEOUT
    """Why it ended, in case that something could still go on."""
    lacks: tuple[str, ...] = ()
    """What the installation does without."""
    files: Mapping[GoalId, Sequence[GoalFile]] = field(default_factory=dict)
    """What is kept with the goal and with those that serve it."""


def result_of(goal: Goal, serving: Sequence[Goal], given: Circumstances) -> GoalResult:
    """The result of a goal; `serving` are all goals that serve it."""
    family = (goal, *serving)
    live, made = list(goal.live_tasks), {member.id: _made(member, given) for member in family}
    done = [t for t in live if t.status is TaskStatus.COMPLETED and not is_turned_down(goal, t)]
    failed = [t for t in live if t.status is TaskStatus.FAILED]
    waiting = tuple(one for member in family for one in _waiting(member))
    told = {*(one.task for one in waiting), *(task_id(goal.id, t.number) for t in (*done, *failed))}
    return GoalResult(
        goal=goal.id,
        name=goal.name,
        status=_status(goal, family, given),
        goal_status=goal.status,
        progress=goal.progress,
        execution_time=given.seconds,
        total=len(live),
        completed=len(done),
        failed=len(failed),
        completed_tasks=tuple(_task_result(goal, t, made[goal.id][t.number]) for t in done),
        failed_tasks=tuple(_task_result(goal, t, made[goal.id][t.number]) for t in failed),
        waiting=waiting,
        unfinished=tuple(_unfinished(t) for t in live if task_id(goal.id, t.number) not in told),
        left_out=tuple(t.title for t in _ordered(goal) if t.status is TaskStatus.SKIPPED),
        artefacts=tuple(one for by_task in made.values() for found in by_task.values() for one in found),
        reasons=tuple(dict.fromkeys(_reasons(family))),
        missing=_missing(family, given.lacks),
    )


def _ordered(goal: Goal) -> list[Task]:
    return sorted(goal.tasks.values(), key=lambda task: (task.position, task.number))


def _status(goal: Goal, family: Sequence[Goal], given: Circumstances) -> ResultStatus:
    if goal.status is GoalStatus.COMPLETED:
        live = list(goal.live_tasks)
        all_done = bool(live) and all(task.status is TaskStatus.COMPLETED for task in live)
        return ResultStatus.SUCCESS if all_done else ResultStatus.PARTIAL
    if goal.has_ended:
        return ResultStatus.FAILED
    moves = [move for member in family if (move := next_move(member, given.now)) is not None]
    is_new = goal.status is GoalStatus.DRAFT  # planning was not even asked for yet
    return given.cut if is_new or any(move <= given.now for move in moves) else ResultStatus.WAITING


def _made(goal: Goal, given: Circumstances) -> dict[TaskNumber, tuple[Artefact, ...]]:
    """What each live task of a goal made; a place that several name is told once, with the first of them."""
    made: dict[TaskNumber, tuple[Artefact, ...]] = {}
    places: set[str] = set()
    for task in goal.live_tasks:
        found = artefacts_of(goal.id, task, given.files.get(goal.id, ()))
        made[task.number] = tuple(one for one in found if one.place not in places)
        places.update(one.place for one in found if one.place is not None)
    return made


def _unfinished(task: Task) -> str:
    return f"{task.title} (written; no proof of it holds)" if task.status is TaskStatus.COMPLETED else task.title


def _task_result(goal: Goal, task: Task, made: tuple[Artefact, ...]) -> TaskResult:
    outcome = task.outcome.summary if task.outcome is not None else ""
    told = (task.last_error or outcome or "no reason is known") if task.status is TaskStatus.FAILED else outcome
    return TaskResult(task=task_id(goal.id, task.number), title=task.title, summary=told, artefacts=made)


def artefacts_of(goal: GoalId, task: Task, files: Sequence[GoalFile] = ()) -> tuple[Artefact, ...]:
    """What a completed task made: the places that its outcome names, a text too long for a line, and what it wrote of
    the goal's `files`."""
    if task.outcome is None or task.status is not TaskStatus.COMPLETED:
        return ()
    name = task_id(goal, task.number)
    written = [file for file in files if file.source is FileSource.AGENT and file.task == task.number]
    names = {file.name for file in written}
    found = [_placed(place, name) for place in task.outcome.artefacts if place not in names]
    found += [Artefact(name=file.name, task=name, media_type=file.kind, file=file.id) for file in written]
    text = _document(task.outcome.value)
    if text is not None:
        title = re.sub(r"[^\w-]+", "-", task.title).strip("-").lower()[:60].rstrip("-")
        found.append(Artefact(name=f"{title or name}.txt", task=name, media_type="text/plain", text=text))
    return tuple(found)


def _placed(place: str, task: TaskId) -> Artefact:
    path = place.partition("?")[0].partition("#")[0] if "://" in place else place
    media_type, encoding = mimetypes.guess_type(path)
    shown = PurePath(path).name or place
    usual = media_type if media_type is not None and encoding is None else "application/octet-stream"
    return Artefact(name=shown, task=task, media_type=usual, place=place)


def _document(value: JsonValue) -> str | None:
    """A text that is no one-line answer; None for everything else."""
    if isinstance(value, dict):
        value = value.get("output")  # what a command or a program wrote
    if isinstance(value, str) and (len(value) > SHORT or "\n" in value.strip()):
        return value
    return None


def _waiting(goal: Goal) -> Iterator[WaitingTask]:
    if goal.has_ended:
        return
    if goal.status is GoalStatus.PROPOSED:
        yield WaitingTask(task=None, title=goal.name, waits_for="your yes to the plan", from_whom="you")
    elif goal.proposed_version is not None:
        yield WaitingTask(task=None, title=goal.name, waits_for="your yes to the changed plan", from_whom="you")
    if goal.status is GoalStatus.PAUSED:
        yield WaitingTask(task=None, title=goal.name, waits_for="to be resumed: it is paused", from_whom="you")
    for blockage in goal.blockages.values():
        task = goal.tasks[blockage.task] if blockage.task is not None else None
        yield WaitingTask(
            task=task_id(goal.id, task.number) if task is not None else None,
            title=task.title if task is not None else goal.name,
            waits_for=blockage.needed or blockage.description,
            from_whom=blockage.from_whom or ("you" if blockage.kind is BlockageKind.EXTERNAL else ""),
            how=blockage.how,
            until=task.due_at if task is not None else None,
        )
    blocked = {blockage.task for blockage in goal.blockages.values()}
    for task in goal.live_tasks:
        if task.number not in blocked and (found := _waiting_task(goal, task)) is not None:
            yield found


def _waiting_task(goal: Goal, task: Task) -> WaitingTask | None:
    name = task_id(goal.id, task.number)
    if task.status is TaskStatus.PENDING and task.due_at is not None:
        why = f"another try: {task.last_error}" if task.last_error else "its moment"
        return WaitingTask(task=name, title=task.title, waits_for=why, until=task.due_at)
    if task.waiting is None or task.status is not TaskStatus.WAITING:
        return None
    words, whom = _WORDS[task.waiting.what]
    until = task.waiting.until if task.waiting.what is WaitingFor.TIME else None
    return WaitingTask(task=name, title=task.title, waits_for=words, from_whom=whom, until=until)


_WORDS: dict[WaitingFor, tuple[str, str]] = {
    WaitingFor.PERSON: ("you to do it", "you"),
    WaitingFor.TIME: ("its moment", ""),
    WaitingFor.SUBGOAL: ("the goal that serves it", ""),
    WaitingFor.DECISION: ("your choice", "you"),
    WaitingFor.MEASURE: ("a number from you", "you"),
    WaitingFor.JUDGEMENT: ("a look at what came out", ""),
    WaitingFor.APPROVAL: ("your approval", "you"),
}
"""What a task waits for, and from whom (empty: nobody can hurry it)."""


def _reasons(family: Iterable[Goal]) -> Iterator[str]:
    for member in family:
        if member.reason:
            yield member.reason
        if member.adapting is not None and not member.has_ended:
            yield f"the plan is being changed: {member.adapting.reason}"
        for task in _ordered(member):
            if task.status is TaskStatus.SUPERSEDED and task.last_error:
                yield f"«{task.title}» was replaced: {task.last_error}"


def _missing(family: Iterable[Goal], lacks: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    asks = False
    wants_code = False
    for member in family:
        if member.has_ended:
            continue
        found += [b.needed for b in member.blockages.values() if b.kind is BlockageKind.RESOURCE and b.needed]
        asks = asks or any(t.status is TaskStatus.WAITING and t.work == "person" for t in member.tasks.values())
        wants_code = wants_code or (member.metadata.get("has_codebase") is True and REPOSITORY not in member.metadata)
    lacks = (*lacks, NO_REPOSITORY) if wants_code else lacks
    return tuple(dict.fromkeys([*found, *(lacks if asks else ())]))
