"""What is wrong with a domain or a problem: every flaw with the path to its place and what would do instead."""

import math
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence

from engine.planning.language.derivations import least_steps
from engine.planning.language.domain import (
    Compound,
    Domain,
    Method,
    OnlyIf,
    Order,
    Primitive,
    Problem,
    Subtask,
    ThreePoints,
)
from engine.planning.language.numbers import LONGEST_HOURS, MOST, constant
from engine.planning.language.ordering import Pairs, circle_in, direct_predecessors
from engine.planning.language.scopes import Flaw, Path, Scope
from engine.planning.language.terms import (
    AllOf,
    AnyOf,
    Arithmetic,
    Bind,
    Compare,
    Condition,
    Expression,
    Figure,
    Increase,
    SetTo,
    Variable,
)
from engine.planning.language.vocabulary import vocabulary_of
from engine.planning.orders import all_before
from engine.planning.slices import run_through
from engine.values import JsonValue

DECIDING_WORK = "decide"
DEEPEST = 40
"""How deep conditions and expressions may be nested."""
MOST_STEPS = 100_000
"""That a task may come to at the least; no plan is as long."""
FACTS_A_SLICE = 500
"""A millisecond."""


def find_flaws(domain: Domain, sound: Collection[Path] = ()) -> tuple[Flaw, ...]:
    """All that is wrong with a domain; empty when it can be planned with.

    Tasks and methods under `sound`, as («methods», number), are known to be right and not looked at.
    """
    flaws: list[Flaw] = list(_too_deep(domain, sound))
    if flaws:
        return tuple(flaws)
    words = vocabulary_of(domain)
    flaws.extend(_double_names(domain))
    _check_declared(Scope(words, flaws), domain)
    for place, primitive in enumerate(domain.primitives):
        if ("primitives", place) not in sound:
            _check_primitive(Scope(words, flaws), primitive, ("primitives", place))
    for place, compound in enumerate(domain.compounds):
        if ("compounds", place) not in sound:
            _check_compound(Scope(words, flaws), compound, ("compounds", place))
    for place, method in enumerate(domain.methods):
        if ("methods", place) not in sound:
            _check_method(Scope(words, flaws), method, ("methods", place))
    return tuple(flaws) or tuple(flaw for flaw in _endless(domain) if flaw.path not in sound)


def find_problem_flaws(domain: Domain, problem: Problem) -> Generator[None, None, tuple[Flaw, ...]]:
    """All that is wrong with a problem for a sound domain; in slices, as it may have tens of thousands of facts."""
    words = vocabulary_of(domain)
    flaws: list[Flaw] = []
    scope = Scope(words, flaws)
    for place, fact in enumerate(problem.facts):
        if not place % FACTS_A_SLICE:
            yield
        scope.fact(fact.relation, fact.arguments, ("facts", place))
    for place, reading in enumerate(problem.readings):
        if not place % FACTS_A_SLICE:
            yield
        scope.quantity(reading.quantity, reading.arguments, ("readings", place))
        if not math.isfinite(reading.value):
            scope.flaw(("readings", place, "value"), f"{reading.value} is no amount", "a finite number")
    for key, value in problem.context.items():
        declared = words.context.get(key)
        if declared is not None:  # a library need not care for all that is known
            scope.value(value, declared.type, ("context", key))
    yield from _check_network(scope, problem.tasks, problem.order, problem.pairs, ())
    return tuple(flaws)


def _double_names(domain: Domain) -> Iterator[Flaw]:
    named = {
        "types": [one.name for one in domain.types],
        "relations": [one.name for one in domain.relations],
        "quantities": [one.name for one in domain.quantities],
        "context": [one.name for one in domain.context],
        "compounds": [one.name for one in domain.compounds],
        "primitives": [one.name for one in domain.primitives],
        "methods": [one.name for one in domain.methods],
    }
    lists = {part: [((part, n), name) for n, name in enumerate(names)] for part, names in named.items()}
    lists["primitives"] = lists.pop("compounds") + lists["primitives"]  # both are tasks
    for family in lists.values():
        seen: set[str] = set()
        for path, name in family:
            if name in seen or not name:
                said = f"the name {name} is taken" if name else "it has no name"
                yield Flaw(path=(*path, "name"), problem=said, accepts="a name of its own")
            seen.add(name)


def _check_declared(top: Scope, domain: Domain) -> None:
    for place, relation in enumerate(domain.relations):
        top.inner().declare(relation.parameters, ("relations", place, "parameters"))
    for place, quantity in enumerate(domain.quantities):
        top.inner().declare(quantity.parameters, ("quantities", place, "parameters"))
    for place, key in enumerate(domain.context):
        _check_context(top, place, key.type)
        if key.default is not None:
            top.value(key.default, key.type, ("context", place, "default"))


def _check_context(scope: Scope, place: int, kind: str) -> None:
    if not scope.words.knows_type(kind):
        scope.flaw(("context", place, "type"), f"there is no type {kind}", "text, number, flag, or a declared type")


