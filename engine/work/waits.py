"""The works that only wait: for a person, a moment, a choice. Pure: nothing runs, no slot is held."""

import datetime as dt

from engine.errors import InvalidInputError, PermanentError
from engine.tasks import Task, Waiting, WaitingFor
from engine.values import JsonObject, JsonValue
from engine.work.inputs import number, text
from engine.work.registry import Work, WorkContext

LONGEST_WAIT = 10 * 366 * 86_400.0
"""Seconds; a longer wait is a mistake."""
FEWEST_OPTIONS, MOST_OPTIONS, OPTION_LENGTH = 2, 8, 100


def _open_person(task: Task, now: dt.datetime) -> Waiting:
    return Waiting(what=WaitingFor.PERSON, since=now)


def _open_decision(task: Task, now: dt.datetime) -> Waiting:
    return Waiting(what=WaitingFor.DECISION, since=now)


def _open_wait(task: Task, now: dt.datetime) -> Waiting | None:
    """The end is computed here, once, and stored: a restart or a change of the plan's words does not move it.

    Without a usable end there is no wait, and its attempt says why: an opening is part of a decision, which many
    goals may share, and must not raise.
    """
    try:
        return Waiting(what=WaitingFor.TIME, since=now, until=_end_of_wait(task.inputs, now))
    except InvalidInputError:
        return None


def _refuse_wait(context: WorkContext) -> None:
    try:
        _check_wait(context.inputs)
    except InvalidInputError as error:
        raise PermanentError(str(error)) from error
    raise PermanentError("a wait is opened, it can't be run")


def _end_of_wait(inputs: JsonObject, now: dt.datetime) -> dt.datetime:
    seconds = number(inputs, "seconds", low=0, high=LONGEST_WAIT)
    until = text(inputs, "until", limit=40)
    if (seconds is None) == (until is None):
        raise InvalidInputError("wait", "it needs one end", "either «seconds» or «until»")
    if seconds is not None:
        return now + dt.timedelta(seconds=seconds)
    return _moment(until or "")


def _moment(written: str) -> dt.datetime:
    accepts = "a date and time with its zone, such as 2027-03-01T09:00:00+00:00"
    try:
        moment = dt.datetime.fromisoformat(written)
        if moment.tzinfo is not None:
            return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInputError("until", f"«{written}» is no moment", accepts) from error
    raise InvalidInputError("until", f"«{written}» has no zone", accepts)


def _check_wait(inputs: JsonObject) -> None:
    _end_of_wait(inputs, dt.datetime(2000, 1, 1, tzinfo=dt.UTC))


def decision_options(inputs: JsonObject) -> tuple[str, ...]:
    """The options of a `decide` task, as they were written. Raises `InvalidInputError` unless they are 2 to 8 texts."""
    accepts = f"{FEWEST_OPTIONS} to {MOST_OPTIONS} different texts of up to {OPTION_LENGTH} characters"
    options = inputs.get("options")
    if not isinstance(options, list) or not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise InvalidInputError("options", "there must be something to choose from", accepts)
    texts = tuple(option for option in options if isinstance(option, str) and option.strip())
    if len(texts) != len(options) or any(len(option) > OPTION_LENGTH for option in texts):
        raise InvalidInputError("options", "one of them is no usable text", accepts)
    if len({option.strip().casefold() for option in texts}) != len(texts):
        raise InvalidInputError("options", "two of them are the same", accepts)
    return texts


def option_meant(inputs: JsonObject, value: JsonValue) -> str | None:
    """The option that a program's value stands for: its words in any case, or True and False for yes and no; None where
    it stands for none."""
    said = ("yes" if value else "no") if isinstance(value, bool) else value
    if not isinstance(said, str):
        return None
    options = decision_options(inputs)
    return said if said in options else next((one for one in options if _plain(one) == _plain(said)), None)


def _plain(written: str) -> str:
    return written.strip(" .!").casefold()


def _check_decision(inputs: JsonObject) -> None:
    decision_options(inputs)
    text(inputs, "question")


PERSON = Work(name="person", summary="Someone does it and says so", opens=_open_person)
WAIT = Work(
    name="wait",
    summary="Waits for «seconds», or until the moment «until»",
    run=_refuse_wait,
    opens=_open_wait,
    check_inputs=_check_wait,
)
DECIDE = Work(
    name="decide",
    summary="A person answers «question» by choosing one of «options»",
    opens=_open_decision,
    check_inputs=_check_decision,
)
