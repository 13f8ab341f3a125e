"""Every view with hard values, held against Telegram's rules: lengths, entities, buttons, and a handler for each."""

import datetime as dt
import functools
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import urls
from msgspec import structs

from bot.local.entities import utf16_length
from engine.blockages import Blockage, BlockageKind, ResolutionAttempt, Strategy
from engine.events import Event, event_name
from engine.goals import MILESTONES, Goal, GoalStatus, Milestone, Priority
from engine.planning.forecasting.model import (
    Assumption,
    Forecast,
    PredictedBlockage,
    PredictedKind,
    Prospect,
    Range,
    TaskForecast,
)
from engine.plans import AdaptationNeed, Trigger
from engine.records import ChatSettings, GoalRow, LogRow, Outgoing
from engine.reporting.digests import digest_of
from engine.reporting.notices import Notice, NoticeKind
from engine.tasks import Expectation, Judgement, Outcome, Task, TaskStatus, Waiting, WaitingFor
from engine.values import BlockageNumber, ChatId, GoalId, JsonValue, TaskNumber, UserId
from handlers import keyboards
from handlers.callbacks import GoalDeed, StepDeed, read_tap
from handlers.errors import apology
from handlers.reading.carried import LARGEST_ID, LARGEST_NUMBER
from handlers.small_talk import COMMANDS
from handlers.views import (
    blockers,
    cards,
    digests,
    forecasts,
    goals,
    letters,
    log,
    plans,
    settings,
    setup,
    tasks,
    welcome,
)
from handlers.views.notices import render_notice

NOW = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)
CHAT = ChatId(7)
NAMES = {
    "plain": "Plant 3 trees",
    "markup": "<b>bold</b> & <script>alert(1)</script> *stars* _lines_ `code` [link](tg://user?id=1)",
    "emoji": "👨‍👩‍👧‍👦" * 80,
    "rtl": "\u202eشجرة في الحديقة " * 20,
    "long": "very " * 900,
    "one word": "x" * 4096,
    "lines": "first\n\n\nsecond\r\nthird\tfourth",
    "invisible": "\u200b\u2066\u0000",
    "surrogate": "half \ud83d sign",
    "quotes": "«»\"'„“",
}


def task_of(number: int, name: str, status: TaskStatus) -> Task:
    waiting = [
        Waiting(what=what, since=NOW - dt.timedelta(days=3), until=NOW, reminders=2, claim=number % 2 > 0)
        for what in WaitingFor
    ]
    said = Judgement(deviation=1.0, confidence=0.0, reason=name)
    works = ("person", "wait", "decide", "measure", "http_check")
    work = works[number % 5]
    return Task(
        number=TaskNumber(number),
        title=name,
        description=name * 3,
        work=work,
        inputs={"question": name, "options": [name[:100] or "a", "other", "third"]} if work == "decide" else {},
        depends_on=tuple(TaskNumber(n) for n in range(max(1, number - 9), number)),
        only_if=(TaskNumber(1), name) if number % 7 == 0 else None,
        position=number,
        expected=Expectation(summary=name, target=1e9, unit=name),
        status=status,
        target_count=1_000_000 if number % 3 == 0 else 1,
        count=3 if number % 3 == 0 else 0,
        waiting=waiting[number % len(waiting)] if status is TaskStatus.WAITING else None,
        due_at=NOW + dt.timedelta(hours=5) if number % 2 else None,
        outcome=Outcome(summary=name, value=name, judgement=said),
        last_error=name,
        ended_at=NOW if status is TaskStatus.COMPLETED else None,
        revision=LARGEST_NUMBER,
    )


def blockage_of(number: int, name: str, task: int | None) -> Blockage:
    tried = ResolutionAttempt(at=NOW - dt.timedelta(hours=2), what=name, result=name)
    return Blockage(
        number=BlockageNumber(number),
        task=TaskNumber(task) if task is not None else None,
        kind=list(BlockageKind)[number % 4],
        description=name,
        needed=name,
        from_whom=name,
        how=name,
        strategy=list(Strategy)[number % 5],
        raised_at=NOW - dt.timedelta(days=1),
        tried=(tried,) * 9,
    )


