"""A circuit breaker: after several failures in a row a model is left alone for a while, then tried by one call."""

from collections.abc import Callable
from enum import StrEnum

from engine.errors import ResourceBlocked

FAILURES = 5
"""So many in a row open it."""
FIRST_REST = 30.0
"""Seconds it stays open at first; doubled each time the probe fails."""
LONGEST_REST = 600.0


class Position(StrEnum):
    """Whether calls go through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"
    """One call is out to see whether the others may follow."""


class BreakerOpen(ResourceBlocked):
    """The call was not made: the model has failed too often lately."""

    def __init__(self, model: str, seconds: float) -> None:
        super().__init__(
            f"model {model}", f"the model {model} does not answer; it is asked again later", retry_after=seconds
        )


class Breaker:
    """For one model. `now` gives seconds that only go forward."""

    def __init__(self, model: str, now: Callable[[], float]) -> None:
        self._model = model
        self._now = now
        self._failures = 0
        self._rest = FIRST_REST
        self._until: float | None = None  # None while it is closed
        self._probing = False

    @property
    def position(self) -> Position:
        """Where it stands."""
        if self._until is None:
            return Position.CLOSED
        return Position.HALF_OPEN if self._probing or self._now() >= self._until else Position.OPEN

    def admit(self) -> bool:
        """Let a call through, and say whether it is the probe; it must come back. Raises `BreakerOpen`."""
        if self._until is None:
            return False
        left = self._until - self._now()
        if left > 0 or self._probing:
            raise BreakerOpen(self._model, max(left, 1.0))
        self._probing = True
        return True

    def succeeded(self) -> None:
        """The model answered, even if with a refusal of what was asked."""
        self._failures, self._rest, self._until, self._probing = 0, FIRST_REST, None, False

    def failed(self, *, is_probe: bool) -> None:
        """It was busy, broken, silent or not there."""
        self._failures += 1
        if is_probe:
            self._rest = min(self._rest * 2, LONGEST_REST)
            self._probing = False
        elif self._until is not None or self._failures < FAILURES:
            return  # a call from before it opened says nothing new
        self._until = self._now() + self._rest

    def undecided(self, *, is_probe: bool) -> None:
        """The call was given up before it had an answer: if it was the probe, the next call is."""
        if is_probe:
            self._probing = False
