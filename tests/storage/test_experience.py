"""What finished tasks and answered questions teach: runs from their begin to their end, pauses and crashes left out."""

import datetime as dt
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine import events as e
from engine.blockages import Blockage, BlockageKind, ResolutionAttempt, Strategy
from engine.events import Event, Recorded
from engine.planning.learning.experience import Answer, Doing, Experience, History
from engine.tasks import Estimate, Lease, Outcome, Task, Waiting, WaitingFor
from engine.values import BlockageNumber, BootId, Cause, ChatId, TaskNumber, UserId
from storage.connections import connect
from storage.database import Database, open_database
from storage.migrations import migrate, shipped
from tests.storage.conftest import StillClock
from tests.storage.made_goals import CHAT, NOW, batch, change, created, plain_goal

ANN = UserId(7)
ONE = TaskNumber(1)
HOUR = dt.timedelta(hours=1)
LONG_AGO = NOW - 1000 * HOUR
ESTIMATE = Estimate(low=1, likely=2, high=5)
STARTED, AGAIN = (e.TaskStarted(task=ONE, lease=Lease(attempt=n, boot=BootId("boot"), until=NOW)) for n in (1, 2))
RESET, LOST = e.TaskReset(task=ONE, why=""), e.AttemptLost(task=ONE)
FAILED = e.TaskFailed(task=ONE, error="no")
PAUSED, RESUMED = e.GoalPaused(reason=""), e.GoalResumed()


def waiting(what: WaitingFor = WaitingFor.PERSON) -> e.TaskWaiting:
    return e.TaskWaiting(task=ONE, waiting=Waiting(what=what, since=NOW))


def done(*, by_person: bool = False) -> e.TaskCompleted:
    return e.TaskCompleted(task=ONE, outcome=Outcome(summary="", by_person=by_person))


async def lived(database: Database, task: Task, *events: tuple[float, Event], owner: UserId | None = ANN) -> History:
    """What is learned from one task of which these happened, each so many hours from now."""
    goal = replace(plain_goal(1), owner=owner, tasks={ONE: task}, last_task=1)
    await database.ledger.commit(created(goal))
    outcome = next((one.outcome for _, one in events if isinstance(one, e.TaskCompleted)), None)
    last = NOW + events[-1][0] * HOUR
    after = replace(goal, tasks={ONE: replace(task, outcome=outcome)}, updated_at=last, revision=2)
    recorded = [Recorded(event=one, at=NOW + hours * HOUR, cause=Cause("test")) for hours, one in events]
    await database.ledger.commit(batch(change(goal, after, *recorded)))
    return await database.queries.history(LONG_AGO)


def task_of(work: str, title: str = "Write a letter", **fields: object) -> Task:
    task = Task(number=ONE, title=title, work=work, estimate=ESTIMATE)
    return replace(task, **fields)  # type: ignore[arg-type] # the tests name fields of Task


def runs(history: History) -> list[tuple[bool, float | None]]:
    """Whether each worked, and its hours."""
    return [(one.worked, one.hours) for one in history.experiences]


async def test_a_judges_look_at_what_a_work_brought_makes_no_persons_work_of_it(database: Database) -> None:
    judged, looked_at = waiting(WaitingFor.JUDGEMENT), Waiting(what=WaitingFor.PERSON, since=NOW, claim=True)
    asked = e.TaskWaiting(task=ONE, waiting=looked_at)
    found = await lived(database, task_of("find_out"), (0, STARTED), (2, judged), (3, asked), (4, done()))
    assert [(one.doing.person, one.hours) for one in found.experiences] == [(None, 4.0)]


async def test_a_task_that_a_person_did_is_kept_with_what_the_plan_said_of_it(database: Database) -> None:
    task = task_of("person", success=0.7, method="essay/draft")
    found = await lived(database, task, (0, waiting()), (3, done(by_person=True)))
    assert found == History(
        experiences=(
            Experience(
                doing=Doing(work="person", kind="draft", method="essay", person=ANN),
                success=0.7,
                estimate=ESTIMATE,
                worked=True,
                hours=3.0,
                ended_at=NOW + 3 * HOUR,
                chat=CHAT,
            ),
        )
    )


async def test_what_was_handed_in_is_a_persons_run_from_when_it_was_waited_for(database: Database) -> None:
    task = task_of("hand_in_code")
    history = await lived(database, task, (0, waiting()), (30, STARTED), (30.5, done(by_person=True)))
    (run,) = history.experiences
    assert (run.doing.person, run.hours) == (ANN, 30.5)


async def test_what_runs_by_itself_is_nobodys(database: Database) -> None:
    found = await lived(database, task_of("command", inputs={"command": "nightly"}), (0, STARTED), (0.5, done()))
    assert [one.doing for one in found.experiences] == [Doing(work="command", kind="nightly")]
    assert runs(found) == [(True, 0.5)]


async def test_a_failure_and_the_success_after_it_are_two_runs(database: Database) -> None:
    events = [(0, STARTED), (2, FAILED), (4, RESET), (5, AGAIN), (6, done())]
    assert runs(await lived(database, task_of("agent"), *events)) == [(False, 2.0), (True, 1.0)]


