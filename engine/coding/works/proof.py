"""What a proof brings: its verdict, and what it saw of which files against which base."""

from engine.coding.bench import Bench
from engine.coding.proving.verdicts import Verdict
from engine.tasks import Outcome
from engine.values import JsonValue

_LONGEST = 1_500
"""Characters of its summary."""


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
