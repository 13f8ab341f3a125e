"""A fact about the goal re-opens what would be gone about otherwise now, unless something was done about it."""

from msgspec.structs import replace

from engine.execution.adaptation import check_repair
from engine.execution.goal_decisions import KNOWN_ANEW
from engine.goals import Goal
from engine.planning.reopening import gone_about_otherwise
from engine.planning.requests import PlanRequest
from engine.plans import AdaptationNeed, PlannedTask, Trigger
from engine.tasks import TaskStatus
from tests.engine.lives import Life, planned
from tests.engine.planning.planners import general_planner
from tests.engine.planning.test_repair import NOW, adopted, changed

FRESH = (planned("read", criterion=0), planned("mend", criterion=0), planned("write", criterion=1, title="Text"))


def life_of(*tasks: PlannedTask) -> Life:
    life = Life.started(*tasks)
    life.goal = replace(life.goal, criteria=("Mend it", "Write it"))
    return life


def opened(goal: Goal) -> frozenset[int]:
    return gone_about_otherwise(goal, {0: 0, 1: 1}, FRESH)


def test_only_what_would_be_other_tasks_now_is_re_opened() -> None:
    life = life_of(planned("mend", criterion=0), planned("text", criterion=1, title="Text"))
    assert opened(life.goal) == {0}


def test_what_was_begun_or_done_goes_on_as_it_is() -> None:
    life = life_of(planned("mend", criterion=0), planned("more", "mend", criterion=0))
    life.begin(1)
    assert opened(life.goal) == {1}
    done = life_of(planned("mend", criterion=0), planned("more", "mend", criterion=0))
    done.finish(1)
    assert opened(done.goal) == {1}


def test_what_only_waits_for_a_person_counts_as_not_begun_unless_some_of_it_is_counted() -> None:
    life = life_of(planned("mend", criterion=0, work="person", target_count=3))
    assert 0 in opened(life.goal)
    counted = replace(life.goal, tasks={1: replace(life.task(1), count=1)})  # type: ignore[dict-item]  # a number
    assert 0 not in opened(counted)


def test_the_repair_replaces_what_is_re_opened_and_leaves_the_rest_and_nobody_has_to_approve_it() -> None:
    goal = adopted("Design UI mockups", "Develop MVP")
    own = [task.number for task in goal.tasks.values() if task.criterion == 0]
    titles = {goal.tasks[number].title for number in own}
    older = changed(goal, own[0], title="As it was done before")
    need = AdaptationNeed(reason=KNOWN_ANEW, trigger=Trigger.WORLD_CHANGED, since=NOW)
    found = general_planner().repair(PlanRequest(goal=older, now=NOW), need)
    assert found.supersede == (own[0],), "what would be planned alike today stays"
    (new,) = found.add
    assert new.title in titles
    assert not found.grows
    assert {number for number, after in found.rewire.items() if new.key in after} == {
        task.number for task in older.tasks.values() if own[0] in task.depends_on
    }
    check_repair(older, found)
    same = general_planner().repair(PlanRequest(goal=goal, now=NOW), need)
    assert (same.supersede, same.add, dict(same.rewire)) == ((), (), {}), "nothing would be other now"
    begun = changed(older, own[0], status=TaskStatus.RUNNING)
    assert general_planner().repair(PlanRequest(goal=begun, now=NOW), need).supersede == ()
