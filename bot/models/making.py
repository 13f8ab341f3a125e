"""Makes the models of this process. Imports pydantic-ai: it is itself imported when a model is needed, in a thread."""

import asyncio
from contextlib import suppress

from bot.models.on_demand import ModelsOnDemand
from engine.agents.calls import CallFacts, Purpose
from engine.agents.meter import Meter
from engine.agents.models import Models
from engine.agents.options import ModelOptions
from engine.agents.prices import PriceList
from engine.errors import EngineError


async def models_of(wanted: ModelsOnDemand) -> Models:
    """The process's models."""
    async with wanted.making:
        if not isinstance(wanted.made, Models):
            meter = Meter(
                spending=wanted.accounts.spending,
                prices=PriceList(wanted.options.prices),
                clock=wanted.clock,
                boot=wanted.boot,
                now=wanted.now,
                on_nearly=lambda facts, accounts: wanted.on_notice(),
                newest=wanted.accounts.renewed,
            )
            models = await asyncio.to_thread(_made, wanted.options, meter)
            wanted.made, wanted.closing = models, models.close
            return models
        return wanted.made


def _made(options: ModelOptions, meter: Meter) -> Models:
    """In a thread, with all that the first call would import: no tap is to wait for it."""
    models = Models(options, meter)
    with suppress(EngineError):  # what is wrong is told by the first call
        models.for_calls(CallFacts(purpose=Purpose.CHECK))
        meter.prices.check(options.main)
    return models
