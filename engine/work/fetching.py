"""Reads web addresses. The client is only imported when one is read.

Apart from it, because aiohttp takes a good part of a second to import, and a start without web checks needn't pay.
"""

from engine.work.web_requests import Answer, Fetching, Request


async def fetch(fetching: Fetching, request: Request) -> Answer:
    """Read a web address within the bounds.

    Raises `TemporaryError` for trouble on the way, `PermanentError` for an address that is refused or makes no sense.
    """
    from engine.work.http_client import read  # noqa: PLC0415 - imports aiohttp, which only a web check should pay for

    return await read(fetching, request)
