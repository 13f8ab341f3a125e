"""The work `open_workspace`: a branch and worktree of the goal's own, and how the tests stand without the change."""

from engine.coding.works.attempt import Attempt
from engine.coding.works.commands import shown
from engine.errors import PermanentError
from engine.tasks import Outcome
from engine.workspace.git.inspecting import inspect


async def open_workspace(attempt: Attempt) -> Outcome:
    """Make it, or take it up as it is. What a person should know of their repository is said."""
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
            value |= {"tests": before.report.words, "sandboxed": before.result.sandboxed}
            told.append(f"tests there: {before.report.words}")
            if before.report.stopped is not None:
                raise PermanentError(f"the tests don't come to an end as they are: {shown(before.result.output)}")
        if bench.repository.terms.set_up is not None and not bench.repository.terms.set_up.is_approved:
            told.append("its set-up is not approved under /repo, so commands run without what it fetches")
        told += state.notes
        return Outcome(summary="; ".join(told)[:600], value=value)  # type: ignore[arg-type]  # all of it is JSON
