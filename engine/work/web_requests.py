"""What is asked of a web address and what comes back, as values, and how addresses are read and shown."""

import asyncio
import datetime as dt
import email.utils
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

from engine.errors import InvalidInputError, ResourceBlocked
from engine.work.addresses import why_refused

URL_LENGTH = 2048
LONGEST_RETRY_AFTER = 86_400.0
"""Seconds; a server that says more is asked again after a day."""

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a name and a port to addresses; raises `OSError` when there are none."""


async def resolve_name(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, by the operating system.

    In a daemon thread of its own: a lookup can hang for half a minute, and must not hold up the exit as a thread of
    the loop's pool would.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Sequence[str]] = loop.create_future()

    def settle(addresses: Sequence[str], error: OSError | None) -> None:
        if found.done():
            return
        if error is None:
            found.set_result(addresses)
        else:
            found.set_exception(error)

    def look() -> None:
        addresses: list[str] = []
        problem: OSError | None = None
        try:
            addresses = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except OSError as error:
            problem = error
        except UnicodeError:
            problem = OSError("a name that can't be looked up")
        with suppress(RuntimeError):  # the loop is closed: nobody waits for the answer any more
            loop.call_soon_threadsafe(settle, addresses, problem)

    threading.Thread(target=look, name=f"resolve {host}", daemon=True).start()
    return await found


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """The bounds of every request."""

    refusal: Callable[[str], str] = why_refused
    """Why an address must not be talked to; empty when it may."""
    timeout: float = 20.0
    """Seconds for all of it: the lookup, every redirect, the body."""
    limit: int = 1_000_000
    """Bytes of a body that are read."""
    redirects: int = 5
    resolve: Resolve = resolve_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One reading of a web address."""

    url: str
    follow: bool = True
    """Whether redirects are followed."""
    body: bool = True
    """Whether the body is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said in the end."""

    url: str
    """The address that answered, after redirects."""
    status: int
    text: str = ""
    kind: str = ""
    """The media type that the server names, such as `text/html`."""
    cut: bool = False
    """Whether the body was longer than the limit."""
    retry_after: str = ""
    """The header of that name, as it came."""


def check_url(written: str, *, field: str = "url") -> SplitResult:
    """The parts of an http or https address. Raises `InvalidInputError`; the message holds no secret of the address."""
    accepts = "an address such as https://example.org/health"
    if len(written) > URL_LENGTH or any(ord(sign) <= 32 or ord(sign) == 127 for sign in written):
        raise InvalidInputError(field, "it is too long or has blanks in it", accepts)
    try:
        parts = urlsplit(written)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InvalidInputError(field, "it is no web address", accepts)
    return parts


def shown_url(url: str) -> str:
    """An address for people and logs, without what may be secret: user, password, query and fragment."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "the address"
    host = f"[{host}]" if ":" in host else host
    shown = f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path}"
    return shown if len(shown) <= 200 else f"{shown[:199]}…"


def raise_if_busy(answer: Answer, now: dt.datetime) -> None:
    """Raise `ResourceBlocked` when the server asks to come back later (429, 503)."""
    if answer.status in (429, 503):
        host = urlsplit(answer.url).hostname or ""
        reason = f"{shown_url(answer.url)} answered {answer.status}: it asks to come back later"
        raise ResourceBlocked(host, reason, retry_after=retry_after_seconds(answer.retry_after, now))


def retry_after_seconds(header: str, now: dt.datetime) -> float | None:
    """The seconds that a `Retry-After` header means, a number or a date, from 0 to a day; None when it says nothing."""
    written = header.strip()
    if written.isascii() and written.isdecimal():
        return min(float(written[:9]), LONGEST_RETRY_AFTER)
    try:
        moment = email.utils.parsedate_to_datetime(written)
    except (ValueError, TypeError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER)
