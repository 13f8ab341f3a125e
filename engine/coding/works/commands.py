"""The works `run_tests`, `run_linter` and `build`: commands in the sandbox, and what came of them."""

import shutil
from pathlib import Path

from engine.coding.bench import Bench, Wanted
from engine.coding.outputs import check_there, shown
from engine.coding.proving.reports import NO_PROGRAM
from engine.coding.repositories import Command, CommandKind
from engine.coding.works.attempt import Attempt
from engine.coding.works.inputs import texts
from engine.errors import ExternalBlocked
from engine.tasks import Outcome
from engine.work.inputs import text
from engine.workspace.processes import CommandLine, run_command
from engine.workspace.sandbox.commands import Ending, SandboxResult

NAMES = {CommandKind.LINT: "the linter", CommandKind.BUILD: "the build"}
_BUILDING = {
    "npm": ("npm", "run", "build"),
    "go": ("go", "build", "./..."),
    "cargo": ("cargo", "build"),
    "make": ("make",),
}


async def run_tests(attempt: Attempt) -> Outcome:
    """Run them; anything red is no success, and its deviation is the share of what is red."""
    async with attempt.bench() as bench:
        run = await bench.tests(Wanted(tests=texts(attempt.inputs, "tests", 50)))
    report = run.report
    share = len(report.red) / len(report.cases) if report.cases else 1.0
    return Outcome(
        summary=report.words,
        value={
            "passed": report.passed,
            "red": [case.id for case in report.red[:50]],
            "state": run.tree,
            "sandboxed": run.result.sandboxed,
            "output": "" if report.passed else shown(run.result.output),
        },
        deviation=0.0 if report.passed else max(share, 0.01),
    )


async def lint(attempt: Attempt) -> Outcome:
    """Run the linter; findings are no success."""
    async with attempt.bench() as bench:
        return outcome_of(NAMES[CommandKind.LINT], await ran(bench, CommandKind.LINT))


async def build(attempt: Attempt) -> Outcome:
    """Build. Docker runs outside the sandbox, and only where the operator allows that."""
    tool, target = text(attempt.inputs, "tool"), text(attempt.inputs, "target")
    async with attempt.bench() as bench:
        if tool is None:
            return outcome_of(NAMES[CommandKind.BUILD], await ran(bench, CommandKind.BUILD))
        if tool == "docker":
            return await _docker(attempt, bench)
        words = (*_BUILDING[tool], *((target,) if target else ()))
        result = await bench.run(Command(words=words))
        check_there(tool, result, NAMES[CommandKind.BUILD])
        return outcome_of(f"«{' '.join(words)}»", result)


async def ran(bench: Bench, kind: CommandKind, *, on_base: bool = False) -> SandboxResult:
    """A run of the repository's linter or build. Raises `ResourceBlocked` where its program has gone."""
    result, command = await bench.command(kind, on_base=on_base), bench.repository.terms.command(kind)
    if command is not None:
        check_there(command.words[0], result, NAMES[kind])
    return result


def says_nothing(run: SandboxResult) -> bool:
    """Whether it was cut off, or nothing was there to be run."""
    return run.ending is not Ending.EXITED or run.exit_code in NO_PROGRAM


def outcome_of(name: str, result: SandboxResult) -> Outcome:
    """A command that has to exit with 0."""
    ended = f"exit code {result.exit_code}" if result.ending is Ending.EXITED else f"ended by {result.ending.value}"
    last = shown(result.output)
    return Outcome(
        summary=f"{name}: fine" if result.passed else f"{name}: {ended}\n{last}",
        value={"exit_code": result.exit_code, "sandboxed": result.sandboxed, "output": last},
        deviation=0.0 if result.passed else 1.0,
    )


async def _docker(attempt: Attempt, bench: Bench) -> Outcome:
    options = attempt.benches.sources.options
    path = options.outside.get("PATH", "/usr/local/bin:/usr/bin:/bin")
    program = shutil.which("docker", path=path)
    if not options.docker:
        how = "it runs outside the sandbox; the operator allows it with MILEPOST_CODE_DOCKER=true"
        raise ExternalBlocked("leave to build with docker", from_whom="the operator", how=how)
    if program is None:
        how = "it has to be installed where Milepost runs, in a folder of its PATH"
        raise ExternalBlocked("the program «docker»", from_whom="the operator", how=how)
    tree = await bench.laid_out()
    words = (program, "build", "--quiet", "--network=none", str(Path(tree)))
    done = await run_command(CommandLine(arguments=words, timeout=attempt.benches.edges.limits.command))
    fine = done.exit_code == 0 and not done.timed_out
    return Outcome(
        summary="docker build: fine" if fine else f"docker build: {'too long' if done.timed_out else done.exit_code}",
        value={"exit_code": done.exit_code, "sandboxed": False, "output": shown(done.output)},
        deviation=0.0 if fine else 1.0,
    )
