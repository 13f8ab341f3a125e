"""What tasks of a code goal have brought: the newest of a work, and what stands in its outcome."""

from collections.abc import Callable, Sequence

from engine.coding.bench import Bench
from engine.coding.proving.verdicts import Verdict
from engine.coding.reports import Check, FlaggedChange
from engine.coding.works.names import PROVE
from engine.goals import Goal
from engine.tasks import Outcome, Task
from engine.values import JsonObject, JsonValue

PROVEN_AGAIN = "proven_again"
"""The goal's metadata under this name hold what a proof brought that was made after the goal, on another base."""
_LONGEST = 1_500


def newest(goal: Goal, work: str, counts: Callable[[Task], object]) -> Task | None:
    """The task of that work that ended last, of those that count; None where there is none."""
    found = [task for task in goal.tasks.values() if task.work == work and counts(task)]
    return max(found, key=lambda task: (task.ended_at is not None, task.ended_at, task.number), default=None)


def newest_brought(goal: Goal, work: str) -> JsonObject:
    """What the task of that work brought that brought something last."""
    return brought(newest(goal, work, lambda task: task.outcome is not None))


def brought(task: Task | None) -> JsonObject:
    """What stands in its outcome, by name; empty where it brought nothing."""
    value = task.outcome.value if task is not None and task.outcome is not None else None
    return value if isinstance(value, dict) else {}


def proofs_in(goal: Goal) -> tuple[JsonObject, ...]:
    """What the last proofs of it brought, the newest first: one made after the goal, and that of its newest task."""
    again = goal.metadata.get(PROVEN_AGAIN)
    return tuple(one for one in (again, newest_brought(goal, PROVE)) if isinstance(one, dict) and one)


def proof_on(goal: Goal, state: str, base: str) -> JsonObject:
    """The proof that was made of just these files against just this base; empty where there is none."""
    return next((one for one in proofs_in(goal) if (one.get("state"), one.get("base")) == (state, base)), {})


def proof_outcome(verdict: Verdict, bench: Bench, state: str, fine: str, **seen: JsonValue) -> Outcome:
    """What a proof of that state of the files brings; `fine` is said where all holds, `seen` what else it has seen."""
    words = "; ".join(verdict.reasons) or fine
    return Outcome(
        summary=words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…",
        value={
            "state": state,
            "base": bench.worktree.base,
            "checks": [one.told for one in verdict.checks],
            "sandboxed": bench.journal.sandboxed,
            **seen,
        },
        deviation=verdict.deviation,
    )


def checks_in(value: JsonObject) -> tuple[Check, ...]:
    """The checks of an outcome."""
    return tuple(map(Check.told_again, _listed(value, "checks")))


def approved_in(value: JsonObject) -> tuple[FlaggedChange, ...]:
    """Changes that a proof counted only because a person let them through."""
    return tuple(map(FlaggedChange.told_again, _listed(value, "approved")))


def _listed(value: JsonObject, name: str) -> Sequence[JsonObject]:
    listed = value.get(name)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
