"""What is laid out beside a worktree shares files with the base, and nobody's change reaches from one to another."""

import asyncio
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engine.workspace.access.code_access import CodeAccess
from engine.workspace.access.globs import Globs
from engine.workspace.access.refusals import AccessRefused
from engine.workspace.access.results import Bounds
from engine.workspace.git.commands import Git
from engine.workspace.git.laying_out import export, trial
from engine.workspace.git.reading import snapshot, snapshot_index
from engine.workspace.git.worktrees import Worktree, ensure, remove
from tests.engine.workspace.git.commits import write
from tests.engine.workspace.git.repositories import commit_all, fingerprint


@pytest.fixture
def changed(worktree: Worktree) -> Worktree:
    """With a file changed, one gone, one new, and a folder in a file's place."""
    write(worktree, "src/main.py", b"changed\n")
    (worktree.path / "run.sh").unlink()
    write(worktree, "run.sh/new.txt", b"new\n")
    (worktree.path / "link").symlink_to("README.md")
    return worktree


async def test_a_state_shares_with_the_base_what_is_the_same_and_nothing_with_the_worktree(
    git: Git, changed: Worktree
) -> None:
    base = await export(git, changed, changed.base)
    before = fingerprint(base)
    state = await export(git, changed, await snapshot(git, changed))
    there = fingerprint(changed.path, leave_out=lambda name: name.startswith(".git") and name != ".gitignore")
    assert fingerprint(state) == there
    assert (state / "README.md").stat().st_ino == (base / "README.md").stat().st_ino
    assert (state / "src/main.py").stat().st_ino != (base / "src/main.py").stat().st_ino
    inodes = {place.stat().st_ino for place in changed.path.rglob("*") if place.is_file() and not place.is_symlink()}
    assert not inodes & {place.stat().st_ino for place in state.parent.rglob("*") if place.is_file()}
    assert fingerprint(base) == before


async def test_what_is_tried_changes_the_trial_alone(git: Git, changed: Worktree) -> None:
    base, state = await export(git, changed, changed.base), await snapshot(git, changed)
    before = fingerprint(base)
    for tried in (changed.base, state, state, changed.base):
        copy = await trial(git, changed, tried)
        assert await snapshot(Git(git.home, git.clock), replace(changed, path=copy)) == await snapshot(
            git, replace(changed, path=await export(git, changed, tried))
        )
        access = CodeAccess(copy, Globs(), lambda access: None, Bounds(linked=True))
        for path in ("README.md", "src/main.py", "other.txt"):
            access.write(path, "tried\n")
        access.delete("src/crlf.txt")
        assert (copy / "README.md").read_bytes() == b"tried\n"
        assert fingerprint(base) == before


async def test_only_in_a_copy_of_ours_may_files_have_other_names(git: Git, worktree: Worktree) -> None:
    copy = await trial(git, worktree, worktree.base)
    with pytest.raises(AccessRefused, match="a second name"):
        CodeAccess(copy, Globs(), lambda access: None).text("README.md")


async def test_a_base_without_its_index_is_laid_anew(git: Git, worktree: Worktree) -> None:
    base = await export(git, worktree, worktree.base)
    before = fingerprint(base)
    (base / "README.md").write_bytes(b"half\n")
    base.with_suffix(".index").unlink()
    assert fingerprint(await export(git, worktree, worktree.base)) == before


async def test_a_trial_that_was_cut_off_is_laid_anew(git: Git, worktree: Worktree) -> None:
    first = fingerprint(await trial(git, worktree, worktree.base))
    place = await trial(git, worktree, worktree.base)
    shutil.rmtree(place / "src")
    (place / "left.txt").write_bytes(b"left\n")
    index = snapshot_index(replace(worktree, path=place))
    index.with_name(f"{index.name}.lock").write_bytes(b"")
    assert fingerprint(await trial(git, worktree, worktree.base)) == first


