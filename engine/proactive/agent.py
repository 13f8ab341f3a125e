"""The proactive agent: looks at goals after their events and at each round of the monitor, keeps what it finds, tells
at most one thing a day of a goal, and does what the person says yes to.

It is never in the path of a change: what stirs a goal only names it, and a loop of its own looks after a while.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TypedDict, TypeVar

from engine.agents.calls import Purpose
from engine.clock import Clock, at_least
from engine.errors import NotFoundError, RefusedError
from engine.goals import Goal
from engine.money import NEARLY, UNBOUNDED, Amount, Cap, goal_account
from engine.money_commands import MoneyCommands
from engine.ports import Conversations, Findings
from engine.proactive.advice import WORDS, Adviser, advised, carried
from engine.proactive.deeds import carry_out
from engine.proactive.findings import (
    AREAS,
    LIVE,
    Area,
    FindingId,
    FindingKind,
    FindingStatus,
    KeptFinding,
    told_first,
)
from engine.proactive.rules import LOOKED_AT, findings_of
from engine.proactive.surroundings import Surroundings
from engine.reporting.notices import Notice, NoticeKind
from engine.reporting.quiet import is_quiet_hour
from engine.values import Cause, ChatId, GoalId, JsonObject, JsonValue, TaskId, task_id

logger = logging.getLogger(__name__)
T = TypeVar("T")

PAUSE, SHORTEST_PAUSE = 30.0, 1.0
"""Seconds after which a goal that was stirred is looked at (real seconds at least): events come in bursts."""
LOOK_AGAIN, SHORTEST_LOOK = dt.timedelta(hours=1), 5.0
"""A goal in which nothing has changed is looked at again after this: time alone may have made something true."""
MOST_LOOKS = 50
"""Goals that one pass looks at; after a start there may be thousands."""
A_DAY = dt.timedelta(days=1)
"""In so much time a goal has one message about findings at most."""


class FindingStanding(TypedDict):
    """A finding, for programs. `facts` are those of its kind (`FindingKind`); `can_do` says whether «Do it» does
    something; `tasks` are ids such as `7.3`. Times are aware, UTC; `told_at` is None where no chat was told."""

    id: FindingId
    goal: GoalId
    kind: str
    area: str
    status: str
    tasks: list[TaskId]
    facts: JsonObject
    can_do: bool
    found_at: dt.datetime
    told_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Where the agent keeps what it finds, and what it asks before it speaks."""

    findings: Findings
    conversations: Conversations
    clock: Clock
    tells: bool
    """Whether chats are told: a program that drives goals of its own leaves that to the bot."""


