"""What decides beside the ledger: the rules of consequences, and the planner in `engine/planning/`."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from engine.decisions import FollowUp, Moment
from engine.events import Event
from engine.goals import Goal
from engine.plans import AdaptationNeed, KeptPlan, Plan, Repair
from engine.records import (
    Change,
)
from engine.reporting.notices import Notice
from engine.values import GoalId, TaskNumber


class Rules(Protocol):
    """What follows from changes. Pure but for `grants`, `given_up` and `committed`, which speak of worker slots."""

    def consequences(self, goal: Goal, moment: Moment) -> Sequence[Event]:
        """The next events that follow within the goal; empty when it has settled."""
        ...

    def follow_ups(self, before: Goal | None, after: Goal, events: Sequence[Event]) -> Sequence[FollowUp]:
        """What follows for other goals."""
        ...

    def grants(
        self, working: Mapping[GoalId, Goal], stirred: Collection[GoalId], now: dt.datetime
    ) -> Sequence[FollowUp]:
        """Starts for free slots, to be committed with the batch. Called again until there are none.

        `working` are the goals of the batch; of these, what is ready may have changed in `stirred` since the last call.
        """
        ...

    def given_up(self) -> None:
        """The batch was not committed: its grants are void."""
        ...

    def notices(self, before: Goal | None, after: Goal, events: Sequence[Event]) -> Sequence[Notice]:
        """What a person is to be told."""
        ...

    def wakeups(
        self, before: Goal | None, after: Goal, tasks: Collection[TaskNumber]
    ) -> Mapping[str, dt.datetime | None]:
        """Wake-ups that appear, move or go. No other tasks than these have changed."""
        ...

    def committed(self, changes: Sequence[Change]) -> None:
        """The batch is in the database."""
        ...


class Planner(Protocol):
    """Makes and mends plans. What it returns is a proposal: the engine checks it."""

    async def plan(self, goal: Goal, now: dt.datetime, zone: str) -> Plan:
        """A plan for the goal's criteria."""
        ...

    async def repair(self, goal: Goal, need: AdaptationNeed, kept: KeptPlan, now: dt.datetime, zone: str) -> Repair:
        """What is to change so that the goal can still be reached; an empty repair when nothing would help.

        `kept` tells how the plan came about, so that only what is affected is planned anew.
        """
        ...
