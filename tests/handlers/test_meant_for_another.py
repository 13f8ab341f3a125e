"""Words are taken for an answer only where they can't be about something else: «done» is done for good."""

import pytest

from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from tests.handlers.conftest import Talk

CALL = PlannedTask(key="a", title="Call Maria")
PAINT = PlannedTask(key="b", title="Paint the door")


async def statuses(talk: Talk) -> list[TaskStatus]:
    return [task.status for task in (await talk.goal()).tasks.values()]


@pytest.mark.sample(2)
@pytest.mark.parametrize("label", ["Done with a note", "Problem"])
@pytest.mark.parametrize("words", ["2 done", "1.2: done", "done 2"])
async def test_a_question_about_one_task_is_not_answered_by_what_tells_of_another(
    talk: Talk, label: str, words: str
) -> None:
    await talk.with_tasks(CALL, PAINT)
    await talk.press(label, message=talk.with_text("🙋 Call Maria"))
    await talk.say(words)
    assert await statuses(talk) == [TaskStatus.WAITING, TaskStatus.COMPLETED]


@pytest.mark.sample(3)
@pytest.mark.parametrize("words", ["done 2", "skip 2", "problem 2: no paint", "1 done, 2 done", "2 done"])
async def test_what_tells_of_another_in_reply_to_one_is_asked_about(talk: Talk, words: str) -> None:
    await talk.with_tasks(CALL, PAINT)
    assert "What shall I do with this" in await talk.say(words, reply_to=talk.with_text("🙋 Call Maria").id)
    assert await statuses(talk) == [TaskStatus.WAITING, TaskStatus.WAITING]
    await talk.say("done: it took 2 hours", reply_to=talk.with_text("🙋 Call Maria").id)
    assert (await statuses(talk))[0] is TaskStatus.COMPLETED


@pytest.mark.parametrize("words", ["tomorrow at 9", "remind me at 6"])
async def test_an_hour_in_reply_to_one_is_no_other_task(talk: Talk, words: str) -> None:
    await talk.with_tasks(CALL, PAINT)
    assert "ask again" in await talk.say(words, reply_to=talk.with_text("🙋 Call Maria").id)


@pytest.mark.parametrize("is_asked", [True, False])
@pytest.mark.parametrize("words", ["2 done", "2 done, 1 skip"])
async def test_nor_does_it_resolve_what_is_in_the_way_of_one(talk: Talk, is_asked: bool, words: str) -> None:
    await talk.with_tasks(CALL, PAINT)
    await talk.say("problem: no number", reply_to=talk.with_text("🙋 Call Maria").id)
    blocked = talk.with_text("Something is in the way")
    if is_asked:
        await talk.press("Give information")
    await talk.say(words, reply_to=None if is_asked else blocked.id)
    assert (await statuses(talk))[0] is TaskStatus.BLOCKED
    await talk.say("1: it is 0123", reply_to=blocked.id)
    assert (await statuses(talk))[0] is TaskStatus.WAITING


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "words",
    [
        "yes, sounds good",
        "Yep! Let's do that",
        "👍",
        "🎉",
        "x-ray my foot",
        "X.com account closed",
        "2 ready-made doors",
    ],
)
async def test_out_of_the_blue_only_what_says_so_ends_a_task(talk: Talk, words: str) -> None:
    await talk.with_tasks(CALL, PAINT)
    await talk.press("Done", message=talk.with_text("🙋 Call Maria"))
    await talk.say(words)
    assert await statuses(talk) == [TaskStatus.COMPLETED, TaskStatus.WAITING]
    await talk.say("yes, done")
    assert (await statuses(talk))[1] is TaskStatus.COMPLETED


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "words", ["problem solved", "issue is fixed!", "trouble gone", "problem solved, thanks", "problem is solved now"]
)
async def test_a_problem_that_is_over_is_none(talk: Talk, words: str) -> None:
    await talk.with_tasks(CALL, PAINT)
    await talk.say(words, reply_to=talk.with_text("🙋 Call Maria").id)
    assert not (await talk.goal()).blockages


@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("label", "words", "status"),
    [
        ("Done with a note", "later", TaskStatus.WAITING),
        ("Done with a note", "not yet", TaskStatus.WAITING),
        ("Done with a note", "can't do it", TaskStatus.WAITING),
        ("Done with a note", "I haven't done it, the shop was closed", TaskStatus.WAITING),
        ("Done with a note", "problem: she is away", TaskStatus.BLOCKED),
        ("Done with a note", "she says hello", TaskStatus.COMPLETED),
        ("Done with a note", "Friday at 6", TaskStatus.COMPLETED),
        ("Problem", "done", TaskStatus.COMPLETED),
        ("Problem", "skip it", TaskStatus.SKIPPED),
        ("Done with a note", "no", TaskStatus.WAITING),
        ("Problem", "tomorrow", TaskStatus.WAITING),
        ("Problem", "none", TaskStatus.WAITING),
        ("Problem", "No water in the house", TaskStatus.BLOCKED),
        ("Problem", "done is only the half of it", TaskStatus.BLOCKED),
    ],
)
async def test_what_is_said_instead_of_what_was_asked_for_counts(
    talk: Talk, label: str, words: str, status: TaskStatus
) -> None:
    await talk.with_tasks(CALL, PAINT)
    await talk.press(label, message=talk.with_text("🙋 Call Maria"))
    await talk.say(words)
    assert (await statuses(talk))[0] is status


@pytest.mark.parametrize(
    ("words", "told"),
    [("I can't do that", "What is the problem"), ("Couldn't find a red one, took blue", "What shall I do with this")],
)
async def test_a_note_that_sounds_like_trouble_is_asked_about(talk: Talk, words: str, told: str) -> None:
    await talk.with_tasks(CALL, PAINT)
    await talk.press("Done with a note", message=talk.with_text("🙋 Call Maria"))
    assert told in await talk.say(words)


@pytest.mark.parametrize(
    ("words", "told"), [("skip it", "Skipped"), ("stop it", "Cancel Test goal?"), ("re-plan", "another way")]
)
async def test_a_wish_instead_of_the_information_that_was_asked_for_is_no_information(
    talk: Talk, words: str, told: str
) -> None:
    await talk.with_tasks(CALL, PAINT)
    await talk.say("problem: no number", reply_to=talk.with_text("🙋 Call Maria").id)
    await talk.press("Give information")
    assert told in await talk.say(words)
    assert "Resolved: " not in talk.newest().text
