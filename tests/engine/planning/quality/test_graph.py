"""The graph of a plan against the plainest way to work the same out."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.quality.graph import PlanGraph, most_at_once
from engine.plans import PlannedTask

Drawn = tuple[list[PlannedTask], list[float], dict[int, float]]
"""Tasks in any order, how long each takes, and moments before which some can't end."""


def tasks_of(edges: list[set[int]]) -> list[PlannedTask]:
    return [
        PlannedTask(key=f"t{number}", title="x", after=tuple(f"t{one}" for one in sorted(earlier)))
        for number, earlier in enumerate(edges)
    ]


@st.composite
def graphs(draw: st.DrawFn) -> Drawn:
    size = draw(st.integers(1, 8))
    place = draw(st.permutations(range(size)))
    edges: list[set[int]] = [set() for _ in range(size)]
    for first, then in itertools.combinations(place, 2):
        if draw(st.booleans()):
            edges[then].add(first)
    hours = [float(draw(st.integers(0, 9))) for _ in range(size)]
    gates = {number: float(draw(st.integers(0, 30))) for number in range(size) if draw(st.integers(0, 4)) == 0}
    return tasks_of(edges), [0.0 if number in gates else took for number, took in enumerate(hours)], gates


def ends(
    graph: PlanGraph, hours: list[float], gates: dict[int, float], late: tuple[int, float] = (0, 0)
) -> list[float]:
    """When each ends if one task ends later by some hours; asked again and again until nothing changes."""
    found = [0.0] * len(hours)
    for _ in hours:
        for place, took in enumerate(hours):
            begin = max((found[one] for one in graph.before[place]), default=0.0)
            found[place] = max(begin + took, gates.get(place, 0.0)) + (late[1] if place == late[0] else 0)
    return found


@given(graphs())
def test_times_and_slack_are_what_trying_shows(drawn: Drawn) -> None:
    tasks, hours, gates = drawn
    graph = PlanGraph(tasks)
    times = graph.times(hours, gates)
    assert list(times.end) == ends(graph, hours, gates)
    assert times.length == max(times.end)
    for place, slack in enumerate(times.slack):
        assert max(ends(graph, hours, gates, (place, slack))) == times.length, "the slack does no harm"
        assert max(ends(graph, hours, gates, (place, slack + 1))) > times.length, "and an hour more does"
    assert times.holding_up()


@given(graphs())
def test_before_is_what_following_the_edges_shows(
    drawn: Drawn,
) -> None:
    graph = PlanGraph(drawn[0])
    reached = [set(earlier) for earlier in graph.before]
    for _ in reached:
        for earlier in reached:
            earlier |= {far for one in earlier for far in reached[one]}
    places = range(len(reached))
    assert all(graph.comes_before(a, b) is (a in reached[b]) for a in places for b in places)
    assert sorted(graph.order) == list(places)
    assert all(graph.order.index(a) < graph.order.index(b) for b in places for a in reached[b])


@pytest.mark.parametrize(
    ("edges", "hours", "most"),
    [
        ([set(), {0}, {1}], [1, 1, 1], 1),
        ([set(), set(), set()], [1, 2, 3], 3),
        ([set(), set(), {0, 1}], [1, 2, 3], 2),
        ([set(), {0}, {0}], [5, 0, 0], 2),
        ([set()], [0], 1),
    ],
)
def test_how_many_go_on_at_once(edges: list[set[int]], hours: list[float], most: int) -> None:
    assert most_at_once(PlanGraph(tasks_of(edges)).times(hours, {})) == most


def test_a_chain_of_thousands_is_fine() -> None:
    tasks = tasks_of([{number - 1} if number else set() for number in range(5000)])
    random.Random(7).shuffle(tasks)
    times = PlanGraph(tasks).times([1.0] * 5000, {})
    assert times.length == 5000
    assert most_at_once(times) == 1
    assert len(times.holding_up()) == 5000
