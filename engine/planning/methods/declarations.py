"""What a library declares by signature: `built(thing)`, `stock(place) = 5`, `number deadline_days`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeGuard

from engine.planning.language.domain import (
    FLAG,
    TEXT,
    ContextKey,
    ObjectType,
    Parameter,
    Quantity,
    Relation,
)
from engine.planning.language.terms import Value, Variable
from engine.planning.language.vocabulary import type_of
from engine.planning.methods.fields import Fields, Sheet, items_of, kind_of
from engine.planning.methods.grammar import NAME, NAME_ACCEPTS, Cursor, Kind, Unclear, take_term, word_value
from engine.planning.methods.nodes import Listing, Node, Scalar, Table
from engine.planning.methods.recognition import Hint
from engine.planning.methods.signs import read_signs

MOST_DECLARED = 200
"""How many types, facts, numbers and keys of the context a file may declare of each."""
_MOST_MEMBERS, _MOST_PARAMETERS = 100, 20
_RESERVED = frozenset({"and", "or", "not", "let", "true", "false", "min", "max", "unknown", "any"})
_WANTED = "a name with its parameters, such as «built(thing)» or «at(person who, place)»"
Declaration: TypeAlias = ObjectType | Relation | Quantity | ContextKey
Entries: TypeAlias = tuple[tuple[Scalar, Node], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A name with what stands around it."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    type: str = ""
    default: Value | None = None
    """None where none is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A declaration with the line where it is made."""

    value: Declaration
    line: int
    hints: tuple[Hint, ...] = ()
    """For a key of the context: what a goal's text must show for it to have a value."""


def read_signature(text: str) -> Signature:
    """`type name(type param, param) = default`, where all but the name may be missing. Raises `Unclear`."""
    cursor = Cursor(text)
    name, kind = _take_name(cursor), ""
    following = cursor.next
    if following is not None and following.kind is Kind.WORD:
        name, kind = _take_name(cursor), name
    own = _take_parameters(cursor)
    default: Value | None = None
    if cursor.skip("="):
        value = take_term(cursor)
        if isinstance(value, Variable):
            raise Unclear(f"?{value.name} can't be a default", "a number, word or text")
        default = value
    cursor.need_end(_WANTED)
    return Signature(name=_checked(name), parameters=own, type=kind, default=default)


def read_plain_signature(text: str) -> Signature:
    """Like `read_signature`, for what has neither type nor default of its own."""
    found = read_signature(text)
    if found.type or found.default is not None:
        raise Unclear(f"«{text}» is more than a name and parameters", _WANTED)
    return found


def _take_name(cursor: Cursor) -> str:
    token = cursor.take(_WANTED)
    if token.kind is not Kind.WORD:
        raise Unclear(f"«{token.text}» can't stand there in «{cursor.text}»", _WANTED)
    return token.text


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise Unclear(f"«{name}» is no name", NAME_ACCEPTS)
    if name in _RESERVED:
        raise Unclear(f"«{name}» has a meaning of its own", "another name")
    return name


def _take_parameters(cursor: Cursor) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    if not cursor.skip("(") or cursor.skip(")"):
        return ()
    while True:
        name, kind = _take_name(cursor), TEXT
        if not cursor.sees(",", ")"):
            name, kind = _take_name(cursor), name
        found.append(Parameter(name=_checked(name), type=kind))
        if len(found) > _MOST_PARAMETERS:
            raise Unclear(f"«{cursor.text}» has too many parameters", f"{_MOST_PARAMETERS} at the most")
        if cursor.skip(")"):
            return tuple(found)
        cursor.need(",")


def read_types(sheet: Sheet, node: Node) -> Sequence[Declared]:
    """`size: [small, large]` for closed ones, `person: any` for open ones."""
    found: list[Declared] = []
    for key, value in _bounded(sheet, sheet.table(node, "«types»").entries):
        name = sheet.declare(key, _checked)
        is_open = isinstance(value, Scalar) and value.text == "any"
        members = () if is_open else tuple(_member(sheet, item) for item in items_of(value)[:_MOST_MEMBERS])
        if not is_open and not members:
            sheet.fault(key.line, f"{key.text} has no members", "a list of words, or «any»")
        if name is not None:
            found.append(Declared(value=ObjectType(name=name, members=members), line=key.line))
    return found


