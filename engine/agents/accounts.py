"""Which accounts a call is charged to: its goal, the goals above that, and the chat's day. Imports no pydantic-ai.

So what serves a goal counts against that goal's budget, however deep it is, and all of a chat against its day.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from engine.agents.calls import CallFacts, Purpose
from engine.clock import Clock
from engine.errors import NotFoundError
from engine.goals import Goal
from engine.money import UNBOUNDED, Account, Allowances, Cap, Shortage, day_account, goal_account
from engine.ports import Conversations, Spending
from engine.values import ChatId, GoalId, TaskNumber


def day_of(now: dt.datetime, zone: str) -> dt.date:
    """The date in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def end_of(day: dt.date, zone: str) -> dt.datetime:
    """The moment in UTC at which the next day begins in a zone, also where a clock is changed at midnight."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(zone))
    return midnight.astimezone(dt.UTC)  # a midnight that is skipped is the moment of the change


def goal_accounts(lineage: Iterable[Goal], allowed: Cap) -> tuple[Account, ...]:
    """The accounts of a goal and of those above it, itself first."""
    return tuple(goal_account(goal.id, goal.cap(allowed)) for goal in lineage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Finds accounts and their caps as they are now."""

    find_goal: Callable[[GoalId], Awaitable[Goal]]
    conversations: Conversations
    spending: Spending
    clock: Clock
    allowances: Allowances
    zone: str
    """Whose day it is where there is no chat."""

    async def of_call(
        self,
        purpose: Purpose,
        *,
        goal: GoalId | None = None,
        task: TaskNumber | None = None,
        chat: ChatId | None = None,
    ) -> CallFacts:
        """The facts of a call for a task, a goal or a chat; a goal's chat need not be named."""
        lineage = await self.lineage(goal) if goal is not None else []
        chat = lineage[0].chat if lineage and chat is None else chat
        charged = (*goal_accounts(lineage, self.allowances.a_goal), await self.of_day(chat))
        return CallFacts(purpose=purpose, accounts=charged, goal=goal, task=task, chat=chat)

    async def renewed(self, facts: CallFacts) -> CallFacts:
        """The same call, charged to the accounts and under the caps of this moment; those that are nobody's budget
        (a session's) stay."""
        if not any(account.goal is not None or account.day is not None for account in facts.accounts):
            return facts
        now = await self.of_call(facts.purpose, goal=facts.goal, task=facts.task, chat=facts.chat)
        tabs = tuple(one for one in facts.accounts if one.goal is None and one.day is None)
        return replace(now, accounts=(*now.accounts, *tabs))

    async def lineage(self, goal: GoalId) -> list[Goal]:
        """The goal, the one that it serves, and so on. Raises `NotFoundError` where the first is not there."""
        found = [await self.find_goal(goal)]
        while (above := found[-1].parent) is not None:
            found.append(await self.find_goal(above.goal))
        return found

    async def of_goal(self, goal: Goal) -> Account:
        """A goal's own account."""
        return goal_account(goal.id, goal.cap(self.allowances.a_goal))

    async def of_day(self, chat: ChatId | None) -> Account:
        """The account of a chat's present day."""
        cap, zone = await self._of_chat(chat)
        day = day_of(self.clock.now(), zone)
        account = day_account(day, chat, cap, end_of(day, zone))
        return day_account(day, chat, await self._with_grants(account.name, cap), account.until)

    async def cap_of(self, account: Account) -> Cap:
        """What bounds an account of that name now; nothing where its goal is gone."""
        if account.goal is not None:
            try:
                return (await self.find_goal(account.goal)).cap(self.allowances.a_goal)
            except NotFoundError:
                return UNBOUNDED
        if account.day is None:
            return UNBOUNDED
        cap, _ = await self._of_chat(account.day[1])
        return await self._with_grants(account.name, cap)

    async def can_pay(self, shortage: Shortage) -> bool:
        """Whether what was lacking is there now: the cap was raised, or something taken back."""
        cap = await self.cap_of(Account(name=shortage.account))
        return cap.allows(await self.spending.spent(shortage.account) + shortage.wanted)

    async def _of_chat(self, chat: ChatId | None) -> tuple[Cap, str]:
        settings = await self.conversations.settings(chat) if chat is not None else None
        if settings is None:
            return self.allowances.a_day, self.zone
        return settings.day_budget if settings.day_budget is not None else self.allowances.a_day, settings.zone

    async def _with_grants(self, name: str, cap: Cap) -> Cap:
        return cap.raised(await self.spending.granted(name))
