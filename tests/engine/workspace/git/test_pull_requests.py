"""Pull requests through scripts that stand for `gh` and `glab`: they know the documented options and fail on others."""

import json
import sys
from pathlib import Path

import pytest

from engine.workspace.git.commands import Git
from engine.workspace.git.errors import (
    AuthenticationNeeded,
    GitFailed,
    NoRemote,
    RemoteAway,
    RequestUnclear,
    ToolMissing,
)
from engine.workspace.git.pull_requests import Opened, PullRequest, open_pull_request
from engine.workspace.git.worktrees import Worktree, ensure
from tests.engine.workspace.git.repositories import BRANCH, plant
from tests.engine.workspace.git.repositories import git as person

HOSTILE = PullRequest(title="--fill\n$(id)", body="- «body» `id`\n\x00second", into="main")
TOOL = f"""#!{sys.executable} -IS
import json, os, sys
KNOWN = {{
    "gh pr list": {{"--repo", "--head", "--state", "--json"}},
    "gh pr create": {{"--repo", "--head", "--base", "--title", "--body-file"}},
    "glab mr list": {{"--repo", "--source-branch", "--output"}},
    "glab mr create": {{"--repo", "--source-branch", "--target-branch", "--title", "--description", "--yes"}},
}}
name = os.path.basename(sys.argv[0])
state = os.path.join(os.path.dirname(sys.argv[0]), "state.json")
if os.path.exists(state + ".fault"):
    sys.exit(open(state + ".fault").read())
command = " ".join((name, *sys.argv[1:3]))
given = dict(word.partition("=")[::2] for word in sys.argv[3:])
if set(given) != KNOWN[command]:
    sys.exit(f"unknown or missing options: {{sorted(set(given) ^ KNOWN[command])}}")
kept = json.load(open(state)) if os.path.exists(state) else []
if command.endswith("list"):
    key = "url" if name == "gh" else "web_url"
    print(json.dumps([{{key: one["url"]}} for one in kept]))
else:
    if "--body-file" in given:
        given["body"] = open(given["--body-file"], encoding="utf-8").read()
    url = "https://example.org/pull/1"
    kept.append({{"url": url, "given": given, "files": os.listdir(), "environment": dict(os.environ)}})
    json.dump(kept, open(state, "w"))
    print("Creating the request\\n" + url)
"""


@pytest.fixture
async def worktree(git: Git, repository: Path, tmp_path: Path) -> Worktree:
    made = (await ensure(git, repository, BRANCH, "main")).worktree
    plant(repository, tmp_path / "canary")
    return made


def operator(git: Git, folder: Path, *tools: str) -> Git:
    """Git for an operator who has these tools."""
    folder.mkdir()
    for tool in tools:
        (folder / tool).write_text(TOOL, "utf-8")
        (folder / tool).chmod(0o755)
    return Git(git.home, git.clock, outside={"HOME": str(folder), "PATH": f"{folder}:/usr/bin:/bin", "GH_TOKEN": "t"})


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    "hosted",
    [
        ("https://ada:hunter2@github.com/ada/project.git", "gh", "github.com/ada/project"),
        ("git@github.com:ada/project.git", "gh", "github.com/ada/project"),
        ("ssh://git@gitlab.example.org:2222/group/sub/project", "glab", "https://gitlab.example.org/group/sub/project"),
        ("https://code.example.org/ada/project.git", "gh", "code.example.org/ada/project"),
    ],
)
async def test_a_request_is_opened_once_with_all_it_needs_as_arguments(
    git: Git, worktree: Worktree, tmp_path: Path, hosted: tuple[str, str, str]
) -> None:
    address, tool, project = hosted
    person(worktree.repository.path, "remote", "add", "origin", address)
    there = operator(git, tmp_path / "operator", "gh", "glab")
    opened = await open_pull_request(there, worktree, HOSTILE)
    assert opened == Opened(url="https://example.org/pull/1", tool=tool, made=True)
    again = await open_pull_request(there, worktree, HOSTILE)
    assert again == Opened(url=opened.url, tool=tool, made=False)
    (one,) = json.loads((tmp_path / "operator" / "state.json").read_text("utf-8"))
    given = one["given"]
    assert given["--repo"] == project
    assert given["--title"] == "--fill $(id)"
    assert given.get("body", given.get("--description")) == "- «body» `id`\nsecond"
    assert given["--base" if tool == "gh" else "--target-branch"] == "main"
    assert given["--head" if tool == "gh" else "--source-branch"] == BRANCH
    assert set(one["files"]) <= {"body.md"}, "no repository where it runs"
    assert one["environment"]["GH_TOKEN"] == "t"
    assert not [name for name in one["environment"] if "MILEPOST" in name]
    assert not list(git.home.glob("request-*"))
    assert not (tmp_path / "canary").exists()


