"""What calls cost: by the operator's own price list first, then by the one that comes with genai-prices (offline)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.agents.names import ModelName, Provider
from engine.errors import InvalidInputError
from engine.money import MICROS

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Micro-dollars for a million tokens."""

    tokens_in: int
    tokens_out: int


FREE = Price(tokens_in=0, tokens_out=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Tokens of one call. Those read from or written to a cache are part of `tokens_in`."""

    tokens_in: int
    tokens_out: int
    cache_read: int = 0
    cache_write: int = 0

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.tokens_in + self.tokens_out


class PriceUnknownError(InvalidInputError):
    """Nobody knows what a model costs, so no budget could hold it."""

    def __init__(self, model: ModelName) -> None:
        super().__init__(
            "model", f"the price of «{model}» is not known", f"set MILEPOST_MODEL_PRICES, {model}=0.15/0.60 for example"
        )


class PriceList:
    """Prices of models. Those of a local one are nothing unless the operator says otherwise."""

    def __init__(self, own: Mapping[str, Price] | None = None) -> None:
        """`own` is by the model's full name, `openai:my-model`."""
        self._own = dict(own or {})

    def cost(self, model: ModelName, used: Used) -> int:
        """Micro-dollars, rounded up. Raises `PriceUnknownError`."""
        own = self._own.get(str(model))
        if own is None and model.provider is Provider.OLLAMA:
            own = FREE
        if own is not None:
            return -(-(used.tokens_in * own.tokens_in + used.tokens_out * own.tokens_out) // MILLION)
        return _listed(model, used)

    def check(self, model: ModelName) -> None:
        """Raise `PriceUnknownError` for a model whose calls can't be charged."""
        self.cost(model, Used(tokens_in=1, tokens_out=1))


def _listed(model: ModelName, used: Used) -> int:
    from genai_prices import Usage, calc_price  # noqa: PLC0415 - 0.2 s that only a start with a model should pay

    usage = Usage(
        input_tokens=used.tokens_in,
        output_tokens=used.tokens_out,
        cache_read_tokens=used.cache_read,
        cache_write_tokens=used.cache_write,
    )
    try:
        price = calc_price(usage, model.name, provider_id=str(model.provider)).total_price
    except (LookupError, ValueError):  # no such model or provider in the list, or counts that make no sense for it
        raise PriceUnknownError(model) from None
    return math.ceil(Decimal(price) * MICROS)
