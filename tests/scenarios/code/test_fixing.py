"""Bugs of every kind are shown by a test, mended, proven and committed, and the person's own checkout never moves."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.goals import GoalStatus
from tests.engine.coding.cases import CASES, Case
from tests.scenarios.code.authors import who_cures
from tests.scenarios.code.office import LIMITS, Office, ended, pursued


@pytest.mark.sample(1, in_ci=4)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
async def test_a_bug_is_shown_mended_proven_and_committed(case: Case, tmp_path: Path) -> None:
    never_ends = case.kind == "infinite loop"  # each run of its tests takes as long as a command may
    limits = replace(LIMITS, command=5.0) if never_ends else LIMITS
    office = Office(tmp_path, case.files, who_cures(case), limits=limits)
    async with office.open() as (executor, _):
        goal = await pursued(executor, f"Fix the bug that {case.bug}", ended)
        assert goal.status is GoalStatus.COMPLETED, goal.reason
        test_file, test_text = case.new_test
        assert office.committed(f"{case.module}.py") == case.cured
        assert office.committed(test_file) == test_text
        assert len(office.commits) == 1
        assert office.is_untouched
        assert executor.workbench is not None
        report = await (await executor.workbench.get()).report(goal.id)
        assert report is not None
        assert report.proven
        assert report.cost > 0
