"""The work `open_workspace`: a branch and worktree of the goal's own, and how the tests stand without the change."""

from engine.coding.bench import TestRun
from engine.coding.outputs import shown
from engine.coding.repositories import DEPENDENCIES, Language, Repository
from engine.coding.works.attempt import Attempt
from engine.errors import ExternalBlocked
from engine.tasks import Outcome
from engine.workspace.git.inspecting import inspect

_AGAIN = "then say that it is resolved, and I run them again"


async def open_workspace(attempt: Attempt) -> Outcome:
    """Make it, or take it up as it is. What a person should know of their repository is said.

    Raises `ExternalBlocked` where the tests as they are say nothing that a change could be measured by.
    """
    await attempt.benches.catch_up(attempt.goal.id)
    async with attempt.bench() as bench:
        state = await inspect(bench.edges.git, bench.repository.path)
        told = [f"Branch {bench.workspace.branch}, from {bench.workspace.base}"]
        value: dict[str, object] = {
            "branch": bench.workspace.branch,
            "base": bench.workspace.base,
            "base_commit": bench.worktree.base,
            "notes": [*state.notes],
        }
        if bench.repository.terms.test is not None:
            before = await bench.base_suite()
            _check_usable(bench.repository, before)
            value |= {"tests": before.report.words, "sandboxed": before.result.sandboxed}
            told.append(f"tests there: {before.report.words}")
        if _waits_for_approval(bench.repository):
            told.append("its set-up is not approved under /repo, so commands run without what it fetches")
        told += state.notes
        return Outcome(summary="; ".join(told)[:600], value=value)  # type: ignore[arg-type]  # all of it is JSON


def _check_usable(repository: Repository, run: TestRun) -> None:
    last = shown(run.result.output)
    if run.report.stopped is not None:
        how = f"mend them on the base branch, or name others under /repo («test: …»); {_AGAIN}"
        raise ExternalBlocked(f"the tests don't come to an end as they are: {run.report.stopped}\n{last}", how=how)
    if not run.report.tells_something:
        raise ExternalBlocked(
            f"the tests can't be run as they are: «{_test_line(repository)}» says\n{last}", how=_remedy(repository)
        )


def _test_line(repository: Repository) -> str:
    return repository.terms.test.line if repository.terms.test is not None else ""


def _remedy(repository: Repository) -> str:
    """What a person can do about a runner that is not there."""
    if _waits_for_approval(repository):
        return f"approve its set-up under /repo {repository.name}; {_AGAIN}"
    fetch = "npm ci"
    if repository.terms.language is Language.PYTHON:
        fetch = f"python3 -m pip install --target {DEPENDENCIES} pytest"
    return f"say under /repo {repository.name} what fetches all that they need («setup: {fetch}»); {_AGAIN}"


def _waits_for_approval(repository: Repository) -> bool:
    return repository.terms.set_up is not None and not repository.terms.set_up.is_approved
