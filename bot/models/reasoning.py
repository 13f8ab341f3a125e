"""Gives an executor the help of the configured models. Nothing of them is imported before they are needed."""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from bot.models.coding import CodeOnDemand
from bot.models.on_demand import UNUSABLE, MadeOnce, ModelsOnDemand
from bot.models.tools import ToolsOnDemand
from bot.models.working import WorkOnDemand, add_work
from engine.agents.reasoning.telling import without_help
from engine.agents.sessions import ReasoningSession
from engine.agents.working.work import work_without_model
from engine.coding.works.listing import write_code_work
from engine.coding.works.stand_in import WITHOUT_AUTHOR
from engine.coordination.coordinator import Merger
from engine.coordination.merge_step import merge_work
from engine.coordination.merging import Brought, Merged
from engine.execution.claims import Judge
from engine.executor import AutonomousGoalExecutor
from engine.files import NewFile
from engine.goals import Goal
from engine.plans import AdaptationNeed, KeptPlan, Plan, Repair
from engine.ports import Planner
from engine.proactive.advice import Advice, Adviser
from engine.proactive.findings import KeptFinding
from engine.tasks import Judgement, Task

logger = logging.getLogger(__name__)

_LOADED_LATE = (
    "bot.models.making",
    "engine.agents.reasoning.advising",
    "engine.agents.reasoning.judging",
    "engine.agents.reasoning.planner",
    "engine.agents.reasoning.reconciling",
    "engine.planning.forecasting.simulation",
)
"""What takes seconds to import."""


def _said(error: Exception) -> str:
    return f"it can't be used here: {error}"


@asynccontextmanager
async def with_models(
    executor: AutonomousGoalExecutor, commands: Iterable[str] = ()
) -> AsyncIterator[ModelsOnDemand | None]:
    """Within it, the executor plans, repairs, judges, works, merges results and weighs findings with the models of its
    options; None where there are none.

    `commands` are the names of the command lines that the operator has listed. At the end connections are closed, and
    servers of tools ended.
    """
    options = executor.options.models
    add_work(executor, merge_work(executor.coordinator.results_before, partial(_keep, executor)))
    if options is None:
        add_work(executor, work_without_model())
        add_work(executor, WITHOUT_AUTHOR)
        yield None
        return
    models, equipment = ModelsOnDemand(options, executor), ToolsOnDemand(executor, executor.options.tools)
    add_work(executor, WorkOnDemand(executor, models, equipment).work())
    if executor.workbench is not None:
        author = CodeOnDemand(executor, executor.workbench, models, equipment)
        add_work(executor, write_code_work(author.run, executor.options.code.limits.goal))
    minds = _MindsOnDemand(executor, models, tuple(commands))
    executor.reason_with(minds, minds.judge)
    executor.coordinator.merge_with, executor.proactive.advise_with = minds.merge, minds.advise
    try:
        yield models
    finally:
        await equipment.close()
        await models.close()


async def _keep(executor: AutonomousGoalExecutor, new: NewFile) -> str:
    return (await executor.files.keep(new, executor.clock.now())).name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Minds:
    """What asks models, each for its purpose."""

    planner: Planner
    judge: Judge
    merge: Merger
    advise: Adviser


class _MindsOnDemand:
    """All that asks models (`engine/agents/reasoning/`), made at the first need."""

    def __init__(self, executor: AutonomousGoalExecutor, models: ModelsOnDemand, commands: tuple[str, ...]) -> None:
        self._executor = executor
        self._models = models
        self._commands = commands
        self._minds = MadeOnce(_LOADED_LATE, self._make)

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        """The best plan that methods and the model have; that of the methods where there can be no model."""
        try:
            planner = (await self._minds.get()).planner
        except UNUSABLE as error:
            own = await self._executor.planner.plan(goal, now, zone)
            session = ReasoningSession(failure=_said(error))
            return without_help(own, session, await self._executor.queries.reasoning(goal.id))
        return await planner.plan(goal, now, zone)

    async def repair(self, goal: Goal, need: AdaptationNeed, kept: KeptPlan, now: dt.datetime, zone: str) -> Repair:
        """What is to change so that the goal can still be reached; an empty repair when nothing would help."""
        try:
            planner = (await self._minds.get()).planner
        except UNUSABLE as error:
            logger.warning("repaired without a model's help: %s", error, extra={"goal": goal.id})
            planner = self._executor.planner
        return await planner.repair(goal, need, kept, now, zone)

    async def judge(self, goal: Goal, task: Task) -> Judgement:
        """The judgement of the task's outcome; an unsure one where there can be no model."""
        try:
            judge = (await self._minds.get()).judge
        except UNUSABLE as error:
            return Judgement(deviation=1.0, confidence=0.0, reason=_said(error))
        return await judge(goal, task)

    async def merge(self, goal: Goal, brought: Sequence[Brought], merged: Merged) -> Merged:
        """The merge of results with a model's words; code's own, with the reason, where there can be no model."""
        try:
            merge = (await self._minds.get()).merge
        except UNUSABLE as error:
            return replace(merged, failure=_said(error))
        return await merge(goal, brought, merged)

    async def advise(self, goal: Goal, found: Sequence[KeptFinding]) -> Advice | None:
        """What a model says of what was found; None where there can be no model."""
        try:
            advise = (await self._minds.get()).advise
        except UNUSABLE as error:
            logger.info("what was found stays without a model's words: %s", error, extra={"goal": goal.id})
            return None
        return await advise(goal, found)

    async def _make(self) -> "_Minds":
        from bot.models.making import models_of  # noqa: PLC0415 - no start is to wait for it
        from engine.agents.reasoning.advising import ModelAdviser  # noqa: PLC0415 - the same
        from engine.agents.reasoning.judging import ModelJudge  # noqa: PLC0415 - the same
        from engine.agents.reasoning.planner import ReasonedPlanner, Surroundings  # noqa: PLC0415 - the same
        from engine.agents.reasoning.reasoner import Reasoner  # noqa: PLC0415 - the same
        from engine.agents.reasoning.reconciling import Reconciler  # noqa: PLC0415 - the same
        from engine.agents.working.handing import HandingPlanner  # noqa: PLC0415 - the same
        from engine.planning.planner import PlanSources  # noqa: PLC0415 - the same

        executor = self._executor
        models, accounts, forecaster = await models_of(self._models), executor.accounts, executor.forecaster
        around = Surroundings(
            queries=executor.queries,
            registry=executor.registry,
            sources=PlanSources(school=forecaster.school, capacities=forecaster.capacities),
            commands=self._commands,
        )

        def made() -> _Minds:
            reasoner = Reasoner(models, accounts)
            return _Minds(
                planner=ReasonedPlanner(HandingPlanner(executor.planner), reasoner, around),
                judge=ModelJudge(models, accounts).judge,
                merge=Reconciler(models, accounts).merge,
                advise=ModelAdviser(models, accounts).advise,
            )

        return await asyncio.to_thread(made)  # schemas are built: some tenths of a second
