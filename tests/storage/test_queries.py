"""What could run, what waits, what a chat's list shows, and the export."""

import contextlib
import datetime as dt
import json
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.agents.runs.facts import ApprovalKind, Call, CallStatus, NewRun, Question, RunKind
from engine.blockages import Blockage, BlockageKind
from engine.events import BlockageResolved, NoteAdded
from engine.goals import Goal, GoalStatus, ParentTask, Priority
from engine.plans import AdaptationNeed, Trigger
from engine.records import ChatSettings, Outgoing
from engine.tasks import TaskStatus
from engine.values import BlockageNumber, BootId, ChatId, GoalId, TaskNumber
from storage.connections import Reader, SqlValue, connect
from storage.database import Database
from tests.storage.made_goals import CHAT, NOW, batch, change, created, plain_goal, with_task

HOUR = dt.timedelta(hours=1)


async def ready(database: Database, now: dt.datetime = NOW, limit: int = 99) -> list[tuple[int, int]]:
    return [(task.goal, task.task) for task in await database.queries.ready(now, limit)]


async def test_ready_is_ranked_by_priority_then_deadline_then_age_then_plan(database: Database) -> None:
    second = plain_goal(4, tasks=3)
    loose = replace(second, tasks={n: replace(t, depends_on=(), position=9 - n) for n, t in second.tasks.items()})
    await database.ledger.commit(
        created(
            plain_goal(1, tasks=2),
            plain_goal(2, tasks=1, deadline=NOW + HOUR),
            plain_goal(3, tasks=1, deadline=NOW + 2 * HOUR, priority=Priority.URGENT),
            loose,
            plain_goal(5, tasks=1, priority=Priority.LOW, deadline=NOW),
        )
    )
    assert await ready(database) == [(3, 1), (2, 1), (1, 1), (4, 3), (4, 2), (4, 1), (5, 1)]
    assert await ready(database, limit=2) == [(3, 1), (2, 1)]


async def test_only_due_tasks_of_active_goals_whose_dependencies_ended_are_ready(database: Database) -> None:
    goal = plain_goal(1, tasks=2)
    await database.ledger.commit(created(goal, plain_goal(2, tasks=1, status=GoalStatus.PAUSED)))
    postponed = with_task(goal, 1, due_at=NOW + HOUR)
    await database.ledger.commit(batch(change(goal, postponed)))
    assert await ready(database) == []
    assert await ready(database, NOW + HOUR) == [(1, 1)]
    done = with_task(postponed, 1, status=TaskStatus.COMPLETED)
    await database.ledger.commit(batch(change(postponed, done)))
    assert await ready(database) == [(1, 2)]


async def test_a_task_is_ready_as_soon_as_all_that_it_depends_on_has_ended_and_no_longer(database: Database) -> None:
    goal = plain_goal(1, tasks=3)
    await database.ledger.commit(created(goal))
    assert await ready(database) == [(1, 1)]
    done = with_task(goal, 1, status=TaskStatus.COMPLETED)
    await database.ledger.commit(batch(change(goal, done)))
    assert await ready(database) == [(1, 2)]
    skipped = with_task(done, 2, status=TaskStatus.SKIPPED)
    rewired = replace(with_task(skipped, 3, depends_on=(TaskNumber(1), TaskNumber(2))), revision=3)
    await database.ledger.commit(batch(change(done, rewired)))
    assert await ready(database) == [(1, 3)]
    undone = with_task(rewired, 2, status=TaskStatus.PENDING)
    await database.ledger.commit(batch(change(rewired, undone)))
    assert await ready(database) == [(1, 2)]


@pytest.mark.parametrize("status", [s for s in TaskStatus if s is not TaskStatus.PENDING])
async def test_a_task_that_is_not_pending_is_not_ready(database: Database, status: TaskStatus) -> None:
    goal = plain_goal(1, tasks=1)
    await database.ledger.commit(created(goal))
    await database.ledger.commit(batch(change(goal, with_task(goal, 1, status=status))))
    assert await ready(database) == []


async def test_jobs_are_goals_in_planning_and_those_not_ended_that_need_adapting(database: Database) -> None:
    need = AdaptationNeed(reason="r", trigger=Trigger.REQUESTED, since=NOW)
    await database.ledger.commit(
        created(
            plain_goal(1, status=GoalStatus.PLANNING),
            plain_goal(2),
            plain_goal(3, adapting=need),
            plain_goal(4, adapting=need, status=GoalStatus.BLOCKED),
            plain_goal(5, adapting=need, status=GoalStatus.PAUSED),
            plain_goal(6, adapting=need, status=GoalStatus.PROPOSED),
            plain_goal(7, adapting=need, status=GoalStatus.FAILED),
        )
    )
    assert await database.queries.with_jobs() == [1, 3, 4, 5, 6]


