"""`python -m benchmarks`: measures, and tells what it measured. Not a test: it fails only when it can't measure."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks import (
    agents,
    code_goals,
    forecasting,
    interactive,
    learning,
    peers,
    planning,
    planning_peer,
    processes,
    repairing,
    throughput,
)
from benchmarks.figures import Figure, as_json, as_table
from benchmarks.sizes import FULL, QUICK, Sizes
from benchmarks.workload import prepare

NAMES = ("interactive", "throughput", "memory", "start", "forecast", "learning", "planning", "repair", "agents", "code")


IN_MEMORY: Mapping[str, Callable[[Sizes], list[Figure]]] = {
    "forecast": forecasting.measure,
    "repair": repairing.measure,
    "learning": lambda sizes: learning.measure(learning.JUDGED[: sizes.worlds]),
}
"""Parts that need no database."""


def main(arguments: Sequence[str] | None = None, sizes: Sizes | None = None) -> int:
    """Measure what is asked for; the exit code. `sizes` overrules `--quick`."""
    options = _parser().parse_args(arguments)
    if options.peers:
        peers.build()
        return 0
    sizes = sizes or (QUICK if options.quick else FULL)
    with tempfile.TemporaryDirectory(prefix="milepost-bench-", dir=options.folder) as folder:
        figures: list[Figure] = []
        try:
            for name in [options.only] if options.only else NAMES:
                for figure in _measured(name, Path(folder), sizes):
                    figures.append(figure)
                    if options.json:
                        print(as_json(figure), flush=True)
        finally:  # a part that can't be measured takes nothing of the others with it
            if not options.json:
                print(as_table(figures))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object a line instead of a table")
    parser.add_argument("--only", choices=NAMES, metavar="NAME", help=f"one part: {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that it works, not how fast")
    parser.add_argument("--folder", type=Path, help="where the databases are made: the disk that counts")
    parser.add_argument("--peers", action="store_true", help="build the environment of the peers, and nothing else")
    return parser


def _measured(name: str, folder: Path, sizes: Sizes) -> list[Figure]:
    _say(f"measuring {name} …")
    match name:
        case "interactive":
            return asyncio.run(interactive.measure(_full_database(folder, sizes), sizes))
        case "throughput":
            peer = peers.installed_peer()
            if peer is None:
                _say(f"no peer is set up, so there are no ratios to {peers.PEER}; `make bench-peers` does it")
            return throughput.measure(folder, sizes, peer)
        case "planning":
            planner = planning_peer.installed_peer()
            if planner is None:
                _say(f"no peer is set up, so there are no ratios to {planning_peer.PEER}; `make bench-peers` does it")
            return planning.measure(sizes, planner)
        case "memory":
            return processes.measure_memory(_full_database(folder, sizes), sizes)
        case "agents":
            return agents.measure(folder, sizes)
        case "code":
            return code_goals.measure(folder, sizes)
        case "forecast" | "repair" | "learning":
            return IN_MEMORY[name](sizes)
        case _:
            return processes.measure_starts(_full_database(folder, sizes), sizes)


def _full_database(folder: Path, sizes: Sizes) -> Path:
    """A database of active goals, filled at the first need and shared by the parts."""
    database = folder / "goals.db"
    if not database.exists():
        _say(f"storing {sizes.stored:,} goals of {sizes.tasks} tasks …")
        asyncio.run(prepare(database, sizes.stored, sizes.tasks))
    return database


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
