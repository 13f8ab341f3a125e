"""A goal by chat: set up, planned, changed, started, done; driven through the real dispatcher and engine."""

from dataclasses import replace

import pytest

from bot.local.events import CallbackAnswered
from engine.agents.names import parse_model
from engine.agents.options import ModelOptions
from engine.goals import GoalStatus
from engine.tasks import TaskStatus
from tests.handlers.conftest import ANN, BEN, Talk


async def test_the_plan_is_started_by_button_and_the_card_comes(talk: Talk) -> None:
    await talk.set_goal("Plant 3 trees", "Read a book about roses")
    plan = talk.newest()
    assert "Nothing runs before you press Start" in plan.text
    await talk.press("Start")
    assert talk.last is not None
    assert talk.last.card == 1
    assert (await talk.goal()).status is GoalStatus.ACTIVE
    assert "Started" in talk.with_text("Started: ").text


async def test_start_pressed_twice_is_explained_and_nothing_doubles(talk: Talk) -> None:
    await talk.set_goal("Plant 3 trees")
    plan = talk.newest()
    _, data = talk.button("Start", plan)
    await talk.press("Start")
    revision = (await talk.goal()).revision
    await talk.press_data(data, plan)
    assert (await talk.goal()).revision == revision


async def test_a_plan_is_changed_by_words(talk: Talk) -> None:
    await talk.set_goal("Plant 3 trees", "Read a book about roses")
    plan = talk.newest()
    said = await talk.say("add Buy a spade", reply_to=plan.id)
    assert "Buy a spade" in said
    count = len(list((await talk.goal()).live_tasks))
    await talk.say("drop 1", reply_to=plan.id)
    assert len(list((await talk.goal()).live_tasks)) == count - 1
    last = list((await talk.goal()).live_tasks)[-1]
    await talk.say(f"{last.number}: Buy a very good spade", reply_to=plan.id)
    assert "Buy a very good spade" in talk.newest().text
    await talk.say(f"move {last.number} to 1", reply_to=plan.id)
    assert next((await talk.goal()).live_tasks).number == last.number


async def test_a_plan_is_changed_by_buttons(talk: Talk) -> None:
    await talk.set_goal("Plant 3 trees", "Read a book about roses")
    await talk.press("Change")
    await talk.press("Add a task")
    assert "Buy a spade" in await talk.say("Buy a spade")
    added = list((await talk.goal()).live_tasks)[-1]
    await talk.press("Change")
    await talk.press("Move a task")
    await talk.press(str(added.number))
    await talk.press("⤒ First")
    assert next((await talk.goal()).live_tasks).number == added.number
    await talk.press("That's it")
    await talk.press("Change")
    await talk.press("Reword a task")
    await talk.press(str(added.number))
    assert "Buy two spades" in await talk.say("Buy two spades")
    await talk.press("Change")
    await talk.press("Drop a task")
    await talk.press(str(added.number))
    assert "Buy two spades" not in talk.newest().text


async def test_cancel_leaves_a_dialogue_first_and_then_asks_about_the_goal(talk: Talk) -> None:
    await talk.set_goal("Plant 3 trees")
    await talk.say("/goal Another")
    assert "Left it" in await talk.say("/cancel")
    assert "Cancel Grow the garden?" in await talk.say("/cancel")
    assert "goes on" in await talk.say("no")
    await talk.say("/cancel")
    await talk.press("Yes, cancel it")
    assert (await talk.goal()).status is GoalStatus.CANCELLED


async def test_fail_keeps_its_reason_through_the_question_and_reopen_takes_it_back(talk: Talk) -> None:
    await talk.started("Plant 3 trees")
    await talk.say("/fail the frost came")
    said = await talk.press("Yes, it has failed")
    assert (await talk.goal()).reason == "the frost came"
    assert "Goal failed" in said
    await talk.press("Reopen")
    assert (await talk.goal()).status is GoalStatus.ACTIVE


async def test_who_reopens_a_goal_is_told_that_its_deadline_is_gone(talk: Talk) -> None:
    await talk.say("/goal Grow the garden\n- Plant 3 trees\ndeadline: in 2 days\npriority: normal")
    await talk.press("Start")
    await talk.say("/fail the frost came")
    await talk.press("Yes, it has failed")
    talk.clock.advance(days=5)
    toasts: list[str] = []
    leave = talk.simulator.listen(
        lambda event: toasts.append(event.text) if isinstance(event, CallbackAnswered) else None
    )
    await talk.press("Reopen")
    leave()
    assert toasts == ["Open again, without its deadline: that has passed."]
    assert (await talk.goal()).deadline is None


