"""What follows within a goal: choices prune, waits open, goals end."""

import datetime as dt

import pytest

from engine import events as e
from engine.errors import ExternalBlocked, PermanentError, RefusedError
from engine.execution.adaptation import repaired
from engine.execution.goal_decisions import adopt, cancel, drop_task, fail, pause, plan_made, reopen, resume
from engine.execution.task_decisions import chosen, counted, done_by_person, restored, skipped
from engine.goals import GoalStatus, ParentTask
from engine.plans import Plan, Repair
from engine.tasks import TaskStatus
from engine.values import GoalId, TaskNumber
from tests.engine.lives import Life, check_sound, new_goal, planned

CHOICE = {"options": ["yes", "no"]}


def with_choice() -> Life:
    return Life.started(
        planned("pick", work="decide", inputs=CHOICE),
        planned("go", only_if=("pick", "yes")),
        planned("stay", only_if=("pick", "no")),
        planned("after", "go", "stay"),
    )


def test_a_choice_leaves_out_the_other_roads_and_only_those() -> None:
    life = with_choice()
    assert not life.goal.can_start(life.task(2), life.now), "nothing behind a choice starts before it"
    life.do(chosen(1, "yes"))
    assert life.task(2).status is TaskStatus.PENDING
    assert life.task(3).status is TaskStatus.SKIPPED
    life.finish(2)
    life.finish(4)
    assert life.goal.status is GoalStatus.COMPLETED


def test_a_choice_takes_only_its_own_options_and_only_when_its_turn_has_come() -> None:
    life = with_choice()
    with pytest.raises(RefusedError):
        life.do(chosen(1, "perhaps"))
    later = Life.started(planned("a"), planned("pick", "a", work="decide", inputs=CHOICE))
    with pytest.raises(RefusedError):
        later.do(chosen(2, "yes"))


def test_a_choice_that_is_left_out_leaves_out_all_its_roads() -> None:
    life = with_choice()
    life.do(skipped(1, ""))
    assert [life.task(n).status for n in (2, 3)] == [TaskStatus.SKIPPED] * 2
    assert life.task(4).status is TaskStatus.PENDING


def test_what_is_left_out_in_the_middle_hands_on_what_it_still_waited_for() -> None:
    life = Life.started(planned("dig"), planned("lay", "dig"), planned("plant", "lay"), planned("water", "plant"))
    life.do(skipped(3, ""))
    assert not life.goal.can_start(life.task(4), life.now), "watering would come before digging"
    life.do(skipped(2, ""))
    assert not life.goal.can_start(life.task(4), life.now)
    life.finish(1)
    life.finish(4)
    assert life.goal.status is GoalStatus.COMPLETED


def test_what_a_person_did_ahead_of_its_turn_does_not_let_those_behind_it_go_ahead_too() -> None:
    life = Life.started(planned("dig"), planned("lay", "dig"), planned("plant", "lay"))
    life.do(done_by_person(2, ""))
    assert not life.goal.can_start(life.task(3), life.now)
    life.finish(1)
    life.finish(3)
    assert life.goal.status is GoalStatus.COMPLETED


def test_what_was_left_out_before_its_turn_and_comes_back_is_waited_for_again() -> None:
    life = Life.started(planned("dig"), planned("lay", "dig"), planned("plant", "lay"))
    life.do(skipped(2, ""))
    life.do(restored([2]))
    life.finish(1)
    assert not life.goal.can_start(life.task(3), life.now)
    life.finish(2)
    life.finish(3)
    assert life.goal.status is GoalStatus.COMPLETED


def test_a_road_that_is_not_taken_does_not_let_what_follows_overtake_what_the_road_waited_for() -> None:
    life = Life.started(
        planned("pick", work="decide", inputs=CHOICE),
        planned("dig"),
        planned("go", "dig", only_if=("pick", "yes")),
        planned("after", "go"),
    )
    life.do(chosen(1, "no"))
    assert life.task(3).status is TaskStatus.SKIPPED
    assert not life.goal.can_start(life.task(4), life.now)


