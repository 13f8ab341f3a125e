"""Web addresses that should answer in a certain way, checked against a real server on this machine."""

import asyncio
import datetime as dt
import gzip
import zlib
from collections.abc import Awaitable, Callable, Sequence

import pytest
from aiohttp import web

from engine.errors import InvalidInputError, PermanentError, ResourceBlocked, TemporaryError
from engine.tasks import Outcome
from engine.work import WorkContext, WorkOptions, builtin_registry
from engine.work.addresses import nothing_refused, why_refused
from engine.work.fetching import fetch
from engine.work.http_check import http_check_work
from engine.work.web_requests import Fetching, Request, resolve_name, retry_after_seconds, shown_url
from tests.engine.work.this_server import only_this_server

NOW = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)
FREE = Fetching(refusal=nothing_refused)
STRICT = Fetching()


def names(table: dict[str, Sequence[str]], asked: list[str]) -> Callable[[str, int], Awaitable[Sequence[str]]]:
    """A name service that knows these names only."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        if host not in table:
            raise OSError("unknown name")
        return table[host]

    return resolve


async def check(context: WorkContext, fetching: Fetching = FREE) -> Outcome:
    work = http_check_work(fetching)
    assert work.run is not None
    work.check_inputs(context.inputs)
    result = work.run(context)
    assert isinstance(result, Awaitable)
    outcome = await result
    assert isinstance(outcome, Outcome)
    return outcome


async def test_an_answer_as_expected_deviates_by_nothing(site, make_context) -> None:
    outcome = await check(make_context(url=site.answer("/health", text="all fine")))
    assert outcome.deviation == 0
    assert outcome.value == {"status": 200, "failures": []}
    assert outcome.summary == f"{site.url('/health')} answered 200 as expected"


async def test_the_deviation_is_the_share_of_checks_that_fail(site, make_context) -> None:
    url = site.answer("/state", status=202, text='{"db": {"up": true}, "queue": 7}')
    wanted = {"db.up": True, "queue": 0, "cache.up": True}
    outcome = await check(make_context(url=url, status=200, contains="queue", json=wanted))
    assert outcome.deviation == pytest.approx(3 / 5)
    assert outcome.value["failures"] == [
        "answered 202 instead of 200",
        "says 7 at «queue» instead of 0",
        "has no «cache.up»",
    ]


async def test_text_that_is_missing_and_json_that_is_none_are_failures(site, make_context) -> None:
    url = site.answer("/page", text="<html>hello</html>")
    outcome = await check(make_context(url=url, contains="goodbye", json={"a": 1}))
    assert outcome.deviation == pytest.approx(2 / 3)
    assert "does not say «goodbye»" in outcome.summary


async def test_json_as_deep_as_the_stack_does_no_harm(site, make_context) -> None:
    url = site.answer("/deep", text='{"a": ' + "[" * 900 + "]" * 900 + "}")
    outcome = await check(make_context(url=url, json={"a": 1}))
    assert "says a list at «a» instead of 1" in outcome.summary


async def test_an_expected_failure_status_is_as_good_as_any(site, make_context) -> None:
    assert (await check(make_context(url=site.answer("/gone", status=503), status=503))).deviation == 0


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_asks_to_come_back_later_is_left_alone_for_that_long(
    site, make_context, status: int
) -> None:
    url = site.answer("/busy", status=status, headers={"Retry-After": "120"})
    with pytest.raises(ResourceBlocked) as caught:
        await check(make_context(url=url))
    assert (caught.value.resource, caught.value.retry_after) == ("127.0.0.1", 120)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("999999999999", 86_400),
        ("Mon, 01 Mar 2027 09:02:00 GMT", 120),
        ("Mon, 01 Mar 2027 08:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("²", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOW) == seconds


async def test_redirects_are_followed_up_to_five(site, make_context) -> None:
    for step in range(6):
        site.answer(f"/{step}", status=302, headers={"Location": f"/{step + 1}"})
    site.answer("/6", text="here")
    assert (await check(make_context(url=site.url("/1"), contains="here"))).deviation == 0
    with pytest.raises(PermanentError, match="more than 5 times"):
        await check(make_context(url=site.url("/0")))


async def test_an_expected_redirect_is_not_followed(site, make_context) -> None:
    url = site.answer("/old", status=301, headers={"Location": "/new"})
    assert (await check(make_context(url=url, status=301))).deviation == 0
    assert [request.path for request in site.seen] == ["/old"]


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://[broken", "http://"])
async def test_a_redirect_to_anything_but_the_web_is_refused(site, make_context, location: str) -> None:
    with pytest.raises(PermanentError):
        await check(make_context(url=site.answer("/r", status=302, headers={"Location": location})))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]"])
async def test_this_machine_is_refused(site, make_context, host: str) -> None:
    site.answer("/secret", text="secret")
    with pytest.raises(PermanentError, match="may not be asked"):
        await check(make_context(url=site.url("/secret", host)), STRICT)
    assert not site.seen


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1"])
async def test_this_machine_in_an_odd_spelling_is_refused(site, make_context, host: str) -> None:
    site.answer("/secret", text="secret")
    with pytest.raises(PermanentError):
        await check(make_context(url=site.url("/secret", host)), STRICT)
    assert not site.seen


@pytest.mark.parametrize("address", ["10.1.2.3", "169.254.169.254", "fd00:ec2::254", "::ffff:192.168.0.1", "224.0.0.1"])
async def test_a_name_that_leads_to_a_private_address_is_refused(make_context, address: str) -> None:
    asked: list[str] = []
    fetching = Fetching(resolve=names({"inside.example.org": [address]}, asked))
    with pytest.raises(PermanentError, match="may not be asked"):
        await check(make_context(url="http://inside.example.org/"), fetching)
    assert asked == ["inside.example.org"]


async def test_one_private_address_among_public_ones_spoils_the_name(site, make_context) -> None:
    table = {"mixed.example.org": ["127.0.0.1", "10.0.0.1"]}
    fetching = Fetching(refusal=only_this_server, resolve=names(table, []))
    with pytest.raises(PermanentError, match="it is private"):
        await check(make_context(url=site.url("/", "mixed.example.org")), fetching)
    assert not site.seen


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://[::1]/", "http://inside.example.org/", "//inside.example.org"]
)
async def test_a_redirect_to_a_private_address_is_refused(site, make_context, target: str) -> None:
    url = site.answer("/out", status=302, headers={"Location": target})
    fetching = Fetching(refusal=only_this_server, resolve=names({"inside.example.org": ["192.168.0.1"]}, []))
    with pytest.raises(PermanentError, match="may not be asked"):
        await check(make_context(url=url), fetching)
    assert len(site.seen) == 1


async def test_the_connection_goes_to_the_checked_address_whatever_the_name_says_next(site, make_context) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return next(answers)

    site.answer("/", text="ok")
    fetching = Fetching(refusal=only_this_server, resolve=rebinding)
    url = site.url("/", "rebinding.example.org")
    assert (await check(make_context(url=url), fetching)).deviation == 0
    assert asked == ["rebinding.example.org"]
    with pytest.raises(PermanentError, match="may not be asked"):
        await check(make_context(url=url), fetching)
    assert len(site.seen) == 1


async def test_a_name_is_looked_up_by_the_system_and_an_unknown_one_is_an_error() -> None:
    assert {"127.0.0.1", "::1"} & set(await resolve_name("localhost", 80))
    with pytest.raises(OSError):  # noqa: PT011 - the words are the system's
        await resolve_name("a" * 64 + ".example.org", 80)


async def test_an_unknown_name_and_a_closed_port_are_worth_another_try(make_context, unused_tcp_port: int) -> None:
    with pytest.raises(TemporaryError, match="was not found"):
        await check(make_context(url="http://nowhere.example.org/"), Fetching(resolve=names({}, [])))
    with pytest.raises(TemporaryError, match="could not be reached"):
        await check(make_context(url=f"http://127.0.0.1:{unused_tcp_port}/"))


@pytest.fixture
async def talk():
    """Starts a server that says these bytes and hangs up, or says nothing for ever; gives its address."""
    servers = []
    done = asyncio.Event()

    async def start(said: bytes | None) -> str:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1024)
            if said is None:
                await done.wait()
            else:
                writer.write(said)
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    yield start
    done.set()
    for server in servers:
        server.close()


async def test_a_server_that_says_nothing_is_given_up_in_time(talk, make_context) -> None:
    with pytest.raises(TemporaryError, match=r"did not answer within 0\.1 s"):
        await check(make_context(url=await talk(None)), Fetching(refusal=nothing_refused, timeout=0.1))


async def test_a_name_service_that_hangs_is_given_up_in_time(make_context) -> None:
    async def hang(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(TemporaryError, match="did not answer"):
        await check(make_context(url="http://slow.example.org/"), Fetching(timeout=0.1, resolve=hang))


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", b"\x00\x01\x02\r\n\r\n"])
async def test_a_connection_that_breaks_off_is_worth_another_try(talk, make_context, said: bytes) -> None:
    with pytest.raises(TemporaryError, match="broke off"):
        await check(make_context(url=await talk(said), contains="x"))


async def test_a_server_that_speaks_no_tls_is_told(talk, make_context) -> None:
    with pytest.raises(TemporaryError, match="TLS"):
        await check(
            make_context(url=(await talk(b"HTTP/1.1 400 Bad Request\r\n\r\n")).replace("http:", "https:")),
            Fetching(refusal=nothing_refused, timeout=5),
        )


async def test_no_more_than_the_limit_is_read(site, make_context) -> None:
    sent = 0

    class Endless(web.StreamResponse):
        async def write_endlessly(self, request: web.Request) -> web.StreamResponse:
            nonlocal sent
            await self.prepare(request)
            while True:
                await self.write(b"x" * 65_536)
                sent += 65_536

    async def handle(request: web.Request) -> web.StreamResponse:
        return await Endless().write_endlessly(request)

    site.routes["/endless"] = handle
    outcome = await check(make_context(url=site.url("/endless"), contains="y", json={"a": 1}))
    assert outcome.deviation == pytest.approx(2 / 3)
    assert "in the part read" in outcome.summary
    assert "too long" in outcome.summary
    assert sent < 20_000_000  # what the buffers of the system hold beyond the megabyte


@pytest.mark.sample(1)
@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_a_packed_answer_is_unpacked_up_to_the_limit(site, make_context, encoding, pack) -> None:
    def packed(path: str, body: bytes) -> str:
        return site.answer(path, body=pack(body), headers={"Content-Encoding": encoding})

    assert (await check(make_context(url=packed("/small", b"hello"), contains="hello"))).deviation == 0
    bomb = packed("/bomb", bytes(50_000_000) + b"end")
    answer = await fetch(FREE, Request(url=bomb))
    assert answer.cut
    assert len(answer.text) == FREE.limit


@pytest.mark.parametrize(("encoding", "error"), [("br", PermanentError), ("gzip", TemporaryError)])
async def test_an_answer_that_cant_be_unpacked_is_told(site, make_context, encoding: str, error: type) -> None:
    url = site.answer("/p", body=b"not packed", headers={"Content-Encoding": encoding})
    with pytest.raises(error):
        await check(make_context(url=url, contains="x"))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain; charset=latin-1", "é".encode("latin-1")),
        ("text/plain; charset=nonsense", "é".encode()),
        ("text/plain", "é\xff".encode()),
    ],
)
async def test_text_is_read_in_its_charset(site, make_context, content_type: str, body: bytes) -> None:
    url = site.answer("/t", body=body, headers={"Content-Type": content_type})
    assert (await check(make_context(url=url, contains="é"))).deviation == 0


async def test_credentials_are_sent_but_shown_nowhere(site, make_context, unused_tcp_port: int, caplog) -> None:
    caplog.set_level("DEBUG")
    site.answer("/in", text="ok")
    url = site.url("/in?token=hush", "me:hunter2@127.0.0.1")
    outcome = await check(make_context(url=url, status=201))
    assert site.seen[0].headers["Authorization"].startswith("Basic ")
    with pytest.raises(TemporaryError) as caught:
        await check(make_context(url=f"http://me:hunter2@127.0.0.1:{unused_tcp_port}/?token=hush"))
    with pytest.raises(PermanentError) as refused:
        await check(make_context(url=url), STRICT)
    logged = [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]  # the server's own
    told = f"{outcome} {caught.value!r} {refused.value!r} {caught.value.__cause__} {logged}"
    assert "hunter2" not in told
    assert "hush" not in told


async def test_credentials_do_not_follow_a_redirect_to_another_host(site, make_context) -> None:
    site.answer("/away", status=302, headers={"Location": site.url("/there", "other.example.org")})
    site.answer("/there", text="ok")
    fetching = Fetching(refusal=only_this_server, resolve=names({"other.example.org": ["127.0.0.1"]}, []))
    await check(make_context(url=site.url("/away", "me:hunter2@127.0.0.1")), fetching)
    assert ["Authorization" in request.headers for request in site.seen] == [True, False]


def test_an_address_is_shown_without_its_secrets() -> None:
    assert shown_url("https://u:p@example.org:8443/a/b?token=1#x") == "https://example.org:8443/a/b"
    assert shown_url("http://[::1]:80/") == "http://[::1]:80/"
    assert shown_url("http://[broken") == "the address"
    assert len(shown_url("https://example.org/" + "a" * 1000)) == 200


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"url": ""},
        {"url": "example.org"},
        {"url": "file:///etc/passwd"},
        {"url": "gopher://example.org/"},
        {"url": "https://"},
        {"url": "https://example.org:99999/"},
        {"url": "https://[broken/"},
        {"url": "https://example.org/a b"},
        {"url": "https://example.org/\r\nHost: other"},
        {"url": "https://example.org/" + "a" * 3000},
        {"url": "https://example.org/", "status": 99},
        {"url": "https://example.org/", "status": 200.5},
        {"url": "https://example.org/", "status": "200"},
        {"url": "https://example.org/", "contains": ""},
        {"url": "https://example.org/", "json": ["a"]},
        {"url": "https://example.org/", "json": {"a" * 201: 1}},
        {"url": "https://example.org/", "json": {str(n): n for n in range(51)}},
    ],
)
def test_unusable_inputs_are_refused(inputs) -> None:
    with pytest.raises(InvalidInputError):
        builtin_registry(WorkOptions()).get("http_check").check_inputs(inputs)


def test_private_addresses_are_refused_unless_the_operator_allows_them() -> None:
    for allowed, rule in ((False, why_refused), (True, nothing_refused)):
        run = builtin_registry(WorkOptions(allow_private_addresses=allowed)).get("http_check").run
        assert run.args[0].refusal is rule  # type: ignore[union-attr] # a partial
