"""A stage for the executor in a temporary folder."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "milepost.db")


@pytest.fixture
def no_rounds(stage: Stage) -> None:
    """Its executor's monitor makes no rounds by itself."""
    stage.options = replace(stage.options, monitoring_interval=366 * 86_400.0)