def test_a_road_of_several_tasks_that_is_not_taken_lets_nothing_overtake_either() -> None:
    life = Life.started(
        planned("pick", work="decide", inputs=CHOICE),
        planned("dig"),
        planned("go", "dig", only_if=("pick", "yes")),
        planned("on", "go", only_if=("pick", "yes")),
        planned("after", "on"),
    )
    life.do(chosen(1, "no"))
    assert not life.goal.can_start(life.task(5), life.now)
    life.finish(2)
    life.finish(5)
    assert life.goal.status is GoalStatus.COMPLETED


def test_what_is_left_out_hands_on_also_what_one_before_it_that_was_left_out_still_waited_for() -> None:
    life = Life.started(
        planned("dig"), planned("lay", "dig"), planned("buy"), planned("plant", "lay", "buy"), planned("go", "plant")
    )
    life.do(skipped(2, ""))
    life.do(skipped(4, ""))
    life.finish(3)
    assert not life.goal.can_start(life.task(5), life.now), "it would come before digging"
    life.finish(1)
    life.finish(5)
    assert life.goal.status is GoalStatus.COMPLETED


def test_a_blocked_task_on_a_road_that_is_closed_leaves_no_blockage_behind() -> None:
    life = Life.started(
        planned("pick", work="decide", inputs=CHOICE), planned("go", only_if=("pick", "yes")), planned("z")
    )
    life.do(lambda goal, moment: [e.TaskBlocked(task=life.task(2).number)])
    life.do(chosen(1, "no"))
    assert not life.goal.blockages
    check_sound(life.goal)


def test_waits_open_by_themselves_and_hold_no_slot() -> None:
    life = Life.started(
        planned("a", work="person"),
        planned("b", "a", work="wait", inputs={"seconds": 60}),
        planned("c", work="measure"),
    )
    assert [life.task(n).status for n in (1, 2, 3)] == [TaskStatus.WAITING, TaskStatus.PENDING, TaskStatus.WAITING]
    life.pass_time(hours=1)
    life.do(done_by_person(1, ""))
    waiting = life.task(2).waiting
    assert waiting is not None
    assert waiting.until == life.now + dt.timedelta(seconds=60), "it begins when its turn has come"
    assert all(task.lease is None for task in life.goal.tasks.values())


def test_nothing_opens_while_the_goal_is_paused() -> None:
    life = Life.started(planned("a"), planned("b", "a", work="person"))
    lease = life.begin(1)
    life.do(pause(""))
    assert life.task(1).lease == lease, "what runs is finished"
    life.do(done_by_person(1, ""))
    assert life.task(2).status is TaskStatus.PENDING
    life.do(resume(""))
    assert life.task(2).status is TaskStatus.WAITING


def test_a_goal_is_done_when_all_that_lives_is_done_and_fails_when_all_was_left_out() -> None:
    life = Life.started(planned("a"), planned("b"))
    life.finish(1)
    life.do(skipped(2, ""))
    assert life.goal.status is GoalStatus.COMPLETED
    life = Life.started(planned("a"), planned("b"))
    life.do(skipped(1, ""))
    life.do(skipped(2, ""))
    assert life.goal.status is GoalStatus.FAILED


@pytest.mark.parametrize("end", [cancel("enough"), fail("enough")])
def test_an_ended_goal_holds_nothing(end: object) -> None:
    life = Life.started(planned("a"), planned("b"), planned("c", work="person"))
    life.begin(1)
    life.fail(2, ExternalBlocked("a key"))
    life.do(end)  # type: ignore[arg-type]  # a decision
    check_sound(life.goal)
    assert {task.status for task in life.goal.tasks.values()} == {TaskStatus.PENDING}
    with pytest.raises(RefusedError):
        life.do(done_by_person(3, ""))


