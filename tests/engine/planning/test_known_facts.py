"""What is known of a goal changes: parts that rest on what holds no longer get another way, and nothing else does."""

import datetime as dt

from msgspec import structs

from engine import events as e
from engine.blockages import Strategy
from engine.decisions import Decision, Moment
from engine.execution.closed_ways import known_anew, resolved
from engine.execution.timing import goal_due, goal_moment
from engine.goals import Goal
from engine.passing_facts import told
from engine.planning.forecasting.forecast import forecast
from engine.planning.forecasting.from_goal import Known, problem_of
from engine.planning.forecasting.model import Capacities
from engine.tasks import TaskStatus
from engine.values import JsonValue
from tests.engine.planning.lab import TRAIN, Lab, asked, plan_of

FIRE, GLAZE, DRY = "Fire the pots", "Glaze the cups", "Dry the clay"


def known(days: float | None = None, **facts: JsonValue) -> Decision:
    """The facts are known of the goal now, for so many days (None: until somebody says otherwise)."""

    def decide(goal: Goal, moment: Moment) -> list[e.Event]:
        ends = {} if days is None else {name: moment.now + dt.timedelta(days=days) for name in facts}
        change = e.GoalEdited(
            name=goal.name,
            description=goal.description,
            criteria=goal.criteria,
            priority=goal.priority,
            deadline=goal.deadline,
            metadata=told(goal.metadata, facts, ends),
        )
        return known_anew(goal, change, moment)

    return decide


def test_a_way_that_is_closed_now_gets_another_one_where_it_has_begun_too_and_what_is_done_stays() -> None:
    lab = Lab(FIRE, TRAIN)
    lab.done("Shape the pots")
    train = lab.statuses(1)
    lab.life.do(known(has_kiln=False))
    repair = lab.mended()
    assert list(lab.statuses(0)) == ["Shape the pots", "Dig a pit", "Fire the pots in the pit"]
    assert lab.statuses(0)["Shape the pots"] is TaskStatus.COMPLETED
    assert lab.statuses(1) == train
    assert "so another way for «fire the pots»: in a pit" in repair.summary


def test_a_step_that_can_t_be_taken_any_more_has_the_task_above_it_done_in_another_way() -> None:
    lab = Lab(GLAZE, TRAIN)
    lab.done("Mix the glaze for the cups")
    train = lab.statuses(1)
    lab.life.do(known(has_kiln=False))
    lab.mended()
    assert list(lab.statuses(0)) == ["Mix the glaze for the cups", "Rub wax into the cups"]
    assert lab.statuses(0)["Mix the glaze for the cups"] is TaskStatus.COMPLETED
    assert lab.statuses(1) == train


def test_all_parts_that_rest_on_a_fact_follow_it_in_one_change() -> None:
    lab = Lab(FIRE, GLAZE, DRY)
    dry = lab.statuses(2)
    lab.life.do(known(has_kiln=False))
    lab.mended()
    assert {"Fire the pots in the pit", "Rub wax into the cups"} <= lab.open_titles()
    assert lab.statuses(2) == dry
    assert lab.goal.plan_version == 2


def test_what_is_over_is_not_done_again_when_it_could_not_be_done_so_any_more() -> None:
    lab = Lab(FIRE, TRAIN)
    lab.done("Shape the pots")
    lab.done("Fire the pots in the kiln")
    lab.life.do(known(has_kiln=False))
    lab.mended()
    assert set(lab.statuses(0).values()) == {TaskStatus.COMPLETED}


def test_what_holds_again_opens_the_likelier_way_for_what_has_not_begun() -> None:
    lab = Lab(FIRE)
    lab.life.do(known(has_kiln=False))
    lab.mended()
    assert "Fire the pots in the pit" in lab.open_titles()
    lab.life.do(known(has_kiln=True))
    lab.mended()
    assert lab.open_titles() == {"Shape the pots", "Fire the pots in the kiln"}


def test_a_fact_that_is_one_of_a_few_words_counts_like_any_other() -> None:
    lab = Lab(DRY, TRAIN)
    assert "Lay out the clay in the sun" in lab.open_titles()
    lab.life.do(known(season="winter"))
    lab.mended()
    assert "Hang up the clay in a heated room" in lab.open_titles()
    lab.life.do(known(season="never"))
    assert plan_of(lab.goal).tasks[0].title == "Lay out the clay in the sun", "no such season: as the library has it"


def test_what_a_goal_says_of_itself_counts_until_somebody_says_otherwise() -> None:
    market = structs.replace(asked(DRY), description="They are for the Christmas market.")
    assert [task.title for task in plan_of(market).tasks] == ["Hang up the clay in a heated room"]
    told = structs.replace(market, metadata={"season": "summer"})
    assert [task.title for task in plan_of(told).tasks] == ["Lay out the clay in the sun"]


