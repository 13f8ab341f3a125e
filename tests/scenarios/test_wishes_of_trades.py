"""Goals as people of many trades put them: results instead of doings, limits, ranges, lists, days without «on».

What was wrong with the plans that they got is promised to stay right.
"""

import datetime as dt

import pytest

from engine.goals import Goal
from engine.planning.quality import Circumstances, Rule, quality_of
from engine.planning.requests import PlanRequest
from engine.plans import Plan, PlannedTask
from engine.values import ChatId, GoalId
from tests.engine.planning.planners import planner

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


def plan_of(name: str, *criteria: str) -> Plan:
    goal = Goal(id=GoalId(1), name=name, criteria=criteria, chat=ChatId(7), created_at=NOW, updated_at=NOW)
    return planner().plan(PlanRequest(goal=goal, now=NOW, zone="Europe/Berlin"))


def task(plan: Plan, *begins: str) -> PlannedTask:
    return next(one for one in plan.tasks if one.title.startswith(begins))


def behind(plan: Plan, title: str) -> set[str]:
    """The titles of all that comes before a task."""
    by_key = {one.key: one for one in plan.tasks}
    found: set[str] = set()
    waiting = list(task(plan, title).after)
    while waiting:
        one = by_key[waiting.pop()]
        if one.title not in found:
            found.add(one.title)
            waiting.extend(one.after)
    return found


@pytest.mark.parametrize(
    ("criterion", "target", "unit"),
    [
        ("No more than 4 returns from the shops", 4, "returns"),
        ("Fewer than 6 warranty claims a month", 6, "warranty claims per month"),
        ("At most 900 € for the stand", 900, "€"),
    ],
)
def test_a_limit_that_stands_alone_is_measured_when_all_else_is_done(criterion: str, target: float, unit: str) -> None:
    plan = plan_of("Trade fair", "Stand built", "Trade fair on 9 June 2027", criterion)
    measure = next(one for one in plan.tasks if one.work == "measure")
    assert (measure.inputs["target"], measure.inputs["unit"], measure.inputs["at_most"]) == (target, unit, True)
    assert {"Build stand"} <= behind(plan, measure.title)
    assert not any("Note when and why" in one.title or "Find what moves it" in one.title for one in plan.tasks)


def test_the_check_of_a_plan_knows_the_days_that_follow_from_others() -> None:
    criteria = ("Twelve boats entered", "Regatta (13 June 2027)", "Results sent to the newspaper within three days")
    plan = plan_of("Regatta", *criteria)
    assert "Regatta (13 June 2027)" in behind(plan, "Send results")
    goal = Goal(id=GoalId(1), name="Regatta", criteria=criteria, chat=ChatId(7), created_at=NOW, updated_at=NOW)
    assert not quality_of(goal, plan, Circumstances(now=NOW)).of(Rule.UNLINKED)


def test_a_limit_until_a_day_is_told_on_that_day() -> None:
    plan = plan_of("New till", "Fewer than 3 complaints a week until the end of February")
    wait, measure = plan.tasks
    assert (wait.work, str(wait.inputs["until"])[:10], measure.work) == ("wait", "2027-02-27", "measure")


@pytest.mark.parametrize(
    "result",
    [
        "Gap analysis carried out",
        "Literature reviewed (40+ books)",
        "Proofread by my sister",
        "Safety certificate obtained",
        "Study guide printed by the union",
    ],
)
def test_a_result_is_brought_about_under_its_own_words(result: str) -> None:
    titles = [one.title for one in plan_of("Project", "Something else", result).tasks]
    assert titles == ["Something else", result]


def test_what_is_counted_weighed_or_walked_is_done_itself() -> None:
    plan = plan_of(
        "Orchard", "Harvest 3 tons of apples", "250 trees pruned", "Mulch 400 rows", "Press 900 litres of juice"
    )
    assert [one.work for one in plan.tasks] == ["measure"] * 4
    assert not [one.title for one in plan.tasks if one.title.startswith(("Find what moves", "Measure"))]
    assert plan_of("x", "Reduce returns by 12 %").tasks[0].title.startswith("Find what moves it")


def test_drying_is_waited_for_and_holds_up_what_comes_then() -> None:
    plan = plan_of("Terrace", "Foundation poured and left to set for 10 days", "Frame up")
    wait = next(one for one in plan.tasks if one.work == "wait")
    assert (wait.title, wait.inputs["seconds"]) == ("Let it set for 10 days", 10 * 86_400)
    assert wait.key in task(plan, "Frame up").after
    assert task(plan_of("Chairs", "Varnish them, 12 h drying in between"), "Varnish").target_count == 1


def test_what_runs_by_itself_is_watched_and_is_no_habit() -> None:
    plan = plan_of("Shop sync", "Loader deployed", "Hourly import works without failures for 3 weeks")
    assert [one.inputs["seconds"] for one in plan.tasks if one.work == "wait"] == [21 * 86_400]
    assert "Deploy loader" in behind(plan, "Hourly import works")
    assert not [one for one in plan.tasks if "smallest version" in one.title or "never missing" in one.title]


