"""Reading the parameters of a Bot API call: JSON values, or the strings that a form carries.

What Telegram refuses is a `Refusal`; what it would silently let pass but is surely our mistake is a `WrongCall`.
"""

import json
from collections.abc import Mapping

from pydantic import JsonValue

from bot.local.messages import JsonObject, Upload
from bot.local.refusals import WrongCall, bad_request, chat_id_is_empty, chat_not_found

Values = Mapping[str, JsonValue]


class Params:
    """The parameters and files of one call; raises `Refusal` when a string can't be UTF-8."""

    def __init__(self, method: str, values: Values, files: Mapping[str, Upload]) -> None:
        try:
            _refuse_half_signs(dict(values))
        except ValueError as error:
            raise bad_request("strings must be encoded in UTF-8") from error
        self.method = method
        self._values = {name: value for name, value in values.items() if value is not None}
        self._files = files

    def refuse_unknown(self, accepted: frozenset[str]) -> None:
        """Raise `WrongCall` for a parameter that the method doesn't have."""
        for name in self._values:
            if name not in accepted:
                raise WrongCall(f"{self.method} has no parameter «{name}», or the simulator doesn't know it")

    def has(self, name: str) -> bool:
        """Whether the parameter was given."""
        return name in self._values

    def text(self, name: str) -> str:
        """A string; empty when missing."""
        value = self._values.get(name, "")
        if isinstance(value, dict | list | bool):
            raise WrongCall(f"{self.method}: «{name}» is a string, not {value!r}")
        return str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; `default` when missing, 0 for a string that is none, as Telegram reads it."""
        value = self._values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise WrongCall(f"{self.method}: «{name}» is a whole number, not {value!r}")
        return _whole(value)

    def boolean(self, name: str) -> bool:
        """A truth value; False when missing."""
        value = self._values.get(name, False)
        if isinstance(value, str):
            return value.lower() in ("true", "yes", "1")
        if isinstance(value, bool | int):
            return bool(value)
        raise WrongCall(f"{self.method}: «{name}» is true or false, not {value!r}")

    def json(self, name: str) -> JsonValue:
        """An object or a list, also as the string that a form carries; None when missing."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            parsed: JsonValue = json.loads(value)
            _refuse_half_signs(parsed)
        except ValueError as error:
            what = name.replace("_", " ")
            raise bad_request(f"can't parse {what} JSON object") from error
        return parsed

    def object(self, name: str) -> JsonObject | None:
        """An object; None when missing."""
        value = self.json(name)
        if value is None or isinstance(value, dict):
            return value
        raise bad_request(f"object expected as {name.replace('_', ' ')}")

    def chat_id(self) -> int:
        """The chat that is meant; raises `Refusal` when it is missing or no id (no chat here has a public name)."""
        if not self.text("chat_id"):
            raise chat_id_is_empty()
        chat_id = self.integer("chat_id")
        if chat_id == 0:
            raise chat_not_found()
        return chat_id

    def chat_id_or_none(self) -> int | None:
        """The chat that is named, for faults that look for one; None when there is none."""
        value = self._values.get("chat_id")
        return _whole(value) if isinstance(value, int | str) and not isinstance(value, bool) else None

    def message_id(self) -> int:
        """The message that is meant."""
        message_id = self.integer("message_id")
        if message_id <= 0:
            raise bad_request("message identifier is not specified")
        return message_id

    def file(self, name: str) -> Upload | str:
        """An uploaded file, or the string that names one already there (empty when missing)."""
        if name in self._files:
            return self._files[name]
        return self.resolve(self.text(name))

    def resolve(self, named: str) -> Upload | str:
        """The upload behind `attach://key`, or the string itself."""
        key = named.removeprefix("attach://")
        if key == named:
            return named
        if key not in self._files:
            raise bad_request("file not found in the request")
        return self._files[key]


def _refuse_half_signs(value: JsonValue) -> None:
    """Raise `ValueError` for half of a surrogate pair anywhere inside: it has no place in UTF-8."""
    json.dumps(value, ensure_ascii=False).encode()


def _whole(value: int | str) -> int:
    try:
        return int(value)
    except ValueError:
        return 0
