"""Every plan can be carried out in any order that its graph allows, and its figures are those of its tree."""

import math
import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.htn.outcome import FoundPlan
from engine.planning.htn.search import Wanted
from engine.planning.language.domain import Method, Primitive
from tests.engine.planning.htn.random_domains import OBJECTS, Case, Maker
from tests.engine.planning.htn.reference import Reference, World, pairs_of
from tests.engine.planning.htn.test_best_plans import searched
from tests.examples import examples

SEEDS = st.integers(min_value=0, max_value=100_000)


def plans_of(seed: int, plans: int = 3) -> tuple[Case, tuple[FoundPlan, ...]]:
    case = Maker(seed).case()
    return case, searched(case, Wanted(plans=plans, nodes=3_000)).plans


def carried_out(case: Case, plan: FoundPlan, order: Sequence[int]) -> World:
    """The state after the steps in this order; every step must be possible."""
    reference = Reference(case.domain, case.problem, OBJECTS)
    world = reference.start()
    steps = {step.number: step for step in plan.steps}
    for number in order:
        later = reference.after(steps[number].primitive, steps[number].values, world)
        assert later is not None, f"{steps[number].title} can't be done"
        world = later
    return world


def random_order(after: Mapping[int, Sequence[int]], dice: random.Random) -> list[int]:
    left, order = {step: set(before) for step, before in after.items()}, []
    while left:
        step = dice.choice(sorted(one for one, before in left.items() if not before))
        order.append(step)
        del left[step]
        for before in left.values():
            before.discard(step)
    return order


def ancestors(after: Mapping[int, Sequence[int]]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for step, before in after.items():
        found[step] = set(before).union(*(found[one] for one in before))
    return found


@examples(15)
@given(SEEDS)
def test_any_order_that_the_graph_allows_can_be_carried_out_and_ends_in_the_same_state(seed: int) -> None:
    case, plans = plans_of(seed)
    dice = random.Random(seed)
    for plan in plans:
        end = carried_out(case, plan, [step.number for step in plan.steps])
        for _ in range(5):
            assert carried_out(case, plan, random_order(plan.after, dice)) == end


@examples(10)
@given(SEEDS)
def test_odds_are_the_product_along_the_tree_and_costs_and_hours_the_sum(seed: int) -> None:
    case, plans = plans_of(seed)
    parts: dict[str, Primitive | Method] = {one.name: one for one in case.domain.primitives}
    parts |= {one.name: one for one in case.domain.methods}
    for plan in plans:
        own = [parts[node.method or node.task] for node in plan.tree.values() if node.parent is not None]
        assert plan.probability == pytest.approx(math.prod(number(one.probability) for one in own))
        assert plan.cost == pytest.approx(sum(number(one.cost) for one in own))
        assert plan.hours == pytest.approx(sum(step.estimate.mean for step in plan.steps))


def number(value: object) -> float:
    assert isinstance(value, int | float)
    return value


@examples(10)
@given(SEEDS)
def test_no_edge_of_the_graph_follows_from_others(seed: int) -> None:
    for plan in plans_of(seed)[1]:
        behind = ancestors(plan.after)
        for before in plan.after.values():
            for one in before:
                assert not any(one in behind[other] for other in before)


@examples(15)
@given(SEEDS)
def test_the_order_of_the_methods_is_kept(seed: int) -> None:
    case, plans = plans_of(seed)
    methods = {one.name: one for one in case.domain.methods}
    for plan in plans:
        behind = ancestors(plan.after)
        for node in plan.tree.values():
            if node.parent is None:
                tasks, order, pairs = case.problem.tasks, case.problem.order, case.problem.pairs
            elif node.method:
                method = methods[node.method]
                tasks, order, pairs = method.subtasks, method.order, method.pairs
            else:
                continue
            before = pairs_of(tasks, order, pairs)
            below = {child: steps_below(plan, child) for child in node.children}
            for early in node.children:
                for late in node.children:
                    if plan.tree[early].label in before[plan.tree[late].label]:
                        assert all(below[early] <= behind[step] for step in below[late])


def steps_below(plan: FoundPlan, number: int) -> set[int]:
    node = plan.tree[number]
    if not node.method:
        return {number}
    return set().union(*(steps_below(plan, child) for child in node.children))


@examples(10)
@given(SEEDS)
def test_the_tree_is_one_that_the_methods_allow(seed: int) -> None:
    case, plans = plans_of(seed)
    methods = {one.name: one for one in case.domain.methods}
    for plan in plans:
        assert [node.number for node in plan.tree.values() if not node.method] == [step.number for step in plan.steps]
        for node in plan.tree.values():
            assert all(plan.tree[child].parent == node.number for child in node.children)
            if node.parent is None:
                continue
            if node.method:
                assert methods[node.method].task == node.task
            parent = plan.tree[node.parent]
            tasks = case.problem.tasks if parent.parent is None else methods[parent.method].subtasks
            subtask = next(one for one in tasks if one.label == node.label)
            assert subtask.task == node.task
            if not subtask.each:
                expected = tuple(getattr(term, "name", None) for term in subtask.arguments)
                values = [parent.values.get(name) if name else None for name in expected]
                for value, term, argument in zip(values, subtask.arguments, node.arguments, strict=True):
                    assert argument == (term if value is None else value)


@examples(8)
@given(SEEDS)
def test_the_same_question_brings_the_same_answer(seed: int) -> None:
    first, second = (searched(Maker(seed).case(), Wanted(plans=3, nodes=2_000, seed=seed % 5)) for _ in range(2))
    assert first == second
