"""What the tools of a conversation share: one's own goals and no others, from the ledger. Imports pydantic-ai."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_ai import ModelRetry, RunContext

from engine.agents.runs.facts import RunFacts
from engine.errors import NotFoundError
from engine.goal_execution import GoalExecution
from engine.goals import Goal, GoalStatus
from engine.planning.criteria.wording import clean
from engine.tasks import ENDED_TASKS, PERSONS_WORKS, Task, TaskStatus
from engine.values import ChatId, GoalId, JsonValue, TaskNumber, parse_task_id, task_id

Context = RunContext[RunFacts]
GoalNumber = Annotated[int, Field(description="the goal's number, such as 7")]
TaskName = Annotated[str, Field(description="the task's id, such as 7.3")]
Told = dict[str, JsonValue]
"""What a tool returns: `goals` as they are now, `did` what was done to which, and more."""
MOST_GOALS, MOST_TASKS = 20, 40
OUTCOME, ERROR, NEEDS = "outcome", "error", "needs"
"""What a tool returns of tasks that are done without the person, of what is in the way and of why a goal failed: others
may have written it."""
_LONG, _SHORT = 400, 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """The engine, for one person in one chat."""

    engine: GoalExecution
    wait: Callable[[RunFacts, float], None] = lambda facts, seconds: None
    """Told that a tool takes so many seconds: the turn is given the time."""

    async def goal(self, facts: RunFacts, number: int) -> Goal:
        """The person's own goal of that number in this chat; otherwise the model is told which there are."""
        found = await self.find(facts, number)
        if found is None:
            raise ModelRetry(f"There is no goal {number} here. {await self._what_there_is(facts)}")
        return found

    async def find(self, facts: RunFacts, number: int) -> Goal | None:
        """The same; None where there is none."""
        try:
            goal = await self.engine.goal(GoalId(number))
        except NotFoundError:
            return None
        return goal if goal.owner == facts.user and goal.chat == facts.chat and facts.chat is not None else None

    async def task(self, facts: RunFacts, name: str) -> tuple[Goal, Task]:
        """The task of an id such as `7.3`, of one of the person's own goals."""
        try:
            number, of_goal = parse_task_id(name.strip().lstrip("#"))
        except ValueError as error:
            raise ModelRetry(str(error)) from None
        goal = await self.goal(facts, number)
        if of_goal not in goal.tasks:
            there = ", ".join(f"{goal.id}.{one.number} «{clean(one.title, 60)}»" for one in _of_interest(goal))
            raise ModelRetry(f"Goal {goal.id} has no task {of_goal}. It has: {there or 'no tasks yet'}")
        return goal, goal.task(of_goal)

    async def _what_there_is(self, facts: RunFacts) -> str:
        goals = await self.living(facts)
        listed = ", ".join(f"#{goal.id} «{clean(goal.name, 60)}»" for goal in goals)
        return f"There are: {listed}" if listed else "This person has no goals here."

    async def living(self, facts: RunFacts, *, ended: bool = False) -> list[Goal]:
        """The person's goals of their own in this chat, newest change first."""
        if facts.chat is None:
            return []
        queries = self.engine.queries
        rows = await queries.goals_of(facts.chat, ended=ended, offset=0, limit=MOST_GOALS, owner=facts.user)
        return [await self.engine.goal(row.id) for row in rows]

    async def zone(self, facts: RunFacts) -> ZoneInfo:
        """The time zone of the chat."""
        return ZoneInfo(await self.zone_name(facts.chat))

    async def zone_name(self, chat: ChatId | None) -> str:
        """Its name."""
        settings = await self.engine.accounts.conversations.settings(chat) if chat is not None else None
        return settings.zone if settings is not None else self.engine.options.zone

    async def moment(self, facts: RunFacts, text: str) -> dt.datetime:
        """A moment in ISO; without a zone it is local to the chat."""
        try:
            found = dt.datetime.fromisoformat(text.strip())
        except ValueError:
            raise ModelRetry(f"«{clean(text, 60)}» is no moment; write it as 2027-03-01T18:00") from None
        return found if found.tzinfo is not None else found.replace(tzinfo=await self.zone(facts))


def told(*goals: Goal, did: str = "", task: TaskNumber | None = None, in_full: bool = False, **more: JsonValue) -> Told:
    """Goals as the ledger has them now, with what was done to the first one, if anything was.

    `in_full` tells what came out of tasks, what is in the way and why it failed, too: others may have written that.
    """
    deeds: list[JsonValue] = []
    if did and goals:
        deeds.append({"deed": did, "goal": goals[0].id, **({"task": task} if task is not None else {})})
    return {"goals": [goal_told(goal, in_full=in_full) for goal in goals], **({"did": deeds} if deeds else {}), **more}


def goal_told(goal: Goal, *, in_full: bool) -> Told:
    """A goal with its tasks, those first that are not over."""
    live = list(goal.live_tasks)
    shown = _of_interest(goal)
    return {
        **goal_in_short(goal),
        "description": clean(goal.description, _LONG),
        "criteria": [clean(one, _SHORT) for one in goal.criteria],
        "plan_version": goal.plan_version,
        **(_reason_told(goal) if in_full else {}),
        "tasks": [_task_told(goal, one, in_full=in_full) for one in shown],
        "tasks_not_shown": len(live) - len(shown),
        "in_the_way": [
            {
                "blockage": f"{goal.id}:{one.number}",
                "kind": one.kind.value,
                **({NEEDS: clean(one.needed or one.description, _LONG)} if in_full else {}),
            }
            for one in goal.blockages.values()
        ],
    }


def _reason_told(goal: Goal) -> Told:
    """Why it is as it is; why it failed may be told in the words of what was done without the person."""
    return {ERROR if goal.status is GoalStatus.FAILED else "reason": clean(goal.reason, _LONG)}


def goal_in_short(goal: Goal) -> Told:
    """A goal on a line."""
    live = list(goal.live_tasks)
    return {
        "id": goal.id,
        "name": clean(goal.name, _SHORT),
        "status": goal.status.value,
        "progress_percent": round(100 * goal.progress),
        "priority": goal.priority.name.lower(),
        "deadline": goal.deadline.isoformat() if goal.deadline is not None else None,
        "tasks_completed": sum(task.status is TaskStatus.COMPLETED for task in live),
        "tasks_failed": sum(task.status is TaskStatus.FAILED for task in live),
        "tasks_total": len(live),
    }


def _of_interest(goal: Goal) -> list[Task]:
    """The tasks that a model is shown: those that are over go first where there are too many."""
    live = list(goal.live_tasks)
    over = [task for task in live if task.status in ENDED_TASKS and task.status is not TaskStatus.FAILED]
    left_out = {task.number for task in over[: max(len(live) - MOST_TASKS, 0)]}
    return [task for task in live if task.number not in left_out][:MOST_TASKS]


def _task_told(goal: Goal, task: Task, *, in_full: bool) -> Told:
    told: Told = {"id": task_id(goal.id, task.number), "title": clean(task.title, _SHORT), "status": task.status.value}
    if task.waiting is not None:
        told["waits_for"] = task.waiting.what.value
    is_theirs = task.work in PERSONS_WORKS
    if in_full and task.last_error and task.status is not TaskStatus.COMPLETED:
        told["problem" if is_theirs else ERROR] = clean(task.last_error, _LONG)
    if in_full and task.outcome is not None and task.outcome.summary:
        told["note" if is_theirs else OUTCOME] = clean(task.outcome.summary, _LONG)
    return told
