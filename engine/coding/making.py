"""Makes the workbench of a process: git in Milepost's own folder, the sandbox, and what is asked of a goal's branch."""

from collections.abc import Callable

from engine.coding.bench import Edges
from engine.coding.benches import Benches
from engine.coding.branches import base_standing, difference, pushed, way_out
from engine.coding.circumstances import facts_of
from engine.coding.flagging import approved, denied, flagged_changes
from engine.coding.handing_in import handed_in, kept_to_try, sweep, tried
from engine.coding.leftovers import left_behind
from engine.coding.rebasing import rebased, wished
from engine.coding.reporting import report_of, requested
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
from engine.coding.trials.running import tried as command_tried
from engine.coding.workbench import CodeSources, Workbench
from engine.coding.workspaces import Workspace
from engine.errors import PermanentError
from engine.goals import Goal
from engine.tasks import Outcome, Task
from engine.values import Cause, GoalId, TaskNumber
from engine.workspace.git.commands import Git
from engine.workspace.sandbox.sandbox import Sandbox


class MadeWorkbench(Workbench):
    """The workbench itself; what each command does is in the module that is called."""

    def __init__(self, benches: Benches) -> None:
        self.benches = benches

    async def close(self, goal: GoalId) -> None:
        await self.benches.close(goal)

    async def discard(self, goal: GoalId) -> Workspace:
        return await self.benches.discard(goal)

    async def restore(self, goal: GoalId) -> Workspace:
        return await self.benches.restore(goal)

    async def look_after(self) -> None:
        await self.benches.look_after()
        await sweep(self.benches)

    async def report(self, goal: GoalId) -> CodeReport | None:
        return await report_of(self.benches, goal)

    async def diff(self, goal: GoalId) -> Difference:
        return await difference(self.benches, goal)

    async def standing(self, goal: GoalId) -> BaseStanding:
        return await base_standing(self.benches, goal)

    async def rebase(self, goal: GoalId) -> LaidOnBase:
        return await rebased(self.benches, goal)

    async def want_rebase(self, goal: GoalId, cause: Cause) -> None:
        await wished(self.benches, goal, cause)

    async def fitness(self) -> Footing:
        found = await self.benches.edges.sandbox.fitness()
        return Footing(faults=found.faults, remedy=found.remedy, can_run=found.can_run)

    async def way_out(self, goal: GoalId) -> WayOut | None:
        return await way_out(self.benches, goal)

    async def push(self, goal: GoalId, commit: str) -> str:
        return await pushed(self.benches, goal, commit)

    async def open_pull_request(self, goal: GoalId, commit: str) -> str:
        return await requested(self.benches, goal, commit)

    async def hand_in(self, goal: GoalId, task: TaskNumber, hand_in: HandIn, cause: Cause) -> Goal:
        return await handed_in(self.benches, (goal, task), hand_in, cause)

    async def keep_to_try(self, goal: GoalId, task: TaskNumber, hand_in: HandIn, cause: Cause) -> Goal:
        return await kept_to_try(self.benches, (goal, task), hand_in, cause)

    async def try_hand_in(self, goal: GoalId, task: Task) -> Outcome:
        return await tried(self.benches, goal, task)

    async def left_behind(self, goal: GoalId, task: TaskNumber) -> tuple[str, ...]:
        return await left_behind(self.benches, goal, task)

    async def flagged(self, goal: GoalId) -> Flagged:
        return await flagged_changes(self.benches, goal)

    async def approve_tests(self, goal: GoalId, state: str, cause: Cause) -> Goal:
        return await approved(self.benches, goal, state, cause)

    async def deny_tests(self, goal: GoalId, state: str, cause: Cause) -> Goal:
        return await denied(self.benches, goal, state, cause)

    async def try_command(self, repository: Repository, kind: CommandKind) -> Trial:
        return await command_tried(self.benches, repository, kind)

    async def facts(self, goal: Goal) -> Facts:
        return await facts_of(self.benches, goal)


def made(sources: CodeSources, tell: Callable[[GoalId, str], None]) -> MadeWorkbench:
    """The workbench of this process. Raises `PermanentError` where no place for worktrees is set up."""
    options = sources.options
    if options.worktrees is None:
        raise PermanentError("no folder for worktrees is set up")
    options.worktrees.mkdir(mode=0o700, parents=True, exist_ok=True)
    edges = Edges(
        git=Git(options.worktrees, sources.clock, outside=options.outside),
        sandbox=Sandbox(unsandboxed=options.unsandboxed),
        limits=options.limits,
        logs=options.worktrees / "logs",
        tell=tell,
    )
    return MadeWorkbench(Benches(sources, edges))


def benches_of(workbench: Workbench) -> Benches:
    """The workspaces behind a workbench, for works."""
    assert isinstance(workbench, MadeWorkbench)
    return workbench.benches
