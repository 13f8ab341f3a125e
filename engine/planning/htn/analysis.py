"""What follows from a domain alone: worked out once, and used by every search in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import InvalidInputError
from engine.planning.htn.footprints import Footprints
from engine.planning.htn.identity import identities
from engine.planning.htn.pulling import pulled_up
from engine.planning.htn.sketches import Sketches
from engine.planning.language.checking import find_flaws
from engine.planning.language.domain import Domain
from engine.planning.language.terms import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """A sound domain with what is known of it."""

    domain: Domain
    footprints: Footprints
    pulled: Mapping[str, tuple[Condition, ...]]
    """For each method, the conditions of its subtasks that must hold when it is chosen."""
    sketches: Sketches


def analysed(domain: Domain) -> Analysis:
    """The analysis of a domain. Raises `InvalidInputError` with the first flaw of an unsound one."""
    for flaw in find_flaws(domain)[:1]:
        raise InvalidInputError(".".join(map(str, flaw.path)), flaw.problem, flaw.accepts)
    footprints = Footprints(domain)
    names = [one.name for one in domain.primitives]
    return Analysis(
        domain=domain,
        footprints=footprints,
        pulled=pulled_up(domain, footprints),
        sketches=Sketches(domain, footprints, dict(zip(names, identities(domain.primitives), strict=True))),
    )
