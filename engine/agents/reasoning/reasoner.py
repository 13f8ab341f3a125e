"""Asks a model for plans, checks them, and sends back what is wrong with them: bounded in calls and in time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from pydantic_ai import Agent, ModelRetry, RunContext, ToolOutput
from pydantic_ai.models import Model
from pydantic_ai.usage import UsageLimits

from engine.agents.accounts import Accounts
from engine.agents.calls import Purpose
from engine.agents.faults import UselessAnswerError, model_faults
from engine.agents.models import Models
from engine.agents.reasoning.checking import Faulty, Ground, Sound, checked
from engine.agents.reasoning.mending import Mended, mended
from engine.agents.reasoning.prompts import FAULTY, FAULTY_REPAIR, INSTRUCTIONS, MENDING
from engine.agents.reasoning.proposals import Proposals, ProposedRepair
from engine.errors import EngineError
from engine.goals import Goal
from engine.money import NOTHING, Account, Amount
from engine.plans import AdaptationNeed

logger = logging.getLogger(__name__)

SENT_BACK = 2
"""So often faults go back to the model."""
ENOUGH = 2
"""With so many sound plans, the faulty ones beside them are not worth another call."""
LONGEST = 180.0
"""Real seconds of a whole session: a person waits for the plan."""
_MOST_TOLD = 30
"""Faults that are kept with a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What a session took."""

    models: tuple[str, ...] = ()
    calls: int = 0
    spent: Amount = NOTHING
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoned:
    """What came of a session: sound plans, or why there are none."""

    sound: tuple[Sound, ...]
    faults: tuple[str, ...]
    failure: str
    bill: Bill


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What came of a session about a plan that has to change: a repair that holds, or why there is none."""

    mended: Mended | None
    faults: tuple[str, ...]
    failure: str
    bill: Bill


@dataclass(slots=True, kw_only=True)
class _Mending:
    """A session about a repair under way."""

    ground: Ground
    need: AdaptationNeed
    mended: Mended | None = None
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Session:
    """A session under way: what the model has proposed so far."""

    ground: Ground
    sound: dict[str, Sound] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    rounds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """On what terms a session asks."""

    model: Model
    limits: UsageLimits = field(default_factory=lambda: UsageLimits(request_limit=1 + SENT_BACK))


class Reasoner:
    """Has plans proposed by the configured models. What it hands out was checked; failures are told, not raised."""

    def __init__(self, models: Models, accounts: Accounts) -> None:
        """`accounts` tells what calls are charged to."""
        self._models = models
        self._accounts = accounts
        output = ToolOutput(Proposals, name="propose_plans", description="Propose two to four plans for the goal")
        self._agent = Agent(
            output_type=output, deps_type=_Session, instructions=INSTRUCTIONS, retries={"tools": 0, "output": SENT_BACK}
        )
        self._agent.output_validator(_judge)
        repair = ToolOutput(ProposedRepair, name="propose_repair", description="Say what happened and mend the plan")
        self._mender = Agent(
            output_type=repair, deps_type=_Mending, instructions=MENDING, retries={"tools": 0, "output": SENT_BACK}
        )
        self._mender.output_validator(_judge_repair)

    async def propose(self, ground: Ground, question: str) -> Reasoned:
        """Ask for plans. Never raises what a model does wrong; a cancelled call flies on, and is settled before."""
        session = _Session(ground=ground)

        async def ask(terms: _Terms) -> None:
            await self._agent.run(question, model=terms.model, deps=session, usage_limits=terms.limits)
            if not session.sound:
                raise UselessAnswerError("none of its plans can be carried out")

        failure, bill = await self._held(ground.goal, Purpose.PLAN, ask)
        faults = tuple(dict.fromkeys(session.faults))[:_MOST_TOLD]
        sound = tuple(session.sound.values())
        return Reasoned(sound=sound, faults=faults, failure="" if sound else failure, bill=bill)

    async def mend(self, ground: Ground, need: AdaptationNeed, question: str) -> Remedy:
        """Ask what happened and how the rest of the plan is to change. Raises as little as `propose`."""
        session = _Mending(ground=ground, need=need)

        async def ask(terms: _Terms) -> None:
            await self._mender.run(question, model=terms.model, deps=session, usage_limits=terms.limits)

        failure, bill = await self._held(ground.goal, Purpose.ADAPT, ask)
        faults = tuple(dict.fromkeys(session.faults))[:_MOST_TOLD]
        return Remedy(mended=session.mended, faults=faults, failure="" if session.mended else failure, bill=bill)

    async def _held(self, goal: Goal, purpose: Purpose, ask: Callable[[_Terms], Awaitable[None]]) -> tuple[str, Bill]:
        """Hold a session within its bounds: why it failed, empty if it did not, and what it took."""
        tab = _tab(purpose, goal)
        began, failure = self._models.meter.now(), ""
        try:
            with model_faults():
                facts = await self._accounts.of_call(purpose, goal=goal.id)
                facts = replace(facts, accounts=(*facts.accounts, tab))
                async with asyncio.timeout(LONGEST):
                    await ask(_Terms(model=self._models.for_calls(facts)))
        except TimeoutError:
            failure = f"it had not answered after {LONGEST:g} seconds"
        except EngineError as error:
            failure = str(error) or type(error).__name__
        return failure, await self.bill(purpose, goal, self._models.meter.now() - began)

    async def bill(self, purpose: Purpose, goal: Goal, seconds: float = 0.0) -> Bill:
        """What a session about the goal as it is here was charged, calls before a crash included."""
        tab = _tab(purpose, goal)
        rows = await self._accounts.spending.breakdown(tab.name)
        return Bill(
            models=tuple(dict.fromkeys(row.model for row in rows)),
            calls=sum(row.calls for row in rows),
            spent=await self._accounts.spending.spent(tab.name),
            seconds=seconds,
        )


def _tab(purpose: Purpose, goal: Goal) -> Account:
    """Charged with one session alone."""
    return Account(name=f"session:{purpose}:{goal.id}@{goal.revision}")


async def _judge(context: RunContext[_Session], output: Proposals) -> Proposals:
    """Keep what is sound, and send the rest back as long as that may bring more."""
    session = context.deps
    session.rounds += 1
    faulty: list[Faulty] = []
    for proposal in output.plans:
        found = checked(proposal, session.ground)
        if isinstance(found, Faulty):
            faulty.append(found)
        elif not _is_known(found, session):
            session.sound[_name_for(found.proposal.name, session)] = found
        await asyncio.sleep(0)
    told = [f"«{one.name}»: {fault}" for one in faulty for fault in one.faults]
    session.faults += told
    if faulty and len(session.sound) < ENOUGH and session.rounds <= SENT_BACK:
        raise ModelRetry("\n".join([FAULTY, *(f"- {line}" for line in told)]))
    return output


async def _judge_repair(context: RunContext[_Mending], output: ProposedRepair) -> ProposedRepair:
    """Keep a repair that holds, and send one back that does not."""
    session = context.deps
    found = mended(output, session.ground, session.need)
    if isinstance(found, Mended):
        session.mended = found
        return output
    session.faults += found
    raise ModelRetry("\n".join([FAULTY_REPAIR, *(f"- {line}" for line in found)]))


def _is_known(found: Sound, session: _Session) -> bool:
    """Whether it was proposed before: a model sends all plans again, those that were sound too."""
    steps = sorted(task.title for task in found.plan.tasks)
    return any(sorted(task.title for task in one.plan.tasks) == steps for one in session.sound.values())


def _name_for(name: str, session: _Session) -> str:
    return name if name not in session.sound else f"{name} ({len(session.sound) + 1})"
