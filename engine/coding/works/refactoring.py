"""Whether a refactoring is one: behaviour as before, nothing seen from outside, and the measure better."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.coding.bench import Bench, Wanted
from engine.coding.proving.interfaces import missed_in
from engine.coding.proving.judging import RefactoringFacts, judge_refactoring
from engine.coding.proving.measures import Measure, Measures, improved, measure
from engine.coding.proving.verdicts import Verdict
from engine.coding.proving.weakening import Change
from engine.coding.repositories import CommandKind
from engine.coding.works.commands import ran, says_nothing
from engine.coding.works.evidence import Evidence, laid_over, own_tests, sources_of
from engine.values import JsonObject

_BY_NAME = {one.name.lower(): one for one in Measure}
_TRIED = (Measure.COMPLEXITY, Measure.TOTAL_COMPLEXITY, Measure.DUPLICATES, Measure.SIZE)
"""Where nobody said what is to improve, one of these has to."""


async def judged_refactoring(bench: Bench, seen: Evidence, told: JsonObject) -> Verdict:
    """`told` may name the `measure`, and names of the interface that `may_change`."""
    suite = seen.suite
    if own := own_tests(seen.texts):  # what it does today is held by new tests: those say how it was before, too
        laid = laid_over(seen.texts, own)
        suite = replace(suite, before=(await bench.tests(Wanted(on_base=True, with_files=laid))).report)
    sources = sources_of(seen.texts)
    wanted = _BY_NAME.get(str(told.get("measure")))
    lint = await _findings(bench) if wanted is Measure.LINT else (None, None)
    before = measure(_texts(sources, old=True), lint[0])
    after = measure(_texts(sources, old=False), lint[1])
    may_change = told.get("may_change")
    return judge_refactoring(
        RefactoringFacts(
            suite=suite,
            changes=seen.changes,
            before=before,
            after=after,
            which=wanted or _best(before, after),
            interface=tuple(missed_in(sources)),
            may_change=frozenset(map(str, may_change)) if isinstance(may_change, list) else frozenset(),
        )
    )


def _best(before: Measures, after: Measures) -> Measure:
    return next((one for one in _TRIED if improved(before, after, one).held), _TRIED[0])


def _texts(changes: Sequence[Change], *, old: bool) -> Mapping[str, str]:
    found = {change.path: change.old if old else change.new for change in changes}
    return {path: text for path, text in found.items() if text is not None}


async def _findings(bench: Bench) -> tuple[int | None, int | None]:
    """Lines that the linter writes, on the base and now; None where there is no linter, or it was cut off."""
    if bench.repository.terms.command(CommandKind.LINT) is None:
        return None, None
    runs = [await ran(bench, CommandKind.LINT, on_base=on_base) for on_base in (True, False)]
    before, after = (
        None if says_nothing(run) else 0 if run.passed else max(1, len(run.output.splitlines())) for run in runs
    )
    return before, after
