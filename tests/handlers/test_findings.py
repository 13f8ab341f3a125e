"""What the proactive agent found, in the chat: one message a day, three answers, each once, by its owner alone."""

from dataclasses import replace

import pytest

from bot.local.events import CallbackAnswered
from bot.local.messages import SimMessage
from engine.goals import Goal
from engine.plans import Plan, PlannedTask
from engine.proactive.findings import FindingId, FindingStatus
from engine.tasks import TaskStatus
from engine.values import TaskNumber
from handlers.errors import REFUSALS
from tests.handlers.conftest import ANN, BEN, Talk

DIG = PlannedTask(key="a", title="Dig holes for the apple trees", criterion=0)
STUDY = PlannedTask(key="b", title="Study the openings of chess", criterion=1, after=("a",))
SET = PlannedTask(key="c", title="Buy a chess set", criterion=1, after=("a",))
FOUND = "could start now"


async def found(talk: Talk, *tasks: PlannedTask) -> tuple[Goal, SimMessage]:
    """A goal in which something was found, and the message that tells of it."""
    talk.planner.whole = Plan(tasks=(DIG, *(tasks or (STUDY,))), source="test")
    goal = await talk.started("Plant 3 apple trees", "Win the chess tournament", name="A good spring")
    await look(talk)
    return goal, talk.with_text(FOUND)


async def look(talk: Talk) -> str:
    """A round of the monitor and a look of the agent; what is written then."""
    await talk.engine.look_after_goals()
    await talk.engine.proactive.look()
    return await talk.serve(ANN.id)


async def status(talk: Talk, finding: int = 1) -> FindingStatus:
    kept = await talk.database.findings.find(FindingId(finding))
    assert kept is not None
    return kept.status


def second(goal: Goal) -> TaskStatus:
    return goal.task(TaskNumber(2)).status


async def test_a_message_says_what_was_found_and_has_three_buttons(talk: Talk) -> None:
    _, message = await found(talk)
    assert message.text.splitlines() == [
        "💡 «Study the openings of chess» could start now",
        "It waits for «Dig holes for the apple trees» only because the plan has them in that order.",
        "Goal: A good spring",
        "",
        "«Do it» starts it now; the rest stays as it is.",
    ]
    assert talk.labels(message) == ["Do it", "Not now", "Never this kind"]


async def test_do_it_does_it_and_says_so_in_place(talk: Talk) -> None:
    goal, message = await found(talk)
    told = await talk.press("Do it")
    assert "✅ Done" in told
    assert second(await talk.goal(goal.id)) is TaskStatus.WAITING
    assert await status(talk) is FindingStatus.DONE
    assert not talk.labels(next(one for one in talk.simulator.chat(ANN.id) if one.id == message.id))


async def test_do_it_pressed_twice_acts_once_and_the_second_press_is_told_kindly(talk: Talk) -> None:
    goal, message = await found(talk)
    _, data = talk.button("Do it")
    talk.simulator.press(ANN, message.chat_id, message.id, data)
    told = await talk.press("Do it")
    events = [row.event for row in await talk.engine.queries.log(goal.id, before=None, limit=99)]
    assert events.count("task_rewired") == 1
    assert "That is done already" in told


async def test_an_update_that_is_handled_again_after_a_crash_acts_once(talk: Talk) -> None:
    goal, message = await found(talk)
    _, data = talk.button("Do it")
    talk.simulator.press(ANN, message.chat_id, message.id, data)
    raw = await talk.simulator.call("getUpdates", {"offset": talk.offset})
    assert isinstance(raw, list)
    for _ in range(2):
        handled = await talk.handle(raw[0])
        assert handled is not None
        assert "one" in str(handled.replies[0].payload["text"])
        await talk.settle()
    events = [row.event for row in await talk.engine.queries.log(goal.id, before=None, limit=99)]
    assert events.count("task_rewired") == 1


@pytest.mark.sample(1)
@pytest.mark.parametrize("label", ["Do it", "Not now", "Never this kind"])
async def test_somebody_else_can_press_nothing(talk: Talk, label: str) -> None:
    goal, message = await found(talk)
    await talk.press(label, person=BEN, message=message)
    assert await status(talk) is FindingStatus.TOLD
    assert await talk.database.findings.muted(goal.chat or ANN.id) == set()
    assert second(await talk.goal(goal.id)) is TaskStatus.PENDING


async def test_a_button_that_names_a_finding_of_another_goal_does_nothing(talk: Talk) -> None:
    goal, message = await found(talk)
    other = await talk.set_goal("Bake bread", name="Bread")
    _, data = talk.button("Do it", message)
    await talk.press_data(data.replace(f"f:do:{goal.id}:", f"f:do:{other.id}:"), message)
    assert await status(talk) is FindingStatus.TOLD


async def test_one_message_a_day_though_more_was_found(talk: Talk) -> None:
    await found(talk, STUDY, SET)
    assert FOUND not in await look(talk)
    talk.clock.advance(hours=23)
    assert FOUND not in await look(talk)
    talk.clock.advance(hours=1)
    assert "«Buy a chess set» could start now" in await look(talk)


