"""A branch is laid on its base beside the chat: at once or after a restart, told once, and nothing is left behind."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from msgspec import convert

from engine.coding.making import MadeWorkbench
from engine.coding.remembering import answered_with, rebase_told, rebase_wanted, wanted_rebase
from engine.coding.reports import CodeReport, HandIn, LaidOnBase
from engine.coding.workspaces import WorkspaceStatus
from engine.commands import Origin
from engine.decisions import Moment
from engine.errors import PermanentError, RefusedError, ResourceBlocked, TemporaryError
from engine.executor import AutonomousGoalExecutor
from engine.goals import GoalStatus
from engine.reporting.notices import Notice, NoticeKind
from engine.values import Cause, ChatId, UserId
from tests.engine.coding.conftest import Opening
from tests.engine.coding.shop import CURE, RED_TEST, Life, benches_of, git
from tests.engine.lives import START, new_goal
from tests.waiting import others_at_work

Method = Callable[..., Awaitable[object]]


async def fixed(executor: AutonomousGoalExecutor) -> Life:
    """A goal of a chat whose fix is committed."""
    life = Life(executor)
    life.origin = Origin(chat=ChatId(100), owner=UserId(7), cause=Cause("update:1"))
    await life.go_on()
    await life.hand_in(HandIn(files=RED_TEST))
    assert (await life.hand_in(HandIn(patch=CURE))).has_ended
    await life.closed()
    return life


def move_base(shop: Path, file: str = "README.md", text: str = "A shop\n") -> None:
    (shop / file).write_text(text)
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", f"Change {file}")


async def workbench_of(executor: AutonomousGoalExecutor) -> MadeWorkbench:
    assert executor.workbench is not None
    made = await executor.workbench.get()
    assert isinstance(made, MadeWorkbench)
    return made


async def told(executor: AutonomousGoalExecutor) -> list[Notice]:
    """The reports that are on their way, once nothing more is under way."""
    assert executor.announcer is not None
    async with asyncio.timeout(60):
        while not executor.announcer.is_idle:
            await others_at_work()
    rows = await executor.notifier._outbox.queued(100)
    return [row.notice for row in rows if row.notice is not None and row.notice.kind is NoticeKind.CODE_REPORT]


def laid(notice: Notice) -> LaidOnBase | None:
    return convert(notice.facts["laid"], LaidOnBase | None)


def reported(notice: Notice) -> CodeReport:
    return convert(notice.facts["report"], CodeReport)


async def status_of(life: Life) -> WorkspaceStatus:
    workspace = await (await life.benches()).sources.store.workspace(life.id)
    assert workspace is not None
    return workspace.status


@pytest.mark.long  # workspace/git/test_rebasing.py has one that is cut off
async def test_a_rebase_that_is_cut_off_is_done_after_the_restart_and_told_once_however_often_it_was_asked_for(
    opening: Opening, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def never_ends(*_: object, **__: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with opening() as executor:
        life = await fixed(executor)
        assert [laid(one) for one in await told(executor)] == [None]
        move_base(shop)
        monkeypatch.setattr(benches_of(executor).edges.sandbox, "run", never_ends)
        for press in ("update:7", "update:8"):
            await (await workbench_of(executor)).want_rebase(life.id, Cause(press))
        await asyncio.wait_for(begun.wait(), 60)
        await executor.announcer.stop(0.0)  # type: ignore[union-attr]  # it is set up
        assert git(shop, "worktree", "list").count("\n") == 2, "it was in the middle"
    async with opening() as executor:
        life.executor = executor
        for _ in range(2):
            await executor.look_after_goals()
            _, notice = await told(executor)
            assert laid(notice) == LaidOnBase()
            assert (reported(notice).proven, reported(notice).tests_after) == (True, "3 passed")
            assert await status_of(life) is WorkspaceStatus.REMOVED
            assert git(shop, "worktree", "list").count("\n") == 1
        await (await workbench_of(executor)).want_rebase(life.id, Cause("update:8"))  # the press comes again
        await executor.look_after_goals()
        assert len(await told(executor)) == 2
        benches = benches_of(executor)
        closed = await benches.known(life.id)
        at_once = await asyncio.gather(benches.in_use(closed), benches.in_use(closed))
        assert {one.status for one in at_once} == {WorkspaceStatus.MAKING}, "the press and the job that it began"


def cut_off(method: Method, *, after: bool) -> Method:
    """A method that is cut off, before it does anything or after it has."""

    async def cut(*args: object, **facts: object) -> object:
        if after:
            await method(*args, **facts)
        raise TemporaryError("cut off")

    return cut


@pytest.mark.long  # a whole life; the test above is cut off where it takes longest
async def test_wherever_the_end_of_a_rebase_is_cut_off_it_is_told_once_and_nothing_is_left(
    executor: AutonomousGoalExecutor, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life, workbench = await fixed(executor), await workbench_of(executor)
    places = [
        *((workbench, name, after) for name in ("rebase", "report", "close") for after in (False, True)),
        (executor.notifier, "send_once", False),
        (executor.notifier, "send_once", True),
    ]
    for number, (place, name, after) in enumerate(places):
        if number % 4 == 0:
            move_base(shop, f"{number}.md")
        with monkeypatch.context() as patched:
            patched.setattr(place, name, cut_off(getattr(place, name), after=after))
            await workbench.want_rebase(life.id, Cause(f"press:{number}"))
            await told(executor)
        for _ in range(2):
            await executor.look_after_goals()
            notices = await told(executor)
            assert len(notices) == number + 2, (name, after)
            assert reported(notices[-1]).proven
            assert await status_of(life) is WorkspaceStatus.REMOVED
            assert git(shop, "worktree", "list").count("\n") == 1


@pytest.mark.long  # a whole life; handlers/code/test_branches.py has the words
async def test_what_can_not_be_laid_there_is_told_with_its_reason_and_a_repository_that_is_away_is_waited_for(
    executor: AutonomousGoalExecutor, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life, workbench = await fixed(executor), await workbench_of(executor)
    move_base(shop, "shop.py", "total = sum\n")
    await workbench.want_rebase(life.id, Cause("update:1a"))
    assert laid((await told(executor))[-1]) == LaidOnBase(conflicts=("shop.py",))
    for number, error in enumerate((PermanentError("it holds merges"), RefusedError("uncommitted", "left open"))):
        with monkeypatch.context() as patched:
            patched.setattr(workbench, "rebase", raising(error))
            await workbench.want_rebase(life.id, Cause(f"update:{number}b"))
            assert laid((await told(executor))[-1]) == LaidOnBase(fault=str(error))
    assert await status_of(life) is WorkspaceStatus.REMOVED
    count = len(await told(executor))
    with monkeypatch.context() as patched:
        patched.setattr(workbench, "rebase", raising(ResourceBlocked("it", "it is away")))
        await workbench.want_rebase(life.id, Cause("update:2c"))
        assert len(await told(executor)) == count
    await executor.look_after_goals()
    assert len(await told(executor)) == count + 1
    away = shop.rename(shop.with_name("away"))
    with pytest.raises(ResourceBlocked, match="is not where it was: there is no folder"):
        await workbench.want_rebase(life.id, Cause("update:3d"))
    away.rename(shop)
    assert wanted_rebase(await life.goal()) is None


def raising(error: Exception) -> Method:
    async def raises(*_: object) -> None:
        raise error

    return raises


def test_a_wish_is_one_until_it_is_told_and_of_one_end_of_its_goal() -> None:
    moment = Moment(now=START, cause=Cause("x"))
    with pytest.raises(RefusedError, match="still works"):
        rebase_wanted(Cause("a"))(new_goal(), moment)
    ended = new_goal(status=GoalStatus.COMPLETED, ended_at=START)
    (event,) = rebase_wanted(Cause("a"))(ended, moment)
    wished = new_goal(status=GoalStatus.COMPLETED, ended_at=START, metadata=event.metadata)  # type: ignore[union-attr]  # it edits
    assert wanted_rebase(wished) == "a"
    assert rebase_wanted(Cause("b"))(wished, moment) == []
    assert rebase_told(Cause("b"))(wished, moment) == []
    (event,) = rebase_told(Cause("a"))(wished, moment)
    over = new_goal(status=GoalStatus.COMPLETED, ended_at=START, metadata=event.metadata)  # type: ignore[union-attr]  # it edits
    assert wanted_rebase(over) is None
    assert wanted_rebase(new_goal(metadata=wished.metadata)) is None, "it was opened again"


def test_an_answer_names_the_files_that_it_was_about_and_no_others() -> None:
    goal = new_goal(metadata={"answered_by": {"test_b.py": "update:2", "test_a.py": "update:2", "old.py": "update:1"}})
    assert answered_with(goal, Cause("update:2")) == ["test_a.py", "test_b.py"]
    assert answered_with(new_goal(), Cause("update:2")) == []
