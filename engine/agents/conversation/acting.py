"""Tools of a conversation that act on goals. Each gives the engine one command, in the name of its call.

What destroys or spends is asked about first: `Asking` has the words. Imports pydantic-ai.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field
from pydantic_ai import ModelRetry
from pydantic_ai.exceptions import ToolFailed

from engine.agents.conversation.claim_words import Claim
from engine.agents.conversation.hands import Context, GoalNumber, Hands, TaskName, Told, told
from engine.agents.conversation.known import CARRIED_OUT, DROPPED, Deed
from engine.agents.conversation.ledger_facts import deeds_of
from engine.agents.runs.facts import RunFacts
from engine.commands import UNCHANGED, GoalEdit, Origin
from engine.errands import TIMEOUT_MS
from engine.goals import Goal, Priority
from engine.intake import checked_criteria, checked_name
from engine.reporting.result_text import result_json, result_text
from engine.values import Cause, JsonObject

LONGEST_MS = 600_000.0
"""Of a goal that is carried out in a turn: others in the chat wait for it."""
MOST_MADE = 5
"""Goals that one turn may set: the person is to see them before there are more."""
_TOO_MANY = (
    f"This was not done: {MOST_MADE} goals were set in this turn already, and more only once the person has seen them."
    " Tell them which are set, and what is left; they can ask for the rest."
)
_FIGURES = frozenset({"goal", "status", "success", "execution_time", "total", "completed", "failed"})
"""Of a result; its documents go to the person, and are too long for a model."""


class Acting:
    """What can be done to goals."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._engine = hands.engine

    def _cause(self, ctx: Context) -> Cause:
        return ctx.deps.cause(ctx.tool_call_id)

    def _origin(self, ctx: Context) -> Origin:
        said = ctx.deps
        return Origin(chat=said.chat, thread=said.thread, owner=said.user, cause=self._cause(ctx))

    async def create_goal(  # noqa: PLR0913, PLR0917 - what a goal has; the model names each
        self,
        ctx: Context,
        name: Annotated[str, Field(description="the goal in a few words")],
        criteria: Annotated[list[str], Field(description="what must hold for it to be done, each can be checked")],
        description: str = "",
        deadline: Annotated[
            str | None, Field(description="ISO, such as 2027-03-01T18:00; local without a zone")
        ] = None,
        priority: Annotated[str, Field(description="low, normal, high or urgent")] = "normal",
    ) -> Told:
        """Set a new goal. It is planned at once, and nothing of it runs before its plan is started."""
        urgency = _urgency(priority)
        until: dt.datetime | None = await self._hands.moment(ctx.deps, deadline) if deadline else None
        origin = self._origin(ctx)
        if (made := await self._made(ctx.deps, name, criteria)) is not None:
            return told(made, did=Claim.CREATED, remark="You created it in this turn already; there is one of it.")
        await self._make_room(ctx.deps)
        number = await self._engine.set_goal(name, description, criteria, urgency, until, origin=origin)
        return told(await self._engine.goal(number), did=Claim.CREATED)

    async def edit_goal(
        self,
        ctx: Context,
        goal: GoalNumber,
        name: str | None = None,
        priority: Annotated[str | None, Field(description="low, normal, high or urgent")] = None,
        deadline: Annotated[str | None, Field(description="ISO, local without a zone; «none» for no deadline")] = None,
    ) -> Told:
        """Change what a goal is called, how urgent it is or by when it is to be done; what is left out stays."""
        found = await self._hands.goal(ctx.deps, goal)
        is_dated = deadline is not None and deadline.strip().lower() != "none"
        until = await self._hands.moment(ctx.deps, deadline) if deadline is not None and is_dated else None
        edit = GoalEdit(
            name=name,
            priority=None if priority is None else _urgency(priority),
            deadline=UNCHANGED if deadline is None else until,
        )
        return told(await self._engine.edit_goal(found.id, edit, cause=self._cause(ctx)), did="changed")

    async def _made(self, facts: RunFacts, name: str, criteria: Sequence[str]) -> Goal | None:
        """The goal of these words that this turn has made already: a model that repeats itself makes no second one."""
        for deed in await self._deeds(facts):
            goal = await self._engine.goal(deed.goal) if deed.claim == Claim.CREATED else None
            if goal is not None and (goal.name, goal.criteria) == (checked_name(name), checked_criteria(criteria)):
                return goal
        return None

    async def _make_room(self, facts: RunFacts) -> None:
        """Raise where this turn has set as many goals as it may."""
        made = {deed.goal for deed in await self._deeds(facts) if deed.claim in (Claim.CREATED, CARRIED_OUT)}
        if len(made) >= MOST_MADE:
            raise ToolFailed(_TOO_MANY)

    async def _deeds(self, facts: RunFacts) -> tuple[Deed, ...]:
        return deeds_of((await self._engine.approvals.runs.calls(facts.run)).values())

    async def start_goal(self, ctx: Context, goal: GoalNumber) -> Told:
        """Start a goal's plan."""
        found = await self._hands.goal(ctx.deps, goal)
        return told(await self._engine.start_goal(found.id, cause=self._cause(ctx)), did=Claim.STARTED)

    async def pause_goal(self, ctx: Context, goal: GoalNumber, reason: str = "") -> Told:
        """Let a goal start nothing new for now."""
        found = await self._hands.goal(ctx.deps, goal)
        return told(await self._engine.pause_goal(found.id, reason, cause=self._cause(ctx)), did=Claim.PAUSED)

    async def resume_goal(self, ctx: Context, goal: GoalNumber, reason: str = "") -> Told:
        """Let a paused goal go on."""
        found = await self._hands.goal(ctx.deps, goal)
        return told(await self._engine.resume_goal(found.id, reason, cause=self._cause(ctx)), did=Claim.RESUMED)

    async def cancel_goal(self, ctx: Context, goal: GoalNumber, reason: str = "") -> Told:
        """Call a goal off. The person is asked first, with buttons."""
        found = await self._hands.goal(ctx.deps, goal)
        return told(await self._engine.cancel_goal(found.id, reason, cause=self._cause(ctx)), did=Claim.CANCELLED)

    async def fail_goal(self, ctx: Context, goal: GoalNumber, reason: str = "") -> Told:
        """Give a goal up as failed. The person is asked first, with buttons."""
        found = await self._hands.goal(ctx.deps, goal)
        return told(await self._engine.fail_goal(found.id, reason, cause=self._cause(ctx)), did=Claim.FAILED)

    async def replan_goal(self, ctx: Context, goal: GoalNumber, reason: str) -> Told:
        """Ask for a changed plan. It is worked out in the background; a plan that grows waits for the person's yes."""
        found = await self._hands.goal(ctx.deps, goal)
        return told(
            await self._engine.request_adaptation(found.id, reason, cause=self._cause(ctx)),
            did="asked for another plan",
        )

    async def complete_task(
        self,
        ctx: Context,
        task: TaskName,
        note: str = "",
        number: Annotated[float | None, Field(description="for a task that asks for a number or a count")] = None,
        option: Annotated[str | None, Field(description="for a task that asks to choose: the option")] = None,
    ) -> Told:
        """Note that the person has done a task, chosen, or told its number. Only when the person says so themselves."""
        goal, one = await self._hands.task(ctx.deps, task)
        cause = self._cause(ctx)
        if option is not None:
            after = await self._engine.choose(goal.id, one.number, option, cause=cause)
        elif number is not None and one.work == "measure":
            after = await self._engine.report_measure(goal.id, one.number, number, cause=cause)
        elif number is not None:
            after = await self._engine.count_task(goal.id, one.number, int(number), cause=cause)
        else:
            after = await self._engine.complete_task(goal.id, one.number, note, cause=cause)
        is_done = after.task(one.number).status.value == "completed"
        return told(after, did=Claim.DONE if is_done else "noted", task=one.number)

    async def skip_task(self, ctx: Context, task: TaskName, reason: str = "") -> Told:
        """Leave a task out. The person is asked first, with buttons."""
        goal, one = await self._hands.task(ctx.deps, task)
        after = await self._engine.skip_task(goal.id, one.number, reason, cause=self._cause(ctx))
        return told(after, did=Claim.SKIPPED, task=one.number)

    async def drop_task(self, ctx: Context, task: TaskName) -> Told:
        """Take a task out of the plan. The person is asked first, with buttons."""
        goal, one = await self._hands.task(ctx.deps, task)
        after = await self._engine.drop_task(goal.id, one.number, cause=self._cause(ctx))
        return told(after, did=DROPPED, task=one.number)

    async def answer_blockage(
        self, ctx: Context, blockage: Annotated[str, Field(description="its id, such as 7:1")], answer: str
    ) -> Told:
        """Pass on the person's answer to what is in the way of a goal."""
        number = blockage.partition(":")[0].strip().lstrip("#")
        if not number.isdecimal():
            raise ModelRetry(f"«{blockage}» is no id of a blockage; one looks like 7:1, `show_goal` lists them")
        goal = await self._hands.goal(ctx.deps, int(number))
        name = f"{goal.id}:{blockage.partition(':')[2].strip()}"
        return told(await self._engine.resolve_blockage(name, answer, cause=self._cause(ctx)), did="answered")

    async def add_note(self, ctx: Context, goal: GoalNumber, note: str) -> Told:
        """Keep an observation with a goal."""
        found = await self._hands.goal(ctx.deps, goal)
        return told(await self._engine.add_note(found.id, note, cause=self._cause(ctx)), did="noted")

    async def set_budget(
        self, ctx: Context, goal: GoalNumber, dollars: Annotated[float | None, Field(description="none: no bound")]
    ) -> Told:
        """What a goal may cost. For more than now the person is asked first, with buttons."""
        found = await self._hands.goal(ctx.deps, goal)
        after = await self._engine.set_budget(found.id, dollars=dollars, cause=self._cause(ctx))
        return told(after, did="budget set")

    async def execute_goal(
        self,
        ctx: Context,
        goal_text: Annotated[str, Field(description="the goal; more lines may hold criteria with bullets")],
        context: Annotated[JsonObject | None, Field(description="what the planner should know")] = None,
        timeout_ms: Annotated[float, Field(description="how long it may run, in milliseconds")] = TIMEOUT_MS,
    ) -> Told:
        """Carry out a goal end to end now: set it, plan it, run it, and return what came of it.

        Only when the person asks for it to be done at once. What can't be taken back waits for the person's yes to the
        plan. The result is shown to the person as it is.
        """
        await self._make_room(ctx.deps)
        origin = self._origin(ctx)
        most = min(timeout_ms, LONGEST_MS)
        self._hands.wait(ctx.deps, most / 1_000)
        result = await self._engine.execute_goal(goal_text, context, most, origin=origin, ask_first=True)
        goal = await self._engine.goal(result.goal)
        figures = {name: value for name, value in result_json(result).items() if name in _FIGURES}
        return told(goal, did=CARRIED_OUT, result=figures, report=result_text(result))


def _urgency(priority: str) -> Priority:
    if priority.upper() not in Priority.__members__:
        raise ModelRetry(f"«{priority}» is no priority: low, normal, high or urgent")
    return Priority[priority.upper()]
