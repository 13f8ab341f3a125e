"""What a verdict stands on, gathered by the system itself after the last edit: runs of tests, and what was changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.coding.bench import Bench, Said, Wanted
from engine.coding.proving.comparing import flaky_tests
from engine.coding.proving.languages import language_of
from engine.coding.proving.meddling import meddling
from engine.coding.proving.protected import Protection, protected_changes
from engine.coding.proving.reading import WHOLE_COMMAND
from engine.coding.proving.replacing import replacing
from engine.coding.proving.reports import ReportKind, TestReport
from engine.coding.proving.verdicts import Suite, TestChanges
from engine.coding.proving.weakened_tests import weakened
from engine.coding.proving.weakening import Change
from engine.coding.reports import FlaggedChange
from engine.coding.repositories import Language


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
    sandboxed: bool = True

    def changes(self, approved: Collection[str] = ()) -> TestChanges:
        """The same, with what a person let through."""
        return replace(self.touched, approved=frozenset(approved))


async def changed_texts(bench: Bench) -> Sequence[Change]:
    """All that differs from the base, as texts."""
    return await bench.texts_of(await bench.state())


def sources_of(texts: Sequence[Change]) -> tuple[Change, ...]:
    """The changes to files that no test stands on."""
    protected = protected_changes(texts)
    return tuple(change for change in texts if change.path not in protected)


def own_tests(texts: Sequence[Change]) -> tuple[str, ...]:
    """The files that hold new tests: new ones, and those to which tests were only added."""
    found = protected_changes(texts)
    return tuple(path for path, why in found.items() if why is Protection.TEST and _only_adds(path, texts))


def changes_to_tests(texts: Sequence[Change], own: Collection[str], approved: Collection[str] = ()) -> TestChanges:
    """What was done to tests beside the goal's own."""
    protected = protected_changes(texts)
    tests = [change for change in texts if change.path in protected]
    sources = [change for change in texts if change.path not in protected]
    found = weakened(tests)
    told = {(one.path, one.line) for one in found if not one.gone}
    return TestChanges(
        weakenings=(*found, *(one for one in replacing(tests, sources) if (one.path, one.line) not in told)),
        meddling=meddling(sources),
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


async def gather(bench: Bench, said: Said | None = None) -> Evidence:
    """Run all tests on the base and on the files as they are now, and see what was changed between."""
    before = (await bench.base_suite(said)).report
    after = await bench.tests(said=said)
    texts = await bench.texts_of(after.tree)
    own = own_tests(texts)
    new = new_tests(before, after.report, own)
    flaky: frozenset[str] = frozenset()
    if Suite(before=before, after=after.report).comparison.worse:
        flaky = flaky_tests(after.report, (await bench.tests(said=said)).report)
    return Evidence(
        state=after.tree,
        texts=texts,
        own=own,
        tests=new,
        suite=Suite(before=before, after=after.report, flaky=flaky),
        touched=changes_to_tests(texts, own),
        sandboxed=after.result.sandboxed,
    )


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


async def red_run(bench: Bench, evidence: Evidence, said: Said | None = None) -> TestReport:
    """The new tests alone on the code as it was: only their files are laid over the base."""
    laid = laid_over(evidence.texts, evidence.own)
    return (await bench.base_run(Wanted(tests=evidence.own, on_base=True, with_files=laid), said)).report


async def green_run(bench: Bench, evidence: Evidence, said: Said | None = None) -> TestReport:
    """The new tests alone on the files as they are now."""
    return (await bench.tests(Wanted(tests=evidence.own), said=said)).report


def _only_adds(path: str, texts: Sequence[Change]) -> bool:
    """Whether a test file is new, or only had something added; of a language that nobody can read here, only new."""
    for change in texts:
        if change.path == path and change.new is not None:
            can_tell = language_of(path) is not Language.OTHER
            return change.old is None or (can_tell and not weakened((change,)))
    return False
