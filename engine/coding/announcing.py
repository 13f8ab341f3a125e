"""Tells people of code goals what only they can use: the report at the end, and tests that a change touched."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine

from msgspec import to_builtins

from engine.coding.on_demand import WorkbenchOnDemand
from engine.coding.options import REPOSITORY
from engine.coding.remembering import flagged_state, found_flagged, rebase_told, wanted_rebase
from engine.coding.reports import BaseStanding, LaidOnBase, WayOut
from engine.coding.workbench import Workbench
from engine.coding.works.names import PROVE
from engine.coding.works.outcomes import brought
from engine.coding.workspaces import BRANCHLESS, IN_USE
from engine.errors import EngineError, RefusedError, ResourceBlocked, TemporaryError, WorkError
from engine.execution.hand_ins import left_over, to_look_at
from engine.goals import Goal
from engine.ledger import Ledger
from engine.reporting.notices import Notice, NoticeKind
from engine.reporting.notifier import Notifier
from engine.tasks import TaskStatus
from engine.values import Cause, GoalId, JsonObject, TaskNumber

logger = logging.getLogger(__name__)

Begin = Callable[[Coroutine[None, None, None], str], "asyncio.Task[None] | None"]
"""Begins something under a name; None where nothing begins any more."""


class Announcer:
    """Closes the workspace of a goal that has ended and says what came of it; once for each end.

    A branch that is to be laid on its base is laid there on the way, whenever that was asked for.
    """

    def __init__(self, workbench: WorkbenchOnDemand, notifier: Notifier, begin: Begin) -> None:
        self._workbench = workbench
        self._ledger: Ledger = workbench.sources.ledger
        self._notifier = notifier
        self._begin = begin
        self._busy: set[GoalId] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._asked: dict[GoalId, Cause] = {}
        """Questions that are put: that is kept in the books, and need not be looked up there each time."""

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
        elif goal.chat is not None and (state := _flagged_in(goal)) and self._asked.get(goal.id) != _asks(goal, state):
            self._aside(goal.id, self._ask(goal, state), f"changed tests of goal {goal.id}")

    def _aside(self, goal: GoalId, work: Coroutine[None, None, None], name: str) -> None:
        if (task := self._begin(work, name)) is not None:
            self._busy.add(goal)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def stop(self, grace: float) -> None:
        """Let what is under way end within so many real seconds; the next run finds what is cut off then."""
        late = (await asyncio.wait(self._tasks, timeout=grace))[1] if self._tasks else set()
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def look_after(self) -> None:
        """The monitor's part: goals that ended, or came to ask for something, while nobody could say so."""
        for workspace in await self._workbench.sources.store.workspaces(tuple(IN_USE)):
            goal = await self._ledger.goal(workspace.goal)
            if goal.id in self._busy:
                continue
            if goal.has_ended and wanted_rebase(goal) is None:
                self._busy.add(goal.id)
                await self._finish(goal.id)
            else:
                self.hear(goal)

    async def finish(self, goal_id: GoalId) -> None:
        """Tell what came of a goal that has ended, and close it; nothing where that was done.

        Closed last: whatever a kill leaves undone is found again, and what was told is not told twice.
        """
        workspace = await self._workbench.sources.store.workspace(goal_id)
        goal = await self._ledger.goal(goal_id)
        wish = wanted_rebase(goal)
        if workspace is None or not goal.has_ended or (workspace.status not in IN_USE and wish is None):
            return
        bench = await self._workbench.get()
        laid = await _laid(bench, goal_id) if wish is not None and workspace.status not in BRANCHLESS else None
        goal = await self._ledger.goal(goal_id)  # a rebase takes as long as the tests do: it may have been reopened
        await self._tell(bench, goal, laid)
        if wish is not None:
            await self._ledger.change(goal_id, rebase_told(wish), Cause(f"told:{wish}"))
        if goal.has_ended:
            await bench.close(goal_id)

    async def _tell(self, bench: Workbench, goal: Goal, laid: LaidOnBase | None) -> None:
        """Say how the branch stands: at the end of its goal, and after it was laid on its base."""
        report = await bench.report(goal.id)
        if report is None or goal.chat is None or (laid is None and goal.ended_at is None):
            return
        standing, way = await around(bench, goal.id)
        facts = {"report": report, "standing": standing, "way": way, "laid": laid}
        notice = Notice(kind=NoticeKind.CODE_REPORT, chat=goal.chat, goal=goal.id, facts=to_builtins(facts))
        of = (
            wanted_rebase(goal)
            if laid is not None or goal.ended_at is None
            else f"{goal.id}@{goal.ended_at.isoformat()}"
        )
        seen = " unseen" if report.unseen else ""  # told again once it can be looked at
        await self._notifier.send_once(notice, goal.id, Cause(f"report:{of}{seen}"))

    async def _finish(self, goal_id: GoalId) -> None:
        self._asked.pop(goal_id, None)
        if await self._once(goal_id, self.finish(goal_id), f"goal {goal_id} could not be closed"):
            goal = await self._ledger.goal(goal_id)
            if wanted_rebase(goal) is not None:  # it was asked for meanwhile
                self.hear(goal)

    async def _look(self, goal_id: GoalId, number: TaskNumber) -> None:
        """See what a model left behind, and have the person told."""
        fault = f"what was left in goal {goal_id} could not be seen"
        if await self._once(goal_id, self._note_left(goal_id, number), fault):
            self.hear(await self._ledger.goal(goal_id))  # there may be something else to tell

    async def _note_left(self, goal_id: GoalId, number: TaskNumber) -> None:
        left = await (await self._workbench.get()).left_behind(goal_id, number)
        await self._ledger.change(goal_id, left_over(number, left), Cause(f"left:{goal_id}.{number}"))

    async def _ask(self, goal: Goal, state: str) -> None:
        """Put the question about tests that were changed."""
        fault = f"the changed tests of goal {goal.id} could not be shown"
        if await self._once(goal.id, self._show_flagged(goal.id, state, _asks(goal, state)), fault):
            self._asked[goal.id] = _asks(goal, state)
            self.hear(await self._ledger.goal(goal.id))  # it may have ended meanwhile

    async def _show_flagged(self, goal_id: GoalId, state: str, question: Cause) -> None:
        if await self._ledger.led_to(question) is not None:
            return  # an earlier run has put it
        await self._ledger.change(goal_id, found_flagged(state), Cause(f"kept:{question}"))
        flagged = await (await self._workbench.get()).flagged(goal_id)
        goal = await self._ledger.goal(goal_id)
        if flagged.changes and goal.chat is not None and not goal.has_ended:
            facts: JsonObject = {"flagged": to_builtins(flagged)}
            notice = Notice(kind=NoticeKind.CODE_FLAGGED, chat=goal.chat, goal=goal.id, facts=facts)
            await self._notifier.send_once(notice, goal.id, question)

    async def _once(self, goal_id: GoalId, work: Awaitable[None], fault: str) -> bool:
        """Whether it could be done. What could not is for the monitor's next round."""
        try:
            await work
        except (EngineError, OSError) as error:
            logger.warning("%s: %s", fault, error)
            return False
        finally:
            self._busy.discard(goal_id)
        return True


