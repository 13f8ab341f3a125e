"""What a person hands in: patches, documents, branches; refused in plain words, and nothing that was sent is lost."""

import pytest

from bot.local.messages import FileKind, Upload
from bot.local.people import Look
from engine.coding.reports import HandIn
from engine.errors import RefusedError
from engine.goals import Goal
from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from engine.values import GoalId, JsonObject, TaskNumber
from engine.workspace.access.refusals import AccessRefused, Refusal
from tests.handlers.code.conftest import CURE, SHOWN, FakeBench, Shop
from tests.handlers.conftest import ANN, BEN

INPUTS: JsonObject = {"part": "change", "about": "totals"}
CODE = PlannedTask(key="a", title="Hand in the cure", work="hand_in_code", inputs=INPUTS)
LATER = PlannedTask(key="b", title="Have a look", after=("a",))


async def waiting(at: Shop) -> None:
    """A goal whose first task waits for code."""
    at.talk.planner.tasks = (CODE, LATER)
    await at.fixing()


async def task(at: Shop, goal: int = 1) -> TaskStatus:
    return (await at.talk.engine.goal(GoalId(goal))).task(TaskNumber(1)).status


def taken(bench: FakeBench) -> list[HandIn]:
    return [one for _, one in bench.asked if isinstance(one, HandIn)]


