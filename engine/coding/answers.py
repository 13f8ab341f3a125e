"""A person's answers about tests that a change touched: let through, or turned down and given back as they were.

Each is bound to the contents of a file and kept with the goal: whatever is changed there afterwards needs another.
"""

import hashlib
from collections.abc import Mapping, Sequence

from engine.coding.bench import Bench
from engine.coding.options import APPROVED, DENIED
from engine.coding.proving.weakening import Change
from engine.goals import Goal
from engine.values import JsonValue
from engine.workspace.git.states import put, with_files_of


def digest_of(change: Change) -> str:
    """Names the contents of a changed file."""
    told = b"there" + change.new.encode("utf-8", "surrogatepass") if change.new is not None else b"gone"
    told += change.unread.encode()
    return hashlib.sha256(told).hexdigest()[:32]


def approved_paths(goal: Goal, texts: Sequence[Change]) -> frozenset[str]:
    """Of the changed files those that a person let through as they are now."""
    return _bound(goal, APPROVED, texts)


def denied_paths(goal: Goal, texts: Sequence[Change]) -> frozenset[str]:
    """Of the changed files those that a person turned down as they are now."""
    return _bound(goal, DENIED, texts)


def answered(goal: Goal, name: str) -> Mapping[str, JsonValue]:
    """Digests by path of what was let through, or turned down."""
    kept = goal.metadata.get(name)
    return kept if isinstance(kept, dict) else {}


async def give_back(bench: Bench, goal: Goal) -> None:
    """Have what was turned down be as it was before the goal, where it still is as it was turned down."""
    turned_down = answered(goal, DENIED)
    if not turned_down:
        return
    back = denied_paths(goal, await bench.texts(turned_down))
    if back:
        git, place = bench.edges.git, bench.worktree
        await put(git, place, await with_files_of(git, place, place.base, back))


def _bound(goal: Goal, name: str, texts: Sequence[Change]) -> frozenset[str]:
    kept = answered(goal, name)
    return frozenset(change.path for change in texts if kept.get(change.path) == digest_of(change))
