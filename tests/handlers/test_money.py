"""/budget, /cost and /spent, and a budget that is used up: by button, in words, twice, and when it is stale."""

from dataclasses import replace

import pytest

from engine.agents.calls import CallFacts, Purpose, Reservation
from engine.goals import Goal, GoalStatus
from engine.money import MICROS, Allowances, Amount, Cap
from engine.plans import PlannedTask
from engine.tasks import TaskStatus
from engine.values import ChatId, TaskNumber
from engine.work.registry import Work
from tests.engine.payer import Payer, settled
from tests.handlers.conftest import ANN, BEN, Talk

DAY = Cap(micros=50 * MICROS)


@pytest.fixture
def payer(talk: Talk) -> Payer:
    """Tasks of the work `ask` cost 40 cents; a goal may cost a dollar."""
    payer = Payer(now=talk.clock.now, executor=talk.engine)
    talk.engine.registry.add(payer.work())
    allow(talk, Allowances(a_goal=Cap(micros=MICROS), a_day=DAY))
    return payer


def allow(talk: Talk, allowances: Allowances) -> None:
    talk.engine.accounts = replace(talk.engine.accounts, allowances=allowances)


def asks(count: int = 3) -> list[PlannedTask]:
    """Tasks in a row that ask a model."""
    names = ["Look around", "Compare", "Decide", "Write"][:count]
    return [
        PlannedTask(key=name, title=name, work="ask", after=(names[at - 1],) if at else ())
        for at, name in enumerate(names)
    ]


async def stuck(talk: Talk, count: int = 3) -> Goal:
    goal = await talk.with_tasks(*asks(count))
    found = await talk.goal(goal.id)
    assert found.status is GoalStatus.BLOCKED
    return found


async def test_a_budget_that_is_used_up_asks_with_three_buttons(talk: Talk, payer: Payer) -> None:
    await stuck(talk)
    message = talk.with_text("The budget does not reach")
    assert "$0.80 of $1.00 for this goal are spent" in message.text
    assert "the next step may take $0.40" in message.text
    assert talk.labels(message) == ["Add $1", "Add $5", "Stop the goal"]


async def test_a_dollar_by_button_lets_it_go_on_and_the_buttons_go(talk: Talk, payer: Payer) -> None:
    goal = await stuck(talk)
    told = await talk.press("Add $1")
    assert "✅ $1 more: the budget is $2.00 now. It goes on." in told
    done = await talk.goal(goal.id)
    assert (done.status, done.budget) == (GoalStatus.COMPLETED, Cap(micros=2 * MICROS))
    assert payer.paid == ["Look around", "Compare", "Decide"]
    assert not talk.with_text("the budget is $2.00 now").buttons


async def test_a_button_that_is_pressed_twice_counts_once(talk: Talk, payer: Payer) -> None:
    goal = await stuck(talk, 4)
    message, data = talk.button("Add $5")
    await talk.press("Add $5")
    told = await talk.press_data(data, message)
    assert (await talk.goal(goal.id)).budget == Cap(micros=6 * MICROS)
    assert "no longer in the way" in told


async def test_two_presses_before_either_is_handled_count_once(talk: Talk, payer: Payer) -> None:
    goal = await stuck(talk)
    message, data = talk.button("Add $1")
    talk.simulator.press(ANN, message.chat_id, message.id, data)
    await talk.press("Add $1")
    assert (await talk.goal(goal.id)).budget == Cap(micros=2 * MICROS)


async def test_an_update_that_is_handled_again_after_a_crash_adds_nothing_more(talk: Talk, payer: Payer) -> None:
    goal = await stuck(talk)
    message, data = talk.button("Add $1")
    talk.simulator.press(ANN, message.chat_id, message.id, data)
    raw = await talk.simulator.call("getUpdates", {"offset": talk.offset})
    assert isinstance(raw, list)
    update = raw[0]
    assert isinstance(update, dict)
    for _ in range(2):
        handled = await talk.handle(update)
        assert handled is not None
        assert "$1 more" in str(handled.replies[0].payload["text"])
        await talk.settle()
    assert (await talk.goal(goal.id)).budget == Cap(micros=2 * MICROS)
    assert payer.paid == ["Look around", "Compare", "Decide"]