async def test_goals_alive_are_paged_by_id(database: Database) -> None:
    made = [plain_goal(n, status=status) for n, status in enumerate(GoalStatus, start=1)]
    await database.ledger.commit(created(*made))
    expected = [g.id for g in made if g.status in ("planning", "proposed", "active", "blocked")]
    first = await database.queries.alive(GoalId(0), 3)
    assert [*first, *(await database.queries.alive(first[-1], 9))] == expected


async def test_a_chat_lists_its_own_goals_without_sub_goals_newest_change_first(database: Database) -> None:
    parent = ParentTask(goal=GoalId(1), task=TaskNumber(1))
    await database.ledger.commit(
        created(
            plain_goal(1),
            plain_goal(2, updated_at=NOW + HOUR, deadline=NOW),
            plain_goal(3, parent=parent),
            plain_goal(4, chat=ChatId(5)),
            plain_goal(5, chat=None),
            plain_goal(6, status=GoalStatus.COMPLETED, progress=1.0),
        )
    )
    queries = database.queries
    assert [row.id for row in await queries.goals_of(CHAT, ended=False, offset=0, limit=9)] == [2, 1]
    assert [row.id for row in await queries.goals_of(CHAT, ended=False, offset=1, limit=9)] == [1]
    assert [(row.id, row.progress) for row in await queries.goals_of(CHAT, ended=True, offset=0, limit=9)] == [(6, 1.0)]
    assert [row.id for row in await queries.goals_of(None, ended=False, offset=0, limit=9)] == [5]
    assert (await queries.count_goals(CHAT, ended=False), await queries.count_goals(None, ended=False)) == (2, 1)
    assert await queries.children(GoalId(1)) == [3]


async def test_a_list_counts_what_holds_up_a_goal_or_one_that_serves_it(database: Database) -> None:
    def served(goal: int) -> ParentTask:
        return ParentTask(goal=GoalId(goal), task=TaskNumber(1))

    def held(goal: Goal) -> Goal:
        blockage = Blockage(
            number=BlockageNumber(1), task=TaskNumber(1), kind=BlockageKind.EXTERNAL, description="?", raised_at=NOW
        )
        return replace(goal, blockages={blockage.number: blockage}, last_blockage=1)

    goals = [plain_goal(1), plain_goal(2, parent=served(1)), plain_goal(3, parent=served(2)), plain_goal(4)]
    await database.ledger.commit(created(*goals))
    await database.ledger.commit(batch(*(change(goal, held(goal)) for goal in (goals[0], goals[2]))))
    rows = await database.queries.goals_of(CHAT, ended=False, offset=0, limit=9)
    assert {row.id: row.open_blockages for row in rows} == {1: 2, 4: 0}


