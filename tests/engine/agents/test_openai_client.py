"""What goes over the wire is the same as the library's own client and model send."""

import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolUnionParam
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIJsonSchemaTransformer
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.tools import ToolDefinition

from engine.agents.openai_client import LeanChatModel, LeanOpenAI
from tests.scripted_models import Turn, scripted_openai

PICTURE = "data:image/png;base64,AAAA"
SAID: list[ChatCompletionMessageParam] = [
    {"role": "system", "content": "Be brief."},
    {
        "role": "user",
        "content": [{"type": "text", "text": "What?"}, {"type": "image_url", "image_url": {"url": PICTURE}}],
    },
    {
        "role": "assistant",
        "tool_calls": [{"id": "1", "type": "function", "function": {"name": "look", "arguments": "{}"}}],
    },
    {"role": "tool", "tool_call_id": "1", "content": "a cat"},
]

SCHEMA = {
    "type": "object",
    "title": "Looking",
    "properties": {"at": {"type": "string", "title": "At"}, "often": {"type": "integer", "default": 1}},
    "required": ["at"],
}
TOOLS: list[ChatCompletionToolUnionParam] = [{"type": "function", "function": {"name": "look", "parameters": SCHEMA}}]


@pytest.mark.parametrize("more", [None, {"thinking": False}])
async def test_a_request_is_the_one_that_the_library_would_send(more: object) -> None:
    async with scripted_openai([Turn(text="A cat.")]) as server:
        for kind in (AsyncOpenAI, LeanOpenAI):
            async with kind(api_key="none", base_url=server.url) as client:
                told = await client.chat.completions.create(
                    model="scripted", messages=SAID, tools=TOOLS, extra_body=more, seed=1
                )
                assert told.choices[0].message.content == "A cat."
        plain, lean = server.requests
        assert plain["messages"] == SAID
        assert plain["tools"] == TOOLS
        assert lean == plain


async def test_an_answer_streams_as_ever() -> None:
    async with scripted_openai([Turn(text="A cat.")]) as server, LeanOpenAI(api_key="n", base_url=server.url) as client:
        stream = await client.chat.completions.create(model="scripted", messages=SAID, stream=True)
        pieces = [one.choices[0].delta.content or "" async for one in stream if one.choices]
        assert "".join(pieces).strip() == "A cat."
        assert server.requests[0]["messages"] == SAID


def tools(strict: bool | None = None) -> ModelRequestParameters:
    looking = ToolDefinition(name="look", parameters_json_schema={**SCHEMA}, description="Look.", strict=strict)
    done = ToolDefinition(name="done", parameters_json_schema={**SCHEMA, "required": ["at", "often"]}, kind="output")
    return ModelRequestParameters(function_tools=[looking], output_tools=[done])


@pytest.mark.parametrize("strict", [None, True, False])
def test_tools_are_fitted_to_the_provider_once_and_as_the_library_fits_them(
    strict: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, walk, walks = LeanOpenAI(api_key="none"), OpenAIJsonSchemaTransformer.walk, []

    def counted(transformer: OpenAIJsonSchemaTransformer) -> dict[str, object]:
        walks.append(transformer)
        return walk(transformer)

    monkeypatch.setattr(OpenAIJsonSchemaTransformer, "walk", counted)
    plain = OpenAIChatModel("gpt-4o-mini", provider=OpenAIProvider(openai_client=client))
    wanted = plain.customize_request_parameters(tools(strict))
    walks.clear()
    lean = LeanChatModel("gpt-4o-mini", client, {})
    assert lean.customize_request_parameters(tools(strict)) == wanted
    assert len(walks) == 2
    assert lean.customize_request_parameters(tools(strict)) == wanted
    assert len(walks) == 2
    assert lean.customize_request_parameters(tools(not strict)) == plain.customize_request_parameters(tools(not strict))
