"""What a planner is to know of the repository that a goal works in: looked up before each plan, kept nowhere."""

from engine.coding.benches import Benches
from engine.coding.proving.languages import language_of
from engine.coding.proving.protected import Protection, protection
from engine.coding.reports import Facts
from engine.coding.repositories import Language, PushPolicy, Repository, Terms
from engine.coding.works.names import WRITE
from engine.coding.works.stand_in import WITHOUT_AUTHOR
from engine.errors import WorkError
from engine.goals import Goal
from engine.values import JsonValue
from engine.work.registry import WorkRegistry
from engine.workspace.git.commands import Git, Located
from engine.workspace.git.errors import NoRemote
from engine.workspace.git.inspecting import inspect, locate
from engine.workspace.git.reading import files_at
from engine.workspace.git.remotes import find_remote
from engine.workspace.git.worktrees import base_commit


async def facts_of(benches: Benches, goal: Goal) -> Facts:
    """By the names of the planner's context. Empty where the goal can't work in what it names."""
    try:
        repository = await benches.repository_of(goal)
    except WorkError:
        return {}
    terms = repository.terms
    facts: dict[str, JsonValue] = {
        "in_repository": True,
        "has_codebase": True,
        "has_test_command": terms.test is not None,
        "may_push": terms.push is not PushPolicy.NEVER,
        "model_available": _has_author(benches.sources.registry),
    }
    if terms.language is not Language.OTHER:
        facts["language"] = terms.language.value
    return {**facts, **await _seen(benches, repository)}


def _has_author(registry: WorkRegistry) -> bool:
    return WRITE in registry.names() and registry.get(WRITE) is not WITHOUT_AUTHOR


async def _has_remote(git: Git, located: Located) -> bool:
    try:
        await find_remote(git, located, "")
    except NoRemote:
        return False
    return True


async def _seen(benches: Benches, repository: Repository) -> Facts:
    """What the repository and the machine tell; nothing where they can't be looked at: the first task says why."""
    git = benches.edges.git
    fitness = await benches.edges.sandbox.fitness()
    seen: dict[str, JsonValue] = {"has_sandbox": fitness.can_run}
    try:
        located = await locate(git, repository.path)
        state = await inspect(git, repository.path)
        files = await files_at(git, located, await base_commit(git, located, repository.terms.base))
    except WorkError:
        return seen
    seen["has_remote"] = await _has_remote(git, located)
    has_tests = any(protection(path, repository.terms.test_files) is Protection.TEST for path in files)
    seen |= {"tree_is_dirty": bool(state.changed or state.untracked), "has_tests": has_tests}
    return {**seen, "can_break_code": any(_is_code(path, repository.terms) for path in files)}


def _is_code(path: str, terms: Terms) -> bool:
    """Whether it is a program in a language that is read here, so that tests of it can be tried on broken versions."""
    return language_of(path) is not Language.OTHER and protection(path, terms.test_files) is None
