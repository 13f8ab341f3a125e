"""Stored proposals back into values: what a person approves is exactly what they were shown."""

import functools
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from engine.errors import RefusedError
from engine.plans import AdaptationNeed, Plan, Repair
from engine.values import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """A repair with the need it answers, as `RepairProposed` is kept."""

    repair: Repair
    need: AdaptationNeed


@functools.cache
def _repairs() -> TypeAdapter[_Stored]:
    return TypeAdapter(_Stored)


@functools.cache
def _plans() -> TypeAdapter[Plan]:
    """Made once, at the first need: it takes longer than to read a plan with it."""
    return TypeAdapter(Plan)


def stored_repair(stored: JsonValue) -> tuple[Repair, AdaptationNeed]:
    """The repair and need behind a stored proposal. Raises `RefusedError` when it can't be read."""
    try:
        proposal = _repairs().validate_python(stored)
    except ValidationError as error:
        raise RefusedError("outdated_plan", f"the proposal can't be read any more: {error}") from None
    return proposal.repair, proposal.need


def stored_plan(stored: JsonValue) -> Plan:
    """A plan as `PlanMade` is kept. Raises `RefusedError` when it can't be read."""
    try:
        return _plans().validate_python(stored)
    except ValidationError as error:
        raise RefusedError("outdated_plan", f"the plan can't be read any more: {error}") from None


def picked_alternative(stored: JsonValue, place: int) -> Plan:
    """The alternative at a place (from 1) of a stored plan, with the others and that plan as its own alternatives.
    Each keeps its letter.

    Raises `RefusedError` when there is none, or when the plan can't be read any more.
    """
    plan = stored_plan(stored).lettered
    if not 1 <= place <= len(plan.alternatives):
        raise RefusedError("outdated_plan", "that alternative is no longer there")
    picked = plan.alternatives[place - 1]
    first = replace(plan, alternatives=(), difference=plan.difference or "what was proposed first")
    others = [one for one in (first, *plan.alternatives) if one is not picked]
    others.sort(key=lambda one: one.letter)
    return replace(picked, reason="you picked it", alternatives=tuple(others))
