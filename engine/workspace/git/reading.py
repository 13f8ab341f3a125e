"""What changed in a worktree or between two commits, the log, and files as they were. The work stays as it is."""

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from engine.workspace.escaping import shown_text
from engine.workspace.git.commands import MEGABYTE, Call, Git, Located
from engine.workspace.git.inspecting import look_of
from engine.workspace.git.worktrees import SHARED, Worktree, head_of

_NO_PROGRAMS = ("--no-ext-diff", "--no-textconv", "--no-color")
_AS_CHANGES = ("-z", "--raw", "--numstat", "--no-renames", *_NO_PROGRAMS)
_FIELD = "\x1f"
_MOST_CONTENTS = 64 * MEGABYTE
"""Bytes of files of older states that are read at once, and of one of them."""


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
    return await compare(git, worktree, await head_of(git, worktree), await snapshot(git, worktree))


async def snapshot(git: Git, worktree: Worktree) -> str:
    """Keep the files as they are now as a tree, and return its name: two equal names are two equal states.

    What the worktree's index says stays. A folder with a repository of its own in it is left out.
    """
    await _settle(git, worktree)
    index, looks = snapshot_index(worktree), _looks(worktree)
    seen = git.states.get(index)
    if isinstance(seen, _Seen) and seen.looks == looks and _still_holds(worktree, seen):
        differing = await _differing(git, worktree, index)
        if not differing:
            return seen.tree
        if not any(_may_reach_further(worktree, path) for path in differing):
            return await _kept(git, worktree, differing, seen, looks)
    index.with_name(f"{index.name}.lock").unlink(missing_ok=True)
    shutil.copy2(worktree.index, index)  # with its time: by that git knows what may have changed within a second of it
    return await _kept(git, worktree, await _differing(git, worktree, index), None, looks)


async def _kept(
    git: Git, worktree: Worktree, differing: tuple[str, ...], before: "_Seen | None", looks: tuple[object, ...]
) -> str:
    """Have the index of snapshots take in what differs from it, and note what it has then. `before` is what it had
    till now; None for nothing that is known."""
    index = snapshot_index(worktree)
    git.states.pop(index, None)
    known = before or _Seen(tree="", gone=(), rules={}, looks=())
    rules = {**_rules(worktree, differing), **known.rules}
    await stage(git, worktree, index, (path for path in differing if not is_folder(worktree, path)))
    tree = (await git.on_files(worktree.repository, Call(words=("write-tree",), index=index, writes=True))).line
    gone = tuple(path for path in (*known.gone, *differing) if _is_gone(worktree, path))
    git.states[index] = _Seen(tree=tree, gone=gone, rules=rules, looks=(*looks[:-1], look_of(index)))
    return tree


def note_laid_out(git: Git, copy: Worktree, tree: str) -> None:
    """Take note that a copy of a worktree was made of just that tree, and that its index of snapshots says so."""
    git.states[snapshot_index(copy)] = _Seen(tree=tree, gone=(), rules={}, looks=_looks(copy))


def _may_reach_further(worktree: Worktree, path: str) -> bool:
    """Whether more than this file may be known in another way: what is ignored, what lies under it or above it."""
    return path.rpartition("/")[2] == ".gitignore" or is_folder(worktree, path)


def snapshot_index(worktree: Worktree) -> Path:
    """The index that a snapshot was last made with; another one for a copy of the worktree."""
    name = f"-of-{worktree.path.name}" if _is_copy(worktree) else ""
    return worktree.admin / f"milepost-snapshot{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A snapshot that was made: while git finds no difference to its index, a new one would come to the same."""

    tree: str
    gone: tuple[str, ...]
    """Files that were in the worktree's index and were not there: should one come back, it may well be ignored, and
    git would not tell of it."""
    rules: Mapping[str, object]
    """By folder, the looks of the `.gitignore` that holds for files it took in. Should one more of them be ignored, a
    new snapshot leaves it out, and git would not tell: such a file may well ignore itself."""
    looks: tuple[object, ...]
    """Of all that it hangs on beside the files."""


def _still_holds(worktree: Worktree, seen: _Seen) -> bool:
    if not all(_is_gone(worktree, path) for path in seen.gone):
        return False
    return all(_rule_of(worktree, folder) == look for folder, look in seen.rules.items())


