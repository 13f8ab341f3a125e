"""One method file: what it declares, and the tables of its tasks, to be read when the names of all files are known."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.planning.methods.declarations import (
    Declared,
    Signature,
    read_declared,
    read_plain_signature,
    read_types,
)
from engine.planning.methods.faults import Fault, FaultList
from engine.planning.methods.fields import Fields, Sheet
from engine.planning.methods.grammar import NAME, NAME_ACCEPTS, Words
from engine.planning.methods.nodes import Node, Scalar, Table, read_nodes
from engine.planning.methods.recognition import Sign
from engine.planning.methods.signs import read_signs

FILE_KEYS = ("name", "summary", "signs", "types", "facts", "numbers", "context", "compounds", "methods", "steps")
MOST_COMPOUNDS, MOST_METHODS, MOST_STEPS = 300, 500, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A compound or step as it stands in the file: its signature, and the table behind it."""

    key: Scalar
    signature: Signature | None
    """None where it can't be read; then only the faults in the table are of interest."""
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as far as it can be read alone."""

    file: str
    name: str = ""
    line: int = 1
    """Where the name stands."""
    summary: str = ""
    signs: tuple[Sign, ...] = ()
    declared: tuple[Declared, ...] = ()
    compounds: tuple[Written, ...] = ()
    steps: tuple[Written, ...] = ()
    methods: tuple[tuple[Scalar, Node], ...] = ()
    """Methods for compounds that are declared elsewhere."""
    faults: tuple[Fault, ...] = ()
    untold: int = 0
    """How many more faults there are."""
    unreadable: frozenset[str] = frozenset()
    """Names of what is meant to be declared and can't be read: nobody needs to hear that there is no such thing."""


def read_document(file: str, data: bytes) -> Document:
    """Read one file; `file` is what errors call it. Never raises: what is wrong is in `faults`."""
    faults = FaultList(file)
    node = read_nodes(data, faults)
    if node is None:
        return Document(file=file, faults=faults.told(), untold=faults.untold)
    sheet = Sheet(faults, Words())
    fields = Fields(sheet, sheet.table(node, "the file"), FILE_KEYS, "a method file")
    name = fields.text("name")
    if not NAME.fullmatch(name):
        told = f"«{name}» is no name for a library" if name else "the library has no name"
        sheet.fault(fields.line_of("name"), told, f"«name:» and {NAME_ACCEPTS}")
    compounds = _written(sheet, fields.node("compounds"), MOST_COMPOUNDS)
    signs = fields.node("signs")
    methods = _methods(sheet, fields.node("methods"))
    _refuse_too_many(sheet, compounds, methods)
    return Document(
        file=file,
        name=name,
        line=fields.line_of("name"),
        summary=fields.text("summary"),
        signs=() if signs is None else read_signs(sheet, signs),
        declared=_declared(sheet, fields),
        compounds=compounds,
        steps=_written(sheet, fields.node("steps"), MOST_STEPS),
        methods=methods,
        faults=faults.told(),
        untold=faults.untold,
        unreadable=frozenset(sheet.unreadable),
    )


def methods_under(compound: Written) -> tuple[tuple[Scalar, Node], ...]:
    """The methods that stand under a compound."""
    for key, node in compound.table.entries:
        if key.text == "methods" and isinstance(node, Table):
            return node.entries
    return ()


def _refuse_too_many(sheet: Sheet, compounds: Sequence[Written], methods: Sequence[tuple[Scalar, Node]]) -> None:
    keys = [key for compound in compounds for key, _ in methods_under(compound)] + [key for key, _ in methods]
    if len(keys) > MOST_METHODS:
        line = keys[MOST_METHODS].line
        sheet.fault(
            line, f"the file has {len(keys)} methods", f"{MOST_METHODS} at the most; split it into several files"
        )


def _declared(sheet: Sheet, fields: Fields) -> tuple[Declared, ...]:
    types = fields.node("types")
    found = [] if types is None else list(read_types(sheet, types))
    for kind in ("facts", "numbers", "context"):
        node = fields.node(kind)
        if node is not None:
            found.extend(read_declared(sheet, node, kind))
    return tuple(found)


def _written(sheet: Sheet, node: Node | None, most: int) -> tuple[Written, ...]:
    entries = sheet.table(node, "a list of tasks").entries if node is not None else ()
    if len(entries) > most:
        sheet.fault(entries[most][0].line, f"there are {len(entries)} of them", f"{most} at the most; split the file")
        sheet.pass_by(key for key, _ in entries[most:])
    return tuple(
        Written(
            key=key,
            signature=sheet.declare(key, read_plain_signature),
            table=sheet.table(value, key.text),
        )
        for key, value in entries[:most]
    )


def _methods(sheet: Sheet, node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    return sheet.table(node, "«methods»").entries if node is not None else ()
