"""What was laid out ahead becomes the next worktree, which is as any other, whatever became of it meanwhile."""

import asyncio
import datetime as dt
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.workspace.git.commands import Git
from engine.workspace.git.errors import GitFailed
from engine.workspace.git.inspecting import locate
from engine.workspace.git.laying_out import lay_spare
from engine.workspace.git.naming import exports_folder, spare_folder
from engine.workspace.git.reading import changes
from engine.workspace.git.worktrees import How, Worktree, ensure, remove
from tests.engine.workspace.git.repositories import BRANCH, commit_all, fingerprint, of_the_person
from tests.engine.workspace.git.repositories import git as person
from tests.fakes import FakeClock

OTHER = "milepost/8-fix-the-rest"


async def spare(git: Git, repository: Path) -> Path:
    located = await locate(git, repository)
    await lay_spare(git, located, person(repository, "rev-parse", "main"))
    return spare_folder(git, located) / "files"


def files(worktree: Worktree) -> object:
    return fingerprint(worktree.path, leave_out=lambda name: name == ".git")


async def test_a_worktree_is_made_of_the_spare_one_and_is_as_any_other(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    before, laid = of_the_person(repository), await spare(git, repository)
    inode = (laid / "README.md").stat().st_ino
    made = (await ensure(git, repository, OTHER, "main")).worktree
    assert (made.path / "README.md").stat().st_ino == inode
    assert not laid.exists()
    assert files(made) == files(worktree)
    assert await changes(git, made) == ()
    assert person(made.path, "status", "--porcelain") == ""
    assert made.index.stat().st_mtime > made.mark.stat().st_mtime  # git knows already how the files look
    assert of_the_person(repository) == before


async def test_of_a_base_that_has_moved_on_only_what_differs_is_laid_out(git: Git, repository: Path) -> None:
    laid = await spare(git, repository)
    inode = (laid / "src/main.py").stat().st_ino
    (repository / "README.md").write_bytes(b"moved on\n")
    (repository / "run.sh").unlink()
    commit_all(repository, "Move on")
    made = (await ensure(git, repository, OTHER, "main")).worktree
    assert (made.path / "README.md").read_bytes() == b"moved on\n"
    assert not (made.path / "run.sh").exists()
    assert (made.path / "src/main.py").stat().st_ino == inode
    assert person(made.path, "status", "--porcelain") == ""


async def test_what_was_touched_in_a_spare_one_is_laid_anew(git: Git, repository: Path, worktree: Worktree) -> None:
    laid = await spare(git, repository)
    before = (laid / "README.md").stat()
    (laid / "README.md").write_bytes(b"x" * before.st_size)
    os.utime(laid / "README.md", ns=(before.st_atime_ns, before.st_mtime_ns))
    (laid / "run.sh").unlink()
    assert files((await ensure(git, repository, OTHER, "main")).worktree) == files(worktree)


HARMS: dict[str, Callable[[Path], object]] = {
    "beside the files": lambda laid: (laid / "planted.txt").write_bytes(b"not of the base\n"),
    "with a repository of its own": lambda laid: (laid / ".git").mkdir(),
    "without files": shutil.rmtree,
    "without an index": lambda laid: (laid.parent / "index").unlink(),
    "with half an index": lambda laid: (laid.parent / "index").write_bytes(b"DIRC"),
}


@pytest.mark.parametrize("harm", HARMS)
async def test_of_a_spare_one_that_was_harmed_nothing_is_taken(
    git: Git, repository: Path, worktree: Worktree, harm: str
) -> None:
    laid = await spare(git, repository)
    HARMS[harm](laid)
    made = await ensure(git, repository, OTHER, "main")
    assert made.how is How.CREATED
    assert files(made.worktree) == files(worktree)
    assert await changes(git, made.worktree) == ()
    assert not [*git.home.glob("exports/*/*/spare")]


async def test_a_change_is_seen_right_after_the_spare_one_was_taken(git: Git, repository: Path) -> None:
    await spare(git, repository)
    made = (await ensure(git, repository, OTHER, "main")).worktree
    place, before = made.path / "README.md", (made.path / "README.md").stat()
    place.write_bytes(b"x" * before.st_size)
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [change.path for change in await changes(git, made)] == ["README.md"]


async def test_one_alone_gets_the_spare_one_and_nothing_of_it_is_left(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    laid = await spare(git, repository)
    branches = [f"milepost/{number}-more" for number in (8, 9, 10)]
    made = [one.worktree for one in await asyncio.gather(*(ensure(git, repository, b, "main") for b in branches))]
    assert all(files(one) == files(worktree) for one in made)
    assert not laid.parent.exists()
    assert not [*git.home.glob("exports/*/*/spare")]


async def test_one_that_was_cut_off_as_it_was_taken_is_made_without_and_goes_with_its_branch(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    located, laid = await locate(git, repository), await spare(git, repository)
    taken = exports_folder(git, located, OTHER) / "spare"
    taken.parent.mkdir(parents=True)
    laid.parent.rename(taken)
    await spare(git, repository)
    made = (await ensure(git, repository, OTHER, "main")).worktree
    assert files(made) == files(worktree)
    await remove(git, repository, OTHER)
    assert not taken.exists()


async def test_what_a_kill_left_of_a_spare_one_is_laid_anew(git: Git, repository: Path) -> None:
    located = await locate(git, repository)
    part = spare_folder(git, located).with_suffix(".part")
    (part / "files").mkdir(parents=True)
    (part / "files" / "left.txt").write_bytes(b"half\n")
    laid = await spare(git, repository)
    assert (laid / "README.md").is_file()
    assert not (laid / "left.txt").exists()
    await ensure(git, repository, BRANCH, "main")


async def test_of_a_spare_one_that_could_not_be_laid_whole_nothing_takes_up_room(git: Git, repository: Path) -> None:
    located = await locate(git, repository)
    lost = person(repository, "rev-parse", "main:README.md")
    (repository / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(GitFailed):
        await lay_spare(git, located, person(repository, "rev-parse", "main"))
    assert not [*(git.home / "spares").iterdir()]


async def test_what_nobody_took_for_a_long_time_goes_when_another_one_is_laid_out(
    git: Git, repository: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.rmtree

    def rmtree(folder: Path, **how: bool) -> None:
        assert not removed.exists(), "it could be taken while it is half gone"
        real(folder, **how)

    laid = await spare(git, repository)
    removed, young = (laid.parent.with_name(name) for name in ("removed-one", "young-one"))
    monkeypatch.setattr(shutil, "rmtree", rmtree)
    for folder, days in ((removed, 31), (young, 29), (laid.parent, 40)):
        folder.mkdir(exist_ok=True)
        at = (clock.now() - dt.timedelta(days=days)).timestamp()
        os.utime(folder, (at, at))
    await spare(git, repository)
    assert {one.name for one in laid.parent.parent.iterdir()} == {young.name, laid.parent.name}
    assert laid.exists()
