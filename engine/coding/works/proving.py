"""The work `prove`: the system's own last word on a code goal. Its deviation is the share of failed checks."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from engine.coding.bench import Bench
from engine.coding.proving.judging import NO_REPRODUCTION, ChangeFacts, judge_feature, judge_fix
from engine.coding.proving.reports import TestReport
from engine.coding.proving.verdicts import Verdict
from engine.coding.works.attempt import Attempt
from engine.coding.works.evidence import (
    Evidence,
    gather,
    green_run,
    in_need_of_a_yes,
    lay_red_run_ahead,
    new_tests,
    red_run,
)
from engine.coding.works.looking import known_checks, looked_at
from engine.coding.works.names import Proof
from engine.coding.works.proof import proof_outcome
from engine.coding.works.refactoring import judged_refactoring
from engine.coding.works.testing import judged_tests
from engine.goals import Goal
from engine.tasks import Outcome
from engine.values import JsonObject, JsonValue

Judging = Callable[[Bench, Evidence, JsonObject], Awaitable[Verdict]]
_TRIES = 2
"""Looks at the files, where somebody writes to them meanwhile."""


async def proven(attempt: Attempt) -> Outcome:
    """Judge the change as it stands now. Files that a person let through are no fault."""
    async with attempt.bench() as bench:
        return await proof_of(bench, attempt.goal, attempt.inputs)


async def proof_of(bench: Bench, goal: Goal, inputs: JsonObject) -> Outcome:
    """The proof that the inputs of a task ask for, on the files as they are now and against the base as it is known."""
    proof, about = Proof(str(inputs.get("proof"))), "\n".join((goal.name, *goal.criteria))
    told = {"about": about, **goal.metadata, **inputs}
    if proof is Proof.READ:
        return await looked_at(bench, goal)
    for _ in range(_TRIES):
        seen = await gather(bench, goal, alone=proof in (Proof.FIX, Proof.FEATURE))
        verdict = await judged(bench, proof, seen, told)
        if await bench.state() == seen.state:
            break
    verdict = Verdict(checks=(*verdict.checks, *await known_checks(bench)))
    fine = f"{sum(check.held is True for check in verdict.checks)} checks hold"
    return proof_outcome(verdict, bench, seen.state, fine, **_told_of(seen))


async def judged(bench: Bench, proof: Proof, seen: Evidence, told: JsonObject) -> Verdict:
    """The verdict on what was seen. `told` is what goal and task say: measure, targets, names that may change."""
    return await _JUDGING[proof](bench, seen, told)


def _red_then_green(judge: Callable[[ChangeFacts], Verdict]) -> Judging:
    """Judge by the new tests: without the change, and with it."""

    async def judging(bench: Bench, seen: Evidence, told: JsonObject) -> Verdict:
        del told
        red = await red_run(bench, seen)
        lay_red_run_ahead(bench, seen)
        green = await green_run(bench, seen)
        verdict = judge(_facts(seen, red, green))
        if not verdict.done:
            return verdict
        # What was red before may be green by now without the change, for the time or what the network says.
        return judge(_facts(seen, await red_run(bench, seen, again=True), green))

    return judging


def _facts(seen: Evidence, red: TestReport, green: TestReport) -> ChangeFacts:
    loaded = replace(red, cases=tuple(case for case in red.cases if case.cause not in NO_REPRODUCTION))
    counted = new_tests(seen.suite.before, loaded, seen.own)  # by code that nobody changed: none can go missing now
    tests = tuple(dict.fromkeys((*seen.tests, *counted)))
    return ChangeFacts(tests=tests, red=red, green=green, suite=seen.suite, changes=seen.changes)


_JUDGING: Mapping[Proof, Judging] = {
    Proof.FIX: _red_then_green(judge_fix),
    Proof.FEATURE: _red_then_green(judge_feature),
    Proof.REFACTORING: judged_refactoring,
    Proof.TESTS: judged_tests,
}


def _told_of(seen: Evidence) -> dict[str, JsonValue]:
    decisive = in_need_of_a_yes(seen.touched)
    return {
        "before": seen.suite.before.words,
        "after": seen.suite.after.words,
        "flagged": [one.told for one in decisive if one.path not in seen.approved],
        "approved": [one.told for one in decisive if one.path in seen.approved],
    }
