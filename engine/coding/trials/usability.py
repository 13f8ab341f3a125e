"""Whether a run of a repository's command says anything that a change can be measured by, and what helps where not."""

from dataclasses import dataclass

from engine.coding.bench import TestRun
from engine.coding.outputs import shown
from engine.coding.proving.reports import NO_PROGRAM
from engine.coding.repositories import DEPENDENCIES, Command, Language, Repository
from engine.workspace.sandbox.commands import Ending, SandboxResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """Why the tests say nothing, with their last lines, and what a person can do about it."""

    why: str
    remedy: str


def fault_of(repository: Repository, run: TestRun) -> Unusable | None:
    """What keeps the tests from telling anything, as they are; None where they do."""
    last = shown(run.result.output)
    if run.report.stopped is not None:
        return Unusable(
            why=f"the tests don't come to an end as they are: {run.report.stopped}\n{last}",
            remedy="mend them on the base branch, or name others under /repo («test: …»)",
        )
    if not run.report.tells_something:
        line = repository.terms.test.line if repository.terms.test is not None else ""
        why = f"the tests can't be run as they are: «{line}» says\n{last}"
        return Unusable(why=why, remedy=_remedy(repository, "pytest"))
    return None


def no_program(repository: Repository, command: Command, result: SandboxResult) -> Unusable | None:
    """That the program of a command is not there to be run; None where it is."""
    if result.ending is not Ending.EXITED or result.exit_code not in NO_PROGRAM:
        return None
    why = f"«{command.line}» can't be run as it is:\n{shown(result.output)}"
    return Unusable(why=why, remedy=_remedy(repository, command.words[0]))


def _remedy(repository: Repository, program: str) -> str:
    """What a person can do about a program that is not there."""
    if waits_for_approval(repository):
        return f"approve its set-up under /repo {repository.name}"
    fetch = "npm ci"
    if repository.terms.language is Language.PYTHON:
        fetch = f"python3 -m pip install --target {DEPENDENCIES} {program}"
    return f"say under /repo {repository.name} what fetches all that it needs («setup: {fetch}»)"


def waits_for_approval(repository: Repository) -> bool:
    """Whether nobody has said yes to its set-up yet, so that commands run without what it fetches."""
    return repository.terms.set_up is not None and not repository.terms.set_up.is_approved
