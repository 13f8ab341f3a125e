"""The way every call of a model takes: is the model there, is there money for it, then the call, then the account.

Nothing here knows how models are called; `metered.py` does.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from engine.agents.breaker import Breaker
from engine.agents.calls import CallFacts, CallId, Ending, Reservation, Settlement
from engine.agents.names import ModelName
from engine.agents.prices import PriceList, PriceUnknownError, Used
from engine.clock import Clock
from engine.errors import EngineError, StoreError
from engine.money import Account, Amount, BudgetReached
from engine.ports import Spending
from engine.values import BootId

logger = logging.getLogger(__name__)

SETTLE_AGAIN = (0.2, 1.0, 5.0)
"""Real seconds between tries to settle a call when the database does not take it; then the next start does."""
LOOKS_EVERY = 5.0
"""Real seconds between looks for money that calls under way hold; those of this process are heard of at once."""
MOST_LOOKS = 12
_LONGEST_ERROR = 300


@dataclass(slots=True, kw_only=True)
class Slip:
    """One call under way; whoever makes it writes down here what came of it."""

    used: Used | None = None
    """None as long as nobody knows: then it counts as the most that it may take."""
    ending: Ending = Ending.FAILED
    is_fault: bool = True
    """Whether the model is to blame, so that its breaker counts it."""
    error: str = ""
    micros: int = 0
    """What it was charged with in the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """Breakers, prices and accounts of all models of this process."""

    spending: Spending
    prices: PriceList
    clock: Clock
    boot: BootId
    now: Callable[[], float]
    """Seconds that only go forward."""
    on_nearly: Callable[[CallFacts, Sequence[Account]], None] = lambda facts, accounts: None
    """Told when most of a cap has been spent."""
    newest: Callable[[CallFacts], Awaitable[CallFacts]] | None = None
    """The facts with accounts and caps as they are now: a session may outlast a day, or a change of the budget. None
    to take them as they are given."""
    _breakers: dict[ModelName, Breaker] = field(default_factory=dict)
    _waiting: set[asyncio.Future[None]] = field(default_factory=set)
    """Calls that what others have reserved stands in the way of."""

    def breaker(self, model: ModelName) -> Breaker:
        """That of a model."""
        found = self._breakers.get(model)
        if found is None:
            found = self._breakers[model] = Breaker(str(model), self.now)
        return found

    @asynccontextmanager
    async def call(self, facts: CallFacts, model: ModelName, most: Used) -> AsyncIterator[Slip]:
        """A call that takes at most `most`; within it, it is made. Whatever happens, it is settled.

        Raises `BreakerOpen`, `BudgetReached` or `PriceUnknownError` before anything is asked of the model.
        """
        estimate = Amount(micros=self.prices.cost(model, most), tokens=most.tokens)
        breaker = self.breaker(model)
        is_probe = breaker.admit()
        slip, begun = Slip(), self.now()
        try:
            facts = await self.newest(facts) if self.newest is not None else facts
            wanted = Reservation(facts=facts, model=str(model), estimate=estimate, boot=self.boot, at=self.clock.now())
            call = await self._reserve(wanted)
        except BaseException:
            breaker.undecided(is_probe=is_probe)
            raise
        try:
            yield slip
        except asyncio.CancelledError:
            slip.ending = Ending.CANCELLED
            slip.is_fault = False
            raise
        finally:
            self._tell(breaker, slip, is_probe=is_probe)
            settled = self._settlement(model, most, slip, self.now() - begun)
            slip.micros = settled.micros
            await asyncio.shield(self._settle(facts, call, settled))

    async def _reserve(self, wanted: Reservation) -> CallId:
        """Nobody is asked for money that calls under way may leave over: they are waited for."""
        looks = 0
        while True:
            settled = asyncio.get_running_loop().create_future()
            self._waiting.add(settled)
            try:
                return await self.spending.reserve(wanted)
            except BudgetReached as reached:
                if not reached.is_held or looks == MOST_LOOKS:
                    raise
                await asyncio.wait([settled], timeout=LOOKS_EVERY)
                looks += 1
            finally:
                self._waiting.discard(settled)

    def _tell(self, breaker: Breaker, slip: Slip, *, is_probe: bool) -> None:
        if slip.ending is Ending.CANCELLED:
            breaker.undecided(is_probe=is_probe)
        elif slip.is_fault:
            breaker.failed(is_probe=is_probe)
        else:
            breaker.succeeded()

    def _settlement(self, model: ModelName, most: Used, slip: Slip, seconds: float) -> Settlement:
        used, is_estimate = slip.used or most, slip.used is None
        try:
            micros = self.prices.cost(model, used)
        except PriceUnknownError:  # counts that make no sense: more read from a cache than there was
            used, is_estimate = most, True
            micros = self.prices.cost(model, most)
        return Settlement(
            ending=slip.ending,
            micros=micros,
            tokens_in=used.tokens_in,
            tokens_out=used.tokens_out,
            is_estimate=is_estimate,
            seconds=seconds,
            error=slip.error[:_LONGEST_ERROR],
        )

    async def _settle(self, facts: CallFacts, call: CallId, settled: Settlement) -> None:
        for pause in (*SETTLE_AGAIN, None):
            try:
                nearly = await self.spending.settle(call, settled)
            except StoreError as error:
                if pause is None:
                    logger.error("a call stays reserved until the next start: %s", error)
                    return
                await self.clock.sleep(pause)
            except EngineError:
                logger.exception("a call could not be settled")
                return
            else:
                for one in self._waiting:
                    if not one.done():
                        one.set_result(None)
                if nearly:
                    self.on_nearly(facts, nearly)
                return
