"""States of a worktree's files, by the names of their trees: made of two others without touching a file, laid out."""

from collections.abc import Collection

from engine.workspace.git.commands import Call, Git
from engine.workspace.git.reading import snapshot
from engine.workspace.git.worktrees import Worktree, read_tree

_TOGETHER = 200
"""Paths in one command line."""


async def with_files_of(git: Git, worktree: Worktree, source: str, paths: Collection[str]) -> str:
    """The files as they are now, but with these as they are in the commit or tree `source`; returns the tree's name."""
    await snapshot(git, worktree)
    index = worktree.admin / "milepost-snapshot"  # has taken in the files as they are now
    wanted = sorted(paths)
    for first in range(0, len(wanted), _TOGETHER):
        await _take_from(git, worktree, source, wanted[first : first + _TOGETHER])
    written = await git.on_files(worktree.repository, Call(words=("write-tree",), index=index, writes=True))
    return written.line


async def _take_from(git: Git, worktree: Worktree, source: str, paths: Collection[str]) -> None:
    index = worktree.admin / "milepost-snapshot"
    listed = await git.on_files(worktree.repository, Call(words=("ls-tree", "-z", source, "--", *paths)))
    there = {}
    for item in listed.items:
        told, path = item.split("\t", 1)
        mode, _, name = told.split(" ")
        there[path] = f"{mode},{name},{path}"
    entries = [word for path in paths if path in there for word in ("--cacheinfo", there[path])]
    gone = [path for path in paths if path not in there]
    for words in (["--add", *entries], ["--force-remove", "--", *gone]):
        if len(words) > 1 and words[-1] != "--":
            call = Call(words=("update-index", *words), tree=worktree.path, index=index, writes=True)
            await git.on_files(worktree.repository, call)


async def put(git: Git, worktree: Worktree, tree: str) -> None:
    """Make the files those of a tree; the branch stays where it is. Cut off anywhere, the same call again does it.

    Files that are ignored stay, and so does the index: what differs is not committed, as ever.
    """
    if await snapshot(git, worktree) == tree:
        return
    index = worktree.admin / "milepost-snapshot"
    await read_tree(git, worktree.repository, tree, worktree.path, index)