def _check_compound(scope: Scope, one: Compound, path: Path) -> None:
    scope.declare(one.parameters, (*path, "parameters"))
    scope.template(one.summary, (*path, "summary"))
    if one.name not in scope.words.methods_of:
        scope.flaw(path, f"nothing tells how to do {one.name}", "one method for it at least")


def _check_primitive(scope: Scope, one: Primitive, path: Path) -> None:
    scope.declare(one.parameters, (*path, "parameters"))
    own = frozenset(scope.types)
    bound = scope.conditions(one.preconditions, (*path, "preconditions"), own)
    for name in sorted(bound - own):
        scope.flaw((*path, "preconditions"), f"?{name} is no parameter", "a parameter that the method fills in")
    scope.types = {name: kind for name, kind in scope.types.items() if name in own}
    scope.effects(one.effects, (*path, "effects"))
    templates: dict[str, JsonValue] = {
        "title": one.title,
        "description": one.description,
        "inputs": dict(one.inputs),
        "checkpoint": one.checkpoint,
        "expected": [one.expected.summary, *one.expected.checks],
        "needs": [need.resource for need in one.needs],
    }
    for name, text in templates.items():
        scope.template(text, (*path, name))
    for place, need in enumerate(one.needs):
        if need.amount < 1:
            scope.flaw((*path, "needs", place, "amount"), f"{need.amount} of {need.resource}", "1 or more")
    _check_figures(scope, one, path)


def _check_figures(scope: Scope, one: Primitive, path: Path) -> None:
    _check_odds(scope, one.probability, (*path, "probability"))
    _check_figure(scope, one.cost, (*path, "cost"))
    _check_figure(scope, one.weight, (*path, "weight"))
    _check_figure(scope, one.target_count, (*path, "target_count"), least=1)
    count = constant(one.target_count)
    if isinstance(count, float) and not count.is_integer():
        scope.flaw((*path, "target_count"), f"{count:g} can't be counted", "a whole number")
    if one.expected.target is not None:
        scope.figure(one.expected.target, (*path, "expected", "target"))
    _check_estimate(scope, one.estimate, (*path, "estimate"))


def _check_estimate(scope: Scope, estimate: ThreePoints, path: Path) -> None:
    points = (estimate.low, estimate.likely, estimate.high)
    for name, point in zip(("low", "likely", "high"), points, strict=True):
        _check_figure(scope, point, (*path, name), most=LONGEST_HOURS)
    numbers = [number for number in map(constant, points) if number is not None]
    if sorted(numbers) != numbers:
        scope.flaw(path, "the estimate falls where it should grow", "low, likely and high in this order")


def _check_odds(scope: Scope, value: Figure, path: Path) -> None:
    scope.figure(value, path)
    number = constant(value)
    if number is not None and not 0 < number <= 1:
        scope.flaw(path, f"{number} are no odds", "a number over 0 and up to 1")


def _check_figure(scope: Scope, value: Figure, path: Path, least: float = 0, most: float = MOST) -> None:
    scope.figure(value, path)
    number = constant(value)
    if number is not None and not least <= number <= most:
        scope.flaw(path, f"{number} is not possible here", f"a number from {least:g} on, {most:,} at the most")


def _check_method(scope: Scope, one: Method, path: Path) -> None:
    task = scope.words.tasks.get(one.task)
    if isinstance(task, Compound):
        if one.arguments is None:
            scope.types |= {parameter.name: parameter.type for parameter in task.parameters}
        else:
            scope.arguments(one.arguments, task.parameters, (*path, "arguments"))
    else:
        found = "is done by a work, not by methods" if task is not None else "is not declared"
        scope.flaw((*path, "task"), f"{one.task} {found}", "the name of a compound task")
    bound = scope.conditions(one.preconditions, (*path, "preconditions"), frozenset(scope.types))
    scope.types = {name: kind for name, kind in scope.types.items() if name in bound}
    scope.template(one.summary, (*path, "summary"))
    _check_odds(scope, one.probability, (*path, "probability"))
    _check_figure(scope, one.cost, (*path, "cost"))
    run_through(_check_network(scope, one.subtasks, one.order, one.pairs, path))
    labels = {subtask.label for subtask in one.subtasks}
    for place, checkpoint in enumerate(one.checkpoints):
        scope.template(checkpoint.name, (*path, "checkpoints", place, "name"))
        if checkpoint.after not in labels:
            scope.flaw((*path, "checkpoints", place, "after"), f"no subtask is labelled {checkpoint.after}", "a label")


def _check_network(
    scope: Scope, subtasks: Sequence[Subtask], order: Order, pairs: Pairs, path: Path
) -> Generator[None, None, None]:
    field = "subtasks" if path else "tasks"
    known = yield from _by_label(scope, subtasks, (*path, field))
    if len(known) < len(subtasks):
        return
    if pairs and order is not Order.PAIRS:
        scope.flaw((*path, "pairs"), f"pairs are given, the order is {order}", "order: pairs")
    for place, pair in enumerate(pairs):
        for label in set(pair) - known.keys():
            scope.flaw((*path, "pairs", place), f"no subtask is labelled {label}", "two labels")
            return
    labels = list(known)
    circle = circle_in(labels, pairs) if pairs else ()
    if circle:
        scope.flaw((*path, "pairs"), f"they come before themselves: {' → '.join(circle)}", "pairs without a circle")
        return
    is_split = any(one.only_if is not None for one in subtasks)
    before = all_before((yield from direct_predecessors(labels, order, pairs))) if is_split else []
    for place, one in enumerate(subtasks):
        if not place % FACTS_A_SLICE:
            yield
        _check_subtask(scope.inner(), one, (*path, field, place))
        if one.only_if is not None:
            other = known.get(one.only_if.label, place)
            deciding = subtasks[other] if before[place] >> other & 1 else None
            _check_choice(scope, one.only_if, deciding, (*path, field, place, "only_if"))


