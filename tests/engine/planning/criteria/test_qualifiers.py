"""Figures that are no aim, words that turn a comparison round, days and lengths of time with what they count from."""

import datetime as dt

import pytest

from engine.planning.criteria.clauses import split
from engine.planning.criteria.doings import doing_of
from engine.planning.criteria.nodes import is_bound
from engine.planning.criteria.quantities import Target
from engine.planning.criteria.reading import Moment, Reading, read_criterion
from engine.planning.criteria.titles import question_of, words_of
from engine.planning.criteria.verbs import Kind

AT = Moment(local=dt.datetime(2026, 11, 22, 9), horizon_days=100)  # noqa: DTZ001 - naive local time, as readings take


def one(text: str) -> Reading:
    (reading,) = read_criterion(text, AT)
    return reading


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Find a location with at least 60 sqm, rent under 2,500 € a month", Kind.FIND),
        ("Ask the adviser about the home office deduction (max 200 €)", Kind.CHORE),
        ("Inform all 12,000 customers by email and letter", Kind.CHORE),
        ("Cut over with less than 5 minutes downtime", Kind.DEPLOY),
        ("Literature review with 40+ sources", Kind.RESEARCH),
        ("Run the test until 4,000 visitors or 3 weeks, whichever comes first", Kind.TEST),
        ("Go live with 500 $", Kind.DEPLOY),
        ("Choose a play for 14 kids, max 60 minutes", Kind.DECIDE),
        ("Terms reviewed by a lawyer (max 400 €)", Kind.STATE),
        ("Medical check at least 8 weeks before departure", Kind.OTHER),
    ],
)
def test_a_figure_that_only_tells_more_of_a_doing_is_not_measured(text: str, kind: Kind) -> None:
    assert (one(text).target, one(text).kind) == (None, kind)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Pass the exam with at least 80%", Target(value=80.0, unit="%")),
        ("Crash rate below 1%", Target(value=1.0, unit="%", at_most=True)),
        ("Never risk more than 2% per trade", Target(value=2.0, unit="%", at_most=True)),
        ("Nobody spends more than 15 € per evening", Target(value=15.0, unit="€", at_most=True)),
        ("Dont miss more than 2 days in a row", Target(value=2.0, unit="days", at_most=True)),
        ("Monthly bill below $400", Target(value=400.0, unit="$", at_most=True)),
        ("Build time < 10 min", Target(value=10.0, unit="min", at_most=True)),
        ("Weigh 78 kg (now 86)", Target(value=78.0, unit="kg", at_most=True, start=86.0)),
        ("80 people registered", Target(value=80.0, unit="people")),
        ("Save 60k down payment", Target(value=60_000.0, unit="")),
        ("Debt at 0 € by December", Target(value=0.0, unit="€", at_most=True)),
    ],
)
def test_a_figure_to_keep_to_is_read_the_right_way_round(text: str, target: Target) -> None:
    assert one(text).target == target


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Water every other day for 30 days", 15),
        ("Swim every third day for 30 days", 10),
        ("Run 3 times a week for 10 weeks", 30),
        ("Pay 300 € per month for 12 months", 12),
    ],
)
def test_a_rhythm_may_leave_days_out(text: str, count: int) -> None:
    found = one(text).count
    assert found is not None
    assert found.number == count


@pytest.mark.parametrize("text", ["Never send more than one mail a week", "Backups run every night and are restored"])
def test_what_is_forbidden_or_goes_by_itself_is_no_habit_to_tick_off(text: str) -> None:
    assert one(text).count is None


@pytest.mark.parametrize("text", ["No injuries", "Nothing breaks", "No data is lost", "Don't raise prices"])
def test_what_must_not_be_is_looked_at_once(text: str) -> None:
    assert is_bound(one(text))
    assert doing_of(one(text)).task == "any_hold_to"


def test_a_length_of_time_that_counts_from_something_else_is_no_date() -> None:
    assert one("Thank-you mails to sponsors within 3 days afterwards").by is None
    assert one("Photo book within 2 weeks after the trip").by is None
    by = one("Notify the authorities within 24 hours").by
    assert by is not None
    assert by.date == dt.date(2026, 11, 23)


def test_a_length_of_time_before_after_is_let_pass() -> None:
    reading = one("Tear down the instance 2 weeks after the cutover")
    assert (reading.wait_before, reading.clause.after) == (14 * 86_400.0, "the cutover")
    assert one("Delete old code one month later").wait_before == 30 * 86_400.0


def test_what_is_to_be_done_before_something_on_a_day_does_not_wait_for_the_day() -> None:
    reading = one("Move in before school starts on August 24")
    assert reading.not_before is None
    assert reading.by is not None
    assert reading.by.date == dt.date(2027, 8, 24)


