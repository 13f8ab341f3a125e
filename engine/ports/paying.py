"""What the engine asks of the store of money: `storage/` implements it."""

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from engine.agents.calls import CallFacts, CallId, Paid, Purpose, Reservation, Settlement, SpendRow
from engine.money import Account, Amount
from engine.values import BootId, Cause


class Spending(Protocol):
    """Calls of models, and what they cost."""

    async def reserve(self, wanted: Reservation) -> CallId:
        """Charge the estimate to all accounts, or to none. Raises `BudgetReached` for the first that it would pass."""
        ...

    async def settle(self, call: CallId, settlement: Settlement) -> Sequence[Account]:
        """Replace the estimate by what it was. Returns the accounts of which most has been spent by this.

        Settling twice changes nothing. The chat is told of those accounts in the same transaction, each cap once.
        """
        ...

    async def orphaned(self, boot: BootId) -> int:
        """Settle at their estimates the calls that were under way in another run of the program; how many."""
        ...

    async def report(self, facts: CallFacts, paid: Paid) -> None:
        """Keep money that a person spent; `RefusedError` where more would be taken back than was ever reported."""
        ...

    async def grant(self, account: str, by: Amount, cause: Cause) -> None:
        """Allow a day so much more than its cap; the same cause does so once."""
        ...

    async def granted(self, account: str) -> Amount:
        """What a day was allowed beyond its cap."""
        ...

    async def spent(self, account: str) -> Amount:
        """What is charged to an account, with what is reserved."""
        ...

    async def last_call(self, account: str, purpose: Purpose) -> dt.datetime | None:
        """When the newest call for a purpose was charged to an account; None where none was."""
        ...

    async def breakdown(self, account: str) -> Sequence[SpendRow]:
        """The same by purpose and model, the dearest first."""
        ...
