"""The planner's promise in its plainest form: every plan there is, the best first, found by trying everything.

Nothing is shared with the planner but the method language. A task network is a set of tasks with those that come before
each; a state is a set of facts and numbers; conditions are tried with every object for every variable.
"""

import heapq
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.planning.language.domain import Domain, Method, Order, Primitive, Problem, Subtask
from engine.planning.language.terms import (
    Absent,
    Add,
    AllOf,
    Amount,
    AnyOf,
    Arithmetic,
    Bind,
    Compare,
    Comparison,
    Condition,
    Expression,
    Given,
    Holds,
    Increase,
    Operator,
    Remove,
    SetTo,
    Term,
    Value,
    Variable,
)
from tests.engine.planning.htn.worths import float_of, method_value, step_value, total

Fact = tuple[str, tuple[Value, ...]]
Env = Mapping[str, Value]
LARGEST = 12
"""Tasks in a network that is still looked at."""
Signature = tuple[tuple[str, str, str], ...]
"""The steps of a plan, sorted: work, title and inputs of each."""


@dataclass(frozen=True)
class World:
    """A state: facts and numbers."""

    facts: frozenset[Fact]
    numbers: frozenset[tuple[Fact, float]]

    def number(self, fact: Fact) -> float | None:
        return dict(self.numbers).get(fact)


@dataclass(frozen=True)
class Todo:
    """A task of a network, known by its place in the tree, and the places of those before it."""

    place: tuple[int, ...]
    task: str
    arguments: tuple[Value, ...]
    before: frozenset[tuple[int, ...]]


@dataclass(frozen=True)
class Known:
    """A plan: how good it is (the smaller the better), and its steps."""

    value: tuple[float, float, float, int]
    signature: Signature