@pytest.mark.sample(2)
@pytest.mark.parametrize("words", ["add 3 dollars", "+3", "3", "$3 more, please"])
async def test_a_reply_in_ones_own_words_adds_as_much_as_it_says(talk: Talk, payer: Payer, words: str) -> None:
    goal = await stuck(talk)
    told = await talk.say(words, reply_to=talk.with_text("The budget does not reach").id)
    assert "✅ $3 more" in told
    assert (await talk.goal(goal.id)).budget == Cap(micros=4 * MICROS)


async def test_the_same_words_work_without_a_reply_and_the_question_loses_its_buttons(talk: Talk, payer: Payer) -> None:
    goal = await stuck(talk)
    question = talk.with_text("The budget does not reach")
    assert "✅ $3 more" in await talk.say("add 3 dollars")
    assert (await talk.goal(goal.id)).status is GoalStatus.COMPLETED
    assert not next(one for one in talk.simulator.chat(ANN.id) if one.id == question.id).buttons
    assert "Make this a goal?" in await talk.say("add 3 dollars"), "nothing waits for money any more"


async def test_somebody_elses_words_and_presses_add_nothing(talk: Talk, payer: Payer) -> None:
    goal = await stuck(talk)
    assert "$3 more" not in await talk.say("add 3 dollars", person=BEN, chat=BEN.id)
    await talk.press("Add $1", person=BEN)
    assert (await talk.goal(goal.id)).budget is None


async def test_words_that_name_no_sum_are_asked_about_and_resolve_nothing(talk: Talk, payer: Payer) -> None:
    goal = await stuck(talk)
    told = await talk.say("well, whatever you need", reply_to=talk.with_text("The budget does not reach").id)
    assert "How much more may it cost?" in told
    assert (await talk.goal(goal.id)).blockages


async def test_stop_asks_before_it_ends_the_goal_by_button_and_in_words(talk: Talk, payer: Payer) -> None:
    goal = await stuck(talk)
    await talk.say("stop the goal", reply_to=talk.with_text("The budget does not reach").id)
    assert (await talk.goal(goal.id)).status is GoalStatus.BLOCKED
    await talk.press("Keep going")
    await talk.press("Stop the goal")
    await talk.press("Yes, cancel it")
    assert (await talk.goal(goal.id)).status is GoalStatus.CANCELLED


async def test_a_budget_of_tokens_is_raised_by_tokens(talk: Talk, payer: Payer) -> None:
    allow(talk, Allowances(a_goal=Cap(tokens=1_000)))
    payer.prices = {"Decide": Amount(tokens=900), "Compare": Amount(tokens=500), "Look around": Amount(tokens=1)}
    goal = await stuck(talk)
    assert talk.labels(talk.with_text("does not reach")) == [
        "Add 100,000 tokens",
        "Add 500,000 tokens",
        "Stop the goal",
    ]
    await talk.press("Add 100,000 tokens")
    assert (await talk.goal(goal.id)).budget == Cap(tokens=101_000)
    assert (await talk.goal(goal.id)).status is GoalStatus.COMPLETED


async def test_a_day_that_is_used_up_says_when_it_goes_on_and_takes_more_for_today(talk: Talk, payer: Payer) -> None:
    allow(talk, Allowances(a_day=Cap(micros=MICROS)))
    goal = await stuck(talk)
    question = talk.with_text("does not reach")
    assert "$0.80 of $1.00 for today" in question.text
    assert "It goes on by itself at" in question.text
    assert "for today alone" in await talk.press("Add $1")
    assert (await talk.goal(goal.id)).status is GoalStatus.COMPLETED
    assert (await talk.engine.accounts.of_day(ChatId(ANN.id))).cap == Cap(micros=2 * MICROS)


