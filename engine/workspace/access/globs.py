"""Which paths of a tree may be touched: what is allowed, and what is denied, which wins.

A glob without a slash fits a name at any depth; one with a slash begins at the root; `**` stands for any folders. A
glob that fits a folder fits all below it. Case, width and invisible characters make no difference.
"""

import fnmatch
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.workspace.access.paths import OWN_PREFIX, folded_parts, folded_text

_NEVER = (".git", "git~[0-9]*", f"{OWN_PREFIX}*")
"""No allow glob lifts these: who writes into `.git` decides what the host's git runs."""

DENIED_BY_DEFAULT = (
    *(".git*", ".env*", "*.env"),
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "*.gpg"),
    *("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker"),
    *(".netrc", "_netrc", ".npmrc", ".pypirc", ".pgpass", ".my.cnf", ".htpasswd", "credentials.json"),
    *("service-account*.json", "*.tfstate", "*.tfstate.backup"),
    *(".github/workflows", ".github/actions", ".gitlab-ci.yml", ".gitlab/ci", ".circleci", ".travis.yml"),
    *("azure-pipelines*.yml", "azure-pipelines*.yaml", "jenkinsfile*", ".drone.yml", "appveyor.yml", ".appveyor.yml"),
    *("bitbucket-pipelines.yml", ".buildkite", ".woodpecker*", ".teamcity", ".cirrus.yml", ".cirrus.star"),
    *("buildspec.yml", "cloudbuild.yaml", "cloudbuild.yml", ".ci", ".forgejo", ".semaphore"),
    *(".husky", "lefthook.yml", ".lefthook*", "**/.vscode/tasks.json", ".devcontainer*"),
)
"""Git's own files, secrets, what a build server would run, and what the person's own git or editor would; each is
lifted by an allow glob that names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Globs:
    """What may be touched. `.gitignore` among the allowed lifts the default denial of that file; `**` lifts none."""

    allow: tuple[str, ...] = ("**",)
    deny: tuple[str, ...] = ()

    def permits(self, path: str) -> str | None:
        """None when a clean path may be touched; otherwise the reason why not."""
        return self._denial(path) or self._not_allowed(path)

    def hides(self, folder: str) -> bool:
        """Whether a folder is denied with all below it, so that nobody need look into it."""
        return self._denial(folder) is not None and not self._lifted_below(folder)

    def _denial(self, path: str) -> str | None:
        parts = folded_parts(path)
        if (never := next(_fitting(_NEVER, parts), None)) is not None:
            return f"«{never}» is never touched, whatever is allowed"
        for glob in self.deny:
            if _fits(glob, parts):
                return f"the repository's settings deny «{glob}»"
        for glob in _fitting(DENIED_BY_DEFAULT, parts):
            if not any(_lifts(allowed, glob) and _fits(allowed, parts) for allowed in self.allow):
                return f"«{glob}» is denied unless the repository's settings allow it by name"
        return None

    def _not_allowed(self, path: str) -> str | None:
        if any(_fits(glob, folded_parts(path)) for glob in self.allow):
            return None
        return f"the repository's settings allow only {', '.join(f'«{glob}»' for glob in self.allow) or 'nothing'}"

    def _lifted_below(self, folder: str) -> bool:
        """Whether an allow glob names something inside a folder that is denied by default: `.github/workflows/**`."""
        parts = folded_parts(folder)
        if any(_fits(glob, parts) for glob in (*_NEVER, *self.deny)):
            return False
        named = [glob for glob in self.allow if any(_lifts(glob, denied) for denied in DENIED_BY_DEFAULT)]
        return any(_reaches(_compiled(glob), parts) for glob in named)


def glob_fault(glob: str) -> str | None:
    """Why a glob would never fit anything; None when it might."""
    if not _names(glob):
        return "it is empty"
    if ".." in glob.split("/"):
        return "paths in a tree have no «..»"
    if "\\" in glob:
        return "folders are told apart by «/», not by a backslash"
    return None if glob.isprintable() else "it has a character in it that no path here has"


def fits(glob: str, path: str) -> bool:
    """Whether a glob fits a clean path or a folder above it."""
    return _fits(glob, folded_parts(path))


def literal_start(glob: str) -> str:
    """The folder in which all that an anchored glob fits must be; empty for the root."""
    folders = glob.strip("/").split("/")[:-1]
    plain = [index for index, name in enumerate(folders) if any(char in name for char in "*?[")]
    return "/".join(folders[: plain[0]] if plain else folders)


def _fits(glob: str, parts: Sequence[str]) -> bool:
    return _match(_compiled(glob), tuple(parts))


def _fitting(globs: tuple[str, ...], parts: Sequence[str]) -> Iterator[str]:
    """Those globs that fit; each name is held against those without a slash once."""
    for name in parts:
        yield from _fitting_name(globs, name)
    yield from (glob for glob in globs if "/" in glob and _fits(glob, parts))


@functools.lru_cache(maxsize=65_536)
def _fitting_name(globs: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(glob for glob in globs if "/" not in glob and _fits(glob, (name,)))


def _lifts(allowed: str, denied: str) -> bool:
    """Whether an allow glob names what is denied: when its own text falls under that denial."""
    return _match(_compiled(denied), _names(allowed))


@functools.lru_cache(maxsize=1_024)
def _compiled(glob: str) -> tuple[re.Pattern[str] | None, ...]:
    """One pattern a name, None for `**`."""
    names = _names(glob)
    if "/" not in glob.rstrip("/"):
        names = ("**", *names)
    return tuple(None if name == "**" else re.compile(fnmatch.translate(name)) for name in names)


def _names(glob: str) -> tuple[str, ...]:
    return tuple(folded_text(name) for name in glob.split("/") if name not in ("", "."))


def _match(patterns: tuple[re.Pattern[str] | None, ...], parts: tuple[str, ...]) -> bool:
    """Whether the patterns use up the parts from the first to some later one: that is a path or a folder above it."""
    places = {0}
    for pattern in patterns:
        if pattern is None:
            places = set(range(min(places), len(parts) + 1))
        else:
            places = {at + 1 for at in places if at < len(parts) and pattern.match(parts[at])}
        if not places:
            return False
    return any(at > 0 for at in places)


def _reaches(patterns: tuple[re.Pattern[str] | None, ...], folder: tuple[str, ...]) -> bool:
    """Whether something below the folder could fit."""
    places = {0}
    for pattern in patterns:
        if len(folder) in places or not places:
            break
        if pattern is None:
            return True
        places = {at + 1 for at in places if pattern.match(folder[at])}
    return bool(places)
