"""Days that a criterion names: as they stand in the calendar, and as they follow from what else takes place."""

import datetime as dt
import re

import pytest

from engine.planning.criteria.dates import read_day
from engine.planning.criteria.due import days_in
from engine.planning.criteria.nodes import Node, nodes_of
from engine.planning.criteria.numerals import WORD_PATTERN, value_of
from engine.planning.criteria.ordering import order_of
from engine.planning.criteria.reading import Moment, read_criterion
from engine.planning.criteria.said_order import with_days

NOW = dt.datetime(2026, 11, 22, 9)  # noqa: DTZ001 - naive local time, as readings take
AT = Moment(local=NOW)


def told(text: str) -> tuple[str, str]:
    """(not before, due by) as ISO dates; empty for none."""
    first, by = days_in(text, NOW)
    return first.date.isoformat() if first else "", by.date.isoformat() if by else ""


def clauses(*criteria: str) -> tuple[Node, ...]:
    return with_days(nodes_of(tuple(read_criterion(text, AT) for text in criteria)), AT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a date that no word stands before
        ("Board meeting (3 Feb, 9am)", ("2027-02-03", "")),
        ("Exam 14/06/2027, oral part later", ("2027-06-14", "")),
        ("Submit before the conference (19 May)", ("", "2027-05-19")),
        ("Sports day, Sat 12 June", ("2027-06-12", "")),
        ("Picnic, Easter Monday", ("2027-03-29", "")),
        ("Hike (Good Friday)", ("2027-03-26", "")),
        ("Fair, Ascension", ("2027-05-06", "")),
        ("Camp, Whitsun", ("2027-05-16", "")),
        ("Camp, whit sunday", ("2027-05-16", "")),
        ("Fête (Pentecost)", ("2027-05-16", "")),
        ("Flea market, first Sunday of May", ("2027-05-02", "")),
        ("Compare the figures of 3 May", ("", "")),
        ("Sort the 20 March papers", ("", "")),
        ("Release 1.2.", ("", "")),
        # a day of a month behind «by»
        ("Move out by May 4th", ("", "2027-05-04")),
        ("Sign by March", ("", "2027-03-31")),
        ("Finished by Q2", ("", "2027-06-30")),
        ("Stay until Q2", ("", "2027-03-31")),
        ("Closed before Q1 2028", ("", "2027-12-31")),
        # feasts, and those of a year
        ("Parcels sent by Christmas Eve", ("", "2026-12-24")),
        ("Parcels sent by Christmas 2027", ("", "2027-12-25")),
        ("Rooms painted by New Year 2027", ("", "2026-12-31")),
        ("Rooms painted by New Year's Eve 2027", ("", "2027-12-31")),
        # by its place in the month, and by Easter
        ("Flea market on the second Sunday in May", ("2027-05-09", "")),
        ("Bake sale on the last Friday of January", ("2027-01-29", "")),
        ("Lamb ordered before Easter", ("", "2027-03-27")),
        ("Walk on Good Friday", ("2027-03-26", "")),
        ("Ready by mid-June", ("", "2027-06-15")),
        # «before» a day is over on its eve
        ("Pay before 4 January", ("", "2027-01-03")),
        # spans of months
        ("Mow the lawn from March to October", ("2027-03-01", "2027-10-31")),
        ("Open from June", ("2027-06-01", "")),
        ("Get the keys from Jan", ("", "")),
        ("Collect feedback from April and May", ("", "")),
        ("Mow the lawn between April and June", ("2027-04-01", "2027-06-30")),
        ("Done by the jubilee in August", ("", "2027-08-31")),
    ],
)
def test_a_day_is_read_wherever_a_person_puts_it(text: str, expected: tuple[str, str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("year", "sunday"), [(2024, "2024-03-31"), (2025, "2025-04-20"), (2038, "2038-04-25"), (2285, "2285-03-22")]
)
def test_easter_is_where_the_church_puts_it(year: int, sunday: str) -> None:
    day = read_day("Easter", dt.datetime(year, 1, 2))  # noqa: DTZ001 - naive local time
    assert day is not None
    assert day.date.isoformat() == sunday


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("six thousand", 6_000),
        ("forty-two", 42),
        ("three hundred and ten", 310),
        ("two and a half million", 2_500_000),
        ("two dozen", 24),
        ("a thousand", 1_000),
        ("nine", 9),
    ],
)
def test_numbers_in_words_are_read_to_their_end(words: str, number: float) -> None:
    found = re.match(WORD_PATTERN, f"{words} euros")
    assert found is not None
    assert (found[0], value_of(found[0])) == (words, number)


@pytest.mark.parametrize(
    ("criteria", "index", "by"),
    [
        (("Regatta on 12 June 2027", "Boat measured 3 weeks before the regatta"), 1, "2027-05-22"),
        (("Departure on 3 July 2027", "Jabs at least 4 weeks before we depart"), 1, "2027-06-05"),
        (("Street party on 4 July 2027", "Licence at least 6 weeks ahead"), 1, "2027-05-23"),
        (("Marathon on 4 April 2027", "Run every Sunday until the marathon"), 1, "2027-04-04"),
        (("Bring a cake", "Summer party on 4 July 2027", "Bill paid within a week"), 2, "2027-07-11"),
        (("Bring a cake", "Bill paid within a week"), 1, "2026-11-29"),
        (("Bring a cake", "Exchange from 3 to 10 May", "Report sent within a month"), 2, "2027-06-02"),
        # behind the day itself «by Sunday» is the Sunday after it; what prepares it is due on the next one
        (("Bring a cake", "Street party on 3 July 2027", "Clear rubbish by Sunday noon"), 2, "2027-07-04"),
        (("Street party on 3 July 2027", "Invitations sent by Friday"), 1, "2026-11-27"),
        (("Stalls", "Street party on 3 July 2027", "Posters up by Friday"), 2, "2026-11-27"),
        (("Stalls", "Street party on 3 July 2027", "Print posters by Friday"), 2, "2026-11-27"),
        (("Stalls", "Street party on 3 July 2027", "Posters taken down by Monday"), 2, "2027-07-05"),
    ],
)
def test_a_day_follows_from_what_takes_place_on_one(criteria: tuple[str, ...], index: int, by: str) -> None:
    day = clauses(*criteria)[index].reading.by
    assert day is not None
    assert day.date.isoformat() == by


def test_what_goes_on_until_an_event_is_counted_to_its_day() -> None:
    (_, runs) = clauses("Marathon on 4 April 2027", "Run every Wednesday and Sunday until the marathon")
    assert runs.reading.count is not None
    assert runs.reading.count.number == round(133 / 7 * 2)


def test_nothing_due_in_days_is_put_behind_what_takes_months() -> None:
    nodes = clauses("Churn stays under 5% for 3 months", "Announce the new price on the website by Friday")
    assert order_of(nodes).before(1) == ()
