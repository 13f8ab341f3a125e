"""The face of code work: what the chat and programs can ask of a goal's branch. `engine/coding/making.py` makes it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from engine.agents.accounts import Accounts
from engine.clock import Clock
from engine.coding.options import CodeOptions
from engine.coding.registry import Repositories
from engine.coding.reports import (
    BaseStanding,
    CodeReport,
    Difference,
    Facts,
    Flagged,
    Footing,
    HandIn,
    LaidOnBase,
    Trial,
    WayOut,
)
from engine.coding.repositories import CommandKind, Repository
from engine.coding.workspaces import Workspace
from engine.goals import Goal
from engine.ledger import Ledger
from engine.ports import Runs, Workspaces
from engine.tasks import Outcome, Task
from engine.values import BootId, Cause, GoalId, TaskNumber
from engine.work.registry import WorkRegistry


class Workbench(ABC):
    """What can be asked of the code work of a goal. Each may be asked twice."""

    @abstractmethod
    async def close(self, goal: GoalId) -> None:
        """Take a goal's worktree away; its branch stays."""

    @abstractmethod
    async def discard(self, goal: GoalId) -> Workspace:
        """Throw a goal's branch away; for a day it can be had back. Raises `NotFoundError`."""

    @abstractmethod
    async def restore(self, goal: GoalId) -> Workspace:
        """Bring a branch back that was thrown away. Raises `NotFoundError`, `RefusedError` (branch_gone)."""

    @abstractmethod
    async def look_after(self) -> None:
        """The monitor's part: let go of branches whose day is over. The announcer closes what has ended."""

    @abstractmethod
    async def report(self, goal: GoalId) -> CodeReport | None:
        """What came of it so far; None for a goal without code work."""

    @abstractmethod
    async def diff(self, goal: GoalId) -> Difference:
        """What differs from the base, committed or not. Raises `NotFoundError`."""

    @abstractmethod
    async def standing(self, goal: GoalId) -> BaseStanding:
        """How the branch stands to its base branch as that is now. Raises `NotFoundError`."""

    @abstractmethod
    async def rebase(self, goal: GoalId) -> LaidOnBase:
        """Lay the branch on the base branch as it is now, and prove it there, which may take long.

        Where files conflict nothing is changed, and they are named. Raises `NotFoundError`, `RefusedError`
        (uncommitted: of a goal that still works), and as git.
        """

    @abstractmethod
    async def want_rebase(self, goal: GoalId, cause: Cause) -> None:
        """Have that done for a goal that has ended, whatever becomes of this process; the announcer tells its end.

        Raises `NotFoundError`, `RefusedError` (code_under_way), and `ResourceBlocked` while the repository is away.
        """

    @abstractmethod
    async def fitness(self) -> Footing:
        """Whether code can run here, and whether in a sandbox; tried at the first need."""

    @abstractmethod
    async def way_out(self, goal: GoalId) -> WayOut | None:
        """Where the branch would be pushed to; None where it may not be, or knows no remote. Raises `NotFoundError`."""

    @abstractmethod
    async def push(self, goal: GoalId, commit: str) -> str:
        """Push the branch; a person has said yes to just this commit. Returns where to.

        Raises `NotFoundError`, `RefusedError` (outdated: the branch is elsewhere by now; push_never), and as git.
        """

    @abstractmethod
    async def open_pull_request(self, goal: GoalId, commit: str) -> str:
        """Open a pull request for the pushed branch, with a person's yes to this commit; returns its address.

        Raises as `push`.
        """

    @abstractmethod
    async def hand_in(self, goal: GoalId, task: TaskNumber, hand_in: HandIn, cause: Cause) -> Goal:
        """Take over what a person brings for a task `hand_in_code` that waits for it; the task is done then.

        Raises `RefusedError` or `InvalidInputError` with plain reasons; then nothing of it is kept.
        """

    @abstractmethod
    async def keep_to_try(self, goal: GoalId, task: TaskNumber, hand_in: HandIn, cause: Cause) -> Goal:
        """Keep what a person brings, and have an attempt of the task try it, whatever becomes of this process.

        Raises `RefusedError` (being_tried, not_waiting, not_handed_in, …) or `InvalidInputError`.
        """

    @abstractmethod
    async def try_hand_in(self, goal: GoalId, task: Task) -> Outcome:
        """The attempt: take over what was kept. Raises the `WorkError` that says what is to happen next."""

    @abstractmethod
    async def left_behind(self, goal: GoalId, task: TaskNumber) -> tuple[str, ...]:
        """Files with changes of a model's that nothing has proven, under a task that waits for a person's code."""

    @abstractmethod
    async def flagged(self, goal: GoalId) -> Flagged:
        """Changes to tests and what they stand on that need a person's yes. Raises `NotFoundError`."""

    @abstractmethod
    async def approve_tests(self, goal: GoalId, state: str, cause: Cause) -> Goal:
        """Say yes to the flagged changes of just that state; a proof that failed for them is made again.

        Raises `RefusedError` (outdated, nothing_flagged).
        """

    @abstractmethod
    async def deny_tests(self, goal: GoalId, state: str, cause: Cause) -> Goal:
        """Say no to the flagged changes of just that state: these files are put back, and the work goes on without.

        Raises as `approve_tests`.
        """

    @abstractmethod
    async def try_command(self, repository: Repository, kind: CommandKind) -> Trial:
        """Run a repository's command once on its base branch as it is. Raises `WorkError` where nothing can be run."""

    @abstractmethod
    async def facts(self, goal: Goal) -> Facts:
        """What a planner is to know of the goal's repository; empty for a goal that names none it may use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSources:
    """What code work needs of the engine around it."""

    repositories: Repositories
    store: Workspaces
    ledger: Ledger
    runs: Runs
    accounts: Accounts
    registry: WorkRegistry
    options: CodeOptions
    boot: BootId
    clock: Clock
