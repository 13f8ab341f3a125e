"""Tasks side by side are interleaved as their conditions need it, and ordered by that and nothing else."""

from dataclasses import replace
from functools import reduce

import pytest

from engine.planning.htn.agenda import Branch, side_by_side
from engine.planning.htn.interleaving import ForkTask
from engine.planning.htn.search import Wanted
from engine.planning.htn.walk import END, Task, cell_of
from engine.planning.language.domain import Checkpoint, Method, Order, Quantity, Subtask
from engine.planning.language.terms import Increase, amount, terms
from tests.engine.planning.htn.small import condition, domain, edges, found, problem, step, subtasks, titles, way

PARALLEL, PAIRS = Order.PARALLEL, Order.PAIRS


def test_what_another_task_provides_comes_before_whatever_the_order_of_listing() -> None:
    own = domain([step("launch", ["built"]), step("build", does=["built"])])
    plan = found(own, problem("launch", "build")).plans[0]
    assert titles(plan) == ["build", "launch"]
    assert edges(plan) == {("build", "launch")}


def test_tasks_that_need_each_other_s_parts_are_interleaved() -> None:
    own = domain(
        [step("a1", does=["x"]), step("a2", ["y"]), step("b1", does=["y"]), step("b2", ["x"])],
        [way("a", "A", "a1", "a2"), way("b", "B", "b1", "b2")],
        ["A", "B"],
    )
    plan = found(own, problem("A", "B")).plans[0]
    assert edges(plan) == {("a1", "a2"), ("b1", "b2"), ("b1", "a2"), ("a1", "b2")}


def test_a_step_between_two_steps_that_are_side_by_side_is_found() -> None:
    """x2, then y, then x1: although x1 and x2 have nothing to do with each other."""
    own = domain(
        [step("x1", ["z"]), step("x2", does=["w"]), step("y", ["w"], ["z", "not w"])],
        [way("both", "X", "x1", "x2", order=PARALLEL)],
        ["X"],
    )
    assert titles(found(own, problem("X", "y")).plans[0]) == ["x2", "y", "x1"]


def test_what_can_begin_later_only_is_thought_of_in_time() -> None:
    """y needs what z brings, and z waits for x; y is listed first."""
    method = Method(
        name="all", task="T", subtasks=subtasks("y", "x", "z"), order=PAIRS, pairs=(("b", "c"),), summary=""
    )
    own = domain([step("y", ["f"]), step("x"), step("z", does=["f"])], [method], ["T"])
    assert titles(found(own, problem("T")).plans[0]) == ["x", "z", "y"]


def test_what_follows_a_fork_within_a_task_is_thought_of_in_time() -> None:
    """y needs what comes after two tasks side by side, and they disturb each other, so that they stay side by side."""
    own = domain(
        [
            step("y", ["f"]),
            step("p", ["not h"], ["g"]),
            step("q", ["g"], ["h"]),
            step("end", does=["f"]),
        ],
        [way("fork", "PQ", "p", "q", order=PARALLEL), way("x", "X", "PQ", "end")],
        ["PQ", "X"],
    )
    assert titles(found(own, problem("y", "X")).plans[0]) == ["p", "q", "end", "y"]


def test_copies_of_a_subtask_that_disturb_each_other_are_interleaved() -> None:
    """Each open needs the lock that each closes: the second copy can only come when the first has unlocked again."""
    each = (condition("door ?d"),)
    method = Method(
        name="all", task="all", subtasks=(Subtask(label="a", task="pass", arguments=terms("?d"), each=each),)
    )
    own = domain(
        [
            step("open ?d", ["free", "first ?d"], ["not free", "went ?d"]),
            step("wait ?d", ["not first ?d", "went b"], ["first ?d"]),
            step("close ?d", ["went ?d"], ["free"]),
        ],
        [
            method,
            way("at_once", "pass", "open ?d", "close ?d", needs=["first ?d"]),
            way("later", "pass", "wait ?d", "open ?d", "close ?d", needs=["not first ?d"]),
        ],
        ["all", "pass ?d"],
    )
    plan = found(own, problem("all", facts=["door a", "door b", "first b", "free"])).plans[0]
    assert titles(plan)[0] == "open: b"
    assert titles(plan).index("wait: a") > 0


def test_steps_that_don_t_touch_are_left_side_by_side() -> None:
    own = domain(
        [step("a ?x", does=["done ?x"]), step("b ?x", ["done ?x"])], [way("ab", "T", "a ?x", "b ?x")], ["T ?x"]
    )
    plan = found(own, problem("T one", "T two", "T three")).plans[0]
    assert edges(plan) == {(f"a: {x}", f"b: {x}") for x in ("one", "two", "three")}
    assert plan.graph.width == 3


def test_a_step_that_takes_away_what_another_needs_does_not_come_between() -> None:
    own = domain([step("make", does=["f"]), step("use", ["f"]), step("clear", ["f"], ["not f"])])
    plan = found(own, problem("clear", "use", "make")).plans[0]
    assert edges(plan) == {("make", "use"), ("use", "clear")}


