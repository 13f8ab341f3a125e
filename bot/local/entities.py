"""Formatting as Telegram normalises it: cleaned text, entities checked, split where they cross, found by themselves.

Everything counts in UTF-16 code units.
"""

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from pydantic import JsonValue

from bot.local.markup import checked_address, parse_html, utf16_length
from bot.local.messages import JsonObject, SimEntity
from bot.local.refusals import WrongCall, bad_request, cannot_parse_entities, unsupported_parse_mode

MAX_ENTITIES = 100
SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = ("blockquote", "expandable_blockquote")
FOUND_BY_ITSELF = ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number")
KNOWN = frozenset(
    (
        *SPLITTABLE,
        *QUOTES,
        *FOUND_BY_ITSELF,
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    )
)
# The order of entities with the same stretch: outer ones first.
RANK = {name: rank for rank, name in enumerate((*QUOTES, "text_link", "text_mention", "pre", "code"))}
CONTROL: dict[int, str | None] = {
    **dict.fromkeys(range(33), " "),
    10: "\n",
    **dict.fromkeys((13, *range(0x2028, 0x202F), 0x333, 0x33F, 0x30A)),
}

DETECTED = re.compile(
    r"(?P<url>\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?)\]»'])"
    r"|(?P<email>\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b)"
    r"|(?P<mention>(?<![\w@/])@[A-Za-z]\w{2,31}\b)"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/<>]))"
    r"|(?P<hashtag>(?<![\w#])#(?=\w*[^\W\d])\w{1,256}\b)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """A text with its entities, as Telegram keeps it."""

    text: str
    entities: tuple[SimEntity, ...] = ()


def read_entities(raw: JsonValue) -> list[SimEntity]:
    """Entities from a Bot API list; raises `Refusal` for what is none."""
    if not isinstance(raw, list):
        raise cannot_parse_entities("expected an Array of message entities")
    return [_read_entity(item) for item in raw]


def _read_entity(item: JsonValue) -> SimEntity:
    if not isinstance(item, dict):
        raise bad_request("can't parse MessageEntity: MessageEntity must be an Object")
    kind, offset, length = item.get("type"), item.get("offset"), item.get("length")
    if not isinstance(kind, str) or kind not in KNOWN:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    if not isinstance(offset, int) or not isinstance(length, int):
        missing = "length" if isinstance(offset, int) else "offset"
        raise bad_request(f'can\'t parse MessageEntity: Field "{missing}" must be of type Number')
    return _with_details(SimEntity(type=kind, offset=offset, length=length), item)


def _with_details(entity: SimEntity, item: JsonObject) -> SimEntity:
    """The entity with what its kind carries besides."""
    match entity.type:
        case "text_link":
            return replace(entity, url=_address(item.get("url")))
        case "text_mention":
            user = item.get("user")
            user_id = user.get("id") if isinstance(user, dict) else None
            if not isinstance(user_id, int):
                raise bad_request("can't parse MessageEntity: Can't find field \"user\"")
            return replace(entity, user_id=user_id)
        case "pre":
            return replace(entity, language=_word(item.get("language")))
        case "custom_emoji":
            return replace(entity, custom_emoji_id=_word(item.get("custom_emoji_id")))
        case "date_time":
            moment = item.get("unix_time")
            if not isinstance(moment, int):
                raise bad_request("can't parse MessageEntity: Can't find field \"unix_time\"")
            return replace(entity, unix_time=moment, date_time_format=_word(item.get("date_time_format")))
        case _:
            return entity


def _word(value: JsonValue) -> str | None:
    """A string that says something; None otherwise."""
    return value if isinstance(value, str) and value else None


def _address(raw: JsonValue) -> str:
    if not isinstance(raw, str):
        raise bad_request("can't parse MessageEntity: Can't find field \"url\"")
    address = checked_address(raw)
    if address is None:
        raise bad_request(f"entity URL '{raw}' is invalid: Wrong HTTP URL")
    return address


def format_text(text: str, parse_mode: str, raw_entities: JsonValue) -> Formatted:
    """The text and entities that a bot's message gets; raises `Refusal`. Length is for the caller to check.

    `parse_mode` empty or None-like: `raw_entities` (None: none) count instead, as in the Bot API.
    """
    if parse_mode and parse_mode.lower() not in ("html", "none"):
        if parse_mode.lower() in ("markdown", "markdownv2"):
            raise WrongCall("the simulator knows HTML and entities; Milepost uses no Markdown parse mode")
        raise unsupported_parse_mode()
    if parse_mode.lower() == "html":
        text, entities = parse_html(text)
    else:
        entities = read_entities(raw_entities) if raw_entities is not None else []
    return normalise(text, entities)


def normalise(text: str, entities: list[SimEntity]) -> Formatted:
    """Clean and trim the text, check, split and complete the entities; at most 100 of them are kept."""
    kept = [entity for entity in entities if entity.length > 0 and entity.type not in FOUND_BY_ITSELF]
    for entity in kept:
        if entity.offset < 0:
            raise bad_request("entity has incorrect offset or length specified")
    kept = untangle(kept)
    _check_bounds(text, kept)
    text, kept = _clean(text, kept)
    text, kept = _trim(text, kept)
    kept = [entity for entity in kept if entity.length > 0]
    kept += [found for found in detect(text) if not any(_touch(found, other) for other in kept if _is_solid(other))]
    return Formatted(text=text, entities=tuple(untangle(kept)[:MAX_ENTITIES]))


def _is_solid(entity: SimEntity) -> bool:
    """Whether nothing is looked for inside it."""
    return entity.type not in SPLITTABLE and entity.type not in QUOTES


def _touch(one: SimEntity, other: SimEntity) -> bool:
    return one.offset < other.offset + other.length and other.offset < one.offset + one.length


def _order(entity: SimEntity) -> tuple[int, int, int, str]:
    return entity.offset, -entity.length, RANK.get(entity.type, len(RANK)), entity.type


def untangle(entities: list[SimEntity]) -> list[SimEntity]:
    """Entities of which any two are nested or apart: solid ones win, styles are joined and split at their edges."""
    solid: list[SimEntity] = []
    for entity in sorted((one for one in entities if one.type not in SPLITTABLE), key=_order):
        clash = [other for other in solid if _touch(entity, other)]
        if all(other.type in QUOTES and entity.type not in QUOTES and _within(entity, other) for other in clash):
            solid.append(entity)
    edges = {edge for one in solid for edge in (one.offset, one.offset + one.length)}
    shut = [one for one in solid if one.type in ("code", "pre")]
    styles: list[SimEntity] = []
    for kind in SPLITTABLE:
        pieces = _pieces([one for one in entities if one.type == kind], edges)
        pieces = [one for one in pieces if not any(_touch(one, block) for block in shut)]
        pieces = _split_at_crossings(pieces, styles)
        styles += pieces
    return sorted(solid + styles, key=_order)


def _within(inner: SimEntity, outer: SimEntity) -> bool:
    return outer.offset <= inner.offset and inner.offset + inner.length <= outer.offset + outer.length


def _pieces(same: list[SimEntity], edges: set[int]) -> list[SimEntity]:
    """The union of entities of one style, cut at the edges of solid entities that it crosses."""
    joined: list[SimEntity] = []
    for one in sorted(same, key=_order):
        if joined and one.offset <= joined[-1].offset + joined[-1].length:
            end = max(joined[-1].offset + joined[-1].length, one.offset + one.length)
            joined[-1] = replace(joined[-1], length=end - joined[-1].offset)
        else:
            joined.append(one)
    return [piece for one in joined for piece in _cut(one, edges)]


def _cut(entity: SimEntity, edges: set[int]) -> list[SimEntity]:
    end = entity.offset + entity.length
    marks = [entity.offset, *sorted(edge for edge in edges if entity.offset < edge < end), end]
    return [replace(entity, offset=begin, length=stop - begin) for begin, stop in pairwise(marks)]


def _split_at_crossings(pieces: list[SimEntity], others: list[SimEntity]) -> list[SimEntity]:
    """Cut each piece where it crosses, not contains, one of `others`."""
    result: list[SimEntity] = []
    for piece in pieces:
        crossed = [one for one in others if _touch(piece, one) and not _within(piece, one) and not _within(one, piece)]
        edges = {edge for one in crossed for edge in (one.offset, one.offset + one.length)}
        result += _cut(piece, edges)
    return result


def _check_bounds(text: str, entities: list[SimEntity]) -> None:
    """Refuse entities beyond the text or through the middle of a sign, as Telegram words it."""
    starts: dict[int, int] = {}  # UTF-16 offset of each sign -> byte offset
    units = bytes_ = 0
    for sign in text:
        starts[units] = bytes_
        units += 2 if ord(sign) > 0xFFFF else 1
        bytes_ += len(sign.encode(errors="surrogatepass"))
    starts[units] = bytes_
    for entity in entities:
        end = entity.offset + entity.length
        if entity.offset >= units:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {entity.offset}")
        if entity.offset not in starts:
            where = starts[entity.offset + 1]
            raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {where}")
        if end > units:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends after the end of the text at UTF-16"
                f" offset {end}"
            )
        if end not in starts:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends in a middle of a UTF-16 symbol at byte"
                f" offset {starts[end + 1]}"
            )


def clean_text(text: str) -> str:
    """The text without control signs, as Telegram stores it; not trimmed."""
    return text.translate(CONTROL)


def _clean(text: str, entities: list[SimEntity]) -> tuple[str, list[SimEntity]]:
    cleaned = clean_text(text)
    if len(cleaned) == len(text):
        return cleaned, entities
    gone: list[int] = []  # UTF-16 offsets of the signs that are dropped
    units = 0
    for sign in text:
        if CONTROL.get(ord(sign), sign) is None:
            gone.append(units)
        units += 2 if ord(sign) > 0xFFFF else 1

    def moved(offset: int) -> int:
        return offset - sum(1 for position in gone if position < offset)

    return cleaned, [
        replace(one, offset=moved(one.offset), length=moved(one.offset + one.length) - moved(one.offset))
        for one in entities
    ]


def _trim(text: str, entities: list[SimEntity]) -> tuple[str, list[SimEntity]]:
    """Without white space at the end, nor at the begin before the first entity."""
    first = min((one.offset for one in entities), default=utf16_length(text))
    lead = 0
    while lead < min(first, len(text)) and text[lead] in " \n":
        lead += 1
    text = text[lead:].rstrip(" \n")
    units = utf16_length(text)
    return text, [
        replace(one, offset=one.offset - lead, length=min(one.length, units - one.offset + lead))
        for one in entities
        if one.offset - lead < units
    ]


def detect(text: str) -> list[SimEntity]:
    """What Telegram marks by itself: commands, addresses, mentions, hashtags."""
    found: list[SimEntity] = []
    for hit in DETECTED.finditer(text):
        offset, length = utf16_length(text[: hit.start()]), utf16_length(hit[0])
        found.append(SimEntity(type=str(hit.lastgroup), offset=offset, length=length))
    return found
