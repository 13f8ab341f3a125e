"""A commit holds the listed paths byte for byte, once, whatever the repository has planted and when we were killed."""

import os
from pathlib import Path

import pytest

from engine.values import GoalId
from engine.workspace.git.commands import Git
from engine.workspace.git.committing import CommitOrder, Committed, commit, drop_changes
from engine.workspace.git.errors import BranchMoved, GitBusy, PathsRefused
from engine.workspace.git.laying_out import export
from engine.workspace.git.reading import ChangeKind, changes, compare, diff, log, snapshot, stage
from engine.workspace.git.worktrees import Worktree, ensure, head_of, remove, set_branch
from tests.engine.workspace.git.commits import commit_now, file_at, write
from tests.engine.workspace.git.repositories import BRANCH, commit_all, fingerprint, of_the_person, plant
from tests.engine.workspace.git.repositories import git as person

STRANGE = (
    "-rf",
    "--all",
    "*",
    ":(top)x",
    "a\nb",
    'say "hi"',
    "tab\there",
    "$HOME;`id`",
    "ünï/コード.txt",
    " ",
    "a b/'c'",
)


async def test_a_commit_holds_the_listed_paths_and_leaves_the_others_uncommitted(git: Git, worktree: Worktree) -> None:
    write(worktree, "src/main.py", b"def add(a, b):\n    return a + b\n")
    write(worktree, "new.txt", b"new\n")
    write(worktree, "README.md", b"not asked for\n")
    (worktree.path / "run.sh").unlink()
    made = await commit_now(git, worktree, "src/main.py", "new.txt", "run.sh")
    assert made is not None
    assert made.made
    found = {change.path: (change.kind, change.added, change.removed)
             for change in await compare(git, worktree, worktree.base, made.commit)}  # fmt: skip
    assert found == {
        "src/main.py": (ChangeKind.MODIFIED, 1, 1),
        "new.txt": (ChangeKind.ADDED, 1, 0),
        "run.sh": (ChangeKind.DELETED, 0, 2),
    }
    assert [change.path for change in await changes(git, worktree)] == ["README.md"]
    assert person(worktree.path, "status", "--porcelain") == " M README.md"
    assert await head_of(git, worktree) == made.commit


async def test_a_commit_says_what_it_is_for_and_is_by_the_repositorys_author(
    git: Git, worktree: Worktree, clock
) -> None:
    write(worktree, "README.md", b"changed\n")
    order = CommitOrder(
        paths=("README.md",), message="Mend the sum\n\nMilepost-Task: 99.9\n", goal=GoalId(7), task="7.1"
    )
    made = await commit(git, worktree, order)
    assert made is not None
    shown = person(worktree.path, "show", "--no-patch", "--format=%an <%ae>|%cn|%at|%B", made.commit)
    assert shown == (
        f"Ada <ada@example.org>|Ada|{int(clock.now().timestamp())}|Mend the sum\n\nMilepost-Task: 99.9\n\n"
        "Milepost-Goal: 7\nMilepost-Task: 7.1\n"
    )
    (logged,) = await log(git, worktree)
    assert (logged.goal, logged.task, logged.subject) == ("7", "7.1", "Mend the sum")
    assert (await commit(git, worktree, order)) == Committed(commit=made.commit, made=False, paths=("README.md",))


