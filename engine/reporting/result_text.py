"""The result of a goal as plain text, for a terminal, a program's log, or a model. Pure."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Final

from engine.reporting.results import Artefact, GoalResult, ResultStatus, TaskResult, WaitingTask
from engine.values import JsonValue

MOST_LISTED: Final = 50
"""Lines of a list; the rest is counted."""
MOST_LINE: Final = 400
_HEADS: Final = {
    ResultStatus.SUCCESS: ("Goal Execution Complete", "✓ SUCCESS"),
    ResultStatus.PARTIAL: ("Goal Execution Complete", "PARTIAL: not every task was completed"),
    ResultStatus.FAILED: ("Goal Execution Failed", "✗ FAILED"),
    ResultStatus.WAITING: ("Goal Execution Waits", "WAITING"),
    ResultStatus.TIMEOUT: ("Goal Execution Not Finished", "TIMEOUT: the time was up"),
    ResultStatus.INTERRUPTED: ("Goal Execution Interrupted", "INTERRUPTED"),
}


def result_text(result: GoalResult, go_on: str = "") -> str:
    """The result in lines, without one at the end. `go_on` says how to go on; shown only where something is left."""
    headline, status = _HEADS[result.status]
    lines = [
        headline,
        "",
        f"GOAL: {_line(result.name)} (#{result.goal})",
        f"STATUS: {status}",
        f"EXECUTION TIME: {_length(result.execution_time)}",
        "",
        "TASKS:",
        f"  Total: {result.total}",
        f"  Completed: {result.completed}",
        f"  Failed: {result.failed}",
        *_list("✓ COMPLETED TASKS", map(_done, result.completed_tasks)),
        *_list("✗ FAILED TASKS", map(_failed, result.failed_tasks)),
        *_list("WAITING FOR", map(_waiting, result.waiting)),
        *_list("NOT FINISHED", result.unfinished),
        *_list("LEFT OUT", result.left_out),
        *_list("ARTEFACTS", map(_artefact, result.artefacts)),
        *_list("REASONS", result.reasons),
        *_list("MISSING", result.missing),
    ]
    ended = result.status in (ResultStatus.SUCCESS, ResultStatus.PARTIAL, ResultStatus.FAILED)
    return "\n".join([*lines, *([] if ended or not go_on else ["", go_on])])


def result_json(result: GoalResult) -> dict[str, JsonValue]:
    """The same as JSON can hold it: every field by its name, moments in ISO, `execution_time` in seconds."""
    told = {name: _plain(value) for name, value in asdict(result).items()}
    return {**told, "success": result.is_success}


def _plain(value: object) -> JsonValue:
    match value:
        case None | bool() | int() | float():
            return value
        case dt.datetime():
            return value.isoformat()
        case dict():
            return {str(name): _plain(one) for name, one in value.items()}
        case tuple() | list():
            return [_plain(one) for one in value]
        case _:
            return str(value)


def _list(title: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(lines)
    if not listed:
        return
    yield ""
    yield f"{title}:"
    for one in listed[:MOST_LISTED]:
        yield f"  - {_line(one)}"
    if len(listed) > MOST_LISTED:
        yield f"  … and {len(listed) - MOST_LISTED} more"


def _done(task: TaskResult) -> str:
    places = [a.place or a.name for a in task.artefacts if a.text is None]
    if places:
        return f"{task.title} ({', '.join(places)})"
    return f"{task.title}: {task.summary}" if task.summary else task.title


def _failed(task: TaskResult) -> str:
    return f"{task.title}: {task.summary}"


def _waiting(one: WaitingTask) -> str:
    named = f"{one.title} [{one.task}]" if one.task is not None else one.title
    whom = f" (from {one.from_whom})" if one.from_whom not in ("", "you") else ""
    until = f", looked at again at {one.until:%Y-%m-%d %H:%M:%S} UTC" if one.until is not None else ""
    how = f". {one.how}" if one.how else ""
    return f"{named}: {one.waits_for}{whom}{until}{how}"


def _artefact(one: Artefact) -> str:
    if one.place is not None:
        return f"{one.name} ({one.place}), by task {one.task}"
    if one.file is not None:
        return f"{one.name} (kept with the goal), by task {one.task}"
    return f"{one.name} ({len(one.text or '')} characters), by task {one.task}"


def _length(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def _line(text: str) -> str:
    """On one line, not too long, and without what could steer a terminal: results of strangers' works are in it."""
    clean = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return clean if len(clean) <= MOST_LINE else f"{clean[: MOST_LINE - 1]}…"
