"""The one memory of a running engine: read now and then, weighed only when something was added."""

import datetime as dt
from dataclasses import dataclass, field

import pytest

from engine.planning.learning.experience import History
from engine.planning.learning.school import FOR_A_PLAN, LEARNED_ANEW, School
from tests.engine.planning.learning.cases import WRITING, case, history
from tests.fakes import START, FakeClock


@dataclass
class Past:
    """A history that a test changes."""

    lived: History = field(default_factory=History)
    reads: int = 0

    async def history(self, since: dt.datetime) -> History:
        assert since < START
        self.reads += 1
        return self.lived


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def past() -> Past:
    return Past(lived=history(case(), case(worked=False)))


@pytest.fixture
def school(past: Past, clock: FakeClock) -> School:
    return School(past, clock)  # type: ignore[arg-type]  # all that it asks


async def test_who_asks_again_soon_gets_the_same_without_a_look(school: School, past: Past, clock: FakeClock) -> None:
    first = await school.lessons()
    clock.advance(seconds=LEARNED_ANEW.total_seconds() - 1)
    assert await school.lessons() is first
    assert (first.cases, past.reads) == (2, 1)


async def test_a_plan_wants_it_newer_than_a_card_and_both_see_the_newer_one(
    school: School, past: Past, clock: FakeClock
) -> None:
    await school.lessons()
    past.lived = history(case(), case(worked=False), case(worked=False))
    clock.advance(seconds=FOR_A_PLAN.total_seconds())
    assert (await school.lessons()).cases == 2
    assert (await school.lessons(FOR_A_PLAN)).cases == 3
    assert (await school.lessons()).cases == 3


async def test_where_nothing_was_added_the_beliefs_stay_the_same_object_for_a_day(
    school: School, past: Past, clock: FakeClock
) -> None:
    first = await school.lessons(FOR_A_PLAN)
    clock.advance(hours=20)
    same = await school.lessons(FOR_A_PLAN)
    assert past.reads == 2
    assert same.beliefs is first.beliefs
    assert same.at > first.at
    clock.advance(hours=5)
    faded = await school.lessons(FOR_A_PLAN)
    assert faded.beliefs is not first.beliefs, "the cases are a day older, and count less"
    assert faded.beliefs.odds(WRITING, 0.8).cases < first.beliefs.odds(WRITING, 0.8).cases


async def test_a_clock_that_was_set_back_makes_it_look_again(school: School, past: Past, clock: FakeClock) -> None:
    await school.lessons()
    clock.advance(hours=-1)
    await school.lessons()
    assert past.reads == 2
