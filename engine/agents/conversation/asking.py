"""What a person is asked before a tool of a conversation destroys or spends, and before it acts at all in a turn in
which the model has read what others wrote: only what the person says themselves is acted on at once.

Imports pydantic-ai.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote

from pydantic_ai import ModelRetry

from engine.agents.conversation.hands import ERROR, NEEDS, OUTCOME, Hands
from engine.agents.conversation.ledger_facts import returned, rows_of
from engine.agents.conversation.talk import Said, TalkHistory, Turn
from engine.agents.runs.facts import Call, CallStatus, Manner, RunFacts
from engine.agents.tools.marking import one_line
from engine.agents.tools.web import LONGEST_UNASKED, carries
from engine.errors import InvalidInputError
from engine.goals import Goal
from engine.money import dollars
from engine.money_commands import checked_micros
from engine.planning.criteria.wording import clean
from engine.tasks import PERSONS_WORKS, Task, WaitingFor
from engine.values import BlockageNumber, JsonObject

Asks = Callable[[RunFacts, JsonObject], Awaitable[str | None]]

_LOOKING = (
    "list_goals", "show_goal", "list_files", "read_file", "why", "forecast", "costs", "show_settings", "create_goal",
)  # fmt: skip
"""Tools that need no yes: they look, or propose. A goal that is created runs nothing before it is started."""
_DEEDS = {
    "start_goal": "Start",
    "pause_goal": "Pause",
    "resume_goal": "Go on with",
    "replan_goal": "Make another plan for",
    "complete_task": "Count as done",
    "answer_blockage": "Pass on an answer",
    "add_note": "Keep a note with",
    "edit_goal": "Change name, priority or deadline of",
    "set_budget": "Set the budget of",
    "execute_goal": "Carry out a goal now",
    "set_digest": "Change the digest",
    "set_quiet_hours": "Change the quiet hours",
    "set_time_zone": "Change the time zone",
}
"""What is done at once where the person alone has spoken; what ends or loses something has words of its own always."""
_OF_OTHERS = frozenset({"list_files", "read_file", "why", "execute_goal"})
"""Tools that return what others may have written."""
_PARTS = ("tasks", "in_the_way")
_READ_BEFORE = "I may have just read what others wrote, so I ask first."
_RECEIPT = "\n\n🧾"
"""What the ledger adds to an answer begins with it."""
_WORD_BY_WORD = {"answer_blockage": "answer", "add_note": "note"}
"""The argument that the person may have said themselves: then it is theirs, whatever was read."""
_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s\"<>«»]+", re.I)
_CARRIES = "It reads an address that is long enough to carry something out: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Whose words a turn begins with."""

    own: str = ""
    """What the person says themselves."""
    has_others: bool = False
    """Whether the model is shown what somebody else wrote, or a picture, which may hold anything."""


def heard_in(turn: Turn, told: TalkHistory) -> Heard:
    """What is said in a turn, and in what the model is told of before it."""
    own = "\n".join(said.text for said in turn.said if not said.is_forwarded)
    has_others = turn.has_others or any(one.of_others and not one.by_bot for one in told.lines)
    return Heard(own=own, has_others=has_others or any(_may_retell(said, told) for said in turn.said))


def _may_retell(said: Said, told: TalkHistory) -> bool:
    """Whether it is a reply to words of the bot's that may be others': all but what is known to be its own answer."""
    words, ledger, _ = said.quoted.partition(_RECEIPT)
    quoted, own = _letters(words), [_letters(one.text) for one in told.lines if one.by_bot and not one.of_others]
    is_own = quoted in own if ledger else any(quoted in one for one in own)  # what is behind such a sign may be theirs
    return said.quotes_bot and not is_own


def _letters(text: str) -> str:
    """What is left of an answer however it is formatted, and of each of its parts where it was split."""
    return re.sub(r"[\W_]+", "", text)


class Asking:
    """The words of what is to be approved; None where nothing is: what can't be found is told by the tool itself."""

    def __init__(self, hands: Hands, heard: Heard) -> None:
        self._hands = hands
        self._heard = heard

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
        acting = {
            name: Manner(asks=partial(self._asked, name, asking.get(name)), repeatable=True)
            for name in (*asking, *_DEEDS)
        }
        return acting | {name: Manner(repeatable=True) for name in _LOOKING}

    async def _asked(self, tool: str, asks: Asks | None, facts: RunFacts, arguments: JsonObject) -> str | None:
        words = await asks(facts, arguments) if asks is not None else None
        if words is not None or tool not in _DEEDS or not await self._has_read_others(facts):
            return words
        return await self._deed(tool, facts, arguments)

    async def _has_read_others(self, facts: RunFacts) -> bool:
        """Whether what others wrote may have asked for what the model wants now."""
        calls = (await self._hands.engine.approvals.runs.calls(facts.run)).values()
        return self._heard.has_others or any(map(brings_others, calls))

    async def _deed(self, tool: str, facts: RunFacts, arguments: JsonObject) -> str | None:
        """Any deed in words; None for one that comes to nothing, and for what the person has said word by word."""
        words = str(arguments.get(_WORD_BY_WORD.get(tool, "")) or "").strip()
        if words and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", self._heard.own):
            return None
        about = ""
        if "task" in arguments:
            found = await self._task(facts, arguments)
            if found is None:
                return None
            about = f" {_named_task(*found)} of {named(found[0])}"
        elif "goal" in arguments:
            goal = await self._goal(facts, arguments)
            if goal is None:
                return None
            about = f" {named(goal)}"
        return f"{_DEEDS[tool]}{about}? {_READ_BEFORE}"

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
        if found is None or found[1].work in PERSONS_WORKS or _waits_for_person(found[1]):
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


def brings_others(call: Call) -> bool:
    """Whether a call has returned what others may have written."""
    if call.status is CallStatus.DONE and call.tool in _OF_OTHERS:
        return True
    for _, content in returned([call]):
        goals = rows_of(content, "goals")
        parts = [part for goal in goals for name in _PARTS for part in rows_of(goal, name)]
        if content.get("files") or any(part.keys() & {OUTCOME, ERROR, NEEDS} for part in (*goals, *parts)):
            return True
    return False


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
