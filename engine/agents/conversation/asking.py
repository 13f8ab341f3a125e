"""What a person is asked before a tool of a conversation destroys or spends. Imports pydantic-ai."""

from collections.abc import Awaitable, Callable, Mapping

from pydantic_ai import ModelRetry

from engine.agents.conversation.hands import Hands
from engine.agents.runs.facts import Manner, RunFacts
from engine.goals import Goal
from engine.planning.criteria.wording import clean
from engine.tasks import Task
from engine.values import JsonObject

Asks = Callable[[RunFacts, JsonObject], Awaitable[str | None]]


class Asking:
    """The words of what is to be approved; None where nothing is: what can't be found is told by the tool itself."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands

    def manners(self) -> Mapping[str, Manner]:
        """All tools of a conversation may be called twice: they read, or give commands with their call as the cause."""
        asking: dict[str, Asks] = {
            "start_goal": self._start,
            "cancel_goal": self._cancel,
            "fail_goal": self._fail,
            "skip_task": self._skip,
            "drop_task": self._drop,
            "set_budget": self._budget,
        }
        found = {name: Manner(asks=asks, repeatable=True) for name, asks in asking.items()}
        rest = (
            "list_goals", "show_goal", "why", "forecast", "costs", "create_goal", "pause_goal", "resume_goal",
            "replan_goal", "complete_task", "answer_blockage", "add_note", "execute_goal", "show_settings",
            "set_digest", "set_quiet_hours", "set_time_zone",
        )  # fmt: skip
        return found | {name: Manner(repeatable=True) for name in rest}

    async def _goal(self, facts: RunFacts, arguments: JsonObject) -> Goal | None:
        number = arguments.get("goal")
        return await self._hands.find(facts, number) if isinstance(number, int) else None

    async def _task(self, facts: RunFacts, arguments: JsonObject) -> tuple[Goal, Task] | None:
        try:
            return await self._hands.task(facts, str(arguments.get("task")))
        except ModelRetry:
            return None

    async def _start(self, facts: RunFacts, arguments: JsonObject) -> str | None:
        """Only a plan with something in it that can't be taken back is asked about."""
        goal = await self._goal(facts, arguments)
        registry = self._hands.engine.registry
        risky = [task for task in goal.live_tasks if not registry.is_repeatable(task.work)] if goal is not None else []
        if goal is None or not risky:
            return None
        return f"Start {named(goal)}? It does by itself what can't be taken back: {_titles(risky)}."

    async def _cancel(self, facts: RunFacts, arguments: JsonObject) -> str | None:
        goal = await self._goal(facts, arguments)
        return None if goal is None else f"Cancel {named(goal)}, {round(100 * goal.progress)} % done?"

    async def _fail(self, facts: RunFacts, arguments: JsonObject) -> str | None:
        goal = await self._goal(facts, arguments)
        return None if goal is None else f"Give {named(goal)} up as failed, {round(100 * goal.progress)} % done?"

    async def _skip(self, facts: RunFacts, arguments: JsonObject) -> str | None:
        found = await self._task(facts, arguments)
        return None if found is None else f"Skip {_named_task(*found)} of {named(found[0])}?"

    async def _drop(self, facts: RunFacts, arguments: JsonObject) -> str | None:
        found = await self._task(facts, arguments)
        return None if found is None else f"Take {_named_task(*found)} out of the plan of {named(found[0])}?"

    async def _budget(self, facts: RunFacts, arguments: JsonObject) -> str | None:
        """Less than now needs no yes."""
        goal = await self._goal(facts, arguments)
        if goal is None:
            return None
        now = goal.cap(self._hands.engine.accounts.allowances.a_goal).micros
        wanted = arguments.get("dollars")
        if isinstance(wanted, int | float):
            if now is None or wanted * 1_000_000 <= now:
                return None
            return f"Raise the budget of {named(goal)} from ${now / 1_000_000:.2f} to ${wanted:.2f}?"
        return None if now is None else f"Take the budget of {named(goal)} away? It is ${now / 1_000_000:.2f} now."


def named(goal: Goal) -> str:
    """A goal by number and name."""
    return f"#{goal.id} «{clean(goal.name, 120)}»"


def _named_task(goal: Goal, task: Task) -> str:
    return f"task {goal.id}.{task.number} «{clean(task.title, 120)}»"


def _titles(tasks: list[Task]) -> str:
    shown = ", ".join(f"«{clean(task.title, 80)}»" for task in tasks[:3])
    return f"{shown} and {len(tasks) - 3} more" if len(tasks) > 3 else shown
