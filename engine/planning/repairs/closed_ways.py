"""What can't be done any more by what is known of a goal now: what is left of it waits, or gets another way.

What is said to be over in time for the deadline is waited for, as a resource is that comes back. For the rest another
way is looked for; what has none is asked about.
"""

from collections.abc import Collection, Generator, Mapping
from dataclasses import replace

from engine.execution.lost_resources import is_too_late
from engine.goals import Goal
from engine.passing_facts import passing
from engine.planning.bridge.mending import Menders
from engine.planning.language.terms import Value
from engine.plans import Hold, Repair
from engine.tasks import ENDED_TASKS
from engine.values import TaskNumber


def closed(menders: Menders) -> Generator[None, None, tuple[Hold, ...]]:
    """What is left to do that what was told of the goal closes the way for, each with the fact that does it."""
    goal, known = menders.goal, menders.known
    told = [name for name in goal.metadata if name in known.context]
    if not told:
        return ()
    now = yield from menders.unfit()
    found: dict[TaskNumber, Hold] = {}
    for name in told if now else ():
        otherwise = yield from menders.unfit({name: _other(menders, name)})
        for number in sorted(now - otherwise):
            until = passing(goal.metadata)[name].until if name in passing(goal.metadata) else None
            found.setdefault(number, Hold(task=number, fact=name, called=_said(menders, name), until=until))
    return tuple(found.values())


def waited_for(goal: Goal, holds: Collection[Hold]) -> tuple[Hold, ...]:
    """Those that end in time."""
    return tuple(one for one in holds if one.until is not None and not is_too_late(goal, one.task, one.until))


def with_holds(goal: Goal, repair: Repair, holds: Collection[Hold]) -> Repair:
    """The repair with what stays held up after it: of what is behind each other only the first. It gets no fresh
    attempts."""
    left = {one.task: one for one in holds if one.task not in repair.supersede}
    behind = _behind(goal, left)
    reset = tuple(number for number in repair.reset if number not in left)
    return replace(repair, reset=reset, holds=tuple(one for number, one in left.items() if number not in behind))


def _behind(goal: Goal, numbers: Mapping[TaskNumber, Hold]) -> set[TaskNumber]:
    """Those that wait for another one of them anyway."""
    found: set[TaskNumber] = set()
    for number in numbers:
        waiting, seen = list(goal.tasks[number].depends_on), set[TaskNumber]()
        while waiting:
            before = waiting.pop()
            if before in numbers:
                found.add(number)
                break
            if before not in seen and goal.tasks[before].status not in ENDED_TASKS:
                seen.add(before)
                waiting.extend(goal.tasks[before].depends_on)
    return found


def _other(menders: Menders, name: str) -> Value | None:
    """What a fact would be were it not as it was told; None for what the goal itself says."""
    end, value = passing(menders.goal.metadata).get(name), menders.goal.metadata[name]
    if end is not None and isinstance(end.then, str | int | float):
        return end.then
    return not value if isinstance(value, bool) else None


def _said(menders: Menders, name: str) -> str:
    """What people call a fact, with how it stands."""
    called = f"«{menders.known.called(name)}»"
    match menders.goal.metadata[name]:
        case True:
            return f"{called} holds"
        case False:
            return f"{called} does not hold"
        case value:
            return f"{called} is {value}"
