"""What an attempt's failure means: classified by the type that was raised, never by the words of a message."""

import datetime as dt
import math
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import (
    DependencyBlocked,
    EngineError,
    ExternalBlocked,
    PermanentError,
    ResourceBlocked,
    TemporaryError,
)
from engine.money import BudgetReached, Shortage
from engine.tasks import Outcome
from engine.values import TaskNumber, well_formed

MOST_WORDS = 1_000
"""Characters of an error that are kept."""
LONGEST_DELAY = 30 * 86_400.0
"""Seconds after which a resource is looked at again, however long somebody asked for."""


class FailureKind(StrEnum):
    """What to do about a failure."""

    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    RESOURCE = "resource"
    DEPENDENCY = "dependency"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an attempt did not complete its task."""

    kind: FailureKind
    message: str
    delay: float | None = None
    """Seconds after which to look again, where the failure said so; None otherwise."""
    resource: str = ""
    shortage: Shortage | None = None
    """The budget that was reached, where that is the reason; None otherwise."""
    until: dt.datetime | None = None
    """When that budget begins anew by itself; None for never."""
    missing: tuple[TaskNumber, ...] = ()
    needed: str = ""
    from_whom: str = ""
    how: str = ""
    outcome: Outcome | None = None
    """What did come out, where it fell short of what was expected; None where nothing did."""


def classify(error: Exception) -> Failure:
    """The failure that an exception means. What nobody raised on purpose counts as temporary: it is tried again."""
    message = _words_of(error)
    match error:
        case BudgetReached():
            return Failure(
                kind=FailureKind.RESOURCE,
                message=message,
                resource=error.resource,
                shortage=error.shortage,
                until=error.account.until,
            )
        case ResourceBlocked():
            delay = _seconds(error.retry_after)
            return Failure(kind=FailureKind.RESOURCE, message=message, resource=_fit(error.resource), delay=delay)
        case DependencyBlocked():
            return Failure(kind=FailureKind.DEPENDENCY, message=message, missing=error.missing)
        case ExternalBlocked():
            return Failure(
                kind=FailureKind.EXTERNAL,
                message=message,
                needed=_fit(error.needed),
                from_whom=_fit(error.from_whom),
                how=_fit(error.how),
            )
        case TemporaryError():
            return Failure(kind=FailureKind.TEMPORARY, message=message, delay=_seconds(error.delay))
        case PermanentError():
            return Failure(kind=FailureKind.PERMANENT, message=message)
        case TimeoutError():
            took = "it took too long" if message == type(error).__name__ else message
            return Failure(kind=FailureKind.TEMPORARY, message=took)
        case EngineError():
            return Failure(kind=FailureKind.PERMANENT, message=message)
        case _:
            return Failure(kind=FailureKind.TEMPORARY, message=_named(error, message))


def _named(error: Exception, message: str) -> str:
    name = type(error).__name__
    return message if message == name else f"{name}: {message}"


def _seconds(asked: float | None) -> float | None:
    """A delay that a stranger asked for, if it is one that can be added to a moment."""
    return min(max(asked, 0.0), LONGEST_DELAY) if asked is not None and math.isfinite(asked) else None


def _words_of(error: Exception) -> str:
    """What an exception says; its type where it says nothing."""
    try:
        words = _fit(str(error)).strip()
    except Exception:  # the border of one attempt: a stranger's `__str__` may fail too
        words = ""
    return words or type(error).__name__


def _fit(words: str) -> str:
    """Words of strangers, fit to be stored and shown."""
    kept = well_formed(str(words))
    return kept if len(kept) <= MOST_WORDS else f"{kept[: MOST_WORDS - 1]}…"
