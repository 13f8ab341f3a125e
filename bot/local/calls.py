"""One Bot API call from begin to end: the fault that may meet it, the method, the lost answer."""

import contextlib
import inspect
from collections.abc import Mapping

from pydantic import JsonValue

from bot.local.faults import AFTERWARDS, ConnectionLost, Fault, FaultKind
from bot.local.messages import Upload
from bot.local.methods import about, editing, sending, updates
from bot.local.methods.table import METHODS
from bot.local.parameters import Params
from bot.local.refusals import Refusal, bad_gateway, method_not_found, too_many_requests
from bot.local.world import World

# The modules that fill the table of methods.
FILLED_BY = (about, editing, sending, updates)


async def carry_out(world: World, name: str, values: Mapping[str, JsonValue], files: Mapping[str, Upload]) -> JsonValue:
    """The `result` of the call; raises `Refusal`, `ConnectionLost` or, for a mistake of ours, `WrongCall`."""
    if world.is_closed:
        raise ConnectionLost("the simulator is closed")  # what it would do now could not be remembered
    params = Params(name, values, files)
    fault = world.faults.take(name, params.chat_id_or_none(), str(values.get("text", "")))
    if fault is None:
        return await _do(world, name, params)
    if fault.kind not in AFTERWARDS:
        await _spoil(world, fault)
    with contextlib.suppress(Refusal):  # a refusal is an answer too, and is lost
        await _do(world, name, params)
    if fault.kind is FaultKind.HANG_AFTER:
        await world.faults.wait_cleared()
    raise ConnectionLost("the connection broke before the answer")


async def _do(world: World, name: str, params: Params) -> JsonValue:
    method = METHODS.get(name.lower())
    if method is None:
        raise method_not_found()
    params.refuse_unknown(method.accepts)
    world.purge()
    result = method.work(world, params)
    return await result if inspect.isawaitable(result) else result


async def _spoil(world: World, fault: Fault) -> None:
    """Fail without doing anything, in the way that the fault says."""
    match fault.kind:
        case FaultKind.BAD_GATEWAY:
            raise bad_gateway()
        case FaultKind.TOO_MANY_REQUESTS:
            raise too_many_requests(fault.retry_after)
        case FaultKind.HANG:
            await world.faults.wait_cleared()
            raise ConnectionLost("no answer came")
        case FaultKind.DOWN | FaultKind.LOST_ANSWER | FaultKind.HANG_AFTER:
            raise ConnectionLost("Telegram can't be reached")
