"""What people read, word for word, where the wording is a promise."""

import dataclasses
import datetime as dt

import pytest
from msgspec.structs import replace

from engine.blockages import Blockage, BlockageKind
from engine.goals import Goal, GoalStatus, ParentTask
from engine.planning.forecasting.model import Forecast, Prospect, Range
from engine.plans import PlanOption
from engine.reporting.digests import digest_of
from engine.reporting.notices import Notice, NoticeKind
from engine.tasks import Estimate, Expectation, Task, TaskHistory, TaskStatus, Waiting, WaitingFor
from engine.values import BlockageNumber, ChatId, GoalId, JsonValue, TaskNumber, UserId
from handlers.views import blockers, digests, plans, signs, tasks, times
from handlers.views.cards import render_card
from handlers.views.changes import DONE_ALREADY
from handlers.views.figures import told_apart
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


def test_the_card_says_what_is_tried_again_and_when() -> None:
    short = "fell short: it answered 404 instead of 200"
    check = replace(step(1, 1, 2), due_at=NOW + dt.timedelta(minutes=4), last_error=short)
    text = str(render_card(goal_with(check, step(2, 1, 2)), "Europe/Berlin", NOW).payload["text"])
    assert f"🔁 Trying again\n1. Step 1, again at 18:04: {short}\n\n▫️ Next\n2. Step 2\n" in text
    now_due = str(render_card(goal_with(replace(check, due_at=NOW)), "Europe/Berlin", NOW).payload["text"])
    assert "▫️ Next\n1. Step 1\n" in now_due


def test_the_card_names_the_sub_goals_that_need_help_and_no_others() -> None:
    blockage = Blockage(
        number=BlockageNumber(1),
        task=None,
        kind=BlockageKind.EXTERNAL,
        description="the owner is away",
        raised_at=NOW,
    )
    held = replace(goal_with(), id=GoalId(8), name="Find the venue", blockages={blockage.number: blockage})
    well = replace(goal_with(), id=GoalId(9), name="Print the tickets")
    text = str(render_card(goal_with(step(1, 1, 2)), "UTC", NOW, [held, well]).payload["text"])
    assert "🚧 Sub-goals held up\n8. Find the venue: the owner is away\n" in text
    assert "Print the tickets" not in text
    assert "held up" not in str(render_card(goal_with(), "UTC", NOW, [well]).payload["text"])


def test_the_plan_says_who_what_after_what_and_how_long() -> None:
    wait = Task(
        number=TaskNumber(3), title="Monitor", work="wait", position=3, depends_on=(TaskNumber(1), TaskNumber(2))
    )
    goal = goal_with(step(1, 2, 4), step(2, 24, 72, 1), wait, status=GoalStatus.PROPOSED)
    beside = plans.Beside(advice=("«Grow» can't be measured",))
    lines = str(plans.plan_message(goal, "UTC", NOW, beside).payload["text"]).split("\n")
    assert lines[0] == "🗺 The plan for «Launch the site»"
    assert lines[1] == "3 tasks, 2 of them yours"
    assert "1. 🙋 Step 1 · 2–4 hours" in lines
    assert "2. 🙋 Step 2 · after 1 · 1–3 days" in lines
    assert any(line.startswith("3. ⏳ Monitor · after 1 and 2") for line in lines)
    assert "• «Grow» can't be measured" in lines


def test_the_plan_shows_what_is_in_its_sub_goals_before_anything_is_started() -> None:
    titles = ["Dig the beds", "Rake them", "Sow", "Water", "Weed"]
    inputs: dict[str, JsonValue] = {"plan": {"tasks": [{"key": title, "title": title} for title in titles]}}
    part = Task(number=TaskNumber(1), title="Anna's team: the beds", work="subgoal", target_count=100, inputs=inputs)
    goal = goal_with(part, step(2, 2, 4, 1), status=GoalStatus.PROPOSED)
    text = str(plans.plan_message(goal, "UTC", NOW).payload["text"])
    assert "2 tasks (+5 in sub-goals), 1 of them yours" in text
    (line,) = (one for one in text.split("\n") if one.startswith("1. 🎯 Anna's team: the beds · "))
    assert line.endswith(" · +5 tasks in the sub-goal: Dig the beds, Rake them, Sow and 2 more")
    assert "🎯 a goal of its own" in text
    alone = replace(goal, tasks={TaskNumber(2): step(2, 2, 4)})
    assert "🎯" not in str(plans.plan_message(alone, "UTC", NOW).payload["text"])