async def test_the_task_says_what_to_send_and_has_the_buttons_of_other_tasks(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    asked = at.talk.with_text("Hand in the cure")
    assert "• a patch, as a document or pasted" in asked.text
    assert at.talk.labels(asked) == ["It's there already", "Problem", "Skip", "Later"]


async def test_a_patch_as_a_document_is_handed_in_at_once(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    told = await at.send("cure.patch", CURE)
    assert "✅ Hand in the cure" in told
    assert taken(bench) == [HandIn(patch=CURE.encode())]
    assert await task(at) is TaskStatus.COMPLETED


async def test_an_album_of_documents_is_one_hand_in_by_the_paths_of_their_captions(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    asked = at.talk.with_text("Hand in the cure")
    for name, caption in (("shop.py", "src/shop.py"), ("test_shop.py", "")):
        made = Look(kind=FileKind.DOCUMENT, album="1", caption=caption, reply_to=asked.id if caption else None)
        at.talk.simulator.send_upload(ANN, Upload(name=name, content=SHOWN.encode()), made)
    told = await at.talk.serve(ANN.id)
    assert told.startswith("📎 I'm collecting your files")
    assert taken(bench) == []
    await at.talk.press("That's all of them")
    assert taken(bench) == [HandIn(files={"src/shop.py": SHOWN.encode(), "test_shop.py": SHOWN.encode()})]


async def test_that_is_all_may_be_said_in_words_and_a_second_press_does_nothing(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    await at.send("shop.py", SHOWN)
    question = at.talk.newest()
    await at.talk.say("that's all")
    assert len(taken(bench)) == 1
    await at.talk.press("That's all of them", message=question)
    assert len(taken(bench)) == 1


@pytest.mark.parametrize("words", ["branch fix-totals", "fix-totals", "It's on the fix-totals branch."])
async def test_a_branch_is_named_in_a_reply(at: Shop, bench: FakeBench, words: str) -> None:
    await waiting(at)
    await at.talk.say(words, reply_to=at.talk.with_text("Hand in the cure").id)
    assert taken(bench) == [HandIn(branch="fix-totals")]


async def test_a_branch_or_a_pasted_patch_needs_no_reply_while_one_task_waits(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    await at.talk.say("branch fix-totals")
    assert taken(bench) == [HandIn(branch="fix-totals")]


async def test_a_patch_is_pasted_in_a_reply(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    await at.talk.say(CURE, reply_to=at.talk.with_text("Hand in the cure").id)
    assert taken(bench) == [HandIn(patch=CURE.encode())]


async def test_with_several_waiting_the_chat_asks_and_a_caption_with_the_number_says_it(
    at: Shop, bench: FakeBench
) -> None:
    await waiting(at)
    await at.fixing()
    assert (await at.talk.say("branch fix-totals")).startswith("Several tasks wait for code.")
    assert taken(bench) == []
    await at.send("cure.patch", CURE, caption="2")
    assert (await task(at), await task(at, 2)) == (TaskStatus.WAITING, TaskStatus.COMPLETED)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (AccessRefused(Refusal.DENIED, ".env", "the repository's terms keep it out"), ".env: the repository's terms"),
        (AccessRefused(Refusal.PATCH_MISFIT, "shop.py", "line 3 is different"), "shop.py: line 3 is different."),
        (TimeoutError(), "did not come to their end within 50 seconds"),
        (RefusedError("not_what_is_wanted", "the new test passed on the code as it is"), "The new test passed on"),
    ],
)
async def test_what_can_t_be_taken_is_told_in_plain_words_and_may_be_sent_again(
    at: Shop, bench: FakeBench, fault: Exception, told: str
) -> None:
    await waiting(at)
    bench.fault = fault
    said = await at.send("cure.patch", CURE)
    assert said.startswith("✋ I couldn't take that")
    assert told in said
    assert "Nothing was changed." in said
    assert await task(at) is TaskStatus.WAITING
    bench.fault = None
    await at.send("cure.patch", CURE, reply_to=at.talk.newest().id)
    assert await task(at) is TaskStatus.COMPLETED


async def test_done_says_that_it_is_there_and_other_words_are_told_what_to_send(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    asked = at.talk.with_text("Hand in the cure").id
    assert "I need the code itself for that." in await at.talk.say("working on the loop", reply_to=asked)
    bench.fault = RefusedError("not_what_is_wanted", "nothing differs from the base")
    told = await at.talk.say("done", reply_to=asked)
    assert "Nothing differs from the base." in told
    assert "• a patch" in told
    assert await task(at) is TaskStatus.WAITING
    bench.fault = None
    await at.talk.press("It's there already")
    assert taken(bench) == [HandIn()]
    assert await task(at) is TaskStatus.COMPLETED


async def test_problem_skip_and_later_go_on_as_for_every_task(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    asked = at.talk.with_text("Hand in the cure")
    assert "Later, then" in await at.talk.say("in 2 hours", reply_to=asked.id)
    assert "Skipped" in await at.talk.say("skip", reply_to=asked.id)
    assert await task(at) is TaskStatus.SKIPPED
    assert taken(bench) == []


async def test_what_is_sent_a_second_time_changes_nothing_more(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    asked = at.talk.with_text("Hand in the cure")
    await at.send("cure.patch", CURE)
    await at.send("cure.patch", CURE, reply_to=asked.id)
    assert len(taken(bench)) == 1


async def test_somebody_else_s_code_is_not_taken(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    _, data = at.talk.button("It's there already")
    at.talk.simulator.say(BEN, "/start")
    await at.talk.serve(BEN.id)
    theirs = at.talk.newest(BEN.id)
    await at.talk.press_data(data, theirs, BEN)
    await at.talk.say("branch fix-totals", person=BEN)
    assert taken(bench) == []
    assert await task(at) is TaskStatus.WAITING


async def test_a_document_for_another_goal_is_kept_with_it_as_ever(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    at.talk.planner.tasks = (PlannedTask(key="a", title="Dig"),)
    await at.talk.started("Dig", name="Grow the garden")
    assert "with Grow the garden" in await at.send("seeds.txt", "x", caption="2")
    assert "Which goal does seeds.txt belong to?" in await at.send("seeds.txt", "x")
    assert taken(bench) == []


async def test_one_update_that_is_handled_again_after_a_crash_hands_in_once(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    at.talk.simulator.say(ANN, "branch fix-totals")
    raw = await at.talk.simulator.call("getUpdates", {"offset": at.talk.offset})
    assert isinstance(raw, list)
    for _ in range(2):
        assert isinstance(raw[0], dict)
        await at.talk.handle(raw[0])
    await at.talk.settle()
    goal: Goal = await at.talk.engine.goal(GoalId(1))
    assert goal.task(TaskNumber(1)).status is TaskStatus.COMPLETED
    assert len(taken(bench)) == 1
