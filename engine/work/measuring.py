"""The `measure` work: a number beside its target, told by a person or read from a web address."""

import datetime as dt
from contextlib import suppress
from functools import partial

from engine.errors import InvalidInputError, PermanentError, TemporaryError
from engine.tasks import Expectation, Outcome, Task, Waiting, WaitingFor
from engine.values import JsonObject, JsonValue
from engine.work.fetching import fetch
from engine.work.inputs import finite, needed_text, text
from engine.work.json_paths import parse_json, value_at
from engine.work.registry import Work, WorkContext
from engine.work.web_requests import URL_LENGTH, Answer, Fetching, Request, check_url, raise_if_busy, shown_url

_DIGITS = 40
"""Characters; what is longer is no number, and no more of it is shown."""


def deviation_of(value: float, expected: Expectation) -> float:
    """How far a number is from its target: its shortfall relative to the target, from 0 (reached) to 1 (not at all).

    For a target with `at_most`, what counts is by how much the number is above it. Beside a target of 0 every miss
    counts as 1. Without a target, or with one that is no finite number, nothing can be missed.
    """
    target = finite(expected.target)
    if target is None:
        return 0.0
    missing = value - target if expected.at_most else target - value
    if missing <= 0:
        return 0.0
    scale = abs(target)
    return min(1.0, missing / scale) if scale > 0 else 1.0


def judge_measure(task: Task, value: JsonValue) -> Outcome:
    """What a number says about a `measure` task. Pure.

    Raises `InvalidInputError` when the value is no finite number.
    """
    measured = finite(value)
    if measured is None:
        raise InvalidInputError("value", "that is no number", "a plain number such as 512 or 3.5")
    unit = f" {task.expected.unit}" if task.expected.unit else ""
    summary = f"{_plain(measured)}{unit}"
    target = finite(task.expected.target)
    if target is not None:
        relation = "at most " if task.expected.at_most else ""
        summary += f" (target: {relation}{_plain(target)}{unit})"
    return Outcome(summary=summary, value=value, deviation=deviation_of(measured, task.expected))


def _plain(number: float) -> str:
    """1234567.0 as 1234567, 3.50 as 3.5; an exponent only where the digits would not fit a line."""
    return str(int(number)) if abs(number) < 1e15 and number == int(number) else f"{number:.10g}"


def _open_measure(task: Task, now: dt.datetime) -> Waiting | None:
    if task.inputs.get("url") is not None:
        return None
    return Waiting(what=WaitingFor.MEASURE, since=now)


def _check_measure(inputs: JsonObject) -> None:
    if inputs.get("url") is not None:
        _url_and_path(inputs)


def _url_and_path(inputs: JsonObject) -> tuple[str, str | None]:
    """Where the number is read, and the path to it; None when the whole answer is the number."""
    url = needed_text(inputs, "url", limit=URL_LENGTH)
    check_url(url)
    return url, text(inputs, "json", limit=200)


async def _run_measure(fetching: Fetching, context: WorkContext) -> Outcome:
    url, path = _url_and_path(context.inputs)
    answer = await fetch(fetching, Request(url=url))
    _check_status(answer, context)
    return judge_measure(context.task, _number_in(answer, path))


def _check_status(answer: Answer, context: WorkContext) -> None:
    """Only a 200 carries a number worth believing."""
    raise_if_busy(answer, context.now())
    where = shown_url(answer.url)
    if answer.status >= 500:
        raise TemporaryError(f"{where} answered {answer.status}")
    if answer.status != 200:
        raise PermanentError(f"{where} answered {answer.status} instead of 200")


def _number_in(answer: Answer, path: str | None) -> JsonValue:
    where = shown_url(answer.url)
    found: JsonValue = answer.text
    if path is not None:
        try:
            found = value_at(parse_json(answer.text), path)
        except LookupError as error:
            raise PermanentError(f"the answer of {where} has no «{path}»") from error
        except ValueError as error:
            raise PermanentError(f"the answer of {where} is no JSON") from error
    if isinstance(found, str):
        found = _from_text(found.strip())
    if finite(found) is None:
        raise PermanentError(f"what {where} says is no number: {str(found)[:_DIGITS]!r}")
    return found


def _from_text(written: str) -> int | float | str:
    if len(written) <= _DIGITS:
        for read in (int, float):
            with suppress(ValueError):
                return read(written)
    return written


def measure_work(fetching: Fetching) -> Work:
    """The `measure` work, whose readings over HTTP keep to the bounds given."""
    return Work(
        name="measure",
        summary="A number beside its target: told by a person, or read at «url» (with «json», the path to it)",
        run=partial(_run_measure, fetching),
        opens=_open_measure,
        check_inputs=_check_measure,
        exact=True,
        timeout=fetching.timeout + 10,
    )