def test_where_no_way_is_left_only_that_part_is_planned_as_anything_else_would_be() -> None:
    lab = Lab("Blow the glasses", FIRE, DRY)
    assert "Blow the glasses in the furnace" in lab.open_titles()
    others = [lab.statuses(1), lab.statuses(2)]
    lab.life.do(known(has_glass=False))
    told = lab.mended().summary
    assert "The only way that I knew for «Blow the glasses» is closed now, so how it is done is yours to find." in told
    assert "Blow the glasses in the furnace" not in lab.open_titles()
    assert "Blow the glasses" in lab.open_titles()
    assert [lab.statuses(1), lab.statuses(2)] == others
    lab.life.do(known(has_kiln=False))
    assert "yours to find" not in lab.mended().summary
    assert "Fire the pots in the pit" in lab.open_titles(), "what stays can still be mended"


def held(lab: Lab) -> dict[str, tuple[Strategy, bool]]:
    """What is held up by title: how it is met, and whether it comes due by itself."""
    return {
        lab.goal.tasks[one.task].title: (one.strategy, lab.goal.tasks[one.task].due_at is not None)
        for one in lab.goal.blockages.values()
        if one.task is not None
    }


def test_what_is_so_until_a_day_is_waited_for_and_lifts_by_itself_then() -> None:
    lab = Lab(GLAZE, TRAIN, days=60)
    before = lab.open_titles()
    lab.life.do(known(5, has_kiln=False))
    lab.mended()
    assert lab.open_titles() == before, "the plan stays"
    assert lab.goal.plan_version == 1
    assert held(lab) == {"Melt the glaze on the cups": (Strategy.WAIT, True)}
    assert goal_moment(lab.goal) == lab.life.now + dt.timedelta(days=5)
    lab.life.pass_time(hours=5 * 24)
    lab.life.do(goal_due)
    assert not lab.goal.blockages
    assert lab.goal.metadata == {"has_kiln": True}
    lab.mended()
    assert lab.open_titles() == before


def test_what_is_over_too_late_for_the_deadline_is_done_in_another_way() -> None:
    lab = Lab(GLAZE, FIRE, days=6)
    lab.done("Mix the glaze for the cups")
    lab.life.do(known(5.99, has_kiln=False))
    lab.mended()
    assert "Rub wax into the cups" in lab.open_titles()
    assert "Fire the pots in the pit" in lab.open_titles()
    assert not lab.goal.blockages


def test_the_forecast_counts_the_wait() -> None:
    lab = Lab(GLAZE, days=60)
    lab.life.do(known(20, has_kiln=False))
    lab.mended()
    found = forecast(problem_of(lab.goal, lab.life.now, Known(), Capacities()), seed=1)
    assert found.end is not None
    assert found.end.p10 >= lab.life.now + dt.timedelta(days=20)


def test_where_the_only_way_is_closed_once_it_has_begun_somebody_is_asked_with_the_reason() -> None:
    lab = Lab("Cast the bells", TRAIN)
    lab.done("Build the mould of the bells")
    lab.life.do(known(has_kiln=False))
    lab.mended()
    assert held(lab) == {"Pour the bronze for the bells": (Strategy.ASK, False)}
    (asked,) = lab.goal.blockages.values()
    assert asked.from_whom == "you"
    assert "«There is a kiln that works» does not hold, and the only way that I know rests on it" in asked.description
    lab.life.do(known(has_kiln=True))
    assert not lab.goal.blockages, "it is otherwise now"
    lab.mended()
    assert "Pour the bronze for the bells" in lab.open_titles()


def test_who_says_that_it_is_resolved_says_that_the_fact_is_otherwise() -> None:
    lab = Lab("Cast the bells")
    lab.done("Build the mould of the bells")
    lab.life.do(known(has_kiln=False))
    lab.mended()
    (asked,) = lab.goal.blockages.values()
    lab.life.do(resolved(asked.number, ""))
    assert (lab.goal.metadata["has_kiln"], len(lab.goal.blockages)) == (True, 0)


def test_another_day_that_is_said_moves_the_wait_and_what_holds_for_good_asks() -> None:
    lab = Lab("Cast the bells", days=60)
    lab.done("Build the mould of the bells")
    for days in (5, 9):
        lab.life.do(known(days, has_kiln=False))
        lab.mended()
        task = lab.goal.task(lab.number("Pour the bronze for the bells"))
        assert task.due_at == lab.life.now + dt.timedelta(days=days)
        assert len(lab.goal.blockages) == 1
    lab.life.do(known(has_kiln=False))
    lab.mended()
    assert held(lab) == {"Pour the bronze for the bells": (Strategy.ASK, False)}
