"""What people read, word for word, where the wording is a promise."""

import datetime as dt

import pytest

from engine.goals import Goal, GoalStatus
from engine.reporting.notices import Notice, NoticeKind
from engine.tasks import Estimate, Task, TaskStatus
from engine.values import ChatId, GoalId, TaskNumber, UserId
from handlers.views import plans, signs, times
from handlers.views.cards import render_card
from handlers.views.notices import render_notice

NOW = dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.UTC)


def goal_with(*tasks: Task, status: GoalStatus = GoalStatus.ACTIVE) -> Goal:
    return Goal(
        id=GoalId(7),
        name="Launch the site",
        chat=ChatId(7),
        owner=UserId(7),
        status=status,
        progress=0.1,
        plan_version=1,
        tasks={task.number: task for task in tasks},
        deadline=dt.datetime(2026, 11, 28, 17, 0, tzinfo=dt.UTC),
        created_at=NOW,
        updated_at=NOW,
    )


def step(number: int, low: float, high: float, *after: int) -> Task:
    return Task(
        number=TaskNumber(number),
        title=f"Step {number}",
        depends_on=tuple(TaskNumber(n) for n in after),
        position=number,
        estimate=Estimate(low=low, likely=(low + high) / 2, high=high),
    )


def test_a_milestone_is_told_in_this_shape() -> None:
    facts = {"marks": [{"name": "Planning Complete", "percent": 10, "kind": "planning"}], "progress": 0.1}
    notice = Notice(kind=NoticeKind.MILESTONES, chat=ChatId(7), goal=GoalId(7), facts=facts)  # type: ignore[arg-type] # JSON
    assert render_notice(notice, goal_with(), "UTC", NOW).payload["text"] == (
        "🎯 Milestone achieved\nPlanning Complete\nGoal: Launch the site\nProgress: 10%\n\n"
        "The groundwork is laid; the real work is under way."
    )


def test_several_milestones_come_in_one_message() -> None:
    marks = [{"name": "Planning Complete", "percent": 10}, {"name": "Quarter Complete", "percent": 25}]
    notice = Notice(
        kind=NoticeKind.MILESTONES,
        chat=ChatId(7),
        goal=GoalId(7),
        facts={"marks": marks, "progress": 0.3},  # type: ignore[dict-item] # JSON
    )
    text = str(render_notice(notice, goal_with(), "UTC", NOW).payload["text"])
    assert text.startswith("🎯 2 milestones achieved\nPlanning Complete\nQuarter Complete\n")
    assert "Progress: 30%" in text


def test_the_card_says_what_runs_what_is_next_and_until_when() -> None:
    first = step(1, 1, 2)
    text = str(render_card(goal_with(first, step(2, 1, 2, 1)), "Europe/Berlin", NOW).payload["text"])
    assert text.startswith("🎯 Launch the site\n▰▱▱▱▱▱▱▱▱▱ 10%\nUnder way\n📅 Sat 28 Nov, 18:00, in 6 days")
    assert "▫️ Next\n1. Step 1\n2. Step 2" in text
    assert text.endswith("▫️10% ▫️25% ▫️50% ▫️75% ▫️100%\nGoal 7 · plan 1")


def test_the_plan_says_who_what_after_what_and_how_long() -> None:
    wait = Task(
        number=TaskNumber(3), title="Monitor", work="wait", position=3, depends_on=(TaskNumber(1), TaskNumber(2))
    )
    goal = goal_with(step(1, 2, 4), step(2, 24, 72, 1), wait, status=GoalStatus.PROPOSED)
    lines = str(plans.plan_message(goal, "UTC", NOW, advice=("«Grow» can't be measured",)).payload["text"]).split("\n")
    assert lines[0] == "🗺 The plan for «Launch the site»"
    assert lines[1] == "3 tasks, 2 of them yours · 1–3 days in all"
    assert "1. 🙋 Step 1 · 2–4 hours" in lines
    assert "2. 🙋 Step 2 · after 1 · 1–3 days" in lines
    assert any(line.startswith("3. ⏳ Monitor · after 1 and 2") for line in lines)
    assert "• «Grow» can't be measured" in lines


def test_the_duration_of_a_plan_is_its_longest_way() -> None:
    tasks = [step(1, 1, 2), step(2, 1, 2), step(3, 1, 5, 1, 2), step(4, 1, 1, 3), step(5, 2, 3, 2)]
    assert plans.total_hours(tasks) == (3, 8)
    chain = [step(n, 1, 1, *([n - 1] if n > 1 else [])) for n in range(1, 3001)]
    assert plans.total_hours(chain) == (3000, 3000)


@pytest.mark.parametrize(
    ("delta", "words"),
    [
        (dt.timedelta(seconds=20), "now"),
        (dt.timedelta(minutes=45), "in 45 minutes"),
        (dt.timedelta(hours=1), "in 1 hour"),
        (dt.timedelta(hours=-5), "5 hours ago"),
        (dt.timedelta(days=6), "in 6 days"),
        (dt.timedelta(days=21), "in 3 weeks"),
        (dt.timedelta(days=92), "in 3 months"),
        (dt.timedelta(days=1000), "in 3 years"),
    ],
)
def test_distances_in_time(delta: dt.timedelta, words: str) -> None:
    assert times.distance(NOW + delta, NOW) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.1, 0.2, "6–12 minutes"),
        (1, 1, "1 hour"),
        (1, 3, "1–3 hours"),
        (24, 72, "1–3 days"),
        (168, 168, "7 days"),
        (300, 700, "2–4 weeks"),
        (0, 0, "1 minute"),
    ],
)
def test_ranges_of_hours(low: float, high: float, words: str) -> None:
    assert times.hours(low, high) == words


def test_a_moment_of_another_year_says_which() -> None:
    assert times.moment(dt.datetime(2027, 1, 1, tzinfo=dt.UTC), "UTC", NOW) == "Fri 1 Jan 2027, 00:00, in 6 weeks"


@pytest.mark.parametrize(("progress", "words"), [(0.0, "0%"), (0.999, "99%"), (1.0, "100%"), (0.3, "30%")])
def test_only_what_is_done_shows_a_hundred(progress: float, words: str) -> None:
    assert signs.percent(progress) == words
    assert ("▱" in signs.bar(progress)) == (progress < 1)


def test_every_status_has_its_sign() -> None:
    for status in TaskStatus:
        assert signs.task_sign(Task(number=TaskNumber(1), title="x", status=status))
