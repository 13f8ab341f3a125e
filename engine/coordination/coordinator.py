"""The coordinator: agents in hierarchies, who do the parts of a goal side by side. `executor.coordinator` is one.

All that is done is done by the executor's own attempts: with their slots, leases and retries, in the ledger. Here is
only decided who does what, and what becomes of the results.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from engine.coordination.agents import AGENT, Agent, Hierarchy, check_names, hierarchy_of
from engine.coordination.crews import Crew
from engine.coordination.functions import Function, part_function
from engine.coordination.merging import Brought, Merged, digest_of, merged
from engine.coordination.results import ParallelResult, PartResult, parts_of, status_of
from engine.errors import InvalidInputError, NotFoundError, PermanentError
from engine.goal_execution import GoalExecution
from engine.goals import Goal
from engine.planning.learning.experience import doing_of_task
from engine.planning.learning.school import Lessons
from engine.ports import LedgerStore
from engine.tasks import LEFT_OUT_TASKS, Task, TaskStatus
from engine.values import GoalId, JsonValue, TaskId, TaskNumber, parse_task_id, task_id

logger = logging.getLogger(__name__)

Merger: TypeAlias = Callable[[Goal, Sequence[Brought], Merged], Awaitable[Merged]]
"""Reconciles results in words, beside what code has merged. Never raises what a model does wrong: it says so."""

READINGS = frozenset({"http_check", "command", "measure", "wait", "subgoal"})
"""Works whose results speak of themselves: what one command wrote contradicts no other's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What is to be executed, and by whom."""

    goal: GoalId
    crew: Crew
    lead: str


class Coordinator:
    """Hierarchies of agents, and the parts that they execute side by side."""

    def __init__(self, executor: GoalExecution, store: LedgerStore) -> None:
        self._executor = executor
        self._store = store
        self.merge_with: Merger | None = None
        """A model's help with merging; None where there is no model: results are merged by code alone."""

    async def create_hierarchy(
        self, name: str, num_workers: int | None = None, *, workers: Sequence[Agent] = ()
    ) -> Hierarchy:
        """A lead and workers, kept under the name: three that do whatever comes, `num_workers` of them, or `workers`.

        Made again with the same name it is the same; with other workers these take their place, and what each agent has
        done before stays known. Raises `InvalidInputError`.
        """
        wanted = hierarchy_of(name, num_workers, workers)
        there = await self.hierarchies()
        check_names(wanted, there)
        if wanted not in there:
            await self._store.save_hierarchy(wanted, self._executor.clock.now())
        return wanted

    async def hierarchies(self) -> tuple[Hierarchy, ...]:
        """All that there are, by name."""
        return tuple(await self._executor.queries.hierarchies())

    async def hierarchy(self, name: str) -> Hierarchy:
        """The one of that name. Raises `NotFoundError`."""
        found = next((one for one in await self.hierarchies() if one.name == name), None)
        if found is None:
            raise NotFoundError("hierarchy", name)
        return found

    async def dissolve_hierarchy(self, name: str) -> None:
        """Keep it no longer; what its agents do just now they finish. Raises `NotFoundError`."""
        if not await self._store.drop_hierarchy(name):
            raise NotFoundError("hierarchy", name)

    async def execute_parallel(
        self,
        goal_or_task_id: GoalId | TaskId | int | str,
        work_function: Function | None = None,
        auto_merge: bool = True,
        *,
        hierarchy: Hierarchy | str | None = None,
    ) -> ParallelResult:
        """Execute the parts of a goal (all its tasks) or of a task (all that leads to it, then itself) side by side.

        What depends on something waits for it. `work_function` does each part in place of its own work, and gets its
        `WorkContext` if it takes an argument. `hierarchy` says whose agents do it: None for all there are, and where
        there are none for as many workers as the executor has slots. Nothing is over the executor's own slots.

        It returns when the parts are done, or what is left waits for a person, a moment, or somebody who can do it; a
        part that failed is reported as failed. The same call again goes on where it stopped and does nothing twice.
        Raises `NotFoundError`, `InvalidInputError`, and `RefusedError` where the goal is paused or its parts are being
        executed already.
        """
        goal_id, target = _named(goal_or_task_id)
        function = part_function(work_function) if work_function is not None else None
        goal = await self._executor.goal(goal_id)
        if target is not None:
            goal.task(target)
        agents, lead = await self._staff(hierarchy)
        crew = Crew(agents=agents, target=target, function=function)
        crew.track.update(await self._executor.queries.track([agent.name for agent in agents]))
        lessons = await self._executor.forecaster.school.lessons()
        crew.odds = lambda goal, task: _odds(goal, task, lessons)
        await self._executor.execute_parts(goal_id, crew)
        return await self._result(_Order(goal=goal_id, crew=crew, lead=lead), merges=auto_merge)

    async def _staff(self, wanted: Hierarchy | str | None) -> tuple[tuple[Agent, ...], str]:
        """The agents, and who leads them."""
        if wanted is not None:
            one = await self.hierarchy(wanted.name if isinstance(wanted, Hierarchy) else wanted)
            return one.workers, one.lead
        there = await self.hierarchies()
        if there:
            agents = tuple(worker for one in there for worker in one.workers)
            return agents, there[0].lead if len(there) == 1 else ""
        count = self._executor.options.workers
        return tuple(Agent(name=f"worker-{number}") for number in range(1, count + 1)), ""

    async def _result(self, order: _Order, *, merges: bool) -> ParallelResult:
        goal, target = await self._executor.goal(order.goal), order.crew.target
        parts = parts_of(goal, order.crew, await self._executor.queries.attempts(goal.id))
        return ParallelResult(
            goal=goal.id,
            task=task_id(goal.id, target) if target is not None else None,
            status=status_of(goal, parts, stopped=self._executor.is_stopping),
            parts=parts,
            merged=await self._merged(goal, parts, order) if merges else None,
            reason=goal.reason,
        )

    async def _merged(self, goal: Goal, parts: Sequence[PartResult], order: _Order) -> Merged | None:
        """What the completed parts brought together; a task's own result is what its parts led to, and none of them."""
        own = task_id(goal.id, order.crew.target) if order.crew.target is not None else None
        done = [part for part in parts if part.status is TaskStatus.COMPLETED]
        given = [part for part in done if part.task != own] or done
        if not given:
            return None
        brought = [_brought(goal, part, order.crew) for part in given]
        return replace(await self._brought_together(goal, brought), by=order.lead)

    async def results_before(self, goal_id: GoalId, number: TaskNumber) -> tuple[Sequence[Brought], Merged]:
        """What the tasks before a task brought, one by one and together; nothing where all of them were left out.

        Raises `PermanentError` where there are none that could have brought something.
        """
        goal = await self._executor.goal(goal_id)
        before = [goal.tasks[one] for one in goal.task(number).depends_on if one in goal.tasks]
        brought = [
            _of_task(goal, task, task.outcome.value, task.outcome.summary)
            for task in before
            if task.status is TaskStatus.COMPLETED and task.outcome is not None
        ]
        if not brought and before and all(task.status in LEFT_OUT_TASKS for task in before):
            return (), Merged()
        if not brought:
            raise PermanentError("none of the tasks before it has brought anything")
        return brought, await self._brought_together(goal, brought)

    async def _brought_together(self, goal: Goal, brought: Sequence[Brought]) -> Merged:
        """The same results are merged once, and again only for a model's words that they had to do without."""
        digest = digest_of(brought)
        kept = await self._executor.queries.merged(goal.id, digest)
        if kept is not None and not (kept.failure and self.merge_with is not None):
            return kept
        found = merged(brought)
        if self.merge_with is not None and _has_words(brought, found):
            found = await self.merge_with(goal, brought, found)
        await self._store.save_merged(goal.id, digest, found, self._executor.clock.now())
        return found


