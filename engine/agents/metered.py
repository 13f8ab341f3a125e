"""A model whose every request goes through the meter. Imports pydantic-ai."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from decimal import Decimal

from pydantic_ai import RunContext
from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelConnectionError,
    ModelHTTPError,
    ModelQuotaExceededError,
    ModelRequestRejectedError,
    UnexpectedModelBehavior,
)
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelResponse,
    TextPart,
    ThinkingPart,
    ToolCallPart,
)
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ObjectJsonSchema
from pydantic_ai.usage import RequestUsage

from engine.agents.calls import CallFacts, Ending
from engine.agents.faults import TOO_LARGE, told_in_a_line
from engine.agents.meter import Meter, Slip
from engine.agents.names import ModelName
from engine.agents.prices import Used
from engine.money import MICROS, tokens_of
from engine.values import well_formed

_NOT_SENT = ("pool", "connect")
"""Phases of a connection in which nothing has reached the provider yet."""
_TOOL_TOKENS = 60
"""What naming a tool takes beside its schema."""
_UNTOUCHED = Used(tokens_in=0, tokens_out=0)
_MOST_BELIEVED = 10**8
"""Tokens that one call may say it took: beyond it, and below nothing, a server talks nonsense."""


class MeteredModel(WrapperModel):
    """Lets a request through when the breaker and the budget do, and writes down what it took."""

    def __init__(self, wrapped: Model, name: ModelName, meter: Meter, facts: CallFacts, most_tokens: int) -> None:
        """`most_tokens` bounds each answer that sets no bound of its own: without one nothing could be reserved."""
        super().__init__(wrapped)
        self._name = name
        self._meter = meter
        self._facts = facts
        self._most_tokens = most_tokens
        self._sizes: dict[int, tuple[ModelMessage | ObjectJsonSchema, int]] = {}
        """Of what was said in the last request, by identity: the next one says all of it again."""

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """As the model's own. Raises `BreakerOpen`, `BudgetReached` or `PriceUnknownError` before it is asked."""
        settings = self._bounded(model_settings)
        most = self._most(messages, settings, model_request_parameters)
        async with self._meter.call(self._facts, self._name, most) as slip:
            try:
                response = await self.wrapped.request(messages, settings, model_request_parameters)
            except Exception as error:  # whatever it is, the slip says so; it goes on
                _note(slip, error)
                raise
            _answered(slip, response.usage)
        _complete(response, slip)
        return response

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[object] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        """The same, while the answer comes in."""
        settings = self._bounded(model_settings)
        most = self._most(messages, settings, model_request_parameters)
        async with self._meter.call(self._facts, self._name, most) as slip:
            try:
                async with self.wrapped.request_stream(
                    messages, settings, model_request_parameters, run_context
                ) as stream:
                    yield stream
            except Exception as error:  # whatever it is, the slip says so; it goes on
                _note(slip, error)
                raise
            _answered(slip, stream.usage)
        _complete(stream.get(), slip)

    def _bounded(self, settings: ModelSettings | None) -> ModelSettings:
        bounded: ModelSettings = {**(settings or {})}
        bounded.setdefault("max_tokens", self._most_tokens)
        return bounded

    def _most(
        self, messages: Sequence[ModelMessage], settings: ModelSettings, parameters: ModelRequestParameters
    ) -> Used:
        tools = [*parameters.function_tools, *parameters.output_tools]
        known = self._sizes
        told = [*messages, *(tool.parameters_json_schema for tool in tools)]
        self._sizes = {id(one): known.get(id(one)) or (one, _size(one)) for one in told}
        said = sum(self._sizes[id(one)][1] for one in told) + sum(len(tool.description or "") for tool in tools)
        return Used(tokens_in=tokens_of(said) + _TOOL_TOKENS * len(tools), tokens_out=settings["max_tokens"])


def _size(told: ModelMessage | ObjectJsonSchema) -> int:
    return len(str(told)) if isinstance(told, dict) else len(ModelMessagesTypeAdapter.dump_json([told]))


def _answered(slip: Slip, usage: RequestUsage) -> None:
    slip.ending, slip.is_fault = Ending.ANSWERED, False
    told = (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens)
    if not all(isinstance(one, int) and 0 <= one <= _MOST_BELIEVED for one in told):
        return
    tokens_in, tokens_out, cache_read, cache_write = told
    if tokens_in or tokens_out:
        slip.used = Used(tokens_in=tokens_in, tokens_out=tokens_out, cache_read=cache_read, cache_write=cache_write)


def _complete(response: ModelResponse, slip: Slip) -> None:
    """Say what an answer cost, which pydantic-ai would look up once more, in a list that does not know our prices; and
    take halves of surrogate pairs out of it: nothing could be said on, kept or shown of it with them."""
    response.usage.cost = Decimal(slip.micros) / MICROS
    for part in response.parts:
        if isinstance(part, TextPart | ThinkingPart):
            part.content = well_formed(part.content)
        elif isinstance(part, ToolCallPart):
            part.tool_name, part.tool_call_id = well_formed(part.tool_name), well_formed(part.tool_call_id)
            if part.args:
                part.args = _mended(part.args)


def _mended(arguments: str | Mapping[str, object]) -> str | dict[str, object]:
    """The same for what a tool is called with: as JSON, where halves may be spelled out, or as values."""
    if not isinstance(arguments, str):
        found: dict[str, object] = json.loads(well_formed(json.dumps(dict(arguments), ensure_ascii=False)))
        return found
    if "\\ud" in arguments.lower():
        with suppress(ValueError):  # what is no JSON goes back to the model anyway
            arguments = json.dumps(json.loads(arguments), ensure_ascii=False)
    return well_formed(arguments)


def _note(slip: Slip, error: Exception) -> None:
    """What an error says of the model, and of what it will charge."""
    slip.error = f"{type(error).__name__}: {told_in_a_line(error)}"
    rejected = isinstance(error, ModelRequestRejectedError | ModelQuotaExceededError)
    rejected = rejected or (isinstance(error, ModelHTTPError) and error.status_code == TOO_LARGE)
    slip.ending = Ending.REFUSED if rejected else Ending.FAILED
    # a refusal, or an answer that makes no sense, comes from a model that is there
    slip.is_fault = isinstance(error, ModelAPIError) and not rejected
    never_sent = isinstance(error, ModelConnectionError) and error.phase in _NOT_SENT
    if never_sent or (isinstance(error, ModelHTTPError) and not error.in_stream):
        slip.used = _UNTOUCHED
    elif not isinstance(error, ModelAPIError | UnexpectedModelBehavior):
        slip.is_fault = False  # ours, not the model's