class Reference:
    """Tries everything."""

    def __init__(self, domain: Domain, problem: Problem, objects: Sequence[Value]) -> None:
        self.domain = domain
        self.problem = problem
        self.objects = objects
        self.primitives = {one.name: one for one in domain.primitives}
        self.parameters = {
            one.name: [p.name for p in one.parameters] for one in (*domain.compounds, *domain.primitives)
        }
        self.defaults = {one.name: one.default for one in domain.quantities}
        self.pops = 0
        self.known_choices: dict[tuple[str, tuple[Value, ...], World], list[tuple[Method, Env]]] = {}

    # --- conditions ---

    def number(self, value: Expression, env: Env, world: World) -> Value | None:
        match value:
            case Variable():
                return env[value.name]
            case Given():
                return self.problem.context.get(value.key)
            case Amount():
                stands = world.number((value.quantity, ground(value.arguments, env)))
                return self.defaults[value.quantity] if stands is None else stands
            case Arithmetic():
                numbers = [self.number(one, env, world) for one in value.operands]
                if any(one is None for one in numbers):
                    return None
                return arithmetic(value.operator, numbers)
            case _:
                return value

    def holds(self, condition: Condition, env: Env, world: World) -> bool:
        """Whether a condition holds with these values, others being whatever makes it hold."""
        match condition:
            case Holds():
                return any(
                    (condition.relation, ground(condition.arguments, full)) in world.facts
                    for full in self.completions(free(condition.arguments, env), env)
                )
            case Absent():
                return not any(
                    (condition.relation, ground(condition.arguments, full)) in world.facts
                    for full in self.completions(free(condition.arguments, env), env)
                )
            case Compare():
                left, right = self.number(condition.left, env, world), self.number(condition.right, env, world)
                return left is not None and right is not None and compares(left, condition.comparison, right)
            case Bind():
                return env[condition.variable.name] == self.number(condition.value, env, world)
            case AnyOf():
                return any(self.holds(one, env, world) for one in condition.conditions)
            case AllOf():
                names = sorted(set().union(*map(given_by, condition.conditions)) - env.keys())
                return any(
                    all(self.holds(one, full, world) for one in condition.conditions)
                    for full in self.completions(names, env)
                )

    def completions(self, names: Sequence[str], env: Env) -> Iterator[Env]:
        for values in itertools.product(self.objects, repeat=len(names)):
            yield {**env, **dict(zip(names, values, strict=True))}

    def ways(self, conditions: Sequence[Condition], env: Env, world: World) -> Iterator[Env]:
        """Every way to give values to all variables that facts and bindings give one, so that all conditions hold."""
        flat = list(flattened(conditions))
        binds = [one for one in flat if isinstance(one, Bind)]
        names = sorted(set().union(*map(given_by, flat)) - env.keys() - {one.variable.name for one in binds})
        for full in self.completions(names, env):
            longer = dict(full)
            values = [self.number(one.value, longer, world) for one in binds]
            if any(value is None for value in values):
                continue
            for one, value in zip(binds, values, strict=True):
                assert value is not None
                longer[one.variable.name] = value
            if all(self.holds(one, longer, world) for one in flat):
                yield longer

    # --- steps ---

    def after(self, one: Primitive, env: Env, world: World) -> World | None:
        """The state after a step; None when it can't be taken."""
        if not all(self.holds(condition, env, world) for condition in one.preconditions):
            return None
        facts, numbers = set(world.facts), dict(world.numbers)
        for effect in one.effects:
            if isinstance(effect, Remove):
                facts.discard((effect.relation, ground(effect.arguments, env)))
        for effect in one.effects:
            match effect:
                case Add():
                    facts.add((effect.relation, ground(effect.arguments, env)))
                case SetTo() | Increase():
                    key = (effect.quantity, ground(effect.arguments, env))
                    value = self.number(effect.value if isinstance(effect, SetTo) else effect.by, env, world)
                    old = numbers.get(key, self.defaults[effect.quantity]) if isinstance(effect, Increase) else 0.0
                    if value is None or old is None:
                        return None
                    numbers[key] = round(old + value, 9)
                case Remove():
                    pass
        return World(facts=frozenset(facts), numbers=frozenset(numbers.items()))

    def start(self) -> World:
        return World(
            facts=frozenset((one.relation, one.arguments) for one in self.problem.facts),
            numbers=frozenset(((one.quantity, one.arguments), one.value) for one in self.problem.readings),
        )

    # --- plans ---

    def network(self, top: Todo, parts: Method | Problem, env: Env, world: World) -> list[Todo]:
        """The tasks that stand for a task, one level down, without the order to tasks elsewhere."""
        subtasks = parts.tasks if isinstance(parts, Problem) else parts.subtasks
        found: list[Todo] = []
        groups: dict[str, list[tuple[int, ...]]] = {}
        before = pairs_of(subtasks, parts.order, parts.pairs)
        for number in in_order(subtasks, before):
            subtask = subtasks[number]
            envs = list(self.ways(subtask.each, env, world)) if subtask.each else [env]
            earlier = exits(subtask.label, before, groups)
            groups[subtask.label] = []
            for count, own in enumerate(envs):
                needs = set(earlier)
                if subtask.each_order is Order.SEQUENTIAL and count:
                    needs = {found[-1].place}
                place = (*top.place, number, count)
                found.append(Todo(place, subtask.task, ground(subtask.arguments, own), frozenset(needs) | top.before))
                groups[subtask.label].append(place)
            if subtask.each_order is Order.SEQUENTIAL:
                groups[subtask.label] = groups[subtask.label][-1:]
        return found

    def plans(self, most_pops: int) -> Iterator[Known]:
        """All plans, the best first; a set of steps may come again. Raises `TimeoutError` where it gets too much."""
        top = Todo((), "", (), frozenset())
        first = frozenset(self.network(top, self.problem, {}, self.start()))
        # the root's own decomposition is a part too
        queue = [((0.0, 0.0, 0.0, 1 + len(first)), 0, self.start(), first, ())]
        seen: set[tuple[World, frozenset[Todo], Signature]] = set()
        ticket = itertools.count(1)
        while queue:
            self.pops += 1
            least, _, world, todo, signature = heapq.heappop(queue)
            if self.pops > most_pops or len(todo) > LARGEST:
                raise TimeoutError
            if (world, todo, signature) in seen:
                continue
            seen.add((world, todo, signature))
            if not todo:
                yield Known(least, signature)
            for one in todo:
                if not one.before:
                    for part, later, rest, steps in self.advanced(one, todo, world):
                        longer = tuple(sorted((*signature, *steps)))
                        value = total(least, part)
                        # every task that is left is one part more, at least
                        value = (*value[:3], value[3] - len(todo) + len(rest))
                        heapq.heappush(queue, (value, next(ticket), later, rest, longer))

    def advanced(
        self, one: Todo, todo: frozenset[Todo], world: World
    ) -> Iterator[tuple[tuple[float, float, float, int], World, frozenset[Todo], Signature]]:
        primitive = self.primitives.get(one.task)
        if primitive is not None:
            env = dict(zip(self.parameters[one.task], one.arguments, strict=True))
            later = self.after(primitive, env, world)
            if later is not None:
                yield step_value(primitive), later, replaced(todo, one, []), (signature_of(primitive, env),)
            return
        for method, full in self.choices(one, world):
            parts = self.network(one, method, full, world)
            yield method_value(method), world, replaced(todo, one, parts), ()

    def choices(self, one: Todo, world: World) -> list[tuple[Method, Env]]:
        """The methods for a task in a state, with the values of their variables; worked out once for each of these."""
        key = one.task, one.arguments, world
        known = self.known_choices.get(key)
        if known is None:
            heads = [
                (method, head(method, self.parameters[one.task], one.arguments))
                for method in self.domain.methods
                if method.task == one.task
            ]
            known = self.known_choices[key] = [
                (method, full)
                for method, env in heads
                if env is not None
                for full in self.ways(method.preconditions, env, world)
            ]
        return known


