"""An executor whose only task is an agent's, over a scripted server and the real database."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic_ai import RunContext
from pydantic_ai.toolsets import FunctionToolset

from bot.library import open_executor
from engine.agents.meter import Meter
from engine.agents.models import Models
from engine.agents.names import parse_model
from engine.agents.options import ModelOptions
from engine.agents.prices import Price, PriceList
from engine.agents.roles import BUILT_IN
from engine.agents.runs.facts import Manner, RunFacts
from engine.agents.runs.running import Means, Tools
from engine.agents.working.agent import AgentWork, Outfit, Workshop
from engine.agents.working.talking import TalkMeans
from engine.agents.working.work import agent_work
from engine.commands import Origin
from engine.executor import AutonomousGoalExecutor, Options
from engine.goals import Goal, GoalStatus
from engine.plans import PlannedTask
from engine.tasks import Expectation
from engine.values import ChatId, GoalId, JsonObject, UserId
from engine.work.builtin import WorkOptions, builtin_registry
from engine.work.registry import WorkContext, WorkResult
from tests.engine.stage import AT_ONCE, PlanOf, until
from tests.fresh_database import fresh_database
from tests.scripted_models import Json, Turn

NAME = "openai:scripted"
PRICE = Price(tokens_in=1_000_000, tokens_out=10_000_000)
TASK = PlannedTask(
    key="find",
    title="Find three sources on peat",
    work="agent",
    inputs={"role": "researcher", "instructions": "Only books."},
    criterion=0,
    expected=Expectation(summary="three sources"),
)


async def asks_to_send(facts: RunFacts, arguments: JsonObject) -> str:
    return f"send «{arguments['words']}»"


@dataclass
class Desk:
    """What the agent's tools touch."""

    sent: list[str] = field(default_factory=list)
    asks: bool = True
    steps: int = 12
    workers: int = 4

    def tools(self) -> Sequence[Tools]:
        toolset: FunctionToolset[RunFacts] = FunctionToolset()

        async def send(context: RunContext[RunFacts], words: str) -> str:
            """Send a letter."""
            self.sent.append(words)
            return f"sent {words}"

        async def look() -> str:
            """Look around."""
            return "nothing new"

        toolset.add_function(send)
        toolset.add_function(look)
        manners: Mapping[str, Manner] = {
            "send": Manner(asks=asks_to_send) if self.asks else Manner(),
            "look": Manner(repeatable=True),
        }
        return [(toolset, manners)]


@asynccontextmanager
async def office(
    path: Path, url: str, desk: Desk, tasks: Sequence[PlannedTask] = (TASK,), **more: object
) -> AsyncIterator[AutonomousGoalExecutor]:
    """An executor on the database at that path; opened a second time it is one that was started anew."""
    registry = builtin_registry(WorkOptions())
    works: list[AgentWork] = []

    async def run(context: WorkContext) -> WorkResult:
        return await works[0].run(context)

    registry.add(agent_work(run, tuple(BUILT_IN)))
    given = {"main": parse_model(NAME), "url": url, "timeout": 5.0, "most_tokens": 500, "prices": {NAME: PRICE}, **more}
    options = ModelOptions(**given)  # type: ignore[arg-type]  # a test's own words
    async with (
        asyncio.timeout(60),
        open_executor(
            fresh_database(path / "milepost.db"),
            options=Options(retry=AT_ONCE, models=options, workers=desk.workers),
            registry=registry,
            planner=PlanOf({"": tuple(tasks)}),
        ) as executor,
    ):
        models = _models(executor, options)
        works.append(AgentWork(_workshop(executor, models, desk)))
        try:
            yield executor
        finally:
            await models.close()


def _models(executor: AutonomousGoalExecutor, options: ModelOptions) -> Models:
    meter = Meter(
        spending=executor.accounts.spending,
        prices=PriceList({NAME: PRICE}),
        clock=executor.clock,
        boot=executor.boot,
        now=lambda: 0.0,
    )
    return Models(options, meter)


def _workshop(executor: AutonomousGoalExecutor, models: Models, desk: Desk) -> Workshop:
    async def equip(role: str) -> Outfit:
        return Outfit(instructions=f"You are a {role}.", tools=desk.tools(), steps=desk.steps)

    return Workshop(
        talk=TalkMeans(
            models=models,
            accounts=executor.accounts,
            means=Means(runs=executor.approvals.runs, clock=executor.clock, boot=executor.boot),
            queries=executor.queries,
        ),
        equip=equip,
    )


async def started(executor: AutonomousGoalExecutor, holds: Callable[[Goal], bool]) -> Goal:
    """A goal of Ann's, started and carried on until that holds."""
    origin = Origin(chat=ChatId(100), owner=UserId(7))
    goal = await executor.set_goal("Write a paper", success_criteria=["Name three sources"], origin=origin)
    await until(executor, goal, lambda one: one.status is GoalStatus.PROPOSED)
    await executor.start_goal(goal)
    return await until(executor, goal, holds)


async def again(executor: AutonomousGoalExecutor, holds: Callable[[Goal], bool]) -> Goal:
    """The same goal after a restart."""
    return await until(executor, GoalId(1), holds)


def handed_in(summary: str = "Three books.", *questions: str, holds: bool = True) -> Turn:
    said = {
        "summary": summary,
        "confidence": 0.8,
        "questions": list(questions),
        "evidence": [{"check": "three sources", "holds": holds, "shown_by": "the list"}],
        "artefacts": [{"name": "sources.md", "text": "1. Peat\n2. Bogs\n3. Moors"}],
    }
    return Turn(calls={"hand_in": said}, tokens=(1_000, 50))


SURE = Turn(calls={"judge": {"missing": 0.0, "confidence": 0.95, "reason": "three are named"}}, tokens=(500, 20))


def talking(*turns: Turn, judged: Sequence[Turn] = (SURE,)) -> Callable[[Json], Turn]:
    """Refuses to plan, so the plan is the test's; the agent says these turns, the judge those; the last repeats."""
    agent, judge = list(turns), list(judged)

    def answer(asked: Json) -> Turn:
        tools = json.dumps(asked.get("tools", []))
        if "propose" in tools:
            return Turn(status=400)
        left = judge if '"judge"' in tools else agent
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


def asked_of_agent(requests: Sequence[Json]) -> list[str]:
    """What the agent was sent, a text a request."""
    return [json.dumps(one["messages"]) for one in requests if "hand_in" in json.dumps(one.get("tools", []))]
