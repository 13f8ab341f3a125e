"""What leads up to a whole has criteria of its own: then it is not planned a second time within the whole."""

import pytest

from engine.goals import Goal
from engine.planning.requests import PlanRequest
from engine.values import GoalId
from handlers.views.welcome import EXAMPLE_CRITERIA, EXAMPLE_NAME
from tests.engine.planning.planners import planner
from tests.engine.planning.test_planner_properties import NOW


def titles(name: str, *criteria: str) -> list[str]:
    goal = Goal(id=GoalId(1), name=name, criteria=criteria, created_at=NOW, updated_at=NOW)
    return [task.title for task in planner().plan(PlanRequest(goal=goal, now=NOW)).tasks]


@pytest.mark.parametrize(
    ("pieces", "whole", "once"),
    [
        (
            ("Book the venue", "Invite 80 guests", "Hire a photographer"),
            "Organise our wedding",
            ("venue,", "nvitation:"),
        ),
        (
            ("Find 12 speakers", "Sell 200 tickets"),
            "Organise a design conference",
            ("Settle with each speaker", "ticket sale"),
        ),
        (("Invite 20 friends", "Order the cake"), "Throw a birthday party on 3 May", ("nvit", "answer by")),
        (("Rent a hall", "Win 5 helpers"), "Organise the flea market", ("hall",)),
        (("Rehearse the migration",), "Migrate the database to PostgreSQL", ("and rehearse the mended",)),
        (("Verify all accounts on the new system",), "Migrate the data to Exchange", ("Verify",)),
    ],
)
def test_what_a_criterion_of_its_own_brings_is_asked_for_once(
    pieces: tuple[str, ...], whole: str, once: tuple[str, ...]
) -> None:
    together = titles(whole, *pieces, whole)
    for said in once:
        apart = [title for title in titles(whole, *pieces) if said in title]
        assert [title for title in together if said in title] == apart, said


def test_what_nobody_else_speaks_of_stays_in_the_whole() -> None:
    assert any("venue" in title for title in titles("Get it done", "Order the cake", "Organise our wedding"))
    assert any("ehears" in title for title in titles("Get it done", "Migrate the database to PostgreSQL"))


def test_the_example_that_is_tried_first_books_no_second_place_and_invites_nobody_twice() -> None:
    found = titles(EXAMPLE_NAME, *EXAMPLE_CRITERIA)
    assert len(found) <= 12
    assert sum("nvit" in title for title in found) == 1
    assert not any("venue" in title or "catering" in title for title in found)
