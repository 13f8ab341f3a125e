"""Changes of a plan in somebody's own words: several at once, by number or by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.reading.steps import numbers_in, steps_in, tasks_named
from handlers.reading.words import Meaning

TASKS = (
    (1, "Sand the walls"),
    (2, "Prime the walls"),
    (3, "Paint the walls in blue"),
    (4, "Buy 3 brushes"),
    (5, "Clean up after painting"),
)


def _told(text: str) -> list[str]:
    return [f"{one.meaning} {int(one.number) or ''} {one.place}{one.text}" for one in steps_in(text, TASKS)]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("drop 3 and 5", ["drop 3 ", "drop 5 "]),
        ("remove tasks 1, 2 & 4.", ["drop 1 ", "drop 2 ", "drop 4 "]),
        ("drop 2-4", ["drop 2 ", "drop 3 ", "drop 4 "]),
        ("skip 3 and 4", ["drop 3 ", "drop 4 "]),
        ("drop the brushes", ["drop 4 "]),
        ("delete Buy 3 brushes and the sanding", ["drop 4 ", "drop 1 "]),
        ("move prime before sand", ["move 2 before 1"]),
        ("put the brushes first", ["move 4 first"]),
        ("move 4 behind cleaning", ["move 4 after 5"]),
        ("swap 1 and 4", ["move 1 to 4", "move 4 to 1"]),
        ("swap the brushes with 2", ["move 2 to 4", "move 4 to 2"]),
        ("reword the cleaning to Sweep the floor", ["reword 5 Sweep the floor"]),
        ("add Feed the cat; add Water the plants", ["add  Feed the cat", "add  Water the plants"]),
        ("add Feed the cat and drop 1", ["add  Feed the cat", "drop 1 "]),
        ("drop 3, then move 4 to 1", ["drop 3 ", "move 4 to 1"]),
        ("move 5 to 2\n3: Paint it red", ["move 5 to 2", "reword 3 Paint it red"]),
        ("add Ask Maria, and Bob", ["add  Ask Maria, and Bob"]),
        ("5: Clean, then dry", ["reword 5 Clean, then dry"]),
    ],
)
def test_what_is_to_become_of_the_tasks(text: str, steps: list[str]) -> None:
    assert _told(text) == steps


@pytest.mark.parametrize(
    "text",
    [
        "drop the walls",
        "drop everything",
        "no sugar",
        "rename 2 to",
        "I don't like it",
        "swap 2 and 2",
        "drop 3 and tea",
        "clean up after painting",
        "2:30 call with the painters",
        "1:1 with the painters",
        "clean up",
    ],
)
def test_what_names_no_task_surely_changes_none(text: str) -> None:
    assert _told(text) == []


@pytest.mark.parametrize(
    ("words", "named"), [("3 and 5", (3, 5)), ("the brushes", (4,)), ("prime", (2,)), ("the walls", ()), ("🖌", ())]
)
def test_tasks_are_named_by_numbers_or_names(words: str, named: tuple[int, ...]) -> None:
    assert tasks_named(words, TASKS) == named


@given(st.text(max_size=300))
def test_any_text_is_read_without_harm(text: str) -> None:
    steps_in(text, TASKS)
    numbers_in(text)


def test_a_text_made_to_take_long_takes_no_time() -> None:
    assert len(steps_in("drop " + "3, " * 1300 + "4", TASKS)) == 2
    assert steps_in("add a and " * 400, TASKS)
    assert steps_in("move " + "x " * 2000, TASKS) == ()


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("add Feed the cat", ["Feed the cat"]),
        ("add\nFeed the cat\nFeed the dog", ["Feed the cat", "Feed the dog"]),
        ("add Feed the cat\nFeed the dog", ["Feed the cat", "Feed the dog"]),
        ("please add:\n- Feed the cat\n\n- Feed the dog", ["Feed the cat", "Feed the dog"]),
        ("add these tasks:\n1. Feed the cat\n2) Feed 2 dogs", ["Feed the cat", "Feed 2 dogs"]),
        ("add Pack: shoes, coat", ["Pack: shoes, coat"]),
    ],
)
def test_each_line_that_is_added_is_a_task_of_its_own(text: str, titles: list[str]) -> None:
    assert [(one.meaning, one.text) for one in steps_in(text, ())] == [(Meaning.ADD, title) for title in titles]


@pytest.mark.parametrize(
    ("text", "number"),
    [("forget the second one", 7), ("drop the last", 4), ("remove the fifth task", None), ("forget it", None)],
)
def test_a_place_names_the_task_that_stands_there(text: str, number: int | None) -> None:
    shown = ((3, "Sand"), (7, "Prime"), (4, "Paint"))
    assert [int(one.number) for one in steps_in(text, shown)] == ([number] if number else [])
