"""What a digest says: all that waits for the person, and nothing as «next» that can't be."""

import datetime as dt

from msgspec.structs import replace

from engine.errors import PermanentError
from engine.execution.adaptation import repaired
from engine.execution.goal_decisions import plan_made
from engine.goals import Goal, ParentTask
from engine.plans import Plan, Repair
from engine.reporting.digests import LATE, PASSED, Digest, by_topic, digest_of
from engine.values import ChatId, GoalId, TaskNumber
from tests.engine.lives import Life, new_goal, planned
from tests.fakes import START


def digest(*goals: Goal) -> Digest:
    return digest_of(ChatId(100), goals, START, START)


def test_a_plan_and_a_larger_plan_wait_for_a_yes() -> None:
    fresh = Life(new_goal())
    fresh.do(plan_made(Plan(tasks=(planned("a"),), source="test")))
    grown = Life.started(planned("a"), planned("b"))
    grown.fail(1, PermanentError("rock"))
    assert grown.goal.adapting is not None
    grown.do(repaired(Repair(add=(planned("c"),), grows=True), grown.goal.adapting, 1))
    found = digest(fresh.goal, grown.goal)
    assert [goal.proposed_version for goal in found.plans_for_you] == [None, 2]
    assert [one.goal.status.value for one in found.next] == ["active"]  # nothing of a plan that wasn't started


def test_a_failed_task_is_named_and_what_waits_for_it_is_not_next() -> None:
    life = Life.started(planned("a"), planned("b", "a"), planned("c", "b"))
    life.fail(1, PermanentError("rock"))
    found = digest(life.goal)
    assert [one.task.number for one in found.blocked] == [1]
    assert found.next == ()
    assert [one.why for one in found.at_risk] == ["«A» can't go on"]


def test_a_goal_that_serves_another_gives_its_tasks_but_no_line_of_its_own() -> None:
    parent = Life.started(planned("a", work="person")).goal
    child = replace(parent, id=GoalId(2), parent=ParentTask(goal=GoalId(1), task=TaskNumber(1)))
    found = digest(parent, child)
    assert [goal.id for goal in found.goals] == [1]
    assert [one.goal.id for one in found.waiting_for_you] == [1, 2]


def test_a_sub_goal_is_never_said_to_have_passed_a_deadline_that_nobody_gave_it() -> None:
    whole = replace(Life.started(planned("a")).goal, deadline=START + dt.timedelta(days=7))
    part = replace(
        whole,
        id=GoalId(2),
        parent=ParentTask(goal=GoalId(1), task=TaskNumber(1)),
        deadline=START - dt.timedelta(days=1),
    )
    assert [risk.why for risk in digest(whole, part).at_risk] == [LATE]
    assert [risk.why for risk in digest(replace(whole, deadline=START)).at_risk] == [PASSED]


def test_a_chat_with_topics_gets_a_digest_in_each_with_its_own_goals() -> None:
    goal = Life.started(planned("a", work="person")).goal
    parts = by_topic(digest(goal, replace(goal, id=GoalId(2), thread=7)))
    assert [(topic, [goal.thread for goal in part.alive]) for topic, part in parts] == [(None, [None]), (7, [7])]
    assert [[one.goal.thread for one in part.waiting_for_you] for _, part in parts] == [[None], [7]]
