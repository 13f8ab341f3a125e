"""Code work as people and programs see it: what is handed in, what differs, and what came of a goal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from engine.coding.repositories import CommandKind
from engine.values import JsonObject, JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """What a person brings in place of a model: one of the three. Nothing at all says «it is all there already»."""

    patch: bytes = b""
    """A unified diff."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Whole files by their paths; one without a folder goes where the repository keeps such files."""
    branch: str = ""
    """A branch of the same repository, which the person committed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs from the base, as a patch."""

    text: str
    cut: bool
    """Whether there was more."""
    files: int
    added: int
    removed: int
    """Lines."""
    uncommitted: int = 0
    """Files that differ from the branch's newest commit."""
    misfit: str = ""
    """The reference under which is kept what was not committed, where that does not fit the branch any more; else
    empty. The patch has nothing of it."""

    @property
    def words(self) -> str:
        """Such as «3 files, +40 −12»."""
        return f"{self.files} {'file' if self.files == 1 else 'files'}, +{self.added} −{self.removed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCommit:
    """A commit of the goal's branch."""

    commit: str
    subject: str
    task: str
    """Which task made it; empty for a person's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that has to be so. `held` is None where nobody could look: it counts neither way, and is told."""

    name: str
    held: bool | None
    words: str
    measures: bool = False
    """Whether the words are a figure, worth telling where it holds, too."""

    @property
    def fault(self) -> str:
        """What to say where it did not hold."""
        return f"«{self.name}» doesn't hold: {self.words}"

    @property
    def told(self) -> dict[str, JsonValue]:
        """As it stands in an outcome, for `told_again`."""
        told: dict[str, JsonValue] = {"name": self.name, "held": self.held, "words": self.words}
        return {**told, "measures": True} if self.measures else told

    @classmethod
    def told_again(cls, told: JsonObject) -> Self:
        """From what stands in an outcome, whoever wrote it there."""
        held = told.get("held")
        return cls(
            name=str(told.get("name")),
            held=held if isinstance(held, bool) else None,
            words=str(told.get("words")),
            measures=told.get("measures") is True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedChange:
    """A change to what decides about tests, which is never taken along without a person's yes."""

    path: str
    why: str

    @property
    def told(self) -> dict[str, JsonValue]:
        """As it stands in an outcome, for `told_again`."""
        return {"path": self.path, "why": self.why}

    @classmethod
    def told_again(cls, told: JsonObject) -> Self:
        """From what stands in an outcome, whoever wrote it there."""
        return cls(path=str(told.get("path")), why=str(told.get("why")))


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeReport:
    """What came of a code goal, by what the system itself has seen."""

    repository: str
    branch: str
    base: str
    """The branch that it started from."""
    status: str
    """Of the workspace: making, ready, removed, discarded, gone."""
    commits: tuple[CodeCommit, ...]
    """The newest first."""
    difference: Difference | None  # None where the branch is gone
    tests_before: str
    """Such as «12 passed, 1 failed»; empty where they were not run."""
    tests_after: str
    checks: tuple[Check, ...]
    """Of the last proof; none where there was none."""
    proven: bool
    """Just what the branch holds now, against just the base that it stands on."""
    cost: int
    """Micro-dollars that models took for the goal."""
    seconds: float
    """That works of the goal took, without waiting for people."""
    sandboxed: bool
    """False where something ran without a sandbox, because the operator allows that."""
    proven_elsewhere: bool = False
    """It was proven, but as other files, or against another base."""
    approved: tuple[FlaggedChange, ...] = ()
    """Changes to what decides about tests that count only because a person let them through."""
    pushed: str = ""
    """Where it was pushed to; empty for nowhere."""
    pull_request: str = ""
    """Its address; empty where there is none."""
    unseen: str = ""
    """Why the branch could not be looked at; empty where it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseStanding:
    """How the goal's branch stands to its base branch as that is now."""

    ahead: int
    behind: int
    conflicts: tuple[str, ...]
    """Files that both changed in ways that don't go together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOnBase:
    """What came of laying the goal's branch on its base branch, and of proving it there."""

    conflicts: tuple[str, ...] = ()
    """Files that both changed in ways that don't go together: nothing was changed then."""
    fault: str = ""
    """Why else it could not be laid there; nothing was changed then, either."""
    unproven: str = ""
    """Why no proof could be made there; empty where there is one, whether or not it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """All such changes, with what is to be shown for a yes, and the name of the state that the yes is bound to."""

    changes: tuple[FlaggedChange, ...]
    difference: Difference
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """Whether code can run here, and whether in a sandbox."""

    faults: tuple[str, ...] = ()
    """What is wrong with the sandbox; empty when it holds."""
    remedy: str = ""
    """What whoever runs Milepost can do about it; empty when there is nothing to do."""
    can_run: bool = True
    """False where there is no sandbox, and the operator does not let code run without."""

    @property
    def holds(self) -> bool:
        """Whether there is a sandbox that holds."""
        return not self.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of a repository's command, run once on its base branch as it is."""

    kind: CommandKind
    fine: bool
    words: str
    """Such as «12 passed, 1 failed»; the last lines where it says nothing of the kind."""
    red: tuple[str, ...] = ()
    """Tests that fail as it is."""
    remedy: str = ""
    """What to do where it can't be run as it is, or says nothing; empty where it does."""
    sandboxed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryTried:
    """The facts of a notice about a trial."""

    repository: int
    revision: int
    name: str
    trial: Trial | None  # None where nothing could be run
    why: str
    """Why nothing could be run; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Where a branch would be pushed to."""

    remote: str
    address: str
    """Without passwords."""
    is_there: bool
    """Whether its newest commit was pushed there already, as far as is known here."""
    replaces: str = ""
    """The commit that an earlier push left there and that this one would take the place of; empty for none."""
    no_request: str = ""
    """Why no pull request can be opened there; empty where one can."""


Facts = JsonObject
"""What a planner is told of a repository, by the names of the context."""
