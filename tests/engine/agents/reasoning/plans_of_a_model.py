"""What a scripted model proposes, as the arguments of its call."""

from collections.abc import Mapping, Sequence

from tests.scripted_models import Json, Turn

TOOL = "propose_plans"


def step(key: str, criterion: int | None = 1, *after: str, **more: object) -> Json:
    """A task for a person, sound in itself."""
    return {
        "key": key,
        "title": f"Do {key} with the beds",
        "after": list(after),
        "criterion": criterion,
        "expected": {"summary": f"{key} is done"},
        "hours_low": 1,
        "hours_likely": 2,
        "hours_high": 4,
        "probability": 0.95,
        "why": f"without {key} nothing grows",
        **more,
    }


def plan(name: str, *tasks: Json, probability: float = 0.9, **more: object) -> Json:
    """A plan of these tasks."""
    return {
        "name": name,
        "approach": f"{name} comes first",
        "tasks": list(tasks),
        "risks": ["late frost"],
        "probability": probability,
        "probability_reasons": "neighbours did it",
        **more,
    }


def proposing(*plans: Json, tokens: tuple[int, int] | None = (1_000, 500)) -> Turn:
    """A turn in which the model proposes these plans."""
    return Turn(calls={TOOL: {"plans": list(plans)}}, tokens=tokens)


def asked_texts(request: Mapping[str, object]) -> str:
    """All that a model was told in a request, as one text."""
    messages = request["messages"]
    assert isinstance(messages, Sequence)
    return "\n".join(str(message.get("content")) for message in messages)
