"""One tiny call that shows whether a model can be reached. Imports pydantic-ai."""

import asyncio
from dataclasses import dataclass

from pydantic_ai import ModelRequest
from pydantic_ai.direct import model_request
from pydantic_ai.settings import ModelSettings

from engine.agents.calls import CallFacts, Purpose
from engine.agents.faults import model_faults
from engine.agents.models import Models
from engine.money import Account, Amount

ASKED = "Reply with the word OK."
MOST_TOKENS = 512
"""Of the answer: models that think before they speak need some room."""
ACCOUNT = Account(name="check")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a call took."""

    model: str
    """That which answered, by its provider's name."""
    spent: Amount
    seconds: float


async def probe(models: Models) -> Probe:
    """Ask the main model, or those to fall back on. Raises what `model_faults` makes of their faults."""
    facts = CallFacts(purpose=Purpose.CHECK, accounts=(ACCOUNT,))
    now = asyncio.get_running_loop().time
    begun = now()
    with model_faults():
        answer = await model_request(
            models.for_calls(facts),
            [ModelRequest.user_text_prompt(ASKED)],
            model_settings=ModelSettings(max_tokens=MOST_TOKENS),
        )
    seconds = now() - begun
    spent = await models.meter.spending.spent(ACCOUNT.name)
    return Probe(model=answer.model_name or "", spent=spent, seconds=seconds)
