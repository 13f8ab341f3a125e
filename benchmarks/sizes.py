"""How much a run does: in full, quickly, or just enough for a test to see that it works."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The sizes of all benchmarks."""

    stored: int = 10_000
    """Goals in the prepared database."""
    samples: int = 1_000
    """Calls behind each percentile."""
    goals: int = 100
    """Goals run side by side."""
    tasks: int = 10
    """Tasks of each goal."""
    chain: int = 200
    """Tasks of the long chain."""
    times: int = 5
    """How often our side of the throughput is run within a round: it takes a fraction of the peer's seconds."""
    commits: int = 300
    """Single commits that measure the floor."""
    rounds: int = 3
    """How often throughput is measured; ours, the floor and the peer take turns."""
    starts: int = 5
    """Processes started for each figure about starting."""
    planned: tuple[int, ...] = (100, 500, 1_000, 5_000)
    """Steps of the problems that the planner and its peer are given."""
    long_plans: tuple[int, ...] = (10_000, 100_000)
    """Steps of the problems that only the planner is given."""
    worlds: int = 10
    """Hidden worlds in which learning is judged."""
    repaired: tuple[int, ...] = (1_000, 10_000)
    """Steps of the plans that break in the middle."""
    files: int = 3_000
    """Files of the repository that code goals work in."""
    side_by_side: int = 8
    """Code goals at one time."""


FULL = Sizes()
QUICK = Sizes(
    stored=500,
    samples=100,
    goals=30,
    chain=60,
    times=1,
    commits=50,
    rounds=1,
    starts=2,
    planned=(100, 1_000),
    long_plans=(5_000,),
    worlds=1,
    repaired=(1_000,),
    files=300,
)
