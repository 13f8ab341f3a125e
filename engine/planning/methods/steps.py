"""The steps of a method file as primitive tasks of the domain."""

from engine.planning.language.domain import ExpectedOutcome, Need, Primitive, ThreePoints
from engine.planning.language.scopes import Path
from engine.planning.language.terms import Amount, Effect, Expression, Figure, Increase, SetTo
from engine.planning.language.variables import variables_in, variables_of
from engine.planning.methods.amounts import Target, read_duration, read_estimate, read_target
from engine.planning.methods.conditions import read_effect
from engine.planning.methods.declarations import Signature
from engine.planning.methods.fields import Fields, Sheet, items_of, kind_of
from engine.planning.methods.grammar import LONGEST_TEXT, NAME, NAME_ACCEPTS
from engine.planning.methods.nodes import Node, Scalar, Table, json_of
from engine.planning.methods.requirements import read_requirements
from engine.values import JsonObject

STEP_KEYS = (
    *("title", "description", "work", "inputs", "when", "effects", "expected", "checks", "target"),
    *("needs", "estimate", "odds", "cost", "weight", "critical", "count", "checkpoint"),
)
_MOST_EFFECTS, _MOST_NEEDS = 50, 20
_PATHS = {
    "odds": ("probability",),
    "count": ("target_count",),
    "target": ("expected", "target"),
    "checks": ("expected",),
    "when": ("preconditions",),
}
"""Where in a primitive a field lands whose name there is another."""


def read_step(sheet: Sheet, signature: Signature, table: Table, path: Path) -> Primitive:
    """One step; `path` leads to it in the domain."""
    fields = Fields(sheet, table, STEP_KEYS, f"the step {signature.name}")
    for key in STEP_KEYS:
        if fields.node(key) is not None:
            sheet.lines[(*path, *_PATHS.get(key, (key,)))] = fields.line_of(key)
    default = ThreePoints()
    estimate = fields.node("estimate")
    return Primitive(
        name=signature.name,
        parameters=signature.parameters,
        title=fields.text("title"),
        description=fields.text("description"),
        work=_work(fields),
        inputs=_inputs(fields),
        preconditions=read_requirements(sheet, fields.node("when"), (*path, "preconditions")),
        effects=_effects(sheet, fields.node("effects"), (*path, "effects"), signature),
        expected=_expected(fields),
        needs=_needs(sheet, fields.node("needs"), (*path, "needs")),
        estimate=default if estimate is None else _estimate(sheet, estimate, (*path, "estimate")),
        probability=figure_in(fields, "odds", 1.0),
        cost=figure_in(fields, "cost", 0.0),
        weight=figure_in(fields, "weight", 1.0),
        critical=fields.flag("critical"),
        target_count=figure_in(fields, "count", 1),
        checkpoint=fields.text("checkpoint"),
    )


def _work(fields: Fields) -> str:
    name = fields.text("work") or "person"
    if NAME.fullmatch(name):
        return name
    fields.sheet.fault(fields.line_of("work"), f"«{name}» is no work", NAME_ACCEPTS)
    return "person"


def figure_in(fields: Fields, key: str, default: float) -> Figure:
    """The figure under a key; the default where there is none."""
    return as_figure(fields.sheet, fields.figure(key, default), fields.line_of(key), default)


def as_figure(sheet: Sheet, value: Expression, line: int, default: float) -> Figure:
    """The expression itself, unless it is no number or one of the state, which would depend on the order of steps."""
    match value:
        case bool() | str():
            sheet.fault(line, f"«{value}» is no number", "a number, or how to work one out")
            return default
        case Amount():
            problem = f"{value.quantity} changes from step to step, and this must not"
            sheet.fault(line, problem, "a number, ?variable or key of the context")
            return default
        case _:
            return value


def _inputs(fields: Fields) -> JsonObject:
    node = fields.node("inputs")
    value = json_of(fields.sheet.table(node, "«inputs»")) if node is not None else {}
    return value if isinstance(value, dict) else {}


