"""The guard against what hangs ends it."""

import re

import pytest

from tests import hanging


def test_what_hangs_is_ended_within_a_regular_expression_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hanging, "SECONDS", 0.05)
    with pytest.raises(hanging.Hung), hanging.no_hang():
        re.fullmatch(r"(a+)+b", "a" * 50)


def test_what_comes_after_it_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hanging, "SECONDS", 0.05)
    with hanging.no_hang():
        pass
    assert re.fullmatch(r"(a+)+b", "a" * 20) is None