def _rules(worktree: Worktree, paths: Iterable[str]) -> Mapping[str, object]:
    """The looks of all files of rules on the way to these paths: no other says whether they are ignored."""
    folders: set[str] = set()
    for path in paths:
        folders.add("")
        while (path := path.rpartition("/")[0]) not in folders:
            folders.add(path)
    return {folder: _rule_of(worktree, folder) for folder in folders}


def _rule_of(worktree: Worktree, folder: str) -> object:
    return look_of(worktree.path / folder / ".gitignore")


def _is_gone(worktree: Worktree, path: str) -> bool:
    return not os.path.lexists(worktree.path / path)


def _looks(worktree: Worktree) -> tuple[object, ...]:
    """What a snapshot hangs on beside the files."""
    excluded = worktree.repository.common / "info" / "exclude"
    return (worktree.path, *map(look_of, (worktree.index, excluded, snapshot_index(worktree))))


async def _differing(git: Git, worktree: Worktree, index: Path) -> tuple[str, ...]:
    """The files that are not as an index has them, and those that it should take in."""
    words = ("ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard")
    settings = SHARED if _is_copy(worktree) else ()
    call = Call(words=words, tree=worktree.path, index=index, settings=settings)
    return tuple(dict.fromkeys((await git.on_files(worktree.repository, call)).items))


def _is_copy(worktree: Worktree) -> bool:
    """Whether it is a copy of a worktree's files, of which the worktree's index knows nothing."""
    return not (worktree.path / ".git").is_file()


async def _settle(git: Git, worktree: Worktree) -> None:
    """Have git take note, once, that the files are as it laid them out.

    Of files written in the same second as its index it can't be sure, and would read them all anew each time.
    """
    index, mark = (place.stat().st_mtime for place in (worktree.index, worktree.mark))
    if not _is_copy(worktree) and index <= mark and git.clock.now().timestamp() >= int(index) + 1:
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
    if given := tuple(paths):
        words = ("update-index", "--add", "--remove", "--replace", "-z", "--stdin")
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


async def contents_at(git: Git, repository: Located, commit: str, paths: Collection[str]) -> Mapping[str, bytes]:
    """Files as they were at a commit, by path; without those that were none, or links, or submodules."""
    entries = await entries_at(git, repository, commit, paths)
    names = {path: entry.name for path, entry in entries.items() if entry.is_file}
    contents = await _contents(git, repository, tuple(dict.fromkeys(names.values())))
    return {path: contents[name] for path, name in names.items()}


async def _contents(git: Git, repository: Located, names: tuple[str, ...]) -> Mapping[str, bytes]:
    """What files hold, by the names of their objects."""
    found: dict[str, bytes] = {}
    if len(names) > 1:
        call = Call(words=("cat-file", "--batch", "-z"), given=names, most=_MOST_CONTENTS)
        found.update(_parted((await git.on_files(repository, call)).out))
    for name in names:
        if name not in found:  # it is the only one, or all together were too much
            call = Call(words=("cat-file", "blob", name), most=_MOST_CONTENTS)
            found[name] = (await git.on_files(repository, call)).out
    return found


def _parted(out: bytes) -> Iterator[tuple[str, bytes]]:
    """Each object that is told in whole: a line with its name, kind and size, what it holds, and the end of a line."""
    at = 0
    while (end := out.find(b"\n", at)) >= 0:
        name, _, size = out[at:end].decode().split(" ")
        at = end + 1 + int(size) + 1
        if at <= len(out):
            yield name, out[end + 1 : at - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a commit or tree has at a path."""

    mode: str
    name: str
    """Of the object that holds it."""

    @property
    def is_file(self) -> bool:
        """Whether it is a plain file; else a link or a submodule."""
        return self.mode.startswith("100")


async def entries_at(git: Git, repository: Located, commit: str, paths: Collection[str]) -> Mapping[str, Entry]:
    """What a commit or tree has at these paths; nothing for those at which there is no file, link or submodule."""
    listed = await _listed(git, repository, commit) if paths else ()
    wanted, entries = frozenset(paths), {}
    for told, _, path in (item.partition("\t") for item in listed):
        if path in wanted:
            mode, _, name = told.split(" ")
            entries[path] = Entry(mode=mode, name=name)
    return entries


async def _listed(git: Git, repository: Located, commit: str) -> tuple[str, ...]:
    return (await git.on_files(repository, Call(words=("ls-tree", "-r", "-z", commit)))).items


async def files_at(git: Git, repository: Located, commit: str) -> tuple[str, ...]:
    """The paths of all files of a commit."""
    return tuple(item.partition("\t")[2] for item in await _listed(git, repository, commit))
