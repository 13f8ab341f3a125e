"""Several parts of a plan, mended one after the other in the plan that the one before led to, told as one change."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from typing import TypeAlias

from engine.decisions import Moment
from engine.execution.adaptation import adapted
from engine.execution.goal_decisions import executable_order
from engine.folding import fold
from engine.goals import Goal
from engine.kept_plan import numbered
from engine.planning.bridge.mending import Menders
from engine.planning.bridge.tree_changes import rekeyed
from engine.plans import AdaptationNeed, PlannedTask, Repair
from engine.values import Cause, TaskNumber

Mender: TypeAlias = Callable[[Menders], Generator[None, None, Repair | None]]
"""Mends one part of what is laid before it; None where nothing is left to mend."""
_MOST = 50


def in_turn(
    menders: Menders, need: AdaptationNeed, next_one: Mender, first: Repair | None = None
) -> Generator[None, None, tuple[Repair, Menders]]:
    """All repairs, until there is none more, as one, and what looks for ways in the plan that they lead to; an empty
    repair where there was none. `first` comes before them (None: nothing does)."""
    whole, names = Repair(), dict[str, str]()
    told: list[str] = []
    for turn in range(_MOST):
        repair = first if first is not None and not turn else (yield from next_one(menders))
        if repair is None:
            break
        told.append(repair.summary)
        whole = _both(whole, repair, names)
        goal = _after(menders, repair, need)
        names |= _names(repair.add, goal)
        tree = numbered(repair.tree, repair.add, goal, goal.plan_version)
        menders = menders.of(goal, replace(menders.kept, tree=tree))
        yield
    if first is not None:
        reset = tuple(number for number in first.reset if number not in whole.supersede)
        whole = replace(whole, reset=reset, grows=first.grows)
    return replace(whole, summary="\n".join(told)), menders


def _after(menders: Menders, repair: Repair, need: AdaptationNeed) -> Goal:
    """The goal as the repair would leave it."""
    goal, now = menders.goal, menders.request.now
    for event in adapted(goal, repair, need, Moment(now=now, cause=Cause("in thought"))):
        goal = fold(goal, event, now)
    return goal


def _names(add: tuple[PlannedTask, ...], goal: Goal) -> Mapping[str, str]:
    """The keys of what was just added, by the numbers it got."""
    numbers = sorted(task.number for task in goal.tasks.values() if task.plan_version == goal.plan_version)
    return {f"#{number}": task.key for number, task in zip(numbers, executable_order(add), strict=True)}


def _both(first: Repair, then: Repair, names: Mapping[str, str]) -> Repair:
    """Two changes as one. The second was made from what the first led to, where the tasks that it added have numbers:
    `names` has their keys."""

    def named(refs: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(names.get(one, one) for one in refs)

    gone = {names.get(f"#{number}", f"#{number}") for number in then.supersede}
    wired = {names.get(f"#{number}", f"#{number}"): named(after) for number, after in then.rewire.items()}
    kept = (task for task in first.add if task.key not in gone)
    new = (
        replace(
            task,
            after=named(task.after),
            only_if=(names.get(task.only_if[0], task.only_if[0]), task.only_if[1]) if task.only_if else None,
        )
        for task in then.add
    )
    rewire = {f"#{number}": after for number, after in first.rewire.items()} | wired
    return Repair(
        supersede=tuple(sorted({*first.supersede, *(TaskNumber(int(one[1:])) for one in gone if one.startswith("#"))})),
        add=(*(replace(task, after=wired.get(task.key, task.after)) for task in kept), *new),
        rewire={
            TaskNumber(int(one[1:])): after for one, after in rewire.items() if one.startswith("#") and one not in gone
        },
        serves={**first.serves, **then.serves},
        tree=rekeyed(then.tree, lambda key: names.get(key, key)),
    )
