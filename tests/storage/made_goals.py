"""Goals for the storage tests: plain ones by number, and ones with every field odd, made by hypothesis."""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence

from hypothesis import strategies as st
from msgspec.structs import replace

from engine.blockages import Blockage, BlockageKind, ResolutionAttempt, Strategy
from engine.events import Event, GoalCreated, Recorded
from engine.goals import MILESTONES, Goal, GoalStatus, Milestone, ParentTask, Priority
from engine.money import Amount, Cap, Shortage
from engine.plans import AdaptationNeed, PlanOption, Trigger
from engine.records import Batch, Change
from engine.reporting.notices import Notice
from engine.tasks import (
    Estimate,
    Expectation,
    Judgement,
    Lease,
    Outcome,
    Reading,
    Task,
    TaskHistory,
    TaskStatus,
    Waiting,
    WaitingFor,
)
from engine.values import BlockageNumber, BootId, Cause, ChatId, GoalId, TaskNumber, UserId

NOW = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
CHAT = ChatId(100)

texts = st.text(max_size=30) | st.sampled_from(["", "\0", "a\0b", "🎯 <b>&\n", "مرحبا", "'; DROP TABLE meta; --"])
moments = st.datetimes(min_value=dt.datetime(1, 1, 2), max_value=dt.datetime(9999, 12, 30)).map(  # noqa: DTZ001 - made aware right here
    lambda moment: moment.replace(tzinfo=dt.UTC)
)
floats = st.floats(allow_nan=False, allow_infinity=False)
whole = st.integers(min_value=-(2**63), max_value=2**63 - 1)
counts = st.integers(min_value=0, max_value=10**6)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**300), 10**300) | floats | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(texts, values, max_size=3)

leases = st.builds(Lease, attempt=counts, boot=texts.map(BootId), until=moments)
waits = st.builds(
    Waiting,
    what=st.sampled_from(WaitingFor),
    since=moments,
    until=st.none() | moments,
    child=st.none() | whole.map(GoalId),
    reminders=counts,
    claim=st.booleans(),
)
outcomes = st.builds(
    Outcome,
    summary=texts,
    value=values,
    deviation=floats,
    artefacts=st.lists(texts, max_size=2).map(tuple),
    by_person=st.booleans(),
    judgement=st.none() | st.builds(Judgement, deviation=floats, confidence=floats, reason=texts),
)
needs = st.builds(
    AdaptationNeed,
    reason=texts,
    trigger=st.sampled_from(Trigger),
    deviation=floats,
    task=st.none() | counts.map(TaskNumber),
    since=moments,
)


histories = st.builds(
    TaskHistory,
    failures=counts,
    behind=counts,
    flipped_at=st.none() | moments,
    readings=st.lists(st.builds(Reading, at=moments, value=floats), max_size=2).map(tuple),
)


estimates = st.builds(Estimate, low=floats, likely=floats, high=floats)
expectations = st.builds(Expectation, summary=texts, target=st.none() | floats, unit=texts, at_most=st.booleans())
caps = st.builds(Cap, micros=st.none() | counts, tokens=st.none() | counts)
amounts = st.builds(Amount, micros=counts, tokens=counts)
shortages = st.builds(Shortage, account=texts, spent=amounts, wanted=amounts, of_tokens=st.booleans())
LOOKED_BACK = {
    "attempts": counts, "attempt_serial": counts, "lost": counts, "revivals": counts, "last_error": texts,
    "history": histories,
}  # fmt: skip
"""What a task remembers of its tries."""


@functools.cache
def tasks(number: int, highest: int) -> st.SearchStrategy[Task]:
    """Tasks of one number among so many. To put such a strategy together takes longer than to draw from it."""
    others = [TaskNumber(n) for n in range(1, highest + 1) if n != number]
    return st.builds(
        Task,
        number=st.just(TaskNumber(number)),
        title=texts,
        description=texts,
        work=texts,
        inputs=objects,
        depends_on=st.lists(st.sampled_from(others), unique=True, max_size=3).map(tuple) if others else st.just(()),
        only_if=st.none() | st.tuples(counts.map(TaskNumber), texts),
        criterion=st.none() | counts,
        position=counts,
        weight=floats,
        critical=st.booleans(),
        estimate=estimates,
        resources=st.lists(texts, max_size=2).map(tuple),
        expected=expectations,
        checkpoint=texts,
        status=st.sampled_from(TaskStatus),
        target_count=counts,
        success=floats,
        cost=floats,
        method=texts,
        count=counts,
        **LOOKED_BACK,
        lease=st.none() | leases,
        waiting=st.none() | waits,
        due_at=st.none() | moments,
        outcome=st.none() | outcomes,
        plan_version=counts,
        started_at=st.none() | moments,
        ended_at=st.none() | moments,
        revision=counts,
    )


@st.composite
def task_maps(draw: st.DrawFn) -> Mapping[TaskNumber, Task]:
    highest = draw(st.integers(0, 4))
    return {TaskNumber(n): draw(tasks(n, highest)) for n in range(1, highest + 1)}


