"""What somebody says is so now, or no longer: of a goal's circumstances, and of what its criteria say."""

import pytest

from engine.tasks import TaskStatus
from engine.values import TaskNumber
from tests.engine.planning.lab import NAME
from tests.handlers.conftest import Talk, tasks_of


async def test_what_a_method_of_ones_own_rests_on_is_told_in_words_and_only_its_part_follows(lab: Talk) -> None:
    before = await lab.started("Fire the pots", "Dry the clay", name=NAME)
    dry = tasks_of(before, "Dry the clay")
    await lab.engine.complete_task(before.id, TaskNumber(1))
    said = await lab.say("/replan the kiln is broken")
    assert "«There is a kiln that works» does not hold" in said
    assert "another way for «fire the pots»: in a pit" in said
    after = await lab.goal()
    assert after.metadata["has_kiln"] is False
    assert after.tasks[TaskNumber(1)].status is TaskStatus.COMPLETED
    assert [after.tasks[number].status for number in dry] == [before.tasks[number].status for number in dry]


async def test_a_note_about_it_is_asked_about_first_and_a_value_is_told_as_it_is(lab: Talk) -> None:
    await lab.started("Dry the clay", "Fire the pots", name=NAME)
    assert "Shall the plan follow?" in await lab.say("/note the season is winter")
    assert "season" not in (await lab.goal()).metadata
    assert "«The time of the year» is winter" in await lab.press("Yes")
    after = await lab.goal()
    assert [after.tasks[number].title for number in tasks_of(after, "Dry the clay")] == [
        "Hang up the clay in a heated room"
    ]
    assert "I could not tell" in await lab.say("/replan the season is never"), "there is no such value"


async def test_what_is_known_is_told_in_reply_to_the_card_too(lab: Talk) -> None:
    await lab.started("Fire the pots", "Dry the clay", name=NAME)
    card = await lab.show_card()
    await lab.say("the kiln is gone", reply_to=card.id)
    assert "Fire the pots in the pit" in [task.title for task in (await lab.goal()).live_tasks]


async def test_a_criterion_gets_other_words_and_only_what_hangs_on_them_follows(talk: Talk) -> None:
    before = await talk.started("Print 100 copies", "Design the logo", "Write the texts")
    said = await talk.say("/replan 200 copies instead of 100")
    assert "✏️ «Print 100 copies» is now «Print 200 copies»" in said
    after = await talk.goal()
    assert after.criteria == ("Print 200 copies", "Design the logo", "Write the texts")
    kept = tasks_of(before, "Design the logo")
    assert tasks_of(after, "Design the logo") == kept
    assert {after.tasks[number].status for number in tasks_of(before, "Print 100 copies")} == {TaskStatus.SUPERSEDED}
    assert "is what it says already" in await talk.say("/replan criterion 1 is now: Print 200 copies")
    assert (await talk.goal()).plan_version == after.plan_version


@pytest.mark.parametrize("words", ["only 15 guests", "we need at least 15 guests", "just 15 guests"])
async def test_a_figure_that_may_tell_how_far_it_has_come_is_asked_about(talk: Talk, words: str) -> None:
    before = await talk.started("Invite 20 guests", "Design the logo", name="Concert")
    card = await talk.show_card()
    told = await talk.say(words, reply_to=card.id)
    assert told == "«Invite 20 guests»: shall it be «Invite 15 guests», in all, from now on?"
    assert (await talk.goal()).criteria == before.criteria
    await talk.press("Yes")
    assert (await talk.goal()).criteria == ("Invite 15 guests", "Design the logo")


async def test_a_figure_of_what_has_begun_may_be_what_is_left(talk: Talk) -> None:
    before = await talk.started("Sing 20 songs", "Design the logo", name="Concert")
    counted = next(task for task in before.live_tasks if task.target_count > 1)
    card = await talk.show_card()
    assert "is now «Sing 15 songs»" in await talk.say("we only need 15 songs", reply_to=card.id)
    after = await talk.goal()
    counted = next(task for task in after.live_tasks if task.target_count > 1)
    await talk.engine.count_task(after.id, counted.number, 4)
    assert "in all, from now on?" in await talk.say("/replan we only need 10 songs")
    await talk.say("no")
    assert (await talk.goal()).criteria == after.criteria
