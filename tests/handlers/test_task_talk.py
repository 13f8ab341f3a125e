"""A person's tasks by button and in words: done, skipped, later, counted, measured, chosen, blocked."""

import datetime as dt

import pytest

from engine.goals import GoalStatus
from engine.plans import PlannedTask
from engine.tasks import Expectation, Task, TaskStatus
from tests.handlers.conftest import Talk

PERSON = PlannedTask(key="a", title="Call Maria")
OTHER = PlannedTask(key="b", title="Paint the door")
COUNTED = PlannedTask(key="a", title="Sow seeds", target_count=20)
MEASURED = PlannedTask(
    key="a",
    title="Get signups",
    work="measure",
    expected=Expectation(summary="500 signups", target=500, unit="signups"),
)
CHOICE = PlannedTask(
    key="a", title="Where to", work="decide", inputs={"question": "Sea or hills?", "options": ["The sea", "The hills"]}
)


async def first(talk: Talk) -> Task:
    return (await talk.goal()).task(1)


async def test_done_edits_the_message_to_its_result_and_a_second_press_is_explained(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    asked = talk.with_text("Call Maria")
    _, data = talk.button("Done", asked)
    await talk.press("Done", message=asked)
    assert (await first(talk)).status is TaskStatus.COMPLETED
    assert "Done." in talk.with_text("Call Maria").text
    assert talk.labels(talk.with_text("Call Maria")) == []
    revision = (await talk.goal()).revision
    await talk.press_data(data, asked)
    assert (await talk.goal()).revision == revision


async def test_done_with_a_note_keeps_the_words(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    asked = talk.with_text("Call Maria")
    await talk.press("Done with a note", message=asked)
    await talk.say("She sends the photos on Monday")
    done = await first(talk)
    assert done.outcome is not None
    assert done.outcome.summary == "She sends the photos on Monday"
    assert "She sends the photos" in next(m.text for m in talk.simulator.chat(7) if m.id == asked.id)


async def test_skip_can_be_undone(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.press("Skip", message=talk.with_text("Call Maria"))
    assert (await first(talk)).status is TaskStatus.SKIPPED
    await talk.press("Undo")
    assert (await first(talk)).status is TaskStatus.WAITING


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("label", "hours"), [("In 1 hour", 1), ("This evening", 8), ("Tomorrow", 23), ("Next week", 7 * 24 - 1)]
)
async def test_later_by_button(talk: Talk, label: str, hours: int) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.press("Later", message=talk.with_text("Call Maria"))
    await talk.press(label)
    waiting = (await first(talk)).waiting
    assert waiting is not None
    assert waiting.until == talk.clock.now() + dt.timedelta(hours=hours)
    assert "I'll ask again" in talk.with_text("Call Maria").text


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("done", TaskStatus.COMPLETED),
        ("Done: it went well", TaskStatus.COMPLETED),
        ("👍", TaskStatus.COMPLETED),
        ("skip", TaskStatus.SKIPPED),
        ("problem: she is away", TaskStatus.BLOCKED),
        ("I can't reach her", TaskStatus.BLOCKED),
        ("tomorrow", TaskStatus.WAITING),
        ("in 3 days", TaskStatus.WAITING),
        ("not done yet", TaskStatus.WAITING),
    ],
)
async def test_a_reply_in_ones_own_words(talk: Talk, words: str, status: TaskStatus) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say(words, reply_to=talk.with_text("Call Maria").id)
    assert (await first(talk)).status is status


