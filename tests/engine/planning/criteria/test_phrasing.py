"""Results that are told as facts become the doings that bring them about."""

import pytest

from engine.planning.criteria.phrasing import as_doing
from tests.engine.planning.planners import planner
from tests.engine.planning.test_plans_of_goals import asked


@pytest.mark.parametrize(
    ("result", "doing"),
    [
        ("The garage is cleaned", "clean the garage"),
        ("Website has been redesigned", "redesign website"),
        ("MVP is designed, built and tested", "design, build and test MVP"),
        ("Invitations are sent and the cake is ordered", "send invitations and order the cake"),
        ("Posters printed, flyers handed over", "print posters and hand over flyers"),
        ("The old server must be switched off by Friday", "switch off the old server by Friday"),
        ("Costs are reduced by 20 %", "reduce costs by 20 %"),
        ("500 copies are printed", "print 500 copies"),
        ("John is hired", "hire John"),
        ("Insurance paid by March", "pay insurance by March"),
        ("The hall will be painted before the party", "paint the hall before the party"),
        ("Study guide printed", "print study guide"),
        ("A shop in the old town is rented", "rent a shop in the old town"),
        ("The report is written by the end of next week", "write the report by the end of next week"),
        ("Report written by next Friday evening", "write report by next Friday evening"),
        ("Report written by early summer 2027", "write report by early summer 2027"),
        ("Parcels sent by Christmas Eve", "send parcels by Christmas Eve"),
        ("Forms sent by post", "send forms by post"),
    ],
)
def test_a_result_is_brought_about(result: str, doing: str) -> None:
    assert as_doing(result) == doing


@pytest.mark.parametrize(
    "text",
    [
        "The permit is granted",
        "The text is written by Anna",
        "The app is tested by 20 users",
        "Menu tested by friends",
        "Cake made by Monica",
        "Contract signed by marketing",
        "Logo designed by summer interns",
        "Texts reviewed by the end users",
        "Hall painted by 12 decorators",
        "80 people registered",
        "Furniture delivered",
        "The kids are happy",
        "The shop is open",
        "The site is live and loads in 2 s",
        "Nothing is left behind",
        "It is built",
        "Fix bugs reported",
        "Backups run every night and are restored",
        "Clean the garage",
    ],
)
def test_what_others_do_what_merely_is_and_what_is_a_doing_stay(text: str) -> None:
    assert as_doing(text) == text


def test_a_goal_of_results_gets_the_plan_of_its_doings() -> None:
    results = ("The house is sold", "The new flat is painted", "All boxes are packed")
    doings = ("Sell the house", "Paint the new flat", "Pack all boxes")

    told, done = (planner().plan(asked("A new start", criteria)) for criteria in (results, doings))

    assert [task.title for task in told.tasks] == [task.title for task in done.tasks]


def test_what_is_rented_out_is_not_paid_for() -> None:
    told = planner().plan(asked("Emigrate", ("The flat is rented out",)))
    assert [task.title for task in told.tasks] == ["Rent out the flat"]


@pytest.mark.parametrize(
    ("result", "doing"),
    [
        ("Drinks ordered for the party", "Order drinks for the party"),
        ("Chairs rented for the wedding party", "Rent chairs for the wedding party"),
        ("Menus are printed for our party", "Print menus for our party"),
    ],
)
def test_what_is_got_for_a_party_is_not_the_party(result: str, doing: str) -> None:
    assert [task.title for task in planner().plan(asked("Home", (result,))).tasks] == [doing]