def replaced(todo: frozenset[Todo], one: Todo, parts: list[Todo]) -> frozenset[Todo]:
    """The network with a task done or decomposed."""
    places = {part.place for part in parts}
    rest = []
    for other in todo - {one}:
        before = other.before
        if one.place in before:
            before = before - {one.place} | places
        rest.append(Todo(other.place, other.task, other.arguments, before))
    return frozenset([*rest, *parts])


def pairs_of(subtasks: Sequence[Subtask], order: Order, pairs: Sequence[tuple[str, str]]) -> dict[str, set[str]]:
    labels = [one.label for one in subtasks]
    if order is Order.SEQUENTIAL:
        pairs = list(itertools.pairwise(labels))
    before: dict[str, set[str]] = {label: set() for label in labels}
    for early, late in pairs if order is not Order.PARALLEL else ():
        before[late].add(early)
    return before


def in_order(subtasks: Sequence[Subtask], before: Mapping[str, set[str]]) -> list[int]:
    left, found = list(range(len(subtasks))), []
    while left:
        number = next(n for n in left if not before[subtasks[n].label] & {subtasks[m].label for m in left})
        left.remove(number)
        found.append(number)
    return found


def exits(
    label: str, before: Mapping[str, set[str]], groups: Mapping[str, list[tuple[int, ...]]]
) -> set[tuple[int, ...]]:
    """The places that must be done before a label; through a label that stands for nothing, those before that one."""
    found: set[tuple[int, ...]] = set()
    for early in before[label]:
        found |= set(groups[early]) or exits(early, before, groups)
    return found


def head(method: Method, names: Sequence[str], arguments: Sequence[Value]) -> dict[str, Value] | None:
    env: dict[str, Value] = {}
    terms = [Variable(name=name) for name in names] if method.arguments is None else method.arguments
    for term, value in zip(terms, arguments, strict=True):
        if isinstance(term, Variable):
            if env.setdefault(term.name, value) != value:
                return None
        elif term != value:
            return None
    return env


def signature_of(one: Primitive, env: Env) -> tuple[str, str, str]:
    names = [parameter.name for parameter in one.parameters]
    listed = ", ".join(f"{{{name}}}" for name in names)
    title = one.title or (f"{one.name}: {listed}" if names else one.name)
    inputs = {key: value.format(**env) if isinstance(value, str) else value for key, value in one.inputs.items()}
    return one.work, title.format(**env), repr(sorted(inputs.items()))


def ground(terms: Sequence[Term], env: Env) -> tuple[Value, ...]:
    return tuple(env[one.name] if isinstance(one, Variable) else one for one in terms)


def free(terms: Sequence[Term], env: Env) -> list[str]:
    return sorted({one.name for one in terms if isinstance(one, Variable)} - env.keys())


def flattened(conditions: Sequence[Condition]) -> Iterator[Condition]:
    for one in conditions:
        if isinstance(one, AllOf):
            yield from flattened(one.conditions)
        else:
            yield one


def mentioned(condition: Condition) -> set[str]:
    match condition:
        case Holds() | Absent():
            return {one.name for one in condition.arguments if isinstance(one, Variable)}
        case AllOf() | AnyOf():
            return set().union(*map(mentioned, condition.conditions))
        case _:
            return set()


def given_by(condition: Condition) -> set[str]:
    """The variables that a condition gives a value whenever it holds."""
    match condition:
        case Holds():
            return mentioned(condition)
        case Bind():
            return {condition.variable.name}
        case AllOf():
            return set().union(*map(given_by, condition.conditions))
        case AnyOf():
            return set.intersection(*map(given_by, condition.conditions))
        case _:
            return set()


def arithmetic(sign: Operator, numbers: Sequence[Value | None]) -> float | None:
    own = [float_of(one) for one in numbers]
    match sign:
        case Operator.PLUS:
            return sum(own)
        case Operator.MINUS:
            return own[0] - own[1]
        case Operator.TIMES:
            return math.prod(own)
        case Operator.DIVIDED:
            return own[0] / own[1] if own[1] else None
        case Operator.LEAST:
            return min(own)
        case Operator.MOST:
            return max(own)


def compares(left: Value, comparison: Comparison, right: Value) -> bool:
    match comparison:
        case Comparison.IS:
            return left == right
        case Comparison.IS_NOT:
            return left != right
        case _:
            one, other = float_of(left), float_of(right)
            return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[comparison.value]
