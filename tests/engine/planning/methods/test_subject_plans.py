"""What people write becomes a task of the right library, and the plan for it is one that a person would be glad of."""

import datetime as dt

import pytest

from engine.goals import Goal
from engine.planning.language.terms import Value
from engine.planning.quality import Circumstances
from engine.planning.quality.check import quality_of
from engine.planning.quality.findings import Severity
from engine.planning.requests import PlanRequest
from engine.values import ChatId, GoalId
from tests.engine.planning.methods.subjects import Asked, arguments_of, library, plan_for, plans_for, titles
from tests.engine.planning.planners import planner

NOW = dt.datetime(2026, 1, 14, 11, 0, tzinfo=dt.UTC)
GOALS: dict[str, tuple[str, dict[str, tuple[object, ...]]]] = {
    "Launch Momentum Strategy": (
        "trading",
        {
            "Complete market research": ("research_edge",),
            "Develop strategy logic": ("develop_strategy",),
            "Backtest on 2 years of data": ("backtest", "on 2 years of data"),
            "Optimize parameters": ("optimise_strategy", "parameters"),
            "Deploy to paper trading": ("trade_on_paper",),
            "Monitor for 1 week": ("watch_strategy_weeks", 1),
            "Deploy to live if profitable": ("go_live_if", "profitable"),
        },
    ),
    "Launch Analytics Dashboard": (
        "launch",
        {
            "Design UI mockups": ("design_look", "UI mockups"),
            "Develop MVP": ("build_product", "MVP"),
            "User testing with 20 beta users": ("test_with_beta_users", 20),
            "Implement feedback": ("act_on_feedback",),
            "Launch on Product Hunt": ("launch_on", "Product Hunt"),
            "Achieve 500 signups": ("reach_signups", 500),
        },
    ),
    "Master Deep Learning": (
        "learning",
        {
            "Complete Andrew Ng's course": ("complete_course", "Andrew Ng's"),
            "Read Goodfellow's book": ("read_book", "Goodfellow's book"),
            "Implement CNN from scratch": ("implement_from_scratch", "CNN"),
            "Implement RNN/LSTM": ("implement_thing", "RNN/LSTM"),
            "Complete 5 Kaggle competitions": ("enter_kaggle", 5),
            "Build production ML system": ("build_for_production", "ML system"),
        },
    ),
    "Organise our wedding": (
        "events",
        {
            "Book the venue": ("book_a_place",),
            "Send invitations": ("invite_the_guests",),
            "Send invitations to 80 guests": ("invite_counted", 80),
            "Hire a photographer": ("hire_vendor", "a photographer"),
            "Order the food": ("settle_food",),
        },
    ),
    "Trip to Japan": (
        "events",
        {
            "Renew passport": ("get_a_visa",),
            "Book flights": ("book_the_flights",),
            "Book hotels in Kyoto": ("book_hotels_in", "Kyoto"),
            "Travel to Japan for 2 weeks": ("travel_for_weeks", "Japan", 2),
        },
    ),
    "Get fit": (
        "habits",
        {
            "Run 3 times a week": ("weekly_three", "Run"),
            "Go to the gym twice a week for 8 weeks": ("weekly_twice_for", "Go to the gym", 8),
            "Meditate every day": ("do_daily", "Meditate"),
            "No sugar for 30 days": ("quit_for_days", "sugar", 30),
            "Run 12 km": ("run_some_km", 12),
            "Quit smoking": ("quit_it", "smoking"),
            "Lose 5 kg": ("lose_weight", 5),
        },
    ),
    "Move the shop to new servers": (
        "migration",
        {
            "Take a backup": ("secure_backup",),
            "Migrate the database": ("migrate_the_database",),
            "Migrate the database to Postgres": ("migrate_database_to", "Postgres"),
            "Migrate the shop to the new servers": ("migrate_system", "the shop"),
            "Monitor for 2 days": ("watch_move_days", 2),
            "Cancel the old servers": ("switch_off_old", "the old servers"),
        },
    ),
    "Write my master thesis": (
        "research",
        {
            "Find a topic and supervisor": ("find_topic_and_supervisor",),
            "Literature review: 40 papers": ("review_papers", 40),
            "Collect data from 100 participants": ("collect_from_participants", 100),
            "Run the analysis in R": ("analyse_data",),
            "Write 80 pages": ("write_pages", 80),
        },
    ),
}
"""Goals with their subject, and for each criterion the task that it asks for with what it tells."""


@pytest.mark.parametrize("goal", GOALS)
def test_what_people_write_is_understood(goal: str) -> None:
    name, criteria = GOALS[goal]
    loaded = planner().libraries
    topics = loaded.topics("\n".join((goal, *criteria)))
    assert topics[0].name == name, topics
    for criterion, (task, *given) in criteria.items():
        asked = next(one for one in loaded.asked_for(criterion, topics) if one.library != "general")
        assert (asked.library, asked.task, list(asked.arguments)) == (name, task, given), criterion


