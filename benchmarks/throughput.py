"""Tasks a second and CPU a task when every transition is durable, beside the disk's floor and LangGraph.

Ours, the floor and the peer take turns within a round, because the speed of a shared disk changes from minute to
minute; ratios are taken within a round. All use WAL and `synchronous = FULL`, and all goals run at the same time:
LangGraph runs what it is given, so Milepost gets as many workers as there are goals. Each has a process of its own.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.figures import Figure, Wanted, beside
from benchmarks.floor import commits_per_second
from benchmarks.peers import LONGEST, PEER, Peer
from benchmarks.processes import clean_environment
from benchmarks.sizes import Sizes

FLOOR = "one UPDATE a commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast so many tasks were done."""

    rate: float
    """Tasks a second."""
    cpu: float
    """Milliseconds of CPU a task, all threads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    floor: float
    many: Pace
    few: Pace
    chain: Pace
    many_peer: Pace | None  # None without a peer
    chain_peer: Pace | None  # None without a peer


def measure(folder: Path, sizes: Sizes, peer: Peer | None) -> list[Figure]:
    """All figures about throughput; without a peer, those that need it lack their ratio."""
    rounds = [_round(folder, number, sizes, peer) for number in range(sizes.rounds)]
    every = f"{sizes.goals} goals of {sizes.tasks} tasks"
    chain = f"chain of {sizes.chain} tasks"
    floors = [one.floor for one in rounds]
    return [
        Figure(name="floor: single commits", unit="commits/s", value=statistics.median(floors)),
        _rates(every, [(one.many, one.many_peer) for one in rounds], 10.0),
        beside(f"{every}, by floor", "tasks/s", [(one.many.rate, one.floor) for one in rounds], against=FLOOR),
        _cpu(every, [(one.many, one.many_peer) for one in rounds], 0.5),
        beside(f"{every}, 4 workers", "tasks/s", [(one.few.rate, one.floor) for one in rounds], against=FLOOR),
        _rates(chain, [(one.chain, one.chain_peer) for one in rounds], 1.5),
        beside(f"{chain}, by floor", "tasks/s", [(one.chain.rate, one.floor) for one in rounds], against=FLOOR),
        _cpu(chain, [(one.chain, one.chain_peer) for one in rounds], None),
    ]


def _round(folder: Path, number: int, sizes: Sizes, peer: Peer | None) -> _Round:
    goals, tasks, chain = sizes.goals, sizes.tasks, sizes.chain
    return _Round(
        floor=commits_per_second(folder / f"floor-{number}.db", sizes.commits),
        many=_ours(folder / f"many-{number}.db", goals, tasks, goals, sizes.times),
        many_peer=None if peer is None else _pace(peer, folder / f"many-peer-{number}.db", goals, tasks),
        few=_ours(folder / f"few-{number}.db", goals, tasks, 4, sizes.times),
        chain=_ours(folder / f"chain-{number}.db", 1, chain, 4, sizes.times),
        chain_peer=None if peer is None else _pace(peer, folder / f"chain-peer-{number}.db", 1, chain),
    )


def _ours(database: Path, *sizes: int) -> Pace:
    """Goals, tasks of each, workers, and how often."""
    command = [sys.executable, "-m", "benchmarks.goals_run", database, *map(str, sizes)]
    done = subprocess.run(
        command,
        check=True,
        cwd=database.parent,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
        timeout=LONGEST,
    )
    return Pace(**json.loads(done.stdout))


def _pace(peer: Peer, database: Path, goals: int, tasks: int) -> Pace:
    rate, cpu = peer.run(database, goals, tasks)
    return Pace(rate=rate, cpu=cpu)


def _rates(name: str, paces: Sequence[tuple[Pace, Pace | None]], wanted: float) -> Figure:
    pairs = [(ours.rate, theirs.rate) for ours, theirs in paces if theirs is not None]
    if pairs:
        figure = beside(name, "tasks/s", pairs, against=PEER)
    else:
        figure = Figure(name=name, unit="tasks/s", value=statistics.median(ours.rate for ours, _ in paces))
    return replace(figure, wanted=Wanted(bound=wanted, at_least=True, of_ratio=True))


def _cpu(name: str, paces: Sequence[tuple[Pace, Pace | None]], wanted: float | None) -> Figure:
    pairs = [(ours.cpu, theirs.cpu) for ours, theirs in paces if theirs is not None]
    unit, name = "ms/task", f"{name}, CPU"
    if pairs:
        figure = beside(name, unit, pairs, against=PEER)
    else:
        figure = Figure(name=name, unit=unit, value=statistics.median(ours.cpu for ours, _ in paces))
    return figure if wanted is None else replace(figure, wanted=Wanted(bound=wanted))
