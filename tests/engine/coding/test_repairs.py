"""Where a model writes: what is not proven is written once more, then a person is the author. The model is a script."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from engine.coding.making import benches_of
from engine.coding.reports import HandIn
from engine.errors import PermanentError
from engine.executor import AutonomousGoalExecutor
from engine.goals import GoalStatus
from engine.tasks import TaskStatus
from engine.values import JsonObject
from engine.work.registry import WorkContext
from tests.engine.coding.conftest import Opening
from tests.engine.coding.shop import CURE, FIX, RED_TEST, SHOP, Life, git, newest
from tests.engine.stage import IN_CHAT, until

BAD = SHOP.replace("[1:]", "[:1]")
GOOD = SHOP.replace("[1:]", "")


def write_by(executor: AutonomousGoalExecutor, changes: Sequence[str]) -> list[JsonObject]:
    """Have `write_code` write the test, then these versions of the shop, one a task; returns what it was asked."""
    asked: list[JsonObject] = []
    left = iter(changes)

    async def write(context: WorkContext) -> str:
        assert executor.workbench is not None
        benches = benches_of(await executor.workbench.get())
        asked.append(context.inputs)
        async with benches.open(await executor.goal(context.goal_id), context.task.number) as bench:
            if context.inputs["part"] == "test":
                bench.code.write("test_total.py", RED_TEST["test_total.py"].decode())
            else:
                bench.code.write("shop.py", next(left))
        return "Written; all tests are green."

    stand_in = executor.registry._works.pop("write_code")
    executor.registry.work("write_code", check_inputs=stand_in.check_inputs)(write)
    return asked


async def test_what_a_model_claims_is_not_believed_and_is_written_once_more(executor: AutonomousGoalExecutor) -> None:
    asked = write_by(executor, [BAD, GOOD])
    goal = await Life(executor).go_on()
    assert goal.status is GoalStatus.COMPLETED
    assert [one["part"] for one in asked] == ["test", "change", "change"]
    assert asked[-1]["again"] is True


@pytest.mark.long  # three seconds; scenarios/code/test_taking_over.py ends with a person asked too
async def test_after_two_tries_a_person_is_the_author(executor: AutonomousGoalExecutor, shop: Path) -> None:
    write_by(executor, [BAD, BAD.replace("s = 0", "s = 1")])
    life = Life(executor)
    goal = await life.go_on()
    assert life.waiting(goal).work == "hand_in_code"
    assert newest(goal, "git_commit").status is TaskStatus.PENDING
    assert git(shop, "log", "--oneline", "--all").count("\n") == 1
    goal = await life.hand_in(HandIn(files={"shop.py": GOOD.encode()}))
    assert goal.status is GoalStatus.COMPLETED


async def test_a_goal_stops_in_order_when_its_time_is_over_and_tells_what_is_there(opening: Opening) -> None:
    async with opening(goal=0.05) as executor:
        life = Life(executor)
        goal = await life.go_on()
        (blockage,) = goal.blockages.values()
        assert "that a code goal may work are over" in blockage.needed
        assert executor.workbench is not None
        report = await (await executor.workbench.get()).report(life.id)
        assert report is None or not report.proven


@pytest.mark.long  # over a second
async def test_a_step_of_the_system_s_own_that_fails_is_asked_about_and_never_a_person_s_to_do_by_hand(
    executor: AutonomousGoalExecutor,
) -> None:
    known = executor.registry._works["git_commit"]

    async def fail(context: WorkContext) -> str:
        raise PermanentError("no commit can be made here")

    executor.registry._works["git_commit"] = replace(known, run=fail)
    life = Life(executor)
    metadata: JsonObject = {"repository": "shop"}
    life.id = await executor.set_goal(FIX, success_criteria=[FIX], metadata=metadata, origin=IN_CHAT)
    await until(executor, life.id, lambda goal: goal.status is GoalStatus.PROPOSED)
    await executor.start_goal(life.id)
    for brought in (HandIn(files=RED_TEST), HandIn(patch=CURE)):
        goal = await until(executor, life.id, lambda goal: any(one.waiting for one in goal.live_tasks))
        await executor.hand_in_code(life.id, life.waiting(goal).number, brought)
    goal = await until(executor, life.id, lambda goal: goal.status is GoalStatus.BLOCKED)
    (blockage,) = goal.blockages.values()
    assert "no commit can be made here" in blockage.description
    assert goal.tasks[blockage.task or 0].work == "git_commit"
    assert not any(task.title.startswith("By hand") for task in goal.tasks.values())
