"""Two Mileposts on one repository, each with its own books: a name that one has taken is not the other's."""

import asyncio
from pathlib import Path

import pytest

from engine.values import GoalId
from engine.workspace.git.claiming import claim
from engine.workspace.git.commands import Git, Located
from engine.workspace.git.discarding import discard, purge
from engine.workspace.git.inspecting import locate
from engine.workspace.git.worktrees import ensure, remove
from tests.engine.workspace.git.repositories import git as person
from tests.engine.workspace.git.repositories import of_the_person
from tests.fakes import FakeClock

TITLE, BRANCH = "Fix the sum", "milepost/7-fix-the-sum"


@pytest.fixture
async def located(git: Git, repository: Path) -> Located:
    return await locate(git, repository)


async def claimed(git: Git, located: Located) -> str:
    return await claim(git, located, GoalId(7), TITLE, person(located.path, "rev-parse", "main"))


async def test_the_first_gets_the_plain_name_and_the_next_another(git: Git, located: Located) -> None:
    before = of_the_person(located.path)
    assert [await claimed(git, located) for _ in range(3)] == [BRANCH, f"{BRANCH}-2", f"{BRANCH}-3"]
    assert of_the_person(located.path) == before


async def test_of_many_who_ask_at_once_no_two_get_the_same(located: Located, tmp_path: Path, clock: FakeClock) -> None:
    gits = [Git(tmp_path / f"milepost-{number}", clock) for number in range(6)]
    names = await asyncio.gather(*(claimed(git, located) for git in gits))
    assert len(set(names)) == len(names)


async def test_a_branch_that_is_there_is_left_to_whoever_made_it(git: Git, located: Located) -> None:
    person(located.path, "branch", BRANCH, "main~1")
    person(located.path, "pack-refs", "--all")
    assert await claimed(git, located) == f"{BRANCH}-2"
    assert person(located.path, "rev-parse", BRANCH) == person(located.path, "rev-parse", "main~1")


@pytest.mark.long
async def test_a_name_is_free_again_when_its_branch_can_not_come_back(git: Git, located: Located) -> None:
    assert await claimed(git, located) == BRANCH
    await ensure(git, located.path, BRANCH, "main")
    await remove(git, located.path, BRANCH)
    assert await claimed(git, located) == f"{BRANCH}-2"
    await discard(git, located.path, BRANCH)
    assert await claimed(git, located) == f"{BRANCH}-3"
    await purge(git, located.path, BRANCH)
    assert await claimed(git, located) == BRANCH
    await purge(git, located.path, BRANCH)
    assert await claimed(git, located) == f"{BRANCH}-4", "nothing was discarded since, so the claim is somebody's"
