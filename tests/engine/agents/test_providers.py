"""How providers are asked: each answer is bounded, only their own package tries again, and prices need no network."""

import re
import socket
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from engine.agents.models import Models
from engine.agents.names import parse_model
from engine.agents.prices import PriceList, PriceUnknownError, Used
from engine.errors import TemporaryError
from storage.database import Database
from tests.engine.agents.test_metered import ask, facts, models, opened
from tests.scripted_models import Turn, scripted_anthropic, scripted_openai

PROJECT = Path(__file__).parents[3] / "pyproject.toml"
PACKAGES_OWN_TRIES = 3


@asynccontextmanager
async def crew(database: Database, url: str, **options: object) -> AsyncIterator[Models]:
    made = models(database, url, **options)
    try:
        yield made
    finally:
        await made.close()


async def test_every_request_has_a_bound_on_its_answer(tmp_path: Path) -> None:
    async with (
        opened(tmp_path) as database,
        scripted_openai([Turn(text="Hello")]) as server,
        crew(database, server.url) as ours,
    ):
        await ask(ours, facts())
        [asked] = server.requests
        assert 50 in {asked.get("max_tokens"), asked.get("max_completion_tokens")}


@pytest.mark.long  # two seconds to load its library; another one's answer is bounded above
async def test_every_request_to_anthropic_has_a_bound_on_its_answer(tmp_path: Path) -> None:
    other = {"main": parse_model("anthropic:scripted"), "keys": {None: "key"}}
    async with (
        opened(tmp_path) as database,
        scripted_anthropic([Turn(text="Hello")]) as server,
        crew(database, server.url, **other) as ours,
    ):
        await ask(ours, facts())
        assert server.requests[-1]["max_tokens"] == 50


async def test_only_the_providers_package_tries_a_call_again(tmp_path: Path) -> None:
    async with (
        opened(tmp_path) as database,
        scripted_openai([Turn(status=500)]) as server,
        crew(database, server.url) as ours,
    ):
        with pytest.raises(TemporaryError):
            await ask(ours, facts())
        assert len(server.requests) <= PACKAGES_OWN_TRIES


def test_known_models_have_prices_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a price was looked up elsewhere")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    prices, used = PriceList(), Used(tokens_in=1_000_000, tokens_out=1_000_000)
    for name in ("openai:gpt-4o", "anthropic:claude-3-5-sonnet-latest", "google:gemini-2.0-flash"):
        assert prices.cost(parse_model(name), used) > 0
    with pytest.raises(PriceUnknownError):
        prices.cost(parse_model("openai:nobody-knows-it"), used)


def test_the_package_that_moves_fast_is_held_to_its_minor_version() -> None:
    told = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    extras = [one for each in told["optional-dependencies"].values() for one in each]
    pinned = [one for one in (*told["dependencies"], *extras) if one.startswith("pydantic-ai")]
    assert pinned
    for one in pinned:
        found = re.fullmatch(r"pydantic-ai-slim\[\w+\]>=2\.(\d+),<2\.(\d+)", one)
        assert found is not None, one
        assert int(found[2]) == int(found[1]) + 1
