"""What an agent hands in: a claim, with what speaks for it. Imports pydantic, and no pydantic-ai."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from engine.planning.criteria.wording import clean, crop
from engine.tasks import Outcome
from engine.values import JsonValue, well_formed

MOST_ARTEFACTS, MOST_EVIDENCE, MOST_QUESTIONS = 20, 30, 5
LONGEST_TEXT = 200_000
_SUMMARY, _LINE = 2_000, 600
_Share = Annotated[float, Field(ge=0, le=1)]


class Artefact(BaseModel):
    """A text that was made."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = Field(description="a file name with its ending, such as offer.md")
    text: str = Field(description="all of the text")


class Evidence(BaseModel):
    """One thing that had to hold, and what shows whether it does."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    check: str = Field(description="what had to hold")
    holds: bool
    shown_by: str = Field(description="what you have seen that shows it; with the source, where there is one")


class HandedIn(BaseModel):
    """What an agent says at the end of its work. A claim, until a judge or a person has looked at it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    summary: str = Field(description="what came out, in a few sentences that stand by themselves")
    artefacts: list[Artefact] = Field(default=[], description="texts that were made and are not kept as files yet")
    evidence: list[Evidence] = Field(default=[], description="one for each part of what was expected")
    confidence: _Share = Field(description="how sure you are that it is what was expected, from 0 to 1")
    questions: list[str] = Field(
        default=[],
        description="only what you can't go on without and the person alone can tell; otherwise leave it empty",
    )

    @property
    def asks(self) -> str:
        """The questions as one text; empty where there are none."""
        asked = [crop(" ".join(well_formed(one).split()), _LINE) for one in self.questions if one.strip()]
        return "\n".join(asked[:MOST_QUESTIONS])


def outcome_of(said: HandedIn, kept: tuple[str, ...] = ()) -> Outcome:
    """What was handed in, as the outcome of an attempt; `kept` are the names of files that hold its artefacts.

    What the agent itself sees missing counts as missing.
    """
    evidence = said.evidence[:MOST_EVIDENCE]
    missing = sum(not one.holds for one in evidence)
    texts: list[JsonValue] = [
        {"name": _name(one), "text": well_formed(one.text)[:LONGEST_TEXT]} for one in said.artefacts[:MOST_ARTEFACTS]
    ]
    value: dict[str, JsonValue] = {
        "summary": clean(said.summary, _SUMMARY),
        "evidence": [
            {"check": crop(one.check, _LINE), "holds": one.holds, "shown_by": crop(one.shown_by, _LINE)}
            for one in evidence
        ],
        "confidence": said.confidence,
    }
    if texts:
        value["files" if kept else "artefacts"] = list(kept) if kept else texts
    return Outcome(
        summary=clean(said.summary, _SUMMARY) or "done",
        value=value,
        deviation=missing / len(evidence) if evidence else 0.0,
        artefacts=kept or tuple(_name(one) for one in said.artefacts[:MOST_ARTEFACTS]),
    )


def _name(artefact: Artefact) -> str:
    return crop(clean(artefact.name, 200), 80) or "text.md"
