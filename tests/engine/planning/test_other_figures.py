"""Another figure for what a criterion counts, as people say it."""

import pytest

from engine.planning.other_figures import other_figure

CRITERIA = (
    "Choose the 12 songs",
    "Then print 200 copies",
    "Reach 150 ticket sales",
    "Sing the concert on 20 December",
    "Invite twenty guests",
    "Score 80% in the test",
)


@pytest.mark.parametrize(
    ("said", "criterion", "text"),
    [
        ("we only need 150 copies", 1, "Then print 150 copies"),
        ("print 120 copies instead", 1, "Then print 120 copies"),
        ("Actually we need 1,500 copies after all", 1, "Then print 1,500 copies"),
        ("ten songs are enough", 0, "Choose the ten songs"),
        ("10 songs will do", 0, "Choose the 10 songs"),
        ("let's do 10 songs instead", 0, "Choose the 10 songs"),
        ("make it 300 ticket sales", 2, "Reach 300 ticket sales"),
        ("lower the ticket sales to 90", 2, "Reach 90 ticket sales"),
        ("the boss wants 30 guests now", 4, "Invite 30 guests"),
        ("only 15 guests", 4, "Invite 15 guests"),
        ("We want 90% in the test", 5, "Score 90% in the test"),
    ],
)
def test_a_figure_that_is_wished_for_is_the_criterions(said: str, criterion: int, text: str) -> None:
    assert other_figure(said, CRITERIA) == (criterion, text)


@pytest.mark.parametrize(
    "said",
    [
        "we sold 50 copies",
        "we need 3 more songs",
        "we need 20 chairs",
        "we need ten copies per guest",
        "we have 150 copies",
        "Anna wants 2 copies",
        "she needs one song",
        "we need 30 days for the concert",
        "only 3",
        "the copies are too dear",
    ],
)
def test_a_report_and_what_no_criterion_counts_change_none(said: str) -> None:
    assert other_figure(said, CRITERIA) is None


@pytest.mark.parametrize("criterion", ["Print 10-20 copies", "Print 10 – 20 copies", "Print 10 to 20 copies"])
def test_a_range_is_no_figure_of_which_half_is_changed(criterion: str) -> None:
    assert other_figure("we need 30 copies", (criterion,)) is None


def test_a_date_in_figures_is_no_range() -> None:
    assert other_figure("we need 30 copies", ("Print 10 copies by 2027-03-01",)) == (0, "Print 30 copies by 2027-03-01")


def test_a_limit_upwards_is_not_made_one_downwards() -> None:
    assert other_figure("no more than 20 guests are needed", ("Invite at least 30 guests",)) is None
    assert other_figure("we need at most 20 guests", ("Invite at least 30 guests",)) is None
    assert other_figure("we need at least 20 guests", ("At most 30 guests",)) is None
    assert other_figure("we need at least 20 guests", ("Invite at least 30 guests",)) is not None


def test_a_figure_keeps_what_it_is_measured_in() -> None:
    assert other_figure("we want 90 in the test", CRITERIA) == (5, "Score 90% in the test")
    assert other_figure("we need 300 for the ads", ("Spend $500 for the ads",)) == (0, "Spend $300 for the ads")


def test_a_figure_that_two_criteria_have_changes_neither() -> None:
    assert other_figure("we only need 150 copies", ("Print 200 copies", "Sell 100 copies")) is None