@functools.cache
def goal_of(name: str, status: GoalStatus = GoalStatus.ACTIVE, count: int = 200) -> Goal:
    statuses = list(TaskStatus)
    made = {TaskNumber(n): task_of(n, name, statuses[n % len(statuses)]) for n in range(1, count + 1)}
    holding = {BlockageNumber(n): blockage_of(n, name, n if n % 2 else None) for n in range(1, 31)}
    own = tuple(Milestone(percent=0, name=name, kind="checkpoint") for _ in range(20))
    return Goal(
        id=GoalId(LARGEST_ID),
        name=name,
        description=name,
        criteria=(name,) * 200,
        priority=Priority.URGENT,
        deadline=NOW + dt.timedelta(days=6),
        chat=CHAT,
        owner=UserId(7),
        status=status,
        progress=0.996,
        plan_version=LARGEST_NUMBER,
        proposed_version=2 if status is GoalStatus.ACTIVE else None,
        adapting=AdaptationNeed(reason=name, trigger=Trigger.REQUESTED, since=NOW),
        tasks=made if count else {},
        milestones=(*MILESTONES, *own),
        blockages=holding if count else {},
        deadline_grace=NOW + dt.timedelta(days=1) if status is GoalStatus.BLOCKED else None,
        reason=name,
        created_at=NOW,
        updated_at=NOW,
        started_at=NOW - dt.timedelta(days=3),
        ended_at=NOW if status in (GoalStatus.COMPLETED, GoalStatus.FAILED, GoalStatus.CANCELLED) else None,
    )


def rows_of(name: str) -> list[GoalRow]:
    return [
        GoalRow(
            id=GoalId(LARGEST_ID - n),
            name=name,
            status=status,
            progress=0.5,
            priority=Priority.LOW,
            deadline=NOW,
            open_blockages=3,
            updated_at=NOW,
        )
        for n, status in enumerate(GoalStatus)
    ]


def facts_of(name: str) -> dict[str, JsonValue]:
    marks: list[JsonValue] = [{"name": name, "percent": percent, "kind": "checkpoint"} for percent in (10, 25, 0)]
    many: list[JsonValue] = [name] * 120
    return {
        "name": name, "version": 2, "advice": many, "marks": marks, "progress": 0.25, "old_version": 1,
        "new_version": 2, "reason": name, "deviation": 0.4, "summary": name, "kept": 3, "added": 2, "superseded": 1,
        "reset": 4, "description": name, "needed": name, "deadline": NOW.isoformat(), "grace_until": NOW.isoformat(),
        "done": many, "skipped": many, "adaptations": 3, "started_at": NOW.isoformat(), "ended_at": None,
        "text": name, "priority": "high", "odds": 0.2, "likely": NOW.isoformat(), "grows": False,
    }  # fmt: skip


def log_rows(name: str) -> list[LogRow]:
    details: dict[str, JsonValue] = {
        "error": name, "why": name, "blockage": {"description": name}, "attempt": {"what": name}, "resolution": name,
        "progress": 0.5, "note": name, "milestone": {"name": name}, "need": {"reason": name}, "reason": name,
        "count": 4, "value": 1e300, "expected": -0.5, "summary": name,
    }  # fmt: skip
    names = [*(event_name(kind) for kind in Event.__args__), "something_newer"]  # type: ignore[attr-defined] # a union
    return [
        LogRow(sequence=n + 1, goal=GoalId(1), task=TaskNumber(n), event=one, at=NOW, cause="", details=details)
        for n, one in enumerate(names)
    ]


def every_view(name: str) -> Iterator[Outgoing]:
    yield from (cards.render_card(goal_of(name, status), "Asia/Kathmandu", NOW) for status in GoalStatus)
    for status in GoalStatus:
        pages = [plans.Beside(page=page, advice=(name,) * 9) for page in (0, 3, 999, -1)]
        yield from (plans.plan_message(goal_of(name, status), "UTC", NOW, beside) for beside in pages)
    goal = goal_of(name)
    for one in list(goal.tasks.values())[:40]:
        yield from task_views(goal, one, name)
    yield from (tasks.task_list(goal, "UTC", NOW, page) for page in (0, 5, 999))
    yield from (
        tasks.task_list(goal_of(name, count=0), "UTC", NOW),
        plans.plan_message(goal_of(name, count=0), "UTC", NOW),
    )
    yield from (plans.pick_step(goal, deed) for deed in StepDeed)
    yield from (plans.change_menu(goal), plans.place_step(goal, 8), plans.repair_message(goal, 2, name, name))
    yield from (
        plans.started(goal),
        blockers.blocker_list([goal, goal_of(str(goal.name))], "UTC", NOW),
        blockers.strategy_list(goal),
    )
    yield from (blockers.blockage_message(goal, one, "UTC", NOW) for one in goal.blockages.values())
    yield from (blockers.strategy_choice(goal, kind) for kind in BlockageKind)
    yield blockers.blocker_list([goal_of(name, count=0)], "UTC", NOW)
    rows = log_rows(name)
    yield from (log.log_page(goal, rows[at:], "UTC", NOW) for at in range(0, len(rows), log.ROWS_A_PAGE))
    yield log.log_page(goal, [], "UTC", NOW)
    yield from forecast_views(name)
    yield from list_views(name)
    yield from setup_views(name)
    yield from notice_views(name)
    for digest_goals in ([], [goal_of(name, status) for status in GoalStatus] * 3):
        digest = digest_of(CHAT, digest_goals, NOW - dt.timedelta(days=9), NOW)
        yield from digests.render_digest(digest, "Asia/Kathmandu")


