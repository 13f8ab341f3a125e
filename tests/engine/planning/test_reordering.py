"""Another order because somebody said so: only what has not begun moves, never in a circle, and once is enough."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.execution.adaptation import check_repair, repaired, request
from engine.goals import Goal
from engine.planning.criteria.changes import ORDERS, Change, ChangeKind
from engine.planning.reordering import ordered, ordered_by_words
from engine.plans import AdaptationNeed, PlannedTask, Repair, Trigger
from engine.tasks import TaskStatus
from engine.values import TaskNumber
from tests.engine.lives import Life, planned
from tests.fakes import START

CRITERIA = ("Build the shop", "Design the logo", "Write the texts")
NEED = AdaptationNeed(reason="customers want the texts first", trigger=Trigger.REQUESTED, since=START)


def life_of(*tasks: PlannedTask) -> Life:
    life = Life.started(*tasks)
    life.goal = replace(life.goal, criteria=CRITERIA)
    return life


def shop() -> Life:
    """Shop (1, 2), logo (3, 4) and, behind the logo, texts (5, 6)."""
    return life_of(
        planned("scope", criterion=0),
        planned("build", "scope", criterion=0),
        planned("sketch", criterion=1),
        planned("logo", "sketch", criterion=1),
        planned("outline", criterion=2),
        planned("texts", "outline", "sketch", criterion=2),
    )


def obeyed(life: Life, said: str) -> Repair:
    """What the words lead to, taken over as the engine does."""
    need = dataclasses.replace(NEED, reason=said)
    life.do(request(need))
    repair = ordered_by_words(life.goal, said)
    assert repair is not None
    life.do(repaired(repair, need, life.goal.plan_version))
    assert life.goal.adapting is None
    return repair


def before(goal: Goal, number: int) -> set[int]:
    """All that a task waits for, near and far."""
    found: set[int] = set()
    waiting = [number]
    while waiting:
        for one in goal.tasks[TaskNumber(waiting.pop())].depends_on:
            if one not in found:
                found.add(one)
                waiting.append(one)
    return found


def test_what_goes_first_is_followed_by_the_rest_and_still_follows_what_it_needs() -> None:
    life = shop()
    repair = obeyed(life, "customers want the texts first")
    assert repair.summary == "«Write the texts» goes first now, after the one it needs."
    assert before(life.goal, 6) == {3, 5}
    assert before(life.goal, 1) >= {6}
    assert before(life.goal, 4) >= {6}
    assert [task.number for task in life.goal.live_tasks] == [3, 5, 6, 1, 2, 4]
    assert not repair.grows
    again = obeyed(life, "customers want the texts first")
    assert (again.rewire, again.order) == ({}, ())
    assert again.summary == "«Write the texts» goes first already."


def test_what_goes_last_waits_for_all_that_does_not_wait_for_it() -> None:
    life = shop()
    repair = obeyed(life, "the logo goes last")
    assert before(life.goal, 4) >= {2, 5}
    assert repair.summary == "«Design the logo» goes last now; 1 waits for it still."
    assert before(life.goal, 6) == {5, 3} | before(life.goal, 3)


def test_what_goes_before_another_waits_no_longer_for_it() -> None:
    life = shop()
    repair = obeyed(life, "the texts before the logo")
    assert repair.summary == "«Write the texts» goes before «Design the logo» now."
    assert before(life.goal, 6) == {5}
    assert before(life.goal, 3) == {5, 6}
    assert before(life.goal, 2) == {1}, "what has nothing to do with it stays"


def test_what_is_under_way_or_done_stays_and_is_told() -> None:
    life = shop()
    life.finish(1)
    life.begin(3)
    repair = obeyed(life, "the texts first")
    assert set(repair.rewire) == {2, 4}
    assert [life.task(n).status for n in (1, 3)] == [TaskStatus.COMPLETED, TaskStatus.RUNNING]
    assert repair.summary == "«Write the texts» goes first now, after the one it needs."
    other = obeyed(life, "the texts before the logo")
    assert "is under way already and may go on" in other.summary


def test_what_waits_for_everything_can_not_go_first_and_that_is_said() -> None:
    life = life_of(planned("a", criterion=0), planned("b", "a", criterion=1), planned("c", "b", criterion=2))
    repair = obeyed(life, "the texts first")
    assert (repair.rewire, repair.order) == ({}, ())
    assert "waits for all the rest, so it can't go first" in repair.summary
    assert "say «Write the texts before …»" in repair.summary


def test_where_all_is_done_there_is_nothing_to_move() -> None:
    life = shop()
    for number in (1, 2):
        life.finish(number)
    assert obeyed(life, "the shop first").summary == "Nothing is left to do for «Build the shop»."
    assert "need not go before" in obeyed(life, "the logo before the shop").summary


def test_a_choice_inside_the_other_is_not_cut() -> None:
    life = life_of(
        planned("ask", criterion=0, work="decide", inputs={"question": "?", "options": ["Yes", "No"]}),
        planned("x", criterion=1, only_if=("ask", "Yes")),
    )
    assert "can't be left out" in obeyed(life, "the logo before the shop").summary
    assert life.task(2).depends_on == (1,)


@pytest.mark.parametrize(
    "said", ["", "Anna is ill", "drop the logo", "the texts first; drop the logo", "the texts first; Anna is ill"]
)
def test_only_words_about_the_order_alone_are_an_order(said: str) -> None:
    assert ordered_by_words(shop().goal, said) is None


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Goals of three criteria, wired at random, some of their tasks done, others going on."""
    made: list[PlannedTask] = []
    for number in range(draw(st.integers(1, 10))):
        after = draw(st.sets(st.sampled_from([t.key for t in made]), max_size=3)) if made else set()
        made.append(planned(f"t{number}", *sorted(after), criterion=draw(st.sampled_from((0, 1, 2, None)))))
    life = life_of(*made)
    for _ in range(draw(st.integers(0, len(made)))):
        ready = life.goal.startable(life.now)
        if not ready or life.goal.has_ended:
            break
        chosen = draw(st.sampled_from([task.number for task in ready]))
        if draw(st.booleans()):
            life.finish(chosen)
        else:
            life.begin(chosen)
    return life