def test_the_time_and_the_odds_of_a_plan_are_those_that_it_was_proposed_with() -> None:
    ends = tuple(float(hours) for hours in range(100, 310, 10))
    way = PlanOption(probability=0.5, cost=0.0, low=120, high=288, tasks=1, difference="", likely=200, ends=ends)
    deadline = NOW + dt.timedelta(hours=250)
    goal = replace(goal_with(step(1, 1, 2), status=GoalStatus.PROPOSED), deadline=deadline, options=(way,))
    text = str(plans.plan_message(goal, "UTC", NOW).payload["text"])
    assert "1 task, yours · 5–12 days in all" in text
    assert "in 11 days · deadline holds 8 times in 10" in text
    assert "Ways to go about it" not in text, "there is but one"
    assert "Even when all goes well" not in text
    taught = replace(goal, options=(dataclasses.replace(way, learned=1),), deadline=NOW + dt.timedelta(hours=119))
    told = str(plans.plan_message(taught, "UTC", NOW).payload["text"])
    assert "by how long such tasks really took" in told
    assert "deadline holds 1 time in 11" in told
    assert "Even when all goes well this takes longer than the deadline allows." in told


def test_a_plan_that_was_changed_by_hand_is_timed_by_a_forecast() -> None:
    goal = goal_with(step(1, 1, 2), status=GoalStatus.PROPOSED)
    p10, p50, p90 = (NOW + dt.timedelta(days=days) for days in (2, 4, 8))
    forecast = Forecast(
        made_at=NOW,
        prospect=Prospect.OPEN,
        end=Range(p10=p10, p50=p50, p90=p90),
        success_odds=1.0,
        deadline_odds=0.9,
        on_time_odds=0.9,
    )
    text = str(plans.plan_message(goal, "UTC", NOW, plans.Beside(forecast=forecast)).payload["text"])
    assert "1 task, yours · 2–8 days in all" in text
    assert "deadline holds 9 times in 10" in text
    assert "in all" not in str(plans.plan_message(goal, "UTC", NOW).payload["text"]), "what nobody reckoned is not told"


def test_a_wait_for_a_day_takes_no_hours_of_its_own() -> None:
    wait = replace(step(1, 24, 72), title="Wait until 20 June", work="wait")
    assert plans.step_line(wait) == "1. ⏳ Wait until 20 June · 1–3 days"
    assert plans.step_line(replace(wait, inputs={"until": "2027-06-20T00:00:00+00:00"})) == "1. ⏳ Wait until 20 June"


def test_a_range_of_days_is_not_lost_in_weeks() -> None:
    assert times.hours(13 * 24, 16 * 24) == "13–16 days"
    assert times.hours(14 * 24, 14 * 24) == "2 weeks"
    assert times.hours(210 * 24, 210.2 * 24) == "30 weeks"
    assert times.hours(7 * 24, 21 * 24) == "1–3 weeks"


def test_odds_below_each_other_are_told_in_per_cent_where_their_words_would_be_the_same() -> None:
    assert told_apart([0.82, 0.7]) == ["8 times in 10", "7 times in 10"]
    assert told_apart([0.23, 0.2, 0.7]) == ["23 %", "20 %", "70 %"]
    assert told_apart([0.001, 0.001]) == ["under 1 %", "under 1 %"]
    assert told_apart([None, 0.5]) == ["", "5 times in 10"]


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
    ("hours", "zone", "words"),
    [
        (37, "UTC", "Mon 23 Nov, 18:00, in 1 day"),
        (30, "Asia/Tokyo", "Mon 23 Nov, 20:00, in 1 day"),
        (42, "Asia/Tokyo", "Tue 24 Nov, 08:00, in 2 days"),
        (-37, "Asia/Tokyo", "Sat 21 Nov, 01:00, 1 day ago"),
    ],
)
def test_days_until_a_moment_are_those_of_the_calendar_there(hours: int, zone: str, words: str) -> None:
    early = NOW.replace(hour=5)
    assert times.moment(early + dt.timedelta(hours=hours), zone, early) == words


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


@pytest.mark.parametrize(
    ("works", "told"),
    [
        (["person"], "1 task, yours"),
        (["person", "person"], "2 tasks, all yours"),
        (["person", "wait"], "2 tasks, 1 of them yours"),
        (["wait", "wait"], "2 tasks, all done by Milepost"),
        (["http_check"], "1 task, done by Milepost"),
    ],
)
def test_a_plan_says_whose_its_tasks_are(works: list[str], told: str) -> None:
    steps = [Task(number=TaskNumber(n), title="Step", work=work, position=n) for n, work in enumerate(works, 1)]
    shown = plans.plan_message(goal_with(*steps, status=GoalStatus.PROPOSED), "UTC", NOW)
    assert f"\n{told}\n" in str(shown.payload["text"])


