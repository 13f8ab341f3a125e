"""What titles say that is done."""

import pytest

from engine.planning.criteria.verbs import Kind
from engine.planning.quality.doings import Doing, doing_of
from engine.plans import PlannedTask

MARKS = (
    "builds",
    "checks_itself",
    "checks",
    "goes_public",
    "ends",
    "replaces",
    "arranges",
    "takes_place",
    "needs_others",
)


def marks(doing: Doing) -> str:
    return " ".join(mark for mark in MARKS if getattr(doing, mark))


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Develop MVP", "builds"),
        ("[Backend] Build the login", "builds"),
        ("Phase 2: Design the page", "builds"),
        ("Alice: fix the bug", "builds"),
        ("Complete the website", "builds"),
        ("Set up the server", "builds"),
        ("Set up a savings plan", ""),
        ("Add a login to the website", "builds"),
        ("Add the integration", "builds"),
        ("Add salt to the soup", ""),
        ("Write the script", "builds"),
        ("Write a song", ""),
        ("Improve my sleep", ""),
        ("Design the wedding website", "builds"),
        ("Implement feedback", "builds"),
        ("Develop a taste for wine and wedding speeches", ""),
        ("Migrate the database", "builds replaces"),
        ("Deploy to live", "builds goes_public replaces"),
        ("Move to Berlin", "replaces"),
        ("Production deployment", "builds goes_public replaces"),
        ("Launch on Product Hunt", "goes_public"),
        ("Publish the paper", "goes_public"),
        ("Website launch", "goes_public"),
        ("Switch off the old server", "ends"),
        ("Cancel my previous contract", "ends"),
        ("Cancel the contract", ""),
        ("Book a hall", "arranges"),
        ("Invite 20 guests", "arranges needs_others"),
        ("Hold the party", "takes_place"),
        ("Hold the line", ""),
        ("Conference on bees", ""),
        ("Fly to Japan", "takes_place"),
        ("Go to the gym twice a week", ""),
        ("Trip to Japan", ""),
        ("Test the MVP", "checks"),
        ("User testing with 20 beta users", "checks needs_others"),
        ("Usability test", "checks"),
        ("QA", "checks"),
        ("Monitor for 1 week", "checks"),
        ("Run the load tests", "checks"),
        ("Do a code review", "checks"),
        ("Start testing", "checks"),
        ("Start the engine", ""),
        ("Have someone review it", "checks needs_others"),
        ("Have lunch", ""),
        ("Get feedback from Ann", "checks"),
        ("Collect feedback", "checks"),
        ("Make sure it holds", "checks"),
        ("Look back: did it hold?", "checks"),
        ("Put the shop to real use and watch it", "checks"),
        ("Write the integration tests", "checks"),
        ("Write a test that fails because of the bug", "checks"),
        ("Write the code until its test passes", "builds checks_itself"),
        ("Build both variants, and check that people are counted rightly", "builds checks_itself"),
        ("Build the shop with test data", "builds"),
        ("Write the back of the book first", ""),
        ("Write the first draft of the book", "builds"),
        ("Sketch how the shop will work", ""),
        ("Record where things stand before you launch the shop", ""),
        ("Open the account", ""),
        ("Open the shop", "goes_public"),
        ("Deploy to live with a tenth of the money", "builds goes_public replaces"),
        ("Switch the old server off", "ends"),
        ("Cut the old MySQL server off from users", "ends"),
        ("Delete and cancel the old server", "ends"),
        ("Implement the test runner", "builds"),
        ("Design approved by the CEO", "checks"),
        ("Changelog written", ""),
        ("Monitoring of the shop", "checks"),
        ("Write the test plan", ""),
        ("Test data for the shop", ""),
        ("Hire two engineers", "arranges needs_others"),
        ("Find 20 beta users", "needs_others"),
        ("Draw a map for the guests", ""),
        ("Answer each point of the conference", "needs_others"),
        ("Get the visa", "needs_others"),
        ("Wait", ""),
        ("Сделать сайт", ""),
        ("", ""),
        ("«»", ""),
    ],
)
def test_a_title_says_what_is_done(title: str, said: str) -> None:
    assert marks(doing_of(PlannedTask(key="a", title=title))) == said


@pytest.mark.parametrize(
    ("title", "work", "said"),
    [
        ("Develop MVP", "agent", "builds"),
        ("Develop MVP", "subgoal", ""),
        ("Develop MVP", "wait", ""),
        ("500 signups", "measure", "checks"),
        ("The site answers", "http_check", "checks"),
        ("Shall it be tested?", "decide", ""),
        ("Launch the shop?", "decide", ""),
        ("Is the design approved?", "decide", "checks"),
    ],
)
def test_the_work_has_a_say_too(title: str, work: str, said: str) -> None:
    assert marks(doing_of(PlannedTask(key="a", title=title, work=work))) == said


def test_what_it_needs_tells_of_others() -> None:
    assert marks(doing_of(PlannedTask(key="a", title="Settle changes", resources=("a reviewer",)))) == "needs_others"
    assert marks(doing_of(PlannedTask(key="a", title="Settle changes", resources=("test machine",)))) == ""


def test_the_kind_is_that_of_the_planner() -> None:
    assert doing_of(PlannedTask(key="a", title="Learn Spanish")).kind is Kind.LEARN
    assert doing_of(PlannedTask(key="a", title="Landing page copy")).kind is Kind.OTHER
    assert doing_of(PlannedTask(key="a", title="Is it so?", work="decide")).kind is Kind.DECIDE
    assert doing_of(PlannedTask(key="a", title="Report written")).kind is Kind.WRITE


def test_what_it_is_about_leaves_out_the_doing_itself() -> None:
    assert doing_of(PlannedTask(key="a", title="Test the shop's checkout page")).objects == {"shop", "checkout"}
    assert doing_of(PlannedTask(key="a", title="Develop the MVP")).objects == {"mvp"}
