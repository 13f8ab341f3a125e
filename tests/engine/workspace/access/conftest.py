"""Fixtures of what has access to a tree."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.engine.workspace.access.places import SECRET, Place, made_place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """One place, of which the outside must stay as it is."""
    made = made_place(tmp_path)
    yield made
    assert (made.outside / "secret.txt").read_text() == SECRET, "a test changed what is outside its tree"


@pytest.fixture(scope="module")
def new_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Place]]:
    """Makes places, for properties, which need a fresh one for each example."""
    around = tmp_path_factory.mktemp("places")
    numbers = count()
    yield lambda: made_place(around / str(next(numbers)))
    shutil.rmtree(around)
