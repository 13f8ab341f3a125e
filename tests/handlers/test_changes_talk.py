"""Facts that somebody tells about a goal under way: followed, asked about, or honestly left alone."""

import datetime as dt

import pytest

from engine.blockages import BlockageKind, Strategy
from engine.commands import GoalEdit
from engine.goals import Goal, GoalStatus
from engine.tasks import TaskStatus
from engine.values import GoalId, TaskNumber
from tests.engine.lives import planned
from tests.engine.planning.lab import FOLD, NAME, RENDER, TRAIN
from tests.handlers.conftest import BEN, Talk, tasks_of

SHOP = ("Design the logo", "Write the texts", "Launch on Product Hunt")


def all_before(goal: Goal, number: TaskNumber) -> set[TaskNumber]:
    found: set[TaskNumber] = set()
    waiting = [number]
    while waiting:
        for one in goal.tasks[waiting.pop()].depends_on:
            if one not in found:
                found.add(one)
                waiting.append(one)
    return found


@pytest.mark.long
async def test_customers_want_something_first_and_only_the_order_changes(talk: Talk) -> None:
    before = await talk.started(*SHOP)
    done = next(task for task in before.live_tasks if task.status is TaskStatus.WAITING)
    await talk.engine.complete_task(before.id, done.number)
    said = await talk.say("/replan customers want the texts first")
    assert "I'm changing the order of «Grow the garden»" in said
    after = await talk.goal()
    assert after.plan_version == before.plan_version + 1
    assert after.proposed_version is None, "nothing grew, so nobody is asked"
    assert "«Write the texts» goes first" in said
    assert set(after.tasks) == set(before.tasks)
    assert after.task(done.number).status is TaskStatus.COMPLETED
    last = tasks_of(after, "Write the texts")[-1]
    for number in tasks_of(after, "Launch on Product Hunt"):
        if after.task(number).status is TaskStatus.PENDING:
            assert last in all_before(after, number)
    again = await talk.say("/replan customers want the texts first")
    assert "goes first already" in again
    newest = await talk.goal()
    assert {n: t.depends_on for n, t in newest.tasks.items()} == {n: t.depends_on for n, t in after.tasks.items()}


async def test_what_is_no_longer_needed_falls_away_and_the_rest_stays(talk: Talk) -> None:
    before = await talk.started(*SHOP)
    gone, rest = tasks_of(before, "Design the logo"), tasks_of(before, "Write the texts")
    said = await talk.say("/replan we no longer need the logo")
    assert "➖ No longer wanted: «Design the logo»" in said
    after = await talk.goal()
    assert after.criteria == SHOP[1:]
    assert {after.tasks[number].status for number in gone} == {TaskStatus.SUPERSEDED}
    assert [after.tasks[number].status for number in rest] == [before.tasks[number].status for number in rest]
    assert "I could not tell" in await talk.say("/replan we no longer need the logo"), "there is none any more"


async def test_the_last_criterion_is_not_dropped_but_the_way_out_is_told(talk: Talk) -> None:
    before = await talk.started("Design the logo")
    assert "/cancel calls the goal off" in await talk.say("/replan we no longer need the logo")
    assert (await talk.goal()).criteria == before.criteria


async def test_what_is_new_is_a_criterion_and_its_tasks_wait_for_a_yes(talk: Talk) -> None:
    before = await talk.started(*SHOP)
    said = await talk.say("/replan we also need a French version of the texts")
    assert "➕ New: «A French version of the texts»" in said
    after = await talk.goal()
    assert after.criteria == (*SHOP, "A French version of the texts")
    assert after.proposed_version == before.plan_version + 1
    assert set(after.tasks) == set(before.tasks)
    assert "among the criteria already" in await talk.say("/replan we also need a French version of the texts")