@pytest.mark.parametrize(
    ("name", "goal", "task"),
    [
        ("launch", "Launch my online store", "launch_product"),
        ("research", "Write a book", "write_a_book"),
        ("learning", "Learn Spanish", "learn_spanish"),
        ("learning", "Learn to play chess", "learn_to_do"),
        ("trading", "Launch a momentum strategy", "trade_strategy"),
        ("events", "Plan a birthday party", "hold_party"),
        ("events", "Move to Berlin", "move_home"),
        ("habits", "Run a marathon", "run_marathon"),
        ("migration", "Migrate the database to Postgres", "migrate_database_to"),
    ],
)
def test_a_goal_that_is_nothing_but_its_name_is_broken_down(name: str, goal: str, task: str) -> None:
    loaded = planner().libraries
    asked = loaded.asked_for(goal, loaded.topics(goal))
    assert next((one.library, one.task) for one in asked if one.library != "general") == (name, task)


@pytest.mark.parametrize(
    ("text", "silent"),
    [
        ("Write a marketing strategy", "trading"),
        ("Watch the rocket launch", "launch"),
        ("Read the golf course rules", "learning"),
        ("Fix the event loop", "events"),
        ("Move to AWS", "events"),
        ("Run experiments on the cache", "habits"),
        ("A book on bird migration", "migration"),
        ("Write tests for the parser", "research"),
    ],
)
def test_words_that_only_look_like_a_subject_are_left_alone(text: str, silent: str) -> None:
    assert silent not in {one.name for one in planner().libraries.topics(text)}


@pytest.mark.sample(6)
@pytest.mark.parametrize(
    ("name", "task", "method"),
    [
        ("launch", "launch_product", "launch_after_beta"),
        ("launch", "build_product", "build_core_first"),
        ("launch", "let_people_test", "watch_each_tester"),
        ("research", "write_thesis", "thesis_step_by_step"),
        ("learning", "read_book", "read_with_notes"),
        ("learning", "implement_from_scratch", "scratch_from_paper"),
        ("learning", "build_for_production", "production_thin_slice_first"),
        ("trading", "trade_strategy", "strategy_in_stages"),
        ("trading", "backtest", "backtest_with_hold_out"),
        ("trading", "go_live_if", "live_small_first"),
        ("events", "hold_wedding", "wedding_from_the_guest_list"),
        ("events", "hold_conference", "conference_programme_first"),
        ("habits", "do_weekly", "weekly_in_fixed_slots"),
        ("habits", "train_for_distance", "distance_by_a_plan"),
        ("migration", "migrate_system", "migrate_in_one_night"),
        ("migration", "upgrade_thing", "upgrade_in_small_steps"),
    ],
)
def test_the_careful_way_comes_before_its_short_cuts(name: str, task: str, method: str) -> None:
    domain = library(name).domain
    given = arguments_of(next(one for one in domain.compounds if one.name == task))
    assert plan_for(name, task, *given, whole_goal=True).tree[1].method == method


def test_a_system_that_must_stay_up_is_not_moved_in_one_night() -> None:
    plan = plan_for("migration", "migrate_system", "c1", "the shop", must_stay_up=True)
    assert plan.tree[1].method != "migrate_in_one_night"


def test_a_criterion_leaves_to_others_what_only_a_whole_goal_asks_for() -> None:
    whole = titles(plan_for("migration", "migrate_system", "c1", "the shop", whole_goal=True))
    part = titles(plan_for("migration", "migrate_system", "c1", "the shop"))
    assert set(part) < set(whole)
    assert not any("old side" in title or title.startswith("Watch") for title in part)
    assert len(plan_for("launch", "launch_product", "the shop").steps) < 6


Calls = tuple[tuple[str, tuple[Value, ...]], ...]


def test_what_one_criterion_has_brought_another_does_not_ask_for_again() -> None:
    tests: Calls = (("test_with_beta_users", (20,)), ("act_on_feedback", ()))
    together = plans_for(library("launch").domain, Asked(tasks=tests))[0]
    gather = "Gather the feedback from everywhere into one list"
    assert gather in titles(plan_for("launch", "act_on_feedback"))
    assert gather not in titles(together)

    moves: Calls = (("secure_backup", ()), ("migrate_system", ("c1", "the shop")))
    moved = titles(plans_for(library("migration").domain, Asked(tasks=moves))[0])
    assert moved.count("Take a full backup, and copy it to another place") == 1


def test_nothing_is_decided_without_figures() -> None:
    work_out = "Work out the figures that tell, after costs: profitable"
    assert titles(plan_for("trading", "go_live_if", "profitable"))[0] == work_out
    tasks: Calls = (("watch_strategy_weeks", (1,)), ("go_live_if", ("profitable",)))
    watched = titles(plans_for(library("trading").domain, Asked(tasks=tasks))[0])
    assert work_out not in watched


