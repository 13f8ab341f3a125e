"""Loads libraries for the life of the process: out of the garbage collector's sight, and nothing built in vain."""

import gc
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel


@contextmanager
def for_good() -> Iterator[None]:
    """Aiogram and what is imported in this block are never searched for garbage.

    aiogram leaves 100,000 objects that last as long as the process. To walk through them over and over takes a tenth
    of its import, and then 0.1 s at a stretch in which everything stands still, first amid the first answer.
    """
    with unsearched():
        aiogram()
        yield


@contextmanager
def unsearched() -> Iterator[None]:
    """What is made in this block is never searched for garbage, neither while it is made nor ever after."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def aiogram() -> None:
    """Import aiogram, each of whose models is then built when it is first used.

    Left to itself it builds all six hundred while it is imported, which takes two thirds of a bot's start; a bot uses
    fifty. pydantic would build them later by itself, but finds no names that a module gives to type checkers alone.
    """
    if "aiogram" in sys.modules:
        return
    names: dict[str, object] = {}
    postponed: list[type[BaseModel]] = []

    def postpone(model: type[BaseModel], *, _types_namespace: dict[str, object]) -> None:
        names.update(_types_namespace)
        postponed.append(model)

    building = BaseModel.__dict__["model_rebuild"]
    BaseModel.model_rebuild = classmethod(postpone)  # type: ignore[assignment, method-assign] # until it is imported
    try:
        import aiogram  # noqa: PLC0415 - only now
    finally:
        BaseModel.model_rebuild = building  # type: ignore[method-assign] # as it was
    for model in postponed:
        known = vars(sys.modules[model.__module__])
        fields = (field for kind in model.__mro__ for field in vars(kind).get("__annotations__", {}).values())
        wanted = set(re.findall(r"\w+", " ".join(map(str, fields))))
        known.update({name: names[name] for name in wanted & names.keys() - known.keys()})
    # Most of what Telegram says is made of a message: unbuilt it would be gone through again for each kind of answer.
    for built in (aiogram.types.Message, aiogram.types.Update):
        built.model_rebuild()
