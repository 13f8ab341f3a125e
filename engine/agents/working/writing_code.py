"""What the work `write_code` takes and brings: its order, the proof that turned down what was written before, and the
outcome. Imports no pydantic-ai.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.agents.working.outcomes import Written
from engine.coding.proving.verdicts import Verdict
from engine.coding.works.inputs import check_part
from engine.coding.works.names import PROVE, Part
from engine.coding.works.outcomes import brought, checks_in, newest
from engine.goals import Goal
from engine.planning.criteria.wording import clean, crop
from engine.tasks import Outcome
from engine.values import JsonObject, JsonValue
from engine.workspace.git.reading import Change

_SUMMARY, _LINE, _MOST_LINES, _MOST_FILES = 2_000, 600, 20, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOrder:
    """What a task with this work asks for."""

    part: Part
    about: str
    again: bool = False
    """Whether a proof has turned down what was written before."""


def order_of(inputs: JsonObject) -> WriteOrder:
    """A task's inputs, which were checked when it was planned."""
    check_part(inputs)
    return WriteOrder(
        part=Part(str(inputs["part"])), about=str(inputs.get("about") or ""), again=bool(inputs.get("again"))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LastProof:
    """What the goal's newest proof came to; nothing in it where there was none."""

    failures: tuple[str, ...] = ()
    state: str = ""
    """The name of the files that it looked at."""


def last_proof(goal: Goal) -> LastProof:
    """What the newest task with a proof found wrong."""
    proof = newest(goal, PROVE, lambda task: task.outcome or task.last_error)
    if proof is None:
        return LastProof()
    told = brought(proof)
    failures = [f"{check.name}: {check.words}" for check in checks_in(told) if check.held is False]
    failures += [proof.last_error] if proof.last_error and not failures else []
    return LastProof(failures=tuple(failures), state=str(told.get("state") or ""))


def outcome_of_code(said: Written, verdict: Verdict, changed: Sequence[Change]) -> Outcome:
    """What was written and what the system saw of it. What does not hold is the first thing that is told."""
    summary = clean(said.summary, _SUMMARY) or "written"
    paths = [one.path for one in changed[:_MOST_FILES]]
    value: dict[str, JsonValue] = {
        "summary": summary,
        "files": [{"path": one.path, "change": one.kind.value} for one in changed[:_MOST_FILES]],
        "checks": [replace(one, words=crop(one.words, _LINE)).told for one in verdict.checks],
    }
    if said.look_at:
        value["look at"] = [crop(clean(one, _LINE), _LINE) for one in said.look_at[:_MOST_LINES]]
    return Outcome(
        summary=summary if verdict.done else crop("; ".join(verdict.reasons), _SUMMARY),
        value=value,
        deviation=verdict.deviation,
        artefacts=tuple(paths),
    )