def _effects(sheet: Sheet, node: Node | None, path: Path, signature: Signature) -> tuple[Effect, ...]:
    found: list[Effect] = []
    own = [parameter.name for parameter in signature.parameters]
    items = items_of(node) if node is not None else ()
    if len(items) > _MOST_EFFECTS:
        sheet.fault(items[_MOST_EFFECTS].line, f"a step with {len(items)} effects", f"{_MOST_EFFECTS} at the most")
    for item in items[:_MOST_EFFECTS]:
        if not isinstance(item, Scalar):
            sheet.fault(item.line, f"an effect is {kind_of(item)}", "a text; one with a comma needs quotes in [ ]")
            continue
        effect = sheet.read(item.line, lambda text: read_effect(text, sheet.words), item.text)
        if effect is not None:
            sheet.lines[(*path, len(found))] = item.line
            found.append(effect)
            for name in sorted(_variables_in(effect).difference(own)):
                sheet.faults.add_unknown(item.line, f"?{name} has no value here", name, own)
    return tuple(found)


def _variables_in(effect: Effect) -> frozenset[str]:
    match effect:
        case SetTo():
            return variables_of(effect.arguments) | variables_in(effect.value)
        case Increase():
            return variables_of(effect.arguments) | variables_in(effect.by)
        case _:
            return variables_of(effect.arguments)


def _expected(fields: Fields) -> ExpectedOutcome:
    node = fields.node("target")
    target = None if node is None else _target(fields.sheet, node)
    return ExpectedOutcome(
        summary=fields.text("expected"),
        checks=fields.texts("checks"),
        target=None if target is None else as_figure(fields.sheet, target.value, fields.line_of("target"), 0),
        unit="" if target is None else target.unit,
        at_most=target is not None and target.at_most,
    )


def _target(sheet: Sheet, node: Node) -> Target | None:
    if not isinstance(node, Scalar):
        sheet.fault(node.line, f"«target» is {kind_of(node)}", "«at least 500 signups» or «at most 200 ms»")
        return None
    return sheet.read(node.line, lambda text: read_target(text[:LONGEST_TEXT], sheet.words), node.text.strip())


def _needs(sheet: Sheet, node: Node | None, path: Path) -> tuple[Need, ...]:
    if node is None:
        return ()
    if isinstance(node, Table):
        counted = [(key, _count(sheet, key.text, value)) for key, value in node.entries]
    else:
        counted = [(item, 1) for item in items_of(node) if isinstance(item, Scalar)]
        if len(counted) < len(items_of(node)):
            sheet.fault(node.line, "«needs» has more in it than names", "names, or a table such as {gpu: 2}")
    if len(counted) > _MOST_NEEDS:
        sheet.fault(node.line, f"a step that needs {len(counted)} things", f"{_MOST_NEEDS} at the most")
    found: list[Need] = []
    for scalar, amount in counted[:_MOST_NEEDS]:
        sheet.lines[(*path, len(found))] = scalar.line
        found.append(Need(resource=sheet.prose(scalar, "a name under «needs»"), amount=amount))
    return tuple(found)


def _count(sheet: Sheet, name: str, node: Node) -> int:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    sheet.fault(node.line, f"how many {name} are needed is {kind_of(node)}", "a whole number from 1 on")
    return 1


def _estimate(sheet: Sheet, node: Node, path: Path) -> ThreePoints:
    default = ThreePoints()
    if isinstance(node, Scalar):
        return sheet.read(node.line, read_estimate, node.text) or default
    points = Fields(sheet, sheet.table(node, "«estimate»"), ("low", "likely", "high"), "an estimate")
    missing = [name for name in ("low", "likely", "high") if points.node(name) is None]
    if missing:
        if isinstance(node, Table):
            sheet.fault(node.line, f"the estimate has no «{missing[0]}»", "low, likely and high, in hours")
        return default
    for name in ("low", "likely", "high"):
        sheet.lines[(*path, name)] = points.line_of(name)
    return ThreePoints(
        low=_point(points, "low", 0.5), likely=_point(points, "likely", 1.0), high=_point(points, "high", 2.0)
    )


def _point(points: Fields, name: str, default: float) -> Figure:
    node = points.node(name)
    if isinstance(node, Scalar) and not isinstance(node.value, int | float):
        hours = points.sheet.read(node.line, read_duration, node.text)
        if hours is not None:
            return hours
    return figure_in(points, name, default)
