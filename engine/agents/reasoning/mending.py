"""From a proposed repair to one that can be carried out, or to what is wrong with it in words. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.agents.reasoning.checking import (
    MOST_FAULTS,
    SOURCE,
    Ground,
    line_of,
    misnamed,
    planned,
    problems_of,
    unusable,
    worded,
)
from engine.agents.reasoning.proposals import ProposedRepair
from engine.errors import InvalidInputError
from engine.execution.adaptation import brought_back, check_repair
from engine.goals import Goal
from engine.planning.quality import Finding, standing_plan
from engine.plans import AdaptationNeed, Plan, Repair, Trigger, check_plan
from engine.tasks import LEFT_OUT_TASKS, TaskStatus
from engine.values import TaskNumber

_CAN_BE_RETRIED = frozenset({TaskStatus.FAILED, TaskStatus.BLOCKED, TaskStatus.SKIPPED})
_ROUNDING = 1.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A repair that can be carried out, and what the model says of what happened."""

    repair: Repair
    cause: str
    also_hit: tuple[TaskNumber, ...]


def mended(proposal: ProposedRepair, ground: Ground, need: AdaptationNeed) -> Mended | tuple[str, ...]:
    """The repair, if it fits the goal as it stands and what is left still reaches every criterion, in time and within
    the budget; else its faults. Finished work is never touched."""
    goal = ground.goal
    there = frozenset(f"#{number}" for number, task in goal.tasks.items() if task.status not in LEFT_OUT_TASKS)
    faults = [*misnamed(proposal.add, there), *unusable(proposal.add, ground), *_misdirected(proposal, goal, need)]
    if faults:
        return tuple(faults[:MOST_FAULTS])
    repair = Repair(
        reset=tuple(TaskNumber(number) for number in dict.fromkeys(proposal.retry)),
        supersede=tuple(TaskNumber(number) for number in dict.fromkeys(proposal.drop)),
        add=tuple(planned(task, goal) for task in proposal.add),
        rewire={TaskNumber(one.task): tuple(dict.fromkeys(one.after)) for one in proposal.wait},
        source=SOURCE,
        summary=f"A model suggests: {line_of(proposal.summary, 300)}",
        grows=True,  # in a chat a person looks at what a model wants changed
    )
    faults = [*_impossible(repair, ground)]
    if faults:
        return tuple(faults[:MOST_FAULTS])
    also_hit = tuple(TaskNumber(number) for number in dict.fromkeys(proposal.also_hit) if number in goal.tasks)
    return Mended(repair=repair, cause=line_of(proposal.cause, 400), also_hit=also_hit)


def _misdirected(proposal: ProposedRepair, goal: Goal, need: AdaptationNeed) -> Iterator[str]:
    """Numbers that mean no task, or none with which that can be done."""
    for number in (*proposal.retry, *proposal.drop, *(one.task for one in proposal.wait)):
        if TaskNumber(number) not in goal.tasks:
            yield f"there is no task #{number}"
        elif goal.task(number).status is TaskStatus.COMPLETED:
            yield f"task #{number} is done, and stays as it is"
    for number in proposal.retry:
        if TaskNumber(number) in goal.tasks and goal.task(number).status not in _CAN_BE_RETRIED:
            yield f"task #{number} has not failed, so it can't be tried once more"
    for number in proposal.drop:
        if number in proposal.retry:
            yield f"task #{number} can't both be dropped and be tried once more"
    if (
        need.trigger is Trigger.TASK_FAILED
        and need.task is not None
        and need.task
        not in (
            *proposal.retry,
            *proposal.drop,
        )
    ):
        yield f"task #{need.task} has failed: try it once more, or drop it and add what takes its place"


def _impossible(repair: Repair, ground: Ground) -> Iterator[str]:
    """What the engine would refuse, and what would leave the goal out of reach."""
    goal = ground.goal
    if repair.is_empty:
        yield "it changes nothing"
        return
    try:
        check_repair(goal, repair)
        rest = _rest(goal, repair)
        check_plan(rest.tasks)
    except InvalidInputError as error:
        yield line_of(error.problem, 300)
        return
    again = brought_back(goal, repair)
    if again:
        yield line_of(again, 300)
    found = problems_of(rest, ground)
    there = problems_of(standing_plan(goal), ground) if found else ()
    for finding in found:
        if not any(_is_no_worse(finding, before) for before in there):
            yield worded(finding, goal)


def _is_no_worse(finding: Finding, before: Finding) -> bool:
    """Whether it was wrong before by as much or more: then it is not the repair's fault, and one that mends part of it
    helps."""
    same = (finding.rule, finding.tasks, finding.criterion) == (before.rule, before.tasks, before.criterion)
    return same and (finding.found or 0.0) <= _ROUNDING * (before.found or 0.0)


def _rest(goal: Goal, repair: Repair) -> Plan:
    """The plan as it would be."""
    gone = {f"#{number}" for number in repair.supersede}
    rewired = {f"#{number}": after for number, after in repair.rewire.items()}
    there = tuple(
        replace(task, after=tuple(name for name in rewired.get(task.key, task.after) if name not in gone))
        for task in standing_plan(goal).tasks
        if task.key not in gone
    )
    added = tuple(replace(task, after=tuple(n for n in task.after if n not in gone)) for task in repair.add)
    return Plan(tasks=(*there, *added), source=SOURCE)
