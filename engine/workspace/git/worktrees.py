"""A worktree for each goal: made, resumed as it is, or cleanly made anew; and taken away after the goal.

It is a worktree as git knows it, so that the person sees it in `git worktree list` and git keeps the branch from being
checked out twice. Its files are in Milepost's own folder. Git's part of it is inside the repository; of that only this
worktree's own is ever touched. A mark there, `milepost-ready`, says that all files have been laid out: it is taken away
before they are moved to another commit and set after, so whatever a kill leaves behind has no mark and is made anew.
"""

import asyncio
import os
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from engine.workspace.git.commands import Call, Git, Located
from engine.workspace.git.errors import BranchMoved, BranchRefused, GitFailed, RepositoryRefused
from engine.workspace.git.inspecting import locate
from engine.workspace.git.naming import checked, exports_folder, is_plain_reference, spare_folder, tree_folder

_READY = "milepost-ready"
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_HELD = re.compile(r"already (?:checked out|used by worktree) at")
SHARED = ("core.trustCtime=false",)
"""Settings for files that are shared by links: another link is no change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worktree:
    """The files of a goal's branch."""

    repository: Located
    branch: str
    base: str
    """The commit that the work began from."""
    path: Path
    admin: Path
    """Git's own folder of it, inside the repository."""

    @property
    def index(self) -> Path:
        """What git remembers of the files."""
        return self.admin / "index"

    @property
    def mark(self) -> Path:
        """Says, and holds from when, that all files have been laid out."""
        return self.admin / _READY


class How(StrEnum):
    """How a worktree came to be there."""

    CREATED = "created"
    RESUMED = "resumed"
    REMADE = "remade"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensured:
    """A worktree that is there now, fit for work."""

    worktree: Worktree
    head: str
    """The commit its branch is at."""
    how: How
    why: str
    """What was wrong where it was made anew; else empty. Changes that were not committed are gone then."""


async def ensure(git: Git, path: Path, branch: str, base: str) -> Ensured:
    """See to it that the repository at `path` has a worktree for `branch`, however the last run ended.

    `base` is a commit, or a branch for a first time; a branch of ours that is there goes on where it is. Nobody else
    may be at work in this worktree. Raises `RepositoryRefused` and `BranchRefused`.
    """
    repository = await locate(git, path)
    tree = tree_folder(git, repository, branch)
    head = await commit_of(git, repository, f"refs/heads/{branch}")
    admins = _admins(repository, tree)
    fault = "" if head is None else _fault(tree, admins, branch)
    if head is not None and not fault:
        _remove_stale_locks(repository, admins[0], branch)
        worktree = await _worktree(git, repository, branch, base, admins[0])
        return Ensured(worktree=worktree, head=head, how=How.RESUMED, why="")
    is_first = head is None and not admins and not tree.exists()
    await asyncio.to_thread(_clear, tree, admins)
    _remove_stale_locks(repository, None, branch)
    start = None if head is not None else await base_commit(git, repository, base)
    admin = await _add(git, repository, branch, tree, start)
    head = head or start or ""
    worktree = await _worktree(git, repository, branch, start or base, admin)
    laid_ahead = await _take_spare(git, worktree)
    await lay_out(git, worktree, head)
    if laid_ahead is not None:
        os.utime(worktree.mark, (laid_ahead, laid_ahead))
    return Ensured(
        worktree=worktree, head=head, how=How.CREATED if is_first else How.REMADE, why=fault and f"it had {fault}"
    )


async def sound_worktree(git: Git, repository: Located, branch: str) -> Worktree | None:
    """The worktree of a branch as it stands; None where there is none, or none that can be gone on with."""
    tree = tree_folder(git, repository, branch)
    admins = _admins(repository, tree)
    head = await commit_of(git, repository, f"refs/heads/{branch}")
    if head is None or _fault(tree, admins, branch):
        return None
    return Worktree(repository=repository, branch=branch, base=head, path=tree, admin=admins[0])


