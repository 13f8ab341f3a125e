"""A plan is a proposal: what can't be carried out is refused."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInputError
from engine.execution.goal_decisions import number_tasks
from engine.plans import check_plan, find_circle
from engine.tasks import Estimate
from tests.engine.lives import planned


@pytest.mark.parametrize(
    "tasks",
    [
        (planned("a"), planned("a")),
        (planned("a", "nobody"),),
        (planned("a", "#7"),),
        (planned("a", "a"),),
        (planned("a", "b"), planned("b", "a")),
        (planned("a", only_if=("nobody", "yes")),),
        (planned("a", "b", work="decide"), planned("b", only_if=("a", "yes"))),
        (planned("a", weight=float("nan")),),
        (planned("a", weight=-1.0),),
        (planned("a", weight=float("inf")),),
        (planned("a", estimate=Estimate(low=0, likely=float("inf"), high=1)),),
        (planned("a", target_count=0),),
        (planned("#3"),),
    ],
)
def test_a_plan_that_can_not_be_carried_out_is_refused(tasks: tuple[object, ...]) -> None:
    with pytest.raises(InvalidInputError):
        check_plan(tasks, known_numbers=[3])  # type: ignore[arg-type]  # planned tasks


def test_a_plan_may_hang_on_tasks_that_exist() -> None:
    check_plan([planned("a", "#3"), planned("b", "a")], known_numbers=[3])


def test_what_hangs_on_a_choice_comes_after_it() -> None:
    tasks = number_tasks(
        [planned("b", only_if=("a", "yes")), planned("a", work="decide")], after=0, position=0, version=1
    )
    assert tasks["a"].number == 1
    assert tasks["b"].depends_on == (1,)


graphs = st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3).map(tuple))


@given(graphs)
def test_a_circle_is_found_exactly_when_there_is_one(graph: dict[str, tuple[str, ...]]) -> None:
    left = dict(graph)
    while free := [name for name, after in left.items() if not set(after) & set(left)]:
        for name in free:
            del left[name]
    circle = find_circle(graph)
    assert bool(circle) == bool(left)
    for here, there in itertools.pairwise(circle):
        assert there in graph[here]
    if circle:
        assert circle[0] == circle[-1]


@given(st.permutations(range(6)))
def test_tasks_are_numbered_in_an_order_that_can_be_executed(order: list[int]) -> None:
    tasks = [planned(f"t{n}", *(f"t{m}" for m in range(n))) for n in order]
    numbered = number_tasks(tasks, after=10, position=0, version=1)
    assert sorted(task.number for task in numbered.values()) == list(range(11, 17))
    assert all(all(n < task.number for n in task.depends_on) for task in numbered.values())
