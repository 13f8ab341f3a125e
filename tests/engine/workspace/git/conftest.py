"""A small repository for each test, copied from one that is made once, and git as Milepost runs it."""

import shutil
from pathlib import Path

import pytest

from engine.workspace.git.commands import Git
from engine.workspace.git.worktrees import Worktree, ensure
from tests.engine.workspace.git.repositories import BRANCH, make_template
from tests.fakes import FakeClock


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template") / "project")


@pytest.fixture
def repository(template: Path, tmp_path: Path) -> Path:
    """A checkout of a person's, with files of theirs in it that are changed, new and ignored."""
    folder = tmp_path / "project"
    shutil.copytree(template, folder, symlinks=True)
    (folder / "README.md").write_bytes(b"# A project\n\nHalf a sent")
    (folder / "notes.txt").write_bytes(b"not yet git's\n")
    (folder / "debug.log").write_bytes(b"ignored\n")
    return folder


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def git(tmp_path: Path, clock: FakeClock) -> Git:
    return Git(tmp_path / "milepost", clock)


@pytest.fixture
async def worktree(git: Git, repository: Path) -> Worktree:
    """A goal's own, as it was laid out."""
    return (await ensure(git, repository, BRANCH, "main")).worktree