async def test_not_now_is_left_alone_for_a_week(talk: Talk) -> None:
    await found(talk)
    assert "I'll leave it" in await talk.press("Not now")
    for days, told in ((6, False), (2, True)):
        talk.clock.advance(days=days)
        assert (FOUND in await look(talk)) is told


async def test_never_this_kind_is_remembered_for_all_goals_of_the_chat(talk: Talk) -> None:
    await found(talk, STUDY, SET)
    assert "I won't tell you of tasks that could start earlier" in await talk.press("Never this kind")
    talk.clock.advance(days=20)
    assert FOUND not in await look(talk)
    talk.planner.whole = Plan(tasks=(DIG, STUDY), source="test")
    await talk.started("Plant 3 apple trees", "Win the chess tournament", name="Another spring")
    assert FOUND not in await look(talk)


async def test_a_stale_button_says_how_things_stand(talk: Talk) -> None:
    goal, message = await found(talk)
    await talk.engine.complete_task(goal.id, 1)
    await look(talk)
    assert await status(talk) is FindingStatus.GONE
    assert "This is no longer so" in await talk.press("Do it", message=message)


async def test_a_press_before_anybody_has_looked_again_is_refused_kindly(talk: Talk) -> None:
    goal, message = await found(talk)
    await talk.engine.complete_task(goal.id, 1)
    toasts: list[str] = []
    talk.simulator.listen(lambda event: toasts.append(event.text) if isinstance(event, CallbackAnswered) else None)
    await talk.press("Do it", message=message)
    assert toasts == [REFUSALS["outdated"]]
    assert await status(talk) is FindingStatus.TOLD
    await talk.engine.proactive.look()
    assert await status(talk) is FindingStatus.GONE


async def test_another_offer_than_the_one_shown_is_shown_before_it_is_done(talk: Talk) -> None:
    goal, message = await found(talk)
    kept = await talk.database.findings.find(FindingId(1))
    assert kept is not None
    assert kept.finding.remedy is not None
    other = replace(kept.finding, remedy=replace(kept.finding.remedy, text="another reason"))
    await talk.database.findings.saw(goal.id, goal.id, [other], talk.clock.now())
    told = await talk.press("Do it", message=message)
    assert told.startswith("Things have moved on; this is how it stands:")
    assert second(await talk.goal(goal.id)) is TaskStatus.PENDING
    assert "✅ Done" in await talk.press("Do it")


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("words", "after"),
    [
        ("yes please do it", FindingStatus.TOLD),
        ("yes", FindingStatus.DONE),
        ("later", FindingStatus.DISMISSED),
        ("never", FindingStatus.DISMISSED),
    ],
)
async def test_a_reply_answers_as_the_buttons_do(talk: Talk, words: str, after: FindingStatus) -> None:
    _, message = await found(talk)
    await talk.say(words, reply_to=message.id)
    assert await status(talk) is after


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("words", "after"),
    [
        ("do it", FindingStatus.DONE),
        ("not now", FindingStatus.TOLD),  # a task waits, to which it may be said
        ("Never this kind!", FindingStatus.DISMISSED),
        ("yes", FindingStatus.TOLD),
    ],
)
async def test_plain_words_answer_the_one_finding_that_was_told(talk: Talk, words: str, after: FindingStatus) -> None:
    _, message = await found(talk)
    await talk.say(words)
    assert await status(talk) is after
    buttons = next(one for one in talk.simulator.chat(ANN.id) if one.id == message.id).buttons
    assert bool(buttons) is (after is FindingStatus.TOLD)


async def test_plain_words_of_somebody_else_or_where_two_were_told_answer_nothing(talk: Talk) -> None:
    await found(talk, STUDY, SET)
    await talk.say("do it", person=BEN, chat=BEN.id)
    assert await status(talk) is FindingStatus.TOLD
    talk.clock.advance(days=1)
    await look(talk)
    await talk.say("do it")
    assert [await status(talk, one) for one in (1, 2)] == [FindingStatus.TOLD, FindingStatus.TOLD]


async def test_a_criterion_whose_task_was_skipped_has_it_taken_up_again(talk: Talk) -> None:
    goal = await talk.started("Plant 3 apple trees", "Win the chess tournament", name="A good spring")
    await talk.engine.skip_task(goal.id, 2)
    assert "«Win the chess tournament» was skipped." in await look(talk)
    await talk.press("Do it")
    assert second(await talk.goal(goal.id)) is TaskStatus.WAITING


async def test_a_criterion_whose_task_was_dropped_is_planned_again_after_a_yes(talk: Talk) -> None:
    goal = await talk.started("Plant 3 apple trees", "Win the chess tournament", name="A good spring")
    await talk.engine.drop_task(goal.id, 2)
    assert "Nothing in the plan serves «Win the chess tournament»" in await look(talk)
    assert "New: «Win the chess tournament»." in await talk.press("Do it")


async def test_the_digest_has_a_short_section_of_it(talk: Talk) -> None:
    await found(talk)
    told = await talk.say("/digest")
    assert "💡 Worth a look\n• «Study the openings of chess» could start now · A good spring" in told
    await talk.press("Never this kind", message=talk.with_text("only because the plan"))
    assert "Worth a look" not in await talk.say("/digest")
