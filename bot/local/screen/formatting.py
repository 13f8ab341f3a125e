"""Text with Telegram's entities as Textual content, cut into lines that fit a bubble."""

import bisect
import datetime as dt
from collections.abc import Sequence
from itertools import accumulate

from textual.content import Content, Span
from textual.style import Style

from bot.local.messages import SimEntity

# Entities that are drawn by a style alone. `$…` names a colour of the theme.
_STYLES = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strikethrough": "strike",
    "spoiler": "dim italic",
    "code": "$code-text on $code-back",
    "pre": "$code-text on $code-back",
    "blockquote": "italic $quote-text",
    "expandable_blockquote": "italic $quote-text",
    "mention": "$link-text",
    "text_mention": "$link-text",
    "hashtag": "$link-text",
    "cashtag": "$link-text",
    "bot_command": "$link-text",
    "email": "$link-text",
    "phone_number": "$link-text",
    "url": "$link-text underline",
    "text_link": "$link-text underline",
    "date_time": "underline",
}


def content_of(text: str, entities: Sequence[SimEntity]) -> Content:
    """The text in its formatting; links open and commands are sent when they are clicked."""
    starts = list(accumulate((2 if ord(char) > 0xFFFF else 1 for char in text), initial=0))

    def index(offset: int) -> int:
        """The place in the text of an offset in UTF-16 code units."""
        return min(bisect.bisect_left(starts, offset), len(text))

    spans = []
    for entity in entities:
        start, end = index(entity.offset), index(entity.offset + entity.length)
        if entity.type in _STYLES:
            spans.append(Span(start, end, _STYLES[entity.type]))
        action = _action(entity, text[start:end])
        if action is not None:
            spans.append(Span(start, end, Style.from_meta({"@click": action})))
    return Content(text, spans=spans)


def _action(entity: SimEntity, words: str) -> str | None:
    """What a click on the words does, as a Textual action; None: nothing."""
    match entity.type:
        case "url":
            return f"app.open_address({words!r})"
        case "text_link":
            return f"app.open_address({entity.url!r})"
        case "bot_command":
            return f"app.send_text({words!r})"
        case _:
            return None


def lines_within(content: Content, width: int) -> list[Content]:
    """The content in lines of at most `width` cells; no line for an empty text."""
    return [line.rstrip() for line in content.wrap(width)] if content.plain else []


def with_note(lines: Sequence[Content], note: Content, width: int) -> list[Content]:
    """The lines with a note in the lower right corner: on the last line where it fits, else below it."""
    if lines and lines[-1].cell_length + 2 + note.cell_length <= width:
        *first, last = lines
        gap = width - last.cell_length - note.cell_length
        return [*first, Content.assemble(last, " " * gap, note)]
    return [*lines, note.pad_left(max(0, width - note.cell_length))]


def time_told(moment: dt.datetime) -> str:
    """Hours and minutes on the wall of whoever looks."""
    return moment.astimezone().strftime("%H:%M")


def day_told(moment: dt.datetime) -> str:
    """The day on the calendar of whoever looks, such as «3 March 2026»."""
    local = moment.astimezone()
    return f"{local.day} {local.strftime('%B %Y')}"
