"""What a person changed in a plan that was not started is there again in the one that takes its place."""

import pytest

from engine.commands import GoalEdit
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.plans import Repair
from engine.values import GoalId
from tests.engine.lives import planned
from tests.engine.stage import IN_CHAT, Stage, until


async def proposed(executor: AutonomousGoalExecutor, goal: GoalId) -> Goal:
    return await until(executor, goal, lambda one: one.status is GoalStatus.PROPOSED and one.adapting is None)


def shown(goal: Goal) -> list[tuple[str, set[str]]]:
    """The tasks in order, and what each waits for."""
    return [(task.title, {goal.tasks[one].title for one in task.depends_on}) for task in goal.live_tasks]


@pytest.mark.parametrize(
    "wanted",
    [
        {1: (), 2: (), 3: (2,), 4: (3,), 5: (1,)},
        {1: (), 3: (), 4: (3,), 5: (1, 4), 2: ()},
        {5: (), 2: (5,), 1: (2,), 3: (), 4: ()},
        {2: (), 1: (2,), 4: (), 3: (4,), 5: (1, 4)},
    ],
    ids=str,
)
async def test_an_order_that_was_set_is_there_again_with_the_tasks_that_were_added_by_hand(
    stage: Stage, wanted: dict[int, tuple[int, ...]]
) -> None:
    stage.planner.plans[""] = (planned("a"), planned("b", "a"), planned("c"), planned("d", "c"))
    async with stage.open() as executor:
        goal = await executor.set_goal("Grow the garden", origin=IN_CHAT)
        await proposed(executor, goal)
        numbers = {n: task.number for n, task in enumerate((await executor.add_task(goal, "Ask Ann")).live_tasks, 1)}
        wired = {numbers[one]: tuple(f"#{numbers[before]}" for before in own) for one, own in wanted.items()}
        stage.planner.repairs.append(Repair(rewire=wired, order=tuple(map(numbers.__getitem__, wanted))))
        await executor.request_adaptation(goal, "another order")
        before = shown(await proposed(executor, goal))
        await executor.edit_goal(goal, GoalEdit(criteria=("It is green",)))
        assert shown(await proposed(executor, goal)) == before
