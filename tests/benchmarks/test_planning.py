"""The planner beside its peer: a figure is told only where both have found the same plan."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks import planning
from benchmarks.figures import Wanted
from benchmarks.planning import SAMPLES, bench, growth, measure
from benchmarks.planning_peer import PeerPlan, PlanningPeer
from benchmarks.sizes import Sizes
from engine.values import JsonObject, JsonValue

STEPS = 12
SMALL = Sizes(rounds=1, planned=(STEPS,), long_plans=(40,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin(PlanningPeer):
    """A peer that answers at once with the plan that ours finds, or what is made of it."""

    python: Path = Path("none")
    made: Callable[[list[JsonValue]], list[JsonValue] | None] = list

    def plan(self, domain: str, problem: JsonObject, *, keeps_fixed_beside: bool = False) -> PeerPlan | None:
        own = bench(domain, STEPS)
        assert problem == own.sample.peer
        steps: list[JsonValue] = [[one.primitive.name, *one.values.values()] for one in own.run().plan.steps]
        made = self.made(steps)
        return None if made is None else PeerPlan(seconds=len(steps) / 50, steps=made)


@pytest.fixture(autouse=True)
def few_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here it counts what is told, not how exactly it was measured."""
    monkeypatch.setattr(planning, "REPEATS", 1)
    monkeypatch.setattr(planning, "RUNS", 1)


def test_beside_the_peer_all_is_told_with_ratios(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "JUDGED", STEPS)
    figures = {one.name: one for one in measure(SMALL, Twin())}
    for name in SAMPLES:
        figure = figures[f"planning: {name}, {STEPS} steps"]
        assert figure.peer == pytest.approx(50)
        assert figure.ratio == pytest.approx(figure.value / 50)
        assert figure.wanted is not None
        assert figure.wanted.of_ratio
        assert figures[f"{figure.name}, all told"].peer == pytest.approx(50)
        held = figures[f"{figure.name}, longest slice"]
        assert (held.unit, held.wanted) == ("ms", Wanted(bound=10.0))
        assert figures[f"{held.name} but for the garbage collector"].value <= held.value
    beside = [name for name in figures if name.endswith("the peer copies no fixed facts")]
    assert len(beside) == 2


@pytest.mark.parametrize(
    "made",
    [lambda steps: steps[:-1], lambda steps: [steps[1], steps[0], *steps[2:]], lambda steps: [*steps, ["rest"]]],
)
def test_a_plan_that_is_not_the_same_step_by_step_is_an_error(
    made: Callable[[list[JsonValue]], list[JsonValue]],
) -> None:
    with pytest.raises(RuntimeError, match="the plans differ"):
        measure(SMALL, Twin(made=made))


def test_a_peer_that_finds_no_plan_in_time_is_said_to_be_so() -> None:
    figure = measure(SMALL, Twin(made=lambda steps: None))[0]
    assert (figure.peer, figure.ratio) == (None, None)
    assert figure.against.endswith("no plan in 180 s")


@pytest.mark.parametrize("name", SAMPLES)
def test_problems_have_about_as_many_steps_as_they_are_asked_to_have(name: str) -> None:
    plan = bench(name, 400).run().plan
    assert 350 <= len(plan.steps) <= 450
    assert [one.number for one in plan.steps] == sorted(one.number for one in plan.steps)


def test_the_same_problem_is_made_each_time() -> None:
    for name, make in SAMPLES.items():
        assert make(100) == make(100), name
        assert make(100).peer != make(200).peer


def test_the_growth_exponent_is_one_for_linear_and_two_for_quadratic() -> None:
    assert growth({100: 0.5, 1_000: 5.0, 10_000: 50.0}) == pytest.approx(1.0)
    assert growth({100: 1.0, 1_000: 100.0}) == pytest.approx(2.0)
