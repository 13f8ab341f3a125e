"""/stats: from what really happened in the chat to the words about it."""

from engine.plans import PlannedTask
from engine.tasks import Estimate
from tests.handlers.conftest import BEN, Talk

HOURS = Estimate(low=1, likely=2, high=4)


async def lived(talk: Talk, *hours: float) -> None:
    """A goal of tasks in a row, done after so many hours each."""
    rows = [
        PlannedTask(
            key=f"t{n}", title=f"Write letter {n}", estimate=HOURS, after=(f"t{n - 1}",) if n else (), success=0.8
        )
        for n in range(len(hours))
    ]
    await talk.with_tasks(*rows)
    for number, each in enumerate(hours):
        talk.clock.advance(hours=each)
        await talk.press("Done", message=talk.with_text(f"Write letter {number}"))


async def test_before_anything_was_done_it_says_what_it_will_show(talk: Talk) -> None:
    told = await talk.say("/stats")
    assert told.startswith("📊 Predicted, and what came of it\nThere is nothing to compare yet.")


async def test_what_was_done_is_told_beside_what_was_predicted(talk: Talk) -> None:
    await lived(talk, 2, 2, 3)
    told = await talk.say("/stats")
    assert "3 tasks that ended since Fri 20 Nov, each predicted before it began." in told
    assert "too little to judge me by" in told
    assert "• Of 3 things I gave 80% or more, 3 worked; by my odds about 2.5 should have." in told
    assert "• Everything worked so far: that can't tell good odds from bad ones." in told
    assert "• 3 of 3 took as long as my range said (100%; it is meant to be 80%)." in told


async def test_an_answer_to_a_choice_is_told_to_who_gave_it(talk: Talk) -> None:
    question = {"question": "Sea or hills?", "options": ["The sea", "The hills"]}
    await talk.with_tasks(PlannedTask(key="a", title="Where to", work="decide", inputs=question))
    talk.clock.advance(hours=3)
    await talk.press("The sea")
    assert "Half of the time you answer me within 4 hours" in await talk.say("/stats")
    assert "you answer me" not in await talk.say("/stats", person=BEN, chat=BEN.id)


async def test_another_chats_tasks_are_not_told(talk: Talk) -> None:
    await lived(talk, 2)
    assert "1 task that ended" in await talk.say("/stats")
    assert "nothing to compare yet" in await talk.say("/stats", person=BEN, chat=BEN.id)


async def test_it_is_in_the_menu_and_under_words_near_it(talk: Talk) -> None:
    assert "/stats" in await talk.say("/help")
    assert "/stats" in await talk.say("stats")
