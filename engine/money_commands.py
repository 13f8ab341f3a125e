"""What can be asked about money: budgets of goals and days, what was spent, and what the rest is expected to cost."""

import asyncio
import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from engine.agents.accounts import Accounts
from engine.agents.calls import CallFacts, Paid, Purpose, SpendRow
from engine.coding.works.names import WRITE
from engine.commands import UNCHANGED, GoalCommands, Unchanged
from engine.errors import EngineError, InvalidInputError
from engine.execution import blocking, budgets
from engine.goals import Goal
from engine.intake import checked_text
from engine.money import (
    MOST_DOLLARS,
    MOST_TOKENS,
    NOTHING,
    Account,
    Amount,
    Cap,
    Shortage,
    micros_of,
    total,
)
from engine.tasks import ENDED_TASKS, Task, TaskStatus
from engine.values import BootId, Cause, ChatId, GoalId

logger = logging.getLogger(__name__)

AGENT = "agent"
"""The work whose tasks ask models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What an account was charged with, and under which cap."""

    account: Account
    rows: Sequence[SpendRow]
    """By purpose and model, the dearest first."""

    @property
    def spent(self) -> Amount:
        """What is settled."""
        return total(row.spent for row in self.rows)

    @property
    def reserved(self) -> Amount:
        """What calls under way may take at most."""
        return total(row.reserved for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the unfinished tasks of a goal are expected to cost, in micro-dollars."""

    planned: int
    """The sum of what the plan says."""
    agent_tasks: int
    """Unfinished tasks that ask a model."""
    a_call: int | None
    """What a call of such tasks has cost on average; None before there was one."""

    @property
    def by_models(self) -> int:
        """What models will take of it: one call at least for each task that asks one."""
        return self.agent_tasks * (self.a_call or 0)

    @property
    def expected(self) -> int:
        """In all."""
        return self.planned + self.by_models


class MoneyCommands(GoalCommands):
    """The commands about money. `AutonomousGoalExecutor` has them, too."""

    accounts: Accounts

    @functools.cached_property
    def _allowing(self) -> asyncio.Lock:
        """Held while more is allowed: who asks for the same at once finds that it was."""
        return asyncio.Lock()

    @property
    def boot(self) -> BootId:
        """Names this run of the program; what it reserves is its own."""
        return self._boot

    async def set_budget(
        self,
        goal_id: GoalId,
        *,
        dollars: Decimal | float | str | None | Unchanged = UNCHANGED,
        tokens: int | None | Unchanged = UNCHANGED,
        cause: Cause | None = None,
    ) -> Goal:
        """What the goal may cost, with all goals that serve it; None for no bound. What waited for it goes on.

        Raises `InvalidInputError` for sums that are none.
        """
        micros = dollars if dollars is None or isinstance(dollars, Unchanged) else checked_micros(dollars)
        most = tokens if tokens is None or isinstance(tokens, Unchanged) else checked_tokens(tokens)

        def change(cap: Cap) -> Cap:
            return Cap(
                micros=cap.micros if isinstance(micros, Unchanged) else micros,
                tokens=cap.tokens if isinstance(most, Unchanged) else most,
            )

        return await self.change_budget(goal_id, change, cause=cause)

    async def change_budget(
        self, goal_id: GoalId, change: Callable[[Cap], Cap | None], *, cause: Cause | None = None
    ) -> Goal:
        """The same by a function of the cap that holds now; None for what the operator allows each goal."""
        goal = await self._change(goal_id, budgets.set_budget(change, self.accounts.allowances.a_goal), cause)
        await self.lift_what_can_be_paid()
        return goal

    async def set_day_budget(self, chat: ChatId, cap: Cap | None) -> None:
        """What models may cost in a day of a chat; None for what the operator allows."""
        await self.accounts.conversations.save_budget(chat, cap)
        await self.lift_what_can_be_paid()

    async def allow_more(self, goal_id: GoalId, number: int, by: Amount, *, cause: Cause | None = None) -> Goal:
        """A blockage for want of money is met by so much more, for the account that it is about.

        A day is allowed so much more for that day alone. Whatever else waits for the same money goes on, too. Raises
        `RefusedError` where it is no longer open: two presses of a button count once.
        """
        async with self._allowing:
            return await self._allow_more(goal_id, number, by, cause or self._fresh_cause())

    async def _allow_more(self, goal_id: GoalId, number: int, by: Amount, cause: Cause) -> Goal:
        shortage = budgets.asked_money(await self.goal(goal_id), number)
        if shortage is None:  # a repeat after a crash gets its first result, anything else a refusal
            await self._change(goal_id, blocking.resolve(number, ""), cause)
            return await self.goal(goal_id)
        account = Account(name=shortage.account)
        if account.goal is not None:
            await self._change(account.goal, budgets.allow_more(shortage, by, self.accounts.allowances.a_goal), cause)
        else:
            await self._allow_day(shortage, by, cause)
            await self._change(goal_id, budgets.lift(lambda one: one == shortage, f"{by} more"), cause)
        await self._lift(lambda one: one.account == shortage.account, f"{by} more")
        return await self.goal(goal_id)

    async def _allow_day(self, shortage: Shortage, by: Amount, cause: Cause) -> None:
        cap = await self.accounts.cap_of(Account(name=shortage.account))
        above = Amount(
            micros=max(shortage.spent.micros - (cap.micros or 0), 0) if by.micros and cap.micros is not None else 0,
            tokens=max(shortage.spent.tokens - (cap.tokens or 0), 0) if by.tokens and cap.tokens is not None else 0,
        )
        await self.accounts.spending.grant(shortage.account, above + by, cause)

    async def lift_what_can_be_paid(self) -> None:
        """What waits for money that is there by now goes on: a cap was raised, or something taken back."""
        payable: set[Shortage] = set()
        for goal_id in await self.queries.short_of_money():
            for one in budgets.short_of_money(await self.goal(goal_id)):
                if one.shortage is not None and await self.accounts.can_pay(one.shortage):
                    payable.add(one.shortage)
        if payable:
            await self._lift(lambda shortage: shortage in payable, "there is enough again")

    async def _lift(self, holds: Callable[[Shortage], bool], why: str) -> None:
        for goal_id in await self.queries.short_of_money():
            try:
                await self._change(goal_id, budgets.lift(holds, why), None)
            except EngineError as error:
                logger.error("what waits for money stays as it is: %s", error, extra={"goal": goal_id})

    async def report_spent(self, goal_id: GoalId, micros: int, note: str = "", *, cause: Cause | None = None) -> None:
        """Money that a person spent for a goal; it counts against the budgets of the goal and of those above it.

        Less than nothing takes back what was reported before. Raises `InvalidInputError` or `RefusedError`.
        """
        if not micros:
            raise InvalidInputError("amount", "it is nothing", "give a sum, as in 12.50")
        lineage = await self.accounts.lineage(goal_id)
        charged = tuple([await self.accounts.of_goal(goal) for goal in lineage])
        facts = CallFacts(purpose=Purpose.PERSON, accounts=charged, goal=goal_id, chat=lineage[0].chat)
        text = checked_text("note", note)
        paid = Paid(micros=micros, note=text, at=self.clock.now(), cause=cause or self._fresh_cause())
        await self.accounts.spending.report(facts, paid)
        if micros < 0:
            await self.lift_what_can_be_paid()

    async def costs_of(self, goal_id: GoalId) -> Costs:
        """What a goal has cost, with all that serve it."""
        return await self._costs(await self.accounts.of_goal(await self.goal(goal_id)))

    async def costs_today(self, chat: ChatId | None) -> Costs:
        """What a chat's day has cost so far."""
        return await self._costs(await self.accounts.of_day(chat))

    async def _costs(self, account: Account) -> Costs:
        return Costs(account=account, rows=await self.accounts.spending.breakdown(account.name))

    async def outlook(self, goal_id: GoalId) -> Outlook:
        """What the rest of the plan is expected to cost."""
        goal = await self.goal(goal_id)
        left = [task for task in goal.live_tasks if task.status not in ENDED_TASKS and not goal.has_ended]
        work = [row for row in (await self.costs_of(goal_id)).rows if row.purpose is Purpose.WORK]
        calls = sum(row.calls for row in work)
        spent = total(row.spent + row.reserved for row in work) if work else NOTHING
        return Outlook(
            planned=sum(micros_of(Decimal(str(task.cost))) for task in left),
            agent_tasks=sum(task.work in (AGENT, WRITE) and not _is_done_by_it(task) for task in left),
            a_call=-(-spent.micros // calls) if calls else None,
        )


def _is_done_by_it(task: Task) -> bool:
    """Whether the model has handed in what came out, and somebody is to look at it now."""
    return task.status is TaskStatus.WAITING and task.outcome is not None


def checked_micros(dollars: Decimal | float | str) -> int:
    """Dollars in micro-dollars. Raises `InvalidInputError`."""
    try:
        value = Decimal(str(dollars))
    except InvalidOperation:
        value = Decimal("NaN")
    if isinstance(dollars, bool) or not value.is_finite() or not 0 <= value <= MOST_DOLLARS:
        raise InvalidInputError(
            "dollars", f"{dollars!r} is no sum of money", f"use a number from 0 to {MOST_DOLLARS:,}"
        )
    return micros_of(value)


def checked_tokens(tokens: int) -> int:
    """A number of tokens. Raises `InvalidInputError`."""
    if not isinstance(tokens, int) or isinstance(tokens, bool) or not 0 <= tokens <= MOST_TOKENS:
        raise InvalidInputError("tokens", f"{tokens!r} is no number of tokens", "use a whole number from 0 on")
    return tokens
