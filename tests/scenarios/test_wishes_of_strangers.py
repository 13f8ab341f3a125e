"""Wishes as strangers wrote them, and what was wrong with the plans that they got: each is promised to stay right."""

import datetime as dt
from dataclasses import replace

import pytest

from engine.goals import Goal
from engine.planning.quality import Circumstances, Rule, Severity, quality_of
from engine.planning.requests import PlanRequest
from engine.plans import Plan
from engine.values import ChatId, GoalId
from tests.engine.planning.planners import planner

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


def goal_of(name: str, *criteria: str) -> Goal:
    return Goal(id=GoalId(1), name=name, criteria=criteria, chat=ChatId(7), created_at=NOW, updated_at=NOW)


def plan_of(name: str, *criteria: str) -> Plan:
    return planner().plan(PlanRequest(goal=goal_of(name, *criteria), now=NOW, zone="Europe/Berlin"))


def titles(name: str, *criteria: str) -> list[str]:
    return [task.title for task in plan_of(name, *criteria).tasks]


@pytest.mark.parametrize("name", ["Ship v2", "API"])
def test_figures_of_a_system_are_no_habits_and_hold_as_long_as_was_said(name: str) -> None:
    tasks = plan_of(name, "Latency under 100 ms for 3 days", "99.9% uptime for 30 days").tasks
    assert not any("Hang it on" in task.title or "never missing" in task.title for task in tasks)
    assert [task.inputs["seconds"] for task in tasks if task.work == "wait"] == [3 * 86_400, 30 * 86_400]
    measures = [task for task in tasks if task.work == "measure"]
    waits = [task.key for task in tasks if task.work == "wait"]
    assert [task.after for task in measures] == [(waits[0],), (waits[1],)]


def test_a_book_is_no_article() -> None:
    plan = plan_of("Bees", "Write a book about bees")
    assert plan.prospect is not None
    assert plan.prospect.hours.likely > 24 * 100
    assert any("first draft of the book" in task.title for task in plan.tasks)
    assert not any("morning" in one.difference for one in plan.alternatives)
    assert not any("one in one morning" in title for title in titles("Novel", "Write chapter one", "Write chapter ten"))


def test_a_publisher_is_found_by_pitching_and_after_the_text_was_revised() -> None:
    plan = plan_of("Write a novel", "Write 80,000 words", "Revise", "Find a publisher")
    pitch = next(task for task in plan.tasks if task.title.startswith("List ten publishers"))
    revise = next(task for task in plan.tasks if task.title == "Revise")
    assert revise.key in pitch.after
    assert not any("Typeset" in task.title for task in plan.tasks)


@pytest.mark.parametrize(
    ("name", "criteria", "never"),
    [
        ("Maths", ("Study for the maths exam",), "for the maths exam on something real"),
        ("Maths", ("Study 40 hours",), "Explain 40 hours"),
        ("Learn Rust in 3 months", (), "Rust in 3 months"),
        ("Team offsite", ("Plan the agenda",), "speakers"),
        ("App", ("4.5 stars average",), "win the first ones"),
        ("Fix the bug in the login", (), ": in the login"),
        ("Server", ("Buy a server", "Install it"), "Try out it"),
    ],
)
def test_no_title_takes_words_for_what_they_are_not(name: str, criteria: tuple[str, ...], never: str) -> None:
    assert not [title for title in titles(name, *criteria) if never in title]


def test_a_time_in_the_name_of_a_goal_is_the_day_its_work_is_due() -> None:
    due = {str(task.inputs["by"])[:10] for task in plan_of("Learn Rust in 3 months").tasks if "by" in task.inputs}
    assert due == {"2027-02-20"}


def test_a_feat_is_neither_counted_nor_timed_by_its_figures() -> None:
    (task,) = plan_of("Juggle", "Juggle 3 balls for 1 minute").tasks
    assert (task.target_count, task.estimate.likely > 1) == (1, True)


