"""Texts that tell of several tasks at once, or of another one than was asked about."""

import pytest

from handlers.reading.several import tells_of_another, tells_of_several

TITLES = ("Call Anna", "Buy milk")


@pytest.mark.parametrize(
    "text",
    [
        "1 done 2 done",
        "1 done. 3 done",
        "1 done! 3 done!",
        "done 1 done 2",
        "done 1 skip 2",
        "done 1, skip 2",
        "done 1. skip 2.",
        "1 done; 2 skip",
        "1 done / 2 done",
        "1 ✅ 2 ✅",
        "1✅ 2✅",
        "1 done + 2 done",
        "1: done 2: skip",
        "1. done 2. skip",
        "1) done 2) later",
        "1 and 2 done, 3 skip",
        "1 done and 2 too",
        "1 done, 2 as well",
        "1, 2 done",
        "1,2 done",
        "1 2 done",
        "done 1 2",
        "done: 1, 2",
        "1 done but 2 not yet",
        "skip 1 and 2",
        "1.1 done 1.2 done",
        "task 1 done task 2 done",
        "#1 done #2 done",
        "problem 4: no paint, 3 done",
        "3 done 4 problem: no paint",
        "3 done 4 later until friday",
        "1 resolved 2 done",
        "Call Anna: done, Buy milk: done",
        "skip Call Anna\nBuy milk done",
        "Call Anna done, 2 done",
        "1 done and then 2 later",
        "1 done, but then 2 skip",
        "1 done. 2 is done. Thanks!",
        "1 done 2 done please",
    ],
)
def test_several_at_once(text: str) -> None:
    assert tells_of_several(text, TITLES)


@pytest.mark.parametrize(
    "text",
    [
        "done",
        "1 done",
        "1 done, 2 to go",
        "1 done, all 12 parts",
        "1 done: 3 hours of work",
        "1 done, it took 2 days",
        "done 1, took 2 hours",
        "1 done 2 days ago",
        "1 done in 3 hours",
        "3 later, in 2 days",
        "2 problem: 3 done of 5",
        "2 done: 10 guests come, 3 are vegan",
        "Read 5 books and sing 3 songs",
        "Sing 3 songs 2 times",
        "380",
        "2 3 eggs are ready",
        "Run 5 km 3 times",
        "Call Anna: done, she is happy",
        "2 ready-made doors, 3 x-rays",
        "1 done, thanks!",
        "done 1. Thank you!",
        "Friday at 6, Saturday at 7",
    ],
)
def test_one_or_none(text: str) -> None:
    assert not tells_of_several(text, TITLES)


@pytest.mark.parametrize(
    ("text", "is_another"),
    [
        ("2 done", True),
        ("done 2", True),
        ("7.1 done", True),
        ("1 done 2 done", True),
        ("1 done", False),
        ("1.1 done", False),
        ("done", False),
        ("2 men are needed", False),
        ("her number is 2", False),
        ("Friday at 6", False),
        ("tomorrow at 9", False),
        ("remind me at 6", False),
        ("later 2", True),
    ],
)
def test_what_tells_of_another_task(text: str, is_another: bool) -> None:
    assert tells_of_another(text, 1, [1]) is is_another
