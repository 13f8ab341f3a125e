"""Budgets and costs as people see them."""

import datetime as dt
from collections.abc import Mapping, Sequence

from aiogram.utils.formatting import Bold, Italic, Text

from engine.agents.calls import Purpose, SpendRow
from engine.blockages import Blockage
from engine.goals import Goal
from engine.money import MICROS, UNBOUNDED, Account, Amount, Cap, dollars
from engine.money_commands import Costs, Outlook
from engine.records import GoalRow, Outgoing
from engine.values import ChatId, JsonValue
from handlers.callbacks import BlockageDeed, BlockageTap, GoalDeed
from handlers.keyboards import Rows, button, goal_choice
from handlers.views.letters import letter, line, sentence, stacked, words
from handlers.views.tasks import task_place
from handlers.views.times import clock, plural

TOKENS_A_DOLLAR = 100_000
"""So many tokens more are offered where a dollar more is offered otherwise."""
PURPOSES: Mapping[Purpose, str] = {
    Purpose.PLAN: "Planning",
    Purpose.ADAPT: "Changing the plan",
    Purpose.JUDGE: "Judging results",
    Purpose.CHAT: "Talking with you",
    Purpose.WORK: "Doing tasks",
    Purpose.MERGE: "Putting results together",
    Purpose.IMPROVE: "Looking for improvements",
    Purpose.SUMMARISE: "Summaries",
    Purpose.CHECK: "Checks",
    Purpose.PERSON: "Spent by you",
}
MOST_ROWS = 12


def more_of(deed: BlockageDeed, *, of_tokens: bool) -> Amount:
    """What a button adds."""
    times = 5 if deed is BlockageDeed.ADD_5 else 1
    return Amount(tokens=times * TOKENS_A_DOLLAR) if of_tokens else Amount(micros=times * MICROS)


def shortage_buttons(goal: Goal, blockage: Blockage) -> Rows:
    """A little more, some more, or the end."""
    of_tokens = blockage.shortage is not None and blockage.shortage.of_tokens

    def tap(label: str, deed: BlockageDeed) -> dict[str, JsonValue]:
        return button(label, BlockageTap(deed=deed, goal=goal.id, blockage=blockage.number))

    adds = [tap(f"Add {more_of(deed, of_tokens=of_tokens)}", deed) for deed in (BlockageDeed.ADD_1, BlockageDeed.ADD_5)]
    return [adds, [tap("Stop the goal", BlockageDeed.STOP)]]


def shortage_message(goal: Goal, blockage: Blockage, zone: str, now: dt.datetime) -> Outgoing:
    """A budget that was reached: what was spent, and what can be done."""
    task = goal.tasks.get(blockage.task) if blockage.task is not None else None
    shortage = blockage.shortage
    account = Account(name=shortage.account if shortage is not None else "")
    lines: list[Text | str] = [Text("💰 ", Bold("The budget does not reach for the next step"))]
    lines.append(Text("Goal: ", line(goal.name, 150)) if task is None else task_place(goal, task))
    if task is not None:
        lines.append(Text("Task: ", line(task.title, 200)))
    lines += ["", sentence(words(blockage.description, 500)) + "."]
    if account.goal is not None and account.goal != goal.id:
        lines.append(f"It is the budget of goal {account.goal}, which this one serves.")
    if account.day is not None and task is not None and task.due_at is not None:
        lines.append(f"It goes on by itself at {clock(task.due_at, zone, now)}, when the next day begins.")
    example = "add 300k tokens" if shortage is not None and shortage.of_tokens else "add 3 dollars"
    lines += ["", f"What costs nothing goes on. Press a button, or reply in your own words, such as «{example}»."]
    return letter(goal.chat or ChatId(0), stacked(lines), shortage_buttons(goal, blockage), goal.id)


def money_added(goal: Goal, by: Amount, account: Account | None) -> Outgoing:
    """What the question becomes once more was allowed, to which account (None: nobody knows any more)."""
    if account is None:
        told = f"✅ {by} more. It goes on."
    elif account.day is not None:
        told = f"✅ {by} more for today alone; /budget day changes every day. It goes on."
    else:
        told = f"✅ {by} more: the budget is {account.cap} now. It goes on."
    return letter(goal.chat or ChatId(0), stacked([told, Text("🎯 ", line(goal.name, 150))]), (), goal.id)


