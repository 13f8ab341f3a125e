"""What commands wrote: a file for each of them, kept while the goal goes on, and the last lines as people see them."""

import re
from pathlib import Path

from engine.coding.proving.reports import NO_PROGRAM, plain
from engine.errors import ResourceBlocked
from engine.values import TaskNumber
from engine.workspace.sandbox.commands import Ending, SandboxResult

MOST_KEPT, MOST_BYTES = 40, 64 * 2**20
"""Of one goal's outputs; the oldest go."""
_LAST, _LONGEST = 12, 1_500
_LOOK_AGAIN = 60.0
"""Seconds until a program that has gone is looked for again."""


def shown(output: str) -> str:
    """The last lines of an output, fit for a person; of a line that was written over and over, what it was at last."""
    lines = [line.rpartition("\r")[2] for line in output[-20_000:].replace("\r\n", "\n").split("\n")]
    told = [line.rstrip() for line in plain("\n".join(lines), 20_000).splitlines() if line.strip()]
    return "\n".join(told[-_LAST:])[-_LONGEST:]


def next_output(folder: Path, task: TaskNumber | None, after: Path | None = None) -> Path:
    """Where the output of one more command goes, such as `000007-task-3.log` (task None: a person's own doing). `after`
    is one that may not be there yet.

    The oldest in the folder make room for it.
    """
    kept = sorted(folder.glob("*.log"), reverse=True) if folder.is_dir() else []
    size = 0
    for number, file in enumerate(kept):
        size += file.stat().st_size
        if number >= MOST_KEPT - 1 or size > MOST_BYTES:
            file.unlink()
    last = max((int(file.name.partition("-")[0]) for file in (*kept[:1], after) if file is not None), default=0)
    return folder / f"{last + 1:06}-{'by-hand' if task is None else f'task-{task}'}.log"


def program_missing(program: str, result: SandboxResult) -> bool:
    """Whether it was the program of a command itself that was not there to be run, and not something that it needs."""
    is_gone = result.ending is Ending.EXITED and result.exit_code in NO_PROGRAM
    return is_gone and re.search(rf"^env: \W?{re.escape(program)}\W", shown(result.output), re.MULTILINE) is not None


def machine_lacks(program: str, result: SandboxResult) -> bool:
    """Whether a program of the machine's was not there to be run: such a run says nothing of the code."""
    return program_missing(program, result) and ("/" not in program or program.startswith("/"))


def check_there(program: str, result: SandboxResult, what: str = "the tests") -> None:
    """Raises `ResourceBlocked` where a program of the machine's has gone since."""
    if machine_lacks(program, result):
        told = f"{what} can't be run: «{program}» is not there any more. It goes on once that is back"
        raise ResourceBlocked(f"the program «{program}»", told, retry_after=_LOOK_AGAIN)


def whole_output(file: Path | None, last: str) -> str:
    """All that a command wrote; the last of it where no file has more."""
    try:
        return last if file is None else file.read_text("utf-8", errors="replace")
    except OSError:
        return last
