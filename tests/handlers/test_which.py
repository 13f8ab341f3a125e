"""Which task, which goal: asked where words leave it open, and answered by button or in words."""

import datetime as dt

import pytest

from bot.requests import post
from engine.absences import Absence
from engine.commands import GoalEdit
from engine.goals import GoalStatus
from engine.plans import PlannedTask
from engine.reporting.notices import Notice, NoticeKind
from engine.tasks import TaskStatus
from engine.values import ChatId, GoalId, JsonObject
from handlers.views.notices import render_notice
from tests.handlers.conftest import Talk

PERSON = PlannedTask(key="a", title="Call Maria")
OTHER = PlannedTask(key="b", title="Paint the door")
COUNTED = PlannedTask(key="c", title="Sow seeds", target_count=20)


async def statuses(talk: Talk) -> list[TaskStatus]:
    return [task.status for task in (await talk.goal()).tasks.values()]


@pytest.mark.sample(2)
@pytest.mark.parametrize("words", ["2", "1.2", "paint the door", "the 2"])
async def test_the_question_which_task_is_answered_in_words(talk: Talk, words: str) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("done")
    await talk.say(words)
    assert await statuses(talk) == [TaskStatus.WAITING, TaskStatus.COMPLETED]
    assert "I can't tell what that answers" in await talk.say("2")  # the question is closed


