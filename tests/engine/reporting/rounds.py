"""Rounds of the monitor, and what came of them."""

from engine.executor import AutonomousGoalExecutor
from engine.reporting.notices import NoticeKind
from engine.values import GoalId
from tests.engine.stage import quiet


async def round_of(executor: AutonomousGoalExecutor) -> None:
    """One round of the monitor, and all that follows from it."""
    await executor.look_after_goals()
    await quiet(executor)


async def logged(executor: AutonomousGoalExecutor, goal: GoalId, *names: str) -> list[str]:
    """The names of these events in the log, oldest first."""
    return [
        row.event for row in reversed(await executor.queries.log(goal, before=None, limit=999)) if row.event in names
    ]


async def told(executor: AutonomousGoalExecutor, *kinds: NoticeKind) -> list[NoticeKind]:
    """The notices of these kinds that wait in the outbox."""
    rows = await executor.notifier._outbox.queued(999)
    return [row.notice.kind for row in rows if row.notice is not None and row.notice.kind in kinds]
