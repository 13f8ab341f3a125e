"""The settings about code work, as the operator writes them."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from bot.accepted.paths import absolute, folder
from engine.coding.checking import checked_name
from engine.coding.options import ListedRepository
from engine.errors import InvalidInputError


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _repositories(value: object) -> object:
    """`shop=/srv/shop, site=~/site` as a tuple."""
    if not isinstance(value, str):
        return value
    found: dict[str, ListedRepository] = {}
    for part in _parts(value):
        name, _, path = part.partition("=")
        try:
            named = checked_name(name.strip())
        except InvalidInputError as error:
            raise ValueError(error.problem) from error
        if not path.strip() or named.casefold() in found:
            raise ValueError("not name=path, each name once")
        found[named.casefold()] = ListedRepository(name=named, path=absolute(Path(path.strip())))
    return tuple(found.values())


def _roots(value: object) -> object:
    """`/srv/code, ~/projects` as a tuple; each has to be there, for a slip of the pen opens another folder."""
    if not isinstance(value, str):
        return value
    return tuple(folder(absolute(Path(part))) for part in _parts(value))


def _names(value: object) -> object:
    """`GITHUB_TOKEN, GH_HOST` as a tuple."""
    if not isinstance(value, str):
        return value
    names = tuple(_parts(value))
    if not all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) for name in names):
        raise ValueError("no name of a variable")
    return names


NamesSetting = Annotated[tuple[str, ...], BeforeValidator(_names)]
RepositoriesSetting = Annotated[tuple[ListedRepository, ...], BeforeValidator(_repositories)]
RootsSetting = Annotated[tuple[Path, ...], BeforeValidator(_roots)]
