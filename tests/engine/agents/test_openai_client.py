"""What goes over the wire is the same as the library's own client sends."""

import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam

from engine.agents.openai_client import LeanOpenAI
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


@pytest.mark.parametrize("more", [None, {"thinking": False}])
async def test_a_request_is_the_one_that_the_library_would_send(more: object) -> None:
    async with scripted_openai([Turn(text="A cat.")]) as server:
        for kind in (AsyncOpenAI, LeanOpenAI):
            async with kind(api_key="none", base_url=server.url) as client:
                told = await client.chat.completions.create(model="scripted", messages=SAID, extra_body=more, seed=1)
                assert told.choices[0].message.content == "A cat."
        plain, lean = server.requests
        assert plain["messages"] == SAID
        assert lean == plain


async def test_an_answer_streams_as_ever() -> None:
    async with scripted_openai([Turn(text="A cat.")]) as server, LeanOpenAI(api_key="n", base_url=server.url) as client:
        stream = await client.chat.completions.create(model="scripted", messages=SAID, stream=True)
        pieces = [one.choices[0].delta.content or "" async for one in stream if one.choices]
        assert "".join(pieces).strip() == "A cat."
        assert server.requests[0]["messages"] == SAID