async def around(bench: Workbench, goal: GoalId) -> tuple[BaseStanding | None, WayOut | None]:
    """How the branch stands to its base, and where it may go; None for what can't be told, or may not be."""
    try:
        return await bench.standing(goal), await bench.way_out(goal)
    except EngineError:  # the branch or its base has gone, or the repository was moved
        return None, None


async def _laid(bench: Workbench, goal: GoalId) -> LaidOnBase:
    """What came of laying the branch on its base; what may come right by itself is for the monitor's next round."""
    try:
        return await bench.rebase(goal)
    except (TemporaryError, ResourceBlocked):
        raise
    except (RefusedError, WorkError) as error:
        return LaidOnBase(fault=str(error))


def _flagged_in(goal: Goal) -> str:
    """The newest state in which a proof that failed found changed tests; empty for none."""
    for task in goal.tasks.values():
        if task.work == PROVE and task.status is not TaskStatus.COMPLETED:
            found = brought(task)
            if found.get("flagged") and (state := found.get("state")):
                return str(state)
    return flagged_state(goal)


def _asks(goal: Goal, state: str) -> Cause:
    """The question about that state, which is put once; and again when the goal is resumed, if nobody has answered."""
    since = goal.resumed_at.isoformat() if goal.resumed_at is not None else ""
    return Cause(f"flagged:{goal.id}:{state}@{since}")
