"""A step of a plan that brings results together: sources are kept, contradictions named, nothing is done twice."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from engine.agents.reasoning.checking import Faulty, Ground, checked
from engine.agents.reasoning.proposals import ProposedPlan
from engine.coordination.merge_step import FILE, MERGE, merge_work, summary_of, text_of, told
from engine.coordination.merging import Brought, Contradiction, Merged, Said, Statement, merged
from engine.errors import InvalidInputError
from engine.goals import Goal, GoalStatus
from engine.tasks import TaskStatus
from engine.values import GoalId, TaskId, TaskNumber
from engine.work.builtin import WorkOptions, builtin_registry
from engine.work.registry import Work
from handlers.views.findings import finding_message, of_kept
from tests.engine.agents.reasoning.plans_of_a_model import plan, step
from tests.engine.lives import planned
from tests.engine.stage import Stage, until
from tests.fakes import START


async def test_the_step_brings_together_what_the_tasks_before_it_brought_and_those_behind_it_get_it(
    stage: Stage,
) -> None:
    stage.hands.results = {"A": {"price": 5, "host": "x"}, "B": {"price": 6}}
    async with stage.open() as executor:
        goal = await stage.started(
            executor, planned("a"), planned("b"), planned("c", "a", "b", work=MERGE), planned("d", "c")
        )
        done = await until(executor, goal, lambda one: one.has_ended)
        outcome = done.task(3).outcome
        assert outcome is not None
        assert outcome.summary == (
            "2 results are brought together. They contradict each other about «price»: somebody has to settle that."
        )
        assert outcome.value == {
            "facts": {"host": "x"},
            "sources": {"host": ["1.1"]},
            "contradictions": [{"about": "price", "said": [{"value": 5, "by": ["1.1"]}, {"value": 6, "by": ["1.2"]}]}],
        }
        assert outcome.artefacts == (FILE,)
        (file,) = await executor.files.of(goal)
        assert (file.name, file.task) == (FILE, 3)
        text = (await executor.files.read(file)).decode()
        assert "## They contradict each other\n\n- price\n  - 5 (1.1)\n  - 6 (1.2)" in text
        assert "- host: x (1.1)" in text


async def test_a_model_adds_sentences_with_their_sources_and_the_same_results_are_merged_once(stage: Stage) -> None:
    asked: list[list[TaskId]] = []

    async def help_with(goal: Goal, brought: Sequence[Brought], found: Merged) -> Merged:
        asked.append([one.task for one in brought])
        return replace(found, statements=(Statement(text="Both are fine", sources=(TaskId("1.1"), TaskId("1.2"))),))

    stage.hands.results = {"A": "Oak is fine.", "B": "Ash is fine."}
    async with stage.open() as executor:
        executor.coordinator.merge_with = help_with
        tasks = (planned("a"), planned("b"), planned("c", "a", "b", work=MERGE), planned("d", "a", "b", work=MERGE))
        goal = await stage.started(executor, *tasks)
        done = await until(executor, goal, lambda one: one.status is GoalStatus.COMPLETED)
        for number in (3, 4):
            outcome = done.task(number).outcome
            assert outcome is not None
            assert outcome.value == {"statements": [{"text": "Both are fine", "by": ["1.1", "1.2"]}]}
        assert 1 <= len(asked) <= 2  # two steps at the same moment may each ask
        assert [file.name for file in await executor.files.of(goal)] == [FILE]  # the same text is kept once
        before = len(asked)
        await executor.coordinator.results_before(goal, TaskNumber(3))
        assert len(asked) == before


async def test_what_agents_hand_in_is_text_and_its_fields_contradict_nothing(stage: Stage) -> None:
    def handed_in(summary: str) -> dict[str, object]:
        return {"summary": summary, "confidence": len(summary) / 100, "evidence": []}

    seen: list[list[bool]] = []

    async def help_with(goal: Goal, brought: Sequence[Brought], found: Merged) -> Merged:
        seen.append([one.in_words for one in brought])
        return replace(found, failure="the model is away")

    stage.hands.results = {"A": handed_in("Oak"), "B": handed_in("Ash wood")}
    agent = Work(name="agent", summary="Works", run=stage.hands.run)
    async with stage.open(agent) as executor:
        executor.coordinator.merge_with = help_with
        tasks = [planned(key, work="agent", inputs={"role": "researcher"}) for key in "ab"]
        goal = await stage.started(executor, *tasks, planned("c", "a", "b", work=MERGE))
        done = await until(executor, goal, lambda one: one.has_ended)
        outcome = done.task(3).outcome
        assert outcome is not None
        assert outcome.summary == (
            "2 results are brought together; what they say in words nobody has compared: the model is away."
        )
        assert seen == [[True, True]]


async def test_a_contradiction_is_an_issue_that_the_person_is_told_of(stage: Stage) -> None:
    stage.hands.results = {"A": {"price": 5}, "B": {"price": 6}}
    async with stage.open() as executor:
        tasks = (planned("a"), planned("b"), planned("c", "a", "b", work=MERGE), planned("d", "c", work="person"))
        goal = await stage.started(executor, *tasks)
        await until(executor, goal, lambda one: one.task(4).waiting is not None)
        (found,) = [one for one in await executor.proactive.get_issues(goal) if one["kind"] == "contradicted"]
        assert (found["tasks"], found["facts"], found["can_do"]) == (["1.3"], {"about": ["price"]}, False)
        (kept,) = [one for one in await executor.proactive._findings.live([goal]) if one.id == found["id"]]
        shown = finding_message(await executor.goal(goal), of_kept(kept), "UTC", START)
        assert "About «price»: «C» has who says what." in str(shown.payload["text"])


async def test_a_step_before_which_nothing_was_brought_fails_and_says_why(stage: Stage) -> None:
    async with stage.open() as executor:
        goal = await stage.started(executor, planned("a", work=MERGE, critical=True))
        failed = await until(executor, goal, lambda one: one.task(1).last_error != "")
        assert "none of the tasks before it has brought anything" in failed.task(1).last_error
        assert failed.task(1).status is not TaskStatus.COMPLETED


async def test_where_all_that_was_to_be_merged_is_left_out_there_is_nothing_to_do_and_it_goes_on(stage: Stage) -> None:
    async with stage.open() as executor:
        tasks = (planned("a", work="person"), planned("b", work="person"), planned("c", "a", "b", work=MERGE))
        goal = await stage.started(executor, *tasks)
        for number in (1, 2):
            await executor.skip_task(goal, TaskNumber(number))
        done = await until(executor, goal, lambda one: one.has_ended)
        outcome = done.task(3).outcome
        assert outcome is not None
        assert "nothing to bring together" in outcome.summary
        assert not await executor.files.of(goal)


def test_the_text_names_who_said_what_and_keeps_each_thing_on_its_line() -> None:
    one = Brought(
        task=TaskId("1.1"), title="Look", value={"site": {"host": "a\nb"}, "colours": ["red"]}, summary="It is"
    )
    two = Brought(task=TaskId("1.2"), title="Ask", value={"site": {"host": "c"}, "colours": ["blue"]})
    found = replace(
        merged([one, two]), statements=(Statement(text="There are colours.", sources=(TaskId("1.1"), TaskId("1.2"))),)
    )
    text = text_of(found, [one, two])
    assert "- site.host\n  - a b (1.1)\n  - c (1.2)\n" in text
    assert "- There are colours. (1.1, 1.2)" in text
    assert "- colours: red, blue (1.1, 1.2)" in text
    assert "- 1.1 «Look»: It is" in text
    assert "- 1.2 «Ask»: site: host: c, colours: blue" in text


def test_many_contradictions_are_counted() -> None:
    both = (Said(value=1, sources=()), Said(value=2, sources=()))
    many = tuple(Contradiction(about=f"x{n}", said=both) for n in range(7))
    assert "«x4» and 2 more" in summary_of(Merged(contradictions=many), [])
    assert told(Merged()) == {}


def test_it_takes_no_inputs_and_a_proposal_must_name_what_it_brings_together() -> None:
    async def nothing(*_: object) -> object:
        raise AssertionError

    work = merge_work(nothing, nothing)  # type: ignore[arg-type]  # never called
    with pytest.raises(InvalidInputError, match="takes none"):
        work.check_inputs({"from": [1, 2]})
    registry = builtin_registry(WorkOptions())
    registry.add(work)
    goal = Goal(id=GoalId(1), name="Grow", criteria=("Grow 12 plants",), created_at=START, updated_at=START)
    ground = Ground(goal=goal, now=START, registry=registry)

    def faults(*after: str) -> str:
        steps = (step("soil"), step("seeds"), step("both", 1, *after, work=MERGE))
        found = checked(ProposedPlan.model_validate(plan("Side by side", *steps)), ground)
        return " ".join(found.faults) if isinstance(found, Faulty) else ""

    assert "name two or more of them in `after`" in faults("soil")
    assert faults("soil", "seeds") == ""
