"""What runs ask before they act, in the chat: the words, the buttons, a yes that counts once, and only its owner's."""

import datetime as dt

import pytest

from bot.local.events import CallbackAnswered
from engine.agents.runs.facts import ApprovalId, ApprovalKind, ApprovalStatus, RunStatus
from engine.goals import Goal
from engine.plans import PlannedTask
from engine.tasks import TaskStatus, WaitingFor
from engine.values import TaskNumber
from handlers.errors import REFUSALS
from tests.engine.asker import Asker
from tests.handlers.conftest import ANN, BEN, Talk

LETTER = PlannedTask(key="a", title="Write to Ann", work="send")


async def asked(talk: Talk, asker: Asker | None = None) -> tuple[Goal, Asker]:
    """A started goal whose only task asks before it sends."""
    asker = asker or Asker()
    asker.executor = talk.engine
    talk.engine.registry.add(asker.work())
    goal = await talk.with_tasks(LETTER)
    return goal, asker


async def status(talk: Talk, approval: int = 1) -> ApprovalStatus:
    return (await talk.engine.approvals.find(ApprovalId(approval))).status


def task_of(goal: Goal) -> TaskStatus:
    return goal.task(TaskNumber(1)).status


async def test_the_question_shows_what_would_be_done_with_which_arguments_and_two_buttons(talk: Talk) -> None:
    await asked(talk)
    message = talk.with_text("May I do this?")
    assert message.text.splitlines() == [
        "🔐 May I do this?",
        "Send a letter to ann@example.com",
        "Tool: send",
        "to: ann@example.com",
        "text: Hello",
        "Goal: Test goal",
        "Task: Write to Ann",
        "",
        "Or reply «deny», with the reason if there is one. The question stands until Fri 27 Nov, 10:00, in 7 days.",
    ]
    assert talk.labels(message) == ["Approve", "Deny"]


async def test_meanwhile_the_task_waits_without_slot_or_lease_and_its_attempt_is_closed(talk: Talk) -> None:
    goal, asker = await asked(talk)
    task = (await talk.goal(goal.id)).task(TaskNumber(1))
    assert task.waiting is not None
    assert (task.status, task.waiting.what, task.lease) == (TaskStatus.WAITING, WaitingFor.APPROVAL, None)
    [attempt] = await talk.engine.queries.attempts(goal.id)
    assert attempt.ended_at is not None
    assert asker.sent == []


async def test_approve_lets_it_go_on_once_and_says_so_in_place(talk: Talk) -> None:
    goal, asker = await asked(talk)
    told = await talk.press("Approve")
    assert "✅ Approved" in told
    assert asker.sent == ["Hello"]
    assert task_of(await talk.goal(goal.id)) is TaskStatus.COMPLETED
    assert not any("May I do this?" in one.text for one in talk.simulator.chat(ANN.id))


async def test_a_second_press_and_a_handled_again_update_change_nothing(talk: Talk) -> None:
    _, asker = await asked(talk)
    message, data = talk.button("Approve")
    talk.simulator.press(ANN, message.chat_id, message.id, data)
    talk.simulator.press(ANN, message.chat_id, message.id, data)
    told = await talk.serve(ANN.id)
    assert "✅ Approved" in told
    assert asker.sent == ["Hello"]
    assert len(asker.told) == 1


async def test_of_both_buttons_the_first_counts_and_the_other_is_told_kindly(talk: Talk) -> None:
    _, asker = await asked(talk)
    message, yes = talk.button("Approve")
    _, no = talk.button("Deny")
    talk.simulator.press(ANN, message.chat_id, message.id, no)
    talk.simulator.press(ANN, message.chat_id, message.id, yes)
    told = await talk.serve(ANN.id)
    assert asker.sent == []
    assert await status(talk) is ApprovalStatus.DENIED
    assert "That was settled before your answer came; it changed nothing." in told


async def test_a_no_in_a_reply_carries_its_reason_to_the_run(talk: Talk) -> None:
    _, asker = await asked(talk)
    told = await talk.say("No, she is on holiday", reply_to=talk.with_text("May I do this?").id)
    assert "Not done: you said no" in told
    assert "she is on holiday" in told
    assert asker.told == ["denied: she is on holiday"]


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("words", "sent"), [("approve", True), ("deny because it is late", False), ("Deny.", False), ("approved", True)]
)
async def test_plain_words_answer_the_only_question(words: str, sent: bool, talk: Talk) -> None:
    _, asker = await asked(talk)
    await talk.say(words)
    assert bool(asker.sent) is sent
    assert len(asker.told) == 1


async def test_words_that_are_no_answer_are_asked_about_and_decide_nothing(talk: Talk) -> None:
    _, asker = await asked(talk)
    told = await talk.say("what does it say exactly?", reply_to=talk.with_text("May I do this?").id)
    assert "Reply «approve», or «deny»" in told
    assert await status(talk) is ApprovalStatus.OPEN
    assert asker.told == []


async def test_somebody_else_is_refused_in_a_window_and_the_question_stays(talk: Talk) -> None:
    _, asker = await asked(talk)
    message, data = talk.button("Approve")
    toasts: list[str] = []
    talk.simulator.listen(lambda event: toasts.append(event.text) if isinstance(event, CallbackAnswered) else None)
    talk.simulator.press(BEN, message.chat_id, message.id, data)
    await talk.serve(ANN.id)
    assert toasts == [REFUSALS["not_asked_of_you"]]
    assert await status(talk) is ApprovalStatus.OPEN
    assert asker.sent == []


