"""Two runs side by side: what got better, what got worse, and what a fickle test makes of it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from engine.coding.proving.reports import Case, TestReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Ids by what became of them between a run before and one after, each id in one field at most.

    «Asleep» is a test that is skipped or expected to fail. `faults` are those that only the run after has.
    """

    fixed: tuple[str, ...] = ()  # red → passed
    broken: tuple[str, ...] = ()  # passed → red
    still_failing: tuple[str, ...] = ()
    still_passing: tuple[str, ...] = ()
    disappeared: tuple[str, ...] = ()
    newly_skipped: tuple[str, ...] = ()  # ran → asleep
    woken: tuple[str, ...] = ()  # asleep → passed
    woken_failing: tuple[str, ...] = ()  # asleep → red
    new_passing: tuple[str, ...] = ()
    new_failing: tuple[str, ...] = ()
    new_skipped: tuple[str, ...] = ()
    still_asleep: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    let_go: tuple[str, ...] = ()  # gone or asleep now, as a person let through
    faults: tuple[str, ...] = field(default=())

    @property
    def worse(self) -> tuple[str, ...]:
        """Every id that counts against the change."""
        return (*self.broken, *self.disappeared, *self.newly_skipped, *self.woken_failing, *self.new_failing)

    @property
    def no_worse(self) -> bool:
        return not self.worse and not self.faults

    @property
    def deviation(self) -> float:
        """The share of tests that fail or no longer say anything, 0 to 1, without flaky ones."""
        bad = len(self.worse) + len(self.still_failing)
        good = len(self.fixed) + len(self.still_passing) + len(self.woken) + len(self.new_passing)
        return bad / (bad + good) if bad + good else float(bool(self.faults))

    @property
    def words(self) -> str:
        """Such as «1 fixed, 2 still failing, 40 still passing»; what counts against it first."""
        told = [
            *(f"{len(ids)} {name.replace('_', ' ')}" for name in ORDER if (ids := getattr(self, name))),
            *self.faults,
        ]
        return ", ".join(told) or "nothing ran"


ORDER = (
    *("broken", "disappeared", "newly_skipped", "woken_failing", "new_failing", "fixed", "woken", "new_passing"),
    *("new_skipped", "still_failing", "still_passing", "still_asleep", "flaky", "let_go"),
)
FIELDS = {
    ("red", "green"): "fixed",
    ("green", "red"): "broken",
    ("red", "red"): "still_failing",
    ("green", "green"): "still_passing",
    ("red", "asleep"): "newly_skipped",
    ("green", "asleep"): "newly_skipped",
    ("asleep", "green"): "woken",
    ("asleep", "red"): "woken_failing",
    ("asleep", "asleep"): "still_asleep",
    ("absent", "green"): "new_passing",
    ("absent", "red"): "new_failing",
    ("absent", "asleep"): "new_skipped",
    ("green", "absent"): "disappeared",
    ("red", "absent"): "disappeared",
    ("asleep", "absent"): "disappeared",
}


def compare(
    before: TestReport, after: TestReport, flaky: Collection[str] = (), let_go: Collection[str] = ()
) -> Comparison:
    """What became of each test. Those in `flaky`, and those in `let_go` that are gone or asleep now, are told apart and
    count neither for nor against."""
    old, new = ({case.id: case for case in report.cases} for report in (before, after))
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys((*old, *new)):
        kind = "flaky" if name in flaky else FIELDS[_state(old.get(name)), _state(new.get(name))]
        if name in let_go and kind in ("disappeared", "newly_skipped"):
            kind = "let_go"
        found.setdefault(kind, []).append(name)
    faults = tuple(fault for fault in after.faults if fault not in before.faults)
    if after.stopped is not None:  # whatever the run before came to: what this one left out may be anything
        faults = (*faults, f"the run was stopped: {after.stopped}")
    return Comparison(faults=faults, **{kind: tuple(ids) for kind, ids in found.items()})


def _state(case: Case | None) -> str:
    if case is None:
        return "absent"
    return "red" if case.outcome.red else "asleep" if case.outcome.asleep else "green"


def flaky_tests(first: TestReport, second: TestReport) -> frozenset[str]:
    """Tests that come out differently in two runs of the same tree, or show up in one of them only.

    Of a second run that was cut off only what it came to is told: the rest may well come out as it did before.
    """
    old, new = ({case.id: _state(case) for case in report.cases} for report in (first, second))
    told = old.keys() | new.keys() if second.is_whole else old.keys() & new.keys()
    return frozenset(name for name in told if old.get(name) != new.get(name))
