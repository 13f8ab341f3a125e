"""The work of a task that is a goal of its own, and the plan that such a task may bring along.

A planner that plans a sub-goal together with the goal above puts its plan among the inputs of the task, under `plan`.
The sub-goal takes over exactly that plan once it exists; without one it plans for itself.
"""

import datetime as dt
import functools
from dataclasses import replace

import msgspec
from pydantic import TypeAdapter, ValidationError

from engine.errors import InvalidInputError
from engine.plans import Plan
from engine.tasks import Task, Waiting, WaitingFor
from engine.values import JsonObject, JsonValue
from engine.work.registry import Work

PLAN = "plan"
"""The input that holds the plan of a sub-goal."""
WHOSE = "whose"
"""The input that names who brings a sub-goal about, where that is somebody else; the goal's metadata, too."""


def whose(told: JsonObject) -> str:
    """Who brings a goal about, by its metadata or by the inputs of its task; empty for whoever asks for it."""
    name = told.get(WHOSE)
    return name.strip() if isinstance(name, str) else ""


def kept_plan(plan: Plan) -> JsonValue:
    """A plan as an input holds it, without what is only offered with it."""
    found: JsonValue = msgspec.json.decode(msgspec.json.encode(replace(plan, alternatives=(), advice=())))
    return found


@functools.cache
def _reader() -> TypeAdapter[Plan]:
    """Made with the first plan that is read: that takes a while."""
    return TypeAdapter(Plan)


def plan_under(inputs: JsonObject) -> Plan | None:
    """The plan that a sub-goal is to take over; None where it is to plan for itself, or what is there can't be read."""
    kept = inputs.get(PLAN)
    if kept is None:
        return None
    try:
        plan = _reader().validate_python(kept)
    except ValidationError:
        return None
    return plan if plan.tasks else None


def steps_under(inputs: JsonObject) -> tuple[str, ...]:
    """The titles of the tasks of that plan, in its order; empty without one. Cheap: nothing is checked."""
    kept = inputs.get(PLAN)
    tasks = kept.get("tasks") if isinstance(kept, dict) else None
    titles = [task.get("title") for task in tasks if isinstance(task, dict)] if isinstance(tasks, list) else []
    return tuple(title for title in titles if isinstance(title, str))


def _open(task: Task, now: dt.datetime) -> Waiting:
    return Waiting(what=WaitingFor.SUBGOAL, since=now)


def _check(inputs: JsonObject) -> None:
    if inputs.get(PLAN) is not None and plan_under(inputs) is None:
        raise InvalidInputError("plan", "the plan of a sub-goal can't be read", "leave it out: the goal plans itself")


SUBGOAL = Work(name="subgoal", summary="Done when the goal under it is done", opens=_open, check_inputs=_check)