async def head_of(git: Git, worktree: Worktree) -> str:
    """The commit that the branch is at. Raises `BranchRefused` when somebody took the branch away."""
    head = await commit_of(git, worktree.repository, f"refs/heads/{worktree.branch}")
    if head is None:
        raise BranchRefused(worktree.branch, "is gone")
    return head


async def commit_of(git: Git, repository: Located, reference: str) -> str | None:
    """The commit that a full reference or the name of a commit stands for; None when there is none."""
    if (known := _read(repository, reference)) is not None:
        return known or None
    words = ("rev-parse", "--quiet", "--verify", "--end-of-options", f"{reference}^{{commit}}")
    found = (await git.on_references(repository, Call(words=words, codes=(0, 1, 128)))).line
    return found if _COMMIT.fullmatch(found) else None  # «main..main» is two


def _read(repository: Located, reference: str) -> str | None:
    """The commit of a reference, where git keeps it in a file of its own, as it does what it wrote last, or among those
    that it packed; empty where there is none. None when git must be asked: it has no plain name, or is kept in another
    way."""
    if not is_plain_reference(reference):
        return None
    try:
        found = (repository.common / reference).read_text("ascii").removesuffix("\n")
    except FileNotFoundError:  # looked for here first, and then there: git packs it before it deletes the file
        return _packed(repository, reference)
    except (OSError, UnicodeError):
        return None
    return found if _COMMIT.fullmatch(found) else None


def _packed(repository: Located, reference: str) -> str | None:
    """The commit of a reference that has no file of its own; as `_read`."""
    if (repository.common / "reftable").exists():
        return None
    try:
        packed = (repository.common / "packed-refs").read_bytes()
    except FileNotFoundError:
        return ""
    except OSError:
        return None
    found = re.search(rb"^([0-9a-f]+) %s$" % re.escape(os.fsencode(reference)), packed, re.MULTILINE)
    return found[1].decode() if found is not None else ""


async def base_commit(git: Git, repository: Located, base: str) -> str:
    """The commit of a base: the name of a commit, a branch, or a remote's branch such as `origin/main`.

    Raises `RepositoryRefused`.
    """
    tried = (base,) if _COMMIT.fullmatch(base) else (f"refs/heads/{base}", f"refs/remotes/{base}")
    for reference in tried:
        if found := await commit_of(git, repository, reference):
            return found
    has_any = await git.on_references(repository, Call(words=("for-each-ref", "--count=1", "refs/heads/")))
    if not has_any.out:
        raise RepositoryRefused(
            "empty", "the repository has no commit yet", "make a first commit, an empty one will do"
        )
    raise RepositoryRefused(
        "no_base", f"there is no branch «{base}» to start from", "say which one under /repo («base: …»)"
    )


async def lay_out(git: Git, worktree: Worktree, commit: str) -> None:
    """Make the files those of a commit. Changes to tracked files are lost."""
    worktree.mark.unlink(missing_ok=True)
    await read_tree(git, worktree, commit, worktree.index)
    worktree.mark.write_text(_pointer(worktree.path), "utf-8", errors="surrogateescape")


async def move(git: Git, worktree: Worktree, old: str, new: str) -> None:
    """Move the branch and the files from one commit to another. There must be no changes that are not committed."""
    worktree.mark.unlink(missing_ok=True)
    await set_branch(git, worktree, old, new)
    await lay_out(git, worktree, new)


async def set_branch(git: Git, worktree: Worktree, old: str, new: str, why: str = "moved") -> None:
    """Move the branch, the files left as they are. Raises `BranchMoved` when it is no longer at `old`.

    `why` is kept in the branch's log, where `moved_for` finds it again.
    """
    words = ("update-ref", "--create-reflog", "-m", _said(why), f"refs/heads/{worktree.branch}", new, old)
    try:
        await git.on_references(worktree.repository, Call(words=words))
    except GitFailed as error:
        raise (BranchMoved(worktree.branch) if "but expected" in error.said else error) from error


