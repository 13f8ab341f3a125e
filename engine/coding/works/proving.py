"""The work `prove`: the system's own last word on a code goal. Its deviation is the share of failed checks."""

from collections.abc import Awaitable, Callable, Collection, Mapping

from engine.coding.answers import approved_paths
from engine.coding.bench import Bench
from engine.coding.proving.judging import ChangeFacts, judge_feature, judge_fix
from engine.coding.proving.verdicts import Verdict
from engine.coding.works.attempt import Attempt
from engine.coding.works.evidence import Evidence, flagged, gather, green_run, red_run
from engine.coding.works.looking import looked_at
from engine.coding.works.names import Proof
from engine.coding.works.refactoring import judged_refactoring
from engine.coding.works.testing import judged_tests
from engine.tasks import Outcome
from engine.values import JsonObject

_LONGEST = 1_500
Judging = Callable[[Bench, Evidence, JsonObject, Collection[str]], Awaitable[Verdict]]
_TRIES = 2
"""Looks at the files, where somebody writes to them meanwhile."""


async def proven(attempt: Attempt) -> Outcome:
    """Judge the change as it stands now. Files that a person let through are no fault."""
    proof = Proof(str(attempt.inputs.get("proof")))
    told: JsonObject = {**attempt.goal.metadata, **attempt.inputs}
    async with attempt.bench() as bench:
        if proof is Proof.READ:
            return await looked_at(bench, attempt.goal)
        for _ in range(_TRIES):
            seen = await gather(bench)
            approved = approved_paths(attempt.goal, seen.texts)
            verdict = await judged(bench, proof, seen, told, approved)
            if await bench.state() == seen.state:
                break
        sandboxed = bench.journal.sandboxed
    return _outcome(verdict, seen, approved, sandboxed=sandboxed)


async def judged(
    bench: Bench, proof: Proof, seen: Evidence, told: JsonObject, approved: Collection[str] = ()
) -> Verdict:
    """The verdict on what was seen. `told` is what goal and task say: measure, targets, names that may change."""
    return await _JUDGING[proof](bench, seen, told, approved)


def _red_then_green(judge: Callable[[ChangeFacts], Verdict]) -> Judging:
    """Judge by the new tests: without the change, and with it."""

    async def judging(bench: Bench, seen: Evidence, told: JsonObject, approved: Collection[str]) -> Verdict:
        del told
        return judge(
            ChangeFacts(
                tests=seen.tests,
                red=await red_run(bench, seen),
                green=await green_run(bench, seen),
                suite=seen.suite,
                changes=seen.changes(approved),
            )
        )

    return judging


_JUDGING: Mapping[Proof, Judging] = {
    Proof.FIX: _red_then_green(judge_fix),
    Proof.FEATURE: _red_then_green(judge_feature),
    Proof.REFACTORING: judged_refactoring,
    Proof.TESTS: judged_tests,
}


def _outcome(verdict: Verdict, seen: Evidence, approved: Collection[str], *, sandboxed: bool) -> Outcome:
    words = "; ".join(verdict.reasons) or f"{sum(check.held is True for check in verdict.checks)} checks hold"
    return Outcome(
        summary=words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…",
        value={
            "state": seen.state,
            "checks": [one.told for one in verdict.checks],
            "before": seen.suite.before.words,
            "after": seen.suite.after.words,
            "flagged": [
                {"path": path, "why": why} for path, why in flagged(seen.texts, seen.own) if path not in approved
            ],
            "sandboxed": sandboxed,
        },
        deviation=verdict.deviation,
    )
