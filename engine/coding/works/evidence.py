"""What a verdict stands on, gathered by the system itself after the last edit: runs of tests, and what was changed."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.coding.answers import approved_paths
from engine.coding.bench import Bench, Wanted
from engine.coding.proving.comparing import flaky_tests
from engine.coding.proving.languages import language_of
from engine.coding.proving.meddling import meddling
from engine.coding.proving.protected import Protection, protected_changes, protection
from engine.coding.proving.reading import WHOLE_COMMAND
from engine.coding.proving.replacing import replacing
from engine.coding.proving.reports import ReportKind, TestReport
from engine.coding.proving.verdicts import Suite, TestChanges
from engine.coding.proving.weakened_tests import weakened
from engine.coding.proving.weakening import Change
from engine.coding.reports import FlaggedChange
from engine.coding.repositories import Language
from engine.coding.works.known_answers import known_answers
from engine.goals import Goal


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How things stand with a goal's change, on the files of one state."""

    state: str
    """The name of the files that all of it was seen on."""
    texts: Sequence[Change]
    """All that differs from the base."""
    own: tuple[str, ...]
    """The files that hold the goal's new tests."""
    tests: tuple[str, ...]
    """The ids of the new tests."""
    suite: Suite
    touched: TestChanges
    """What was done to tests that are not the goal's own."""
    approved: frozenset[str] = frozenset()
    """Of the changed files those that a person let through as they are."""
    sandboxed: bool = True

    @property
    def changes(self) -> TestChanges:
        """What was done to tests, with what a person let through."""
        return replace(self.touched, approved=self.approved)


async def changed_texts(bench: Bench) -> Sequence[Change]:
    """All that differs from the base, as texts."""
    return await bench.texts_of(await bench.state())


def sources_of(texts: Sequence[Change]) -> tuple[Change, ...]:
    """The changes to files that no test stands on."""
    protected = protected_changes(texts)
    return tuple(change for change in texts if change.path not in protected)


def own_tests(texts: Sequence[Change], approved: Collection[str] = ()) -> tuple[str, ...]:
    """The files that hold new tests: new ones, those to which tests were only added, and those where a person let
    through what else was changed."""
    there = {change.path for change in texts if change.new is not None}
    tests = [path for path, why in protected_changes(texts).items() if why is Protection.TEST]
    return tuple(path for path in tests if (path in approved and path in there) or _only_adds(path, texts))


def changes_to_tests(texts: Sequence[Change], own: Collection[str], approved: Collection[str] = ()) -> TestChanges:
    """What was done to tests beside the goal's own."""
    protected = protected_changes(texts)
    tests = [change for change in texts if change.path in protected]
    sources = [change for change in texts if change.path not in protected]
    found = weakened(tests)
    told = {(one.path, one.line) for one in found if not one.gone}
    return TestChanges(
        weakenings=(*found, *(one for one in replacing(tests, sources) if (one.path, one.line) not in told)),
        meddling=(
            *meddling(sources),
            *meddling(tests, in_tests=True),
            *known_answers([one for one in tests if one.path in own], sources),
        ),
        protected={path: why for path, why in protected.items() if path not in own},
        approved=frozenset(approved),
    )


def flagged(texts: Sequence[Change], own: Collection[str]) -> tuple[FlaggedChange, ...]:
    """Each change that needs a person's yes."""
    return in_need_of_a_yes(changes_to_tests(texts, own))


def in_need_of_a_yes(changes: TestChanges) -> tuple[FlaggedChange, ...]:
    """Each of the changes, with its reason."""
    found = {path: why.value for path, why in changes.protected.items()}
    for one in (*changes.weakenings, *changes.meddling):
        found[one.path] = f"{found[one.path]}; {one.told}" if one.path in found else one.told
    return tuple(FlaggedChange(path=path, why=why) for path, why in sorted(found.items()))


