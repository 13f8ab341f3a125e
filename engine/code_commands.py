"""What can be asked about code work: handed in, approved, and what becomes of a goal's branch after the goal."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence

from engine.agents.accounts import Accounts
from engine.coding.announcing import Announcer
from engine.coding.on_demand import WorkbenchOnDemand
from engine.coding.options import REPOSITORY
from engine.coding.refusals import CodeRefused
from engine.coding.registry import Repositories
from engine.coding.reports import HandIn
from engine.coding.repositories import Repository
from engine.coding.trials.telling import Trials, to_try
from engine.coding.workbench import CodeSources
from engine.coding.works.listing import code_works
from engine.coding.works.names import is_of_code
from engine.commands import Origin
from engine.errors import EngineError, PermanentError
from engine.execution.hand_ins import Start, start_chosen
from engine.goals import Goal
from engine.money_commands import MoneyCommands
from engine.options import Options, Stores
from engine.reporting.notifier import Notifier
from engine.values import Cause, ChatId, GoalId, JsonObject, JsonValue, TaskNumber

logger = logging.getLogger(__name__)


class CodeCommands(MoneyCommands):
    """The commands about code work. `AutonomousGoalExecutor` has them, too."""

    accounts: Accounts
    repositories: Repositories
    workbench: WorkbenchOnDemand | None = None
    """None where the operator has set up no code work."""
    announcer: Announcer | None = None
    """Says what came of code goals; None where there are none."""
    trials: Trials | None = None
    """Tries what repositories are tested with; None where there is no code work."""

    def _announce_code_work(self, notifier: Notifier) -> None:
        """Have worktrees go when their goals have ended, and people told of what came of them."""
        if self.workbench is not None:
            self.announcer = Announcer(self.workbench, notifier, self._do_aside)
            self.ledger.watchers.append(self.announcer.hear)
            self.trials = Trials(self.workbench, notifier, self._do_aside)

    def _set_up_code_work(self, stores: Stores, options: Options) -> None:
        """Have the repositories and the works of code goals known. Nothing is loaded for them yet."""
        self.repositories = Repositories(stores.workspaces, self.clock, options.code)
        if options.code.worktrees is not None:
            sources = CodeSources(
                repositories=self.repositories,
                store=stores.workspaces,
                ledger=self.ledger,
                runs=stores.runs,
                accounts=self.accounts,
                registry=self.registry,
                options=options.code,
                boot=self._boot,
                clock=self.clock,
            )
            self.workbench = WorkbenchOnDemand(sources)
        taken = self.registry.names()
        for work in code_works(self.workbench, options.code.limits):
            if work.name not in taken:  # a program or package brings its own
                self.registry.add(work)

    async def try_commands(self, now: Repository, before: Repository | None, chat: ChatId) -> bool:
        """Have those commands of a repository run once that are others than they were (None: its tests), and the chat
        told by and by. False where there is nothing to try.
        """
        kinds = to_try(now.terms, None if before is None else before.terms)
        return self.trials is not None and await self.trials.want(now, kinds, chat)

    @property
    def _code_is_still(self) -> bool:
        """Whether nothing is done beside goals' own tasks."""
        return all(one is None or one.is_idle for one in (self.announcer, self.trials))

    async def hand_in_code(self, goal_id: GoalId, task: int, hand_in: HandIn, cause: Cause | None = None) -> Goal:
        """Take over what a person brings for a task that waits for it: a patch, files, or a branch. Returns the goal.

        The task is done then. A test has to fail on the code as it was; the system runs it. Raises `RefusedError` or
        `InvalidInputError` with plain reasons; then nothing of it is kept.
        """
        workbench = await self._workbench().get()
        return await workbench.hand_in(goal_id, TaskNumber(task), hand_in, cause or self._fresh_cause())

    async def take_in_code(self, goal_id: GoalId, task: int, hand_in: HandIn, cause: Cause | None = None) -> Goal:
        """Keep what a person brings for a task that waits for it, and return at once: it is tried by and by, whatever
        becomes of this process, and the goal's chat is told what came of it.

        Raises `RefusedError` (being_tried, not_waiting, not_handed_in, not_kept) or `InvalidInputError`; then nothing
        is kept.
        """
        return await (await self._workbench().get()).keep_to_try(
            goal_id, TaskNumber(task), hand_in, cause or self._fresh_cause()
        )

    async def choose_start(self, goal_id: GoalId, task: int, start: Start, cause: Cause) -> Goal:
        """Say what a person's code is to begin from where a model has left changes that nothing has proven.

        Raises `RefusedError` (nothing_left, being_tried, not_waiting).
        """
        return (await self.ledger.change(goal_id, start_chosen(task, start), cause, once=True)).goal

    async def approve_tests(self, goal_id: GoalId, state: str, cause: Cause | None = None) -> Goal:
        """Say yes to what a change did to tests, as `workbench` shows it under `state`; then the proof is made again.

        Raises `RefusedError` (outdated, nothing_flagged).
        """
        return await (await self._workbench().get()).approve_tests(goal_id, state, cause or self._fresh_cause())

    async def deny_tests(self, goal_id: GoalId, state: str, cause: Cause | None = None) -> Goal:
        """Say no to what a change did to tests, as `workbench` shows it under `state`: those files are put back as they
        were, whoever writes next is told, and the same change of them is not taken again.

        Raises `RefusedError` (outdated, nothing_flagged).
        """
        return await (await self._workbench().get()).deny_tests(goal_id, state, cause or self._fresh_cause())

    def _do_aside(self, work: Coroutine[None, None, None], name: str) -> "asyncio.Task[None] | None":
        """Begin it in the engine's task group; None where that does not run any more."""
        raise NotImplementedError

    def _workbench(self) -> WorkbenchOnDemand:
        if self.workbench is None:
            raise CodeRefused("no_code_work", "the operator has set up no code work")
        return self.workbench

    async def _look_after_code(self) -> None:
        """The monitor's part: what has ended is closed, and branches whose day is over go."""
        if self.trials is not None:
            await self.trials.look_after()
        if self.workbench is None or not await self.workbench.is_in_use():
            return
        try:
            if self.announcer is not None:
                await self.announcer.look_after()
            await (await self.workbench.get()).look_after()
        except EngineError as error:
            logger.warning("workspaces could not be looked after: %s", error)

    async def _place_of(self, name: str, said: JsonObject, origin: Origin) -> JsonObject:
        """The one repository that there is for its owner, where a goal that is about code names none; without any, the
        one that the operator lists and that can't be used: what is wrong with it is told then."""
        if self.workbench is None or REPOSITORY in said or said.get("has_codebase", is_of_code(name)) is not True:
            return {}
        found: list[JsonValue] = [one.id for one in await self.repositories.of(origin.owner)]
        found = found or [*self.repositories.faults]
        return {REPOSITORY: found[0]} if len(found) == 1 else {}

    async def lacking_repository(self, goal: Goal) -> Sequence[str]:
        """What there is to say of a goal that names a repository which it can't work in; nothing of all others."""
        if REPOSITORY not in goal.metadata or goal.has_ended:
            return ()
        try:
            await self.repositories.named(goal.owner, goal.metadata[REPOSITORY])
        except PermanentError as error:
            return (f"a repository: {error}",)
        return ()

    async def _known_of_repository(self, goal: Goal) -> Goal:
        """The goal with what a planner is to know of its repository."""
        return goal if self.workbench is None else await self.workbench.informed(goal)
