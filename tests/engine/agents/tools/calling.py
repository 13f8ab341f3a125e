"""Tools as an agent would call them: by name, for the run of one task, without a model."""

import datetime as dt
from contextlib import AsyncExitStack
from dataclasses import replace

from pydantic_ai import RunContext
from pydantic_ai.models.test import TestModel
from pydantic_ai.toolsets import AbstractToolset
from pydantic_ai.usage import RunUsage

from engine.agents.runs.facts import RunFacts, RunId
from engine.values import GoalId, TaskNumber

NOW = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)
FACTS = RunFacts(run=RunId(1), now=lambda: NOW, goal=GoalId(1), task=TaskNumber(3))


def context(facts: RunFacts = FACTS, call: str = "call-1") -> RunContext[RunFacts]:
    return RunContext(deps=facts, model=TestModel(), usage=RunUsage(), tool_call_id=call)


async def called(
    toolset: AbstractToolset[RunFacts],
    name: str,
    facts: RunFacts = FACTS,
    /,
    *,
    call_id: str = "call-1",
    **arguments: object,
) -> str:
    """What the tool says; raises what it raises."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(toolset)
        asked = context(facts, call_id)
        tool = (await toolset.get_tools(asked))[name]
        checked = tool.args_validator.validate_python(arguments)
        return str(await toolset.call_tool(name, checked, replace(asked, tool_name=name), tool))


async def names(toolset: AbstractToolset[RunFacts], facts: RunFacts = FACTS) -> set[str]:
    """The tools that there are."""
    async with toolset:
        return set(await toolset.get_tools(context(facts)))
