"""A chat with a model configured: what is an agent's by nature it does itself, asks what it can't know, and goes on."""

import json
from pathlib import Path

import pytest

from engine.money_commands import AGENT
from engine.tasks import TaskStatus
from engine.values import GoalId
from tests.engine.agents.reasoning.plans_of_a_model import plan, proposing, step
from tests.engine.agents.working.office import SURE, handed_in
from tests.scenarios.test_reasoned_plans import ANN, chatting
from tests.scripted_models import Json, Turn

REPORT = "/goal Know peat\n- Write the report on peat\ndeadline: none\npriority: normal"
QUESTION = "For gardeners or for builders?"


def says(asked: Json) -> Turn:
    """No help with planning; the agent asks once, then hands in; the judge is content."""
    tools, told = json.dumps(asked.get("tools", [])), json.dumps(asked["messages"])
    if "propose" in tools:
        return Turn(text="I can't help with that.")
    if '"judge"' in tools:
        return SURE
    return handed_in("Peat, for gardeners.") if "gardeners, please" in told else handed_in("So far.", QUESTION)


async def test_an_agents_question_is_asked_in_the_chat_and_its_run_goes_on_with_the_answer(tmp_path: Path) -> None:
    async with chatting(tmp_path, says) as (chat, server):
        await chat.say(REPORT)
        goal = await chat.app.engine.goal(GoalId(1))
        agents = [task for task in goal.live_tasks if task.work == AGENT]
        assert agents, [task.title for task in goal.live_tasks]
        told = await chat.press("Start")
        while QUESTION not in told:  # what comes before it is a person's
            goal = await chat.app.engine.goal(GoalId(1))
            first = next(task for task in goal.live_tasks if task.status is TaskStatus.WAITING)
            told = await chat.say(f"{first.number} done")
        asked = next(one for one in reversed(chat.messages()) if QUESTION in one.text)
        chat.simulator.say(ANN, "For gardeners, please", reply_to=asked.id)
        await chat.settle()
        goal = await chat.app.engine.goal(GoalId(1))
        done = goal.tasks[agents[0].number]
        assert done.status is TaskStatus.COMPLETED
        assert done.outcome is not None
        assert done.outcome.summary == "Peat, for gardeners."
        assert any("gardeners, please" in json.dumps(one["messages"]) for one in server.requests)


async def test_a_run_that_comes_to_no_end_changes_the_plan_once(tmp_path: Path) -> None:
    def goes_on(asked: Json) -> Turn:
        is_agents = "hand_in" in json.dumps(asked.get("tools", []))
        return Turn(calls={"list_files": {}}, tokens=(100, 10)) if is_agents else Turn(status=400)

    async with chatting(tmp_path, goes_on) as (chat, _):
        await chat.say(REPORT)
        told = await chat.press("Start")
        assert "«Outline the report» did not work, so another way" in told
        assert "gets fresh attempts" not in told
        assert (await chat.app.engine.goal(GoalId(1))).plan_version == 2


@pytest.mark.long
async def test_the_steps_of_a_part_that_is_a_goal_of_its_own_are_done_by_agents_too(tmp_path: Path) -> None:
    criteria = "- Subgoal: The report is there: Write a report on peat\n- Dig a hole"
    async with chatting(tmp_path, says) as (chat, _):
        await chat.say(f"/goal Know peat\n{criteria}\ndeadline: none\npriority: normal")
        await chat.press("Start")
        below = await chat.app.engine.goal(GoalId(2))
        assert (below.parent is not None, below.name) == (True, "The report is there")
        agents = [task for task in below.live_tasks if task.work == AGENT]
        assert [task.inputs["role"] for task in agents] == ["researcher", "writer"]


