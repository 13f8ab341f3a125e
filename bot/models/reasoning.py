"""Gives an executor the help of the configured models. Nothing of them is imported before they are needed."""

import asyncio
import datetime as dt
import importlib
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from bot.models.on_demand import ModelsOnDemand
from engine.agents.reasoning.telling import without_help
from engine.agents.sessions import ReasoningSession
from engine.errors import EngineError
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal
from engine.plans import AdaptationNeed, KeptPlan, Plan, Repair
from engine.ports import Judge, Planner
from engine.tasks import Judgement, Task

logger = logging.getLogger(__name__)

_LOADED_LATE = (
    "bot.models.making",
    "engine.agents.reasoning.judging",
    "engine.agents.reasoning.planner",
    "engine.planning.forecasting.simulation",
)
"""What takes seconds to import: in a thread, for no tap is to wait for it."""


_UNUSABLE = (ImportError, OSError, EngineError)
"""What keeps models from being made: a package that is not installed, certificates that can't be read."""


def _said(error: Exception) -> str:
    return f"it can't be used here: {error}"


@asynccontextmanager
async def with_models(
    executor: AutonomousGoalExecutor, commands: Iterable[str] = ()
) -> AsyncIterator[ModelsOnDemand | None]:
    """Within it, the executor plans, repairs and judges with the models of its options; None where there are none.

    `commands` are the names of the command lines that the operator has listed. At the end connections are closed.
    """
    options = executor.options.models
    if options is None:
        yield None
        return
    models = ModelsOnDemand(options, executor)
    minds = _MindsOnDemand(executor, models, tuple(commands))
    executor.reason_with(minds, minds)
    try:
        yield models
    finally:
        await models.close()


class _MindsOnDemand:
    """The planner and the judge that ask models (`engine/agents/reasoning/`), made at the first need."""

    def __init__(self, executor: AutonomousGoalExecutor, models: ModelsOnDemand, commands: tuple[str, ...]) -> None:
        self._executor = executor
        self._models = models
        self._commands = commands
        self._made: tuple[Planner, Judge] | None = None  # None until they are needed
        self._making = asyncio.Lock()

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        """The best plan that methods and the model have; that of the methods where there can be no model."""
        try:
            planner, _ = await self._ready()
        except _UNUSABLE as error:
            own = await self._executor.planner.plan(goal, now, zone)
            session = ReasoningSession(failure=_said(error))
            return without_help(own, session, await self._executor.queries.reasoning(goal.id))
        return await planner.plan(goal, now, zone)

    async def repair(self, goal: Goal, need: AdaptationNeed, kept: KeptPlan, now: dt.datetime, zone: str) -> Repair:
        """What is to change so that the goal can still be reached; an empty repair when nothing would help."""
        try:
            planner, _ = await self._ready()
        except _UNUSABLE as error:
            logger.warning("repaired without a model's help: %s", error, extra={"goal": goal.id})
            planner = self._executor.planner
        return await planner.repair(goal, need, kept, now, zone)

    async def judge(self, goal: Goal, task: Task) -> Judgement:
        """The judgement of the task's outcome; an unsure one where there can be no model."""
        try:
            _, judge = await self._ready()
        except _UNUSABLE as error:
            return Judgement(deviation=1.0, confidence=0.0, reason=_said(error))
        return await judge.judge(goal, task)

    async def _ready(self) -> tuple[Planner, Judge]:
        async with self._making:
            if self._made is None:
                await asyncio.to_thread(lambda: [importlib.import_module(name) for name in _LOADED_LATE])
                self._made = await self._make()
            return self._made

    async def _make(self) -> tuple[Planner, Judge]:
        from bot.models.making import models_of  # noqa: PLC0415 - no start is to wait for it
        from engine.agents.reasoning.judging import ModelJudge  # noqa: PLC0415 - the same
        from engine.agents.reasoning.planner import ReasonedPlanner, Surroundings  # noqa: PLC0415 - the same
        from engine.agents.reasoning.reasoner import Reasoner  # noqa: PLC0415 - the same
        from engine.planning.planner import PlanSources  # noqa: PLC0415 - the same

        executor = self._executor
        models, accounts, forecaster = await models_of(self._models), executor.accounts, executor.forecaster
        around = Surroundings(
            queries=executor.queries,
            registry=executor.registry,
            sources=PlanSources(school=forecaster.school, capacities=forecaster.capacities),
            commands=self._commands,
        )
        reasoner = await asyncio.to_thread(Reasoner, models, accounts)  # schemas are built: some tenths of a second
        judge = await asyncio.to_thread(ModelJudge, models, accounts)
        return ReasonedPlanner(executor.planner, reasoner, around), judge
