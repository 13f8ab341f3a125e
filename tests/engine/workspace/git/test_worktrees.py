"""A worktree is there for work, however the last run ended, and the person's checkout never notices."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from engine.values import GoalId
from engine.workspace.git.commands import Git
from engine.workspace.git.committing import CommitOrder, commit
from engine.workspace.git.errors import BranchRefused, GitFailed, RepositoryRefused
from engine.workspace.git.laying_out import export
from engine.workspace.git.naming import branch_name
from engine.workspace.git.reading import changes, compare, log
from engine.workspace.git.worktrees import Ensured, How, ensure, head_of, remove
from tests.engine.workspace.git.commits import file_at
from tests.engine.workspace.git.repositories import BRANCH, FILES, commit_all, fingerprint, of_the_person, plant
from tests.engine.workspace.git.repositories import git as person


async def test_a_worktree_has_the_files_of_the_base_and_not_the_changes_of_the_person(
    git: Git, repository: Path
) -> None:
    before = of_the_person(repository)
    made = await ensure(git, repository, BRANCH, "main")
    assert made.how is How.CREATED
    assert made.head == made.worktree.base == person(repository, "rev-parse", "main")
    tree = made.worktree.path
    assert tree.is_relative_to(git.home)
    assert (tree / "README.md").read_bytes() == b"# A project\n\nIt adds.\n"
    assert not (tree / "notes.txt").exists()
    assert os.access(tree / "run.sh", os.X_OK)
    assert not os.access(tree / "src/main.py", os.X_OK)
    assert person(tree, "status", "--porcelain") == ""
    assert of_the_person(repository) == before


async def test_all_that_is_done_in_a_worktree_leaves_checkout_index_head_stash_and_settings_alone(
    git: Git, repository: Path
) -> None:
    person(repository, "stash", "--include-untracked")
    (repository / "README.md").write_bytes(b"something else\n")
    person(repository, "add", "README.md")
    (repository / "new.txt").write_bytes(b"new\n")
    before = of_the_person(repository)
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    (worktree.path / "src/main.py").write_bytes(b"def add(a, b):\n    return a + b\n")
    await changes(git, worktree)
    order = CommitOrder(paths=("src/main.py",), message="Fix", goal=GoalId(7), task="7.1")
    assert await commit(git, worktree, order) is not None
    await export(git, worktree, worktree.base)
    await remove(git, repository, BRANCH)
    assert of_the_person(repository) == before
    assert "7-fix-the-sum" in person(repository, "branch", "--list", "milepost/*")


async def test_a_worktree_is_resumed_as_it_is(git: Git, repository: Path) -> None:
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    (worktree.path / "README.md").write_bytes(b"half done")
    (worktree.path / "new.txt").write_bytes(b"new")
    again = await ensure(git, repository, BRANCH, worktree.base)
    assert (again.how, again.worktree) == (How.RESUMED, worktree)
    assert {change.path for change in await changes(git, worktree)} == {"README.md", "new.txt"}


async def test_the_base_stays_where_the_work_began_when_its_branch_moves_on(git: Git, repository: Path) -> None:
    first = await ensure(git, repository, BRANCH, "main")
    commit_all(repository, "Third")
    assert (await ensure(git, repository, BRANCH, "main")).worktree.base == first.worktree.base


def hostile_git_folder(repository: Path, canary: Path) -> Path:
    """A git folder whose settings run a program at the next `git status`."""
    folder = repository.parent / "hostile"
    shutil.copytree(repository, folder)
    plant(folder, canary)
    return folder / ".git"


def no_folder(worktree_path: Path, admin: Path) -> None:
    shutil.rmtree(worktree_path)


def half_a_folder(worktree_path: Path, admin: Path) -> None:
    (admin / "milepost-ready").unlink()
    (worktree_path / "README.md").unlink()


def no_admin(worktree_path: Path, admin: Path) -> None:
    shutil.rmtree(admin)


def half_an_admin(worktree_path: Path, admin: Path) -> None:
    shutil.rmtree(worktree_path)
    for entry in admin.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    (admin / "locked").write_text("initializing", "utf-8")


def no_index(worktree_path: Path, admin: Path) -> None:
    (admin / "index").unlink()


def another_pointer(worktree_path: Path, admin: Path) -> None:
    (worktree_path / ".git").write_text(f"gitdir: {worktree_path}/elsewhere\n", "utf-8")


def no_pointer(worktree_path: Path, admin: Path) -> None:
    (worktree_path / ".git").unlink()


def a_folder_for_a_pointer(worktree_path: Path, admin: Path) -> None:
    (worktree_path / ".git").unlink()
    (worktree_path / ".git").mkdir()
    (worktree_path / ".git" / "config").write_text("[core]\nfsmonitor = touch /tmp/x\n", "utf-8")


def a_link_for_a_pointer(worktree_path: Path, admin: Path) -> None:
    (worktree_path / "copy").write_bytes((worktree_path / ".git").read_bytes())
    (worktree_path / ".git").unlink()
    (worktree_path / ".git").symlink_to("copy")


def another_branch(worktree_path: Path, admin: Path) -> None:
    (admin / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")


def a_link_for_a_folder(worktree_path: Path, admin: Path) -> None:
    worktree_path.rename(worktree_path.with_name("moved"))
    worktree_path.symlink_to("moved")


@pytest.mark.sample(1, in_ci=4)
@pytest.mark.parametrize(
    "damage",
    [no_folder, half_a_folder, no_admin, half_an_admin, no_index, another_pointer, no_pointer, a_folder_for_a_pointer,
     a_link_for_a_pointer, another_branch, a_link_for_a_folder],
    ids=lambda damage: damage.__name__,
)  # fmt: skip
async def test_a_damaged_worktree_is_made_anew_with_its_commits(git: Git, repository: Path, damage) -> None:
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    (worktree.path / "added.txt").write_bytes(b"kept\n")
    order = CommitOrder(paths=("added.txt",), message="Add", goal=GoalId(7), task="7.1")
    committed = await commit(git, worktree, order)
    assert committed is not None
    (worktree.path / "src/main.py").write_bytes(b"of somebody hostile")
    before = of_the_person(repository)
    damage(worktree.path, worktree.admin)
    again = await ensure(git, repository, BRANCH, worktree.base)
    assert again.how is How.REMADE
    assert again.why
    assert again.head == committed.commit
    assert (again.worktree.path / "added.txt").read_bytes() == b"kept\n"
    assert (again.worktree.path / "src/main.py").read_bytes() == FILES["src/main.py"]
    assert await changes(git, again.worktree) == ()
    assert len(list((repository / ".git" / "worktrees").iterdir())) == 1
    assert (await ensure(git, repository, BRANCH, worktree.base)).how is How.RESUMED
    assert of_the_person(repository) == before


async def test_locks_of_a_killed_git_are_cleared_away(git: Git, repository: Path) -> None:
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    for lock in (worktree.admin / "index.lock", repository / ".git/refs/heads" / f"{BRANCH}.lock"):
        lock.write_bytes(b"")
    (worktree.path / "README.md").write_bytes(b"changed")
    assert (await ensure(git, repository, BRANCH, "main")).how is How.RESUMED
    order = CommitOrder(paths=("README.md",), message="Change", goal=GoalId(7), task="7.1")
    assert await commit(git, worktree, order) is not None


async def test_a_pointer_that_was_rewritten_to_a_hostile_git_folder_runs_nothing(
    git: Git, repository: Path, tmp_path: Path
) -> None:
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    canary = tmp_path / "canary"
    hostile = hostile_git_folder(repository, canary)
    (worktree.path / ".git").write_text(f"gitdir: {hostile}\n", "utf-8")
    subprocess.run(["git", "status"], cwd=worktree.path, capture_output=True, check=False)
    assert canary.exists(), "the trap itself must work"
    canary.unlink()
    (worktree.path / "README.md").write_bytes(b"changed\n")
    assert [change.path for change in await changes(git, worktree)] == ["README.md"]
    order = CommitOrder(paths=("README.md",), message="Change", goal=GoalId(7), task="7.1")
    assert await commit(git, worktree, order) is not None
    assert (await ensure(git, repository, BRANCH, "main")).how is How.REMADE
    await remove(git, repository, BRANCH)
    assert not canary.exists()


@pytest.mark.long
async def test_two_repositories_may_have_a_goal_of_the_same_name(git: Git, repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "project"
    shutil.copytree(repository, other)
    first, second = [(await ensure(git, path, BRANCH, "main")).worktree.path for path in (repository, other)]
    assert first != second


@pytest.mark.long  # two seconds
async def test_eight_goals_work_side_by_side_on_one_repository(git: Git, repository: Path) -> None:
    before = of_the_person(repository)

    async def work(number: int) -> Ensured:
        made = await ensure(git, repository, branch_name(GoalId(number), "Side by side"), "main")
        for task in range(3):
            (made.worktree.path / f"{number}-{task}.txt").write_text(f"{number}\n", "utf-8")
            order = CommitOrder(
                paths=(f"{number}-{task}.txt",), message="Work", goal=GoalId(number), task=f"{number}.{task}"
            )
            assert await commit(git, made.worktree, order) is not None
        return made

    everything = await asyncio.gather(*(work(number) for number in range(1, 9)))
    for number, made in enumerate(everything, start=1):
        logged = await log(git, made.worktree)
        assert [entry.task for entry in logged] == [f"{number}.{task}" for task in (2, 1, 0)]
        head = await head_of(git, made.worktree)
        changed = await compare(git, made.worktree, made.worktree.base, head)
        assert {change.path for change in changed} == {f"{number}-{task}.txt" for task in range(3)}
    person(repository, "fsck", "--strict")
    assert of_the_person(repository) == before


@pytest.mark.long
async def test_a_bare_clone_can_be_worked_on(git: Git, repository: Path, tmp_path: Path) -> None:
    person(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    bare = tmp_path / "bare.git"
    settings = (bare / "config").read_bytes()
    worktree = (await ensure(git, bare, BRANCH, "main")).worktree
    (worktree.path / "README.md").write_bytes(b"changed\n")
    order = CommitOrder(paths=("README.md",), message="Change", goal=GoalId(7), task="7.1")
    committed = await commit(git, worktree, order)
    assert committed is not None
    assert person(bare, "rev-parse", BRANCH) == committed.commit
    assert (bare / "config").read_bytes() == settings


async def test_a_detached_head_can_be_worked_from(git: Git, repository: Path) -> None:
    first = person(repository, "rev-parse", "HEAD~1")
    made = await ensure(git, repository, BRANCH, first)
    assert made.worktree.base == first
    assert (made.worktree.path / "README.md").read_bytes() == FILES["README.md"]


@pytest.mark.long
async def test_a_shallow_clone_can_be_worked_on(git: Git, repository: Path, tmp_path: Path) -> None:
    person(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository}", "shallow")
    worktree = (await ensure(git, tmp_path / "shallow", BRANCH, "main")).worktree
    (worktree.path / "README.md").write_bytes(b"changed\n")
    order = CommitOrder(paths=("README.md",), message="Change", goal=GoalId(7), task="7.1")
    assert await commit(git, worktree, order) is not None
    assert len(await log(git, worktree)) == 1


async def test_a_checkout_that_is_itself_a_worktree_can_be_worked_on(
    git: Git, repository: Path, tmp_path: Path
) -> None:
    person(repository, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "side"))
    made = await ensure(git, tmp_path / "side", BRANCH, "side")
    assert made.worktree.admin.parent == repository / ".git" / "worktrees"
    await remove(git, tmp_path / "side", BRANCH)
    assert person(tmp_path / "side", "status", "--porcelain") == ""


async def test_an_empty_repository_is_refused_with_what_to_do(git: Git, tmp_path: Path) -> None:
    person(tmp_path, "init", "--quiet", "empty")
    with pytest.raises(RepositoryRefused, match="no commit yet") as refused:
        await ensure(git, tmp_path / "empty", BRANCH, "main")
    assert refused.value.code == "empty"
    assert refused.value.how == "make a first commit, an empty one will do"


@pytest.mark.long
async def test_submodules_stay_empty_folders(git: Git, repository: Path, template: Path) -> None:
    person(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(template), "library")
    person(repository, "commit", "--quiet", "--message", "With a library", "--", ".gitmodules", "library")
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    assert list((worktree.path / "library").iterdir()) == []
    assert await changes(git, worktree) == ()
    (worktree.path / "README.md").write_bytes(b"changed\n")
    order = CommitOrder(paths=("README.md",), message="Change", goal=GoalId(7), task="7.1")
    committed = await commit(git, worktree, order)
    assert committed is not None
    assert committed.paths == ("README.md",)


async def test_a_branch_that_the_person_has_checked_out_is_left_to_them(git: Git, repository: Path) -> None:
    await ensure(git, repository, BRANCH, "main")
    await remove(git, repository, BRANCH)
    person(repository, "checkout", "--quiet", "--force", BRANCH)
    with pytest.raises(BranchRefused, match="held by another worktree"):
        await ensure(git, repository, BRANCH, "main")


@pytest.mark.sample(3)
@pytest.mark.parametrize("branch", ["main", "milepost/../main", "milepost/7-x.lock", "milepost/7", "--force", "",
                                    "milepost/7-x\n", "milepost/7-x/../../y", "milepost/7-" + "x" * 99])  # fmt: skip
async def test_no_branch_but_our_own_gets_a_worktree(git: Git, repository: Path, branch: str) -> None:
    with pytest.raises(BranchRefused):
        await ensure(git, repository, branch, "main")


async def test_a_branch_of_the_person_s_that_is_in_the_way_of_ours_is_named(git: Git, repository: Path) -> None:
    person(repository, "branch", "milepost")
    with pytest.raises(GitFailed, match="'refs/heads/milepost' exists"):
        await ensure(git, repository, BRANCH, "main")


@pytest.mark.sample(2)
@pytest.mark.parametrize("base", ["nowhere", "--help", "HEAD~1", "main..main", "f" * 40])
async def test_a_base_that_is_not_there_is_refused(git: Git, repository: Path, base: str) -> None:
    with pytest.raises(RepositoryRefused, match="to start from"):
        await ensure(git, repository, BRANCH, base)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("title", "branch"),
    [
        ("Fix the login", "milepost/7-fix-the-login"),
        ("  ../../etc/passwd; rm -rf ~ ", "milepost/7-etc-passwd-rm-rf"),
        ("--upload-pack=x", "milepost/7-upload-pack-x"),
        ("починить вход", "milepost/7-work"),
        ("Déjà vu\n\x00.lock", "milepost/7-deja-vu-lock"),
        ("", "milepost/7-work"),
        ("x" * 500, "milepost/7-" + "x" * 40),
    ],
)
async def test_any_title_makes_a_branch_that_git_takes(git: Git, repository: Path, title: str, branch: str) -> None:
    assert branch_name(GoalId(7), title) == branch
    assert (await ensure(git, repository, branch, "main")).how is How.CREATED


async def test_a_state_laid_out_for_tests_has_the_very_bytes_of_the_commit(git: Git, repository: Path) -> None:
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    first = person(repository, "rev-parse", "main~1")
    folder = await export(git, worktree, first)
    assert {name: (folder / name).read_bytes() for name in FILES} == FILES
    assert os.access(folder / "run.sh", os.X_OK)
    assert sorted(fingerprint(folder)) == sorted(FILES)
    assert await export(git, worktree, first) == folder
    assert await file_at(git, worktree, first, "README.md") == FILES["README.md"]
    assert await changes(git, worktree) == ()
    await remove(git, repository, BRANCH)
    assert not folder.exists()


async def test_a_state_half_laid_out_is_laid_out_anew(git: Git, repository: Path) -> None:
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    folder = await export(git, worktree, worktree.base)
    folder.rename(folder.with_suffix(".part"))
    (folder.with_suffix(".part") / "README.md").write_bytes(b"half")
    folder.with_suffix(".index.lock").write_bytes(b"")
    again = await export(git, worktree, worktree.base)
    assert (again / "README.md").read_bytes() == b"# A project\n\nIt adds.\n"


async def test_a_worktree_is_removed_twice_without_harm_and_others_stay(git: Git, repository: Path) -> None:
    await ensure(git, repository, BRANCH, "main")
    other = (await ensure(git, repository, "milepost/70-fix", "main")).worktree
    person(repository, "worktree", "add", "--quiet", "-b", "side", str(repository.parent / "side"))
    shutil.rmtree(repository.parent / "side")  # on a disk that is not there just now: not ours to forget
    for _ in range(2):
        await remove(git, repository, BRANCH)
    assert len(list((repository / ".git" / "worktrees").iterdir())) == 2
    assert (await ensure(git, repository, other.branch, "main")).how is How.RESUMED


async def test_a_branch_is_found_wherever_git_keeps_it(git: Git, repository: Path) -> None:
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    place = repository / ".git/refs/heads" / BRANCH
    assert await head_of(git, worktree) == place.read_text("ascii").strip() == worktree.base
    person(repository, "pack-refs", "--all")
    assert not place.exists()
    assert await head_of(git, worktree) == worktree.base
    place.parent.mkdir(exist_ok=True)
    place.write_text("ref: refs/heads/main\n", "ascii")  # a name for another branch
    assert await head_of(git, worktree) == worktree.base
    place.unlink()
    person(repository, "update-ref", "-d", f"refs/heads/{BRANCH}")
    with pytest.raises(BranchRefused, match="is gone"):
        await head_of(git, worktree)
