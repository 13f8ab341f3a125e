"""`fetch_url` against a real server: pages as marked text, private addresses refused on every hop, all bounded."""

import json
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from engine.agents.tools.web import FETCH, LONGEST_UNASKED, MOST, carries, web_manners, web_toolset
from engine.errors import InvalidInputError, PermanentError, ResourceBlocked, TemporaryError
from engine.work.addresses import nothing_refused
from engine.work.web_requests import Fetching
from tests.engine.agents.tools.calling import FACTS, called
from tests.engine.work.this_server import only_this_server

FREE = Fetching(refusal=nothing_refused, timeout=5.0)
Put = Callable[..., str]


@pytest.fixture
async def put() -> AsyncIterator[Put]:
    """Puts an answer under a path of a server on loopback and returns its address."""
    answers: dict[str, Callable[[], web.Response]] = {}

    async def handle(request: web.Request) -> web.Response:
        return answers[request.path]()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app, host="127.0.0.1") as server:

        def add(path: str, **response: object) -> str:
            answers[path] = lambda: web.Response(**response)  # type: ignore[arg-type] # aiohttp checks them
            return f"http://127.0.0.1:{server.port}{path}"

        yield add


async def fetched(url: str, fetching: Fetching = FREE, **more: object) -> str:
    return await called(web_toolset(fetching), FETCH, url=url, **more)


async def test_a_page_comes_as_text_marked_as_data_with_its_address_and_status(put: Put) -> None:
    url = put("/page", text="<h1>Prices</h1><p>10 <a href='/more'>more</a>", content_type="text/html", status=404)
    lines = (await fetched(f"{url}?token=secret#part")).split("\n")
    assert lines[0] == f"From {url} (status 404):"
    assert lines[2:-1] == ["# Prices", "", f"10 more ({url.removesuffix('/page')}/more)"]
    assert lines[1].removesuffix(" begins]") == lines[-1].removesuffix(" ends]")


async def test_other_texts_come_as_they_are_and_what_is_no_text_is_refused(put: Put) -> None:
    body = json.dumps({"a": "<b>"})
    assert body in await fetched(put("/json", text=body, content_type="application/vnd.x+json"))
    with pytest.raises(PermanentError, match="is application/pdf, which can't be read as text"):
        await fetched(put("/pdf", body=b"%PDF", content_type="application/pdf"))


async def test_a_page_names_its_own_charset(put: Put) -> None:
    body = '<meta charset="iso-8859-1"><p>Grüße'.encode("iso-8859-1")
    assert "Grüße" in await fetched(put("/old", body=body, headers={"Content-Type": "text/html"}))


async def test_a_long_page_comes_in_parts(put: Put) -> None:
    url = put("/long", text="x" * MOST + "y" * 10, content_type="text/plain")
    assert f"go on with start={MOST}" in await fetched(url)
    assert "yyyyyyyyyy" in await fetched(url, start=MOST)


async def test_no_more_than_the_bounds_is_read(put: Put) -> None:
    url = put("/big", text="x" * 5_000, content_type="text/plain")
    assert "longer than what was read" in await fetched(url, Fetching(refusal=nothing_refused, limit=1_000))
    turning = put("/turn", status=302, headers={"Location": "/turn"})
    with pytest.raises(PermanentError, match="more than 5 times"):
        await fetched(turning)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0x7f.1/",
        "http://[::ffff:10.0.0.1]/",
    ],
)
async def test_private_addresses_are_refused(url: str) -> None:
    with pytest.raises(PermanentError, match="may not be asked"):
        await fetched(url, Fetching(timeout=5.0))


@pytest.mark.parametrize("target", ["http://10.0.0.1/", "http://169.254.169.254/", "http://[::1]:80/"])
async def test_a_redirect_to_a_private_address_is_refused(put: Put, target: str) -> None:
    url = put("/away", status=302, headers={"Location": target})
    with pytest.raises(PermanentError, match="may not be asked"):
        await fetched(url, Fetching(refusal=only_this_server))


async def test_a_name_that_leads_to_a_private_address_is_refused() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.1"]

    with pytest.raises(PermanentError, match="may not be asked"):
        await fetched("http://innocent.example/", Fetching(resolve=resolve))


async def test_a_busy_server_and_an_unreachable_one_are_told_apart(put: Put) -> None:
    with pytest.raises(ResourceBlocked):
        await fetched(put("/busy", status=429, headers={"Retry-After": "60"}))
    with pytest.raises(TemporaryError):
        await fetched("http://127.0.0.1:9/")
    with pytest.raises(InvalidInputError):
        await fetched("file:///etc/passwd")


async def test_an_address_that_could_carry_something_out_needs_a_yes() -> None:
    asks = web_manners()[FETCH].asks
    assert await asks(FACTS, {"url": "https://example.org/a/plain/page?id=7"}) is None
    long = f"https://example.org/?q={'all%20that%20is%20known%20' * 20}"
    words = await asks(FACTS, {"url": long})
    assert words is not None
    assert "all that is known" in words
    for hiding in (
        f"https://{'a' * 60}.{'b' * 60}.{'c' * 60}.example.org/",
        f"https://{'user' * 50}@example.org/",
        f"https://example.org/{'a' * 200}",
    ):
        assert carries(hiding) > LONGEST_UNASKED
        assert await asks(FACTS, {"url": hiding}) is not None
    assert carries("http://[") == 0
