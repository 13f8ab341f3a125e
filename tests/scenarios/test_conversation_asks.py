"""What a conversation asks a yes for, in so many words, and what it does at once."""

from pathlib import Path

from engine.goals import GoalStatus
from engine.tasks import TaskStatus
from engine.values import GoalId
from tests.scenarios.talking import ANN, Chat, in_turn, is_talk, returned_to, talking
from tests.scripted_models import Turn

ONE = GoalId(1)
GOAL = """/goal Sell cards
- Print the cards
- http://127.0.0.1:9/shop answers 200
- Run backup
deadline: none
priority: normal"""
SETTINGS: dict[str, object] = {"commands": {"backup": ["false"]}, "allow_private_addresses": True}
PLEASE = "Please see to everything that we have talked about"


async def asked(chat: Chat) -> list[str]:
    return [one.words for one in await chat.app.engine.approvals.open_for(ANN.id, ANN.id)]


async def started(chat: Chat) -> dict[str, str]:
    """The goal under way; its tasks by work."""
    await chat.say(GOAL)
    engine = chat.app.engine
    await engine.set_budget(ONE, dollars=1)
    await engine.start_goal(ONE)
    await chat.settle()
    return {task.work: f"1.{task.number}" for task in reversed(list((await engine.goal(ONE)).live_tasks))}


async def test_what_ends_or_loses_something_spends_or_stands_in_for_a_check_waits_for_a_yes(tmp_path: Path) -> None:
    calls: dict[str, object] = {
        "cancel_goal": {"goal": 1},
        "fail_goal": {"goal": 1},
        "skip_task": {"task": "1.1"},
        "drop_task": {"task": "1.1"},
        "set_budget": {"goal": 1, "dollars": 5},
    }
    turns = [Turn(calls=calls), Turn(text="So.")]
    async with talking(tmp_path, in_turn(*turns), **SETTINGS) as (chat, _):
        tasks = await started(chat)
        calls["complete_task"] = {"task": tasks["http_check"]}
        await chat.app.engine.report_problem(ONE, int(tasks["command"].partition(".")[2]), "the disk is full")
        before = await chat.app.engine.goal(ONE)
        (stuck,) = before.blockages.values()
        calls["answer_blockage"] = {"blockage": f"1:{stuck.number}", "answer": "it is mended"}
        await chat.say(PLEASE)
        first, check = before.task(1).title, before.task(int(tasks["http_check"].partition(".")[2])).title
        command = before.tasks[stuck.task or 0].title
        assert sorted(await asked(chat)) == sorted(
            [
                "Cancel #1 «Sell cards», 0 % done?",
                "Give #1 «Sell cards» up as failed, 0 % done?",
                f"Skip task 1.1 «{first}» of #1 «Sell cards»?",
                f"Take task 1.1 «{first}» out of the plan of #1 «Sell cards»?",
                "Raise the budget of #1 «Sell cards» from $1.00 to $5.00?",
                f"Count task {tasks['http_check']} «{check}» of #1 «Sell cards» as done? It was to be done by itself"
                " («http_check»), and that can't be made undone.",
                f"Try task 1.{stuck.task} «{command}» of #1 «Sell cards» again? It can't be taken back.",
            ]
        )
        after = await chat.app.engine.goal(ONE)
        assert after == before


async def test_what_a_word_takes_back_and_what_is_the_persons_own_is_done_at_once(tmp_path: Path) -> None:
    calls: dict[str, object] = {
        "pause_goal": {"goal": 1},
        "resume_goal": {"goal": 1},
        "set_budget": {"goal": 1, "dollars": 0.5},
        "add_note": {"goal": 1, "note": "the paper is here"},
        "set_digest": {"hour": None},
    }
    async with talking(tmp_path, in_turn(Turn(calls=calls), Turn(text="So.")), **SETTINGS) as (chat, server):
        tasks = await started(chat)
        calls["complete_task"] = {"task": tasks["person"]}
        await chat.say(PLEASE)
        assert await asked(chat) == []
        talk = [one for one in server.requests if is_talk(one)]
        assert all(one.startswith("{") for one in returned_to(talk[-1])), returned_to(talk[-1])
        goal = await chat.app.engine.goal(ONE)
        assert goal.status is GoalStatus.ACTIVE
        assert goal.task(int(tasks["person"].partition(".")[2])).status is TaskStatus.COMPLETED
