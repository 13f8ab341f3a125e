"""Progress by weight, and each milestone once and in order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine import events as e
from engine.execution.goal_decisions import add_task, reopen
from engine.execution.progress import progress_of
from engine.execution.task_decisions import counted, done_by_person, skipped
from engine.goals import GoalStatus
from tests.engine.lives import Life, new_goal, planned

weights = st.floats(min_value=0.0, max_value=1e6, allow_nan=False)


@given(st.lists(weights, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_whatever_the_weights_all_five_come_once_in_order_and_1_only_at_the_end(
    given_weights: list[float], order: object
) -> None:
    life = Life.started(*(planned(f"t{n}", work="person", weight=w) for n, w in enumerate(given_weights)))
    numbers = list(range(1, len(given_weights) + 1))
    order.shuffle(numbers)  # type: ignore[attr-defined]  # a random.Random
    for place, number in enumerate(numbers):
        assert life.goal.progress < 1.0
        life.do(done_by_person(number, ""))
        assert 0.0 <= life.goal.progress <= 1.0
        assert (life.goal.progress == 1.0) == (place == len(numbers) - 1)
    assert life.goal.status is GoalStatus.COMPLETED
    assert life.marks() == [10, 25, 50, 75, 100]


def test_several_milestones_crossed_at_once_are_all_recorded_in_order() -> None:
    life = Life.started(planned("a", work="person", weight=3.0), planned("b", work="person"))
    events = life.do(done_by_person(1, ""))
    assert [x.milestone.percent for x in events if isinstance(x, e.MilestoneReached)] == [10, 25, 50, 75]


def test_a_plan_that_grows_lowers_progress_but_repeats_no_milestone() -> None:
    life = Life.started(planned("a", work="person"), planned("b", work="person"))
    life.do(done_by_person(1, ""))
    assert life.goal.progress == 0.5
    for _ in range(4):
        life.do(add_task("More"))
    assert life.goal.progress == pytest.approx(1 / 6)
    for number in range(2, 7):
        life.do(done_by_person(number, ""))
    assert life.marks() == [10, 25, 50, 75, 100]


def test_a_tenth_ten_times_is_all_and_three_tenths_are_more_than_a_quarter() -> None:
    life = Life.started(*(planned(f"t{n}", work="person", weight=0.1) for n in range(10)))
    for number in range(1, 11):
        life.do(done_by_person(number, ""))
        assert life.goal.progress == pytest.approx(number / 10)
        if number == 5:
            assert life.marks() == [10, 25, 50], "0.1 five times is a half"


def test_a_counted_task_contributes_its_fraction_and_the_last_step_completes_it() -> None:
    life = Life.started(planned("a", work="person", target_count=4), planned("b", work="person"))
    life.do(counted(1, 1))
    assert life.goal.progress == pytest.approx(1 / 8)
    life.do(counted(1, 9))
    assert life.task(1).status == "completed"
    assert life.goal.progress == 0.5


def test_what_is_left_out_no_longer_counts() -> None:
    life = Life.started(
        planned("a", work="person"), planned("b", work="person", weight=9.0), planned("c", work="person")
    )
    life.do(done_by_person(1, ""))
    life.do(skipped(2, ""))
    assert life.goal.progress == 0.5
    life.do(skipped(3, ""))
    assert life.goal.status is GoalStatus.COMPLETED


def test_nothing_is_done_of_nothing() -> None:
    assert progress_of(new_goal()) == 0.0
    life = Life.started(planned("a", work="person", weight=0.0), planned("b", work="person", weight=0.0))
    life.do(done_by_person(1, ""))
    assert life.goal.progress == 0.0
    life.do(done_by_person(2, ""))
    assert life.goal.progress == 1.0


def test_nearly_all_is_never_all() -> None:
    life = Life.started(planned("a", work="person", weight=1e9), planned("b", work="person", weight=1e-9))
    life.do(done_by_person(1, ""))
    assert life.goal.progress == 0.999
    assert 100 not in life.marks()


def test_a_plan_may_name_checkpoints_of_its_own() -> None:
    life = Life.started(planned("a", work="person", checkpoint="The beds are dug"), planned("b", work="person"))
    life.do(done_by_person(1, ""))
    assert [mark.name for mark in life.reached() if not mark.percent] == ["The beds are dug"]
    assert [mark.kind for mark in life.reached()] == ["planning", "checkpoint", "checkpoint", "checkpoint"]


def test_a_goal_that_is_reopened_reaches_no_milestone_again() -> None:
    life = Life.started(planned("a", work="person"), planned("b", work="person"))
    life.do(skipped(2, ""))
    life.do(done_by_person(1, ""))
    assert life.goal.status is GoalStatus.COMPLETED
    life.do(reopen("one more thing"))
    assert life.goal.status is GoalStatus.ACTIVE
    assert life.goal.progress == 0.5
    life.do(done_by_person(2, ""))
    assert life.goal.status is GoalStatus.COMPLETED
    assert life.marks() == [10, 25, 50, 75, 100]


def test_a_milestone_can_not_be_recorded_twice() -> None:
    life = Life.started(planned("a", work="person"), planned("b", work="person"))
    life.do(done_by_person(1, ""))
    with pytest.raises(Exception, match="twice"):
        life.do(lambda goal, moment: [e.MilestoneReached(milestone=replace(goal.milestones[0], reached_at=None))])
