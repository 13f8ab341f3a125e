"""Model servers on loopback that say what a test's script tells them: the real provider code runs against them.

A script is a list of turns, one a request; the last one repeats. A turn is text, a tool call, or something that goes
wrong. Requests are kept, so that a test sees what a model would have seen.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Json = dict[str, object]
_LONG = 50
"""Turns of the event loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answer of a model, or a fault in place of it."""

    text: str = ""
    calls: Mapping[str, object] = field(default_factory=dict)
    """Arguments by the name of a tool."""
    is_doubled: bool = False
    """It makes each of its calls twice."""
    id: str = ""
    """What the ids of its calls begin with; empty for another one each turn."""
    tokens: tuple[int, int] | None = (100, 20)
    """In and out; None says nothing of them."""
    status: int = 200
    """Another one is a refusal of the provider's."""
    garbage: bool = False
    """A body that is no JSON."""
    hangs: bool = False
    """It never answers."""
    answers_when: asyncio.Event | None = None
    """It answers once this is set; None for at once."""
    breaks_off: bool = False
    """An answer that ends in the middle, streamed or not."""
    end: str = ""
    """Why it ends, such as `length` for one that is as long as it may be; empty for what goes with it."""
    lets_others_in: bool = False
    """It thinks for long enough that others who ask meanwhile are served side by side."""


Script = Sequence[Turn] | Callable[[Json], Turn]


@dataclass(slots=True)
class ScriptedServer:
    """What a test needs of the server: its address, and what it was asked."""

    url: str
    requests: list[Json] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set at the first request."""


@asynccontextmanager
async def scripted_openai(script: Script) -> AsyncIterator[ScriptedServer]:
    """An OpenAI-compatible server for chat completions, streamed or not."""
    async with _serving(script, "/v1/chat/completions", _openai_body, _openai_stream) as server:
        server.url += "/v1"
        yield server


@asynccontextmanager
async def scripted_anthropic(script: Script) -> AsyncIterator[ScriptedServer]:
    """A server for Anthropic's messages, streamed or not."""
    async with _serving(script, "/v1/messages", _anthropic_body, _anthropic_stream) as server:
        yield server


Body = Callable[[Turn, int], Json]
Stream = Callable[[Turn, int], list[bytes]]


