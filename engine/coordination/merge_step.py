"""The work `merge`: a step of a plan that brings together what the tasks before it brought, by itself.

Sources are kept, and what contradicts is named and left for whoever reads it: nothing is settled here. The same results
are merged once, however often the step is tried.
"""

from collections.abc import Awaitable, Callable, Sequence

from engine.coordination.merging import Brought, Merged
from engine.errors import InvalidInputError
from engine.files import FileSource, NewFile
from engine.tasks import Outcome
from engine.values import GoalId, JsonObject, JsonValue, TaskId, TaskNumber
from engine.work.registry import Work, WorkContext

MERGE = "merge"
FILE = "merged.md"
"""What the text of a merge is kept as, with its goal."""

Results = Callable[[GoalId, TaskNumber], Awaitable[tuple[Sequence[Brought], Merged]]]
"""What the tasks before a task brought, one by one and together; nothing where they were left out."""
Keep = Callable[[NewFile], Awaitable[str]]
"""Keeps a file with its goal; returns its name there."""


def merge_work(results: Results, keep: Keep) -> Work:
    """The work; a model helps with the words where there is one."""

    async def run(context: WorkContext) -> Outcome:
        task = context.task.number
        brought, found = await results(context.goal_id, task)
        if not brought:
            return Outcome(summary="there is nothing to bring together: the tasks before it were left out")
        content = text_of(found, brought).encode()
        new = NewFile(goal=context.goal_id, name=FILE, content=content, source=FileSource.AGENT, task=task)
        return Outcome(summary=summary_of(found, brought), value=told(found), artefacts=(await keep(new),))

    return Work(
        name=MERGE,
        summary="Brings together by itself what the tasks in `after` brought: sources kept, contradictions named",
        run=run,
        check_inputs=_no_inputs,
    )


def _no_inputs(inputs: JsonObject) -> None:
    if inputs:
        raise InvalidInputError("inputs", f"it takes none, not {', '.join(sorted(inputs))}", "what it waits for counts")


def summary_of(found: Merged, brought: Sequence[Brought]) -> str:
    """How it went, in a sentence or two."""
    parts = f"{len(brought)} results are brought together" if len(brought) > 1 else "one result, with nothing beside it"
    if found.contradictions:
        about = ", ".join(f"«{one.about}»" for one in found.contradictions[:5])
        more = f" and {len(found.contradictions) - 5} more" if len(found.contradictions) > 5 else ""
        return f"{parts}. They contradict each other about {about}{more}: somebody has to settle that."
    if len(brought) > 1 and any(one.in_words for one in brought) and not found.statements:
        why = f": {found.failure}" if found.failure else ""
        return f"{parts}; what they say in words nobody has compared{why}."
    return f"{parts}; nothing contradicts."


def told(found: Merged) -> dict[str, JsonValue]:
    """A merge as the result of its task: for the tasks behind it, and for programs."""
    contradictions: list[JsonValue] = [
        {"about": one.about, "said": [{"value": said.value, "by": list(said.sources)} for said in one.said]}
        for one in found.contradictions
    ]
    statements: list[JsonValue] = [{"text": one.text, "by": list(one.sources)} for one in found.statements]
    kept: dict[str, JsonValue] = {
        "facts": dict(found.facts),
        "sources": {name: list(tasks) for name, tasks in found.sources.items()},
        "contradictions": contradictions,
        "statements": statements,
    }
    return {name: value for name, value in kept.items() if value}


def text_of(found: Merged, brought: Sequence[Brought]) -> str:
    """A merge for people, as Markdown."""
    lines = ["# What came out together", ""]
    if found.contradictions:
        lines += ["## They contradict each other", ""]
        for one in found.contradictions:
            lines += [f"- {one.about}", *(f"  - {_line(said.value)} ({_by(said.sources)})" for said in one.said)]
        lines.append("")
    lines += [f"- {one.text} ({_by(one.sources)})" for one in found.statements]
    lines += [f"- {name}: {_line(_at(found.facts, name))} ({_by(tasks)})" for name, tasks in found.sources.items()]
    lines += ["", "## Who brought what", ""]
    lines += [f"- {one.task} «{one.title}»: {_line(one.summary or one.value)}" for one in brought]
    return "\n".join(lines) + "\n"


def _by(tasks: Sequence[TaskId]) -> str:
    return ", ".join(tasks)


def _line(value: JsonValue) -> str:
    match value:
        case list():
            return ", ".join(map(_line, value))
        case dict():
            return ", ".join(f"{name}: {_line(item)}" for name, item in value.items())
        case _:
            return " ".join(str(value).split())


def _at(facts: JsonObject, path: str) -> JsonValue:
    """The fact at a path such as `site.host`; dots within a name are escaped."""
    found: JsonValue = dict(facts)
    for name in path.replace("\\.", "\0").split("."):
        found = found.get(name.replace("\0", ".")) if isinstance(found, dict) else None
    return found