class Proactive:
    """The agent. `executor.proactive` is one."""

    def __init__(self, commands: MoneyCommands, surroundings: Surroundings, outlets: Outlets) -> None:
        self._commands = commands
        self._surroundings = surroundings
        self._findings = outlets.findings
        self._conversations = outlets.conversations
        self._clock = outlets.clock
        self._tells = outlets.tells
        self._stirred: set[GoalId] = set()
        self._rung, self._closed = asyncio.Event(), asyncio.Event()
        self._looking = asyncio.Lock()
        self._looked: dict[GoalId, tuple[int, dt.datetime]] = {}
        self._asked: dict[GoalId, dt.datetime] = {}
        self.advise_with: Adviser | None = None
        """A model's words to what the rules find; None where there is no model."""

    # -- looking ------------------------------------------------------------------------------------------------

    def stir(self, goals: Iterable[GoalId]) -> None:
        """Look at these goals when it is quiet. Costs nothing now."""
        self._stirred.update(goals)
        self._rung.set()

    async def run(self) -> None:
        """Look at what was stirred, a while after, until `close`."""
        while not self._closed.is_set():
            await self._rung.wait()
            self._rung.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(PAUSE / self._clock.speed, SHORTEST_PAUSE)):
                    await self._closed.wait()
            if not self._closed.is_set():
                await self._guarded(self.look)

    def close(self) -> None:
        """Let `run` end."""
        self._closed.set()
        self._rung.set()

    async def look(self) -> None:
        """One pass over the goals that were stirred; one that nothing happened in since is looked at once an hour."""
        async with self._looking:
            stirred = await self._look_around()
        found = await self._live_of(stirred)
        if self.advise_with is not None:  # outside the lock: nobody who asks what was found waits for a model
            asked = [await self._guarded(partial(self._ask_about, *one)) for one in found.items()]
            found = await self._live_of(stirred) if any(asked) else found
        if self._tells and not self._closed.is_set():
            for goal_id, kept in sorted(found.items()):
                if waiting := [one for one in kept if one.may_be_told]:
                    await self._guarded(partial(self._tell_of, goal_id, waiting))

    async def _live_of(self, goals: Sequence[GoalId]) -> Mapping[GoalId, Sequence[KeptFinding]]:
        """What is found in each of these goals that something is found in."""
        found: dict[GoalId, list[KeptFinding]] = {}
        for one in await self._findings.live(goals) if goals else ():
            found.setdefault(one.goal, []).append(one)
        return found

    async def _look_around(self) -> Sequence[GoalId]:
        """Look at what was stirred; returns that, nothing where the agent was closed meanwhile."""
        stirred, self._stirred = self._longest_unseen(), set()
        looked = 0
        for place, goal_id in enumerate(stirred):
            if self._closed.is_set():
                return []
            if looked == MOST_LOOKS:  # the others' turn comes after another pause
                self._stirred.update(stirred[place:])
                self._rung.set()
                break
            looked += await self._guarded(partial(self._look_if_due, goal_id)) is True
        return stirred

    def _longest_unseen(self) -> list[GoalId]:
        """What was stirred, so that goals in which much happens don't keep the others from their turn."""
        never = dt.datetime.min.replace(tzinfo=dt.UTC)
        return sorted(self._stirred, key=lambda goal: (self._looked.get(goal, (0, never))[1], goal))

    async def _guarded(self, deed: Callable[[], Awaitable[T]]) -> T | None:
        """What it brings; None, and a line in the log, where it fails."""
        try:
            found = await deed()
        except Exception:  # the border of one pass: one goal's fault must not hide the others
            logger.exception("the proactive agent could not look at something")
            return None
        await asyncio.sleep(0)  # there may be thousands of goals, and a tap must not wait for them
        return found

    async def _look_if_due(self, goal_id: GoalId) -> bool:
        """Whether it had to be looked at."""
        goal = await self._commands.goal(goal_id)
        if not self._is_due(goal):
            return False
        await self._look_at(goal)
        return True

    def _is_due(self, goal: Goal) -> bool:
        revision, at = self._looked.get(goal.id, (-1, self._clock.now()))
        span = at_least(self._clock, LOOK_AGAIN, SHORTEST_LOOK)
        return goal.revision != revision or self._clock.now() - at >= span

    async def _look_at(self, goal: Goal) -> None:
        now = self._clock.now()
        if goal.status in LOOKED_AT:
            given = await self._surroundings.of(goal)
            found = await asyncio.to_thread(findings_of, goal, given)
            self._looked[goal.id] = (goal.revision, now)
        else:
            found = ()
            self._looked.pop(goal.id, None)
        if self.advise_with is not None:
            found = carried(found, goal, await self._findings.live([goal.id]))
        await self._findings.saw(goal.id, await self._root_of(goal), found, now)

    async def _root_of(self, goal: Goal) -> GoalId:
        return (await self._commands.accounts.lineage(goal.id))[-1].id

    # -- asking a model -----------------------------------------------------------------------------------------

    async def _ask_about(self, goal_id: GoalId, found: Sequence[KeptFinding]) -> bool:
        """Have a model weigh what the rules found, where that is worth asking about: once a day for a goal with all
        that serve it, and only while its budget reaches. Returns whether it had something to say."""
        goal = await self._commands.goal(goal_id)
        worth_asking = [one for one in found if one.is_worth_telling]
        if goal.chat is not None:
            muted = await self._findings.muted(goal.chat)
            worth_asking = [one for one in worth_asking if one.finding.kind not in muted]
        is_new = any(WORDS not in one.finding.facts for one in worth_asking)
        if self.advise_with is None or goal.status not in LOOKED_AT or not is_new or not await self._may_ask(goal):
            return False
        advice = await self._unless_closed(self.advise_with(goal, worth_asking))
        if advice is None:
            return False
        async with self._looking:
            newest = await self._commands.goal(goal_id)
            weighed = advised(advice, newest, await self._findings.live([goal_id]))
            await self._findings.saw(goal_id, await self._root_of(goal), weighed, self._clock.now())
        return True

    async def _may_ask(self, goal: Goal) -> bool:
        """Whether a day has passed since the last time, and there is a budget of which most is left."""
        now, root, accounts = self._clock.now(), await self._root_of(goal), self._commands.accounts
        last = await accounts.spending.last_call(goal_account(root).name, Purpose.IMPROVE) or self._asked.get(root)
        if last is not None and now - last < A_DAY:
            return False
        facts = await accounts.of_call(Purpose.IMPROVE, goal=goal.id)
        bounded = [account for account in facts.accounts if account.cap != UNBOUNDED]
        reach = [_reaches(one.cap, await accounts.spending.spent(one.name)) for one in bounded]
        if not reach or not all(reach):  # nobody asked for this call: without a bound it is not made
            return False
        self._asked[root] = now
        return True

    async def _unless_closed(self, asking: Awaitable[T]) -> T | None:
        """What it brings; None where the agent is closed before."""
        async with asyncio.TaskGroup() as group:
            asked, closing = group.create_task(_awaited(asking)), group.create_task(self._closed.wait())
            await asyncio.wait({asked, closing}, return_when=asyncio.FIRST_COMPLETED)
            asked.cancel()
            closing.cancel()
        return asked.result() if not asked.cancelled() else None

    # -- telling ------------------------------------------------------------------------------------------------

    async def _tell_of(self, goal_id: GoalId, found: Sequence[KeptFinding]) -> None:
        """Tell the gravest of what was found, without a sound: one a day, and none in quiet hours."""
        goal = await self._commands.goal(goal_id)
        settings = await self._conversations.settings(goal.chat) if goal.chat is not None else None
        now = self._clock.now()
        if settings is None or settings.blocked or goal.status not in LOOKED_AT or is_quiet_hour(settings, now):
            return
        for kept in told_first(found, await self._findings.muted(settings.chat)):
            await self._findings.tell(kept, notice_of(kept, settings.chat), now - A_DAY, now)
            return

    async def worth_a_look(self, chat: ChatId, goals: Iterable[Goal]) -> tuple[KeptFinding, ...]:
        """What the digest of a chat says of these goals, the gravest first."""
        live = await self._findings.live([goal.id for goal in goals if not goal.has_ended])
        return tuple(told_first(live, await self._findings.muted(chat)))

    # -- answering ----------------------------------------------------------------------------------------------

    async def find(self, finding: int) -> KeptFinding:
        """A finding as it is now. Raises `NotFoundError`."""
        found = await self._findings.find(FindingId(finding))
        if found is None:
            raise NotFoundError("finding", finding)
        return found

    async def told(self) -> Sequence[KeptFinding]:
        """All that chats were told of and that can still be answered."""
        return [one for one in await self._findings.live() if one.status is FindingStatus.TOLD]

    async def do(self, finding: int, revision: int | None = None) -> Goal:
        """Carry out what is offered; returns the newest goal. However often it is asked for, it is done once.

        `revision` is that of the finding the person saw; None takes the newest. Raises `NotFoundError`, or
        `RefusedError` where it is settled, nothing is offered, or things have moved on.
        """
        kept = await self._live(finding, revision)
        if kept.finding.remedy is None:
            raise RefusedError("nothing_offered", "there is nothing that I could do about it")
        cause = Cause(f"finding:{kept.id}:{kept.revision}")
        try:
            goal = await carry_out(self._commands, kept.goal, kept.finding.remedy, cause)
        except RefusedError:
            self._looked.pop(kept.goal, None)
            self.stir([kept.goal])
            raise
        await self._findings.answer(kept, FindingStatus.DONE, self._clock.now())
        return goal

    async def dismiss(self, finding: int, revision: int | None = None) -> None:
        """Not now: it comes back in a week at the soonest, if it is still so. Raises like `do`."""
        kept = await self._live(finding, revision)
        await self._findings.answer(kept, FindingStatus.DISMISSED, self._clock.now())

    async def mute(self, finding: int, chat: ChatId) -> FindingKind:
        """Never tell this chat of this kind again. Raises `NotFoundError`."""
        kind = (await self.find(finding)).finding.kind
        await self._findings.mute(chat, kind, self._clock.now())
        return kind

    async def _live(self, finding: int, revision: int | None) -> KeptFinding:
        kept = await self.find(finding)
        if kept.status not in LIVE:
            raise RefusedError("finding_settled", f"that is {kept.status}")
        if revision is not None and revision != kept.revision:
            raise RefusedError("outdated", "something else is offered by now")
        return kept

    # -- for programs -------------------------------------------------------------------------------------------

    async def get_opportunities(self, goal_id: GoalId | None = None) -> list[FindingStanding]:
        """What could be won in one goal, or in all that are under way: work that can start earlier, that is not needed
        any more, or that was done for another goal. Looks first. Raises `NotFoundError`."""
        return await self._standing(Area.OPPORTUNITY, goal_id)

    async def get_issues(self, goal_id: GoalId | None = None) -> list[FindingStanding]:
        """What may go wrong: standing still, slipping, a budget that won't reach, the same failure twice, a criterion
        that nothing serves. Looks first. Raises `NotFoundError`."""
        return await self._standing(Area.ISSUE, goal_id)

    async def get_suggestions(self, goal_id: GoalId | None = None) -> list[FindingStanding]:
        """What could be done better: asking earlier who answers late, planning with what was learned. Looks first.
        Raises `NotFoundError`."""
        return await self._standing(Area.SUGGESTION, goal_id)

    async def _standing(self, area: Area, goal_id: GoalId | None) -> list[FindingStanding]:
        wanted = await self._wanted(goal_id)
        async with self._looking:
            for goal in wanted:
                await self._look_at(goal)
        found = await self._findings.live([goal.id for goal in wanted])
        of_area = [one for one in found if AREAS[one.finding.kind] is area]
        return [_standing_of(one) for one in sorted(of_area, key=lambda one: one.gravity)]

    async def _wanted(self, goal_id: GoalId | None) -> Sequence[Goal]:
        if goal_id is not None:
            return [await self._commands.goal(goal_id)]
        return await self._surroundings.alive()