async def test_retries_are_one_run_from_the_first_try(database: Database) -> None:
    retry = e.TaskRetryScheduled(task=ONE, error="busy", due_at=NOW)
    events: list[tuple[float, Event]] = [(0, STARTED), (1, retry), (2, AGAIN), (3, done())]
    assert runs(await lived(database, task_of("agent"), *events)) == [(True, 3.0)]


async def test_what_was_lost_with_the_process_does_not_count(database: Database) -> None:
    events: list[tuple[float, Event]] = [(0, STARTED), (50, LOST), (51, AGAIN), (52, done())]
    assert runs(await lived(database, task_of("agent"), *events)) == [(True, 1.0)]


@pytest.mark.parametrize(
    ("events", "hours"),
    [
        ([(1, PAUSED), (4, RESUMED)], 7.0),
        ([(1, PAUSED), (2, RESUMED), (5, PAUSED), (6, RESUMED)], 8.0),
        ([(-5, PAUSED), (2, RESUMED)], 8.0),
        ([(4, PAUSED)], 4.0),
        ([(1, e.GoalCancelled(reason="")), (6, e.GoalReopened(reason=""))], 5.0),
        ([(1, e.GoalFailed(reason="")), (2, PAUSED), (3, RESUMED)], 8.0),
    ],
)
async def test_the_time_in_which_a_goal_stood_still_is_left_out(
    database: Database, events: list[tuple[float, Event]], hours: float
) -> None:
    every = sorted([(0, waiting()), *events, (10, done(by_person=True))], key=lambda one: one[0])
    assert runs(await lived(database, task_of("person"), *every)) == [(True, hours)]


async def test_what_was_blocked_and_then_done_has_no_duration(database: Database) -> None:
    events = [(0, waiting()), (1, e.TaskBlocked(task=ONE)), (90, done(by_person=True))]
    found = await lived(database, task_of("person"), *events)
    assert runs(found) == [(True, None)]
    assert found.experiences[0].doing.person == ANN


async def test_what_went_on_after_a_blockage_begins_anew(database: Database) -> None:
    events = [(0, waiting()), (1, e.TaskBlocked(task=ONE)), (90, RESET), (90, waiting()), (92, done(by_person=True))]
    assert runs(await lived(database, task_of("person"), *events)) == [(True, 2.0)]


async def test_a_later_end_of_the_same_wait_does_not_make_it_shorter(database: Database) -> None:
    events = [(0, waiting()), (5, waiting()), (8, done(by_person=True))]
    assert runs(await lived(database, task_of("person"), *events)) == [(True, 8.0)]


async def test_done_within_a_minute_was_done_before(database: Database) -> None:
    assert runs(await lived(database, task_of("person"), (0, waiting()), (0.01, done(by_person=True)))) == [
        (True, None)
    ]


async def test_what_a_person_did_in_a_programs_stead_tells_nothing_of_the_program(database: Database) -> None:
    events = [(0, STARTED), (1, FAILED), (2, done(by_person=True))]
    assert runs(await lived(database, task_of("http_check"), *events)) == [(False, 1.0)]


async def test_an_approval_in_the_middle_does_not_make_a_programs_work_a_persons(database: Database) -> None:
    events = [(0, STARTED), (1, waiting()), (5, AGAIN), (6, done())]
    found = await lived(database, task_of("agent"), *events)
    assert [one.doing.person for one in found.experiences] == [None]


@pytest.mark.parametrize("what", [WaitingFor.TIME, WaitingFor.SUBGOAL])
async def test_what_only_waits_can_not_go_wrong_and_is_left_out(database: Database, what: WaitingFor) -> None:
    assert await lived(database, task_of("wait"), (0, waiting(what)), (9, done())) == History()


async def test_a_choice_is_an_answer(database: Database) -> None:
    events = [(0, waiting(WaitingFor.DECISION)), (5, done(by_person=True))]
    found = await lived(database, task_of("decide"), *events)
    assert found == History(answers=(Answer(person=ANN, hours=5.0, at=NOW + 5 * HOUR, chat=CHAT),))


async def test_a_number_that_was_reported_is_a_persons_run(database: Database) -> None:
    events = [(0, waiting(WaitingFor.MEASURE)), (5, FAILED)]
    found = await lived(database, task_of("measure"), *events)
    assert [(one.doing.person, one.worked, one.hours) for one in found.experiences] == [(ANN, False, 5.0)]


async def test_a_programs_goals_have_nobody(database: Database) -> None:
    found = await lived(database, task_of("decide"), (0, waiting(WaitingFor.DECISION)), (5, done()), owner=None)
    assert found == History()


async def test_what_ended_before_is_not_read(database: Database) -> None:
    await lived(database, task_of("agent"), (0, STARTED), (2, FAILED), (4, RESET), (5, AGAIN), (6, done()))
    assert runs(await database.queries.history(NOW + 3 * HOUR)) == [(True, 1.0)]
    assert await database.queries.history(NOW + 6 * HOUR) == History()


