"""Promises about the order of every plan, judged by its tasks alone and not by the check that the planner comes with.

Goals are put together of parts and listed in any order; what must come first is known here, not asked of the engine.
"""

import datetime as dt
import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.goals import Goal
from engine.planning.requests import PlanRequest
from engine.plans import PlannedTask
from engine.values import ChatId, GoalId
from tests.engine.planning.planners import planner
from tests.examples import examples

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
often = examples(10)


@dataclass(frozen=True)
class Made:
    """A plan with what each of its tasks waits for, near and far."""

    tasks: tuple[PlannedTask, ...]
    waits_for: dict[str, frozenset[str]]

    def of(self, criterion: int) -> list[PlannedTask]:
        return [task for task in self.tasks if task.criterion == criterion]

    def begins_after(self, then: int, first: int) -> bool:
        """Whether no task of a criterion can begin before all of another one are done."""
        needed = {task.key for task in self.of(first)}
        return all(needed <= self.waits_for[task.key] for task in self.of(then))

    def ends_after(self, then: int, first: int) -> bool:
        """Whether the last task of a criterion waits for all of another one."""
        return {task.key for task in self.of(first)} <= self.waits_for[self.of(then)[-1].key]

    def tied(self, one: int, other: int) -> bool:
        """Whether any task of the one waits for any of the other."""
        keys = ({task.key for task in self.of(one)}, {task.key for task in self.of(other)})
        return any(
            self.waits_for[task.key] & theirs
            for own, theirs in (keys, keys[::-1])
            for task in self.tasks
            if task.key in own
        )


def made(name: str, criteria: tuple[str, ...]) -> Made:
    goal = Goal(id=GoalId(1), name=name, criteria=criteria, chat=ChatId(7), created_at=NOW, updated_at=NOW)
    tasks = planner().plan(PlanRequest(goal=goal, now=NOW, zone="Europe/Berlin")).tasks
    waits: dict[str, frozenset[str]] = {}
    for task in tasks:
        waits[task.key] = frozenset(task.behind).union(*(waits[key] for key in task.behind))
    return Made(tasks=tasks, waits_for=waits)


DATED = (
    "Pass the maths exam on {day}",
    "Pass the driving test on {day}",
    "Maths exam on {day}",
    "Give a talk on {day}",
    "Launch on Product Hunt on {day}",
    "Party on {day}",
    "Host a dinner on {day}",
    "Hold the wedding on {day}",
    "Have the wedding on {day}",
    "Run a 10k on {day}",
    "Run a marathon on {day}",
    "Fly to Rome on {day}",
    "Present the results on {day}",
    "Open the café on {day}",
    "Publish the article on {day}",
    "Move to Berlin on {day}",
    "Interview at Acme on {day}",
)
NAMES = ("A goal", "Our year", "Learn", "Wedding", "Launch the app", "Move to Berlin", "Get fit", "Study")


@often
@given(st.sampled_from(DATED), st.sampled_from(("3 March 2027", "12 June 2027", "20 December")), st.sampled_from(NAMES))
def test_what_is_prepared_for_a_day_is_done_before_it(text: str, day: str, name: str) -> None:
    plan = made(name, (text.format(day=day),))
    gates = [task for task in plan.tasks if "until" in task.inputs]
    for gate in gates:
        behind = [task for task in plan.tasks if gate.key in plan.waits_for[task.key]]
        assert behind, "something happens on the day"
        assert len(behind) <= 4
        for task in behind:
            assert not task.title.startswith(("Study", "Prepare", "Find out", "Rehearse", "Settle", "Train", "Outline"))
            assert task.estimate.likely <= 14 * 24, f"{task.title} takes weeks, and begins on the day"


@often
@given(st.permutations(["Prepare for the interview on Friday", "Buy milk", "Read 3 books"]), st.sampled_from(NAMES))
def test_getting_ready_for_a_day_waits_for_no_day(criteria: list[str], name: str) -> None:
    plan = made(name, tuple(criteria))
    ready = plan.of(criteria.index("Prepare for the interview on Friday"))
    assert not any("until" in task.inputs for task in ready)
    assert any(str(task.inputs.get("by", "")).startswith("2026-11-26") for task in ready)


FAREWELLS = (
    "Switch off the old server",
    "Shut down the old server",
    "Delete the old server",
    "Switch the old server off",
    "Decommission the old server after 2 weeks",
    "The old server is switched off",
)
MOVES = (
    "Set up the new server",
    "Move 120 mailboxes",
    "Back up everything",
    "Test the new server",
    "Migrate the database to the new server",
    "MX records point to the new server",
    "https://mail.kites.example answers 200",
    "Monitor the new server for 1 week",
)


