"""All that can be asked of a goal, one method each. The chat and programs go through the same ones.

Each takes the cause it comes from, so that a repeat does nothing, and returns the newest goal. Raises `NotFoundError`,
`RefusedError`, `InvalidInputError` or `StoreError`; nothing was changed then.
"""

import datetime as dt
import itertools
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from engine import events as e
from engine.absences import Absence, known_at_first
from engine.blockages import FITTING_STRATEGIES, BlockageKind, Strategy
from engine.clock import Clock
from engine.decisions import Creation, Decision, Moment
from engine.errors import InvalidInputError, NotFoundError, RefusedError
from engine.execution import adaptation, blocking, claims, closed_ways, goal_decisions, lost_resources, task_decisions
from engine.execution.carrying_over import carrying_over
from engine.execution.task_decisions import Judging
from engine.goals import Goal, GoalStatus, ParentTask, Priority
from engine.intake import (
    checked_criteria,
    checked_deadline,
    checked_metadata,
    checked_name,
    checked_priority,
    checked_text,
)
from engine.kept_plan import choice_of, drafted
from engine.ledger import Ledger
from engine.passing_facts import told
from engine.plans import AdaptationNeed, Trigger
from engine.ports import Queries
from engine.proposals import picked_alternative, stored_repair
from engine.values import BootId, Cause, ChatId, GoalId, JsonObject, TaskNumber, UserId
from engine.work.measuring import judge_measure
from engine.work.registry import WorkRegistry


class Unchanged:
    """Marks what an edit leaves as it is, where None means «none»."""


