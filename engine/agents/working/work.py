"""The work `agent` as the registry knows it: what it takes, and what stands in for it where there is no model.

Imports no pydantic-ai.
"""

from collections.abc import Collection

from engine.errors import InvalidInputError, ResourceBlocked
from engine.money_commands import AGENT
from engine.values import JsonObject
from engine.work.registry import InputCheck, Work, WorkContext, WorkFunction, WorkResult

MODEL = "a language model"
"""The resource that a task waits for where no model is configured, or none that can be used."""
LOOK_AGAIN = 1_800.0
"""Seconds after which a model that could not be used is asked again: whoever runs the bot may have mended it."""
MOST_INSTRUCTIONS = 4_000


class ModelUnusable(ResourceBlocked):
    """No model can be asked as things are set up: a key, name, price or package is wrong. No other plan mends it."""

    def __init__(self, reason: str) -> None:
        super().__init__(MODEL, reason, retry_after=LOOK_AGAIN)


def agent_work(run: WorkFunction, roles: Collection[str]) -> Work:
    """The work whose attempts `run` does. Its runs are kept, so an attempt that was lost is simply gone on with."""
    listed = ", ".join(roles)
    summary = f"A language model does it by itself: research, writing, analysis, review. As one of: {listed}"
    return Work(name=AGENT, summary=summary, run=run, claims=True, check_inputs=_checking(roles))


def work_without_model() -> Work:
    """What stands in for it: tasks that were planned with a model wait until there is one again."""
    return Work(
        name=AGENT,
        summary="Needs a language model, and none is configured",
        run=_without_model,
        claims=True,
        check_inputs=_checking(()),
    )


async def _without_model(context: WorkContext) -> WorkResult:
    raise ModelUnusable("no language model is configured; whoever runs this bot sets MILEPOST_MODEL")


def _checking(known: Collection[str]) -> InputCheck:
    """The check of the inputs, with the roles there are; none: any will do."""

    def check(inputs: JsonObject) -> None:
        role, told = inputs.get("role"), inputs.get("instructions", "")
        if not isinstance(role, str) or (known and role not in known):
            raise InvalidInputError("role", f"{role!r} is none", f"one of {', '.join(known)}" if known else "a name")
        if not isinstance(told, str) or len(told) > MOST_INSTRUCTIONS:
            raise InvalidInputError("instructions", "they can't be used", f"text of at most {MOST_INSTRUCTIONS} signs")

    return check