async def test_what_is_done_already_is_asked_about_first(talk: Talk) -> None:
    before = await talk.started(*SHOP)
    logo = tasks_of(before, "Design the logo")
    said = await talk.say("/replan the logo is done already")
    assert "Shall I count all of it as done?" in said
    assert (await talk.goal()).revision == before.revision, "nothing happens before the yes"
    said = await talk.press("Yes")
    assert "✅ Counted as done" in said
    after = await talk.goal()
    assert {after.tasks[number].status for number in logo} == {TaskStatus.COMPLETED}
    assert after.plan_version == before.plan_version
    outcome = after.tasks[logo[0]].outcome
    assert outcome is not None
    assert outcome.by_person


async def test_the_same_in_words_and_no_means_no(talk: Talk) -> None:
    before = await talk.started(*SHOP)
    await talk.say("/replan the logo is finished")
    assert "stays as it is" in await talk.say("no")
    assert (await talk.goal()).revision == before.revision
    await talk.say("/replan the logo is finished")
    assert "Counted as done" in await talk.say("yes")


async def test_a_yes_pressed_late_finds_the_question_settled(talk: Talk) -> None:
    await talk.started(*SHOP)
    await talk.say("/replan the logo is finished")
    old = talk.newest()
    await talk.say("no")
    before = (await talk.goal()).revision
    await talk.press("Yes", message=old)
    assert (await talk.goal()).revision == before


async def test_the_deadline_moves_by_a_word(talk: Talk) -> None:
    await talk.started(*SHOP)
    said = await talk.say("/replan the deadline has moved to 2027-03-01")
    assert "📅 The deadline: " in said
    goal = await talk.goal()
    assert goal.deadline == dt.datetime(2027, 3, 1, 23, 59, tzinfo=dt.UTC)
    assert goal.plan_version == 1
    assert "no date that I can read" in await talk.say("/replan the deadline is when the cows come home")
    assert (await talk.goal()).deadline == goal.deadline


async def test_a_resource_that_is_gone_holds_up_what_needs_it_and_no_more_until_it_is_back(talk: Talk) -> None:
    goal = await talk.with_tasks(
        planned("call", work="person"),
        planned("train", "call", work="person", resources=("gpu",)),
        planned("tune", "train", work="person", resources=("gpu",)),
        planned("write", work="person"),
    )
    said = await talk.say("/replan the gpu is gone for 3 days")
    assert "2 tasks wait for «gpu» until " in said
    assert "«Train», «Tune»" in said
    held = await talk.goal(goal.id)
    assert [task.status for task in held.live_tasks].count(TaskStatus.BLOCKED) == 2
    assert {(one.kind, one.needed) for one in held.blockages.values()} == {(BlockageKind.RESOURCE, "gpu")}
    assert all("it is expected back at" in one.description for one in held.blockages.values())
    told = [await talk.say(f"/{command}") for command in ("blockers", "log", "digest")]
    told.append((await talk.show_card()).text)
    assert all("expected back at" in one and " UTC" not in one for one in told), "moments are told as all others are"
    await talk.say("/replan the gpu is gone for 3 days")
    assert (await talk.goal(goal.id)).blockages == held.blockages, "saying it twice changes nothing"
    await talk.engine.complete_task(goal.id, 1)
    assert (await talk.goal(goal.id)).task(2).status is TaskStatus.BLOCKED
    talk.clock.advance(days=3, hours=12)
    await talk.engine.serve_wakeups()
    assert (await talk.goal(goal.id)).task(2).status is TaskStatus.WAITING
    assert not (await talk.goal(goal.id)).blockages


async def test_nobody_knows_when_it_is_back_until_somebody_says_so(talk: Talk) -> None:
    goal = await talk.with_tasks(
        planned("call", work="person"), planned("train", "call", work="person", resources=("gpu",))
    )
    assert "until you say «gpu is back»" in await talk.say("/replan the gpu is broken")
    (asked,) = (await talk.goal(goal.id)).blockages.values()
    assert asked.from_whom == "you"
    assert "«Train» may go on" in await talk.say("/replan the gpu is back")
    assert not (await talk.goal(goal.id)).blockages
    assert "Nothing was waiting for «gpu»" in await talk.say("/replan the gpu is back")


