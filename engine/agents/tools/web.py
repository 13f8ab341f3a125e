"""`fetch_url`: reads a page of the web. Private addresses are refused on every hop; size, time, redirects are bounded.

An address is also a way out: what an agent knows can be written into it. So a long one needs a person's yes.
"""

import asyncio
from urllib.parse import unquote, urlsplit

from pydantic_ai import RunContext
from pydantic_ai.toolsets import FunctionToolset

from engine.agents.runs.facts import Manner, RunFacts
from engine.agents.tools.marking import marked, one_line, part_of
from engine.agents.tools.pages import page_text
from engine.errors import PermanentError
from engine.values import JsonObject
from engine.work.http_client import read
from engine.work.web_requests import Answer, Fetching, Request, check_url, raise_if_busy, shown_url

FETCH = "fetch_url"
MOST = 20_000
"""Characters of a page that one call returns."""
LONGEST_UNASKED = 160
"""Characters of an address after the server's name, or the labels of that name, that no person is asked about."""
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_READABLE = frozenset({"application/json", "application/xml", "application/javascript", "application/x-ndjson", ""})


def web_toolset(fetching: Fetching) -> FunctionToolset[RunFacts]:
    """The tool, with the bounds of every request."""
    toolset = FunctionToolset[RunFacts](id="web")

    async def fetch_url(ctx: RunContext[RunFacts], url: str, start: int = 0) -> str:
        """Read a web page, or another text on the web. Returns its text with the addresses that it links to.

        Args:
            url: The address, with http:// or https://.
            start: The character to begin with; a long page comes in parts.
        """
        check_url(url)
        answer = await read(fetching, Request(url=url))
        raise_if_busy(answer, ctx.deps.now())
        text = await asyncio.to_thread(_text_of, answer)  # a page of a megabyte takes a second to read
        return marked(part_of(text, start, MOST), f"{shown_url(answer.url)} (status {answer.status})")

    toolset.add_function(fetch_url, name=FETCH)
    return toolset


def web_manners() -> dict[str, Manner]:
    """How it may be used."""
    return {FETCH: Manner(asks=_ask, repeatable=True)}


def _text_of(answer: Answer) -> str:
    if answer.kind in _HTML:
        text = page_text(answer.text, answer.url)
    elif answer.kind.startswith("text/") or answer.kind in _READABLE or answer.kind.endswith(("+json", "+xml")):
        text = answer.text
    else:
        raise PermanentError(f"{shown_url(answer.url)} is {one_line(answer.kind, 60)}, which can't be read as text")
    cut = "\n(The page is longer than what was read of it.)" if answer.cut else ""
    return f"{text or '(There is no text on this page.)'}{cut}"


async def _ask(facts: RunFacts, arguments: JsonObject) -> str | None:
    del facts  # who asks makes no difference: what was read before may have made it ask
    url = str(arguments.get("url", ""))
    if carries(url) <= LONGEST_UNASKED:
        return None
    return f"Read this web address? It is long enough to carry something out: {one_line(unquote(url), 400)}"


def carries(url: str) -> int:
    """How many characters of an address could tell its server something, beyond a plain name."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return 0  # it is refused before anybody is asked for it
    told = len(parts.path) + len(parts.query) + len(parts.username or "") + len(parts.password or "")
    return max(told, len(parts.hostname or ""))
