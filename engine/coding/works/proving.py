"""The work `prove`: the system's own last word on a code goal. Its deviation is the share of failed checks."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from enum import StrEnum

from engine.coding.bench import Bench
from engine.coding.flagging import approved_paths
from engine.coding.proving.judging import FeatureFacts, FixFacts, judge_feature, judge_fix
from engine.coding.proving.verdicts import Verdict
from engine.coding.works.attempt import Attempt
from engine.coding.works.evidence import Evidence, flagged, gather, green_run, red_run
from engine.coding.works.looking import looked_at
from engine.coding.works.refactoring import judged_refactoring
from engine.coding.works.testing import judged_tests
from engine.tasks import Outcome
from engine.values import JsonObject

_LONGEST = 1_500


class Proof(StrEnum):
    """What is to be proven, by the kind of the goal."""

    FIX = "fix_bug"
    FEATURE = "implement_feature"
    REFACTORING = "refactor_code"
    TESTS = "add_tests"
    READ = "read"
    """No test can be run: what else can look at it does, and a person reads it."""


async def proven(attempt: Attempt) -> Outcome:
    """Judge the change as it stands now. Files that a person let through are no fault."""
    proof = Proof(str(attempt.inputs.get("proof")))
    told: JsonObject = {**attempt.goal.metadata, **attempt.inputs}
    async with attempt.bench() as bench:
        if proof is Proof.READ:
            return await looked_at(bench, attempt.goal)
        seen = await gather(bench)
        approved = approved_paths(attempt.goal, seen.texts)
        verdict = await judged(bench, proof, seen, told, approved)
        if await bench.state() != seen.state:  # nobody may have written meanwhile
            verdict = await judged(bench, proof, await gather(bench), told, approved)
        sandboxed = bench.journal.sandboxed
    return _outcome(verdict, seen, approved, sandboxed=sandboxed)


async def judged(
    bench: Bench, proof: Proof, seen: Evidence, told: JsonObject, approved: Collection[str] = ()
) -> Verdict:
    """The verdict on what was seen. `told` is what goal and task say: measure, targets, names that may change."""
    if proof is Proof.REFACTORING:
        return await judged_refactoring(bench, seen, told, approved)
    if proof is Proof.TESTS:
        return await judged_tests(bench, seen, told, approved)
    return await _JUDGING[proof](bench, seen, approved)


async def _fix(bench: Bench, seen: Evidence, approved: Collection[str]) -> Verdict:
    return judge_fix(
        FixFacts(
            tests=seen.tests,
            red=await red_run(bench, seen),
            green=await green_run(bench, seen),
            suite=seen.suite,
            changes=seen.changes(approved),
        )
    )


async def _feature(bench: Bench, seen: Evidence, approved: Collection[str]) -> Verdict:
    return judge_feature(
        FeatureFacts(
            tests=seen.tests,
            red=await red_run(bench, seen),
            green=await green_run(bench, seen),
            suite=seen.suite,
            changes=seen.changes(approved),
        )
    )


Judging = Callable[[Bench, Evidence, Collection[str]], Awaitable[Verdict]]
_JUDGING: Mapping[Proof, Judging] = {Proof.FIX: _fix, Proof.FEATURE: _feature}


def _outcome(verdict: Verdict, seen: Evidence, approved: Collection[str], *, sandboxed: bool) -> Outcome:
    words = "; ".join(verdict.reasons) or f"{sum(check.held is True for check in verdict.checks)} checks hold"
    return Outcome(
        summary=words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…",
        value={
            "state": seen.state,
            "checks": [{"name": one.name, "held": one.held, "words": one.words} for one in verdict.checks],
            "before": seen.suite.before.words,
            "after": seen.suite.after.words,
            "flagged": [
                {"path": path, "why": why} for path, why in flagged(seen.texts, seen.own) if path not in approved
            ],
            "sandboxed": sandboxed,
        },
        deviation=verdict.deviation if not verdict.done else 0.0,
    )
