"""Runs against a scripted server and the real database: saved, guarded, approved, taken up again."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from pydantic_ai import ModelRetry, ToolFailed

from engine.agents.runs import guarding
from engine.agents.runs.facts import (
    ApprovalKind,
    ApprovalStatus,
    RunId,
    RunStatus,
    RunTakenError,
)
from engine.agents.runs.running import Finished, Suspended
from engine.errors import PermanentError, RefusedError, ResourceBlocked, TemporaryError
from engine.values import ChatId
from handlers.views.approvals import of_settled
from tests.engine.agents.runs.scripted_runs import (
    BOTH,
    SEND,
    Answer,
    answered,
    stage,
    told,
)
from tests.scripted_models import Turn


async def test_a_call_that_needs_approval_waits_for_it_and_is_made_once(tmp_path: Path) -> None:
    async with stage(tmp_path, [BOTH, answered()]) as on:
        await on.begin()
        suspended = await on.go_on()
        assert isinstance(suspended, Suspended)
        [asked] = suspended.approvals
        assert (asked.words, asked.arguments, asked.user) == ("send «hello»", {"words": "hello"}, 7)
        assert (on.world.sent, on.world.looked) == ([], 1)
        assert (await on.run()).status is RunStatus.SUSPENDED
        assert await on.answer(ApprovalStatus.APPROVED)
        assert (await on.run()).status is RunStatus.READY
        finished = await on.go_on("two")
        assert isinstance(finished, Finished)
        assert finished.output == Answer(said="done")
        assert (on.world.sent, on.world.looked) == (["hello"], 1)
        assert len(on.server.requests) == 2
        assert "sent hello" in told(on.server.requests[1])
        assert (await on.run()).output == '{"said":"done"}'


async def test_the_question_is_put_to_the_chat_with_the_run_and_only_once(tmp_path: Path) -> None:
    async with stage(tmp_path, [SEND]) as on:
        await on.begin()
        await on.go_on()
        await on.go_on("two")  # somebody takes it up although nobody has answered
        [row] = await on.database.outbox.queued(10)
        assert row.notice is not None
        assert row.notice.facts["words"] == "send «hello»"
        assert len(await on.database.runs.open_approvals()) == 1
        assert len(on.server.requests) == 1


async def test_a_no_goes_to_the_model_with_its_reason(tmp_path: Path) -> None:
    async with stage(tmp_path, [SEND, answered()]) as on:
        await on.begin()
        await on.go_on()
        await on.answer(ApprovalStatus.DENIED, "not before Monday")
        assert isinstance(await on.go_on(), Finished)
        assert on.world.sent == []
        assert "not before Monday" in told(on.server.requests[1])


async def test_an_expired_question_counts_as_no(tmp_path: Path) -> None:
    async with stage(tmp_path, [SEND, answered()]) as on:
        await on.begin()
        await on.go_on()
        assert await on.database.runs.expire(on.clock.now() + dt.timedelta(days=6)) == 0
        assert await on.database.runs.expire(on.clock.now() + dt.timedelta(days=8)) == 1
        assert isinstance(await on.go_on(), Finished)
        assert on.world.sent == []
        assert guarding.NO_ANSWER in told(on.server.requests[1])


async def test_a_question_that_expires_before_it_could_be_sent_is_put_no_more(tmp_path: Path) -> None:
    async with stage(tmp_path, [SEND]) as on:
        await on.begin()
        await on.go_on()
        await on.database.runs.expire(on.clock.now() + dt.timedelta(days=8))
        [row] = await on.database.outbox.queued(10)
        assert row.notice is not None
        assert (row.notice.facts["status"], row.notice.silent) == ("expired", True)
        settled = of_settled(row.notice)
        assert settled is not None
        assert "reply_markup" not in settled.payload
        assert "edit" not in settled.payload, "there is no message to change"


@pytest.mark.parametrize("is_settled", [False, True])
async def test_no_message_of_a_group_that_has_moved_is_changed_by_an_answer(tmp_path: Path, is_settled: bool) -> None:
    async with stage(tmp_path, [SEND]) as on:
        await on.begin()
        await on.go_on()
        [row] = await on.database.outbox.queued(10)
        await on.database.outbox.sent(row.id, 40, on.clock.now())
        if is_settled:  # the edit is under way
            await on.answer(ApprovalStatus.APPROVED)
        await on.database.conversations.move_chat(row.chat, ChatId(-1005))
        if not is_settled:
            await on.answer(ApprovalStatus.APPROVED)
        assert [one.notice.facts.get("message") for one in await on.database.outbox.queued(10) if one.notice] == (
            [None] if is_settled else []
        )


async def test_of_two_who_answer_at_once_one_decides(tmp_path: Path) -> None:
    async with stage(tmp_path, [SEND, answered()]) as on:
        await on.begin()
        await on.go_on()
        [asked] = await on.database.runs.open_approvals()  # both have the question before them
        decide, now = on.database.runs.decide, on.clock.now()
        decided = await asyncio.gather(*(decide(asked, ApprovalStatus.APPROVED, "", now) for _ in range(2)))
        assert sorted(decided) == [False, True]


async def test_of_two_who_take_a_run_up_at_once_one_does_and_the_call_is_made_once(tmp_path: Path) -> None:
    async with stage(tmp_path, [SEND, answered()]) as on:
        await on.begin()
        await on.go_on()
        await on.answer(ApprovalStatus.APPROVED)
        ends = await asyncio.gather(*(on.go_on(str(n)) for n in range(4)), return_exceptions=True)
        assert [isinstance(one, Finished) for one in ends].count(True) == 1
        assert all(isinstance(one, Finished | RunTakenError) for one in ends)
        assert on.world.sent == ["hello"]


async def test_a_call_that_was_under_way_at_a_kill_is_asked_about_and_not_repeated(tmp_path: Path) -> None:
    async with stage(tmp_path, [SEND, answered()]) as on:
        on.asks = False
        on.world.stuck = True
        await on.begin()
        async with asyncio.TaskGroup() as group:
            doomed = group.create_task(on.go_on())
            await on.world.under_way.wait()
            doomed.cancel()
        on.world.stuck = False
        suspended = await on.go_on("two")
        assert isinstance(suspended, Suspended)
        assert suspended.approvals[0].kind is ApprovalKind.DOUBT
        assert on.world.sent == ["hello"]
        await on.answer(ApprovalStatus.DONE)
        assert isinstance(await on.go_on("two"), Finished)
        assert on.world.sent == ["hello"]
        assert guarding.ALREADY_DONE in told(on.server.requests[1])


async def test_again_means_once_again_and_not_for_ever(tmp_path: Path) -> None:
    async with stage(tmp_path, [SEND, answered()]) as on:
        on.asks = False
        on.world.stuck = True
        await on.begin()
        for boot in ("one", "two"):
            on.world.under_way.clear()
            async with asyncio.TaskGroup() as group:
                doomed = group.create_task(on.go_on(boot))
                await on.world.under_way.wait()
                doomed.cancel()
            suspended = await on.go_on(f"{boot}, later")
            assert isinstance(suspended, Suspended), "each time it is cut off, somebody is asked"
            await on.answer(ApprovalStatus.APPROVED)
        on.world.stuck = False
        assert isinstance(await on.go_on("three"), Finished)
        assert on.world.sent == ["hello"] * 3


async def test_a_model_that_is_down_leaves_the_run_to_be_taken_up_where_it_stands(tmp_path: Path) -> None:
    async with stage(tmp_path, [Turn(calls={"look": {}}), *[Turn(status=500)] * 3, answered()]) as on:
        await on.begin()
        with pytest.raises(TemporaryError):
            await on.go_on()
        assert (await on.run()).status is RunStatus.READY
        assert isinstance(await on.go_on("two"), Finished)
        assert on.world.looked == 1, "its result was kept"
        assert sum("looked" in told(request) for request in on.server.requests) >= 2


async def test_a_run_that_asked_something_goes_on_with_the_answer(tmp_path: Path) -> None:
    async with stage(tmp_path, [answered("which colour?"), answered("blue it is")]) as on:
        await on.begin()
        assert isinstance(await on.go_on(), Finished)
        assert (await on.run()).status is RunStatus.SUSPENDED
        finished = await on.go_on("two", prompt="They said: blue.")
        assert isinstance(finished, Finished)
        assert finished.output.said == "blue it is"
        assert "which colour?" in told(on.server.requests[1])
        assert "They said: blue." in told(on.server.requests[1])
        assert (await on.run()).status is RunStatus.DONE


class OutOfTheBlue(Exception):
    pass


AWAY = ResourceBlocked("a server", "impossible for now")


@pytest.mark.sample(1)
@pytest.mark.parametrize("fault", [OutOfTheBlue("boom"), RefusedError("no", "impossible"), ToolFailed("no way"), AWAY])
async def test_a_tool_that_fails_is_told_to_the_model_and_ends_nothing(fault: Exception, tmp_path: Path) -> None:
    async with stage(tmp_path, [SEND, answered()]) as on:
        on.asks = False
        on.world.raises = fault
        await on.begin()
        assert isinstance(await on.go_on(), Finished)
        said = told(on.server.requests[1])
        assert "boom" not in said
        assert any(words in said for words in ("nobody foresaw", "impossible", "no way"))


async def test_a_run_waits_where_what_a_tool_needs_is_away_and_then_goes_on_with_that_call(tmp_path: Path) -> None:
    away = ResourceBlocked("sandbox", "there is no sandbox")
    async with stage(tmp_path, [SEND, answered()]) as on:
        on.asks, on.world.waits, on.world.raises = False, True, away
        await on.begin()
        with pytest.raises(ResourceBlocked, match="no sandbox"):
            await on.go_on()
        on.world.raises = None
        assert isinstance(await on.go_on("two"), Finished)
        assert (on.world.sent, len(on.server.requests)) == (["hello"], 2), "what was paid for is not asked for again"


async def test_a_model_may_mend_a_call(tmp_path: Path) -> None:
    async with stage(tmp_path, [SEND, answered()]) as on:
        on.asks = False
        on.world.raises = ModelRetry("name a person")
        await on.begin()
        assert isinstance(await on.go_on(), Finished)
        assert "name a person" in told(on.server.requests[1])


async def test_calls_with_the_same_id_are_told_apart(tmp_path: Path) -> None:
    same = Turn(calls={"send": {"words": "hello"}}, id="call")
    async with stage(tmp_path, [same, same, answered()]) as on:
        on.asks = False
        await on.begin()
        assert isinstance(await on.go_on(), Finished)
        assert on.world.sent == ["hello", "hello"]


async def test_an_endless_loop_ends_at_its_limit_however_often_it_is_taken_up(tmp_path: Path) -> None:
    async with stage(tmp_path, [Turn(calls={"look": {}})]) as on:
        on.limit = 5
        await on.begin()
        with pytest.raises(PermanentError, match="went on for too long"):
            await on.go_on()
        assert len(on.server.requests) == 5
        assert (await on.run()).status is RunStatus.FAILED
        with pytest.raises(RunTakenError):
            await on.go_on("two")


async def test_what_is_said_is_heard_while_it_comes_in(tmp_path: Path) -> None:
    async with stage(tmp_path, [Turn(text="Let me see.", calls={"look": {}}), answered()]) as on:
        await on.begin()
        heard: list[str] = []
        assert isinstance(await on.go_on(heard=heard.append), Finished)
        said = [one for one in heard if one]
        assert said[-1].strip() == "Let me see."
        assert len(said) > 1
        assert heard[-1] == "", "that something comes in is heard too, where it is a call of a tool"


async def test_what_is_called_off_writes_nothing_more_and_asks_nothing_more(tmp_path: Path) -> None:
    async with stage(tmp_path, [SEND, answered()]) as on:
        run = await on.begin()
        await on.go_on()
        await on.database.runs.call_off(run.id, on.clock.now())
        assert await on.database.runs.open_approvals() == []
        with pytest.raises(RunTakenError):
            await on.go_on()


async def test_a_run_of_a_known_key_is_the_same_run(tmp_path: Path) -> None:
    async with stage(tmp_path, [SEND]) as on:
        assert (await on.begin()).id == (await on.begin()).id == RunId(1)
        assert (await on.begin("two")).id == RunId(2)


async def test_a_run_that_has_ended_goes_after_thirty_days_and_one_that_waits_stays(tmp_path: Path) -> None:
    async with stage(tmp_path, [BOTH, answered(), SEND]) as on:
        await on.begin()
        await on.go_on()
        await on.answer(ApprovalStatus.APPROVED)
        await on.go_on()
        await on.begin("two")
        await on.go_on(key="two")
        assert await on.database.pruning.prune(on.clock.now() - dt.timedelta(days=30)) == 0
        on.clock.advance(days=31)
        assert await on.database.pruning.prune(on.clock.now() - dt.timedelta(days=30)) >= 1
        assert await on.database.runs.of_key("one") is None
        assert await on.database.runs.messages(RunId(1)) == []
        assert (await on.run("two")).status is RunStatus.SUSPENDED
        assert len(await on.database.runs.open_approvals()) == 1
