"""The works `create_file` and `modify_file`: exact, within the repository's globs, the same again changes nothing."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from engine.coding.bench import Bench
from engine.coding.works.attempt import Attempt
from engine.coding.works.inputs import objects
from engine.errors import PermanentError
from engine.tasks import Outcome
from engine.work.inputs import needed_text
from engine.workspace.access.editing import Edit
from engine.workspace.access.refusals import AccessRefused, Refusal
from engine.workspace.escaping import shown_name

_T = TypeVar("_T")


async def create(attempt: Attempt) -> Outcome:
    """Write the file. One that is there already with other contents is not overwritten."""
    path, content = needed_text(attempt.inputs, "path", limit=400), str(attempt.inputs.get("content", ""))
    async with attempt.bench() as bench:
        there = await _text_of(bench, path)
        if there is not None and there != content:
            raise PermanentError(f"«{shown_name(path)}» is there already, with other contents")
        if there is None:
            await asyncio.to_thread(_refusing(lambda: bench.code.write(path, content)))
    return Outcome(summary=f"{shown_name(path)}: {len(content.splitlines())} lines", value={"path": path})


async def modify(attempt: Attempt) -> Outcome:
    """Make all edits or none. Where all of them were made before, that is fine."""
    path = needed_text(attempt.inputs, "path", limit=400)
    edits = [(str(one["old_text"]), str(one["new_text"])) for one in objects(attempt.inputs, "edits", 50)]
    async with attempt.bench() as bench:
        there = await _text_of(bench, path) or ""
        if not all(new and new in there and (old in new or old not in there) for old, new in edits):
            asked = [Edit(path=path, old_text=old, new_text=new) for old, new in edits]
            await asyncio.to_thread(_refusing(lambda: bench.code.edit(asked)))
    return Outcome(
        summary=f"{shown_name(path)}: {len(edits)} {'edit' if len(edits) == 1 else 'edits'}", value={"path": path}
    )


async def _text_of(bench: Bench, path: str) -> str | None:
    """What is in a file now; None where there is none. Raises `PermanentError` where it may not be read."""

    def read() -> str | None:
        try:
            return bench.code.text(path)
        except AccessRefused as refused:
            if refused.refusal is Refusal.MISSING:
                return None
            raise

    return await asyncio.to_thread(_refusing(read))


def _refusing(access: Callable[[], _T]) -> Callable[[], _T]:
    """An access whose refusal is final: the same again would be refused again."""

    def tried() -> _T:
        try:
            return access()
        except AccessRefused as refused:
            raise PermanentError(str(refused)) from refused

    return tried
