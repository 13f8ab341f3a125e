"""What a model is told of a goal's file besides its content. Imports no pydantic-ai."""

from collections.abc import Sequence

from engine.agents.tools.marking import one_line
from engine.files import FileSource, GoalFile, GoalFiles
from engine.values import GoalId


def file_line(file: GoalFile) -> str:
    """A file and what was said with it, on a line."""
    note = f": {one_line(file.note, 200)}" if file.note else ""
    return f"{file.name} ({file.kind}, {file.size} bytes, {brought_by(file)}){note}"


async def file_lines(files: GoalFiles, goal: GoalId) -> Sequence[str]:
    """All files of a goal, a line each."""
    return [file_line(one) for one in await files.of(goal)]


def brought_by(file: GoalFile) -> str:
    """Who the file is from."""
    if file.source is FileSource.PERSON:
        return "sent by the person"
    return f"written by task {file.task}" if file.task is not None else "written by an agent"
