"""Methods that can't both fit at the same moment, so that the second need not be kept for later."""

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


def are_apart(one: Method, other: Method, compound: Compound) -> bool:
    """Whether two methods of a compound never fit at the same moment."""
    return _differ(one, other) or not _known(other, compound).isdisjoint(map(_opposite, _known(one, compound)))


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
