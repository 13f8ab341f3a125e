"""Conditions pulled up the hierarchy: what must hold when a task is begun because its steps will need it.

A condition of a subtask is pulled up when nothing that comes before or beside it changes what it reads, and all its
variables are known above. A compound needs what every one of its methods needs.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping

from engine.planning.htn.footprints import Footprints, touch
from engine.planning.language.derivations import last_first
from engine.planning.language.domain import Compound, Domain, Method, Order, Primitive
from engine.planning.language.ordering import direct_predecessors
from engine.planning.language.terms import (
    Absent,
    AllOf,
    Amount,
    Arithmetic,
    Compare,
    Condition,
    Expression,
    Holds,
    Term,
    Variable,
)
from engine.planning.language.variables import mentioned
from engine.planning.orders import all_before
from engine.planning.slices import run_through

MOST_PULLED = 24
"""Conditions pulled up to one task or method; more would cost more than they save."""
ROUNDS = 12
"""How often a compound is looked at on average; when what they need has not settled by then, nothing is pulled up
through compounds."""
Needed = dict[Condition, None]
"""A set that keeps its order."""


def pulled_up(domain: Domain, footprints: Footprints) -> dict[str, tuple[Condition, ...]]:
    """For each method, by name, the conditions of its subtasks that must hold when it is chosen."""
    return _Pulling(domain, footprints).found()


class _Pulling:
    def __init__(self, domain: Domain, footprints: Footprints) -> None:
        self.footprints = footprints
        self.methods = domain.methods
        self.compounds = {one.name: one for one in domain.compounds}
        tasks: list[Compound | Primitive] = [*domain.compounds, *domain.primitives]
        self.parameters = {one.name: [parameter.name for parameter in one.parameters] for one in tasks}
        self.methods_of: dict[str, list[Method]] = {}
        self.users: dict[str, dict[str, None]] = {}
        """The compounds with a method that has the task among its subtasks."""
        for method in domain.methods:
            self.methods_of.setdefault(method.task, []).append(method)
            for subtask in method.subtasks:
                self.users.setdefault(subtask.task, {})[method.task] = None
        self.rivals = {method.name: _rivals(method) for method in domain.methods}
        self.needs: dict[str, Needed | None] = dict.fromkeys(self.compounds)  # None: not known yet
        for primitive in domain.primitives:
            self.needs[primitive.name] = _of_primitive(primitive)

    def found(self) -> dict[str, tuple[Condition, ...]]:
        leads = {name: [one.task for method in own for one in method.subtasks] for name, own in self.methods_of.items()}
        waiting = deque(last_first(leads))
        looks = ROUNDS * len(self.compounds)
        while waiting and looks:
            looks -= 1
            name = waiting.popleft()
            needed = self._of_compound(self.compounds[name])
            if needed != self.needs[name]:
                self.needs[name] = needed
                waiting.extend(user for user in self.users.get(name, ()) if user not in waiting)
        if waiting:
            self.needs.update({name: {} for name in self.compounds})
        return {method.name: tuple(self._from_below(method) or ()) for method in self.methods}

    def _of_compound(self, compound: Compound) -> Needed | None:
        common: Needed | None = None
        for method in self.methods_of.get(compound.name, ()):
            below = self._from_below(method)
            if below is None:
                continue  # leads to what is not known yet, and so needs whatever the other methods need
            names = above(method, compound)
            own = {
                substituted(one, names): None
                for one in (*flat(method.preconditions), *below)
                if _is_simple(one) and mentioned(one) <= names.keys()
            }
            common = own if common is None else {one: None for one in common if one in own}
        return None if common is None else _first(common)

    def _from_below(self, method: Method) -> Needed | None:
        """What its subtasks need, in its own variables; None while that is not known of one of them."""
        found: Needed = {}
        for place, others in self.rivals[method.name].items():
            subtask = method.subtasks[place]
            needed = self.needs[subtask.task]
            if needed is None:
                return None
            below = dict(zip(self.parameters[subtask.task], subtask.arguments, strict=True))
            for one in needed:
                reading = self.footprints.of_conditions([one])
                if not any(touch(reading, self.footprints.futures[other]) for other in others):
                    found[substituted(one, below)] = None
        return _first(found)


def _first(found: Needed) -> Needed:
    return dict(list(found.items())[:MOST_PULLED])


def _rivals(method: Method) -> dict[int, frozenset[str]]:
    """For each subtask that stands once, by place, the tasks that come before it or beside it."""
    tasks = [one.task for one in method.subtasks]
    found: dict[int, frozenset[str]] = {}
    match method.order:
        case Order.SEQUENTIAL:
            seen = frozenset[str]()
            for place, task in enumerate(tasks):
                found[place] = seen
                seen |= {task}
        case Order.PARALLEL:
            counts = Counter(tasks)
            for place, task in enumerate(tasks):
                found[place] = frozenset(counts if counts[task] > 1 else counts.keys() - {task})
        case Order.PAIRS:
            labels = [one.label for one in method.subtasks]
            before = all_before(run_through(direct_predecessors(labels, method.order, method.pairs)))
            for place in range(len(tasks)):
                found[place] = frozenset(t for n, t in enumerate(tasks) if n != place and not before[n] >> place & 1)
    return {place: own for place, own in found.items() if not method.subtasks[place].each}


def _of_primitive(primitive: Primitive) -> Needed:
    names = {one.name for one in primitive.parameters}
    return {one: None for one in flat(primitive.preconditions) if _is_simple(one) and mentioned(one) <= names}


def above(method: Method, compound: Compound) -> dict[str, Term]:
    """The compound's parameters that the method's variables stand for."""
    names = [one.name for one in compound.parameters]
    if method.arguments is None:
        return {name: Variable(name=name) for name in names}
    pairs = list(zip(method.arguments, names, strict=True))
    return {one.name: Variable(name=name) for one, name in reversed(pairs) if isinstance(one, Variable)}


def flat(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """The conditions, with those of `AllOf` in its place."""
    for condition in conditions:
        if isinstance(condition, AllOf):
            yield from flat(condition.conditions)
        else:
            yield condition


def _is_simple(condition: Condition) -> bool:
    return isinstance(condition, Holds | Absent | Compare)


def substituted(condition: Condition, values: Mapping[str, Term]) -> Condition:
    """A fact or comparison with terms in place of its variables; other conditions stay as they are."""
    match condition:
        case Holds():
            return Holds(relation=condition.relation, arguments=_terms(condition.arguments, values))
        case Absent():
            return Absent(relation=condition.relation, arguments=_terms(condition.arguments, values))
        case Compare():
            left, right = _expression(condition.left, values), _expression(condition.right, values)
            return Compare(left=left, comparison=condition.comparison, right=right)
        case _:
            return condition


def _terms(own: Iterable[Term], values: Mapping[str, Term]) -> tuple[Term, ...]:
    return tuple(values[one.name] if isinstance(one, Variable) else one for one in own)


def _expression(value: Expression, values: Mapping[str, Term]) -> Expression:
    match value:
        case Variable():
            return values[value.name]
        case Amount():
            return Amount(quantity=value.quantity, arguments=_terms(value.arguments, values))
        case Arithmetic():
            operands = tuple(_expression(one, values) for one in value.operands)
            return Arithmetic(operator=value.operator, operands=operands)
        case _:
            return value
