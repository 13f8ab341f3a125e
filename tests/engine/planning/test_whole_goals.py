"""A goal without criteria that names a listed command, or a work of another package, is done by just that."""

import pytest

from engine.goals import GoalStatus
from engine.planning.planner import GoalPlanner
from engine.planning.requests import BUILT_IN_WORKS
from tests.engine.lives import new_goal
from tests.fakes import START


@pytest.mark.parametrize(
    ("name", "work", "inputs"),
    [
        ("Run backup", "command", {"command": "backup"}),
        ("Run word_count with path=/tmp/a_b", "word_count", {"path": "/tmp/a_b"}),
        ("Run errands", "person", {}),
    ],
)
async def test_what_a_name_alone_asks_for(name: str, work: str, inputs: dict[str, str]) -> None:
    planner = GoalPlanner(works=BUILT_IN_WORKS | {"word_count"}, commands=("backup",))
    plan = await planner.plan(new_goal(name=name, status=GoalStatus.PLANNING), START, "UTC")
    assert work in {task.work for task in plan.tasks}
    if inputs:
        (task,) = plan.tasks
        assert inputs.items() <= dict(task.inputs).items()
