"""OpenAI's client and model, told that what is said needs no mending before it is sent.

The client walks through all messages and tools of a request by their types, on the event loop, in search of fields with
other names and of files. pydantic-ai has made them for the wire already, and they have neither. A run says everything
again at each step, so this walk took more time than all else of a step, and the more the longer the run.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from openai import AsyncOpenAI, AsyncStream, NotGiven, Omit, RequestOptions, Timeout, not_given
from openai.resources.chat import AsyncChat, AsyncCompletions
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

_Chunks = AsyncStream[ChatCompletionChunk]
_MOST_KEPT = 500
"""Tools whose schemas are remembered at once."""


class _Completions(AsyncCompletions):
    async def create(  # type: ignore[override]  # the same, and no more of it is named than what is done otherwise
        self,
        *,
        extra_headers: Mapping[str, str | Omit] | None = None,
        extra_body: Mapping[str, object] | None = None,
        timeout: float | Timeout | NotGiven | None = not_given,  # noqa: ASYNC109 - the library's own name for it
        **told: object,
    ) -> ChatCompletion | _Chunks:
        options: RequestOptions = {"headers": extra_headers or {}, "security": {"bearer_auth": True}}
        if extra_body is not None:
            options["extra_json"] = extra_body
        if not isinstance(timeout, NotGiven):
            options["timeout"] = timeout
        return await self._client.post(
            "/chat/completions",
            body={name: value for name, value in told.items() if not isinstance(value, Omit | NotGiven)},
            options=options,
            cast_to=ChatCompletion,
            stream=bool(told.get("stream")),
            stream_cls=_Chunks,
        )


class _Chat(AsyncChat):
    @cached_property
    def completions(self) -> AsyncCompletions:
        return _Completions(self._client)


class LeanOpenAI(AsyncOpenAI):
    """The client; its chat completions take messages and tools that are made for the wire."""

    @cached_property
    def chat(self) -> AsyncChat:
        """Chat completions."""
        return _Chat(self)


class LeanChatModel(OpenAIChatModel):
    """The model; the schemas of tools, the same in each request, are fitted to the provider once."""

    def __init__(self, name: str, client: AsyncOpenAI, settings: ModelSettings) -> None:
        super().__init__(name, provider=OpenAIProvider(openai_client=client), settings=settings)
        self._fitted: dict[tuple[str, bool | None], ToolDefinition] = {}

    def customize_request_parameters(self, model_request_parameters: ModelRequestParameters) -> ModelRequestParameters:
        """As the model's own."""
        asked = model_request_parameters
        return replace(
            super().customize_request_parameters(replace(asked, function_tools=[], output_tools=[])),
            function_tools=[self._fit(tool) for tool in asked.function_tools],
            output_tools=[self._fit(tool) for tool in asked.output_tools],
        )

    def _fit(self, tool: ToolDefinition) -> ToolDefinition:
        key = (json.dumps(tool.parameters_json_schema), tool.strict)
        fitted = self._fitted.get(key)
        if fitted is None:
            if len(self._fitted) >= _MOST_KEPT:
                self._fitted.clear()
            alone = super().customize_request_parameters(ModelRequestParameters(function_tools=[tool]))
            fitted = self._fitted[key] = alone.function_tools[0]
        return replace(tool, parameters_json_schema=fitted.parameters_json_schema, strict=fitted.strict)
