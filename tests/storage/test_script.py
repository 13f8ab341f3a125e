"""Rows gathered by statement: whatever text they hold, each is written once, and none that says nothing new."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from engine.tasks import TaskStatus
from storage import changes, goal_rows
from storage.script import Script, run_many
from tests.storage.made_goals import batch, change, plain_goal, with_task

TEXTS = st.text(st.sampled_from("aé\ud83d\udcff😀"), max_size=4)


@given(st.lists(TEXTS, max_size=8))
def test_half_characters_among_the_rows_are_replaced_and_no_row_is_lost_or_doubled(texts: list[str]) -> None:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE TABLE words (place INTEGER PRIMARY KEY, word TEXT)")
        run_many(connection, "INSERT INTO words VALUES (?, ?)", list(enumerate(texts)))
        kept = connection.execute("SELECT place, word FROM words ORDER BY place").fetchall()
    finally:
        connection.close()
    assert [place for place, _ in kept] == list(range(len(texts)))
    for text, (_, word) in zip(texts, kept, strict=True):
        assert word == text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def script_of_a_task_done(**fields: object) -> Script:
    goal = plain_goal(1, tasks=2, **fields)
    return changes.script_of(batch(change(goal, with_task(goal, 1, status=TaskStatus.COMPLETED))))


def test_a_task_that_is_done_rewrites_nothing_of_its_goal_that_stayed_as_it_was() -> None:
    written = script_of_a_task_done()
    assert len(written[goal_rows.UPDATE_ALWAYS]) == 1
    assert goal_rows.UPDATE_ALL not in written


def test_only_a_goal_of_a_chat_asks_for_another_card() -> None:
    assert changes.WANT_CARD in script_of_a_task_done()
    assert changes.WANT_CARD not in script_of_a_task_done(chat=None)
