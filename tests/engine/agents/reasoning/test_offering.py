"""What is offered after a comparison: one set of letters over the methods' plans and the model's."""

from engine.agents.reasoning.checking import Ground
from engine.agents.reasoning.offering import chosen
from engine.agents.reasoning.scoring import Candidate, slowed
from engine.agents.sessions import ReasoningSession
from engine.goals import Goal
from engine.plans import Plan, PlannedTask, Prospect
from engine.proposals import picked_alternative
from engine.tasks import Estimate
from engine.values import GoalId
from engine.work.builtin import WorkOptions, builtin_registry
from storage.encoding import from_json, to_json
from tests.fakes import START

GOAL = Goal(id=GoalId(1), name="Any", created_at=START, updated_at=START)
GROUND = Ground(goal=GOAL, now=START, registry=builtin_registry(WorkOptions()))
HOURS = Estimate(low=1, likely=2, high=3)


def candidate(name: str, odds: float, *, claimed: float | None = None, **more: object) -> Candidate:
    task = PlannedTask(key="t", title=name)
    prospect = Prospect(probability=odds, cost=0, hours=HOURS)
    plan = Plan(tasks=(task,), source="test", prospect=prospect, **more)  # type: ignore[arg-type]  # fields of a plan
    return Candidate(plan=plan, name=name, approach=f"{name} first", claimed=claimed)


def methods(odds: float, second: float = 0.3) -> list[Candidate]:
    """Two plans of the methods, which know what sets each apart from the other."""
    return [
        candidate("beds", odds, letter="A", beside={"B": "beds, not pots"}, reason="the likeliest", advice=("dig",)),
        candidate("pots", second, letter="B", beside={"A": "pots, not beds"}),
    ]


def titles(plan: Plan) -> list[str]:
    return [f"{one.letter} {one.tasks[0].title}: {one.difference}" for one in (plan, *plan.alternatives)]


def test_a_better_plan_of_the_model_is_a_and_what_would_have_been_without_it_is_b() -> None:
    plan = chosen([*methods(0.5), candidate("hedge", 0.6, claimed=0.9)], ReasoningSession(), GROUND)
    assert titles(plan) == [
        "A hedge: ",
        "B beds: from methods, without a model",
        "C pots: from methods, without a model",
    ]
    assert plan.advice == ("dig",)
    assert plan.reason.startswith("«hedge», which the model proposed, scores 60 of 100, that of the methods 50")
    beds, pots = plan.alternatives
    assert beds.apart_from(pots) == "beds, not pots"
    assert pots.apart_from(beds) == "pots, not beds"
    assert plan.apart_from(beds) == "a model's way, «hedge»: hedge first"
    assert plan.session is not None
    assert [(one.name, one.letter) for one in plan.session.weighed] == [("hedge", "A"), ("beds", "B"), ("pots", "C")]


def test_of_a_worse_one_the_best_stands_beside_the_methods_plans_if_it_is_worth_a_look() -> None:
    worse = [candidate("hedge", 0.4, claimed=0.9), candidate("wall", 0.2, claimed=0.9)]
    plan = chosen([*methods(0.6), *worse], ReasoningSession(), GROUND)
    assert [one.partition(":")[0] for one in titles(plan)] == ["A beds", "B hedge", "C pots"]
    assert plan.reason == "the likeliest"
    assert plan.session is not None
    assert [one.letter for one in plan.session.weighed] == ["A", "B", "C", ""]
    assert plan.session.chosen is not None
    assert plan.session.chosen.name == "beds"


def test_one_of_the_models_is_offered_even_behind_many_of_the_methods() -> None:
    many = [candidate(f"m{number}", 0.5) for number in range(5)]
    plan = chosen([*many, candidate("hedge", 0.4, claimed=0.9)], ReasoningSession(), GROUND)
    assert len(plan.alternatives) == 3
    assert plan.alternatives[-1].tasks[0].title == "hedge"


def test_a_picked_one_keeps_its_letter_and_what_sets_the_others_apart() -> None:
    plan = chosen([*methods(0.5), candidate("hedge", 0.6, claimed=0.9)], ReasoningSession(), GROUND)
    picked = picked_alternative(from_json(to_json(plan)), 2)
    assert (picked.letter, picked.tasks[0].title) == ("C", "pots")
    assert [(one.letter, one.difference) for one in picked.options] == [
        ("C", ""),
        ("A", "a model's way, «hedge»: hedge first"),
        ("B", "beds, not pots"),
    ]


def test_a_models_hours_are_believed_by_half_where_the_methods_take_longer() -> None:
    tasks = (
        PlannedTask(key="a", title="Sell", estimate=Estimate(low=1, likely=2, high=3)),
        PlannedTask(key="b", title="Wait", work="wait", estimate=Estimate(low=1, likely=1, high=1)),
    )
    sell, wait = slowed(tasks, pace=4.0, methods=64.0)
    assert sell.estimate == Estimate(low=4, likely=8, high=12)
    assert wait == tasks[1], "what waits for a moment is not slower for it"
    assert slowed(tasks, pace=64.0, methods=4.0) == tasks
