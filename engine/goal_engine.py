"""The loops that carry goals on: the ledger's writer, attempts, jobs, wake-ups and the monitor, behind the commands."""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace

from engine.agents.accounts import Accounts
from engine.agents.conversation.turns import TurnRunner
from engine.agents.runs.approvals import Approvals
from engine.clock import Clock
from engine.code_commands import CodeCommands
from engine.errors import EngineError
from engine.execution.attempts import AttemptRunner
from engine.execution.claims import Judge
from engine.execution.dispatching import Dispatcher
from engine.execution.jobs import JobRunner
from engine.execution.ranking import ReadyQueue
from engine.execution.resources import Stock
from engine.execution.stocktaking import living, take_stock
from engine.execution.task_decisions import Judging, attempt_lost, came_due
from engine.execution.timing import goal_due, parse_subject
from engine.goals import Goal
from engine.ledger import Ledger
from engine.options import Options, Stores
from engine.planning.forecasting.model import Forecast
from engine.ports import Planner
from engine.proactive.agent import Outlets, Proactive
from engine.proactive.surroundings import Surroundings
from engine.records import Wakeup
from engine.reporting.digests import Digest, digest_of
from engine.reporting.forecasts import Forecaster, ForecastSources, Means
from engine.reporting.monitor import Monitor
from engine.reporting.notifier import Notifier
from engine.tasks import TaskStatus
from engine.values import Cause, ChatId, GoalId, TaskNumber
from engine.work.registry import WorkRegistry

logger = logging.getLogger(__name__)

MOST_DUE = 500
"""Wake-ups served in one pass."""
LONGEST_SLEEP = 60.0
"""Real seconds after which due moments are looked up again even if nothing was said, so that a wall clock that was set
ahead, or a wake-up somebody else wrote, is noticed."""
PAGE = 200
MOST_FORESEEN = 20
"""Goals of which a digest tells when they will be done."""


def _judging(options: Options, registry: WorkRegistry) -> Judging:
    return Judging(
        retry=replace(options.retry, most_attempts=options.max_retries),
        threshold=options.adaptation_threshold,
        resource_wait=options.monitoring_interval,
        patient=registry.patient(),
        is_repeatable=registry.is_repeatable,
    )


