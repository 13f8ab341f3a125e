"""A problem searched more than once: by other ranks, and without assembling what is known or of no use."""

from dataclasses import replace

from hypothesis import given

from engine.planning.htn.analysis import analysed
from engine.planning.htn.figures import Tilt
from engine.planning.htn.outcome import Outcome
from engine.planning.htn.ranking import cost_of, hours_of, parts_of, rank_of
from engine.planning.htn.search import Search, Wanted
from engine.planning.htn.walk import Arrival
from engine.planning.language.domain import ContextKey
from engine.planning.language.terms import Compare, Comparison, Given, Variable
from tests.engine.planning.htn.random_domains import Maker
from tests.engine.planning.htn.small import domain, found, problem, step, titles, way
from tests.engine.planning.htn.test_best_plans import searched
from tests.engine.planning.htn.test_search import SEEDS, SHOPPING

HURRY = Tilt(hour=1.0, slow=frozenset(), slow_hour=1.0, money=0.0)


def run_to_its_end(search: Search) -> Outcome:
    while not search.run():
        pass
    return search.outcome


def test_with_a_tilt_what_takes_long_comes_later_and_odds_are_told_as_they_are() -> None:
    rested, hurried = found(SHOPPING, problem("buy")), found(SHOPPING, problem("buy"), Wanted(tilt=HURRY))
    assert [titles(plan) for plan in rested.plans] == [["walk", "pay"], ["ride", "pay"], ["order"]]
    assert [titles(plan) for plan in hurried.plans] == [["order"], ["ride", "pay"], ["walk", "pay"]]
    assert {plan.probability for plan in hurried.plans} == {plan.probability for plan in rested.plans}


@given(SEEDS)
def test_a_second_search_of_a_problem_finds_what_a_new_one_would(seed: int) -> None:
    case = Maker(seed).case()
    search = Search(case.domain, case.problem, Wanted(nodes=1_000))
    run_to_its_end(search)
    for tilt in (HURRY, None):
        search.again(Wanted(nodes=1_000, tilt=tilt))
        again = run_to_its_end(search)
        new = searched(case, Wanted(nodes=1_000, tilt=tilt))
        if again.is_proven and new.is_proven:
            assert [plan.rank for plan in again.plans] == [plan.rank for plan in new.plans]


@given(SEEDS)
def test_what_a_domain_was_searched_for_before_makes_no_difference(seed: int) -> None:
    """What of it is laid out for one problem serves all others."""
    case = Maker(seed).case()
    analysis = analysed(case.domain)
    fewer = replace(case.problem, facts=case.problem.facts[::2], tasks=case.problem.tasks[:1], pairs=())
    for asked in (fewer, case.problem, fewer):
        again, new = (run_to_its_end(Search(one, asked, Wanted(nodes=1_000))) for one in (analysis, case.domain))
        assert again == new


def test_each_problem_is_searched_with_what_is_known_of_it() -> None:
    known = Compare(left=Variable(name="x"), comparison=Comparison.IS, right=Given(key="host"))
    ask = replace(way("ask", "ask", "call ?x", needs=["friend ?x"]))
    ask = replace(ask, preconditions=(*ask.preconditions, known))
    own = replace(domain([step("call ?x")], [ask], ["ask"]), context=(ContextKey(name="host", type="text"),))
    analysis, asked = analysed(own), problem("ask", facts=["friend ann", "friend bob"])
    for host, calls in (("ann", ["call: ann"]), ("bob", ["call: bob"]), ("eve", []), ("ann", ["call: ann"])):
        outcome = run_to_its_end(Search(analysis, replace(asked, context={"host": host}), Wanted()))
        assert [title for plan in outcome.plans for title in titles(plan)] == calls
    assert not run_to_its_end(Search(analysis, asked, Wanted())).plans


def test_only_plans_that_are_worth_it_are_assembled_and_a_second_search_knows_them_again() -> None:
    marks: list[int] = []

    def is_new(one: Arrival) -> bool:
        marks.append(one.mark)
        return marks.count(one.mark) == 1

    search = Search(SHOPPING, problem("buy"), Wanted(plans=2, worth=is_new))
    first = run_to_its_end(search)
    assert [titles(plan) for plan in first.plans] == [["walk", "pay"], ["ride", "pay"]]
    search.again(Wanted(plans=2, worth=is_new, tilt=HURRY))
    second = run_to_its_end(search)
    assert [titles(plan) for plan in second.plans] == [["order"]]
    assert (first.found, second.found, second.proven) == (2, 2, 2)


def test_a_rank_tells_cost_and_hours() -> None:
    rank = rank_of(probability=0.3, cost=12.5, hours=0.25, parts=3) + rank_of(probability=0.5, cost=7, hours=4, parts=1)
    assert (cost_of(rank), hours_of(rank), parts_of(rank)) == (19.5, 4.25, 4)
