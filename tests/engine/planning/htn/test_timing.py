"""When steps can start, which must not be late, and how many go on at once: as counted moment by moment."""

from collections.abc import Generator
from itertools import pairwise
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.htn.timing import TaskGraph, check_order, timed
from engine.tasks import Estimate

Value = TypeVar("Value")
STEPS = st.lists(
    st.tuples(st.integers(min_value=0, max_value=5), st.sets(st.integers(min_value=0, max_value=40), max_size=3)),
    max_size=30,
)
Steps = list[tuple[int, set[int]]]


def run(slices: Generator[None, None, Value]) -> Value:
    while True:
        try:
            next(slices)
        except StopIteration as end:
            value: Value = end.value
            return value


def graph_of(steps: Steps) -> TaskGraph:
    """Steps with whole hours, each after some of those before it."""
    after = {n: tuple(sorted(one for one in before if one < n)) for n, (_, before) in enumerate(steps)}
    estimates = {n: Estimate(low=hours / 2, likely=hours, high=hours * 2) for n, (hours, _) in enumerate(steps)}
    return run(timed(after, estimates))


@given(STEPS)
def test_each_step_starts_when_the_last_one_before_it_has_ended(steps: Steps) -> None:
    graph = graph_of(steps)
    ends = {n: graph.starts[n] + hours for n, (hours, _) in enumerate(steps)}
    for step, before in graph.after.items():
        assert graph.starts[step] == max((ends[one] for one in before), default=0.0)
    assert graph.duration.likely == max(ends.values(), default=0.0)
    assert graph.duration == Estimate(
        low=graph.duration.likely / 2, likely=graph.duration.likely, high=graph.duration.likely * 2
    )


@given(STEPS)
def test_the_critical_path_is_as_long_as_all_of_it_and_has_no_slack(steps: Steps) -> None:
    graph = graph_of(steps)
    path = graph.critical_path
    assert sum(steps[one][0] for one in path) == graph.duration.likely
    assert all(one in graph.after[other] for one, other in pairwise(path))
    assert all(graph.slack[one] == 0 for one in path)


@given(STEPS)
def test_a_step_that_uses_up_its_slack_delays_nothing_and_with_an_hour_more_it_does(steps: Steps) -> None:
    graph = graph_of(steps)
    for step, slack in graph.slack.items():
        hours, before = steps[step]
        for more in (0, 1):
            longer = [*steps[:step], (hours + round(slack) + more, before), *steps[step + 1 :]]
            assert graph_of(longer).duration.likely == graph.duration.likely + more


@given(STEPS)
def test_the_width_is_the_most_steps_at_any_moment(steps: Steps) -> None:
    longer = [(hours + 1, before) for hours, before in steps]
    graph = graph_of(longer)
    spans = [(graph.starts[n], graph.starts[n] + hours) for n, (hours, _) in enumerate(longer)]
    most = max((sum(start <= moment < end for start, end in spans) for moment, _ in spans), default=0)
    assert graph.width == most


def test_steps_that_take_no_time_make_room_for_each_other() -> None:
    assert graph_of([(0, set()), (0, set())]).width == 1
    assert graph_of([(3, set()), (0, set()), (2, set())]).width == 2
    assert graph_of([]).width == 0


def test_a_step_before_one_that_it_comes_after_is_refused() -> None:
    with pytest.raises(ValueError, match="step 1 stands before"):
        run(check_order({1: (2,), 2: ()}))
