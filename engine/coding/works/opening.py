"""The work `open_workspace`: a branch and worktree of the goal's own, and how the tests stand without the change."""

from engine.coding.bench import TestRun
from engine.coding.proving.verdicts import listed
from engine.coding.repositories import Repository
from engine.coding.trials.usability import fault_of, waits_for_approval
from engine.coding.works.attempt import Attempt
from engine.errors import ExternalBlocked
from engine.tasks import Outcome
from engine.workspace.git.committing import filtered
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
        if through := await filtered(bench.edges.git, bench.worktree, tuple(await bench.files())):
            some = listed([f"{path} («{name}»)" for path, name in through.items()])
            told.append(f"files that go through a git filter can't be changed here: {some}")
        if bench.repository.terms.test is not None:
            before = await bench.base_suite()
            _check_usable(bench.repository, before)
            value |= {"tests": before.report.words, "sandboxed": before.result.sandboxed}
            told.append(f"tests there: {before.report.words}")
        if waits_for_approval(bench.repository):
            told.append("its set-up is not approved under /repo, so commands run without what it fetches")
        told += state.notes
        return Outcome(summary="; ".join(told)[:600], value=value)  # type: ignore[arg-type]  # all of it is JSON


def _check_usable(repository: Repository, run: TestRun) -> None:
    if (fault := fault_of(repository, run)) is not None:
        raise ExternalBlocked(fault.why, how=f"{fault.remedy}; {_AGAIN}")
