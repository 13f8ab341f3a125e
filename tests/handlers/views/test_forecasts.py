"""The forecast in words: one line where it is useful, dates at the grain they deserve, and what gets in the way."""

import datetime as dt
from dataclasses import replace

import pytest
from msgspec import structs

from engine.goals import Goal, GoalStatus
from engine.planning.forecasting.model import (
    Assumption,
    Forecast,
    PredictedBlockage,
    PredictedKind,
    Prospect,
    Range,
    TaskForecast,
)
from engine.plans import PlanOption
from engine.reporting.digests import digest_of
from engine.reporting.notices import Notice, NoticeKind
from engine.tasks import Task, TaskHistory, TaskStatus, Waiting, WaitingFor
from engine.values import ChatId, GoalId, TaskNumber, UserId
from handlers.views.cards import render_card
from handlers.views.digests import render_digest
from handlers.views.forecasts import card_lines, forecast_message, likely_done, obstacles
from handlers.views.notices import render_notice

NOW = dt.datetime(2026, 11, 22, 17, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def goal(*tasks: Task, **facts: object) -> Goal:
    made = Goal(
        id=GoalId(7),
        name="Open the shop",
        chat=ChatId(7),
        owner=UserId(7),
        status=GoalStatus.ACTIVE,
        plan_version=2,
        tasks={task.number: task for task in tasks or (licence(),)},
        deadline=NOW + 12 * DAY,
        created_at=NOW,
        updated_at=NOW,
        started_at=NOW,
    )
    return structs.replace(made, **facts)  # type: ignore[arg-type]  # the facts are fields


def licence(status: TaskStatus = TaskStatus.WAITING, **facts: object) -> Task:
    waiting = Waiting(what=WaitingFor.PERSON, since=NOW) if status is TaskStatus.WAITING else None
    made = Task(number=TaskNumber(1), title="Get the licence", status=status, waiting=waiting)
    return structs.replace(made, **facts)  # type: ignore[arg-type]  # the facts are fields


def forecast(low: float = 8, middle: float = 11, high: float = 17, **facts: object) -> Forecast:
    """One whose end comes after so many days."""
    made = Forecast(
        made_at=NOW,
        prospect=Prospect.OPEN,
        end=Range(p10=NOW + low * DAY, p50=NOW + middle * DAY, p90=NOW + high * DAY),
        success_odds=0.8,
        deadline_odds=0.56,
        on_time_odds=0.7,
        samples=1000,
    )
    return replace(made, **facts)  # type: ignore[arg-type]  # the facts are fields


def ahead(kind: PredictedKind, **facts: object) -> PredictedBlockage:
    made = PredictedBlockage(kind=kind, task=TaskNumber(1), odds=0.7, criticality=0.9)
    return replace(made, **facts)  # type: ignore[arg-type]  # the facts are fields


def test_the_card_says_when_it_is_likely_done_and_how_the_deadline_stands() -> None:
    found = replace(forecast(), predicted=(ahead(PredictedKind.PERSON, takes=48.0, left=24.0),))
    text = str(render_card(goal(), "UTC", NOW, forecast=found).payload["text"])
    assert "📈 Likely done Thu 3 Dec (between 30 Nov and 9 Dec) · deadline holds 7 times in 10\n" in text
    assert "⚠️ «Get the licence» waits for you; such things take 2 days at the median, there is time for 1 day\n" in text


@pytest.mark.parametrize("status", [one for one in GoalStatus if one not in ("active", "blocked", "paused")])
def test_a_card_of_a_goal_that_is_not_under_way_says_nothing_of_the_future(status: GoalStatus) -> None:
    assert card_lines(goal(status=status), forecast(), "UTC", NOW) == []


@pytest.mark.parametrize(
    "found", [None, forecast(prospect=Prospect.DONE), forecast(end=None)], ids=["none", "done", "no end"]
)
def test_without_an_end_to_come_there_is_no_line(found: Forecast | None) -> None:
    assert card_lines(goal(), found, "UTC", NOW) == []


def test_without_a_deadline_no_odds_and_a_paused_goal_says_if() -> None:
    found = forecast(on_time_odds=None, assumes=frozenset({Assumption.RESUMED, Assumption.RESOURCE_BACK}))
    (told,) = card_lines(goal(status=GoalStatus.PAUSED, deadline=None), found, "UTC", NOW)
    assert told == (
        "📈 Likely done Thu 3 Dec (between 30 Nov and 9 Dec), if it goes on now and what is away is back now"
    )


def test_a_deadline_that_passed_after_the_forecast_was_made_is_given_no_odds() -> None:
    (told,) = card_lines(goal(deadline=NOW + HOUR), forecast(), "UTC", NOW + 2 * HOUR)
    assert "deadline holds" not in told
    message = forecast_message(goal(deadline=NOW + HOUR), forecast(), 0, "UTC", NOW + 2 * HOUR)
    assert "holds" not in str(message.payload["text"])


def test_on_one_day_it_tells_the_hour_rounded_to_quarters_and_in_the_chats_zone() -> None:
    minute = dt.timedelta(minutes=1)
    end = Range(p10=NOW + 61 * minute, p50=NOW + 95 * minute, p90=NOW + 3 * HOUR)
    assert likely_done(forecast(end=end), "Europe/Berlin", NOW) == "19:45 (between 19:15 and 21:00)"
    sure = Range(p10=NOW + 2 * HOUR, p50=NOW + 2 * HOUR, p90=NOW + 2 * HOUR)
    assert likely_done(forecast(end=sure), "UTC", NOW) == "19:00"
    far = Range(p10=NOW + 300 * DAY, p50=NOW + 500 * DAY, p90=NOW + 800 * DAY)
    assert likely_done(forecast(end=far), "UTC", NOW) == "Wed 5 Apr 2028 (between 18 Sep 2027 and 30 Jan 2029)"


def test_an_end_that_may_be_in_decades_is_not_named() -> None:
    open_end = Range(p10=NOW + 10 * DAY, p50=NOW + 150 * DAY, p90=NOW + 8500 * DAY)
    told = likely_done(forecast(end=open_end), "UTC", NOW)
    assert told == "Wed 21 Apr 2027 (not before 2 Dec; how late, can't be told yet)"
    long = Range(p10=NOW + 700 * DAY, p50=NOW + 900 * DAY, p90=NOW + 1500 * DAY)
    assert "between" in likely_done(forecast(end=long), "UTC", NOW), "what takes years anyway has its range"


def test_a_card_warns_twice_at_most_of_what_is_open_and_never_of_queues() -> None:
    tasks = [structs.replace(licence(TaskStatus.PENDING), number=TaskNumber(n), title=f"Step {n}") for n in range(2, 6)]
    done = licence(TaskStatus.COMPLETED)
    kinds = [PredictedKind.QUEUE, PredictedKind.FAILURE, PredictedKind.WORK, PredictedKind.WORK, PredictedKind.WORK]
    predicted = tuple(ahead(kind, task=TaskNumber(n), takes=2.0, left=1.0) for n, kind in enumerate(kinds, start=2))
    found = forecast(predicted=(ahead(PredictedKind.WORK, takes=2.0, left=1.0), *predicted))
    lines = card_lines(goal(done, *tasks), found, "UTC", NOW)
    assert lines[1:] == [
        "⚠️ «Step 3» works only 3 times in 10",
        "⚠️ «Step 4» takes 2 hours at the median, there is time for 1 hour",
    ]


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (ahead(PredictedKind.WAIT, takes=96.0, left=48.0), "comes in 4 days at the median, there is time for 2 days"),
        (
            ahead(PredictedKind.OVERDUE, takes=24.0, has_taken=120.0),
            "has gone on for 5 days; such things take 1 day",
        ),
        (ahead(PredictedKind.QUEUE, takes=5.0, name="gpu"), "will stand in line for «gpu», about 5 hours"),
        (ahead(PredictedKind.QUEUE, takes=5.0), "will stand in line for a free worker, about 5 hours"),
        (ahead(PredictedKind.BUSY, takes=48.0), "will wait about 2 days until you have a hand free"),
        (ahead(PredictedKind.RESOURCE, name="gpu", back_at=NOW + DAY), "needs «gpu», which is away until Mon 23 Nov"),
        (ahead(PredictedKind.RESOURCE, name="gpu"), "needs «gpu», which is away and nobody knows how long"),
    ],
)
def test_every_obstacle_has_its_words(one: PredictedBlockage, words: str) -> None:
    (told,) = obstacles(goal(), [one], "UTC", NOW)
    assert words in told


