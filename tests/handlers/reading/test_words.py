"""What people's own words mean, case by case, and that no text whatever breaks the reading."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.goals import Priority
from engine.planning.criteria.goal_text import read_criteria, read_goal, read_priority
from handlers.callbacks import Delay
from handlers.reading.delays import delayed, worded
from handlers.reading.words import (
    Asked,
    Meaning,
    blockage_words,
    choice_in,
    is_enough,
    is_no,
    is_plain_answer,
    is_yes,
    plan_words,
    task_words,
)
from handlers.reading.zones import is_zone, near_zones, read_zone
from tests.examples import examples

NOW = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)  # a Friday


@pytest.mark.parametrize(
    ("text", "meaning", "rest"),
    [
        ("done", Meaning.DONE, ""),
        ("Done!", Meaning.DONE, ""),
        ("done: it went well", Meaning.DONE, "it went well"),
        ("Done, she says hi", Meaning.DONE, "she says hi"),
        ("it's done", Meaning.DONE, ""),
        ("I did it", Meaning.DONE, ""),
        ("all finished now", Meaning.DONE, ""),
        ("✅", Meaning.DONE, ""),
        ("👍🏽", Meaning.DONE, ""),
        ("not done", Meaning.LATER, ""),
        ("not yet", Meaning.LATER, ""),
        ("I haven't started", Meaning.LATER, ""),
        ("skip", Meaning.SKIP, ""),
        ("skip it: too expensive", Meaning.SKIP, "too expensive"),
        ("leave it out", Meaning.SKIP, ""),
        ("later", Meaning.LATER, ""),
        ("remind me tomorrow", Meaning.LATER, "tomorrow"),
        ("tomorrow", Meaning.LATER, "tomorrow"),
        ("next week", Meaning.LATER, "next week"),
        ("in 3 hours", Meaning.LATER, "in 3 hours"),
        ("on Friday", Meaning.LATER, "Friday"),
        ("problem: no answer", Meaning.PROBLEM, "no answer"),
        ("I'm stuck", Meaning.PROBLEM, ""),
        ("I can't log in", Meaning.PROBLEM, "I can't log in"),
        ("can't do it", Meaning.PROBLEM, ""),
        ("I failed", Meaning.PROBLEM, ""),
        ("not possible", Meaning.PROBLEM, ""),
        ("it was not possible: no paint", Meaning.PROBLEM, "no paint"),
        ("I wasn't able to do it", Meaning.PROBLEM, ""),
        ("We cannot manage that.", Meaning.PROBLEM, ""),
        ("I can't do item 3", Meaning.PROBLEM, "I can't do item 3"),
        ("done except the cover", Meaning.UNCLEAR, "done except the cover"),
        ("done by Friday", Meaning.UNCLEAR, "done by Friday"),
        ("ready tomorrow", Meaning.UNCLEAR, "ready tomorrow"),
        ("finished in 2 hours", Meaning.UNCLEAR, "finished in 2 hours"),
        ("done by Anna", Meaning.DONE, "by Anna"),
        ("done this morning", Meaning.DONE, "morning"),
        ("yeah, that's done", Meaning.DONE, ""),
        ("Complete the form", Meaning.UNCLEAR, "Complete the form"),
        ("I saw a heron", Meaning.UNCLEAR, "I saw a heron"),
        ("donespace", Meaning.UNCLEAR, "donespace"),
        ("", Meaning.UNCLEAR, ""),
    ],
)
def test_answers_to_a_task(text: str, meaning: Meaning, rest: str) -> None:
    said = task_words(text, Asked())
    assert (said.meaning, said.text) == (meaning, rest)


@pytest.mark.parametrize(
    ("text", "meaning", "number"),
    [
        ("3", Meaning.COUNT, 3),
        ("3 done", Meaning.COUNT, 3),
        ("3 of 20", Meaning.COUNT, 3),
        ("3/20", Meaning.COUNT, 3),
        ("I have done 4", Meaning.COUNT, 4),
        ("done: 5", Meaning.COUNT, 5),
        ("+2", Meaning.MORE, 2),
        ("2 more", Meaning.MORE, 2),
        ("one more", Meaning.MORE, 1),
        ("another one", Meaning.MORE, 1),
        ("done", Meaning.DONE, 0),
    ],
)
def test_answers_to_a_counted_task(text: str, meaning: Meaning, number: float) -> None:
    said = task_words(text, Asked(counted=True))
    assert (said.meaning, said.number) == (meaning, number)


@pytest.mark.parametrize(
    ("title", "text", "meaning", "number"),
    [
        ("Sing 3 songs", "sing 3", Meaning.COUNT, 3),
        ("Sing 3 songs", "2 songs", Meaning.COUNT, 2),
        ("Sing 3 songs", "I sang two songs so far.", Meaning.COUNT, 2),
        ("Sing 3 songs", "we've sung all three", Meaning.COUNT, 3),
        ("Sing 3 songs", "two", Meaning.COUNT, 2),
        ("Sing 3 songs", "sang one more song", Meaning.MORE, 1),
        ("Sing 3 songs", "another song", Meaning.MORE, 1),
        ("Sign 3 sponsors", "signed 2 of the 3 sponsors", Meaning.COUNT, 2),
        ("User testing with 20 beta users", "12 beta users done", Meaning.COUNT, 12),
        ("Write 4 letters", "wrote 2", Meaning.COUNT, 2),
        ("Sing 3 songs", "2 songs today", Meaning.UNCLEAR, 0),  # in all, or two more?
        ("Sing 3 songs", "2 people came", Meaning.UNCLEAR, 0),
        ("Sing 3 songs", "sang 2 or 3", Meaning.UNCLEAR, 0),
        ("Skip 3 meals", "skip 3", Meaning.SKIP, 0),
        ("Skip 3 meals", "skipped 2 meals", Meaning.COUNT, 2),
    ],
)
def test_a_count_may_be_told_in_the_words_of_its_task(title: str, text: str, meaning: Meaning, number: float) -> None:
    said = task_words(text, Asked(counted=True, title=title))
    assert (said.meaning, said.number) == (meaning, number)


def test_what_may_be_a_goal_of_its_own_is_no_count_unless_it_is_a_reply() -> None:
    asked = Asked(counted=True, title="Read 12 books")
    assert is_plain_answer(task_words("read 5", asked), "read 5")
    assert is_plain_answer(task_words("5 books", asked), "5 books")
    wish = task_words("Read 5 books", asked)
    assert wish.meaning is Meaning.COUNT
    assert not is_plain_answer(wish, "Read 5 books")


OPTIONS = ("Go live", "Wait a month", "Stop")


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("go live", "Go live"),
        ("Go live!", "Go live"),
        ("wait", "Wait a month"),
        ("3", "Stop"),
        ("the first one", "Go live"),
        ("last", "Stop"),
        ("let us go live on Monday", "Go live"),
        ("don't stop", None),
        ("4", None),
        ("what do you think?", None),
    ],
)
def test_the_option_that_is_named(text: str, option: str | None) -> None:
    assert choice_in(text, OPTIONS) == option


@pytest.mark.parametrize(
    ("text", "meaning", "number", "place", "rest"),
    [
        ("start", Meaning.START, 0, "", ""),
        ("go ahead!", Meaning.START, 0, "", ""),
        ("ok", Meaning.START, 0, "", ""),
        ("cancel it", Meaning.CANCEL, 0, "", ""),
        ("change", Meaning.CHANGE, 0, "", ""),
        ("add Ask Maria", Meaning.ADD, 0, "", "Ask Maria"),
        ("drop 3", Meaning.DROP, 3, "", ""),
        ("remove task #12.", Meaning.DROP, 12, "", ""),
        ("move 5 to 2", Meaning.MOVE, 5, "to 2", ""),
        ("move 5 before 2", Meaning.MOVE, 5, "before 2", ""),
        ("5 after task 2", Meaning.MOVE, 5, "after 2", ""),
        ("move 3 to the end", Meaning.MOVE, 3, "last", ""),
        ("3 up", Meaning.MOVE, 3, "up", ""),
        ("3: Write less", Meaning.REWORD, 3, "", "Write less"),
        ("rename task 3 to «Write less»", Meaning.REWORD, 3, "", "Write less"),
        ("plan A", Meaning.PICK, 1, "", ""),
        ("b", Meaning.PICK, 2, "", ""),
        ("the third one", Meaning.PICK, 3, "", ""),
        ("up to you", Meaning.PICK, 0, "", ""),
        ("I like trains", Meaning.UNCLEAR, 0, "", "I like trains"),
    ],
)
def test_answers_to_a_plan(text: str, meaning: Meaning, number: float, place: str, rest: str) -> None:
    said = plan_words(text)
    assert (said.meaning, said.number, said.place, said.text) == (meaning, number, place, rest)


@pytest.mark.parametrize(
    ("text", "meaning", "rest"),
    [
        ("resolved", Meaning.RESOLVED, ""),
        ("it's fixed now", Meaning.RESOLVED, ""),
        ("works again", Meaning.RESOLVED, ""),
        ("skip", Meaning.SKIP, ""),
        ("re-plan: use the other shop", Meaning.REPLAN, "use the other shop"),
        ("stop the goal", Meaning.STOP, ""),
        ("stop using the old key, the new one is 123", Meaning.INFORM, "stop using the old key, the new one is 123"),
        ("The key is under the mat", Meaning.INFORM, "The key is under the mat"),
        ("not yet", Meaning.NOTE, "not yet"),
        ("which key?", Meaning.NOTE, "which key?"),
        ("I don't know", Meaning.NOTE, "I don't know"),
    ],
)
def test_answers_to_a_blockage(text: str, meaning: Meaning, rest: str) -> None:
    said = blockage_words(text)
    assert (said.meaning, said.text) == (meaning, rest)


@pytest.mark.parametrize(
    "text", ["Skip sugar for a month", "Finished basement for the kids", "Help old people", "Learn 5 songs"]
)
def test_a_new_goal_is_no_answer_to_what_happens_to_wait(text: str) -> None:
    for asked in (Asked(), Asked(measured=True), Asked(counted=True), Asked(options=OPTIONS)):
        assert not is_plain_answer(task_words(text, asked), text)


def test_yes_no_and_enough() -> None:
    assert all(map(is_yes, ("yes", "Yes!", "sure", "ok", "yes, please", "👍")))
    assert all(map(is_no, ("no", "No thanks", "never mind", "keep going")))
    assert all(map(is_enough, ("skip", "that's all", "none", "-")))
    assert not any(map(is_yes, ("yesterday", "no", "okra")))
    assert not any(map(is_no, ("now", "north", "yes")))
    assert not any(map(is_enough, ("skip rope 100 times", "none of the tests fail")))


@examples(12)
@given(st.text(max_size=300), st.lists(st.text(max_size=20), max_size=8))
def test_no_text_breaks_the_reading(text: str, options: list[str]) -> None:
    for asked in (Asked(), Asked(measured=True), Asked(counted=True), Asked(options=options)):
        said = task_words(text, asked)
        assert said.meaning in Meaning
        is_plain_answer(said, text)
        if said.meaning is Meaning.UNCLEAR:
            assert said.text == " ".join(text.split())
    plan_words(text)
    blockage_words(text)
    read_goal(text)
    read_zone(text)
    worded(text, NOW, "Europe/Berlin")


@given(st.text(alphabet="0123456789 .,-+kKm", max_size=60))
def test_numbers_never_break_the_reading(text: str) -> None:
    for asked in (Asked(), Asked(measured=True), Asked(counted=True), Asked(options=("a", "b"))):
        task_words(text, asked)
    plan_words(text)


def test_a_goal_in_one_message() -> None:
    goal = read_goal(
        "Learn chess\nfor my son\n- Read a book\n• Win 3 games\n3) Join a club\nDeadline: by Friday\npriority: HIGH"
    )
    assert goal.name == "Learn chess"
    assert goal.description == "for my son"
    assert goal.criteria == ("Read a book", "Win 3 games", "Join a club")
    assert goal.deadline == "by Friday"
    assert goal.priority is Priority.HIGH


def test_criteria_under_a_heading_need_no_bullets() -> None:
    assert read_goal("Learn chess\nCriteria:\nRead a book\nWin 3 games").criteria == ("Read a book", "Win 3 games")
    assert read_criteria("- Read a book\n\n 2. Win 3 games\nJoin") == ("Read a book", "Win 3 games", "Join")


@pytest.mark.parametrize(
    ("text", "priority"), [("high", 3), ("Low priority", 1), ("4", 4), ("skip", 2), ("purple", None)]
)
def test_priorities(text: str, priority: int | None) -> None:
    assert read_priority(text) == priority


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("in 3 hours", "2026-11-20T13:00"),
        ("tomorrow", "2026-11-21T08:00"),
        ("this evening", "2026-11-20T17:00"),
        ("next week", "2026-11-27T08:00"),
        ("Monday", "2026-11-23T08:00"),
        ("tomorrow 18:00", "2026-11-21T17:00"),
        ("until Monday", "2026-11-23T08:00"),
        ("whenever the cows come home", None),
    ],
)
def test_later_in_words_is_a_moment_in_the_persons_zone(text: str, at: str | None) -> None:
    found = worded(text, NOW, "Europe/Berlin")
    assert (found.strftime("%Y-%m-%dT%H:%M") if found else None) == at


def test_this_evening_is_tomorrows_when_it_is_evening_already() -> None:
    late = NOW.replace(hour=19)
    assert delayed(Delay.EVENING, late, "UTC") == dt.datetime(2026, 11, 21, 18, 0, tzinfo=dt.UTC)
    assert all(delayed(delay, late, "Asia/Tokyo") > late for delay in Delay)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("I'm in new york", "America/New_York"),
        ("europe/lisbon", "Europe/Lisbon"),
        ("UTC", "UTC"),
        ("UTC+2", "Etc/GMT-2"),
        ("gmt-5", "Etc/GMT+5"),
        ("+05:30", "Asia/Kolkata"),
        ("Mumbai", "Asia/Kolkata"),
        ("Berlin, Germany", "Europe/Berlin"),
        ("Pacific time", "America/Los_Angeles"),
        ("UTC+15", None),
        ("UTC+7:07", None),
        ("Atlantis", None),
    ],
)
def test_time_zones_by_name(text: str, zone: str | None) -> None:
    assert read_zone(text) == zone
    assert zone is None or is_zone(zone)


def test_a_misspelt_city_has_near_ones() -> None:
    assert "Europe/Berlin" in near_zones("Berlim")
    assert near_zones("xqzv") == ()


def test_three_criteria_on_a_single_line_may_stand_between_semicolons_and_two_are_one_thing() -> None:
    assert read_criteria("Research; Build it;  Launch;") == ("Research", "Build it", "Launch")
    assert read_criteria("Write the draft; send it to Ann") == ("Write the draft; send it to Ann",)
    assert read_criteria("Research; build; launch\nSell") == ("Research; build; launch", "Sell")
