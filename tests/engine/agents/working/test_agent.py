"""The work `agent`: it hands in a claim, asks what it can't know, waits for a yes, and is never paid for twice."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from engine.agents.calls import Purpose
from engine.agents.names import parse_model
from engine.agents.roles import BUILT_IN
from engine.agents.runs.facts import RunStatus
from engine.agents.working.work import MODEL, agent_work, work_without_model
from engine.blockages import BlockageKind
from engine.errors import InvalidInputError, ResourceBlocked
from engine.execution.approvals import waits_for_approval
from engine.execution.attempts import AttemptRunner
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal, GoalStatus
from engine.money import Amount, Cap
from engine.tasks import TaskStatus
from engine.values import GoalId, TaskNumber
from engine.work.builtin import WorkOptions, builtin_registry
from tests.engine.agents.working.office import (
    TASK,
    Desk,
    again,
    asked_of_agent,
    handed_in,
    office,
    started,
    talking,
)
from tests.engine.stage import until
from tests.scripted_models import Json, Turn, scripted_openai

SEND = Turn(calls={"send": {"words": "hello"}}, tokens=(1_000, 50))


def ended(goal: Goal) -> bool:
    return goal.has_ended


def asks(goal: Goal) -> bool:
    return bool(goal.blockages) and goal.task(TaskNumber(1)).status is TaskStatus.BLOCKED


def waits(goal: Goal) -> bool:
    return waits_for_approval(goal.task(TaskNumber(1)))


async def spent(executor: AutonomousGoalExecutor, purpose: Purpose = Purpose.WORK) -> tuple[int, int]:
    rows = [row for row in (await executor.costs_of(GoalId(1))).rows if row.purpose is purpose]
    return sum(row.calls for row in rows), sum(row.spent.micros for row in rows)


async def test_what_it_hands_in_is_a_claim_that_a_judge_looks_at_and_its_calls_are_the_tasks(tmp_path: Path) -> None:
    async with scripted_openai(talking(handed_in())) as server, office(tmp_path, server.url, Desk()) as executor:
        goal = await started(executor, ended)
        outcome = goal.task(1).outcome
        assert goal.status is GoalStatus.COMPLETED
        assert outcome is not None
        assert (outcome.summary, outcome.artefacts) == ("Three books.", ("sources.md",))
        assert outcome.judgement is not None
        assert isinstance(outcome.value, dict)
        assert outcome.value["artefacts"] == [{"name": "sources.md", "text": "1. Peat\n2. Bogs\n3. Moors"}]
        assert await spent(executor) == (1, 1_000 + 10 * 50)
        [told] = asked_of_agent(server.requests)
        for words in ("You are a researcher.", "Find three sources on peat", "Only books.", "Write a paper"):
            assert words in told


async def test_a_question_is_answered_the_next_day_after_a_restart_and_the_same_run_goes_on(tmp_path: Path) -> None:
    script = talking(SEND, handed_in("I need to know more.", "Which language?"), handed_in("Three German books."))
    desk = Desk(asks=False)
    async with scripted_openai(script) as server:
        async with office(tmp_path, server.url, desk) as executor:
            goal = await started(executor, asks)
            [blockage] = goal.blockages.values()
            assert (blockage.kind, blockage.needed) == (BlockageKind.EXTERNAL, "Which language?")
        async with office(tmp_path, server.url, desk) as executor:
            await executor.resolve_blockage(f"1:{blockage.number}", "German, please")
            goal = await again(executor, ended)
            assert goal.task(1).outcome is not None
            assert goal.task(1).outcome.summary == "Three German books."
            told = asked_of_agent(server.requests)
            assert len(told) == 3
            assert "German, please" in told[-1]
            assert "sent hello" in told[-1], "what it did before the question is still before it"
            assert desk.sent == ["hello"]
            assert (await spent(executor))[0] == 3


@pytest.mark.long
async def test_a_question_that_was_answered_goes_back_to_the_model_once_before_it_is_asked_again(
    tmp_path: Path,
) -> None:
    asking = handed_in("I need to know more.", "Which language?")
    script = talking(asking, asking, asking, handed_in("Three books."))
    async with scripted_openai(script) as server, office(tmp_path, server.url, Desk()) as executor:
        goal = await started(executor, asks)
        await executor.resolve_blockage(f"1:{next(iter(goal.blockages))}", "German, please")
        await again(executor, lambda one: 2 in one.blockages)  # it insists
        assert len(asked_of_agent(server.requests)) == 3
        assert "You have asked the person that before" in asked_of_agent(server.requests)[-1]
        await executor.resolve_blockage("1:2", "German!")
        assert (await again(executor, ended)).task(1).outcome is not None


@pytest.mark.long
async def test_an_answer_is_not_lost_where_the_money_runs_out_before_the_run_has_heard_it(tmp_path: Path) -> None:
    script = talking(handed_in("I need to know more.", "Which language?"), handed_in("Three German books."))
    async with scripted_openai(script) as server, office(tmp_path, server.url, Desk()) as executor:
        goal = await started(executor, asks)
        [question] = goal.blockages.values()
        await executor.set_budget(goal.id, dollars="0.002")
        await executor.resolve_blockage(f"1:{question.number}", "German, please")
        goal = await until(executor, goal.id, lambda one: any(b.shortage for b in one.blockages.values()))
        [short] = goal.blockages.values()
        await executor.allow_more(goal.id, short.number, Amount(micros=1_000_000))
        await until(executor, goal.id, ended)
        _, told = asked_of_agent(server.requests)
        assert "German, please" in told
        assert "$1 more" not in told


async def test_an_approval_survives_a_restart_and_the_call_is_made_once(tmp_path: Path) -> None:
    desk = Desk()
    async with scripted_openai(talking(SEND, handed_in())) as server:
        async with office(tmp_path, server.url, desk) as executor:
            goal = await started(executor, waits)
            assert goal.task(1).lease is None
        async with office(tmp_path, server.url, desk) as executor:
            [asked] = await executor.approvals.get_open()
            assert asked["words"] == "send «hello»"
            await executor.approvals.approve(asked["id"])
            goal = await again(executor, ended)
            assert goal.status is GoalStatus.COMPLETED
            assert desk.sent == ["hello"]
            assert len(asked_of_agent(server.requests)) == 2
            assert await spent(executor) == (2, 2 * 1_500)


async def test_what_fell_short_goes_back_to_the_run_that_made_it_with_the_reason(tmp_path: Path) -> None:
    short = Turn(calls={"judge": {"missing": 0.6, "confidence": 0.9, "reason": "one is no book"}})
    sure = Turn(calls={"judge": {"missing": 0.0, "confidence": 0.9, "reason": "good"}})
    script = talking(handed_in(), handed_in("Three real books."), judged=[short, sure])
    async with scripted_openai(script) as server, office(tmp_path, server.url, Desk()) as executor:
        goal = await started(executor, ended)
        assert goal.status is GoalStatus.COMPLETED
        first, second = asked_of_agent(server.requests)
        assert "one is no book" in second
        assert "sources.md" in second, "it sees what it handed in"
        assert "one is no book" not in first


@pytest.mark.long
async def test_what_it_sees_missing_itself_is_mended_before_any_judge_looks(tmp_path: Path) -> None:
    script = talking(handed_in("Two.", holds=False), handed_in())
    async with scripted_openai(script) as server, office(tmp_path, server.url, Desk()) as executor:
        goal = await started(executor, ended)
        assert goal.status is GoalStatus.COMPLETED
        assert len(asked_of_agent(server.requests)) == 2
        assert (await spent(executor, Purpose.JUDGE))[0] == 1


@pytest.mark.long
async def test_a_run_that_was_done_when_the_program_stopped_is_not_paid_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: object) -> None:
        raise RuntimeError("the power went out")

    async with scripted_openai(talking(handed_in())) as server:
        async with office(tmp_path, server.url, Desk()) as executor:
            with monkeypatch.context() as outage:
                outage.setattr(AttemptRunner, "_report", killed)
                await started(executor, lambda goal: goal.task(1).status is TaskStatus.RUNNING)
                while executor._attempts.active:
                    await asyncio.sleep(0)
            run = await executor.approvals.runs.of_task(GoalId(1), TaskNumber(1))
            assert run is not None
            assert run.status is RunStatus.DONE
        async with office(tmp_path, server.url, Desk()) as executor:
            goal = await again(executor, ended)
            assert goal.status is GoalStatus.COMPLETED
            assert len(asked_of_agent(server.requests)) == 1


async def test_at_the_cap_the_task_waits_for_money_and_the_run_goes_on_with_it(tmp_path: Path) -> None:
    script = talking(Turn(calls={"look": {}}, tokens=(1_000, 50)), handed_in())
    async with (
        scripted_openai(script) as server,
        office(tmp_path, server.url, Desk(), a_goal=Cap(micros=8_000)) as executor,
    ):
        goal = await started(executor, asks)
        [blockage] = goal.blockages.values()
        assert blockage.kind is BlockageKind.RESOURCE
        assert blockage.shortage is not None
        assert len(asked_of_agent(server.requests)) == 1
        await executor.set_budget(goal.id, dollars=5)
        goal = await until(executor, goal.id, ended)
        assert goal.status is GoalStatus.COMPLETED
        assert len(asked_of_agent(server.requests)) == 2, "what was paid for was not asked again"


@pytest.mark.long  # ../test_metered.py has the cap by itself
async def test_eight_agents_side_by_side_never_pass_the_cap(tmp_path: Path) -> None:
    tasks = [replace(TASK, key=str(n), title=f"Find source {n} on peat") for n in range(8)]
    look = Turn(calls={"look": {}}, tokens=(1_000, 500), lets_others_in=True)
    cap = 60_000
    async with (
        scripted_openai(talking(look)) as server,
        office(tmp_path, server.url, Desk(workers=8), tasks, a_goal=Cap(micros=cap)) as executor,
    ):
        goal = await started(executor, lambda one: len(one.blockages) == len(tasks))
        assert all(one.shortage is not None for one in goal.blockages.values())
        costs = await executor.costs_of(goal.id)
        assert costs.reserved.micros == 0
        assert cap / 2 < costs.spent.micros <= cap
        assert server.most_under_way > 1


USELESS = {
    "garbage": Turn(garbage=True),
    "a refusal": Turn(text="I can't help with that."),
    "an endless loop": Turn(calls={"look": {}}, tokens=(100, 10)),
    "errors": Turn(status=500),
    "a wrong key": Turn(status=401),
    "silence": Turn(hangs=True),
    "a wrong form": Turn(calls={"hand_in": {"summary": 7}}),
    "tools that there are not": Turn(calls={"rob_bank": {}}),
}


@pytest.mark.sample(1, in_ci=4)
@pytest.mark.parametrize("kind", USELESS)
async def test_a_useless_model_ends_in_words_within_the_budget(kind: str, tmp_path: Path) -> None:
    async with (
        scripted_openai(talking(USELESS[kind])) as server,
        office(tmp_path, server.url, Desk(steps=4), timeout=0.2, a_goal=Cap(micros=200_000)) as executor,
    ):
        goal = await started(executor, lambda one: one.has_ended or (bool(one.blockages) and not one.adapting))
        assert goal.status is not GoalStatus.COMPLETED
        costs = await executor.costs_of(goal.id)
        assert costs.spent.micros <= 200_000
        assert costs.reserved.micros == 0


@pytest.mark.sample(2)
@pytest.mark.parametrize("kind", ["garbage", "a refusal", "a wrong form", "tools that there are not"])
async def test_where_a_model_can_do_nothing_with_a_task_the_person_is_asked_once_and_no_plan_is_changed(
    kind: str, tmp_path: Path
) -> None:
    scripts = [talking(USELESS[kind])]

    def script(asked: Json) -> Turn:
        return scripts[-1](asked)

    async with scripted_openai(script) as server, office(tmp_path, server.url, Desk()) as executor:
        goal = await started(executor, lambda one: bool(one.blockages))
        (blockage,) = goal.blockages.values()
        assert blockage.kind is BlockageKind.EXTERNAL
        assert blockage.needed.startswith("the model gave no usable answer: ")
        assert (goal.plan_version, goal.adapting) == (1, None)
        assert len(await executor.queries.attempts(goal.id)) == 1
        scripts.append(talking(handed_in()))
        await executor.resolve_blockage(f"{goal.id}:{blockage.number}", "Look for bogs instead")
        ended = await until(executor, goal.id, lambda one: one.task(1).status is TaskStatus.COMPLETED)
        assert ended.plan_version == 1
        assert "Look for bogs instead" in asked_of_agent(server.requests)[-1]


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("turn", "options", "words"),
    [
        (Turn(status=401), {}, "does not take the key"),
        (Turn(status=404), {}, "no such model"),
        (Turn(), {"main": parse_model("openai:unheard-of")}, "price"),
        (Turn(), {"main": parse_model("anthropic:scripted")}, "no key"),
    ],
    ids=["a wrong key", "a wrong name", "no price", "no key"],
)
async def test_a_model_that_is_set_up_wrongly_is_told_once_and_costs_neither_a_plan_nor_a_further_attempt(
    turn: Turn, options: dict[str, object], words: str, tmp_path: Path
) -> None:
    async with (
        scripted_openai(talking(turn)) as server,
        office(tmp_path, server.url, Desk(), **options) as executor,
    ):
        goal = await started(executor, lambda one: bool(one.blockages))
        (blockage,) = goal.blockages.values()
        assert words in blockage.description
        assert (blockage.kind, blockage.needed) == (BlockageKind.RESOURCE, MODEL)
        assert goal.plan_version == 1
        assert goal.adapting is None
        assert len(await executor.queries.attempts(goal.id)) == 1


def test_its_inputs_are_checked_before_anything_is_planned_with_them() -> None:
    async def nothing(context: object) -> None:
        return None

    work = agent_work(nothing, tuple(BUILT_IN))
    work.check_inputs({"role": "writer", "instructions": "briefly"})
    for wrong in ({}, {"role": "wizard"}, {"role": 7}, {"role": "writer", "instructions": 5}):
        with pytest.raises(InvalidInputError):
            work.check_inputs(wrong)


async def test_without_a_model_its_tasks_wait_and_say_what_to_set() -> None:
    work = work_without_model()
    assert work.run is not None
    with pytest.raises(ResourceBlocked, match="MILEPOST_MODEL"):
        await work.run(None)  # type: ignore[arg-type, misc]  # it looks at nothing
    assert "agent" not in builtin_registry(WorkOptions()).names()