@asynccontextmanager
async def _serving(script: Script, path: str, body: Body, stream: Stream) -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer(url="")

    async def answer(request: web.Request) -> web.StreamResponse:
        asked: Json = await request.json()
        number = len(server.requests)
        server.requests.append(asked)
        server.asked.set()
        turn = script(asked) if callable(script) else script[min(number, len(script) - 1)]
        server.under_way += 1
        server.most_under_way = max(server.most_under_way, server.under_way)
        try:
            return await _answered(request, turn, (body, stream), number)
        finally:
            server.under_way -= 1

    app = web.Application(client_max_size=2**26)
    app.router.add_post(path, answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()


async def _answered(request: web.Request, turn: Turn, forms: tuple[Body, Stream], number: int) -> web.StreamResponse:
    if turn.hangs:
        await asyncio.Event().wait()
    if turn.answers_when is not None:
        await turn.answers_when.wait()
    for _ in range(_LONG if turn.lets_others_in else 0):
        await asyncio.sleep(0)
    if turn.garbage:
        return web.Response(text="<html>not what you expect</html>", content_type="text/html")
    if turn.status != 200:
        fault = {"error": {"message": turn.text or "refused", "type": "error", "code": str(turn.status)}}
        return web.json_response(fault, status=turn.status, headers={"retry-after-ms": "1"})
    body, stream = forms
    asked: Json = await request.json()
    if not asked.get("stream") and not turn.breaks_off:
        return web.json_response(body(turn, number))
    is_stream = bool(asked.get("stream"))
    response = web.StreamResponse(headers={"content-type": "text/event-stream" if is_stream else "application/json"})
    await response.prepare(request)
    pieces = stream(turn, number) if is_stream else [b"{", b"}"]
    for piece in pieces[: len(pieces) // 2] if turn.breaks_off else pieces:
        await response.write(piece)
    if turn.breaks_off:
        assert request.transport is not None
        request.transport.abort()
    return response


def _openai_calls(turn: Turn, number: int) -> list[Json]:
    return [
        {
            "id": f"{turn.id or f'call_{number}'}_{place}",
            "type": "function",
            "index": place,
            "function": {"name": name, "arguments": json.dumps(arguments)},
        }
        for place, (name, arguments) in enumerate([*turn.calls.items()] * (1 + turn.is_doubled))
    ]


def _end(turn: Turn) -> str:
    return turn.end or ("tool_calls" if turn.calls else "stop")


def _openai_usage(turn: Turn) -> Json:
    if turn.tokens is None:
        return {}
    said, answered = turn.tokens
    return {"usage": {"prompt_tokens": said, "completion_tokens": answered, "total_tokens": said + answered}}


def _openai_body(turn: Turn, number: int) -> Json:
    calls = [{name: value for name, value in call.items() if name != "index"} for call in _openai_calls(turn, number)]
    message: Json = {"role": "assistant", "content": turn.text or None, **({"tool_calls": calls} if calls else {})}
    return {
        "id": f"answer-{number}",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "scripted",
        "choices": [{"index": 0, "message": message, "finish_reason": _end(turn)}],
        **_openai_usage(turn),
    }


def _openai_stream(turn: Turn, number: int) -> list[bytes]:
    def chunk(choices: list[Json], **more: object) -> bytes:
        head: Json = {"id": f"answer-{number}", "object": "chat.completion.chunk", "created": 1_700_000_000}
        return b"data: " + json.dumps({**head, "model": "scripted", "choices": choices, **more}).encode() + b"\n\n"

    def delta(content: Json, end: str | None = None) -> bytes:
        return chunk([{"index": 0, "delta": content, "finish_reason": end}])

    words = [delta({"content": f"{word} "}) for word in turn.text.split(" ")] if turn.text else []
    calls = [delta({"tool_calls": [call]}) for call in _openai_calls(turn, number)]
    end = delta({}, _end(turn))
    usage = [chunk([], **_openai_usage(turn))] if turn.tokens is not None else []
    return [delta({"role": "assistant", "content": ""}), *words, *calls, end, *usage, b"data: [DONE]\n\n"]


def _anthropic_blocks(turn: Turn, number: int) -> list[Json]:
    text: list[Json] = [{"type": "text", "text": turn.text}] if turn.text else []
    return text + [
        {"type": "tool_use", "id": f"{turn.id or f'tool_{number}'}_{place}", "name": name, "input": arguments}
        for place, (name, arguments) in enumerate(turn.calls.items())
    ]


def _anthropic_body(turn: Turn, number: int) -> Json:
    said, answered = turn.tokens or (0, 0)
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": "scripted",
        "content": _anthropic_blocks(turn, number),
        "stop_reason": "tool_use" if turn.calls else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": said, "output_tokens": answered},
    }


def _anthropic_stream(turn: Turn, number: int) -> list[bytes]:
    def event(kind: str, **facts: object) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **facts})}\n\n".encode()

    message = {**_anthropic_body(turn, number), "content": [], "stop_reason": None}
    pieces = [event("message_start", message=message)]
    for place, block in enumerate(_anthropic_blocks(turn, number)):
        if block["type"] == "text":
            opened: Json = {"type": "text", "text": ""}
            deltas: list[Json] = [{"type": "text_delta", "text": f"{word} "} for word in turn.text.split(" ")]
        else:
            opened = {**block, "input": {}}
            deltas = [{"type": "input_json_delta", "partial_json": json.dumps(block["input"])}]
        pieces.append(event("content_block_start", index=place, content_block=opened))
        pieces += [event("content_block_delta", index=place, delta=delta) for delta in deltas]
        pieces.append(event("content_block_stop", index=place))
    reason = "tool_use" if turn.calls else "end_turn"
    usage = {"output_tokens": (turn.tokens or (0, 0))[1]}
    pieces.append(event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage=usage))
    return [*pieces, event("message_stop")]
