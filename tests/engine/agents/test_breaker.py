"""The circuit breaker: after failures in a row nobody goes through, then one, and the others once that one came."""

import pytest

from engine.agents.breaker import FAILURES, FIRST_REST, LONGEST_REST, Breaker, BreakerOpen, Position


class Seconds:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def opened() -> tuple[Breaker, Seconds]:
    """One that has just opened."""
    clock = Seconds()
    breaker = Breaker("a model", clock)
    for _ in range(FAILURES):
        breaker.failed(is_probe=breaker.admit())
    assert breaker.position is Position.OPEN
    return breaker, clock


def tried(breaker: Breaker, times: int = 10) -> list[bool | None]:
    """What so many who ask at once are told: whether they are the probe, None for no."""
    told: list[bool | None] = []
    for _ in range(times):
        try:
            told.append(breaker.admit())
        except BreakerOpen:
            told.append(None)
    return told


def test_of_ten_who_ask_when_it_is_half_open_one_goes_through() -> None:
    breaker, clock = opened()
    assert tried(breaker) == [None] * 10
    clock.now = FIRST_REST
    assert tried(breaker) == [True, *[None] * 9]
    breaker.succeeded()
    assert tried(breaker) == [False] * 10


def test_a_probe_that_fails_lets_it_rest_for_longer_up_to_a_bound() -> None:
    breaker, clock = opened()
    rest = FIRST_REST
    for _ in range(10):
        clock.now += rest
        assert tried(breaker, 2) == [True, None]
        breaker.failed(is_probe=True)
        rest = min(2 * rest, LONGEST_REST)
        clock.now += rest - 1.0
        assert tried(breaker, 2) == [None, None]
        clock.now -= rest - 1.0


def test_a_probe_that_was_given_up_leaves_its_place_to_the_next() -> None:
    breaker, clock = opened()
    clock.now = FIRST_REST
    assert tried(breaker, 2) == [True, None]
    breaker.undecided(is_probe=True)
    assert tried(breaker, 2) == [True, None]


def test_failures_that_are_not_in_a_row_open_nothing() -> None:
    breaker = Breaker("a model", Seconds())
    for _ in range(10):
        for _ in range(FAILURES - 1):
            breaker.failed(is_probe=breaker.admit())
        breaker.succeeded()
    assert breaker.position is Position.CLOSED


def test_who_was_under_way_when_it_opened_says_nothing_new() -> None:
    breaker, clock = opened()
    clock.now = FIRST_REST - 1.0
    breaker.failed(is_probe=False)
    with pytest.raises(BreakerOpen):
        breaker.admit()
    clock.now = FIRST_REST
    assert breaker.admit()
