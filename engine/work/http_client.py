"""The HTTP client of the works: bounded in time, size and redirects, and it connects to checked addresses only.

The check happens where the connection is made, on the very address that is connected to. So a name that changes its
address between check and use, a redirect, or an odd spelling of an address get nowhere.
"""

import asyncio
import re
import socket
import zlib
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from engine.errors import InvalidInputError, PermanentError, TemporaryError
from engine.work.web_requests import Answer, Fetching, Request, check_url, shown_url

_HEADERS = {"User-Agent": "Milepost", "Accept-Encoding": "identity"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_ANY_ZLIB = 47
"""Tells zlib to recognise its own and gzip's header."""


class _Gate(AbstractResolver):
    """Resolves names and lets connections out, each address checked; remembers why it refused."""

    def __init__(self, fetching: Fetching) -> None:
        self._fetching = fetching
        self.refused = ""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name. One that may not be reached spoils them all: no name means well and has such."""
        found = await self._fetching.resolve(host, port)
        for address in found:
            self._check(address)
        if not found:
            raise OSError("no address")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in dict.fromkeys(found)
        ]

    async def close(self) -> None:
        """Nothing is held."""

    def open_socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """A socket for a connection to that address. The last check: what is not a name comes here directly."""
        family, kind, protocol, _, where = info
        self._check(str(where[0]))
        return socket.socket(family, kind, protocol)

    def _check(self, address: str) -> None:
        reason = self._fetching.refusal(address)
        if reason:
            self.refused = reason
            raise OSError("refused")  # aiohttp counts it as a failed connection; `read` says what it was


async def read(fetching: Fetching, request: Request) -> Answer:
    """See `fetching.fetch`."""
    gate = _Gate(fetching)
    connector = aiohttp.TCPConnector(
        resolver=gate, socket_factory=gate.open_socket, use_dns_cache=False, force_close=True
    )
    try:
        async with (
            asyncio.timeout(fetching.timeout),
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=_HEADERS,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None),
            ) as session,
        ):
            return await _follow(session, fetching, request)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise _what_happened(error, gate, shown_url(request.url), fetching.timeout) from None


def _what_happened(error: Exception, gate: _Gate, where: str, timeout: float) -> TemporaryError | PermanentError:
    """The error in our terms. The library's own words and causes are left out: they quote addresses in full."""
    match error:
        case _ if gate.refused:
            return PermanentError(f"{where} leads to an address that may not be asked: {gate.refused}")
        case TimeoutError():
            return TemporaryError(f"{where} did not answer within {timeout:g} s")
        case aiohttp.InvalidURL() | ValueError():
            return PermanentError(f"{where} is no usable web address")
        case aiohttp.ClientConnectorDNSError():
            return TemporaryError(f"the name in {where} was not found")
        case aiohttp.ClientConnectorCertificateError():
            return TemporaryError(f"{where} has a certificate that is not trusted")
        case aiohttp.ClientSSLError():
            return TemporaryError(f"{where} does not speak TLS properly")
        case aiohttp.ClientConnectorError():
            return TemporaryError(f"{where} could not be reached")
        case _:
            return TemporaryError(f"the connection to {where} broke off")


async def _follow(session: aiohttp.ClientSession, fetching: Fetching, request: Request) -> Answer:
    url = request.url
    for _ in range(fetching.redirects + 1):
        async with session.get(url, allow_redirects=False) as response:
            target = response.headers.get("Location", "")
            if not (request.follow and target and response.status in _REDIRECTS):
                return await _answer(response, url, fetching.limit if request.body else 0)
        url = _next_url(url, target)
    raise PermanentError(f"{shown_url(request.url)} redirects more than {fetching.redirects} times")


def _next_url(url: str, target: str) -> str:
    try:
        joined = urljoin(url, target)
        check_url(joined)
    except (ValueError, InvalidInputError) as error:
        raise PermanentError(f"{shown_url(url)} redirects to something that is no web address") from error
    return joined


async def _answer(response: aiohttp.ClientResponse, url: str, limit: int) -> Answer:
    body, cut = bytearray(), False
    if limit:
        async for chunk in response.content.iter_chunked(65_536):
            body += chunk
            if len(body) > limit:
                cut = True
                break
        plain = _unpacked(bytes(body[:limit]), response.headers.get("Content-Encoding", ""), limit + 1, url)
        body, cut = bytearray(plain[:limit]), cut or len(plain) > limit
    return Answer(
        url=url,
        status=response.status,
        text=_decoded(bytes(body), response.charset or _charset_in(bytes(body), response.content_type)),
        kind=response.content_type,
        cut=cut,
        retry_after=response.headers.get("Retry-After", ""),
    )


def _unpacked(body: bytes, encoding: str, limit: int, url: str) -> bytes:
    """The body of a server that packs it though we asked it not to; up to the limit, as it may unpack to gigabytes."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return body
    if name not in ("gzip", "x-gzip", "deflate"):
        raise PermanentError(f"{shown_url(url)} answers in «{name[:20]}», which was not asked for")
    try:
        return zlib.decompressobj(_ANY_ZLIB).decompress(body, limit)
    except zlib.error as error:
        raise TemporaryError(f"the answer of {shown_url(url)} can't be unpacked") from error


def _charset_in(body: bytes, kind: str) -> str | None:
    """The charset that an HTML page names itself; None when it names none."""
    found = _CHARSET.search(body[:2048]) if kind in ("text/html", "application/xhtml+xml") else None
    return found[1].decode("ascii") if found else None


def _decoded(body: bytes, charset: str | None) -> str:
    try:
        return body.decode(charset or "utf-8", errors="replace")
    except LookupError:
        return body.decode("utf-8", errors="replace")
