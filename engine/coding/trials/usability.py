"""Whether a run of a repository's command says anything that a change can be measured by, and what helps where not."""

from dataclasses import dataclass

from engine.coding.bench import TestRun
from engine.coding.outputs import program_missing, shown
from engine.coding.proving.reports import NO_PROGRAM
from engine.coding.repositories import DEPENDENCIES, Command, Language, Repository
from engine.workspace.sandbox.commands import Ending, SandboxResult

_BROUGHT = {Language.PYTHON, Language.JAVASCRIPT}
"""Languages whose packages bring programs."""
_OF_THE_MACHINE = {"node", "npm", "npx", "yarn", "pnpm", "bun", "deno", "make", "sh", "bash", "go", "cargo", "docker"}
_FETCHING = {Language.JAVASCRIPT: "npm ci", Language.GO: "go mod vendor", Language.RUST: "cargo fetch"}


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
        command = repository.terms.test
        why = f"the tests can't be run as they are: «{command.line if command is not None else ''}» says\n{last}"
        return Unusable(why=why, remedy=_remedy(repository, _missing(command, run.result)))
    return None


def no_program(repository: Repository, command: Command, result: SandboxResult) -> Unusable | None:
    """That the program of a command is not there to be run; None where it is."""
    if result.ending is not Ending.EXITED or result.exit_code not in NO_PROGRAM:
        return None
    why = f"«{command.line}» can't be run as it is:\n{shown(result.output)}"
    return Unusable(why=why, remedy=_remedy(repository, _missing(command, result)))


def _missing(command: Command | None, result: SandboxResult) -> str:
    """The program of a command where that itself is not there; empty where it is what it needs."""
    return command.words[0] if command is not None and program_missing(command.words[0], result) else ""


def _remedy(repository: Repository, program: str) -> str:
    """What a person can do where a program is not there, or, with none named, something that it needs."""
    language, page = repository.terms.language, f"/repo {repository.name}"
    of_the_machine = program in _OF_THE_MACHINE or program.startswith("python")
    if not of_the_machine and waits_for_approval(repository):
        return f"approve its set-up under {page}"
    if program and (of_the_machine or language not in _BROUGHT):
        seen = "where code under test may see it, such as in /usr/local/bin; nothing in a home folder is"
        return f"install «{program}» on this machine, {seen}. Or name another command under {page}"
    fetch = _FETCHING.get(language, f"python3 -m pip install --target {DEPENDENCIES} {program or 'pytest'}")
    return f"say under {page} what fetches all that it needs («setup: {fetch}»)"


def waits_for_approval(repository: Repository) -> bool:
    """Whether nobody has said yes to its set-up yet, so that commands run without what it fetches."""
    return repository.terms.set_up is not None and not repository.terms.set_up.is_approved
