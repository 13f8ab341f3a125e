"""A tree to run in and a sandbox to run it in; without bubblewrap these tests are left out, but never in CI."""

import os
import platform
import shutil
import sys
from pathlib import Path

import pytest

from engine.workspace.sandbox.fitness import Fitness
from engine.workspace.sandbox.running import Seat
from engine.workspace.sandbox.sandbox import Sandbox


@pytest.fixture
def bubblewrap() -> None:
    if not os.environ.get("CI") and (sys.platform != "linux" or shutil.which("bwrap") is None):
        pytest.skip("bubblewrap is not installed here: apt install bubblewrap")


@pytest.fixture
def box(bubblewrap: None) -> Sandbox:
    """A sandbox that is not tried first: that is what the tests do."""
    return Sandbox(known=Fitness())


@pytest.fixture
def seat(bubblewrap: None) -> Seat:
    user = 1_879_048_192 + os.getpid() * 64 + 63 if os.getuid() == 0 else None
    return Seat(user=user, machine=platform.machine())


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "worktree"
    folder.mkdir()
    (folder / "hello.txt").write_text("hello\n", "utf-8")
    return folder
