"""What the operator says about models. Imports no pydantic-ai: a start without a model needs none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.agents.conversation.talk import FileKind
from engine.agents.names import ModelName, Provider
from engine.agents.prices import Price
from engine.money import UNBOUNDED, Cap

OLLAMA = "http://localhost:11434/v1"
"""Where Ollama listens unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOptions:
    """The models to use, how to reach them, and what they may cost."""

    main: ModelName
    fallbacks: tuple[ModelName, ...] = ()
    """Asked in this order when the main one can't answer."""
    small: ModelName | None = None
    """A cheap one for small work; None takes the main one for it, too."""
    url: str | None = None
    """The address of a server; None means the provider's own."""
    ollama: str = OLLAMA
    keys: Mapping[Provider | None, str] = field(default_factory=dict, repr=False)
    """Keys by provider; under None the one for all others."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """By full name; they win over those that are known."""
    timeout: float = 120.0
    """Real seconds one request may take."""
    most_tokens: int = 8_000
    """Tokens of one answer."""
    takes: frozenset[FileKind] | None = None
    """What may be shown to models; None for what is known of them."""
    a_goal: Cap = UNBOUNDED
    """What each goal may cost unless its owner says otherwise."""
    a_day: Cap = UNBOUNDED
    """What all of a chat's goals and talk may cost in a day."""

    def key(self, provider: Provider) -> str | None:
        """The key for a provider; None when there is none."""
        return self.keys.get(provider, self.keys.get(None))

    def chain(self, *, small: bool) -> tuple[ModelName, ...]:
        """The models to ask, in order, none twice."""
        first = self.small if small and self.small is not None else self.main
        return tuple(dict.fromkeys((first, *((self.main,) if small else ()), *self.fallbacks)))