def forecast_of(name: str) -> Forecast:
    """One that has something to say of everything, up to the end of all calendars."""
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    tasks = {
        TaskNumber(n): TaskForecast(task=TaskNumber(n), start=NOW, end=None, criticality=1.0, live=1.0, odds=0.0)
        for n in range(1, 999)
    }
    predicted = [
        PredictedBlockage(
            kind=kind, task=TaskNumber(n), odds=1.0, criticality=1.0, takes=1e9, left=0.0, name=name, back_at=last
        )
        for n in range(1, 200)
        for kind in PredictedKind
    ]
    return Forecast(
        made_at=NOW,
        prospect=Prospect.OPEN,
        end=Range(p10=NOW, p50=last, p90=last),
        success_odds=0.0,
        deadline_odds=0.0,
        on_time_odds=0.0,
        tasks=tasks,
        predicted=tuple(predicted[:10]),
        assumes=frozenset(Assumption),
        samples=10**9,
    )


def forecast_views(name: str) -> Iterator[Outgoing]:
    found = forecast_of(name)
    for status in GoalStatus:
        goal = goal_of(name, status)
        yield cards.render_card(goal, "Asia/Kathmandu", NOW, [goal], found)
        yield forecasts.forecast_message(goal, found, 10**9, "Asia/Kathmandu", NOW)
        yield forecasts.forecast_message(goal, None, 0, "UTC", NOW)
    many = [structs.replace(goal_of(name), id=GoalId(n)) for n in range(1, 30)]
    digest = digest_of(CHAT, many, NOW - dt.timedelta(days=9), NOW, {one.id: found for one in many})
    yield from digests.render_digest(digest, "Asia/Kathmandu")


def task_views(goal: Goal, task: Task, name: str) -> Iterator[Outgoing]:
    yield tasks.ask_for_task(goal, task, "UTC", NOW)
    yield tasks.ask_for_task(structs.replace(goal, status=GoalStatus.FAILED), task, "UTC", NOW)
    yield tasks.task_state(goal, task, "UTC", NOW)
    yield tasks.later_choice(goal, task)
    yield tasks.noted_number(goal, task, name, "UTC", NOW)
    yield tasks.unclear(goal, task, name, LARGEST_NUMBER)


def list_views(name: str) -> Iterator[Outgoing]:
    for ended in (True, False):
        yield goals.goal_list(
            CHAT, goals.GoalPage(rows=rows_of(name)[:8], ended=ended, page=1, total=999, others=3), "UTC", NOW
        )
        yield goals.goal_list(CHAT, goals.GoalPage(rows=(), ended=ended, page=0, total=0, others=0), "UTC", NOW)
    yield from (goals.which_goal(CHAT, rows_of(name), deed) for deed in GoalDeed)
    yield goals.which_goal(CHAT, (), GoalDeed.TASKS)


def setup_views(name: str) -> Iterator[Outgoing]:
    buttons = keyboards.criteria_buttons((name, "", name), 2, LARGEST_NUMBER)
    yield setup.offer(CHAT, name, LARGEST_NUMBER)
    yield setup.ask_name(CHAT, 1)
    yield setup.ask_criteria(CHAT, name, (name,) * 200, buttons)
    yield setup.ask_deadline(CHAT, name[:300], "UTC", 1)
    yield setup.ask_priority(CHAT, 1)
    yield setup.goal_set(CHAT, GoalId(LARGEST_ID), (name, 200, Priority.LOW), "Fri 28 Nov, 18:00, in 6 days")
    yield welcome.welcome(CHAT, "Etc/GMT-2", False)
    yield welcome.help_message(CHAT, COMMANDS)
    yield from (welcome.privacy(CHAT, name), welcome.example_exists(CHAT), apology(CHAT, ValueError(name), 5))
    for chat in (
        ChatSettings(chat=CHAT),
        ChatSettings(chat=CHAT, digest_hour=None, quiet_from=22, quiet_to=7, digest_days=()),
    ):
        yield from (settings.settings_message(chat, NOW), settings.zone_choice(chat), settings.digest_choice(chat))
        yield from (
            settings.quiet_choice(chat),
            settings.zone_set(chat, NOW),
            settings.zone_choice(chat, ("UTC",), name[:200]),
        )


