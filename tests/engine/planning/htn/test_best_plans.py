"""The best plans are the best: compared with trying everything, on domains made by dice."""

import math
import os

import pytest

from engine.planning.htn.outcome import FoundPlan, Outcome
from engine.planning.htn.search import Search, Wanted
from tests.engine.planning.htn.random_domains import OBJECTS, Case, Maker
from tests.engine.planning.htn.reference import Reference, Signature

ROUNDS = int(os.environ.get("MILEPOST_TEST_ROUNDS", "2"))
PARTS = 10
LONG_CASES = 60 * ROUNDS  # 3,000 at 50 rounds
FEW_POPS, MANY_POPS = 300, 6_000


def searched(case: Case, wanted: Wanted) -> Outcome:
    search = Search(case.domain, case.problem, wanted)
    while not search.run():
        pass
    return search.outcome


def signature(plan: FoundPlan) -> Signature:
    return tuple(sorted((one.primitive.work, one.title, repr(sorted(one.inputs.items()))) for one in plan.steps))


def value(plan: FoundPlan) -> tuple[float, ...]:
    return round(-math.log(plan.probability), 6) + 0.0, round(plan.cost, 3), round(plan.hours, 3), len(plan.tree)


def all_at_least_as_good_as(case: Case, plans: int, most_pops: int) -> dict[Signature, tuple[float, ...]]:
    """The best different plans found by trying everything, with all that are as good as the last of them.

    Raises `TimeoutError` when everything is too much.
    """
    best: dict[Signature, tuple[float, ...]] = {}
    for known in Reference(case.domain, case.problem, OBJECTS).plans(most_pops):
        last = list(best.values())[plans - 1] if len(best) >= plans else None
        odds, cost, hours, parts = known.value
        shown = round(odds, 6) + 0.0, round(cost, 3), round(hours, 3), parts
        if last is not None and shown != last:
            break
        best.setdefault(known.signature, shown)
    return best


def differences(seed: int, plans: int, most_pops: int = MANY_POPS) -> list[str] | None:
    """What is wrong with the best plans of a case; None when it is too large to try everything."""
    case = Maker(seed).case()
    try:
        expected = all_at_least_as_good_as(case, plans, most_pops)
    except TimeoutError:
        return None
    outcome = searched(case, Wanted(plans=plans, nodes=300_000))
    found = {signature(plan): value(plan) for plan in outcome.plans}
    wrong = []
    if not outcome.is_proven:
        wrong.append(f"not proven after {outcome.nodes} nodes")
    if outcome.proven != len(outcome.plans) or outcome.gap:
        wrong.append(f"{outcome.proven} of {len(outcome.plans)} proven, gap {outcome.gap}")
    if len(found) != len(outcome.plans):
        wrong.append("the same plan twice")
    if list(found.values()) != list(expected.values())[:plans]:
        wrong.append(f"found {list(found.values())} and not {list(expected.values())[:plans]}")
    wrong.extend(
        f"{steps} is {own}, not {expected.get(steps)}" for steps, own in found.items() if expected.get(steps) != own
    )
    return [f"seed {seed}: {one}" for one in wrong]


def compared(first: int, cases: int, most_pops: int) -> tuple[int, list[str]]:
    """(how many cases were compared, all differences). Those too large to try everything are passed over and don't
    count; so that the dice can't make it too easy, there must be enough others among four times as many.
    """
    done, wrong = 0, list[str]()
    for seed in range(first, first + 4 * cases):
        found = differences(seed, 1 + seed % 4, most_pops)
        if found is not None:
            done += 1
            wrong += found
        if done == cases:
            break
    return done, wrong


@pytest.mark.sample(1, in_ci=2)
@pytest.mark.parametrize("part", range(4))
def test_the_best_plans_are_those_that_trying_everything_finds(part: int) -> None:
    assert compared(part * 400, 20, FEW_POPS) == (20, [])


@pytest.mark.sample(0, in_ci=4)
@pytest.mark.parametrize("part", range(PARTS))
def test_the_best_plans_are_those_that_trying_everything_finds_in_thousands_of_cases(part: int) -> None:
    cases = LONG_CASES // PARTS
    assert compared(10_000 + part * 4 * cases, cases, MANY_POPS) == (cases, [])
