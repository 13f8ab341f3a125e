"""The cheapest way to derive each name, what can be come to, and in which order to go through it."""

from hypothesis import given
from hypothesis import strategies as st

from engine.planning.language.derivations import Rule, cheapest, last_first, reachable

NAMES = st.integers(min_value=0, max_value=9).map(str)
GRAPHS = st.dictionaries(NAMES, st.lists(NAMES, max_size=4))


def test_the_cheapest_derivation_adds_up_what_its_body_needs() -> None:
    rules = [
        Rule(head="a", weight=1, body={"b": 2}),
        Rule(head="a", weight=9),
        Rule(head="b", weight=5),
        Rule(head="b", weight=1, body={"c": 1}),
        Rule(head="c", weight=2, body={}),
        Rule(head="never", weight=1, body={"never": 1}),
    ]
    assert cheapest(rules) == {"a": 7, "b": 3, "c": 2}


@given(GRAPHS, NAMES)
def test_what_can_be_come_to_is_what_some_way_leads_to(leads: dict[str, list[str]], root: str) -> None:
    found = reachable([root], leads)
    assert root in found
    assert all(other in found for name in found for other in leads.get(name, ()))
    assert all(name == root or any(name in leads.get(one, ()) for one in found) for name in found)


@given(GRAPHS)
def test_each_name_comes_behind_those_it_leads_to_but_on_a_circle(leads: dict[str, list[str]]) -> None:
    order = last_first(leads)
    assert sorted(order) == sorted(leads)
    place = {name: number for number, name in enumerate(order)}
    for name, others in leads.items():
        for other in others:
            if other in leads and name not in reachable([other], leads):
                assert place[other] < place[name]


def test_a_long_way_of_names_needs_no_deep_recursion() -> None:
    leads = {str(n): [str(n + 1)] for n in range(20_000)}
    assert last_first(leads) == [str(n) for n in reversed(range(20_000))]
