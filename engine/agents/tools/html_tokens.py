"""Reads HTML of any kind, in time that grows with its length alone: what strangers write may be made to hang a reader.

Parsers that build a tree, and the one that comes with Python, take minutes for a megabyte that was written to that end.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

_NAME = re.compile(r"[A-Za-z][^\s/>]{0,40}")
_ATTRIBUTE = re.compile(r"[\s/]*([^\s=>/][^\s=>/]{0,60})(?:\s{0,9}=\s{0,9}(\"[^\"]*\"|'[^']*'|[^\s>]*))?")
_RAW = {name: re.compile(rf"</{name}[\s/>]", re.IGNORECASE) for name in ("script", "style", "textarea", "title")}
"""Within these, nothing is a tag but their own end."""
_MOST_ATTRIBUTES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A tag that opens; its name and the names of its attributes in small letters."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A tag that closes."""

    name: str


Token: TypeAlias = str | Opening | Closing


def tokens(written: str) -> Iterator[Token]:
    """Texts, with references such as `&amp;` read, and tags. Comments and declarations are left out."""
    at, size = 0, len(written)
    while at < size:
        begin = written.find("<", at)
        if begin < 0:
            yield unescaped(written[at:])
            return
        if begin > at:
            yield unescaped(written[at:begin])
        if written.startswith("<!--", begin):
            at = _after(written, "-->", begin + 4)
        elif written.startswith(("<!", "<?"), begin):
            at = _after(written, ">", begin + 2)
        elif closing := _NAME.match(written, begin + 2) if written.startswith("</", begin) else None:
            yield Closing(name=closing[0].lower())
            at = _after(written, ">", closing.end())
        elif opening := _NAME.match(written, begin + 1):
            tag, at = _opening(written, opening)
            yield tag
            if tag.name in _RAW:
                found = _RAW[tag.name].search(written, at)
                end = found.start() if found else size
                yield written[at:end] if tag.name in ("script", "style") else unescaped(written[at:end])
                at = end
        else:
            yield "<"
            at = begin + 1


def _after(written: str, sign: str, begin: int) -> int:
    """The place after the sign; the end where there is none: nobody looks for it a second time."""
    found = written.find(sign, begin)
    return len(written) if found < 0 else found + len(sign)


def _opening(written: str, name: re.Match[str]) -> tuple[Opening, int]:
    found: dict[str, str] = {}
    at = name.end()
    while len(found) < _MOST_ATTRIBUTES and (match := _ATTRIBUTE.match(written, at)):
        value = match[2] or ""
        quoted = value[:1] in ("'", '"') and value[-1:] == value[:1] and len(value) > 1
        found.setdefault(match[1].lower(), unescaped(value[1:-1] if quoted else value))
        at = match.end()
    return Opening(name=name[0].lower(), attributes=found), _after(written, ">", at)


def unescaped(text: str) -> str:
    """Text with its references read; as it stands where one names a number that is no character's."""
    try:
        return html.unescape(text) if "&" in text else text
    except (ValueError, OverflowError):
        return text
