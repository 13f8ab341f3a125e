"""What comes before what at home and at work, where it was listed in that order."""

import pytest

from engine.planning.criteria import everyday
from tests.engine.planning.criteria.orders import behind
from tests.hanging import no_hang


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (("Buy wool", "Knit the back", "Knit the sleeves", "Sew the parts together"), [(), (1,), (1,), (2, 3)]),
        (("Take the clock apart", "Clean the gears", "Put it back together"), [(), (1,), (2,)]),
        (("Shop for groceries", "Cook the dinner", "Wash the dishes"), [(), (1,), (2,)]),
        (("Write the objection", "Send it by registered mail", "Wait for the answer"), [(), (1,), (2,)]),
        (("Sort everything into three piles", "Donate the clothes", "Sweep the floor"), [(), (1,), (2,)]),
        (("Get the house valued", "Take photos", "Put the listing online", "Hold 3 viewings"), [(), (1,), (2,), (3,)]),
        (("Find seven founding members", "Hold the founding meeting", "Register the club"), [(), (1,), (2,)]),
        (("Create accounts for 25 people", "Copy all mailboxes", "Switch the MX records"), [(), (1,), (2,)]),
        (("Visit the shelter", "Buy a leash", "Bring the dog home", "Register the dog"), [(), (), (1, 2), (3,)]),
        (("Find a lawyer", "Gather the bank statements", "File the petition"), [(), (), (1, 2)]),
        (("Inspect the damage", "Replace the gutter", "Send the bill to the insurance"), [(), (1,), (2,)]),
        (("Buy an oven", "Hire two bakers", "Open the doors"), [(), (), (1, 2)]),
        (("Weigh the waste for two weeks", "Introduce smaller plates"), [(), (1,)]),
        (("Dig the hole", "Buy the tree", "Plant the tree"), [(), (), (1, 2)]),
        (("Get the flat appraised", "Choose an agent", "Sell the flat"), [(), (1,), (2,)]),
        (("Hire an architect", "Get the building permit", "Start the works"), [(), (1,), (2,)]),
        (("Finish the apprenticeship", "Pass the exam", "Register with the guild"), [(), (1,), (2,)]),
        (("See the doctor", "Agree on a phased return", "Go back to work"), [(), (), (1, 2)]),
        (("Buy a scanner", "Scan the letters", "Name the files", "Show Ann how to search"), [(), (1,), (2,), (3,)]),
        (("Clear the hay", "Replace the beams", "Lay the tiles"), [(), (1,), (2,)]),
        (("Take a beekeeping course", "Order bees", "Harvest honey", "Sell the honey"), [(), (1,), (2,), (3,)]),
        (("Find members", "Draft the Satzung", "Hold the Gründungsversammlung"), [(), (), (2,)]),
        (("Stop spraying", "Sow clover", "Pass the organic inspection"), [(), (), (1, 2)]),
        (("Hand in the application", "Prepare the room", "Bring the child home"), [(), (), (1, 2)]),
        (("Hire a teacher", "Start with grade 1"), [(), (1,)]),
        (("Fill in the form", "Pay the fee", "Receive the card"), [(), (1,), (2,)]),
        (("Buy a used truck", "Convert the truck"), [(), (1,)]),
        (("Train Maria", "Switch off the old list"), [(), (1,)]),
        (("Buy a sewing machine", "Sew a cushion"), [(), (1,)]),
        (("Repair the printer", "Print 20 posters"), [(), (1,)]),
        (("Interview 12 nurses", "Transcribe the interviews"), [(), (1,)]),
        (("Get 3 quotes", "Ask the insurance if they pay", "Repair the roof"), [(), (), (1, 2)]),
        (("Move in", "Hand over the keys of the old flat"), [(), (1,)]),
        (("Sign the lease", "Get the keys", "Paint the bedroom"), [(), (1,), (2,)]),
        (("Sell 200 tickets", "Record the concert"), [(), (1,)]),
        (("Check the report for errors", "Dispute the wrong entries"), [(), (1,)]),
        (("Exam on 12 June", "Get at least a B"), [(), (1,)]),
        (("Print a sample of the card", "Cut 30 cards", "Write the addresses"), [(), (1,), (2,)]),
        (("Take IELTS", "Get degrees assessed", "Submit the profile"), [(), (), (1, 2)]),
        (("Sell the car", "Cancel all contracts", "Fly before school starts"), [(), (), (1, 2)]),
        (("Move the domain", "Old site off"), [(), (1,)]),
        (("Put up the shed", "Run electricity to it"), [(), (1,)]),
        (("Hand in my notice", "Find a new job first"), [(2,), ()]),
    ],
    ids=lambda value: " / ".join(value) if value and isinstance(value[0], str) else "",
)
def test_things_come_in_their_usual_run(criteria: tuple[str, ...], expected: list[tuple[int, ...]]) -> None:
    assert behind(*criteria) == expected


