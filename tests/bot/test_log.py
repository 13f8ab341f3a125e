"""The log: ids from `bind` and from `extra`, one line a record, JSON that parses, and no token anywhere."""

import asyncio
import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import log

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
logger = logging.getLogger("tests.log")


@pytest.fixture(autouse=True)
def the_log_is_put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


def written(level: str = "INFO", *, json_lines: bool = False, secret: str | None = None) -> io.StringIO:
    stream = io.StringIO()
    log.set_up(level, json_lines=json_lines, secret=secret, stream=stream)
    return stream


def test_a_line_has_moment_level_logger_message_and_ids() -> None:
    stream = written()
    with log.bind(update=9):
        logger.info("started", extra={"goal": 7, "task": 2})
    line = stream.getvalue()
    assert line.endswith("Z INFO    tests.log: started update=9 goal=7 task=2\n")
    assert line[10] == "T"


def test_the_ids_of_the_record_win_over_the_bound_ones_and_none_is_left_out() -> None:
    stream = written()
    with log.bind(goal=1, task=3):
        logger.info("x", extra={"goal": 2, "task": None})
    assert stream.getvalue().endswith("tests.log: x goal=2\n")


def test_bound_ids_nest_and_end_with_their_block() -> None:
    stream = written()
    with log.bind(goal=1):
        with log.bind(task=5):
            logger.info("inner")
        logger.info("outer")
    logger.info("none")
    ends = [line.split("tests.log: ")[1] for line in stream.getvalue().splitlines()]
    assert ends == ["inner goal=1 task=5", "outer goal=1", "none"]


async def test_two_tasks_keep_their_own_ids() -> None:
    stream = written()

    async def work(goal: int) -> None:
        with log.bind(goal=goal):
            await asyncio.sleep(0)
            logger.info("from %d", goal)

    await asyncio.gather(work(1), work(2))
    assert "from 1 goal=1" in stream.getvalue()
    assert "from 2 goal=2" in stream.getvalue()


def test_json_lines_parse_and_carry_ids_and_traces() -> None:
    stream = written(json_lines=True)
    try:
        raise RuntimeError("broken «here»")
    except RuntimeError:
        logger.exception("failed", extra={"goal": 7, "time": "forged"}, stack_info=True)
    entry = json.loads(stream.getvalue())
    assert entry["message"] == "failed"
    assert entry["goal"] == 7
    assert entry["level"] == "ERROR"
    assert entry["time"] != "forged"
    assert "RuntimeError: broken «here»" in entry["error"]
    assert "test_log.py" in entry["stack"]


def test_a_text_trace_follows_its_line() -> None:
    stream = written()
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        logger.exception("failed", stack_info=True)
    first, *rest = stream.getvalue().splitlines()
    assert first.endswith("failed")
    assert "RuntimeError: broken" in rest
    assert rest[-1].strip().startswith("logger.exception")


@pytest.mark.parametrize("json_lines", [True, False])
def test_a_message_can_not_forge_a_second_line(json_lines: bool) -> None:
    stream = written(json_lines=json_lines)
    logger.info("said %s", "a\nb\r\nc", extra={"note": "d\ne"})
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize("json_lines", [True, False])
def test_the_token_and_what_looks_like_one_is_removed_even_from_traces(json_lines: bool) -> None:
    stream = written(json_lines=json_lines, secret="42:short")
    try:
        raise RuntimeError(f"POST https://api.example.org/bot{TOKEN}/getMe")
    except RuntimeError:
        logger.exception("with 42:short and %s", TOKEN, extra={"url": f"/bot{TOKEN}/x"})
    text = stream.getvalue()
    assert "AAHdq" not in text
    assert "42:short" not in text
    assert text.count("<token>") == 4
    if json_lines:
        json.loads(text)


@given(st.integers(min_value=10_000, max_value=10**12), st.from_regex(r"[A-Za-z0-9_-]{30,40}", fullmatch=True))
def test_every_bot_token_is_recognised_inside_words(number: int, secret: str) -> None:
    assert secret not in log.redact(f"https://x/bot{number}:{secret}/getMe")


@given(st.text(alphabet=st.characters(exclude_characters=":")))
def test_text_without_a_token_stays_as_it_is(text: str) -> None:
    assert log.redact(text) == text


def test_moments_and_addresses_are_not_taken_for_tokens() -> None:
    for text in ("2026-03-01T12:00:00.000Z", "http://localhost:8081/file", "goal 12345: write the whole book"):
        assert log.redact(text) == text


def test_the_level_is_kept_and_chatty_libraries_are_quiet() -> None:
    stream = written("INFO")
    logger.debug("hidden")
    logging.getLogger("aiogram.event").info("hidden")
    logging.getLogger("apscheduler.executors.default").info("hidden")
    assert stream.getvalue() == ""
    logging.getLogger("aiogram.event").warning("shown")
    assert "shown" in stream.getvalue()


def test_debug_lets_the_libraries_speak() -> None:
    stream = written("DEBUG")
    logging.getLogger("aiogram.event").debug("shown")
    assert "shown" in stream.getvalue()


def test_setting_up_again_replaces_the_first_and_warnings_are_logged() -> None:
    first, second = written(), written()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old way", DeprecationWarning, stacklevel=1)
    assert first.getvalue() == ""
    assert "old way" in second.getvalue()


def test_the_default_stream_is_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("INFO")
    logger.info("to stderr")
    out, err = capsys.readouterr()
    assert out == ""
    assert "to stderr" in err
    assert sys.stderr is not None


KEYS = ("sk-proj-Ab12cd34EF56gh78IJ90", "sk-ant-api03-Ab12cd34EF56gh78-_J90", "AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q")


@pytest.mark.parametrize("json_lines", [False, True])
def test_no_key_of_a_provider_comes_through_in_message_ids_or_trace(json_lines: bool) -> None:
    own = "a-key-of-another-form"
    stream = written(json_lines=json_lines, secret=("42:short-token", own))
    for key in (*KEYS, own):
        try:
            raise ValueError(f"the provider said: wrong key {key}.")
        except ValueError:
            logger.exception("call with %s failed", key, extra={"task": key})
    text = stream.getvalue()
    assert not any(key in text for key in (*KEYS, own))
    assert text.count("<key>") == 3 * len(KEYS)


def test_ordinary_words_are_not_taken_for_keys() -> None:
    for text in ("task-list-of-the-whole-garden-2026", "sk-learn", "risk-assessment-for-2026-and-later", "AIza"):
        assert log.redact(text) == text


@given(st.text(max_size=20), st.sampled_from(KEYS), st.text(max_size=20))
def test_a_masked_text_is_as_long_as_before_and_holds_no_key(before: str, key: str, after: str) -> None:
    masked = log.mask(f"{before} {key} {after}")
    assert key not in masked
    assert len(masked) == len(f"{before} {key} {after}")
    assert log.mask("my secret words", ("secret words",)) == "my ••••••••••••"


def test_a_short_secret_does_not_eat_other_words() -> None:
    assert log.redact("a none of it", ("none", "x")) == "a none of it"