async def test_a_plain_answer_counts_when_only_one_task_waits(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await talk.say("done")
    assert (await talk.goal()).status is GoalStatus.COMPLETED


async def test_a_plain_answer_asks_which_when_several_wait(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    assert "Several things wait" in await talk.say("done")
    assert (await first(talk)).status is TaskStatus.WAITING
    await talk.press("✅ 1. Call Maria")
    assert (await first(talk)).status is TaskStatus.COMPLETED


async def test_words_that_could_mean_several_things_are_not_lost(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("She was at the market", reply_to=talk.with_text("Call Maria").id)
    await talk.press("It's done, keep this as a note")
    outcome = (await first(talk)).outcome
    assert outcome is not None
    assert outcome.summary == "She was at the market"


async def test_a_new_goal_that_begins_like_an_answer_is_not_taken_for_one(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    assert "Make this a goal?" in await talk.say("Skip sugar for a month")
    assert (await first(talk)).status is TaskStatus.WAITING


async def test_counting_by_button_and_in_words(talk: Talk) -> None:
    await talk.with_tasks(COUNTED, OTHER)
    asked = talk.with_text("Sow seeds")
    _, plus = talk.button("+1", asked)
    await talk.press("+1", message=asked)
    await talk.press_data(plus, asked)  # the same button again, already out of date
    assert (await first(talk)).count == 1
    await talk.say("+2", reply_to=asked.id)
    assert (await first(talk)).count == 3
    await talk.say("10 done", reply_to=asked.id)
    assert "10 of 20" in talk.with_text("Sow seeds").text
    await talk.press("Set the count")
    await talk.say("20")
    assert (await first(talk)).status is TaskStatus.COMPLETED


async def test_a_number_is_reported_by_reply(talk: Talk) -> None:
    await talk.with_tasks(MEASURED, OTHER)
    asked = talk.with_text("Get signups")
    assert "Target: 500 signups" in asked.text
    await talk.say("480 signups", reply_to=asked.id)
    assert (await first(talk)).status is TaskStatus.WAITING
    assert "Noted: 480" in talk.with_text("Get signups").text
    await talk.press("Report the number")
    assert "number" in await talk.say("no idea")
    await talk.say("about 512")
    assert (await first(talk)).status is TaskStatus.COMPLETED


async def test_done_is_no_answer_to_a_number(talk: Talk) -> None:
    await talk.with_tasks(MEASURED, OTHER)
    assert "Reply with the number" in await talk.say("done", reply_to=talk.with_text("Get signups").id)


@pytest.mark.sample(2)
@pytest.mark.parametrize("answer", ["the hills", "hills", "2", "the second one", "I think the hills"])
async def test_an_option_is_chosen_in_words(talk: Talk, answer: str) -> None:
    await talk.with_tasks(CHOICE, OTHER)
    await talk.say(answer, reply_to=talk.with_text("Sea or hills?").id)
    outcome = (await first(talk)).outcome
    if answer == "hills":  # no option begins with it: it is asked what was meant
        assert outcome is None
        return
    assert outcome is not None
    assert outcome.summary == "The hills"


async def test_an_option_is_chosen_by_button(talk: Talk) -> None:
    await talk.with_tasks(CHOICE, OTHER)
    await talk.press("The sea")
    outcome = (await first(talk)).outcome
    assert outcome is not None
    assert outcome.summary == "The sea"


async def test_a_problem_becomes_a_blockage_that_information_resolves(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.press("Problem", message=talk.with_text("Call Maria"))
    said = await talk.say("I have no number of hers")
    assert "Something is in the way" in said
    blockage = talk.with_text("Something is in the way")
    assert talk.labels(blockage) == [
        "It is resolved",
        "Give information",
        "Skip the task",
        "Re-plan",
        "Stop the goal",
    ]
    _, resolved = talk.button("It is resolved", blockage)
    await talk.press("Give information", message=blockage)
    await talk.say("It is 0123 456")
    assert (await first(talk)).status is TaskStatus.WAITING
    revision = (await talk.goal()).revision
    await talk.press_data(resolved, blockage)
    assert (await talk.goal()).revision == revision


@pytest.mark.sample(2)
@pytest.mark.parametrize("answer", ["resolved", "it works again", "Ask her brother, 0123", "yes"])
async def test_a_blockage_is_resolved_by_reply(talk: Talk, answer: str) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("problem: no number", reply_to=talk.with_text("Call Maria").id)
    await talk.say(answer, reply_to=talk.with_text("Something is in the way").id)
    assert (await first(talk)).status is TaskStatus.WAITING
    assert not (await talk.goal()).blockages


async def test_a_doubt_is_noted_and_resolves_nothing(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("problem: no number", reply_to=talk.with_text("Call Maria").id)
    assert "Noted" in await talk.say("not yet", reply_to=talk.with_text("Something is in the way").id)
    assert len((await talk.goal()).blockages) == 1


async def test_a_blocked_task_is_skipped_or_the_goal_stopped_from_its_message(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("problem: no number", reply_to=talk.with_text("Call Maria").id)
    blockage = talk.with_text("Something is in the way")
    await talk.press("Stop the goal", message=blockage)
    await talk.press("Keep going")
    assert (await talk.goal()).status is not GoalStatus.CANCELLED
    await talk.press("Skip the task", message=blockage)
    assert (await first(talk)).status is TaskStatus.SKIPPED


async def test_a_button_of_a_task_that_is_gone_is_explained(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    asked = talk.with_text("Call Maria")
    await talk.press_data("t:done:1:99:1", asked)
    await talk.press_data("t:done:99:1:1", asked)
    assert (await first(talk)).status is TaskStatus.WAITING


async def test_what_was_put_off_is_shown_with_the_moment_it_comes_back(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("tomorrow", reply_to=talk.with_text("Call Maria").id)
    assert "1. Call Maria · later: Sat 21 Nov, 09:00" in (await talk.show_card()).text
    assert "1. Call Maria · later: Sat 21 Nov, 09:00" in await talk.say("/tasks")
    assert "2. Paint the door · waits for you" in talk.newest().text


async def test_a_task_in_other_words_no_longer_asks_for_what_it_was(talk: Talk) -> None:
    await talk.set_goal("Buy shoes", "Run 5 km")
    before = (await talk.goal()).task(1)
    await talk.say("1: Visit the doctor")
    await talk.press("Start")
    assert before.expected.summary == before.title == "Buy shoes"
    assert "Buy shoes" not in talk.with_text("🙋 Visit the doctor").text


async def test_a_count_told_in_the_words_of_its_task_counts_and_a_wish_beside_it_is_offered_as_a_goal(
    talk: Talk,
) -> None:
    await talk.with_tasks(COUNTED, OTHER)
    await talk.say("sowed 12 seeds", reply_to=talk.with_text("Sow seeds").id)
    assert (await first(talk)).count == 12
    await talk.say("15 seeds")
    assert (await first(talk)).count == 15
    offered = await talk.say("Sow 18 seeds")
    assert (await first(talk)).count == 15
    assert "Make this a goal?" in offered


async def test_the_log_says_when_a_task_that_was_put_off_comes_back(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    asked = talk.with_text("Call Maria")
    assert "«Call Maria» waits for you" in await talk.say("/log")
    await talk.press("Later", message=asked)
    await talk.press("Tomorrow")
    log = await talk.say("/log")
    assert "⏰ «Call Maria» was put off; I ask again Sat 21 Nov, 09:00" in log


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Call Maria is done", TaskStatus.COMPLETED),
        ("call maria: done", TaskStatus.COMPLETED),
        ("done with call Maria", TaskStatus.COMPLETED),
        ("«Call Maria» done, she says hi", TaskStatus.COMPLETED),
        ("skip call Maria", TaskStatus.SKIPPED),
        ("Call Maria: problem: nobody answers", TaskStatus.BLOCKED),
        ("Call Maria tomorrow", TaskStatus.WAITING),
        ("Call Maria and Ben", TaskStatus.WAITING),
        ("Please call Maria", TaskStatus.WAITING),
    ],
)
async def test_a_task_may_be_named_by_its_title(talk: Talk, words: str, status: TaskStatus) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say(words)
    goal = await talk.goal()
    assert (goal.task(1).status, goal.task(2).status) == (status, TaskStatus.WAITING)


async def test_a_task_that_is_let_go_with_its_goal_does_not_start_afresh_in_the_log(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("/fail enough")
    await talk.say("yes")
    log = await talk.say("/log 1")
    assert "⏹ «Call Maria» was set down with the goal" in log
    assert "starts afresh" not in log


@pytest.mark.parametrize(
    ("words", "count"), [("12 seeds", 12), ("sowed 3", 3), ("another 5 seeds", 5), ("4 of the seeds", 4)]
)
async def test_a_count_is_heard_before_the_turn_of_its_task_has_come(talk: Talk, words: str, count: int) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="b", title="Sow seeds", target_count=20, after=("a",)))
    said = await talk.say(words)
    assert f"{count} of 20 so far. Its turn is still to come." in said
    task = (await talk.goal()).task(2)
    assert (task.count, task.status) == (count, TaskStatus.PENDING)


@pytest.mark.parametrize("words", ["3", "3 cats", "Read 5 books"])
async def test_a_count_that_names_nothing_of_the_task_ahead_is_not_its(talk: Talk, words: str) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="b", title="Sow seeds", target_count=20, after=("a",)))
    await talk.say(words)
    assert (await talk.goal()).task(2).count == 0


async def test_what_is_counted_may_be_called_as_the_criterion_calls_it(talk: Talk) -> None:
    await talk.started("Buy a guitar", "Then take 10 guitar lessons", name="Learn guitar")
    assert "5 of 10 so far" in await talk.say("took 5 guitar lessons")


async def test_a_moment_alone_about_what_is_held_up_puts_it_off(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await talk.say("problem: no number", reply_to=talk.with_text("Call Maria").id)
    await talk.say("in a meeting with Ben we found it", reply_to=talk.with_text("Something is in the way").id)
    assert not (await talk.goal()).blockages, "that is no moment"
    await talk.say("problem: no number", reply_to=talk.with_text("Call Maria").id)
    await talk.say("tomorrow")
    task = await first(talk)
    assert task.due_at is not None
    assert task.status in (TaskStatus.BLOCKED, TaskStatus.PENDING)
    assert "Resolved" not in talk.newest().text


@pytest.mark.parametrize("words", ["2 problem: no water", "1.2 problem: no water", "Sow seeds: problem, no water"])
async def test_a_problem_told_out_of_the_blue_gets_one_answer(talk: Talk, words: str) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="b", title="Sow seeds"))
    told = await talk.say(words)
    assert told.count("🚧") == 1
    assert "Something is in the way" in told


async def test_a_number_in_a_note_is_no_other_task(talk: Talk) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="b", title="Sow seeds"))
    await talk.say("1 done, it took 2 hours")
    assert (await first(talk)).status is TaskStatus.COMPLETED
