"""The track record word for word: honest about small numbers, about good odds and about bad ones."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.local.entities import utf16_length
from engine.planning.learning.calibration import Band, Calibration
from engine.planning.learning.findings import Basis, Hours
from engine.planning.learning.record import Answering, TrackRecord
from engine.values import ChatId
from handlers.views.stats import stats_message
from handlers.views.track_record import chapters

NOW = dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.UTC)
SINCE = dt.datetime(2026, 3, 3, 23, 30, tzinfo=dt.UTC)
OVERALL = Calibration(
    cases=41,
    worked=34,
    brier=0.1021,
    base_brier=0.1416,
    bands=(
        Band(least=0.8, given=34, expected=30.2, worked=31),
        Band(least=0.5, given=6, expected=3.9, worked=3),
        Band(least=0.0, given=1, expected=0.31, worked=0),
    ),
    timed=28,
    median_error=0.318,
    coverage=0.82143,
)
FEW = Calibration(cases=7, worked=5, brier=0.2, base_brier=0.2041, bands=(), timed=0, median_error=None, coverage=None)
RECORD = TrackRecord(overall=OVERALL, works={"person": OVERALL}, since=SINCE, answering=None)
NOTHING = Calibration(
    cases=0, worked=0, brier=None, base_brier=None, bands=(), timed=0, median_error=None, coverage=None
)


def told(record: TrackRecord, zone: str = "Europe/Berlin") -> str:
    return str(stats_message(ChatId(7), record, zone, NOW).payload["text"])


def overall(**figures: object) -> str:
    return told(replace(RECORD, overall=replace(OVERALL, **figures)))  # type: ignore[arg-type] # the tests name fields


def test_the_whole_message_reads_like_this() -> None:
    works = {
        "person": replace(OVERALL, cases=34, worked=31),
        "http_check": FEW,
        "shout": replace(FEW, median_error=0.5),
    }
    hours = Hours(middle=1.0986, width=1.2, freedom=1e9, cases=12.0, basis=Basis.PERSON)
    record = replace(RECORD, works=works, answering=Answering(answers=12, expected=hours))
    assert told(record) == (
        "📊 Predicted, and what came of it\n"
        "41 tasks that ended since Wed 4 Mar, each predicted before it began.\n"
        "\n"
        "Would it work?\n"
        "• Of 34 things I gave 80% or more, 31 worked; by my odds about 30 should have.\n"
        "• Of 6 things I gave 50 to 80%, 3 worked; by my odds about 3.9 should have.\n"
        "• Of 1 thing I gave less than 50%, 0 worked; by my odds about 0.3 should have.\n"
        "• Brier score of my odds: 0.102 (0 is perfect, 0.25 a tossed coin). Always saying 83%, the share that worked"
        " in the end, would have 0.142: mine are better.\n"
        "\n"
        "How long would it take?\n"
        "• Half of my estimates were off by less than 32% of what it took (28 times known).\n"
        "• 23 of 28 took as long as my range said (82%; it is meant to be 80%).\n"
        "\n"
        "Work by work\n"
        "• done by people: 31 of 34 worked, times off by 32%\n"
        "• web checks: 5 of 7 worked (few)\n"
        "• shout: 5 of 7 worked, times off by 50% (few)\n"
        "\n"
        "Answers\n"
        "Half of the time you answer me within 3 hours, one time in ten only after 14 hours (12 answers)."
    )


def test_nothing_is_said_to_be_nothing_with_what_will_be_there() -> None:
    text = told(TrackRecord(overall=NOTHING, works={}, since=None, answering=None))
    assert "There is nothing to compare yet." in text
    assert "Once the first ones are done, you see here how right I was." in text


def test_few_are_said_to_be_few() -> None:
    text = told(replace(RECORD, overall=FEW))
    assert "7 tasks that ended" in text
    assert "That is too little to judge me by: from about 20 on these figures mean something." in text
    assert "How long" not in text, "nothing is known of hours"


@pytest.mark.parametrize(
    ("brier", "verdict"),
    [
        (0.1, "mine are better"),
        (0.1416, "mine are as good, no better"),
        (0.2, "mine are worse, so don't rely on them yet"),
    ],
)
def test_odds_that_are_no_better_than_the_base_rate_are_said_to_be(brier: float, verdict: str) -> None:
    assert verdict in overall(brier=brier)


@pytest.mark.parametrize(("worked", "word"), [(41, "worked"), (0, "failed")])
def test_where_all_went_the_same_way_odds_are_not_praised(worked: int, word: str) -> None:
    text = overall(worked=worked, base_brier=0.0, brier=0.01)
    assert f"Everything {word} so far" in text
    assert "Brier" not in text


@pytest.mark.parametrize(
    ("coverage", "timed", "verdict"),
    [
        (0.6, 30, "too narrow"),
        (0.95, 30, "wider than they need be"),
        (0.8, 30, ""),
        (0.3, 10, ""),  # of so few nothing follows
    ],
)
def test_ranges_that_are_off_are_said_to_be_where_there_are_enough(coverage: float, timed: int, verdict: str) -> None:
    text = overall(coverage=coverage, timed=timed)
    assert ("too narrow" in text, "wider" in text) == ("narrow" in verdict, "wider" in verdict)


def test_an_answer_is_told_even_before_a_task_has_ended() -> None:
    hours = Hours(middle=0.0, width=1.0, freedom=5.0, cases=1.0, basis=Basis.PERSON)
    record = TrackRecord(overall=NOTHING, works={}, since=None, answering=Answering(answers=1, expected=hours))
    assert "(1 answer)" in told(record)


def test_a_hundred_works_fit_a_message() -> None:
    works = {f"work_{number}_{'x' * 50}": OVERALL for number in range(100)}
    text = told(replace(RECORD, works=works))
    assert utf16_length(text) < 4096
    assert text.count("work_") == 8


def test_one_work_alone_is_not_told_twice() -> None:
    assert "Work by work" not in [one.title for one in chapters(RECORD, "UTC", NOW)]
