"""States of the files laid out beside a worktree: what tests run on, and copies in which something is tried.

The base is laid out once for a branch. Other states share the files that are the same with it, by links. So no file
there is ever written into: git and `CodeAccess` lay a new one in its place, and what runs in the sandbox gets a copy.
None is shared with the worktree, where a person may write. All of it goes when the worktree goes.
"""

import asyncio
import os
import shutil
from dataclasses import replace
from pathlib import Path

from engine.workspace.git.commands import Git
from engine.workspace.git.naming import exports_folder
from engine.workspace.git.reading import note_laid_out, snapshot_index
from engine.workspace.git.rebasing import tree_of
from engine.workspace.git.worktrees import Worktree, read_tree
from engine.workspace.overlays import linked

_LATER = 2.0
"""Seconds by which the index of what nobody changes is said to be younger: else git would read all files once more,
for it can't be sure of those that are as old as its index."""


async def export(git: Git, worktree: Worktree, commit: str) -> Path:
    """A folder with the files of a commit or tree, only to be read.

    What is there is used again: it is under the tree's name, and it is complete or not there.
    """
    tree = await tree_of(git, worktree.repository, commit)
    base, index = await _base(git, worktree)
    folder = base.with_name(tree)
    if not folder.is_dir():
        part = folder.with_suffix(".part")
        own = index.with_name(f"{part.name}.index")
        await _lay_beside(git, replace(worktree, path=part), tree, (base, index), own)
        own.unlink()
        part.rename(folder)
    return folder


async def trial(git: Git, worktree: Worktree, commit: str) -> Path:
    """A folder with the files of a commit or tree, in which files may be laid and removed. There is one at a time."""
    tree = await tree_of(git, worktree.repository, commit)
    base, index = await _base(git, worktree)
    copy = replace(worktree, path=base.with_name("trial"))
    await _lay_beside(git, copy, tree, (base, index), snapshot_index(copy))
    note_laid_out(git, copy, tree)
    return copy.path


async def _base(git: Git, worktree: Worktree) -> tuple[Path, Path]:
    """The files of the base, and the index that goes with them."""
    tree = await tree_of(git, worktree.repository, worktree.base)
    folder = exports_folder(git, worktree.repository, worktree.branch) / tree
    part, index = folder.with_suffix(".part"), folder.with_suffix(".index")
    if not (folder.is_dir() and index.is_file()):
        for left in (folder, part):
            await asyncio.to_thread(shutil.rmtree, left, ignore_errors=True)
        _without(index)
        part.mkdir(parents=True)
        await read_tree(git, replace(worktree, path=part), tree, index)
        later = index.stat().st_mtime + _LATER
        os.utime(index, (later, later))
        part.rename(folder)
    return folder, index


async def _lay_beside(git: Git, copy: Worktree, tree: str, base: tuple[Path, Path], index: Path) -> None:
    """Make the copy anew, and an index that goes with it: the base, and what differs from it."""
    folder, known = base
    await asyncio.to_thread(shutil.rmtree, copy.path, ignore_errors=True)
    await asyncio.to_thread(linked, folder, copy.path)
    _without(index)
    shutil.copy2(known, index)
    if tree != folder.name:
        await read_tree(git, copy, tree, index, linked=True)


def _without(index: Path) -> None:
    for left in (index, index.with_name(f"{index.name}.lock")):
        left.unlink(missing_ok=True)
