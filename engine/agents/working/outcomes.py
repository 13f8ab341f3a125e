"""What an agent hands in: a claim, with what speaks for it. Imports pydantic, and no pydantic-ai."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from engine.planning.criteria.wording import bounded, clean, crop
from engine.tasks import Outcome
from engine.values import JsonValue, well_formed

MOST_ARTEFACTS, MOST_EVIDENCE, MOST_QUESTIONS = 20, 30, 5
LONGEST_TEXT = 200_000
_SUMMARY, _LINE, _SHOWN = 2_000, 600, 8_000
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


class Answer(BaseModel):
    """What an agent ends its work with: done, or a question that it can't go on without."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    questions: list[str] = Field(
        default=[],
        description="only what you can't go on without and the person alone can tell; otherwise leave it empty",
    )

    @property
    def asks(self) -> str:
        """The questions as one text; empty where there are none."""
        asked = [crop(" ".join(well_formed(one).split()), _LINE) for one in self.questions if one.strip()]
        return "\n".join(asked[:MOST_QUESTIONS])


class HandedIn(Answer):
    """What an agent says at the end of its work. A claim, until a judge or a person has looked at it."""

    summary: str = Field(description="what came out, in a few sentences that stand by themselves")
    artefacts: list[Artefact] = Field(default=[], description="texts that were made and are not kept as files yet")
    evidence: list[Evidence] = Field(default=[], description="one for each part of what was expected")
    confidence: _Share = Field(description="how sure you are that it is what was expected, from 0 to 1")


class Written(Answer):
    """What an agent says of code that it wrote. What counts is what the system sees in the repository."""

    summary: str = Field(description="what was changed and why, in a few sentences for the person who owns the code")
    look_at: list[str] = Field(
        default=[], description="what a reviewer should look at twice, and what you assumed; a line each"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptText:
    """A file of the goal that the task wrote."""

    name: str
    begins: str
    """Its text or the beginning of it; empty where it is none."""


def outcome_of(said: HandedIn, kept: Sequence[KeptText] = (), left: Sequence[Artefact] | None = None) -> Outcome:
    """What was handed in, as the outcome of an attempt; `kept` are the files that the task wrote, `left` the artefacts
    that are in none of them (None: all). Of files it holds what a judge needs to see; they are whole with the goal.

    What the agent itself sees missing counts as missing.
    """
    loose = (said.artefacts if left is None else left)[:MOST_ARTEFACTS]
    evidence = said.evidence[:MOST_EVIDENCE]
    missing = sum(not one.holds for one in evidence)
    texts: list[JsonValue] = [{"name": _name(one), "text": well_formed(one.text)[:LONGEST_TEXT]} for one in loose]
    share = _SHOWN // max(len(kept), 1)
    files: list[JsonValue] = [{"name": one.name, "text": bounded(one.begins, share)} for one in kept]
    value: dict[str, JsonValue] = {
        "summary": clean(said.summary, _SUMMARY),
        "evidence": [
            {"check": crop(one.check, _LINE), "holds": one.holds, "shown_by": crop(one.shown_by, _LINE)}
            for one in evidence
        ],
        "confidence": said.confidence,
    }
    if files:
        value["files"] = files
    if texts:
        value["artefacts"] = texts
    return Outcome(
        summary=clean(said.summary, _SUMMARY) or "done",
        value=value,
        deviation=missing / len(evidence) if evidence else 0.0,
        artefacts=(*(one.name for one in kept), *map(_name, loose)),
    )


def _name(artefact: Artefact) -> str:
    return crop(clean(artefact.name, 200), 80) or "text.md"
