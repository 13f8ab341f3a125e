"""A run that asked several things at once goes on when all of them are answered, each as it was answered."""

from collections.abc import Mapping
from pathlib import Path

from pydantic_ai.toolsets import FunctionToolset

from engine.agents.runs.facts import ApprovalStatus, RunFacts, RunStatus
from engine.agents.runs.guarding import Manner
from engine.agents.runs.running import Finished, Suspended
from tests.engine.agents.runs.scripted_runs import World, always, answered, stage, told
from tests.scripted_models import Turn

TWO = Turn(calls={"send": {"words": "first"}, "look": {}, "post": {"words": "second"}})


class LargerWorld(World):
    """One in which two things need a yes."""

    def tools(self, asks: bool = True) -> tuple[FunctionToolset[RunFacts], Mapping[str, Manner]]:
        toolset, manners = super().tools(asks)

        async def post(words: str) -> str:
            self.sent.append(words)
            return f"posted {words}"

        toolset.add_function(post)
        return toolset, {**manners, "post": Manner(asks=always)}


async def test_nothing_goes_on_before_the_last_of_them_is_answered(tmp_path: Path) -> None:
    async with stage(tmp_path, [TWO, answered()]) as on:
        on.world = LargerWorld()
        await on.begin()
        suspended = await on.go_on()
        assert isinstance(suspended, Suspended)
        assert sorted(one.tool for one in suspended.approvals) == ["post", "send"]
        first, second = sorted(await on.database.runs.open_approvals(), key=lambda one: one.tool)
        assert await on.database.runs.decide(first, ApprovalStatus.DENIED, "not that", on.clock.now())
        assert (await on.run()).status is RunStatus.SUSPENDED
        assert on.world.sent == []
        assert await on.database.runs.decide(second, ApprovalStatus.APPROVED, "", on.clock.now())
        assert (await on.run()).status is RunStatus.READY
        assert isinstance(await on.go_on("two"), Finished)
        assert (on.world.sent, on.world.looked) == (["first"], 1)
        assert len(on.server.requests) == 2
        assert "not that" in told(on.server.requests[1])