@st.composite
def blockage_maps(draw: st.DrawFn) -> Mapping[BlockageNumber, Blockage]:
    numbers = draw(st.sets(st.integers(1, 9), max_size=2))
    tried = st.builds(ResolutionAttempt, at=moments, what=texts, result=texts)
    made = {}
    for number in sorted(numbers):
        made[BlockageNumber(number)] = draw(
            st.builds(
                Blockage,
                number=st.just(BlockageNumber(number)),
                task=st.none() | counts.map(TaskNumber),
                kind=st.sampled_from(BlockageKind),
                description=texts,
                needed=texts,
                from_whom=texts,
                how=texts,
                strategy=st.sampled_from(Strategy),
                shortage=st.none() | shortages,
                raised_at=moments,
                tried=st.lists(tried, max_size=2).map(tuple),
            )
        )
    return made


checkpoints = st.builds(
    Milestone,
    percent=st.just(0),
    name=texts,
    kind=st.just("checkpoint"),
    task=st.none() | counts.map(TaskNumber),
    reached_at=st.none() | moments,
)
milestones = st.tuples(st.lists(st.none() | moments, min_size=5, max_size=5), st.lists(checkpoints, max_size=2)).map(
    lambda made: (*(replace(m, reached_at=at) for m, at in zip(MILESTONES, made[0], strict=True)), *made[1])
)

plan_options = st.builds(
    PlanOption, probability=floats, cost=floats, low=floats, high=floats, tasks=counts, difference=texts
)


WATCHED = {
    "budget": st.none() | caps,
    "in_vain": st.lists(st.builds(ResolutionAttempt, at=moments, what=texts, result=texts), max_size=2).map(tuple),
    "doubted": counts,
    "resumed_at": st.none() | moments,
    "deadline_grace": st.none() | moments,
    "deadline_warned": st.booleans(),
}
"""What a goal remembers so that each thing is said once."""


def goals(number: int, revision: int) -> st.SearchStrategy[Goal]:
    """Goals of one id with everything else as odd as can be."""
    return _goals().map(lambda goal: replace(goal, id=GoalId(number), revision=revision))


@functools.cache
def _goals() -> st.SearchStrategy[Goal]:
    return st.builds(
        Goal,
        id=st.just(GoalId(0)),
        revision=st.just(0),
        name=texts,
        description=texts,
        criteria=st.lists(texts, max_size=3).map(tuple),
        priority=st.sampled_from(Priority),
        deadline=st.none() | moments,
        metadata=objects,
        chat=st.none() | whole.map(ChatId),
        owner=st.none() | whole.map(UserId),
        parent=st.none() | st.builds(ParentTask, goal=whole.map(GoalId), task=counts.map(TaskNumber)),
        depth=counts,
        status=st.sampled_from(GoalStatus),
        progress=floats,
        plan_version=counts,
        plan_source=texts,
        proposed_version=st.none() | counts,
        adapting=st.none() | needs,
        fruitless=counts,
        adaptations=counts,
        **WATCHED,
        tasks=task_maps(),
        milestones=milestones,
        blockages=blockage_maps(),
        last_blockage=counts,
        last_task=counts,
        strategies=st.dictionaries(st.sampled_from(BlockageKind), st.sampled_from(Strategy), max_size=2),
        reason=texts,
        reasoning_session=st.none() | texts,
        options=st.lists(plan_options, max_size=2).map(tuple),
        created_at=moments,
        updated_at=moments,
        started_at=st.none() | moments,
        ended_at=st.none() | moments,
    )


def plain_goal(number: int, *, tasks: int = 0, **fields: object) -> Goal:
    """A goal of the test chat whose tasks form a chain."""
    chain = {
        TaskNumber(n): Task(
            number=TaskNumber(n),
            title=f"task {n}",
            position=n,
            depends_on=(TaskNumber(n - 1),) if n > 1 else (),
        )
        for n in range(1, tasks + 1)
    }
    goal = Goal(
        id=GoalId(number),
        name=f"goal {number}",
        chat=CHAT,
        tasks=chain,
        last_task=tasks,
        status=GoalStatus.ACTIVE,
        created_at=NOW,
        updated_at=NOW,
        revision=1,
    )
    return replace(goal, **fields)  # type: ignore[arg-type]  # the tests name fields of Goal


def with_task(goal: Goal, number: int, **fields: object) -> Goal:
    """The goal's next revision with one task changed."""
    task = replace(goal.tasks[TaskNumber(number)], **fields)  # type: ignore[arg-type]  # the tests name fields of Task
    return replace(goal, tasks={**goal.tasks, task.number: task}, revision=goal.revision + 1)


def change(
    before: Goal | None,
    after: Goal,
    *events: Event | Recorded,
    notices: Sequence[Notice] = (),
    wakeups: Mapping[str, dt.datetime | None] | None = None,
    cause: str = "test",
) -> Change:
    """A change with its events; a creation brings its own."""
    given = events or ((GoalCreated(goal=after),) if before is None else ())
    recorded = tuple(e if isinstance(e, Recorded) else Recorded(event=e, at=NOW, cause=Cause(cause)) for e in given)
    tasks = after.tasks.keys() | (before.tasks.keys() if before is not None else set())
    return Change(
        before=before, after=after, tasks=tasks, recorded=recorded, notices=tuple(notices), wakeups=wakeups or {}
    )


def batch(*changes: Change, causes: Mapping[str, int] | None = None) -> Batch:
    """A batch of the changes."""
    kept = {Cause(cause): GoalId(goal) for cause, goal in (causes or {}).items()}
    return Batch(changes=changes, causes=kept, at=NOW)


def created(*new: Goal) -> Batch:
    """A batch that creates the goals."""
    return batch(*(change(None, goal) for goal in new))
