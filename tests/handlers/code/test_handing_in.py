"""What a person hands in: patches, documents, branches; refused in plain words, and nothing that was sent is lost."""

import pytest

from bot.local.messages import FileKind, Upload
from bot.local.people import Look
from engine.coding.reports import HandIn
from engine.errors import RefusedError
from engine.execution.hand_ins import Start, chosen_start, left_over
from engine.goals import Goal
from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from engine.values import Cause, GoalId, JsonObject, TaskNumber
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


async def given_up(at: Shop) -> Goal:
    """A goal whose first task waits for code, where somebody has looked what a model left."""
    await at.fixing()
    left = ("shop.py", "stray.py")
    await at.talk.engine.ledger.change(GoalId(1), left_over(TaskNumber(1), left), Cause("left"))
    await at.talk.settle()
    return await at.talk.engine.goal(GoalId(1))


async def task(at: Shop, goal: int = 1) -> TaskStatus:
    return (await at.talk.engine.goal(GoalId(goal))).task(TaskNumber(1)).status


def taken(bench: FakeBench) -> list[HandIn]:
    return [one for _, one in bench.asked if isinstance(one, HandIn)]


async def test_the_task_says_what_to_send_and_has_the_buttons_of_other_tasks(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    asked = at.talk.with_text("Hand in the cure")
    assert "• a patch, as a document or pasted" in asked.text
    assert at.talk.labels(asked) == ["It's there already", "Problem", "Skip", "Later"]


async def test_the_task_names_the_examples_that_have_to_hold(at: Shop, bench: FakeBench) -> None:
    at.talk.planner.tasks = (CODE, LATER)
    await at.talk.say("/feature a search\n- tea finds Green tea\n- nothing finds nothing")
    await at.talk.press("Start")
    asked = at.talk.with_text("Hand in the cure")
    assert "These have to hold:\n• tea finds Green tea\n• nothing finds nothing" in asked.text


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


@pytest.mark.sample(1)
@pytest.mark.parametrize("words", ["branch fix-totals", "fix-totals", "It's on the fix-totals branch."])
async def test_a_branch_is_named_in_a_reply(at: Shop, bench: FakeBench, words: str) -> None:
    await waiting(at)
    await at.talk.say(words, reply_to=at.talk.with_text("Hand in the cure").id)
    assert taken(bench) == [HandIn(branch="fix-totals")]


async def test_a_branch_or_a_pasted_patch_needs_no_reply_while_one_task_waits(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    await at.talk.say("branch fix-totals")
    assert taken(bench) == [HandIn(branch="fix-totals")]


async def test_a_patch_that_nothing_waits_for_becomes_no_goal(at: Shop, bench: FakeBench) -> None:
    told = await at.talk.say(CURE)
    assert "no task of yours waits for code just now" in told
    assert "Make this a goal?" in await at.talk.say("Read what is in the diff")


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


@pytest.mark.sample(1)
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (AccessRefused(Refusal.DENIED, ".env", "the repository's terms keep it out"), ".env: the repository's terms"),
        (AccessRefused(Refusal.PATCH_MISFIT, "shop.py", "line 3 is different"), "shop.py: line 3 is different."),
        (RefusedError("not_what_is_wanted", "the new test passed on the code as it is"), "The new test passed on"),
    ],
)
async def test_what_can_t_be_taken_is_told_in_plain_words_and_may_be_sent_again(
    at: Shop, bench: FakeBench, fault: Exception, told: str
) -> None:
    await waiting(at)
    bench.fault = fault
    said = await at.send("cure.patch", CURE)
    assert said.index("I have your patch, and I'm trying that now") < said.index("✋ I couldn't take that")
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
    assert await at.send("seeds.txt", "x") == "📎 What is seeds.txt for?"
    assert "Which goal does seeds.txt belong to?" in await at.talk.press("Something else")
    assert "with Grow the garden" in await at.talk.press("2. Grow the garden")
    assert taken(bench) == []


