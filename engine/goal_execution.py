"""Carrying a goal on until it has ended or rests; `execute_goal` does so from the words to the end."""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from engine.clock import Clock
from engine.commands import Origin
from engine.coordination.crews import Crew
from engine.errands import TIMEOUT_MS, Errand, checked_timeout, read_errand
from engine.errors import RefusedError
from engine.execution.by_hand import take_up
from engine.execution.goal_decisions import start_planning
from engine.execution.motion import children_of, crew_goes_on, goes_on, next_move
from engine.goal_engine import PAGE, GoalEngine
from engine.goals import Goal, GoalStatus
from engine.intake import checked_name
from engine.options import Options, Stores
from engine.ports import Planner
from engine.records import Change
from engine.reporting.results import Circumstances, GoalResult, ResultStatus, result_of
from engine.values import GoalId, JsonObject
from engine.work.registry import WorkRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    """When whoever drives a family of goals is through with it."""

    rests: Callable[[Goal], bool]
    """Whether nothing is to be waited for in one goal of the family."""
    until: dt.datetime | None = None
    """The moment at which it is over anyway; None for as long as it takes."""


class GoalExecution(GoalEngine):
    """The engine, and the ways in which programs and people let it carry out a whole goal."""

    def __init__(
        self, stores: Stores, clock: Clock, registry: WorkRegistry, planner: Planner, options: Options | None = None
    ) -> None:
        super().__init__(stores, clock, registry, planner, options)
        self._drivers: Counter[GoalId] = Counter()
        self._taking_up = asyncio.Lock()
        self._bells: set[asyncio.Event] = set()

    async def execute_goal(
        self,
        goal_text: str,
        context: JsonObject | None = None,
        timeout_ms: float = TIMEOUT_MS,
        *,
        origin: Origin | None = None,
        ask_first: bool = False,
    ) -> GoalResult:
        """Carry out a goal end to end: set it, plan it, adopt the plan, run it; returns what came of it.

        `goal_text` may have more lines: criteria with bullets, `deadline: …`, `priority: …`. `context` is what the
        planner should know, such as `{"has_codebase": True, "language": "python"}`. It returns when the goal has
        ended, or what is left waits for a person or for a moment later than the timeout, or at the timeout. Time that
        waits for a person never counts: nobody waits for it here. Nothing is lost then: the goal stays as it is, and
        the same call with the same text and context goes on with it. At the timeout nothing new begins; what runs at
        that moment runs to its end, and counts, for cut off it might be half done, or be done twice.

        Asking for it adopts the plan and ends a pause; with `ask_first` a plan whose works can't be taken back waits
        for a yes, and a paused goal stays paused.
        `origin` is the chat it belongs to (None: a program's). Raises `InvalidInputError`.
        """
        seconds = checked_timeout(timeout_ms)
        began = self.clock.now()
        goal_id = await self.take_up_goal(goal_text, context, origin=origin, ask_first=ask_first)
        await self.carry_goal(goal_id, seconds - (self.clock.now() - began).total_seconds(), ask_first=ask_first)
        return await self.goal_result(goal_id, (self.clock.now() - began).total_seconds())

    async def take_up_goal(
        self,
        goal_text: str,
        context: JsonObject | None = None,
        *,
        origin: Origin | None = None,
        ask_first: bool = False,
    ) -> GoalId:
        """The goal that `execute_goal` would carry out: the living one of the same words, or a new one.

        The cause that `origin` names leads to the same goal for good, also once that has ended.
        """
        origin = origin or Origin()
        errand = read_errand(goal_text, context, self.clock.now(), self.options.zone)
        async with self._taking_up:  # two who say the same at once mean the same goal
            before = await self.ledger.led_to(origin.cause) if origin.cause is not None else None
            found = before if before is not None else await self._under_way(errand, origin)
            if found is not None:
                if origin.cause is not None:
                    await self._change(found, lambda goal, moment: [], origin.cause)
                return found
            said = errand.said
            return await self.set_goal(
                said.name,
                said.description,
                said.criteria,
                errand.priority,
                errand.deadline,
                errand.metadata(asks=ask_first),
                origin=origin,
            )

    async def _under_way(self, errand: Errand, origin: Origin) -> GoalId | None:
        """The newest living goal of the same chat that was set by the same words; None when there is none."""
        name, offset = checked_name(errand.said.name), 0
        while rows := await self.queries.goals_of(origin.chat, ended=False, offset=offset, limit=PAGE):
            for row in rows:
                if row.name == name and errand.is_that_of(await self.goal(row.id), origin.owner):
                    return row.id
            offset += len(rows)
        return None

    async def carry_goal(self, goal_id: GoalId, seconds: float, *, ask_first: bool = False) -> None:
        """Let a goal go on for so many seconds of the clock at most, until it has ended or rests.

        It rests when what is left waits for a person, or for a moment that lies behind the time given.
        """
        until = self.clock.now() + dt.timedelta(seconds=seconds)

        def rests(goal: Goal) -> bool:
            move = next_move(goal, self.clock.now())
            return move is None or move > until

        await self._set_off(goal_id, ask_first=ask_first)
        await self._carry(goal_id, _Rest(rests=rests, until=until))
        goal = await self.goal(goal_id)
        if goal.status is GoalStatus.PROPOSED and not self._stopping:  # planned for somebody who wanted to be asked
            await self._set_off(goal_id, ask_first=ask_first)
            await self._carry(goal_id, _Rest(rests=rests, until=until))

    async def _set_off(self, goal_id: GoalId, *, ask_first: bool) -> None:
        """Whatever still needs a word from whoever asked for the goal gets it. A pause outlasts `ask_first`."""
        goal = await self.goal(goal_id)
        with suppress(RefusedError):  # somebody else was quicker, or has ended it: what is, is told
            if goal.status is GoalStatus.DRAFT:
                await self._change(goal.id, start_planning, None)
            elif goal.status is GoalStatus.PROPOSED and not (ask_first and self._is_risky(goal)):
                await self.start_goal(goal.id)
            elif goal.status is GoalStatus.PAUSED and not ask_first:
                await self.resume_goal(goal.id)

    def _is_risky(self, goal: Goal) -> bool:
        return any(not self.registry.is_repeatable(task.work) for task in goal.live_tasks)

    async def goal_result(
        self, goal_id: GoalId, seconds: float = 0.0, cut: ResultStatus = ResultStatus.TIMEOUT
    ) -> GoalResult:
        """What has come of a goal by now; `cut` is the status in case that something could still go on."""
        goal, *serving = await self.family(goal_id)
        files = {one.id: await self.files.of(one.id) for one in (goal, *serving)}
        lacks = (*self.options.lacks, *await self.lacking_repository(goal))
        given = Circumstances(now=self.clock.now(), seconds=seconds, cut=cut, lacks=lacks, files=files)
        return result_of(goal, serving, given)

    async def _carry(self, goal_id: GoalId, rest: _Rest) -> None:
        """Drive a goal and its sub-goals until they rest."""
        driven: set[GoalId] = set()
        try:
            while await self._drive(goal_id, driven, rest):
                continue
        finally:
            self._let_go(driven)

    def _take_hold(self, goals: Collection[GoalId]) -> None:
        self._drivers.update(goals)
        self._dispatcher.driven.update(goals)

    def _let_go(self, goals: Collection[GoalId]) -> None:
        """Goals that nobody else drives run no more; two may drive the same one."""
        for goal in goals:
            self._drivers[goal] -= 1
            if not self._drivers[goal]:
                del self._drivers[goal]
        self._dispatcher.driven.intersection_update(self._drivers)  # sub-goals that nobody has looked at yet go, too

    async def stop(self, grace: float = 3.0) -> None:
        """As the engine stops; whoever drives a goal gets it back as it is."""
        await super().stop(grace)
        for bell in self._bells:
            bell.set()

    async def _drive(self, goal_id: GoalId, driven: set[GoalId], rest: _Rest) -> bool:
        """Wait until nothing goes on in the goal and its sub-goals (False), or until there are others (True)."""
        family = await self._family(goal_id)
        new = family.keys() - driven
        driven |= new
        self._take_hold(new)

        def may_end_it(change: Change) -> bool:
            goal = change.after
            return rest.rests(goal) or bool(children_of(goal.tasks[n] for n in change.tasks if n in goal.tasks))

        with self.ledger.listening(family, may_end_it) as changed, self._waking(changed, rest.until):
            while True:
                changed.clear()
                if self._is_over(rest):
                    return False
                goals = await self._family(goal_id)
                if not goals.keys() <= family.keys():
                    return True
                if all(rest.rests(goal) for goal in goals.values()):
                    return False
                if new:  # later on, each commit looks for what became ready
                    new = set()
                    for goal in goals.values():
                        self._dispatcher.look_at(goal)
                        self._jobs.take_up(goal)
                    self.ledger.nudge()
                await changed.wait()

    @contextmanager
    def _waking(self, bell: asyncio.Event, until: dt.datetime | None) -> Iterator[None]:
        """Within it the bell rings at a moment (None: at none) and when the engine stops."""
        alarm = self._spawn(self._ring(bell, until), name="timeout") if until is not None else None
        self._bells.add(bell)
        try:
            yield
        finally:
            self._bells.discard(bell)
            if alarm is not None:
                alarm.cancel()

    def _is_over(self, rest: _Rest) -> bool:
        return self._stopping or (rest.until is not None and self.clock.now() >= rest.until)

    async def _ring(self, bell: asyncio.Event, at: dt.datetime) -> None:
        """Ring when the moment has come, however the clock was set meanwhile."""
        while (left := (at - self.clock.now()).total_seconds()) > 0:
            await self.clock.sleep(left)
        bell.set()

    async def _family(self, goal_id: GoalId) -> dict[GoalId, Goal]:
        """The goal and all sub-goals that its tasks wait for."""
        found: dict[GoalId, Goal] = {}
        left = [goal_id]
        while left:
            goal = await self.goal(left.pop())
            found[goal.id] = goal
            left += children_of(goal.tasks.values())
        return found

    async def execute_parts(self, goal_id: GoalId, crew: Crew) -> None:
        """Have a crew do its share of a goal, until nothing of that goes on by itself.

        Adopts the plan if that was not done, and plans first if there is none. A goal that has ended stays as it is.
        Raises `RefusedError` where it is paused, or another crew is at work on it.
        """
        try:
            await self._execute_parts(goal_id, crew)
        finally:  # whoever else drives the goal goes on with all of it
            self._dispatcher.look_at(await self.goal(goal_id))
            self.ledger.nudge()

    async def _execute_parts(self, goal_id: GoalId, crew: Crew) -> None:
        def rests(goal: Goal) -> bool:
            known = self._attempts.crews.of(goal)  # of a goal that serves this one, it is known from here on
            return known is not None and not crew_goes_on(goal, known)

        with self._attempts.crews.at_work(goal_id, crew):
            goal = await self.goal(goal_id)
            if goal.status is GoalStatus.DRAFT:
                goal = await self._change(goal_id, start_planning, None)
            if goal.status is GoalStatus.PLANNING:
                await self._carry(goal_id, _Rest(rests=lambda one: one.status is not GoalStatus.PLANNING))
                goal = await self.goal(goal_id)
            if goal.has_ended or self._stopping:
                return
            await self._change(goal_id, take_up(crew.share, own_work=crew.function is not None), None)
            await self._carry(goal_id, _Rest(rests=rests))

    async def _run_to_rest(self, goal_id: GoalId) -> None:
        """Drive a goal for as long as something runs or will run by itself."""
        await self._carry(goal_id, _Rest(rests=lambda goal: not goes_on(goal)))
