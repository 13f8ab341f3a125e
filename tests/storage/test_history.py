"""What events leave behind: log, progress, adaptations, attempts, plans, resolved blockages, notices and milestones."""

import datetime as dt
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from engine import events as e
from engine.blockages import Blockage, BlockageKind, ResolutionAttempt, Strategy
from engine.events import Recorded
from engine.folding import fold
from engine.goals import Goal, GoalStatus
from engine.plans import AdaptationNeed, Plan, PlannedTask, Repair, Trigger
from engine.records import LogRow
from engine.reporting.notices import Notice, NoticeKind
from engine.tasks import Lease, Outcome, Task, TaskStatus
from engine.values import BlockageNumber, BootId, Cause, GoalId, TaskNumber
from storage.database import Database
from tests.storage.made_goals import CHAT, NOW, batch, change, created, plain_goal

LATER = NOW + dt.timedelta(minutes=5)
LEASE = Lease(attempt=1, boot=BootId("boot-1"), until=LATER)
NEED = AdaptationNeed(reason="it rains", trigger=Trigger.WORLD_CHANGED, deviation=0.4, since=NOW)


def after(goal: Goal, *events: e.Event, at: dt.datetime = NOW) -> Goal:
    for event in events:
        goal = fold(goal, event, at)
    return replace(goal, revision=goal.revision + 1)


async def do(database: Database, goal: Goal, *events: e.Event, at: dt.datetime = NOW) -> Goal:
    """Fold the events into the goal and commit that as one change."""
    new = after(goal, *events, at=at)
    recorded = [Recorded(event=event, at=at, cause=Cause("test")) for event in events]
    await database.ledger.commit(batch(change(goal, new, *recorded)))
    return new


def rows(path: Path, sql: str) -> list[Mapping[str, object]]:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(sql)]
    finally:
        connection.close()


async def test_each_event_is_one_row_of_the_log_with_its_fields(database: Database) -> None:
    goal = plain_goal(1, tasks=2)
    await database.ledger.commit(created(goal))
    await do(database, goal, e.TaskStarted(task=TaskNumber(2), lease=LEASE), e.NoteAdded(note="windy"))
    log = await database.queries.log(GoalId(1), before=None, limit=9)
    assert [(row.event, row.task) for row in log] == [("note_added", None), ("task_started", 2), ("goal_created", None)]
    assert log[0].details == {"note": "windy"}
    assert log[1].details == {"task": 2, "lease": {"attempt": 1, "boot": "boot-1", "until": "2026-03-01T12:05:00Z"}}
    assert log[2].details == {"name": "goal 1", "criteria": [], "parent": None}
    assert log[1].at == NOW
    assert log[1].cause == "test"


async def test_the_log_is_paged_from_the_newest_on(database: Database) -> None:
    goal = plain_goal(1)
    await database.ledger.commit(created(goal))
    await do(database, goal, *(e.NoteAdded(note=str(n)) for n in range(5)))
    seen: list[LogRow] = []
    while page := await database.queries.log(GoalId(1), before=seen[-1].sequence if seen else None, limit=2):
        seen.extend(page)
    assert [row.details.get("note", "created") for row in seen] == ["4", "3", "2", "1", "0", "created"]


async def test_progress_keeps_every_step_status_and_note(database: Database) -> None:
    goal = plain_goal(1)
    await database.ledger.commit(created(goal))
    goal = await do(database, goal, e.ProgressMade(progress=0.5), e.NoteAdded(note="half way"))
    await do(database, goal, e.GoalPaused(reason="holidays"))
    history = await database.queries.progress(GoalId(1))
    assert [(row.progress, row.status, row.note) for row in history] == [
        (0.0, GoalStatus.ACTIVE, ""),
        (0.5, GoalStatus.ACTIVE, ""),
        (0.5, GoalStatus.ACTIVE, "half way"),
        (0.5, GoalStatus.PAUSED, "holidays"),
    ]


async def test_an_attempt_has_its_row_from_its_start_to_the_event_that_ended_it(database: Database) -> None:
    goal = plain_goal(1, tasks=1)
    await database.ledger.commit(created(goal))
    running = await do(database, goal, e.TaskStarted(task=TaskNumber(1), lease=LEASE))
    (attempt,) = await database.queries.attempts(GoalId(1))
    assert (attempt.result, attempt.ended_at, attempt.boot) == ("running", None, "boot-1")
    assert await database.queries.leased() == [(1, 1, "boot-1")]
    retry = e.TaskRetryScheduled(task=TaskNumber(1), error="no answer", due_at=LATER)
    ended = Recorded(event=retry, at=LATER, cause=Cause("attempt"), closed=LEASE)
    await database.ledger.commit(batch(change(running, after(running, retry, at=LATER), ended)))
    (attempt,) = await database.queries.attempts(GoalId(1))
    assert (attempt.result, attempt.ended_at, attempt.error) == ("task_retry_scheduled", LATER, "no answer")
    assert await database.queries.leased() == []


