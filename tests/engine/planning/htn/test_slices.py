"""No slice is long, whatever the search is at: counted in calls, not in seconds, and it grows little with the plan."""

import gc
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FrameType

import pytest

from benchmarks.planning import SAMPLES
from benchmarks.repair_domain import PROJECT, project
from benchmarks.repairing import broken_in_the_middle
from engine.planning.htn.analysis import analysed
from engine.planning.htn.generated import Text, Written
from engine.planning.htn.partial_order import PartialOrder
from engine.planning.htn.repair import Broken, Repairing
from engine.planning.htn.search import Phase, Search, Wanted
from engine.planning.language.domain import Compound, Domain, Method, Order, Problem, Relation, Subtask, parameters
from engine.planning.language.terms import terms
from tests.engine.planning.htn.small import condition, domain, problem, step, way

MOST_CALLS = 30_000
"""About three milliseconds."""


def calls_in(doing: Callable[[], object]) -> int:
    """How many calls something comes to."""
    count = 0

    def count_call(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(count_call)
    doing()
    sys.setprofile(None)
    return count


class Lines:
    """Counts the lines of Python that are run, those of comprehensions each time."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, frame: FrameType, event: str, argument: object) -> "Lines":
        self.count += event == "line"
        return self


def lines_in(doing: Callable[[], object]) -> int:
    """How many lines of Python something comes to."""
    lines, before = Lines(), sys.gettrace()
    sys.settrace(lines)
    try:
        doing()
    finally:
        sys.settrace(before)
    return lines.count


def calls_of(search: Search, until: Phase = Phase.DONE) -> dict[Phase, int]:
    """The most calls in a slice of each phase."""
    most: dict[Phase, int] = {}
    while search.phase not in {until, Phase.DONE}:
        phase = search.phase
        most[phase] = max(most.get(phase, 0), calls_in(search.run))
    return most


def calls_of_slices(name: str, steps: int) -> dict[Phase, int]:
    """The same for a plan of so many steps."""
    sample = SAMPLES[name](steps)
    search = Search(sample.domain, sample.problem, Wanted(plans=2, polish=500))
    most = calls_of(search)
    assert len(search.outcome.plans[0].steps) >= steps * 0.8
    return most


def longest_young_list() -> int:
    """Of those that the garbage collector looks through again and again."""
    young = (one for generation in (0, 1) for one in gc.get_objects(generation=generation))
    return max((len(one) for one in young if isinstance(one, list)), default=0)


@pytest.mark.sample(1, in_ci=2)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_slice_is_short_in_every_phase_of_a_long_plan(name: str) -> None:
    short, long = calls_of_slices(name, 200), calls_of_slices(name, 1_000)
    assert long.keys() == {Phase.PREPARING, Phase.SEARCHING, Phase.ASSEMBLING}
    assert max(long.values()) < MOST_CALLS
    for phase in (Phase.SEARCHING, Phase.ASSEMBLING):  # five times the steps
        assert long[phase] <= 2.5 * short[phase]


def test_few_functions_are_written_in_a_slice_however_many_different_steps_come_in_a_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = 0
    write = Text.function

    def count_function(text: Text, parameters: str, lines: Sequence[str], own: Sequence[str] = ()) -> Written:
        nonlocal written
        written += 1
        return write(text, parameters, lines, own)

    monkeypatch.setattr(Text, "function", count_function)
    names = [f"do_{number}" for number in range(100)]
    ways = [way(f"way_{name}", f"have_{name}", name) for name in names]
    tasks = [f"have_{name}" for name in names]
    asked = Problem(tasks=tuple(Subtask(label=name, task=name) for name in tasks))
    search = Search(domain([step(name) for name in names], ways, tasks), asked, Wanted())
    most = 0
    while not search.run():
        most, written = max(most, written), 0
    assert len(search.outcome.plans[0].steps) == len(names)
    assert most <= 10


def hindered(tasks: int) -> tuple[Domain, Problem]:
    """Tasks side by side that all need one thing, each with another one that only comes about beside it."""
    own = domain(
        [
            step("take ?x", ["free", "ready ?x"], ["not free", "has ?x"]),
            step("give ?x", ["has ?x"], ["free"]),
            step("prepare ?x", does=["ready ?x"]),
        ],
        [way("use", "use", "take ?x", "give ?x"), way("get_ready", "get_ready", "prepare ?x")],
        ["use ?x", "get_ready ?x"],
    )
    calls = tuple(
        Subtask(label=f"{name} {number}", task=name, arguments=(f"n{number}",))
        for number in range(tasks)
        for name in ("use", "get_ready")
    )
    return own, replace(problem(facts=["free"]), tasks=calls)


@pytest.mark.sample(1, in_ci=2)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_slice_is_short_while_a_plan_of_ten_thousand_steps_is_prepared(name: str) -> None:
    sample = SAMPLES[name](10_000)
    most = calls_of(Search(sample.domain, sample.problem, Wanted(plans=1)), until=Phase.SEARCHING)
    assert most[Phase.PREPARING] < MOST_CALLS


def tasks_of(count: int, order: Order) -> tuple[Domain, Problem]:
    """A problem that lists so many tasks: in a row each changes something, else the order is of no matter."""
    does = ["done ?x"] if order is Order.SEQUENTIAL else []
    calls = tuple(Subtask(label=f"t{number}", task="do", arguments=(f"n{number}",)) for number in range(count))
    return domain([step("do ?x", does=does)]), Problem(tasks=calls, order=order)


def each_of(count: int) -> tuple[Domain, Problem]:
    """A method that does something for each of so many things."""
    each = Subtask(label="a", task="do", arguments=terms("?x"), each=(condition("here ?x"),))
    own = domain([step("do ?x")], [Method(name="do_all", task="all", subtasks=(each,))], ["all"])
    here = replace(own, relations=(Relation(name="here", parameters=parameters("x")),))
    return here, problem("all", facts=[f"here n{number}" for number in range(count)])


def one_of(count: int) -> tuple[Domain, Problem]:
    """A method that can be chosen for any of so many things."""
    own = domain([step("do ?x")], [way("any", "some", "do ?x", needs=["here ?x"])], ["some"])
    return own, problem("some", facts=[f"here n{number}" for number in range(count)])


def back_to_one_of(count: int) -> tuple[Domain, Problem]:
    """Two ways to begin, and so many steps after either: the second is come to only from the end of the first."""
    own, asked = tasks_of(count, Order.SEQUENTIAL)
    begun = (way("one", "begin", "do a"), way("other", "begin", "do b"))
    both = replace(own, methods=begun, compounds=(Compound(name="begin"),))
    return both, replace(asked, tasks=(Subtask(label="first", task="begin"), *asked.tasks))


MANY: dict[str, Callable[[int], tuple[Domain, Problem]]] = {
    "tasks in a row": lambda count: tasks_of(count, Order.SEQUENTIAL),
    "tasks side by side": lambda count: tasks_of(count, Order.PARALLEL),
    "one task for each of many": each_of,
    "one of many": one_of,
    "a choice long ago": back_to_one_of,
}


@pytest.mark.sample(0, in_ci=2)  # two seconds; the tests below bound the slices of a problem that lists much
@pytest.mark.parametrize("kind", MANY)
def test_the_longest_slice_does_not_grow_with_what_a_problem_lists(kind: str) -> None:
    most: list[int] = []
    for count in (2_500, 7_500):
        search = Search(*MANY[kind](count), Wanted(plans=2, polish=0, nodes=1_000_000))
        longest = 0
        while search.phase is not Phase.DONE:
            longest = max(longest, lines_in(search.run))
        most.append(longest)
        assert search.outcome.plans
    assert most[1] < 1.5 * most[0]


@pytest.mark.sample(1)
@pytest.mark.parametrize("tasks", [8, pytest.param(80, marks=pytest.mark.long), 400])
def test_a_slice_is_short_where_much_goes_on_side_by_side(tasks: int) -> None:
    most = calls_of(Search(*hindered(tasks), Wanted(plans=1, polish=50, nodes=3_000)))
    assert most[Phase.SEARCHING] < MOST_CALLS


def test_a_slice_is_short_while_very_many_facts_are_read() -> None:
    names = [f"n{number}" for number in range(20_000)]
    own = domain([step("use ?x", ["here ?x"])])
    most = calls_of(Search(own, problem("use n7", facts=[f"here {name}" for name in names]), Wanted(plans=1)))
    assert most[Phase.PREPARING] < MOST_CALLS


def test_a_slice_is_short_while_very_many_facts_are_sorted_by_what_they_are_about() -> None:
    use, have = step("use ?y", ["good ?y"]), way("find", "have", "use ?y", needs=["of ?x ?y"])
    own = domain([use], [have], ["have ?x"])
    most = []
    for count in (3_000, 12_000):
        facts = ["good n7", *(f"of n{number} n{number}" for number in range(count))]
        most.append(calls_of(Search(own, problem("have n7", facts=facts), Wanted(plans=1)))[Phase.PREPARING])
    assert most[1] < 1.5 * most[0]


def test_what_grows_with_a_long_plan_is_old_for_the_garbage_collector_before_it_is_long() -> None:
    sample = SAMPLES["chain"](4_000)
    search = Search(sample.domain, sample.problem, Wanted(plans=1, polish=0))
    gc.collect()
    gc.freeze()
    looked = longest = 0
    while not search.run():
        if search.phase is Phase.ASSEMBLING:
            looked += 1
            if not looked % 20:
                longest = max(longest, longest_young_list())
    assert looked > 100
    assert longest < 2_000


@pytest.mark.sample(0, in_ci=2)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_long_plan_leaves_the_garbage_collector_little_to_look_through(name: str) -> None:
    sample = SAMPLES[name](1_000)
    search = Search(sample.domain, sample.problem, Wanted(plans=1, polish=0))
    gc.collect()
    gc.freeze()  # what other tests have left is looked through no more
    before = len(gc.get_objects())
    most = slices = 0
    while not search.run():
        slices += 1
        if not slices % 20:
            gc.collect()
            most = max(most, len(gc.get_objects()) - before)
    assert slices > 40
    assert most < 6 * len(search.outcome.plans[0].steps)


def test_what_is_kept_of_an_order_grows_no_faster_than_the_plan() -> None:
    def kept(modules: int) -> int:
        """Bytes, for modules one after the other of which each does two things side by side."""
        tracemalloc.start()
        order = PartialOrder()
        for first in range(0, 4 * modules, 4):
            order.add(first, [first - 1] if first else [])
            order.add(first + 1, [first])
            order.add(first + 2, [first])
            order.add(first + 3, [first + 1, first + 2])
        held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert order.after[-1] == (4 * modules - 3, 4 * modules - 2)
        return held

    assert kept(4_000) < 6 * kept(1_000)


def test_no_slice_of_assembling_copies_the_whole_tree() -> None:
    sample = SAMPLES["chain"](11_000)
    search = Search(sample.domain, sample.problem, Wanted(plans=1, polish=0, nodes=1_000_000))
    while search.phase is not Phase.ASSEMBLING:
        search.run()
    tracemalloc.start()
    most = is_done = 0
    while not is_done:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        is_done = search.run()
        most = max(most, tracemalloc.get_traced_memory()[1] - before)
    tracemalloc.stop()
    assert len(search.outcome.plans[0].tree) > 22_000
    assert most < 800_000


def repair_of(steps: int) -> tuple[Problem, Broken]:
    """A plan of so many steps, the first half of which is done when it breaks."""
    own = project(steps)
    search = Search(PROJECT, own, Wanted(plans=1, nodes=100_000))
    while not search.run():
        pass
    return own, broken_in_the_middle(search.outcome.plans[0])


def lines_of(repairing: Repairing) -> int:
    """The most lines of Python in a slice of it."""
    longest, is_done = 0, list[bool]()
    while not any(is_done):
        longest = max(longest, lines_in(lambda: is_done.append(repairing.run())))
    assert repairing.outcome is not None
    return longest


@pytest.mark.parametrize("whole", [False, True], ids=["a part of it", "all of it"])
def test_the_longest_slice_of_a_repair_does_not_grow_with_the_plan(whole: bool) -> None:
    analysis, most = analysed(PROJECT), list[int]()
    for steps in (3_000, 9_000):
        own, broken = repair_of(steps)
        if whole:  # all is planned anew, half of which is done
            broken = replace(broken, node=0)
        most.append(lines_of(Repairing(analysis, own, broken)))
    assert most[1] < 1.3 * most[0]


@pytest.mark.long
def test_a_slice_of_a_repair_is_short_from_the_first_one_on() -> None:
    own, broken = repair_of(4_000)
    analysis = analysed(PROJECT)
    begun: list[Repairing] = []
    assert calls_in(lambda: begun.append(Repairing(analysis, own, broken))) < 100
    is_done: list[bool] = []
    while not any(is_done):
        assert calls_in(lambda: is_done.append(begun[0].run())) < MOST_CALLS
    assert begun[0].outcome is not None
    assert len(is_done) > 40