def test_a_model_goes_live_by_a_share_of_the_cases_and_a_strategy_by_a_share_of_the_money() -> None:
    tasks: Calls = (("bring_model_live", ("tell who will leave",)), ("go_live_if", ("it beats the old rule",)))
    model = titles(plans_for(library("trading").domain, Asked(tasks=tasks))[0])
    assert "Let it decide a tenth of the cases for three days, beside the old way" in model
    assert not any("money" in title for title in model)
    assert "Deploy to live with a tenth of the money, for three days" in titles(plan_for("trading", "go_live_if", "so"))


@pytest.mark.parametrize(
    ("name", "task", "number", "seconds", "told"),
    [
        ("trading", "watch_strategy_weeks", 1, 604_800, "1 week"),
        ("trading", "watch_strategy_weeks", 2, 1_209_600, "2 weeks"),
        ("trading", "watch_strategy_days", 3, 259_200, "3 days"),
        ("trading", "watch_strategy_months", 1, 2_628_000, "1 month"),
        ("migration", "watch_move_days", 2, 172_800, "2 days"),
        ("migration", "watch_move_weeks", 1, 604_800, "1 week"),
    ],
)
def test_a_wait_is_as_long_as_was_said(name: str, task: str, number: int, seconds: int, told: str) -> None:
    (wait,) = [step for step in plan_for(name, task, number).steps if step.primitive.work == "wait"]
    assert wait.inputs == {"seconds": seconds}
    assert wait.estimate.low == wait.estimate.high == seconds / 3600
    assert told in wait.title


@pytest.mark.parametrize(
    ("name", "task", "given", "counts"),
    [
        ("launch", "test_with_beta_users", (20,), [20, 20]),
        ("learning", "enter_competitions", (5,), [5]),
        ("learning", "learn_words", (100,), [10]),
        ("research", "review_papers", (40,), [40]),
        ("events", "invite_counted", (80,), [80]),
        ("habits", "weekly_three", ("Run",), [6, 18]),
        ("habits", "weekly_twice_for", ("Run", 1), [2]),
        ("habits", "daily_for_days", ("Read", 30), [7, 23]),
    ],
)
def test_what_is_counted_is_counted(name: str, task: str, given: tuple[Value, ...], counts: list[int]) -> None:
    assert [step.target_count for step in plan_for(name, task, *given).steps if step.target_count > 1] == counts


def test_figures_are_measured_against_what_was_asked() -> None:
    (signups,) = [step for step in plan_for("launch", "reach_signups", 500).steps if step.primitive.work == "measure"]
    (loss,) = [step for step in plan_for("trading", "keep_drawdown", 10).steps if step.primitive.work == "measure"]
    assert (signups.expected.target, signups.expected.at_most) == (500, False)
    assert (loss.expected.target, loss.expected.at_most, loss.expected.unit) == (10, True, "percent")


def test_an_answer_decides_whether_the_strategy_goes_live_or_what_is_learnt_from_it() -> None:
    plan = plan_for("trading", "go_live_if", "profitable")
    by_title = {step.title: step for step in plan.steps}
    decide = by_title["Decide whether to go live (only if profitable)"]
    assert decide.inputs == {"question": "Go live? Only if profitable", "options": ["Go live", "Not yet"]}
    assert {step.only_if for step in plan.steps} == {None, (decide.number, "Go live"), (decide.number, "Not yet")}
    assert by_title["Write down what is missing, and what to try next or drop"].only_if == (decide.number, "Not yet")


def test_money_opens_ways_and_is_spent_once() -> None:
    domain = library("launch").domain
    asked = Asked(tasks=(("test_with_beta_users", (20,)),), budget=1000)
    paid = [plan for plan in plans_for(domain, asked, most=6) if plan.cost]
    assert [plan.cost for plan in paid] == [600]
    both = Asked(tasks=(("test_with_beta_users", (20,)), ("test_with_customers", (20,))), budget=1000)
    assert all(plan.cost <= 1000 for plan in plans_for(domain, both, most=8))


@pytest.mark.sample(3)
@pytest.mark.parametrize("goal", GOALS)
def test_the_plan_of_a_whole_goal_stands_up_to_the_quality_check(goal: str) -> None:
    criteria = tuple(GOALS[goal][1])
    given = Goal(id=GoalId(1), name=goal, criteria=criteria, chat=ChatId(7), created_at=NOW, updated_at=NOW)
    plan = planner().plan(PlanRequest(goal=given, now=NOW, zone="Europe/Berlin"))
    quality = quality_of(given, plan, Circumstances(now=NOW))
    assert [finding for finding in quality.findings if finding.severity is Severity.PROBLEM] == []
    assert quality.score >= 80, quality.findings
