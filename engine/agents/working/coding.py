"""Writes code with a model: the work `write_code`. The model writes; the system looks at what it wrote, and decides.

What is found wanting (`engine/coding/works/writing.py`) goes back into the same run with the reasons, twice at most.
Whether the goal is reached is decided by the task with the proof, never here. Imports pydantic-ai.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial

from engine.agents.runs.facts import Run
from engine.agents.tools.code import CodeDesk, code_manners, code_toolset, only_code, only_tests
from engine.agents.working.agent import no_files
from engine.agents.working.code_prompts import INSTRUCTIONS, OF_PART, CodeMaterial, code_brief, found_wanting
from engine.agents.working.outcomes import Written
from engine.agents.working.talking import REPLY, Outfit, TalkMeans, TaskTalk
from engine.agents.working.writing_code import WriteOrder, last_proof, order_of, outcome_of_code
from engine.coding.bench import Bench
from engine.coding.proving.verdicts import Verdict
from engine.coding.works.names import Part
from engine.coding.works.writing import looked_at
from engine.errors import ExternalBlocked
from engine.goals import Goal
from engine.tasks import Outcome, Task
from engine.values import GoalId, TaskNumber
from engine.work.registry import WorkContext

SENT_BACK = 2
"""So often one attempt has what the system finds wanting mended by the run that wrote it."""
ROLE_OF: Mapping[Part, str] = {
    Part.TEST: "tester",
    Part.ACCEPTANCE: "tester",
    Part.CHANGE: "coder",
    Part.TESTS: "tester",
}

About = tuple[Goal, Task]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeShop:
    """What code is written with."""

    talk: TalkMeans
    equip: Callable[[str], Awaitable[Outfit]]
    """From the name of a role, without the tools for code. Raises `InvalidInputError` where there is no such role."""
    open: Callable[[Goal, TaskNumber], AbstractAsyncContextManager[Bench]]
    """The goal's workspace, for this task alone while it is open; what is done there is in the goal's log then."""
    files: Callable[[GoalId], Awaitable[Sequence[str]]] = no_files
    """Documents kept with the goal, a line each."""


class CodeWork:
    """The work `write_code`."""

    def __init__(self, shop: CodeShop) -> None:
        """Nothing is asked yet."""
        self._shop = shop
        self._talk = TaskTalk(Written, "Hand in what you wrote, once the tests say what they should", shop.talk)

    async def run(self, context: WorkContext) -> Outcome:
        """One attempt. Raises the `WorkError` that says what is to happen next."""
        goal = await self._shop.talk.accounts.find_goal(context.goal_id)
        async with self._shop.open(goal, context.task.number) as bench:
            return await _Attempt(self._shop, self._talk, bench).written((goal, context.task))


class _Attempt:
    """One attempt at an open workspace."""

    def __init__(self, shop: CodeShop, talk: TaskTalk[Written], bench: Bench) -> None:
        self._shop, self._talk, self._bench = shop, talk, bench

    async def written(self, about: About) -> Outcome:
        """Have it written, looked at, and mended; what came out in the end."""
        goal, task = about
        order = order_of(task.inputs)
        run = await self._talk.run_of(goal, task)
        said = await self._talk.handed_in(run, about)
        if said is None:
            prompt = await self._talk.next_words(run, about, partial(self._brief, goal, task, order))
            said = await self._asked(run, about, order, prompt)
        verdict = await self._looked_at(said, order, goal)
        for _ in range(SENT_BACK):
            if verdict.done:
                break
            run = await self._talk.run_of(goal, task)
            said = await self._asked(run, about, order, found_wanting(verdict))
            verdict = await self._looked_at(said, order, goal)
        return outcome_of_code(said, verdict, await self._bench.changed())

    async def _looked_at(self, said: Written, order: WriteOrder, goal: Goal) -> Verdict:
        if said.asks:
            raise ExternalBlocked(said.asks, how=REPLY)
        rejected = last_proof(goal).state if order.again else ""
        return await looked_at(self._bench, order.part, goal, rejected)

    async def _asked(self, run: Run, about: About, order: WriteOrder, prompt: str) -> Written:
        outfit = await self._shop.equip(ROLE_OF[order.part])
        rule = only_code if order.part is Part.CHANGE else only_tests
        refuses = partial(rule, test_files=self._bench.repository.terms.test_files)
        desk = CodeDesk(bench=self._bench, refuses=refuses)
        told = outfit.with_words(f"{INSTRUCTIONS}\n\n{OF_PART[order.part]}")
        equipped = told.with_tools([(code_toolset(desk), code_manners())])
        return await self._talk.carry_on(run, about, equipped, prompt)

    async def _brief(self, goal: Goal, task: Task, order: WriteOrder) -> str:
        return code_brief(
            CodeMaterial(
                goal=goal,
                task=task,
                about=order.about,
                repository=self._bench.repository,
                changed=[f"{one.kind.value} {one.path}" for one in await self._bench.changed()],
                failures=last_proof(goal).failures if order.again else (),
                notes=await self._talk.notes(goal),
                files=await self._shop.files(goal.id),
            )
        )
