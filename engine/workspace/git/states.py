"""States of a worktree's files, by the names of their trees: made of two others without touching a file, laid out."""

import shutil
from collections.abc import Collection

from engine.workspace.git.commands import Call, Git
from engine.workspace.git.reading import entries_at, snapshot, snapshot_index
from engine.workspace.git.worktrees import Worktree, read_tree


async def with_files_of(git: Git, worktree: Worktree, source: str, paths: Collection[str]) -> str:
    """The files as they are now, but with these as they are in the commit or tree `source`; returns the tree's name."""
    now = await snapshot(git, worktree)
    if not paths:
        return now
    there, nothing = await entries_at(git, worktree.repository, source, paths), f"0 {'0' * len(now)}"
    told = {path: f"{there[path].mode} {there[path].name}" if path in there else nothing for path in paths}
    index = worktree.admin / "milepost-mixing"
    index.with_name(f"{index.name}.lock").unlink(missing_ok=True)
    shutil.copy2(snapshot_index(worktree), index)
    given = tuple(
        f"{what}\t{path}" for path, what in sorted(told.items(), key=lambda one: (one[1] != nothing, one[0]))
    )  # room first
    taking = Call(words=("update-index", "-z", "--index-info"), given=given, index=index, writes=True)
    await git.on_files(worktree.repository, taking)
    return (await git.on_files(worktree.repository, Call(words=("write-tree",), index=index, writes=True))).line


async def put(git: Git, worktree: Worktree, tree: str) -> None:
    """Make the files those of a tree; the branch stays where it is. Cut off anywhere, the same call again does it.

    Files that are ignored stay, and so does the index: what differs is not committed, as ever.
    """
    if await snapshot(git, worktree) != tree:
        await read_tree(git, worktree, tree, snapshot_index(worktree))
