"""Rows gathered by statement: whatever text they hold, each is written once."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from storage.script import run_many

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
