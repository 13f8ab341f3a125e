"""States of a worktree's files: git is asked once where nothing has changed, and no change is missed for it."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import engine.workspace.git.commands
from engine.workspace.git.commands import Call, Git
from engine.workspace.git.reading import changes, compare, contents_at, snapshot
from engine.workspace.git.states import put, with_files_of
from engine.workspace.git.worktrees import Worktree, commit_of, head_of
from engine.workspace.processes import CommandLine, Finished, run_command
from tests.engine.workspace.git.commits import commit_now, file_at, write
from tests.engine.workspace.git.repositories import FILES, commit_all
from tests.engine.workspace.git.repositories import git as person


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What git was asked, by the first word."""
    told: list[str] = []

    async def noted(line: CommandLine) -> Finished:
        words = iter(line.arguments[1:])
        told.append(next(word for word in words if word != "-c" or not next(words)))
        return await run_command(line)

    monkeypatch.setattr(engine.workspace.git.commands, "run_command", noted)
    return told


async def fresh(git: Git, worktree: Worktree) -> str:
    """The state as somebody sees it who has never looked before."""
    return await snapshot(Git(git.home, git.clock), worktree)


async def test_a_state_that_is_as_it_was_takes_one_question_also_where_files_are_new(
    git: Git, worktree: Worktree, asked: list[str]
) -> None:
    for _ in range(2):
        state = await snapshot(git, worktree)
        asked.clear()
        assert await snapshot(git, worktree) == state
        assert asked == ["ls-files"]
        write(worktree, "new.txt", b"new\n")


async def test_what_two_ask_of_an_object_at_once_is_kept_once_and_never_more_than_there_is_room_for(
    git: Git, worktree: Worktree, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    def listing(number: int) -> Call:
        return Call(words=("ls-tree", "-r", "-z", worktree.base), most=10_000 + number)

    repository = worktree.repository
    first, second = await asyncio.gather(*(git.on_files(repository, listing(0)) for _ in range(2)))
    assert first == second
    monkeypatch.setattr(engine.workspace.git.commands, "_MOST_KEPT", 2 * len(first.out))
    for number in (1, 2, 3, 3):
        assert (await git.on_files(repository, listing(number))).out == first.out
    assert asked.count("ls-tree") == 5, "the last was known"
    await git.on_files(repository, listing(0))
    assert asked.count("ls-tree") == 6, "the first had to go"


def _written(worktree: Worktree) -> None:
    write(worktree, "src/main.py", b"def add(a, b):\n    return b + a\n")


def _as_large_and_as_old(worktree: Worktree) -> None:
    place = worktree.path / "new.txt"
    before = place.stat()
    place.write_bytes(b"wen\n")
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))


def _gone(worktree: Worktree) -> None:
    (worktree.path / "new.txt").unlink()


def _ignored_by_now(worktree: Worktree) -> None:
    write(worktree, ".gitignore", b"*.txt\n")


def _ignored_by_what_ignores_itself(worktree: Worktree) -> None:
    write(worktree, ".gitignore", b"*.txt\n.gitignore\n")


def _excluded_by_now(worktree: Worktree) -> None:
    place = worktree.repository.common / "info" / "exclude"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"new.txt\n")


def _a_folder_by_now(worktree: Worktree) -> None:
    (worktree.path / "new.txt").unlink()
    write(worktree, "new.txt/inside.md", b"inside\n")


def _executable(worktree: Worktree) -> None:
    (worktree.path / "new.txt").chmod(0o755)


def _a_link(worktree: Worktree) -> None:
    (worktree.path / "new.txt").unlink()
    (worktree.path / "new.txt").symlink_to("README.md")


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "change",
    [
        _as_large_and_as_old,
        _written,
        _gone,
        _ignored_by_now,
        _ignored_by_what_ignores_itself,
        _excluded_by_now,
        _a_folder_by_now,
        _executable,
        _a_link,
    ],
)
async def test_whatever_changes_after_a_look_is_seen_by_the_next(
    git: Git, worktree: Worktree, change: Callable[[Worktree], None]
) -> None:
    write(worktree, "new.txt", b"new\n")
    before = await snapshot(git, worktree)
    assert await snapshot(git, worktree) == before
    change(worktree)
    after = await snapshot(git, worktree)
    assert after != before
    assert after == await fresh(git, worktree)


@pytest.mark.parametrize("rules", [b"", b"*.log\n.gitignore\n"])
async def test_a_file_is_left_out_once_rules_that_ignore_themselves_say_so(
    git: Git, worktree: Worktree, rules: bytes
) -> None:
    place, old = worktree.path / "a/b/.gitignore", 1_700_000_000
    for path in ("a/b/c/new.txt", "a/b/.gitignore") if rules else ("a/b/c/new.txt",):
        write(worktree, path, rules)
        os.utime(worktree.path / path, (old, old))
    before = await snapshot(git, worktree)
    assert await snapshot(git, worktree) == before
    place.write_bytes(b"*.txt\n.gitignore\n")  # as large as the old ones, and as old
    os.utime(place, (old, old))
    after = await snapshot(git, worktree)
    assert after != before
    assert after == await fresh(git, worktree)


