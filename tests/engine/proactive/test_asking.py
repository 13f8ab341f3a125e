"""When a model is asked about what rules found: once a day, within the budget, and never in anybody's way."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from engine.agents.calls import Ending, Purpose, Reservation, Settlement
from engine.executor import AutonomousGoalExecutor
from engine.goals import Goal
from engine.money import MICROS, UNBOUNDED, Allowances, Amount, Cap
from engine.proactive.advice import Advice, Suggestion, Weight
from engine.proactive.findings import Deed, KeptFinding
from engine.reporting.notices import NoticeKind
from engine.values import GoalId
from tests.engine.proactive.test_agent import DIG, STUDY, messages, started, with_chat
from tests.engine.stage import Stage, quiet, statuses

DOLLAR = Cap(micros=MICROS)

pytestmark = pytest.mark.usefixtures("no_rounds")


@pytest.fixture
def stage(stage: Stage) -> Stage:
    """One whose goals have a dollar for models."""
    stage.options = replace(stage.options, allowances=Allowances(a_goal=DOLLAR))
    return stage


@dataclass
class Oracle:
    """Answers as a model would, and pays for it."""

    executor: AutonomousGoalExecutor
    suggestions: tuple[Suggestion, ...] = ()
    micros: int = 10
    asked: list[list[str]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    breaks: bool = False

    async def __call__(self, goal: Goal, found: Sequence[KeptFinding]) -> Advice | None:
        self.asked.append([one.finding.kind.value for one in found])
        if self.gate is not None:
            await self.gate.wait()
        if self.breaks:
            raise RuntimeError("no oracle today")
        accounts = self.executor.accounts
        facts = await accounts.of_call(Purpose.IMPROVE, goal=goal.id)
        paid = Amount(micros=self.micros)
        now = self.executor.clock.now()
        wanted = Reservation(facts=facts, model="test:one", estimate=paid, boot=self.executor.boot, at=now)
        call = await accounts.spending.reserve(wanted)
        end = Settlement(
            ending=Ending.ANSWERED, micros=self.micros, tokens_in=0, tokens_out=0, is_estimate=False, seconds=1.0
        )
        await accounts.spending.settle(call, end)
        weights = tuple(Weight(finding=one.id, worth=0.8, words="This holds up the trees") for one in found)
        return Advice(weights=weights, suggestions=self.suggestions)


def asking(executor: AutonomousGoalExecutor, **more: object) -> Oracle:
    oracle = Oracle(executor, **more)  # type: ignore[arg-type]  # the facts are fields
    executor.proactive.advise_with = oracle
    return oracle


async def looked(executor: AutonomousGoalExecutor, goal: GoalId) -> None:
    executor.proactive.stir([goal])
    executor.proactive._looked.clear()
    await executor.proactive.look()


async def test_what_rules_found_gets_a_models_words_before_it_is_told(stage: Stage) -> None:
    async with stage.open() as executor:
        await with_chat(executor)
        oracle = asking(executor)
        goal = await started(stage, executor, DIG, STUDY)
        await executor.proactive.look()
        assert oracle.asked == [["earlier"]]
        (notice,) = [
            row.notice
            for row in await executor.notifier._outbox.queued(99)
            if row.notice is not None and row.notice.kind is NoticeKind.FINDING
        ]
        assert (notice.facts["words"], notice.facts["worth"]) == ("This holds up the trees", 0.8)
        (found,) = await executor.proactive.get_opportunities(goal)
        assert found["facts"]["words"] == "This holds up the trees", "the next look of the rules keeps them"


async def test_where_rules_find_nothing_no_model_is_asked(stage: Stage) -> None:
    async with stage.open() as executor:
        oracle = asking(executor)
        goal = await started(stage, executor, DIG, replace(STUDY, after=()))
        await looked(executor, goal)
        assert oracle.asked == []


async def test_a_model_is_asked_once_a_day_at_most_also_across_a_restart(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await started(stage, executor, DIG, STUDY, chat=False)
        oracle = asking(executor)
        await looked(executor, goal)
        stage.clock.advance(days=4)  # another finding: it stands still
        await looked(executor, goal)
        assert [len(kinds) for kinds in oracle.asked] == [1, 2]
        await executor.add_note(goal, "on")
        await looked(executor, goal)
        assert len(oracle.asked) == 2
    async with stage.open() as executor:
        oracle = asking(executor)
        for one in await executor.proactive._findings.live([goal]):  # as if nobody had said anything
            bare = replace(one.finding, facts={})
            await executor.proactive._findings.saw(goal, goal, [bare], stage.clock.now())
        await looked(executor, goal)
        assert oracle.asked == []
        stage.clock.advance(hours=25)
        await looked(executor, goal)
        assert len(oracle.asked) == 1


@pytest.mark.parametrize(
    ("allowed", "spent"),
    [(Allowances(), 0), (Allowances(a_goal=DOLLAR), 800_000), (Allowances(a_goal=Cap(micros=0)), 0)],
)
async def test_without_a_budget_or_with_most_of_it_spent_no_model_is_asked(
    stage: Stage, allowed: Allowances, spent: int
) -> None:
    stage.options = replace(stage.options, allowances=allowed)
    async with stage.open() as executor:
        oracle = asking(executor)
        goal = await started(stage, executor, DIG, STUDY, chat=False)
        if spent:
            await executor.report_spent(goal, spent, "seeds")
        await looked(executor, goal)
        assert oracle.asked == []
        assert (await executor.goal(goal)).cap(allowed.a_goal) == (allowed.a_goal or UNBOUNDED)


async def test_a_suggestion_that_code_finds_sound_can_be_said_yes_to(stage: Stage) -> None:
    water = replace(DIG, key="w", title="Water the apple trees")
    async with stage.open() as executor:
        goal = await started(stage, executor, DIG, replace(STUDY, work="run", after=("a",)), water, chat=False)
        number = next(one.number for one in (await executor.goal(goal)).live_tasks if one.work == "run")
        wanted = (
            Suggestion(deed=Deed.REPLAN, tasks=(int(number),), words="Play against a computer"),
            Suggestion(deed=Deed.SKIP, tasks=(77,), words="There is no such task"),
        )
        asking(executor, suggestions=wanted)
        await looked(executor, goal)
        (found,) = [one for one in await executor.proactive.get_suggestions(goal) if one["kind"] == "advised"]
        assert (found["can_do"], found["facts"]["words"]) == (True, "Play against a computer")
        before = (await executor.goal(goal)).plan_version
        await executor.proactive.do(found["id"])
        await quiet(executor)
        assert stage.planner.needs[-1].reason == "Play against a computer"
        assert (await executor.goal(goal)).plan_version >= before
        assert not [one for one in await executor.proactive.get_suggestions(goal) if one["kind"] == "advised"]


async def test_a_model_that_breaks_down_leaves_what_was_found_as_it_is(stage: Stage) -> None:
    async with stage.open() as executor:
        await with_chat(executor)
        oracle = asking(executor, breaks=True)
        goal = await started(stage, executor, DIG, STUDY)
        await executor.proactive.look()
        assert len(oracle.asked) == 1
        assert await messages(executor) == 1
        await looked(executor, goal)
        assert len(oracle.asked) == 1, "not before the next day"


async def test_nobody_waits_for_a_model_neither_who_asks_for_findings_nor_a_stop(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await started(stage, executor, DIG, STUDY, chat=False)
        oracle = asking(executor, gate=asyncio.Event())
        executor.proactive.stir([goal])
        async with asyncio.TaskGroup() as group:
            group.create_task(executor.proactive.look())
            while not oracle.asked:
                await asyncio.sleep(0)
            assert len(await executor.proactive.get_opportunities(goal)) == 1
            executor.proactive.close()
        assert statuses(await executor.goal(goal))[0] == "waiting"
