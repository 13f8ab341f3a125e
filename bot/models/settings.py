"""The settings about models: what is accepted for each, and what the engine gets of them."""

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from engine.agents.conversation.talk import FileKind
from engine.agents.names import ModelName, Provider, parse_model
from engine.agents.prices import Price
from engine.errors import InvalidInputError
from engine.money import MICROS, Cap


def _model(value: object) -> object:
    try:
        return parse_model(value) if isinstance(value, str) else value
    except InvalidInputError as error:
        raise ValueError(error.problem) from error


def _models(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(_model(part) for part in value.split(",") if part.strip())


def _prices(value: object) -> object:
    """`openai:my-model=0.15/0.60, ollama:big=0` as prices by name: dollars for a million tokens, in and out."""
    if not isinstance(value, str):
        return value
    found: dict[str, Price] = {}
    for part in value.strip().removesuffix("{}").split(","):
        if not part.strip():
            continue
        name, equals, told = part.rpartition("=")
        tokens_in, _, tokens_out = told.partition("/")
        if not equals:
            raise ValueError("not name=price")
        found[str(_model(name))] = Price(tokens_in=_micros(tokens_in), tokens_out=_micros(tokens_out or tokens_in))
    return found


def _micros(text: str) -> int:
    dollars = float(text)
    if not 0 <= dollars <= 100_000:
        raise ValueError("no price")
    return round(dollars * MICROS)


_TAKES = {"pictures": FileKind.PICTURE, "voice": FileKind.VOICE}


def _takes(value: object) -> object:
    """`pictures, voice` as kinds of files; `nothing` as none of them."""
    if not isinstance(value, str):
        return value
    named = [part.strip().lower() for part in value.split(",") if part.strip()]
    if named == ["nothing"]:
        return frozenset()
    if any(name not in _TAKES for name in named):
        raise ValueError("no such kind")
    return frozenset(_TAKES[name] for name in named) or None


def _keys(value: SecretStr) -> SecretStr:
    keys_of(value)
    return value


def keys_of(secret: SecretStr) -> Mapping[Provider | None, str]:
    """`sk-…` is the key for all; `openai=sk-…, anthropic=sk-…` one for each. Raises `ValueError`."""
    known = {one.value: one for one in Provider}
    found: dict[Provider | None, str] = {}
    for part in secret.get_secret_value().split(","):
        name, equals, key = part.strip().partition("=")
        provider = known.get(name.strip().lower()) if equals else None
        text = key.strip() if provider is not None else part.strip()
        if not text or not text.isprintable() or any(char.isspace() for char in text):
            raise ValueError("no key")
        found[provider] = text
    return found


_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}\.(?:\*|[^\s,*]{1,64})")


def _safe(value: object) -> object:
    """`files.read, search.*` as a tuple."""
    if not isinstance(value, str):
        return value
    names = tuple(part.strip() for part in value.split(",") if part.strip())
    if not all(_SAFE.fullmatch(name) for name in names):
        raise ValueError("not server.tool")
    return names


SafeToolsSetting = Annotated[tuple[str, ...], BeforeValidator(_safe)]
ModelSetting = Annotated[ModelName, BeforeValidator(_model)]
ModelsSetting = Annotated[tuple[ModelName, ...], BeforeValidator(_models)]
PricesSetting = Annotated[dict[str, Price], BeforeValidator(_prices)]
TakesSetting = Annotated[frozenset[FileKind] | None, BeforeValidator(_takes)]
KeySetting = Annotated[SecretStr, AfterValidator(_keys)]


def cap_of(dollars: float | None, tokens: int | None) -> Cap:
    """A cap; None for what is not bounded."""
    return Cap(micros=None if dollars is None else round(dollars * MICROS), tokens=tokens)


def passwords_in(url: str) -> tuple[str, ...]:
    """What an address holds of a login: the password as it stands there and as it is meant, and all that stands before
    the host, for a password that is too short to be looked for. Nothing where there is none."""
    try:
        told = urlsplit(url)
        name, password = told.netloc.rpartition("@")[0], told.password
    except ValueError:
        return ()
    found = (f"{told.scheme}://{name}@", password or "", unquote(password or "")) if name else ()
    return tuple(dict.fromkeys(one for one in found if one))
