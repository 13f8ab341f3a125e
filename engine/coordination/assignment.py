"""Who does what: by capability, then by what past tries and the present load say. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.coordination.agents import Agent

PRIOR_CASES = 4.0
"""So many tries of its own weigh as much as what is known of the work in general."""
LOAD_WEIGHS = 0.5
"""The share of its worth that an agent loses with all slots but one taken: those who are free go first, unless they
are much worse at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A task as far as it matters for who does it."""

    skill: str
    asked: frozenset[str]
    """What a capability may name to take it in."""
    odds: float
    """The chance that it works whoever does it, by what was learned; from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An agent's own tries of one skill."""

    worked: int = 0
    failed: int = 0

    def chance(self, prior: float) -> float:
        """The chance that its next one works, where `prior` is that of everybody."""
        return (prior * PRIOR_CASES + self.worked) / (PRIOR_CASES + self.worked + self.failed)


Track = Mapping[tuple[str, str], Record]
"""Past tries by agent and skill."""


def chosen(part: Part, agents: Iterable[Agent], load: Mapping[str, int], track: Track) -> Agent | None:
    """The agent for a part: one that can do it and has a free slot; None where there is none.

    The one most likely to succeed, where those that are busy count for less; of equals the one that can do least else,
    so that others stay free for what only they can do.
    """
    able = [one for one in agents if one.can(part.asked) and load.get(one.name, 0) < one.slots]
    return min(able, key=lambda one: (-_worth(one, part, load, track), _breadth(one), one.name), default=None)


def _worth(agent: Agent, part: Part, load: Mapping[str, int], track: Track) -> float:
    chance = track.get((agent.name, part.skill), Record()).chance(part.odds)
    busy = load.get(agent.name, 0) / agent.slots
    return round(chance * (1 - LOAD_WEIGHS * busy), 9)


def _breadth(agent: Agent) -> float:
    return len(agent.capabilities) or float("inf")
