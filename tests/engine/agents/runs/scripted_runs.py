"""Runs over the real database with a scripted server: what tests of them share."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel
from pydantic_ai import Agent, DeferredToolRequests, RunContext
from pydantic_ai.toolsets import FunctionToolset
from pydantic_ai.usage import UsageLimits

from engine.agents.calls import CallFacts, Purpose
from engine.agents.meter import Meter
from engine.agents.models import Models
from engine.agents.names import parse_model
from engine.agents.options import ModelOptions
from engine.agents.prices import Price, PriceList
from engine.agents.runs.facts import (
    ApprovalStatus,
    Manner,
    NewRun,
    Run,
    RunFacts,
    RunKind,
)
from engine.agents.runs.running import Finished, Means, Suspended, Talk, go_on
from engine.money import goal_account
from engine.values import BootId, ChatId, GoalId, JsonObject, TaskNumber, UserId
from storage.database import Database, open_database
from tests.fakes import FakeClock
from tests.fresh_database import fresh_database
from tests.scripted_models import Json, Script, ScriptedServer, Turn, scripted_openai

NAME = "openai:scripted"
PRICE = Price(tokens_in=1_000_000, tokens_out=10_000_000)
NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


class Answer(BaseModel):
    said: str


async def always(facts: RunFacts, arguments: JsonObject) -> str:
    return f"send «{arguments['words']}»"


@dataclass
class World:
    """What tools touch: everything that was really sent."""

    sent: list[str] = field(default_factory=list)
    looked: int = 0
    stuck: bool = False
    """Whether sending hangs after it has taken effect, as at a kill."""
    under_way: asyncio.Event = field(default_factory=asyncio.Event)
    raises: Exception | None = None
    waits: bool = False  # whether there is no going on without what sending needs

    def tools(self, asks: bool = True) -> tuple[FunctionToolset[RunFacts], Mapping[str, Manner]]:
        toolset: FunctionToolset[RunFacts] = FunctionToolset()

        async def send(context: RunContext[RunFacts], words: str) -> str:
            if self.raises is not None:
                raise self.raises
            self.sent.append(words)
            if self.stuck:
                self.under_way.set()
                await asyncio.Event().wait()
            return f"sent {words}"

        async def look() -> dict[str, int]:
            self.looked += 1
            return {"looked": self.looked}

        toolset.add_function(send)
        toolset.add_function(look)
        sending = Manner(asks=always) if asks else Manner(repeatable=self.waits, waits=self.waits)
        manners = {"send": sending, "look": Manner(repeatable=True)}
        return toolset, manners


@dataclass
class Stage:
    database: Database
    server: ScriptedServer
    models: Models
    clock: FakeClock
    world: World = field(default_factory=World)
    asks: bool = True
    limit: int = 20

    async def begin(self, key: str = "one", **more: object) -> Run:
        given = {"goal": GoalId(1), "task": TaskNumber(1), "chat": ChatId(5), "user": UserId(7), **more}
        return await self.database.runs.begin(NewRun(key=key, kind=RunKind.TASK, **given), self.clock.now())  # type: ignore[arg-type]  # a test's own words

    async def go_on(
        self, boot: str = "one", prompt: str = "Begin.", heard: Callable[[str], None] | None = None, key: str = "one"
    ) -> Finished[Answer] | Suspended:
        run = await self.database.runs.of_key(key)
        assert run is not None
        agent: Agent[RunFacts, Answer | DeferredToolRequests] = Agent(
            output_type=[Answer, DeferredToolRequests], deps_type=RunFacts, instructions="Do it."
        )
        facts = CallFacts(purpose=Purpose.WORK, goal=GoalId(1), accounts=(goal_account(GoalId(1)),))
        talk = Talk(
            agent=agent,
            model=self.models.for_calls(facts),
            prompt=prompt,
            tools=[self.world.tools(self.asks)],
            limits=UsageLimits(request_limit=self.limit),
            pauses=lambda output: output.said.endswith("?"),
            heard=heard,
        )
        return await go_on(run, talk, Means(runs=self.database.runs, clock=self.clock, boot=BootId(boot)))

    async def answer(self, status: ApprovalStatus, note: str = "") -> bool:
        [asked] = await self.database.runs.open_approvals()
        return await self.database.runs.decide(asked, status, note, self.clock.now())

    async def run(self, key: str = "one") -> Run:
        found = await self.database.runs.of_key(key)
        assert found is not None
        return found


@asynccontextmanager
async def stage(folder: Path, script: Script) -> AsyncIterator[Stage]:
    clock = FakeClock(NOW)
    async with (
        open_database(fresh_database(folder / "m.db"), clock=clock) as database,
        scripted_openai(script) as server,
    ):
        meter = Meter(
            spending=database.spending,
            prices=PriceList({NAME: PRICE}),
            clock=clock,
            boot=BootId("one"),
            now=lambda: 0.0,
        )
        options = ModelOptions(main=parse_model(NAME), url=server.url, timeout=5.0, most_tokens=50)
        models = Models(options, meter)
        try:
            yield Stage(database, server, models, clock)
        finally:
            await models.close()


def answered(said: str = "done") -> Turn:
    return Turn(calls={"final_result": {"said": said}})


def told(request: Json) -> str:
    return str(request["messages"])


LOOK = Turn(calls={"look": {}})
SEND = Turn(calls={"send": {"words": "hello"}})
BOTH = Turn(calls={"look": {}, "send": {"words": "hello"}})
