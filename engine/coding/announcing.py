"""Tells people of code goals what only they can use: the report at the end, and tests that a change touched."""

import logging
from collections.abc import Awaitable, Callable, Coroutine

from msgspec import to_builtins

from engine.coding.on_demand import WorkbenchOnDemand
from engine.coding.options import REPOSITORY
from engine.coding.reports import BaseStanding, CodeReport, WayOut
from engine.coding.workbench import Workbench
from engine.coding.works.names import PROVE
from engine.coding.works.outcomes import brought
from engine.coding.workspaces import IN_USE
from engine.errors import EngineError
from engine.execution.hand_ins import left_over, to_look_at
from engine.goals import Goal
from engine.ledger import Ledger
from engine.reporting.notices import Notice, NoticeKind
from engine.reporting.notifier import Notifier
from engine.tasks import TaskStatus
from engine.values import Cause, GoalId, JsonObject, TaskNumber

logger = logging.getLogger(__name__)

Begin = Callable[[Coroutine[None, None, None], str], bool]
"""Begins something under a name; False where nothing begins any more."""


class Announcer:
    """Closes the workspace of a goal that has ended and says what came of it; once for each end."""

    def __init__(self, workbench: WorkbenchOnDemand, notifier: Notifier, begin: Begin) -> None:
        self._workbench = workbench
        self._ledger: Ledger = workbench.sources.ledger
        self._notifier = notifier
        self._begin = begin
        self._busy: set[GoalId] = set()
        self._shown: set[tuple[GoalId, str]] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being told just now."""
        return not self._busy

    def hear(self, goal: Goal) -> None:
        """A goal was changed: what is to be told of it is told by a task of its own."""
        if REPOSITORY not in goal.metadata or goal.id in self._busy:
            return
        if goal.has_ended:
            self._aside(goal.id, self._finish(goal.id), f"report of goal {goal.id}")
        elif (number := to_look_at(goal)) is not None:
            self._aside(goal.id, self._look(goal.id, number), f"what a model left of goal {goal.id}")
        elif (state := _flagged_in(goal)) and (goal.id, state) not in self._shown:
            self._shown.add((goal.id, state))
            self._aside(goal.id, self._ask(goal.id), f"changed tests of goal {goal.id}")

    def _aside(self, goal: GoalId, work: Coroutine[None, None, None], name: str) -> None:
        if self._begin(work, name):
            self._busy.add(goal)

    async def look_after(self) -> None:
        """The monitor's part: goals that ended, or came to ask for something, while nobody could say so."""
        for workspace in await self._workbench.sources.store.workspaces(tuple(IN_USE)):
            goal = await self._ledger.goal(workspace.goal)
            if goal.id in self._busy:
                continue
            if goal.has_ended:
                self._busy.add(goal.id)
                await self._finish(goal.id)
            else:
                self.hear(goal)

    async def finish(self, goal_id: GoalId) -> None:
        """Close what has ended, and tell what came of it; nothing where that was done."""
        workspace = await self._workbench.sources.store.workspace(goal_id)
        goal = await self._ledger.goal(goal_id)
        if workspace is None or workspace.status not in IN_USE or not goal.has_ended:
            return
        bench = await self._workbench.get()
        await bench.close(goal_id)
        report = await bench.report(goal_id)
        if report is None or goal.chat is None:
            return
        facts = await self._facts(bench, goal, report)
        await self._notifier.send([Notice(kind=NoticeKind.CODE_REPORT, chat=goal.chat, goal=goal.id, facts=facts)])

    async def _finish(self, goal_id: GoalId) -> None:
        await self._once(goal_id, self.finish(goal_id), f"goal {goal_id} could not be closed")

    async def _look(self, goal_id: GoalId, number: TaskNumber) -> None:
        """See what a model left behind, and have the person told."""
        fault = f"what was left in goal {goal_id} could not be seen"
        if await self._once(goal_id, self._note_left(goal_id, number), fault):
            self.hear(await self._ledger.goal(goal_id))  # there may be something else to tell

    async def _note_left(self, goal_id: GoalId, number: TaskNumber) -> None:
        left = await (await self._workbench.get()).left_behind(goal_id, number)
        await self._ledger.change(goal_id, left_over(number, left), Cause(f"left:{goal_id}.{number}"))

    async def _ask(self, goal_id: GoalId) -> None:
        """Put the question about tests that were changed."""
        fault = f"the changed tests of goal {goal_id} could not be shown"
        if await self._once(goal_id, self._show_flagged(goal_id), fault):
            self.hear(await self._ledger.goal(goal_id))  # it may have ended meanwhile

    async def _show_flagged(self, goal_id: GoalId) -> None:
        flagged = await (await self._workbench.get()).flagged(goal_id)
        goal = await self._ledger.goal(goal_id)
        if flagged.changes and goal.chat is not None and not goal.has_ended:
            facts: JsonObject = {"flagged": to_builtins(flagged)}
            notice = Notice(kind=NoticeKind.CODE_FLAGGED, chat=goal.chat, goal=goal.id, facts=facts)
            await self._notifier.send([notice])

    async def _once(self, goal_id: GoalId, work: Awaitable[None], fault: str) -> bool:
        """Whether it could be done. What could not is for the monitor's next round."""
        try:
            await work
        except EngineError as error:
            logger.warning("%s: %s", fault, error)
            return False
        finally:
            self._busy.discard(goal_id)
        return True

    async def _facts(self, bench: Workbench, goal: Goal, report: CodeReport) -> JsonObject:
        standing, way = await around(bench, goal.id)
        return {"report": to_builtins(report), "standing": to_builtins(standing), "way": to_builtins(way)}


async def around(bench: Workbench, goal: GoalId) -> tuple[BaseStanding | None, WayOut | None]:
    """How the branch stands to its base, and where it may go; None for what can't be told, or may not be."""
    try:
        return await bench.standing(goal), await bench.way_out(goal)
    except EngineError:  # the branch or its base has gone, or the repository was moved
        return None, None


def _flagged_in(goal: Goal) -> str:
    """The state that a failed proof found changed tests in; empty for none."""
    for task in goal.tasks.values():
        if task.work == PROVE and task.status is not TaskStatus.COMPLETED:
            found = brought(task)
            if found.get("flagged") and (state := found.get("state")):
                return str(state)
    return ""
