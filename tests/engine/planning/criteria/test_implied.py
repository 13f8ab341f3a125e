"""What people leave out when they list: the verb of a thing, half of a word, the day's «on»."""

import pytest

from engine.planning.criteria.reading import Moment, read_criterion
from engine.planning.criteria.verbs import Kind
from tests.engine.planning.criteria.orders import AT, behind, read
from tests.scenarios.test_wishes_of_strangers import plan_of, titles


def texts(criterion: str) -> list[str]:
    return [reading.text for reading in read_criterion(criterion, AT)]


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("flights", ["Book flights"]),
        ("hotel near the centre, max £120 a night", ["Book the hotel near the centre, max £120 a night"]),
        ("Tickets, hotel, insurance", ["Get tickets", "Book the hotel", "Get insurance"]),
        ("travel insurance", ["Get travel insurance"]),
        ("reading lamp", ["Buy the reading lamp"]),
        ("desk, chair, lamp from ikea", ["Buy desk, chair, lamp from ikea"]),
        ("litter box, food, scratching post", ["Buy litter box, food, scratching post"]),
        ("MRI scan", ["Have the MRI scan"]),
        ("3 quotes from builders", ["Get 3 quotes from builders"]),
        ("physio exercises daily", ["Do physio exercises daily"]),
        ("weekly report to CTO", ["Write a weekly report to CTO"]),
        ("Anna's passport", ["Get Anna's passport"]),
        ("photos and listing", ["Take photos", "Post the listing"]),
        ("roofer to look at it this week", ["Have the roofer look at it this week"]),
        ("she needs a new passport first", ["Get a new passport for her"]),
        ("dog needs a kennel", ["Get a kennel for the dog"]),
        ("cat insurance?", ["Decide whether to get cat insurance"]),
        ("heat pump or gas?", ["Choose heat pump or gas"]),
        ("£250 every month", ["Set aside £250 every month"]),
        ("£50 a week for the holiday", ["Set aside £50 a week for the holiday"]),
        ("photos by a photographer", ["Get photos by a photographer"]),
        ("cake by Monica", ["Get the cake by Monica"]),
        ("cake by Friday", ["Buy the cake by Friday"]),
    ],
)
def test_a_thing_gets_the_verb_that_goes_without_saying(criterion: str, expected: list[str]) -> None:
    assert texts(criterion) == expected


@pytest.mark.parametrize(
    "criterion",
    [
        "Introduce smaller plates",
        "Feedback survey: at least 8/10",
        "IELTS 7.0 or higher",
        "Better food",
        "No tickets left",
        "Swap the tickets",
        "Order flowers",
        "Hotel buchen",
        "£250 a month of revenue",
        "$500 a month from ads",
        "Read 12 novels",
        "Plant 20 marigolds",
        "Hire 3 marketers",
        "Why a hotel or a hostel?",
        "Permission to build the shed",
        "Money to buy a tent",
    ],
)
def test_what_says_what_is_done_or_how_it_is_stays_as_it_is(criterion: str) -> None:
    assert texts(criterion) == [criterion.rstrip()]


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        ("soft opening w/ friends", "Soft opening with friends"),
        ("talk to landlord abt pets", "Talk to landlord about pets"),
        ("submit 30 April", "Submit on 30 April"),
        ("launch Monday", "Launch on Monday"),
        ("swim twice weekly", "Swim twice a week"),
        ("gym mon/wed/fri", "Gym every Monday, Wednesday and Friday"),
    ],
)
def test_what_is_shortened_is_spelled_out(criterion: str, expected: str) -> None:
    assert texts(criterion) == [expected]


@pytest.mark.parametrize(
    ("criterion", "kind"),
    [
        ("meeting room for 12", Kind.OTHER),
        ("open water session with the club", Kind.OTHER),
        ("travel adapter", Kind.TRAVEL),
        ("medical exam when invited", Kind.CHORE),
        ("theory test", Kind.EXAM),
        ("trial day with the best two", Kind.OTHER),
        ("work out shipping costs", Kind.CHORE),
        ("work out 30 minutes", Kind.PRACTISE),
        ("watch 10 session recordings", Kind.CHORE),
        ("write a guide for new tests", Kind.WRITE),
        ("write the scraper", Kind.DEVELOP),
        ("make a video of it for the school website", Kind.MAKE),
    ],
)
def test_a_word_that_only_names_the_thing_is_not_taken_for_the_doing(criterion: str, kind: Kind) -> None:
    assert [reading.kind for reading in read_criterion(criterion, AT)] == [kind]


@pytest.mark.parametrize("criterion", ["first market day on 10 April", "First planting day", "first 5 reviews"])
def test_the_first_of_something_is_no_word_of_order(criterion: str) -> None:
    (reading,) = read_criterion(criterion, AT)
    assert (reading.clause.place, reading.text[:5]) == (0, "First")