@pytest.mark.parametrize(
    "criteria",
    [
        ("Knit the back", "Buy wool"),
        ("Wait for the answer", "Write the objection"),
        ("Sweep the floor", "Sort the clothes"),
        ("Open the doors", "Buy an oven"),
    ],
    ids=" / ".join,
)
def test_what_was_listed_the_other_way_round_keeps_no_order(criteria: tuple[str, ...]) -> None:
    assert behind(*criteria) == [(), ()]


def test_what_goes_on_until_the_end_comes_before_nothing() -> None:
    assert behind("Rehearse every Thursday", "Record a demo") == [(), ()]
    assert behind("Rehearse every Thursday for 4 weeks", "Record a demo") == [(), (1,)]


def test_undertakings_of_different_kinds_stay_apart() -> None:
    assert behind("Paint the kitchen", "Fix the website", "Deploy the website")[1] == ()


def test_opening_waits_for_no_figure_and_no_habit() -> None:
    assert behind("Hire two bakers", "Run 3 times a week", "Get 500 followers", "Open the doors")[3] == (1,)


def test_no_text_however_long_takes_long() -> None:
    text = "get " + "take apart the put together sort by " * 40_000
    with no_hang():
        everyday._rows_of(text)


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        # the hands go on from step to step, each place by itself
        (("Fill holes", "Sand", "Primer", "Two coats of paint", "Touch up"), [(), (1,), (2,), (3,), (4,)]),
        (("Tear out the old boards", "Check the joists for rot", "Lay new boards"), [(), (1,), (2,)]),
        (("Old tiles off", "New plumbing in", "Fit the sink"), [(), (1,), (2,)]),
        (("Move furniture out", "Paint the walls", "Furniture back"), [(), (1,), (2,)]),
        (("Bathroom retiled", "Hall painted"), [(), ()]),
        # results in a row are steps; what is got, agreed on or granted may come at any time
        (("Roofer inspects it", "Quote accepted by the insurer", "Ceiling repainted"), [(), (1,), (2,)]),
        (("Viewings in 4 homes", "Mum decides"), [(), (1,)]),
        (("Staging moved", "Database copied"), [(), (1,)]),
        (("House delivered", "Garden fenced"), [(), (1,)]),
        (("Garden fenced", "Taxes filed"), [(), ()]),
        (("Posters hung up", "Name agreed", "Prizes collected", "Visa approved"), [(), (), (), ()]),
        (("Dress fitted twice", "Cake tasted", "Wedding on 12 June 2027"), [(), (), (1, 2)]),
        # doings are listed as they come to mind, but for those that need something to be there
        (("Clean the kitchen", "Check the tyres", "Set up the nursery", "File the taxes"), [(), (), (), ()]),
        (("Export the contacts", "Dedupe contacts", "Import the contacts"), [(), (1,), (2,)]),
        (("Feedback forms", "Send invoice"), [(), (1,)]),
        # what brings a thing about does not wait for what is done with it, though that was listed first
        (("Send the invitations", "Design the invitations"), [(), ()]),
        (("Choose the talk", "Give the talk", "Write the talk"), [(), (1,), (1,)]),
        (("Cut the bill from $12k to $8k", "Delete unused volumes"), [(), ()]),
        (("Read 3 books", "Buy milk", "Reach 100 signups"), [(), (), (2,)]),
        # who is found makes what comes then
        (("Find illustrator", "Call Ben", "Illustrations done"), [(), (), (1,)]),
        # what all the rest leads to: sold, raised, reached, on the only day near the end
        (("Recipe settled", "Order labels", "First 50 bottles sold by 1 May"), [(), (), (1, 2)]),
        (("20 stalls", "Posters printed", "Raise £3,000"), [(), (1,), (2,)]),
        (("Sell the car", "Visa approved", "Arrive by 1 September"), [(), (), (1, 2)]),
        (("Buy gloves", "Inform the paper", "Clean the river bank on 22 April", "Call Ben"), [(), (), (1, 2), ()]),
        (("Buy gloves", "Inform the paper", "Read the meter on 31 December"), [(), (), ()]),
        (("Find a room", "Open on 1 June", "Lend 200 tools in the first year"), [(), (1,), (2,)]),
        (("Read every day", "Buy flowers", "Surprise her on 8 March"), [(), (), (2,)]),
        # «within 30 days of arrival» comes after it, «they» are those of the line before
        (("Register within 30 days of arrival", "Find a flat", "Arrive by 1 September"), [(3,), (), (2,)]),
        (("List what I owe", "Call the bank about a loan", "If they refuse, see an adviser"), [(), (1,), (2,)]),
        # the mock comes before the exam, and a take-home task before the day on site
        (("Score over 70 % in the last mock", "Exam on 20 August"), [(), (1,)]),
        (("Phone interviews with 8", "Take-home task sent to 4", "On-site with 2"), [(), (1,), (2,)]),
    ],
    ids=lambda value: " / ".join(value) if value and isinstance(value[0], str) else "",
)
def test_what_can_hardly_be_otherwise_comes_as_it_was_listed(
    criteria: tuple[str, ...], expected: list[tuple[int, ...]]
) -> None:
    assert behind(*criteria) == expected