async def test_what_was_said_beside_it_goes_along(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("problem: the paint is dry")
    await talk.say("2")
    assert await statuses(talk) == [TaskStatus.WAITING, TaskStatus.BLOCKED]
    assert "The paint is dry" in talk.with_text("Something is in the way").text


@pytest.mark.sample(2)
@pytest.mark.parametrize("words", ["1.2 done", "done 2", "task 2 is done", "Done with 2", "2: done"])
async def test_a_task_can_be_named_by_its_number_at_once(talk: Talk, words: str) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say(words)
    assert await statuses(talk) == [TaskStatus.WAITING, TaskStatus.COMPLETED]


async def test_a_count_is_no_number_of_a_task_that_does_not_wait(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER, COUNTED)
    await talk.say("1.2 done")
    await talk.say("2 done")
    assert (await talk.goal()).task(3).count == 2


async def test_a_count_that_may_be_the_number_of_a_task_is_asked_about(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER, COUNTED)
    assert "Which one do you mean?" in await talk.say("2 done")
    await talk.say("3")
    goal = await talk.goal()
    assert goal.task(3).count == 2
    assert goal.task(2).status is TaskStatus.WAITING


async def test_which_of_several_is_said_with_what_was_said_once_more(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER, COUNTED)
    assert "Which one do you mean?" in await talk.say("done")
    await talk.say("2 done")
    goal = await talk.goal()
    assert goal.task(2).status is TaskStatus.COMPLETED
    assert goal.task(3).count == 0


async def test_a_number_that_no_task_has_is_said_to_be_none(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    assert "There is no task 1.9" in await talk.say("1.9 done")


async def test_done_with_a_note_in_words_asks_for_the_note(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    assert "What shall I note" in await talk.say("done with a note", reply_to=talk.with_text("Call Maria").id)
    await talk.say("She is well")
    outcome = (await talk.goal()).task(1).outcome
    assert outcome is not None
    assert outcome.summary == "She is well"


async def test_give_information_in_words_asks_for_it_and_resolves_nothing(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await talk.say("problem: which Maria?", reply_to=talk.with_text("Call Maria").id)
    asked = talk.with_text("Something is in the way")
    assert "What should I know?" in await talk.say("give information", reply_to=asked.id)
    assert (await talk.goal()).blockages
    await talk.say("Maria Meier")
    assert not (await talk.goal()).blockages


async def test_tasks_of_several_goals_are_told_apart_by_their_goals(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await talk.with_tasks(OTHER)
    await talk.say("done")
    assert talk.labels() == ["✅ 2.1. Paint the door", "✅ 1.1. Call Maria"]
    assert "Which one do you mean?" in await talk.say("1")
    await talk.say("1.1")
    assert await statuses(talk) == [TaskStatus.COMPLETED]


async def test_a_day_is_not_taken_for_a_task_while_a_deadline_asks_for_one(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await talk.engine.edit_goal(GoalId(1), GoalEdit(deadline=talk.clock.now() + dt.timedelta(days=2)))
    talk.clock.advance(days=2, hours=6)
    await talk.engine.serve_wakeups()
    await talk.engine.look_after_goals()
    assert (await talk.goal()).deadline_grace is not None
    assert "Which one do you mean?" in await talk.say("in 2 weeks")
    waiting = (await talk.goal()).task(1).waiting
    assert waiting is not None
    assert not waiting.postponed
    await talk.press("📅 The deadline of Test goal")
    await talk.say("in 2 weeks")
    assert (await talk.goal()).deadline_grace is None


async def test_a_date_in_reply_to_a_deadline_in_doubt_moves_the_deadline(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    due = talk.clock.now() + dt.timedelta(hours=30)
    goal = await talk.engine.edit_goal(GoalId(1), GoalEdit(deadline=due))
    facts: JsonObject = {"odds": 0.1, "likely": due.isoformat(), "deadline": due.isoformat(), "version": 1}
    notice = Notice(kind=NoticeKind.DEADLINE_DOUBTFUL, chat=ChatId(7), goal=goal.id, facts=facts)
    await post(talk.bot, render_notice(notice, goal, "UTC", talk.clock.now()), ChatId(7))
    doubt = talk.with_text("The deadline is in doubt")
    assert "New deadline" in await talk.say("in 2 weeks", reply_to=doubt.id)
    waiting = (await talk.goal()).task(1).waiting
    assert waiting is not None
    assert not waiting.postponed
    await talk.say("skip", reply_to=doubt.id)
    assert (await talk.goal()).deadline is not None
    assert "New deadline: none" in await talk.say("no deadline", reply_to=doubt.id)


async def test_a_yes_out_of_the_blue_completes_nothing(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("skip", reply_to=talk.with_text("Paint the door").id)
    assert "I can't tell what that answers" in await talk.say("yes")
    assert (await statuses(talk))[0] is TaskStatus.WAITING
    await talk.say("yes", reply_to=talk.with_text("Call Maria").id)
    assert (await statuses(talk))[0] is TaskStatus.COMPLETED


@pytest.mark.sample(2)
@pytest.mark.parametrize("words", ["1", "#1", "test goal", "goal 1"])
async def test_the_question_which_goal_is_answered_in_words(talk: Talk, words: str) -> None:
    await talk.with_tasks(PERSON)
    await talk.set_goal("Water it", name="Grow the garden")
    assert "The tasks of which goal?" in await talk.say("/tasks")
    assert "Tasks · Test goal" in await talk.say(words)
    assert "Tasks ·" not in await talk.say(words)


async def test_a_letter_that_names_a_goal_chooses_nothing(talk: Talk) -> None:
    options = {"question": "Red or blue?", "options": ["Red", "Blue"]}
    await talk.with_tasks(PlannedTask(key="a", title="Choose", work="decide", inputs=options))
    await talk.set_goal("Water it", name="B")
    await talk.say("/tasks")
    assert "Tasks · B" in await talk.say("B")
    await talk.say("b")
    assert await statuses(talk) == [TaskStatus.WAITING]


async def test_a_note_waits_for_its_goal(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await talk.set_goal("Water it", name="Grow the garden")
    await talk.say("/note It rains")
    assert "Kept with Grow the garden" in await talk.say("2")


async def test_a_look_leaves_an_open_question_alone(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    await talk.set_goal("Water it", name="Grow the garden")
    await talk.say("/goal Learn chess")
    await talk.say("/tasks")
    assert "By when?" in await talk.say("Win 3 games")


async def test_what_a_button_of_the_card_does_is_done_by_its_word_too(talk: Talk) -> None:
    await talk.with_tasks(PERSON)
    assert "Paused" in await talk.say("pause")
    assert (await talk.goal()).status is GoalStatus.PAUSED
    assert "paused already" in await talk.say("pause it")
    assert "It goes on." in await talk.say("resume")
    assert (await talk.goal()).status is GoalStatus.ACTIVE
    assert "Call Maria" in await talk.say("show me the tasks")
    assert "Cancel" in await talk.say("cancel it")
    await talk.say("yes, cancel it")
    assert (await talk.goal()).status is GoalStatus.CANCELLED


@pytest.mark.sample(1)
@pytest.mark.parametrize("command", ["pause", "/budget 3"])
async def test_every_question_which_goal_is_answered_in_words(talk: Talk, command: str) -> None:
    await talk.started("Buy paint", name="Paint the door")
    await talk.started("Call Maria", name="Meet Maria")
    assert "which goal" in (await talk.say(command)).lower()
    await talk.say("paint")
    first, second = await talk.engine.goal(GoalId(1)), await talk.engine.goal(GoalId(2))
    assert second.status is GoalStatus.ACTIVE
    assert second.budget is None
    assert first.status is GoalStatus.PAUSED or first.budget is not None


async def test_words_in_reply_to_a_list_of_goals_that_have_ended_reopen_the_one_they_name(talk: Talk) -> None:
    for name in ("Paint the door", "Meet Maria"):
        goal = await talk.started("Buy paint", name=name)
        await talk.engine.cancel_goal(goal.id)
    await talk.say("/undo")
    undoing = talk.newest()
    await talk.say("yes", reply_to=undoing.id)
    assert "which goal" in (await talk.say("reopen")).lower()
    await talk.say("Meet Maria", reply_to=talk.newest().id)
    assert [(await talk.engine.goal(GoalId(one))).has_ended for one in (1, 2)] == [True, False]


async def test_the_number_of_a_goal_is_no_sum_of_money(talk: Talk) -> None:
    await talk.started("Buy paint", name="Paint the door")
    await talk.started("Call Maria", name="Meet Maria")
    assert "which goal" in (await talk.say("/budget")).lower()
    assert "Meet Maria" in await talk.say("2")
    assert (await talk.engine.goal(GoalId(2))).budget is None


@pytest.mark.parametrize(
    ("words", "label", "status"),
    [
        ("problem: the paint is dry", "🚧 2. Paint the door", TaskStatus.BLOCKED),
        ("done: in green", "✅ 2. Paint the door", TaskStatus.COMPLETED),
        ("skip: it is glass now", "➖ 2. Paint the door", TaskStatus.SKIPPED),
    ],
)
async def test_what_was_said_beside_it_goes_along_by_button_too_even_after_other_things(
    talk: Talk, words: str, label: str, status: TaskStatus
) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say(words)
    assert label in talk.labels()
    question = talk.newest()
    await talk.say("/tasks")
    await talk.press(label, message=question)
    assert await statuses(talk) == [TaskStatus.WAITING, status]
    assert words.partition(": ")[2] in (await talk.say("/log"))


async def test_a_count_for_one_of_several_is_added_once_however_often_its_button_is_pressed(talk: Talk) -> None:
    await talk.with_tasks(COUNTED, PlannedTask(key="d", title="Lay bricks", target_count=30))
    await talk.say("+2")
    message, data = talk.button("🙋 2. Lay bricks")
    for _ in range(2):
        await talk.press_data(data, message)
    assert (await talk.goal()).task(2).count == 2


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("it's resolved", TaskStatus.WAITING),
        ("fixed!", TaskStatus.WAITING),
        ("2 is resolved", TaskStatus.WAITING),
        ("1.2 fixed", TaskStatus.WAITING),
        ("Paint the door: it works again", TaskStatus.WAITING),
        ("skip 2", TaskStatus.SKIPPED),
        ("skip paint the door", TaskStatus.SKIPPED),
        ("2 done", TaskStatus.COMPLETED),
        ("clear the attic", TaskStatus.BLOCKED),
        ("yes", TaskStatus.BLOCKED),
        ("fixed prices in the shop", TaskStatus.BLOCKED),
    ],
)
async def test_words_answer_what_is_in_the_way_without_a_reply(talk: Talk, words: str, status: TaskStatus) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("2 problem: no paint")
    await talk.say(words)
    assert await statuses(talk) == [TaskStatus.WAITING, status]
    assert bool((await talk.goal()).blockages) == (status is TaskStatus.BLOCKED)
    served = not talk.with_text("Something is in the way").buttons
    assert served == (status is not TaskStatus.BLOCKED)


async def test_what_may_be_about_a_task_or_about_what_is_in_the_way_of_another_is_asked(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("2 problem: no paint")
    await talk.say("skip it")
    assert talk.labels() == ["➖ 1. Call Maria", "➖ 2. Paint the door"]
    await talk.say("2")
    assert await statuses(talk) == [TaskStatus.WAITING, TaskStatus.SKIPPED]


@pytest.mark.parametrize(("words", "status"), [("2 done", TaskStatus.COMPLETED), ("skip 2", TaskStatus.SKIPPED)])
async def test_a_task_whose_turn_has_not_come_is_done_or_left_out_by_its_number(
    talk: Talk, words: str, status: TaskStatus
) -> None:
    await talk.with_tasks(PERSON, PlannedTask(key="b", title="Paint the door", after=("a",)))
    await talk.say("done 3")
    assert await statuses(talk) == [TaskStatus.WAITING, TaskStatus.PENDING]
    await talk.say(words)
    assert await statuses(talk) == [TaskStatus.WAITING, status]


async def test_a_yes_or_no_to_the_question_which_one_chooses_nothing_elsewhere(talk: Talk) -> None:
    choice = PlannedTask(key="d", title="Is it profitable?", work="decide", inputs={"options": ["Yes", "No"]})
    await talk.with_tasks(PERSON, OTHER, choice)
    await talk.say("done")
    assert "Which one do you mean?" in await talk.say("yes")
    assert "Nothing was changed" in await talk.say("no")
    assert await statuses(talk) == [TaskStatus.WAITING] * 3
    await talk.set_goal("Water it", name="Grow the garden")
    await talk.say("/tasks")
    assert "Nothing was changed" in await talk.say("no")
    assert (await talk.goal()).task(3).status is TaskStatus.WAITING


SHED = PlannedTask(key="b", title="Build the shed", resources=("permit",))
LATER = PlannedTask(key="c", title="Varnish it", after=("a",))


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "words", ["2 problem: no permit yet", "1.2 problem: no permit yet", "Build the shed: problem: no permit yet"]
)
@pytest.mark.parametrize("until", [None, dt.timedelta(days=3)])
async def test_more_of_what_is_in_the_way_of_a_task_that_is_held_up_is_kept(
    talk: Talk, words: str, until: dt.timedelta | None
) -> None:
    goal = await talk.with_tasks(PERSON, SHED)
    away = Absence(until=talk.clock.now() + until if until is not None else None)
    await talk.engine.miss_resource(goal.id, "permit", away)
    await talk.settle()
    assert "Noted. «Build the shed» is held up already" in await talk.say(words)
    assert await statuses(talk) == [TaskStatus.WAITING, TaskStatus.BLOCKED]
    assert "Build the shed: no permit yet" in await talk.say("/log")


async def test_a_reply_that_tells_more_of_a_problem_is_kept_too(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    asked = talk.with_text("Paint the door").id
    await talk.say("problem: no paint", reply_to=asked)
    assert "Noted" in await talk.say("problem: and no brush", reply_to=asked)
    assert len((await talk.goal()).blockages) == 1


async def test_a_problem_of_a_task_whose_turn_has_not_come_is_one(talk: Talk) -> None:
    await talk.with_tasks(PERSON, LATER)
    assert "No varnish to be had" in await talk.say("2 problem: no varnish to be had")
    assert await statuses(talk) == [TaskStatus.WAITING, TaskStatus.BLOCKED]


async def test_what_is_surely_an_answer_is_one_however_long_it_is(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("2 problem: the shop says that our colour comes in the spring, and that nobody else has it")
    await talk.say("1 done: she is well, has moved to Lisbon, and asks that we all come to see her in the summer")
    assert await statuses(talk) == [TaskStatus.COMPLETED, TaskStatus.BLOCKED]


@pytest.mark.sample(2)
@pytest.mark.parametrize("words", ["2: done", "2 = done", "task 2: finished", "2: ✅"])
async def test_a_task_is_done_by_its_number_though_a_plan_waits_for_a_yes(talk: Talk, words: str) -> None:
    await talk.with_tasks(PERSON, OTHER)
    talk.planner.tasks = ()
    plan = await talk.set_goal("Buy milk", "Bake bread", "Sell the car", name="Second")
    await talk.say(words)
    assert await statuses(talk) == [TaskStatus.WAITING, TaskStatus.COMPLETED]
    assert [task.title for task in (await talk.goal(2)).live_tasks] == [task.title for task in plan.live_tasks]


@pytest.mark.parametrize("words", ["forget it", "drop that", "Forget this."])
async def test_what_may_be_meant_for_anything_skips_nothing_unless_it_replies(talk: Talk, words: str) -> None:
    await talk.with_tasks(PERSON)
    await talk.say(words)
    assert await statuses(talk) == [TaskStatus.WAITING]
    await talk.say(words, reply_to=talk.with_text("Call Maria").id)
    assert await statuses(talk) == [TaskStatus.SKIPPED]


async def test_forget_it_is_a_no_where_something_is_asked(talk: Talk) -> None:
    await talk.with_tasks(PERSON, OTHER)
    await talk.say("/cancel 1")
    assert "goes on" in await talk.say("forget it")
