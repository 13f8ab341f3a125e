"""Criteria as people jot them down: results, seasons, bare days, figures with a unit a month, what takes its time."""

import datetime as dt

import pytest

from engine.goals import Goal
from engine.planning.criteria.doings import doing_of
from engine.planning.criteria.reading import Moment, Reading, read_criterion
from engine.planning.criteria.said_order import with_conditions
from engine.planning.criteria.verbs import Kind
from engine.planning.requests import PlanRequest
from engine.values import GoalId
from tests.engine.planning.criteria.orders import behind
from tests.engine.planning.planners import general_planner
from tests.engine.planning.test_planner_properties import NOW

MOMENT = Moment(local=dt.datetime(2026, 11, 23, 9))  # noqa: DTZ001 - naive local time is what readings take


def read(text: str) -> Reading:
    (reading,) = read_criterion(text, MOMENT)
    return reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Restaurant for 35 booked", "Book restaurant for 35"),
        ("Bed, muzzle, coat bought", "Buy bed, muzzle and coat"),
        ("Gear bought: helmet, jacket, gloves", "Buy gear: helmet, jacket, gloves"),
        ("3 barbers hired, one of them senior", "Hire 3 barbers, one of them senior"),
        ("Feedback form sent the day after", "Send feedback form the day after"),
        ("Booked the venue", "Book the venue"),
        ("Submitted to the council", "Submit to the council"),
        ("Old kitchen ripped out", "Rip out old kitchen"),
        ("Cupboards fitted", "Put in cupboards"),
        ("Oven bought second-hand", "Buy oven second-hand"),
        ("Parents informed about the trip", "Inform parents about the trip"),
        ("First harvest in July", "First harvest in July"),
        ("First test the idea", "Test the idea"),
        ("Staff trained", "Train staff"),
        ("Data migrated and verified", "Migrate data"),
        ("Website live in German", "Launch website in German"),
        ("The survey was done last autumn", "Check that the survey was done last autumn"),
        ("£60 a week on food", "Spend at most £60 a week on food"),
        ("Bike to work", "Bike to work"),
        ("Certificate of eligibility", "Get the certificate of eligibility"),
        ("Equipment moved to Leeds or sold", "Equipment moved to Leeds or sold"),
        ("Building control signed off", "Building control signed off"),
        ("Feedback from 5 parents worked in", "Feedback from 5 parents worked in"),
        ("Feedback from the board incorporated", "Feedback from the board incorporated"),
        ("Feedback from one hundred readers", "Get the feedback from one hundred readers"),
        ("Everything sorted into keep, sell and give away", "Sort everything into keep, sell and give away"),
        ("Divide the tasks into do, delegate and drop", "Divide the tasks into do, delegate and drop"),
        ("Furniture sorted: keep, sell, give away", "Sort furniture: keep, sell, give away"),
        ("Winners announced and prizes paid", "Winners announced and prizes paid"),
        ("Scrap what hasn't moved in 2 years", "Scrap what hasn't moved in 2 years"),
        ("Found an association with statutes", "Found an association with statutes"),
        ("Planning permission if needed", "Planning permission if needed"),
        ("100 tools donated", "100 tools donated"),
        ("Skip hired", "Hire skip"),
        ("Market licence", "Get the market licence"),
        ("Surveyor's report", "Get Surveyor's report"),
        ("10 jars of honey by August", "10 jars of honey by August"),
        ("First ride to the coast", "First ride to the coast"),
    ],
)
def test_what_is_jotted_down_is_read_as_what_is_to_be_done(text: str, expected: str) -> None:
    assert read(text).text == expected


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1000 downloads by summer", "", "2027-06-01"),
        ("Finish the deck before winter", "", "2026-11-30"),
        ("Roof on before the autumn rain", "", "2027-08-31"),
        ("Sow in spring", "2027-03-01", "2027-05-31"),
        ("Prune in late winter", "2027-02-01", "2027-02-28"),
        ("Pond dug by the end of summer", "", "2027-08-31"),
        ("Logo designed by summer interns", "", ""),
        ("Perform 12th-15th of June", "2027-06-12", ""),
        ("14/15 November 2027", "2027-11-14", ""),
        ("Date: 3 July 2027", "2027-07-03", ""),
        ("Saturday, April 17, 9am to noon", "2027-04-17", ""),
        ("Prom is on 11 June", "2027-06-11", ""),
        ("Complete draft 15 March", "", "2027-03-15"),
        ("Deadline: 1 June", "", "2027-06-01"),
        ("Mails answered within 24 hours", "", ""),
        ("Post-mortem for each incident within 5 days", "", ""),
        ("Ride it in 7 days in August", "2027-08-01", "2027-08-31"),
        ("Pitch at the Saturday market", "", ""),
        ("Retreat from 4 to 6 June", "2027-06-04", ""),
    ],
)
def test_seasons_and_bare_days_are_kept(text: str, first: str, last: str) -> None:
    reading = read(text)
    days = (reading.not_before, reading.by)
    assert tuple(str(day.date) if day is not None else "" for day in days) == (first, last)


