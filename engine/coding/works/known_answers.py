"""Code that knows the answers of its new tests: all that they ask of a function it tells apart, and answers in plain.

A table looks like that, too, and is let through with a yes; what computes its answers is never found.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from engine.coding.proving.languages import language_of, parsed
from engine.coding.proving.python_tests import Function
from engine.coding.proving.weakening import Change, Weakening, WeakeningKind, shortened
from engine.coding.repositories import Language

_ORDINARY = {"None", "True", "False", "0", "1", "-1", "0.0", "1.0", "''", "b''", "[]", "()", "{}"}
"""What functions begin and end with: an answer to one of these is that to an edge."""
_COMPUTED = ""
"""Stands for what is no plain value."""
_MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    asked: frozenset[str]
    """The values that it is given to."""
    told: str
    line: int


def known_answers(tests: Iterable[Change], sources: Iterable[Change]) -> tuple[Weakening, ...]:
    """By path and line, the answers in changed code to just what new tests ask, where it knows all of them."""
    asked: dict[str, list[frozenset[str]]] = {}
    for change in tests:
        for name, values in _calls(_nodes(change.path, change.new)):
            asked.setdefault(name, []).append(values)
    found: list[Weakening] = []
    for change in sources:
        before = {(name, one.asked, one.told) for name, those in _by_function(change.path, change.old) for one in those}
        for name, those in _by_function(change.path, change.new):
            new = [one for one in those if (name, one.asked, one.told) not in before]
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
            yield name, frozenset(_plain(one) for one in (*node.args, *(word.value for word in node.keywords)))


def _by_function(path: str, text: str | None) -> Iterator[tuple[str, Sequence[_Answer]]]:
    """The plain answers of each function to plain values that it looks for."""
    for function in _nodes(path, text):
        if isinstance(function, Function):
            answers = (one for node in _own(function) for one in _answers(node))
            yield function.name, [*islice(answers, _MOST)]


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
        kept = (one for one in values if _COMPUTED not in one and one - _ORDINARY)
        yield from (_Answer(asked=one, told=_plain(told), line=told.lineno) for one in kept)


def _looked_for(asks: ast.expr) -> list[frozenset[str]]:
    """The values that a condition looks for, each set enough by itself."""
    match asks:
        case ast.Compare(left=ast.Name(), ops=[ast.Eq()], comparators=[one]):
            return [frozenset({_plain(one)})]
        case ast.Compare(left=one, ops=[ast.Eq()], comparators=[ast.Name()]):
            return [frozenset({_plain(one)})]
        case ast.Compare(left=ast.Name(), ops=[ast.In()], comparators=[those]):
            listed = those.elts if isinstance(those, ast.List | ast.Tuple | ast.Set) else []
            return [frozenset({_plain(one)}) for one in listed]
        case ast.BoolOp(op=ast.And(), values=parts):
            return [frozenset(value for part in parts for one in _looked_for(part) for value in one)]
        case ast.BoolOp(op=ast.Or(), values=parts):
            return [one for part in parts for one in _looked_for(part)]
        case _:
            return []


def _plain(node: ast.expr) -> str:
    """A value that stands there as it is."""
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _COMPUTED
    return ast.unparse(node)
