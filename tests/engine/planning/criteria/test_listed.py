"""Orders that nobody says with a word: going out, leave, a report, what must never happen, somebody's yes."""

import datetime as dt

import pytest

from engine.planning.criteria.nodes import nodes_of
from engine.planning.criteria.ordering import order_of
from engine.planning.criteria.reading import Moment, read_criterion

AT = Moment(local=dt.datetime(2026, 11, 22, 9))  # noqa: DTZ001 - naive local time is what readings take


def behind(*criteria: str) -> list[set[int]]:
    """For each criterion the numbers, from 1, of all criteria whose clauses come somewhere before its own."""
    nodes = nodes_of(tuple(read_criterion(text, AT) for text in criteria))
    order = order_of(nodes)
    before: dict[int, set[int]] = {}

    def all_before(index: int) -> set[int]:
        if index not in before:
            direct = order.before(index)
            before[index] = {one for other in direct for one in (other, *all_before(other))}
        return before[index]

    found: list[set[int]] = [set() for _ in criteria]
    for node in nodes:
        found[node.criterion] |= {nodes[one].criterion + 1 for one in all_before(node.index)} - {node.criterion + 1}
    return found


@pytest.mark.parametrize(
    ("criteria", "place", "expected"),
    [
        # what goes out without a thing of its own is the whole goal
        (("Choose a license", "Remove all secrets from the git history", "Publish to PyPI"), 3, {1, 2}),
        (("All old URLs redirect", "Legal signs off on the imprint", "Switch DNS on Tuesday"), 3, {1, 2}),
        (("Take a full backup", "Set up replication", "Cut over with less than 5 minutes downtime"), 3, {1, 2}),
        (("Go live with 500 $", "Kill switch tested"), 1, {2}),
        (("Inventory of all data sources", "Define 5 KPIs", "Present to the board on 15 January"), 3, {1, 2}),
        (("Choose a license", "Deploy to staging"), 2, set()),
        (("Read 3 books", "Publish to PyPI"), 2, set()),
        # leave is asked for before what it is for
        (("Get budget approved by Maria", "Post jobs on LinkedIn"), 2, {1}),
        (("Ask landlord for permission", "Puppy-proof the flat"), 2, {1}),
        # a report tells of what was found before it
        (("Run the test until 4,000 visitors", "Write up the results for the team"), 2, {1}),
        # what must never happen is told when all else is done, but before the old is gone for good
        (("Lose 5 kg", "No injuries", "Finish the Hamburg marathon"), 2, {1, 3}),
        (("Nobody spends more than 15 € per evening", "Cook together"), 1, {2}),
        (("Migrate the database", "No data is lost", "Switch off the old server"), 3, {1, 2}),
        # somebody's yes is to what was done before
        (("Write the 14 mandatory documents", "Pass the external audit"), 2, {1}),
        (("Install walk-in shower", "Inspection passed"), 2, {1}),
        (("Present to the board", "Board approves a budget of 300k"), 2, {1}),
        # an audit of one's own looks into what was put in place
        (("Define the scope", "Internal audit", "Fix all findings from the internal audit"), 2, {1}),
        # with words of order
        (("Move the photos", "Set up the server", "Cancel the old plan after everything was moved"), 3, {1, 2}),
        (("Long run of 32 km before the race", "Finish the Hamburg marathon"), 2, {1}),
        (("Find the root cause and fix the design", "Resume sales only after independent lab confirms fix"), 2, {1}),
        (("3 beta readers give feedback", "Rewrite based on feedback"), 2, {1}),
        (("Cut over", "If the lag is over 10 seconds, postpone the cutover"), 1, {2}),
        (("Tidy the garage", "Google shows no errors after 1 week"), 2, {1}),
        (
            ("Cut over", "If the lag is too long, postpone the cutover", "Tear it down 2 weeks after the cutover"),
            3,
            {1, 2},
        ),
        # what is tested as it stands comes before it is changed
        (("Port the billing module", "Characterization tests for the current behaviour"), 1, {2}),
        # figures grow while something goes on and on; lessons wait for no course
        (("Publish weekly, every Sunday", "300 subscribers"), 2, set()),
        (("Finish the Assimil course", "Speak with a tutor twice a week for 6 months"), 2, set()),
        (("Raise 2,000 €", "Build the fence"), 1, set()),
        # what stands where it is to come away
        (("Rip out old bathtub", "Install walk-in shower"), 2, {1}),
        (("Motivation letter", "Submit all three applications before January 15th"), 2, {1}),
        (("Get 15 backlinks", "Organic traffic doubles"), 2, {1}),
        (("Launch before Anna leaves", "Choose a license"), 1, set()),
        (("Draft the proposal", "Internal review two weeks before the deadline", "Find 4 partners"), 3, set()),
        (("Language switcher on the site", "Announce on Twitter"), 2, {1}),
        (("Fix what the drill shows", "Repeat drill every quarter"), 1, {2}),
        (("Launch in October", "Positive reviews above 85%"), 2, {1}),
        (("First draft done by 30 June", "Outline 30 chapters"), 1, {2}),
    ],
)
def test_a_criterion_waits_for_what_it_lives_off(criteria: tuple[str, ...], place: int, expected: set[int]) -> None:
    assert behind(*criteria)[place - 1] == expected


def test_a_question_is_still_asked_once_for_both_answers() -> None:
    criteria = ("Write the code", "Test it", "Deploy to live if profitable, otherwise write a post-mortem")
    nodes = nodes_of(tuple(read_criterion(text, AT) for text in criteria))
    order = order_of(nodes)
    assert order.before(nodes[-2].index)
    assert not order.before(nodes[-1].index)


def test_a_cause_is_found_before_what_it_spoils_is_mended() -> None:
    nodes = nodes_of((read_criterion("Find the root cause and fix the design", AT),))
    assert order_of(nodes).before(1) == (0,)