async def test_without_a_tool_the_operator_is_asked_to_install_it(
    git: Git, repository: Path, worktree: Worktree, tmp_path: Path
) -> None:
    person(repository, "remote", "add", "origin", "git@gitlab.com:ada/project.git")
    with pytest.raises(ToolMissing) as missing:
        await open_pull_request(operator(git, tmp_path / "operator", "gh"), worktree, HOSTILE)
    assert (missing.value.tool, missing.value.from_whom) == ("glab", "the operator")


@pytest.mark.sample(1)
@pytest.mark.parametrize("address", ["/srv/project.git", "../project.git"])
async def test_a_remote_that_is_no_host_takes_no_requests(
    git: Git, repository: Path, worktree: Worktree, tmp_path: Path, address: str
) -> None:
    person(repository, "remote", "add", "origin", address)
    with pytest.raises(NoRemote):
        await open_pull_request(operator(git, tmp_path / "operator", "gh"), worktree, HOSTILE)


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("To get started with GitHub CLI, please run:  gh auth login", AuthenticationNeeded),
        ("HTTP 401: Bad credentials (https://api.github.com/graphql)", AuthenticationNeeded),
        ("error connecting to api.github.com", RemoteAway),
        ("pull request create failed: GraphQL: No commits between main and x", GitFailed),
    ],
)
async def test_what_the_tool_complains_of_has_its_type(
    git: Git, worktree: Worktree, tmp_path: Path, said: str, error: type[Exception]
) -> None:
    person(worktree.repository.path, "remote", "add", "origin", "git@github.com:ada/project.git")
    there = operator(git, tmp_path / "operator", "gh")
    (tmp_path / "operator" / "state.json.fault").write_text(said, "utf-8")
    with pytest.raises(error):
        await open_pull_request(there, worktree, HOSTILE)


@pytest.mark.parametrize("is_there", [True, False])
async def test_what_names_no_address_is_looked_for_once_more_before_it_is_in_doubt(
    git: Git, worktree: Worktree, tmp_path: Path, is_there: bool
) -> None:
    person(worktree.repository.path, "remote", "add", "origin", "git@github.com:ada/project.git")
    there = operator(git, tmp_path / "operator", "gh")
    tool = tmp_path / "operator" / "gh"
    kept = '[{"url": "https://github.com/ada/project/pull/1"}]' if is_there else "rubbish"
    made = f"[ $2 = create ] && {{ echo made > {tool}.made; exit 0; }}"
    tool.write_text(f"#!/bin/sh\n{made}\n[ -e {tool}.made ] && echo '{kept}'\nexit 0\n")
    if is_there:
        opened = await open_pull_request(there, worktree, HOSTILE)
        assert opened == Opened(url="https://github.com/ada/project/pull/1", tool="gh", made=True)
    else:
        with pytest.raises(RequestUnclear, match=r"on github\.com you see whether it is open"):
            await open_pull_request(there, worktree, HOSTILE)