WISHES = st.builds(
    lambda kind, pair: Change(
        kind=kind, said="", criterion=pair[0], other=pair[1] if kind is ChangeKind.BEFORE else None
    ),
    st.sampled_from(sorted(ORDERS)),
    st.permutations([0, 1, 2]),
)


@given(lives(), st.lists(WISHES, min_size=1, max_size=3))
def test_nothing_that_has_begun_is_touched_nothing_waits_in_a_circle_and_once_is_enough(
    life: Life, wishes: list[Change]
) -> None:
    if life.goal.has_ended:
        return
    old = life.goal
    for wish in wishes:
        repair = ordered(life.goal, [wish])
        check_repair(life.goal, repair)  # raises where tasks would wait for each other
        assert (repair.reset, repair.supersede, repair.add, repair.grows) == ((), (), (), False)
        assert all(life.goal.tasks[number].status is TaskStatus.PENDING for number in repair.rewire)
        life.do(request(NEED))
        life.do(repaired(repair, NEED, life.goal.plan_version))
        again = ordered(life.goal, [wish])
        assert (again.rewire, again.order) == ({}, ())
        shown = [task.number for task in life.goal.live_tasks]
        places = {number: place for place, number in enumerate(shown)}
        still = [task for task in life.goal.live_tasks if task.status is TaskStatus.PENDING]
        open_ones = {task.number for task in life.goal.live_tasks if task.ended_at is None}
        for task in still:
            assert all(places[one] < places[task.number] for one in task.depends_on if one in open_ones)
    for number, task in old.tasks.items():
        new = life.goal.tasks[number]
        assert (new.status, new.attempts, new.outcome) == (task.status, task.attempts, task.outcome)
        if task.status is not TaskStatus.PENDING:
            assert new.depends_on == task.depends_on
