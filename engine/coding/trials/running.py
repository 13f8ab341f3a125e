"""A repository's command, run once on the base branch as it is: whoever names it hears at once whether it will do."""

import asyncio
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.coding.bench import Bench, Wanted
from engine.coding.benches import Benches
from engine.coding.journal import Journal
from engine.coding.reports import Trial
from engine.coding.repositories import CommandKind, Repository
from engine.coding.trials.usability import fault_of, no_program
from engine.coding.works.commands import outcome_of
from engine.coding.workspaces import Workspace
from engine.values import GoalId
from engine.workspace.git.inspecting import locate
from engine.workspace.git.worktrees import Worktree, base_commit, read_tree

_NO_GOALS = GoalId(0)
_MOST_RED = 50
_A_DAY = 86_400.0


class _AsItStands(Bench):
    """A bench on the files of a commit, which nobody changes: their state is that commit."""

    async def state(self) -> str:
        return self.worktree.base

    async def _tree(self, *, on_base: bool) -> Path:
        del on_base
        return self.worktree.path


async def tried(benches: Benches, repository: Repository, kind: CommandKind) -> Trial:
    """Run it, within the same bounds as for a goal. Raises `WorkError` where nothing can be run at all."""
    git, base = benches.edges.git, repository.terms.base
    located = await locate(git, repository.path)
    commit = await base_commit(git, located, base)
    place = await asyncio.to_thread(_place_in, git.home / "trials")
    try:
        files = place / "files"
        files.mkdir()
        tree = Worktree(repository=located, branch=base, base=commit, path=files, admin=place)
        await read_tree(git, tree, commit, tree.index)
        of_nobody = Workspace(
            goal=_NO_GOALS, repository=repository.id, branch=base, base=base, base_commit=commit, path=files
        )
        edges = replace(benches.edges, logs=place / "logs", tell=lambda goal, lines: None)
        bench = _AsItStands(edges, (repository, of_nobody, tree), Journal(None))
        return await _tests(bench) if kind is CommandKind.TEST else await _command(bench, kind)
    finally:
        await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)


def _place_in(home: Path) -> Path:
    """A new folder. Those that a kill left behind a day or longer ago go."""
    home.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=home))
    for one in home.iterdir():
        with suppress(FileNotFoundError):  # another trial has just ended
            if made.stat().st_mtime - one.stat().st_mtime > _A_DAY:
                shutil.rmtree(one, ignore_errors=True)
    return made


async def _tests(bench: Bench) -> Trial:
    run = await bench.tests(Wanted(on_base=True))
    fault = fault_of(bench.repository, run)
    return Trial(
        kind=CommandKind.TEST,
        fine=run.report.passed,
        words=run.report.words if fault is None else fault.why,
        red=tuple(case.id for case in run.report.red[:_MOST_RED]) if fault is None else (),
        remedy="" if fault is None else fault.remedy,
        sandboxed=run.result.sandboxed,
    )


async def _command(bench: Bench, kind: CommandKind) -> Trial:
    command, result = bench.repository.terms.command(kind), await bench.command(kind)
    fault = no_program(bench.repository, command, result) if command is not None else None
    return Trial(
        kind=kind,
        fine=result.passed,
        words=fault.why if fault is not None else outcome_of(kind.value, result).summary,
        remedy=fault.remedy if fault is not None else "",
        sandboxed=result.sandboxed,
    )
