"""What has to hold before code that a model wrote is handed on: the system looks itself, whatever the model says.

New tests have to be red on the code as it was, for the right reason, and nothing but tests be changed with them; a
change has to be one. Whether the goal is reached is not decided here: that is what the task with the proof is for.
"""

from collections.abc import Sequence

from engine.coding.answers import approved_paths
from engine.coding.bench import Bench, Wanted
from engine.coding.proving.reports import Outcome
from engine.coding.proving.verdicts import Verdict, listed, unchanged_checks
from engine.coding.proving.weakening import Change
from engine.coding.reports import Check
from engine.coding.works.evidence import changed_texts, changes_to_tests, own_tests, sources_of
from engine.coding.works.gates import red_checks
from engine.coding.works.names import Part
from engine.goals import Goal
from engine.workspace.git.committing import check_paths
from engine.workspace.git.errors import PathsRefused


async def looked_at(bench: Bench, part: Part, goal: Goal, rejected: str = "") -> Verdict:
    """What the system sees of what is written for the goal, as it stands now.

    `rejected` names a state of the files that a proof has turned down already; it is empty where there was none.
    """
    texts = await changed_texts(bench)
    sound = await _sound(bench, texts)
    if part is Part.CHANGE:
        return Verdict(checks=(*await _change_checks(bench, texts, rejected), *sound))
    approved = approved_paths(goal, texts)
    own, changes = own_tests(texts, approved), changes_to_tests(texts, own_tests(texts), approved)
    first = [await _passing(bench, own)] if part is Part.TESTS else await red_checks(bench, part, texts, own)
    checks = (*first, *unchanged_checks(changes), _nothing_but_tests(texts), *sound)
    return Verdict(checks=checks)


async def _passing(bench: Bench, own: Sequence[str]) -> Check:
    name = "the new tests pass"
    if not own:
        return Check(name=name, held=False, words="there is none")
    report = (await bench.tests(Wanted(tests=tuple(own)))).report
    left = [f"{case.id} ({case.outcome.value})" for case in report.cases if case.outcome is not Outcome.PASSED]
    held = bool(report.cases) and not left and report.passed
    return Check(name=name, held=held, words=listed(left) or report.words)


async def _change_checks(bench: Bench, texts: Sequence[Change], rejected: str) -> list[Check]:
    changed = [one.path for one in sources_of(texts)]
    told = [one.refused if one.path in one.refused else f"{one.path}: {one.refused}" for one in bench.journal.refused]
    refused = listed(told)
    nothing = f"no file of it is; refused was {refused}" if refused else "no file of it is"
    checks = [Check(name="the code is changed", held=bool(changed), words=listed(changed) or nothing)]
    if rejected:
        differs = await bench.state() != rejected
        words = "it is" if differs else "the files are as the last proof found them wanting"
        checks.append(Check(name="it is another try", held=differs, words=words))
    return checks


def _nothing_but_tests(texts: Sequence[Change]) -> Check:
    changed = [one.path for one in sources_of(texts)]
    return Check(
        name="the code itself is as it was", held=not changed, words=listed(changed) or "no file of it changed"
    )


async def _sound(bench: Bench, texts: Sequence[Change]) -> tuple[Check, ...]:
    """That git would keep what is written as it is; nothing is said where it would."""
    try:
        await check_paths(bench.edges.git, bench.worktree, tuple(change.path for change in texts))
    except PathsRefused as refused:
        return (Check(name="it can be committed", held=False, words=str(refused)),)
    return ()
