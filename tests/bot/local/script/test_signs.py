"""Plain signs: what the encoding can write stays, the rest becomes readable ASCII and never `?`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.local.script.signs import spell


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("✅ Done", "[x] Done"),
        ("⚠️ Problem", "(!) Problem"),
        ("▓▓▓░░ 60 %", "###.. 60 %"),
        ("«a» – b…", "<<a>> - b..."),
        ("A → B", "A -> B"),
        ("🎯 Milestone achieved", "(*) Milestone achieved"),
        ("café Zürich", "cafe Zurich"),
        ("e\u0301", "e"),
        ("👨\u200d👩", ":man::woman:"),
        ("🦊 fox", ":fox-face: fox"),
        ("👍🏿 yes", "+1 yes"),
        ("✅10% ▫️25%", "[x]10% [ ]25%"),
        ("½ ①", "12 1"),
        ("a\u00a0b\u2009c", "a b c"),
        ("Привет", r"\u041f\u0440\u0438\u0432\u0435\u0442"),
        ("\ud800", r"\ud800"),
    ],
)
def test_ascii_gets_sensible_signs(text: str, plain: str) -> None:
    assert spell(text, "ascii") == plain


def test_what_the_encoding_can_write_stays() -> None:
    assert spell("«café» ✅", "latin-1") == "«café» [x]"
    assert spell("«café» ✅ Привет", "utf-8") == "«café» ✅ Привет"


@given(st.text())
def test_every_text_can_be_written_afterwards_and_no_question_mark_appears(text: str) -> None:
    plain = spell(text, "ascii")
    plain.encode("ascii")
    assert plain.count("?") <= sum("?" in spell(char, "ascii") for char in text)
    assert spell(plain, "ascii") == plain
