"""What buttons carry: short enough at the largest ids, read back as they were, and handled by some router."""

from enum import Enum

import pytest
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, User
from pydantic.fields import FieldInfo

from handlers.callbacks import TAPS, read_tap
from handlers.reading.carried import LARGEST_ID, LARGEST_NUMBER
from handlers.routing import COMMANDS, build_dispatcher
from tests.handlers.conftest import the_dispatcher


def largest(name: str, field: FieldInfo) -> object:
    if name == "value" and field.annotation is str:
        return "America/Argentina/ComodRivadavia"
    if name == "digest":
        return "f" * 16
    if name in ("goal", "at", "approval"):
        return LARGEST_ID
    return LARGEST_NUMBER


def every_tap(kind: type[CallbackData]) -> list[CallbackData]:
    """One for each deed, listing or delay, with the largest ids."""
    fields = kind.model_fields
    kinds = {name: field.annotation for name, field in fields.items()}
    enums = {name: e for name, e in kinds.items() if isinstance(e, type) and issubclass(e, Enum)}
    fixed = {name: largest(name, field) for name, field in fields.items() if name not in enums}
    fixed = {name: value for name, value in fixed.items() if name not in ("strategy",)}
    if not enums:
        return [kind(**fixed)]
    name, choices = next(iter(enums.items()))
    return [kind(**{**fixed, name: choice}) for choice in choices]


@pytest.mark.parametrize("kind", TAPS, ids=lambda kind: kind.__name__)
def test_a_button_fits_64_bytes_at_the_largest_ids_and_reads_back(kind: type[CallbackData]) -> None:
    for tap in every_tap(kind):
        data = tap.pack()
        assert len(data.encode()) <= 64
        assert read_tap(data) == tap


def test_prefixes_are_unique() -> None:
    prefixes = [kind.__prefix__ for kind in TAPS]
    assert len(set(prefixes)) == len(prefixes)


async def test_every_button_has_a_handler_of_its_own() -> None:
    handlers = [handler for router in the_dispatcher().chain_tail for handler in router.callback_query.handlers]
    user = User(id=7, is_bot=False, first_name="Ann")
    for tap in (tap for kind in TAPS for tap in every_tap(kind)):
        query = CallbackQuery(id="1", from_user=user, chat_instance="1", data=tap.pack())
        found = [handler.callback.__name__ for handler in handlers if (await handler.check(query))[0]]
        assert found[0] != "unknown_button", tap
        assert found[-1] == "unknown_button", tap


@pytest.mark.parametrize(
    "data", ["", ":", "g", "g:open", "g:open:1:2", "g:fly:1", "nope:1", "t:done:x:1:1", "g:open:١x"]
)
def test_data_that_is_none_of_ours_reads_as_nothing(data: str) -> None:
    assert read_tap(data) is None


def test_commands_keep_to_telegrams_rules() -> None:
    assert len(COMMANDS) <= 100
    for name, description in COMMANDS:
        assert name.isascii()
        assert name.islower()
        assert len(name) <= 32
        assert 1 <= len(description) <= 256


def test_a_dispatcher_can_be_built_more_than_once() -> None:
    assert build_dispatcher() is not build_dispatcher()
