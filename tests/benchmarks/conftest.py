"""Benchmarks that are not there to measure."""

import pytest

from benchmarks import planning


class NoCollector:
    """Stands where a benchmark puts the garbage collector's work aside: with all tests loaded that takes a second, and
    what `tests/conftest.py` has frozen would thaw for the tests that come after.
    """

    def __init__(self) -> None:
        self.callbacks: list[object] = []

    def collect(self) -> None:
        """Nothing is timed."""

    freeze = unfreeze = collect


@pytest.fixture(autouse=True)
def without_the_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "gc", NoCollector())
