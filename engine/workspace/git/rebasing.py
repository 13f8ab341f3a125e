"""A base that moved on, and work that a person did: commits laid on others, and no file touched until all fit.

Each commit is merged in memory onto the new place (`git merge-tree`). So a conflict leaves nothing to abort: the
branch, the files and the index are as they were.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from engine.errors import PermanentError
from engine.workspace.git.commands import Call, Git, Located
from engine.workspace.git.committing import Author, NewCommit, write_commit
from engine.workspace.git.errors import BranchRefused, PathsRefused, UncommittedChanges
from engine.workspace.git.reading import changes
from engine.workspace.git.worktrees import Worktree, base_commit, commit_of, head_of, move

_MOST_COMMITS = 200
Permits = Callable[[str], str | None]
"""Why a path may not be changed; None when it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a branch stands to its base branch."""

    ahead: int
    behind: int
    base: str
    """The commit that the base branch is at now."""
    conflicts: tuple[str, ...]
    """Files that both changed in ways that don't go together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebased:
    """What came of laying the branch on another commit."""

    worktree: Worktree
    """With the new base; as it was on a conflict."""
    head: str
    conflicts: tuple[str, ...]
    """Not empty: nothing was changed."""
    stopped_at: str | None
    """The commit that didn't fit; None when all did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """What of a person's branch is on ours now."""

    head: str
    commits: tuple[str, ...]
    """The person's commits that came over with this call, the oldest first; none when all were there."""
    conflicts: tuple[str, ...]
    """Not empty: nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Original:
    """A commit that is to be laid elsewhere."""

    commit: str
    parent: str
    tree: str
    author: Author
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laid:
    """How far commits could be laid on another."""

    head: str
    conflicts: tuple[str, ...] = ()
    stopped_at: str | None = None


async def standing(git: Git, worktree: Worktree, base_branch: str) -> Standing:
    """Compare the branch with its base branch as it is now, and try in memory whether they go together."""
    repository = worktree.repository
    head, base = await head_of(git, worktree), await base_commit(git, repository, base_branch)
    words = ("rev-list", "--left-right", "--count", f"{head}...{base}")
    ahead, behind = map(int, (await git.on_files(repository, Call(words=words))).line.split())
    conflicts = (await merge(git, repository, head, base))[1] if ahead and behind else ()
    return Standing(ahead=ahead, behind=behind, base=base, conflicts=conflicts)


async def rebase(git: Git, worktree: Worktree, onto: str) -> Rebased:
    """Lay the branch's commits on `onto`, a commit or branch. On a conflict nothing is changed.

    Raises `UncommittedChanges`; and `PermanentError` when the branch holds merges.
    """
    await _must_be_clean(git, worktree)
    head, base = await head_of(git, worktree), await base_commit(git, worktree.repository, onto)
    if await _is_in(git, worktree.repository, base, head):
        return Rebased(worktree=replace(worktree, base=base), head=head, conflicts=(), stopped_at=None)
    originals = await _between(git, worktree, base, head)
    laid = await _lay(git, worktree, originals, base, marked=False)
    if laid.conflicts:
        return Rebased(worktree=worktree, head=head, conflicts=laid.conflicts, stopped_at=laid.stopped_at)
    await move(git, worktree, head, laid.head)
    return Rebased(worktree=replace(worktree, base=base), head=laid.head, conflicts=(), stopped_at=None)


async def take_over(git: Git, worktree: Worktree, branch: str, base_branch: str, permits: Permits) -> TakenOver:
    """Bring what a person committed to a branch of their own onto ours. Theirs isn't touched, and may be checked out.

    Where it only goes on from ours, ours moves to it. Else its commits are copied, each once, and what it has of the
    base branch is left out. Raises `BranchRefused`, `PathsRefused` for files that `permits` has a reason against, and
    `UncommittedChanges`.
    """
    await _must_be_clean(git, worktree)
    repository, head = worktree.repository, await head_of(git, worktree)
    theirs = await commit_of(git, repository, f"refs/heads/{branch}")
    if theirs is None or branch == worktree.branch:
        raise BranchRefused(branch, "is not there" if theirs is None else "is the goal's own already")
    fork = await _fork(git, repository, theirs, await base_commit(git, repository, base_branch), branch)
    goes_on = fork == worktree.base and await _is_in(git, repository, head, theirs)
    since = head if goes_on else fork
    if not goes_on and await _is_in(git, repository, theirs, head):
        return TakenOver(head=head, commits=(), conflicts=())
    await _check_paths(git, repository, since, theirs, permits)
    if goes_on:
        listed = (await git.on_files(repository, Call(words=("rev-list", "--reverse", f"{since}..{theirs}")))).line
        if theirs != head:
            await move(git, worktree, head, theirs)
        return TakenOver(head=theirs, commits=tuple(listed.split()), conflicts=())
    originals = await _not_yet_copied(git, worktree, await _between(git, worktree, since, theirs), head)
    laid = await _lay(git, worktree, originals, head, marked=True)
    if laid.conflicts or laid.head == head:
        return TakenOver(head=head, commits=(), conflicts=laid.conflicts)
    await move(git, worktree, head, laid.head)
    return TakenOver(head=laid.head, commits=tuple(original.commit for original in originals), conflicts=())


async def fork_of(git: Git, worktree: Worktree, branch: str, base_branch: str) -> tuple[str, str]:
    """Where a person's branch leaves the base branch, and the commit that it is at. Raises `BranchRefused`."""
    repository = worktree.repository
    theirs = await commit_of(git, repository, f"refs/heads/{branch}")
    if theirs is None:
        raise BranchRefused(branch, "is not there")
    return await _fork(git, repository, theirs, await base_commit(git, repository, base_branch), branch), theirs


