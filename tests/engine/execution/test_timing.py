"""Deadlines warn, pass and end; subjects of wake-ups are read back."""

import datetime as dt

import pytest

from engine import events as e
from engine.execution.goal_decisions import pause
from engine.execution.task_decisions import came_due, postponed
from engine.execution.timing import deadline_due, goal_moment, parse_subject, warn_at
from engine.goals import GoalStatus
from engine.tasks import TaskStatus
from engine.values import TaskNumber
from tests.engine.lives import Life, edited, planned
from tests.fakes import START


def until(days: float, chat: int | None = 100) -> Life:
    return Life.started(planned("a", work="person"), chat=chat, deadline=START + dt.timedelta(days=days))


def test_a_near_deadline_is_told_once_a_tenth_or_three_days_before() -> None:
    assert warn_at(START, START + dt.timedelta(days=10)) == START + dt.timedelta(days=9)
    assert warn_at(START, START + dt.timedelta(days=100)) == START + dt.timedelta(days=97)
    life = until(10)
    life.pass_time(days=9)
    assert [type(event) for event in life.do(deadline_due)] == [e.DeadlineNear]
    assert not life.do(deadline_due)


def test_a_programs_goal_fails_at_its_deadline() -> None:
    life = until(1, chat=None)
    life.pass_time(days=1)
    life.do(deadline_due)
    assert life.goal.status is GoalStatus.FAILED


@pytest.mark.parametrize("paused", [True, False])
def test_a_chat_has_a_day_of_grace_and_another_date_ends_it(paused: bool) -> None:
    life = until(1)
    if paused:
        life.do(pause(""))
    life.pass_time(days=1)
    life.do(deadline_due)
    assert goal_moment(life.goal) == life.now + dt.timedelta(days=1)
    assert life.goal.blockages
    life.do(edited(deadline=life.now + dt.timedelta(days=3)))
    assert not life.goal.blockages
    assert life.goal.deadline_grace is None
    life.pass_time(days=2)
    life.do(deadline_due)
    assert not life.goal.has_ended


def test_no_deadline_at_all_is_an_answer_too() -> None:
    life = until(1)
    life.pass_time(days=1)
    life.do(deadline_due)
    life.do(edited(deadline=None))
    assert goal_moment(life.goal) is None
    life.pass_time(days=400)
    assert not life.do(deadline_due)


def test_without_an_answer_the_goal_fails_when_the_day_is_over() -> None:
    life = until(1)
    life.pass_time(days=1)
    life.do(deadline_due)
    life.pass_time(hours=23)
    assert not life.do(deadline_due)
    life.pass_time(hours=1)
    life.do(deadline_due)
    assert life.goal.status is GoalStatus.FAILED


def test_a_person_is_reminded_after_a_day_then_less_and_less_often() -> None:
    life = Life.started(planned("a", work="person"))
    gaps = []
    for _ in range(5):
        waiting = life.task(1).waiting
        assert waiting is not None
        assert waiting.until is not None
        gaps.append((waiting.until - life.now).days)
        life.now = waiting.until
        assert life.do(came_due(TaskNumber(1)))
    assert gaps == [1, 1, 3, 7, 7]


def test_later_is_the_moment_that_the_person_chose() -> None:
    life = Life.started(planned("a", work="person"))
    life.do(postponed(1, life.now + dt.timedelta(days=9)))
    life.pass_time(days=8)
    assert not life.do(came_due(TaskNumber(1)))
    life.pass_time(days=1)
    assert life.do(came_due(TaskNumber(1)))
    assert life.task(1).status is TaskStatus.WAITING


def test_subjects_are_read_back_and_others_refused() -> None:
    assert parse_subject("goal:7") == (7, None)
    assert parse_subject("task:7.3") == (7, 3)
    for bad in ("", "goal", "goal:x", "task:7", "task:7.x", "digest:7", "task:.3"):
        with pytest.raises(ValueError, match="no subject"):
            parse_subject(bad)
