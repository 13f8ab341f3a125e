"""What we add to a model's own time: to each call, and to a plan that a model helps with. The model is a script."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time

from aiohttp import web

from benchmarks.figures import Figure, Wanted, quantile
from benchmarks.sizes import Sizes
from bot.library import open_executor
from bot.models.making import models_of
from bot.models.on_demand import ModelsOnDemand
from engine.agents.calls import Purpose
from engine.agents.names import parse_model
from engine.agents.options import ModelOptions
from engine.agents.prices import FREE
from engine.agents.runs.facts import Manner, NewRun, RunFacts, RunKind
from engine.executor import Options

NAME = "openai:scripted"
THINKS = 0.05
"""Seconds that the model takes for an answer; what is beyond them is ours (and the loopback's)."""
STEPS = 24
"""Of a run; a role's has 30 at most."""
CRITERIA = ["Design the landing page", "Develop the shop", "Achieve 50 orders"]
_WORDS = "Here is what I found."


def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    """Calls through the meter, and plans from a goal to its proposal, with all imports done."""
    return asyncio.run(_measured(folder, sizes))


async def _measured(folder: Path, sizes: Sizes) -> list[Figure]:
    calls = await _calls(folder / "calls.db", max(sizes.samples // 5, 5))
    steps = await _steps(folder / "steps.db", max(sizes.samples // 50, 3))
    plain = await _plans(folder / "plain.db", max(sizes.samples // 50, 3), reasoning=False)
    reasoned = await _plans(folder / "reasoned.db", max(sizes.samples // 50, 3), reasoning=True)
    repaired = await _repairs(folder / "repaired.db", max(sizes.samples // 50, 3))
    return [
        Figure(name="a model's call, our part, p50", unit="ms", value=calls[0], wanted=Wanted(bound=20.0)),
        Figure(name="a model's call, our part, p99", unit="ms", value=calls[1]),
        Figure(name="a model's call, CPU with the scripted server's, p50", unit="ms", value=calls[2]),
        Figure(name="a step of a run that is kept, our part, p50", unit="ms", value=steps, wanted=Wanted(bound=20.0)),
        Figure(name="a plan without a model, p50", unit="ms", value=plain),
        Figure(name="a plan by reasoning, our part, p50", unit="ms", value=reasoned, wanted=Wanted(bound=100.0)),
        Figure(name="a repair by reasoning, our part, p50", unit="ms", value=repaired, wanted=Wanted(bound=100.0)),
    ]


async def _calls(database: Path, count: int) -> tuple[float, float, float]:
    async with _model(_text) as url, open_executor(database, options=Options(models=_options(url))) as executor:
        wanted = ModelsOnDemand(_options(url), executor)
        models = await models_of(wanted)
        from pydantic_ai import Agent  # noqa: PLC0415 - only this part needs it

        goal = await executor.set_goal("Talk to a model")
        agent, taken, busy = Agent(), [], []
        for number in range(count + 1):
            began, worked = perf_counter(), process_time()
            facts = await executor.accounts.of_call(Purpose.CHAT, goal=goal)
            await agent.run("Say something.", model=models.for_calls(facts))
            if number:  # the first one connects
                taken.append((perf_counter() - began - THINKS) * 1_000)
                busy.append((process_time() - worked) * 1_000)
        await wanted.close()
    return quantile(taken, 0.5), quantile(taken, 0.99), quantile(busy, 0.5)


async def _steps(database: Path, runs: int) -> float:
    """From one call of a tool to the next: one that can't be repeated is on the books before it is made and after it,
    and so is the model's answer between, with what it cost."""
    called: list[float] = []
    taken: list[float] = []

    def answer() -> dict[str, object]:
        return _called("note", {"words": f"step {len(called)}"}) if len(called) < STEPS else _text()

    async def note(words: str) -> str:
        """Note something."""
        called.append(perf_counter())
        return words

    async with _model(answer) as url, open_executor(database, options=Options(models=_options(url))) as executor:
        from pydantic_ai import Agent, DeferredToolRequests, FunctionToolset  # noqa: PLC0415 - only parts need it
        from pydantic_ai.usage import UsageLimits  # noqa: PLC0415 - the same

        from engine.agents.runs.running import Means, Talk, go_on  # noqa: PLC0415 - the same

        wanted = ModelsOnDemand(_options(url), executor)
        goal = await executor.set_goal("Work in steps")
        facts = await executor.accounts.of_call(Purpose.WORK, goal=goal)
        means = Means(runs=executor.approvals.runs, clock=executor.clock, boot=executor.boot)
        talk = Talk(
            agent=Agent(output_type=[str, DeferredToolRequests], deps_type=RunFacts),
            model=(await models_of(wanted)).for_calls(facts),
            prompt="Work in steps.",
            tools=[(FunctionToolset([note]), {"note": Manner()})],
            limits=UsageLimits(request_limit=STEPS + 1),
        )
        for number in range(runs):
            called.clear()
            run = await means.runs.begin(NewRun(key=f"run {number}", kind=RunKind.TURN), executor.clock.now())
            await go_on(run, talk, means)
            taken += [(then - before - THINKS) * 1_000 for before, then in pairwise(called)]
        await wanted.close()
    return quantile(taken, 0.5)


async def _plans(database: Path, count: int, *, reasoning: bool) -> float:
    async with _model(_proposals) as url, open_executor(database, options=Options(models=_options(url))) as executor:
        taken = []
        for number in range(count + 1):
            goal = await executor.set_goal(f"Launch the shop {number}", success_criteria=CRITERIA)
            began = perf_counter()
            await executor.decompose_goal(goal, use_reasoning=reasoning)
            if number:  # the first one reads libraries and imports
                taken.append((perf_counter() - began - (THINKS if reasoning else 0.0)) * 1_000)
    return quantile(taken, 0.5)


async def _repairs(database: Path, count: int) -> float:
    """What somebody asks to be otherwise, from the words to the next plan version."""
    async with _model(_repair) as url, open_executor(database, options=Options(models=_options(url))) as executor:
        taken = []
        for number in range(count + 1):
            goal = await executor.set_goal(f"Launch the shop {number}", success_criteria=CRITERIA)
            await executor.decompose_goal(goal, use_reasoning=False)
            began = perf_counter()
            await executor.adapt_plan(goal, "the first version is to be smaller")
            if number:
                taken.append((perf_counter() - began - THINKS) * 1_000)
    return quantile(taken, 0.5)


def _options(url: str) -> ModelOptions:
    return ModelOptions(main=parse_model(NAME), url=url, prices={NAME: FREE})


@contextlib.asynccontextmanager
async def _model(answer: Callable[[], dict[str, object]]) -> AsyncIterator[str]:
    """An OpenAI-compatible server that thinks for a while and always says the same."""

    async def completions(request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(THINKS)
        body = {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "scripted",
            "choices": [{"index": 0, "message": {"role": "assistant", **answer()}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
        }
        return web.json_response(body)

    app = web.Application(client_max_size=2**24)
    app.router.add_post("/v1/chat/completions", completions)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    finally:
        await runner.cleanup()


def _text() -> dict[str, object]:
    return {"content": _WORDS}


def _proposals() -> dict[str, object]:
    """Three plans of a dozen tasks each, as a model would write them."""
    return _called("propose_plans", {"plans": [_plan(name) for name in ("Core first", "Sell first", "Ready parts")]})


def _repair() -> dict[str, object]:
    tasks = [{**task, "after": []} for task in _tasks("smaller")[:3]]
    return _called("propose_repair", {"cause": "too much at once", "summary": "three smaller parts", "add": tasks})


def _called(tool: str, arguments: dict[str, object]) -> dict[str, object]:
    function = {"name": tool, "arguments": json.dumps(arguments)}
    return {"content": None, "tool_calls": [{"id": "call", "type": "function", "function": function}]}


def _plan(name: str) -> dict[str, object]:
    return {"name": name, "approach": name, "tasks": _tasks(name), "risks": ["time"], "probability": 0.7}


def _tasks(name: str) -> list[dict[str, object]]:
    return [
        {
            "key": f"t{number}",
            "title": f"Develop part {number} of the shop, {name.lower()}",
            "after": [f"t{number - 1}"] if number % 4 else [],
            "criterion": number % len(CRITERIA) + 1,
            "expected": {"summary": f"part {number} works"},
            "hours_low": 2,
            "hours_likely": 5,
            "hours_high": 12,
            "probability": 0.9,
            "why": "it is needed",
        }
        for number in range(12)
    ]
