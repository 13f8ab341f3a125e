"""What an answer may say: what the ledger holds, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agents.conversation.claims import (
    false_claims,
    plain_facts,
    sound_part,
    spoken_of,
    tells_of_something,
)
from engine.agents.conversation.known import Deed, GoalFact, Known, TaskFact
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
    "I removed goal 8.",
    "Your goal number 8 is done.",
    "Your goal no. 8 is done.",
    "Goal no 8 is done.",
    "Ziel Nr. 8 ist erledigt.",
    "Task no. 2 is done.",
    "Doel 8 is klaar.",
    "O objetivo 8 está concluído.",
    "Meta n° 8 completada.",
    "L'obiettivo 8 è completato.",
    "Цель № 8 выполнена.",
    "La tarea 3 está completada.",
    "I've just stopped #8 for you.",
    "«Grow a garden» is closed.",
    "Goal #8 has been terminated.",
    "✔ Ship the page",
    "Ship the page ✓",
    "#8 is at 90 %.",
    "Two out of two done!",
    "I can confirm that #8 is cancelled.",
    "You can relax now because #8 is cancelled.",
    'The status of «Grow a garden» is "completed".',
    "Task `8.3` is `completed`.",
    "Grow a gar\u200bden is done.",
    "I've set the budget of #8 to $5.",
    "I moved the deadline to Friday.",
    "Your digest is now scheduled: I have turned on the digest.",
    "I have renamed the goal.",
    "C'est fait, tout est terminé.",
    "Ho cancellato l'obiettivo #8.",
    "Cancelei a meta #8.",
    "Concluí a tarefa 8.3.",
    "Ik heb doel #8 stopgezet.",
    "Я отменил цель #8.",
    "Ich habe Aufgabe 3 abgehakt.",
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
    "Doel 7 is mislukt.",
    "A meta número 7 falhou.",
    "Задача 1 выполнена.",
    "Goal number 8 is under way.",
    "El objetivo 8 está en marcha.",
    "Getting started with painting is easy.",
    "Finished cards sell well, and a failed print makes a good sketch.",
    "I've added a few ideas below.",
    "I created a short list of colours for you.",
    "Well done!",
    "A successful shop begins with ten friends.",
    "Grow a garden is under way: «Dig» waits for you, 0 of 1 tasks are done.",
    "«Dig» is yours, and 0 of 1 tasks of #8 are done.",
    "The shop is closed on Mondays, so go on Tuesday.",
    "It stopped raining, so the market should be full.",
    "The museum removed it from the wall.",
    "Then press «Done».",
    "Two of three buyers prefer red.",
    "En fait, il fait froid.",
    "Ho fatto un elenco di idee.",
    "Great that you reached 10 buyers!",
    "You can set a budget with /budget.",
    "The deadline is Friday.",
    "I can tell you more about it once it is started.",
    "I would remove it.",
    "I have not removed #8.",
    "Goal #8 was never closed.",
    "«Grow a garden» is not closed.",
    "",
]


@pytest.mark.parametrize("text", LIES)
def test_what_the_ledger_does_not_hold_is_a_false_claim(text: str) -> None:
    assert false_claims(text, KNOWN)


@pytest.mark.parametrize("text", TRUTHS)
def test_what_the_ledger_holds_or_nobody_claims_may_be_said(text: str) -> None:
    assert false_claims(text, KNOWN) == []


CARDS = GoalFact(
    name="Sell cards",
    status="active",
    progress=0.33,
    tasks={
        TaskNumber(1): TaskFact(title="Print the cards", status="completed"),
        TaskNumber(2): TaskFact(title="Find a stall", status="waiting"),
        TaskNumber(3): TaskFact(title="Sell at the stall", status="pending"),
    },
)
BREAD = GoalFact(name="Bake bread", status="proposed", tasks={TaskNumber(1): TaskFact(title="Bake", status="pending")})


@pytest.mark.parametrize(
    "text",
    [
        "Sell cards is under way: «Find a stall» waits for you, 1 of 3 tasks is done.",
        "Sell cards is a third done: Print the cards is finished, and Find a stall is your turn.",
        "Two tasks are left on Sell cards, one is done.",
        "Once the bread is baked, it's finished.",
        "Dein Plan für «Bake bread» ist fertig. Drücke Start.",
        "L'objectif «Sell cards» est en cours : 1 tâche sur 3 est terminée.",
        "You ended the bake bread trial early yourself.",
        "- Print the cards: done\n- Find a stall: waiting for you\n- Sell at the stall: not started yet",
        "I couldn't cancel it, since you said no.",
        "#1 is at 33 %, #2 at 0 %.",
        "Your deadline is set for Friday, and your time zone is set to UTC.",
    ],
)
def test_how_things_stand_may_be_told_in_all_the_ways_in_which_it_is_told(text: str) -> None:
    assert false_claims(text, Known(goals={GoalId(1): CARDS, GoalId(2): BREAD})) == []


def test_where_nothing_is_known_nothing_is_claimed() -> None:
    assert false_claims("I have started everything, and two tasks are done.", Known())
    assert false_claims("Done!", Known())
    assert not false_claims("Tell me what you want to reach.", Known())


def test_a_growing_answer_is_shown_in_whole_sentences_up_to_the_first_lie() -> None:
    growing = "Let me see. Task 1 is completed. Task 2 is completed too. And more."
    assert sound_part(growing, KNOWN) == "Let me see. Task 1 is completed."
    assert sound_part("Let me s", KNOWN) == ""
    assert sound_part("So it is. Goal no. 8 is done. And", KNOWN) == "So it is."


def test_what_its_own_tools_did_may_be_said_in_the_words_that_fit() -> None:
    dropped = Known(goals={GoalId(8): GARDEN}, deeds=(Deed(claim="dropped", goal=GoalId(8), task=TaskNumber(4)),))
    carried = Known(goals={GoalId(8): GARDEN}, deeds=(Deed(claim="carried out", goal=GoalId(8)),))
    told = Known(goals={GoalId(8): GARDEN}, tools=frozenset({"set_budget"}))
    looked = Known(goals={GoalId(8): GARDEN}, tools=frozenset({"show_settings"}))
    assert not false_claims("I removed task 8.4, and task 8.4 was deleted.", dropped)
    assert not false_claims("I created a goal for it, and it has been started.", carried)
    assert not false_claims("I've set the budget to $5.", told)
    assert not false_claims("The digest has been scheduled for 8.", looked)
    assert false_claims("I have scheduled the digest for 8.", looked)


@pytest.mark.parametrize(
    "text",
    [
        "已取消目标 #8。",
        "目标 #8 已完成。",
        "تم إلغاء الهدف #8.",
        "Cel #8 został anulowany.",
        "Görev 8.3 bitti.",
        "Grow a garden 完了",
    ],
)
def test_a_goal_that_is_named_in_any_language_is_told_of_by_the_ledger(text: str) -> None:
    assert {goal for goal, _ in spoken_of(text, KNOWN)} == {GoalId(8)}


def test_a_task_that_is_named_is_told_of_with_its_goal_and_a_question_tells_of_nothing() -> None:
    assert spoken_of("«Ship the page» is as good as there.", KNOWN) == [(GoalId(7), TaskNumber(2))]
    assert spoken_of("タスク8.3は完了しました。目標#7も。", KNOWN) == [(GoalId(8), TaskNumber(3)), (GoalId(7), None)]
    assert spoken_of("Shall I start «Grow a garden»?", KNOWN) == []


VAGUE = [
    "I've called it off, as you wanted.",
    "Consider the whole thing scrapped.",
    "Everything's on track, 80 % done.",
    "We're nearly through: only one step remains.",
    "Step nine is behind us.",
    "It's up and running.",
    "Nothing is left to do.",
    "There is nothing in the way any more.",
    "I passed your answer on.",
    "The stall has been found.",
    "I've put it all on ice.",
    "The new plan is in place.",
    "I've bumped the deadline by a week.",
    "Your quiet hours begin at ten.",
    "I've emailed the list to Ben.",
    "I'm working on it right now.",
    "Two down, one left.",
    "Ich hab das Ziel verworfen.",
    "Tout est en ordre, la tâche est bouclée.",
    "He quitado la tarea del plan.",
    "Ho messo tutto in pausa.",
    "Ik heb het doel afgesloten.",
    "Всё идёт по плану.",
]
IDLE = [
    "What would you like to do first?",
    "A good stall costs about $40 a day.",
    "That's a lovely idea!",
    "I can cancel it if you like.",
    "Once you say yes, I'll start it.",
    "You can see all of them with /goals.",
    "Here are three ideas: flowers, cats and boats.",
    "About 80 % of stalls make a profit.",
    "The weather will be fine on Sunday.",
    "I think red is better than blue.",
    "I am well.",
    "I have no way to call the shop.",
    "Let's begin with the price.",
    "Das klingt gut! Was möchtest du zuerst tun?",
    "你好！",
    "",
]


@pytest.mark.parametrize("text", VAGUE)
def test_an_answer_that_tells_of_something_and_names_no_goal_is_set_beside_those_under_way(text: str) -> None:
    assert tells_of_something(text, KNOWN)
    assert false_claims(text, KNOWN) or (GoalId(8), None) in spoken_of(text, KNOWN)
    many = Known(goals={GoalId(number): GARDEN for number in range(1, 9)})
    assert spoken_of(text, many) == []  # nobody can say which it means


@pytest.mark.parametrize("text", IDLE)
def test_small_talk_questions_and_advice_tell_of_nothing(text: str) -> None:
    assert not tells_of_something(text, KNOWN)
    assert spoken_of(text, KNOWN) == []


FIVE = tuple(Deed(claim="created", goal=GoalId(number)) for number in range(1, 6))


@pytest.mark.parametrize("count", ["Twenty", "3", "4", "Seven", "20", "Two of your"])
@pytest.mark.parametrize("told", ["{} goals are created.", "I have created {} new goals for you.", "✅ {} goals added"])
def test_a_number_of_goals_that_were_not_made_is_a_false_claim(count: str, told: str) -> None:
    goals = {deed.goal: GoalFact(name=f"Ride no. {deed.goal} of the year", status="proposed") for deed in FIVE}
    known = Known(goals={**goals, GoalId(8): GARDEN, GoalId(7): SITE}, deeds=FIVE)
    assert false_claims(told.format(count), known) == [told.format(count)]


@pytest.mark.parametrize(
    "text",
    [
        "Five goals are created.",
        "I have created 5 new goals for you.",
        "I added 5 goals, and there are two older goals.",
        "Goal 5 is created.",
        "5 of the 5 goals are created.",
        "Five goals have been created; you have 7 goals now.",
        "With these you have six goals set up.",
        "5 out of your 6 goals were created just now.",
        "Of the 9 goals that you named, I created 5.",
    ],
)
def test_the_right_number_of_goals_may_be_said(text: str) -> None:
    goals = {deed.goal: GoalFact(name=f"Ride no. {deed.goal} of the year", status="proposed") for deed in FIVE}
    assert false_claims(text, Known(goals={**goals, GoalId(8): GARDEN, GoalId(7): SITE}, deeds=FIVE)) == []


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
