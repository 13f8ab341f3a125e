"""Which criterion comes after which, by what each of them is."""

import datetime as dt

import pytest

from engine.planning.criteria.advice import advising
from engine.planning.criteria.nodes import nodes_of
from engine.planning.criteria.ordering import order_of
from engine.planning.criteria.reading import read_criterion
from engine.planning.slices import run_through
from tests.engine.planning.criteria.orders import AT, behind, read


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        # a harvest is weighed, and has nothing to do with anybody's weight
        (("Harvest 5 kg", "Sow tomatoes"), [(2,), ()]),
        (("Lose 5 kg", "Sow tomatoes"), [(), ()]),
        # what is sold day by day comes when there is somewhere to sell it
        (("Sell 100 loaves a day", "Find premises", "Hire a baker"), [(3,), (), (2,)]),
        # offers are asked for before one is chosen; the short way comes before the long one
        (("Choose a roofer", "Get 3 quotes from roofers"), [(2,), ()]),
        (("Swim 1 km in under 40 minutes", "Swim 100 m", "Take 10 swimming lessons"), [(2,), (3,), ()]),
        (("Receive the certificate", "Submit the application"), [(2,), ()]),
        # the first of something begins what then goes on and on
        (("Send an issue every two weeks", "Send the first issue by 1 March"), [(2,), ()]),
        (("Read 24 books", "Write a short note about each"), [(), (1,)]),
        # an address answers when something was put there, however the two are listed
        (("Deploy to production", "https://kites.example answers 200"), [(), (1,)]),
        (("https://kites.example answers 200", "Deploy to production"), [(2,), ()]),
        (("App is in the App Store", "No crashes for 2 weeks"), [(), (1,)]),
        # a farewell waits for all that moves, sets up, keeps or proves
        (("Set up the new server", "Move 120 mailboxes", "Switch off the old server"), [(), (1,), (2,)]),
        (("Delete the old database", "Back up everything", "Migrate the data"), [(3,), (), (2,)]),
        (("Old server is decommissioned", "Set up the new server"), [(2,), ()]),
        # a contract at home is no service that a page could tell of
        (("Pack 20 boxes", "Cancel the old internet contract", "https://kites.example answers 200"), [(), (1,), ()]),
        (("Cancel the old internet contract", "Pack 20 boxes"), [(2,), ()]),
        (("Train the sales team", "Switch off the old system"), [(), (1,)]),
        # what is done with «it» comes after what it is, and what ends the list after all that leads there
        (("Write three verses", "Show it to Ann"), [(), (1,)]),
        (("Level the ground", "Fetch the statue", "Put it up"), [(), (), (1, 2)]),
        (("Level the ground", "Run twice a week", "Fetch the statue", "Put it up"), [(), (), (), (1, 3)]),
        (("Level the ground", "Fetch the statue", "Put it up", "Call Ben"), [(), (), (2,), ()]),
        # when, where and for whom is settled before a party is prepared; one of several aims holds up no other
        (("Party on 20 December", "Order the food", "Agree on a place and the guests"), [(2,), (3,), ()]),
        (("Win 30 members", "Repair the courts", "Hold a summer festival"), [(), (), ()]),
        (("Hire a band", "Rent a tent", "Hold a summer festival"), [(), (), (1, 2)]),
        # a mark at school comes of lessons; a figure that is to fall is seen once it is live
        (("Get a B in the next test", "Take maths lessons"), [(2,), ()]),
        (("Choose the tool", "Go live", "Reduce phone calls by 30 %"), [(), (1,), (2,)]),
        (("Open an ETF savings plan", "Build an emergency fund of 5000 EUR"), [(2,), ()]),
        (("Reach 300 subscribers", "Write the first issue", "Earn 200 EUR a month"), [(2,), (), (2,)]),
        # making room comes before what takes its place
        (("Paint the walls", "Install the new cabinets", "Tear out the old cabinets"), [(3,), (1,), ()]),
        (("Remove the old bathtub", "Get three quotes from plumbers", "Hire a plumber"), [(3,), (), (2,)]),
        (("Remove the old kitchen", "Install the new one"), [(), (1,)]),
        (("Remove old bathtub", "Install new bathtub"), [(), (1,)]),
        # an occasion waits for what prepares it, and what follows it waits for the occasion
        # what is listed beside the organising are its parts
        (("Organise the wedding", "Book the venue", "Read 3 books"), [(2,), (), ()]),
        (("Order the catering", "Organise a conference for 50 people", "Thank the speakers"), [(), (1,), (2,)]),
        (("Organise the garage", "Buy shelves"), [(), ()]),
        (("Have the wedding on 12 June 2027", "Book the venue", "Find a band"), [(3,), (), (2,)]),
        (("Party on 20 December", "Buy drinks", "Send thank-you cards"), [(2,), (), (1,)]),
        (("The festival is held", "Book the band"), [(2,), ()]),
        (("Hold the opening day", "Hire 2 bakers"), [(2,), ()]),
        (("The concert takes place", "Sell 200 tickets"), [(2,), ()]),
        # who renovates a shop does no shopping
        (("The shop is renovated", "The menu has 10 breads"), [(), ()]),
        (("Cook dinner", "Do the shopping", "Choose the menu"), [(2,), (3,), ()]),
        (("Party on 20 December", "Read 3 books", "Save 500 EUR"), [(), (), ()]),
        # «it», «the new one» and a bare verb speak of what was said before
        (("Bake the cake", "Decorate it"), [(), (1,)]),
        (("Get wood", "Build", "Kids love it"), [(), (1,), (2,)]),
        (("Buy a server", "Install it"), [(), (1,)]),
        (("Move to Rome", "Make it to the top"), [(), ()]),
        # what is made or bought comes before what is done with it
        (("Bake the cake", "Decorate the cake"), [(), (1,)]),
        (("Buy a telescope", "Show the kids Saturn through the telescope"), [(), (1,)]),
        (("Write chapter one", "Write chapter two"), [(), ()]),
        # what shows a work comes when there is something to show, and before the work goes out
        (("Release a trailer", "Finish all levels", "Publish on Steam"), [(2,), (), (1,)]),
        (("Show a teaser at the festival", "Finish the scenes"), [(2,), ()]),
        # money that may be needed is put aside before the rest is invested
        (("Open a broker account", "Build an emergency fund of 10,000 EUR"), [(2,), ()]),
        # hiring, claiming, building, standing for election
        (("Interview 20 candidates", "Write 3 job ads"), [(2,), ()]),
        (("File the claim", "Find a lawyer", "Send a formal letter", "Collect the evidence"), [(2,), (3,), (4,), ()]),
        (("Build the roof", "Build the platform", "Get planning permission", "Draw the plans"), [(2,), (3,), (4,), ()]),
        (("Get 40 % of the vote", "Knock on 2,000 doors", "Collect 300 signatures"), [(2,), (3,), ()]),
        # the new is secured before the old is given up
        (("Cancel the old room", "Sign the lease"), [(2,), ()]),
        # a boat is launched when it is built
        (("Launch the boat in May", "Build the hull"), [(2,), ()]),
        # a home, a round
        (("Buy a house", "Get a mortgage", "Move in"), [(2,), (), (1,)]),
        (("Term sheet", "Talk to 50 investors"), [(2,), ()]),
        # what is known to be broken and listed first is mended before the tests; what they find, after them
        (("Fix the crash on startup", "Add dark mode", "Beta with 50 users"), [(), (), (1, 2)]),
        (("Beta with 50 users", "Fix the crash on startup"), [(), (1,)]),
        (("Fix the problems found in the app", "Test the app with 50 users"), [(2,), ()]),
        # what has nothing to do with each other goes side by side
        (("Reach 100 signups", "Lose 5 kg", "Read 3 books"), [(), (), ()]),
        (("Learn Spanish", "500 customers"), [(), ()]),
        # what is said counts
        (("Finally sell the house", "Then, before that, call a lawyer"), [(2,), ()]),
        (("Paint the walls after the floor is laid", "Lay the floor"), [(2,), ()]),
    ],
    ids=str,
)
def test_each_criterion_comes_after_what_it_needs(criteria: tuple[str, ...], expected: list[tuple[int, ...]]) -> None:
    assert behind(*criteria) == expected


