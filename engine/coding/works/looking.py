"""What can be said of a change that no test can be run on: it is there, the linter and the build find nothing new."""

from engine.coding.answers import approved_paths
from engine.coding.bench import Bench
from engine.coding.outputs import shown
from engine.coding.proving.verdicts import Verdict, unchanged_checks
from engine.coding.reports import Check
from engine.coding.repositories import CommandKind
from engine.coding.works.evidence import changed_texts, changes_to_tests, own_tests
from engine.coding.works.outcomes import proof_outcome
from engine.goals import Goal
from engine.tasks import Outcome

_NAMES = {CommandKind.LINT: "the linter", CommandKind.BUILD: "the build"}


async def looked_at(bench: Bench, goal: Goal) -> Outcome:
    """Look at it; a person has to read it besides."""
    state, texts = await bench.state(), await changed_texts(bench)
    changed = Check(name="something is changed", held=bool(texts), words=f"{len(texts)} files")
    found = [changed, *[await _command_check(bench, kind) for kind in _NAMES]]
    tests = changes_to_tests(texts, own_tests(texts), approved_paths(goal, texts))
    verdict = Verdict(checks=(*found, *unchanged_checks(tests)))
    return proof_outcome(verdict, bench, state, "Nothing speaks against it; no test was run")


async def known_checks(bench: Bench) -> list[Check]:
    """That the linter and the build, those of them that the repository has, say nothing worse than before."""
    terms = bench.repository.terms
    return [await _command_check(bench, kind) for kind in _NAMES if terms.command(kind) is not None]


async def _command_check(bench: Bench, kind: CommandKind) -> Check:
    """That a command says nothing worse than it did before the change."""
    name = f"{_NAMES[kind]} finds nothing new"
    if bench.repository.terms.command(kind) is None:
        return Check(name=name, held=None, words="there is no such command")
    now = await bench.command(kind)
    if now.passed:
        return Check(name=name, held=True, words="fine")
    before = await bench.command(kind, on_base=True)
    lines = [len(one.output.splitlines()) for one in (before, now)]
    fine = not before.passed and lines[1] <= lines[0]
    return Check(name=name, held=fine, words="as before" if fine else shown(now.output))