async def test_several_goals_make_a_command_ask_and_keep_its_words(talk: Talk) -> None:
    await talk.started("Plant 3 trees", name="Garden")
    await talk.started("Read 2 books", name="Books")
    assert "Which goal is the note about?" in await talk.say("/note 5 people came")
    assert "Kept with Books" in await talk.press("2. Books")
    rows = await talk.engine.queries.progress((await talk.goal(2)).id)
    assert any(row.note == "5 people came" for row in rows)
    assert "Kept with Garden" in await talk.say("/note 1 It rained")
    await talk.say("/tasks 2")
    assert "Books" in talk.newest().text


@pytest.mark.long
async def test_goals_are_listed_and_ended_ones_are_on_another_page(talk: Talk) -> None:
    for i in range(10):
        await talk.set_goal("Plant 3 trees", name=f"Garden {i}")
    said = await talk.say("/goals")
    assert "Your goals · 10" in said
    await talk.press("Page 2 ›")
    assert "Page 2 of 2" in talk.newest().text
    await talk.say("/cancel 1")
    await talk.press("Yes, cancel it")
    await talk.say("/goals")
    await talk.press("Ended goals")
    assert "Garden 0" in talk.newest().text


async def test_pausing_and_resuming_from_the_card(talk: Talk) -> None:
    await talk.started("Plant 3 trees")
    card = await talk.show_card()
    _, pause = talk.button("Pause", card)
    await talk.press("Pause", message=card)
    assert (await talk.goal()).status is GoalStatus.PAUSED
    await talk.press_data(pause, card)  # pressed again on the outdated card
    assert "Resume" in talk.labels(talk.with_text("Goal 1 · plan"))
    await talk.press("Resume")
    assert (await talk.goal()).status is GoalStatus.ACTIVE


async def test_somebody_elses_buttons_and_commands_change_nothing(talk: Talk) -> None:
    await talk.started("Plant 3 trees")
    await talk.say("/start", person=BEN)
    theirs = talk.newest(BEN.id)
    before = (await talk.goal()).revision
    await talk.press_data("g:cancel1:1", theirs, BEN)
    await talk.press_data("t:done:1:1:1", theirs, BEN)
    assert "not yours" in await talk.say("/tasks 1", person=BEN)
    assert (await talk.goal()).revision == before


async def test_replan_asks_why_and_makes_a_new_version(talk: Talk) -> None:
    await talk.started("Plant 3 trees", "Read a book about roses")
    await talk.say("/replan")
    said = await talk.say("The shop has closed")
    assert "another plan" in said
    assert (await talk.goal()).plan_version > 1 or (await talk.goal()).proposed_version is not None


async def test_the_views_of_a_goal_can_be_opened(talk: Talk) -> None:
    await talk.started("Plant 3 trees", "Read a book about roses")
    assert "Tasks" in await talk.say("/tasks")
    assert "Nothing is in the way" in await talk.say("/blockers")
    assert "The plan was started" in await talk.say("/log")
    assert "Waiting for you" in await talk.say("/digest")
    await talk.say("/export")
    assert talk.newest().file is not None
    assert "What you can say" in await talk.say("/help")
    assert "What I keep" in await talk.say("/privacy")


async def test_privacy_names_the_model_that_is_told_of_goals_where_there_is_one(talk: Talk) -> None:
    without = await talk.say("/privacy")
    assert "language model" not in without
    assert "for checks. Nothing else leaves that computer" in without
    talk.engine.options = replace(talk.engine.options, models=ModelOptions(main=parse_model("openai:gpt-5-mini")))
    assert "The language model openai:gpt-5-mini is told a goal" in await talk.say("/privacy")


async def test_what_holds_up_a_sub_goal_is_a_blocker_of_the_goal_above(talk: Talk) -> None:
    await talk.started("Call Maria", "sub-goal: Paint the house: Buy paint; Ask a friend")
    await talk.press("Problem", message=talk.with_text("Buy paint"))
    await talk.say("The shop has closed")
    said = await talk.say("/blockers")
    assert "The shop has closed" in said
    assert "🎯 Paint the house" in said
    await talk.press("🚧 1. The shop has closed")
    await talk.press("It is resolved")
    assert "Nothing is in the way" in await talk.say("/blockers")


