"""Slots go by priority, slack and age, and nobody starves."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.execution.goal_decisions import adopt, plan_made
from engine.execution.ranking import FAIR_GRANT, Ready, ReadyQueue
from engine.goals import Goal, Priority
from engine.plans import Plan
from engine.values import GoalId, TaskNumber
from tests.engine.lives import Life, new_goal, planned
from tests.fakes import START


def goal(number: int, tasks: int = 1, priority: Priority = Priority.NORMAL, days: int | None = None) -> Goal:
    deadline = START + dt.timedelta(days=days) if days is not None else None
    life = Life(new_goal(id=GoalId(number), priority=priority, deadline=deadline))
    life.do(plan_made(Plan(tasks=tuple(planned(f"t{n}") for n in range(tasks)), source="test")))
    life.do(adopt(None))
    return life.goal


def taken(queue: ReadyQueue, count: int = 100) -> list[int]:
    """The goals of the tasks that come next, in order."""
    order = []
    for _ in range(count):
        ready = queue.take()
        if ready is None:
            break
        order.append(int(ready.goal))
    return order


def queue_of(*goals: Goal) -> ReadyQueue:
    queue = ReadyQueue()
    for one in goals:
        queue.look_at(one, START)
    return queue


def test_the_urgent_come_first_then_those_with_the_least_slack_then_the_oldest() -> None:
    queue = queue_of(
        goal(1, priority=Priority.LOW, days=1),
        goal(2),
        goal(3, days=30),
        goal(4, days=3),
        goal(5, priority=Priority.URGENT),
        goal(6),
    )
    assert taken(queue) == [5, 4, 3, 2, 6, 1]


def test_slack_counts_the_work_that_is_left() -> None:
    assert taken(queue_of(goal(1, tasks=1, days=3), goal(2, tasks=6, days=3))) == [2] * 6 + [1]


@settings(max_examples=15)
@given(st.integers(1, 25))
def test_one_grant_in_eight_goes_to_the_oldest_so_that_none_starves(waiting: int) -> None:
    queue = queue_of(*(goal(n, priority=Priority.LOW) for n in range(1, waiting + 1)))
    urgent = goal(1000, priority=Priority.URGENT)
    served: list[int] = []
    rounds = 0
    while len(served) < waiting:
        rounds += 1
        queue.look_at(replace(urgent, id=GoalId(1000 + rounds)), START)  # somebody urgent comes, always
        ready = queue.take()
        assert ready is not None
        if ready.goal < 1000:
            served.append(int(ready.goal))
        assert rounds <= FAIR_GRANT * waiting
    assert served == list(range(1, waiting + 1))


def test_a_backlog_that_never_ends_does_not_fill_the_memory() -> None:
    queue = queue_of(goal(1, tasks=300, priority=Priority.LOW))
    urgent = goal(2, priority=Priority.URGENT)
    for n in range(2000):
        queue.look_at(replace(urgent, id=GoalId(2 + n)), START)
        queue.take()
    assert len(queue) > 50, "the backlog is still there"
    assert len(queue._by_age) < 1000


def test_a_goal_that_becomes_urgent_overtakes_with_all_that_waits() -> None:
    slow = goal(2, tasks=2)
    queue = queue_of(goal(1), slow)
    queue.look_at(replace(slow, priority=Priority.URGENT), START)
    assert taken(queue) == [2, 2, 1]


def test_what_is_no_longer_ready_is_forgotten() -> None:
    one = goal(1, tasks=3)
    queue = queue_of(one)
    queue.look_at(one, START, {TaskNumber(2)})
    assert len(queue) == 1
    assert queue.take() == Ready(GoalId(1), TaskNumber(2))
    assert queue.take() is None


def test_what_was_taken_for_nothing_goes_back_to_its_place() -> None:
    queue = queue_of(goal(1, priority=Priority.URGENT), goal(2))
    assert taken(queue, 1) == [1]
    queue.settle(started=False)
    assert taken(queue) == [1, 2]
    queue.settle(started=True)
    assert taken(queue) == []
