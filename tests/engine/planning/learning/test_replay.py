"""Predictions beside what came of them: never made from what was not known yet."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.learning.experience import Doing, Experience, History
from engine.planning.learning.memory import Memory
from engine.planning.learning.replay import Judged, replayed
from tests.engine.planning.learning.cases import ANN, BEN, NOW, WRITING, case, drawn, history
from tests.examples import examples

cases = st.builds(
    case,
    st.builds(
        Doing, work=st.sampled_from(["person", "agent"]), kind=st.sampled_from("ab"), person=st.sampled_from([ANN, BEN])
    ),
    worked=st.booleans(),
    hours=st.none() | st.sampled_from([0.0, 1.0, 24.0, 100.0]),
    days_ago=st.integers(0, 20).map(float),
)


def predictions(seen: list[Experience]) -> dict[int, Judged]:
    return {id(one.case): one for one in replayed(History(experiences=tuple(seen)))}


@examples(12)
@given(st.lists(cases, max_size=25))
def test_every_case_is_judged_once_in_the_order_of_their_begins(seen: list[Experience]) -> None:
    judged = list(replayed(History(experiences=tuple(seen))))
    assert Counter(id(one.case) for one in judged) == Counter(map(id, seen))
    assert [one.case.began_at for one in judged] == sorted(one.began_at for one in seen)


@examples(12)
@given(st.lists(cases, min_size=1, max_size=25), st.data())
def test_what_ends_later_changes_no_prediction(seen: list[Experience], data: st.DataObject) -> None:
    """Turn the outcome of one case around: whatever began before its end was predicted the same."""
    changed = data.draw(st.sampled_from(seen))
    turned = replace(changed, worked=not changed.worked, success=0.3)
    before = predictions(seen)
    after = predictions([turned if one is changed else one for one in seen])
    for one in seen:
        if one is not changed and one.began_at < changed.ended_at:
            then, now = before[id(one)], after[id(one)]
            assert (then.chance, then.low, then.median, then.high) == (now.chance, now.low, now.median, now.high)


def test_a_case_is_predicted_as_the_beliefs_of_its_begin_had_it() -> None:
    seen = drawn(random.Random(1), WRITING, 1.0, 0.4, 30)
    judged = {id(one.case): one for one in replayed(history(*seen))}
    for number, one in enumerate(seen):
        memory = Memory(NOW)
        for known in (k for k in seen[:number] if k.ended_at <= one.began_at):
            memory.take(known)
        memory.settle()
        expected = memory.beliefs(one.began_at).odds(one.doing, one.success).chance
        assert judged[id(one)].chance == pytest.approx(expected, abs=0.02), "apart from how fresh a person's pace is"
        assert judged[id(one)].runs == len([k for k in seen[:number] if k.ended_at <= one.began_at])


def test_what_took_no_time_at_all_was_still_predicted_before_it_ended() -> None:
    first, second = (case(hours=0.0, worked=worked, days_ago=1) for worked in (False, True))
    judged = list(replayed(History(experiences=(first, second))))
    assert [one.runs for one in judged] == [0, 1]
    assert judged[0].chance == pytest.approx(0.8)
    assert judged[1].chance < 0.8


def test_runs_are_counted_by_kind() -> None:
    other = replace(WRITING, kind="read")
    seen = [case(days_ago=9), case(other, days_ago=8), case(days_ago=7), case(replace(WRITING, method="b"), days_ago=6)]
    assert [one.runs for one in replayed(history(*seen))] == [0, 0, 1, 2]


def test_hours_count_only_for_what_worked() -> None:
    failed, done = replayed(history(case(worked=False, days_ago=5), case(days_ago=3)))
    assert (failed.hours, done.hours) == (None, 2.0)


def test_a_history_of_nothing_is_judged_as_nothing() -> None:
    assert list(replayed(History())) == []
