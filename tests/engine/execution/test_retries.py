"""Retries are bounded in tries and in time, jittered, and never overflow."""

import datetime as dt
import random

from hypothesis import given
from hypothesis import strategies as st

from engine.errors import PermanentError, TemporaryError
from engine.execution.adaptation import repaired
from engine.execution.retries import RetryPolicy, jitter_for, next_attempt
from engine.execution.task_decisions import came_due
from engine.plans import Repair
from engine.tasks import TaskStatus
from engine.values import TaskNumber
from tests.engine.lives import Life, planned
from tests.fakes import START

POLICY = RetryPolicy()


def due(
    attempts: int, policy: RetryPolicy = POLICY, *, since: float = 0.0, asked: float | None = None
) -> dt.datetime | None:
    return next_attempt(
        policy, attempts=attempts, since_first=since, asked_delay=asked, now=START, chance=random.Random(1)
    )


@given(
    attempts=st.integers(1, 10**6),
    since=st.floats(0, 1e12),
    asked=st.none() | st.floats(-1e12, 1e12),
    chance=st.integers(),
)
def test_a_delay_stays_within_its_bounds_whatever_is_asked(
    attempts: int, since: float, asked: float | None, chance: int
) -> None:
    policy = RetryPolicy(most_attempts=10**9, give_up_after=1e13)
    at = (
        next_attempt(
            policy, attempts=attempts, since_first=since, asked_delay=asked, now=START, chance=random.Random(chance)
        )
        if asked is None or asked < 1e9
        else START
    )
    assert at is not None
    assert at >= START
    if asked is None:
        assert (at - START).total_seconds() <= policy.longest_delay * (1 + policy.jitter) + 1e-6


def test_the_last_attempt_is_the_last() -> None:
    assert due(2) is not None
    assert due(3) is None
    assert due(1, RetryPolicy(most_attempts=1)) is None


def test_nothing_is_tried_for_ever() -> None:
    assert due(1, since=POLICY.give_up_after) is None
    assert due(1, since=POLICY.give_up_after - 1) is not None


def test_delays_grow_by_the_factor_up_to_the_longest() -> None:
    plain = RetryPolicy(most_attempts=100, jitter=0.0)
    waits = [(at - START).total_seconds() for n in range(1, 9) if (at := due(n, plain)) is not None]
    assert waits == [2, 8, 32, 128, 512, 600, 600, 600]


def test_a_delay_that_the_failure_names_replaces_the_backoff() -> None:
    assert due(1, asked=90.0) == START + dt.timedelta(seconds=90)
    assert due(1, asked=-5.0) == START


def test_what_failed_together_does_not_come_back_together_but_the_same_attempt_always_does() -> None:
    chances = {jitter_for(goal, task, 1).random() for goal in range(5) for task in range(5)}
    assert len(chances) == 25
    assert jitter_for(1, 2, 3).random() == jitter_for(1, 2, 3).random()


def test_a_delay_that_is_no_number_does_not_spoil_the_decision() -> None:
    life = Life.started(planned("a"))
    life.fail(1, TemporaryError("odd", delay=float("nan")))
    assert life.task(1).status is TaskStatus.PENDING
    assert life.task(1).due_at is not None


def test_fresh_attempts_are_fresh_in_time_too() -> None:
    life = Life.started(planned("a"))
    life.fail(1, PermanentError("no way"))
    life.pass_time(days=2)
    assert life.goal.adapting is not None
    life.do(repaired(Repair(reset=(TaskNumber(1),)), life.goal.adapting, 1))
    life.fail(1, TemporaryError("hiccup"))
    assert life.task(1).status is TaskStatus.PENDING, "two days ago is not now"
    life.pass_time(minutes=1)
    life.do(came_due(TaskNumber(1)))
    assert life.task(1).due_at is None