def more_unclear(chat: ChatId, goal: Goal) -> Outgoing:
    """An answer to the question that names no sum."""
    return letter(chat, "How much more may it cost? Reply «add 3 dollars», or «stop» to end the goal.", (), goal.id)


def several_short(chat: ChatId) -> Outgoing:
    """Words about money that could be for several goals."""
    return letter(chat, "Several goals wait for money. Press a button under the one you mean, or reply to it.")


def nearly_spent(facts: Mapping[str, JsonValue], name: str | None) -> list[Text | str]:
    """Most of a cap is spent; `name` is the goal's, None for a day's."""

    def number(fact: str) -> int | None:
        value = facts.get(fact)
        return value if isinstance(value, int) else None

    spent = Amount(micros=number("spent_micros") or 0, tokens=number("spent_tokens") or 0)
    cap = Cap(micros=number("cap_micros"), tokens=number("cap_tokens"))
    share = cap.share(spent)
    title = "The budget is used up" if share >= 1 else "Most of the budget is spent"
    lines: list[Text | str] = [Text("💰 ", Bold(title)), f"Goal: {name}" if name is not None else "Today, in this chat"]
    lines += [_of_cap(spent, cap), ""]
    more = "/budget sets another" if name is not None else "/budget day sets another"
    now = "No model is asked for more before you raise it" if share >= 1 else "At the end of it I pause and ask you"
    return [*lines, f"{now}. {more}, /cost shows where it went."]


def _of_cap(spent: Amount, cap: Cap) -> str:
    """«$1.60 of $2.00 (80%)», of money, of tokens, or of both."""
    parts = [] if cap.micros is None else [f"{dollars(spent.micros)} of {dollars(cap.micros)}"]
    parts += [] if cap.tokens is None else [f"{spent.tokens:,} of {cap.tokens:,} tokens"]
    share = cap.share(spent)
    return " · ".join(parts) + (f" ({int(share * 100)}%)" if share <= 1_000 else "") if parts else str(spent)


def budget_message(goal: Goal, costs: Costs, today: Costs, done: str = "") -> Outgoing:
    """What a goal and its chat's day may cost, and how much of it is gone; `done` is what was changed just now."""
    lines: list[Text | str] = [Text("💰 ", Bold("Budget"), f" · {line(goal.name, 150)}")]
    lines += [done] if done else []
    lines += ["", f"This goal: {_standing(costs)}{_whose(goal, costs.account.cap)}", f"Today: {_standing(today)}"]
    short = sum(one.shortage is not None for one in goal.blockages.values())
    lines += [f"That does not reach yet for {plural(short, 'task')} that had to stop."] if done and short else []
    lines += ["", "Change it: /budget 5, /budget 200000 tokens, /budget day 10, /budget none, /budget default."]
    lines.append(f"With several goals, name one: /budget #{goal.id} 5")
    return letter(goal.chat or ChatId(0), stacked(lines), (), goal.id)


def _whose(goal: Goal, cap: Cap) -> str:
    if goal.budget is not None or cap == UNBOUNDED:
        return " · the goal it serves has the budget" if goal.budget is None and goal.parent is not None else ""
    return " · as whoever runs this bot allows each goal"


def _standing(costs: Costs) -> str:
    held = f", {costs.reserved} reserved" if costs.reserved != Amount() else ""
    cap = costs.account.cap
    return f"{_of_cap(costs.spent, cap)} spent{held}" + (", no bound" if cap == UNBOUNDED else "")


def day_budget_message(chat: ChatId, today: Costs, done: str = "") -> Outgoing:
    """What a chat's day may cost."""
    lines: list[Text | str] = [Text("💰 ", Bold("Budget of a day in this chat"))]
    lines += [done] if done else []
    lines += ["", f"Today: {_standing(today)}", "", "Change it: /budget day 10, /budget day none, /budget day default."]
    return letter(chat, stacked(lines))