async def test_a_larger_budget_by_command_lets_it_go_on(talk: Talk, payer: Payer) -> None:
    goal = await stuck(talk)
    assert "That does not reach yet for 1 task that had to stop." in await talk.say("/budget $1.10 and 900000 tokens")
    assert (await talk.goal(goal.id)).status is GoalStatus.BLOCKED
    told = await talk.say("/budget $5.00 and 1,000,000 tokens")
    assert "Set: $5.00 and 1,000,000 tokens" in told
    assert "does not reach" not in told
    done = await talk.goal(goal.id)
    assert (done.status, done.budget) == (GoalStatus.COMPLETED, Cap(micros=5 * MICROS, tokens=1_000_000))


async def test_a_budget_is_shown_set_taken_away_and_shown_on_plan_and_card(talk: Talk, payer: Payer) -> None:
    goal = await talk.set_goal("Choose a date")
    assert "This goal: $0.00 of $1.00 (0%) spent · as whoever runs this bot allows each goal" in await talk.say(
        "/budget"
    )
    assert "Set: $5.00" in await talk.say("/budget 5")
    assert "Set: $5.00 and 200,000 tokens" in await talk.say("/budget 200000 tokens")
    assert "💰 Budget: $5.00 and 200,000 tokens" in (await talk.show_card(goal.id)).text
    await talk.press("See the plan")
    assert "💰 Budget: $5.00 and 200,000 tokens" in talk.newest().text
    assert "Set: no bound" in await talk.say("/budget none")
    assert "Set: $1.00" in await talk.say("/budget default")
    assert (await talk.goal(goal.id)).budget is None
    assert "/budget 5" in await talk.say("/budget a lot")


async def test_a_chats_day_has_a_budget_of_its_own(talk: Talk, payer: Payer) -> None:
    assert "$0.00 of $50.00" in await talk.say("/budget day")
    assert "Set: $10.00 a day" in await talk.say("/budget day 10")
    settings = await talk.database.conversations.settings(ChatId(ANN.id))
    assert settings is not None
    assert settings.day_budget == Cap(micros=10 * MICROS)
    assert "💰 For models: $10.00 a day" in await talk.say("/settings")
    assert "no bound" in await talk.say("/budget day none")
    await talk.say("/budget day default")
    assert (await talk.engine.accounts.of_day(ChatId(ANN.id))).cap == DAY


async def test_with_several_goals_it_is_asked_which_and_the_sum_is_kept(talk: Talk, payer: Payer) -> None:
    first = await talk.started("Choose a date", name="First")
    second = await talk.started("Choose a place", name="Second")
    assert "The budget of which goal?" in await talk.say("/budget 7")
    await talk.press(f"{second.id}. Second")
    assert (await talk.goal(second.id)).budget == Cap(micros=7 * MICROS)
    await talk.say(f"/budget #{first.id} 3")
    assert (await talk.goal(first.id)).budget == Cap(micros=3 * MICROS)
    await talk.say(f"/budget {first.id} 0.6")
    assert (await talk.goal(first.id)).budget == Cap(micros=600_000)
    assert "Second" in await talk.say(f"/cost goal {second.id}")
    assert "For which goal was it spent?" in await talk.say("/spent 0.20 paper")
    assert "Spent: $0.20 for paper" in await talk.press(f"{first.id}. First")
    told = await talk.say("/cost")
    assert "Today, in this chat" in told
    assert "Spent by you: $0.20" in await talk.press(f"{first.id}. First")


async def test_cost_says_honestly_that_no_model_was_asked(talk: Talk, payer: Payer) -> None:
    assert "No model has been asked yet." in await talk.say("/cost")
    await talk.started("Choose a date")
    told = await talk.say("/cost")
    assert "No model has been asked yet." in told
    assert "The rest of the plan: nothing by the plan." in told


async def test_cost_says_once_that_a_task_will_ask_a_model_and_nothing_to_the_contrary(
    talk: Talk, payer: Payer
) -> None:
    talk.engine.registry.add(Work(name="agent", summary="Asks a model", run=payer.run, claims=True))
    await talk.with_tasks(
        PlannedTask(key="a", title="Think", work="person"),
        PlannedTask(key="b", title="Look around", work="agent", after=("a",)),
    )
    told = await talk.say("/cost")
    assert "1 task will ask a model; what a call costs is known after the first." in told
    assert "nothing by the plan" not in told


