"""Commits an explicit list of paths, as often as it is asked to, once; or drops what is not committed."""

import asyncio
import os
import re
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from engine.values import GoalId
from engine.workspace.git.commands import Call, Git, Located
from engine.workspace.git.errors import PathsRefused
from engine.workspace.git.reading import compare, log, stage
from engine.workspace.git.worktrees import Worktree, head_of, lay_out, moved_for, set_branch

_LONGEST_MESSAGE = 50_000
_A_NAME = re.compile(r"[^\x00- .,:;<>\"\\']")
_A_DATE = re.compile(r"\d+ [-+]\d{4}")
"""What a name has to have, and a date to be, for git to write it down: commits of other programs may have neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitOrder:
    """What is to be committed, and what for."""

    paths: tuple[str, ...]
    """Files from the top of the worktree, changed, new or deleted. What else is changed is no part of the commit."""
    message: str
    goal: GoalId
    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """A commit that holds what was asked for."""

    commit: str
    made: bool
    """False when an earlier call had made it."""
    paths: tuple[str, ...]
    """The files that it changed."""


async def commit(git: Git, worktree: Worktree, order: CommitOrder) -> Committed | None:
    """Commit the paths with the files' present contents. None when nothing differs and this task has made no commit.

    Killed anywhere, the same call again makes the commit, or finds the one it made. Raises `PathsRefused`, and
    `BranchMoved` when somebody else committed to the branch meanwhile.
    """
    await check_paths(git, worktree, order.paths)
    head = await head_of(git, worktree)
    repository, index = worktree.repository, worktree.index
    # Drops what a commit that was cut off had taken in, also where the file was written once more since (`-i`).
    clean = Call(words=("read-tree", "-i", "-m", head), tree=worktree.path, index=index, writes=True)
    await git.on_files(repository, clean)
    await stage(git, worktree, index, order.paths)
    tree = (await git.on_files(repository, Call(words=("write-tree",), index=index, writes=True))).line
    changed = tuple(change.path for change in await compare(git, worktree, head, tree))
    if not changed:
        return await _made_before(git, worktree, order)
    made = await write_commit(git, repository, NewCommit(tree=tree, parent=head, message=_message(order)))
    await set_branch(git, worktree, head, made, _why(order))
    return Committed(commit=made, made=True, paths=changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Whom a commit is by."""

    name: str
    address: str
    date: str
    """Seconds since 1970 and a zone, as git writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCommit:
    """A commit that is to be written."""

    tree: str
    parent: str
    message: str
    author: Author | None = None
    """None for the one whom the repository's settings name, or Milepost, now."""


async def write_commit(git: Git, repository: Located, new: NewCommit) -> str:
    """Write a commit; no branch is moved. Returns its name."""
    now = f"@{int(git.clock.now().timestamp())} +0000"
    by = {"GIT_AUTHOR_DATE": now, "GIT_COMMITTER_DATE": now}
    if new.author is not None:
        name = new.author.name if _A_NAME.search(new.author.name) else "unknown"
        date = f"@{new.author.date}" if _A_DATE.fullmatch(new.author.date) else now  # without «@» an early one is none
        by |= {"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": new.author.address, "GIT_AUTHOR_DATE": date}
    words = ("commit-tree", "--no-gpg-sign", new.tree, "-p", new.parent, "-m", new.message)
    return (await git.on_references(repository, Call(words=words, writes=True, environment=by))).line


async def drop_changes(git: Git, worktree: Worktree) -> None:
    """Make the files those of the branch again: what is not committed is lost, ignored files with it."""
    head = await head_of(git, worktree)
    words = ("ls-files", "-z", "--others", "--directory")
    listed = await git.on_files(worktree.repository, Call(words=words, tree=worktree.path, index=worktree.index))
    for name in listed.items:
        place = worktree.path / name
        if place.is_symlink() or not place.is_dir():
            place.unlink(missing_ok=True)
        else:
            await asyncio.to_thread(shutil.rmtree, place)
    await lay_out(git, worktree, head)


async def _made_before(git: Git, worktree: Worktree, order: CommitOrder) -> Committed | None:
    """What an earlier call made, by the branch's own log: a message that says so can be anybody's."""
    ours = moved_for(worktree, _why(order))
    for logged in await log(git, worktree):
        if logged.commit in ours:
            changed = await compare(git, worktree, f"{logged.commit}^", logged.commit)
            return Committed(commit=logged.commit, made=False, paths=tuple(change.path for change in changed))
    return None


def _why(order: CommitOrder) -> str:
    return f"commit for {order.goal}, {order.task}"


def _message(order: CommitOrder) -> str:
    """The message with its trailers, which only we write: they are the last paragraph, whatever the message says."""
    text = order.message.replace("\0", "").encode("utf-8", "replace")[:_LONGEST_MESSAGE].decode("utf-8", "ignore")
    lines = (line.rstrip() for line in text.strip().splitlines())
    said = "\n".join(lines) or "Work of Milepost"
    return f"{said}\n\nMilepost-Goal: {order.goal}\nMilepost-Task: {order.task}\n"


async def check_paths(git: Git, worktree: Worktree, paths: tuple[str, ...]) -> None:
    """Raise `PathsRefused` for what git would do something else with than to keep the file's bytes."""
    reasons = {path: reason for path in paths if (reason := _refusal(worktree, path))}
    sound = tuple(path for path in paths if path not in reasons)
    if sound:
        through, ignored = await asyncio.gather(filtered(git, worktree, sound), _ignored(git, worktree, sound))
        reasons |= {
            path: f"goes through the filter «{name}», which Milepost doesn't run" for path, name in through.items()
        }
        reasons |= ignored
    if reasons:
        raise PathsRefused(reasons)


def _refusal(worktree: Worktree, path: str) -> str:
    parts = path.split("/")
    if "\0" in path or any(part in ("", ".", "..") for part in parts):
        return "is no plain path from the top of the repository"
    if any(part.casefold() == ".git" for part in parts):
        return "belongs to git itself"
    for parent in PurePosixPath(path).parents:
        if (worktree.path / parent).is_symlink():
            return "is reached through a link"
    try:
        mode = os.lstat(worktree.path / path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""  # deleted
    except OSError as error:
        return f"can't be looked at: {error.strerror}"
    return "" if stat.S_ISREG(mode) else "is no plain file"


async def _ignored(git: Git, worktree: Worktree, paths: tuple[str, ...]) -> Mapping[str, str]:
    """All ignored files are listed: `ls-files` takes paths on its command line alone, and `check-ignore` takes some
    names for more than names."""
    words = ("ls-files", "-z", "--others", "--ignored", "--exclude-standard")
    listed = await git.on_files(worktree.repository, Call(words=words, tree=worktree.path, index=worktree.index))
    return dict.fromkeys(set(paths).intersection(listed.items), "is ignored by the repository's .gitignore")


async def filtered(git: Git, worktree: Worktree, paths: tuple[str, ...]) -> Mapping[str, str]:
    """Those that a filter such as git-lfs keeps elsewhere, and which: committed byte for byte they would be wrong."""
    call = Call(words=("check-attr", "-z", "--stdin", "filter"), given=paths, tree=worktree.path)
    said = iter((await git.on_references(worktree.repository, call)).items)
    return {
        path: value for path, _, value in zip(said, said, said, strict=True) if value not in ("unspecified", "unset")
    }
