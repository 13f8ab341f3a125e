"""Functions that a program hands in to do the parts of a goal, as work functions."""

import inspect
from collections.abc import Awaitable, Callable

from engine.errors import InvalidInputError
from engine.execution.attempts import Brought, is_async
from engine.work.registry import WorkContext, WorkFunction, WorkResult

Function = Callable[..., object]


def part_function(function: Function) -> WorkFunction:
    """What does each part: called with the part's `WorkContext` where the function needs an argument, else without.

    Raises `InvalidInputError` for what can't be called either way.
    """
    if not callable(function):
        raise InvalidInputError("work_function", f"{function!r} can't be called", "pass a function")
    takes_context = _takes_context(function)

    def call(context: WorkContext) -> object:
        return function(context) if takes_context else function()

    async def run_async(context: WorkContext) -> WorkResult:
        result = call(context)
        return _kept(await result if inspect.isawaitable(result) else result)

    async def finished(result: Awaitable[object]) -> WorkResult:
        return _kept(await result)

    def run_sync(context: WorkContext) -> Brought:
        result = call(context)
        return finished(result) if inspect.isawaitable(result) else _kept(result)

    return run_async if is_async(function) else run_sync


def _takes_context(function: Function) -> bool:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # one that is written in C and does not tell
        return False
    for arguments in ((), (None,)):
        try:
            signature.bind(*arguments)
        except TypeError:
            continue
        return bool(arguments)
    raise InvalidInputError(
        "work_function", f"{function!r} needs more than one argument", "a function of none, or of the WorkContext"
    )


def _kept(result: object) -> WorkResult:
    return result  # type: ignore[return-value]  # whatever it is, the attempt makes JSON of it