@pytest.mark.long
async def test_what_can_not_be_told_is_said_and_kept_and_the_plan_is_looked_at(talk: Talk) -> None:
    before = await talk.started(*SHOP)
    said = await talk.say("/replan Anna is ill")
    assert "I could not tell from your words what this changes" in said
    assert "customers want the pricing page first" in said
    assert [row.note for row in await talk.engine.queries.progress(before.id) if row.note] == ["Anna is ill"]
    after = await talk.goal()
    assert {n: t.depends_on for n, t in after.tasks.items()} == {n: t.depends_on for n, t in before.tasks.items()}


async def test_of_several_sentences_each_is_followed_and_the_unclear_one_kept(talk: Talk) -> None:
    before = await talk.started(*SHOP)
    said = await talk.say("/replan We no longer need the logo. Anna is ill. The deadline is 2027-03-01")
    assert "➖ No longer wanted" in said
    assert "I could not tell what this changes: «Anna is ill»" in said
    after = await talk.goal()
    assert (after.criteria, after.deadline is not None) == (SHOP[1:], True)
    assert [row.note for row in await talk.engine.queries.progress(before.id) if row.note] == ["Anna is ill"]


async def test_a_note_that_says_so_is_kept_and_the_plan_follows_only_after_a_yes(talk: Talk) -> None:
    before = await talk.started(*SHOP)
    said = await talk.say("/note customers want the texts first")
    assert "Kept with" in said
    assert "Shall the plan follow?" in said
    assert (await talk.goal()).plan_version == before.plan_version
    assert "goes first" in await talk.press("Yes")
    assert (await talk.goal()).plan_version == before.plan_version + 1
    assert "Shall the plan follow" not in await talk.say("/note the venue is booked")


@pytest.mark.long
async def test_a_reply_to_the_card_or_to_the_plan_tells_a_fact_too(talk: Talk) -> None:
    await talk.set_goal(*SHOP)
    plan = talk.newest()
    said = await talk.say("we no longer need the logo", reply_to=plan.id)
    assert "➖ No longer wanted" in said
    assert (await talk.goal()).criteria == SHOP[1:]
    await talk.press("Start")
    assert (await talk.goal()).status is GoalStatus.ACTIVE
    card = await talk.show_card()
    assert "I'm changing the order" in await talk.say("the launch last", reply_to=card.id)
    assert "Make this a goal?" in await talk.say("I want to learn to dance", reply_to=card.id)


@pytest.mark.long
async def test_what_is_known_now_re_opens_only_what_would_be_gone_about_otherwise(talk: Talk) -> None:
    before = await talk.started("Fix the login bug", "Write the texts")
    said = await talk.say("/replan we have a codebase now")
    assert "🧭 Noted: «There is code already that the goal is about» holds." in said
    after = await talk.goal()
    assert after.metadata["has_codebase"] is True
    kept = tasks_of(before, "Write the texts")
    assert [after.tasks[number].status for number in kept] == [before.tasks[number].status for number in kept]


async def test_nobody_changes_somebody_else_s_goal_by_replying_to_its_card(talk: Talk) -> None:
    before = await talk.started(*SHOP)
    card = await talk.show_card()
    talk.simulator.say(BEN, "/start")
    await talk.serve(BEN.id)
    said = await talk.say("/replan 1: we no longer need the logo", person=BEN)
    assert "not yours" in said
    await talk.say("we no longer need the logo", reply_to=card.id)
    assert (await talk.goal()).criteria == SHOP[1:], "the owner does"
    assert before.criteria == SHOP


async def test_what_is_gone_for_good_is_done_in_another_way_and_nobody_is_asked_what_to_do(lab: Talk) -> None:
    await lab.started(TRAIN, "Write the report", name=NAME)
    said = await lab.say("/replan the gpu is gone for good")
    assert "🚧 «gpu» is gone for good. I'm looking for another way for 1 task that needs it" in said
    assert "so another way for «train the network»: on the cpu" in said
    after = await lab.goal()
    assert "Fit the network on the cpu" in {task.title for task in after.live_tasks}
    assert not after.blockages
    assert "was waiting for «gpu»" in await lab.say("/replan the gpu is back")
    assert (await lab.goal()).plan_version == after.plan_version, "what is planned is planned"
    assert "resources_away" not in (await lab.goal()).metadata


