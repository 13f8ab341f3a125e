"""Names of models: a provider and the provider's own name, `openai:gpt-5-mini`."""

from dataclasses import dataclass
from enum import StrEnum

from engine.errors import InvalidInputError

ACCEPTS = "openai:NAME, anthropic:NAME, google:NAME or ollama:NAME"
_LONGEST = 200


class Provider(StrEnum):
    """Whose interface a model is reached by. Any OpenAI-compatible server is `openai` with an address of its own."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GOOGLE = "google"
    OLLAMA = "ollama"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelName:
    """A model of a provider."""

    provider: Provider
    name: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.name}"


def parse_model(text: str) -> ModelName:
    """The model of that name. Raises `InvalidInputError`."""
    provider, colon, name = text.strip().partition(":")
    known = {one.value for one in Provider}
    usable = bool(name.strip()) and name.isprintable() and not any(char.isspace() for char in name)
    if not colon or provider.lower() not in known or not usable or len(text) > _LONGEST:
        raise InvalidInputError("model", f"«{text[:60]}» names no model", ACCEPTS)
    return ModelName(provider=Provider(provider.lower()), name=name)
