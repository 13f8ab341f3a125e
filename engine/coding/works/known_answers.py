"""Code that knows the answers of its new tests: all that they ask of a function it tells apart, and answers in plain.

A table looks like that, too, and is let through with a yes where it came into a function that was there before; one
that has got more rows, and what computes its answers, are never found.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from engine.coding.proving.languages import language_of, parsed
from engine.coding.proving.python_tests import Function
from engine.coding.proving.weakening import Change, Weakening, WeakeningKind, shortened
from engine.coding.repositories import Language

_ORDINARY = {"None", "True", "False", "0", "1", "-1", "0.0", "1.0", "''", "b''", "[]", "()", "{}"}
"""What functions begin and end with: an answer to one of these is that to an edge."""
_MEASURES: Mapping[str, Callable[..., object]] = {
    one.__name__: one for one in (len, sum, min, max, sorted, tuple, list, str, repr)
}
"""By these a value can be told from others without being named. That it has none or one is an edge, and so is an
ordinary answer then: much that is honest asks for a length."""
_IS = " is "
_COMPUTED = ""
"""Stands for what is no plain value."""
_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    asked: frozenset[str]
    """The values that it is given to."""
    told: str
    line: int
    table: int = 0
    """The line of the table that it stands in; 0 for none."""


def known_answers(tests: Iterable[Change], sources: Iterable[Change]) -> tuple[Weakening, ...]:
    """By path and line, the answers in changed code to just what new tests ask, where it knows all of them."""
    asked: dict[str, list[frozenset[str]]] = {}
    for change in tests:
        for name, values in _calls(_nodes(change.path, change.new)):
            asked.setdefault(name, []).append(values)
    found: list[Weakening] = []
    for change in sources:
        was = [*_by_function(change.path, change.old)]
        before = {(name, one.asked, one.told) for name, those in was for one in those}
        there = {name for name, _ in was}
        for name, those in _by_function(change.path, change.new):
            new = [one for one in those if (name, one.asked, one.told) not in before]
            grown = {one.table for one in those if (name, one.asked, one.told) in before}
            new = [one for one in new if not one.table or (name in there and one.table not in grown)]
            told = [_words(name, one) for one in _all_known(new, asked.get(name, ()))]
            found += (Weakening(path=change.path, line=n, kind=WeakeningKind.KNOWN, words=said) for n, said in told)
    return tuple(found)


def _all_known(answers: Sequence[_Answer], calls: Sequence[frozenset[str]]) -> Sequence[_Answer]:
    """The answers that tests ask for; none of them unless there is one to each of the calls."""
    if not all(any(one.asked <= call for one in answers) for call in calls):
        return ()
    return [one for one in answers if any(one.asked <= call for call in calls)]


def _words(name: str, answer: _Answer) -> tuple[int, str]:
    asked = shortened(", ".join(sorted(answer.asked)), 60)
    return answer.line, f"«{name}» answers «{shortened(answer.told, 60)}» to just what new tests ask: «{asked}»"


def _nodes(path: str, text: str | None) -> Iterator[ast.AST]:
    tree = parsed(text) if text and language_of(path) is Language.PYTHON else None
    return iter(()) if tree is None else ast.walk(tree)


def _calls(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, frozenset[str]]]:
    """What is called, and with which values."""
    for node in nodes:
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = (*node.args, *(word.value for word in node.keywords))
            as_keys = (ast.Tuple(elts=one.elts, ctx=ast.Load()) for one in given if isinstance(one, ast.List))
            yield name, frozenset(told for one in (*given, *as_keys) for told in _seen_of(one))


def _seen_of(node: ast.expr) -> Iterator[str]:
    """A plain value, and what can be seen of it."""
    yield (plain := _plain(node))
    if plain == _COMPUTED:
        return
    value = ast.literal_eval(node)
    for name, measure in _MEASURES.items():
        with suppress(TypeError, ValueError, RecursionError):
            yield f"{name}{_IS}{measure(value)!r}"


def _by_function(path: str, text: str | None) -> Iterator[tuple[str, Sequence[_Answer]]]:
    """The plain answers of each function to plain values that it looks for."""
    tree = next(_nodes(path, text), None)
    tables = _tables(tree.body) if isinstance(tree, ast.Module) else {}
    for function in ast.walk(tree) if tree is not None else ():
        if isinstance(function, Function):
            answers = (one for node in _own(function) for one in (*_answers(node), *_listed(node, tables)))
            yield function.name, [*islice(answers, _MOST)]


def _tables(body: Iterable[ast.stmt]) -> Mapping[str, ast.Dict]:
    """The tables of a module, by name."""
    found: dict[str, ast.Dict] = {}
    for node in body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict() as table)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict() as table)
            ):
                found[name] = table
    return found


def _listed(node: ast.AST, tables: Mapping[str, ast.Dict]) -> Iterator[_Answer]:
    """What a table says that stands there, or is named there."""
    table = tables.get(node.id) if isinstance(node, ast.Name) else node
    if isinstance(table, ast.Dict):
        for key, told in zip(table.keys, table.values, strict=True):
            asked = frozenset() if key is None else frozenset({_plain(key)}) - {_COMPUTED}
            if asked - _ORDINARY and _plain(told) != _COMPUTED:
                yield _Answer(asked=asked, told=_plain(told), line=told.lineno, table=table.lineno)


def _own(function: Function) -> Iterator[ast.AST]:
    """What stands in a function, and in none within it."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