@pytest.mark.long
async def test_a_return_after_the_deadline_is_too_late_and_one_before_it_is_waited_for(lab: Talk) -> None:
    await lab.started(TRAIN, name=NAME)
    await lab.engine.edit_goal(GoalId(1), GoalEdit(deadline=lab.clock.now() + dt.timedelta(days=12)))
    assert "1 task waits for «gpu» until" in await lab.say("/replan the gpu is gone for 3 days")
    said = await lab.say("/replan the gpu is gone for 20 days")
    assert "too late for the deadline" in said
    assert "Fit the network on the cpu" in {task.title for task in (await lab.goal()).live_tasks}


async def test_where_there_is_no_other_way_that_is_said_and_the_task_waits(lab: Talk) -> None:
    await lab.started(FOLD, name=NAME)
    said = await lab.say("/replan the gpu will never come back")
    assert "I'm looking for another way" in said
    assert "No other way is known without it" in said
    assert {one.from_whom for one in (await lab.goal()).blockages.values()} == {"you"}


async def test_a_resource_is_shared_by_all_goals_of_its_person_and_one_message_tells_which(lab: Talk) -> None:
    train = await lab.started(TRAIN, name="Run a laboratory for networks")
    await lab.started("Write the report", name="Tidy the laboratory")
    render = await lab.started(RENDER, name="Run a laboratory for films")
    said = await lab.say(f"/replan {train.id}: the gpu is gone for 3 days")
    assert "2 tasks wait for «gpu» until" in said
    assert "«Fit the network on the gpu» in «Run a laboratory for networks»" in said
    assert "«Draw the film on the gpu» in «Run a laboratory for films»" in said
    assert "Tidy the laboratory" not in said
    for goal in (train, render):
        assert {one.needed for one in (await lab.goal(goal.id)).blockages.values()} == {"gpu"}
    said = await lab.say("/replan 2: the gpu is back")
    assert said.count("«gpu» is back") == 1
    assert "in «Run a laboratory for networks»" in said
    for goal in (train, render):
        assert not (await lab.goal(goal.id)).blockages


async def test_nobody_takes_a_resource_from_somebody_else_s_goal(lab: Talk) -> None:
    mine = await lab.started(TRAIN, name=NAME)
    lab.simulator.say(BEN, "/start")
    await lab.serve(BEN.id)
    await lab.say(f"/goal Run a laboratory\n- {RENDER}\ndeadline: none\npriority: normal", person=BEN)
    await lab.say("/replan the gpu is gone for 3 days", person=BEN)
    assert not (await lab.goal(mine.id)).blockages
    assert "resources_away" not in (await lab.goal(mine.id)).metadata


@pytest.mark.long
async def test_the_model_is_no_resource_that_is_held_but_something_that_ways_are_chosen_by(talk: Talk) -> None:
    await talk.started("Fix the login bug")
    assert "🧭 Noted: «A language model may be asked» holds" in await talk.say("/replan the model is back")
    assert (await talk.goal()).metadata["model_available"] is True
    assert "🧭 Noted: «A language model may be asked» does not hold" in await talk.say("/replan the model is gone")
    assert (await talk.goal()).metadata["model_available"] is False


@pytest.mark.long
async def test_a_resource_can_be_spoken_of_without_naming_a_goal(lab: Talk) -> None:
    assert "Make this a goal?" in await lab.say("the gpu is gone"), "nothing needs one"
    await lab.say("no")
    goal = await lab.started(TRAIN, name=NAME)
    said = await lab.say("The gpu is gone")
    assert "1 task waits for «gpu» until you say «gpu is back»" in said
    assert len((await lab.goal(goal.id)).blockages) == 1
    assert "may go on" in await lab.say("the gpu is back")
    assert not (await lab.goal(goal.id)).blockages
    assert "Make this a goal?" in await lab.say("the fridge is gone"), "that is nobody's resource"


