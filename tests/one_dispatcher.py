"""The dispatcher of all bots in a process that tests: a bot that builds its own takes a tenth of a second for that."""

import functools

from aiogram import Dispatcher
from aiogram.types import Update

from handlers.routing import build_dispatcher


def the_dispatcher() -> Dispatcher:
    """Built at the first need, for a bot that begins anew.

    Its updates have the numbers that those of others had; aiogram, which takes the number for the hash, would compare
    each with all that it remembers.
    """
    Update.event_type.fget.cache_clear()
    return _built()


@functools.cache
def _built() -> Dispatcher:
    return build_dispatcher()
