"""Markdown of a model as messages that Telegram takes, whatever is in it: entities, parts, plain text at the worst."""

import logging
import re
from collections.abc import Iterator, Sequence

from aiogram.utils.formatting import sizeof

from engine.values import JsonValue
from handlers.views.letters import ENTITIES, LIMIT, cut, words

logger = logging.getLogger(__name__)

_SMALLEST, _SLACK = 512, 100
"""UTF-16 units: of a message that is made shorter for its formatting, and what its last line may take more."""
MOST_PARTS = 8
"""Messages of one answer."""
_LESS_THAN = "\uf8f0"
"""Stands for «<» while Markdown is read, which would take `List<int>` for a tag and drop it. Of the same length."""
_MARK = r"(?>[ \t]*+(?:(?:[-*+]|\d{1,9}+[.)])(?=[ \t])|>))"
_DEEP = re.compile(rf"^({_MARK}{{12}}){_MARK}++", re.MULTILINE)
"""Lists and quotes within each other on one line: a parser's work and memory grow with the square of them, so that
«- - - …», which a model may fall into, would take gigabytes. Code has fewer of them («>>>>>>> branch»)."""
_DEAR = re.compile(r"\$\$|\\[(\[]|```|~~~")
"""Marks for which a parser may look through all the rest of an answer."""
_DEAREST = 10_000_000
"""Signs that may be looked at so: about a tenth of a second."""
_LINKS = ("http://", "https://", "tg://", "mailto:", "tel:")

Part = tuple[str, list[JsonValue]]
"""A text of at most 4,096 UTF-16 units, and its entities."""


def parts_of(markdown: str) -> list[Part]:
    """The messages that an answer makes, one at least."""
    clean = _DEEP.sub(r"\1", words(markdown.replace(_LESS_THAN, ""), 2 * MOST_PARTS * LIMIT))
    try:
        found = _formatted(clean) if len(_DEAR.findall(clean)) * len(clean) <= _DEAREST else _plain(clean)
    except Exception:  # one outgoing message: a stranger's parser meets a stranger's text
        logger.exception("an answer is sent without its formatting")
        found = _plain(clean)
    shown = found[:MOST_PARTS]
    if len(found) > MOST_PARTS:
        text, entities = shown[-1]
        shown[-1] = (cut(f"{text} ", LIMIT - 1).rstrip(" …") + "…", entities)
    return [(text, _fitting(entities, text)) for text, entities in shown] or [("…", [])]


def beginning_of(markdown: str) -> str:
    """As much of a growing answer as one message holds, without formatting that may not be closed yet."""
    text, _ = parts_of(markdown[: 2 * LIMIT])[0]
    return text


def _formatted(markdown: str) -> list[Part]:
    from telegramify_markdown import (  # noqa: PLC0415 - with the first answer
        MessageEntity,
        RenderConfig,
        convert,
        split_entities,
    )

    config = RenderConfig.isolated()
    symbols = config.markdown_symbol
    symbols.heading_level_1 = symbols.heading_level_2 = symbols.heading_level_3 = symbols.heading_level_4 = ""
    symbols.task_uncompleted = "☐"  # theirs looks ticked
    text, entities = convert(markdown.replace("<", _LESS_THAN), config=config)

    def told(entity: MessageEntity) -> JsonValue:
        return {name: _restored(value) for name, value in entity.to_dict().items()}

    def split(text: str, entities: list[MessageEntity], limit: int) -> Iterator[Part]:
        for piece, within in split_entities(text, entities, limit):
            if len(within) > ENTITIES and limit > _SMALLEST:  # more than Telegram keeps: shorter messages hold fewer
                pieces = len(within) // ENTITIES + 1
                yield from split(piece, within, min(sizeof(piece) // pieces + _SLACK, limit - 1))
            else:
                yield _trimmed(piece, [told(one) for one in within if one.length > 0])

    return [part for part in split(text.replace(_LESS_THAN, "<"), entities, LIMIT) if part[0]]


def _restored(value: object) -> JsonValue:
    if isinstance(value, str):
        return value.replace(_LESS_THAN, "<")
    return value if isinstance(value, int) else None


def _trimmed(text: str, entities: Sequence[JsonValue]) -> Part:
    """Without blanks at both ends, which Telegram takes away, and with them the place that entities count from."""
    lead = sizeof(text) - sizeof(text.lstrip())
    moved: list[JsonValue] = []
    for one in entities:
        if isinstance(one, dict) and isinstance(offset := one.get("offset"), int) and isinstance(one["length"], int):
            begin = max(offset - lead, 0)
            moved.append({**one, "offset": begin, "length": offset - lead + one["length"] - begin})
    return text.strip(), moved


def _fitting(entities: Sequence[JsonValue], text: str) -> list[JsonValue]:
    """Those that lie in the text and that Telegram would not refuse, as many as it keeps."""
    units = sizeof(text)
    kept: list[JsonValue] = []
    for one in entities:
        if not isinstance(one, dict):
            continue
        offset, length, url = one.get("offset"), one.get("length"), one.get("url")
        if not isinstance(offset, int) or not isinstance(length, int) or (url is not None and not _is_link(url)):
            continue
        length = min(length, units - offset)
        if length > 0:
            kept.append({**one, "length": length})
    return kept[:ENTITIES]


def _is_link(url: JsonValue) -> bool:
    return isinstance(url, str) and url.lower().startswith(_LINKS) and not any(sign.isspace() for sign in url)


def _plain(text: str) -> list[Part]:
    """The text in pieces without formatting, at line breaks where there are any."""
    pieces: list[str] = []
    while sizeof(text) > LIMIT:
        piece = cut(text, LIMIT).removesuffix("…")
        border = piece.rfind("\n")
        piece = piece[: border + 1] if border > len(piece) // 2 else piece
        pieces.append(piece.strip())
        text = text[len(piece) :]
    return [(piece, []) for piece in (*pieces, text.strip()) if piece]
