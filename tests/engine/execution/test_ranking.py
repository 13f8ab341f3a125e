"""Slots go by priority, slack and age, and nobody starves."""

import datetime as dt
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.execution.goal_decisions import adopt, plan_made
from engine.execution.ranking import FAIR_GRANT, Ready, ReadyQueue, ways_to_the_end
from engine.execution.resources import Capacity, Stock
from engine.goals import Goal, Priority
from engine.planning.forecasting.starting import Outline, behind_all, start_order, tails
from engine.plans import Plan, PlannedTask
from engine.tasks import ENDED_TASKS, Estimate, TaskStatus
from engine.values import GoalId, TaskNumber
from tests.engine.lives import Life, new_goal, planned
from tests.examples import examples
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


@examples(5)
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
    assert len(queue._by_rank) < 1000


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


def hours(value: float) -> Estimate:
    return Estimate(low=value, likely=value, high=value)


def with_plan(*tasks: PlannedTask) -> Goal:
    return Life.started(*tasks).goal


def test_of_the_tasks_of_a_goal_the_one_with_the_longest_way_to_the_end_goes_first() -> None:
    one = with_plan(
        planned("short", estimate=hours(9)),
        planned("slack", estimate=hours(2)),
        planned("first", estimate=hours(1)),
        planned("behind", "first", estimate=hours(20)),
        planned("end", "behind", "slack", estimate=hours(1)),
    )
    queue = queue_of(one)
    assert [queue.take() for _ in range(3)] == [Ready(GoalId(1), TaskNumber(number)) for number in (3, 1, 2)]


def test_a_scarce_resource_goes_to_the_least_slack_not_to_who_stands_first() -> None:
    one = with_plan(
        planned("quick", resources=("gpu",), estimate=hours(1)),
        planned("train", resources=("gpu",), estimate=hours(1)),
        planned("study", "train", estimate=hours(30)),
    )
    queue = ReadyQueue(Stock(capacities={"gpu": Capacity(count=1)}))
    queue.look_at(one, START)
    held: Counter[str] = Counter()
    assert queue.take(held) == Ready(GoalId(1), TaskNumber(2))
    assert queue.take(held) is None, "there is one of it"


@st.composite
def plans(draw: st.DrawFn) -> tuple[PlannedTask, ...]:
    """Up to twelve tasks, each behind some of those before it."""
    made: list[PlannedTask] = []
    for number in range(draw(st.integers(1, 12))):
        after = draw(st.sets(st.sampled_from([task.key for task in made]), max_size=3)) if made else set()
        made.append(planned(f"t{number}", *sorted(after), estimate=hours(draw(st.integers(1, 9)))))
    return tuple(made)


def longest(goal: Goal, number: TaskNumber) -> float:
    """The way from a task to the end, by trying all."""
    behind = [t.number for t in goal.tasks.values() if number in t.depends_on and t.status not in ENDED_TASKS]
    return goal.tasks[number].estimate.mean + max((longest(goal, one) for one in behind), default=0.0)


@given(plans(), st.randoms(use_true_random=False), st.booleans())
def test_the_way_to_the_end_is_the_longest_one_whatever_the_numbers_are(
    tasks: tuple[PlannedTask, ...], dice: random.Random, shuffled: bool
) -> None:
    one = with_plan(*tasks)
    names = list(one.tasks)
    if shuffled:  # as after adaptations: what is new has high numbers, and others wait for it
        dice.shuffle(names)
    new = dict(zip(one.tasks, names, strict=True))
    ended = dice.randrange(len(tasks))  # the first so many are done
    renamed = {
        new[number]: replace(
            task,
            number=new[number],
            depends_on=tuple(new[other] for other in task.depends_on),
            status=TaskStatus.COMPLETED if number <= ended else task.status,
        )
        for number, task in one.tasks.items()
    }
    one = replace(one, tasks=dict(sorted(renamed.items())))
    left = [number for number, task in one.tasks.items() if task.status not in ENDED_TASKS]
    found = ways_to_the_end(one)
    assert found == {number: longest(one, number) for number in left}


def outlines_of(tasks: tuple[PlannedTask, ...]) -> list[Outline]:
    """The same plan as the forecast takes it, all of it on one place."""
    place = {task.key: number for number, task in enumerate(tasks)}
    return [
        Outline(
            after=tuple(place[key] for key in task.after),
            pools=(0,),
            hours=task.estimate.mean,
            held=task.estimate.mean,
            floor=0.0,
            lag=0.0,
            until=0.0,
            begun=False,
            position=number,
        )
        for number, task in enumerate(tasks)
    ]


@given(plans())
def test_the_forecast_gives_out_a_scarce_place_in_the_order_in_which_the_executor_does(
    tasks: tuple[PlannedTask, ...],
) -> None:
    outlines = outlines_of(tasks)
    life = Life.started(*tasks)
    ran: list[int] = []
    queue = ReadyQueue()
    while len(ran) < len(tasks):
        queue.look_at(life.goal, life.now)
        ready = queue.take()
        if ready is None:
            break
        queue.settle(started=True)
        life.finish(ready.task)
        ran.append(ready.task - 1)
        queue._grants = 0  # without the turns of the oldest
    ways = ways_to_the_end(with_plan(*tasks))
    assert tails(outlines, behind_all([one.after for one in outlines])) == [ways[number] for number in sorted(ways)]
    assert tuple(ran) == start_order(outlines, [1], [0.0])
