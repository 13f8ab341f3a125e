"""Whether git can work in a repository at all: a short question that hangs on nothing that anybody hands in."""

from engine.workspace.git.commands import Call, Git, Located
from engine.workspace.git.committing import NewCommit, write_commit
from engine.workspace.git.rebasing import tree_of


async def try_out(git: Git, repository: Located, *commits: str) -> None:
    """Read every file of these commits, and write as a commit does. Raises what git raises where it can't."""
    words = ("rev-list", "--quiet", "--objects", "--verify-objects", "--no-walk", *commits)
    await git.on_files(repository, Call(words=words, writes=True, timeout=600))  # no answer of before is given again
    tree = await tree_of(git, repository, commits[0])
    await write_commit(git, repository, NewCommit(tree=tree, parent=commits[0], message="tried out"))
