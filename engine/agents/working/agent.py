"""Does tasks with a model: one run a task, taken up where it stands however often its attempts end.

A question for the person blocks the task; with the answer the same run goes on, also the next day and after a restart.
What is handed in and found wanting goes back to the run that made it. Imports pydantic-ai.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_ai import Agent, DeferredToolRequests, ToolOutput
from pydantic_ai.usage import UsageLimits

from engine.agents.accounts import Accounts
from engine.agents.calls import Purpose
from engine.agents.models import Models
from engine.agents.runs.facts import OVER, ApprovalStatus, NewRun, Run, RunFacts, RunKind, RunStatus
from engine.agents.runs.running import Means, Suspended, Talk, Tools, go_on
from engine.agents.working.outcomes import Artefact, HandedIn, KeptText, outcome_of
from engine.agents.working.prompts import INSTRUCTIONS, Material, answered, brief, sent_back
from engine.errors import ApprovalAwaited, ExternalBlocked, RefusedError, TemporaryError
from engine.goals import Goal
from engine.ports import Queries
from engine.tasks import Outcome, Task
from engine.values import GoalId
from engine.work.registry import WorkContext

HAND_IN = "hand_in"
"""The tool with which an agent ends its work."""
AGAIN = 2
"""So often a call, or what is handed in, goes back to the model in the wrong form."""
CALLS_A_STEP = 5
"""Calls of tools for each request to the model, at most."""
REPLY = "Reply with the answer; the work goes on from where it stands."
_DELIVERED = frozenset({"task_waiting", "task_completed", "task_retry_scheduled", "task_failed"})
"""How an attempt ends whose result has arrived."""
_WORDLESS = frozenset({"", "resolved", "resolved by you", "tried again", "executed again"})
"""Resolutions that say nothing but that somebody pressed a button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outfit:
    """What a role brings along."""

    instructions: str
    tools: Sequence[Tools] = ()
    small: bool = False
    """Whether the cheap model does."""
    steps: int = 30
    """Requests to the model in one run, however often it is taken up."""
    tokens: int | None = None
    """Of all its requests together; None where only the budget bounds them."""


Kept = tuple[Sequence[KeptText], Sequence[Artefact]]
"""Files of the goal that a task wrote, and what it handed in that could not be kept as one."""


async def keep_nothing(task: tuple[Goal, Task], said: HandedIn) -> Kept:
    """In place of files of the goal: what was made stays in the outcome."""
    return (), said.artefacts


async def no_files(goal: GoalId) -> Sequence[str]:
    """In place of files of the goal: there are none."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What agents work with."""

    models: Models
    accounts: Accounts
    means: Means
    queries: Queries
    equip: Callable[[str], Awaitable[Outfit]]
    """From the name of a role. Raises `InvalidInputError` where there is none of that name."""
    keep: Callable[[tuple[Goal, Task], HandedIn], Awaitable[Kept]] = keep_nothing
    """Keeps what was handed in with the goal; what is left stays in the outcome."""
    files: Callable[[GoalId], Awaitable[Sequence[str]]] = no_files
    """Files kept with the goal, a line each."""


