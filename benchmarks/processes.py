"""What the processes of Milepost cost: memory of the bot full of goals, and how soon everything is there."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from time import monotonic, perf_counter

from benchmarks.figures import Figure, Wanted
from benchmarks.peers import ROOT
from benchmarks.sizes import Sizes

LONGEST = 120
"""Seconds a process may take."""
IMPORT = "aiogram alone, built as needed"


def measure_memory(database: Path, sizes: Sizes) -> list[Figure]:
    """The bot on a database of active goals, after a round of its monitor over all of them."""
    outcome = _probe(database)
    bare, goals = outcome["bare"], f"{sizes.stored:,} active goals of {sizes.tasks} tasks"
    return [
        Figure(
            name=f"bot memory, {goals}",
            unit="MB",
            value=outcome["resident"],
            peer=bare,
            ratio=outcome["resident"] / bare,
            against=IMPORT,
            wanted=Wanted(bound=350.0),
        ),
        Figure(name="the same, at its peak", unit="MB", value=outcome["peak"]),
    ]


def measure_starts(database: Path, sizes: Sizes) -> list[Figure]:
    """From the start of a process to «ready», to the first answer, and to the help of the command line."""
    outcomes = [_probe(database) for _ in range(sizes.starts)]
    aiogram, ready, answered = (
        statistics.median(one[name] for one in outcomes) for name in ("aiogram", "ready", "answered")
    )
    bare = statistics.median(_seconds("-c", "pass") for _ in range(sizes.starts))
    helped = statistics.median(_seconds("-m", "bot", "--help") for _ in range(sizes.starts))
    whole = statistics.median(_seconds("-c", "import aiogram") for _ in range(sizes.starts))
    return [
        Figure(
            name="bot ready, with aiogram built as needed",
            unit="s",
            value=aiogram + ready,
            peer=whole,
            ratio=(aiogram + ready) / whole,
            against="python -c 'import aiogram'",
            wanted=Wanted(bound=1.0, of_ratio=True),
        ),
        Figure(name="of that, importing aiogram", unit="s", value=aiogram),
        Figure(name="of that, all else", unit="s", value=ready),
        Figure(name="first answer in the chat, without importing aiogram", unit="s", value=answered),
        Figure(
            name="milepost --help", unit="s", value=helped, peer=bare, ratio=helped / bare, against="python -c pass"
        ),
    ]


def clean_environment() -> dict[str, str]:
    """Ours without its settings for Milepost; the modules of this folder can be imported."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MILEPOST_")}
    return {**clean, "PYTHONPATH": str(ROOT)}


def _probe(database: Path) -> dict[str, float]:
    command: list[str | Path] = [sys.executable, "-m", "benchmarks.bot_probe", database, str(monotonic())]
    done = subprocess.run(
        command,
        check=True,
        cwd=database.parent,  # no `.env` of somebody's lies there
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
        timeout=LONGEST,
    )
    outcome: dict[str, float] = json.loads(done.stdout)
    return outcome


def _seconds(*arguments: str) -> float:
    begin = perf_counter()
    subprocess.run(
        [sys.executable, *arguments], check=True, env=clean_environment(), stdout=subprocess.DEVNULL, timeout=LONGEST
    )
    return perf_counter() - begin
