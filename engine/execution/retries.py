"""When a failed attempt is tried again: a pure function, bounded in tries and in time, jittered."""

import datetime as dt
import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often, how soon and for how long an attempt is tried again."""

    most_attempts: int = 3
    """All attempts, the first included."""
    first_delay: float = 2.0
    """Seconds before the second attempt: long enough for a hiccup, short enough for a person who watches."""
    factor: float = 4.0
    longest_delay: float = 600.0
    give_up_after: float = 86_400.0
    """Seconds after the first start from which nothing is tried again, however few the attempts."""
    jitter: float = 0.25
    """The delay varies by this share, so that what failed together does not come back together."""


def next_attempt(  # noqa: PLR0913 - each is a fact that the moment depends on
    policy: RetryPolicy,
    *,
    attempts: int,
    since_first: float,
    asked_delay: float | None,
    now: dt.datetime,
    chance: random.Random,
) -> dt.datetime | None:
    """When to try again after `attempts` attempts; None when it is not worth another one.

    `asked_delay` in seconds, where the failure itself named one, replaces the backoff. Never raises.
    """
    if attempts >= policy.most_attempts or since_first >= policy.give_up_after:
        return None
    if asked_delay is not None:
        return now + dt.timedelta(seconds=min(max(asked_delay, 0.0), policy.give_up_after))
    # the exponent is capped before the power is taken: a hundred attempts must not overflow
    delay = min(policy.first_delay * policy.factor ** min(max(attempts - 1, 0), 30), policy.longest_delay)
    delay *= 1 + policy.jitter * (2 * chance.random() - 1)
    return now + dt.timedelta(seconds=delay)


def jitter_for(goal: int, task: int, attempt: int) -> random.Random:
    """Chance that is the same whenever the same attempt is decided again: decisions need no dice."""
    return random.Random(goal * 1_000_003 + task * 1_009 + attempt)  # noqa: S311 - jitter, no secret
