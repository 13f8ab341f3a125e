"""The `http_check` work: whether a web address answers as it should.

An answer that is not as hoped is an outcome, whose deviation is the share of checks that fail. No answer at all is
`TemporaryError`, a server that asks to come back later `ResourceBlocked`, and an address that may not be asked
`PermanentError`. In a chat's goal the first two are looked at again at growing intervals
(`engine/execution/patience.py`): the page may still have to be built.
"""

import json
from dataclasses import dataclass
from functools import partial

from engine.errors import InvalidInputError
from engine.tasks import Outcome
from engine.values import JsonObject, JsonValue
from engine.work.fetching import fetch
from engine.work.inputs import needed_text, number, text
from engine.work.json_paths import parse_json, same_json, value_at
from engine.work.registry import Work, WorkContext
from engine.work.web_requests import URL_LENGTH, Answer, Fetching, Request, check_url, raise_if_busy, shown_url

MOST_VALUES = 50
PATH_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What the answer should be."""

    url: str
    status: int
    contains: str
    """Empty when the text does not matter."""
    values: JsonObject
    """Paths and the values expected there."""

    @property
    def request(self) -> Request:
        redirect_is_wanted = 300 <= self.status < 400
        return Request(url=self.url, follow=not redirect_is_wanted, body=bool(self.contains or self.values))


def _wanted(inputs: JsonObject) -> _Wanted:
    url = needed_text(inputs, "url", limit=URL_LENGTH)
    check_url(url)
    status = number(inputs, "status", low=100, high=599)
    if status is not None and not status.is_integer():
        raise InvalidInputError("status", f"{status:g} is no status", "a whole number from 100 to 599")
    values = inputs.get("json") or {}
    if not isinstance(values, dict) or len(values) > MOST_VALUES or any(len(path) > PATH_LENGTH for path in values):
        accepts = f'up to {MOST_VALUES} paths and values, such as {{"data.state": "ready"}}'
        raise InvalidInputError("json", "that is no set of expected values", accepts)
    return _Wanted(
        url=url,
        status=200 if status is None else int(status),
        contains=text(inputs, "contains") or "",
        values=values,
    )


def _check_inputs(inputs: JsonObject) -> None:
    _wanted(inputs)


async def _run(fetching: Fetching, context: WorkContext) -> Outcome:
    wanted = _wanted(context.inputs)
    answer = await fetch(fetching, wanted.request)
    if answer.status != wanted.status:
        raise_if_busy(answer, context.now())
    return _judged(wanted, answer)


def _judged(wanted: _Wanted, answer: Answer) -> Outcome:
    failures: list[str] = []
    if answer.status != wanted.status:
        failures.append(f"answered {answer.status} instead of {wanted.status}")
    if wanted.contains and wanted.contains not in answer.text:
        failures.append(f"does not say «{wanted.contains[:100]}»" + (" in the part read" if answer.cut else ""))
    failures.extend(_value_failures(wanted.values, answer))
    checks = 1 + bool(wanted.contains) + len(wanted.values)
    where = shown_url(wanted.url)
    told: list[JsonValue] = list(failures)
    return Outcome(
        summary=f"{where} {'; '.join(failures)}" if failures else f"{where} answered {answer.status} as expected",
        value={"status": answer.status, "failures": told},
        deviation=len(failures) / checks,
    )


def _value_failures(values: JsonObject, answer: Answer) -> list[str]:
    if not values:
        return []
    try:
        document = parse_json(answer.text)
    except ValueError:
        problem = "is too long to be read as JSON" if answer.cut else "is no JSON"
        return [f"{problem}, so «{path}» is unknown" for path in values]
    failures = []
    for path, expected in values.items():
        try:
            found = value_at(document, path)
        except LookupError:
            failures.append(f"has no «{path}»")
            continue
        if not same_json(found, expected):
            failures.append(f"says {_short(found)} at «{path}» instead of {_short(expected)}")
    return failures


def _short(value: JsonValue) -> str:
    if isinstance(value, dict | list):  # never written out: a stranger's may be as deep as the stack
        return "an object" if isinstance(value, dict) else "a list"
    words = json.dumps(value, ensure_ascii=False)
    return words if len(words) <= 60 else f"{words[:59]}…"


def http_check_work(fetching: Fetching) -> Work:
    """The `http_check` work, within the bounds given."""
    return Work(
        name="http_check",
        summary="Asks «url» and compares «status» (200), «contains» and the values in «json» with what comes back",
        run=partial(_run, fetching),
        exact=True,  # four checks of five that hold are no healthy site
        patient=True,  # the page may still have to be built
        check_inputs=_check_inputs,
        timeout=fetching.timeout + 10,
    )