@pytest.mark.parametrize(
    ("criterion", "day"),
    [
        ("Give it to them at Christmas 2028", "2028-12-25"),
        ("Visit her at Easter 2028", "2028-04-16"),
        ("Read 12 books this year", "2026-12-31"),
    ],
)
def test_a_feast_is_that_of_its_year_and_this_year_ends(criterion: str, day: str) -> None:
    (reading,) = read_criterion(criterion, AT)
    named = reading.by or reading.not_before
    assert named is not None
    assert str(named.date) == day


@pytest.mark.parametrize(
    ("criterion", "at_most"), [("budget £9k all in", True), ("down to 82 kg", True), ("Collect 300 books", False)]
)
def test_a_budget_and_what_goes_down_are_upper_limits(criterion: str, at_most: bool) -> None:
    ((reading,),) = read(criterion)
    assert reading.target is not None
    assert reading.target.at_most is at_most


@pytest.mark.parametrize(
    "criterion",
    ["Get daily prices for 20 stocks", "Guest list with mum, ~40 people", "Release in 4.2", "Read the call", "Dry run"],
)
def test_what_only_tells_more_of_a_thing_is_neither_counted_nor_measured(criterion: str) -> None:
    ((reading,),) = read(criterion)
    assert (reading.count, reading.target) == (None, None)


@pytest.mark.parametrize("criterion", ["40 people turn up", "At least 50 guests attend", "Sell 60 tickets at £8"])
def test_what_many_others_do_is_looked_up_and_not_done_one_by_one(criterion: str) -> None:
    (task, *_) = [task for task in plan_of("Fair", criterion).tasks if task.work == "measure"]
    assert task.target_count == 1


def test_what_is_monthly_comes_more_than_once_and_a_rhythm_goes_on_until_the_last_day_that_is_named() -> None:
    ((reading,),) = read("Book club once a month")
    assert reading.count is not None
    assert reading.count.number == 3
    tasks = plan_of("Thesis", "Supervisor meeting every two weeks", "Submit on 30 April").tasks
    assert [task.target_count for task in tasks if "Supervisor" in task.title] == [11]


@pytest.mark.parametrize(
    ("criterion", "never"),
    [
        ("cancel the gym subscription", "Take a last copy"),
        ("cancel Confluence licence", "Cut"),
        ("police certificate", "Study"),
        ("make a tote bag", "smallest version"),
        ("test cook 40 recipes", "what counts as passed"),
        ("internal review by 20 Feb", "questions"),
        ("decide on name", "for it,"),
        ("fix what they find", "what is wrong"),
        ("publish on Spotify", "thirty people"),
    ],
)
def test_no_step_is_added_that_makes_no_sense_for_the_thing(criterion: str, never: str) -> None:
    assert not [title for title in titles("Learn to sew and move the wiki", criterion) if never in title]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (("get 6 months of data", "compare before and after", "5 page report"), [(), (1,), (2,)]),
        (("GP appointment", "MRI scan"), [(), (1,)]),
        (("removal van for 28 feb", "clean old flat"), [(), (1,)]),
        (("legal OK on new terms", "inform customers", "live on 1 March"), [(), (1,), (2,)]),
        (("neighbour agrees in writing", "rebuild the wall"), [(), (1,)]),
        (("toggle in settings", "release in 4.2"), [(), (1,)]),
        (("split the monolith", "p95 < 150ms"), [(), (1,)]),
        (("cfp submitted by 15 December", "talk accepted", "dry run in front of the team"), [(), (1,), (2,)]),
        (("borrow scanner from Tom", "600 slides scanned"), [(), (1,)]),
        (("15,000 words", "proofreading by sister"), [(), (1,)]),
        (("import the list", "send one test issue", "close mailchimp account"), [(), (1,), (2,)]),
        (("ethics approval", "questionnaire", "150 responses", "chapter written"), [(), (1,), (2,), (3,)]),
        (("make £150 on the first day", "first market day on Saturday 10 April"), [(2,), ()]),
        (("find 7 founding members", "get permission for the plot"), [(), ()]),
        (("build 2 raised beds", "order seeds"), [(), ()]),
    ],
)
def test_lists_as_people_jot_them_down_come_in_their_usual_run(
    criteria: tuple[str, ...], expected: list[tuple[int, ...]]
) -> None:
    assert behind(*criteria) == expected


def test_a_brief_condition_needs_no_comma() -> None:
    (reading,) = read_criterion("if it works paper trade for 4 weeks", Moment(local=AT.local))
    assert reading.clause.condition == "it works"
    assert "Does it work?" in titles("Idea", "Backtest the idea", "if it works paper trade for 4 weeks")