async def test_an_attempt_that_starts_and_ends_in_one_batch_is_whole(database: Database) -> None:
    goal = plain_goal(1, tasks=1)
    await database.ledger.commit(created(goal))
    start = e.TaskStarted(task=TaskNumber(1), lease=LEASE)
    end = e.TaskCompleted(task=TaskNumber(1), outcome=Outcome(summary="done"))
    recorded = (
        Recorded(event=start, at=NOW, cause=Cause("a")),
        Recorded(event=end, at=LATER, cause=Cause("b"), closed=LEASE),
    )
    await database.ledger.commit(batch(change(goal, after(goal, start, end), *recorded)))
    (attempt,) = await database.queries.attempts(GoalId(1))
    assert (attempt.started_at, attempt.ended_at, attempt.result) == (NOW, LATER, "task_completed")


def blockage(number: int) -> Blockage:
    return Blockage(
        number=BlockageNumber(number),
        task=None,
        kind=BlockageKind.EXTERNAL,
        description="the key is missing",
        strategy=Strategy.ASK,
        raised_at=NOW,
    )


async def test_a_blockage_leaves_the_goal_when_resolved_and_stays_in_the_history(database: Database) -> None:
    goal = plain_goal(1)
    await database.ledger.commit(created(goal))
    goal = await do(database, goal, e.BlockageRaised(blockage=blockage(1)))
    tried = ResolutionAttempt(at=NOW, what="asked", result="no answer yet")
    goal = await do(database, goal, e.ResolutionTried(number=BlockageNumber(1), attempt=tried))
    (row,) = await database.queries.goals_of(CHAT, ended=False, offset=0, limit=9)
    assert row.open_blockages == 1
    goal = await do(database, goal, e.BlockageResolved(number=BlockageNumber(1), resolution="found it"), at=LATER)
    assert (await database.ledger.load([GoalId(1)], [])).goals[GoalId(1)] == goal
    (kept,) = await database.queries.blockages(GoalId(1))
    assert (kept.resolution, kept.resolved_at, kept.strategy) == ("found it", LATER, "ask")
    assert [attempt["what"] for attempt in kept.tried] == ["asked"]
    (row,) = await database.queries.goals_of(CHAT, ended=False, offset=0, limit=9)
    assert row.open_blockages == 0


async def test_a_blockage_raised_and_resolved_in_one_batch_is_in_the_history(database: Database) -> None:
    goal = plain_goal(1)
    await database.ledger.commit(created(goal))
    tried = ResolutionAttempt(at=NOW, what="reordered", result="it runs")
    await do(
        database,
        goal,
        e.BlockageRaised(blockage=blockage(1)),
        e.ResolutionTried(number=BlockageNumber(1), attempt=tried),
        e.BlockageResolved(number=BlockageNumber(1), resolution="reordered"),
    )
    (kept,) = await database.queries.blockages(GoalId(1))
    assert (kept.resolution, len(kept.tried)) == ("reordered", 1)


async def test_plans_keep_every_version_with_what_became_of_it(database: Database, path: Path) -> None:
    goal = plain_goal(1, status=GoalStatus.PLANNING)
    await database.ledger.commit(created(goal))
    plan = Plan(tasks=(PlannedTask(key="a", title="go"),), source="methods", advice=("be brief",))
    task = Task(number=TaskNumber(1), title="go")
    goal = await do(database, goal, e.PlanMade(version=1, plan=plan, tasks=(task,)))
    goal = await do(database, goal, e.PlanAdopted())
    growing = Repair(summary="one more", grows=True, source="methods")
    goal = await do(database, goal, e.RepairProposed(version=2, need=NEED, repair=growing))
    goal = await do(database, goal, e.RepairRejected(version=2))
    adapted = e.PlanAdapted(number=1, old_version=1, new_version=3, need=NEED, repair=growing, kept=())
    more = e.TaskAdded(task=Task(number=TaskNumber(2), title="umbrella", depends_on=(TaskNumber(1),), plan_version=3))
    await do(database, goal, adapted, more)
    found = rows(path, "SELECT version, status, source FROM plans ORDER BY version")
    assert [(row["version"], row["status"]) for row in found] == [(1, "superseded"), (2, "rejected"), (3, "adopted")]
    stored = await database.queries.plan(GoalId(1), 1)
    assert isinstance(stored, dict)
    assert stored["advice"] == ["be brief"]
    assert await database.queries.plan(GoalId(1), 9) is None
    (adaptation,) = await database.queries.adaptations(GoalId(1))
    assert (adaptation.old_version, adaptation.new_version, adaptation.deviation) == (1, 3, 0.4)
    assert (adaptation.reason, adaptation.trigger, adaptation.summary) == ("it rains", "world_changed", "one more")
    assert isinstance(adaptation.old_plan, list)
    assert isinstance(adaptation.new_plan, list)
    assert (len(adaptation.old_plan), len(adaptation.new_plan)) == (1, 2)


