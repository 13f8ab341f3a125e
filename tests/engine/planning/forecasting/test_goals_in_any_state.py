"""Goals in any state that they can come to: each has a forecast, and one that makes sense."""

import random
from collections.abc import Callable
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from engine.errors import EngineError, ExternalBlocked, PermanentError
from engine.execution.goal_decisions import pause
from engine.execution.task_decisions import chosen, counted, done_by_person, postponed, skipped
from engine.planning.forecasting.forecast import forecast
from engine.planning.forecasting.from_goal import ANSWER_TIME, Known, problem_of
from engine.planning.forecasting.model import Calendar, Capacities, Person, Prospect
from engine.plans import PlannedTask
from engine.tasks import Estimate, TaskStatus
from tests.engine.lives import Life, planned
from tests.engine.planning.forecasting.problems import hours
from tests.fakes import START

WORKS = ("run", "run", "person", "decide", "measure", "wait", "subgoal")
QUESTION = {"question": "Which?", "options": ["x", "y"]}


def some_life(dice: random.Random) -> Life:
    """A goal of a few tasks of all works, some behind choices, some steps into its life."""
    plan: list[PlannedTask] = []
    for place in range(dice.randint(1, 9)):
        work = dice.choice(WORKS)
        inputs = {"decide": QUESTION, "wait": {"seconds": dice.choice([60, 90_000])}}.get(work, {})
        before = [other.key for other in plan if dice.random() < 0.3]
        choices = [other.key for other in plan if other.work == "decide"]
        road = (dice.choice(choices), dice.choice("xy")) if choices and dice.random() < 0.5 else None
        points = sorted(dice.choice([0.1, 1.0, 5.0, 30.0]) for _ in range(3))
        estimate = Estimate(low=points[0], likely=points[1], high=points[2])
        count = dice.choice([1, 1, 5])
        facts = {"inputs": inputs, "only_if": road, "estimate": estimate, "target_count": count, "critical": True}
        plan.append(planned(f"t{place}", *before, work=work, **facts))
    life = Life.started(*plan, deadline=START + hours(dice.choice([1, 50, 500])))
    for _ in range(dice.randint(0, 12)):
        number = dice.choice(sorted(life.goal.tasks))
        with suppress(EngineError, AssertionError):  # what can't be done in that state is not done
            some_deed(life, number, dice)
        life.pass_time(hours=dice.choice([0, 0.3, 5, 40]))
    return life


def some_deed(life: Life, number: int, dice: random.Random) -> None:
    deeds: list[Callable[[], object]] = [
        lambda: life.finish(number),
        lambda: life.begin(number),
        lambda: life.fail(number, RuntimeError("hiccup")),
        lambda: life.fail(number, ExternalBlocked("a key")),
        lambda: life.fail(number, PermanentError("no way")),
        lambda: life.do(done_by_person(number, "")),
        lambda: life.do(skipped(number, "")),
        lambda: life.do(counted(number, dice.randint(1, 5))),
        lambda: life.do(chosen(number, dice.choice("xy"))),
        lambda: life.do(postponed(number, life.now + hours(20))),
        lambda: life.do(pause("")),
    ]
    dice.choice(deeds)()


@given(st.integers(0, 2**32))
def test_a_goal_in_any_state_can_be_forecast(seed: int) -> None:
    dice = random.Random(seed)
    life = some_life(dice)
    person = Person(calendar=Calendar(zone="America/Havana", quiet_from=22, quiet_to=7), attention=1)
    known = Known(unknown_odds=0.9, answer=dice.choice([None, ANSWER_TIME]))
    found = forecast(
        problem_of(life.goal, life.now, known, Capacities(slots=1, people={"": person})), seed=1, samples=40
    )
    left = {task.number for task in life.goal.live_tasks if task.status is not TaskStatus.COMPLETED}
    if found.prospect is Prospect.OPEN:
        assert found.end is not None
        assert life.now <= found.end.p10 <= found.end.p50 <= found.end.p90
        assert set(found.tasks) <= left
        assert sum(task.criticality for task in found.tasks.values()) >= 1 - 1e-9  # something is always waited for
        assert {one.task for one in found.predicted} <= left
    else:
        assert life.goal.has_ended or not left