@pytest.mark.long
async def test_without_an_author_in_the_repository_milepost_is_it(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    person(repository, "config", "--remove-section", "user")
    write(worktree, "README.md", b"changed\n")
    assert await commit_now(git, worktree, "README.md") is not None
    assert person(repository, "log", "-1", "--format=%an <%ae>", BRANCH) == "Milepost <milepost@localhost>"


async def test_the_same_commit_twice_is_one_also_when_others_came_between(git: Git, worktree: Worktree) -> None:
    write(worktree, "one.txt", b"1\n")
    first = await commit_now(git, worktree, "one.txt", task="7.1")
    write(worktree, "two.txt", b"2\n")
    assert await commit_now(git, worktree, "two.txt", task="7.2") is not None
    again = await commit_now(git, worktree, "one.txt", task="7.1")
    assert first is not None
    assert again == Committed(commit=first.commit, made=False, paths=("one.txt",))
    assert len(await log(git, worktree)) == 2


@pytest.mark.long  # a second
async def test_more_paths_than_a_command_line_holds_are_committed_at_once(git: Git, worktree: Worktree) -> None:
    paths = [f"{'long' * 50}/{number:05}-{'name' * 40}.txt" for number in range(6_000)]
    assert sum(map(len, paths)) > 2 * 2**20, "the system would not take so much"
    write(worktree, paths[0], b"0\n")
    for path in paths[1:]:
        (worktree.path / path).write_bytes(b"x\n")
    made = await commit_now(git, worktree, *paths)
    assert made is not None
    assert len(made.paths) == len(paths)
    write(worktree, "build/x.o", b"x")
    with pytest.raises(PathsRefused) as refused:
        await commit_now(git, worktree, *paths, "build/x.o")
    assert list(refused.value.reasons) == ["build/x.o"]


@pytest.mark.long
async def test_a_task_may_commit_again_when_it_changed_more(git: Git, worktree: Worktree) -> None:
    for content in (b"1\n", b"2\n"):
        write(worktree, "one.txt", content)
        made = await commit_now(git, worktree, "one.txt")
        assert made is not None
        assert made.made
    assert len(await log(git, worktree)) == 2


async def test_nothing_changed_is_no_commit(git: Git, worktree: Worktree) -> None:
    assert await commit_now(git, worktree, "README.md", "never-there.txt") is None
    assert await log(git, worktree) == ()


async def test_what_a_killed_commit_had_taken_in_is_no_part_of_the_next(git: Git, worktree: Worktree) -> None:
    write(worktree, "one.txt", b"1\n")
    write(worktree, "two.txt", b"2\n")
    await stage(git, worktree, worktree.index, ("one.txt",))
    assert {change.path for change in await changes(git, worktree)} == {"one.txt", "two.txt"}
    made = await commit_now(git, worktree, "two.txt")
    assert made is not None
    assert made.paths == ("two.txt",)
    assert [change.path for change in await changes(git, worktree)] == ["one.txt"]


@pytest.mark.long
async def test_a_file_that_a_killed_commit_had_taken_in_may_be_written_again(git: Git, worktree: Worktree) -> None:
    for again in (b"half\n", b"whole\n"):
        write(worktree, "half.txt", again)
        if again == b"half\n":
            await stage(git, worktree, worktree.index, ["half.txt"])
    made = await commit_now(git, worktree, "half.txt")
    assert made is not None
    assert await file_at(git, worktree, made.commit, "half.txt") == b"whole\n"


async def test_a_branch_moved_by_somebody_else_meanwhile_is_not_overwritten(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    with pytest.raises(BranchMoved):
        await set_branch(git, worktree, person(repository, "rev-parse", "main~1"), worktree.base)


async def test_a_lock_that_somebody_holds_is_worth_another_try(git: Git, worktree: Worktree) -> None:
    write(worktree, "README.md", b"changed\n")
    (worktree.admin / "index.lock").write_bytes(b"")
    with pytest.raises(GitBusy):
        await commit_now(git, worktree, "README.md")


REFUSED = {
    "../outside.txt": "no plain path",
    "/etc/passwd": "no plain path",
    "src/../README.md": "no plain path",
    "": "no plain path",
    "src//main.py": "no plain path",
    ".git": "belongs to git",
    ".git/config": "belongs to git",
    "src/.GIT/config": "belongs to git",
    "src": "no plain file",
    "link": "no plain file",
    "linked/main.py": "through a link",
    "pipe": "no plain file",
    "inner": "no plain file",
    "build/x.o": "ignored",
    "deep/debug.log": "ignored",
    "private.txt": "ignored",
    "picture.big": "filter «lfs»",
}


async def test_paths_that_are_no_files_of_the_work_are_refused_and_nothing_is_committed(
    git: Git, repository: Path, worktree: Worktree
) -> None:
    (repository / ".git/info/exclude").write_text("private.txt\n", "utf-8")
    for name in ("build/x.o", "deep/debug.log", "picture.big", "private.txt", "README.md", "inner/file"):
        write(worktree, name, b"x")
    write(worktree, ".gitattributes", b"*.big filter=lfs diff=lfs merge=lfs -text\n")
    (worktree.path / "link").symlink_to("/etc/passwd")
    (worktree.path / "linked").symlink_to("src")
    os.mkfifo(worktree.path / "pipe")
    person(worktree.path / "inner", "init", "--quiet")
    with pytest.raises(PathsRefused) as refused:
        await commit_now(git, worktree, "README.md", *REFUSED)
    assert refused.value.reasons.keys() == REFUSED.keys()
    assert [path for path, reason in REFUSED.items() if reason not in refused.value.reasons[path]] == []
    for path in ("../outside.txt", "build/x.o", "picture.big"):  # one of each way to find out, alone
        with pytest.raises(PathsRefused):
            await commit_now(git, worktree, "README.md", path)
    assert await log(git, worktree) == ()


async def test_names_of_every_kind_are_names_and_nothing_else(git: Git, worktree: Worktree) -> None:
    names = (*STRANGE, os.fsdecode(b"latin-\xe9.txt"))
    for name in names:
        write(worktree, name, b"content\n")
    assert {change.path for change in await changes(git, worktree)} == set(names)
    made = await commit_now(git, worktree, *names)
    assert made is not None
    assert set(made.paths) == set(names)
    for name in names:
        assert await file_at(git, worktree, made.commit, name) == b"content\n"
    for name in names:
        (worktree.path / name).unlink()
    gone = await commit_now(git, worktree, *names, task="7.2")
    assert gone is not None
    assert await changes(git, worktree) == ()


CONTENTS = {"crlf": b"one\r\ntwo\r\n", "mixed": b"mixed\r\nends\n", "binary": b"\xff\xfe\x00binary\x00",
            "latin": b"caf\xe9\n", "empty": b""}  # fmt: skip


@pytest.mark.sample(1)
@pytest.mark.parametrize("attributes", [b"", b"* text=auto\n", b"* text eol=crlf\n", b"* text eol=lf ident\n",
                                        b"* working-tree-encoding=UTF-16\n"])  # fmt: skip
async def test_bytes_go_in_and_come_out_as_they_are_whatever_the_attributes_say(
    git: Git, repository: Path, attributes: bytes
) -> None:
    person(repository, "config", "core.autocrlf", "true")
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    for name, content in CONTENTS.items():
        write(worktree, name, content)
    if attributes:
        write(worktree, ".gitattributes", attributes)
    made = await commit_now(git, worktree, *CONTENTS, ".gitattributes")
    assert made is not None
    assert {name: await file_at(git, worktree, made.commit, name) for name in CONTENTS} == CONTENTS
    exported = await export(git, worktree, made.commit)
    assert {name: (exported / name).read_bytes() for name in CONTENTS} == CONTENTS
    assert await changes(git, worktree) == ()


async def test_a_changed_line_of_a_crlf_file_is_one_changed_line(git: Git, worktree: Worktree) -> None:
    assert (worktree.path / "src/crlf.txt").read_bytes() == b"one\r\ntwo\r\nthree\r\n"
    write(worktree, "src/crlf.txt", b"one\r\nTWO\r\nthree\r\n")
    (change,) = await changes(git, worktree)
    assert (change.added, change.removed) == (1, 1)


async def test_the_right_to_be_run_is_kept_and_can_be_given(git: Git, worktree: Worktree) -> None:
    write(worktree, "run.sh", b"#!/bin/sh\necho bye\n")
    (worktree.path / "src/main.py").chmod(0o755)
    made = await commit_now(git, worktree, "run.sh", "src/main.py")
    assert made is not None
    modes = person(worktree.path, "ls-tree", "-r", "--format=%(objectmode)", made.commit, "run.sh", "src/main.py")
    assert modes.split() == ["100755", "100755"]


@pytest.mark.sample(0, in_ci=1)
@pytest.mark.parametrize("megabytes", [5, pytest.param(50, marks=pytest.mark.long)])
async def test_a_very_large_file_is_compared_and_shown_within_bounds(
    git: Git, worktree: Worktree, megabytes: int
) -> None:
    write(worktree, "large.txt", b"0123456789abcde\n" * (megabytes * 2**16))
    (change,) = await changes(git, worktree)
    assert (change.path, change.added) == ("large.txt", megabytes * 2**16)
    patch = await diff(git, worktree, worktree.base, await snapshot(git, worktree), most=100_000)
    assert patch.cut
    assert len(patch.content) == 100_000
    assert await commit_now(git, worktree, "large.txt") is not None


async def test_a_patch_is_text_also_where_files_are_not(git: Git, worktree: Worktree) -> None:
    write(worktree, "README.md", b"caf\xe9\n")
    write(worktree, "data.bin", b"\x00\x01\x02")
    (worktree.path / "src/main.py").rename(worktree.path / "src/sums.py")
    patch = await diff(git, worktree, worktree.base, await snapshot(git, worktree))
    assert not patch.cut
    assert "caf\ufffd" in patch.text
    assert "Binary files /dev/null and b/data.bin differ" in patch.text
    assert "rename to src/sums.py" in patch.text
    (binary,) = [change for change in await changes(git, worktree) if change.path == "data.bin"]
    assert binary.added is None


async def test_two_equal_states_have_one_name_and_looking_changes_nothing(git: Git, worktree: Worktree) -> None:
    write(worktree, "README.md", b"one\n")
    index = worktree.index.read_bytes()
    first = await snapshot(git, worktree)
    write(worktree, "README.md", b"two\n")
    assert await snapshot(git, worktree) != first
    write(worktree, "README.md", b"one\n")
    assert await snapshot(git, worktree) == first
    assert worktree.index.read_bytes() == index


@pytest.mark.long
async def test_what_is_not_committed_can_be_dropped(git: Git, worktree: Worktree, tmp_path: Path) -> None:
    write(worktree, "kept.txt", b"kept\n")
    made = await commit_now(git, worktree, "kept.txt")
    before = fingerprint(worktree.path)
    for name in ("README.md", "new/deep.txt", "build/ignored.o", "x.log"):
        write(worktree, name, b"to go\n")
    (worktree.path / "run.sh").unlink()
    (worktree.path / "out").symlink_to(tmp_path)
    (tmp_path / "outside.txt").write_bytes(b"stays")
    await stage(git, worktree, worktree.index, ("new/deep.txt",))
    await drop_changes(git, worktree)
    assert fingerprint(worktree.path) == before
    assert (tmp_path / "outside.txt").exists()
    assert made is not None
    assert await head_of(git, worktree) == made.commit


async def test_a_file_that_was_not_there_at_the_base_is_none(git: Git, worktree: Worktree) -> None:
    assert await file_at(git, worktree, worktree.base, "nowhere.txt") is None
    assert await file_at(git, worktree, worktree.base, "src") is None


async def test_nothing_that_a_repository_plants_is_run(git: Git, repository: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    (repository / "sub.evil").write_bytes(b"x\n")
    (repository / ".gitattributes").write_bytes(b"* filter=evil diff=evil merge=evil ident\n*.py text\n")
    commit_all(repository, "Attributes")
    plant(repository, canary)
    person_before = of_the_person(repository)
    worktree = (await ensure(git, repository, BRANCH, "main")).worktree
    assert (worktree.path / "sub.evil").read_bytes() == b"x\n"
    write(worktree, ".gitattributes", b"")
    write(worktree, "info.txt", b"new\n")
    (repository / ".git/info/attributes").unlink()
    (tmp_path / "attributes").unlink()
    made = await commit_now(git, worktree, "info.txt", ".gitattributes")
    assert made is not None
    await diff(git, worktree, worktree.base, made.commit)
    await log(git, worktree)
    await export(git, worktree, worktree.base)
    await changes(git, worktree)
    assert not canary.exists()
    await remove(git, repository, BRANCH)
    person_before.pop(".git/info/attributes")
    assert of_the_person(repository) == person_before
    assert not canary.exists()