def _by_label(scope: Scope, subtasks: Sequence[Subtask], path: Path) -> Generator[None, None, dict[str, int]]:
    """The places of the subtasks by their labels, up to the first one that has no label of its own."""
    known: dict[str, int] = {}
    for place, one in enumerate(subtasks):
        if not place % FACTS_A_SLICE:
            yield
        if not one.label or one.label in known:
            scope.flaw((*path, place, "label"), f"«{one.label}» does not name it alone", "a label of its own")
            break
        known[one.label] = place
    return known


def _check_subtask(scope: Scope, one: Subtask, path: Path) -> None:
    task = scope.words.tasks.get(one.task)
    bound = scope.conditions(one.each, (*path, "each"), frozenset(scope.types))
    needed = {term.name for term in one.arguments if isinstance(term, Variable)}
    for name in sorted(needed - bound):
        scope.flaw((*path, "arguments"), f"?{name} has no value here", "a parameter, or a condition that binds it")
    if task is None:
        scope.flaw((*path, "task"), f"there is no task {one.task}", "a compound or primitive task of this library")
    else:
        scope.arguments(one.arguments, task.parameters, (*path, "arguments"))
    if one.each_order is Order.PAIRS:
        scope.flaw((*path, "each_order"), "pairs have no meaning here", "sequential or parallel")
    if one.serves is not None and not isinstance(one.serves, Variable) and not scope.words.fits(one.serves, "number"):
        scope.flaw((*path, "serves"), f"«{one.serves}» is no index", "the index of a criterion, from 0")


def _check_choice(scope: Scope, choice: OnlyIf, deciding: Subtask | None, path: Path) -> None:
    if deciding is None:
        scope.flaw(path, f"{choice.label} does not come before", "a subtask that comes before this one")
        return
    task = scope.words.tasks.get(deciding.task)
    if not isinstance(task, Primitive) or task.work != DECIDING_WORK or deciding.each:
        scope.flaw(path, f"{choice.label} decides nothing", f"a single primitive with the work {DECIDING_WORK}")
        return
    options = task.inputs.get("options")
    if not isinstance(options, list) or any("{" in str(option) for option in options):
        return  # filled in later
    if choice.option not in options:
        listed = ", ".join(map(str, options))
        scope.flaw(path, f"{choice.label} has no option {choice.option}", f"one of {listed}")


def _endless(domain: Domain) -> Iterator[Flaw]:
    least = least_steps(domain)
    for place, compound in enumerate(domain.compounds):
        path, name = ("compounds", place), compound.name
        if name not in least:
            problem = f"{name} never comes to an end: every method for it leads back to it"
            yield Flaw(path=path, problem=problem, accepts="one method that does not")
        elif least[name] > MOST_STEPS:
            problem = f"{name} comes to more than {MOST_STEPS:,} steps by every method for it"
            yield Flaw(path=path, problem=problem, accepts="one method with fewer")


def _too_deep(domain: Domain, sound: Collection[Path]) -> Iterator[Flaw]:
    parts: list[tuple[Path, list[Condition | Expression]]] = []
    for place, primitive in enumerate(domain.primitives):
        parts.append((("primitives", place), [*primitive.preconditions, *_figures_of(primitive)]))
    for place, method in enumerate(domain.methods):
        inner = [condition for subtask in method.subtasks for condition in subtask.each]
        parts.append((("methods", place), [*method.preconditions, *inner, method.probability, method.cost]))
    for path, own in parts:
        if path not in sound and _is_deep(own):
            yield Flaw(path=path, problem="nested too deeply", accepts=f"{DEEPEST} levels at the most")


def _figures_of(one: Primitive) -> Iterator[Expression]:
    yield from (one.probability, one.cost, one.weight, one.target_count)
    yield from (one.estimate.low, one.estimate.likely, one.estimate.high, one.expected.target or 0)
    for effect in one.effects:
        match effect:
            case SetTo():
                yield effect.value
            case Increase():
                yield effect.by


def _is_deep(parts: Iterable[Condition | Expression]) -> bool:
    level = list(parts)
    for _ in range(DEEPEST):
        level = [inner for one in level for inner in _parts_of(one)]
        if not level:
            return False
    return True


def _parts_of(one: Condition | Expression) -> tuple[Condition | Expression, ...]:
    match one:
        case AllOf() | AnyOf():
            return one.conditions
        case Arithmetic():
            return one.operands
        case Compare():
            return (one.left, one.right)
        case Bind():
            return (one.value,)
        case _:
            return ()
