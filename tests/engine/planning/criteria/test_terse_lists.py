"""Criteria in two or three words each, as nouns, results and bare doings: what comes of what, and what is meant."""

import datetime as dt

import pytest

from engine.planning.criteria.doings import doing_of
from engine.planning.criteria.reading import Moment, read_criterion
from engine.planning.criteria.verbs import Kind
from tests.engine.planning.criteria.orders import behind
from tests.engine.planning.planners import planner
from tests.engine.planning.test_plans_of_goals import asked

AT = Moment(local=dt.datetime(2026, 11, 22, 9))  # noqa: DTZ001 - naive local time is what readings take


def titles(name: str, *criteria: str) -> list[str]:
    return [task.title for task in planner().plan(asked(name, criteria)).tasks]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        # what is told of for the first time, and then spoken of as known
        (("Collect 60 soil samples", "Sequence the samples"), [(), (1,)]),
        (("Historic sales data", "Data cleaning"), [(), (1,)]),
        # named as a thing, or as done
        (("Market research", "Strategy logic", "Backtest on 5 years of data"), [(), (1,), (2,)]),
        (("Backtest on 5 years of data", "Paper trading for 30 days", "Deployment to a VPS"), [(), (1,), (2,)]),
        (("Train a model", "Evaluate on a hold-out set"), [(), (1,)]),
        (("Develop the app", "Play Store release"), [(), (1,)]),
        (("Choose a contractor", "Insulation laid"), [(), (1,)]),
        (("Contract signed", "Install panels"), [(), (1,)]),
        (("Teach 10 evenings", "Feedback collected"), [(), (1,)]),
        (("Migrate the database", "Cut over on a Sunday", "Oracle decommissioned"), [(), (1,), (2,)]),
        (("Find premises", "Buy tools", "Take £8,000 in the first month"), [(), (1,), (2,)]),
        # what is sold, what shows what there is to do, what opens
        (("Make 50 bars of soap", "Build a web shop", "Sell 30 bars"), [(), (), (1, 2)]),
        (
            ("Write a flyer", "Register with the tax office", "Find 5 students", "Earn 500 EUR a month"),
            [(), (), (), (1, 2, 3)],
        ),
        (("Audit all subscriptions", "Cancel the unused ones", "Negotiate the phone contract"), [(), (1,), (1,)]),
        (("Build 10 raised beds", "Hold an opening party"), [(), (1,)]),
        # data and models, a service and who uses it, an instrument, a pet
        (("Collect customer data", "Clean the data", "Train a model"), [(), (1,), (2,)]),
        (("Implement the endpoints", "Migrate existing clients", "Deprecate v1"), [(), (1,), (2,)]),
        (("Buy a guitar", "Learn 10 chords"), [(), (1,)]),
        (("Visit two shelters", "Bring the dog home", "Finish puppy school"), [(), (1,), (2,)]),
        (("Lose 5 kg", "Paint the fence", "Reach 100 signups"), [(), (), ()]),
        (("Lose 5 kg", "Save 2,000 EUR", "Reach 100 signups"), [(), (), ()]),
    ],
    ids=str,
)
def test_terse_criteria_come_after_what_they_need(criteria: tuple[str, ...], expected: list[tuple[int, ...]]) -> None:
    assert behind(*criteria) == expected


def test_in_a_list_that_is_in_order_a_word_alone_puts_nothing_before_what_was_listed_ahead_of_it() -> None:
    in_order = ("Interview 15 users", "Design the flow", "Build the app", "Get App Store approval", "Launch the app")
    assert behind(*in_order)[2] == (2,), "the approval is of the app"
    assert behind("Sell 100 loaves a day", "Find premises", "Hire a baker") == [(3,), (), (2,)], "in no order at all"


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (
            ("Eye test passed", "Theory lessons taken", "Theory exam passed", "Driving test passed"),
            [(), (), (2,), (1, 3)],
        ),
        (
            ("Information evening attended", "Application submitted", "Leave arranged", "Child comes home"),
            [(), (1,), (), (2, 3)],
        ),
        (
            ("1,200 photos scanned", "Names added by the members", "Database set up", "Archive shown"),
            [(), (), (1,), (2, 3)],
        ),
        (("Sketch drawn", "Boards bought", "Boards dried for 4 weeks", "Top glued up"), [(), (), (2,), (1, 3)]),
        # nothing of it follows from anything else, or the last is there for its own sake
        (("Taxes filed", "Car serviced", "Passport renewed", "Insurance changed"), [(), (), (), ()]),
        (("Debts listed", "Card paid off", "Loan refinanced", "Emergency fund of 3,000 euros"), [(), (), (), ()]),
        # one pair, or one day, among errands
        (("Passport renewed", "Car serviced on 3 December", "Cellar swept", "Fence repaired"), [(), (), (), ()]),
        (
            ("Winter tyres fitted", "Cat vaccinated", "Photos scanned", "Photo book printed", "Fence repaired"),
            [(), (), (), (3,), ()],
        ),
    ],
    ids=str,
)
def test_a_list_of_results_comes_to_what_is_told_last(
    criteria: tuple[str, ...], expected: list[tuple[int, ...]]
) -> None:
    assert behind(*criteria) == expected