def test_of_what_has_gone_on_for_too_long_no_second_median_is_told() -> None:
    late = ahead(PredictedKind.OVERDUE, takes=1.0, has_taken=48.0)
    lines = list(obstacles(goal(), [late, ahead(PredictedKind.PERSON, takes=12.0, left=1.0)], "UTC", NOW))
    assert lines == ["«Get the licence» has gone on for 2 days; such things take 1 hour at the median"]


def test_what_is_not_your_turn_yet_will_wait_for_you() -> None:
    one = ahead(PredictedKind.PERSON, takes=48.0, left=72.0)
    (told,) = obstacles(goal(licence(TaskStatus.PENDING)), [one], "UTC", NOW)
    assert told.startswith("«Get the licence» will wait for you; such things take 2 days")


def test_the_whole_forecast_tells_ranges_odds_what_matters_and_what_it_rests_on() -> None:
    each = TaskForecast(task=TaskNumber(1), start=NOW, end=None, criticality=0.9, live=1.0, odds=0.8)
    found = forecast(tasks={each.task: each}, predicted=(ahead(PredictedKind.BUSY, takes=48.0),))
    text = str(forecast_message(goal(), found, 34, "UTC", NOW).payload["text"])
    assert text == (
        "📈 Forecast · Open the shop\n\n"
        "Likely done Thu 3 Dec (between 30 Nov and 9 Dec)\n"
        "In 1 case of 10 by Mon 30 Nov, in 5 by Thu 3 Dec, in 9 by Wed 9 Dec.\n"
        "📅 The deadline (Fri 4 Dec, 17:00, in 12 days) holds 7 times in 10, if nothing fails for good.\n"
        "That no task fails for good: 8 times in 10. If one does, I look for another way.\n\n"
        "What the end hangs on most often\n"
        "• 1. Get the licence (9 times in 10)\n\n"
        "Likely to get in the way\n"
        "• «Get the licence» will wait about 2 days until you have a hand free\n\n"
        "Played through 1,000 times; the figures rest on the plan's estimates and 34 finished tasks."
        " /stats shows how right I have been."
    )