def moved_for(worktree: Worktree, why: str) -> frozenset[str]:
    """The commits that the branch was moved to for that reason: by us, for no commit can write into this log."""
    lines = (line.partition("\t") for line in _log_of(worktree))
    return frozenset(moved.split(" ", 2)[1] for moved, _, said in lines if said == _said(why))


def was_at(worktree: Worktree, commit: str) -> bool:
    """Whether the branch is known to have been at that commit."""
    return any(commit in line.split(" ", 2)[:2] for line in _log_of(worktree))


def _log_of(worktree: Worktree) -> Sequence[str]:
    """What git noted of the branch, a line for each move."""
    try:
        told = (worktree.repository.common / "logs" / "refs" / "heads" / worktree.branch).read_text("utf-8", "replace")
    except OSError:  # nothing was moved since the branch was made, or git keeps it elsewhere
        return ()
    return told.splitlines()


def _said(why: str) -> str:
    return f"milepost: {why}"


async def remove(git: Git, path: Path, branch: str) -> None:
    """Take the worktree away; its branch stays. Changes that are not committed are lost: `put_away` keeps them."""
    repository = await locate(git, path)
    tree = tree_folder(git, repository, branch)
    admins = _admins(repository, tree)
    for index in [one for one in git.states if one.parent in admins]:
        del git.states[index]
    await asyncio.to_thread(_clear, tree, admins)
    await asyncio.to_thread(shutil.rmtree, exports_folder(git, repository, branch), ignore_errors=True)


async def read_tree(git: Git, worktree: Worktree, commit: str, index: Path, *, linked: bool = False) -> None:
    """Make the files of a worktree, or of a copy of it, those of a commit or tree; what the index had and that has not
    goes. With `linked` a file that only got another link since the index was written is as it was."""
    words = ("read-tree", "--reset", "-u", "--no-recurse-submodules", commit)
    settings = SHARED if linked else ()
    call = Call(words=words, tree=worktree.path, index=index, settings=settings, writes=True, timeout=600)
    await git.on_files(worktree.repository, call)


async def _worktree(git: Git, repository: Located, branch: str, base: str, admin: Path) -> Worktree:
    commit = base
    if not _COMMIT.fullmatch(base):  # its branch may have moved since the work began
        found, head = await base_commit(git, repository, base), await commit_of(git, repository, f"refs/heads/{branch}")
        words = ("merge-base", found, head or found)
        commit = (await git.on_files(repository, Call(words=words, codes=(0, 1)))).line or found
    path = tree_folder(git, repository, branch)
    return Worktree(repository=repository, branch=branch, base=commit, path=path, admin=admin)


async def _add(git: Git, repository: Located, branch: str, tree: Path, start: str | None) -> Path:
    """Let git make the worktree, without files yet, and the branch with it where `start` says from which commit."""
    tree.parent.mkdir(parents=True, exist_ok=True)
    named = (str(tree), branch) if start is None else ("--no-track", "-b", branch, str(tree), start)
    words = ("worktree", "add", "--quiet", "--no-checkout", *named)
    try:
        await git.on_references(repository, Call(words=words))
    except GitFailed as error:
        if _HELD.search(error.said):
            raise BranchRefused(branch, f"is held by another worktree: {error.said}") from error
        raise
    return _admins(repository, tree)[0]


async def _take_spare(git: Git, worktree: Worktree) -> float | None:
    """Have the files that were laid out ahead in a new worktree, so that git lays out only what differs. Returns from
    when they are; None where there are none, or something is beside them that could be taken for the goal's."""
    taken = exports_folder(git, worktree.repository, worktree.branch) / "spare"
    laid = await asyncio.to_thread(_claimed, git, worktree, taken)
    if laid is not None and not await is_untouched(git, replace(worktree, path=taken / "files"), worktree.index):
        worktree.index.unlink()
        laid = None
    if laid is not None:
        (worktree.path / ".git").rename(taken / "files" / ".git")
        worktree.path.rmdir()
        (taken / "files").rename(worktree.path)
    await asyncio.to_thread(shutil.rmtree, taken, ignore_errors=True)
    return laid


