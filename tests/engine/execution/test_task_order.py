"""The order in which tasks of a plan are numbered: the planner's own, moved only where it can't be carried out."""

from hypothesis import given
from hypothesis import strategies as st

from engine.execution.goal_decisions import executable_order
from engine.plans import PlannedTask

COUNT = 9


def first_free(planned: list[PlannedTask]) -> list[str]:
    """The same in the plainest way."""
    keys, placed, rest = {task.key for task in planned}, list[str](), list(planned)
    while rest:
        task = next(one for one in rest if all(name in placed or name not in keys for name in one.behind))
        rest.remove(task)
        placed.append(task.key)
    return placed


@given(st.permutations(range(COUNT)), st.lists(st.sets(st.integers(0, COUNT - 1)), min_size=COUNT, max_size=COUNT))
def test_a_task_comes_as_early_as_those_before_it_let_it(rank: list[int], before: list[set[int]]) -> None:
    planned = [
        PlannedTask(
            key=str(number),
            title="x",
            after=(*(str(one) for one in sorted(before[number]) if rank[one] < rank[number]), "#3"),
        )
        for number in range(COUNT)
    ]
    assert [task.key for task in executable_order(planned)] == first_free(planned)
