"""What the search does at every step is written out as functions; here what is special about these."""

from dataclasses import replace

import pytest

from engine.planning.htn.generated import Text
from engine.planning.htn.state import Ground, State
from engine.planning.language.domain import Subtask, fact
from engine.planning.language.terms import add, holds, terms
from tests.engine.planning.htn.small import domain, found, problem, step, titles, way

GROUND = Ground(state=State({}, {}, 0), context={}, changing=frozenset())
ODD = ['"""', "x'); raise SystemExit  #", "a\nb", "{0}", "\\", "v0", "k1"]


@pytest.mark.parametrize("conditions", [2, 15, 16, 40])
def test_a_method_may_have_more_conditions_than_python_has_room_for_in_loops(conditions: int) -> None:
    """Each begins with what the one before has found; another way comes to an end at once."""
    needs = [f"next ?x{number} ?x{number + 1}" for number in range(conditions)]
    own = domain([step("arrive ?x")], [way("go", "go", f"arrive ?x{conditions}", needs=needs)], ["go ?x0"])
    facts = ["next n0 nowhere", *(f"next n{number} n{number + 1}" for number in range(conditions))]
    outcome = found(own, problem("go n0", facts=facts))
    assert [titles(plan) for plan in outcome.plans] == [[f"arrive: n{conditions}"]]
    assert outcome.is_proven


@pytest.mark.parametrize("name", ODD)
def test_names_are_values_whatever_they_read_like(name: str) -> None:
    use = replace(step("use ?x", ["here ?x"], ["not here ?x"]), effects=(add("used", "?x"), add("by", name)))
    see = replace(step("see ?x", ["used ?x"]), preconditions=(holds("used", "?x"), holds("by", name)))
    own = domain([use, see], [way("go", "go", "use ?x", "see ?x", needs=["here ?x"])], ["go ?x"])
    asked = replace(
        problem(facts=["here other"]),
        tasks=(Subtask(label="a", task="go", arguments=terms(name)),),
        facts=(fact("here", name), fact("here", "other")),
    )
    plan = found(own, asked).plans[0]
    assert [dict(one.values) for one in plan.steps] == [{"x": name}, {"x": name}]


def test_functions_that_do_the_same_share_their_code() -> None:
    codes = set()
    for rows in ({(1,): 1}, {(2,): 1}):
        text = Text()
        function = text.function("row", [f"return row in {text.name(rows)}"]).on(GROUND)
        assert function((1,)) == ((1,) in rows)
        codes.add(function.__code__)
    assert len(codes) == 1