async def test_of_very_many_runs_the_newest_are_read(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.experience.MOST_RUNS", 1)
    events = [(0, STARTED), (2, FAILED), (4, RESET), (5, AGAIN), (6, done())]
    assert runs(await lived(database, task_of("agent"), *events)) == [(True, 1.0)]


def blockage(number: int, kind: BlockageKind, from_whom: str) -> Blockage:
    return Blockage(
        number=BlockageNumber(number), task=ONE, kind=kind, description="", needed="", from_whom=from_whom, how="",
        strategy=Strategy.ASK, raised_at=NOW,
    )  # fmt: skip


def resolved(number: int, hours: float, what: str) -> Sequence[Recorded]:
    at = NOW + hours * HOUR
    tried = e.ResolutionTried(number=BlockageNumber(number), attempt=ResolutionAttempt(at=at, what=what, result=""))
    closed = e.BlockageResolved(number=BlockageNumber(number), resolution="")
    return [Recorded(event=one, at=at, cause=Cause("test")) for one in (tried, closed)]


async def test_a_blockage_that_a_person_lifted_is_an_answer(database: Database) -> None:
    external, resource = BlockageKind.EXTERNAL, BlockageKind.RESOURCE
    raised = [
        blockage(1, external, "you"),
        blockage(2, external, "the bank"),
        blockage(3, resource, ""),
        blockage(4, external, ""),
    ]
    goal = replace(plain_goal(1, tasks=1), owner=ANN, blockages={one.number: one for one in raised})
    await database.ledger.commit(created(goal))
    events = [*resolved(1, 4, "you"), *resolved(2, 5, "you"), *resolved(3, 6, "you"), *resolved(4, 7, "wait")]
    await database.ledger.commit(batch(change(goal, replace(goal, blockages={}, revision=2), *events)))
    found = await database.queries.history(LONG_AGO)
    assert found == History(answers=(Answer(person=ANN, hours=4.0, at=NOW + 4 * HOUR, chat=CHAT),))


async def test_histories_of_all_chats_come_oldest_end_first(database: Database) -> None:
    for number, hours in ((1, 9.0), (2, 3.0), (3, 6.0)):
        goal = replace(plain_goal(number), chat=ChatId(number), tasks={ONE: task_of("agent")}, last_task=1)
        await database.ledger.commit(created(goal))
        recorded = [
            Recorded(event=one, at=NOW + at * HOUR, cause=Cause("t")) for at, one in ((0, STARTED), (hours, done()))
        ]
        await database.ledger.commit(batch(change(goal, replace(goal, revision=2), *recorded)))
    found = await database.queries.history(LONG_AGO)
    assert [one.chat for one in found.experiences] == [2, 3, 1]


def columns(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute("PRAGMA table_xinfo(goal_tasks)")]


def test_from_the_released_schema_the_tables_become_those_of_an_empty_start(tmp_path: Path) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    with closing(connect(old)) as released, closing(connect(new)) as empty:
        migrate(released, old, shipped()[:1], NOW)
        migrate(released, old, shipped(), NOW)
        migrate(empty, new, shipped(), NOW)
        assert columns(released) == columns(empty)
        schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
        assert released.execute(schema).fetchall() == empty.execute(schema).fetchall()


async def test_tasks_of_the_released_schema_are_learned_from_too(path: Path, clock: StillClock) -> None:
    """Their plans gave no odds: they count as given 90 %."""
    with closing(connect(path)) as released:
        migrate(released, path, shipped()[:1], NOW)
        goal = released.execute("PRAGMA table_info(executor_goals)").fetchall()
        _fill(released, "executor_goals", [column[1:4] for column in goal], {"id": 1, "owner": 7, "chat": 5})
        task = released.execute("PRAGMA table_info(goal_tasks)").fetchall()
        given = {"goal": 1, "number": 1, "work": "agent", "title": "Fix it", "estimate": "[1,2,5]", "inputs": "{}"}
        _fill(released, "goal_tasks", [column[1:4] for column in task], given)
        for event, at in (("task_started", NOW), ("task_completed", NOW + HOUR)):
            row = (1, 1, event, at.isoformat(timespec="microseconds"), "", "{}")
            sql = "INSERT INTO goal_execution_log (goal, task, event, at, cause, details) VALUES (?, ?, ?, ?, ?, ?)"
            released.execute(sql, row)
    async with open_database(path, clock=clock) as database:
        (found,) = (await database.queries.history(LONG_AGO)).experiences
    assert (found.success, found.hours, found.doing) == (0.9, 1.0, Doing(work="agent", kind="fix"))


def _fill(
    connection: sqlite3.Connection, table: str, columns: Sequence[tuple[str, str, int]], given: dict[str, object]
) -> None:
    """A row with these values, and something that fits in all other columns that need it."""
    plain: dict[str, object] = {"TEXT": NOW.isoformat(timespec="microseconds"), "INTEGER": 0, "REAL": 0.0}
    row = {name: given.get(name, plain[kind]) for name, kind, needed in columns if needed or name in given}
    sql = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
    connection.execute(sql, list(row.values()))  # type: ignore[arg-type] # what a column takes
