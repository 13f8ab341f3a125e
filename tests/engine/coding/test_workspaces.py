"""Workspaces: which steps there are, how long a discarded branch can be had back, what a branch is called."""

import datetime as dt
import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from engine.coding.repositories import RepositoryId
from engine.coding.workspaces import (
    IN_USE,
    UNDO,
    Workspace,
    WorkspaceStatus,
    day_is_over,
    moved,
)
from engine.errors import IllegalMoveError
from engine.values import GoalId

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
MADE = Workspace(
    goal=GoalId(7),
    repository=RepositoryId(1),
    branch="milepost/7-fix",
    base="main",
    base_commit="a" * 40,
    path=Path("/data/worktrees/7"),
)
S = WorkspaceStatus
LIFE = [(S.MAKING, S.READY), (S.READY, S.REMOVED), (S.REMOVED, S.DISCARDED), (S.DISCARDED, S.GONE)]


@pytest.mark.parametrize(("before", "after"), LIFE)
def test_a_workspace_goes_from_making_to_gone(before: WorkspaceStatus, after: WorkspaceStatus) -> None:
    assert moved(replace(MADE, status=before), after, NOW).status is after


def test_what_was_cut_off_or_opened_again_is_made_anew() -> None:
    for before in (S.READY, S.REMOVED, S.GONE):
        assert moved(replace(MADE, status=before), S.MAKING, NOW).status is S.MAKING


@pytest.mark.parametrize(
    ("before", "after"),
    [(S.GONE, S.REMOVED), (S.GONE, S.READY), (S.DISCARDED, S.READY), (S.REMOVED, S.READY), (S.REMOVED, S.GONE)],
)
def test_there_are_no_other_steps(before: WorkspaceStatus, after: WorkspaceStatus) -> None:
    with pytest.raises(IllegalMoveError):
        moved(replace(MADE, status=before), after, NOW)


def test_every_status_can_be_reached_and_only_two_are_in_use() -> None:
    reached = {S.MAKING}
    for before, after in itertools.product(S, S):
        try:
            reached.add(moved(replace(MADE, status=before), after, NOW).status)
        except IllegalMoveError:
            continue
    assert reached == set(S)
    assert {S.MAKING, S.READY} == IN_USE


def test_a_discarded_branch_can_be_had_back_for_a_day() -> None:
    discarded = moved(replace(MADE, status=S.REMOVED), S.DISCARDED, NOW)
    assert discarded.undo_until == NOW + UNDO
    assert not day_is_over(discarded, NOW + UNDO - dt.timedelta(seconds=1))
    assert day_is_over(discarded, NOW + UNDO)
    back = moved(discarded, S.REMOVED, NOW)
    assert back.undo_until is None
    assert not day_is_over(back, NOW + UNDO)
