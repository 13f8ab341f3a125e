"""The peer of the planner: GTPyhop, in the environment that is made for peers."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks import peers
from engine.values import JsonObject, JsonValue

SCRIPT = Path(__file__).with_name("gtpyhop_peer.py")
PEER = "GTPyhop 2.0, iterative_dfs_backtracking"
LONGEST = 180
"""Seconds that the peer gets for one problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPlan:
    """What the peer found, and how long `find_plan` took, in seconds of CPU."""

    seconds: float
    steps: list[JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningPeer:
    """An environment in which the peer is installed."""

    python: Path

    def plan(self, domain: str, problem: JsonObject, *, keeps_fixed_beside: bool = False) -> PeerPlan | None:
        """The peer's plan; None when it did not find one in time. `keeps_fixed_beside`: what never changes is kept out
        of the state that it copies. Raises `CalledProcessError` when the peer fails."""
        command: list[str | Path] = [self.python, SCRIPT, domain, str(LONGEST)]
        if keeps_fixed_beside:
            command.append("--rigid")
        done = subprocess.run(command, check=True, input=json.dumps(problem), stdout=subprocess.PIPE, text=True)
        outcome = json.loads(done.stdout)
        return PeerPlan(seconds=outcome["seconds"], steps=outcome["plan"]) if outcome else None


def installed_peer() -> PlanningPeer | None:
    """The peer, or None when `make bench-peers` was not run."""
    peer = peers.installed_peer()
    return None if peer is None else PlanningPeer(python=peer.python)