@pytest.mark.parametrize(
    ("what", "result", "told"),
    [
        ("you", "it is resolved", "Your answer: it is resolved"),
        ("wait", "until 2026-11-22 18:30 UTC", "Waiting, then looking again: until 19:30"),
        ("3 attempts", "", "3 attempts"),
    ],
)
def test_what_was_tried_is_told_in_words_and_in_the_chats_zone(what: str, result: str, told: str) -> None:
    assert blockers.tried_words(what, result, "Europe/Berlin", NOW) == told


def test_when_something_was_tried_is_not_said_of_the_moment_it_tells() -> None:
    told = blockers.tried_words("wait", "until 2026-11-22 18:30 UTC", "UTC", NOW, NOW - dt.timedelta(minutes=5))
    assert told == "Waiting, then looking again (5 minutes ago): until 18:30"


def test_a_reason_begins_with_a_capital_on_the_card_and_in_the_notice() -> None:
    ended = replace(goal_with(status=GoalStatus.CANCELLED), reason="you cancelled it", ended_at=NOW)
    assert "You cancelled it" in str(render_card(ended, "UTC", NOW).payload["text"])
    notice = Notice(
        kind=NoticeKind.GOAL_CANCELLED, chat=ChatId(7), goal=GoalId(7), facts={"reason": "you cancelled it"}
    )
    assert "You cancelled it" in str(render_notice(notice, ended, "UTC", NOW).payload["text"])


def test_only_what_can_be_reopened_offers_it() -> None:
    done = Task(number=TaskNumber(1), title="Sing", status=TaskStatus.COMPLETED)
    skipped = Task(number=TaskNumber(2), title="Dance", status=TaskStatus.SKIPPED)
    reached = replace(goal_with(done, status=GoalStatus.COMPLETED), ended_at=NOW)
    left = replace(goal_with(done, skipped, status=GoalStatus.COMPLETED), ended_at=NOW)
    assert "Reopen" not in str(render_card(reached, "UTC", NOW).payload["reply_markup"])
    assert "Reopen" in str(render_card(left, "UTC", NOW).payload["reply_markup"])


@pytest.mark.parametrize(("kind", "status"), [("goal_failed", "failed"), ("goal_cancelled", "cancelled")])
def test_the_end_of_a_sub_goal_does_not_offer_what_would_be_refused(kind: str, status: str) -> None:
    goal = replace(goal_with(status=GoalStatus(status)), ended_at=NOW)
    sub_goal = replace(goal, parent=ParentTask(goal=GoalId(9), task=TaskNumber(1)), depth=2)
    notice = Notice(kind=NoticeKind(kind), chat=ChatId(7), goal=goal.id, facts={"progress": 0.5, "reason": "rain"})
    assert "Reopen" in str(render_notice(notice, goal, "UTC", NOW).payload)
    assert "Reopen" not in str(render_notice(notice, sub_goal, "UTC", NOW).payload)


def test_the_date_of_a_sub_goal_is_what_the_goal_above_can_spare_and_no_deadline() -> None:
    goal = replace(goal_with(), parent=ParentTask(goal=GoalId(9), task=TaskNumber(1)), depth=2)
    for days, sign in ((-1, "⚠️"), (1, "📅")):
        card = render_card(replace(goal, deadline=NOW + dt.timedelta(days=days)), "UTC", NOW)
        assert f"{sign} Needed for goal 9 by " in str(card.payload["text"])


def test_the_rest_of_very_many_tasks_comes_as_one_message_with_buttons() -> None:
    waiting = Waiting(what=WaitingFor.PERSON, since=NOW)
    steps = [
        Task(number=TaskNumber(n), title=f"Step {n}", status=TaskStatus.WAITING, waiting=waiting, position=n)
        for n in range(1, 31)
    ]
    shown = tasks.ask_for_many(goal_with(*steps), [1, 2, 3, 4, 5])
    assert "25 more tasks of yours" in str(shown.payload["text"])
    rows = shown.payload["reply_markup"]["inline_keyboard"]  # type: ignore[index,call-overload]  # JSON
    assert [row[0]["text"] for row in rows][::8] == ["🙋 6. Step 6", "All tasks"]  # type: ignore[index,union-attr]  # JSON


