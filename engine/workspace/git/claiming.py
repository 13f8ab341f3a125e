"""Names of branches, taken before they are used: two Mileposts on one repository never get the same.

Each has its own books, and may give the same number and title to a goal. So a name is free only where the repository
has no branch, nothing discarded and no claim of that name; a claim is a reference of ours, which git makes for one
asker alone. Whoever has claimed a name writes it into the books; who finds it claimed and not in the books leaves it.
"""

from itertools import count

from engine.values import GoalId
from engine.workspace.git.commands import Call, Git, Located
from engine.workspace.git.errors import GitFailed
from engine.workspace.git.naming import branch_name, claim_of, discards_of

_NOT_THERE = ""
_TAKEN = "reference already exists"


async def claim(git: Git, repository: Located, goal: GoalId, title: str, commit: str) -> str:
    """Take a name for a goal's branch, which is to start from a commit; returns it.

    A claim that was cut off before it came into the books stays, and the next one gets another name. It ends with the
    branch, once that can't be had back (`purge`).
    """
    first = branch_name(goal, title)
    for number in count(1):
        branch = first if number == 1 else f"{first}-{number}"
        if not await _is_known(git, repository, branch):
            try:
                words = ("update-ref", claim_of(branch), commit, _NOT_THERE)
                await git.on_references(repository, Call(words=words))
            except GitFailed as error:
                if _TAKEN not in error.said:
                    raise
            else:
                return branch
    raise AssertionError("numbers have no end")


async def _is_known(git: Git, repository: Located, branch: str) -> bool:
    """Whether anything in the repository has that name, whoever made it."""
    places = (f"refs/heads/{branch}", claim_of(branch), discards_of(branch))
    return bool((await git.on_references(repository, Call(words=("for-each-ref", "--count=1", *places)))).out)
