"""Ids and plain values that every other module speaks in."""

from collections.abc import Mapping
from typing import NewType, TypeAlias

from typing_extensions import TypeAliasType

GoalId = NewType("GoalId", int)
TaskNumber = NewType("TaskNumber", int)
"""A task's number within its goal, from 1."""
BlockageNumber = NewType("BlockageNumber", int)
"""A blockage's number within its goal, from 1."""
TaskId = NewType("TaskId", str)
"""A task anywhere, for programs and people: `"7.3"` is task 3 of goal 7."""
ChatId = NewType("ChatId", int)
UserId = NewType("UserId", int)
BootId = NewType("BootId", str)
"""Names one run of the process; with the attempt number it is an attempt's lease."""
Cause = NewType("Cause", str)
"""What a command came from, such as `update:4711:0` or `wakeup:task:7.3@…`. The same cause never acts twice."""

JsonValue = TypeAliasType("JsonValue", "None | bool | int | float | str | list[JsonValue] | dict[str, JsonValue]")
"""A named alias: pydantic can't read a recursive one without a name."""
JsonObject: TypeAlias = Mapping[str, JsonValue]


def well_formed(text: str) -> str:
    """The text without halves of surrogate pairs: they may come out of anybody's JSON, and no database keeps them. Two
    halves that belong together become their sign again."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def task_id(goal: GoalId, number: TaskNumber) -> TaskId:
    """The id of a task as programs and people see it."""
    return TaskId(f"{goal}.{number}")


def parse_task_id(text: str) -> tuple[GoalId, TaskNumber]:
    """Goal and number behind a task id.

    Raises `ValueError` when the text is not of the form `"7.3"`.
    """
    goal, dot, number = text.partition(".")
    if not dot or not goal.isdecimal() or not number.isdecimal():
        raise ValueError(f"«{text}» is no task id; a task id looks like 7.3 (goal 7, task 3)")
    return GoalId(int(goal)), TaskNumber(int(number))