def test_an_end_that_falls_on_one_day_is_told_by_its_hours() -> None:
    text = str(forecast_message(goal(), forecast(0.01, 0.05, 0.11), 0, "UTC", NOW).payload["text"])
    (shares,) = [told for told in text.splitlines() if told.startswith("In 1 case of 10")]
    assert shares == "In 1 case of 10 by 17:15, in 5 by 18:15, in 9 by 19:45."


def test_what_the_end_hardly_ever_hangs_on_is_not_told() -> None:
    each = TaskForecast(task=TaskNumber(1), start=NOW, end=None, criticality=0.01, live=1.0, odds=0.8)
    text = str(forecast_message(goal(), forecast(tasks={each.task: each}), 0, "UTC", NOW).payload["text"])
    assert "hangs on most often" not in text


def test_odds_that_are_not_those_of_the_plan_are_told_apart_from_them() -> None:
    way = PlanOption(probability=0.2, cost=0.0, low=1, high=2, tasks=1, difference="")
    waiting = goal(status=GoalStatus.PROPOSED, options=(way,))
    text = str(forecast_message(waiting, forecast(), 0, "UTC", NOW).payload["text"])
    assert "«Goes as planned» is another thing (2 times in 10): there each choice leads on too" in text
    same = structs.replace(waiting, options=(replace(way, probability=0.8),))
    assert "is another thing" not in str(forecast_message(same, forecast(), 0, "UTC", NOW).payload["text"])


def test_of_what_the_end_hangs_on_as_often_the_longest_comes_first() -> None:
    def each(number: int, criticality: float, days: float) -> TaskForecast:
        end = NOW + days * DAY
        span = Range(p10=end, p50=end, p90=end)
        return TaskForecast(task=TaskNumber(number), start=NOW, end=span, criticality=criticality, live=1.0, odds=0.9)

    steps = [structs.replace(licence(), number=TaskNumber(n), title=f"Step {n}") for n in (1, 2, 3)]
    found = forecast(tasks={TaskNumber(n): each(n, c, d) for n, c, d in ((1, 0.5, 9), (2, 1.0, 1), (3, 0.97, 4))})
    text = str(forecast_message(goal(*steps), found, 0, "UTC", NOW).payload["text"])
    assert text.index("• 3. Step 3") < text.index("• 2. Step 2") < text.index("• 1. Step 1")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (GoalStatus.COMPLETED, "It is completed: nothing is to come."),
        (GoalStatus.PLANNING, "There is no plan yet."),
        (GoalStatus.ACTIVE, "Nobody can tell just now."),
    ],
)
def test_where_there_is_nothing_to_tell_it_says_why(status: GoalStatus, words: str) -> None:
    assert words in str(forecast_message(goal(status=status), None, 0, "UTC", NOW).payload["text"])