async def test_a_question_expires_the_run_hears_that_nobody_answered_and_the_old_button_is_met_kindly(
    talk: Talk,
) -> None:
    _, asker = await asked(talk)
    message, yes = talk.button("Approve")
    talk.clock.advance(days=8)
    await talk.engine.approvals.look()
    await talk.settle()
    assert asker.told == ["expired: "]
    assert "nobody had answered in time" in await talk.press_data(yes, message)
    assert asker.sent == []


async def test_a_question_that_expired_says_so_and_has_no_buttons_any_more(talk: Talk) -> None:
    await asked(talk)
    question = talk.with_text("May I do this?")
    talk.clock.advance(days=8)
    await talk.engine.approvals.look()
    await talk.serve(ANN.id)
    (message,) = [one for one in talk.simulator.chat(ANN.id) if one.id == question.id]
    assert message.text.startswith("⌛ Not done: nobody had answered in time")
    assert message.buttons == ()


def buttons_under(talk: Talk, message: int) -> list[str]:
    return [
        button.text for one in talk.simulator.chat(ANN.id) if one.id == message for row in one.buttons for button in row
    ]


async def test_a_question_that_plain_words_have_answered_has_no_buttons_any_more(talk: Talk) -> None:
    await asked(talk)
    question = talk.with_text("May I do this?").id
    await talk.say("deny")
    assert buttons_under(talk, question) == []


async def test_a_question_that_nobody_needs_any_more_has_no_buttons_either(talk: Talk) -> None:
    goal, _ = await asked(talk)
    question = talk.with_text("May I do this?").id
    await talk.engine.cancel_goal(goal.id)
    await talk.engine.approvals.look()
    await talk.serve(ANN.id)
    assert "No longer needed" in talk.with_text("Send a letter").text
    assert buttons_under(talk, question) == []


async def test_a_person_who_is_asked_is_reminded_after_a_day(talk: Talk) -> None:
    await asked(talk)
    talk.clock.advance(days=1, hours=1)
    await talk.engine.serve_wakeups()
    assert "It waits for your yes or no; /approvals shows what it asks." in await talk.serve(ANN.id)


async def test_what_its_goal_no_longer_needs_is_withdrawn(talk: Talk) -> None:
    goal, asker = await asked(talk)
    await talk.engine.cancel_goal(goal.id)
    assert "No longer needed" in await talk.press("Approve")
    assert asker.sent == []
    run = await talk.database.runs.of_task(goal.id, TaskNumber(1))
    assert run is not None
    assert run.status is RunStatus.CANCELLED


async def test_approvals_lists_what_waits_with_its_buttons(talk: Talk) -> None:
    await asked(talk)
    told = await talk.say("/approvals")
    assert "May I do this?" in told
    assert "✅ Approved" in await talk.press("Approve")
    assert "Nothing waits for your yes." in await talk.say("/approvals")


async def test_what_was_cut_off_is_asked_about_with_three_answers(talk: Talk) -> None:
    _, asker = await asked(talk, Asker(kind=ApprovalKind.DOUBT, words="«send» was under way"))
    message = talk.with_text("I was cut off in the middle of this")
    assert talk.labels(message) == ["It is done", "Do it again", "Leave it"]
    assert "It counts as done" in await talk.press("It is done")
    assert asker.told == ["done: "]


async def test_the_answer_is_found_again_where_a_crash_came_between_it_and_the_task(talk: Talk) -> None:
    goal, asker = await asked(talk)
    [waiting] = await talk.database.runs.open_approvals()
    # what a kill right after the answer leaves: it is kept, and nobody has told the task
    assert await talk.database.runs.decide(waiting, ApprovalStatus.APPROVED, "", talk.clock.now())
    assert task_of(await talk.goal(goal.id)) is TaskStatus.WAITING
    await talk.engine.approvals.look()
    await talk.settle()
    assert asker.sent == ["Hello"]


async def test_the_time_it_waits_is_no_time_of_the_task(talk: Talk) -> None:
    goal, _ = await asked(talk)
    talk.clock.advance(days=5)
    await talk.press("Approve")
    history = await talk.database.queries.history(talk.clock.now() - dt.timedelta(days=30))
    [seen] = history.experiences
    assert (seen.hours or 0) < 1
    assert task_of(await talk.goal(goal.id)) is TaskStatus.COMPLETED


async def test_programs_list_and_answer_too(talk: Talk) -> None:
    goal, asker = await asked(talk)
    [waiting] = await talk.engine.approvals.get_open(goal.id)
    assert waiting["task"] == f"{goal.id}.1"
    assert waiting["arguments"] == asker.arguments
    done = await talk.engine.approvals.approve(waiting["id"])
    assert done["status"] == "approved"
    await talk.settle()
    assert asker.sent == ["Hello"]
    assert await talk.engine.approvals.get_open() == []


async def test_wherever_the_goal_is_shown_it_is_shown_as_waiting_for_the_person(talk: Talk) -> None:
    await asked(talk)
    assert "🔐 1. Write to Ann · waits for your yes, /approvals" in await talk.say("/tasks")
    assert "1. Write to Ann: your yes, /approvals" in (await talk.show_card()).text
    assert "Waiting for you\n• Write to Ann" in await talk.say("/digest")
    assert "Forecast" in await talk.say("/forecast")
    assert "Nothing is in the way." in await talk.say("/blockers")


async def test_done_by_hand_it_needs_no_answer_any_more(talk: Talk) -> None:
    goal, asker = await asked(talk)
    await talk.engine.complete_task(goal.id, 1, "I wrote it myself")
    await talk.engine.approvals.look()
    assert await status(talk) is ApprovalStatus.WITHDRAWN
    assert "No longer needed" in await talk.press("Approve")
    assert asker.sent == []
