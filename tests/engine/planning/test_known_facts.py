"""What is known of a goal changes: parts that rest on what holds no longer get another way, and nothing else does."""

from msgspec import structs

from engine.decisions import Decision
from engine.tasks import TaskStatus
from engine.values import JsonValue
from tests.engine.lives import edited
from tests.engine.planning.lab import TRAIN, Lab, asked, plan_of

FIRE, GLAZE, DRY = "Fire the pots", "Glaze the cups", "Dry the clay"


def known(**facts: JsonValue) -> Decision:
    """The facts are known of the goal now."""

    return lambda goal, moment: edited(metadata={**goal.metadata, **facts})(goal, moment)


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
    lab.mended()
    assert "Blow the glasses in the furnace" not in lab.open_titles()
    assert "Blow the glasses" in lab.open_titles()
    assert [lab.statuses(1), lab.statuses(2)] == others
    lab.life.do(known(has_kiln=False))
    lab.mended()
    assert "Fire the pots in the pit" in lab.open_titles(), "what stays can still be mended"
