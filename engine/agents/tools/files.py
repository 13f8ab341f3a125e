"""Files of the goal: what people sent and what agents wrote. An agent writes new ones, and replaces only its own."""

import asyncio
from functools import partial

from pydantic_ai import RunContext
from pydantic_ai.exceptions import ToolFailed
from pydantic_ai.toolsets import FunctionToolset

from engine.agents.runs.facts import Manner, RunFacts
from engine.agents.tools.file_lines import brought_by, file_line
from engine.agents.tools.marking import marked, one_line, part_of
from engine.agents.tools.notes import goal_of
from engine.agents.tools.pages import page_text
from engine.agents.tools.pdf import is_pdf, pdf_text
from engine.errors import PermanentError, StoreError, TemporaryError
from engine.files import FileSource, GoalFile, GoalFiles, NewFile
from engine.values import GoalId, well_formed

LIST, READ, WRITE = "list_files", "read_file", "write_file"
MOST = 20_000
"""Characters of a file that one call returns."""
LONGEST_WRITTEN = 400_000
"""Characters of a file that an agent writes."""
_LISTED = 100


def files_toolset(files: GoalFiles) -> FunctionToolset[RunFacts]:
    """The tools, over the files of the run's goal."""
    toolset = FunctionToolset[RunFacts](id="files")
    _add_reading(toolset, files)
    _add_writing(toolset, files)
    return toolset


def _add_reading(toolset: FunctionToolset[RunFacts], files: GoalFiles) -> None:
    async def list_files(ctx: RunContext[RunFacts]) -> str:
        """List the files of this goal: documents that the person sent, and what was written for it."""
        return await file_list(files, goal_of(ctx))

    async def read_file(ctx: RunContext[RunFacts], name: str, start: int = 0) -> str:
        """Read a file of this goal as text; PDFs too.

        Args:
            name: The file's name, as list_files shows it.
            start: The character to begin with; a long file comes in parts.
        """
        return await file_text(files, goal_of(ctx), name, start)

    toolset.add_function(list_files, name=LIST)
    toolset.add_function(read_file, name=READ)


def _add_writing(toolset: FunctionToolset[RunFacts], files: GoalFiles) -> None:
    async def write_file(ctx: RunContext[RunFacts], name: str, content: str) -> str:
        """Keep a text as a file of this goal, for the person and for later tasks. What you wrote before under the same
        name in this task is replaced; no other file is.

        Args:
            name: What the file is to be called, with its ending: report.md, prices.csv.
            content: All of the text, at most 400000 characters.
        """
        goal = goal_of(ctx)
        if len(content) > LONGEST_WRITTEN:
            raise ToolFailed(f"A file has at most {LONGEST_WRITTEN} characters; write it in parts.")
        new = NewFile(
            goal=goal,
            name=name,
            content=well_formed(content).encode(),
            source=FileSource.AGENT,
            task=ctx.deps.task,
        )
        kept = await files.keep(new, ctx.deps.now())
        return f"Kept as «{kept.name}», {kept.size} bytes."

    toolset.add_function(write_file, name=WRITE)


def files_manners() -> dict[str, Manner]:
    """How they may be used. Writing the same again finds it kept."""
    return {name: Manner(repeatable=True) for name in (LIST, READ, WRITE)}


async def file_list(files: GoalFiles, goal: GoalId) -> str:
    """The files of a goal, a line each, marked as data."""
    found = await files.of(goal)
    if not found:
        return "This goal has no files yet."
    return marked("\n".join(f"- {file_line(one)}" for one in found[-_LISTED:]), "the list of this goal's files")


async def file_text(files: GoalFiles, goal: GoalId, name: str, start: int) -> str:
    """A part of a file as text, marked as data. Raises `ToolFailed` for what is not there, or is no text."""
    file = await _named(files, goal, name)
    try:
        content = await files.read(file)
    except StoreError as error:  # the run goes on without the file
        raise ToolFailed(f"«{file.name}» can't be read: {error.reason}") from error
    if is_pdf(content):
        text = await files.texts.of(file.digest, partial(_pdf_text, file, content))
    else:
        text = await asyncio.to_thread(_text_of, file, content)  # there may be megabytes of it
    return marked(part_of(text, start, MOST), f"the file «{file.name}», {brought_by(file)}")


async def _named(files: GoalFiles, goal: GoalId, name: str) -> GoalFile:
    found = await files.of(goal)
    wanted = name.strip().casefold()
    for file in found:
        if file.name.casefold() == wanted:
            return file
    raise ToolFailed(f"This goal has no file «{one_line(name, 100)}». list_files shows those it has.")


async def _pdf_text(file: GoalFile, content: bytes) -> str:
    try:
        return await pdf_text(content)
    except (PermanentError, TemporaryError) as error:  # the run goes on without the file
        raise ToolFailed(f"«{file.name}» can't be read: {error}. Ask the person for its text.") from error


def _text_of(file: GoalFile, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _guessed(file, content)
    return page_text(text, "") if file.kind == "text/html" else text


def _guessed(file: GoalFile, content: bytes) -> str:
    """Text of an older make; other contents are refused."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:4096] or not (file.kind.startswith("text/") or file.kind == "application/json"):
        raise ToolFailed(f"«{file.name}» is {file.kind}, which can't be read as text. Ask the person for its text.")
    return content.decode("cp1252", errors="replace")
