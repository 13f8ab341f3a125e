"""A plan is changed in words, wherever Change asks for a button."""

import pytest

from bot.local.messages import SimMessage
from engine.commands import GoalEdit
from engine.goals import Goal, GoalStatus
from engine.plans import PlannedTask
from tests.handlers.conftest import Talk

SHED = ("Sand the walls", "Then prime the walls", "Buy 3 brushes", "Clean the floor")


async def titles(talk: Talk) -> list[str]:
    goal: Goal = await talk.goal()
    return [task.title for task in goal.live_tasks]


async def test_several_tasks_are_dropped_at_once(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.say("drop 3 and 4")
    assert await titles(talk) == ["Sand the walls", "Prime the walls"]


async def test_a_task_to_drop_is_named_in_words(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.press("Change")
    await talk.press("Drop a task")
    assert "There is no task 1.99" in await talk.say("99")
    assert "3 tasks" in await talk.say("the brushes")
    assert "Buy 3 brushes" not in await titles(talk)


async def test_a_task_to_move_and_its_place_are_named_in_words(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.press("Change")
    await talk.press("Move a task")
    assert "Where shall «Buy 3 brushes» go?" in await talk.say("3")
    assert "It can't go there" not in await talk.say("first")
    assert (await titles(talk))[0] == "Buy 3 brushes"


async def test_a_task_to_reword_is_named_in_words(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.press("Change")
    await talk.press("Reword a task")
    assert "How shall task 4 read?" in await talk.say("clean the floor")
    await talk.say("Sweep the floor")
    assert "Sweep the floor" in await titles(talk)


async def test_words_after_change_are_for_its_plan_also_beside_another(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.set_goal("Read a book", name="Read")
    change = talk.with_text("The plan for «Grow the garden»")
    await talk.press("Change", message=change)
    await talk.say("drop 3")
    assert "Buy 3 brushes" not in await titles(talk)


async def test_other_words_after_change_are_a_new_text(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.press("Change")
    await talk.press("Drop a task")
    assert "Make this a goal?" in await talk.say("Learn to juggle with clubs")
    assert len(await titles(talk)) == 4


async def test_cancel_leaves_change_and_not_the_goal(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.press("Change")
    assert "The plan for «Grow the garden»" in await talk.say("/cancel")
    assert "Cancel Grow the garden?" in await talk.say("/cancel")


@pytest.mark.parametrize("pressed", [(), ("Add a task",), ("Move a task", "4", "↑ Up"), ("Reword a task", "1")])
@pytest.mark.parametrize("words", ["/cancel", "never mind"])
async def test_who_leaves_a_change_has_the_plan_to_start(talk: Talk, pressed: tuple[str, ...], words: str) -> None:
    await talk.set_goal(*SHED)
    for label in ("Change", *pressed):
        await talk.press(label)
    told = await talk.say(words)
    assert "Nothing was changed" not in told, "a task may have moved"
    assert "Start" in talk.labels()


async def test_never_mind_under_a_question_about_a_plan_becomes_the_plan(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.press("Change")
    await talk.press("Add a task")
    await talk.press("Never mind")
    assert "Start" in talk.labels()


async def test_a_number_drops_nothing_once_the_plan_was_started(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.press("Change")
    await talk.press("Drop a task")
    await talk.engine.start_goal((await talk.goal()).id)
    await talk.say("3")
    assert len(await titles(talk)) == 4


async def test_of_several_changes_those_before_the_impossible_one_are_told(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    told = await talk.say("drop 3; move 2 before 1", reply_to=talk.newest().id)
    assert "So I did only the first of 2 changes" in told
    assert await titles(talk) == ["Sand the walls", "Prime the walls", "Clean the floor"]


async def test_a_task_of_a_step_that_can_not_be_told_is_asked_for_by_its_number(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    before = await titles(talk)
    assert "which task «the roof» is" in await talk.say("move the brushes before the roof")
    assert "which task «the walls» is" in await talk.say("swap the floor and the walls")
    await talk.say("drop 1")
    assert "which task «1» is" in await talk.say("swap 1 and 2")
    assert "Make this a goal?" in await talk.say("move the piano before the winter")
    assert await titles(talk) == before[1:]


async def test_several_new_tasks_come_one_a_line(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.press("Change")
    await talk.press("Add a task")
    await talk.say("- Sweep the yard\n- Wash the car")
    assert (await titles(talk))[-2:] == ["Sweep the yard", "Wash the car"]


async def test_a_plan_put_in_another_order_before_its_start_can_be_started(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.say("move prime before sand", reply_to=talk.newest().id)
    await talk.press("See the plan")
    await talk.press("Start")
    assert (await talk.goal()).status is GoalStatus.ACTIVE


async def test_what_is_dropped_or_moved_by_name_is_the_criterion_with_all_that_serves_it(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.say("move prime before sand")
    assert await titles(talk) == ["Prime the walls", "Sand the walls", "Buy 3 brushes", "Clean the floor"]
    await talk.press("See the plan")
    await talk.press("Change")
    await talk.say("drop the brushes")
    assert (await talk.goal()).criteria == ("Sand the walls", "Then prime the walls", "Clean the floor")


async def test_a_task_that_is_none_among_several_is_named(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    told = await talk.say("drop 3 and 7")
    assert "There is no task 1.7" in told
    assert "So I did only the first of 2 changes" in told


async def test_a_step_that_several_plans_could_mean_is_asked_about(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.set_goal("Read a book", name="Read")
    assert "Which plan do you mean?" in await talk.say("drop 1")
    await talk.press("🗺 Grow the garden")
    await talk.say("drop 1", reply_to=talk.newest().id)
    assert "Sand the walls" not in await titles(talk)


async def test_a_new_task_is_added_though_its_words_could_put_criteria_in_order(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.say("add sanding before priming")
    assert "sanding before priming" in await titles(talk)


async def test_of_several_steps_by_name_none_is_lost_where_one_names_a_criterion(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    await talk.say("drop the brushes and move the floor to the front")
    assert await titles(talk) == ["Clean the floor", "Sand the walls", "Prime the walls"]
    await talk.say("add Feed the cat; drop the floor")
    assert await titles(talk) == ["Sand the walls", "Prime the walls", "Feed the cat"]


async def test_the_words_of_a_task_itself_do_not_drop_it(talk: Talk) -> None:
    await talk.set_goal("Remove the wallpaper", "Sand the walls")
    await talk.say("remove the wallpaper")
    assert "Remove the wallpaper" in await titles(talk)


@pytest.mark.sample(4)
@pytest.mark.parametrize("words", ["2: done", "2: yes", "2: 👍", "2: problem: no bread", "2: later", "2: ?"])
@pytest.mark.parametrize("replied", [True, False])
async def test_how_a_task_stands_is_no_name_for_it(talk: Talk, words: str, replied: bool) -> None:
    await talk.set_goal(*SHED)
    before = await titles(talk)
    await talk.say(words, reply_to=talk.newest().id if replied else None)
    assert await titles(talk) == before


async def test_a_task_that_is_skipped_before_the_start_is_dropped(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    first = (await titles(talk))[0]
    await talk.say("1: skip")
    assert first not in await titles(talk)


@pytest.fixture
async def replaced(talk: Talk) -> SimMessage:
    """The message of a plan that another one with numbers of its own has replaced."""
    goal = await talk.set_goal("Sand the walls", "Prime the walls", name="Room")
    old = talk.with_text("The plan for")
    await talk.engine.edit_goal(goal.id, GoalEdit(criteria=("Feed the cat", "Sand the walls", "Prime the walls")))
    await talk.settle()
    assert await titles(talk) == ["Feed the cat", "Sand the walls", "Prime the walls"]
    return old


@pytest.mark.sample(2)
@pytest.mark.parametrize("words", ["drop 1", "1: Feed the dog", "move 1 to 2", "swap 1 and 2", "without 1", "start"])
async def test_numbers_of_an_older_plan_name_nothing_of_the_newest(
    talk: Talk, replaced: SimMessage, words: str
) -> None:
    told = await talk.say(words, reply_to=replaced.id)
    assert "The plan has changed since this message; here is the newest one.\n---\n🗺 Plan 2 for «Room»" in told
    assert await titles(talk) == ["Feed the cat", "Sand the walls", "Prime the walls"]
    assert (await talk.goal()).status is GoalStatus.PROPOSED


async def test_names_and_new_tasks_mean_the_same_in_an_older_plan(talk: Talk, replaced: SimMessage) -> None:
    await talk.say("drop the cat", reply_to=replaced.id)
    await talk.say("add Buy 2 brushes", reply_to=replaced.id)
    assert await titles(talk) == ["Sand the walls", "Prime the walls", "Buy 2 brushes"]


@pytest.mark.sample(1)
@pytest.mark.parametrize("deed", ["Drop", "Move", "Reword"])
async def test_buttons_of_an_older_plan_touch_no_task_of_the_newest(talk: Talk, deed: str) -> None:
    goal = await talk.set_goal("Sand the walls", "Prime the walls", name="Room")
    await talk.press("Change")
    await talk.press(f"{deed} a task")
    page, data = talk.button("1")
    await talk.engine.edit_goal(goal.id, GoalEdit(criteria=("Feed the cat", "Sand the walls", "Prime the walls")))
    await talk.settle()
    await talk.press_data(data, page)
    assert await titles(talk) == ["Feed the cat", "Sand the walls", "Prime the walls"]
    assert "Plan 2 for «Room»" in talk.with_text("for «Room»").text


@pytest.mark.sample(1)
@pytest.mark.parametrize(("deed", "words"), [("Drop", "1"), ("Reword", "Sand them twice"), ("Move", "last")])
async def test_words_that_a_question_about_an_older_plan_waited_for_change_nothing(
    talk: Talk, deed: str, words: str
) -> None:
    goal = await talk.set_goal("Sand the walls", "Prime the walls", name="Room")
    await talk.press("Change")
    await talk.press(f"{deed} a task")
    if deed != "Drop":
        await talk.press("1")
    await talk.engine.edit_goal(goal.id, GoalEdit(criteria=("Feed the cat", "Sand the walls", "Prime the walls")))
    await talk.settle()
    told = await talk.say(words)
    assert "here is the newest one" in told
    assert await titles(talk) == ["Feed the cat", "Sand the walls", "Prime the walls"]


async def test_a_plan_that_there_is_none_of_is_said_to_be_none(talk: Talk) -> None:
    await talk.set_goal(*SHED)
    told = await talk.say("plan c", reply_to=talk.newest().id)
    assert "There is no plan C here." in told


async def test_what_a_person_added_stays_in_the_plan_however_often_it_is_made_anew(talk: Talk) -> None:
    goal = await talk.set_goal("Sand the walls", name="Room")
    await talk.say("add Call Maria")
    for criteria in (("Sand the walls", "Feed the cat"), ("Feed the cat",)):
        await talk.engine.edit_goal(goal.id, GoalEdit(criteria=criteria))
        await talk.settle()
        assert await titles(talk) == [*criteria, "Call Maria"]
    assert "nothing orphaned" in talk.with_text("for «Room»").text
    await talk.say("drop Call Maria")
    await talk.engine.edit_goal(goal.id, GoalEdit(criteria=("Sand the walls",)))
    await talk.settle()
    assert await titles(talk) == ["Sand the walls"]


async def test_other_words_other_places_and_what_was_left_out_stay_so_however_often_a_plan_is_made_anew(
    talk: Talk,
) -> None:
    goal = await talk.set_goal(*SHED)
    await talk.say("drop 4\n1: Sand all four walls\nmove 3 to 1")
    mine = ["Buy 3 brushes", "Sand all four walls", "Prime the walls"]
    assert await titles(talk) == mine
    for criteria in ((*SHED, "Feed the cat"), (*SHED, "Feed the dog"), SHED):
        await talk.engine.edit_goal(goal.id, GoalEdit(criteria=criteria))
        await talk.settle()
        assert await titles(talk) == [*mine, *criteria[4:]]
    assert "could not keep" not in talk.with_text("Plan 4").text


async def test_an_order_that_was_said_in_words_is_kept_however_often_a_plan_is_made_anew(talk: Talk) -> None:
    wanted = ("Sand the walls", "Feed the cat", "Then prime the walls")
    goal = await talk.set_goal(*wanted)
    for words in ("feed the cat before sand the walls", "prime the walls before feed the cat"):
        await talk.say(words, reply_to=talk.newest().id)
    for criteria in ((*wanted, "Mow the lawn"), (*wanted, "Buy 3 brushes"), wanted):
        await talk.engine.edit_goal(goal.id, GoalEdit(criteria=criteria))
        await talk.settle()
        goal = await talk.goal()
        found = {task.title: {goal.tasks[number].title for number in task.depends_on} for task in goal.live_tasks}
        assert "Prime the walls" in found["Feed the cat"], found
        assert "Feed the cat" in found["Sand the walls"], found
        assert "could not keep" not in talk.newest().text
        shown = [one for one in await titles(talk) if one in found and one not in ("Mow the lawn", "Buy 3 brushes")]
        assert shown == ["Prime the walls", "Feed the cat", "Sand the walls"]


async def test_an_order_that_a_new_plan_has_no_place_for_is_told(talk: Talk) -> None:
    talk.planner.tasks = (
        PlannedTask(key="a", title="Sand the walls", criterion=0),
        PlannedTask(key="b", title="Feed the cat", criterion=1),
    )
    goal = await talk.set_goal("The walls are smooth", "The cat is fed")
    await talk.say("the cat is fed before the walls are smooth", reply_to=talk.newest().id)
    assert (await talk.goal()).task(1).depends_on == (2,)
    talk.planner.tasks = (talk.planner.tasks[0], PlannedTask(key="b", title="Feed both cats", criterion=1))
    await talk.engine.edit_goal(goal.id, GoalEdit(criteria=("The walls are smooth", "The cat is fed", "The dog")))
    await talk.settle()
    assert "could not keep: the order that you set for «Sand the walls»" in talk.newest().text


async def test_what_was_changed_in_a_plan_follows_a_criterion_that_is_said_anew(talk: Talk) -> None:
    goal = await talk.set_goal("Reach 500 subscribers", "Feed the cat", name="Launch the newsletter")
    number = next(task.number for task in goal.live_tasks if "channel" in task.title)
    await talk.say(f"{number}: Ask at the library")
    await talk.engine.edit_goal(goal.id, GoalEdit(criteria=("Reach 700 subscribers", "Feed the cat")))
    await talk.settle()
    assert "Ask at the library" in await titles(talk), await titles(talk)
    assert "Count: 700 subscribers" in await titles(talk)


async def test_what_could_not_be_kept_of_a_changed_plan_is_told_in_one_line(talk: Talk) -> None:
    goal = await talk.set_goal("Reach 500 subscribers", "Feed the cat", name="Launch the newsletter")
    (number,) = (task.number for task in goal.live_tasks if task.title.startswith("Count"))
    await talk.say(f"{number}: Count 500 subscribers in the ledger")
    await talk.engine.edit_goal(goal.id, GoalEdit(criteria=("Reach 700 subscribers", "Feed the cat")))
    await talk.settle()
    told = talk.with_text("Plan 2").text
    assert "could not keep: the words «Count 500 subscribers in the ledger»." in told


async def test_whoever_drops_a_criterion_misses_nothing_of_its_tasks(talk: Talk) -> None:
    goal = await talk.set_goal(*SHED)
    await talk.say("3: Borrow 3 brushes")
    await talk.engine.edit_goal(goal.id, GoalEdit(criteria=(*SHED[:2], SHED[3])))
    await talk.settle()
    assert "could not keep" not in talk.with_text("Plan 2").text


async def test_a_task_of_the_same_words_for_something_else_is_not_taken_for_the_one_that_was_changed(
    talk: Talk,
) -> None:
    talk.planner.tasks = tuple(PlannedTask(key=f"{place}", title="Test it", criterion=place) for place in (0, 1))
    goal = await talk.set_goal("The shop", "The site")
    await talk.say("drop 1")
    talk.planner.tasks = talk.planner.tasks[:1]
    await talk.engine.edit_goal(goal.id, GoalEdit(criteria=("The site",)))
    await talk.settle()
    assert await titles(talk) == ["Test it"]


async def test_an_order_goes_along_when_another_way_is_picked_after_it(talk: Talk) -> None:
    await talk.set_goal("Build a landing page", "Get 20 beta users", "Launch the shop", name="Shop")
    plan = talk.newest()
    await talk.say("get 20 beta users before build a landing page", reply_to=plan.id)
    await talk.press("See the plan")
    await talk.press("Use plan B")
    goal = await talk.goal()
    assert goal.plan_version == 3
    assert any("tenth of the people" in task.title for task in goal.live_tasks)
    users = next(task.number for task in goal.live_tasks if "beta users" in task.title)
    assert any(users in task.depends_on and task.criterion == 0 for task in goal.live_tasks)
    await talk.press("Use plan B", message=plan)
    assert (await talk.goal()).plan_version == 3, "that button is of an older plan"


@pytest.mark.parametrize("words", ["add a criterion: Write a press text", "also add criterion Write a press text"])
async def test_a_criterion_that_is_added_is_no_task_of_that_name(talk: Talk, words: str) -> None:
    goal = await talk.set_goal(*SHED)
    await talk.say(words, reply_to=talk.newest().id)
    assert (await talk.goal()).criteria == (*goal.criteria, "Write a press text")
