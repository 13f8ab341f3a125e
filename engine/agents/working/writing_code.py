"""What the work `write_code` takes and brings: its order, the proof that turned down what was written before, and the
outcome. Imports no pydantic-ai.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.agents.working.outcomes import Written
from engine.coding.proving.verdicts import Verdict
from engine.coding.works.inputs import check_part
from engine.coding.works.names import PROVE
from engine.coding.works.writing import Part
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
    proofs = [task for task in goal.tasks.values() if task.work == PROVE and (task.outcome or task.last_error)]
    if not proofs:
        return LastProof()
    newest = max(proofs, key=lambda task: (task.ended_at is not None, task.ended_at, task.number))
    value = newest.outcome.value if newest.outcome is not None else None
    told = value if isinstance(value, dict) else {}
    checks = told.get("checks")
    found = [_failure(one) for one in checks if isinstance(one, dict)] if isinstance(checks, list) else []
    failures = tuple(one for one in found if one) or tuple(one for one in (newest.last_error,) if one)
    return LastProof(failures=failures, state=str(told.get("state") or ""))


def _failure(check: JsonObject) -> str:
    return f"{check.get('name')}: {check.get('words')}" if check.get("held") is False else ""


def outcome_of_code(said: Written, verdict: Verdict, changed: Sequence[Change]) -> Outcome:
    """What was written and what the system saw of it. What does not hold is the first thing that is told."""
    summary = clean(said.summary, _SUMMARY) or "written"
    paths = [one.path for one in changed[:_MOST_FILES]]
    value: dict[str, JsonValue] = {
        "summary": summary,
        "files": [{"path": one.path, "change": one.kind.value} for one in changed[:_MOST_FILES]],
        "checks": [{"name": one.name, "held": one.held, "words": crop(one.words, _LINE)} for one in verdict.checks],
    }
    if said.look_at:
        value["look at"] = [crop(clean(one, _LINE), _LINE) for one in said.look_at[:_MOST_LINES]]
    return Outcome(
        summary=summary if verdict.done else crop("; ".join(verdict.reasons), _SUMMARY),
        value=value,
        deviation=0.0 if verdict.done else verdict.deviation,
        artefacts=tuple(paths),
    )