async def test_cost_tells_what_was_spent_on_what_and_what_is_to_come(talk: Talk, payer: Payer) -> None:
    tasks = [
        PlannedTask(key="a", title="Look around", work="ask"),
        PlannedTask(key="b", title="Buy paper", work="person", cost=2.5, after=("a",)),
        PlannedTask(key="c", title="Think", work="person", after=("b",)),
    ]
    goal = await talk.with_tasks(*tasks)
    told = await talk.say("/cost")
    assert "This goal: $0.40 of $1.00 (40%) spent" in told
    assert "• Doing tasks (test:one): $0.40, 0 tokens in 1 call" in told
    assert "The rest of the plan: about $2.50: $2.50 by the plan." in told
    facts = CallFacts(purpose=Purpose.JUDGE, accounts=(await talk.engine.accounts.of_goal(await talk.goal(goal.id)),))
    wanted = Reservation(
        facts=facts, model="test:two", estimate=Amount(micros=90_000, tokens=8), boot=talk.engine.boot,
        at=talk.clock.now(),
    )  # fmt: skip
    call = await talk.database.spending.reserve(wanted)
    told = await talk.say("/cost")
    assert "spent, $0.09 and 8 tokens reserved" in told
    assert "Judging results (test:two)" in told
    await talk.database.spending.settle(call, settled(Amount(micros=1)))


async def test_what_a_model_has_handed_in_is_paid_and_the_code_that_it_is_to_write_is_to_come(
    talk: Talk, payer: Payer
) -> None:
    for name in ("agent", "write_code"):
        talk.engine.registry.add(Work(name=name, summary="Asks a model", run=payer.run, claims=True))
    tasks = [
        PlannedTask(key="a", title="Look around", work="agent"),
        PlannedTask(key="b", title="Write it", work="write_code", after=("a",)),
        PlannedTask(key="c", title="Write the rest", work="write_code", after=("b",)),
    ]
    await talk.with_tasks(*tasks)
    assert "It is done, and this came out" in talk.with_text("Look around").text
    assert "on average) for each of 2 tasks that ask a model" in await talk.say("/cost")


async def test_money_that_was_spent_counts_and_a_slip_is_taken_back_as_the_answer_says(
    talk: Talk, payer: Payer
) -> None:
    goal = await talk.started("Choose a date")
    told = await talk.say("/spent 12.50 domain")
    assert "Spent: $12.50 for domain" in told
    assert "That is over its budget" in told
    assert f"/spent #{goal.id} -12.50 takes it back" in told
    assert (await talk.engine.costs_of(goal.id)).spent == Amount(micros=12_500_000)
    assert "The budget is used up" in told, "the notice comes at once"
    assert "Taken back: $12.50" in await talk.say(f"/spent #{goal.id} -12.50")
    assert (await talk.engine.costs_of(goal.id)).spent == Amount()
    assert "more than was reported" in await talk.say("/spent -1 domain")
    assert "/spent 12.50 domain" in await talk.say("/spent")


async def test_nobody_is_told_to_raise_the_budget_of_a_goal_that_has_ended(talk: Talk, payer: Payer) -> None:
    goal = await talk.set_goal("Choose a date")
    await talk.engine.cancel_goal(goal.id)
    told = await talk.say(f"/spent #{goal.id} 50 hats")
    assert "$50.00 of $1.00" in told
    assert "That is over its budget" not in told


async def test_most_of_a_budget_is_told_once(talk: Talk, payer: Payer) -> None:
    await talk.with_tasks(*asks(2))
    notices = [one for one in talk.simulator.chat(ANN.id) if "Most of the budget is spent" in one.text]
    assert len(notices) == 1
    assert "$0.80 of $1.00 (80%)" in notices[0].text


async def test_a_stopped_task_can_be_looked_at_from_the_blockers(talk: Talk, payer: Payer) -> None:
    goal = await stuck(talk)
    assert "for this goal are spent" in await talk.say("/blockers")
    task = (await talk.goal(goal.id)).tasks[TaskNumber(3)]
    assert task.status is TaskStatus.BLOCKED


async def test_the_three_are_in_the_menu(talk: Talk) -> None:
    told = await talk.say("/help")
    assert all(f"/{name}" in told for name in ("budget", "cost", "spent"))
