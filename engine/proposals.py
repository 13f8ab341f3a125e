"""Stored proposals back into values: what a person approves is exactly what they were shown."""

from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from engine.errors import RefusedError
from engine.plans import AdaptationNeed, Repair
from engine.values import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """A repair with the need it answers, as `RepairProposed` is kept."""

    repair: Repair
    need: AdaptationNeed


def stored_repair(stored: JsonValue) -> tuple[Repair, AdaptationNeed]:
    """The repair and need behind a stored proposal. Raises `RefusedError` when it can't be read."""
    try:
        proposal = TypeAdapter(_Stored).validate_python(stored)
    except ValidationError as error:
        raise RefusedError("outdated_plan", f"the proposal can't be read any more: {error}") from None
    return proposal.repair, proposal.need
