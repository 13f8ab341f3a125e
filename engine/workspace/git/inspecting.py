"""Looks at a repository before anything is done in it, and says what Milepost can't work with."""

import asyncio
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from engine.workspace.git.commands import OLDEST_GIT, Call, Git, Located
from engine.workspace.git.errors import GitFailed, RepositoryRefused
from engine.workspace.git.settings import Settings, hooks_of, read_settings

_USUAL_BASES = ("main", "master", "trunk", "develop")
_GITLINK = "160000"
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryState:
    """What there is in a repository, and what of it is left aside."""

    located: Located
    bare: bool
    commit: str | None
    """What HEAD is at; None in an empty repository."""
    branch: str | None
    """The branch that is checked out; None for a detached HEAD."""
    base: str | None
    """What work should start from, as a guess: a branch, or the commit of a detached HEAD. None: there is nothing."""
    branches: tuple[str, ...]
    changed: int | None
    """Tracked files changed in the checkout; None when there is no checkout, or git could not tell."""
    untracked: int | None
    """Files in the checkout that git doesn't know; None as for `changed`."""
    files: int
    submodules: tuple[str, ...]
    hooks: tuple[str, ...]
    """Hooks that are there. None of them is ever run by Milepost."""
    programs: tuple[str, ...]
    """Settings of the repository that name programs. None of them is in force for Milepost."""
    remotes: tuple[str, ...]
    refusal: RepositoryRefused | None
    """Why Milepost can't work here; None when it can."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know before work begins, in whole sentences."""
        told = []
        if self.changed or self.untracked:
            told.append(
                f"The checkout has {self.changed or 0} changed and {self.untracked or 0} new files; "
                "they stay as they are and are no part of the work."
            )
        if self.submodules:
            told.append(f"Submodules stay empty folders in the work: {_some(self.submodules)}.")
        if self.hooks:
            told.append(f"Hooks are not run: {_some(self.hooks)}.")
        if self.programs:
            told.append(f"Settings that name programs are not followed: {_some(self.programs)}.")
        return tuple(told)


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


async def locate(git: Git, path: Path) -> Located:
    """Find the repository that is at `path` itself. Raises `RepositoryRefused`."""
    path = _folder(path)
    found, looks = git.located.get(path, (None, None))
    if found is None or _looks(found) != looks:
        found = await _found(git, path)
        git.located[path] = found, _looks(found)
    _check_owner(found)
    if git.home.is_relative_to(path):
        raise RepositoryRefused(
            "holds_milepost", f"Milepost keeps its own files inside {path}", "register another repository"
        )
    return found


async def _found(git: Git, path: Path) -> Located:
    words = ("rev-parse", "--path-format=absolute", "--git-common-dir", "--absolute-git-dir", "--is-bare-repository",
             "--show-object-format")  # fmt: skip
    try:
        lines = (await git.discover(path, Call(words=words, environment=_named(path)))).line.split("\n")
        common, folder, bare, object_format = lines
    except (GitFailed, ValueError) as error:
        raise RepositoryRefused(
            "no_repository", f"{path} is not the top folder of a git repository", "give the folder that has .git in it"
        ) from error
    located = Located(
        path=path,
        common=Path(common),
        git_folder=Path(folder),
        bare=bare == "true",
        object_format=object_format,
    )
    if located.common != located.git_folder and not (path / ".git").is_file():  # only a worktree's may lead elsewhere
        raise RepositoryRefused("no_repository", f"the repository at {path} is another one's", "give that one's folder")
    return replace(located, hooks=await hooks_of(git, located))


def _named(path: Path) -> dict[str, str]:
    """What says that a folder without `.git` is meant as a repository itself: git finds no bare one by looking."""
    return {} if os.path.lexists(path / ".git") else {"GIT_DIR": str(path)}


def _looks(found: Located) -> object:
    """All that git's answer hangs on: another repository at the same place, or other settings, look different."""
    own = (found.path / ".git", found.git_folder, found.git_folder / "HEAD", found.git_folder / "config.worktree")
    return tuple(map(look_of, (*own, found.common, found.common / "config", found.objects)))


