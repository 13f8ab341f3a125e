"""Tasks that can't be done by what is known of their goal now: held up until that is over, or asked about. Pure.

Which they are only a planner can tell, since it knows what a way to do things begins with (`Repair.holds`).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from msgspec.structs import replace

from engine import events as e
from engine.blockages import Blockage, BlockageKind, Strategy
from engine.decisions import Decision, Moment
from engine.execution.blocking import NO_WAY, freed, raised, resolve, tried
from engine.execution.goal_decisions import edit
from engine.goals import Goal
from engine.passing_facts import next_end, over, passing, told
from engine.plans import Hold
from engine.tasks import TaskStatus, WaitingFor
from engine.values import BlockageNumber, JsonObject, TaskNumber

_LEADS = ("has ", "have ", "is ", "are ")


def word_for(fact: str) -> str:
    """What people are told is needed, of a fact by the name that libraries have for it: `has_kiln` is «kiln»."""
    said = fact.replace("_", " ")
    return next((said.removeprefix(lead) for lead in _LEADS if said.startswith(lead)), said)


def held(goal: Goal, holds: Iterable[Hold], gone: Collection[TaskNumber], moment: Moment) -> Iterator[e.Event]:
    """Blocks what a fact holds up: until that is over where it is known, else the person is asked. `gone` goes anyway.

    What is held up so already stays as it is.
    """
    number = goal.last_blockage
    for one in holds:
        task = goal.tasks[one.task]
        asked = task.waiting is not None and task.waiting.what is WaitingFor.PERSON
        before = _of_fact(goal, one.task, one.fact)
        if one.task in gone or not (task.status is TaskStatus.PENDING or asked or before):
            continue
        strategy = Strategy.ASK if one.until is None else Strategy.WAIT
        if any(each.strategy is strategy for each in before) and task.due_at == one.until:
            continue
        for each in before:
            yield e.BlockageResolved(number=each.number, resolution="it was said anew")
        if before:
            yield e.TaskReset(task=one.task, why="it was said anew")
        number += 1
        yield e.TaskBlocked(task=one.task, due_at=one.until)
        yield from _raised(replace(goal, last_blockage=BlockageNumber(number - 1)), one, moment)


def _raised(goal: Goal, hold: Hold, moment: Moment) -> Iterator[e.Event]:
    how = "Once it is otherwise, say so with /replan or press «It is resolved»."
    told = f"{hold.called}, and the only way that I know rests on it"
    if hold.until is not None:
        told = f"{hold.called} until {hold.until:%Y-%m-%d %H:%M} UTC"
    blockage = raised(
        goal,
        goal.tasks[hold.task],
        BlockageKind.RESOURCE,
        moment,
        description=told,
        needed=word_for(hold.fact),
        from_whom="" if hold.until is not None else "you",
        how=f"{how} Or leave the task out, re-plan in your words, or stop the goal." if hold.until is None else how,
    )
    yield e.BlockageRaised(blockage=replace(blockage, strategy=Strategy.ASK if hold.until is None else Strategy.WAIT))
    numbered = replace(blockage, number=BlockageNumber(goal.last_blockage + 1))
    if hold.until is None:
        yield tried(numbered, moment, "adapt", NO_WAY)
    else:
        yield tried(numbered, moment, "wait", f"until {hold.until:%Y-%m-%d %H:%M} UTC")


def known_anew(goal: Goal, change: e.GoalEdited, moment: Moment) -> list[e.Event]:
    """Take over an edit; what was held up by a fact that is another one now may go on."""
    events: list[e.Event] = []
    after = goal.metadata if change.metadata is None else change.metadata
    names = {*goal.metadata, *after} if change.metadata is not None else set()
    for name in sorted(one for one in names if goal.metadata.get(one) != after.get(one)):
        for task in goal.live_tasks:
            for blockage in _of_fact(goal, task.number, name):
                events.append(e.BlockageResolved(number=blockage.number, resolution="it is otherwise now"))
                events += freed(goal, task.number, besides=blockage.number, why=f"«{blockage.needed}» has changed")
    return [*events, *edit(goal, change, moment)]


def facts_over(goal: Goal, moment: Moment) -> list[e.Event]:
    """What was said to hold until a moment that has come turns by itself."""
    end = next_end(goal.metadata)
    if goal.has_ended or end is None or end > moment.now:
        return []
    return known_anew(goal, replace(e.unedited(goal), metadata=over(goal.metadata, moment.now)), moment)


def resolved(number: int, answer: str) -> Decision:
    """A person says that a blockage is gone: where a fact held the task up, that is turned as well."""

    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        events = resolve(number, answer)(goal, moment)
        fact = _fact_behind(goal, goal.blockages.get(BlockageNumber(number)))
        if fact is None:
            return events
        return [*events, *edit(goal, replace(e.unedited(goal), metadata=_turned(goal, fact)), moment)]

    return decide


def _fact_behind(goal: Goal, blockage: Blockage | None) -> str | None:
    if blockage is None or blockage.task is None or blockage.kind is not BlockageKind.RESOURCE:
        return None
    return next((name for name in goal.metadata if blockage in _of_fact(goal, blockage.task, name)), None)


def _turned(goal: Goal, fact: str) -> JsonObject:
    """What is known once a fact is no longer as it was said to be."""
    value, end = goal.metadata[fact], passing(goal.metadata).get(fact)
    then = end.then if end is not None else not value if isinstance(value, bool) else None
    known = told(goal.metadata, {fact: then}, {})
    return known if then is not None else {name: one for name, one in known.items() if name != fact}


def _of_fact(goal: Goal, number: TaskNumber, fact: str) -> tuple[Blockage, ...]:
    task = goal.tasks[number]
    if task.status is not TaskStatus.BLOCKED or word_for(fact) in task.resources:
        return ()
    found = goal.blockages_of(number)
    return tuple(one for one in found if one.kind is BlockageKind.RESOURCE and one.needed == word_for(fact))