async def test_a_goal_that_is_set_while_a_resource_is_gone_is_planned_without_it(lab: Talk) -> None:
    await lab.started(TRAIN, name=NAME)
    await lab.say("/replan the gpu is gone for good")
    later = await lab.started(TRAIN, name="Run another laboratory")
    assert "Fit the network on the cpu" in {task.title for task in later.live_tasks}
    assert not {task for task in later.live_tasks if "gpu" in task.resources}
    assert "was waiting for «gpu»" in await lab.say(f"/replan {later.id}: the gpu is back")
    third = await lab.started(TRAIN, name="Run a third laboratory")
    assert "Fit the network on the gpu" in {task.title for task in third.live_tasks}


@pytest.mark.long
async def test_where_the_new_goal_has_no_way_without_it_the_task_waits_and_says_for_what(lab: Talk) -> None:
    await lab.started(TRAIN, name=NAME)
    await lab.say("/replan the gpu is gone for good")
    later = await lab.started(FOLD, name="Run another laboratory")
    (blockage,) = later.blockages.values()
    assert (blockage.kind, blockage.needed, blockage.from_whom) == (BlockageKind.RESOURCE, "gpu", "you")
    assert "may go on" in await lab.say(f"/replan {later.id}: the gpu is back")
    assert not (await lab.goal(later.id)).blockages


@pytest.mark.long
async def test_a_return_that_the_new_goal_can_wait_for_is_waited_for(lab: Talk) -> None:
    await lab.started(TRAIN, name=NAME)
    await lab.say("/replan the gpu is gone for 3 days")
    later = await lab.started(TRAIN, name="Run another laboratory")
    (blockage,) = later.blockages.values()
    assert blockage.strategy is Strategy.WAIT
    due = later.task(blockage.task or 0).due_at
    assert due is not None
    assert dt.timedelta(days=2) < due - lab.clock.now() <= dt.timedelta(days=3)


@pytest.mark.long
async def test_what_comes_back_after_the_new_goal_s_deadline_is_done_without(lab: Talk) -> None:
    await lab.started(TRAIN, name=NAME)
    await lab.say("/replan the gpu is gone for 30 days")
    words = f"/goal Run another laboratory\n- {TRAIN}\ndeadline: in 12 days\npriority: normal"
    await lab.say(words)
    later = await lab.goal(GoalId(2))
    assert "Fit the network on the cpu" in {task.title for task in later.live_tasks}


@pytest.mark.long
async def test_what_was_said_of_a_goal_that_has_ended_counts_until_the_day_that_was_named(lab: Talk) -> None:
    first = await lab.started(TRAIN, name=NAME)
    await lab.say("/replan the gpu is gone for 3 days")
    await lab.engine.cancel_goal(first.id)
    later = await lab.started(TRAIN, name="Run another laboratory")
    assert {one.needed for one in later.blockages.values()} == {"gpu"}
    await lab.say("the gpu is gone for good")
    await lab.engine.cancel_goal(later.id)
    third = await lab.started(FOLD, name="Run a third laboratory")
    assert {one.strategy for one in third.blockages.values()} == {Strategy.WAIT}, "only a day is sure to pass"


@pytest.mark.long  # nobody takes a resource from somebody else is tried each time
async def test_a_new_goal_of_somebody_else_knows_nothing_of_it(lab: Talk) -> None:
    await lab.started(TRAIN, name=NAME)
    await lab.say("/replan the gpu is gone for good")
    lab.simulator.say(BEN, "/start")
    await lab.serve(BEN.id)
    await lab.say(f"/goal Run a laboratory\n- {TRAIN}\ndeadline: none\npriority: normal", person=BEN)
    assert "resources_away" not in (await lab.goal(GoalId(2))).metadata
