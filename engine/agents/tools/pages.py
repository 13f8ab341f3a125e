"""What a web page says, as plain text: headings, lists, tables and links; no scripts, menus or hidden text."""

import re
from collections.abc import Mapping
from urllib.parse import urldefrag, urljoin

from engine.agents.tools.html_tokens import Closing, Opening, tokens

_LEFT_OUT = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "audio", "video", "select",
    "button", "dialog", "textarea", "nav", "footer", "aside",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "blockquote", "body", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "form",
    "header", "hr", "main", "ol", "p", "pre", "section", "table", "tbody", "thead", "tr", "ul", "li", "br", "title",
    "h1", "h2", "h3", "h4", "h5", "h6",
})  # fmt: skip
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_CELLS = frozenset({"td", "th"})
_HIDDEN_STYLE = re.compile(r"(?:display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden)", re.IGNORECASE)
_GAPS = re.compile(r"\n{3,}")
_ENOUGH = 200
"""Characters in the main part of a page that make the rest of it dispensable."""
_LONGEST_LINK = 300


def page_text(html: str, address: str) -> str:
    """The text of an HTML page that was found at an address. Never raises, whatever the page holds."""
    found = _read(html, address, everything=False)
    return found or _read(html, address, everything=True)  # a page that is nothing but menus still says something


def _read(html: str, address: str, *, everything: bool) -> str:
    page = _Page(address, everything=everything)
    for token in tokens(html):
        match token:
            case Opening():
                page.open(token)
            case Closing():
                page.close(token.name)
            case _:
                page.say(token)
    return page.text()


class _Page:
    """A page that is being read, from its first sign to its last."""

    def __init__(self, address: str, *, everything: bool) -> None:
        self._address = address
        self._everything = everything
        self._all: list[str] = []
        self._main: list[str] = []
        self._in_main = 0
        self._title = ""
        self._in_title = False
        self._skipping = ""  # the name of the element that is left out; empty: none is
        self._depth = 0  # of elements of that name
        self._verbatim = 0
        self._cells = 0  # of the row, so far
        self._links: list[tuple[str, int]] = []  # where they lead, and where their words begin

    def open(self, tag: Opening) -> None:
        """An element begins."""
        name = tag.name
        if self._skipping:
            self._depth += name == self._skipping
            return
        if name not in _VOID and self._is_left_out(tag):
            self._skipping, self._depth = name, 1
            return
        self._in_title = name == "title"
        self._in_main += name == "main"
        self._verbatim += name == "pre"
        if name in _BLOCKS:
            self._put("\n\n" if name in _HEADINGS or name == "p" else "\n")
            self._cells = 0
        if name in _HEADINGS:
            self._put(_HEADINGS[name])
        elif name in _CELLS:
            self._put(" | " if self._cells else "")
            self._cells += 1
        elif name == "li":
            self._put("- ")
        elif name == "img" and tag.attributes.get("alt", "").strip():
            self._put(f"[picture: {' '.join(tag.attributes['alt'].split())}]")
        elif name == "a":
            self._links.append((self._target(tag.attributes), len(self._all)))

    def close(self, name: str) -> None:
        """An element ends."""
        if self._skipping:
            self._depth -= name == self._skipping
            if not self._depth:
                self._skipping = ""
            return
        if name == "title":
            self._in_title = False
        elif name == "a" and self._links:
            self._end_link(*self._links.pop())
        elif name in _BLOCKS:
            self._put("\n\n" if name in _HEADINGS or name == "p" else "\n")
        self._in_main -= name == "main" and self._in_main > 0
        self._verbatim -= name == "pre" and self._verbatim > 0

    def say(self, words: str) -> None:
        """Text, where it is not left out."""
        if self._skipping:
            return
        if self._in_title:
            self._title = self._title or " ".join(words.split())
            return
        self._put(words if self._verbatim else " ".join(f".{words}.".split())[1:-1])

    def text(self) -> str:
        """All that was said; only what the main part of the page says, where that is enough."""
        main = _tidied("".join(self._main))
        body = main if len(main) >= _ENOUGH and not self._everything else _tidied("".join(self._all))
        return f"{self._title}\n\n{body}".strip() if self._title and body else body or self._title

    def _is_left_out(self, tag: Opening) -> bool:
        if tag.name in ("script", "style"):
            return True
        if self._everything:
            return False
        told = tag.attributes
        hidden = "hidden" in told or told.get("aria-hidden", "").lower() == "true"
        return tag.name in _LEFT_OUT or hidden or bool(_HIDDEN_STYLE.search(told.get("style", "")[:500]))

    def _put(self, words: str) -> None:
        self._all.append(words)
        if self._in_main:
            self._main.append(words)

    def _target(self, attributes: Mapping[str, str]) -> str:
        try:
            target = urldefrag(urljoin(self._address, attributes.get("href", "").strip()))[0]
        except ValueError:
            return ""
        own = urldefrag(self._address)[0]
        usable = target.startswith(("http://", "https://")) and target != own and len(target) <= _LONGEST_LINK
        return target if usable and target.isprintable() and " " not in target else ""

    def _end_link(self, target: str, begin: int) -> None:
        if target and any(piece.strip() for piece in self._all[begin : begin + 50]):
            self._put(f" ({target})")


def _tidied(text: str) -> str:
    lines = (line.rstrip() if line.startswith("  ") else line.strip() for line in text.split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()
