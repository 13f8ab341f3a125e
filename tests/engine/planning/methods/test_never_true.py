"""`milepost methods check` tells conditions that can never hold; to load a library they do no harm."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.language.contradictions import contradiction_in
from engine.planning.language.terms import (
    Absent,
    AllOf,
    Amount,
    AnyOf,
    Compare,
    Comparison,
    Condition,
    Holds,
    Value,
    Variable,
)
from tests.engine.planning.methods.marked import assert_told, load
from tests.examples import examples

HEAD = """
name: mine
types:
  size: [small, large]
facts:
  built(thing): It works
  open(place): It is
  lost(thing): Nobody has it
  ready: All is
numbers:
  money: What is left
  stock(place) = 3: What there is
  debt(place) = unknown: What is owed
  load(place) = 0: What it carries
context:
  flag has_tests = false: There are
  number days: Left
  size change = small: How large
compounds:
  build(thing):
    methods:
      build_it:
        do: {code: write(?thing)}
steps:
  write(thing):
    effects: [built ?thing, open home, load(home) += 2]
"""


def step(fields: str) -> str:
    return f"{HEAD}  mine(thing, place, number n):\n" + "".join(f"    {line}\n" for line in fields.splitlines())


NEVER = [
    "when: lost ?thing  #! nothing ever brings about «lost(?thing)»",
    "when:\n  - built ?thing\n  - lost(keys) and built ?thing  #! nothing ever brings about «lost(keys)»",
    "when: ready  #! nothing ever brings about «ready»",
    "when: open office  #! nothing ever brings about «open(office)»",
    "when: ready or lost ?thing  #! nothing ever brings about «ready»",
    "when: stock(home) > 3  #! nothing ever brings about «stock(home) > 3»",
    "when: 2 >= stock(home)  #! nothing ever brings about «2 >= stock(home)»",
    "when: debt(home) < 100  #! nothing ever brings about «debt(home) < 100»",
    "when: load(home) < 0  #! nothing ever brings about «load(home) < 0»",
    "when: built ?thing and not built ?thing  #! «built(?thing)» and «not built(?thing)» never hold together",
    "when: [not built ?thing, built ?thing]  #! «not built(?thing)» and «built(?thing)» never hold together",
    "when: [built ?thing, not built ?any]  #! «built(?thing)» and «not built(?any)» never hold together",
    "when: [not has_tests, has_tests]  #! «not has_tests» and «has_tests» never hold together",
    "when: [has_tests != true, has_tests != false]  #! never hold together",
    "when: [money > 5, money < 3]  #! «money > 5» and «money < 3» never hold together",
    "when: [money > 5, 5 >= money]  #! «money > 5» and «5 >= money» never hold together",
    "when: [change = small, change = large]  #! «change = small» and «change = large» never hold together",
    "when: [days = 3, days != 3]  #! never hold together",
    "when: [days < ?n, ?n < days]  #! «days < ?n» and «?n < days» never hold together",
    "when: money > money  #! «money > money» never holds",
    "when: 1 > 2  #! «1 > 2» never holds",
]


@pytest.mark.parametrize("fields", NEVER)
def test_a_condition_that_never_holds_is_told_with_its_line(fields: str) -> None:
    assert_told(step(fields), thorough=True)


@pytest.mark.parametrize("fields", [one.partition("#!")[0] for one in NEVER])
def test_it_does_not_keep_a_library_out(fields: str) -> None:
    assert not load(step(fields)).faults


def test_a_choice_is_hopeless_when_each_of_its_ways_is() -> None:
    ways = "    - not built ?thing\n    - not built ?thing and has_tests\n"
    assert_told(step(f"when:\n  - built ?thing\n  - or:  #! never hold together\n{ways}"), thorough=True)
    assert_told(step(f"when:\n  - or:\n{ways}"), thorough=True)
    assert_told(step(f"when:\n  - built ?thing\n  - or:\n{ways}    - has_tests\n"), thorough=True)


def test_two_steps_that_wait_for_each_other_never_begin() -> None:
    text = HEAD + (
        "  one(thing):\n    when: lost ?thing  #! nothing ever brings about\n    effects: ready\n"
        "  other(thing):\n    when: ready  #! nothing ever brings about\n    effects: lost ?thing\n"
    )
    assert_told(text, thorough=True)


def test_methods_and_repeated_subtasks_are_judged_as_well() -> None:
    text = HEAD.replace(
        "steps:\n",
        "      sell_it:\n        when: lost ?thing  #! nothing ever brings about «lost(?thing)»\n"
        "        do: {code: write(?thing)}\n"
        "      seek_it:\n        do:\n"
        "          code: {task: write(?other), each: lost ?other}  #! nothing ever brings about «lost(?other)»\n"
        "steps:\n",
    )
    assert_told(text, thorough=True)


@pytest.mark.parametrize(
    "fields",
    [
        "when: built ?thing",
        "when: open home",
        "when: not lost ?thing",
        "when: lost ?thing or built ?thing",
        "when: topic(anything)",
        "when: [money > 3, money <= 4, money != 3.5]",
        "when: [money >= 3, money <= 3]",
        "when: stock(home) = 3",
        "when: load(home) > 1000",
        "when: [built ?thing, not built ?place]",
        "when: [built ?thing, not lost ?thing]",
        "when: [change != small, change != large]",
        "when: [days < 3, ?n < 3, ?n >= days]",
    ],
)
def test_what_may_come_to_hold_is_no_fault(fields: str) -> None:
    assert not load(step(fields), thorough=True).faults


NAMES = ("a", "b")
FACTS = [(name, value) for name in NAMES for value in (1, 2)]


def terms() -> st.SearchStrategy[Value | Variable]:
    return st.sampled_from([1, 2, Variable(name="x")])


def atoms() -> st.SearchStrategy[Condition]:
    number = st.one_of(st.sampled_from([0, 1, 2]), st.sampled_from(NAMES).map(lambda name: Amount(quantity=name)))
    return st.one_of(
        st.builds(lambda name, one: Holds(relation=name, arguments=(one,)), st.sampled_from(NAMES), terms()),
        st.builds(lambda name, one: Absent(relation=name, arguments=(one,)), st.sampled_from(NAMES), terms()),
        st.builds(
            lambda left, sign, right: Compare(left=left, comparison=sign, right=right),
            number,
            st.sampled_from(list(Comparison)),
            number,
        ),
    )


def conditions() -> st.SearchStrategy[Condition]:
    several = st.lists(atoms(), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        atoms(),
        several.map(lambda own: AllOf(conditions=own)),
        st.lists(st.one_of(atoms(), several.map(lambda own: AllOf(conditions=own))), min_size=1, max_size=3).map(
            lambda own: AnyOf(conditions=tuple(own))
        ),
    )


def true_in(condition: Condition, facts: frozenset[tuple[str, object]], stands: dict[str, float]) -> bool:
    """What a condition says of one state, with what ?x stands for under its name."""

    def value(one: object) -> float:
        return stands[one.quantity] if isinstance(one, Amount) else float(str(one))

    match condition:
        case Holds() | Absent():
            (own,) = condition.arguments
            there = (condition.relation, stands[own.name] if isinstance(own, Variable) else own) in facts
            return there is isinstance(condition, Holds)
        case Compare():
            left, right = value(condition.left), value(condition.right)
            signs = {"=": left == right, "!=": left != right, "<": left < right, ">": left > right}
            return (signs | {"<=": left <= right, ">=": left >= right})[condition.comparison.value]
        case AllOf():
            return all(true_in(one, facts, stands) for one in condition.conditions)
        case AnyOf():
            return any(true_in(one, facts, stands) for one in condition.conditions)
        case _:
            raise AssertionError(condition)


STATES = [frozenset(fact for place, fact in enumerate(FACTS) if number >> place & 1) for number in range(16)]
AMOUNTS = (-2.0, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)  # two beyond any number that conditions name
NUMBERS = [{"a": a, "b": b, "x": x} for a in AMOUNTS for b in AMOUNTS for x in (1, 2)]


@examples(60)
@given(st.lists(conditions(), min_size=1, max_size=4))
def test_what_is_called_a_contradiction_holds_in_no_state(own: Sequence[Condition]) -> None:
    if contradiction_in(own, frozenset({"x"})) is not None:
        for facts in STATES:
            for stands in NUMBERS:
                assert not all(true_in(one, facts, stands) for one in own), (facts, stands)


@examples(60)
@given(st.lists(atoms(), min_size=2, max_size=2))
def test_two_conditions_that_hold_in_no_state_are_a_contradiction(own: Sequence[Condition]) -> None:
    holds_somewhere = any(all(true_in(one, facts, stands) for one in own) for facts in STATES for stands in NUMBERS)
    assert holds_somewhere is (contradiction_in(own, frozenset({"x"})) is None)