async def test_a_tracked_file_that_comes_back_is_seen_though_it_is_ignored(git: Git, worktree: Worktree) -> None:
    person(worktree.path, "reset", "--quiet", "--soft", "HEAD")
    write(worktree, "kept.log", b"one\n")
    person(worktree.path, "add", "--force", "kept.log")
    begin = await snapshot(git, worktree)
    (worktree.path / "kept.log").unlink()
    gone = await snapshot(git, worktree)
    write(worktree, "kept.log", b"two\n")
    back = await snapshot(git, worktree)
    assert len({begin, gone, back}) == 3
    assert await file_at(git, worktree, back, "kept.log") == b"two\n"


async def test_a_commit_between_two_looks_changes_no_state(git: Git, worktree: Worktree) -> None:
    write(worktree, "new.txt", b"new\n")
    state = await snapshot(git, worktree)
    assert await commit_now(git, worktree, "new.txt") is not None
    assert (await snapshot(git, worktree), await changes(git, worktree)) == (state, ())


async def test_a_state_is_put_together_of_two(git: Git, worktree: Worktree) -> None:
    many = [f"many/{number}.txt" for number in range(300)]
    strange = ["a\tb", "ünï/コード.txt", "-rf", "new\nline"]
    for path in (*many, *strange):
        write(worktree, path, b"mine\n")
    (worktree.path / "run.sh").unlink()
    mine = await snapshot(git, worktree)
    paths = [*many[1:], *strange[1:], "run.sh", "never-there"]
    mixed = await with_files_of(git, worktree, worktree.base, paths)
    assert sorted(one.path for one in await compare(git, worktree, worktree.base, mixed)) == ["a\tb", many[0]]
    assert await with_files_of(git, worktree, worktree.base, ()) == mine
    await put(git, worktree, mixed)
    assert (worktree.path / "run.sh").read_bytes() == FILES["run.sh"]
    assert await snapshot(git, worktree) == mixed


async def test_a_file_makes_room_for_a_folder_in_a_state_of_two(git: Git, worktree: Worktree) -> None:
    write(worktree, "place", b"a file\n")
    first = await snapshot(git, worktree)
    (worktree.path / "place").unlink()
    write(worktree, "place/inside.txt", b"inside\n")
    for paths in (["place", "place/inside.txt"], ["place/inside.txt", "place"]):
        assert await with_files_of(git, worktree, first, paths) == first


async def test_contents_come_together_and_links_and_what_is_missing_are_left_out(
    git: Git, worktree: Worktree, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"one.bin": b"\0\n" * 9, "a\tb": b"", "two.txt": b"two"}
    for path, content in wanted.items():
        write(worktree, path, content)
    (worktree.path / "link").symlink_to("two.txt")
    state = await snapshot(git, worktree)
    asked.clear()
    paths = (*wanted, "link", "nowhere", "src", "b")
    assert await contents_at(git, worktree.repository, state, paths) == wanted
    assert asked == ["ls-tree", "cat-file"]
    monkeypatch.setattr("engine.workspace.git.reading._MOST_CONTENTS", 70)  # one of them is told in whole
    assert await contents_at(Git(git.home, git.clock), worktree.repository, state, paths) == wanted


async def test_what_an_object_holds_is_asked_once_and_what_may_change_each_time(
    git: Git, worktree: Worktree, asked: list[str]
) -> None:
    of_objects = Call(words=("rev-parse", "--verify", f"{worktree.base}^{{tree}}"))
    listing = Call(words=("ls-files", "-z"), tree=worktree.path, index=worktree.index)
    for _ in range(2):
        await git.on_files(worktree.repository, of_objects)
        await git.on_files(worktree.repository, listing)
    assert [one for one in asked if one != "init"] == ["rev-parse", "ls-files", "ls-files"]


@pytest.mark.parametrize("packed", [False, True])
async def test_a_branch_is_found_wherever_git_keeps_it(
    git: Git, worktree: Worktree, repository: Path, asked: list[str], packed: bool
) -> None:
    there = person(repository, "rev-parse", "main")
    person(repository, "branch", "plain-name")
    if packed:
        person(repository, "pack-refs", "--all")
    asked.clear()
    for name in ("plain-name", worktree.branch):
        assert await commit_of(git, worktree.repository, f"refs/heads/{name}") == there
    person(repository, "branch", "--delete", "--force", "plain-name")
    assert await commit_of(git, worktree.repository, "refs/heads/plain-name") is None
    moved = commit_all(repository, "Third")
    assert await commit_of(git, worktree.repository, "refs/heads/main") == moved
    assert await head_of(git, worktree) == there
    assert asked == [], "both are read where they are"


async def test_whether_a_commit_is_there_is_looked_for_each_time(
    git: Git, worktree: Worktree, asked: list[str]
) -> None:
    there, missing = worktree.base, "0" * 40
    for _ in range(2):
        assert await commit_of(git, worktree.repository, there) == there
        assert await commit_of(git, worktree.repository, missing) is None
    assert [one for one in asked if one != "init"] == ["rev-parse"] * 4, "what is there may go, and come"
