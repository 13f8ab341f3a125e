"""The code of the goal's own branch as tools: looked at, changed within the repository's globs, tested, never pushed.

There is no shell among them, and nothing that reaches the network: whoever reads strangers' code can be told by it to
carry things away. What the code and its tests say is marked as data. One call is made after the other, in the order the
model asks for them, so that tests run on what was edited before them. Imports pydantic-ai.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field
from pydantic_ai import RunContext
from pydantic_ai.exceptions import ToolFailed
from pydantic_ai.toolsets import FunctionToolset

from engine.agents.runs.facts import Manner, RunFacts
from engine.agents.tools.marking import marked, one_line
from engine.coding.begun_changes import BegunChange
from engine.coding.bench import Bench, TestRun, Wanted
from engine.coding.proving.protected import Protection, protection
from engine.coding.proving.reports import Case, plain
from engine.coding.repositories import CommandKind
from engine.values import Cause, well_formed
from engine.workspace.access.editing import Edit
from engine.workspace.access.paths import clean_path
from engine.workspace.access.refusals import AccessRefused, Refusal
from engine.workspace.access.results import Access, AccessKind
from engine.workspace.access.showing import shown_changes, shown_excerpt, shown_hits, shown_listing
from engine.workspace.sandbox.commands import SandboxResult

LIST, SEARCH, READ, DIFF = "list_code", "search_code", "read_code", "show_diff"
EDIT, WRITE, DELETE = "edit_code", "write_code", "delete_code"
TEST, LINT = "run_tests", "run_linter"
MOST_EDITS = 50
_BEGUN = "milepost-edit"
"""In git's folder of the worktree: which call has begun to edit, and what it found."""
MOST_RED = 10
"""Red tests that one run tells of in full."""
MOST_OUTPUT = 6_000
"""Characters of the last output of a command that one call returns."""
MOST_DIFF = 40_000


def may_change_anything(path: str) -> str | None:
    """The rule of a task that may change any file; the repository's globs hold all the same."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDesk:
    """What the tools work on."""

    bench: Bench
    refuses: Callable[[str], str | None] = may_change_anything
    """From a clean path to why this task may not change it; None where it may."""


class CodeEdit(BaseModel):
    """One edit, as the model gives it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    path: str = Field(description="the file, as list_code shows it")
    old_text: str = Field(description="text that is in the file exactly once, as it stands there, without line numbers")
    new_text: str = Field(description="what takes its place")


def code_toolset(desk: CodeDesk) -> FunctionToolset[RunFacts]:
    """The tools, over one goal's open workspace."""
    toolset = FunctionToolset[RunFacts](id="code", sequential=True)
    _add_reading(toolset, desk)
    _add_changing(toolset, desk)
    _add_checking(toolset, desk)
    return toolset


def code_manners() -> dict[str, Manner]:
    """How they may be used: each a second time with no harm. Edits that were made before a crash are known as such, and
    runs happen in a sandbox that keeps nothing. Without the sandbox, or room on the disk, there is no going on."""
    names = (LIST, SEARCH, READ, DIFF, EDIT, WRITE, DELETE, TEST, LINT)
    return {name: Manner(repeatable=True, waits=True) for name in names}


def _add_reading(toolset: FunctionToolset[RunFacts], desk: CodeDesk) -> None:
    code = desk.bench.code

    async def list_code(glob: str = "**") -> str:
        """List the files of the repository.

        Args:
            glob: Which ones, such as **/*.py or src/**; all of them unless said.
        """
        with _refusals():
            return marked(shown_listing(await asyncio.to_thread(code.list, glob)), "the repository's list of files")

    async def search_code(text: str, glob: str = "**", regex: bool = False, any_case: bool = False) -> str:
        """Find the lines of the repository in which a text stands.

        Args:
            text: The text, or a pattern.
            glob: In which files, such as **/*.py.
            regex: Whether the text is a regular expression.
            any_case: Whether capitals and small letters count as the same.
        """
        with _refusals():
            found = await asyncio.to_thread(code.search, text, glob, regex=regex, any_case=any_case)
        return marked(shown_hits(found), f"a search of the repository for «{one_line(text, 100)}»")

    async def read_code(path: str, first: int = 1, last: int | None = None) -> str:
        """Read a file of the repository, each line with its number, which is not part of the line.

        Args:
            path: The file, as list_code shows it.
            first: The number of the first line wanted.
            last: That of the last one; as many as one reading shows unless said.
        """
        with _refusals():
            excerpt = await asyncio.to_thread(code.read, path, first, last)
        return marked(shown_excerpt(excerpt), f"the file {one_line(excerpt.path, 200)} of the repository")

    for function, name in ((list_code, LIST), (search_code, SEARCH), (read_code, READ)):
        toolset.add_function(function, name=name)


