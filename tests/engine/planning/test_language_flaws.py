"""What the checker of the method language says of domains that are made in code, without a file or lines."""

import pytest

from engine.errors import InvalidInputError
from engine.planning.htn.analysis import analysed
from engine.planning.language.checking import find_flaws
from engine.planning.language.domain import Domain, Primitive, Quantity, Relation, parameters
from engine.planning.language.terms import Add, Effect, Increase, Remove, SetTo, Variable

WHO = Variable(name="who")


def domain_with(*effects: Effect, takes: tuple[str, ...] = ("thing",)) -> Domain:
    step = Primitive(name="hand_over", parameters=parameters(*takes), effects=effects)
    return Domain(
        name="gifts",
        relations=(Relation(name="has", parameters=parameters("who")),),
        quantities=(Quantity(name="gifts_of", parameters=parameters("who")),),
        primitives=(step,),
    )


@pytest.mark.parametrize(
    "effect",
    [
        Add(relation="has", arguments=(WHO,)),
        Remove(relation="has", arguments=(WHO,)),
        SetTo(quantity="gifts_of", arguments=(WHO,), value=1.0),
        Increase(quantity="gifts_of", arguments=(WHO,), by=1.0),
        Increase(quantity="gifts_of", arguments=("Ann",), by=WHO),
    ],
    ids=lambda effect: type(effect).__name__,
)
def test_a_variable_of_an_effect_that_nothing_gives_a_value_is_a_flaw_at_its_place(effect: Effect) -> None:
    (flaw, *_) = find_flaws(domain_with(effect))
    assert flaw.path[:4] == ("primitives", 0, "effects", 0)
    assert flaw.problem == "?who has no value here"
    assert flaw.accepts == "one of thing"
    with pytest.raises(InvalidInputError, match="who"):
        analysed(domain_with(effect))


def test_two_effects_with_the_same_unknown_variable_are_two_flaws() -> None:
    effects = (Add(relation="has", arguments=(WHO,)), Remove(relation="has", arguments=(WHO,)))
    assert [flaw.path[3] for flaw in find_flaws(domain_with(*effects))] == [0, 1], (
        "the first does not excuse the second"
    )


def test_a_parameter_is_known() -> None:
    assert not find_flaws(domain_with(Add(relation="has", arguments=(WHO,)), takes=("who",)))
