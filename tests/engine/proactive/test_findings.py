"""The life of a finding: the same one stays the same, what was answered rests, what is gone is gone."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import IllegalMoveError
from engine.proactive.findings import (
    AREAS,
    FINDING_MOVES,
    LIVE,
    REST,
    Deed,
    FindingId,
    FindingKind,
    FindingStatus,
    KeptFinding,
    Remedy,
    moved,
    told_first,
    weighed,
)
from tests.engine.proactive.found import finding, kept_finding
from tests.fakes import START

HOUR = dt.timedelta(hours=1)
kinds = st.sampled_from(FindingKind)
found = st.lists(
    st.builds(finding, kinds, st.sampled_from(["a", "b"]), is_heard=st.booleans()), unique_by=lambda one: one.key
)


@st.composite
def kept(draw: st.DrawFn) -> tuple[KeptFinding, ...]:
    return tuple(
        kept_finding(
            one,
            START - draw(st.integers(0, 300)) * HOUR,
            id=FindingId(place),
            status=draw(st.sampled_from(FindingStatus)),
            told_at=draw(st.none() | st.just(START - HOUR)),
        )
        for place, one in enumerate(draw(found), start=1)
    )


@given(kept(), found)
def test_looking_twice_changes_no_more_than_looking_once(before: tuple[KeptFinding, ...], now: list) -> None:
    changed, new = weighed(before, now, START)
    by_id = {one.id: one for one in (*before, *changed)}
    made = [kept_finding(one, id=FindingId(1000 + place)) for place, one in enumerate(new)]
    assert weighed([*by_id.values(), *made], now, START) == ((), ())


@given(kept(), found)
def test_only_allowed_moves_are_made_and_each_key_stays_one_row(before: tuple[KeptFinding, ...], now: list) -> None:
    changed, new = weighed(before, now, START)
    old = {one.id: one for one in before}
    for one in changed:
        was = old[one.id]
        assert one.status is was.status or one.status in FINDING_MOVES[was.status]
        assert one.finding.key == was.finding.key
        assert one.revision - was.revision in (0, 1)
    assert {one.key for one in new}.isdisjoint(one.finding.key for one in before)


@given(kept(), found)
def test_what_is_live_afterwards_is_what_was_found_but_for_what_rests(
    before: tuple[KeptFinding, ...], now: list
) -> None:
    changed, new = weighed(before, now, START)
    after = {one.id: one for one in (*before, *changed)}.values()
    live = {one.finding.key for one in after if one.status in LIVE} | {one.key for one in new}
    resting = {
        one.finding.key
        for one in before
        if one.status in (FindingStatus.DONE, FindingStatus.DISMISSED) and START - one.changed_at < REST
    }
    assert live == {one.key for one in now} - resting


def test_figures_may_drift_but_another_offer_makes_old_buttons_stale() -> None:
    before = kept_finding(finding())
    (drifted,), _ = weighed([before], [finding(facts={"since": "x"})], START)
    assert (drifted.revision, drifted.finding.facts) == (1, {"since": "x"})
    (other,), _ = weighed([before], [finding(remedy=Remedy(deed=Deed.RAISE, micros=5))], START)
    assert other.revision == 2


def test_what_was_told_and_comes_back_within_a_week_is_not_told_again() -> None:
    told = moved(kept_finding(finding()), FindingStatus.TOLD, START)
    (gone,), _ = weighed([told], [], START + HOUR)
    assert gone.status is FindingStatus.GONE
    (back,), _ = weighed([gone], [finding()], START + 2 * HOUR)
    assert (back.status, back.revision) == (FindingStatus.TOLD, 2)
    (later,), _ = weighed([gone], [finding()], START + REST)
    assert later.status is FindingStatus.OPEN


def test_not_now_rests_for_a_week_while_it_is_still_so() -> None:
    dismissed = moved(kept_finding(finding()), FindingStatus.DISMISSED, START)
    assert weighed([dismissed], [finding()], START + REST - HOUR) == ((), ())
    (again,), _ = weighed([dismissed], [finding()], START + REST)
    assert (again.status, again.revision) == (FindingStatus.OPEN, 2)


def test_a_move_that_is_none_is_refused() -> None:
    with pytest.raises(IllegalMoveError):
        moved(kept_finding(finding(), status=FindingStatus.DONE), FindingStatus.TOLD, START)


def test_issues_are_told_before_opportunities_and_nothing_of_what_is_heard_or_muted() -> None:
    rows = [
        kept_finding(finding(FindingKind.EARLIER), id=FindingId(1)),
        kept_finding(finding(FindingKind.STALLED), id=FindingId(2)),
        kept_finding(finding(FindingKind.BUDGET, is_heard=True), id=FindingId(3)),
        kept_finding(finding(FindingKind.SHARED), id=FindingId(4)),
        replace(kept_finding(finding(FindingKind.REPEATED), id=FindingId(5)), status=FindingStatus.GONE),
    ]
    assert [one.id for one in told_first(rows, {FindingKind.SHARED})] == [2, 1]
    assert set(AREAS) == set(FindingKind)