async def test_strategies_are_set_by_buttons(talk: Talk) -> None:
    goal = await talk.started("Plant 3 trees")
    await talk.say("/blockers")
    await talk.press("How blockers are met")
    await talk.press("Something failed")
    await talk.press("Ask me")
    newest = await talk.goal(goal.id)
    assert {kind.value: way.value for kind, way in newest.strategies.items()} == {"error": "ask"}


async def test_a_deadline_that_passed_can_be_moved_once(talk: Talk) -> None:
    await talk.say("/goal Garden\n- Plant 3 trees\ndeadline: in 2 days\npriority: low")
    await talk.press("Start")
    talk.clock.advance(days=4)
    await talk.engine.serve_wakeups()
    await talk.engine.look_after_goals()
    await talk.serve(ANN.id)
    passed = talk.with_text("The deadline has passed")
    _, data = talk.button("+1 week", passed)
    await talk.press("+1 week", message=passed)
    moved = (await talk.goal()).deadline
    await talk.press_data(data, passed)
    assert (await talk.goal()).deadline == moved
    assert moved is not None
    assert (moved - talk.clock.now()).days >= 6


async def test_a_passed_deadline_and_an_end_are_answered_in_words(talk: Talk) -> None:
    await talk.say("/goal Garden\n- Plant 3 trees\ndeadline: in 2 days\npriority: low")
    await talk.press("Start")
    talk.clock.advance(days=4)
    await talk.engine.serve_wakeups()
    await talk.engine.look_after_goals()
    await talk.serve(ANN.id)
    passed = talk.with_text("The deadline has passed")
    assert "You could write" in await talk.say("some day soonish", reply_to=passed.id)
    assert "New deadline" in await talk.say("+2 weeks", reply_to=passed.id)
    await talk.say("/fail")
    await talk.say("yes")
    await talk.say("reopen", reply_to=talk.with_text("Goal failed").id)
    assert (await talk.goal()).status is GoalStatus.ACTIVE


async def test_a_wish_becomes_the_name_of_a_goal(talk: Talk) -> None:
    await talk.say("I want to learn chess")
    await talk.press("Yes, make it a goal")
    assert talk.newest().text.startswith("🎯 Learn chess\n")


async def test_a_whole_goal_runs_to_its_report(talk: Talk) -> None:
    await talk.started("Call the gardener", "Read a book about roses")
    for _ in range(20):
        goal = await talk.goal()
        waiting = [task for task in goal.live_tasks if task.status is TaskStatus.WAITING]
        if not waiting:
            break
        message = talk.with_text(f"1.{waiting[0].number}")
        await talk.say("done: it went well", reply_to=message.id)
    assert (await talk.goal()).status is GoalStatus.COMPLETED
    texts = [one.text for one in talk.simulator.chat(ANN.id) if one.from_bot]
    assert any(text.startswith("🎯 Milestone") and "Goal Complete" in text for text in texts) or any(
        "milestones achieved" in text for text in texts
    )
    assert any(text.startswith("✅ Goal reached") for text in texts)


async def test_a_mere_ok_starts_a_plan_that_was_just_shown_but_none_of_yesterday(talk: Talk) -> None:
    await talk.set_goal("Plant 3 trees")
    talk.clock.advance(hours=3)
    assert "Do you mean the plan for Grow the garden?" in await talk.say("great")
    assert (await talk.goal()).status is GoalStatus.PROPOSED
    await talk.say("start")
    assert (await talk.goal()).status is GoalStatus.ACTIVE
    await talk.set_goal("Read a book about roses", name="Read")
    await talk.say("great")
    assert (await talk.goal(2)).status is GoalStatus.ACTIVE


async def test_a_number_that_the_plan_does_not_have_is_not_about_the_plan(talk: Talk) -> None:
    await talk.set_goal("Plant 3 trees")
    said = await talk.say("skip 55")
    assert "no task" not in said
    assert "I can't tell what that answers" in said


async def test_the_list_of_tasks_names_the_choice_that_one_hangs_on(talk: Talk) -> None:
    await talk.started("Deploy to live if profitable")
    assert "3. Deploy to live · only if «Yes» · after 1 and 2" in await talk.say("/tasks")