def notice_views(name: str) -> Iterator[Outgoing]:
    for kind in NoticeKind:
        for task, blockage in ((5, 3), (8, 999), (999, None)):
            notice = Notice(
                kind=kind,
                chat=CHAT,
                goal=GoalId(LARGEST_ID),
                task=TaskNumber(task),
                blockage=BlockageNumber(blockage) if blockage else None,
                facts=facts_of(name),
            )
            for goal in (
                None,
                *(
                    goal_of(name, status, 20)
                    for status in (GoalStatus.ACTIVE, GoalStatus.PROPOSED, GoalStatus.BLOCKED, GoalStatus.FAILED)
                ),
            ):
                yield render_notice(notice, goal, "UTC", NOW)
                yield render_notice(replace(notice, facts={}), goal, "UTC", NOW)


def breaches(view: Outgoing) -> Iterator[str]:
    """What Telegram would refuse, or drop without a word."""
    text = view.payload["text"]
    assert isinstance(text, str)
    units = utf16_length(text)
    if not 1 <= units <= 4096 or not text.strip():
        yield f"{units} units"
    text.encode()  # a half sign can't be sent
    entities = view.payload.get("entities", [])
    assert isinstance(entities, list)
    if len(entities) > 100:
        yield f"{len(entities)} entities"
    for entity in entities:
        assert isinstance(entity, dict)
        offset, length = entity["offset"], entity["length"]
        assert isinstance(offset, int)
        assert isinstance(length, int)
        if length < 1 or offset < 0 or offset + length > units:
            yield f"entity {entity} beyond {units}"
    yield from button_breaches(view)


def button_breaches(view: Outgoing) -> Iterator[str]:
    markup = view.payload.get("reply_markup", {"inline_keyboard": []})
    assert isinstance(markup, dict)
    rows = markup["inline_keyboard"]
    assert isinstance(rows, list)
    if sum(len(row) for row in rows if isinstance(row, list)) > 100 or any(not row for row in rows):
        yield "too many buttons, or an empty row"
    for button in (one for row in rows if isinstance(row, list) for one in row):
        assert isinstance(button, dict)
        data, label = button["callback_data"], button["text"]
        assert isinstance(data, str)
        assert isinstance(label, str)
        if not 1 <= len(data.encode()) <= 64 or read_tap(data) is None:
            yield f"data {data!r}"
        if not label.strip() or utf16_length(label) > 64:
            yield f"label {label!r}"


@pytest.mark.sample(1, in_ci=4)
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_telegram_takes_every_view(name: str) -> None:
    views = list(every_view(name))
    assert len(views) > 300
    found = [f"{problem}: {view.payload['text']!r:.80}" for view in views for problem in breaches(view)]
    assert not found, "\n".join(found[:20])


@given(st.text(max_size=5000) | urls(), st.lists(st.text(max_size=200), max_size=40))
def test_telegram_takes_whatever_people_write(text: str, items: list[str]) -> None:
    sheet = letters.Sheet(head=[letters.words(text)], items=[letters.line(one) for one in items], foot=["end"])
    view = letters.letter(CHAT, sheet.text())
    assert not list(breaches(view))
    assert str(view.payload["text"]).endswith("end")


@given(st.text(max_size=400), st.integers(2, 100))
def test_cutting_keeps_to_its_length_and_never_halves_a_sign(text: str, units: int) -> None:
    cut = letters.cut(text, units)
    assert utf16_length(cut) <= units
    cut.encode("utf-16", "surrogatepass")
    assert cut == text or cut.endswith("…")


def test_a_list_that_does_not_fit_says_how_many_are_left() -> None:
    lines = letters.Sheet(head=["Head"], items=["x" * 100] * 60, foot=["Foot"]).text().render()[0].split("\n")
    assert (lines[0], lines[-1]) == ("Head", "Foot")
    assert lines[-2] == f"…and {60 - (len(lines) - 3)} more"


def test_every_event_has_words_in_the_log() -> None:
    assert set(log.EVENT_WORDS) == {event_name(kind) for kind in Event.__args__}  # type: ignore[attr-defined] # a union
