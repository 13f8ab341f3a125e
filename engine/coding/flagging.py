"""Changes to what decides about tests: told, never taken along silently, and let through by a person's yes alone."""

from collections.abc import Sequence

from engine import events as e
from engine.coding.answers import answered, approved_paths, digest_of, give_back
from engine.coding.bench import Bench
from engine.coding.benches import Benches
from engine.coding.branches import difference_of
from engine.coding.options import ANSWERED_BY, APPROVED, DENIED
from engine.coding.refusals import CodeRefused
from engine.coding.remembering import remembered
from engine.coding.reports import Flagged
from engine.coding.works.evidence import changed_texts, own_tests
from engine.coding.works.evidence import flagged as flagged_in
from engine.coding.works.names import HAND_IN, PROVE
from engine.decisions import Decision, Moment
from engine.execution.task_decisions import retried
from engine.goals import Goal, refuse_ended
from engine.tasks import Outcome, Task, TaskStatus
from engine.values import Cause, GoalId, JsonValue

_NOTES = {
    APPROVED: "Changes to tests are fine: {}",
    DENIED: "Changes to these tests are not allowed; they are put back as they were and have to stay so: {}",
}


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
        changes=tuple(one for one in found if one.path not in done),
        difference=await difference_of(benches, bench.worktree, state),
        state=state,
    )


async def approved(benches: Benches, goal_id: GoalId, state: str, cause: Cause) -> Goal:
    """Keep a person's yes to all that is flagged in just that state, and make a proof again that failed."""
    return await _answered(benches, (goal_id, APPROVED), state, cause)


async def denied(benches: Benches, goal_id: GoalId, state: str, cause: Cause) -> Goal:
    """Keep a person's no to all that is flagged in just that state: it is put back as it was, and the work goes on."""
    return await _answered(benches, (goal_id, DENIED), state, cause)


async def _answered(benches: Benches, about: tuple[GoalId, str], state: str, cause: Cause) -> Goal:
    goal_id, answer = about
    ledger = benches.sources.ledger
    if (led := await ledger.led_to(cause)) is not None:
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
        goal = (await ledger.change(goal_id, _said(answer, kept), cause, once=True)).goal
        await give_back(bench, goal)  # a proof that begins now waits; what a kill leaves goes with the next opening
    return goal


def _said(answer: str, kept: dict[str, str]) -> Decision:
    def decide(goal: Goal, moment: Moment) -> Sequence[e.Event]:
        refuse_ended(goal)
        both: dict[str, JsonValue] = {**answered(goal, answer), **kept}
        by: dict[str, JsonValue] = {**answered(goal, ANSWERED_BY), **dict.fromkeys(kept, moment.cause)}
        told = e.NoteAdded(note=_NOTES[answer].format(", ".join(sorted(kept))))
        events: list[e.Event] = [remembered(goal, {answer: both, ANSWERED_BY: by}), told]
        for task in goal.live_tasks:
            if task.work == PROVE and task.status in (TaskStatus.FAILED, TaskStatus.BLOCKED):
                events += retried(task.number)(goal, moment)
            elif task.work == PROVE and answer == APPROVED:
                events += _nothing_missing(goal, task)
        return events

    return decide


def _nothing_missing(goal: Goal, proof: Task) -> list[e.Event]:
    """A person who was asked for what is missing has let through what is there: the proof is made of that."""
    before = [goal.tasks[number] for number in proof.depends_on]
    written = [one.inputs.get("part") for one in before if one.status is TaskStatus.COMPLETED]
    outcome = Outcome(summary="What is there was let through", by_person=True)
    return [
        e.TaskCompleted(task=one.number, outcome=outcome)
        for one in before
        if one.work == HAND_IN and one.status is TaskStatus.WAITING and one.inputs.get("part") in written
    ]
