"""Plans that were read by eye and found good are found good at every step, too: the rules cry no wolf."""

import datetime as dt

import pytest
from msgspec import structs

from engine.execution.goal_decisions import number_tasks
from engine.goals import Goal, GoalStatus
from engine.planning.quality import Circumstances as Checked
from engine.planning.quality import quality_of, standing_plan
from engine.proactive.circumstances import Circumstances
from engine.proactive.rules import findings_of
from engine.tasks import TaskStatus
from tests.scenarios.goal_plans import NOW, WISHES, Wish

EVER = dt.timedelta(days=9_999)


def begun(wish: Wish) -> Goal:
    numbered = number_tasks(wish.plan.tasks, after=0, position=0, version=1).values()
    tasks = {task.number: task for task in numbered}
    return structs.replace(wish.goal, status=GoalStatus.ACTIVE, plan_version=1, started_at=NOW, tasks=tasks)


@pytest.mark.sample(1)
@pytest.mark.parametrize("wish", WISHES[:4], ids=lambda wish: wish.file.stem)
def test_nothing_is_found_in_a_good_plan_while_it_is_carried_out(wish: Wish) -> None:
    goal = begun(wish)
    while ready := goal.startable(NOW + EVER):
        quality = quality_of(goal, standing_plan(goal), Checked(now=NOW))
        assert findings_of(goal, Circumstances(now=NOW, quality=quality, free_hands=4)) == ()
        done = structs.replace(ready[0], status=TaskStatus.COMPLETED, started_at=NOW, ended_at=NOW)
        goal = structs.replace(goal, tasks={**goal.tasks, done.number: done})
    assert all(task.status is TaskStatus.COMPLETED for task in goal.tasks.values())
