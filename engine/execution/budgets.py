"""Decisions about what a goal may cost, and what that lets go on. Pure."""

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from engine import events as e
from engine.blockages import Blockage
from engine.decisions import Decision, Moment
from engine.errors import RefusedError
from engine.execution.blocking import tried
from engine.goals import Goal, refuse_ended
from engine.money import Amount, Cap, Shortage, goal_account
from engine.tasks import TaskStatus


def set_budget(change: Callable[[Cap], Cap | None], allowed: Cap) -> Decision:
    """Another budget, made from what bounds the goal now; None takes the operator's. `allowed` is that one.

    What waited for it and has enough now goes on.
    """

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        budget = change(goal.cap(allowed))
        told: list[e.Event] = [e.BudgetSet(budget=budget)] if budget != goal.budget else []
        cap = replace(goal, budget=budget).cap(allowed)
        account = goal_account(goal.id).name
        return [*told, *lifted(goal, lambda one: one.account == account and one.is_met_by(cap), moment)]

    return decide


def allow_more(shortage: Shortage, by: Amount, allowed: Cap) -> Decision:
    """So much more than before, or than was spent already. Whatever of this goal waits for it goes on."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        budget = goal.cap(allowed).raised(by, shortage.spent)
        return [
            e.BudgetSet(budget=budget),
            *lifted(goal, lambda one: one.account == shortage.account, moment, f"{by} more"),
        ]

    return decide


def lift(holds: Callable[[Shortage], bool], why: str = "there is enough again") -> Decision:
    """What waited for money that is there now goes on; nothing happens where nothing did."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        return [] if goal.has_ended else lifted(goal, holds, moment, why)

    return decide


def lifted(
    goal: Goal, holds: Callable[[Shortage], bool], moment: Moment, why: str = "the budget was raised"
) -> list[e.Event]:
    """Resolves the goal's blockages for want of money of which this holds; their tasks get fresh attempts."""
    gone = [one for one in short_of_money(goal) if one.shortage is not None and holds(one.shortage)]
    numbers = {one.number for one in gone}
    events: list[e.Event] = []
    for one in gone:
        events += [tried(one, moment, "budget", why), e.BlockageResolved(number=one.number, resolution=why)]
    for number in dict.fromkeys(one.task for one in gone if one.task is not None):
        task = goal.tasks[number]
        held = any(one.number not in numbers for one in goal.blockages_of(number))
        if not held and task.status in (TaskStatus.BLOCKED, TaskStatus.FAILED):
            events.append(e.TaskReset(task=number, why=why))
    return events


def short_of_money(goal: Goal) -> Iterable[Blockage]:
    """Its open blockages for want of money."""
    return [one for one in goal.blockages.values() if one.shortage is not None]


def asked_money(goal: Goal, number: int) -> Shortage | None:
    """What the open blockage of that number lacks; None when none of that number is open. Raises `RefusedError`."""
    found = next((one for one in goal.blockages.values() if one.number == number), None)
    if found is not None and found.shortage is None:
        raise RefusedError("not_about_money", "that does not wait for money")
    return found.shortage if found is not None else None
