"""A base that moved, and a person's own branch: laid together where they fit, and nothing changed where not."""

from pathlib import Path

import pytest

from engine.errors import PermanentError
from engine.values import GoalId
from engine.workspace.git.commands import Git
from engine.workspace.git.committing import CommitOrder, commit
from engine.workspace.git.errors import BranchRefused, PathsRefused, UncommittedChanges
from engine.workspace.git.reading import changes, log
from engine.workspace.git.rebasing import rebase, standing, take_over
from engine.workspace.git.worktrees import How, Worktree, ensure, head_of
from tests.engine.workspace.git.repositories import BRANCH, commit_all, fingerprint, of_the_person
from tests.engine.workspace.git.repositories import git as person


@pytest.fixture
async def worktree(git: Git, repository: Path) -> Worktree:
    """One with a commit on it; the person's own changes are out of the way."""
    person(repository, "checkout", "--quiet", "--force", "main")
    (repository / "notes.txt").unlink()
    made = (await ensure(git, repository, BRANCH, "main")).worktree
    await work(git, made, "src/main.py", b"def add(a, b):\n    return a + b\n", "7.1")
    return made


async def work(git: Git, worktree: Worktree, path: str, content: bytes, task: str) -> None:
    (worktree.path / path).write_bytes(content)
    order = CommitOrder(paths=(path,), message=f"Task {task}", goal=GoalId(7), task=task)
    assert await commit(git, worktree, order) is not None


def by_person(repository: Path, path: str, content: bytes, message: str = "By hand") -> str:
    (repository / path).write_bytes(content)
    return commit_all(repository, message)


def anything(path: str) -> str | None:
    return None


def only_sources(path: str) -> str | None:
    return None if path.startswith("src/") else "is outside src/"


async def test_a_branch_whose_base_stands_still_is_only_ahead(git: Git, worktree: Worktree) -> None:
    stands = await standing(git, worktree, "main")
    assert (stands.ahead, stands.behind, stands.conflicts) == (1, 0, ())


@pytest.mark.long
async def test_a_base_that_moved_elsewhere_is_told_and_taken_in(git: Git, repository: Path, worktree: Worktree) -> None:
    await work(git, worktree, "run.sh", b"#!/bin/sh\n", "7.2")
    base = by_person(repository, "README.md", b"# Another title\n")
    before = of_the_person(repository)
    stands = await standing(git, worktree, "main")
    assert (stands.ahead, stands.behind, stands.base, stands.conflicts) == (2, 1, base, ())
    done = await rebase(git, worktree, "main")
    assert done.conflicts == ()
    assert done.worktree.base == base
    assert person(repository, "rev-parse", f"{BRANCH}~2") == base
    assert (worktree.path / "README.md").read_bytes() == b"# Another title\n"
    assert (worktree.path / "src/main.py").read_bytes() == b"def add(a, b):\n    return a + b\n"
    assert await changes(git, done.worktree) == ()
    assert [(entry.goal, entry.task) for entry in await log(git, done.worktree)] == [("7", "7.2"), ("7", "7.1")]
    assert person(repository, "log", "-1", "--format=%an", BRANCH) == "Ada"
    assert (await ensure(git, repository, BRANCH, base)).how is How.RESUMED
    assert (await rebase(git, done.worktree, "main")).head == done.head
    assert of_the_person(repository) == before


async def test_a_conflict_is_told_by_file_and_changes_nothing(git: Git, repository: Path, worktree: Worktree) -> None:
    await work(git, worktree, "run.sh", b"#!/bin/sh\n", "7.2")
    by_person(repository, "src/main.py", b"def add(a, b):\n    return b - a\n")
    assert (await standing(git, worktree, "main")).conflicts == ("src/main.py",)
    head, files, index = await head_of(git, worktree), fingerprint(worktree.path), worktree.index.read_bytes()
    done = await rebase(git, worktree, "main")
    assert done.conflicts == ("src/main.py",)
    assert done.stopped_at == person(repository, "rev-parse", f"{BRANCH}~1")
    assert (await head_of(git, worktree), fingerprint(worktree.path)) == (head, files)
    assert worktree.index.read_bytes() == index
    assert done.worktree == worktree


@pytest.mark.long
async def test_a_change_that_the_base_has_already_is_left_out(git: Git, repository: Path, worktree: Worktree) -> None:
    base = by_person(repository, "src/main.py", b"def add(a, b):\n    return a + b\n")
    done = await rebase(git, worktree, "main")
    assert done.head == base
    assert await log(git, done.worktree) == ()


