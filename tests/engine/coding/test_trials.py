"""A repository's commands, run for real on the base branch: what came of them, and nothing of it is left behind."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from engine.agents.breaker import FAILURES, FIRST_REST, Position
from engine.coding.benches import Benches
from engine.coding.making import MadeWorkbench
from engine.coding.reports import Trial
from engine.coding.repositories import Command, CommandKind, Language, Repository, RepositoryId
from engine.executor import AutonomousGoalExecutor
from engine.values import Cause, ChatId
from tests.engine.coding.conftest import Opening
from tests.engine.coding.shop import benches_of, git
from tests.waiting import others_at_work

NOBODY_HAS = "pytest_that_nobody_has"


async def known(executor: AutonomousGoalExecutor, **commands: tuple[str, ...]) -> Repository:
    (found,) = await executor.repositories.of(None)
    changed = {name: Command(words=words) for name, words in commands.items()}
    return replace(found, terms=replace(found.terms, **changed))  # type: ignore[arg-type]  # commands by their names


async def test_the_tests_of_the_base_are_run_as_a_goal_would_find_them_and_nothing_stays(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    (shop / "test_shop.py").write_text("raise SystemExit('what nobody has committed counts for nothing')")
    workbench, before = await executor.workbench.get(), git(shop, "status", "--porcelain")  # type: ignore[union-attr]  # it is set up
    green = await workbench.try_command(await known(executor, test=("python3", "-m", "unittest")), CommandKind.TEST)
    assert (green.fine, green.words, green.red, green.remedy) == (True, "2 passed", (), "")
    words = ("python3", "-m", NOBODY_HAS, "-q", "pytest")
    missing = await workbench.try_command(await known(executor, test=words), CommandKind.TEST)
    assert not missing.fine
    assert f"No module named {NOBODY_HAS}" in missing.words
    assert missing.remedy == (
        "say under /repo shop what fetches all that it needs («setup: python3 -m pip install --target .milepost-deps"
        " pytest»)"
    )
    home = benches_of(executor).edges.git.home
    assert [*(home / "trials").iterdir()] == []
    assert git(shop, "status", "--porcelain") == before
    assert git(shop, "worktree", "list").count("\n") == 1


async def test_a_linter_is_told_by_how_it_ended_and_one_that_is_not_there_with_what_fetches_it(
    executor: AutonomousGoalExecutor,
) -> None:
    workbench = await executor.workbench.get()  # type: ignore[union-attr]  # it is set up
    for words, fine, said, remedy in (
        (("true",), True, "lint: fine", ""),
        (("sh", "-c", "echo shop.py: unused; exit 3"), False, "lint: exit code 3\nshop.py: unused", ""),
        (("nolinter", "."), False, "nolinter", "--target .milepost-deps nolinter"),
    ):
        trial = await workbench.try_command(await known(executor, lint=words), CommandKind.LINT)
        assert trial.fine is fine
        assert said in trial.words
        assert remedy in trial.remedy
        assert bool(trial.remedy) is bool(remedy)


async def test_what_to_do_about_a_program_that_is_not_there_hangs_on_what_could_bring_it(
    executor: AutonomousGoalExecutor,
) -> None:
    workbench = await executor.workbench.get()  # type: ignore[union-attr]  # it is set up
    for language, remedy in (
        (Language.GO, "install «nolinter» on this machine"),
        (Language.OTHER, "install «nolinter» on this machine"),
        (Language.JAVASCRIPT, "«setup: npm ci»"),
    ):
        repository = await known(executor, lint=("nolinter", "."), test=("nolinter", "."))
        repository = replace(repository, terms=replace(repository.terms, language=language))
        for kind in (CommandKind.LINT, CommandKind.TEST):
            assert remedy in (await workbench.try_command(repository, kind)).remedy
    inside = await known(executor, test=("sh", "-c", "echo nolinter: not found; exit 127"))
    inside = replace(inside, terms=replace(inside.terms, language=Language.GO))
    assert "«setup: go mod vendor»" in (await workbench.try_command(inside, CommandKind.TEST)).remedy


class Tried(MadeWorkbench):
    """A workbench whose trials come to an end, or go on for ever."""

    def __init__(self, benches: Benches, ends: bool) -> None:
        super().__init__(benches)
        self.ends, self.begun = ends, asyncio.Event()

    async def try_command(self, repository: Repository, kind: CommandKind) -> Trial:
        self.begun.set()
        if not self.ends:
            await asyncio.Event().wait()
        return Trial(kind=kind, fine=True, words=f"{repository.terms.command(kind)}")


def told(database: Path) -> list[str]:
    """What is on its way to the chat."""
    with closing(sqlite3.connect(database)) as connection:
        return [content for (content,) in connection.execute("SELECT content FROM outbox ORDER BY id")]


async def test_a_trial_that_a_stop_cuts_off_is_made_by_the_next_run_and_told_once(
    opening: Opening, tmp_path: Path
) -> None:
    for ends in (False, True, True):
        async with opening() as executor:
            assert executor.workbench is not None
            assert executor.trials is not None
            bench = executor.workbench.made = Tried(benches_of(executor), ends=ends)
            if not ends:
                made = await known(executor, test=("make", "test"))
                repository = await executor.repositories.change(made, made.terms, Cause("named"))
                assert await executor.try_commands(repository, None, ChatId(7))
                await bench.begun.wait()
            else:
                await executor.look_after_goals()
            while ends and not executor.trials.is_idle:
                await others_at_work()
        assert len(told(tmp_path / "goals.db")) == int(ends)
    assert "make" in told(tmp_path / "goals.db")[0]
    assert not bench.begun.is_set()


async def test_a_repository_that_failed_often_rests_by_seconds_that_nobody_sets(
    executor: AutonomousGoalExecutor,
) -> None:
    await executor.workbench.get()  # type: ignore[union-attr]  # it is set up
    known, seconds = benches_of(executor), [100.0]
    breaker = Benches(known.sources, known.edges, lambda: seconds[0]).breaker_for(RepositoryId(1))
    for _ in range(FAILURES):
        breaker.failed(is_probe=False)
    assert breaker.position is Position.OPEN
    seconds[0] += FIRST_REST
    assert breaker.position is Position.HALF_OPEN