async def test_what_the_loops_look_for_is_found_without_reading_what_is_settled(
    database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Sequence[object]]] = []
    rows = Reader.rows

    async def noted(reader: Reader, sql: str, values: Sequence[SqlValue] = ()) -> list[sqlite3.Row]:
        asked.append((sql, values))
        return await rows(reader, sql, values)

    monkeypatch.setattr(Reader, "rows", noted)
    await database.outbox.queued(9, [CHAT], NOW)
    await database.outbox.recipients()
    await database.inbox.waiting(9, [CHAT])
    await database.conversations.cards()
    await database.conversations.goal_owners(CHAT)
    queries = database.queries
    await queries.ready(NOW, 9)
    await queries.due(NOW, 9)
    await queries.next_due()
    await queries.leased()
    await queries.with_jobs()
    await queries.goals_of(CHAT, ended=False, offset=0, limit=9)
    await queries.children(GoalId(1))
    with contextlib.closing(connect(path, read_only=True)) as connection:
        steps = [row[3] for sql, values in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    whole = re.compile(
        r"SCAN (executor_goals|goal_tasks|goal_blockages|wakeups|inbox|outbox|cards|g|t|c|b)( |$)(?!USING)"
    )
    assert len(asked) == 12
    assert [step for step in steps if whole.match(step)] == []


async def test_goals_under_way_that_wait_for_a_resource_are_found_and_no_others(database: Database) -> None:
    def held(number: int, kind: BlockageKind, **facts: object) -> Goal:
        blockage = Blockage(
            number=BlockageNumber(1), task=TaskNumber(1), kind=kind, description="no gpu", needed="gpu", raised_at=NOW
        )
        return replace(plain_goal(number, tasks=1), blockages={blockage.number: blockage}, **facts)  # type: ignore[arg-type]  # the facts are fields

    short = held(1, BlockageKind.RESOURCE)
    await database.ledger.commit(
        created(
            short,
            held(2, BlockageKind.EXTERNAL),
            held(3, BlockageKind.RESOURCE, status=GoalStatus.FAILED),
            held(4, BlockageKind.RESOURCE, status=GoalStatus.PAUSED),
            plain_goal(5),
        )
    )
    assert await database.queries.short_of_resources() == [1, 4]
    lifted = replace(short, blockages={}, revision=2)
    ended = BlockageResolved(number=BlockageNumber(1), resolution="it is back")
    await database.ledger.commit(batch(change(short, lifted, ended)))
    assert await database.queries.short_of_resources() == [4]


def nested(value: object) -> object:
    """The value as it is after a trip through JSON text."""
    return json.loads(json.dumps(value))


async def test_an_export_holds_every_row_of_the_chats_goals_and_nothing_of_others(database: Database) -> None:
    goal: Goal = plain_goal(1, tasks=2, metadata={"a": [1, None]})
    other = plain_goal(2, chat=ChatId(5), name="secret")
    await database.ledger.commit(batch(change(None, goal, wakeups={"task:1.2": NOW}), change(None, other)))
    noted = replace(goal, revision=2)
    await database.ledger.commit(batch(change(goal, noted, NoteAdded(note="windy")), causes={"update:1:0": 1}))
    await database.conversations.save_settings(ChatSettings(chat=CHAT, zone="Europe/Berlin"))
    await database.outbox.put([Outgoing(chat=CHAT, payload={"text": "hi"}, goal=goal.id)], NOW)
    exported = await database.queries.export(CHAT)
    assert isinstance(exported, dict)
    assert nested(exported) == exported
    assert "secret" not in json.dumps(exported)
    (found,) = exported["goals"]  # type: ignore[misc]  # checked by the equality below
    assert isinstance(found, dict)
    assert found["metadata"] == {"a": [1, None]}
    assert found["progress"] == 0.0, "the goal's own number is not hidden behind its history"
    sizes = {key: len(rows) for key, rows in found.items() if isinstance(rows, list) and key != "success_criteria"}
    assert sizes == {
        "tasks": 2, "dependencies": 1, "milestones": 5, "progress_history": 2, "adaptations": 0, "blockages": 0,
        "log": 2, "attempts": 0, "plans": 0, "reasoning_sessions": 0, "causes": 1, "cards": 0, "wakeups": 1, "spend": 0,
        "plan_options": 0, "in_vain": 0, "findings": 0, "merges": 0, "files": 0, "runs": 0,
        "workspaces": 0,
    }  # fmt: skip
    assert [len(exported[key]) for key in ("settings", "dialogue", "inbox", "outbox")] == [1, 0, 0, 1]  # type: ignore[arg-type]  # lists all


async def test_an_export_of_programs_goals_is_that_of_no_chat(database: Database) -> None:
    await database.ledger.commit(created(plain_goal(1), plain_goal(2, chat=None)))
    exported = await database.queries.export(None)
    assert isinstance(exported, dict)
    assert isinstance(exported["goals"], list)
    assert [goal["id"] for goal in exported["goals"] if isinstance(goal, dict)] == [2]


async def test_an_export_has_the_runs_of_goals_and_talk_with_what_they_did_and_asked_and_nobody_elses(
    database: Database,
) -> None:
    await database.ledger.commit(created(plain_goal(1, tasks=1), plain_goal(2, chat=ChatId(5))))
    asked = Question(call_id="c2", kind=ApprovalKind.CONSENT, tool="send", arguments={"words": "hi"}, words="Send?")
    boot = BootId("b")
    for new in (
        NewRun(key="task:1.1#1", kind=RunKind.TASK, goal=GoalId(1), task=TaskNumber(1), chat=CHAT),
        NewRun(key="turn:1", kind=RunKind.TURN, chat=CHAT),
        NewRun(key="task:2.1#1", kind=RunKind.TASK, goal=GoalId(2), task=TaskNumber(1), chat=ChatId(5)),
    ):
        run = await database.runs.take(await database.runs.begin(new, NOW), boot, NOW)
        assert run is not None
        call = Call(id="c1", tool="look", arguments={"at": "x"}, status=CallStatus.DONE, result='["page"]')
        await database.runs.keep_call(run, call, NOW)
        await database.runs.suspend(run, [asked], NOW)
    exported = await database.queries.export(CHAT)
    assert isinstance(exported, dict)
    assert isinstance(exported["goals"], list)
    goal = exported["goals"][0]
    assert isinstance(goal, dict)
    for runs, key in ((goal["runs"], "task:1.1#1"), (exported["runs"], "turn:1")):
        assert isinstance(runs, list)
        (told,) = runs
        assert isinstance(told, dict)
        assert (told["key"], told["status"]) == (key, "suspended")
        assert isinstance(told["calls"], list)
        (call_told,) = told["calls"]
        assert isinstance(call_told, dict)
        assert (call_told["tool"], call_told["arguments"], call_told["status"]) == ("look", {"at": "x"}, "done")
        assert isinstance(told["approvals"], list)
        (approval,) = told["approvals"]
        assert isinstance(approval, dict)
        assert (approval["words"], approval["arguments"], approval["status"]) == ("Send?", {"words": "hi"}, "open")
    assert "task:2.1" not in json.dumps(exported)
