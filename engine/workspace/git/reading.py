"""What changed in a worktree or between two commits, the log, and files as they were. The work stays as it is."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from engine.workspace.escaping import shown_text
from engine.workspace.git.commands import MEGABYTE, Call, Git, Located
from engine.workspace.git.worktrees import Worktree, head_of

_NO_PROGRAMS = ("--no-ext-diff", "--no-textconv", "--no-color")
_AS_CHANGES = ("-z", "--raw", "--numstat", "--no-renames", *_NO_PROGRAMS)
_FIELD = "\x1f"


class ChangeKind(StrEnum):
    """What became of a file."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RETYPED = "retyped"


_KINDS = {"A": ChangeKind.ADDED, "M": ChangeKind.MODIFIED, "D": ChangeKind.DELETED, "T": ChangeKind.RETYPED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A file that differs."""

    path: str
    """From the top. Bytes that are not UTF-8 stand as surrogates, as in `os.fsdecode`."""
    kind: ChangeKind
    added: int | None
    removed: int | None
    """Lines; None for a file that is no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A difference as text."""

    content: bytes
    cut: bool
    """Whether there was more."""

    @property
    def text(self) -> str:
        """What can be shown of it: signs that would turn or overwrite what is read stand as escapes."""
        return shown_text(self.content.decode("utf-8", errors="replace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A commit of the branch."""

    commit: str
    seconds: int
    """When it was made, since 1970."""
    author: str
    goal: str
    task: str
    """What its trailers say; empty without them."""
    subject: str


async def changes(git: Git, worktree: Worktree) -> tuple[Change, ...]:
    """What is not committed yet: changed, new and deleted files, without those that are ignored."""
    head, index = await head_of(git, worktree), await _taken_in(git, worktree)
    words = ("diff-index", "--cached", *_AS_CHANGES, head)
    return _changes((await git.on_files(worktree.repository, Call(words=words, index=index))).items)


async def snapshot(git: Git, worktree: Worktree) -> str:
    """Keep the files as they are now as a tree, and return its name: two equal names are two equal states.

    What the worktree's index says stays. A folder with a repository of its own in it is left out.
    """
    index = await _taken_in(git, worktree)
    written = await git.on_files(worktree.repository, Call(words=("write-tree",), index=index, writes=True))
    return written.line


async def _taken_in(git: Git, worktree: Worktree) -> Path:
    """A copy of the worktree's index that has taken in the files as they are now."""
    await _settle(git, worktree)
    index = worktree.admin / "milepost-snapshot"
    index.with_name(f"{index.name}.lock").unlink(missing_ok=True)
    shutil.copy2(worktree.index, index)  # with its time: by that git knows what may have changed within a second of it
    words = ("ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard")
    listed = await git.on_files(worktree.repository, Call(words=words, tree=worktree.path, index=index))
    await stage(git, worktree, index, (path for path in listed.items if not is_folder(worktree, path)))
    return index


async def _settle(git: Git, worktree: Worktree) -> None:
    """Have git take note, once, that the files are as it laid them out.

    Of files written in the same second as its index it can't be sure, and would read them all anew each time.
    """
    index, mark = (place.stat().st_mtime for place in (worktree.index, worktree.mark))
    is_itself = (worktree.path / ".git").is_file()  # of a copy of it the index knows nothing
    if is_itself and index <= mark and git.clock.now().timestamp() >= int(index) + 1:
        words = ("update-index", "-q", "--refresh")
        codes = (0, 1, 128)  # a file has changed; somebody holds the lock, and all only takes longer
        call = Call(words=words, codes=codes, tree=worktree.path, index=worktree.index, writes=True, timeout=600)
        await git.on_files(worktree.repository, call)


def is_folder(worktree: Worktree, path: str) -> bool:
    """Whether there is a folder where git might see a file: a submodule, or a repository inside this one."""
    place = worktree.path / path
    return place.is_dir() and not place.is_symlink()


async def stage(git: Git, worktree: Worktree, index: Path, paths: Iterable[str]) -> None:
    """Take the files into an index, or out of it where they are gone."""
    if given := tuple(dict.fromkeys(paths)):
        words = ("update-index", "--add", "--remove", "-z", "--stdin")
        call = Call(words=words, given=given, tree=worktree.path, index=index, writes=True, timeout=600)
        await git.on_files(worktree.repository, call)


async def compare(git: Git, worktree: Worktree, old: str, new: str) -> tuple[Change, ...]:
    """The files that differ between two commits or trees, with lines added and removed."""
    words = ("diff-tree", "-r", *_AS_CHANGES, old, new)
    return _changes((await git.on_files(worktree.repository, Call(words=words))).items)


def _changes(told: Iterable[str]) -> tuple[Change, ...]:
    items = iter(told)
    kinds: dict[str, ChangeKind] = {}
    found = []
    for item in items:
        if item.startswith(":"):
            kinds[next(items)] = _KINDS[item[-1]]
        else:
            added, removed, path = item.split("\t", 2)
            found.append(Change(path=path, kind=kinds[path], added=_count(added), removed=_count(removed)))
    return tuple(found)


def _count(number: str) -> int | None:
    return None if number == "-" else int(number)


async def diff(git: Git, worktree: Worktree, old: str, new: str, *, most: int = MEGABYTE) -> Patch:
    """The difference between two commits or trees as a patch of at most so many bytes."""
    words = ("diff-tree", "-r", "-p", "-M", *_NO_PROGRAMS, old, new)
    answer = await git.on_files(worktree.repository, Call(words=words, most=most))
    return Patch(content=answer.out, cut=answer.cut)


async def log(git: Git, worktree: Worktree, *, most: int = 200) -> tuple[Logged, ...]:
    """The commits of the branch since its base, the newest first."""
    head = await head_of(git, worktree)
    trailers = (f"%(trailers:key={key},valueonly,separator=%x2C)" for key in ("Milepost-Goal", "Milepost-Task"))
    form = "%x1f".join(("%H", "%ct", "%an", *trailers, "%s"))
    words = ("log", "-z", f"--max-count={most}", f"--format={form}", f"{worktree.base}..{head}")
    return tuple(_logged((await git.on_files(worktree.repository, Call(words=words))).items))


def _logged(items: Iterable[str]) -> Iterator[Logged]:
    for item in items:
        commit, seconds, author, goal, task, subject = item.split(_FIELD, 5)
        yield Logged(commit=commit, seconds=int(seconds), author=author, goal=goal, task=task, subject=subject)


async def file_at(git: Git, worktree: Worktree, commit: str, path: str, *, most: int = 64 * MEGABYTE) -> bytes | None:
    """A file as it was at a commit; None when there was none, or when it was a link or a submodule."""
    listed = (await git.on_files(worktree.repository, Call(words=("ls-tree", "-z", commit, "--", path)))).items
    if not listed or not listed[0].startswith("100"):
        return None
    name = listed[0].partition("\t")[0].split()[2]
    return (await git.on_files(worktree.repository, Call(words=("cat-file", "blob", name), most=most))).out


async def files_at(git: Git, repository: Located, commit: str) -> tuple[str, ...]:
    """The paths of all files of a commit."""
    words = ("ls-tree", "-r", "-z", "--name-only", commit)
    return (await git.on_files(repository, Call(words=words))).items