async def test_changes_that_are_not_committed_are_not_lost_to_a_rebase(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    by_person(repository, "README.md", b"# Another title\n")
    (worktree.path / "new.txt").write_bytes(b"new\n")
    with pytest.raises(UncommittedChanges) as refused:
        await rebase(git, worktree, "main")
    assert refused.value.paths == ("new.txt",)
    assert (worktree.path / "new.txt").read_bytes() == b"new\n"


async def test_a_rebase_cut_off_between_branch_and_files_is_finished_by_the_next_start(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    base = by_person(repository, "README.md", b"# Another title\n")
    (worktree.admin / "milepost-ready").unlink()
    person(repository, "update-ref", f"refs/heads/{BRANCH}", base)
    made = await ensure(git, repository, BRANCH, base)
    assert (made.how, made.head) == (How.REMADE, base)
    assert await changes(git, made.worktree) == ()


async def test_a_persons_branch_that_goes_on_from_ours_is_taken_over_as_it_is(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    person(repository, "checkout", "--quiet", "-b", "mine", BRANCH)
    theirs = by_person(repository, "src/more.py", b"more = 1\n")
    before = of_the_person(repository)
    taken = await take_over(git, worktree, "mine", "main", only_sources)
    assert (taken.head, taken.commits, taken.conflicts) == (theirs, (theirs,), ())
    assert (worktree.path / "src/more.py").read_bytes() == b"more = 1\n"
    assert await changes(git, worktree) == ()
    assert (await take_over(git, worktree, "mine", "main", only_sources)).commits == ()
    assert of_the_person(repository) == before, "theirs is checked out, and stays so"


@pytest.mark.long  # one that goes on from ours is taken over above
async def test_a_persons_branch_of_its_own_is_copied_once_and_without_what_the_base_had_new(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    by_person(repository, "README.md", b"# Another title\n", "The base moves")
    person(repository, "checkout", "--quiet", "-b", "mine")
    person(repository, "config", "user.name", "Grace")
    theirs = by_person(repository, "src/more.py", b"more = 1\n", "More {} {message}")
    taken = await take_over(git, worktree, "mine", "main", only_sources)
    assert taken.commits == (theirs,)
    assert [entry.subject for entry in await log(git, worktree)] == ["More {} {message}", "Task 7.1"]
    assert (await log(git, worktree))[0].author == "Grace"
    assert not (worktree.path / "README.md").read_bytes().startswith(b"# Another")
    again = await take_over(git, worktree, "mine", "main", only_sources)
    assert (again.commits, again.head) == ((), taken.head)
    another = by_person(repository, "src/most.py", b"most = 1\n", "Most")
    assert (await take_over(git, worktree, "mine", "main", only_sources)).commits == (another,)
    assert len(await log(git, worktree)) == 3


@pytest.mark.parametrize(
    ("author", "told"),
    [
        (b" <> 1700000000 +0000", ("unknown", 1_700_000_000)),  # as other programs than git write them
        (b". <a@b> 1700000000 +0000", ("unknown", 1_700_000_000)),
        (b"A\x1fB <a@b> 5 +0100", ("A\x1fB", 5)),
        (b"A <a@b> 500 +051800", ("A", None)),
        (b"A <a@b> 99999999999999999999 +0000", ("A", 0)),
    ],
)
async def test_a_persons_commits_are_copied_whoever_they_are_said_to_be_by_and_whenever(
    git: Git, repository: Path, worktree: Worktree, author: bytes, told: tuple[str, int | None]
) -> None:
    by_person(repository, "README.md", b"# Another title\n", "The base moves")
    parent = by_person(repository, "src/more.py", b"more = 1\n", "More")
    person(repository, "reset", "--quiet", "--hard", "HEAD~")
    tree, above = (person(repository, "rev-parse", f"{parent}{what}") for what in ("^{tree}", "^"))
    words = b"tree %s\nparent %s\nauthor %s\ncommitter A <a@b> 5 +0000\n\nMore\n"
    (repository / ".git" / "said").write_bytes(words % (tree.encode(), above.encode(), author))
    made = person(repository, "hash-object", "-t", "commit", "-w", "--literally", ".git/said")
    person(repository, "update-ref", "refs/heads/mine", made)
    taken = await take_over(git, worktree, "mine", "main", only_sources)
    assert taken.commits == (made,)
    name, seconds = person(repository, "log", "-1", "--format=%an%n%at", taken.head).splitlines()
    assert (name, int(seconds)) == (told[0], int(git.clock.now().timestamp()) if told[1] is None else told[1])


async def test_a_persons_branch_that_touches_what_it_may_not_is_refused_also_when_it_is_undone(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    person(repository, "checkout", "--quiet", "-b", "mine")
    by_person(repository, ".env", b"SECRET=1\n")
    (repository / ".env").unlink()
    commit_all(repository, "Undone")
    by_person(repository, "src/more.py", b"more = 1\n")
    head = await head_of(git, worktree)
    with pytest.raises(PathsRefused) as refused:
        await take_over(git, worktree, "mine", "main", only_sources)
    assert list(refused.value.reasons) == [".env"]
    assert await head_of(git, worktree) == head


@pytest.mark.long
async def test_a_persons_branch_that_does_not_fit_changes_nothing(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    person(repository, "checkout", "--quiet", "-b", "mine")
    by_person(repository, "src/main.py", b"def add(a, b):\n    return b - a\n")
    files = fingerprint(worktree.path)
    taken = await take_over(git, worktree, "mine", "main", anything)
    assert (taken.commits, taken.conflicts) == ((), ("src/main.py",))
    assert fingerprint(worktree.path) == files


@pytest.mark.long
async def test_a_persons_branch_with_merges_that_can_not_be_copied_says_what_to_do(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    person(repository, "checkout", "--quiet", "-b", "side")
    by_person(repository, "src/side.py", b"side = 1\n")
    person(repository, "checkout", "--quiet", "-b", "mine", "main")
    by_person(repository, "src/more.py", b"more = 1\n")
    person(repository, "merge", "--quiet", "--no-edit", "side")
    with pytest.raises(PermanentError, match="rebase the branch first"):
        await take_over(git, worktree, "mine", "main", anything)


@pytest.mark.sample(1)
@pytest.mark.parametrize("branch", ["nowhere", "--all", "main..mine", BRANCH, "HEAD"])
async def test_what_is_no_branch_of_a_persons_is_not_taken_over(git: Git, worktree: Worktree, branch: str) -> None:
    with pytest.raises(BranchRefused):
        await take_over(git, worktree, branch, "main", anything)


@pytest.mark.long
async def test_a_branch_of_another_history_is_not_taken_over(git: Git, repository: Path, worktree: Worktree) -> None:
    person(repository, "checkout", "--quiet", "--orphan", "other")
    commit_all(repository, "Another beginning")
    with pytest.raises(BranchRefused, match="nothing in common"):
        await take_over(git, worktree, "other", "main", anything)