async def test_documents_that_may_be_for_several_tasks_are_asked_about_together(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    await at.fixing()
    assert await at.send("cure.patch", CURE) == "📎 What is cure.patch for?"
    question = at.talk.newest()
    both = "📎 What are cure.patch, notes.txt for?"
    assert await at.send("notes.txt", "x") == both, "nobody is left to guess whether it came"
    assert both in await at.talk.say("that's all")
    question = at.talk.newest()
    assert at.talk.labels(question) == [
        "🙋 2.1 Hand in the cure",
        "🙋 1.1 Hand in the cure",
        "Something else",
        "Never mind",
    ]
    _, theirs = at.talk.button("🙋 1.1 Hand in the cure")
    at.talk.simulator.say(BEN, "/start")
    await at.talk.serve(BEN.id)
    await at.talk.press_data(theirs, at.talk.newest(BEN.id), BEN)
    await at.talk.press("🙋 2.1 Hand in the cure")
    assert "I can't take both at once" in await at.talk.press("That's all of them")
    assert "This question is closed." in await at.talk.press("🙋 1.1 Hand in the cure", message=question)
    assert taken(bench) == []
    assert await at.send("cure.patch", CURE) == "📎 What is cure.patch for?"
    await at.talk.say("1.1")
    assert (await task(at), await task(at, 2)) == (TaskStatus.COMPLETED, TaskStatus.WAITING)


async def test_what_is_clearly_meant_is_taken_while_another_question_is_open(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    asked = at.talk.with_text("Hand in the cure").id
    await at.talk.say("/fix")
    await at.send("shop.py", SHOWN, reply_to=asked)
    told = await at.talk.press("That's all of them")
    assert "Which bug?" in told
    assert taken(bench) == [HandIn(files={"shop.py": SHOWN.encode()})]
    assert "Goal 2: Fix: counts are wrong" in await at.talk.say("counts are wrong")


async def test_a_question_that_was_open_is_open_again_however_many_documents_came_between(
    at: Shop, bench: FakeBench
) -> None:
    await waiting(at)
    asked = at.talk.with_text("Hand in the cure").id
    await at.talk.press("Problem", message=at.talk.with_text("Hand in the cure"))
    question = at.talk.newest().text.partition("\n")[0]
    for name in ("shop.py", "till.py", "sums.py"):
        await at.send(name, SHOWN, reply_to=asked)
    told = await at.talk.press("That's all of them")
    assert f"And what I asked before still stands: {question}" in told
    assert [sorted(one.files) for one in taken(bench)] == [["shop.py", "sums.py", "till.py"]]


async def test_documents_for_another_task_than_those_that_are_collected_let_none_of_them_go(
    at: Shop, bench: FakeBench
) -> None:
    await waiting(at)
    first = at.talk.with_text("Hand in the cure").id
    await at.fixing()
    await at.send("shop.py", SHOWN, reply_to=first)
    told = await at.send("till.py", SHOWN, caption="2.1")
    assert "still collecting files for another task, and did nothing with till.py" in told
    await at.talk.say("that's all")
    assert taken(bench) == [HandIn(files={"shop.py": SHOWN.encode()})]


async def test_the_only_thing_that_waits_for_code_gets_it_while_another_question_is_open(
    at: Shop, bench: FakeBench
) -> None:
    await waiting(at)
    await at.talk.say("/fix")
    assert "I have your patch, and I'm trying that now" in await at.send("cure.patch", CURE)
    assert taken(bench) == [HandIn(patch=CURE.encode())]
    assert "Goal 2: Fix: counts are wrong" in await at.talk.say("counts are wrong")


async def test_a_second_one_while_one_is_tried_is_told_so_and_nothing_is_done_with_it(
    at: Shop, bench: FakeBench
) -> None:
    await waiting(at)
    asked = at.talk.with_text("Hand in the cure").id
    await at.talk.say("/pause 1")
    assert "The goal is paused: I try it once it goes on." in await at.send("cure.patch", CURE, reply_to=asked)
    assert "✋ One at a time, please" in await at.send("other.patch", CURE, reply_to=asked)
    assert "✋ One at a time, please" in await at.send("another.patch", CURE)
    assert "✋ One at a time, please" in await at.talk.say("branch fix-totals")
    assert taken(bench) == []
    await at.talk.say("/resume 1")
    assert taken(bench) == [HandIn(patch=CURE.encode())]
    assert "✅ Hand in the cure" in await at.send("late.patch", CURE, reply_to=asked)
    assert len(taken(bench)) == 1


async def test_a_goal_that_is_cancelled_meanwhile_takes_nothing(at: Shop, bench: FakeBench) -> None:
    await waiting(at)
    asked = at.talk.with_text("Hand in the cure").id
    await at.talk.say("/pause 1")
    await at.send("cure.patch", CURE, reply_to=asked)
    await at.talk.say("/cancel 1")
    await at.talk.say("yes")
    assert "cancelled" in await at.send("other.patch", CURE, reply_to=asked)
    assert taken(bench) == []


async def test_what_a_model_left_is_told_with_the_choice_and_buttons_that_served_say_so(
    at: Shop, bench: FakeBench
) -> None:
    at.talk.planner.tasks = (CODE, LATER)
    goal = await given_up(at)
    told = at.talk.newest()
    assert "🧩 The model left changes that nothing has proven: shop.py, stray.py" in told.text
    assert "Unless you say otherwise you start clean" in told.text
    asked = [one for one in at.talk.simulator.chat(ANN.id) if "• a patch, as a document or pasted" in one.text]
    assert len(asked) == 1, "it is asked for once; what is new is told alone"
    assert "1.1" in told.text
    assert at.talk.labels(told)[:3] == ["Start clean", "Go on with these", "Show diff"]
    _, clean = at.talk.button("Start clean")
    assert "You go on with these" in await at.talk.press("Go on with these")
    told = at.talk.with_text("You go on with these")
    assert at.talk.labels(told)[:2] == ["Start clean", "Show diff"]
    at.talk.simulator.say(BEN, "/start")
    await at.talk.serve(BEN.id)
    await at.talk.press_data(clean, at.talk.newest(BEN.id), BEN)
    assert chosen_start((await at.talk.engine.goal(goal.id)).task(TaskNumber(1))) is Start.KEPT
    assert "You start clean" in await at.talk.press_data(clean, told)
    await at.talk.press_data(clean, told)
    await at.send("cure.patch", CURE)
    await at.talk.press_data(clean, told)
    assert await task(at) is TaskStatus.COMPLETED
    assert taken(bench) == [HandIn(patch=CURE.encode())]


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