def _named(wanted: GoalId | TaskId | int | str) -> tuple[GoalId, TaskNumber | None]:
    text = str(wanted)
    if text.isdecimal() and not isinstance(wanted, bool):
        return GoalId(int(text)), None
    try:
        return parse_task_id(text)
    except ValueError as error:
        raise InvalidInputError("goal_or_task_id", str(error), "the id of a goal, or of a task such as 7.3") from None


def _odds(goal: Goal, task: Task, lessons: Lessons) -> float:
    """The chance that a task works whoever does it, by what was learned of its kind."""
    return lessons.beliefs.odds(doing_of_task(task, goal.owner), task.success).chance


def _brought(goal: Goal, part: PartResult, crew: Crew) -> Brought:
    task = goal.tasks[parse_task_id(part.task)[1]]
    if crew.function is not None:
        words = isinstance(part.result, str)
        return Brought(task=part.task, title=part.title, value=part.result, summary=part.summary, in_words=words)
    return _of_task(goal, task, part.result, part.summary)


def _of_task(goal: Goal, task: Task, value: JsonValue, summary: str) -> Brought:
    """What a task's own work brought. What agents hand in is text, whatever form it comes in."""
    return Brought(
        task=task_id(goal.id, task.number),
        title=task.title,
        value=value,
        summary=summary,
        compared=task.work not in READINGS and task.work != AGENT,
        in_words=task.work == AGENT or (isinstance(value, str) and task.work not in READINGS),
    )


def _has_words(brought: Sequence[Brought], found: Merged) -> bool:
    """Whether there is anything that code can't merge: contradictions, and results in words."""
    return len(brought) > 1 and (bool(found.contradictions) or any(one.in_words and one.value for one in brought))
