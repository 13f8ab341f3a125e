"""Opens a pull request through `gh`, or a merge request through `glab`, in the operator's name, so only with approval.

The programs get everything they need as arguments and run in an empty folder: they would else run git, and with it what
a repository's settings name. The branch must have been pushed.
"""

import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from engine.workspace.git.commands import Answer, Call, Git, Located
from engine.workspace.git.errors import (
    AuthenticationNeeded,
    GitFailed,
    NoRemote,
    RemoteAway,
    RequestUnclear,
    ToolMissing,
)
from engine.workspace.git.naming import checked
from engine.workspace.git.remotes import find_remote, without_password
from engine.workspace.git.worktrees import Worktree
from engine.workspace.processes import CLEAN_ENVIRONMENT

_ADDRESSES = (
    re.compile(r"(?:https?|ssh|git)://(?:[^/@]+@)?(?P<host>[^/:]+)(?::\d+)?/(?P<path>.+)"),
    re.compile(r"(?:[^/@]+@)?(?P<host>[^/:]+):(?P<path>[^/].*)"),
)
_URL = re.compile(r"https?://\S+")
_UNKNOWN_US = re.compile(r"auth login|not logged in|authentication|HTTP 40[13]|40[13] |token", re.IGNORECASE)
_AWAY = re.compile(r"dial tcp|error connecting|timeout|no such host|connection refused|HTTP 5\d\d", re.IGNORECASE)
_LONGEST_TITLE, _LONGEST_BODY = 250, 60_000
_QUIET = {"GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "NO_COLOR": "1", "NO_PROMPT": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """What is to be opened."""

    title: str
    body: str
    into: str
    """The branch it is to be merged into."""
    remote: str = ""
    """Where the branch was pushed to; may be left out where there is «origin» or only one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A pull request that is open."""

    url: str
    tool: str
    made: bool
    """False when it was open already."""


async def open_pull_request(git: Git, worktree: Worktree, request: PullRequest) -> Opened:
    """Open a pull request for the pushed branch, or find the one that is open.

    Raises `NoRemote`, `ToolMissing`, `AuthenticationNeeded`, `RemoteAway`, `RequestUnclear`, `GitFailed`.
    """
    branch = checked(worktree.branch)
    tool, host, project = await way_to_request(git, worktree.repository, request.remote)
    with tempfile.TemporaryDirectory(dir=git.home, prefix="request-") as folder:
        place = Path(folder)
        if url := await _open_already(git, tool, f"{host}/{project}", branch, place):
            return Opened(url=url, tool=tool, made=False)
        words = _creation(tool, f"{host}/{project}", branch, request, place)
        found = _URL.findall((await _ask(git, tool, words, place)).line)
        url = found[-1] if found else await _open_already(git, tool, f"{host}/{project}", branch, place)
    if not url:
        raise RequestUnclear(f"«{tool}» named no address of it; on {host} you see whether it is open all the same")
    return Opened(url=url, tool=tool, made=True)


async def way_to_request(git: Git, repository: Located, remote: str = "") -> tuple[str, str, str]:
    """The program that would open a pull request, the host, and the project there; nobody is asked for it.

    Raises `NoRemote` and `ToolMissing` where none can be opened.
    """
    _, address = await find_remote(git, repository, remote)
    host, project = _project(address)
    return _tool(git, host), host, project


def _project(address: str) -> tuple[str, str]:
    """The host, and the path of the project there."""
    for pattern in _ADDRESSES:
        if found := pattern.fullmatch(address):
            return found["host"], found["path"].strip("/").removesuffix(".git")
    raise NoRemote(f"{without_password(address)} is no address of a host that takes pull requests")


def _tool(git: Git, host: str) -> str:
    """`glab` for a host with «gitlab» in its name, `gh` for one with «github»; else whichever is there."""
    path = git.outside.get("PATH", CLEAN_ENVIRONMENT["PATH"])
    likely = {"gitlab": ("glab",), "github": ("gh",)}
    tools = next((tools for word, tools in likely.items() if word in host), ("gh", "glab"))
    for tool in tools:
        if shutil.which(tool, path=path):
            return tool
    raise ToolMissing(" or ".join(tools), f"install it where Milepost runs, and log it in to {host}")


async def _open_already(git: Git, tool: str, project: str, branch: str, place: Path) -> str:
    words = {
        "gh": ("pr", "list", f"--repo={project}", f"--head={branch}", "--state=open", "--json=url"),
        "glab": ("mr", "list", f"--repo=https://{project}", f"--source-branch={branch}", "--output=json"),
    }[tool]
    try:
        listed = json.loads((await _ask(git, tool, words, place)).out or b"[]")
    except ValueError:
        return ""
    entry = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
    return str(entry.get("url" if tool == "gh" else "web_url") or "")


def _creation(tool: str, project: str, branch: str, request: PullRequest, place: Path) -> tuple[str, ...]:
    title, body = " ".join(request.title.split())[:_LONGEST_TITLE], request.body[:_LONGEST_BODY].replace("\0", "")
    if tool == "glab":
        ends = (f"--source-branch={branch}", f"--target-branch={request.into}")
        return (
            "mr",
            "create",
            f"--repo=https://{project}",
            *ends,
            f"--title={title}",
            f"--description={body}",
            "--yes",
        )
    file = place / "body.md"
    file.write_text(body, "utf-8", errors="replace")
    ends = (f"--head={branch}", f"--base={request.into}")
    return ("pr", "create", f"--repo={project}", *ends, f"--title={title}", f"--body-file={file}")


async def _ask(git: Git, tool: str, words: tuple[str, ...], place: Path) -> Answer:
    try:
        return await git.run_tool(tool, Call(words=words, environment=_QUIET), place)
    except GitFailed as error:
        if _AWAY.search(error.said):
            raise RemoteAway(f"{tool} could not reach the host: {error.said[-300:]}") from error
        if _UNKNOWN_US.search(error.said):
            raise AuthenticationNeeded(
                f"«{tool}» is not logged in: {error.said[-300:]}",
                from_whom="the operator",
                how=f"log «{tool}» in for Milepost's user, or list its token",
            ) from error
        raise
