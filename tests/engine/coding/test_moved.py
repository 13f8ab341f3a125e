"""A repository that is moved or gone holds its goals up, says so in plain words, and they go on once it is back."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from engine.blockages import Blockage
from engine.coding.branches import difference
from engine.coding.reports import HandIn
from engine.coding.repositories import Repository
from engine.coding.workspaces import Workspace
from engine.errors import PermanentError, RefusedError, ResourceBlocked
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal
from engine.tasks import TaskStatus
from tests.engine.coding.shop import CURE, RED_TEST, Life, benches_of, make_shop, state_of
from tests.waiting import others_at_work


async def test_a_work_waits_while_its_repository_is_away(executor: AutonomousGoalExecutor, shop: Path) -> None:
    life, away = Life(executor), shop.with_name("away")
    life.id = await executor.take_up_goal(life.text, life.context)
    assert await benches_of(executor).sources.repositories.of(None)
    shop.rename(away)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        carried = group.create_task(life.go_on())
        while not (goal := await life.goal()).blockages:
            await others_at_work()
        blockage = _told(goal)
        away.rename(shop)
        await executor.resolve_blockage(f"{goal.id}:{blockage.number}")
        goal = await carried
    assert not goal.blockages
    assert [one.status for one in goal.live_tasks if one.work == "open_workspace"] == [TaskStatus.COMPLETED]


def _told(goal: Goal) -> Blockage:
    """What is in the way, as a person reads it."""
    (blockage,) = goal.blockages.values()
    assert (blockage.kind, blockage.needed) == ("resource", "the repository «shop»")
    assert "the repository «shop» is not where it was: there is no folder" in blockage.description
    assert goal.tasks[blockage.task].status is TaskStatus.BLOCKED  # type: ignore[index]  # it holds up a task
    return blockage


@pytest.mark.long  # over a second
async def test_what_took_its_place_is_not_worked_on(life: Life, shop: Path) -> None:
    other = make_shop(shop.with_name("other"))
    before = state_of(other)
    shop.rename(shop.with_name("away"))
    shop.symlink_to(other)
    goal, benches = await life.goal(), benches_of(life.executor)
    with pytest.raises(ResourceBlocked, match="has become a link to somewhere else"):
        async with benches.open(goal):
            pass
    report = await (await life.executor.workbench.get()).report(life.id)  # type: ignore[union-attr]  # it is set up
    assert report is not None
    assert (report.difference, report.proven) == (None, False)
    assert f"the repository «shop» is not where it was: {shop} has become a link" in report.unseen
    for ask in (benches.close, benches.discard, lambda goal: difference(benches, goal)):
        with pytest.raises(ResourceBlocked):
            await ask(life.id)
    with pytest.raises(RefusedError, match="is not where it was"):
        await life.hand_in(HandIn(files=RED_TEST))
    assert state_of(other) == before
    shop.unlink()
    shop.with_name("away").rename(shop)
    await life.hand_in(HandIn(files=RED_TEST))
    assert (await life.hand_in(HandIn(patch=CURE))).has_ended


async def test_a_listed_repository_that_was_not_there_at_the_start_is_told_as_that(
    executor: AutonomousGoalExecutor, shop: Path
) -> None:
    shop.rename(shop.with_name("away"))
    life = Life(executor)
    life.id = await executor.take_up_goal(life.text, life.context)
    with pytest.raises(PermanentError, match="the repository «shop» can't be used: there is no folder"):
        await benches_of(executor).repository_of(await life.goal())


@pytest.mark.long  # a second
async def test_one_repository_that_is_away_keeps_no_other_from_being_looked_after(
    executor: AutonomousGoalExecutor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = Life(executor), Life(executor, "Fix the bug that counts are wrong")
    benches = benches_of(executor)
    for life in (first, second):
        await life.go_on()
        await executor.cancel_goal(life.id, "enough")
    assert executor.announcer is not None
    while not executor.announcer.is_idle:
        await others_at_work()
    for life in (first, second):
        async with benches.open(await life.goal()):
            pass
    monkeypatch.setattr(benches, "repository_there", _away_for(first, benches.repository_there))
    await executor.announcer.look_after()
    assert f"goal {first.id} could not be closed" in caplog.text
    kept = await benches.sources.store.workspace(second.id)
    assert kept is not None
    assert kept.status.value == "removed"


Look = Callable[[Workspace], Awaitable[Repository]]


def _away_for(life: Life, look: Look) -> Look:
    async def there(workspace: Workspace) -> Repository:
        if workspace.goal == life.id:
            raise ResourceBlocked("the repository", "away")
        return await look(workspace)

    return there
