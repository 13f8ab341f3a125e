"""Notes of the goal: what was observed on the way, by people and by agents. They stand in the goal's log."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from pydantic_ai import RunContext
from pydantic_ai.exceptions import ToolFailed
from pydantic_ai.toolsets import FunctionToolset

from engine.agents.runs.facts import Manner, RunFacts
from engine.agents.tools.marking import marked, one_line, part_of
from engine.records import ProgressRow
from engine.values import Cause, GoalId

READ, WRITE = "read_notes", "write_note"
MOST = 20_000
"""Characters that one call returns."""
LONGEST_NOTE = 2_000
NO_GOAL = "This talk is about no goal, so there are no notes or files of it."


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalNotes:
    """What can be done with the notes of a goal."""

    of: Callable[[GoalId], Awaitable[Sequence[ProgressRow]]]
    """The progress history, oldest first."""
    add: Callable[[GoalId, str, Cause], Awaitable[object]]
    """Keep a note; the same cause keeps it once."""


def notes_toolset(notes: GoalNotes) -> FunctionToolset[RunFacts]:
    """The tools, over the notes of the run's goal."""
    toolset = FunctionToolset[RunFacts](id="notes")

    async def read_notes(ctx: RunContext[RunFacts], start: int = 0) -> str:
        """Read what was noted about this goal so far, newest first.

        Args:
            start: The character to begin with; many notes come in parts.
        """
        rows = await notes.of(goal_of(ctx))
        told = [f"{row.at:%Y-%m-%d %H:%M} UTC: {row.note}" for row in reversed(rows) if row.note]
        if not told:
            return "Nothing was noted yet."
        return marked(part_of("\n".join(told), start, MOST), "the notes of this goal")

    async def write_note(ctx: RunContext[RunFacts], text: str) -> str:
        """Note something about this goal that later tasks or the person should know. Write whole sentences.

        Args:
            text: The note, at most 2000 characters.
        """
        goal = goal_of(ctx)
        if not text.strip() or len(text) > LONGEST_NOTE:
            raise ToolFailed(f"A note has 1 to {LONGEST_NOTE} characters; longer texts are kept with write_file.")
        await notes.add(goal, f"{author(ctx.deps)}: {text.strip()}", ctx.deps.cause(ctx.tool_call_id))
        return "Noted."

    toolset.add_function(read_notes, name=READ)
    toolset.add_function(write_note, name=WRITE)
    return toolset


def notes_manners() -> dict[str, Manner]:
    """How they may be used."""
    return {READ: Manner(repeatable=True), WRITE: Manner(repeatable=True)}


def goal_of(ctx: RunContext[RunFacts]) -> GoalId:
    """The goal of the run: a tool knows no other."""
    if ctx.deps.goal is None:
        raise ToolFailed(NO_GOAL)
    return ctx.deps.goal


def author(facts: RunFacts) -> str:
    """Who an agent's note is from, so that nobody takes it for a person's."""
    return one_line("an agent" if facts.task is None else f"the agent of task {facts.task}", 60)
