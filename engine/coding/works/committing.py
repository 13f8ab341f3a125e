"""The work `git_commit`: exactly the state that was proven, by the list of its files, once."""

from engine.coding.works.attempt import Attempt
from engine.coding.works.names import PROVE
from engine.coding.works.outcomes import brought, newest
from engine.errors import PermanentError
from engine.tasks import Outcome, TaskStatus
from engine.work.inputs import needed_text
from engine.workspace.escaping import shown_name
from engine.workspace.git.committing import CommitOrder
from engine.workspace.git.committing import commit as commit_paths
from engine.workspace.git.reading import compare

_LONGEST_TITLE = 72


async def commit(attempt: Attempt) -> Outcome:
    """Commit it. A second time finds the commit that was made."""
    proof = newest(attempt.goal, PROVE, lambda task: task.status is TaskStatus.COMPLETED)
    state = brought(proof).get("state")
    if not isinstance(state, str):
        raise PermanentError("nothing has proven the files as they are, so nothing is committed")
    async with attempt.bench() as bench:
        if await bench.state() != state:
            raise PermanentError("the files have changed since they were proven, so nothing is committed")
        changed = await compare(bench.edges.git, bench.worktree, await bench.head(), state)
        refused = {one.path: why for one in changed if (why := bench.globs.permits(one.path)) is not None}
        if refused:
            told = "; ".join(f"«{shown_name(path)}»: {why}" for path, why in list(refused.items())[:5])
            raise PermanentError(f"files were changed that are kept out, so nothing is committed: {told}")
        order = CommitOrder(
            paths=tuple(one.path for one in changed),
            message=_message(attempt),
            goal=attempt.goal.id,
            task=attempt.name,
        )
        made = await commit_paths(bench.edges.git, bench.worktree, order)
        head = await bench.head()
        if left := await compare(bench.edges.git, bench.worktree, head, state):
            raise PermanentError(f"the commit is not what was proven: «{shown_name(left[0].path)}» differs")
    paths = [*made.paths] if made is not None else []
    short = head[:10]
    told = f"{short} on {bench.workspace.branch}: {len(paths)} files" if paths else f"{short}: all was committed before"
    return Outcome(summary=told, value={"commit": head, "branch": bench.workspace.branch, "paths": [*paths]})


def _message(attempt: Attempt) -> str:
    said = needed_text(attempt.inputs, "message")
    first, _, rest = said.partition("\n")
    if (
        first.lower() in attempt.goal.name.lower()
    ):  # «Fix the bug that totals are wrong» says more than «totals are wrong»
        first = attempt.goal.name
    title = first[:1].upper() + first[1:]
    title, cut = (title, "") if len(title) <= _LONGEST_TITLE else (f"{title[: _LONGEST_TITLE - 1].rstrip()}…", title)
    return "\n\n".join(filter(None, (title, cut, rest.strip())))
