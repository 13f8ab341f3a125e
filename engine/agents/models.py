"""The configured models, made when the first one is needed. Imports pydantic-ai; `options.py` does not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from httpx2 import AsyncClient, Timeout
from pydantic_ai.exceptions import ModelAPIError, UnexpectedModelBehavior
from pydantic_ai.models import Model
from pydantic_ai.models.fallback import FallbackModel
from pydantic_ai.settings import ModelSettings

from engine.agents.breaker import BreakerOpen
from engine.agents.calls import CallFacts
from engine.agents.meter import Meter
from engine.agents.metered import MeteredModel
from engine.agents.names import ModelName, Provider
from engine.agents.options import ModelOptions
from engine.errors import InvalidInputError

CONNECT = 10.0
"""Real seconds in which a server must take the connection."""


_NO_HELP = (ModelAPIError, UnexpectedModelBehavior, BreakerOpen)
"""With these of one model the next one is asked: it is down, answers with nonsense, or is left alone for now."""


class Models:
    """Hands out models for calls. All of them share the connections, the meter and its breakers."""

    def __init__(self, options: ModelOptions, meter: Meter) -> None:
        self.options = options
        self.meter = meter
        self._made: dict[ModelName, Model] = {}
        self._client = AsyncClient(timeout=Timeout(options.timeout, connect=CONNECT))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    def for_calls(self, facts: CallFacts, *, small: bool = False) -> Model:
        """A model for calls with these facts: the configured one, behind it those to fall back on.

        Raises `InvalidInputError` when one can't be made, because its package is not installed or its key missing.
        """
        metered: list[Model] = [self._metered(name, facts) for name in self.options.chain(small=small)]
        if len(metered) == 1:
            return metered[0]
        return FallbackModel(metered[0], *metered[1:], fallback_on=_NO_HELP)

    def _metered(self, name: ModelName, facts: CallFacts) -> Model:
        if name not in self._made:
            self._made[name] = self._make(name)
        return MeteredModel(self._made[name], name, self.meter, facts, self.options.most_tokens)

    def _make(self, name: ModelName) -> Model:
        options = self.options
        key, url = options.key(name.provider), options.url
        is_own_server = url is not None and name.provider is Provider.OPENAI
        if key is None and name.provider is not Provider.OLLAMA and not is_own_server:
            raise InvalidInputError("MILEPOST_MODEL_KEY", f"there is no key for {name.provider}", "set it")
        way = Way(key=key or "none", url=url, client=self._client)
        if name.provider is Provider.OLLAMA and url is None:
            way = replace(way, url=options.ollama)
        settings = ModelSettings(
            timeout=options.timeout, request_timeout=options.timeout, max_tokens=options.most_tokens
        )
        try:
            return _MAKERS[name.provider](name.name, way, settings)
        except ImportError as error:
            package = f"milepost[{name.provider}]"
            raise InvalidInputError(
                "MILEPOST_MODEL", f"«{name}» needs a package that is not installed", f"pip install '{package}'"
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a provider is reached."""

    key: str = field(repr=False)
    url: str | None
    client: AsyncClient


def _openai(name: str, way: Way, settings: ModelSettings) -> Model:
    from engine.agents.openai_client import (  # noqa: PLC0415 - only the provider that is configured
        LeanChatModel,
        LeanOpenAI,
    )

    return LeanChatModel(name, LeanOpenAI(base_url=way.url, api_key=way.key, http_client=way.client), settings)


def _anthropic(name: str, way: Way, settings: ModelSettings) -> Model:
    from pydantic_ai.models.anthropic import AnthropicModel  # noqa: PLC0415 - only the provider that is configured
    from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415 - the same

    provider = AnthropicProvider(base_url=way.url, api_key=way.key, http_client=way.client)
    return AnthropicModel(name, provider=provider, settings=settings)


def _google(name: str, way: Way, settings: ModelSettings) -> Model:
    from pydantic_ai.models.google import GoogleModel  # noqa: PLC0415 - only the provider that is configured
    from pydantic_ai.providers.google import GoogleProvider  # noqa: PLC0415 - the same

    provider = GoogleProvider(base_url=way.url, api_key=way.key, http_client=way.client)
    return GoogleModel(name, provider=provider, settings=settings)


_MAKERS: Mapping[Provider, Callable[[str, Way, ModelSettings], Model]] = {
    Provider.OPENAI: _openai,
    Provider.OLLAMA: _openai,
    Provider.ANTHROPIC: _anthropic,
    Provider.GOOGLE: _google,
}
