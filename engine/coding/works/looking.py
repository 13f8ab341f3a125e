"""What can be said of a change that no test was written for: tests, linter and build find nothing worse in it."""

from engine.coding.answers import approved_paths
from engine.coding.bench import Bench
from engine.coding.outputs import machine_lacks, shown
from engine.coding.proving.reports import Outcome as TestOutcome
from engine.coding.proving.verdicts import Verdict, suite_check, unchanged_checks
from engine.coding.reports import Check
from engine.coding.repositories import CommandKind
from engine.coding.works.commands import NAMES, says_nothing
from engine.coding.works.evidence import changed_texts, changes_to_tests, gather, own_tests
from engine.coding.works.proof import proof_outcome
from engine.goals import Goal
from engine.tasks import Outcome
from engine.values import JsonValue


async def looked_at(bench: Bench, goal: Goal) -> Outcome:
    """Look at it; the tests are run where it is known how. Unless every sign was said, a person reads it besides."""
    ran: dict[str, JsonValue] = {}
    found: list[Check] = []
    fine = "Nothing speaks against it; no test was run"
    state, texts = await bench.state(), await changed_texts(bench)
    if bench.repository.terms.test is not None:
        seen = await gather(bench, goal)
        state, texts, fine = seen.state, seen.texts, "Nothing speaks against it"
        ran = {"before": seen.suite.before.words, "after": seen.suite.after.words}
        if seen.suite.before.count(TestOutcome.PASSED):
            found.append(suite_check(seen.suite))
    changed = Check(name="something is changed", held=bool(texts), words=f"{len(texts)} files")
    commands = [await _command_check(bench, kind) for kind in NAMES]
    tests = changes_to_tests(texts, own_tests(texts), approved_paths(goal, texts))
    verdict = Verdict(checks=(changed, *found, *commands, *unchanged_checks(tests)))
    return proof_outcome(verdict, bench, state, fine, **ran)


async def known_checks(bench: Bench) -> list[Check]:
    """That the linter and the build, those of them that the repository has, say nothing worse than before."""
    terms = bench.repository.terms
    return [await _command_check(bench, kind) for kind in NAMES if terms.command(kind) is not None]


async def _command_check(bench: Bench, kind: CommandKind) -> Check:
    """That a command says nothing worse than it did before the change."""
    name = f"{NAMES[kind]} finds nothing new"
    command = bench.repository.terms.command(kind)
    if command is None:
        return Check(name=name, held=None, words="there is no such command")
    now = await bench.command(kind)
    if now.passed:
        return Check(name=name, held=True, words="fine")
    if machine_lacks(command.words[0], now):
        return Check(name=name, held=None, words=f"it could not be run: {shown(now.output)}")
    before = await bench.command(kind, on_base=True)
    if says_nothing(before):
        told = "it could not be run to its end on the code as it was, so there is nothing to compare with"
        return Check(name=name, held=None, words=f"{told}: {shown(before.output)}")
    lines = [len(one.output.splitlines()) for one in (before, now)]
    fine = not before.passed and not says_nothing(now) and lines[1] <= lines[0]
    return Check(name=name, held=fine, words="as before" if fine else shown(now.output))
