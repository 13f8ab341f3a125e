"""OpenAI's client, told that what is said needs no mending before it is sent.

It walks through all messages of a request by their types, in search of fields with other names and of files, on the
event loop. pydantic-ai has made them for the wire already, and they have neither. A run says everything again at each
step, so this walk took more time than all else of a step, and the more the longer the run.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

from openai import AsyncOpenAI
from openai.resources.chat import AsyncChat, AsyncCompletions
from openai.types.chat import ChatCompletionMessageParam


class _Completions(AsyncCompletions):
    async def create(  # type: ignore[override]  # the same, and no more of it is named than what is done otherwise
        self, *, messages: Iterable[ChatCompletionMessageParam], extra_body: object = None, **rest: object
    ) -> object:
        more = extra_body if isinstance(extra_body, Mapping) else {}
        return await super().create(messages=(), extra_body={**more, "messages": list(messages)}, **rest)  # type: ignore[call-overload]  # as it came


class _Chat(AsyncChat):
    @cached_property
    def completions(self) -> AsyncCompletions:
        return _Completions(self._client)


class LeanOpenAI(AsyncOpenAI):
    """The client; its chat completions take messages that are made for the wire."""

    @cached_property
    def chat(self) -> AsyncChat:
        """Chat completions."""
        return _Chat(self)