def _answers(node: ast.AST) -> Iterator[_Answer]:
    match node:
        case ast.If(test=asks, body=[ast.Return(value=ast.expr() as told)]) | ast.IfExp(test=asks, body=told):
            values = _looked_for(asks)
        case ast.match_case(pattern=ast.MatchValue(value=asks), body=[ast.Return(value=ast.expr() as told)]):
            values = [frozenset({_plain(asks)})]
        case _:
            return
    if _plain(told) != _COMPUTED:
        kept = (one for one in values if _COMPUTED not in one and _is_telling(one, _plain(told)))
        yield from (_Answer(asked=one, told=_plain(told), line=told.lineno) for one in kept)


def _is_telling(asked: frozenset[str], told: str) -> bool:
    """Whether an answer is one to more than an edge."""
    measured = {one: value for one in asked for name, _, value in (one.partition(_IS),) if name in _MEASURES}
    if asked - _ORDINARY - measured.keys():
        return True
    return bool({*measured.values()} - _ORDINARY) and told not in _ORDINARY


def _looked_for(asks: ast.expr) -> list[frozenset[str]]:
    """The values that a condition looks for, each set enough by itself."""
    match asks:
        case ast.Compare(left=what, ops=[ast.Eq()], comparators=[one]) if (of := _of(what)) is not None:
            return [_named(of, one)]
        case ast.Compare(left=one, ops=[ast.Eq()], comparators=[what]) if (of := _of(what)) is not None:
            return [_named(of, one)]
        case ast.Compare(left=what, ops=[ast.In()], comparators=[those]) if (of := _of(what)) is not None:
            listed = those.elts if isinstance(those, ast.List | ast.Tuple | ast.Set) else []
            return [_named(of, one) for one in listed]
        case ast.BoolOp(op=ast.And(), values=parts):
            return [frozenset(value for part in parts for one in _looked_for(part) for value in one)]
        case ast.BoolOp(op=ast.Or(), values=parts):
            return [one for part in parts for one in _looked_for(part)]
        case _:
            return []


def _of(what: ast.expr) -> str | None:
    """By what a name is told from others there: a measure, or itself (empty). None for all else."""
    match what:
        case ast.Name():
            return ""
        case ast.Call(func=ast.Name(id=name), args=[ast.Name()], keywords=[]) if name in _MEASURES:
            return name
        case _:
            return None


def _named(of: str, node: ast.expr) -> frozenset[str]:
    plain = _plain(node)
    return frozenset({f"{of}{_IS}{plain}" if of and plain != _COMPUTED else plain})


def _plain(node: ast.expr) -> str:
    """A value that stands there as it is."""
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _COMPUTED
    return ast.unparse(node)
