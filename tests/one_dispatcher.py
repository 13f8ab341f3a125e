"""The dispatcher of all bots in a process that tests: it keeps nothing of what passes through it, and a bot that builds
its own takes a tenth of a second for that.
"""

import functools

from aiogram import Dispatcher

from handlers.routing import build_dispatcher


@functools.cache
def the_dispatcher() -> Dispatcher:
    """Built at the first need."""
    return build_dispatcher()
