"""What goes wrong with models, as the errors that the executor knows. Imports pydantic-ai."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from pydantic_ai.exceptions import (
    AgentRunError,
    FallbackExceptionGroup,
    ModelAPIError,
    ModelAuthenticationError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRequestRejectedError,
    UnexpectedModelBehavior,
    UsageLimitExceeded,
    UserError,
)

from engine.agents.breaker import BreakerOpen
from engine.agents.working.work import ModelUnusable
from engine.errors import EngineError, PermanentError, ResourceBlocked, TemporaryError, WorkError
from engine.money import BudgetReached

TOO_LARGE = 413
"""What servers say of a request that is too large for them."""
_LONGEST, _LONGEST_CODE = 200, 40


class RequestRefusedError(PermanentError):
    """The model is there, and the provider does not take just this request."""


class TooLongError(RequestRefusedError):
    """What was sent is more than the model takes at once."""


_TOLD: Mapping[type[Exception], tuple[type[PermanentError] | type[ModelUnusable], str]] = {
    ModelAuthenticationError: (ModelUnusable, "the provider does not take the key"),
    ModelNotFoundError: (ModelUnusable, "the provider has no such model"),
    UserError: (ModelUnusable, "the model can't be used"),
    ModelContextWindowExceededError: (TooLongError, "it is too much text for the model"),
    ModelRequestRejectedError: (RequestRefusedError, "the provider refused the request"),
}
"""What trying again would not mend, the narrower before the wider: what only whoever runs the bot can mend, and what
another plan may."""


_OF_THE_LIBRARY = (
    ("output retries", "it was in a wrong form each time"),
    ("max retries", "it used a tool that is not there, or in a wrong way each time"),
    ("Invalid response from", "what its server sent is no answer of a model"),
)
"""What stands for words that are meant for programmers."""


class UselessAnswerError(PermanentError):
    """The model answers, but with nothing that can be used."""


class EndlessAnswerError(UselessAnswerError):
    """It comes to no end: less at once may be what it takes, so another plan may mend it."""


@contextmanager
def model_faults() -> Iterator[None]:
    """Within it, what models do wrong is raised as `WorkError`s: temporary, permanent, or a resource that is away."""
    try:
        yield
    except (AgentRunError, FallbackExceptionGroup, UserError) as error:
        raise work_error(error) from error


def work_error(error: Exception) -> EngineError:
    """The engine's error for one of pydantic-ai's."""
    if isinstance(error, FallbackExceptionGroup):
        return _worst([work_error(one) for one in error.exceptions if isinstance(one, Exception)])
    if isinstance(error, EngineError):
        return error
    told = told_in_a_line(error)
    if isinstance(error, ModelQuotaExceededError):
        return ResourceBlocked("model quota", f"the provider's account is used up: {told}", retry_after=3600.0)
    if isinstance(error, UsageLimitExceeded):
        return EndlessAnswerError("the model went on for too long")
    if isinstance(error, ModelHTTPError) and error.status_code == TOO_LARGE:
        return TooLongError(f"it is too much for the model's server: {told}")
    for kind, (meant, words) in _TOLD.items():
        if isinstance(error, kind):
            return meant(f"{words}: {told}")
    if isinstance(error, ModelAPIError):
        return TemporaryError(f"the model could not answer: {told}", delay=error.retry_after)
    if isinstance(error, UnexpectedModelBehavior):
        told = next((words for sign, words in _OF_THE_LIBRARY if sign in told), told)
        return UselessAnswerError(f"the model gave no usable answer: {told}")
    return PermanentError(f"the model can't be used: {told}")


def _worst(errors: list[EngineError]) -> EngineError:
    """Of what several models said: the budget first, then what passes by itself."""
    for kind in (BudgetReached, TemporaryError, BreakerOpen, WorkError):
        for error in errors:
            if isinstance(error, kind):
                return error
    return errors[0] if errors else TemporaryError("no model could answer")


def told_in_a_line(error: Exception) -> str:
    """One line for people; the body of an answer may hold anything, even a key."""
    if isinstance(error, ModelHTTPError):
        code = " ".join(str(error.provider_error_code or "").split())[:_LONGEST_CODE]
        more = f", {code}" if code not in ("", str(error.status_code)) else ""
        return f"{error.model_name} said {error.status_code}{more}"
    line = " ".join(str(error).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
