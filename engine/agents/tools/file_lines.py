"""What a model is told of a goal's file besides its content. Imports no pydantic-ai."""

from engine.agents.tools.marking import one_line
from engine.files import FileSource, GoalFile


def file_line(file: GoalFile) -> str:
    """A file and what was said with it, on a line."""
    note = f": {one_line(file.note, 200)}" if file.note else ""
    return f"{file.name} ({file.kind}, {file.size} bytes, {brought_by(file)}){note}"


def brought_by(file: GoalFile) -> str:
    """Who the file is from."""
    if file.source is FileSource.PERSON:
        return "sent by the person"
    return f"written by task {file.task}" if file.task is not None else "written by an agent"
