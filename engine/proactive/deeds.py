"""What a yes to a finding does: each through a command of the engine, or a decision handed to its one door."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from engine.decisions import Decision
from engine.errors import InvalidInputError
from engine.execution import adaptation
from engine.execution.loosening import loosened
from engine.goals import Goal
from engine.money import Cap
from engine.money_commands import MoneyCommands
from engine.plans import AdaptationNeed, Trigger
from engine.proactive.findings import Deed, Remedy
from engine.values import Cause, GoalId, TaskNumber

_Doing: TypeAlias = Callable[[MoneyCommands, GoalId, Remedy, Cause], Awaitable[Goal]]


async def carry_out(commands: MoneyCommands, goal: GoalId, remedy: Remedy, cause: Cause) -> Goal:
    """Do it; the same cause does it once. Raises `RefusedError` where things have moved on."""
    return await DOINGS[remedy.deed](commands, goal, remedy, cause)


def _task(remedy: Remedy) -> TaskNumber:
    if remedy.task is None:
        raise InvalidInputError("remedy", f"{remedy.deed} is done to a task, and none is named", "name one")
    return remedy.task


async def _decided(commands: MoneyCommands, goal: GoalId, decision: Decision, cause: Cause) -> Goal:
    return (await commands.ledger.change(goal, decision, cause, once=True)).goal


async def _loosen(commands: MoneyCommands, goal: GoalId, remedy: Remedy, cause: Cause) -> Goal:
    return await _decided(commands, goal, loosened(_task(remedy), remedy.was, remedy.depends_on), cause)


async def _skip(commands: MoneyCommands, goal: GoalId, remedy: Remedy, cause: Cause) -> Goal:
    return await commands.skip_task(goal, _task(remedy), remedy.text, cause=cause)


async def _restore(commands: MoneyCommands, goal: GoalId, remedy: Remedy, cause: Cause) -> Goal:
    return await commands.restore_tasks(goal, remedy.tasks, cause=cause)


async def _complete(commands: MoneyCommands, goal: GoalId, remedy: Remedy, cause: Cause) -> Goal:
    return await commands.complete_task(goal, _task(remedy), remedy.text, cause=cause)


async def _start(commands: MoneyCommands, goal: GoalId, remedy: Remedy, cause: Cause) -> Goal:
    return await commands.start_goal(goal, remedy.version, cause=cause)


async def _pause(commands: MoneyCommands, goal: GoalId, remedy: Remedy, cause: Cause) -> Goal:
    return await commands.pause_goal(goal, remedy.text, cause=cause)


async def _ask(commands: MoneyCommands, goal: GoalId, remedy: Remedy, cause: Cause) -> Goal:
    return await commands.report_problem(goal, _task(remedy), remedy.text, cause=cause)


async def _replan(commands: MoneyCommands, goal: GoalId, remedy: Remedy, cause: Cause) -> Goal:
    return await _adapt(commands, goal, (remedy.text, Trigger.WORLD_CHANGED), cause)


async def _faster(commands: MoneyCommands, goal: GoalId, remedy: Remedy, cause: Cause) -> Goal:
    return await _adapt(commands, goal, (remedy.text, Trigger.FORECAST), cause)


async def _adapt(commands: MoneyCommands, goal: GoalId, why: tuple[str, Trigger], cause: Cause) -> Goal:
    """Ask for a repair, but not as a person: names in the reason must not be read as words about a change."""
    reason, trigger = why
    need = AdaptationNeed(reason=reason, trigger=trigger, since=commands.clock.now())
    return await _decided(commands, goal, adaptation.request(need), cause)


async def _raise(commands: MoneyCommands, goal: GoalId, remedy: Remedy, cause: Cause) -> Goal:
    least = remedy.micros or 0

    def raised(cap: Cap) -> Cap:
        return Cap(micros=None if cap.micros is None else max(cap.micros, least), tokens=cap.tokens)

    return await commands.change_budget(goal, raised, cause=cause)


DOINGS: Mapping[Deed, _Doing] = {
    Deed.LOOSEN: _loosen,
    Deed.SKIP: _skip,
    Deed.RESTORE: _restore,
    Deed.COMPLETE: _complete,
    Deed.START: _start,
    Deed.PAUSE: _pause,
    Deed.ASK: _ask,
    Deed.REPLAN: _replan,
    Deed.FASTER: _faster,
    Deed.RAISE: _raise,
}