def research(asked: Json) -> Turn:
    """Proposes two researchers side by side whose results are merged; they don't agree, and the merge says so."""
    tools, told = json.dumps(asked.get("tools", [])), json.dumps(asked["messages"])
    if "propose_plans" in tools:
        looks = [
            step(key, 1, work="agent", inputs={"role": "researcher"}, title=f"Find out about {key}", probability=1.0)
            for key in ("peat", "bogs")
        ]
        both = step("both", 1, "peat", "bogs", work="merge", title="Bring it together", probability=1.0)
        plant = step("plant", 1, "both", title="Plant what grows there", probability=1.0)
        return proposing(plan("Look first", *looks, both, plant, probability=1.0))
    if "merge_results" in tools:
        sides = [{"part": "1.1", "says": "sour"}, {"part": "1.2", "says": "sweet"}]
        said = {"text": "Both are wet.", "parts": ["1.1", "1.2"]}
        seen = {"statements": [said], "contradictions": [{"about": "soil", "sides": sides}]}
        return Turn(calls={"merge_results": seen})
    if '"judge"' in tools:
        return SURE
    if "hand_in" in tools:
        return handed_in("Peat is sour." if "Find out about peat" in told else "Bogs are sweet.")
    return Turn(status=400)


@pytest.mark.long
async def test_what_agents_find_side_by_side_is_merged_by_a_step_of_the_plan_and_a_contradiction_is_told(
    tmp_path: Path,
) -> None:
    async with chatting(tmp_path, research) as (chat, _):
        await chat.say("/goal Know the moor\n- Something grows on the moor\ndeadline: none\npriority: normal")
        engine = chat.app.engine
        if (await engine.goal(GoalId(1))).plan_source == "methods":
            await chat.press("Use plan")
        await chat.press("Start")
        goal = await engine.goal(GoalId(1))
        merge = next(task for task in goal.live_tasks if task.work == "merge")
        assert merge.outcome is not None
        assert merge.outcome.value == {
            "statements": [{"text": "Both are wet.", "by": ["1.1", "1.2"]}],
            "contradictions": [
                {"about": "soil", "said": [{"value": "sour", "by": ["1.1"]}, {"value": "sweet", "by": ["1.2"]}]}
            ],
        }
        (found,) = [one for one in await engine.proactive.get_issues(GoalId(1)) if one["kind"] == "contradicted"]
        assert found["facts"] == {"about": ["soil"]}


ROOFS = "Research the market for solar roofs\n- Research the rules for solar roofs\n- Write a summary of both"


def writes_up(asked: Json) -> Turn:
    """The methods plan; who sums the two findings up is told of both, and of what they came to together."""
    tools, told = json.dumps(asked.get("tools", [])), json.dumps(asked["messages"])
    if "propose" in tools or "merge_results" in tools:
        return Turn(text="I can't help with that.")
    if '"judge"' in tools:
        return SURE
    return handed_in("They pay." if "the market" in told else "They need a permit.")


@pytest.mark.long
async def test_a_plan_of_the_methods_merges_what_several_agents_bring_before_one_thing_is_made_of_it(
    tmp_path: Path,
) -> None:
    async with chatting(tmp_path, writes_up) as (chat, server):
        await chat.say(f"/goal Know solar roofs\n- {ROOFS}\ndeadline: none\npriority: normal")
        engine = chat.app.engine
        goal = await engine.goal(GoalId(1))
        assert goal.plan_source == "methods"
        [merge] = [task for task in goal.live_tasks if task.work == "merge"]
        [last] = [task for task in goal.live_tasks if merge.number in task.depends_on]
        assert last.title == "Write a summary of both"
        assert set(merge.depends_on) < set(last.depends_on)
        assert "Bring together what is known for «Write a summary of both»" in "\n".join(chat.texts())
        await chat.press("Start")
        while not (goal := await engine.goal(GoalId(1))).has_ended:
            first = next(task for task in goal.live_tasks if task.status is TaskStatus.WAITING)
            await chat.say(f"{first.number} done")
        outcome = goal.tasks[merge.number].outcome
        assert outcome is not None
        assert outcome.summary.startswith("2 results are brought together")
        assert "merged.md" in [one.name for one in await engine.files.of(goal.id)]
        briefs = [str(one["messages"]) for one in server.requests if "results of the tasks before" in str(one)]
        assert any("2 results are brought together" in brief for brief in briefs)
