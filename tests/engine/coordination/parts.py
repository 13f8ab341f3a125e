"""Goals whose parts a team does, and what came of them."""

from engine.coordination.results import ParallelResult
from engine.executor import AutonomousGoalExecutor
from engine.plans import PlannedTask
from engine.values import GoalId
from tests.engine.stage import Stage


async def goal_of(stage: Stage, executor: AutonomousGoalExecutor, *tasks: PlannedTask, name: str = "Grow") -> GoalId:
    return await stage.started(executor, *tasks, name=name, chat=False)


def by_title(result: ParallelResult) -> dict[str, str]:
    return {part.title: part.status.value for part in result.parts}