@pytest.mark.parametrize(
    ("text", "value", "at_most"),
    [
        ("Builds no slower than 8 min", 8, True),
        ("Outstanding amount below 3.000 €", 3000, True),
        ("Bill under $18k/month", 18_000, True),
        ("Not over 28k", 28_000, True),
        ("Basket not lower than 45 €", 45, False),
        ("First reply under 4 hours", 4, True),
        ("CI time down from 24 to 12 minutes", 12, True),
        ("40 members by end of summer", 40, False),
    ],
)
def test_a_figure_is_measured_however_it_is_compared(text: str, value: float, at_most: bool) -> None:
    target = read(text).target
    assert target is not None
    assert (target.value, target.at_most) == (value, at_most)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Call 15 of the customers who left", 15),
        ("Train thrice a week", 12),
        ("Contact the agent with a proposal of 10 pages", None),
        ("Raising day with 6 friends", None),
        ("Rotation of 6 people, one week each", None),
        ("301 redirects for all old addresses", None),
        ("Portfolio worth 25x that", None),
        ("Post 60 invitations", None),
    ],
)
def test_only_what_is_done_one_by_one_is_counted(text: str, number: int | None) -> None:
    count = read(text).count
    assert (count.number if count is not None else None) == number


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Record at the studio, 3 days", 3),
        ("Spend 2 weeks in Porto", 14),
        ("Welding course 120 hours", 5),
        ("Savings for 6 months", None),
    ],
)
def test_what_takes_its_time_says_so(text: str, days: float | None) -> None:
    seconds = read(text).seconds
    assert (seconds / 86_400 if seconds is not None else None) == days


@pytest.mark.parametrize(
    "text",
    ["Test the soil", "Test order with every payment method", "The piano is tuned", "Electricity switched over",
     "Release notes", "Split Invoice god class", "README, licence, contribution guide"],
)  # fmt: skip
def test_what_only_sounds_like_software_or_an_exam_is_one_step(text: str) -> None:
    assert doing_of(read(text)).task in {"any_do_it_once", "any_do_chore"}


def test_what_is_agreed_on_is_not_mended() -> None:
    assert {read(text).kind for text in ("Fix the budget with Tom", "Rent fixed", "Fees fixed")} == {Kind.DECIDE}
    assert read("Fix the bike").kind is Kind.REPAIR


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("See a doctor if it's not better after 6 weeks", ["Wait 6 weeks", "See a doctor"]),
        ("If it's not better after 6 weeks, see a doctor", ["Wait 6 weeks", "See a doctor"]),
    ],
)
def test_what_is_asked_only_after_some_time_waits_for_it(text: str, waits: list[str]) -> None:
    assert [one.text for one in read_criterion(text, MOMENT)] == waits


def test_what_goes_well_for_some_time_is_waited_for() -> None:
    assert read("Heroku shut off after two weeks without incidents").wait_before == 14 * 86_400


def test_what_dries_is_waited_for() -> None:
    poured, dries = read_criterion("Foundation poured; must dry 4 weeks", MOMENT)
    assert (dries.kind, dries.seconds, dries.clause.step > poured.clause.step) == (Kind.WAIT, 28 * 86_400, True)


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (("Slides from old photos, Mia makes it", "Sing a song"), [(), ()]),
        (("Write a song", "Hire 3 cooks, one of them senior"), [(), ()]),
        (("Mix the dough", "Measure every 10 minutes", "Repeat three times"), [(), (), (2,)]),
        (("Gap analysis", "Correct the findings", "Stage 2 audit by TÜV in June"), [(), (1,), (2,)]),
        (("Book a hall", "6 March 2027, 1pm"), [(), (1,)]),
        (("Marquee booked", "Hold it on 12 June", "Thank-you cards sent"), [(), (1,), (2,)]),
        (("Order the units", "Old kitchen ripped out", "Units fitted"), [(), (1,), (2,)]),
        (("Sign the lease", "First harvest in July"), [(), ()]),
        (("Lay cables", "Opening on 1 September with a reading", "150 clients in the first month"), [(), (1,), (2,)]),
    ],
)
def test_what_is_said_in_passing_ties_nothing_and_the_day_itself_comes_last(
    criteria: tuple[str, ...], expected: list[tuple[int, ...]]
) -> None:
    assert behind(*criteria) == expected


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (("Submit it", "If approved: order the beds", "Otherwise try crowdfunding"), ["", "approved", "not approved"]),
        (
            ("If the test is positive: publish", "Or else rewrite it"),
            ["the test is positive", "not the test is positive"],
        ),
        (("Ask if it's allowed", "If yes, visit the shelter"), ["", "it is allowed"]),
        (
            ("Ask if it's allowed. If yes, visit the shelter, otherwise stop",),
            ["", "it is allowed", "not it is allowed"],
        ),
        (
            ("Find out whether the garage may be heated", "If not, buy a heater", "If so, connect the radiator"),
            ["", "not the garage may be heated", "the garage may be heated"],
        ),
        (("Otherwise do nothing", "Paint the hall"), ["", ""]),
        (("If it works, tell the press",), ["it works"]),
        (("If the profit is positive, start, else drop it",), ["the profit is positive", "not the profit is positive"]),
    ],
)
def test_what_refers_back_to_a_question_hangs_on_it(criteria: tuple[str, ...], expected: list[str]) -> None:
    found = with_conditions([read_criterion(text, MOMENT) for text in criteria])
    clauses = [one.clause for criterion in found for one in criterion]
    assert [f"{'not ' if one.negated else ''}{one.condition}" for one in clauses] == expected


def test_of_two_that_exclude_each_other_none_waits_for_the_other() -> None:
    criteria = ("Submit the application", "If approved: order the raised beds", "Otherwise raise money")
    tasks = (
        general_planner()
        .plan(
            PlanRequest(
                goal=Goal(id=GoalId(1), name="A garden", criteria=criteria, created_at=NOW, updated_at=NOW), now=NOW
            )
        )
        .tasks
    )
    (asked,) = [task for task in tasks if task.work == "decide"]
    assert {task.only_if: task.after for task in tasks if task.only_if} == {
        (asked.key, "Yes"): (asked.key,),
        (asked.key, "No"): (asked.key,),
    }
