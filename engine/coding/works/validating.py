"""The work `validate`: whether files, commands and addresses are as they should be; all that is not is told."""

import asyncio
import inspect
import json
import re
from collections.abc import Sequence

from msgspec.structs import replace

from engine.coding.bench import Bench
from engine.coding.reports import Check
from engine.coding.repositories import Command
from engine.coding.works.attempt import Attempt
from engine.coding.works.commands import outcome_of
from engine.coding.works.inputs import texts, wanted_checks
from engine.coding.works.schemas import schema_faults
from engine.errors import WorkError
from engine.tasks import Outcome
from engine.values import JsonObject, JsonValue
from engine.work.inputs import text
from engine.workspace.access.refusals import AccessRefused


async def validate(attempt: Attempt) -> Outcome:
    """Make all checks; the deviation is the share that fails."""
    found: list[tuple[str, str]] = []
    async with attempt.bench() as bench:
        for check in wanted_checks(attempt.inputs):
            if "file" in check:
                found.append((f"file {check['file']}", await asyncio.to_thread(_file_fault, bench, check)))
            elif "command" in check:
                found.append(await _command_fault(bench, check))
            else:
                found.append((str(check["url"]), await _answer_fault(attempt, check)))
    wrong = [(name, why) for name, why in found if why]
    checks = [Check(name=name, held=not why, words=why or "it is").told for name, why in found]
    told = "; ".join(f"{name}: {why}" for name, why in wrong) or f"{len(found)} checks hold"
    return Outcome(summary=told[:1_500], value={"checks": [*checks]}, deviation=len(wrong) / len(found))


def _file_fault(bench: Bench, check: JsonObject) -> str:
    try:
        content = bench.code.text(str(check["file"]))
    except AccessRefused as refused:
        return refused.reason
    contains, pattern = text(check, "contains"), text(check, "matches")
    if contains is not None and contains not in content:
        return f"it does not contain «{contains[:60]}»"
    if pattern is not None and not _is_found(bench, str(check["file"]), pattern):
        return f"nothing in it matches «{pattern[:60]}»"
    if "schema" in check:
        return _schema_fault(content, check["schema"])
    return ""


def _is_found(bench: Bench, path: str, pattern: str) -> bool:
    """By the bounded search of the tree: a pattern may take for ever."""
    re.compile(pattern)
    return bool(bench.code.search(pattern, path, regex=True).hits)


def _schema_fault(content: str, schema: JsonValue) -> str:
    try:
        document: JsonValue = json.loads(content)
    except (ValueError, RecursionError) as error:
        return f"it is no JSON: {error}"
    faults = schema_faults(document, schema)
    return "; ".join(faults[:5])


async def _command_fault(bench: Bench, check: JsonObject) -> tuple[str, str]:
    words: Sequence[str] = texts(check, "command", 100)
    outcome = outcome_of("it", await bench.run(Command(words=tuple(words))))
    return " ".join(words), outcome.summary if outcome.deviation else ""


async def _answer_fault(attempt: Attempt, check: JsonObject) -> str:
    """Asked as the work `http_check` asks, within the same bounds."""
    work = attempt.benches.sources.registry.get("http_check")
    assert work.run is not None
    try:
        came = work.run(replace(attempt.context, inputs=check))
        outcome = await came if inspect.isawaitable(came) else came
    except WorkError as error:
        return str(error)
    return outcome.summary if isinstance(outcome, Outcome) and outcome.deviation else ""
