"""States of the files laid out beside a worktree: what tests run on, and copies in which something is tried.

The base is laid out once for all branches that begin there. Other states share the files that are the same with it, by
links. So no file there is ever written into: git and `CodeAccess` lay a new one in its place, and what runs in the
sandbox gets a copy. None is shared with the worktree, where a person may write. All of it goes when the worktree goes,
but for the base, which the next goal mostly begins from, too: that goes when another one is laid out and no branch says
any more that it stands on it.
"""

import asyncio
import os
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.errors import WorkError
from engine.workspace.git.commands import Git, Located
from engine.workspace.git.naming import bases_folder, exports_folder, spare_folder
from engine.workspace.git.reading import note_laid_out, snapshot_index
from engine.workspace.git.rebasing import tree_of
from engine.workspace.git.worktrees import Worktree, is_untouched, read_tree
from engine.workspace.overlays import linked

_NOTE = "base"
"""The file that says on which base a branch stands: as long as it is there, nobody takes that away."""
_DISUSED = 30 * 86_400.0
"""Seconds after which files that were laid out ahead, and that nobody took, are taken away."""
_LATER = 2.0
"""Seconds by which the index of what nobody changes is said to be younger: else git would read all files once more,
for it can't be sure of those that are as old as its index."""


async def export(git: Git, worktree: Worktree, commit: str) -> Path:
    """A folder with the files of a commit or tree, only to be read.

    What is there is used again: it is under the tree's name, and it is complete or not there.
    """
    tree = await tree_of(git, worktree.repository, commit)
    base, index = await _base(git, worktree)
    folder = exports_folder(git, worktree.repository, worktree.branch) / tree
    if tree == base.name:
        return base
    if not folder.is_dir():
        part = folder.with_suffix(".part")
        own = part.with_name(f"{part.name}.index")
        await _lay_beside(git, replace(worktree, path=part), tree, (base, index), own)
        own.unlink()
        part.rename(folder)
    return folder


async def trial(git: Git, worktree: Worktree, commit: str) -> Path:
    """A folder with the files of a commit or tree, in which files may be laid and removed. There is one at a time; the
    next is made of it, where git knows all that it has."""
    tree = await tree_of(git, worktree.repository, commit)
    base = await _base(git, worktree)
    copy = replace(worktree, path=exports_folder(git, worktree.repository, worktree.branch) / "trial")
    index = snapshot_index(copy)
    if copy.path.is_dir() and await is_untouched(git, copy, index):
        _unlock(index)
        await read_tree(git, copy, tree, index, linked=True)
    else:
        await _lay_beside(git, copy, tree, base, index)
    note_laid_out(git, copy, tree)
    return copy.path


async def lay_spare(git: Git, repository: Located, commit: str) -> None:
    """Lay files out ahead for the next worktree, most likely those that it begins from; one is enough.

    What was laid out for a repository in which nothing began for a long time, or that was removed since, goes.
    """
    folder = spare_folder(git, repository)
    async with git.laying_bases:
        await asyncio.to_thread(_clear_disused, folder, git.clock.now().timestamp() - _DISUSED)
        if folder.is_dir():
            return
        part = folder.with_suffix(".part")
        await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
        files = part / "files"
        files.mkdir(parents=True)
        spare = Worktree(repository=repository, branch="", base=commit, path=files, admin=part)
        try:
            await read_tree(git, spare, commit, spare.index)
        except WorkError:  # perhaps the disk is full, and nothing needs this
            await asyncio.to_thread(shutil.rmtree, part, ignore_errors=True)
            raise
        part.rename(folder)


def _clear_disused(folder: Path, since: float) -> None:
    """Take away the spares of other repositories that nobody took since then; nobody takes one that is half gone."""
    for left in sorted(folder.parent.iterdir(), reverse=True) if folder.parent.is_dir() else ():
        with suppress(FileNotFoundError):  # it has just been taken
            if left.stem != folder.name and left.stat().st_mtime < since:
                shutil.rmtree(left.rename(left.with_suffix(".gone")))


async def _base(git: Git, worktree: Worktree) -> tuple[Path, Path]:
    """The files of the base, and the index that goes with them."""
    tree = await tree_of(git, worktree.repository, worktree.base)
    folder = bases_folder(git, worktree.repository) / tree
    index = folder.with_suffix(".index")
    note = exports_folder(git, worktree.repository, worktree.branch) / _NOTE
    async with git.laying_bases:
        is_known = note.is_file() and note.read_text("ascii") == tree
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(tree, "ascii")
        is_there = folder.is_dir() and index.is_file()
        if not is_there or not (is_known or await is_untouched(git, replace(worktree, path=folder), index)):
            await asyncio.to_thread(_clear, folder, note.parent.parent)
            await _lay_base(git, worktree, tree, folder)
    return folder, index


def _clear(folder: Path, branches: Path) -> None:
    """Take away what there is of a base, and all bases that no branch says it stands on."""
    needed = {note.read_text("ascii") for note in branches.glob(f"*/{_NOTE}")}
    for left in folder.parent.iterdir() if folder.parent.is_dir() else ():
        if left.stem == folder.name or left.stem not in needed:
            shutil.rmtree(left) if left.is_dir() else left.unlink()


async def _lay_base(git: Git, worktree: Worktree, tree: str, folder: Path) -> None:
    part, index = folder.with_suffix(".part"), folder.with_suffix(".index")
    part.mkdir(parents=True)
    await read_tree(git, replace(worktree, path=part), tree, index)
    later = index.stat().st_mtime + _LATER
    os.utime(index, (later, later))
    part.rename(folder)


async def _lay_beside(git: Git, copy: Worktree, tree: str, base: tuple[Path, Path], index: Path) -> None:
    """Make the copy anew, and an index that goes with it: the base, and what differs from it."""
    folder, known = base
    await asyncio.to_thread(shutil.rmtree, copy.path, ignore_errors=True)
    await asyncio.to_thread(linked, folder, copy.path)
    shutil.copy2(known, index)
    _unlock(index)
    if tree != folder.name:
        await read_tree(git, copy, tree, index, linked=True)


def _unlock(index: Path) -> None:
    """Nobody else is at work with it, so a lock is of somebody who was killed."""
    index.with_name(f"{index.name}.lock").unlink(missing_ok=True)
