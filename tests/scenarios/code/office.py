"""A program with a repository and a model on loopback: what code goals take, all of it real but the model's mind."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.library import open_executor
from engine.agents.names import parse_model
from engine.agents.options import ModelOptions
from engine.agents.prices import Price
from engine.blockages import BlockageKind
from engine.coding.options import MEGABYTE, CodeLimits, CodeOptions, ListedRepository
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.options import Options
from engine.values import JsonObject
from tests.engine.stage import AT_ONCE, IN_CHAT, until
from tests.engine.workspace.git.repositories import commit_all, git, of_the_person
from tests.fresh_database import fresh_database
from tests.scenarios.code.authors import Author
from tests.scripted_models import ScriptedServer, scripted_openai

MODEL = "openai:scripted"
PRICE = Price(tokens_in=1_000_000, tokens_out=10_000_000)
NAME = "work"
"""The repository's."""
LIMITS = CodeLimits(goal=120.0, command=20.0, memory=512 * MEGABYTE, disk=256 * MEGABYTE, processes=64)


@dataclass
class Office:
    """A repository of a person's, and what becomes of it."""

    path: Path
    files: Mapping[str, str]
    author: Author
    limits: CodeLimits = LIMITS
    models: dict[str, object] = field(default_factory=dict)
    """What is to be different about the models."""

    def __post_init__(self) -> None:
        self.repository = self.path / NAME
        if not self.repository.exists():
            self._make()
        self.before = of_the_person(self.repository)

    def _make(self) -> None:
        self.repository.mkdir()
        git(self.repository, "init", "--quiet", "--initial-branch=main")
        git(self.repository, "config", "user.name", "Ada")
        git(self.repository, "config", "user.email", "ada@example.org")
        for name, text in self.files.items():
            place = self.repository / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")
        commit_all(self.repository, "As it is")
        (self.repository / "notes.txt").write_text("not tracked\n", "utf-8")

    @property
    def is_untouched(self) -> bool:
        """Whether the person's checkout, index, HEAD and branches are byte for byte as they were."""
        return of_the_person(self.repository) == self.before

    @property
    def branches(self) -> list[str]:
        """Those that Milepost made."""
        found = git(self.repository, "for-each-ref", "--format=%(refname:short)", "refs/heads/milepost")
        return found.splitlines()

    @property
    def commits(self) -> list[str]:
        """What was committed to its branch, the newest first."""
        return [one for branch in self.branches for one in self._log(branch)]

    def _log(self, branch: str) -> list[str]:
        return git(self.repository, "log", "--format=%s", f"main..{branch}").splitlines()

    def committed(self, path: str) -> str:
        """A file as it is on its branch."""
        return git(self.repository, "show", f"{self.branches[0]}:{path}") + "\n"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[tuple[AutonomousGoalExecutor, ScriptedServer]]:
        """The program; opened again it goes on where it stopped."""
        async with scripted_openai(self.author) as server:
            models = {"timeout": 5.0, "most_tokens": 500, "prices": {MODEL: PRICE}, **self.models}
            options = Options(
                retry=AT_ONCE,
                models=ModelOptions(main=parse_model(MODEL), url=server.url, **models),  # type: ignore[arg-type]  # a test's own words
                code=CodeOptions(
                    listed=(ListedRepository(name=NAME, path=self.repository),),
                    worktrees=self.path / "worktrees",
                    limits=self.limits,
                ),
            )
            database = fresh_database(self.path / "milepost.db")
            async with asyncio.timeout(90), open_executor(database, options=options) as executor:
                yield executor, server


async def pursued(
    executor: AutonomousGoalExecutor, name: str, holds: Callable[[Goal], bool], facts: JsonObject | None = None
) -> Goal:
    """A goal of a chat in the repository, adopted and carried on until that holds."""
    metadata: JsonObject = {"repository": NAME, **(facts or {})}
    goal = await executor.set_goal(name, success_criteria=[name], metadata=metadata, origin=IN_CHAT)
    await until(executor, goal, lambda one: one.status is GoalStatus.PROPOSED)
    await executor.start_goal(goal)
    return await until(executor, goal, holds)


def ended(goal: Goal) -> bool:
    """Whether nothing more comes of it."""
    return goal.has_ended


def asks_person(goal: Goal) -> bool:
    """Whether somebody is asked for something, and nothing else goes on."""
    open_ones = [
        one for one in goal.blockages.values() if one.resolved_at is None and one.kind is not BlockageKind.ERROR
    ]
    waits = any(task.waiting is not None for task in goal.live_tasks)
    return goal.has_ended or (goal.adapting is None and (waits or bool(open_ones)))


def told(goal: Goal) -> str:
    """All that went wrong with its tasks."""
    return "\n".join(task.last_error for task in goal.tasks.values())