@pytest.mark.parametrize(
    "text", ["Hackathon takes place 20-22 March", "Travel 20-22 March", "Hackathon is on 20 March"]
)
def test_days_in_a_row_begin_on_the_first(text: str) -> None:
    day = one(text).not_before
    assert day is not None
    assert day.date == dt.date(2027, 3, 20)


def test_an_exam_in_a_month_is_studied_for_before_it() -> None:
    reading = one("Pass the DELE exam in May")
    assert reading.not_before is not None
    assert not reading.begins


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Delete whats unused, but ask owners first", ["Ask owners", "Delete whats unused"]),
        ("Build the fence first, then the beds", ["Build the fence", "Build the beds"]),
        ("Hand in by 15th of Feb. No extensions possible!", ["Hand in by 15th of Feb"]),
        ("Print and bind 3 copies, hand in by Friday", ["Print and bind 3 copies", "Hand in by Friday"]),
        ("Book trains between Rome, Florence and Venice", ["Book trains between Rome, Florence and Venice"]),
        ("Translate into german, french and spanish", ["Translate into german, french and spanish"]),
        ("Budget max. 20k incl. flights", ["Budget max. 20k incl. flights"]),
        ("First draft done by 30 June", ["First draft done by 30 June"]),
    ],
)
def test_a_criterion_falls_into_what_was_meant(text: str, clauses: list[str]) -> None:
    found = split(text)
    assert [clause.text for clause in found] == clauses
    assert [clause.place for clause in found] == [0] * len(found)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Stop all sales immediately", Kind.CHORE),
        ("Stop smoking", Kind.QUIT),
        ("Move dev machines to spot", Kind.MIGRATE),
        ("Move the piano upstairs", Kind.CHORE),
        ("Move to Berlin", Kind.MOVE),
        ("Switch DNS on Tuesday", Kind.DEPLOY),
        ("Pass stage 2 audit", Kind.OTHER),
        ("Interview at least 12 candidates", Kind.OTHER),
        ("Fix or delete each one", Kind.CHORE),
        ("Rewrite based on feedback", Kind.WRITE),
        ("3 beta readers give feedback", Kind.OTHER),
    ],
)
def test_words_around_a_verb_tell_what_it_means(text: str, kind: Kind) -> None:
    assert one(text).kind is kind


def test_words_of_a_clause_fit_the_titles_they_come_into() -> None:
    assert words_of(one("Go live with 500 $"))["place"] == "it"
    assert words_of(one("Find out how they got in"))["topic"] == "how they got in"
    assert words_of(one("Soft launch with 20 friends"))["low"] == "go ahead with the soft launch with 20 friends"
    assert question_of("I relapse") == "Do you relapse?"


def test_a_letter_of_two_pages_at_the_most_is_one_letter() -> None:
    assert one("Motivation letter of max 2 pages").count is None


def test_a_month_may_be_followed_by_what_it_brings() -> None:
    day = one("Harvest first honey in August: at least 5 kg").not_before
    assert day is not None
    assert day.date == dt.date(2027, 8, 1)


@pytest.mark.parametrize(
    "text",
    [
        "Submit via the portal by 17 February 17:00 Brussels time",
        "Glossary with 100 terms approved by Yuki",
        "Trailer under 60 seconds",
    ],
)
def test_a_number_in_a_date_or_a_description_is_neither_counted_nor_measured(text: str) -> None:
    assert (one(text).count, one(text).target) == (None, None)


def test_people_who_are_met_are_still_counted() -> None:
    for text in ("Playtest with 25 strangers", "Measure how long it takes now with 10 new users"):
        assert one(text).count is not None, text


def test_a_camp_of_some_days_is_an_occasion_on_the_first_of_them() -> None:
    reading = one("Camp from 5 to 9 April")
    assert (reading.kind, reading.begins) == (Kind.ORGANISE, False)
    assert reading.not_before is not None
    assert reading.not_before.date == dt.date(2027, 4, 5)


@pytest.mark.parametrize(
    ("text", "number"),
    [("Pack 20 boxes", 20), ("Send 12 parcels", 12), ("Install two access points", 2), ("Hang three pictures", 3)],
)
def test_what_is_one_piece_of_work_each_is_counted(text: str, number: int) -> None:
    count = one(text).count
    assert count is not None
    assert (count.number, one(text).target) == (number, None)


@pytest.mark.parametrize(
    "text",
    ["List all monthly expenses", "Make a weekly timetable", "Sort everything into three piles", "Pack 3 shirts"],
)
def test_what_is_done_once_is_not_counted(text: str) -> None:
    assert one(text).count is None


def test_what_is_held_weekly_is_counted() -> None:
    count = one("Hold a weekly check-in").count
    assert count is not None
    assert count.number > 2