async def merged_with(git: Git, worktree: Worktree, branch: str) -> tuple[str, tuple[str, ...]]:
    """The tree that our branch and a person's would make together, in memory, and the files in conflict.

    Raises `BranchRefused`.
    """
    theirs = await commit_of(git, worktree.repository, f"refs/heads/{branch}")
    if theirs is None:
        raise BranchRefused(branch, "is not there")
    return await merge(git, worktree.repository, await head_of(git, worktree), theirs)


async def _must_be_clean(git: Git, worktree: Worktree) -> None:
    if changed := await changes(git, worktree):
        raise UncommittedChanges(tuple(change.path for change in changed))


async def _is_in(git: Git, repository: Located, commit: str, head: str) -> bool:
    """Whether a commit is among those that `head` is made of."""
    words = ("merge-base", "--is-ancestor", commit, head)
    return (await git.on_files(repository, Call(words=words, codes=(0, 1)))).code == 0


async def _fork(git: Git, repository: Located, theirs: str, base: str, branch: str) -> str:
    """Where a person's branch leaves the base branch. A branch may name anything, and lack anything: what is not there
    a merge would take for deleted. So all of it is read first."""
    words = ("rev-list", "--quiet", "--objects", "--verify-objects", f"{theirs}^{{commit}}", f"^{base}", "--")
    await git.on_files(repository, Call(words=words))
    answer = await git.on_files(repository, Call(words=("merge-base", theirs, base), codes=(0, 1)))
    if not answer.line:
        raise BranchRefused(branch, "has nothing in common with the base")
    return answer.line


async def _check_paths(git: Git, repository: Located, since: str, theirs: str, permits: Permits) -> None:
    """Look at every file that any of the commits touches: what comes and goes again stays in the history."""
    words = ("log", "-z", "--format=", "--name-only", "--no-renames", "-m", "--no-ext-diff", f"{since}..{theirs}")
    touched = {item.lstrip("\n") for item in (await git.on_files(repository, Call(words=words))).items}
    reasons = {path: reason for path in sorted(touched) if path and (reason := permits(path)) is not None}
    if reasons:
        raise PathsRefused(reasons)


async def _between(git: Git, worktree: Worktree, since: str, head: str) -> tuple[_Original, ...]:
    """The commits after `since` up to `head`, the oldest first. Raises when there are merges among them."""
    form = "%n".join(("%H", "%P", "%T", "%an", "%ae", "%ad", "%B"))
    words = ("log", "-z", "--reverse", "--topo-order", "--date=raw", f"--format={form}", f"{since}..{head}")
    items = (await git.on_files(worktree.repository, Call(words=words))).items
    if len(items) > _MOST_COMMITS:
        raise PermanentError(f"there are {len(items)} commits to be laid elsewhere; {_MOST_COMMITS} are the most")
    return tuple(_originals(items))


def _originals(items: tuple[str, ...]) -> Iterator[_Original]:
    for item in items:
        commit, parents, tree, name, address, date, message = item.split("\n", 6)
        if len(parents.split()) != 1:
            raise PermanentError(f"the commit {commit[:10]} is a merge or a beginning; rebase the branch first")
        author = Author(name=name, address=address, date=date)
        yield _Original(commit=commit, parent=parents, tree=tree, author=author, message=message.strip("\n"))


async def _not_yet_copied(
    git: Git, worktree: Worktree, originals: tuple[_Original, ...], head: str
) -> tuple[_Original, ...]:
    words = ("log", "-z", "--format=%B", f"{worktree.base}..{head}")
    messages = (await git.on_files(worktree.repository, Call(words=words))).items
    return tuple(one for one in originals if not any(_copied(one) in said for said in messages))


def _copied(original: _Original) -> str:
    """The line by which a copy is known for one."""
    return f"(copied from commit {original.commit})"


async def _lay(git: Git, worktree: Worktree, originals: tuple[_Original, ...], onto: str, *, marked: bool) -> _Laid:
    """Lay commits one after the other on `onto`, leaving out those whose change is there already."""
    head, repository = onto, worktree.repository
    for original in originals:
        # a commit with the contents of the new place and the history of the old: so git compares with the right parent
        place = await tree_of(git, repository, head)
        stand_in = await write_commit(
            git, repository, NewCommit(tree=place, parent=original.parent, message="stand-in")
        )
        tree, conflicts = await merge(git, repository, stand_in, original.commit)
        if conflicts:
            return _Laid(head=onto, conflicts=conflicts, stopped_at=original.commit)
        if tree == place:
            continue
        message = f"{original.message}\n\n{_copied(original)}" if marked else original.message
        new = NewCommit(tree=tree, parent=head, message=message, author=original.author)
        head = await write_commit(git, repository, new)
    return _Laid(head=head)


async def tree_of(git: Git, repository: Located, commit: str) -> str:
    """The name of the files of a commit, as `snapshot` names them."""
    return (await git.on_files(repository, Call(words=("rev-parse", "--verify", f"{commit}^{{tree}}")))).line


async def merge(git: Git, repository: Located, ours: str, theirs: str) -> tuple[str, tuple[str, ...]]:
    """Merge two commits in memory. Returns the tree, and the files in conflict."""
    words = ("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs)
    answer = await git.on_files(repository, Call(words=words, codes=(0, 1), writes=True))
    tree, *conflicts = answer.items
    return tree, tuple(dict.fromkeys(conflicts)) if answer.code else ()