async def test_a_milestone_counts_as_told_once_telegram_has_its_message(database: Database, path: Path) -> None:
    goal = plain_goal(1)
    await database.ledger.commit(created(goal))
    reached = e.MilestoneReached(milestone=goal.milestones[0])
    marks = Notice(
        kind=NoticeKind.MILESTONES,
        chat=CHAT,
        goal=GoalId(1),
        facts={"marks": [{"name": "Planning Complete", "percent": 10}], "progress": 0.1},
    )
    await database.ledger.commit(batch(change(goal, after(goal, reached), reached, notices=[marks])))
    told = "SELECT percent, notified, notified_at FROM goal_milestones WHERE achieved_at IS NOT NULL"
    assert rows(path, told) == [{"percent": 10, "notified": 0, "notified_at": None}]
    (queued,) = await database.outbox.queued(9)
    assert queued.notice == marks
    await database.outbox.sending(queued.id)
    await database.outbox.sent(queued.id, 77, LATER)
    assert rows(path, told) == [{"percent": 10, "notified": 1, "notified_at": LATER.isoformat(timespec="microseconds")}]


async def test_new_checkpoints_take_the_place_of_those_that_were_never_reached(database: Database) -> None:
    goal = plain_goal(1, status=GoalStatus.PLANNING)
    await database.ledger.commit(created(goal))
    for version, names in ((1, ("a", "b")), (2, ("c",))):
        tasks = tuple(
            Task(number=TaskNumber(10 * version + n), title=name, checkpoint=name) for n, name in enumerate(names)
        )
        goal = await do(database, goal, e.PlanMade(version=version, plan=Plan(tasks=(), source="test"), tasks=tasks))
        assert (await database.ledger.load([GoalId(1)], [])).goals[GoalId(1)] == goal
        goal = await do(database, goal, e.PlanningStarted())
    assert [mark.name for mark in goal.milestones[5:]] == ["c"]


async def test_every_kind_of_event_can_be_written(database: Database, path: Path) -> None:
    """No event may be unknown to the encoder: each is committed, whatever it does to the goal."""
    goal = plain_goal(1, tasks=1)
    await database.ledger.commit(created(goal))
    need, repair = NEED, Repair(rewire={TaskNumber(1): ("#2",)}, reset=(TaskNumber(1),))
    given: list[e.Event] = [
        e.GoalEdited(name="n", description="d", criteria=("c",), priority=goal.priority, deadline=NOW),
        e.TasksReordered(order=(TaskNumber(1),)),
        e.TaskRewired(task=TaskNumber(1), depends_on=()),
        e.TaskFailed(task=TaskNumber(1), error="x"),
        e.AdaptationNeeded(need=need),
        e.RepairProposed(version=2, need=need, repair=repair),
        e.StrategySet(kind=BlockageKind.ERROR, strategy=Strategy.SKIP),
        e.DeadlinePassed(grace_until=LATER),
    ]
    next_value = replace(goal, revision=2)
    await database.ledger.commit(batch(change(goal, next_value, *given)))
    log = await database.queries.log(GoalId(1), before=None, limit=99)
    by_name = {row.event: row.details for row in log}
    assert by_name["repair_proposed"]["repair"] == {
        "reset": [1], "supersede": [], "add": [], "rewire": {"1": ["#2"]}, "serves": {}, "order": [], "source": "",
        "summary": "", "grows": False, "tree": None, "session": None, "settled": False, "holds": [],
    }  # fmt: skip
    assert by_name["strategy_set"] == {"kind": "error", "strategy": "skip"}
    assert len(log) == len(given) + 1


async def test_a_status_that_did_not_change_leaves_no_progress_row(database: Database) -> None:
    goal = plain_goal(1, tasks=1)
    await database.ledger.commit(created(goal))
    await do(database, goal, e.TaskSkipped(task=TaskNumber(1), why="not needed"))
    assert len(await database.queries.progress(GoalId(1))) == 1
    loaded = (await database.ledger.load([GoalId(1)], [])).goals[GoalId(1)]
    assert loaded.tasks[TaskNumber(1)].status is TaskStatus.SKIPPED
