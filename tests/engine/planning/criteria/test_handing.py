"""What is somebody else's, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.planning.criteria.handing import handed_on


@pytest.mark.parametrize(
    ("text", "who", "criteria"),
    [
        ("Anna's team: build the shop; write the texts", "Anna's team", ("Build the shop", "Write the texts")),
        ("the design team: mock-ups of all pages.", "The design team", ("Mock-ups of all pages",)),
        ("Team Blue: test the app", "Team Blue", ("Test the app",)),
        ("Our agency: run the ads", "Our agency", ("Run the ads",)),
        ("@anna builds the landing page", "@anna", ("Build the landing page",)),
        ("@anna: the landing page", "@anna", ("The landing page",)),
        ("@bob_2 will deploy it", "@bob_2", ("Deploy it",)),
        ("Legal department:\n- check the contract\n- file the form", "Legal department",
         ("Check the contract", "File the form")),
    ],
)  # fmt: skip
def test_whose_a_criterion_is(text: str, who: str, criteria: tuple[str, ...]) -> None:
    found = handed_on(text)
    assert found is not None
    assert (found.whose, found.criteria) == (who, criteria)


@pytest.mark.parametrize(
    "text",
    [
        "Build a team: hire 2 developers",
        "Hire a team",
        "Anna: build the shop",
        "Team building: plan a weekend",
        "Email @anna about the shop",
        "@anna",
        "Anna's team",
        "Anna's team: ;",
        "Meet the team at noon: bring cake",
        "anna@example.com gets the invoice",
    ],
)
def test_what_only_looks_like_somebody_else_s(text: str) -> None:
    assert handed_on(text) is None


@given(st.text(alphabet="@abs: ;-team\n'.", max_size=80))
def test_whatever_is_said_there_are_criteria_and_a_name_or_nothing(text: str) -> None:
    found = handed_on(text)
    assert found is None or (found.whose and found.name and all(found.criteria) and len(found.name) <= 120)
