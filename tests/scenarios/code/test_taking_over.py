"""A person takes over where a model gave up: they are told what it left, which comes in only if they say so."""

from pathlib import Path

import pytest

from engine.coding.reports import HandIn
from engine.errors import RefusedError
from engine.execution.hand_ins import Start, chosen_start, left_by_model
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.reporting.notices import NoticeKind
from engine.tasks import Task, TaskStatus
from engine.values import Cause
from tests.engine.coding.cases import CASES
from tests.engine.stage import until
from tests.engine.workspace.git.repositories import git
from tests.scenarios.code.authors import AGAIN, calls, edits, hands_in, who_cures
from tests.scenarios.code.office import Office, ended, pursued

CASE = next(case for case in CASES if case.kind == "off by one")
MODULE = f"{CASE.module}.py"
STRAY = calls(write_code={"path": "stray.py", "text": "LEFT = True\n"})
WRONG = (STRAY, *edits(MODULE, CASE.old, CASE.wrong))
STILL_WRONG = edits(MODULE, CASE.wrong, "range(0)")


def waiting(goal: Goal) -> Task | None:
    """The task that waits for code once it is known what the model left."""
    found = (task for task in goal.live_tasks if task.work == "hand_in_code" and left_by_model(task) is not None)
    return next((task for task in found if task.status is TaskStatus.WAITING), None)


async def given_up(executor: AutonomousGoalExecutor) -> tuple[Goal, Task]:
    goal = await pursued(executor, f"Fix the bug that {CASE.bug}", lambda one: waiting(one) is not None)
    task = waiting(goal)
    assert task is not None
    assert left_by_model(task) == ("stray.py", MODULE)
    return goal, task


def office_in(place: Path) -> Office:
    return Office(place, CASE.files, who_cures(CASE, change=WRONG, **{AGAIN: STILL_WRONG}))


def committed(office: Office) -> list[str]:
    return git(office.repository, "diff", "--name-only", "main", office.branches[0]).splitlines()


async def cured(executor: AutonomousGoalExecutor, goal: Goal, task: Task) -> None:
    hand_in = HandIn(files={MODULE: CASE.cured.encode()})
    await executor.take_in_code(goal.id, task.number, hand_in, Cause("update:9"))
    assert (await until(executor, goal.id, ended)).status is GoalStatus.COMPLETED


@pytest.mark.long  # handlers/code/test_handing_in.py has the choice
async def test_who_says_nothing_starts_clean_and_the_model_s_new_test_stays(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    async with office.open() as (executor, _):
        goal, task = await given_up(executor)
        told = [row.notice for row in await executor.notifier._outbox.queued(100)]
        assert [one.task for one in told if one and one.kind is NoticeKind.TASK_FOR_PERSON].count(task.number) == 2
        await cured(executor, goal, task)
        assert committed(office) == sorted([MODULE, CASE.new_test[0]])
        assert office.committed(MODULE) == CASE.cured
        assert office.is_untouched


@pytest.mark.long
async def test_who_wants_to_goes_on_with_what_was_left(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    async with office.open() as (executor, _):
        goal, task = await given_up(executor)
        for number, start in enumerate((Start.KEPT, Start.CLEAN, Start.KEPT, Start.KEPT)):
            newest = await executor.choose_start(goal.id, task.number, start, Cause(f"update:{number}"))
            assert chosen_start(newest.task(task.number)) is start
        await cured(executor, goal, task)
        assert committed(office) == sorted([MODULE, CASE.new_test[0], "stray.py"])
        with pytest.raises(RefusedError):
            await executor.choose_start(goal.id, task.number, Start.CLEAN, Cause("update:8"))


@pytest.mark.long
@pytest.mark.longest
async def test_what_is_not_taken_leaves_what_was_left_as_it_is(tmp_path: Path) -> None:
    office = office_in(tmp_path)
    async with office.open() as (executor, _):
        goal, task = await given_up(executor)
        await executor.take_in_code(goal.id, task.number, HandIn(patch=b"no patch"), Cause("update:1"))
        goal = await until(executor, goal.id, lambda one: one.task(task.number).status is TaskStatus.WAITING)
        assert left_by_model(goal.task(task.number)) == ("stray.py", MODULE)
        assert executor.workbench is not None
        diff = (await (await executor.workbench.get()).diff(goal.id)).text
        assert "+LEFT = True" in diff
        await cured(executor, goal, task)


@pytest.mark.long
async def test_where_the_model_left_nothing_nobody_is_asked(tmp_path: Path) -> None:
    office = Office(tmp_path, CASE.files, who_cures(CASE, change=(hands_in(),)))
    async with office.open() as (executor, _):
        goal = await pursued(executor, f"Fix the bug that {CASE.bug}", lambda one: waiting(one) is not None)
        task = waiting(goal)
        assert task is not None
        assert left_by_model(task) == ()
        told = [row.notice for row in await executor.notifier._outbox.queued(100)]
        assert [one.task for one in told if one and one.kind is NoticeKind.TASK_FOR_PERSON].count(task.number) == 1