def _reaches(cap: Cap, spent: Amount) -> bool:
    """Whether there is a budget at all, of which most is left."""
    return 0 not in (cap.micros, cap.tokens) and cap.share(spent) < NEARLY


async def _awaited(asking: Awaitable[T]) -> T:
    return await asking


def notice_of(kept: KeptFinding, chat: ChatId) -> Notice:
    """The message that tells a chat of a finding."""
    finding = kept.finding
    tasks: list[JsonValue] = list(finding.tasks)
    facts: JsonObject = {
        **finding.facts,
        "finding": kept.id,
        "revision": kept.revision,
        "kind": finding.kind.value,
        "deed": finding.remedy.deed.value if finding.remedy is not None else "",
        "micros": finding.remedy.micros if finding.remedy is not None else None,
        "tasks": tasks,
    }
    return Notice(kind=NoticeKind.FINDING, chat=chat, goal=kept.goal, facts=facts, silent=True)


def _standing_of(kept: KeptFinding) -> FindingStanding:
    finding = kept.finding
    return FindingStanding(
        id=kept.id,
        goal=kept.goal,
        kind=finding.kind.value,
        area=AREAS[finding.kind].value,
        status=kept.status.value,
        tasks=[task_id(kept.goal, number) for number in finding.tasks],
        facts=finding.facts,
        can_do=finding.remedy is not None,
        found_at=kept.found_at,
        told_at=kept.told_at,
    )
