"""Pushes a goal's branch, and nothing else, to a remote, in the operator's name: so only with approval.

The repository's settings give the address and no more; credentials come from what the operator handed in: the home
folder, whose git settings hold here, the agent for ssh, and tokens that the operator listed.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from engine.workspace.git.commands import Answer, Call, Git, Located
from engine.workspace.git.errors import AuthenticationNeeded, GitFailed, NoRemote, PushRejected, RemoteAway
from engine.workspace.git.naming import checked
from engine.workspace.git.settings import read_settings
from engine.workspace.git.worktrees import Worktree, commit_of, head_of, was_at

_USUAL = "origin"
_LONGEST_TOLD = 400
_UNKNOWN_US = re.compile(
    r"could not read (Username|Password)|Authentication failed|Permission denied|terminal prompts disabled"
    r"|Host key verification failed|returned error: 40[13]|Invalid username or",
    re.IGNORECASE,
)
_NOTHING_THERE = re.compile(
    r"does not appear to be a git repository|not found\b|does not exist|transport '.*' not allowed"
)
_AWAY = re.compile(
    r"Could not resolve|Couldn't connect|Connection (refused|reset|timed out)|Failed to connect|Network is unreachable"
    r"|returned error: 5\d\d|hung up|timed out|Temporary failure|No route to host",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """A branch that is on a remote."""

    remote: str
    address: str
    """Where to, without passwords."""
    commit: str
    made: bool
    """False when it was there already."""


async def push(git: Git, worktree: Worktree, remote: str = "") -> Pushed:
    """Push the branch. `remote` may be left out where there is «origin» or only one; its settings stay as they are.

    It takes the place of what an earlier push of ours left there (`replaced_by_push`), and of nothing else.
    Raises `NoRemote`, `PushRejected`, `AuthenticationNeeded`, `RemoteAway`.
    """
    branch, head = checked(worktree.branch), await head_of(git, worktree)
    remote, address = await find_remote(git, worktree.repository, remote)
    tracking = f"refs/remotes/{remote}/{branch}"
    ours = await replaced_by_push(git, worktree, remote)
    lease = (f"--force-with-lease=refs/heads/{branch}:{ours}",) if ours else ()
    words = (
        "push",
        "--porcelain",
        "--no-verify",
        "--no-follow-tags",
        *lease,
        "--",
        address,
        f"{head}:refs/heads/{branch}",
    )
    answer = await _outside(git, worktree.repository, Call(words=words, codes=(0, 1, 128), writes=True))
    status = next((line for line in answer.line.splitlines() if "\t" in line), "")
    if answer.code != 0 or status.startswith("!"):
        raise _fault(answer, status)
    await git.on_references(worktree.repository, Call(words=("update-ref", "-m", "push", tracking, head)))
    return Pushed(remote=remote, address=without_password(address), commit=head, made=not status.startswith("="))


async def replaced_by_push(git: Git, worktree: Worktree, remote: str = "") -> str:
    """The commit that is on the remote, as far as is known here, where the branch was at it and no longer goes on from
    it, as after a rebase; empty for none. What somebody else pushed, and a fetch brought, was never the branch's."""
    try:
        name, _ = await find_remote(git, worktree.repository, remote)
    except NoRemote:
        return ""
    there = await commit_of(git, worktree.repository, f"refs/remotes/{name}/{worktree.branch}")
    head = await head_of(git, worktree)
    if there is None or there == head or not was_at(worktree, there):
        return ""
    call = Call(words=("merge-base", "--is-ancestor", there, head), codes=(0, 1))
    return there if (await git.on_files(worktree.repository, call)).code else ""


async def find_remote(git: Git, repository: Located, remote: str) -> tuple[str, str]:
    """The name and the address of a remote. Raises `NoRemote`, also for one that the repository itself holds."""
    remotes = (await read_settings(git, repository)).remotes
    name = remote or (_USUAL if _USUAL in remotes or len(remotes) != 1 else next(iter(remotes)))
    if not remotes.get(name) or remotes[name].startswith("-"):
        listed = ", ".join(sorted(remotes)) or "none"
        raise NoRemote(f"the repository has no remote «{name}» to push to; it has {listed}")
    if _is_within(repository, remotes[name]):
        raise NoRemote(f"the remote «{name}» is inside the repository itself; its hooks would run at a push")
    return name, remotes[name]


def _is_within(repository: Located, address: str) -> bool:
    """Whether git would look for a remote in a folder that the repository itself brought along."""
    place = unquote(address.removeprefix("file://")) if address.startswith("file://") else address
    if ":" in place.partition("/")[0]:  # a host
        return False
    place = place.partition("\0")[0]
    folders = [Path(repository.path, one).resolve() for one in (place, f"{place}.git")]
    return any(one.is_relative_to(own) for one in folders for own in (repository.path, repository.common))


def without_password(address: str) -> str:
    """An address that can be shown."""
    return re.sub(r"(?<=://)[^/@\s]+@", "", address)


async def _outside(git: Git, repository: Located, call: Call) -> Answer:
    """Ask with the operator's own git settings in force, as the credentials are often there."""
    home = git.outside.get("HOME")
    settings = Path(home, ".gitconfig") if home else None
    known = {"GIT_CONFIG_GLOBAL": str(settings)} if settings is not None and settings.is_file() else {}
    environment = {**git.outside, **known, **call.environment}
    try:
        return await git.on_files(
            repository,
            Call(words=call.words, codes=call.codes, writes=True, tree=repository.path, environment=environment),
        )
    except GitFailed as error:
        raise _fault(Answer(code=1, out=b"", said=error.said, cut=False), "") from error


def _fault(answer: Answer, status: str) -> Exception:
    said = answer.said or status
    if "rejected" in status:
        why = re.sub(r"^.*\t", "", status)
        told = [f"the remote didn't take the branch: {why}.", _hint(status), _told_there(said)]
        return PushRejected(" ".join(filter(None, told)))
    if _UNKNOWN_US.search(said):
        return AuthenticationNeeded(
            f"the remote wants to know who pushes: {_last_line(said)}",
            from_whom="the operator",
            how="give Milepost's user a key or a credential helper, or list a token",
        )
    if _AWAY.search(said):
        return RemoteAway(f"the remote could not be reached: {_last_line(said)}")
    if _NOTHING_THERE.search(said):
        return NoRemote(f"there is no repository at the remote's address: {_last_line(said)}")
    return GitFailed("git push", said)


def _hint(status: str) -> str:
    has_more = any(words in status for words in ("fetch first", "non-fast-forward", "stale info"))
    return "It has commits that ours lacks." if has_more else ""


def _told_there(said: str) -> str:
    """What the remote's own rules said about it, on one line; empty where they said nothing."""
    lines = (line.removeprefix("remote:").strip() for line in said.splitlines() if line.startswith("remote:"))
    told = " ".join(filter(None, lines))
    return f"It says: {told[:_LONGEST_TOLD]}{'…' if len(told) > _LONGEST_TOLD else ''}" if told else ""


def _last_line(said: str) -> str:
    told = [line for line in said.splitlines() if line.startswith(("fatal:", "remote:", "error:", "ssh:"))]
    return (told or said.splitlines() or [""])[0][:300]
