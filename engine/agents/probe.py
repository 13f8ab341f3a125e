"""One tiny call that shows whether a model can be reached. Imports pydantic-ai."""

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
    is_estimate: bool
    """Whether the server said nothing of what it took, so that the most it may have taken is charged."""


async def probe(models: Models) -> Probe:
    """Ask the main model, or those to fall back on. Raises what `model_faults` makes of their faults."""
    model = models.for_calls(CallFacts(purpose=Purpose.CHECK, accounts=(ACCOUNT,)))
    begun = models.meter.now()  # what it takes to load the model's package is not the model's time
    with model_faults():
        answer = await model_request(
            model,
            [ModelRequest.user_text_prompt(ASKED)],
            model_settings=ModelSettings(max_tokens=MOST_TOKENS),
        )
    seconds = models.meter.now() - begun
    spent = await models.meter.spending.spent(ACCOUNT.name)
    return Probe(model=answer.model_name or "", spent=spent, seconds=seconds, is_estimate=not answer.usage.total_tokens)