async def gather(bench: Bench, goal: Goal | None = None, *, alone: bool = False) -> Evidence:
    """Run all tests on the base and on the files as they are now, and see what was changed between.

    `goal` knows what a person let through; None: nothing was. `alone`: the new tests are run by themselves next.
    """
    before = (await bench.base_suite()).report
    state = await bench.state()
    texts = await bench.texts_of(state)
    approved = frozenset[str]() if goal is None else approved_paths(goal, texts)
    own = own_tests(texts, approved)
    if alone and own:
        bench.lay_ahead(Wanted(tests=own, state=state))
    after, touched = await asyncio.gather(
        bench.tests(Wanted(state=state)), asyncio.to_thread(changes_to_tests, texts, own_tests(texts))
    )
    suite = Suite(before=before, after=after.report)
    if suite.comparison.worse:
        flaky = flaky_tests(after.report, (await bench.tests()).report)
        suite = replace(suite, flaky=flaky, let_go=await _let_go(bench, texts, approved))
    return Evidence(
        state=after.tree,
        texts=texts,
        own=own,
        tests=new_tests(before, after.report, own),
        suite=suite,
        touched=touched,
        approved=approved,
        sandboxed=after.result.sandboxed,
    )


async def _let_go(bench: Bench, texts: Sequence[Change], approved: Collection[str]) -> frozenset[str]:
    """The tests that were in files whose change a person let through: they may be gone now, or asleep."""
    old = {change.path for change in texts if change.old is not None} & {*approved}
    files = tuple(path for path, why in protected_changes(texts).items() if why is Protection.TEST and path in old)
    if not files or not await bench.can_run_only(files):
        return frozenset()
    found = await bench.base_run(Wanted(tests=files, on_base=True))
    return frozenset(case.id for case in found.report.cases)


def new_tests(before: TestReport, found: TestReport, own: Collection[str]) -> tuple[str, ...]:
    """The ids of the goal's own tests in a run: those that it has beside the tests that were there before.

    Where a command tells nothing but its exit code, the whole command stands for them, if it was green without them.
    """
    if before.kind is ReportKind.EXIT_CODE:
        return (WHOLE_COMMAND,) if own and before.passed else ()
    return tuple(case.id for case in found.cases if before.named(case.id) is None)


def laid_over(texts: Sequence[Change], own: Collection[str]) -> Mapping[str, bytes]:
    """The files that are laid over the base for a run of the new tests on the code as it was."""
    return {one.path: one.new.encode() for one in texts if one.path in own and one.new is not None}


async def red_run(bench: Bench, evidence: Evidence, *, again: bool = False) -> TestReport:
    """The new tests alone on the code as it was: only their files are laid over the base. `again` runs them now,
    whatever an earlier run has told."""
    wanted = _on_the_base(evidence)
    return (await (bench.tests(wanted) if again else bench.base_run(wanted))).report


def lay_red_run_ahead(bench: Bench, evidence: Evidence) -> None:
    """Have the base and the new tests laid out for the second of these runs while others go on."""
    bench.lay_ahead(_on_the_base(evidence))


def lay_tests_ahead(bench: Bench, files: Mapping[str, str]) -> None:
    """Have the base laid out with the tests among these files, which come next, unless there is more to them."""
    terms = bench.repository.terms
    tests = {
        path: text.encode() for path, text in files.items() if protection(path, terms.test_files) is Protection.TEST
    }
    if tests:
        bench.lay_ahead(Wanted(tests=tuple(sorted(tests)), on_base=True, with_files=tests))


def _on_the_base(evidence: Evidence) -> Wanted:
    laid = laid_over(evidence.texts, evidence.own)
    return Wanted(tests=evidence.own, on_base=True, with_files=laid)


async def green_run(bench: Bench, evidence: Evidence) -> TestReport:
    """The new tests alone on the files as they are now."""
    return (await bench.tests(Wanted(tests=evidence.own, state=evidence.state))).report


def _only_adds(path: str, texts: Sequence[Change]) -> bool:
    """Whether a test file is new, or only had something added; of a language that nobody can read here, only new."""
    for change in texts:
        if change.path == path and change.new is not None:
            can_tell = language_of(path) is not Language.OTHER
            return change.old is None or (can_tell and not weakened((change,)))
    return False
