"""What a goal does in its worktree: it writes files, commits them, and reads them as they were."""

from engine.values import GoalId
from engine.workspace.git.commands import Git
from engine.workspace.git.committing import CommitOrder, Committed, commit
from engine.workspace.git.reading import contents_at
from engine.workspace.git.worktrees import Worktree


def write(worktree: Worktree, path: str, content: bytes) -> None:
    place = worktree.path / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


async def commit_now(git: Git, worktree: Worktree, *paths: str, task: str = "7.1") -> Committed | None:
    return await commit(git, worktree, CommitOrder(paths=paths, message="Work", goal=GoalId(7), task=task))


async def file_at(git: Git, worktree: Worktree, commit: str, path: str) -> bytes | None:
    return (await contents_at(git, worktree.repository, commit, (path,))).get(path)
