"""Every error has words for people: what happened and what to do, and never a traceback."""

import re
from pathlib import Path

import pytest

from engine import errors as e
from engine.values import ChatId, GoalId
from handlers.errors import REFUSALS, STORES, apology, explain

ROOT = Path(__file__).parents[2]
RAISED = re.compile(r"RefusedError\(\s*\"([a-z_]+)\"")


def test_every_code_of_a_refusal_has_words() -> None:
    sources = [*(ROOT / "engine").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")]
    codes = {code for path in sources for code in RAISED.findall(path.read_text("utf-8"))}
    assert len(codes) > 15
    assert not codes - set(REFUSALS)


@pytest.mark.parametrize(
    "error",
    [
        *(e.RefusedError(code, "x") for code in REFUSALS),
        *(e.StoreError(code, "/secret/path/milepost.db", "x") for code in STORES),
        e.RefusedError("something_newer", "the tide is out"),
        e.NotFoundError("goal", 7),
        e.NotFoundError("task", "7.3"),
        e.InvalidInputError("deadline", "«yesterday» has passed", "write for instance «Friday»"),
        e.InvalidInputError("priority", "9 is none", "1 low, 2 normal, 3 high, 4 urgent"),
        e.ConflictError((GoalId(7),)),
        e.IllegalMoveError("a goal", "draft", "completed"),
        e.TemporaryError("x"),
        e.ExternalBlocked("x"),
    ],
    ids=lambda error: f"{type(error).__name__}-{getattr(error, 'code', '')}",
)
def test_words_are_whole_sentences_without_internals(error: e.EngineError) -> None:
    words = explain(error)
    assert words[0].isupper()
    assert words.endswith((".", "!", "?"))
    assert "Error" not in words
    assert "/secret/path" not in words
    assert len(words) < 300


def test_an_apology_names_the_update_and_no_internals() -> None:
    text = str(apology(ChatId(7), KeyError("secret_column"), 4711).payload["text"])
    assert "4711" in text
    assert "secret_column" not in text
    assert "Traceback" not in text
