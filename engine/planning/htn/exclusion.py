"""Methods that can't both fit at the same moment, so that the second need not be kept for later."""

from collections.abc import Sequence

from engine.planning.htn.pulling import above, flat, substituted
from engine.planning.language.domain import Compound, Method
from engine.planning.language.terms import Absent, Compare, Comparison, Condition, Holds, Variable
from engine.planning.language.variables import mentioned

_OPPOSITES = {
    Comparison.IS: Comparison.IS_NOT,
    Comparison.IS_NOT: Comparison.IS,
    Comparison.UNDER: Comparison.AT_LEAST,
    Comparison.AT_MOST: Comparison.OVER,
    Comparison.OVER: Comparison.AT_MOST,
    Comparison.AT_LEAST: Comparison.UNDER,
}


def stands_alone(methods: Sequence[Method], compound: Compound) -> list[bool]:
    """For each method of a compound, whether none of those after it fits where it fits."""
    if len(methods) == 1:  # as most are
        return [True]
    known = [_known(method, compound) for method in methods]
    return [
        all(
            _differ(method, other) or any(_opposite(one) in known[later] for one in known[place])
            for later, other in enumerate(methods)
            if later > place
        )
        for place, method in enumerate(methods)
    ]


def _known(method: Method, compound: Compound) -> set[Condition]:
    """What must hold of the task's own arguments, in the names of the compound."""
    simple = [one for one in flat(method.preconditions) if isinstance(one, Holds | Absent | Compare)]
    if not simple:
        return set()
    names = above(method, compound)
    return {substituted(one, names) for one in simple if mentioned(one) <= names.keys()}


def _differ(one: Method, other: Method) -> bool:
    """Whether they are for tasks with different arguments."""
    pairs = zip(one.arguments or (), other.arguments or (), strict=False)
    return any(a != b for a, b in pairs if not isinstance(a, Variable) and not isinstance(b, Variable))


def _opposite(condition: Condition) -> Condition:
    match condition:
        case Holds():
            return Absent(relation=condition.relation, arguments=condition.arguments)
        case Absent():
            return Holds(relation=condition.relation, arguments=condition.arguments)
        case Compare():
            opposite = _OPPOSITES[condition.comparison]
            return Compare(left=condition.left, comparison=opposite, right=condition.right)
        case _:
            return condition
