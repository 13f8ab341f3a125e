"""What an attempt's failure means: classified by the type that was raised, never by the words of a message."""

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
from engine.tasks import Outcome
from engine.values import TaskNumber


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
    missing: tuple[TaskNumber, ...] = ()
    needed: str = ""
    from_whom: str = ""
    how: str = ""
    outcome: Outcome | None = None
    """What did come out, where it fell short of what was expected; None where nothing did."""


def classify(error: Exception) -> Failure:
    """The failure that an exception means. What nobody raised on purpose counts as temporary: it is tried again."""
    message = str(error) or type(error).__name__
    match error:
        case ResourceBlocked():
            return Failure(kind=FailureKind.RESOURCE, message=message, resource=error.resource, delay=error.retry_after)
        case DependencyBlocked():
            return Failure(kind=FailureKind.DEPENDENCY, message=message, missing=error.missing)
        case ExternalBlocked():
            return Failure(
                kind=FailureKind.EXTERNAL,
                message=message,
                needed=error.needed,
                from_whom=error.from_whom,
                how=error.how,
            )
        case TemporaryError():
            return Failure(kind=FailureKind.TEMPORARY, message=message, delay=error.delay)
        case PermanentError():
            return Failure(kind=FailureKind.PERMANENT, message=message)
        case TimeoutError():
            return Failure(kind=FailureKind.TEMPORARY, message=str(error) or "it took too long")
        case EngineError():
            return Failure(kind=FailureKind.PERMANENT, message=message)
        case _:
            return Failure(kind=FailureKind.TEMPORARY, message=f"{type(error).__name__}: {message}")
