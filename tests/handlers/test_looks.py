"""What is answered under the message of an earlier look for something that is away: it is about the newest look."""

from collections.abc import Sequence

import pytest

from bot.local.messages import SimMessage
from engine import events as e
from engine.blockages import BlockageKind
from engine.decisions import Moment
from engine.execution.blocking import raised
from engine.goals import Goal
from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from engine.values import BlockageNumber, Cause, GoalId, TaskNumber
from tests.handlers.conftest import Talk

TRAIN = PlannedTask(key="a", title="Train the model")
REST = PlannedTask(key="b", title="Rest")


def _look(goal: Goal, moment: Moment) -> Sequence[e.Event]:
    """The gpu is looked for in vain, once more where it was before."""
    task = goal.task(TaskNumber(1))
    found = raised(goal, task, BlockageKind.RESOURCE, moment, description="the gpu is away", needed="gpu")
    before = [e.BlockageResolved(number=one, resolution="looked again") for one in goal.blockages]
    blocked = [e.TaskBlocked(task=task.number)] if task.status is not TaskStatus.BLOCKED else []
    return [*before, *blocked, e.BlockageRaised(blockage=found)]


async def _looked(talk: Talk, label: str) -> tuple[str, SimMessage]:
    """The data of a button of the first look's message, and the message, after a second look."""
    await talk.with_tasks(TRAIN, REST)
    await talk.engine.ledger.change(GoalId(1), _look, Cause("look:1"))
    await talk.settle()
    shown, data = talk.button(label)
    await talk.engine.ledger.change(GoalId(1), _look, Cause("look:2"))
    await talk.settle()
    assert set((await talk.goal()).blockages) == {BlockageNumber(2)}
    return data, shown


@pytest.mark.parametrize(
    ("label", "told", "status"),
    [("It is resolved", "✅ Resolved", TaskStatus.WAITING), ("Skip the task", "Skipped", TaskStatus.SKIPPED)],
)
async def test_a_press_under_an_earlier_look_is_about_the_newest(
    talk: Talk, label: str, told: str, status: TaskStatus
) -> None:
    data, shown = await _looked(talk, label)
    assert told in await talk.press_data(data, shown)
    assert not (await talk.goal()).blockages
    assert (await talk.goal()).task(TaskNumber(1)).status is status


async def test_information_that_was_asked_for_under_an_earlier_look_closes_its_question(talk: Talk) -> None:
    data, shown = await _looked(talk, "Give information")
    assert "What should I know?" in await talk.press_data(data, shown)
    await talk.engine.ledger.change(GoalId(1), _look, Cause("look:3"))
    assert "✅ Resolved" in await talk.say("It is plugged in again")
    assert await talk.dialogue() is None


async def test_a_question_that_is_resolved_stays_so(talk: Talk) -> None:
    await talk.with_tasks(TRAIN, REST)
    await talk.press("Problem", message=talk.with_text("🙋 Train the model"))
    await talk.say("Ann is ill")
    shown, data = talk.button("It is resolved")
    await talk.press("It is resolved")
    await talk.press("Problem", message=talk.with_text("Train the model"))  # asked anew where it has a button
    await talk.say("Ben is ill")
    assert set((await talk.goal()).blockages) == {BlockageNumber(2)}
    await talk.press_data(data, shown)
    assert set((await talk.goal()).blockages) == {BlockageNumber(2)}, "that press was about another question"