def test_one_way_or_the_other_is_chosen_and_then_gone() -> None:
    plan = plan_of("Logistics", "either rent a second van or use a courier")
    choice = next(one for one in plan.tasks if one.work == "decide")
    assert choice.inputs["options"] == ["Rent a second van", "Use a courier"]
    assert choice.key in task(plan, "Go ahead as decided: rent a second van or use a courier").after
    assert "Collect what speaks for each: rent a second van, use a courier" in [one.title for one in plan.tasks]


def test_otherwise_another_day_is_the_same_doing_on_that_day() -> None:
    plan = plan_of("Summit", "Climb the Ortler in July if the forecast holds, otherwise in September")
    assert {"Climb the Ortler in July", "Climb the Ortler in September"} <= {one.title for one in plan.tasks}


@pytest.mark.parametrize(
    ("criteria", "first", "then"),
    [
        (("Certification audit", "Risk assessment done", "Internal audit"), "Internal audit", "Certification audit"),
        (("Brakes renewed", "Roadworthiness check by the garage passed"), "Renew brakes", "Roadworthiness check"),
        (("80 pages translated", "Every page proofread by a teacher"), "Translate 80 pages", "Every page proofread"),
        (("Sign the lease", "Painted before moving in"), "Sign the lease", "Painted before moving in"),
        (("Complaint filed", "Wait 6 weeks for the answer"), "File complaint", "Wait 6 weeks"),
        (("Stall booked", "Town final on 8 May 2027"), "Book stall", "Town final"),
        (("Kick-off 3 March 2027", "satisfaction 4/5 or better"), "Kick-off", "Measure: satisfaction"),
        (("Spring clean-up day on 10 April 2027", "2 tons of scrap collected"), "Spring clean-up", "2 tons of scrap"),
        (("Flat viewed", "all done by the end of May"), "Flat viewed", "All done by the end of May"),
        (("New parlour built", "Old parlour demolished"), "Build new parlour", "Old parlour demolished"),
    ],
)
def test_results_come_after_what_brings_them(criteria: tuple[str, ...], first: str, then: str) -> None:
    plan = plan_of("Undertaking", *criteria)
    assert [title for title in behind(plan, then) if title.startswith(first)]


def test_an_evening_for_people_is_no_launch_of_a_product() -> None:
    plan = plan_of(
        "Studio", "Closing party on Friday 11 June 2027", "Twelve prints framed", "Opening night 4 June 2027"
    )
    assert not [
        one.title for one in plan.tasks if "page, texts, pictures" in one.title or "fix what breaks" in one.title
    ]
    assert {"Frame twelve prints"} <= behind(plan, "Opening night")


def test_a_name_of_a_thing_is_no_verb() -> None:
    plan = plan_of("Interrail", "Book hostels and train to Lisbon", "Survey of all guests", "Go to the embassy")
    titles = [one.title for one in plan.tasks]
    assert not [one for one in titles if "Train to Lisbon" in one or "the of all" in one or "passport and visa" in one]


def test_a_figure_that_falls_is_at_most_and_where_it_stands_is_no_aim() -> None:
    plan = plan_of("Costs", "Waste from 9 % to 6 %", "Phone bill from 80 € to 55 €", "Margin up from 18 % to 22 %")
    told = [(one.inputs["target"], one.inputs["at_most"]) for one in plan.tasks if one.work == "measure"]
    assert sorted(map(str, told)) == sorted(map(str, [(6.0, True), (55.0, True), (22.0, False)]))


def test_a_price_that_only_says_which_one_is_not_measured() -> None:
    plan = plan_of(
        "Move", "Van booked for under 180 €", "Accept an offer of at least 9,000 €", "Credit of 5,000 € granted"
    )
    assert {one.work for one in plan.tasks} == {"person"}


def test_a_page_that_is_to_stand_somewhere_is_made_and_then_checked() -> None:
    plan = plan_of("Shop", "Catalogue online at https://shop.example.org/list")
    assert [one.work for one in plan.tasks] == ["person", "http_check"]


def test_advice_keeps_quiet_about_what_is_clear() -> None:
    clear = (
        "Talk to the best three",
        "Lay boards, fit new handles",
        "Walk without a stick by week 4",
        "Café and bar ready",
    )
    assert not [line for line in plan_of("Home", *clear, "All pass with 60 % or better").advice if "measured" in line]
    assert not [line for line in plan_of("Home", *clear).advice if "English" in line]
    vague = plan_of("Home", *clear, "Be fit", "Better food").advice
    assert len([line for line in vague if "measured" in line]) == 2


def test_days_of_the_week_are_each_counted() -> None:
    plan = plan_of("Choir", "Sing every Monday, Wednesday and Friday for 4 weeks", "Long ride every other Sunday")
    assert task(plan, "Sing").target_count == 12
    assert task(plan, "Long ride").target_count == 2
