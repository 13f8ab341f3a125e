"""Reply markup as Telegram takes it: inline keyboards checked button by button, and the older keyboards."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import JsonValue

from bot.local.messages import ButtonRows, JsonObject, SimButton
from bot.local.refusals import (
    bad_request,
    button_data_invalid,
    button_url_invalid,
    button_without_action,
)

ACTIONS = (
    "callback_data",
    "url",
    "copy_text",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
)
STYLES = ("danger", "success", "primary")
MAX_BUTTONS = 100
MAX_DATA = 64  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """What a message carries below: inline buttons, or labels of a keyboard under the input field."""

    buttons: ButtonRows = ()
    reply_keyboard: tuple[tuple[str, ...], ...] = ()


def read_markup(raw: JsonObject | None, *, inline_only: bool = False) -> Markup:
    """The keyboard in `reply_markup` (None: none); raises `Refusal`."""
    if not raw:
        return Markup()
    if "inline_keyboard" in raw:
        return Markup(buttons=_inline(raw["inline_keyboard"]))
    if inline_only:
        raise bad_request("inline keyboard expected")
    if "keyboard" in raw:
        return Markup(reply_keyboard=_labels(raw["keyboard"]))
    if raw.get("remove_keyboard") is True or raw.get("force_reply") is True:
        return Markup()
    raise bad_request("can't parse reply keyboard markup JSON object")


def _inline(raw: JsonValue) -> ButtonRows:
    rows = _rows(raw, "inline keyboard")
    buttons = tuple(tuple(_button(cell) for cell in row) for row in rows if row)
    if sum(len(row) for row in buttons) > MAX_BUTTONS or any(len(row) > 8 for row in buttons):
        raise bad_request("reply markup is too long")
    return buttons


def _rows(raw: JsonValue, what: str) -> list[list[JsonValue]]:
    if not isinstance(raw, list):
        raise bad_request(f'can\'t parse {what}: Field "{what.replace(" ", "_")}" must be of type Array')
    rows: list[list[JsonValue]] = []
    for row in raw:
        if not isinstance(row, list):
            raise bad_request(f"can't parse {what}: Row must be an Array")
        rows.append(row)
    return rows


def _button(raw: JsonValue) -> SimButton:
    if not isinstance(raw, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = raw.get("text")
    if not isinstance(text, str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    action = next((name for name in ACTIONS if name in raw), None)
    if action is None:
        raise button_without_action()
    value = raw[action]
    _check_action(action, value)
    style = raw.get("style")
    if style is not None and style not in STYLES:
        raise bad_request("invalid button style specified")
    return SimButton(text=text, action=action, value=value, style=style if isinstance(style, str) else None)


def _check_action(action: str, value: JsonValue) -> None:
    match action:
        case "callback_data":
            if not isinstance(value, str) or not 1 <= len(value.encode()) <= MAX_DATA:
                raise button_data_invalid()
        case "url":
            if not isinstance(value, str) or not _is_address(value):
                raise button_url_invalid(str(value))
        case "copy_text":
            text = value.get("text") if isinstance(value, dict) else None
            if not isinstance(text, str) or not 1 <= len(text) <= 256:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")
        case _:
            pass  # Milepost has none of these; they are shown and do nothing


def _is_address(url: str) -> bool:
    if re.match(r"(?i)tg://[a-z]", url):
        return True
    parts = urlsplit(url if "://" in url else f"http://{url}")
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "") and " " not in url


def _labels(raw: JsonValue) -> tuple[tuple[str, ...], ...]:
    labels: list[tuple[str, ...]] = []
    for row in _rows(raw, "keyboard"):
        texts = [cell.get("text") if isinstance(cell, dict) else cell for cell in row]
        labels.append(tuple(str(text) for text in texts))
    return tuple(labels)


def button_json(button: SimButton) -> JsonObject:
    """The button as the Bot API shows it."""
    raw: JsonObject = {"text": button.text, button.action: button.value}
    if button.style is not None:
        raw["style"] = button.style
    return raw
