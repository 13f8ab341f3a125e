"""The methods of a file: what they ask for, their subtasks and the order among these."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.planning.language.domain import Checkpoint, Method, OnlyIf, Order, Subtask
from engine.planning.language.scopes import Path
from engine.planning.language.terms import Term, Variable
from engine.planning.methods.fields import Fields, Sheet, items_of, kind_of
from engine.planning.methods.grammar import NAME, NAME_ACCEPTS, Call, read_call
from engine.planning.methods.nodes import Node, Scalar, Table
from engine.planning.methods.requirements import read_requirements
from engine.planning.methods.steps import figure_in

METHOD_KEYS = ("for", "summary", "when", "odds", "cost", "order", "do", "checkpoints")
SUBTASK_KEYS = ("task", "each", "each_order", "after", "only_if", "serves")
MOST_SUBTASKS = 100
_CALL = "a task with its arguments, such as «build(?thing)»"
_VARIABLE = re.compile(r"\?[^\W\d]\w*")
_IN_ORDER = (Order.SEQUENTIAL.value, Order.PARALLEL.value)
UNREADABLE = "?"
"""Stands for the task of a subtask whose task can't be read."""
_UNREADABLE_CALL = Call(name=UNREADABLE)
_PATHS = {"odds": "probability", "when": "preconditions", "do": "subtasks", "for": "task"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a method stands: its name with the line, and the compound that it is written under."""

    name: Scalar
    compound: str | None = None
    """None for methods of compounds that are declared elsewhere."""
    path: Path


def read_method(sheet: Sheet, place: Place, table: Table) -> Method | None:
    """One method; None when nothing tells what it is for."""
    name = place.name.text
    fields = Fields(sheet, table, METHOD_KEYS, f"the method {name}")
    if not NAME.fullmatch(name):
        sheet.fault(place.name.line, f"«{name}» is no name", NAME_ACCEPTS)
    for key in METHOD_KEYS:
        if fields.node(key) is not None:
            sheet.lines[(*place.path, _PATHS.get(key, key))] = fields.line_of(key)
            if key == "for":
                sheet.lines[(*place.path, "arguments")] = fields.line_of(key)
    call = _target(fields, place)
    network = _Network(sheet, fields, place.path)
    path = (*place.path, "checkpoints")
    checkpoints = _checkpoints(sheet, fields.node("checkpoints"), path, network.labels)
    odds, cost = figure_in(fields, "odds", 1.0), figure_in(fields, "cost", 0.0)
    if call is None:
        return None
    return Method(
        name=name,
        task=call.name,
        arguments=None if call.bare else call.arguments,
        summary=fields.text("summary"),
        preconditions=read_requirements(sheet, fields.node("when"), (*place.path, "preconditions")),
        subtasks=tuple(network.subtasks),
        order=network.order,
        pairs=network.pairs,
        checkpoints=checkpoints,
        probability=odds,
        cost=cost,
    )


def _target(fields: Fields, place: Place) -> Call | None:
    node = fields.node("for")
    if node is None:
        if place.compound is not None:
            return Call(name=place.compound, bare=True)
        fields.sheet.fault(place.name.line, f"nothing says what {place.name.text} is for", f"«for:» and {_CALL}")
        return None
    call = _call(fields.sheet, node)
    if call is not None and place.compound not in {None, call.name}:
        problem = f"{place.name.text} stands under {place.compound} and is for {call.name}"
        fields.sheet.fault(node.line, problem, "put it under «methods:» at the top level")
        return None
    return call


def _call(sheet: Sheet, node: Node) -> Call | None:
    if isinstance(node, Scalar):
        return sheet.read(node.line, read_call, node.text.strip())
    sheet.fault(node.line, f"a task is {kind_of(node)}", f"{_CALL}; one with a comma needs quotes in [ ] and {{ }}")
    return None


def _checkpoints(sheet: Sheet, node: Node | None, path: Path, labels: Iterable[str]) -> tuple[Checkpoint, ...]:
    found: list[Checkpoint] = []
    for key, value in sheet.table(node, "«checkpoints»").entries if node is not None else ():
        if key.text not in labels:
            sheet.faults.add_unknown(key.line, f"no subtask is labelled {key.text}", key.text, labels)
            continue
        sheet.lines[(*path, len(found))] = key.line
        found.append(Checkpoint(name=sheet.prose(value, "the name of a checkpoint"), after=key.text))
    return tuple(found)


class _Network:
    """The subtasks of one method, and which of them come before which."""

    def __init__(self, sheet: Sheet, fields: Fields, path: Path) -> None:
        self.subtasks: list[Subtask] = []
        self.order = Order.SEQUENTIAL
        self.pairs: tuple[tuple[str, str], ...] = ()
        self._sheet = sheet
        self._path = path
        node = fields.node("do")
        entries = sheet.table(node, "«do»").entries if node is not None else ()
        if len(entries) > MOST_SUBTASKS:
            problem = f"a method of {len(entries)} subtasks"
            sheet.fault(entries[MOST_SUBTASKS][0].line, problem, f"{MOST_SUBTASKS} at the most; use compounds")
        self.labels = tuple(key.text for key, _ in entries)
        self._after: dict[tuple[str, str], int] = {}
        self._orders_itself = False
        for key, value in entries[:MOST_SUBTASKS]:
            self._subtask(key, value)
        self._settle(fields.choice("order", _IN_ORDER, ""), fields.line_of("order"))

    def _settle(self, written: str, line: int) -> None:
        if not self._orders_itself:
            self.order = Order(written or Order.SEQUENTIAL)
        elif written == Order.SEQUENTIAL:
            self._sheet.fault(line, "the order is sequential, and yet there is «after»", "one of both")
        else:
            self.order = Order.PAIRS
        choices = {(one.only_if.label, one.label): 0 for one in self.subtasks if one.only_if is not None}
        if choices and self.order is Order.PARALLEL:
            self.order = Order.PAIRS
        if self.order is Order.PAIRS:
            self.pairs = tuple(self._after | choices)
            for place, line_of_pair in enumerate(self._after.values()):
                self._sheet.lines.setdefault((*self._path, "pairs"), line_of_pair)
                self._sheet.lines[(*self._path, "pairs", place)] = line_of_pair

    def _subtask(self, label: Scalar, node: Node) -> None:
        path = (*self._path, "subtasks", len(self.subtasks))
        if not NAME.fullmatch(label.text):
            self._sheet.fault(label.line, f"«{label.text}» is no label", NAME_ACCEPTS)
        self._sheet.lines[path] = label.line
        self.subtasks.append(self._long(label, node, path) if isinstance(node, Table) else self._short(label, node))

    def _short(self, label: Scalar, node: Node) -> Subtask:
        call = _call(self._sheet, node) or _UNREADABLE_CALL
        return Subtask(label=label.text, task=call.name, arguments=call.arguments)

    def _long(self, label: Scalar, table: Table, path: Path) -> Subtask:
        fields = Fields(self._sheet, table, SUBTASK_KEYS, f"the subtask {label.text}")
        for key in SUBTASK_KEYS:
            if fields.node(key) is not None:
                self._sheet.lines[(*path, key)] = fields.line_of(key)
        self._sheet.lines[(*path, "arguments")] = fields.line_of("task")
        after = fields.node("after")
        self._orders_itself |= after is not None
        for one in items_of(after) if after is not None else ():
            self._read_after(label.text, one)
        each = read_requirements(self._sheet, fields.node("each"), (*path, "each"))
        each_order = Order(fields.choice("each_order", _IN_ORDER, Order.PARALLEL))
        only_if, serves = self._only_if(fields), self._serves(fields)
        task = fields.node("task")
        if task is None:
            self._sheet.fault(label.line, f"the subtask {label.text} has no task", f"«task:» and {_CALL}")
        call = (None if task is None else _call(self._sheet, task)) or _UNREADABLE_CALL
        return Subtask(
            label=label.text,
            task=call.name,
            arguments=call.arguments,
            each=each,
            each_order=each_order,
            only_if=only_if,
            serves=serves,
        )

    def _read_after(self, label: str, node: Node) -> None:
        if not isinstance(node, Scalar):
            self._sheet.fault(node.line, f"«after» has {kind_of(node)} in it", "a label, or a list of labels")
        elif node.text not in self.labels:
            problem = f"no subtask is labelled {node.text}"
            self._sheet.faults.add_unknown(node.line, problem, node.text, self.labels)
        else:
            self._after[(node.text, label)] = node.line

    def _only_if(self, fields: Fields) -> OnlyIf | None:
        node = fields.node("only_if")
        if node is None:
            return None
        deciding, equals, option = node.text.partition("=") if isinstance(node, Scalar) else ("", "", "")
        deciding, option = deciding.strip(), option.strip().strip("\"'")
        if not equals or not option:
            self._sheet.fault(node.line, f"«only_if» is {kind_of(node)}", "«label = option» of a subtask that decides")
        elif deciding not in self.labels:
            self._sheet.faults.add_unknown(node.line, f"no subtask is labelled {deciding}", deciding, self.labels)
        else:
            return OnlyIf(label=deciding, option=option)
        return None

    def _serves(self, fields: Fields) -> Term | None:
        node = fields.node("serves")
        if node is None:
            return None
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if isinstance(value, str) and _VARIABLE.fullmatch(value):
            return Variable(name=value[1:])
        self._sheet.fault(node.line, f"«serves» is {kind_of(node)}", "the index of a criterion, from 0, or a ?variable")
        return None