def test_a_result_does_not_come_after_what_is_told_behind_it_but_a_figure_may() -> None:
    attic = behind(
        "Permit obtained", "Roof insulated", "Plasterboard up", "Electrics approved by the electrician", "Walls painted"
    )
    assert all(first < then for then, before in enumerate(attic, 1) for first in before)
    app = behind("Crash rate below 0.5%", "Payment bug fixed", "Beta run with 50 users", "Listing updated")
    assert app[0] == (2,), "how good all is to be is told at any place"


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (("Recipe found", "Course book read", "Licence exam passed"), [(), (), (2,)]),
        (("Design approved", "Built in Astro", "Redirects tested"), [(), (1,), (2,)]),
        (("80 nurses recruited", "Each wears a tracker for 14 days"), [(), (1,)]),
        (("Top three reasons known", "Onboarding improved"), [(), (1,)]),
        (("Call 200 leads", "50 contracts signed", "First order from each"), [(), (1,), (2,)]),
        (("MRI done", "Doctor says yes", "Run 5 km"), [(), (1,), (2,)]),
        (("Pattern bought", "Body finished", "Sewn together"), [(), (), (1, 2)]),
    ],
    ids=str,
)
def test_a_result_uses_what_others_bring_about(criteria: tuple[str, ...], expected: list[tuple[int, ...]]) -> None:
    assert behind(*criteria) == expected


def test_nobody_does_day_by_day_what_takes_its_time() -> None:
    for text in ("Boards dried for 4 weeks", "Wine aged for 6 months"):
        (reading,) = read_criterion(text, AT)
        assert (reading.kind, reading.seconds is None) == (Kind.WAIT, False)


def test_words_that_go_without_saying_are_those_that_were_said_before() -> None:
    assert [one.text for one in read_criterion("Jog 10 minutes, then 20, then 30", AT)] == [
        "Jog 10 minutes",
        "Jog 20 minutes",
        "Jog 30 minutes",
    ]
    assert [one.text for one in read_criterion("Second draft", AT)] == ["Second draft"]
    assert [one.text for one in read_criterion("Photos transferred", AT)] == ["Transfer photos"]


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("CE certification", "any_have_granted"),
        ("Accounting certification", "any_pass_exam"),
        ("Build a monthly budget", "any_write_short"),
        ("Build an app for your budget", "any_develop"),
        ("Write the firmware", "any_develop"),
        ("Serve predictions via an API", "any_do_it_once"),
        ("Frame powder coated", "any_bring_about"),
        ("Build cached", "any_bring_about"),
        ("Insulation laid", "any_do_trade"),
    ],
)
def test_few_words_are_taken_in_the_sense_that_they_have_there(text: str, task: str) -> None:
    assert doing_of(read_criterion(text, AT)[0]).task == task


def test_how_many_there_are_is_no_figure_to_reach_and_a_multiple_no_count() -> None:
    (all_of_them,) = read_criterion("Inventory all 140 stored procedures", AT)
    (at_twice_the_load,) = read_criterion("Load test at 2x peak", AT)
    assert (all_of_them.target, at_twice_the_load.count) == (None, None)


def test_a_test_after_some_months_is_waited_for() -> None:
    (reading,) = read_criterion("Blood test after 3 months", AT)
    assert reading.wait_before == 90 * 86_400


def test_a_place_is_no_thing_and_a_name_no_verb_in_what_is_asked_for() -> None:
    out = titles("Record an EP", "Record all tracks", "Release on Spotify and Bandcamp")
    assert "Prepare to release on Spotify and Bandcamp: page, texts, pictures, date" in out
    tuned = titles("Trading bot", "Backtest on 5 years of data", "Parameter optimisation")
    assert "Record where things stand before you go ahead with the parameter optimisation" in tuned
    over = titles("Migrate", "Migrate the database", "Cut over on a Sunday")
    assert "Check that it runs as it should" in over


def test_money_that_is_given_or_invested_is_earned_from_nobody() -> None:
    told = titles("Fun run", "Route agreed", "£20,000 raised") + titles(
        "Seed round", "List of 80 investors", "Term sheet signed", "£1.5m in the bank"
    )
    assert "List who could give, and ask the first ten" in told
    assert not [title for title in told if "who would pay" in title]
