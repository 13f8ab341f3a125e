"""What can go wrong with a repository, as types that also tell the executor what is to happen next."""

from collections.abc import Mapping

from engine.errors import ExternalBlocked, PermanentError, TemporaryError
from engine.workspace.escaping import shown_name


class GitFailed(PermanentError):
    """Git ended with an error that has no type of its own; `command` is what was asked of it, `said` its last words."""

    def __init__(self, command: str, said: str) -> None:
        super().__init__(f"«{command}» failed: {said or 'without a word'}")
        self.command = command
        self.said = said


class GitBusy(TemporaryError):
    """Somebody else held one of git's locks."""


class GitSlow(GitBusy):
    """Git took too long."""


class RepositoryRefused(ExternalBlocked):
    """Milepost can't work on this repository: `code` is stable, `remedy` says what a person can do."""

    def __init__(self, code: str, reason: str, remedy: str) -> None:
        super().__init__(reason, how=remedy)
        self.code = code
        self.reason = reason
        self.remedy = remedy


class BranchRefused(PermanentError):
    """A branch is not there, is held by another worktree, or is none that Milepost may touch."""

    def __init__(self, branch: str, reason: str) -> None:
        super().__init__(f"the branch «{branch}» {reason}")
        self.branch = branch
        self.reason = reason


class PathsRefused(PermanentError):
    """Nothing was committed: `reasons` says for each of the paths at fault what is wrong with it."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"«{shown_name(path)}» {reason}" for path, reason in sorted(reasons.items())))
        self.reasons = reasons


class UncommittedChanges(PermanentError):
    """The worktree holds changes that what was asked for would mix up or lose."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        super().__init__(f"{len(paths)} changed files are not committed, «{shown_name(paths[0])}» among them")
        self.paths = paths


class BranchMoved(TemporaryError):
    """Somebody else moved the branch meanwhile; what was to be written on top of it was not."""

    def __init__(self, branch: str) -> None:
        super().__init__(f"the branch «{branch}» was moved by somebody else meanwhile")
        self.branch = branch


class NoRemote(PermanentError):
    """The repository has no such remote, or there is nothing at its address."""


class PushRejected(PermanentError):
    """The remote didn't take the branch: it has commits that ours lacks, or its own rules forbid it."""


class RemoteAway(TemporaryError):
    """The remote could not be reached."""


class RequestUnclear(TemporaryError):
    """Whoever was to open a pull request ended well and named none: it may be open all the same."""


class AuthenticationNeeded(ExternalBlocked):
    """The remote wants to know who we are, and what the operator handed in did not do."""


class ToolMissing(ExternalBlocked):
    """A program that this needs is not installed; `tool` names it."""

    def __init__(self, tool: str, how: str) -> None:
        super().__init__(f"the program «{tool}» is not installed", from_whom="the operator", how=how)
        self.tool = tool
