"""The `command` work: runs a command line that the operator has listed by name. Nothing of a goal gets into it.

A goal names the command, and that is all it can say: no arguments, no shell. With exit code 0 the task is done. With
another, or past its time, the attempt has failed with the last lines of output as the reason, and the usual retries
apply; a command that fails every time ends as a failed task, so the plan is adapted. After a crash of Milepost it is
not repeated unasked: nobody knows how far it came.
"""

from collections.abc import Mapping
from functools import partial

from engine.errors import InvalidInputError, PermanentError, TemporaryError
from engine.tasks import Outcome
from engine.values import JsonObject
from engine.work.inputs import needed_text, number
from engine.work.registry import Work, WorkContext
from engine.workspace.processes import CommandLine, Finished, run_command

LAST_LINES, LINE_LENGTH = 5, 200
SUMMARY_LENGTH = 500
KEPT_OUTPUT = 4_000
"""Characters of output that become part of the goal, which lives in memory and in the database."""


async def _run(commands: Mapping[str, tuple[str, ...]], longest: float, context: WorkContext) -> Outcome:
    name = needed_text(context.inputs, "command", limit=64)
    arguments = commands.get(name)
    if not arguments:
        raise PermanentError(
            f"the command «{name}» is not listed; the operator can list it in the setting MILEPOST_COMMANDS"
        )
    timeout = number(context.inputs, "timeout", low=1, high=longest) or longest
    finished = await run_command(CommandLine(arguments=arguments, timeout=timeout))
    if finished.timed_out:
        raise TemporaryError(_with_last_lines(f"«{name}» was ended after {timeout:g} s", finished))
    if finished.exit_code != 0:
        raise TemporaryError(_with_last_lines(f"«{name}» {_ending(finished.exit_code)}", finished))
    last = last_lines(finished.output, count=1)
    return Outcome(
        summary=f"«{name}» ran: {last}"[:SUMMARY_LENGTH] if last else f"«{name}» ran",
        value={"exit_code": 0, "output": finished.output[-KEPT_OUTPUT:]},
    )


def _ending(exit_code: int) -> str:
    return f"was ended by signal {-exit_code}" if exit_code < 0 else f"ended with exit code {exit_code}"


def _with_last_lines(reason: str, finished: Finished) -> str:
    lines = last_lines(finished.output)
    return f"{reason}:\n{lines}" if lines else reason


def last_lines(output: str, *, count: int = LAST_LINES) -> str:
    """The last lines that say something, each shortened."""
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    return "\n".join(line if len(line) <= LINE_LENGTH else f"{line[: LINE_LENGTH - 1]}…" for line in lines[-count:])


def command_work(commands: Mapping[str, tuple[str, ...]], longest: float) -> Work:
    """The `command` work for the listed command lines, none of which may take more than `longest` seconds."""

    def check_inputs(inputs: JsonObject) -> None:
        name = needed_text(inputs, "command", limit=64)
        number(inputs, "timeout", low=1, high=longest)
        if not commands.get(name):
            listed = ", ".join(sorted(commands)) or "none is"
            raise InvalidInputError(
                "command", f"«{name}» is not listed in the setting MILEPOST_COMMANDS", f"listed: {listed}"
            )

    return Work(
        name="command",
        summary="Runs «command», one of those that the operator has listed",
        run=partial(_run, commands, longest),
        repeatable=False,
        timeout=longest + 30,
        check_inputs=check_inputs,
    )
