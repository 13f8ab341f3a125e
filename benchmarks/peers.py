"""The peer: LangGraph with its SQLite saver, in an environment of its own that nothing else uses."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".venv-peers"
REQUIREMENTS = ("langgraph==1.2.22", "langgraph-checkpoint-sqlite==3.1.2")
SCRIPT = Path(__file__).with_name("langgraph_peer.py")
PEER = "LangGraph, SQLite saver"
LONGEST = 600
"""Seconds one run of the peer may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """An environment in which the peer is installed."""

    python: Path

    def run(self, database: Path, goals: int, tasks: int) -> tuple[float, float]:
        """Tasks a second and milliseconds of CPU a task. Raises `CalledProcessError` when the peer fails."""
        command: list[str | Path] = [self.python, SCRIPT, database, str(goals), str(tasks)]
        done = subprocess.run(command, check=True, timeout=LONGEST, stdout=subprocess.PIPE, text=True)
        outcome: dict[str, float] = json.loads(done.stdout)
        return outcome["rate"], outcome["cpu"]


def installed_peer(environment: Path = ENVIRONMENT) -> Peer | None:
    """The peer, or None when `make bench-peers` was not run."""
    python = _python_of(environment)
    return Peer(python=python) if (environment / ".ready").exists() and python.exists() else None


def build(environment: Path = ENVIRONMENT) -> None:
    """Make the environment, or make it anew. Raises `CalledProcessError` when a step fails."""
    ready = environment / ".ready"
    ready.unlink(missing_ok=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([_python_of(environment), "-m", "pip", "install", *quiet, *REQUIREMENTS], check=True)
    ready.touch()


def _python_of(environment: Path) -> Path:
    return environment / "bin" / "python"