def _add_changing(toolset: FunctionToolset[RunFacts], desk: CodeDesk) -> None:
    code = desk.bench.code

    async def edit_code(ctx: RunContext[RunFacts], edits: list[CodeEdit]) -> str:
        """Change files: each edit names a text that is in its file exactly once, and what takes its place. All edits of
        one call are made, or none; all of them mean the files as they are before the call.

        Args:
            edits: The edits, of one file or several.
        """
        if not 0 < len(edits) <= MOST_EDITS:
            raise ToolFailed(f"One call makes 1 to {MOST_EDITS} edits.")
        wanted = [Edit(path=one.path, old_text=one.old_text, new_text=well_formed(one.new_text)) for one in edits]
        with _refusals():
            _check(desk, AccessKind.EDIT, *(one.path for one in wanted))
            return await asyncio.to_thread(_edited, desk, ctx.deps.cause(ctx.tool_call_id), wanted)

    async def write_code(path: str, text: str) -> str:
        """Write a whole file: a new one, or in place of the one that is there. To change part of a file, use edit_code.

        Args:
            path: The file, from the top of the repository.
            text: All of its text.
        """
        with _refusals():
            _check(desk, AccessKind.WRITE, path)
            return shown_changes(await asyncio.to_thread(code.write, path, well_formed(text)))

    async def delete_code(path: str) -> str:
        """Remove a file.

        Args:
            path: The file, as list_code shows it.
        """
        with _refusals():
            _check(desk, AccessKind.DELETE, path)
            return await asyncio.to_thread(_deleted, desk, path)

    for function, name in ((edit_code, EDIT), (write_code, WRITE), (delete_code, DELETE)):
        toolset.add_function(function, name=name)


def _add_checking(toolset: FunctionToolset[RunFacts], desk: CodeDesk) -> None:
    async def run_tests(only: tuple[str, ...] = ()) -> str:
        """Run the repository's tests on the files as they are now, and say what came of each that did not pass.

        Args:
            only: Test files or ids of tests; empty for all of them.
        """
        run = await desk.bench.tests(Wanted(tests=only))
        return marked(shown_tests(run), "a run of the tests")

    async def run_linter() -> str:
        """Run the repository's linter on the files as they are now."""
        result = await desk.bench.command(CommandKind.LINT)
        return marked(f"{_ended(result)}\n{_last(result)}", "a run of the linter")

    async def show_diff() -> str:
        """Show all that this goal has changed so far, as a patch against the code as it was."""
        patch = await desk.bench.patch(most=MOST_DIFF)
        if not patch.content:
            return "Nothing is changed so far."
        return marked(patch.text + ("\n(There is more.)" if patch.cut else ""), "the change so far")

    toolset.add_function(run_tests, name=TEST)
    toolset.add_function(show_diff, name=DIFF)
    if desk.bench.repository.terms.command(CommandKind.LINT) is not None:
        toolset.add_function(run_linter, name=LINT)


def only_tests(path: str, test_files: tuple[str, ...] = ()) -> str | None:
    """The rule of a task that writes tests: the code itself is not to be touched, nor what runs the tests."""
    kind = protection(path, test_files)
    if kind is Protection.TEST:
        return None
    if kind is None:
        return "this task writes tests alone; the code is changed by a later one"
    return f"it is {kind.value}, and changing that could make any test come out as one likes"


def only_code(path: str, test_files: tuple[str, ...] = ()) -> str | None:
    """The rule of a task that changes code: whatever decides about tests stays as it is. Should it really have to
    change, a person does it."""
    kind = protection(path, test_files)
    if kind is None:
        return None
    return f"it is {kind.value}, and this task changes the code alone; if that has to change, ask the person"


def shown_tests(run: TestRun) -> str:
    """What came of a run of tests, in words for a model."""
    report = run.report
    red = [case for case in report.cases if case.outcome.red]
    told = [report.words, *map(_red, red[:MOST_RED])]
    if len(red) > MOST_RED:
        told.append(f"(and {len(red) - MOST_RED} more that did not pass)")
    if not report.cases or report.stopped is not None or report.faults:
        told.append(_last(run.result))
    return "\n".join(told)


def _red(case: Case) -> str:
    return (
        f"- {case.id}: {case.outcome.value}\n{case.message}" if case.message else f"- {case.id}: {case.outcome.value}"
    )


def _ended(result: SandboxResult) -> str:
    return "It found nothing." if result.passed else f"It ended with exit code {result.exit_code} ({result.ending})."


def _last(result: SandboxResult) -> str:
    told = result.output.strip()[-MOST_OUTPUT:]
    return plain(told, MOST_OUTPUT) or "(It wrote nothing.)"


def _edited(desk: CodeDesk, cause: Cause, wanted: Sequence[Edit]) -> str:
    """Make the edits, unless a call of the same cause has made them before a crash cut it off."""
    code, paths = desk.bench.code, [one.path for one in wanted]
    begun = BegunChange(file=desk.bench.worktree.admin / _BEGUN)
    before = code.digest(paths)
    if begun.was_made(cause, before):
        return f"This was done already: {', '.join(dict.fromkeys(paths))}."
    begun.begin(cause, before)
    return shown_changes(code.edit(wanted))


def _deleted(desk: CodeDesk, path: str) -> str:
    """Remove the file; what is gone already may have been removed before a crash."""
    try:
        return shown_changes(desk.bench.code.delete(path))
    except AccessRefused as refused:
        if refused.refusal is not Refusal.MISSING:
            raise
        return "There is no such file, or none any more."


def _check(desk: CodeDesk, kind: AccessKind, *paths: str) -> None:
    """Hold the paths against the task's own rule, before the repository's globs are asked."""
    for path in paths:
        clean = clean_path(path)
        if (reason := desk.refuses(clean)) is not None:
            desk.bench.journal.touched(Access(kind=kind, path=clean, refused=reason))
            raise ToolFailed(f"{one_line(clean, 200)} was not changed: {reason}.")


@contextmanager
def _refusals() -> Iterator[None]:
    """Tell the model of an access that was refused; what the words quote of the code is data."""
    try:
        yield
    except AccessRefused as refused:
        if refused.refusal is Refusal.BAD_EDIT:
            raise ToolFailed(f"Nothing was changed. {marked(refused.reason, 'the files')}") from refused
        raise ToolFailed(f"Refused: {refused.reason}.") from refused
