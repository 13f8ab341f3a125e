"""A deadline that was moved opens and closes ways: what has not begun and hangs on it is done otherwise, no more."""

import datetime as dt

from engine import events as e
from engine.decisions import Decision
from engine.execution.goal_decisions import DEADLINE_MOVED
from tests.engine.lives import edited
from tests.engine.planning.lab import RENDER, SURVEY, TRAIN, Lab
from tests.fakes import START


def moved(days: float | None) -> Decision:
    return edited(deadline=None if days is None else START + dt.timedelta(days=days))


def test_an_earlier_date_closes_a_way_and_only_its_part_gets_another() -> None:
    lab = Lab(SURVEY, TRAIN, days=60)
    assert "Walk all the sites" in lab.open_titles()
    train = lab.statuses(1)
    lab.life.do(moved(10))
    assert lab.goal.adapting is not None
    assert lab.goal.adapting.reason == DEADLINE_MOVED
    repair = lab.mended()
    assert "Walk a sample of the sites" in lab.open_titles()
    assert "Walk all the sites" not in lab.open_titles()
    assert lab.statuses(1) == train
    assert "so another way for «survey the sites»: by a sample" in repair.summary
    assert not repair.grows


def test_several_parts_that_hang_on_it_are_one_change_of_the_plan() -> None:
    lab = Lab(SURVEY, RENDER, "Survey the wells", days=60)
    lab.life.do(moved(10))
    lab.mended()
    assert {"Walk a sample of the sites", "Walk a sample of the wells"} <= lab.open_titles()
    assert lab.goal.plan_version == 2


def test_a_later_date_opens_a_likelier_way_for_what_has_not_begun() -> None:
    lab = Lab(SURVEY, TRAIN, days=10)
    train = lab.statuses(1)
    lab.life.do(moved(60))
    lab.mended()
    assert "Walk all the sites" in lab.open_titles()
    assert lab.statuses(1) == train


def test_what_has_begun_goes_on_as_it_was_planned() -> None:
    lab = Lab(SURVEY, days=60)
    lab.done("Walk all the sites")
    lab.life.do(moved(10))
    assert lab.mended().add == ()
    assert lab.open_titles() == {"Write up the sites"}


def test_where_no_way_hangs_on_the_date_the_plan_stays_and_is_no_newer() -> None:
    lab = Lab(TRAIN, days=60)
    before = lab.goal.tasks
    lab.life.do(moved(10))
    lab.mended()
    assert (lab.goal.tasks, lab.goal.plan_version, lab.goal.adapting) == (before, 1, None)
    assert [one.why for one in lab.life.events if isinstance(one, e.AdaptationDropped)] == ["no way hangs on the date"]


def test_a_date_between_two_that_mean_the_same_changes_nothing() -> None:
    lab = Lab(SURVEY, days=60)
    lab.life.do(moved(50))
    lab.mended()
    assert lab.goal.plan_version == 1


def test_what_is_being_changed_anyhow_is_planned_by_the_new_date_and_not_forgotten_for_it() -> None:
    lab = Lab(SURVEY, TRAIN, days=60)
    lab.life.do(edited(criteria=lab.goal.criteria[:1]))
    reason = lab.goal.adapting.reason if lab.goal.adapting is not None else ""
    lab.life.do(moved(10))
    assert lab.goal.adapting is not None
    assert lab.goal.adapting.reason == reason != DEADLINE_MOVED
