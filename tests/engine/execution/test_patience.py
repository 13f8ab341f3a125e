"""A check of what others bring about is looked at again and again, and in the end a person is asked."""

import datetime as dt
import itertools
from dataclasses import replace

import pytest

from engine import events as e
from engine.blockages import BlockageKind, Strategy
from engine.errors import PermanentError, ResourceBlocked, TemporaryError
from engine.execution.blocking import resolve
from engine.execution.patience import LOOKS, PATIENCE
from engine.execution.task_decisions import came_due, done_by_person
from engine.goals import GoalStatus
from engine.tasks import TaskStatus
from engine.values import TaskNumber
from tests.engine.lives import JUDGING, Life, planned
from tests.fakes import START

PATIENT = replace(JUDGING, patient=frozenset({"run"}))
NOT_YET = TemporaryError("fell short: it answered 404 instead of 200")


def look(life: Life, error: Exception = NOT_YET) -> dt.timedelta | None:
    """One look that fails; how long until the next, None where there is none."""
    life.fail(1, error, PATIENT)
    due = life.task(1).due_at
    if due is None:
        return None
    pause = due - life.now
    life.now = due
    life.do(came_due(TaskNumber(1)))
    return pause


def test_the_looks_come_at_growing_intervals_up_to_half_an_hour() -> None:
    life = Life.started(planned("check"))
    pauses = [pause for pause in (look(life) for _ in range(20)) if pause is not None]
    assert len(pauses) == 20
    assert pauses[0] < dt.timedelta(seconds=20)
    assert all(later > sooner for sooner, later in itertools.pairwise(pauses[:8]))
    longest = dt.timedelta(seconds=LOOKS.longest_delay)
    assert all(0.7 * longest < pause < 1.3 * longest for pause in pauses[8:])
    assert life.goal.status is GoalStatus.ACTIVE
    assert life.told(e.BlockageRaised) == []


def test_after_a_day_with_nothing_else_to_do_a_person_is_asked_and_can_have_it_looked_at_again() -> None:
    life = Life.started(planned("check"), planned("celebrate", "check", work="person"))
    begin = life.now
    while look(life) is not None:
        assert life.now - begin < PATIENCE + dt.timedelta(hours=1)
    assert life.now - begin >= PATIENCE
    (blockage,) = life.goal.blockages.values()
    assert (blockage.kind, blockage.strategy) == (BlockageKind.EXTERNAL, Strategy.ASK)
    assert "404" in blockage.needed
    assert "times in 1 day" in blockage.how
    life.do(resolve(blockage.number, ""))
    assert look(life) is not None, "the day begins anew"


def test_while_something_else_is_to_be_done_nobody_is_asked() -> None:
    life = Life.started(planned("check"), planned("build", work="person"), planned("celebrate", "check", work="person"))
    for _ in range(100):
        assert look(life) is not None
    assert life.now - START > 1.5 * PATIENCE
    life.do(done_by_person(2, ""))
    built = life.now
    while look(life) is not None:
        continue
    assert life.now - built >= PATIENCE, "what was done last may have to take effect first"


def test_a_check_that_holds_at_last_is_done() -> None:
    life = Life.started(planned("check"))
    for _ in range(9):
        look(life)
    life.finish(1)
    assert life.goal.status is GoalStatus.COMPLETED
    assert life.task(1).last_error == ""


@pytest.mark.parametrize(
    ("error", "kind"),
    [(PermanentError("that address may not be asked"), BlockageKind.ERROR), (ResourceBlocked("x", "busy"), "resource")],
)
def test_what_patience_does_not_help_goes_its_usual_way(error: Exception, kind: BlockageKind) -> None:
    life = Life.started(planned("check"))
    life.fail(1, error, PATIENT)
    (raised,) = life.told(e.BlockageRaised)
    assert isinstance(raised, e.BlockageRaised)
    assert raised.blockage.kind == kind


def test_a_programs_check_is_tried_three_times_and_tells_at_once() -> None:
    life = Life.started(planned("check"), chat=None)
    for _ in range(2):
        assert look(life) is not None
    assert look(life) is None
    assert life.task(1).status is TaskStatus.FAILED