def test_what_can_not_be_read_says_so_and_claims_little() -> None:
    criteria = ("Wohnung in Berlin finden", "Umzugsfirma beauftragen", "Alte Wohnung kündigen", "3 Angebote einholen")
    plan = plan_of("Umzug nach Berlin", *criteria)
    assert [
        line for line in plan.advice if line.startswith("I read English only: «Wohnung in Berlin finden» and 3 more")
    ]
    assert plan.prospect is not None
    assert plan.prospect.probability < 0.6
    assert plan.prospect.hours.high > 24 * 14
    assert not [line for line in plan_of("Garden", "Kids love it", "Term sheet").advice if "English" in line]


def test_a_dog_is_more_than_an_errand_and_a_hire_more_than_two_days() -> None:
    assert len(plan_of("Get a dog").tasks) == 4
    hire = plan_of("Hires", "Hire a designer", "Hire a developer")
    assert hire.prospect is not None
    assert hire.prospect.hours.low > 24 * 5
    assert len({task.title for task in hire.tasks}) == len(hire.tasks), "no two tasks read the same"


def test_ten_games_take_no_year() -> None:
    plan = plan_of("Games", "Play 10 games")
    assert plan.prospect is not None
    assert plan.prospect.hours.high < 24 * 30


def test_a_wait_for_a_day_lasts_until_that_day() -> None:
    (wait,) = (task for task in plan_of("Exam", "Pass the maths exam on 3 March 2027").tasks if task.work == "wait")
    assert wait.estimate.likely == pytest.approx(100.6 * 24, abs=24)


def test_a_picture_before_the_words_hides_no_verb() -> None:
    assert "Design the logo" in titles("Launch", "🎨 Design logo")
    assert len(titles("Launch", "🎨 Design logo")) > 1


def test_one_task_is_no_tasks() -> None:
    assert plan_of("Juggle", "Juggle 3 balls").reason.startswith("1 task for 1 criterion")


def test_a_plan_whose_doing_was_dropped_is_no_longer_called_whole() -> None:
    goal = goal_of("Importer", "Research the data", "Develop the importer", "Test it")
    plan = planner().plan(PlanRequest(goal=goal, now=NOW))
    assert not quality_of(goal, plan, Circumstances(now=NOW)).at_least(Severity.PROBLEM)
    kept = tuple(task for task in plan.tasks if task.title != "Develop the importer")
    assert len(kept) == len(plan.tasks) - 1
    gone = {task.key for task in plan.tasks} - {task.key for task in kept}
    kept = tuple(replace(task, after=tuple(key for key in task.after if key not in gone)) for task in kept)
    found = quality_of(goal, replace(plan, tasks=kept), Circumstances(now=NOW)).of(Rule.UNDONE)
    assert [finding.criterion for finding in found] == [1]


def test_nobody_is_won_for_what_comes_back_or_must_not_be_spent() -> None:
    for criterion in ("Get at least 800 € back", "Nobody spends more than 15 € per evening"):
        assert not any("offer" in title for title in titles("Money", "File the form", criterion)), criterion


def test_an_audit_is_not_studied_for_like_an_exam() -> None:
    plan = titles(
        "ISO 27001 certification", "Write the 14 documents", "Pass the stage 2 audit with the external auditor"
    )
    assert not any("Study" in title or "trial" in title for title in plan)


def test_a_purse_takes_the_longer_the_fuller_it_is_to_be() -> None:
    little, much = (plan_of("House", f"Save {sum_} € for the house").prospect for sum_ in ("5,000", "60,000"))
    assert little is not None
    assert much is not None
    assert much.hours.likely > 2 * little.hours.likely


def test_a_crash_keeps_its_name_in_the_steps_that_mend_it() -> None:
    found = titles("Release version 2 of our podcast app", "Fix the crash on startup", "Add dark mode")
    assert "Reproduce it at will: the crash on startup" in found, found


def test_a_conversation_needs_no_venue_and_no_guest_list() -> None:
    for talk in ("Hold a 15 minute conversation with Rosa", "Hold the call with the bank"):
        found = titles("Learn Spanish for our trip to Peru", talk, "Book the flights")
        assert not any("guest list" in title or "venue" in title for title in found), found
    assert any("guest list" in title for title in titles("Our trip", "Hold a charity dinner", "Book the flights"))
