"""A work that pays as an agent does: it reserves what it may take in the real accounts, and settles what it took."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.agents.calls import Ending, Purpose, Reservation, Settlement
from engine.executor import AutonomousGoalExecutor
from engine.money import Amount
from engine.work.registry import Work, WorkContext, WorkResult


@dataclass
class Payer:
    """Tells the test what it did. Prices are in micro-dollars, by the titles of tasks."""

    now: Callable[[], dt.datetime]
    executor: AutonomousGoalExecutor | None = None
    prices: dict[str, Amount] = field(default_factory=dict)
    paid: list[str] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)

    def work(self) -> Work:
        """To be registered as `ask`."""
        return Work(name="ask", summary="Asks a model", run=self.run)

    async def run(self, context: WorkContext) -> WorkResult:
        assert self.executor is not None
        title, price = context.task.title, self.prices.get(context.task.title, Amount(micros=400_000))
        self.tries.append(title)
        accounts = self.executor.accounts
        facts = await accounts.of_call(Purpose.WORK, goal=context.goal_id, task=context.task.number)
        wanted = Reservation(facts=facts, model="test:one", estimate=price, boot=self.executor.boot, at=self.now())
        call = await accounts.spending.reserve(wanted)
        await accounts.spending.settle(call, settled(price))
        self.paid.append(title)
        return f"{title} is paid"


def settled(price: Amount) -> Settlement:
    """A call that took just so much."""
    return Settlement(
        ending=Ending.ANSWERED,
        micros=price.micros,
        tokens_in=price.tokens,
        tokens_out=0,
        is_estimate=False,
        seconds=1.0,
    )