def test_both_who_make_a_fact_come_before_the_one_who_takes_it_away() -> None:
    own = domain([step("m1", does=["f"]), step("m2", does=["f"]), step("clear", ["f"], ["not f"])])
    plan = found(own, problem("m1", "m2", "clear")).plans[0]
    assert edges(plan) == {("m1", "clear"), ("m2", "clear")}


def test_a_condition_on_anything_at_all_orders_all_that_could_meet_it() -> None:
    own = domain(
        [
            step("check", ["not open ?any"]),
            step("shut ?x", ["open ?x"], ["not open ?x"]),
            step("open ?x", does=["open ?x"]),
        ]
    )
    asked = problem("check", "shut a", "shut b", facts=["open a", "open b"])
    assert edges(found(own, asked).plans[0]) == {("shut: a", "check"), ("shut: b", "check")}
    asked = problem("check", "open a", "open b")
    assert edges(found(own, asked).plans[0]) == {("check", "open: a"), ("check", "open: b")}


def test_a_method_that_counts_what_there_is_comes_after_who_made_it_and_before_who_makes_more() -> None:
    each = (condition("item ?x"),)
    method = Method(
        name="all", task="sort", subtasks=(Subtask(label="a", task="file", arguments=terms("?x"), each=each),)
    )
    own = domain(
        [
            step("file ?x", ["item ?x"], ["filed ?x"]),
            step("buy", ["not bought"], ["item a", "bought"]),
            step("spare", ["filed a"], ["item b"]),
        ],
        [method],
        ["sort"],
    )
    # without buying first there is nothing to file, and then nothing to be had a spare of
    plan = found(own, problem("spare", "sort", "buy")).plans[0]
    assert titles(plan) == ["buy", "file: a", "spare"]
    assert edges(plan) == {("buy", "file: a"), ("file: a", "spare")}


def test_an_empty_task_passes_on_what_comes_before_to_what_comes_after() -> None:
    method = Method(name="t", task="T", subtasks=subtasks("a", "nothing", "b"))
    own = domain([step("a"), step("b")], [method, way("nothing", "nothing")], ["T", "nothing"])
    assert edges(found(own, problem("T")).plans[0]) == {("a", "b")}


def test_a_checkpoint_names_the_last_steps_of_its_part() -> None:
    method = replace(way("t", "T", "prepare", "both", "b"), checkpoints=(Checkpoint(name="Half of it", after="b"),))
    own = domain(
        [step("prepare"), step("x"), step("y"), step("b")],
        [method, way("both", "both", "x", "y", order=PARALLEL)],
        ["T", "both"],
    )
    plan = found(own, problem("T")).plans[0]
    named = {one.number: one.title for one in plan.steps}
    (reached,) = plan.checkpoints
    assert reached.name == "Half of it"
    assert {named[number] for number in reached.steps} == {"x", "y"}


def test_many_tasks_side_by_side_that_hinder_each_other_still_come_to_a_plan() -> None:
    names = [f"n{n}" for n in range(60)]
    own = domain(
        [step("take ?x", ["free"], ["not free", "has ?x"]), step("give ?x", ["has ?x"], ["free"])],
        [way("use", "use", "take ?x", "give ?x")],
        ["use ?x"],
    )
    tasks = tuple(Subtask(label=name, task="use", arguments=(name,)) for name in names)
    asked = replace(problem(facts=["free"]), tasks=tasks)
    plan = found(own, asked, Wanted(plans=1, polish=0)).plans[0]
    assert len(plan.steps) == 120
    assert plan.graph.width == 1


def test_a_step_that_changes_the_same_thing_twice_does_not_come_after_itself() -> None:
    """It looks at it, and then two of its effects come to the same; so does the step beside it."""
    mark = step("mark ?x ?y", ["not marked ?x", "not marked ?y"], ["marked ?x", "marked ?y"])
    twice = Increase(quantity="tally", arguments=(), by=amount("tally"))
    own = domain([step("look", ["not marked a"]), mark, replace(step("double"), effects=(twice, twice))])
    own = replace(own, quantities=(Quantity(name="tally", default=1.0),))
    plan = found(own, problem("double", "mark a a", "look")).plans[0]
    assert edges(plan) == {("look", "mark: a, a")}


@pytest.mark.parametrize("number", range(40))
def test_agendas_side_by_side_are_told_apart_by_who_comes_last_in_which_of_them(number: int) -> None:
    first, last, other, fork = Task("first", 1), Task("last", 2), Task("other", 3), ForkTask()
    values = (f"n{number}",)

    def hashed(*branches: tuple[Task, ...]) -> int:
        agendas = [reduce(lambda rest, one: cell_of(one, values, rest), own[::-1], END) for own in branches]
        return side_by_side(fork, (Branch(n, frozenset(), one) for n, one in enumerate(agendas)), END).hash

    assert hashed((first, last), (other,)) == hashed((other,), (first, last))
    assert hashed((first, last), (other,)) != hashed((first,), (other, last))
