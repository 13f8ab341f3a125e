"""A chat with a model configured: what is an agent's by nature it does itself, asks what it can't know, and goes on."""

import json
from pathlib import Path

from engine.money_commands import AGENT
from engine.tasks import TaskStatus
from engine.values import GoalId
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
