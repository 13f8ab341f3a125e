"""What is known of a goal before planning: its deadline, its budget, and what it says of itself."""

import re
from collections.abc import Mapping

from engine.planning.bridge.known import DEADLINE_DAYS, KnownMethods
from engine.planning.language.domain import Reading
from engine.planning.language.terms import Value
from engine.planning.requests import PlanRequest

DAY = 86_400.0
_LANGUAGES = {
    name: name.replace("golang", "go")
    for name in ("python", "javascript", "typescript", "rust", "golang", "java", "kotlin", "swift", "ruby", "php")
}
_LANGUAGE = re.compile(rf"\b(?:{'|'.join(_LANGUAGES)})\b", re.I)
_CODEBASE = re.compile(
    r"\b(?:code ?base|repo|repository|legacy|refactor\w*|rewrite|existing (?:code|app|system|site)|v[2-9]\b|"
    r"pull request)",
    re.I,
)


def context_of(request: PlanRequest, known: KnownMethods) -> dict[str, Value]:
    """The context of a problem: what the goal's metadata says by the same name counts before what the words tell."""
    goal = request.goal
    said = "\n".join((goal.name, goal.description, *goal.criteria))[:20_000]
    found: dict[str, Value] = {
        **known.libraries.context(said),
        "has_codebase": _CODEBASE.search(said) is not None,
        "model_available": False,
    }
    language = _LANGUAGE.search(said)
    if language is not None:
        found["language"] = _LANGUAGES[language[0].lower()]
    if goal.deadline is not None:
        found[DEADLINE_DAYS] = max(0.0, (goal.deadline - request.now).total_seconds() / DAY)
    if not goal.criteria:
        found["whole_goal"] = True
    for name, value in goal.metadata.items():
        declared = known.context.get(name)
        if declared is not None and _is_of(value, declared, known.members):
            assert isinstance(value, str | int | float)
            found[name] = value
    return found


def _is_of(value: object, kind: str, members: Mapping[str, tuple[str, ...]]) -> bool:
    if isinstance(value, bool):
        return kind == "flag"
    if isinstance(value, str):
        return kind not in {"flag", "number"} and (value in members.get(kind, ()) or not members.get(kind))
    return kind == "number" and isinstance(value, int | float)


def readings_of(request: PlanRequest, known: KnownMethods) -> tuple[Reading, ...]:
    """What numbers stand at, where the goal's metadata says so: `budget`, and any other of a library."""
    return tuple(
        Reading(quantity=name, value=float(value))
        for name, value in request.goal.metadata.items()
        if name in known.quantities and isinstance(value, int | float) and not isinstance(value, bool)
    )
