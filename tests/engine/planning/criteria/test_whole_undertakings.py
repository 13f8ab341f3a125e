"""What a goal lists as a whole: results that are steps and results that are not, an end that all leads to, a day that
only the goal's name tells."""

import datetime as dt

import pytest

from engine.goals import Goal
from engine.planning.criteria.doings import doing_of
from engine.planning.criteria.nodes import is_unread
from engine.planning.criteria.reading import read_criterion
from engine.planning.requests import PlanRequest
from engine.plans import Plan
from engine.values import GoalId
from tests.engine.planning.criteria.orders import AT, behind, read
from tests.engine.planning.planners import planner

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def plan_of(name: str, *criteria: str) -> Plan:
    goal = Goal(id=GoalId(1), name=name, criteria=criteria, created_at=NOW, updated_at=NOW)
    return planner().plan(PlanRequest(goal=goal, now=NOW, zone="Europe/Berlin"))


def lines_of(name: str, *criteria: str) -> list[str]:
    """Each task with the numbers of those that it comes after."""
    tasks = plan_of(name, *criteria).tasks
    numbers = {task.key: number for number, task in enumerate(tasks, 1)}
    return [f"{task.title} <- {sorted(numbers[key] for key in task.after)}" for task in tasks]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        # results are steps where hands bring about one thing, and matters of their own everywhere else
        (("Strips milled and glued", "Hull faired and fibreglassed"), [(), (1,)]),
        (("Cloth chosen", "Top pieced", "Layers basted and quilted", "Binding sewn on"), [(), (1,), (2,), (3,)]),
        (("Winter wheat sown", "Tractor serviced", "Subsidy form sent off"), [(), (), ()]),
        (("Repair the bike", "Paint the guest room"), [(), ()]),
        (("Literature reviewed", "Credit of 5,000 € granted"), [(), ()]),
        (("20 camp beds", "Rota with 40 volunteers", "Hall promised", "Leaders found"), [(), (), (), ()]),
        (("Huts reserved", "Bikes checked", "Insurance", "Everybody rides 300 km in May"), [(), (), (), ()]),
        # a result is tied as the doing that it is of
        (("Tour dates agreed with the choir", "Coach booked"), [(), (1,)]),
        (("Heat loss calculated room by room", "Three quotes", "Order the boiler"), [(), (1,), (2,)]),
        (("Order the boiler", "Old boiler taken out", "Boiler commissioned"), [(), (1,), (2,)]),
        (("Choose builder", "Walls up", "Roof on"), [(), (1,), (2,)]),
        (("Call Ben", "Schema converted", "Data copied", "Tax paid"), [(), (), (2,), ()]),
        (
            ("Theory lessons taken", "Theory exam passed", "20 driving lessons", "Driving test passed"),
            [(), (1,), (), (2, 3)],
        ),
        (("Bills paid", "Customers interviewed", "Top reasons known", "Call Ben"), [(), (), (2,), ()]),
        (("Requirements agreed", "Vendor selected", "Contract signed"), [(), (), (1, 2)]),
        (("New lease signed", "Old lease terminated", "Opening party"), [(), (1,), (2,)]),
        # what has no thing of its own is about all that was listed
        (("Diary transcribed", "Find a speaker", "Recorded, edited and mastered"), [(), (), (1, 2)]),
        # the end that all leads to
        (("Buy plans", "Call Ben", "Book a slip", "First sail on the lake"), [(), (), (), (1, 2, 3)]),
        (("Order tea", "Call Ben", "Paint the hall", "Final inspection"), [(), (), (), (1, 2, 3)]),
        (("Gap analysis", "Stage 1 in June", "Stage 2 in September", "Certificate received"), [(), (1,), (2,), (3,)]),
        (
            ("Bed and coat bought", "Trip to Malaga to fetch her", "Vet check", "She stays alone"),
            [(), (), (2,), (1, 3)],
        ),
        (("Fix the colours", "Train the developers", "Re-audit without findings"), [(), (), (1, 2)]),
        (("Beds bought", "Leaders trained", "Doors open on 1 December"), [(), (), (1, 2)]),
        (("Fridge donated", "Rules agreed", "Opening party with the neighbours"), [(), (), (1, 2)]),
        (("Call Ben", "Perform four concerts", "Thank-you letters to the hosts"), [(), (), (1, 2)]),
        (("Book it", "Call Ben", "Camp week runs 12 to 18 July 2027", "Send parents a report"), [(), (), (1, 2), (3,)]),
        # a surgery comes before the exercises, songs are chosen before they are recorded, a model before its retraining
        (("Have surgery on 3 February", "Bend the knee to 120 degrees"), [(), (1,)]),
        (("Choose the songs", "Record drums and guitars", "Distribute to the shops"), [(), (1,), (2,)]),
        (("Train the model", "Weekly retraining"), [(), (1,)]),
        # a plan of a floor is no plan of a firm, and the guitar is got before it is played on
        (("Sign the lease", "Floor plan with the teams"), [(), ()]),
        (("Texts written", "Live on 1 March", "Old site switched off"), [(), (1,), (2,)]),
        (("Hull scraped and painted", "Engine serviced", "Mast up"), [(), (), (1,)]),
        (("Cancel windows licences", "Laptops re-imaged floor by floor"), [(), ()]),
    ],
)
def test_what_belongs_together_comes_in_turn_and_the_rest_side_by_side(
    criteria: tuple[str, ...], expected: list[tuple[int, ...]]
) -> None:
    assert behind(*criteria) == expected


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("Requirements workshop", "any_hold_meeting"),
        ("Hold a pottery workshop", "any_organise"),
        ("Every singer has paid the 240 € share", "any_collect_dues"),
        ("First-aid training for volunteers", "any_arrange_small"),
        ("Train 25 sales reps", "any_arrange_small"),
        ("Building regs approval", "any_get_official_slowly"),
        ("Results on the website", "any_do_it_once"),
        ("Death certificate and will", "any_get_official"),
        ("Naturalisation test", "any_pass_exam"),
        ("Medical class 2", "any_do_it_once"),
        ("Talk at the mammal conference", "any_present"),
        ("Shadow traffic for 2 weeks without differences", "any_monitor"),
        ("Add up the costs", "any_do_chore"),
    ],
)
def test_a_clause_is_taken_for_what_it_is(text: str, task: str) -> None:
    assert doing_of(read(text)[0][0]).task == task


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Everybody packs their desk", ["Everybody packs their desk"]),
        ("Hay in the barn", ["Hay in the barn"]),
        ("Flyers in shops and the local paper", ["Make flyers in shops and the local paper"]),
        ("Occupancy model fitted", ["Occupancy model fitted"]),
        ("First repair café in March", ["First repair café in March"]),
        ("Eight years of rent records gathered", ["Eight years of rent records gathered"]),
        ("Cleaning rota that somebody signs", ["Cleaning rota that somebody signs"]),
        ("Venue, catering, speakers", ["Find the venue", "Book the catering", "Find speakers"]),
        ("Objection by 14 December", ["Submit the objection by 14 December"]),
    ],
)
def test_a_thing_gets_the_verb_that_goes_without_saying_and_no_other(text: str, expected: list[str]) -> None:
    assert [one.text for one in read_criterion(text, AT)] == expected
    assert all(one.count is None for one in read_criterion(text, AT))


