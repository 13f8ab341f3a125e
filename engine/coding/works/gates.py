"""Whether what was written or handed in may count as done: tests must be red on the code as it was, by our own run."""

from collections.abc import Collection, Sequence

from engine.coding.bench import Bench, Wanted
from engine.coding.proving.judging import shows_absence, shows_bug
from engine.coding.proving.protected import Protection, protected_changes
from engine.coding.proving.reports import ReportKind
from engine.coding.proving.verdicts import listed
from engine.coding.proving.weakening import Change
from engine.coding.reports import Check
from engine.coding.works.evidence import laid_over, new_tests, own_tests
from engine.coding.works.names import Part

KNOWN_AS_TESTS = (
    "a test is a file called like test_sums.py, sums_test.go or sums.test.js, code in a folder «tests», "
    "and what the test command names"
)


async def missing(bench: Bench, part: Part, texts: Sequence[Change], approved: Collection[str] = ()) -> tuple[str, ...]:
    """Why these changes are not what the part asks for, in plain words; none where they are.

    `texts` is all that differs from the base, with what is to be taken over; `approved` what a person let through.
    """
    own = own_tests(texts, approved)
    if part is Part.CHANGE:
        return () if texts else ("nothing differs from the base",)
    if not own:
        return (_no_new_test(texts),)
    if part is Part.TESTS:
        return ()
    checks = await red_checks(bench, part, texts, own)
    return tuple(check.fault for check in checks if check.held is False)


def _no_new_test(texts: Sequence[Change]) -> str:
    old = [path for path, why in protected_changes(texts).items() if why is Protection.TEST]
    if old:
        told = f"it changes tests that were there before ({listed(old)})"
        return f"{told}; leave those as they are, and put the new test beside them or in a file of its own"
    return f"there is no new test in it; {KNOWN_AS_TESTS}"


async def red_checks(bench: Bench, part: Part, texts: Sequence[Change], own: tuple[str, ...]) -> tuple[Check, ...]:
    """Whether the new tests (in the files `own`) are red on the code as it was, for the right reason: our own run says
    it."""
    before = (await bench.base_suite()).report
    red = (await bench.base_run(Wanted(tests=own, on_base=True, with_files=laid_over(texts, own)))).report
    new = new_tests(before, red, own)
    if own and not new and before.kind is ReportKind.EXIT_CODE:
        words = "the test command tells nothing but its exit code, and that says red without the new test, too"
        return (Check(name="the test fails without the fix", held=False, words=words),)
    if own and not new and red.stopped is not None:  # a run that never came to its end is red, and tells no tests
        new = own
    return shows_bug(new, red) if part is Part.TEST else (shows_absence(new, red),)