def look_of(place: Path) -> object:
    """What tells whether a file was changed, or another one came to its place; None where there is none."""
    try:
        seen = place.stat()
    except OSError:
        return None
    same = (seen.st_dev, seen.st_ino)
    return same if stat.S_ISDIR(seen.st_mode) else (*same, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def _folder(path: Path) -> Path:
    """The folder itself, where a link leads to it."""
    if not path.is_dir():
        raise RepositoryRefused("no_folder", f"there is no folder {path}", "give the path of a repository")
    return path.resolve()


def _check_owner(found: Located) -> None:
    """What Milepost writes there must not lock out the person."""
    owner = found.objects.stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        raise RepositoryRefused(
            "foreign_owner",
            f"{found.path} belongs to user {owner}, who could not commit any more to what root writes there",
            "run Milepost as that user",
        )
    if not os.access(found.objects, os.W_OK):
        raise RepositoryRefused(
            "not_writable", f"Milepost may not write to {found.objects}", "let its user write there, or clone it anew"
        )


async def inspect(git: Git, path: Path) -> RepositoryState:
    """Look at the repository at `path`; nothing is changed, not even its index.

    Raises `RepositoryRefused` when there is none. What is there and can't be worked with is told in `refusal`.
    """
    located = await locate(git, path)
    settings = await read_settings(git, located)
    branches = await _branches(git, located)
    branch, commit = await _head(git, located, branches)
    files, submodules = await _contents(git, located, commit)
    changed, untracked = await _checkout(git, located, commit)
    return RepositoryState(
        located=located,
        bare=located.bare,
        commit=commit,
        branch=branch,
        base=_base(branch, commit, tuple(branches)),
        branches=tuple(branches),
        changed=changed,
        untracked=untracked,
        files=files,
        submodules=submodules,
        hooks=_hooks(located),
        programs=settings.programs,
        remotes=tuple(settings.remotes),
        refusal=_refusal(await git.version(), commit, tuple(branches), settings),
    )


def _in(located: Located, *words: str, codes: tuple[int, ...] = (0,)) -> Call:
    """A question about the HEAD of this very checkout."""
    return Call(words=words, codes=codes, environment={"GIT_DIR": str(located.git_folder)})


async def _branches(git: Git, located: Located) -> Mapping[str, str]:
    """The commit of each branch."""
    words = ("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads/")
    told = (await git.on_references(located, Call(words=words))).line
    return {name: commit for commit, _, name in (line.partition(" ") for line in told.splitlines())}


async def _head(git: Git, located: Located, branches: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The branch that is checked out, and its commit; git is asked only where HEAD itself doesn't name a branch."""
    with suppress(OSError, UnicodeError):
        _, is_branch, name = (located.git_folder / "HEAD").read_text("utf-8").partition("ref: refs/heads/")
        if is_branch and (commit := branches.get(name.removesuffix("\n"))):
            return name.removesuffix("\n"), commit
    words = ("rev-parse", "--quiet", "--verify", "HEAD^{commit}")
    found = await git.on_references(located, _in(located, *words, codes=(0, 1)))
    symbolic = await git.on_references(located, _in(located, "symbolic-ref", "--quiet", "HEAD", codes=(0, 1)))
    return symbolic.line.removeprefix("refs/heads/") or None, found.line or None


def _base(branch: str | None, commit: str | None, branches: tuple[str, ...]) -> str | None:
    """The branch that is checked out, unless it is one of ours; else one that is usually the main one; else HEAD."""
    if branch in branches and not branch.startswith("milepost/"):
        return branch
    usual = [name for name in _USUAL_BASES if name in branches]
    return commit if branch is None else (usual[0] if usual else commit)


async def _contents(git: Git, located: Located, commit: str | None) -> tuple[int, tuple[str, ...]]:
    """How many files there are at HEAD, and the paths of the submodules."""
    if commit is None:
        return 0, ()
    listed = (await git.on_files(located, Call(words=("ls-tree", "-r", "-z", commit)))).items
    links = tuple(item.partition("\t")[2] for item in listed if item.startswith(_GITLINK))
    return len(listed) - len(links), links


async def _checkout(git: Git, located: Located, commit: str | None) -> tuple[int | None, int | None]:
    """How many files of the person's checkout are changed, and how many are new."""
    if located.bare or commit is None:
        return None, None
    with tempfile.TemporaryDirectory(dir=git.home, prefix="looking-") as folder:
        index = Path(folder, "index")
        if (located.git_folder / "index").is_file():
            shutil.copy2(located.git_folder / "index", index)  # git would bring the person's own up to date
        plainly = ("--name-only", "-z", "--ignore-submodules=all", "--no-renames", "--no-ext-diff")
        compared = Call(words=("diff", *plainly, commit, "--"), tree=located.path, index=index, writes=True)
        listed = Call(words=("ls-files", "-z", "--others", "--exclude-standard"), tree=located.path, index=index)
        try:
            asked = (git.on_files(located, call) for call in (compared, listed))
            changed, untracked = await asyncio.gather(*asked)
        except GitFailed:  # an index in parts, which only the repository's own folder can put together
            return None, None
    return len(changed.items), len(untracked.items)


def _hooks(located: Located) -> tuple[str, ...]:
    folder = located.common / "hooks"
    if not folder.is_dir():
        return ()
    return tuple(
        sorted(
            entry.name
            for entry in folder.iterdir()
            if entry.suffix != ".sample" and entry.is_file() and entry.stat().st_mode & stat.S_IXUSR
        )
    )


def _refusal(
    version: tuple[int, ...], commit: str | None, branches: tuple[str, ...], settings: Settings
) -> RepositoryRefused | None:
    if version < OLDEST_GIT:
        oldest = ".".join(map(str, OLDEST_GIT))
        return RepositoryRefused(
            "old_git", f"git {'.'.join(map(str, version))} is too old", f"install {oldest} or later"
        )
    if commit is None and not branches:
        return RepositoryRefused(
            "empty", "the repository has no commit yet", "make a first commit, an empty one will do"
        )
    if settings.partial:
        return RepositoryRefused(
            "partial", "the repository is a partial clone, whose files come only when asked for", "clone it as a whole"
        )
    return None