def test_of_two_orders_that_exclude_each_other_the_one_that_is_dropped_is_told() -> None:
    criteria = ("Paint the walls after the floor is laid", "Lay the floor after the walls are painted")
    assert behind(*criteria) == [(2,), ()]
    refused = order_of(nodes_of(read(*criteria))).refused
    assert refused == [(0, 1)]
    told = [line for line in run_through(advising(criteria, read(*criteria), frozenset(refused))) if "each ask" in line]
    assert told == [
        "«Lay the floor after the walls are painted» and «Paint the walls after the floor is laid» each ask to come "
        "after the other. I kept «Lay the floor after the walls are…» first: "
        "if that is wrong, say in one of them what comes first."
    ]
    assert order_of(nodes_of(read("Paint the walls after the floor is laid", "Lay the floor"))).refused == []


@pytest.mark.parametrize(
    ("text", "by", "not_before", "begins"),
    [
        ("Prepare for the interview on Friday", dt.date(2026, 11, 26), None, False),
        ("Prepare for the interview on Friday at 15:00", dt.date(2026, 11, 27), None, False),
        ("Study for the exam on 3 March 2027", dt.date(2027, 3, 2), None, False),
        ("Sew a dress for my daughter's birthday on 3 March 2027", dt.date(2027, 3, 2), None, False),
        ("Write a speech for the wedding on 3 March 2027", dt.date(2027, 3, 2), None, False),
        ("Party on 3 March 2027", None, dt.date(2027, 3, 3), False),
        ("Pass the maths exam on 3 March 2027", None, dt.date(2027, 3, 3), False),
        ("Study maths on Friday", None, dt.date(2026, 11, 27), False),
        ("Study maths from 3 March 2027", None, dt.date(2027, 3, 3), True),
        ("Start the diet on 1 March 2027", None, dt.date(2027, 3, 1), True),
    ],
)
def test_getting_ready_for_a_day_is_done_by_then(
    text: str, by: dt.date | None, not_before: dt.date | None, begins: bool
) -> None:
    (reading,) = read_criterion(text, AT)
    assert (reading.by.date if reading.by else None) == by
    assert (reading.not_before.date if reading.not_before else None) == not_before
    assert reading.begins is begins
