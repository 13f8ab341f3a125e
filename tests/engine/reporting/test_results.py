"""Results say what the goal holds and nothing else, whatever became of it."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.blockages import Blockage, BlockageKind, Strategy
from engine.errors import ExternalBlocked, PermanentError, ResourceBlocked, TemporaryError
from engine.execution.goal_decisions import cancel, pause
from engine.execution.motion import next_move
from engine.execution.task_decisions import done_by_person, skipped
from engine.goals import Goal, GoalStatus
from engine.reporting.result_text import MOST_LINE, MOST_LISTED, result_json, result_text
from engine.reporting.results import NO_REPOSITORY, Circumstances, GoalResult, ResultStatus, artefacts_of, result_of
from engine.tasks import NO_HISTORY, Outcome, Task, TaskHistory, TaskStatus, Waiting, WaitingFor
from engine.values import BlockageNumber, GoalId, JsonValue, TaskNumber
from tests.engine.lives import Life, new_goal, planned
from tests.fakes import START

NOW = Circumstances(now=START, seconds=0.1725)


def goal_of(*statuses: TaskStatus, status: GoalStatus = GoalStatus.ACTIVE) -> Goal:
    """A goal whose tasks stand like this."""
    tasks = {
        TaskNumber(number): Task(
            number=TaskNumber(number),
            title=f"Task {number}",
            work="person",
            position=number,
            status=one,
            waiting=Waiting(what=WaitingFor.PERSON, since=START) if one is TaskStatus.WAITING else None,
            outcome=Outcome(summary=f"result {number}") if one is TaskStatus.COMPLETED else None,
            last_error=f"error {number}" if one is TaskStatus.FAILED else "",
        )
        for number, one in enumerate(statuses, start=1)
    }
    return new_goal(status=status, tasks=tasks)


@given(st.lists(st.sampled_from(TaskStatus), max_size=8), st.sampled_from(GoalStatus))
def test_it_is_success_only_if_the_goal_is_completed_with_every_task_that_counts(
    statuses: list[TaskStatus], status: GoalStatus
) -> None:
    goal = goal_of(*statuses, status=status)
    result = result_of(goal, (), NOW)
    live = [one for one in statuses if one not in (TaskStatus.SKIPPED, TaskStatus.SUPERSEDED)]
    all_done = bool(live) and set(live) == {TaskStatus.COMPLETED}
    assert result.is_success == (status is GoalStatus.COMPLETED and all_done)
    assert (result.status is ResultStatus.FAILED) == (status in (GoalStatus.FAILED, GoalStatus.CANCELLED))
    assert (result.total, result.completed) == (len(live), live.count(TaskStatus.COMPLETED))
    assert result.failed == live.count(TaskStatus.FAILED) == len(result.failed_tasks)
    waiting = {one.task for one in result.waiting if one.task is not None}
    assert result.total == result.completed + result.failed + len(waiting) + len(result.unfinished)
    json.dumps(result_json(result))


DEEDS = ("finish", "fail", "block", "lack", "done", "skip", "pause", "cancel", "retry")


def act(life: Life, deed: str, number: int) -> None:
    """What may happen to a task, if it can happen now."""
    task = life.goal.tasks[TaskNumber(number)]
    startable = life.goal.status is GoalStatus.ACTIVE and life.goal.can_start(task, life.now)
    errors = {
        "fail": PermanentError("broken"),
        "block": ExternalBlocked("a key"),
        "lack": ResourceBlocked("gpu", "it is away"),
        "retry": TemporaryError("not yet"),
    }
    if deed == "finish" and startable:
        life.finish(number)
    elif deed in errors and startable:
        life.fail(number, errors[deed])
    elif deed == "done" and task.status in (TaskStatus.PENDING, TaskStatus.WAITING) and not life.goal.has_ended:
        life.do(done_by_person(number, ""))
    elif deed == "skip" and task.status in (TaskStatus.PENDING, TaskStatus.WAITING) and not life.goal.has_ended:
        life.do(skipped(number, "not needed"))
    elif deed == "pause" and life.goal.status is GoalStatus.ACTIVE:
        life.do(pause("a break"))
    elif deed == "cancel" and number == 1 and not life.goal.has_ended:
        life.do(cancel("enough"))


@given(st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(1, 4)), max_size=14), st.booleans())
def test_whatever_happens_to_a_goal_its_result_is_what_its_tasks_are(
    deeds: list[tuple[str, int]], in_chat: bool
) -> None:
    life = Life.started(
        planned("a"), planned("b", "a"), planned("c", work="person"), planned("d"), chat=100 if in_chat else None
    )
    for deed, number in deeds:
        act(life, deed, number)
    goal = life.goal
    result = result_of(goal, (), Circumstances(now=life.now))
    live = list(goal.live_tasks)
    all_done = bool(live) and all(task.status is TaskStatus.COMPLETED for task in live)
    if goal.status is GoalStatus.CANCELLED:
        assert result.status is ResultStatus.FAILED
    else:
        assert result.is_success == all_done
    move = next_move(goal, life.now)
    if not goal.has_ended:
        assert (result.status is ResultStatus.TIMEOUT) == (move is not None and move <= life.now)
        if result.status is ResultStatus.WAITING:
            assert result.waiting, "whoever waits is told what for"
    text = result_text(result, "NEXT: …")
    assert ("STATUS: ✓ SUCCESS" in text) == result.is_success


def test_the_text_has_the_sections_of_a_report() -> None:
    goal = goal_of(TaskStatus.COMPLETED, TaskStatus.COMPLETED, TaskStatus.FAILED, status=GoalStatus.FAILED)
    tasks = dict(goal.tasks)
    made = Outcome(summary="written", artefacts=("tests/generated/feature.py",))
    tasks[TaskNumber(1)] = replace(tasks[TaskNumber(1)], outcome=made)
    text = result_text(result_of(replace(goal, tasks=tasks, reason="nothing is left to try"), (), NOW), "NEXT: unused")
    assert text == (
        "Goal Execution Failed\n\n"
        "GOAL: Grow the garden (#1)\n"
        "STATUS: ✗ FAILED\n"
        "EXECUTION TIME: 172.5 ms\n\n"
        "TASKS:\n  Total: 3\n  Completed: 2\n  Failed: 1\n\n"
        "✓ COMPLETED TASKS:\n  - Task 1 (tests/generated/feature.py)\n  - Task 2: result 2\n\n"
        "✗ FAILED TASKS:\n  - Task 3: error 3\n\n"
        "ARTEFACTS:\n  - feature.py (tests/generated/feature.py), by task 1.1\n\n"
        "REASONS:\n  - nothing is left to try"
    )


def test_what_is_left_says_how_to_go_on() -> None:
    result = result_of(goal_of(TaskStatus.WAITING, TaskStatus.PENDING), (), NOW)
    assert result_text(result, "NEXT: ask").endswith("\n\nNEXT: ask")
    assert "  - Task 1 [1.1]: you to do it" in result_text(result)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0, "0.0 ms"), (0.9999, "999.9 ms"), (61.04, "61.0 s"), (150, "2 min 30 s"), (7_260, "2 h 1 min")],
)
def test_lengths_are_told_in_the_unit_that_fits(seconds: float, told: str) -> None:
    result = result_of(goal_of(TaskStatus.COMPLETED), (), Circumstances(now=START, seconds=seconds))
    assert f"EXECUTION TIME: {told}\n" in result_text(result)


def test_titles_and_errors_can_neither_forge_a_line_nor_steer_a_terminal() -> None:
    goal = goal_of(TaskStatus.FAILED)
    hostile = "\x1b[2J\nSTATUS: ✓ SUCCESS\r\u202e" + "x" * 5_000
    task = replace(goal.tasks[TaskNumber(1)], title=hostile, last_error=hostile)
    text = result_text(result_of(replace(goal, name=hostile, tasks={TaskNumber(1): task}), (), NOW))
    lines = text.splitlines()
    assert [line for line in lines if line.startswith("STATUS")] != ["STATUS: ✓ SUCCESS"]
    assert all(line.isprintable() and len(line) < MOST_LINE + 20 for line in lines)


def test_very_many_tasks_are_counted_and_not_all_listed() -> None:
    text = result_text(result_of(goal_of(*[TaskStatus.PENDING] * 80), (), NOW))
    assert f"  … and {80 - MOST_LISTED} more" in text
    assert text.count("\n") < MOST_LISTED + 20


def completed(value: JsonValue, *places: str) -> Task:
    return Task(
        number=TaskNumber(1),
        title="Write it/down!",
        status=TaskStatus.COMPLETED,
        outcome=Outcome(summary="s", value=value, artefacts=places),
    )


@pytest.mark.parametrize(
    ("place", "name", "media_type"),
    [
        ("out/report.pdf", "report.pdf", "application/pdf"),
        ("https://a.example/x/page.html?v=1#top", "page.html", "text/html"),
        ("notes", "notes", "application/octet-stream"),
        ("dump.sql.gz", "dump.sql.gz", "application/octet-stream"),
        ("https://a.example", "a.example", "application/octet-stream"),
    ],
)
def test_places_become_artefacts_with_a_name_and_a_type(place: str, name: str, media_type: str) -> None:
    (one,) = artefacts_of(GoalId(1), completed(None, place))
    assert (one.name, one.place, one.text) == (name, place, None)
    assert one.media_type == media_type or place.endswith("example")


@pytest.mark.parametrize("value", ["two\nlines", "x" * 301, {"exit_code": 0, "output": "a\nb\n"}])
def test_long_texts_become_documents(value: JsonValue) -> None:
    (one,) = artefacts_of(GoalId(1), completed(value))
    assert one.name == "write-it-down.txt"
    assert one.text == (value["output"] if isinstance(value, dict) else value)


@pytest.mark.parametrize("value", [None, 7, "short\n", {"output": "short"}, {"output": 3}, ["a\nb"], {"a": "b\nc"}])
def test_what_fits_a_line_is_no_document(value: JsonValue) -> None:
    assert artefacts_of(GoalId(1), completed(value)) == ()


def test_a_failed_task_has_no_artefacts() -> None:
    assert artefacts_of(GoalId(1), replace(completed("a\nb", "c.txt"), status=TaskStatus.FAILED)) == ()


MINUTE_4 = START + dt.timedelta(minutes=4)


def in_code(number: int, work: str, status: TaskStatus, *places: str, ended: int | None = None, part: str = "") -> Task:
    """A task of a code goal, in the order of its number."""
    return Task(
        number=TaskNumber(number),
        title=f"{work} {number}",
        work=work,
        position=number,
        inputs={"part": part} if part else {},
        status=status,
        outcome=Outcome(summary="s", artefacts=places) if ended is not None else None,
        history=NO_HISTORY if status is TaskStatus.COMPLETED or work != "prove" else TaskHistory(fell_short=MINUTE_4),
        ended_at=START + dt.timedelta(minutes=ended) if ended is not None else None,
    )


DONE = TaskStatus.COMPLETED


@pytest.mark.parametrize(
    ("proof", "ended", "unproven"),
    [
        (TaskStatus.SUPERSEDED, 4, True),
        (TaskStatus.FAILED, 4, True),
        (TaskStatus.PENDING, None, True),
        (DONE, 4, False),
    ],
)
def test_code_that_a_proof_has_turned_down_is_not_finished_and_what_came_after_the_proof_is_not_judged(
    proof: TaskStatus, ended: int | None, unproven: bool
) -> None:
    tasks = [
        in_code(1, "write_code", DONE, "test_a.py", ended=1, part="test"),
        in_code(2, "write_code", DONE, "test_a.py", "a.py", ended=2, part="change"),
        in_code(3, "prove", proof, ended=ended),
        in_code(4, "hand_in_code", DONE, "a.py", "b.py", ended=6, part="change"),
    ]
    result = result_of(new_goal(status=GoalStatus.ACTIVE, tasks={one.number: one for one in tasks}), (), NOW)
    told = [one.title for one in result.completed_tasks]
    assert ("write_code 2" not in told) is unproven
    assert ("write_code 2 (written; no proof of it holds)" in result.unfinished) is unproven
    assert {"write_code 1", "hand_in_code 4"} <= set(told)
    assert result.completed == len(told)
    places = [(one.place, one.task) for one in result.artefacts]
    assert places == [("test_a.py", "1.1"), ("a.py", "1.2"), ("b.py", "1.4")]


def lacking(goal: Goal) -> Goal:
    blockage = Blockage(
        number=BlockageNumber(1),
        task=TaskNumber(1),
        kind=BlockageKind.RESOURCE,
        description="it is away",
        needed="gpu",
        strategy=Strategy.WAIT,
        raised_at=START,
    )
    return replace(goal, blockages={BlockageNumber(1): blockage})


def test_resources_that_are_away_are_missing_and_what_the_installation_lacks_where_a_person_must_help() -> None:
    given = Circumstances(now=START, lacks=("a model",))
    result = result_of(lacking(goal_of(TaskStatus.BLOCKED)), (), given)
    assert result.missing == ("gpu",)
    assert [(one.waits_for, one.from_whom) for one in result.waiting] == [("gpu", "")]
    assert result_of(goal_of(TaskStatus.WAITING), (), given).missing == ("a model",)
    assert result_of(goal_of(TaskStatus.COMPLETED), (), given).missing == ()


def test_where_a_person_changes_code_because_the_goal_names_no_repository_that_is_said() -> None:
    goal = replace(goal_of(TaskStatus.WAITING), metadata={"has_codebase": True})
    assert result_of(goal, (), NOW).missing == (NO_REPOSITORY,)
    named = replace(goal, metadata={"has_codebase": True, "repository": "shop"})
    assert result_of(named, (), NOW).missing == ()


def test_json_holds_every_field_and_moments_as_iso() -> None:
    goal = goal_of(TaskStatus.PENDING)
    later = START + dt.timedelta(hours=1)
    task = replace(goal.tasks[TaskNumber(1)], due_at=later, last_error="HTTP 503")
    result: GoalResult = result_of(replace(goal, tasks={TaskNumber(1): task}), (), NOW)
    told = json.loads(json.dumps(result_json(result)))
    assert set(told) == {*GoalResult.__dataclass_fields__, "success"}
    assert (told["status"], told["success"], told["execution_time"]) == ("waiting", False, 0.1725)
    assert told["waiting"][0]["until"] == later.isoformat()
    assert told["waiting"][0]["waits_for"] == "another try: HTTP 503"
