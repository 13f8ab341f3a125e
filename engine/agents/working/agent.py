"""Does tasks with a model: one run a task, taken up where it stands however often its attempts end.

A question for the person blocks the task; with the answer the same run goes on, also the next day and after a restart.
What is handed in and found wanting goes back to the run that made it. Imports pydantic-ai.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from engine.agents.accounts import Accounts
from engine.agents.models import Models
from engine.agents.runs.facts import Run, RunStatus
from engine.agents.runs.running import Means
from engine.agents.working.outcomes import Artefact, HandedIn, KeptText, outcome_of
from engine.agents.working.prompts import INSTRUCTIONS, Material, answered, brief, sent_back
from engine.agents.working.talking import REPLY, Outfit, TalkMeans, TaskTalk
from engine.errors import ExternalBlocked
from engine.goals import Goal
from engine.ports import Queries
from engine.tasks import Outcome, Task
from engine.values import GoalId
from engine.work.registry import WorkContext

__all__ = ["AgentWork", "Outfit", "Workshop"]

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

    @property
    def talk_means(self) -> TalkMeans:
        """What the talk with a model takes."""
        return TalkMeans(models=self.models, accounts=self.accounts, means=self.means, queries=self.queries)


class AgentWork:
    """The work `agent`."""

    def __init__(self, workshop: Workshop) -> None:
        """Nothing is asked yet."""
        self._shop = workshop
        self._talk = TaskTalk(HandedIn, "Hand in what came of the task, at the end", workshop.talk_means)

    async def run(self, context: WorkContext) -> Outcome:
        """One attempt. Raises the `WorkError` that says what is to happen next."""
        goal = await self._shop.accounts.find_goal(context.goal_id)
        about = (goal, context.task)
        run = await self._talk.run_of(*about)
        if run.status is RunStatus.DONE and not await self._talk.was_delivered(*about):
            said = self._talk.kept(run)
        else:
            outfit = await self._shop.equip(str(context.inputs.get("role")))
            prompt = await self._prompt(run, about, context)
            said = await self._talk.carry_on(run, about, outfit.with_words(INSTRUCTIONS), prompt)
        if said.asks:
            raise ExternalBlocked(said.asks, how=REPLY)
        return outcome_of(said, *await self._shop.keep(about, said))

    async def _prompt(self, run: Run, about: tuple[Goal, Task], context: WorkContext) -> str:
        """What the run begins with, or goes on with: the brief, the person's answer, or why it was sent back."""
        goal, task = about
        if run.output is None:
            notes = [row.note for row in reversed(await self._shop.queries.progress(goal.id)) if row.note]
            files = await self._shop.files(goal.id)
            return brief(Material(goal=goal, task=task, inputs=context.inputs, notes=notes, files=files))
        asked = self._talk.kept(run).asks
        if asked:
            return answered(await self._talk.answer(goal, task, asked))
        judgement = task.outcome.judgement if task.outcome is not None else None
        return sent_back(task.last_error or (judgement.reason if judgement is not None else ""))