UNCHANGED: Final = Unchanged()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a goal comes from."""

    chat: ChatId | None = None  # None for a program's goal
    thread: int | None = None  # the topic of the chat; None outside topics
    owner: UserId | None = None  # None for a program's goal
    parent: ParentTask | None = None  # None for a goal of its own
    cause: Cause | None = None  # None for a fresh one


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalEdit:
    """New values for what can be edited; None (for the deadline `UNCHANGED`) leaves a thing as it is."""

    name: str | None = None
    description: str | None = None
    criteria: tuple[str, ...] | None = None
    priority: int | None = None
    deadline: dt.datetime | None | Unchanged = field(default=UNCHANGED)
    known: JsonObject = field(default_factory=dict)
    """What is known of the goal now, beside what was: by the names that method libraries have for it."""
    known_until: Mapping[str, dt.datetime] = field(default_factory=dict)
    """When what is `known` is over, aware, by its name; what is not named here holds until somebody says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What a person or program said of a new goal, checked."""

    name: str
    description: str
    criteria: tuple[str, ...]
    priority: Priority
    deadline: dt.datetime | None  # None for no deadline
    metadata: JsonObject


def _creation(wanted: _Wanted, origin: Origin) -> Creation:
    def create(goal_id: GoalId, moment: Moment) -> e.GoalCreated:
        return e.GoalCreated(
            goal=Goal(
                id=goal_id,
                name=wanted.name,
                description=wanted.description,
                criteria=wanted.criteria,
                priority=wanted.priority,
                deadline=wanted.deadline,
                metadata=wanted.metadata,
                chat=origin.chat,
                thread=origin.thread,
                owner=origin.owner,
                parent=origin.parent,
                status=GoalStatus.DRAFT if origin.chat is None else GoalStatus.PLANNING,
                created_at=moment.now,
                updated_at=moment.now,
            )
        )

    return create


_CUT_OFF: Final = frozenset(
    {"running", *map(e.event_name, (e.AttemptLost, e.TaskReset, e.TaskSkipped, e.TaskSuperseded))}
)
"""Ends of attempts that say nothing about how far they came."""


def _blockage_named(name: GoalId | str) -> tuple[GoalId, int]:
    goal, _, number = str(name).partition(":")
    if not goal.isdecimal() or not number.isdecimal():
        raise NotFoundError("blockage", name)
    return GoalId(int(goal)), int(number)


class GoalCommands:
    """The commands. `AutonomousGoalExecutor` adds what runs."""

    def __init__(
        self, ledger: Ledger, queries: Queries, registry: WorkRegistry, clock: Clock, judging: Judging
    ) -> None:
        self.ledger = ledger
        self.queries = queries
        self.clock = clock
        self.registry = registry
        self._boot = BootId(secrets.token_hex(4))
        self._judging = judging
        self._calls = itertools.count(1)

    def _fresh_cause(self) -> Cause:
        return Cause(f"call:{self._boot}:{next(self._calls)}")

    async def _change(self, goal_id: GoalId, decision: Decision, cause: Cause | None) -> Goal:
        once = cause is not None
        decided = await self.ledger.change(goal_id, decision, cause or self._fresh_cause(), once=once)
        return decided.goal

    async def goal(self, goal_id: GoalId) -> Goal:
        """The newest value of a goal. Raises `NotFoundError`."""
        return await self.ledger.goal(goal_id)

    async def set_goal(  # noqa: PLR0913, PLR0917 - the mission names these; where it comes from is grouped in `origin`
        self,
        goal_name: str,
        description: str | None = "",
        success_criteria: Iterable[str] | None = (),
        priority: int = Priority.NORMAL,
        deadline: dt.datetime | None = None,
        metadata: JsonObject | None = None,
        *,
        origin: Origin | None = None,
    ) -> GoalId:
        """A new goal; returns its id.

        `deadline` aware, or naive local time. A chat's goal is planned at once and its plan comes as a notice; a
        program asks for the plan with `decompose_goal`. Raises `InvalidInputError`.
        """
        origin, name, said = origin or Origin(), checked_name(goal_name), checked_metadata(metadata)
        wanted = _Wanted(
            name=name,
            description=checked_text("description", description),
            criteria=checked_criteria(success_criteria),
            priority=checked_priority(priority),
            deadline=checked_deadline(deadline, self.clock.now()),
            metadata={**await self._told_away(origin), **await self._place_of(name, said, origin), **said},
        )
        decided = await self.ledger.create(_creation(wanted, origin), origin.cause or self._fresh_cause())
        return decided.goal.id

    async def _told_away(self, origin: Origin) -> JsonObject:
        """What the person said is away before they set a goal holds for it as well."""
        if origin.chat is None:
            return {}
        return known_at_first(await self.queries.told_away(origin.chat, origin.owner), self.clock.now())

    async def _place_of(self, name: str, said: JsonObject, origin: Origin) -> JsonObject:
        """Where a goal is to be worked on, if that goes without saying."""
        return {}

    async def edit_goal(self, goal_id: GoalId, edit: GoalEdit, *, cause: Cause | None = None) -> Goal:
        """Change wording, criteria, priority or deadline. The plan follows: anew before the start, else repaired."""
        now = self.clock.now()
        name = checked_name(edit.name) if edit.name is not None else None
        description = checked_text("description", edit.description) if edit.description is not None else None
        criteria = checked_criteria(edit.criteria) if edit.criteria is not None else None
        priority = checked_priority(edit.priority) if edit.priority is not None else None
        until = edit.deadline if isinstance(edit.deadline, Unchanged) else checked_deadline(edit.deadline, now)

        def decide(goal: Goal, moment: Moment) -> list[e.Event]:
            change = e.GoalEdited(
                name=goal.name if name is None else name,
                description=goal.description if description is None else description,
                criteria=goal.criteria if criteria is None else criteria,
                priority=goal.priority if priority is None else priority,
                deadline=goal.deadline if isinstance(until, Unchanged) else until,
                metadata=checked_metadata(told(goal.metadata, edit.known, edit.known_until)) if edit.known else None,
            )
            return closed_ways.known_anew(goal, change, moment)

        return await self._change(goal_id, decide, cause)

    async def start_goal(self, goal_id: GoalId, version: int | None = None, *, cause: Cause | None = None) -> Goal:
        """Adopt the plan: nothing runs before. `version` is that of the plan the person saw; None takes the newest."""
        return await self._change(goal_id, goal_decisions.adopt(version), cause)

    async def pick_alternative(self, goal_id: GoalId, version: int, place: int, *, cause: Cause | None = None) -> Goal:
        """Take another plan than the one proposed: the alternative at `place` (from 1) of the plan of `version`, with
        what was changed by hand in that."""
        goal = await self.goal(goal_id)
        plan = picked_alternative(await choice_of(self.queries, goal, version), place)
        picked = carrying_over(goal_decisions.plan_picked(plan, version), await drafted(self.queries, goal))
        return await self._change(goal_id, picked, cause)

    async def add_task(self, goal_id: GoalId, title: str, *, cause: Cause | None = None) -> Goal:
        """One more task for a person, at the end of the plan."""
        return await self._change(goal_id, goal_decisions.add_task(checked_name(title)), cause)

    async def drop_task(self, goal_id: GoalId, number: int, *, cause: Cause | None = None) -> Goal:
        """Take a task out of the plan; those behind it wait for what it waited for."""
        return await self._change(goal_id, goal_decisions.drop_task(number), cause)

    async def reword_task(self, goal_id: GoalId, number: int, title: str, *, cause: Cause | None = None) -> Goal:
        """Say a task in other words."""
        return await self._change(goal_id, goal_decisions.reword_task(number, checked_name(title)), cause)

    async def move_task(self, goal_id: GoalId, number: int, place: int, *, cause: Cause | None = None) -> Goal:
        """Show and prefer a task at another place, counted from 1."""
        return await self._change(goal_id, goal_decisions.move_task(number, place), cause)

    async def pause_goal(self, goal_id: GoalId, reason: str = "", *, cause: Cause | None = None) -> Goal:
        """Start nothing more; what runs is finished."""
        return await self._change(goal_id, goal_decisions.pause(checked_text("reason", reason)), cause)

    async def resume_goal(self, goal_id: GoalId, reason: str = "", *, cause: Cause | None = None) -> Goal:
        """Let a paused goal go on; the reason is kept in the log."""
        return await self._change(goal_id, goal_decisions.resume(checked_text("reason", reason)), cause)

    async def cancel_goal(self, goal_id: GoalId, reason: str = "", *, cause: Cause | None = None) -> Goal:
        """Call a goal off, with its sub-goals."""
        return await self._change(goal_id, goal_decisions.cancel(checked_text("reason", reason)), cause)

    async def fail_goal(self, goal_id: GoalId, reason: str = "", *, cause: Cause | None = None) -> Goal:
        """Give a goal up by hand."""
        text = checked_text("reason", reason) or "given up by hand"
        return await self._change(goal_id, goal_decisions.fail(text), cause)

    async def reopen_goal(self, goal_id: GoalId, reason: str = "", *, cause: Cause | None = None) -> Goal:
        """Take an ended goal up again: failed tasks get fresh attempts, a passed deadline is taken away.

        A task that its end cut off and that must not run twice becomes a blockage, which asks how far it came.
        """
        text = checked_text("reason", reason)
        return await self._change(goal_id, goal_decisions.reopen(text, await self._cut_off(goal_id)), cause)

    async def miss_resource(self, goal_id: GoalId, name: str, absence: Absence, *, cause: Cause | None = None) -> Goal:
        """A resource is away: what needs it and has not begun waits until it is expected back, or is done without."""
        back = absence.until.astimezone(dt.UTC) if absence.until is not None else None
        return await self._change(goal_id, lost_resources.away(name, replace(absence, until=back)), cause)

    async def regain_resource(self, goal_id: GoalId, name: str, *, cause: Cause | None = None) -> Goal:
        """A resource is back: what waited for it may go on."""
        return await self._change(goal_id, lost_resources.back(name), cause)

    async def request_adaptation(
        self, goal_id: GoalId, reason: str, deviation: float = 0.0, *, cause: Cause | None = None
    ) -> Goal:
        """Ask for another plan version; a job makes it."""
        text = checked_text("reason", reason) or "asked for"
        since = self.clock.now()
        need = AdaptationNeed(reason=text, trigger=Trigger.REQUESTED, deviation=deviation, since=since)
        return await self._change(goal_id, adaptation.request(need), cause)

    async def accept_repair(self, goal_id: GoalId, version: int, *, cause: Cause | None = None) -> Goal:
        """Approve the larger plan that was proposed."""
        stored = await self.queries.plan(goal_id, version)
        if stored is None:
            raise RefusedError("closed_proposal", "that proposal is no longer open")
        repair, need = stored_repair(stored)
        return await self._change(goal_id, adaptation.accepted(repair, need, version), cause)

    async def reject_repair(self, goal_id: GoalId, version: int, *, cause: Cause | None = None) -> Goal:
        """Keep the plan as it is."""
        return await self._change(goal_id, adaptation.rejected(version), cause)

    async def complete_task(self, goal_id: GoalId, number: int, note: str = "", *, cause: Cause | None = None) -> Goal:
        """A person did it."""
        return await self.complete_tasks(goal_id, [number], note, cause=cause)

    async def complete_tasks(
        self, goal_id: GoalId, numbers: Collection[int], note: str = "", *, cause: Cause | None = None
    ) -> Goal:
        """A person did all of them; where one of them can't be said to be done, none is."""
        text = checked_text("note", note)
        each = (task_decisions.done_by_person(number, text) for number in numbers)
        return await self._change(goal_id, task_decisions.in_one_go(each), cause)

    async def count_task(self, goal_id: GoalId, number: int, count: int, *, cause: Cause | None = None) -> Goal:
        """So many steps of a counted task are done by now; reaching the target completes it."""
        return await self._change(goal_id, task_decisions.counted(number, count), cause)

    async def report_measure(self, goal_id: GoalId, number: int, value: float, *, cause: Cause | None = None) -> Goal:
        """The number that a `measure` task asks for."""

        def decide(goal: Goal, moment: Moment) -> list[e.Event]:
            outcome = judge_measure(goal.task(number), value)
            return list(task_decisions.measured(number, outcome, self._judging.threshold)(goal, moment))

        return await self._change(goal_id, decide, cause)

    async def choose(self, goal_id: GoalId, number: int, option: str, *, cause: Cause | None = None) -> Goal:
        """Pick an option of a `decide` task."""
        return await self._change(goal_id, task_decisions.chosen(number, option), cause)

    async def skip_task(self, goal_id: GoalId, number: int, why: str = "", *, cause: Cause | None = None) -> Goal:
        """Leave a task out."""
        return await self.skip_tasks(goal_id, [number], why, cause=cause)

    async def skip_tasks(
        self, goal_id: GoalId, numbers: Collection[int], why: str = "", *, cause: Cause | None = None
    ) -> Goal:
        """Leave all of them out, or none where one of them can't be."""
        text = checked_text("reason", why)
        each = (task_decisions.skipped(number, text) for number in numbers)
        return await self._change(goal_id, task_decisions.in_one_go(each), cause)

    async def restore_task(self, goal_id: GoalId, number: int, *, cause: Cause | None = None) -> Goal:
        """Take a skip back. What was cut off by it and must not run twice is asked about first."""
        return await self.restore_tasks(goal_id, [number], cause=cause)

    async def restore_tasks(self, goal_id: GoalId, numbers: Collection[int], *, cause: Cause | None = None) -> Goal:
        """Take several skips back in one go; those that were taken back already are left alone."""
        return await self._change(goal_id, task_decisions.restored(numbers, await self._cut_off(goal_id)), cause)

    async def _cut_off(self, goal_id: GoalId) -> frozenset[TaskNumber]:
        """Tasks whose newest attempt ended without a word of its own, and whose work must not run twice unasked."""
        tasks = (await self.goal(goal_id)).tasks
        newest = {row.task: row.result for row in await self.queries.attempts(goal_id)}
        return frozenset(
            number
            for number, result in newest.items()
            if result in _CUT_OFF and number in tasks and not self.registry.is_repeatable(tasks[number].work)
        )

    async def retry_task(self, goal_id: GoalId, number: int, *, cause: Cause | None = None) -> Goal:
        """Try a failed or blocked task again."""
        return await self._change(goal_id, task_decisions.retried(number), cause)

    async def postpone_task(
        self, goal_id: GoalId, number: int, until: dt.datetime, *, cause: Cause | None = None
    ) -> Goal:
        """Later: be reminded then."""
        return await self._change(goal_id, task_decisions.postponed(number, until.astimezone(dt.UTC)), cause)

    async def report_problem(self, goal_id: GoalId, number: int, text: str, *, cause: Cause | None = None) -> Goal:
        """A person says why a task can't go on."""
        said = checked_text("problem", text) or "there is a problem"
        return await self._change(goal_id, claims.refused(number, said, self._judging), cause)

    async def put_off_blockage(
        self, goal_id: GoalId, number: int, answer: str, until: dt.datetime, *, cause: Cause | None = None
    ) -> Goal:
        """Something is in the way until then, as `answer` says; its task goes on by itself at that moment."""
        text = checked_text("answer", answer)
        return await self._change(goal_id, blocking.put_off(number, text, until.astimezone(dt.UTC)), cause)

    async def resolve_blockage(self, blockage_id: str, answer: str = "", *, cause: Cause | None = None) -> Goal:
        """A blockage is gone, perhaps with the information that was asked for.

        `blockage_id` is what `get_goal_status` tells: `"7:1"` is the first of goal 7.
        """
        goal_id, which = _blockage_named(blockage_id)
        return await self._change(goal_id, closed_ways.resolved(which, checked_text("answer", answer)), cause)

    async def add_note(self, goal_id: GoalId, note: str, *, cause: Cause | None = None) -> Goal:
        """Keep an observation with the progress."""
        text = checked_text("note", note)
        if not text:
            raise RefusedError("empty_note", "there is nothing to note")
        return await self._change(goal_id, goal_decisions.note(text), cause)

    async def set_strategy(
        self, goal_id: GoalId, kind: BlockageKind, strategy: Strategy, *, cause: Cause | None = None
    ) -> Goal:
        """From now on meet blockages of a kind in this way. Raises `InvalidInputError` for one that does not fit."""
        if strategy not in FITTING_STRATEGIES[kind]:
            fitting = ", ".join(FITTING_STRATEGIES[kind])
            raise InvalidInputError(
                "strategy", f"«{strategy}» does nothing about {kind} blockages", f"one of {fitting}"
            )
        return await self._change(goal_id, goal_decisions.set_strategy(kind, strategy), cause)
