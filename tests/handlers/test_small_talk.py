"""Words that are no goal: greeted, thanked, helped, or told that nothing waits; what may be a goal is offered."""

import pytest

from engine.goals import GoalStatus
from engine.plans import PlannedTask
from engine.tasks import Expectation, TaskStatus
from handlers.small_talk import COMMANDS, SmallTalk, command_meant, command_said, near_command, small_talk
from tests.handlers.conftest import Talk

PERSON = PlannedTask(key="a", title="Call Maria")
OTHER = PlannedTask(key="b", title="Paint the door")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hello!", SmallTalk.HELLO),
        ("good morning", SmallTalk.HELLO),
        ("thanks a lot", SmallTalk.THANKS),
        ("help", SmallTalk.HELP),
        ("?", SmallTalk.HELP),
        ("what?", SmallTalk.HELP),
        ("who are you?", SmallTalk.HELP),
        ("How does this work?", SmallTalk.HELP),
        ("Tasks", SmallTalk.COMMAND),
        ("pause", SmallTalk.COMMAND),
        ("pause it", SmallTalk.COMMAND),
        ("Show me the tasks!", SmallTalk.COMMAND),
        ("please resume the goal", SmallTalk.COMMAND),
        ("what do I have to do today?", SmallTalk.COMMAND),
        ("remind me in 2 hours", SmallTalk.NOTHING_ASKED),
        ("I can't do it today", SmallTalk.NOTHING_ASKED),
        ("done", SmallTalk.NOTHING_ASKED),
        ("problem: no paint", SmallTalk.NOTHING_ASKED),
        ("later", SmallTalk.NOTHING_ASKED),
        ("no", SmallTalk.NOTHING_ASKED),
        ("none", SmallTalk.NOTHING_ASKED),
        ("that's all", SmallTalk.NOTHING_ASKED),
        ("urgent", SmallTalk.NOTHING_ASKED),
        ("380", SmallTalk.NOTHING_ASKED),
        ("+2", SmallTalk.NOTHING_ASKED),
        ("1,200.5 %", SmallTalk.NOTHING_ASKED),
    ],
)
def test_what_describes_no_goal_is_told_apart(text: str, kind: SmallTalk) -> None:
    assert small_talk(text) is kind


@pytest.mark.parametrize(
    "text",
    ["Learn chess", "100 push-ups", "What is love, a play in three acts", "Go on a diet", "Continue my studies",
     "Progress in Spanish", "Delete my old photos", "Skip sugar for a month", "Hello Kitty museum",
     "Help my sister move",     "Stop smoking", "Done with debts by May", "Thanksgiving dinner for 12", "Log my runs",
     "Cancel my gym membership", "Show the film to 20 people", "Plan a party", "hundred"],
)  # fmt: skip
def test_what_may_be_a_goal_is_no_small_talk(text: str) -> None:
    assert small_talk(text) is None


@pytest.mark.parametrize(
    ("written", "near"), [("/taks", "tasks"), ("/pauze", "pause"), ("/stop", "cancel"), ("/frobnicate", "")]
)
def test_an_unknown_command_finds_the_one_that_was_meant(written: str, near: str) -> None:
    assert near_command(written) == near


