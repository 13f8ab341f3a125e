"""Looks at a folder that is to be a repository: where it really is, whether git is there, and what its files tell.

No link is followed below the folder itself, nothing is run, and what is read is bounded: nobody has said yes to it yet.
"""

import asyncio
import os
import stat
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from engine.errors import InvalidInputError

MOST_FILES = 5_000
"""Files that are listed."""
LARGEST_TEXT = 512 * 1024
"""Bytes of a file that are read."""
_PASSED_BY = frozenset({".git", "node_modules", "target", "dist", "build", "__pycache__", ".venv", "venv", ".tox"})
"""Folders whose files tell nothing."""
_HEAD = "ref: refs/heads/"
_USUAL = ("main", "master", "trunk", "develop")
"""Branches to start from where none is checked out."""

Wanted: TypeAlias = Callable[[Sequence[str]], Sequence[str]]
"""Which of the files that are there are to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found in a repository."""

    path: Path
    """Resolved."""
    is_bare: bool = False
    """Whether no files are laid out, only git's own; `engine/workspace/git/bare.py` asks git for them."""
    head: str = ""
    """The branch that is checked out, or the usual one where none is; empty where there is neither."""
    has_commits: bool = True
    files: tuple[str, ...] = ()
    """Paths relative to the repository with `/`, two levels deep, by name."""
    texts: dict[str, str] = field(default_factory=dict)
    """Of the files that were wanted."""


Inspect: TypeAlias = Callable[[Path, Wanted], Awaitable[Survey]]
"""Looks at a repository. Raises `InvalidInputError` for what is none."""


async def survey(path: Path, wanted: Wanted) -> Survey:
    """Look at the repository at `path`. Raises `InvalidInputError` (path)."""
    return await asyncio.to_thread(_survey, path, wanted)


async def whereabouts(path: Path) -> Path:
    """Where the repository at `path` really is; its files are not looked at. Raises `InvalidInputError` (path)."""
    return (await asyncio.to_thread(_found, path))[0]


def place_within(written: str, roots: Sequence[Path]) -> Path:
    """The folder that is meant, resolved: an absolute path, or one below a root. Raises `InvalidInputError` (path).

    What leads out of all roots, by `..` or by a link, is refused in the same words as what is not there: a chat is not
    to find out what else is on the disk.
    """
    bounds = resolved_roots(roots)
    text = Path(written)
    for candidate in [text] if text.is_absolute() else [root / text for root in bounds]:
        found = _resolved(candidate)
        if found is not None and any(found.is_relative_to(root) for root in bounds) and found.is_dir():
            return found
    told = ", ".join(str(root) for root in roots)
    raise InvalidInputError("path", f"there is no folder «{written[:100]}» that may be added", f"name one below {told}")


def resolved_roots(roots: Sequence[Path]) -> Sequence[Path]:
    """Where those of them that are there really are."""
    return [found for root in roots if (found := _resolved(root)) is not None]


def bounds_of(roots: Sequence[Path]) -> Sequence[Path]:
    """The same; one that is away counts where it is said to be: what was added below it is away then, not unknown."""
    return [_resolved(root) or root for root in roots]


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # gone, a circle of links, a zero byte
        return None


def _found(path: Path) -> tuple[Path, Path]:
    """Where a repository really is, and git's own folder."""
    found = _resolved(path)
    if found is None or not found.is_dir():
        raise InvalidInputError("path", f"there is no folder {path}", "name the folder of a git repository")
    git = _git_folder(found)
    if git is None:
        problem = f"{found.name or found} is no git repository"
        accepts = "name one that has a .git folder of its own (no worktree or submodule), or a bare one"
        raise InvalidInputError("path", problem, accepts)
    return found, git


def _survey(path: Path, wanted: Wanted) -> Survey:
    found, git = _found(path)
    if git == found:
        return Survey(path=found, is_bare=True, head=_head(git), has_commits=_has_commits(git))
    files = tuple(sorted(_listed(found)))
    texts = {name: text for name in wanted(files) if (text := _text(found, name)) is not None}
    return Survey(path=found, head=_head(git), has_commits=_has_commits(git), files=files, texts=texts)


def _git_folder(path: Path) -> Path | None:
    """Git's own folder: `.git` in it, or the folder itself when it is bare. None for what only looks like one."""
    if ".git" in path.parts:  # the inside of another repository has the same layout
        return None
    return next((one for one in (path / ".git", path) if _is_git(one)), None)


def _is_git(folder: Path) -> bool:
    try:
        kinds = [stat.S_IFMT((folder / name).lstat().st_mode) for name in ("HEAD", "objects", "refs")]
        whole = stat.S_ISDIR(folder.lstat().st_mode) and kinds == [stat.S_IFREG, stat.S_IFDIR, stat.S_IFDIR]
        return whole and not os.path.lexists(folder / "commondir")  # which leads git to another repository
    except OSError:
        return False


def _head(git: Path) -> str:
    head = (_text(git, "HEAD") or "").strip()
    if head.startswith(_HEAD):
        return head.removeprefix(_HEAD)
    packed = (_text(git, "packed-refs") or "").splitlines()
    known = {line.partition(" refs/heads/")[2] for line in packed}
    return next((name for name in _USUAL if name in known or _text(git, f"refs/heads/{name}") is not None), "")


def _has_commits(git: Path) -> bool:
    """Whether there is a branch that is at one, or a commit is checked out by itself."""
    head = (_text(git, "HEAD") or "").strip()
    is_kept_elsewhere = (git / "packed-refs").exists() or (git / "reftable").exists()
    return is_kept_elsewhere or not head.startswith(_HEAD) or any(_entries(git / "refs" / "heads"))


def told_of(paths: Iterable[str]) -> tuple[str, ...]:
    """Of all files of a repository those that are listed: two levels deep, by name."""
    kept = (path for path in paths if path.isprintable() and path.count("/") < 2)
    return tuple(sorted(path for path in kept if path.partition("/")[0] not in _PASSED_BY or "/" not in path))[
        :MOST_FILES
    ]


def _listed(root: Path) -> Iterator[str]:
    """Files two levels deep; links and what is a repository of its own, such as a submodule, left out."""
    count = 0
    folders = [""]
    for folder in folders:  # grows while it is gone through
        for entry in _entries(root / folder):
            name = f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if not folder and entry.name not in _PASSED_BY and not os.path.lexists(root / name / ".git"):
                    folders.append(f"{name}/")
            elif entry.is_file(follow_symlinks=False) and name.isprintable():
                yield name
                count += 1
            if count >= MOST_FILES:
                return


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:  # not to be read, or gone by now
        return []


def _text(root: Path, name: str) -> str | None:
    """The text of a plain file, each step to it without following a link; None for anything else."""
    *folders, last = name.split("/")
    handle = -1
    try:
        handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        for folder in folders:
            handle = _stepped(handle, folder, os.O_DIRECTORY)
        handle = _stepped(handle, last, os.O_NONBLOCK)  # a pipe by that name would wait for ever
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        with os.fdopen(os.dup(handle), "rb") as file:
            return file.read(LARGEST_TEXT).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None
    finally:
        if handle >= 0:
            os.close(handle)


def _stepped(parent: int, name: str, flag: int) -> int:
    """A handle on what is in a folder; the folder's is closed, unless this fails."""
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | flag, dir_fd=parent)
    os.close(parent)
    return handle
