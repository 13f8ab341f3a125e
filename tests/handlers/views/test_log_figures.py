"""Figures in the log are as exact as they are worth."""

import datetime as dt

import pytest

from engine.goals import Goal
from engine.records import LogRow
from engine.values import ChatId, GoalId
from handlers.views.log import log_page

NOW = dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(("expected", "shown"), [(326.812, "327 was due"), (7.25, "7.2 was due"), (12.0, "12 was due")])
def test_a_point_on_the_way_to_a_figure_is_rounded(expected: float, shown: str) -> None:
    goal = Goal(id=GoalId(1), name="Grow", chat=ChatId(7), created_at=NOW, updated_at=NOW)
    row = LogRow(
        sequence=1,
        goal=goal.id,
        event="measure_strayed",
        cause="test",
        at=NOW,
        task=None,
        details={"value": 5.125, "expected": expected},
    )
    text = str(log_page(goal, [row], "UTC", NOW).payload["text"])
    assert f"is behind: 5.125, and {shown} by now" in text
