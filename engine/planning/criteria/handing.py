"""Criteria that are somebody else's to bring about: they become goals of their own.

The rule: a criterion is somebody else's when it begins with a handle («@anna builds the site», «@anna: the site»), or
with a team, department or agency and a colon («Anna's team: the site; the shop», «The design team: mock-ups»). One's
own team («our team: …») counts too: it is not oneself. A name alone («Anna: …») may be a heading, and is none.
"""

import re
from dataclasses import dataclass

from engine.planning.criteria.verbs import VERBS, base_form, leading_verb
from engine.planning.criteria.wording import capitalised, crop, lowered

MOST_CRITERIA = 50
_HANDLE = re.compile(
    r"(?P<who>@\w[\w.-]{0,31})(?:\s*[:–—-]\s*|,?\s+(?:(?:will|is to|has to|should|must|to)\s+)?)(?P<what>\S.*)",
    re.I | re.S,
)
_TEAM = re.compile(
    r"(?P<who>(?:[\w&.'’-]{1,30}\s+){1,4}(?i:team|department|agency|contractors?|supplier)"
    r"|(?i:(?:the\s+)?team)\s+[A-Z0-9][\w&.'’-]{0,29})\s*:\s*(?P<what>\S.*)",
    re.S,
)
_LIST = re.compile(r"\s*[;\n]\s*(?:[-*•]\s*|\d+[.)]\s*)?")
_MARKS = " .-*•–—"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOn:
    """What somebody else is to bring about."""

    who: str
    """As it was written: «@anna», «Anna's team»."""
    criteria: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the goal of its own is called: «Anna's team: the site»."""
        first, *more = self.criteria
        return crop(f"{self.who}: {lowered(first)}" + (f" and {len(more)} more" if more else ""))


def handed_on(text: str) -> HandedOn | None:
    """Whose a criterion is, and what they are to bring about; None for what is one's own."""
    said = text.strip()
    found = _HANDLE.fullmatch(said) or _TEAM.fullmatch(said)
    if found is None or (found.re is _TEAM and leading_verb(found["who"]) is not None):  # «Build a team: …»
        return None
    listed = [_as_told(part.strip(_MARKS)) for part in _LIST.split(found["what"])]
    criteria = tuple(part for part in listed if part)[:MOST_CRITERIA]
    return HandedOn(who=capitalised(found["who"]), criteria=criteria) if criteria else None


def _as_told(text: str) -> str:
    """What they are to do as one would tell them: «builds the site» → «Build the site»."""
    first, _, rest = text.partition(" ")
    base = base_form(first)
    is_told_of = first.lower().endswith("s") and first.lower() not in VERBS and base in VERBS and rest
    return capitalised(f"{base} {rest}" if is_told_of else text)