def test_every_command_but_none_else_is_understood_without_its_slash() -> None:
    names = {name for name, _ in COMMANDS}
    assert {command_meant(name) for name in names} == names
    assert command_meant("breakfast") == ""


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("where are we?", "status"),
        ("how's it going", "status"),
        ("Status please", "status"),
        ("what's next?", "tasks"),
        ("What do I have to do today?", "tasks"),
        ("what is in the way?", "blockers"),
        ("when will it be done?", "forecast"),
        ("go on", "resume"),
        ("delete my data", "privacy"),
    ],
)
def test_a_plain_question_is_answered_by_its_command(text: str, command: str) -> None:
    assert command_meant(text) == command


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("re-plan: the office has moved", ("replan", "the office has moved")),
        ("Replan it because Anna is ill", ("replan", "Anna is ill")),
        ("Re-plan", ("replan", "")),
        ("note: it rained\nall day", ("note", "it rained all day")),
        ("fail it - nobody came", ("fail", "nobody came")),
        ("stop the goal", ("cancel", "")),
        ("reopen it", ("reopen", "")),
        ("Re-open", ("reopen", "")),
        ("what's blocking?", ("blockers", "")),
        ("stop smoking", ("", "")),
        ("Re-plan the garden", ("", "")),
        ("Note down all birds", ("", "")),
        ("pause the shop: rent is due", ("", "")),
    ],
)
def test_a_command_may_be_said_in_words_with_its_reason(text: str, said: tuple[str, str]) -> None:
    assert command_said(text) == said