def cost_message(goal: Goal, costs: Costs, today: Costs, outlook: Outlook) -> Outgoing:
    """Today, this goal by purpose and model, what is reserved, and what the rest of the plan is expected to cost."""
    lines: list[Text | str] = [Text("💰 ", Bold("Cost"), f" · {line(goal.name, 150)}"), ""]
    lines += [f"Today, in this chat: {_standing(today)}", f"This goal: {_standing(costs)}", *_rows(costs.rows)]
    lines += ["", *_rest(goal, outlook)]
    return letter(goal.chat or ChatId(0), stacked(lines), (), goal.id)


def day_cost_message(chat: ChatId, today: Costs, goals: Sequence[GoalRow]) -> Outgoing:
    """Today's cost, with a button for each goal."""
    lines: list[Text | str] = [Text("💰 ", Bold("Cost")), "", f"Today, in this chat: {_standing(today)}"]
    lines += _rows(today.rows)
    lines += ["", "Which goal's cost shall I show?"] if goals else []
    return letter(chat, stacked(lines), goal_choice(goals, GoalDeed.COST) if goals else ())


def _rows(rows: Sequence[SpendRow]) -> list[Text | str]:
    found: list[Text | str] = []
    for row in rows[:MOST_ROWS]:
        if row.purpose is Purpose.PERSON:
            found.append(f"• {PURPOSES[row.purpose]}: {dollars(row.spent.micros)}")
            continue
        held = f", {row.reserved} reserved" if row.reserved != Amount() else ""
        calls = plural(row.calls, "call")
        told = f"{dollars(row.spent.micros)}, {row.spent.tokens:,} tokens in {calls}{held}"
        found.append(f"• {PURPOSES[row.purpose]} ({line(row.model, 60)}): {told}")
    if len(rows) > MOST_ROWS:
        found.append(f"…and {len(rows) - MOST_ROWS} more")
    if all(row.purpose is Purpose.PERSON for row in rows):
        found.append(Italic("No model has been asked yet."))
    return found


def _rest(goal: Goal, outlook: Outlook) -> list[Text | str]:
    """What is still to come."""
    if goal.has_ended:
        return ["The goal has ended: nothing more is to come."]
    if goal.plan_version == 0:
        return ["There is no plan yet to say what is to come."]
    parts = [f"{dollars(outlook.planned)} by the plan"] if outlook.planned else []
    if outlook.agent_tasks and outlook.a_call is not None:
        which = "the task that asks" if outlook.agent_tasks == 1 else f"each of {outlook.agent_tasks} tasks that ask"
        parts.append(f"{dollars(outlook.a_call)} (a call so far, on average) for {which} a model")
    told = f"about {dollars(outlook.expected)}: {' and '.join(parts)}" if parts else "nothing by the plan"
    unknown = bool(outlook.agent_tasks) and outlook.a_call is None
    lines: list[Text | str] = [f"The rest of the plan: {told}."] if parts or not unknown else []
    if unknown:
        tasks = plural(outlook.agent_tasks, "task")
        also = "also " if parts else ""
        lines.append(f"{tasks} will {also}ask a model; what a call costs is known after the first.")
    elif outlook.agent_tasks:
        lines.append("A task may take several calls, so it may be more.")
    return lines


def spent_message(goal: Goal, micros: int, note: str, costs: Costs) -> Outgoing:
    """Money that was reported, or taken back."""
    amount, what = dollars(abs(micros)), f" for {line(note, 120)}" if note else ""
    if micros < 0:
        told = Text("💰 ", Bold(f"Taken back: {amount}"), what)
        mend = ""
    else:
        told = Text("💰 ", Bold(f"Spent: {amount}"), what)
        mend = f"A slip? /spent #{goal.id} -{amount.removeprefix('$').replace(',', '')} takes it back."
    lines: list[Text | str] = [told, f"Goal: {line(goal.name, 150)}", f"So far: {_standing(costs)}"]
    if not goal.has_ended and not costs.account.cap.allows(costs.spent + costs.reserved):
        lines.append(
            f"That is over its budget: no model is asked for it before you raise it, as in /budget #{goal.id} 20."
        )
    return letter(goal.chat or ChatId(0), stacked([*lines, mend] if mend else lines), (), goal.id)
