"""Reads a repository's own settings as text, so that none of them takes hold."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.workspace.git.commands import Call, Git, Located

_PROGRAMS = re.compile(
    r"core\.(fsmonitor|hookspath|sshcommand|pager|editor|gitproxy|askpass|alternaterefscommand)|sequence\.editor"
    r"|filter\..*|(diff|merge)\..*\.(command|textconv|driver)|diff\.external|(diff|merge)tool\..*|pager\..*"
    r"|gpg\..*|credential\..*|alias\..*|include(if)?\..*|remote\..*\.(uploadpack|receivepack|vcs|proxy)"
    r"|hook\..*|uploadpack\..*|protocol\..*|url\..*|http\..*|trailer\..*\.(command|cmd)|interactive\.difffilter|man\..*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What of a repository's settings is of interest."""

    remotes: Mapping[str, str]
    """Where each remote takes pushes."""
    programs: tuple[str, ...]
    """Settings that name programs, or send git elsewhere."""
    partial: bool
    """Whether it is a partial clone."""


async def hooks_of(git: Git, repository: Located) -> tuple[str, ...]:
    """The names of the hooks that the repository's settings hold, included ones too; git is asked only where its files
    of settings have a word of any."""
    files = (repository.common / "config", repository.git_folder / "config.worktree")
    told = b"".join(file.read_bytes() for file in files if file.is_file()).lower()
    if b"hook" not in told and b"include" not in told:
        return ()
    words = ("config", "--includes", "--null", "--name-only", "--get-regexp", r"^hook\..*\.")
    listed = (await git.on_references(repository, Call(words=words, codes=(0, 1)))).items
    return tuple(dict.fromkeys(item.partition(".")[2].rpartition(".")[0] for item in listed))


async def read_settings(git: Git, repository: Located) -> Settings:
    """Read what the repository's own file of settings says, without the files that it includes."""
    words = ("config", "--file", str(repository.common / "config"), "--no-includes", "--null", "--list")
    found: dict[str, str] = {}
    for item in (await git.on_references(repository, Call(words=words))).items:
        name, _, value = item.partition("\n")
        found[name] = value
    remotes = {name[7:-4]: value for name, value in found.items() if re.fullmatch(r"remote\..+\.url", name)}
    pushed = {name[7:-8]: value for name, value in found.items() if re.fullmatch(r"remote\..+\.pushurl", name)}
    return Settings(
        remotes={**remotes, **pushed},
        programs=tuple(sorted(name for name, value in found.items() if value != "false" and _PROGRAMS.fullmatch(name))),
        partial="extensions.partialclone" in found or any(name.endswith(".promisor") for name in found),
    )
