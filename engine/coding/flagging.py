"""Changes to what decides about tests: told, never taken along silently, and let through by a person's yes alone.

A yes is bound to the contents of each file, and kept with the goal: whatever is changed there afterwards needs another.
"""

import hashlib
from collections.abc import Sequence

from engine import events as e
from engine.coding.bench import Bench
from engine.coding.benches import Benches
from engine.coding.branches import difference_of
from engine.coding.options import APPROVED
from engine.coding.proving.weakening import Change
from engine.coding.refusals import CodeRefused
from engine.coding.reports import Flagged, FlaggedChange
from engine.coding.works.evidence import changed_texts, own_tests
from engine.coding.works.evidence import flagged as flagged_in
from engine.coding.works.names import PROVE
from engine.decisions import Decision, Moment
from engine.execution.task_decisions import retried
from engine.goals import Goal, refuse_ended
from engine.tasks import TaskStatus
from engine.values import Cause, GoalId, JsonValue


async def flagged_changes(benches: Benches, goal_id: GoalId) -> Flagged:
    """All of them that nobody has said yes to yet."""
    goal = await benches.sources.ledger.goal(goal_id)
    async with benches.open(goal) as bench:
        return await _flagged(benches, bench, goal)


async def _flagged(benches: Benches, bench: Bench, goal: Goal) -> Flagged:
    texts = await changed_texts(bench)
    done = approved_paths(goal, texts)
    found = flagged_in(texts, own_tests(texts))
    state = await bench.state()
    return Flagged(
        changes=tuple(FlaggedChange(path=path, why=why) for path, why in found if path not in done),
        difference=await difference_of(benches, bench.worktree, state),
        state=state,
    )


async def approved(benches: Benches, goal_id: GoalId, state: str, cause: Cause) -> Goal:
    """Keep a person's yes to all that is flagged in just that state, and make a proof again that failed."""
    ledger = benches.sources.ledger
    if cause is not None and (led := await ledger.led_to(cause)) is not None:
        return await ledger.goal(led)
    goal = await ledger.goal(goal_id)
    async with benches.open(goal) as bench:
        found = await _flagged(benches, bench, goal)
        if found.state != state:
            raise CodeRefused("outdated", "the files have changed since that was shown")
        if not found.changes:
            raise CodeRefused("nothing_flagged", "nothing there needs a yes")
        texts = {change.path: change for change in await changed_texts(bench)}
    kept = {one.path: digest_of(texts[one.path]) for one in found.changes}
    return (await ledger.change(goal_id, _let_through(kept), cause, once=True)).goal


def _let_through(kept: dict[str, str]) -> Decision:
    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        before = goal.metadata.get(APPROVED)
        both: dict[str, JsonValue] = {**(before if isinstance(before, dict) else {}), **kept}
        edited = e.GoalEdited(
            name=goal.name,
            description=goal.description,
            criteria=goal.criteria,
            priority=goal.priority,
            deadline=goal.deadline,
            metadata={**goal.metadata, APPROVED: both},
        )
        told = e.NoteAdded(note=f"Changes to tests are fine: {', '.join(sorted(kept))}")
        events: list[e.Event] = [edited, told]
        for task in goal.live_tasks:
            if task.work == PROVE and task.status in (TaskStatus.FAILED, TaskStatus.BLOCKED):
                events += retried(task.number)(goal, moment)
        return events

    return decide


def digest_of(change: Change) -> str:
    """Names the contents of a changed file."""
    told = b"gone" if change.new is None else b"there" + change.new.encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()[:32]


def approved_paths(goal: Goal, texts: Sequence[Change]) -> frozenset[str]:
    """Of the changed files those that a person let through as they are now."""
    kept = goal.metadata.get(APPROVED)
    if not isinstance(kept, dict):
        return frozenset()
    return frozenset(change.path for change in texts if kept.get(change.path) == digest_of(change))