class AgentWork:
    """The work `agent`."""

    def __init__(self, workshop: Workshop) -> None:
        """Nothing is asked yet."""
        self._shop = workshop
        self._agents: dict[str, Agent[RunFacts, HandedIn | DeferredToolRequests]] = {}

    async def run(self, context: WorkContext) -> Outcome:
        """One attempt. Raises the `WorkError` that says what is to happen next."""
        goal = await self._shop.accounts.find_goal(context.goal_id)
        task = context.task
        run = await self._run_of(goal, task)
        if run.status is RunStatus.DONE and not await self._was_delivered(goal, task):
            said = _kept(run)
        else:
            said = await self._carried_on(run, (goal, task), context)
        if said.asks:
            raise ExternalBlocked(said.asks, how=REPLY)
        return outcome_of(said, *await self._shop.keep((goal, task), said))

    async def _carried_on(self, run: Run, about: tuple[Goal, Task], context: WorkContext) -> HandedIn:
        """Go on with the run until it hands in. Raises `ApprovalAwaited` where it asks first."""
        runs = self._shop.means.runs
        if any(one.status is ApprovalStatus.OPEN for one in await runs.approvals(run.id)):
            raise ApprovalAwaited
        goal, task = about
        outfit = await self._shop.equip(str(context.inputs.get("role")))
        facts = await self._shop.accounts.of_call(Purpose.WORK, goal=goal.id, task=task.number)
        talk = Talk(
            agent=self._agent(outfit),
            model=self._shop.models.for_calls(facts, small=outfit.small),
            prompt=await self._prompt(run, about, context),
            tools=outfit.tools,
            limits=UsageLimits(
                request_limit=outfit.steps,
                tool_calls_limit=outfit.steps * CALLS_A_STEP,
                total_tokens_limit=outfit.tokens,
            ),
            pauses=lambda said: bool(said.asks),
        )
        try:
            came = await go_on(run, talk, self._shop.means)
        except RefusedError as refusal:  # called off, or taken up by another attempt: that one counts
            raise TemporaryError(f"the work was not gone on with: {refusal}") from refusal
        if isinstance(came, Suspended):
            raise ApprovalAwaited
        return came.output

    def _agent(self, outfit: Outfit) -> Agent[RunFacts, HandedIn | DeferredToolRequests]:
        found = self._agents.get(outfit.instructions)
        if found is None:
            output = ToolOutput(HandedIn, name=HAND_IN, description="Hand in what came of the task, at the end")
            found = self._agents[outfit.instructions] = Agent(
                output_type=[output, DeferredToolRequests],
                deps_type=RunFacts,
                instructions=f"{outfit.instructions}\n\n{INSTRUCTIONS}",
                retries={"tools": AGAIN, "output": AGAIN},
            )
        return found

    async def _run_of(self, goal: Goal, task: Task) -> Run:
        """The run to go on with: the task's newest, unless that is over."""
        runs, now = self._shop.means.runs, self._shop.means.clock.now()
        newest = await runs.of_task(goal.id, task.number)
        if newest is not None and newest.status not in OVER:
            return newest
        key = f"task:{goal.id}.{task.number}#{task.attempt_serial}"
        new = NewRun(key=key, kind=RunKind.TASK, goal=goal.id, task=task.number, chat=goal.chat, user=goal.owner)
        return await runs.begin(new, now)

    async def _was_delivered(self, goal: Goal, task: Task) -> bool:
        """Whether the result of the last attempt has arrived; it may have been lost after the run was done."""
        rows = [
            row
            for row in await self._shop.queries.attempts(goal.id)
            if row.task == task.number and row.attempt < task.attempt_serial
        ]
        return bool(rows) and rows[-1].result in _DELIVERED

    async def _prompt(self, run: Run, about: tuple[Goal, Task], context: WorkContext) -> str:
        """What the run begins with, or goes on with: the brief, the person's answer, or why it was sent back."""
        goal, task = about
        if run.output is None:
            notes = [row.note for row in reversed(await self._shop.queries.progress(goal.id)) if row.note]
            files = await self._shop.files(goal.id)
            return brief(Material(goal=goal, task=task, inputs=context.inputs, notes=notes, files=files))
        asked = _kept(run).asks
        if asked:
            return answered(await self._answer(goal, task, asked))
        judgement = task.outcome.judgement if task.outcome is not None else None
        return sent_back(task.last_error or (judgement.reason if judgement is not None else ""))

    async def _answer(self, goal: Goal, task: Task, asked: str) -> str:
        """What was said to the question that the run waits for; empty where no words were. Raises `ExternalBlocked`
        where it is still open."""
        found = [row for row in await self._shop.queries.blockages(goal.id) if row.task == task.number]
        if found and found[-1].resolved_at is None:
            raise ExternalBlocked(asked, how=REPLY)
        said = found[-1].resolution if found else ""
        return "" if said in _WORDLESS else said


def _kept(run: Run) -> HandedIn:
    """What a run that has ended handed in."""
    try:
        return HandedIn.model_validate_json(run.output or "")
    except ValidationError as error:
        raise TemporaryError(f"what the run handed in can't be read any more: {error.error_count()} faults") from error
