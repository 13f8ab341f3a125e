"""What a goal's branch is called, and where its files are: of a person's text only letters and digits get in."""

import hashlib
import re
import unicodedata
from pathlib import Path

from engine.values import GoalId
from engine.workspace.git.commands import Git, Located
from engine.workspace.git.errors import BranchRefused

PREFIX = "milepost/"
PUT_AWAY = "refs/milepost/unproven/"
"""Where references to what was put away are."""
_PLAIN = re.compile(r"refs/(?:heads|milepost/unproven)(?:/[a-z0-9]+(?:-[a-z0-9]+)*)+")
_OURS = re.compile(r"milepost/[1-9][0-9]{0,18}-[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_SLUG = 40
_LONGEST_BRANCH = 80


def branch_name(goal: GoalId, title: str) -> str:
    """The branch of a goal, `milepost/12-fix-the-login`. Letters that are not Latin are left out."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_SLUG].strip("-")
    return f"{PREFIX}{goal}-{slug or 'work'}"


def is_ours(branch: str) -> bool:
    """Whether Milepost gave it its name."""
    return len(branch) <= _LONGEST_BRANCH and _OURS.fullmatch(branch) is not None


def is_plain_reference(reference: str) -> bool:
    """Whether it is a branch, or what was put away of one, with a name of plain words: so it can only be that."""
    return _PLAIN.fullmatch(reference) is not None


def checked(branch: str) -> str:
    """The branch, when it is one that Milepost gave its name. Raises `BranchRefused`."""
    if not is_ours(branch):
        raise BranchRefused(branch, "is none of Milepost's own")
    return branch


def claim_of(branch: str) -> str:
    """The reference that says a name is taken."""
    return f"refs/milepost/claimed/{checked(branch).removeprefix(PREFIX)}"


def discards_of(branch: str) -> str:
    """Where references to what was discarded of a branch are, each under the seconds since 1970."""
    return f"refs/milepost/discarded/{checked(branch).removeprefix(PREFIX)}/"


def tree_folder(git: Git, repository: Located, branch: str) -> Path:
    """Where the files of a branch are."""
    return git.home / "trees" / _folder(repository) / _flat(branch)


def exports_folder(git: Git, repository: Located, branch: str) -> Path:
    """Where older states of the files are laid out for a branch."""
    return git.home / "exports" / _folder(repository) / _flat(branch)


def bases_folder(git: Git, repository: Located) -> Path:
    """Where the bases of a repository's branches are laid out, each once for all of them."""
    return git.home / "bases" / _folder(repository)


def spare_folder(git: Git, repository: Located) -> Path:
    """Where files are laid out ahead, for the next worktree of a repository."""
    return git.home / "spares" / _folder(repository)


def _flat(branch: str) -> str:
    return checked(branch).replace("/", "-")


def _folder(repository: Located) -> str:
    """One for each repository, whatever it is called."""
    digest = hashlib.sha256(bytes(repository.common)).hexdigest()[:12]
    return f"{re.sub(r'[^A-Za-z0-9_-]', '', repository.path.name)[:24]}-{digest}"