@often
@given(st.sampled_from(FAREWELLS), st.lists(st.sampled_from(MOVES), min_size=1, max_size=5, unique=True), st.data())
def test_nothing_goes_for_good_before_all_that_takes_its_place(
    farewell: str, moves: list[str], data: st.DataObject
) -> None:
    criteria = tuple(data.draw(st.permutations([farewell, *moves])))
    plan = made(data.draw(st.sampled_from(("Migrate our mail server", "New server", "A goal"))), criteria)
    last = criteria.index(farewell)
    for other in range(len(criteria)):
        assert other == last or plan.begins_after(last, other), f"{farewell} waits for {criteria[other]}"


BUILDS = ("Deploy to production", "Deploy the app", "Build the website", "Set up the server")


@often
@given(st.sampled_from(BUILDS), st.booleans(), st.sampled_from(("A goal", "Ship it", "Launch the app")))
def test_an_address_is_asked_after_it_was_put_up(build: str, turned: bool, name: str) -> None:
    criteria = (build, "https://kites.example/health answers 200")
    plan = made(name, criteria[::-1] if turned else criteria)
    put_up, check = (1, 0) if turned else (0, 1)
    assert plan.begins_after(check, put_up)


PREPARATIONS = ("Book the venue", "Buy drinks", "Order a cake", "Send invitations", "Find a band", "Decorate the hall")
OCCASIONS = ("Party on 20 December", "Hold the party", "Have the party on 20 December", "Celebrate the wedding")


@often
@given(
    st.sampled_from(OCCASIONS), st.lists(st.sampled_from(PREPARATIONS), min_size=1, max_size=4, unique=True), st.data()
)
def test_an_occasion_waits_for_all_that_prepares_it(occasion: str, others: list[str], data: st.DataObject) -> None:
    criteria = tuple(data.draw(st.permutations([occasion, *others])))
    plan = made(data.draw(st.sampled_from(("Birthday party", "Our wedding", "A goal"))), criteria)
    last = criteria.index(occasion)
    for other in range(len(criteria)):
        assert other == last or plan.ends_after(last, other), f"{occasion} waits for {criteria[other]}"


APART = (
    "Reach 100 signups",
    "Lose 5 kg",
    "Read 3 books",
    "Learn 20 songs on the guitar",
    "Save 2,000 EUR",
    "Paint the fence",
)


@often
@given(st.lists(st.sampled_from(APART), min_size=2, max_size=4, unique=True))
def test_what_has_nothing_to_do_with_each_other_goes_side_by_side(criteria: list[str]) -> None:
    plan = made("This year", tuple(criteria))
    for one, other in itertools.combinations(range(len(criteria)), 2):
        assert not plan.tied(one, other), f"{criteria[one]} and {criteria[other]} wait for each other"


CHORES = (
    "paint the wall",
    "call a lawyer",
    "sell the car",
    "write a letter",
    "deploy the app",
    "book the hall",
    "test it",
)


@often
@given(st.lists(st.sampled_from(CHORES), min_size=3, max_size=4, unique=True), st.sampled_from(("words", "numbers")))
def test_an_order_that_is_said_is_kept(doings: list[str], manner: str) -> None:
    leads = ("First ", *("Then ",) * (len(doings) - 2), "Finally ")
    if manner == "numbers":
        leads = tuple(f"{number}. " for number in range(1, len(doings) + 1))
    plan = made("A goal", tuple(f"{lead}{doing}" for lead, doing in zip(leads, doings, strict=True)))
    for first, then in itertools.pairwise(range(len(doings))):
        assert plan.ends_after(then, first)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("Bake the cake", "Decorate it"),
        ("Get wood", "Build"),
        ("Remove the old kitchen", "Install the new one"),
        ("Buy a server", "Install it"),
        ("Get a mortgage", "Buy a house"),
        ("Buy a house", "Move in"),
        ("Talk to 50 investors", "Term sheet"),
        ("App is in the App Store", "No crashes for 2 weeks"),
        ("Revise the novel", "Find a publisher"),
    ],
)
def test_what_lives_off_something_else_comes_after_it(first: str, then: str) -> None:
    plan = made("A goal", (first, then))
    assert plan.ends_after(1, 0)
    assert not plan.ends_after(0, 1)