def test_a_page_of_tasks_has_the_buttons_of_its_own_tasks() -> None:
    waiting = Waiting(what=WaitingFor.PERSON, since=NOW)
    steps = [
        Task(number=TaskNumber(n), title=f"Step {n}", status=TaskStatus.WAITING, waiting=waiting, position=n)
        for n in range(1, 31)
    ]
    markup = str(tasks.task_list(goal_with(*steps), "UTC", NOW, page=1).payload["reply_markup"])
    assert "16. Step 16" in markup
    assert "🙋 1. Step 1'" not in markup


def test_code_that_a_proof_turned_down_is_no_done_task() -> None:
    fix = Task(number=TaskNumber(1), title="Fix it", work="write_code", inputs={"part": "change"})
    fix = replace(fix, status=TaskStatus.COMPLETED, ended_at=NOW)
    proof = Task(number=TaskNumber(2), title="Prove it", work="prove", history=TaskHistory(fell_short=NOW))
    told = str(tasks.task_list(goal_with(fix, proof), "UTC", NOW).payload["text"])
    assert "0 of 2 done" in told
    assert "↩️ 1. Fix it · written; no proof of it holds" in told
    for status in (TaskStatus.SKIPPED, TaskStatus.FAILED):  # nothing was written
        told = str(tasks.task_list(goal_with(replace(fix, status=status), proof), "UTC", NOW).payload["text"])
        assert "no proof of it holds" not in told


def test_a_digest_has_buttons_for_a_plan_and_for_what_is_blocked() -> None:
    blocked = Task(number=TaskNumber(1), title="Paint", status=TaskStatus.BLOCKED)
    blockage = Blockage(
        number=BlockageNumber(1), task=TaskNumber(1), kind=BlockageKind.EXTERNAL, description="no paint", raised_at=NOW
    )
    stuck = replace(goal_with(blocked), blockages={blockage.number: blockage})
    fresh = replace(goal_with(status=GoalStatus.PROPOSED), id=GoalId(8), name="Sing")
    (shown,) = digests.render_digest(digest_of(ChatId(7), [stuck, fresh], NOW, NOW), "UTC")
    assert "• The plan for «Sing»: your yes" in str(shown.payload["text"])
    markup = str(shown.payload["reply_markup"])
    assert "🗺 Sing" in markup
    assert "🚧 Paint" in markup


@pytest.mark.parametrize(
    ("criterion", "told"),
    [
        ("Then paint it", "Done when: Paint it\n"),
        ("Finally, paint the gate", "Done when: Paint the gate\n"),
        ("The first coat is dry", "Done when: The first coat is dry\n"),
        ("First aid course booked", "Done when: First aid course booked\n"),
    ],
)
def test_what_is_expected_reads_by_itself(criterion: str, told: str) -> None:
    waiting = Waiting(what=WaitingFor.PERSON, since=NOW)
    task = replace(step(1, 1, 2), status=TaskStatus.WAITING, waiting=waiting, expected=Expectation(summary=criterion))
    assert told in tasks.ask_for_task(goal_with(task), task, "UTC", NOW).payload["text"]  # type: ignore[operator] # text


@pytest.mark.parametrize(
    ("left", "title", "meaning"),
    [
        ("you skipped it", "Goal closed, with something left out", "All that was not left out is done."),
        (DONE_ALREADY, "Goal reached", "All that was to be reached is reached."),
        ("", "Goal reached", "All that was to be reached is reached."),
    ],
)
def test_a_goal_whose_target_was_skipped_is_not_called_reached(left: str, title: str, meaning: str) -> None:
    status = TaskStatus.SKIPPED if left else TaskStatus.COMPLETED
    goal = goal_with(replace(step(1, 1, 2), critical=True, status=status, last_error=left), status=GoalStatus.COMPLETED)
    marks: list[JsonValue] = [{"name": "Goal Complete", "percent": 100, "kind": "completion"}]
    mark = Notice(kind=NoticeKind.MILESTONES, chat=ChatId(7), goal=GoalId(7), facts={"marks": marks, "progress": 1.0})
    assert meaning in str(render_notice(mark, goal, "UTC", NOW).payload["text"])
    report = Notice(kind=NoticeKind.GOAL_COMPLETED, chat=ChatId(7), goal=GoalId(7), facts={"done": [], "skipped": []})
    assert f"✅ {title}\n" in str(render_notice(report, goal, "UTC", NOW).payload["text"])