async def test_a_reply_to_a_card_does_what_its_buttons_do_to_that_goal_of_several(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await talk.with_tasks(OTHER)
    for words, status in (("pause", GoalStatus.PAUSED), ("go on", GoalStatus.ACTIVE)):
        await talk.say(words, reply_to=(await talk.show_card(1)).id)
        assert [(await talk.goal(number)).status for number in (1, 2)] == [status, GoalStatus.ACTIVE]
    asked = await talk.say("re-plan", reply_to=(await talk.show_card(1)).id)
    assert "What has changed about «Test goal»?" in asked
    await talk.say("stop the goal", reply_to=(await talk.show_card(1)).id)  # though a question is open
    await talk.say("yes")
    assert [(await talk.goal(number)).status for number in (1, 2)] == [GoalStatus.CANCELLED, GoalStatus.ACTIVE]
    await talk.say("reopen it")
    assert (await talk.goal(1)).status is GoalStatus.ACTIVE
    assert "none to take up again" in await talk.say("reopen")


async def test_a_plain_question_shows_what_it_asks_for(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    assert "Tasks · Test goal" in await talk.say("what's next?")
    assert "Nothing is in the way" in await talk.say("what is in the way?")


async def test_an_answer_to_nothing_makes_no_goal(talk: Talk) -> None:
    for text in ("done", "380", "later", "it's resolved"):
        assert "I can't tell what that answers" in await talk.say(text)
    assert "Perhaps /tasks?" in await talk.say("/taks")
    assert "What you can say" in await talk.say("help")


async def test_done_for_several_tasks_asks_which_and_the_button_does_it(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    assert "Which one do you mean?" in await talk.say("done")
    await talk.press("✅ 2. Paint the door")
    goal = await talk.goal()
    assert [goal.task(n).status for n in (1, 2)] == [TaskStatus.WAITING, TaskStatus.COMPLETED]


async def test_a_reply_to_a_list_of_tasks_is_about_none_of_them(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("done")
    await talk.say("skip", reply_to=talk.newest().id)
    goal = await talk.goal()
    assert [goal.task(n).status for n in (1, 2)] == [TaskStatus.WAITING, TaskStatus.WAITING]


async def test_start_is_no_yes_to_cancelling_a_goal(talk: Talk) -> None:
    await talk.set_goal("Plant 3 trees")
    await talk.say("/cancel")
    await talk.say("start")
    assert (await talk.goal()).status.value == "active"
    await talk.say("/cancel")
    assert "«yes» or «no»" in await talk.say("start")
    await talk.say("yes")
    assert (await talk.goal()).status.value == "cancelled"


async def test_a_press_in_between_closes_the_question_whether_to_cancel(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("/cancel")
    await talk.press("Done", message=talk.with_text("Call Maria"))
    await talk.say("yes")  # neither to cancelling any more, nor surely about the task that waits
    goal = await talk.goal()
    assert (goal.status.value, goal.task(2).status) == ("active", TaskStatus.WAITING)


async def test_an_answer_in_between_is_heard_and_closes_the_question_too(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await talk.say("/cancel")
    await talk.say("done")
    assert (await talk.goal()).status.value == "completed"
    assert "I can't tell what that answers" in await talk.say("yes")


async def test_after_later_words_say_how_much_later(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.press("Later", message=talk.with_text("Call Maria"))
    await talk.say("in 3 days")
    first, second = (await talk.goal()).task(1), (await talk.goal()).task(2)
    assert first.waiting is not None
    assert first.waiting.postponed
    assert second.waiting is not None
    assert not second.waiting.postponed
    assert "Which one" not in talk.newest().text


async def test_other_words_after_later_are_heard_as_usual(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.press("Later", message=talk.with_text("Call Maria"))
    assert "Make this a goal?" in await talk.say("Learn to juggle")


async def test_far_more_than_was_asked_for_is_taken_for_a_slip(talk: Talk) -> None:
    await talk.with_tasks(PlannedTask(key="a", title="Sow seeds", target_count=20))
    assert "far more than the 20" in await talk.say("+99999")
    assert (await talk.goal()).task(1).count == 0


async def test_the_last_number_of_a_goal_is_answered_with_what_it_did(talk: Talk) -> None:
    measured = PlannedTask(
        key="a", title="Get signups", work="measure", expected=Expectation(summary="", target=500, unit="signups")
    )
    await talk.with_tasks(measured)
    asked = talk.with_text("Get signups")
    await talk.say("520", reply_to=asked.id)
    shown = next(one.text for one in talk.simulator.chat(7) if one.id == asked.id)
    assert "Done." in shown
    assert "nothing to do here" not in shown


async def test_a_skip_by_a_blocker_can_be_undone(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("problem: no phone", reply_to=talk.with_text("Call Maria").id)
    await talk.press("Skip the task")
    await talk.press("Undo")
    assert (await talk.goal()).task(1).status is TaskStatus.WAITING


async def test_words_mean_the_tasks_of_sub_goals_too(talk: Talk) -> None:
    await talk.started("Call Maria", "sub-goal: Paint the house: Buy paint; Ask a friend")
    assert "Which one do you mean?" in await talk.say("done")
    assert len(talk.labels()) == 3
    await talk.say("/digest")
    assert "Buy paint · Paint the house" in talk.newest().text


async def test_a_goal_that_has_ended_can_still_be_looked_at(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await talk.say("done")
    assert "Call Maria" in await talk.say("/tasks")
    await talk.say("/status")
    assert talk.last is not None
    assert talk.last.card == 1
    assert "no goal under way" in await talk.say("/fail")


async def test_another_goal_in_the_middle_says_what_becomes_of_the_first(talk: Talk) -> None:
    await talk.say("/goal Learn chess")
    assert "«Learn chess» is left aside; nothing was set." in await talk.say("/goal Learn go")


async def test_a_name_of_invisible_marks_is_none(talk: Talk) -> None:
    for unseen in ("\u202e\u200b", "\u3164", "\u2800\u2800"):
        assert "What do you want to reach?" in await talk.say(f"/goal {unseen}")


async def test_a_message_in_which_nothing_can_be_seen_leaves_all_as_it_was(talk: Talk) -> None:
    assert "I can't see anything" in await talk.say("\u3164")
    await talk.say("/goal Learn chess")
    assert "I can't see anything" in await talk.say("\u2800")
    await talk.say("Win a game")
    assert "By when?" in await talk.say("Draw a game")


async def test_a_yes_after_something_else_was_pressed_makes_no_goal_of_what_was_said_before(talk: Talk) -> None:
    await talk.set_goal("Plant 3 trees")
    plan = talk.newest()
    assert "Make this a goal?" in await talk.say("Knit a very long scarf")
    offered = talk.newest()
    await talk.press("Start", message=plan)
    assert "How will we know" not in await talk.say("yes")
    assert "How will we know" in await talk.press("Yes, make it a goal", message=offered)
