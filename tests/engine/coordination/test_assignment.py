"""Who does what: nobody over their slots, nobody without the capability, and no part that waits for ever."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coordination.agents import Agent, Hierarchy, check_names, hierarchy_of, skill_of
from engine.coordination.assignment import Part, Record, chosen
from engine.errors import InvalidInputError
from engine.tasks import Task
from engine.values import TaskNumber

SKILLS = ("researcher", "writer", "http_check")
names = st.sampled_from(("ann", "ben", "cy", "dot"))
agents_given = st.lists(
    st.builds(
        Agent,
        name=names,
        capabilities=st.frozensets(st.sampled_from(SKILLS)),
        slots=st.integers(min_value=1, max_value=3),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda agent: agent.name,
)
records = st.dictionaries(
    st.tuples(names, st.sampled_from(SKILLS)),
    st.builds(Record, worked=st.integers(0, 20), failed=st.integers(0, 20)),
)


def part(skill: str, odds: float = 0.9) -> Part:
    return Part(skill=skill, asked=frozenset({"agent", skill}), odds=odds)


ANN = Agent(name="ann", capabilities=frozenset({"writer"}))
BEN = Agent(name="ben")


@given(agents_given, st.lists(st.sampled_from(SKILLS), max_size=12), records)
def test_nobody_is_over_their_slots_nobody_lacks_the_capability_and_no_slot_idles_that_could_work(
    agents: list[Agent], skills: list[str], track: dict[tuple[str, str], Record]
) -> None:
    by_name = {agent.name: agent for agent in agents}
    load: Counter[str] = Counter()
    for skill in skills:
        agent = chosen(part(skill), agents, load, track)
        if agent is None:
            able = [one for one in agents if one.can({"agent", skill})]
            assert all(load[one.name] == one.slots for one in able)
            continue
        load[agent.name] += 1
        assert agent.can({"agent", skill})
        assert load[agent.name] <= by_name[agent.name].slots


@given(agents_given, st.lists(st.sampled_from(SKILLS), max_size=20), records)
def test_every_part_that_somebody_can_do_gets_its_turn(
    agents: list[Agent], skills: list[str], track: dict[tuple[str, str], Record]
) -> None:
    left = list(skills)
    for _ in skills:  # in each round all that is assigned is done, and the slots are free again
        load: Counter[str] = Counter()
        still = []
        for skill in left:
            agent = chosen(part(skill), agents, load, track)
            if agent is None:
                still.append(skill)
            else:
                load[agent.name] += 1
        left = still
    assert not [skill for skill in left if any(agent.can({"agent", skill}) for agent in agents)]


def test_of_equals_the_one_who_can_do_least_else_goes_first() -> None:
    assert chosen(part("writer"), [BEN, ANN], {}, {}) == ANN


def test_who_succeeded_more_often_goes_first_and_one_failure_is_no_verdict() -> None:
    better = {("ben", "writer"): Record(worked=9), ("ann", "writer"): Record(worked=2, failed=7)}
    assert chosen(part("writer"), [ANN, BEN], {}, better) == BEN
    assert Record(failed=1).chance(0.9) > 0.7
    assert Record().chance(0.4) == pytest.approx(0.4)


def test_who_is_busy_goes_later_unless_far_better() -> None:
    two = replace(ANN, slots=2)
    assert chosen(part("writer"), [two, BEN], {"ann": 1}, {}) == BEN
    poor = {("ben", "writer"): Record(failed=30)}
    assert chosen(part("writer"), [two, BEN], {"ann": 1}, poor) == two


def test_a_task_calls_for_its_role_where_it_names_one_and_for_its_work_otherwise() -> None:
    plain = Task(number=TaskNumber(1), title="Check", work="http_check")
    role = Task(number=TaskNumber(1), title="Find", work="agent", inputs={"role": "researcher"})
    assert [skill_of(plain), skill_of(role)] == ["http_check", "researcher"]


@pytest.mark.parametrize(
    ("name", "count", "workers"),
    [
        ("", 3, ()),
        ("x" * 101, 3, ()),
        ("a\nb", 3, ()),
        ("Team", 0, ()),
        ("Team", 101, ()),
        ("Team", True, ()),
        ("Team", 2, (BEN,)),
        ("Team", None, (Agent(name=" "),)),
        ("Team", None, (Agent(name="x", slots=0),)),
        ("Team", None, (Agent(name="x", capabilities=frozenset({""})),)),
    ],
)
def test_what_makes_no_hierarchy_is_refused(name: str, count: int | None, workers: tuple[Agent, ...]) -> None:
    with pytest.raises(InvalidInputError):
        hierarchy_of(name, count, workers)


def test_two_agents_never_have_one_name() -> None:
    team = hierarchy_of("Team", None, [ANN])
    with pytest.raises(InvalidInputError, match="«ann»"):
        check_names(hierarchy_of("Other", None, [ANN]), [team])
    with pytest.raises(InvalidInputError, match="«ann»"):
        check_names(hierarchy_of("Other", None, [ANN, replace(ANN, slots=2)]), [])
    check_names(hierarchy_of("Team", None, [replace(ANN, slots=2)]), [team])


def test_without_names_workers_are_numbered_and_do_whatever_comes() -> None:
    team = hierarchy_of("Team", 2)
    assert team == Hierarchy(name="Team", lead="Team lead", workers=(Agent(name="Team-1"), Agent(name="Team-2")))
    assert team.slots == 2
    assert hierarchy_of("Team", None).slots == 3