def test_a_deadline_in_doubt_comes_with_its_odds_and_with_what_can_be_done() -> None:
    facts = {"odds": 0.3, "likely": (NOW + 15 * DAY).isoformat(), "deadline": (NOW + 12 * DAY).isoformat()}
    notice = Notice(kind=NoticeKind.DEADLINE_DOUBTFUL, chat=ChatId(7), goal=GoalId(7), facts={**facts, "version": 2})
    told = render_notice(notice, goal(), "UTC", NOW)
    text = str(told.payload["text"])
    assert "By the plan as it stands, the deadline holds 3 times in 10." in text
    assert "Likely done Mon 7 Dec; due Fri 4 Dec, 17:00, in 12 days." in text
    (row,) = told.payload["reply_markup"]["inline_keyboard"]  # type: ignore[index,call-overload]  # JSON
    assert [button["text"] for button in row] == ["New date", "Re-plan", "See the plan"]  # type: ignore[index,union-attr]  # JSON
    moved = render_notice(notice, goal(deadline=NOW + 30 * DAY), "UTC", NOW)
    assert "settled by now" in str(moved.payload["text"])
    assert "reply_markup" not in moved.payload


def test_a_check_that_turned_says_what_is_found_now() -> None:
    notice = Notice(
        kind=NoticeKind.CHECK_FLIPPED,
        chat=ChatId(7),
        goal=GoalId(7),
        task=TaskNumber(1),
        facts={"summary": "the site answered 500 instead of 200"},
    )
    text = str(render_notice(notice, goal(licence(TaskStatus.COMPLETED)), "UTC", NOW).payload["text"])
    assert "let me re-plan" in text
    seen_to = render_notice(notice, goal(licence(TaskStatus.COMPLETED), proposed_version=2), "UTC", NOW)
    assert "and work out what the plan can do about it" in str(seen_to.payload["text"])
    assert "Re-plan" not in str(seen_to.payload["reply_markup"]), "it is under way"
    assert text.startswith(
        "⚠️ Something that held no longer does\nGoal: Open the shop\nTask: Get the licence\n\nThe site"
    )


def test_what_lags_is_marked_on_the_card_and_in_the_digest_as_long_as_its_plan_version() -> None:
    behind = goal(licence(history=TaskHistory(behind=2)))
    assert "1. Get the licence · behind" in str(render_card(behind, "UTC", NOW).payload["text"])
    (digest,) = render_digest(digest_of(ChatId(7), [behind], NOW, NOW), "UTC")
    assert "• Get the licence · behind" in str(digest.payload["text"])
    later = structs.replace(behind, plan_version=3)
    assert "behind" not in str(render_card(later, "UTC", NOW).payload["text"])


def test_the_digest_begins_with_what_is_at_risk_and_says_when_each_goal_is_likely_done() -> None:
    safe = structs.replace(goal(), id=GoalId(8), name="Sing", deadline=NOW + 90 * DAY)
    late = forecast(on_time_odds=0.2, predicted=(ahead(PredictedKind.WORK, takes=2.0, left=1.0),))
    foreseen = {GoalId(7): late, GoalId(8): forecast(on_time_odds=1.0)}
    (told,) = render_digest(digest_of(ChatId(7), [safe, goal()], NOW, NOW, foreseen), "UTC")
    text = str(told.payload["text"])
    assert text.index("⚠️ At risk") < text.index("Nothing was finished")
    assert (
        "• Open the shop: its deadline holds 2 times in 10; «Get the licence» takes 2 hours at the median,"
        " there is time for 1 hour\n"
    ) in text
    assert "📈 Thu 3 Dec (between 30 Nov and 9 Dec)" in text
    assert text.index("Open the shop", text.index("All goals")) < text.index("Sing", text.index("All goals"))
