"""What an answer may say: what the ledger holds, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agents.conversation.claims import Deed, GoalFact, Known, TaskFact, false_claims, plain_facts, sound_part
from engine.values import GoalId, TaskNumber

SITE = GoalFact(
    name="Get the site done",
    status="failed",
    progress=0.5,
    tasks={
        TaskNumber(1): TaskFact(title="Build it", status="completed"),
        TaskNumber(2): TaskFact(title="Ship the page", status="failed", error="the server was gone"),
    },
)
GARDEN = GoalFact(name="Grow a garden", status="active", tasks={TaskNumber(3): TaskFact(title="Dig", status="waiting")})
KNOWN = Known(goals={GoalId(7): SITE, GoalId(8): GARDEN}, deeds=(Deed(claim="started", goal=GoalId(8)),))

LIES = [
    "All tasks are completed!",
    "Everything went well with no errors.",
    "Your site goal #7 is done.",
    "«Get the site done» was completed without any problem.",
    "Task 1 and task 2 are done.",
    "- Build it: completed\n- Ship the page: completed",
    "| Ship the page | ✅ |",
    "2 of 2 tasks are completed.",
    "It is 90 % done.",
    "I created goal #9 for you.",
    "I've created a new goal for you.",
    "I have cancelled it.",
    "I've cancelled goal 8.",
    "Goal #8 has been paused.",
    "Task 8.3 is completed.",
    "#8 is finished, #7 failed.",
    "Ich habe das Ziel gelöscht.",
    "Alle Aufgaben sind erledigt.",
    "J'ai annulé le but #8.",
    "He cancelado el objetivo #8.",
    "Todas las tareas están completadas.",
    "Все задачи выполнены.",
]
TRUTHS = [
    "Task 1 is completed and task 2 failed.",
    "«Get the site done» has failed: the server was gone.",
    "1 of 2 tasks of #7 is completed, one failed.",
    "It is 50 % done.",
    "I've started #8.",
    "It has been started.",
    "Done.",
    "Grow a garden is under way.",
    "#8 is not done yet.",
    "Shall I mark it done?",
    "Once Dig is done, the garden is finished.",
    "I can cancel it if you want.",
    "I could not find a goal that was cancelled.",
    "None of the tasks was skipped.",
    "What would you like to be done first?",
    "Get the site done is a goal of yours.",
    "Some of the tasks of #7 failed.",
    "Gern! Soll ich das Ziel anlegen?",
    "Das Ziel #7 ist gescheitert.",
    "Getting started with painting is easy.",
    "Finished cards sell well, and a failed print makes a good sketch.",
    "I've added a few ideas below.",
    "I created a short list of colours for you.",
    "Well done!",
    "A successful shop begins with ten friends.",
    "",
]


@pytest.mark.parametrize("text", LIES)
def test_what_the_ledger_does_not_hold_is_a_false_claim(text: str) -> None:
    assert false_claims(text, KNOWN)


@pytest.mark.parametrize("text", TRUTHS)
def test_what_the_ledger_holds_or_nobody_claims_may_be_said(text: str) -> None:
    assert false_claims(text, KNOWN) == []


def test_where_nothing_is_known_nothing_is_claimed() -> None:
    assert false_claims("I have started everything, and two tasks are done.", Known())
    assert false_claims("Done!", Known())
    assert not false_claims("Tell me what you want to reach.", Known())


def test_a_growing_answer_is_shown_in_whole_sentences_up_to_the_first_lie() -> None:
    growing = "Let me see. Task 1 is completed. Task 2 is completed too. And more."
    assert sound_part(growing, KNOWN) == "Let me see. Task 1 is completed."
    assert sound_part("Let me s", KNOWN) == ""


def test_the_plain_facts_name_what_failed_and_why() -> None:
    told = plain_facts(Known(goals={GoalId(7): SITE}))
    assert "#7 «Get the site done»: failed, 1 of 2 tasks completed" in told
    assert "7.2 «Ship the page» failed: the server was gone" in told
    assert "completed" not in plain_facts(Known())


@given(st.text(max_size=200))
def test_any_text_can_be_judged_and_the_shown_part_is_a_beginning_of_it(text: str) -> None:
    false_claims(text, KNOWN)
    assert text.startswith(sound_part(text, KNOWN))


@given(st.sampled_from(TRUTHS + LIES), st.sampled_from(TRUTHS + LIES))
def test_a_lie_is_found_beside_anything(one: str, other: str) -> None:
    lies = one in LIES or other in LIES
    assert bool(false_claims(f"{one}\n{other}", KNOWN)) is lies
