"""What a person is asked before a tool of a conversation destroys or spends. Imports pydantic-ai."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import unquote

from pydantic_ai import ModelRetry

from engine.agents.conversation.hands import Hands
from engine.agents.runs.facts import Manner, RunFacts
from engine.agents.tools.marking import one_line
from engine.agents.tools.web import LONGEST_UNASKED, carries
from engine.errors import InvalidInputError
from engine.goals import Goal
from engine.money import dollars
from engine.money_commands import checked_micros
from engine.planning.criteria.wording import clean
from engine.tasks import Task, WaitingFor
from engine.values import BlockageNumber, JsonObject

Asks = Callable[[RunFacts, JsonObject], Awaitable[str | None]]

_PERSONS = frozenset({"person", "decide", "measure"})
"""Works that wait for the person's word."""
_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s\"<>«»]+", re.I)
_CARRIES = "It reads an address that is long enough to carry something out: "


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
            "complete_task": self._complete,
            "answer_blockage": self._answer,
            "execute_goal": self._execute,
        }
        found = {name: Manner(asks=asks, repeatable=True) for name, asks in asking.items()}
        rest = (
            "list_goals", "show_goal", "list_files", "read_file", "why", "forecast", "costs", "create_goal",
            "pause_goal", "resume_goal", "replan_goal", "add_note", "show_settings", "set_digest", "set_quiet_hours",
            "set_time_zone",
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
        """Only a plan with something in it that can't be taken back, or that tells much, is asked about."""
        goal = await self._goal(facts, arguments)
        if goal is None:
            return None
        risky = [task for task in goal.live_tasks if not self._is_repeatable(task)]
        if risky:
            return f"Start {named(goal)}? It does by itself what can't be taken back: {_titles(risky)}."
        told = next((found for task in goal.live_tasks if (found := telling_address(task.inputs))), "")
        return f"Start {named(goal)}? {_CARRIES}{told}" if told else None

    async def _execute(self, facts: RunFacts, arguments: JsonObject) -> str | None:
        """The person asked for it; what can't be taken back in its plan is asked about with the plan."""
        told = telling_address(arguments)
        return f"Carry «{clean(str(arguments.get('goal_text')), 120)}» out now? {_CARRIES}{told}" if told else None

    async def _complete(self, facts: RunFacts, arguments: JsonObject) -> str | None:
        """What the person was to do needs only their word; what was to be done or checked without them, a yes."""
        found = await self._task(facts, arguments)
        if found is None or found[1].work in _PERSONS or _waits_for_person(found[1]):
            return None
        words = f"Count {_named_task(*found)} of {named(found[0])} as done?"
        return f"{words} It was to be done by itself («{found[1].work}»), and that can't be made undone."

    async def _answer(self, facts: RunFacts, arguments: JsonObject) -> str | None:
        """Only where the task is then tried again and can't be taken back."""
        number, _, which = str(arguments.get("blockage")).strip().lstrip("#").partition(":")
        goal = await self._hands.find(facts, int(number)) if number.isdecimal() else None
        found = goal.blockages.get(BlockageNumber(int(which))) if goal is not None and which.isdecimal() else None
        if goal is None or found is None or found.task is None or self._is_repeatable(goal.tasks[found.task]):
            return None
        return f"Try {_named_task(goal, goal.tasks[found.task])} of {named(goal)} again? It can't be taken back."

    def _is_repeatable(self, task: Task) -> bool:
        return self._hands.engine.registry.is_repeatable(task.work)

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
            try:
                most = checked_micros(wanted)
            except InvalidInputError:  # which the tool itself says
                return None
            if now is None or most <= now:
                return None
            return f"Raise the budget of {named(goal)} from {dollars(now)} to {dollars(most)}?"
        return None if now is None else f"Take the budget of {named(goal)} away? It is {dollars(now)} now."


def telling_address(told: JsonObject) -> str:
    """An address that could carry out what was read; empty where there is none."""
    found = _ADDRESS.findall(json.dumps(told, ensure_ascii=False).replace("\\n", " "))
    return next((one_line(unquote(one), 300) for one in found if carries(one) > LONGEST_UNASKED), "")


def _waits_for_person(task: Task) -> bool:
    return task.waiting is not None and task.waiting.what is WaitingFor.PERSON


def named(goal: Goal) -> str:
    """A goal by number and name."""
    return f"#{goal.id} «{clean(goal.name, 120)}»"


def _named_task(goal: Goal, task: Task) -> str:
    return f"task {goal.id}.{task.number} «{clean(task.title, 120)}»"


def _titles(tasks: list[Task]) -> str:
    shown = ", ".join(f"«{clean(task.title, 80)}»" for task in tasks[:3])
    return f"{shown} and {len(tasks) - 3} more" if len(tasks) > 3 else shown
