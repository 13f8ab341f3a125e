"""How a model's plans and the methods' are held against each other: odds times in time, by the same forecast."""

import datetime as dt
import math

from hypothesis import given
from hypothesis import strategies as st

from engine.agents.reasoning.scoring import PLAN_PRIOR, TASK_PRIOR, Candidate, believed, ranked, tempered, weigh
from engine.goals import Goal
from engine.plans import Plan, PlannedTask, Prospect
from engine.tasks import Estimate
from engine.values import GoalId
from tests.fakes import START

ODDS = st.floats(0, 1)


def goal(hours: float | None = None) -> Goal:
    deadline = START + dt.timedelta(hours=hours) if hours is not None else None
    return Goal(id=GoalId(1), name="Any", created_at=START, updated_at=START, deadline=deadline)


def tasks(steps: int, each: float) -> tuple[PlannedTask, ...]:
    return tuple(PlannedTask(key=f"t{number}", title="Do it", success=each) for number in range(steps))


def candidate(odds: float, *, claimed: float | None = None, ends: tuple[float, ...] = (10.0, 20.0)) -> Candidate:
    hours = Estimate(low=ends[0], likely=ends[0], high=ends[-1])
    prospect = Prospect(probability=odds, cost=0, hours=hours, ends=ends)
    plan = Plan(tasks=tasks(2, 0.9), source="test", prospect=prospect)
    return Candidate(plan=plan, name="any", claimed=claimed)


@given(odds=ODDS, other=ODDS, prior=st.floats(0.05, 0.95))
def test_tempered_odds_keep_their_order_and_are_never_further_from_the_prior(
    odds: float, other: float, prior: float
) -> None:
    assert 0 < tempered(odds, prior) < 1
    assert (tempered(odds, prior) <= tempered(other, prior)) or odds > other
    if 0.01 <= odds <= 0.99:
        assert abs(tempered(odds, prior) - prior) <= abs(odds - prior) + 1e-9


def test_what_a_model_is_sure_of_is_believed_half() -> None:
    assert 0.85 < tempered(0.99, PLAN_PRIOR) < 0.95
    assert tempered(0.9, TASK_PRIOR) == 0.9 or abs(tempered(0.9, TASK_PRIOR) - 0.9) < 1e-9
    assert tempered(1.0, TASK_PRIOR) < 0.98


@given(steps=st.integers(1, 30), few=st.integers(1, 30))
def test_nobody_wins_by_writing_fewer_and_larger_tasks_or_loses_by_being_thorough(steps: int, few: int) -> None:
    assert math.isclose(believed(tasks(few, 0.95), 1.0, steps), min(0.95**steps, tempered(1.0, PLAN_PRIOR)))


def test_a_plan_that_the_model_itself_doubts_does_not_win_by_its_tasks() -> None:
    assert believed(tasks(10, 0.97), 0.1, 10) == tempered(0.1, PLAN_PRIOR) < 0.95**10


def test_of_equals_the_methods_plan_is_taken() -> None:
    weighed = weigh([candidate(0.7), candidate(0.7, claimed=0.99)], goal(), START)
    assert weighed[0].score == weighed[1].score
    assert ranked(weighed)[0] == 0


def test_what_is_likelier_to_be_done_in_time_wins_and_without_a_deadline_what_is_likelier_at_all() -> None:
    slow, quick = candidate(0.8, ends=(20.0, 40.0)), candidate(0.6, claimed=0.9, ends=(5.0, 10.0))
    pressed = weigh([slow, quick], goal(30), START)
    assert [one.in_time for one in pressed] == [0.5, 1.0]
    assert [one.score for one in pressed] == [0.4, 0.6]
    assert ranked(pressed) == [1, 0]
    assert ranked(weigh([slow, quick], goal(), START)) == [0, 1]
