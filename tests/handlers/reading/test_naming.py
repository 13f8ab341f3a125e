"""Tasks and goals named in somebody's own words."""

import pytest

from handlers.reading.naming import Named, named_goal, named_task, picked


@pytest.mark.parametrize(
    ("text", "goal", "task", "words"),
    [
        ("1.4 done", 1, 4, "done"),
        ("done 1.4", 1, 4, "done"),
        ("#4: done", None, 4, "done"),
        ("task 4 is done", None, 4, "done"),
        ("skip task 3", None, 3, "skip"),
        ("done with 12.", None, 12, "done"),
        ("problem 4: no paint", None, 4, "problem: no paint"),
        ("1.4: problem: no paint", 1, 4, "problem: no paint"),
    ],
)
def test_a_task_is_named_by_its_number(text: str, goal: int | None, task: int, words: str) -> None:
    assert named_task(text) == Named(goal=goal, task=task, words=words)


@pytest.mark.parametrize("text", ["done", "4", "1.4", "in 3 days", "tomorrow 18:00", "3/5", "+2", "380 %"])
def test_numbers_that_are_no_tasks_name_none(text: str) -> None:
    assert named_task(text) is None


CHOICES = (("1.1", "Call Maria"), ("1.4", "Call the bank"), ("2.1", "Paint the door"))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("1.4", (1,)),
        ("4", (1,)),
        ("the 4", (1,)),
        ("1", (0, 2)),
        ("9", ()),
        ("paint", (2,)),
        ("Call", (0, 1)),
        ("call maria!", (0,)),
        ("p", ()),
        ("", ()),
        ("Publish my book", ()),
    ],
)
def test_a_choice_is_named_by_its_number_or_how_it_begins(text: str, places: tuple[int, ...]) -> None:
    assert picked(text, CHOICES) == places


def test_signs_alone_name_only_what_is_called_just_so() -> None:
    choices = (("1", "😀😀😀"), ("2", "Call Maria"))
    assert picked("🙂", choices) == ()
    assert picked("😀😀😀", choices) == (0,)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("7", (7, False, "")),
        ("7 people came", (7, False, "people came")),
        ("#7", (7, True, "")),
        ("#7: they came", (7, True, "they came")),
        ("7: they came", (7, True, "they came")),
        ("7.", (7, False, "")),
        ("goal 7", (7, True, "")),
        ("Goal #7 they came", (7, True, "they came")),
        ("7.30", None),
        ("they came to 7", None),
    ],
)
def test_a_goal_is_named_by_the_number_that_comes_first(text: str, named: tuple[int, bool, str] | None) -> None:
    assert named_goal(text) == named
