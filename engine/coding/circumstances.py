"""What a planner is to know of the repository that a goal works in: looked up before each plan, kept nowhere."""

from collections.abc import Mapping, Sequence
from posixpath import splitext

from engine.coding.benches import Benches
from engine.coding.proving.languages import language_of
from engine.coding.proving.mutants import Wanted, mutants
from engine.coding.proving.protected import Protection, protection
from engine.coding.reports import Facts
from engine.coding.repositories import Language, PushPolicy, Repository
from engine.coding.works.names import WRITE
from engine.coding.works.stand_in import WITHOUT_AUTHOR
from engine.errors import WorkError
from engine.goals import Goal
from engine.values import JsonValue
from engine.work.registry import WorkRegistry
from engine.workspace.git.commands import Git, Located
from engine.workspace.git.errors import NoRemote
from engine.workspace.git.inspecting import inspect, locate
from engine.workspace.git.reading import contents_at, files_at
from engine.workspace.git.remotes import find_remote
from engine.workspace.git.worktrees import base_commit

_LOOKED_AT = 40
"""Files of code in which something is looked for that can be broken; where there are more, something is."""
_NOT_READ = {
    *(".c", ".cc", ".clj", ".cpp", ".cs", ".cxx", ".dart", ".erl", ".ex", ".exs", ".h", ".hpp", ".hs", ".java", ".jl"),
    *(".kt", ".lua", ".m", ".ml", ".php", ".pl", ".pm", ".r", ".rb", ".scala", ".swift", ".zig"),
}
"""Endings of programs in languages that are not read here."""


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
    targets = goal.metadata.get("targets")
    return {**facts, **await _seen(benches, repository, targets if isinstance(targets, list) else ())}


def _has_author(registry: WorkRegistry) -> bool:
    return WRITE in registry.names() and registry.get(WRITE) is not WITHOUT_AUTHOR


async def _has_remote(git: Git, located: Located) -> bool:
    try:
        await find_remote(git, located, "")
    except NoRemote:
        return False
    return True


async def _seen(benches: Benches, repository: Repository, targets: Sequence[JsonValue]) -> Facts:
    """What the repository and the machine tell; nothing where they can't be looked at: the first task says why."""
    git = benches.edges.git
    fitness = await benches.edges.sandbox.fitness()
    seen: dict[str, JsonValue] = {"has_sandbox": fitness.can_run}
    try:
        located = await locate(git, repository.path)
        state = await inspect(git, repository.path)
        base = await base_commit(git, located, repository.terms.base)
        files = await files_at(git, located, base)
        kinds = {path: protection(path, repository.terms.test_files) for path in files}
        code = _code_in(kinds, repository.terms.language, targets)
        texts = await contents_at(git, located, base, code[:_LOOKED_AT])
    except WorkError:
        return seen
    seen["has_remote"] = await _has_remote(git, located)
    seen |= {"tree_is_dirty": bool(state.changed or state.untracked), "has_tests": Protection.TEST in kinds.values()}
    return {**seen, "can_break_code": len(code) > _LOOKED_AT or any(_can_break(*one) for one in texts.items())}


def _code_in(kinds: Mapping[str, Protection | None], own: Language, targets: Sequence[JsonValue]) -> Sequence[str]:
    """The programs that new tests are likely to be about, as far as their names tell; those named, if any are.

    Nothing where they are in a language that is not read here: a script or two beside them are not what is tested.
    """
    plain = [path for path, kind in kinds.items() if kind is None]
    code = [path for path in plain if language_of(path) is not Language.OTHER]
    if targets:
        return [path for path in code if path in targets]
    own = Language.JAVASCRIPT if own is Language.TYPESCRIPT else own
    if own is not Language.OTHER:
        return [path for path in code if language_of(path) is own]
    foreign = sum(splitext(path)[1].lower() in _NOT_READ for path in plain)
    return code if len(code) >= foreign else ()


def _can_break(path: str, content: bytes) -> bool:
    """Whether there is something in it that can be broken on purpose, for tests to notice."""
    return bool(mutants(path, content.decode("utf-8", "replace"), language_of(path), Wanted(limit=1)))
