"""Telegram's HTML: a strict parser that takes and refuses what the Bot API does, in its words.

Only tags on the list open; a bare `<` is an error; only four named references and numeric ones decode.
Offsets of entities count UTF-16 code units, offsets in refusals bytes of UTF-8.
"""

import re
from dataclasses import dataclass

from bot.local.messages import SimEntity
from bot.local.refusals import Refusal, bad_request, cannot_parse_entities

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]*)|#(?P<dec>[0-9]*)|(?P<name>[a-zA-Z]*));?")
SPACE = " \t\r\n\0\v"
ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?[^\s/?#.]+\.[^\s]+|tg://\S+|(?:ton|mailto|tel):\S+", re.IGNORECASE)
USER_LINK = re.compile(r"tg://user\?id=(\d+)", re.IGNORECASE)


def utf16_length(text: str) -> int:
    """How many UTF-16 code units the text has; what Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def decode_reference(text: str, at: int) -> tuple[str, int]:
    """The sign that the reference at `at` stands for and where it ends; ("", at) when it is plain text."""
    found = REFERENCE.match(text, at)
    if found is None:
        return "", at
    if found["name"] is not None:
        return (NAMED[found["name"]], found.end()) if found["name"] in NAMED else ("", at)
    digits, radix = (found["hex"], 16) if found["hex"] is not None else (found["dec"], 10)
    code = int(digits, radix) if digits and len(digits) < 10 else 0
    if code == 0 or code >= 0x10FFFF:
        return "", at
    if 0xD800 <= code <= 0xDFFF:
        raise bad_request(
            "can't parse entities: Text contains invalid Unicode characters after decoding HTML entities, check for"
            " unmatched surrogate code units"
        )
    return chr(code), found.end()


@dataclass(slots=True)
class _Tag:
    """An open tag: its name, what its attributes say, and where its text begins."""

    name: str
    attributes: dict[str, str]
    offset: int
    text_at: int


class _HtmlParser:
    """One pass over one text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out: list[str] = []
        self.offset = 0
        self.open: list[_Tag] = []
        self.entities: list[SimEntity] = []

    def parse(self) -> tuple[str, list[SimEntity]]:
        while self.at < len(self.source):
            sign = self.source[self.at]
            if sign == "<":
                self._tag()
                continue
            decoded, end = decode_reference(self.source, self.at) if sign == "&" else ("", self.at)
            self.at = end if decoded else self.at + 1
            self.out.append(decoded or sign)
            self.offset += utf16_length(decoded or sign)
        if self.open:
            raise cannot_parse_entities(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        return "".join(self.out), self.entities

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode())

    def _refuse(self, why: str, position: int) -> Refusal:
        return cannot_parse_entities(f"{why} at byte offset {self._bytes(position)}")

    def _skip(self, stop_at: str) -> str:
        """Move to the next sign of `stop_at` or the end; what was passed over."""
        begin = self.at
        while self.at < len(self.source) and self.source[self.at] not in stop_at:
            self.at += 1
        return self.source[begin : self.at]

    def _skip_space(self) -> None:
        while self.at < len(self.source) and self.source[self.at] in SPACE:
            self.at += 1

    def _peek(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def _tag(self) -> None:
        begin = self.at
        self.at += 1
        if self._peek() == "/":
            self._end_tag(begin)
            return
        name = self._skip(SPACE + ">").lower()
        if not self._peek():
            raise self._refuse("Unclosed start tag", begin)
        if name not in TAGS:
            raise self._refuse(f'Unsupported start tag "{name}"', begin)
        attributes: dict[str, str] = {}
        self._skip_space()
        while self._peek() != ">":
            self._attribute(name, begin, attributes)
            self._skip_space()
        self.at += 1
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._refuse('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_Tag(name=name, attributes=attributes, offset=self.offset, text_at=len(self.out)))

    def _attribute(self, tag: str, begin: int, attributes: dict[str, str]) -> None:
        key = self._skip(SPACE + "=>").lower()
        if not self._peek():
            raise self._refuse(f'Unclosed start tag "{tag}"', begin)
        if not key:
            raise self._refuse(f'Empty attribute name in the tag "{tag}"', begin)
        self._skip_space()
        if self._peek() != "=":
            attributes[key] = ""
            return
        self.at += 1
        self._skip_space()
        if not self._peek():
            raise self._refuse(f'Unclosed start tag "{tag}"', begin)
        attributes[key] = self._quoted() if self._peek() in "'\"" else self._token()
        if not self._peek():
            raise self._refuse("Unclosed start tag", begin)

    def _token(self) -> str:
        begin = self.at
        while (sign := self._peek()) and sign.isascii() and (sign.isalnum() or sign in ".-"):
            self.at += 1
        if (self._peek() or "?") not in SPACE + ">":
            raise self._refuse("Unexpected end of name token", begin)
        return self.source[begin : self.at].lower()

    def _quoted(self) -> str:
        quote = self.source[self.at]
        self.at += 1
        value: list[str] = []
        while self._peek() not in (quote, ""):
            decoded, end = decode_reference(self.source, self.at)
            value.append(decoded or self.source[self.at])
            self.at = end if decoded else self.at + 1
        if self._peek():
            self.at += 1
        return "".join(value)

    def _end_tag(self, begin: int) -> None:
        if not self.open:
            raise self._refuse("Unexpected end tag", begin)
        self.at += 1
        name = self._skip(SPACE + ">").lower()
        self._skip_space()
        if self._peek() != ">":
            raise self._refuse("Unclosed end tag", begin)
        self.at += 1
        tag = self.open.pop()
        if name not in ("", tag.name):
            raise cannot_parse_entities(
                f'Unmatched end tag at byte offset {self._bytes(begin)}, expected "</{tag.name}>", found "</{name}>"'
            )
        if self.offset > tag.offset:
            self._close(tag)

    def _close(self, tag: _Tag) -> None:
        length = self.offset - tag.offset
        match tag.name:
            case "a":
                inner = "".join(self.out[tag.text_at :])
                found = link(tag.attributes.get("href") or inner, tag.offset, length)
            case "tg-emoji":
                found = self._emoji(tag, length)
            case "tg-time":
                found = self._moment(tag, length)
            case "code" | "pre":
                found = self._code(tag, length)
            case "blockquote":
                kind = "expandable_blockquote" if "expandable" in tag.attributes else "blockquote"
                found = SimEntity(type=kind, offset=tag.offset, length=length)
            case name:
                found = SimEntity(type=TAGS[name], offset=tag.offset, length=length)
        if found is not None:
            self.entities.append(found)

    def _emoji(self, tag: _Tag, length: int) -> SimEntity:
        emoji_id = tag.attributes.get("emoji-id", "")
        if not emoji_id.isdecimal() or int(emoji_id) == 0:
            raise cannot_parse_entities("Invalid custom emoji identifier specified")
        return SimEntity(type="custom_emoji", offset=tag.offset, length=length, custom_emoji_id=emoji_id)

    def _moment(self, tag: _Tag, length: int) -> SimEntity:
        moment = tag.attributes.get("unix", "")
        if not moment.isdecimal():
            raise cannot_parse_entities("Invalid date specified")
        return SimEntity(
            type="date_time",
            offset=tag.offset,
            length=length,
            unix_time=int(moment),
            date_time_format=tag.attributes.get("format") or None,
        )

    def _code(self, tag: _Tag, length: int) -> SimEntity:
        """Code or pre; the two around each other, with a language, are one block."""
        last = self.entities[-1] if self.entities else None
        if last is None or (last.offset, last.length) != (tag.offset, length):
            return SimEntity(type=tag.name, offset=tag.offset, length=length, language=_language(tag))
        if {last.type, tag.name} == {"code", "pre"} and (last.language or _language(tag)):
            self.entities.pop()
            language = last.language or _language(tag)
            return SimEntity(type="pre", offset=tag.offset, length=length, language=language)
        return SimEntity(type=tag.name, offset=tag.offset, length=length, language=_language(tag))


def _language(tag: _Tag) -> str | None:
    """The language a code tag names; None when it names none."""
    named = tag.attributes.get("class", "")
    return named.removeprefix("language-") if tag.name == "code" and named.startswith("language-") else None


def link(url: str, offset: int, length: int) -> SimEntity | None:
    """The entity of a link; None where Telegram silently drops it as no address."""
    if user := USER_LINK.fullmatch(url):
        return SimEntity(type="text_mention", offset=offset, length=length, user_id=int(user[1]))
    address = checked_address(url)
    return SimEntity(type="text_link", offset=offset, length=length, url=address) if address else None


def checked_address(url: str) -> str | None:
    """The address as Telegram keeps it (with a scheme and a path); None when it is none."""
    url = url.strip()
    if not ADDRESS.fullmatch(url):
        return None
    if re.match(r"(?i)(?:ton|mailto|tel):", url):
        return url
    if "://" not in url:
        url = f"http://{url}"
    scheme, _, rest = url.partition("://")
    if scheme.lower() in ("http", "https") and not re.search(r"[/?#]", rest):
        url += "/"
    return url


def parse_html(source: str) -> tuple[str, list[SimEntity]]:
    """The plain text and its entities (in closing order, not normalised); raises `Refusal` for bad HTML."""
    text, entities = _HtmlParser(source).parse()
    return text, [
        entity if entity.type != "code" else SimEntity(type="code", offset=entity.offset, length=entity.length)
        for entity in entities
    ]