def _claimed(git: Git, worktree: Worktree, taken: Path) -> float | None:
    taken.parent.mkdir(parents=True, exist_ok=True)
    try:
        spare_folder(git, worktree.repository).rename(taken)  # for one alone
        laid = (taken / "index").stat().st_mtime
        if ".git" in os.listdir(taken / "files"):
            return None
        shutil.copyfile(taken / "index", worktree.index)  # younger than the files: git need not read them
    except OSError:
        worktree.index.unlink(missing_ok=True)
        return None
    return laid


async def is_untouched(git: Git, copy: Worktree, index: Path) -> bool:
    """Whether what was laid out is as its index has it, so far as git can tell at a glance, with nothing beside it.

    An index that a kill left half-written tells nothing.
    """
    words = ("ls-files", "-z", "--modified", "--deleted", "--others", "--directory")
    call = Call(words=words, tree=copy.path, index=index, settings=SHARED)
    try:
        return not (await git.on_files(copy.repository, call)).items
    except GitFailed:
        return False


def _pointer(tree: Path) -> str:
    """What the file says by which git finds the rest of a worktree; empty when it is no plain file."""
    file = tree / ".git"
    return file.read_text("utf-8", errors="surrogateescape") if file.is_file() and not file.is_symlink() else ""


def _admins(repository: Located, tree: Path) -> list[Path]:
    """Git's folders for the worktree at `tree`: one, or more with those that a kill left half-made."""
    folder = repository.common / "worktrees"
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    half_made = re.compile(re.escape(tree.name) + r"\d*")
    return [entry for entry in entries if _points_to(entry) == tree / ".git" or (
        half_made.fullmatch(entry.name) and _points_to(entry) is None
    )]  # fmt: skip


def _points_to(admin: Path) -> Path | None:
    """The `.git` file that git's folder of a worktree belongs to; None when it says nothing yet."""
    with suppress(OSError):
        if said := os.fsdecode((admin / "gitdir").read_bytes()).removesuffix("\n"):
            return Path(os.path.normpath(admin / said))
    return None


def _fault(tree: Path, admins: list[Path], branch: str) -> str:
    """Why what is there can't be gone on with; empty when it can."""
    if tree.is_symlink() or not tree.is_dir():
        return "no folder"
    if len(admins) != 1:
        return "no folder of git's that belongs to it" if not admins else "more than one folder of git's"
    mark, head, index = (admins[0] / name for name in (_READY, "HEAD", "index"))
    if not mark.is_file() or not index.is_file():
        return "been cut off while its files were laid out"
    if not _pointer(tree) or mark.read_text("utf-8", errors="surrogateescape") != _pointer(tree):
        return "a «.git» that was tampered with"
    if not head.is_file() or head.read_text("utf-8", errors="replace").strip() != f"ref: refs/heads/{branch}":
        return "another branch checked out"
    return ""


def _remove_stale_locks(repository: Located, admin: Path | None, branch: str) -> None:
    """Nobody is at work in this worktree, so locks of its own are of somebody who was killed."""
    locks = [repository.common / "refs" / "heads" / f"{checked(branch)}.lock"]
    if admin is not None:
        locks += [admin / name for name in ("index.lock", "HEAD.lock")]
    for lock in locks:
        with suppress(NotADirectoryError):  # a branch «milepost» is in the way: git says so
            lock.unlink(missing_ok=True)


def _clear(tree: Path, admins: list[Path]) -> None:
    """Take away what there is of a worktree, the mark first."""
    for admin in admins:
        (admin / _READY).unlink(missing_ok=True)
    if tree.is_symlink() or tree.is_file():
        tree.unlink()
    elif tree.exists():
        shutil.rmtree(tree)
    for admin in admins:
        shutil.rmtree(admin)
        with suppress(OSError):  # others have theirs there
            admin.parent.rmdir()
