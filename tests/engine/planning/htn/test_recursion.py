"""Recursion may be as deep as it likes: nothing in the planner goes down with it."""

import sys
from dataclasses import replace

import pytest

from engine.planning.htn.outcome import Outcome
from engine.planning.htn.search import Wanted
from engine.planning.language.domain import Domain, Order, Problem, Relation, Subtask, parameters
from engine.planning.language.terms import Arithmetic, Bind, Operator, Variable, compare
from tests.engine.planning.htn.small import domain, found, step, way


def counting(shape: str) -> Domain:
    """A recursion as deep as a number says; the step comes after going deeper, or before."""
    n = Variable(name="n")
    less = Bind(variable=Variable(name="m"), value=Arithmetic(operator=Operator.MINUS, operands=(n, 1)))
    calls = ("tick ?n", "count ?m") if shape == "right" else ("count ?m", "tick ?n")
    own = domain([step("tick ?n")], [], ["count ?n"])
    order = Order.PARALLEL if shape == "parallel" else Order.SEQUENTIAL
    return replace(
        own,
        relations=(Relation(name="unused"),),
        compounds=(replace(own.compounds[0], parameters=parameters("n: number")),),
        primitives=(replace(own.primitives[0], parameters=parameters("n: number")),),
        methods=(
            replace(way("stop", "count"), preconditions=(compare(n, "<=", 0),)),
            replace(way("go", "count", *calls, order=order), preconditions=(compare(n, ">", 0), less)),
        ),
    )


def counted(shape: str, depth: int) -> Outcome:
    asked = Problem(tasks=(Subtask(label="a", task="count", arguments=(depth,)),))
    return found(counting(shape), asked, Wanted(plans=1, nodes=10**7))


@pytest.mark.sample(1)
@pytest.mark.parametrize("shape", ["right", "left", "parallel"])
def test_recursion_may_be_deep(shape: str) -> None:
    frames, frame = 0, sys._getframe()
    while frame.f_back is not None:
        frames, frame = frames + 1, frame.f_back
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(frames + 60)
    try:
        outcome = counted(shape, 3_000)
    finally:
        sys.setrecursionlimit(before)
    assert len(outcome.plans[0].steps) == 3_000
    assert outcome.is_proven


@pytest.mark.sample(0, in_ci=1)
@pytest.mark.parametrize("shape", ["right", "left"])
def test_a_hundred_thousand_steps_need_no_other_recursion_limit(shape: str) -> None:
    plan = counted(shape, 100_000).plans[0]
    assert len(plan.steps) == 100_000
    assert len(plan.graph.critical_path) == 100_000