def _member(sheet: Sheet, node: Node) -> str:
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.text:
        return node.text
    sheet.fault(node.line, f"a member of a type is {kind_of(node)}", "a word; quotes around numbers, true and false")
    return ""


def _bounded(sheet: Sheet, entries: Entries) -> Entries:
    if len(entries) > MOST_DECLARED:
        line = entries[MOST_DECLARED][0].line
        sheet.fault(line, f"{len(entries)} are declared", f"{MOST_DECLARED} at the most")
        sheet.pass_by(key for key, _ in entries[MOST_DECLARED:])
    return entries[:MOST_DECLARED]


def read_declared(sheet: Sheet, node: Node, kind: str) -> Sequence[Declared]:
    """Facts, numbers or keys of the context, by their signatures; the text behind each is for people."""
    found: list[Declared] = []
    for key, value in _bounded(sheet, _signatures(sheet, node, kind)):
        declared = sheet.declare(key, _READERS[kind])
        hints: tuple[Hint, ...] = ()
        if isinstance(value, Table) and isinstance(declared, ContextKey):
            declared, hints = _described(sheet, declared, value)
        elif isinstance(value, Scalar) and isinstance(declared, ContextKey):
            declared = replace(declared, summary=value.text if value is not key else "")
        elif not isinstance(value, Scalar):
            sheet.fault(key.line, f"{key.text} has {kind_of(value)} behind it", "a text that says what it means")
        if declared is not None:
            found.append(Declared(value=declared, line=key.line, hints=hints))
    return found


def _described(sheet: Sheet, key: ContextKey, table: Table) -> tuple[ContextKey, tuple[Hint, ...]]:
    """A key with its `summary`, and its `signs`: a list for a flag, a list for each value of another type."""
    fields = Fields(sheet, table, ("summary", "signs"), f"the key {key.name}")
    key = replace(key, summary=fields.text("summary"))
    node = fields.node("signs")
    return key, () if node is None else _hints(sheet, key, node)


def _hints(sheet: Sheet, key: ContextKey, node: Node) -> tuple[Hint, ...]:
    if key.type == FLAG:
        return (Hint(key=key.name, value=True, signs=read_signs(sheet, node)),)
    return tuple(
        Hint(key=key.name, value=word_value(value.text), signs=read_signs(sheet, signs))
        for value, signs in sheet.table(node, "«signs» of what is no flag").entries
    )


def _signatures(sheet: Sheet, node: Node, kind: str) -> Entries:
    """A table with texts for people, or a plain list of signatures."""
    if not isinstance(node, Listing):
        return sheet.table(node, f"«{kind}»").entries
    return tuple((item, item) for item in node.items if _is_text(item, sheet))


def _is_text(node: Node, sheet: Sheet) -> TypeGuard[Scalar]:
    if isinstance(node, Scalar):
        return True
    sheet.fault(node.line, f"a declaration is {kind_of(node)}", _WANTED)
    return False


def _relation(text: str) -> Declaration:
    own = read_plain_signature(text)
    return Relation(name=own.name, parameters=own.parameters)


def _quantity(text: str) -> Declaration:
    own = read_signature(text)
    if own.type not in {"", "number"}:
        raise Unclear(f"«{text}» is no number", "a number, such as «stock(place) = 5»")
    if own.default is None:
        return Quantity(name=own.name, parameters=own.parameters)
    if own.default == "unknown":
        return Quantity(name=own.name, parameters=own.parameters, default=None)
    if isinstance(own.default, bool | str):
        raise Unclear(f"«{own.default}» is no number to begin with", "a number, or «unknown»")
    return Quantity(name=own.name, parameters=own.parameters, default=float(own.default))


def _context_key(text: str) -> Declaration:
    own = read_signature(text)
    if own.parameters:
        raise Unclear(f"«{text}» has parameters", "a key of the context is one value: «flag has_tests = false»")
    known = type_of(own.default) if own.default is not None else FLAG
    return ContextKey(name=own.name, type=own.type or known, default=own.default)


_READERS = {"facts": _relation, "numbers": _quantity, "context": _context_key}
