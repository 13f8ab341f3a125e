"""The doctor on models: each trouble is one line that says what to do, and the key is never in it."""

from pathlib import Path

import pytest
from pydantic_ai.exceptions import ModelHTTPError

from bot import doctor
from bot.doctor import Finding, Level, examine
from bot.settings import Settings
from engine.agents.faults import told_in_a_line
from engine.clock import SystemClock
from tests.scripted_models import Turn, scripted_openai

KEY = "sk-test-Ab12cd34EF56gh78IJ90"
PRICES = "openai:scripted=1/10"


def settings(tmp_path: Path, **more: object) -> Settings:
    values = {"database": tmp_path / "milepost.db", "telegram_api": "http://127.0.0.1:1", "model_timeout": 2.0}
    return Settings.model_validate({**values, "model": "openai:scripted", "model_prices": PRICES, **more})


async def models(chosen: Settings) -> list[Finding]:
    return [one for one in await examine(chosen, SystemClock()) if one.subject == "model"]


async def test_a_model_that_answers_is_told_with_latency_and_price_and_nothing_is_kept(tmp_path: Path) -> None:
    async with scripted_openai([Turn(text="OK", tokens=(12, 2))]) as server:
        [found] = await models(settings(tmp_path, model_url=server.url, model_key=KEY))
    assert found.level is Level.OK
    assert found.text.startswith("openai:scripted answers in ")
    assert found.text.endswith(" s; the call cost under $0.0001")
    assert len(server.requests) == 1
    assert not (tmp_path / "milepost.db").exists()


async def test_where_the_server_does_not_say_what_a_call_took_the_estimate_is_told_as_one(tmp_path: Path) -> None:
    async with scripted_openai([Turn(text="OK", tokens=None)]) as server:
        [found] = await models(settings(tmp_path, model_url=server.url, model_key=KEY))
    assert "at most: the server does not say what it took" in found.text


async def test_what_a_provider_calls_its_refusal_is_told_once_and_in_short(tmp_path: Path) -> None:
    async with scripted_openai([Turn(status=500)]) as server:
        [found] = await models(settings(tmp_path, model_url=server.url, model_key=KEY))
    assert found.text.endswith("scripted said 500")
    error = ModelHTTPError(400, "scripted", provider_error_code=f"no\n{'x' * 500}")
    assert told_in_a_line(error) == f"scripted said 400, no {'x' * 37}"


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("turn", "words", "remedy"),
    [
        (Turn(status=401), "does not take the key", "MILEPOST_MODEL_KEY"),
        (Turn(status=404), "no such model", "MILEPOST_MODEL"),
        (Turn(status=500), "could not answer: scripted said 500", "it is there, but busy"),
        (Turn(status=429), "", "it is there, but busy"),
        (Turn(garbage=True), "", "MILEPOST_MODEL"),
    ],
)
async def test_each_failure_of_the_call_is_one_line_with_what_to_do(
    tmp_path: Path, turn: Turn, words: str, remedy: str
) -> None:
    async with scripted_openai([turn]) as server:
        [found] = await models(settings(tmp_path, model_url=server.url, model_key=KEY))
    assert found.level is Level.FAIL
    assert words in found.text
    assert remedy in found.remedy
    assert "\n" not in found.text + found.remedy
    assert KEY not in found.text + found.remedy


async def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    [found] = await models(settings(tmp_path, model_url="http://127.0.0.1:1/v1", model_key=KEY))
    assert found.level is Level.FAIL
    assert "http://127.0.0.1:1/v1" in found.remedy


async def test_without_a_key_nothing_is_asked(tmp_path: Path) -> None:
    [found] = await models(settings(tmp_path))
    assert (found.level, found.remedy) == (Level.FAIL, "set MILEPOST_MODEL_KEY")


async def test_an_unknown_price_is_refused_with_the_setting_that_mends_it(tmp_path: Path) -> None:
    async with scripted_openai([Turn(text="OK")]) as server:
        [found] = await models(settings(tmp_path, model_prices="", model_url=server.url, model_key=KEY))
    assert found.level is Level.FAIL
    assert "MILEPOST_MODEL_PRICES" in found.remedy
    assert server.requests == []


async def test_a_package_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.agents.checking.find_spec", lambda name: None if name == "anthropic" else object())
    chosen = settings(tmp_path, model="anthropic:scripted", model_prices="anthropic:scripted=1", model_key=KEY)
    [found] = await models(chosen)
    assert (found.level, found.remedy) == (Level.FAIL, "pip install 'milepost[anthropic]'")


@pytest.mark.long
async def test_a_fallback_is_looked_at_too_and_the_main_one_is_called_all_the_same(tmp_path: Path) -> None:
    async with scripted_openai([Turn(text="OK")]) as server:
        chosen = settings(tmp_path, model_url=server.url, model_key=KEY, model_fallbacks="openai:unpriced")
        found = await models(chosen)
    assert [one.level for one in found] == [Level.FAIL, Level.OK]
    assert "openai:unpriced" in found[0].text


async def test_without_a_model_there_is_no_such_line(tmp_path: Path) -> None:
    assert await models(settings(tmp_path, model=None)) == []


def test_the_key_is_in_no_line_of_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = "unusual-key-of-mine"
    chosen = settings(tmp_path, model_url=f"http://127.0.0.1:1/{own}", model_key=own)
    assert doctor.main(chosen) == 1
    out, err = capsys.readouterr()
    assert own not in out + err
    assert chosen.secrets == (own,)