def test_a_programs_goal_fails_with_a_critical_task_and_goes_on_without_another() -> None:
    for critical, status in ((True, GoalStatus.FAILED), (False, GoalStatus.ACTIVE)):
        life = Life.started(planned("a", critical=critical), planned("b"), chat=None)
        life.fail(1, PermanentError("rock"))
        assert life.goal.adapting is not None
        life.do(repaired(Repair(), life.goal.adapting, 1))
        assert life.goal.status is status
    life.finish(2)
    assert life.goal.status is GoalStatus.FAILED, "one task failed, and nothing is left to try"


def test_a_goal_that_never_started_starts_when_it_is_reopened() -> None:
    life = Life(new_goal())
    life.do(plan_made(Plan(tasks=(planned("a", work="person"),), source="test")))
    life.do(cancel("not now"))
    life.do(reopen("now"))
    life.do(done_by_person(1, ""))
    assert life.goal.status is GoalStatus.COMPLETED


def test_a_sub_goal_is_not_reopened_behind_the_back_of_the_goal_that_it_served() -> None:
    life = Life(new_goal(parent=ParentTask(goal=GoalId(9), task=TaskNumber(1)), depth=2))
    life.do(plan_made(Plan(tasks=(planned("a", work="person"),), source="test")))
    life.do(cancel("the goal above was cancelled"))
    with pytest.raises(RefusedError, match="goal 9") as raised:
        life.do(reopen("I like it"))
    assert raised.value.code == "serves_another"


def test_a_goal_that_is_all_done_is_not_reopened_for_a_road_that_was_not_chosen() -> None:
    life = with_choice()
    life.do(chosen(1, "yes"))
    life.finish(2)
    life.finish(4)
    with pytest.raises(RefusedError):
        life.do(reopen("again"))
    assert len(life.told(e.GoalCompleted)) == 1


def test_a_reopened_goal_gives_failed_tasks_fresh_attempts_and_forgets_a_passed_deadline() -> None:
    life = Life.started(planned("a"), planned("b"), chat=None, deadline=new_goal().created_at + dt.timedelta(days=1))
    life.fail(1, PermanentError("rock"))
    life.do(fail("enough"))
    life.pass_time(days=2)
    life.do(reopen("once more"))
    assert life.goal.deadline is None
    assert (life.task(1).status, life.task(1).attempts) == (TaskStatus.PENDING, 0)


def test_what_had_its_turn_only_because_of_a_skip_waits_for_it_again_unless_it_was_begun() -> None:
    life = Life.started(
        planned("a", work="person"),
        planned("b", "a", work="person"),
        planned("c", "a", work="person", target_count=3),
        planned("d", work="person"),
    )
    life.do(skipped(1, ""))
    life.do(counted(3, 1))
    life.do(restored([1]))
    assert [life.task(number).status.value for number in (1, 2, 3, 4)] == ["waiting", "pending", "waiting", "waiting"]
    life.do(done_by_person(1, ""))
    assert life.task(2).status is TaskStatus.WAITING


def test_a_skip_can_be_taken_back() -> None:
    life = Life.started(planned("a", work="person"), planned("b", work="person"))
    life.do(skipped(1, ""))
    life.do(restored([1]))
    assert life.task(1).status is TaskStatus.WAITING
    with pytest.raises(RefusedError):
        life.do(restored([1]))


def test_a_dropped_task_hands_on_what_it_waited_for_and_leaves_no_blockage() -> None:
    life = Life.started(planned("a"), planned("b", "a"), planned("c", "b"))
    life.finish(1)
    life.fail(2, ExternalBlocked("a key"))
    life.do(drop_task(2))
    assert life.task(3).depends_on == (1,)
    check_sound(life.goal)
    life.finish(3)
    assert life.goal.status is GoalStatus.COMPLETED


def test_start_names_the_plan_that_was_seen() -> None:
    life = Life(new_goal())
    life.do(plan_made(Plan(tasks=(planned("a"),), source="test")))
    with pytest.raises(RefusedError) as raised:
        life.do(adopt(7))
    assert raised.value.code == "outdated_plan"
    life.do(adopt(1))
    with pytest.raises(RefusedError):
        life.do(adopt(1))
