"""Does tasks with a model: one run a task, taken up where it stands however often its attempts end.

A question for the person blocks the task; with the answer the same run goes on, also the next day and after a restart.
What is handed in and found wanting goes back to the run that made it. Imports pydantic-ai.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from engine.agents.working.outcomes import Artefact, HandedIn, KeptText, outcome_of
from engine.agents.working.prompts import INSTRUCTIONS, Material, brief
from engine.agents.working.talking import REPLY, Outfit, TalkMeans, TaskTalk
from engine.errors import ExternalBlocked
from engine.goals import Goal
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

    talk: TalkMeans
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
        self._talk = TaskTalk(HandedIn, "Hand in what came of the task, at the end", workshop.talk)

    async def run(self, context: WorkContext) -> Outcome:
        """One attempt. Raises the `WorkError` that says what is to happen next."""
        goal = await self._shop.talk.accounts.find_goal(context.goal_id)
        about = (goal, context.task)
        run = await self._talk.run_of(*about)
        said = await self._talk.handed_in(run, about)
        if said is None:
            outfit = await self._shop.equip(str(context.inputs.get("role")))
            prompt = await self._talk.next_words(run, about, partial(self._brief, about, context))
            said = await self._talk.carry_on(run, about, outfit.with_words(INSTRUCTIONS), prompt)
        if said.asks:
            raise ExternalBlocked(said.asks, how=REPLY)
        return outcome_of(said, *await self._shop.keep(about, said))

    async def _brief(self, about: tuple[Goal, Task], context: WorkContext) -> str:
        goal, task = about
        notes, files = await self._talk.notes(goal), await self._shop.files(goal.id)
        return brief(Material(goal=goal, task=task, inputs=context.inputs, notes=notes, files=files))
