"""What commands wrote: a file for each of them, kept while the goal goes on, and the last lines as people see them."""

from pathlib import Path

from engine.coding.proving.reports import plain
from engine.values import TaskNumber

MOST_KEPT, MOST_BYTES = 40, 64 * 2**20
"""Of one goal's outputs; the oldest go."""
_LAST, _LONGEST = 12, 1_500


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