def test_a_borrowed_word_is_no_foreign_language() -> None:
    assert not is_unread(read("First repair café in March")[0][0])
    assert is_unread(read("Fête de la musique préparée")[0][0])


def test_so_many_of_what_is_measured_or_said_yes_is_nothing_to_tick_off() -> None:
    (metres,), (teams,), (cameras,), (reps,) = read(
        "Wash 6 metres of cotton",
        "Plan approved by the three client teams",
        "60 cameras out for 8 weeks",
        "Visit 25 sales reps",
    )
    assert (metres.count, teams.count, cameras.count) == (None, None, None)
    assert cameras.seconds == 8 * 7 * 86_400
    assert reps.count is not None
    assert reps.count.noun == "sales reps"


def test_the_walk_five_days_a_week_is_counted_by_its_days() -> None:
    (walk,) = read_criterion("Walk 40 minutes five days a week for 4 weeks", AT)
    assert walk.count is not None
    assert walk.count.number == 20


def test_a_cut_over_in_shares_goes_out_step_by_step() -> None:
    titles = [one.text for one in read_criterion("Cut over 10%, then everyone", AT)]
    assert titles == ["Roll out to 10%", "Check errors and complaints", "Roll out to everyone"]


def test_what_is_left_for_after_waits_for_the_day_that_the_name_of_the_goal_tells() -> None:
    lines = lines_of("Football cup on 20 June 2027", "Medals", "Referees", "Results on the website the same evening")
    assert lines == [
        "Medals <- []",
        "Referees <- []",
        "Wait until Sunday 20 June 2027 <- [1, 2]",
        "Results on the website the same evening <- [3]",
    ]


def test_a_length_before_counts_from_the_day_that_the_name_of_the_goal_tells() -> None:
    plan = plan_of("Conference on 12 March 2027", "Bus booked 4 weeks before the conference", "Call Ben")
    assert plan.tasks[0].inputs["by"] == "2027-02-12T22:59:00+00:00"


def test_what_celebrates_a_work_holds_up_none_of_it() -> None:
    lines = lines_of("My first EP", "Find a drummer", "Record it", "Release gig with 80 people")
    assert "Find a drummer <- []" in lines
    assert lines[-1].startswith("Release gig with 80 people")
    assert len(lines[-1].partition("<- ")[2].split(",")) > 1