@pytest.mark.parametrize("bytes_written", [0, 10, 40])
async def test_a_trial_whose_index_was_half_written_at_a_kill_is_laid_anew(
    git: Git, worktree: Worktree, bytes_written: int
) -> None:
    place = await trial(git, worktree, worktree.base)
    first = fingerprint(place)
    index = snapshot_index(replace(worktree, path=place))
    index.write_bytes(index.read_bytes()[:bytes_written])
    assert fingerprint(await trial(git, worktree, worktree.base)) == first


@pytest.mark.parametrize("left", ["__pycache__/left.pyc", "src/left.txt", "empty/below/"])
async def test_a_trial_is_gone_on_with_unless_something_was_left_in_it(git: Git, changed: Worktree, left: str) -> None:
    write(changed, ".gitignore", b"__pycache__/\n")
    state = await snapshot(git, changed)
    place = await trial(git, changed, changed.base)
    first, made = fingerprint(place), place.stat().st_ino
    access = CodeAccess(place, Globs(), lambda access: None, Bounds(linked=True))
    access.write("new/tried.txt", "tried\n")
    await snapshot(git, replace(changed, path=place))
    second = fingerprint(await trial(git, changed, state))
    assert place.stat().st_ino == made
    assert second == fingerprint(await export(git, changed, state))
    Path(place, left).parent.mkdir(parents=True, exist_ok=True)
    Path(place, left).mkdir() if left.endswith("/") else Path(place, left).write_bytes(b"left\n")
    assert fingerprint(await trial(git, changed, changed.base)) == first
    assert not Path(place, left).exists()


OTHER = "milepost/8-fix-the-rest"


async def test_branches_share_the_base_that_they_begin_from(git: Git, repository: Path, worktree: Worktree) -> None:
    base = await export(git, worktree, worktree.base)
    other = (await ensure(git, repository, OTHER, "main")).worktree
    assert await export(git, other, other.base) == base
    for branch in (worktree.branch, other.branch):  # it stays for the next one when nobody stands on it any more
        await remove(git, repository, branch)
    made = base.stat().st_ino
    assert await export(git, worktree, worktree.base) == base
    assert base.stat().st_ino == made


async def test_branches_may_lay_out_the_same_state_at_the_same_time(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    others = [(await ensure(git, repository, f"milepost/{number}-more", "main")).worktree for number in (8, 9, 10)]
    write(worktree, "src/main.py", b"changed\n")
    state = await snapshot(git, worktree)
    for branch in (worktree, *others):
        await export(git, branch, branch.base)
    laid = await asyncio.gather(*(export(git, branch, state) for branch in (worktree, *others)))
    assert len({*laid}) == len(laid)
    assert all(fingerprint(one) == fingerprint(laid[0]) for one in laid)


async def test_a_base_that_was_touched_is_laid_anew_before_another_branch_stands_on_it(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    base = await export(git, worktree, worktree.base)
    before = fingerprint(base)
    (base / "README.md").write_bytes(b"touched\n")
    (base / "build").mkdir()
    (base / "build" / "ignored.txt").write_bytes(b"left\n")
    other = (await ensure(git, repository, OTHER, "main")).worktree
    assert fingerprint(await export(git, other, other.base)) == before


async def test_a_base_goes_when_another_is_laid_out_and_no_branch_stands_on_it(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    old = await export(git, worktree, worktree.base)
    (repository / "README.md").write_bytes(b"newer\n")
    commit_all(repository, "Third")
    other = (await ensure(git, repository, OTHER, "main")).worktree
    new = await export(git, other, other.base)
    assert old.is_dir()
    await remove(git, repository, worktree.branch)
    (repository / "README.md").write_bytes(b"newest\n")
    commit_all(repository, "Fourth")
    third = (await ensure(git, repository, "milepost/9-and-so-on", "main")).worktree
    newest = await export(git, third, third.base)
    assert (old.exists(), new.is_dir(), newest.is_dir()) == (False, True, True)