class GoalEngine(CodeCommands):
    """Commands plus the loops: the ledger's writer, attempts, jobs, wake-ups and the monitor."""

    def __init__(
        self, stores: Stores, clock: Clock, registry: WorkRegistry, planner: Planner, options: Options | None = None
    ) -> None:
        options = options or Options()
        judging = _judging(options, registry)
        ledger = Ledger(stores.ledger, clock)
        super().__init__(ledger, stores.queries, registry, clock, judging)
        self.options, self.files, self._stopping = options, stores.files, False
        self.accounts = self._account(stores, options)
        self._set_up_code_work(stores, options)
        self.notifier = Notifier(stores.outbox, stores.conversations, clock)
        self._group: asyncio.TaskGroup | None = None  # None while it does not run
        self._due, self._serving = asyncio.Event(), asyncio.Lock()
        self._attempts = AttemptRunner(
            ledger=ledger,
            registry=registry,
            clock=clock,
            judging=judging,
            task_timeout=options.task_timeout,
            spawn=self._spawn,
        )
        self._jobs = JobRunner(
            ledger=ledger,
            planner=planner,
            queries=stores.queries,
            registry=registry,
            clock=clock,
            conversations=stores.conversations,
            zone=options.zone,
            spawn=self._spawn,
            judging=judging,
        )
        self.approvals = Approvals(stores.runs, ledger, clock)
        self.turns = self._converse(stores)
        self._dispatcher = self._dispatch_by(options.workers, Stock(capacities=options.resources))
        ledger.obey(self._dispatcher)
        self.forecaster = self._foresee(stores, Means(workers=options.workers, resources=options.resources))
        self._monitor = Monitor(ledger, self.forecaster, registry, clock)
        self.proactive = self._notice(stores)

    def _converse(self, stores: Stores) -> TurnRunner:
        turns = TurnRunner(stores.conversations, self.clock, self._spawn)
        self.approvals.on_turn = turns.ring
        return turns

    def _notice(self, stores: Stores) -> Proactive:
        self._announce_code_work(self.notifier)
        surroundings = Surroundings(
            commands=self,
            forecaster=self.forecaster,
            free_hands=lambda: self.options.workers - len(self._attempts.active),
            patient=self._judging.patient,
        )
        outlets = Outlets(
            findings=stores.findings,
            conversations=stores.conversations,
            clock=self.clock,
            tells=not self.options.only_driven,
        )
        self.ledger.watchers.append(lambda goal: self.proactive.stir([goal.id]))
        return Proactive(self, surroundings, outlets)

    def _account(self, stores: Stores, options: Options) -> Accounts:
        return Accounts(
            find_goal=self.goal,
            conversations=stores.conversations,
            spending=stores.spending,
            clock=self.clock,
            allowances=options.allowed,
            zone=options.zone,
        )

    def _foresee(self, stores: Stores, means: Means) -> Forecaster:
        sources = ForecastSources(
            queries=stores.queries,
            conversations=stores.conversations,
            find_goal=self.goal,
            clock=self.clock,
            school=stores.school,
        )
        return Forecaster(sources, means)

    def _dispatch_by(self, workers: int, stock: Stock) -> Dispatcher:
        dispatcher = Dispatcher(
            clock=self.clock,
            boot=self._boot,
            workers=workers,
            judging=self._judging,
            attempts=self._attempts,
            jobs=self._jobs,
            on_due=self.tick,
            on_suspended=self.approvals.ring,
            stock=stock,
            queue=ReadyQueue(stock),
            only_driven=self.options.only_driven,
        )
        self._jobs.serves, self._jobs.informed = dispatcher.serves_jobs, self._known_of_repository
        return dispatcher

    def _judge(self, judging: Judging) -> None:
        """Judge attempts like this from now on."""
        self._judging = self._attempts.judging = self._dispatcher.judging = self._jobs.judging = judging

    @property
    def planner(self) -> Planner:
        """Who plans without a model."""
        return self._jobs.planner

    def reason_with(self, planner: Planner, judge: Judge) -> None:
        """Have a model's help from now on: `planner` plans with it, `judge` judges what only words can check."""
        self._jobs.reasoned, self._jobs.judge = planner, judge

    # -- running ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Carry goals on until `stop`. What an earlier run left under way is taken up first."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            group.create_task(self.ledger.run(), name="ledger")
            await self.recover()
            if not self._stopping:
                group.create_task(self._keep_time(), name="wake-ups")
                group.create_task(self.proactive.run(), name="proactive")
                group.create_task(self.approvals.run(), name="approvals")

    async def recover(self) -> None:
        """Give back leases of runs that are over, take up ready tasks and unfinished jobs."""
        await take_stock(self._dispatcher, self.ledger, self.queries)
        for goal_id, number, boot in await self.queries.leased():
            if boot != self._boot:
                await self._lose(goal_id, number)
        await self._look_at_money()
        for ready in await self.queries.ready(self.clock.now(), 10_000):
            goal = await self.ledger.goal(ready.goal)
            self._dispatcher.look_at(goal)
        for goal_id in await self.queries.with_jobs():
            self._jobs.take_up(await self.ledger.goal(goal_id))
        self.turns.ring()
        self.ledger.nudge()

    async def stop(self, grace: float = 3.0) -> None:
        """Start nothing more, let attempts finish for `grace` real seconds, give leases back, close the ledger."""
        self._stopping = True
        self.proactive.close()
        self.approvals.close()
        self._dispatcher.stop_claiming()
        await self.ledger.rest()  # the batch under way may still begin attempts
        await self.turns.stop()
        await self._jobs.stop()
        aside = [self.announcer.stop(grace)] if self.announcer is not None else []
        trials = [self.trials.stop()] if self.trials is not None else []
        await asyncio.gather(self._attempts.stop(grace), *aside, *trials)
        self.ledger.close()
        self._due.set()

    def watch(self, callback: Callable[[Goal], None]) -> None:
        """Call back with the new value of each goal that a commit changed. A hint: it may be missed at a crash."""
        self.ledger.watchers.append(callback)

    async def is_idle(self) -> bool:
        """Whether nothing is queued, running or due right now."""
        if not self._is_still:
            return False
        due = await self.queries.next_due()
        return self._is_still and (due is None or due > self.clock.now())  # something may have begun meanwhile

    @property
    def _is_still(self) -> bool:
        is_busy = self._attempts.active or self._jobs.active or self._dispatcher.has_startable
        is_still = self.ledger.is_idle and self.turns.is_idle and self.approvals.is_idle
        return is_still and not is_busy and self._code_is_still

    def _spawn(self, work: Coroutine[None, None, None], *, name: str) -> "asyncio.Task[None]":
        try:
            if self._group is not None:
                return self._group.create_task(work, name=name)
        except RuntimeError:  # a run that was cancelled lets nothing more begin
            pass
        work.close()
        raise EngineError("the engine does not run")

    def _do_aside(self, work: Coroutine[None, None, None], name: str) -> "asyncio.Task[None] | None":
        if self._stopping:
            work.close()  # the monitor of a later run finds it
            return None
        try:
            return self._spawn(work, name=name)
        except EngineError:
            return None

    # -- time ---------------------------------------------------------------------------------------------------

    @property
    def is_stopping(self) -> bool:
        """Whether `stop` was asked for."""
        return self._stopping

    def tick(self) -> None:
        """Look for due wake-ups now."""
        self._due.set()

    async def _keep_time(self) -> None:
        while not self._stopping:
            self._due.clear()
            try:
                due = await self.serve_wakeups()
            except EngineError as error:
                logger.error("wake-ups could not be served: %s", error)
                due = None
            wait = LONGEST_SLEEP
            if due is not None:
                wait = min(max((due - self.clock.now()).total_seconds() / self.clock.speed, 0.01), LONGEST_SLEEP)
            try:
                async with asyncio.timeout(wait):
                    await self._due.wait()
            except TimeoutError:
                continue

    async def serve_wakeups(self) -> dt.datetime | None:
        """One pass over all wake-ups that are due; returns when the next one is, None when there is none.

        One pass at a time: the second of two would find the first one's rows and that nothing comes of them.
        """
        async with self._serving:
            return await self._serve_due()

    async def _serve_due(self) -> dt.datetime | None:
        """The pass itself; None when no wake-up is left."""
        while True:
            due = await self.queries.due(self.clock.now(), MOST_DUE)
            if not due:
                return await self.queries.next_due()
            served = await asyncio.gather(*(self._serve(wakeup) for wakeup in due))
            if not any(served):
                # rows that nothing answers to must not turn this into a busy loop
                logger.warning("%d wake-ups are due but nothing came of them", len(due))
                return self.clock.now() + dt.timedelta(seconds=LONGEST_SLEEP * self.clock.speed)

    async def _serve(self, wakeup: Wakeup) -> bool:
        cause = Cause(f"wakeup:{wakeup.subject}@{wakeup.at.isoformat()}")
        try:
            goal_id, number = parse_subject(wakeup.subject)
            decision = goal_due if number is None else came_due(number)
            return bool((await self.ledger.change(goal_id, decision, cause)).events)
        except (EngineError, ValueError) as error:
            logger.error("wake-up %s failed: %s", wakeup.subject, error)
            return False

    # -- monitor ------------------------------------------------------------------------------------------------

    async def look_after_goals(self) -> None:
        """One round of the monitor over all living goals: leases that ran out, work that nobody does, time."""
        for goal_id, number, boot in await self.queries.leased():
            held = self._attempts.active.get((goal_id, number))
            if boot == self._boot and held is not None:
                goal = await self.ledger.goal(goal_id)
                lease = goal.task(number).lease
                if lease is None or lease.until > self.clock.now():
                    continue
            await self._lose(goal_id, number)
        await self.lift_what_can_be_paid()
        self.approvals.ring()
        self.tick()
        await self._look_after_code()
        await self._monitor.look(self._taken_up())

    async def _taken_up(self) -> AsyncIterator[Goal]:
        """All living goals, one by one: what is ready in each is begun."""
        async for page in living(self.queries):
            for goal_id in page:
                goal = await self.ledger.goal(goal_id)
                self._dispatcher.look_at(goal)
                self._jobs.take_up(goal)
                self.proactive.stir([goal_id])
                yield goal
            self.ledger.nudge()

    async def _look_at_money(self) -> None:
        """At the start: calls that a kill cut off count as their estimate, and budgets may be larger than before."""
        if lost := await self.accounts.spending.orphaned(self._boot):
            logger.warning("calls of models that were cut off: %d; each counts as the most it could take", lost)
        await self.lift_what_can_be_paid()

    async def _lose(self, goal_id: GoalId, number: TaskNumber) -> None:
        """An attempt is over without a result."""
        try:
            task = (await self.ledger.goal(goal_id)).task(number)
            if task.status is TaskStatus.RUNNING and task.lease is not None:
                decision = attempt_lost(number, task.lease, repeatable=self._attempts.is_repeatable(task))
                cause = Cause(f"lost:{goal_id}.{number}#{task.lease.attempt}")
                await self.ledger.change(goal_id, decision, cause)
        except EngineError as error:
            logger.error("a lost attempt could not be taken back: %s", error, extra={"goal": goal_id, "task": number})

    async def family(self, goal_id: GoalId) -> list[Goal]:
        """A goal and all goals that serve it, itself first. Raises `NotFoundError`."""
        found = [await self.goal(goal_id)]
        for one in found:  # grows while it is gone through
            if any(task.work == "subgoal" for task in one.tasks.values()):
                found += [await self.goal(child) for child in await self.queries.children(one.id)]
        return found

    async def digest(self, chat: ChatId, since: dt.datetime) -> Digest:
        """The digest of a chat, as values."""
        goals: list[Goal] = []
        for ended in (False, True):
            offset = 0
            while rows := await self.queries.goals_of(chat, ended=ended, offset=offset, limit=PAGE):
                fresh = [row for row in rows if not ended or row.updated_at > since]
                for row in fresh:
                    goals += await self.family(row.id)
                if ended and len(fresh) < len(rows):
                    break  # newest change first: the rest is older still
                offset += len(rows)
        digest = digest_of(chat, goals, since, self.clock.now(), await self._forecasts(goals))
        return replace(digest, findings=await self.proactive.worth_a_look(chat, goals))

    async def _forecasts(self, goals: Sequence[Goal]) -> Mapping[GoalId, Forecast]:
        """Forecasts of those goals of their own that are due first; a digest shows no more."""
        never = dt.datetime.max.replace(tzinfo=dt.UTC)
        own = sorted((g for g in goals if g.parent is None), key=lambda goal: (goal.deadline or never, goal.id))
        made = {goal.id: await self.forecaster.forecast(goal) for goal in own[:MOST_FORESEEN]}
        return {goal: found for goal, found in made.items() if found is not None}
