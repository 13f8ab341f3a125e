"""The environment of the peers, which nothing else uses; and the peer in running tasks: LangGraph, SQLite saver."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".venv-peers"
REQUIREMENTS = ("langgraph==1.2.22", "langgraph-checkpoint-sqlite==3.1.2", "gtpyhop==2.0.0")
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
    """The peer, or None when `make bench-peers` was not run, or with other requirements."""
    python, ready = _python_of(environment), environment / ".ready"
    is_ready = python.exists() and ready.exists() and ready.read_text() == _all_required()
    return Peer(python=python) if is_ready else None


def build(environment: Path = ENVIRONMENT) -> None:
    """Make the environment, or make it anew. Raises `CalledProcessError` when a step fails."""
    ready = environment / ".ready"
    ready.unlink(missing_ok=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([_python_of(environment), "-m", "pip", "install", *quiet, *REQUIREMENTS], check=True)
    ready.write_text(_all_required())


def _all_required() -> str:
    return "\n".join(REQUIREMENTS)


def _python_of(environment: Path) -> Path:
    return environment / "bin" / "python"
