"""Reads a repository's own settings as text, so that none of them takes hold."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.workspace.git.commands import Call, Git, Located

_PROGRAMS = re.compile(
    r"core\.(fsmonitor|hookspath|sshcommand|pager|editor|gitproxy|askpass|alternaterefscommand)|sequence\.editor"
    r"|filter\..*|(diff|merge)\..*\.(command|textconv|driver)|diff\.external|(diff|merge)tool\..*|pager\..*"
    r"|gpg\..*|credential\..*|alias\..*|include(if)?\..*|remote\..*\.(uploadpack|receivepack|vcs|proxy)"
    r"|hook\..*|uploadpack\..*|protocol\..*|url\..*|http\..*|trailer\..*\.(command|cmd)|interactive\.difffilter|man\..*"
)


_MOST_KEPT = 64
"""Texts of settings that are remembered."""


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
    """What the repository's own file of settings says, without the files that it includes; each text is read once."""
    file = repository.common / "config"
    text = _text_of(file)
    known = git.settings.get(text)
    if not isinstance(known, Settings):
        known = await _read(git, repository, file)
        if _text_of(file) != text:  # somebody changed it meanwhile: this holds for nothing that is known
            return known
        while len(git.settings) >= _MOST_KEPT:
            del git.settings[next(iter(git.settings))]
        git.settings[text] = known
    return known


def _text_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


async def _read(git: Git, repository: Located, file: Path) -> Settings:
    words = ("config", "--file", str(file), "--no-includes", "--null", "--list")
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
